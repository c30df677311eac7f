"""
Messages in other notations than keywords and values: transcribed, and read by the same grammar.

A transcript is the message in keywords and values, with the place in the original of each value.
What is found wrong is told at the original's line and column, and a change is made in the
original's own bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.errors import NotRepresentable
from commonsky.formats.ndm_lines import Problem, problem_at
from commonsky.formats.ndm_message import Deviation, Message, reader_of, writable
from commonsky.formats.ndm_odm import OEM
from commonsky.formats.ndm_oem import read_oem
from commonsky.formats.ndm_spec import Specification

NOWHERE = -1


@dataclass(slots=True)
class Transcript:
    """Lines in keywords and values as they are found, and where each value stands."""

    lines: list[bytes] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)

    def add(self, line: bytes, start: int, end: int = NOWHERE) -> None:
        """Add a line; without an end its value cannot be changed."""
        self.lines.append(line)
        self.places.append((start, end))

    def say(self, keyword: str, value: bytes, unit: str, start: int, end: int = NOWHERE) -> None:
        """Add an assignment."""
        told = f" [{unit}]" if unit else ""
        self.add(keyword.encode() + b" = " + value + told.encode(), start, end)


@dataclass(frozen=True, slots=True)
class Transcribed(Message):
    """A message that came in another notation; `raw` is what came."""

    original: bytes
    places: Ints  # (rows, 2)
    escaped: Callable[[bytes], bytes]

    @property
    def raw(self) -> bytes:
        """The bytes of the message, as they came."""
        return self.original

    @property
    def transcript(self) -> bytes:
        """The message in keywords and values."""
        return self.lines.raw

    @property
    def deviations(self) -> list[Deviation]:
        """Where the message departs from its standard, by line and column of what came."""
        found = []
        for row, keyword, problem in sorted(self.departures):
            at = problem_at(self.original, int(self.places[row, 0]), problem, keyword)
            found.append(Deviation(at.line, at.column, keyword, problem))
        return found

    def changed(self, values: Mapping[tuple[str, int, int], str]) -> bytes:
        """Return the bytes that came, with other values, as `Message.changed`."""
        rows = {}
        for key, value in values.items():
            row = self.layout.index.get(key, NOWHERE)
            if row == NOWHERE or self.places[row, 1] == NOWHERE:
                raise NotRepresentable(f"{key[0]} is not said there, so it cannot be changed")
            rows[row] = self.escaped(writable(key[0], self.layout.places[row].field, value))
        pieces, done = [], 0
        for row in sorted(rows, key=lambda row: int(self.places[row, 0])):
            start, end = self.places[row].tolist()
            pieces += [self.original[done:start], rows[row]]
            done = end
        return b"".join([*pieces, self.original[done:]])


def read_transcript(
    specification: Specification,
    transcript: Transcript,
    original: bytes,
    escaped: Callable[[bytes], bytes],
    *,
    strict: bool = False,
) -> Transcribed:
    """Return the message; what is wrong is a `Problem` at its place in the original."""
    places = np.array(transcript.places, np.int64).reshape(-1, 2)
    try:
        text = b"\n".join(transcript.lines)
        if specification is OEM:
            message = read_oem(text, strict=strict).message
        else:
            message = reader_of(specification, strict=strict).read(text)
    except Problem as problem:
        row = min(problem.line - 1, len(places) - 1)
        place = int(places[row, 0]) if row >= 0 else 0
        raise problem_at(original, place, problem.problem, problem.field) from None
    return Transcribed(
        message.specification, message.lines, message.layout, message.departures, original, places,
        escaped,
    )  # fmt: skip
