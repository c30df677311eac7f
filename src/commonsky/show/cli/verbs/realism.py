"""`commonsky realism`: what it takes."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter, validators

from commonsky.show.cli.verbs.file import FILE

ONE_OR_MORE = validators.Number(gte=1)


def realism(
    *files: Annotated[str, FILE],
    later: Annotated[
        Literal["shared", "independent", "truth"],
        Parameter(
            help="What the error of a fresh later set is: that which the older set has too, "
            "another of the same size, or none."
        ),
    ] = "shared",
    fewest: Annotated[
        int,
        Parameter(
            validator=ONE_OR_MORE, help="Residuals that an object needs for a factor of its own."
        ),
    ] = 3,
    format: Annotated[Literal["table", "json"], Parameter(help="What is written.")] = "table",  # noqa: A002 - the option's name
) -> None:
    """Tell whether the errors that are ascribed to element sets are those that they have."""
    from commonsky.show.cli.realism import show_realism  # noqa: PLC0415 - help needs no NumPy

    show_realism(files, later, fewest, form=format)
