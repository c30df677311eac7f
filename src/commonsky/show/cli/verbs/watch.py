"""`commonsky watch`: what it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter, validators

from commonsky.show.cli.verbs.events import KIND


def watch(
    folder: Annotated[
        Path | None, Parameter(help="A directory that catalogues are put into.")
    ] = None,
    *,
    node: Annotated[
        Path | None, Parameter(name="--node", help="Watch what a node comes to hold instead.")
    ] = None,
    kind: Annotated[tuple[str, ...], KIND] = (),
    every: Annotated[
        float,
        Parameter(validator=validators.Number(gte=0.1), help="Seconds from one look to the next."),
    ] = 60.0,
    once: Annotated[bool, Parameter(name="--once", help="Look once, and end.")] = False,
    state: Annotated[
        bool,
        Parameter(name="--state", help="State what is found as records of the node, too."),
    ] = False,
    format: Annotated[Literal["text", "ndjson"], Parameter(help="What is written.")] = "text",  # noqa: A002 - the option's name
) -> None:
    """Tell events as they arise."""
    from commonsky.show.cli.watching import watch_events  # noqa: PLC0415 - quick help

    watch_events(folder, node, kind, format, every, once=once, state=state)
