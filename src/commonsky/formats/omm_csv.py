"""OMM as CSV, one record a line under a heading: bytes in, tables out."""

from __future__ import annotations

import csv
from collections.abc import Sequence

import numpy as np

from commonsky.formats.gathering import Gathering, Taken, plain_text
from commonsky.formats.omm import KEYWORDS, NEEDED, USER_DEFINED, WHO, Records, gather
from commonsky.formats.sniff import (
    BYTE_ORDER_MARK,
    Format,
    delimiter_of,
    format_begun_by,
    is_tle_line,
)

FORM = Format.CSV.value
MOST_LINES_OF_A_RECORD = 8
OPENING = frozenset("<{[")


class CsvReader:
    """
    Reads lines under the first heading it meets, and notices where another format begins.

    The delimiter is the heading's.  A quoted field may go over a few lines; a quote that never
    closes costs its line only.
    """

    whole_lines = True

    def __init__(self, gathering: Gathering) -> None:
        self.gathering = gathering
        self._delimiter = ""
        self._place: dict[str, int] = {}
        self._width = 0
        self._problem = ""

    def take(self, block: bytes, line: int, *, final: bool) -> Taken:
        """
        Read a block of whole lines, the first of which is number `line` of the input.

        Unless it is the `final` block, what may go on in the next is left unread.
        """
        if not block:
            return Taken(0)
        raw = block.split(b"\n")
        if not raw[-1]:
            raw.pop()
        first = 0
        if not self._width:
            self._read_heading(raw[0], line)
            first = 1
        section = _Section(raw, first, self._delimiter, self._width, final=final)
        section.read()
        self._gather(section, line)
        used = sum(map(len, raw[: section.end])) + section.end
        return Taken(min(used, len(block)), section.begins)

    def _read_heading(self, raw: bytes, line: int) -> None:
        text = plain_text(raw.removeprefix(BYTE_ORDER_MARK))
        self._delimiter = delimiter_of(raw.removeprefix(BYTE_ORDER_MARK)).decode()
        told = _split(text.rstrip("\r"), self._delimiter) or text.split(self._delimiter)
        names = [name.strip().upper() for name in told]
        self._width = len(names)
        plain = [name.removeprefix(USER_DEFINED) for name in names]
        twice = sorted(name for name in KEYWORDS if names.count(name) > 1)
        for place in reversed(range(len(names))):
            if plain[place] in KEYWORDS and (
                names[place] in KEYWORDS or plain[place] not in names
            ):
                self._place[plain[place]] = place
        missing = [name for name in NEEDED if name not in self._place]
        if not any(name in self._place for name in WHO):
            missing.append("NORAD_CAT_ID")
        if twice:
            self._problem = f"the heading has two columns {', '.join(twice)}"
        elif missing:
            self._problem = f"the heading lacks {', '.join(missing)}"
        if self._problem:
            self.gathering.refuse(line, "heading", self._problem, text)

    def _gather(self, section: _Section, line: int) -> None:
        for place, reason in section.refused:
            self.gathering.refuse(line + place, "", reason, plain_text(section.raw[place]))
        lines = line + np.array(section.places, dtype=np.int64)

        def excerpt(row: int) -> str:
            return plain_text(section.raw[section.places[row]])

        if self._problem:
            self.gathering.refuse_all(lines, "heading", self._problem, excerpt)
        elif section.rows:
            columns: list[tuple[str, ...]] = list(zip(*section.rows, strict=True))
            known = {keyword: columns[place] for keyword, place in self._place.items()}
            gather(Records(known, lines, excerpt), self.gathering, FORM)


class _Section:
    """The lines of a block as rows of fields, up to where another format begins."""

    def __init__(
        self, raw: list[bytes], first: int, delimiter: str, width: int, *, final: bool
    ) -> None:
        self.raw = raw
        self.delimiter = delimiter
        self.width = width
        self.final = final
        self.first = first
        self.end = len(raw)
        self.begins: Format | None = None
        self.rows: list[list[str]] = []
        self.places: list[int] = []
        self.refused: list[tuple[int, str]] = []

    def read(self) -> None:
        """Find the rows, those refused, and the end."""
        lines = self._lines()
        if not any('"' in line or "\0" in line for line in lines):
            delimiter, width = self.delimiter, self.width
            rows = [line.split(delimiter) for line in lines]
            if all(len(row) == width for row in rows):
                self.rows, self.places = rows, list(range(self.first, self.end))
                return
        place = self.first
        while place < self.end:
            place = self._read_line(lines, place)

    def _lines(self) -> list[str]:
        """Lines as text, up to another heading."""
        chosen = self.raw[self.first :]
        for place, line in enumerate(chosen):
            if (b"EPOCH" in line or b"epoch" in line) and delimiter_of(line):
                self.end, self.begins = self.first + place, Format.CSV
                chosen = chosen[:place]
                break
        try:
            text = b"\n".join(chosen).decode()
        except UnicodeDecodeError:
            text = "\n".join(map(plain_text, chosen))
        lines = text.split("\n") if chosen else []
        return [line.rstrip("\r") for line in lines] if "\r" in text else lines

    def _read_line(self, lines: Sequence[str], place: int) -> int:
        """Read the record that begins in a line, and return the place after it."""
        row = place - self.first
        line = lines[row]
        if line.lstrip()[:1] in OPENING and (begun := format_begun_by(self.raw[place])):
            # An object may have as many commas as a row.
            self.end, self.begins = place, begun
            return place
        fields, after = self._fields(lines, row)
        if after > len(lines):
            self.end, self.begins = place, None
        elif "\0" in line:
            self.refused.append((place, "a NUL byte in it"))
        elif len(fields) == self.width:
            self.rows.append(fields)
            self.places.append(place)
        elif line.strip() and not line.startswith("#"):
            after = self._read_odd(lines, row, fields)
        return self.first + after

    def _fields(self, lines: Sequence[str], row: int) -> tuple[list[str], int]:
        """Fields of a record and the row after it; past the end where it may go on there."""
        line = lines[row]
        if '"' not in line:
            return line.split(self.delimiter), row + 1
        text = line
        for after in range(row + 1, row + 1 + MOST_LINES_OF_A_RECORD):
            if text.count('"') % 2 == 0:
                fields = _split(text, self.delimiter)
                if len(fields) == self.width:
                    return fields, after
                break
            if after >= len(lines):
                if self.final or self.begins is not None:
                    break
                return [], after + 1
            text += "\n" + lines[after]
        return [], row + 1

    def _read_odd(self, lines: Sequence[str], row: int, fields: list[str]) -> int:
        """Decide about a line that is no row: another format, or a record to be refused."""
        place = self.first + row
        begun = format_begun_by(self.raw[place])
        if begun is None and any(map(is_tle_line, self.raw[place : place + 2])):
            begun = Format.TLE
        waits = row + 1 == len(lines) and not self.final and self.begins is None
        if begun is not None or waits:
            self.end, self.begins = place, begun
            return row
        found = f"{len(fields)} fields" if fields else "a quote that does not close"
        self.refused.append((place, f"{found} under a heading of {self.width}"))
        return row + 1


def _split(text: str, delimiter: str) -> list[str]:
    """Fields of one record, quotes resolved; none where it is no CSV."""
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return []
