"""`commonsky ingest`: what it takes."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from commonsky.show.cli.verbs.file import FILE
from commonsky.show.cli.verbs.where import HERE, NODE


def ingest(
    *files: Annotated[str, FILE],
    node: NODE = HERE,
    category: Annotated[
        tuple[str, ...],
        Parameter(
            name="--category",
            help="A marking more, as SENSOR=B; may be given several times.",
        ),
    ] = (),
    releasable_to: Annotated[
        str, Parameter(help="Nations by comma, instead of those of node.toml; - is nobody.")
    ] = "",
) -> None:
    """State what this nation knows, from files or a source."""
    from commonsky.show.cli.knowing import ingest_files  # noqa: PLC0415 - help needs no NumPy

    ingest_files(files, node, category, releasable_to)
