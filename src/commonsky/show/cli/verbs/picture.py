"""`commonsky picture`: what it takes."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from commonsky.show.cli.verbs.where import HERE, NODE


def picture(
    *,
    as_: Annotated[
        str,
        Parameter(
            name="--as", help="Whose statements alone: three letters; else all that are held."
        ),
    ] = "",
    diff: Annotated[
        str, Parameter(help="Compare with what this nation says: three letters.")
    ] = "",
    node: NODE = HERE,
) -> None:
    """Tell what this nation holds, from whom, and where two nations disagree."""
    from commonsky.show.cli.picturing import show_picture  # noqa: PLC0415 - light help

    show_picture(node, as_.upper(), diff.upper())
