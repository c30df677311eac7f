"""
Messages in other notations than keywords and values: transcribed, and read by the same grammar.

A transcript is the message in keywords and values, with the place in the original of each value.
What is found wrong is told at the original's line and column, and a change is made in the
original's own bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.errors import NotRepresentable
from commonsky.formats.ndm_lines import Problem
from commonsky.formats.ndm_message import Deviation, Message, reader_of, writable
from commonsky.formats.ndm_odm import OEM
from commonsky.formats.ndm_oem import read_oem
from commonsky.formats.ndm_spec import Specification

NOWHERE = -1
NEWLINE = 0x0A


@dataclass(slots=True)
class Transcript:
    """Lines in keywords and values as they are found, and where each value stands."""

    lines: list[bytes] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    remarks: list[tuple[int, str, str]] = field(default_factory=list)  # line, keyword, problem

    def add(self, line: bytes, start: int, end: int = NOWHERE) -> None:
        """Add a line; without an end its value cannot be changed."""
        self.lines.append(line)
        self.places.append((start, end))

    def say(self, keyword: str, value: bytes, unit: str, start: int, end: int = NOWHERE) -> None:
        """Add an assignment."""
        told = f" [{unit}]" if unit else ""
        self.add(keyword.encode() + b" = " + value + told.encode(), start, end)

    def remark(self, keyword: str, problem: str) -> None:
        """Tell a departure from the standard that the last line does not show."""
        self.remarks.append((len(self.lines) - 1, keyword, problem))


class Original:
    """What came, of which many places may have to be told: its lines are counted once."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    @cached_property
    def _newlines(self) -> Ints:
        return np.flatnonzero(np.frombuffer(self.raw, np.uint8) == NEWLINE)

    def problem(self, place: int, problem: str, field: str = "") -> Problem:
        """Return the problem with its line and column, as `problem_at`."""
        place = min(place, len(self.raw))
        line = int(np.searchsorted(self._newlines, place))
        begin = int(self._newlines[line - 1]) + 1 if line else 0
        return Problem(problem, line=line + 1, column=place - begin + 1, field=field)


@dataclass(frozen=True, slots=True)
class Transcribed(Message):
    """A message that came in another notation; `raw` is what came."""

    original: bytes
    places: Ints  # (rows, 2)
    escaped: Callable[[bytes], bytes]
    lines_of_original: Original
    remarks: tuple[tuple[int, str, str], ...]  # place in what came, keyword, problem

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
        told = [(int(self.places[row, 0]), word, what) for row, word, what in self.departures]
        original, found = self.lines_of_original, []
        if original.raw is not self.original:  # it was put into a greater whole
            original = Original(self.original)
        for place, keyword, problem in sorted([*told, *self.remarks]):
            at = original.problem(place, problem, keyword)
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
    return read_told(
        specification, told_by(transcript), Original(original), escaped, strict=strict
    )


def told_by(transcript: Transcript) -> Told:
    """Return a transcript as a whole."""
    text = b"\n".join(transcript.lines)
    ends = np.cumsum(np.fromiter(map(len, transcript.lines), np.int64)) + np.arange(
        1, len(transcript.lines) + 1
    )
    places = np.array(transcript.places, np.int64).reshape(-1, 2)
    return Told(text, ends, places, tuple(transcript.remarks))


class Told(NamedTuple):
    """A whole transcript: where its lines end, and where their values stood; remarks by line."""

    text: bytes
    ends: Ints
    places: Ints  # (lines, 2)
    remarks: tuple[tuple[int, str, str], ...]


def read_told(
    specification: Specification,
    told: Told,
    original: Original,
    escaped: Callable[[bytes], bytes],
    *,
    strict: bool = False,
) -> Transcribed:
    """Return the message, as `read_transcript`."""
    places = told.places
    try:
        if specification is OEM:
            message = read_oem(told.text, strict=strict).message
        else:
            message = reader_of(specification, strict=strict).read(told.text)
    except Problem as problem:
        row = min(problem.line - 1, len(places) - 1)
        place = int(places[row, 0]) if row >= 0 else 0
        what = problem.problem.removeprefix(f"column {problem.column}: ")
        raise original.problem(place, what, problem.field) from None
    remarks = tuple((int(places[line, 0]), word, what) for line, word, what in told.remarks)
    if strict and remarks:
        place, word, what = remarks[0]
        raise original.problem(place, what, word)
    # Lines of numbers that follow each other are one row of the message.
    lines = np.searchsorted(told.ends, message.lines.spans[0], side="right")
    return Transcribed(
        message.specification, message.lines, message.layout, message.departures,
        original.raw, places[lines], escaped, original, remarks,
    )  # fmt: skip
