"""Tables that people have, line by line: commas, semicolons or tabs, one bad row costs itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from commonsky.errors import MessageError
from commonsky.formats.encoding import in_utf8

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DELIMITERS = "\t;,"
LONGEST_LINE = 65_536
MOST_COLUMNS = 500


class RowProblem(Exception):
    """A row is left out; `reason` is one of a fixed set of words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def lines_of(content: bytes) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line, one at a time: a text of all would be as large again."""
    raw = b"".join(in_utf8([content])).removeprefix(BYTE_ORDER_MARK)
    for number, line in enumerate(io.BytesIO(raw), start=1):
        # What is cut off here is still too long: a character has at most four bytes.
        yield number, line[: 4 * LONGEST_LINE + 4].rstrip(b"\r\n").decode("utf-8", "replace")


def heading_of(line: str, delimiter: str, number: int) -> list[str]:
    """Return the names of columns; a line that can be no heading is a `MessageError`."""
    if line.count(delimiter) >= MOST_COLUMNS:
        raise MessageError(f"more than {MOST_COLUMNS} columns", line=number)
    try:
        return [name.strip() for name in fields_of(line, delimiter)]
    except RowProblem as problem:
        raise MessageError(f"the heading has {problem.reason}", line=number) from problem


def fields_of(line: str, delimiter: str) -> list[str]:
    """Return the fields of one line, quotes undone; a quote left open is a `RowProblem`."""
    if '"' not in line:
        return line.split(delimiter)
    try:
        # Line by line, so that a quote that never closes costs its line only.
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise RowProblem("a quote that does not close") from error
