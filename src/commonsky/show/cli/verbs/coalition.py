"""`commonsky coalition`: what it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, validators

from commonsky import __version__


def coalition(
    *,
    objects: Annotated[
        int, Parameter(validator=validators.Number(gte=100), help="How many are invented.")
    ] = 600,
    seed: Annotated[
        int,
        Parameter(validator=validators.Number(gte=0), help="The same seed gives the same day."),
    ] = 7,
    keep: Annotated[
        Path | None, Parameter(help="Keep the ten nodes' directories here; else they are removed.")
    ] = None,
    port: Annotated[
        int | None,
        Parameter(
            validator=validators.Number(gte=0, lte=65535),
            help="Where the consoles are: 7150, or any that is free.",
        ),
    ] = None,
    once: Annotated[bool, Parameter(help="End after the day, and show no consoles.")] = False,
) -> None:
    """Run ten national nodes on this machine through one day of an invented sky."""
    import sys  # noqa: PLC0415 - beside its one use

    sys.stdout.write(f"commonsky {__version__}: ten nations, one invented sky, one day\n")
    sys.stdout.flush()
    from commonsky.show.cli.demonstrating import demonstrate  # noqa: PLC0415 - light help

    demonstrate(objects, seed, keep, port, once=once)
