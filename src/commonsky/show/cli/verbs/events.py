"""`commonsky events`: what its verbs take."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from commonsky.show.cli.verbs.file import FILE

KIND = Parameter(
    name="--kind",
    help="manoeuvre, relocation, proximity, fragmentation, launch, decay, swap or oddity; may be "
    "given several times, all without it.",
)
OBJECT = Parameter(
    name="--object", help="A catalogue number; may be given several times, all without it."
)


def detect(
    *files: Annotated[str, FILE],
    kind: Annotated[tuple[str, ...], KIND] = (),
    object: Annotated[tuple[int, ...], OBJECT] = (),  # noqa: A002 - the option's name
    format: Annotated[Literal["ndjson", "text"], Parameter(help="What is written.")] = "ndjson",  # noqa: A002 - the option's name
) -> None:
    """Tell what happened, from files with several element sets of each object."""
    from commonsky.show.cli.detecting import detect_events  # noqa: PLC0415 - quick help

    detect_events(files, kind, object, format)
