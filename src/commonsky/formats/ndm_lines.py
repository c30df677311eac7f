"""
Keyword-value notation as lines: where each keyword, value and unit stands.

Nothing is thrown away: a message keeps its bytes, and what is read of them is found by place.

Reference: CCSDS 502.0-B-3, section 7 (syntax), and 508.0-B-1, section 6.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.errors import MessageError
from commonsky.formats.ndm_kernels import (
    BAD_CONTROL,
    COMMENTS,
    DIVIDES,
    LONGEST_LINE,
    POWERS,
    ROWS,
    keyword_lines,
)

SHOWN = 40
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
ASSIGNMENT = re.compile(rb"\s*+([A-Z0-9_]++)\s*+=\s*+[^\[]*+(?:\[([^\]]*+)\])?+(.*+)", re.DOTALL)


class Line(NamedTuple):
    """
    A line without its value.

    `keyword` is "" for one that assigns nothing, which then stands in `rest`; otherwise that is
    what follows the unit.  `status` is that of the kernel.
    """

    keyword: str
    unit: bytes
    rest: bytes
    status: int


class Problem(MessageError):
    """What is wrong with a message, and where: line and column count from 1."""

    def __init__(self, problem: str, *, line: int, column: int, field: str = "") -> None:
        super().__init__(f"column {column}: {problem}", line=line, field=field)
        self.column = column
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Lines:
    """(3, n) where lines begin, and their values begin and end; their numbers, nan if none."""

    raw: bytes
    spans: Ints
    number: Floats
    status: NDArray[np.uint8]
    skeleton: bytes

    def value(self, row: int) -> bytes:
        """Return the value of a line, blanks around it left out."""
        return self.raw[self.spans[1, row] : self.spans[2, row]]

    def whole(self, row: int) -> bytes:
        """Return the value of a line with all that follows it, as a text has it."""
        end = self.raw.find(b"\n", self.spans[1, row])
        return self.raw[self.spans[1, row] : end if end >= 0 else len(self.raw)].rstrip()

    def __iter__(self) -> Iterator[Line]:
        for row, status in enumerate(self.status.tolist()):
            if status in (COMMENTS, DIVIDES, ROWS):
                yield Line("", b"", self.value(row) if status == DIVIDES else b"", status)
                continue
            before = self.raw[self.spans[0, row] : self.spans[1, row]]
            after = self.raw[self.spans[2, row] : self._end(row)]
            found = ASSIGNMENT.fullmatch(before.removeprefix(BYTE_ORDER_MARK) + after)
            if found is None:
                raise problem_at(self.raw, int(self.spans[0, row]), "is no assignment")
            yield Line(found[1].decode(), found[2] or b"", found[3].strip(), status)

    def _end(self, row: int) -> int:
        end = self.raw.find(b"\n", self.spans[2, row])
        return end if end >= 0 else len(self.raw)

    def problem(self, row: int, problem: str, field: str = "") -> Problem:
        """Return a problem with the value of a line."""
        return problem_at(self.raw, int(self.spans[1, row]), problem, field)


def lines_of(raw: bytes) -> Lines:
    """
    Return the lines of a text; control characters and endless lines are a `Problem`.

    Some nanoseconds a byte, numbers included.
    """
    if raw.startswith(BYTE_ORDER_MARK):
        # Blanks take its place, so that all columns stay what they are.
        text = np.frombuffer(b"   " + raw[3:], dtype=np.uint8)
    else:
        text = np.frombuffer(raw, dtype=np.uint8)
    most = raw.count(b"\n") + 1
    spans = np.empty((3, most), dtype=np.int64)
    number, status = np.empty(most), np.empty(most, dtype=np.uint8)
    skeleton = np.empty(len(raw) + 3 * most, dtype=np.uint8)
    rows, used, place, wrong = keyword_lines(text, POWERS, spans, number, status, skeleton)
    if wrong == BAD_CONTROL:
        raise problem_at(raw, place, f"the byte {raw[place]:#04x} has no place in a text")
    if wrong:
        raise problem_at(raw, place, f"a line of more than {LONGEST_LINE:,} bytes")
    return Lines(raw, spans[:, :rows], number[:rows], status[:rows], skeleton[:used].tobytes())


def problem_at(raw: bytes, place: int, problem: str, field: str = "") -> Problem:
    """Return the problem with its line and column, which the place in the bytes tells."""
    place = min(place, len(raw))
    line = raw.count(b"\n", 0, place) + 1
    column = place - (raw.rfind(b"\n", 0, place) + 1) + 1
    return Problem(problem, line=line, column=column, field=field)


def shown(value: bytes) -> str:
    """Return a value for a message to a person, cut."""
    text = value.decode("utf-8", "replace").strip()
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "…")
