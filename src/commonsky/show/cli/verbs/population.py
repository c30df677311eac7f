"""`commonsky population`: what it takes."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter, validators

ONE_OR_MORE = validators.Number(gte=1, lte=1_000_000)
SEED = validators.Number(gte=0)


def population(
    *,
    objects: Annotated[
        int, Parameter(validator=ONE_OR_MORE, help="How many, up to a million.")
    ] = 30_000,
    seed: Annotated[int, Parameter(validator=SEED, help="The same seed gives the same sky.")] = 7,
    planted: Annotated[
        bool,
        Parameter(show_default=False, help="Put the twelve dangerous encounters of the demo in."),
    ] = False,
) -> None:
    """Write a synthetic sky, distributed like the real one, as OMM CSV on stdout."""
    from commonsky.show.cli.skies import write_population  # noqa: PLC0415 - help needs no NumPy

    write_population(objects, seed, planted=planted)
