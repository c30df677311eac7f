"""What `commonsky convert` does: navigation messages into another notation."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from commonsky.errors import NotRepresentable, UnreadableInput
from commonsky.formats.ndm_lines import Problem
from commonsky.formats.ndm_message import Message
from commonsky.formats.ndm_write import Notation, written
from commonsky.show.cli.destination import STDOUT, opened
from commonsky.show.cli.plain import plain
from commonsky.show.cli.validating import messages_in
from commonsky.show.cli.voice import Voice


def convert_files(files: Sequence[str], notation: str, out: Path) -> None:
    """
    Write each message in a notation: one file a message in `out`, or all on stdout.

    What cannot be read or written is told on stderr, and `UnreadableInput` at the end.
    """
    wanted, bad, count = Notation(notation), 0, 0
    with Voice() as voice:
        for file in files:
            found = messages_in(file)
            for number, message in enumerate(found, start=1):
                count += 1
                try:
                    text = _text(message, wanted)
                except (Problem, NotRepresentable) as problem:
                    bad += 1
                    voice.say(f"{plain(file)}: {plain(str(problem))}")
                    continue
                target = out if out == STDOUT else out / _name(file, number, len(found), wanted)
                with opened(target) as stream:
                    stream.write(text)
        sys.stdout.flush()
    if bad:
        raise UnreadableInput(f"{bad} of {count} messages were not converted")


def _text(message: Message | Problem, notation: Notation) -> bytes:
    if isinstance(message, Problem):
        raise message
    text = written(message, notation)
    return text if text.endswith(b"\n") else text + b"\n"


def _name(file: str, number: int, count: int, notation: Notation) -> str:
    stem = Path(file).name.split(".")[0] or "message"
    return f"{stem}.{notation}" if count == 1 else f"{stem}_{number}.{notation}"
