"""`commonsky screen`: what it takes."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from commonsky.show.cli.question import Question, Wanted
from commonsky.show.cli.verbs.file import FILE

USUAL, TABLE = Question(), Wanted()


def screen(
    *files: Annotated[str, FILE],
    question: Annotated[Question, Parameter(name="*")] = USUAL,
    wanted: Annotated[Wanted, Parameter(name="*")] = TABLE,
) -> None:
    """Find which objects of a catalogue come close to each other, and how dangerous it is."""
    from commonsky.show.cli.screening import screen_files  # noqa: PLC0415 - help needs no NumPy

    screen_files(files, question, wanted)
