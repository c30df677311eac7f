"""
Rows of names and texts, as services hand out small records: JSON, CSV, or keywords and values.

In JSON a list, lines or objects one behind the other; in CSV a heading and lines; in keywords and
values records one behind the other, each of which begins with the same name.  A bad row costs
itself only.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from commonsky.formats.ndm_json_pieces import Pieces
from commonsky.formats.ndm_lines import BYTE_ORDER_MARK, Problem, problem_at
from commonsky.formats.ndm_plan import NUMBER

LONGEST_NUMBER = 18  # digits that int64 holds
MOST_COLUMNS = 200
LONGEST_VALUE = 1000
LONGEST_LINE = 65_536
ASSIGNMENT = re.compile(r"\[?\s*([A-Za-z0-9_]{1,100})\s*=\s*(.*?)\s*\]?")


class Row(NamedTuple):
    """What a row says, empty values left out, and in which line it begins."""

    said: dict[str, str]
    line: int

    def whole(self, name: str) -> int:
        """Return a whole number, 0 where nothing is said; what is none is a `ValueError`."""
        text = self.said.get(name, "0")
        if not text.isascii() or not text.isdigit() or len(text) > LONGEST_NUMBER:
            raise ValueError(f"{name} is no whole number: {text[:20]!r}")
        return int(text)

    def real(self, name: str) -> float:
        """Return a finite number, nan where nothing is said; what is none is a `ValueError`."""
        if name not in self.said:
            return math.nan
        text = self.said[name]
        if not NUMBER.fullmatch(text.encode()):
            raise ValueError(f"{name} is no number: {text[:20]!r}")
        if not math.isfinite(float(text)):
            raise ValueError(f"{name} is not finite: {text[:20]!r}")
        return float(text)


def rows(raw: bytes) -> Iterator[Row | Problem]:
    """Yield the rows of a text, and a `Problem` in place of a bad one."""
    beginning = raw.removeprefix(BYTE_ORDER_MARK).lstrip()[:LONGEST_LINE]
    first = beginning.split(b"\n", 1)[0]
    if beginning[:1] in (b"{", b"[") and not ASSIGNMENT.match(first.decode("utf-8", "replace")):
        yield from _of_json(raw)
    elif b"=" in first:
        yield from _of_assignments(raw)
    elif b"," in first:
        yield from _of_csv(raw)
    else:
        yield problem_at(raw, 0, "rows are JSON, CSV under a heading, or keywords and values")


def _of_json(raw: bytes) -> Iterator[Row | Problem]:
    pieces = Pieces()
    line, counted = 1, 0
    for piece in pieces.take(raw):
        if isinstance(piece, Problem):
            yield piece
            continue
        line += raw.count(b"\n", counted, piece.start)
        counted = piece.start
        said = {}
        wrong = ""
        for name, value in piece.told.items():
            if isinstance(value, (dict, list)) or len(str(value)) > LONGEST_VALUE:
                wrong = wrong or name
            elif value is not None and value != "":
                said[name] = str(value).strip()
        if wrong:
            yield problem_at(raw, piece.start, "holds more than a text or a number", wrong[:40])
        else:
            yield Row(said, line)
    yield from pieces.finish(raw)


def _of_assignments(raw: bytes) -> Iterator[Row | Problem]:
    said: dict[str, str] = {}
    first, begins, wrong = "", 1, ""
    for number, text in enumerate(raw.decode("utf-8", "replace").split("\n"), start=1):
        if len(text) > LONGEST_LINE:
            wrong = wrong or f"a line of more than {LONGEST_LINE:,} characters"
            continue
        found = ASSIGNMENT.fullmatch(text.strip())
        if found is None:
            if text.strip(" \t\r[],"):
                wrong = wrong or f"{text.strip()[:40]!r} is no assignment"
            continue
        first = first or found[1]
        if found[1] == first and said:
            yield _finished(said, begins, wrong)
            said, wrong = {}, ""
        begins = number if not said else begins
        if found[1] in said:
            wrong = wrong or f"{found[1]} stands twice"
        if found[2]:
            said[found[1]] = found[2][:LONGEST_VALUE]
    if said or wrong:
        yield _finished(said, begins, wrong)


def _finished(said: dict[str, str], line: int, wrong: str) -> Row | Problem:
    return Problem(wrong, line=line, column=1) if wrong else Row(said, line)


def _of_csv(raw: bytes) -> Iterator[Row | Problem]:
    text = raw.removeprefix(BYTE_ORDER_MARK).decode("utf-8", "replace")
    heading: list[str] = []
    # Line by line, so that a quote that never closes costs its line only.
    for number, line in enumerate(io.StringIO(text, newline="\n"), start=1):
        if not line.strip():
            continue
        if len(line) > LONGEST_LINE:
            yield Problem(
                f"a line of more than {LONGEST_LINE:,} characters", line=number, column=1
            )
            continue
        try:
            fields = next(csv.reader([line], strict=True))
        except (csv.Error, StopIteration) as error:
            yield Problem(f"no CSV: {error}", line=number, column=1)
            continue
        if not heading:
            heading = [name.strip() for name in fields]
            if len(set(heading)) != len(heading) or len(heading) > MOST_COLUMNS:
                yield Problem("a column stands twice in the heading", line=number, column=1)
                return
        elif len(fields) != len(heading):
            told = f"{len(fields)} fields, but the heading has {len(heading)}"
            yield Problem(told, line=number, column=1)
        else:
            pairs = zip(heading, (field.strip() for field in fields), strict=True)
            yield Row({name: value for name, value in pairs if value}, number)
