"""`commonsky sky`: what it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from commonsky.show.cli.verbs.dossier import CIRCUMSTANCES, ON, REGISTER, RULE
from commonsky.show.cli.verbs.events import KIND
from commonsky.show.cli.verbs.file import FILE


def sky(
    *files: Annotated[str, FILE],
    page: Annotated[Path | None, Parameter(name="--page", help="A file for an HTML page.")] = None,
    rule: Annotated[tuple[str, ...], RULE] = (),
    on: Annotated[str, ON] = "",
    register: Annotated[tuple[Path, ...], REGISTER] = (),
    circumstances: Annotated[tuple[Path, ...], CIRCUMSTANCES] = (),
    kind: Annotated[tuple[str, ...], KIND] = (),
    format: Annotated[Literal["text", "json"], Parameter(help="What is written.")] = "text",  # noqa: A002 - the option's name
) -> None:
    """Tell the state of the sky."""
    from commonsky.show.cli.sky import show_sky  # noqa: PLC0415 - quick help

    show_sky(files, page, rule, on, register, circumstances, kind, format)
