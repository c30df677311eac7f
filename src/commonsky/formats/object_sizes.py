"""
Masses, sizes, launches and states of objects by catalogue number, from tables that people have.

Five headings are known, in any order and case, with commas, semicolons or tabs:

* ours: NORAD_CAT_ID and any of MASS_KG, AREA_M2, HBR_M, RCS_M2, LAUNCH_DATE, ACTIVE, OBJECT_TYPE.
* NASA CARA's list of hard-body radii and masses.  Its defaults are averages of satellites and are
  not taken; what is ESA's is blank in the public file.
* CelesTrak's SATCAT: type, state, launch and radar cross-section.
* the UCS Satellite Database, which lists what is active.
* GCAT's satcat (planet4589.org), where a mass of 0 is one that is not known.

Where a satellite has a mass at launch and a dry one it counts with their mean, a stage with the
dry one.  A bad row costs itself only; what is left out, and why, is counted.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from commonsky.environment.size_table import SizeTable
from commonsky.errors import MessageError
from commonsky.formats.delimited import (
    DELIMITERS,
    LONGEST_LINE,
    RowProblem,
    fields_of,
    heading_of,
    lines_of,
)
from commonsky.formats.object_size_rows import (
    COLUMNS,
    Form,
    Values,
    form_of,
    places_of,
    values_of,
)

LONGEST_NAME = 80
MOST_OBJECTS = 2_000_000
SHOWN_COLUMNS = 50
COLUMNS_AS = {"q": np.int64, "d": np.float64, "b": np.int8}


@dataclass(frozen=True, slots=True)
class ObjectSizes:
    """
    What was read of a table: `read` rows, of which those in `left_out` by reason are not in it.

    `ignored` counts values that were not taken though their rows were; `superseded` the rows of
    an object that a later one replaced; `unread_columns` are headings of which nothing is known.
    """

    table: SizeTable
    form: Form
    read: int
    left_out: dict[str, int]
    ignored: dict[str, int]
    superseded: int
    unread_columns: tuple[str, ...]


def object_sizes(content: bytes) -> ObjectSizes:
    """
    Return what a table says of objects; the last row of each is the one that counts.

    A heading that is none of those known, or more than two million objects, is a `MessageError`.
    """
    lines = lines_of(content)
    number, heading = next(lines, (1, ""))
    delimiter = max(DELIMITERS, key=heading.count)
    names = heading_of(heading, delimiter, number)
    capitals = [name.upper() for name in names]
    form = form_of(capitals, number)
    places = places_of(capitals, form)
    rows = _Rows(form, places, len(names), delimiter)
    for number, line in lines:
        rows.take(line, number)
    table, superseded = rows.table()
    unread = [name for k, name in enumerate(names) if name and k not in places.values()]
    return ObjectSizes(
        table, form, rows.read, dict(rows.left_out), dict(rows.ignored), superseded,
        tuple(dict.fromkeys(name[:LONGEST_NAME] for name in unread[:SHOWN_COLUMNS])),
    )  # fmt: skip


class _Rows:
    """Gathers rows as columns of numbers."""

    def __init__(self, form: Form, places: dict[str, int], width: int, delimiter: str) -> None:
        self.form, self.places, self.width, self.delimiter = form, places, width, delimiter
        self.read = 0
        self.left_out: Counter[str] = Counter()
        self.ignored: Counter[str] = Counter()
        self._columns: tuple[array[Any], ...] = tuple(array(code) for code in COLUMNS.values())

    def take(self, line: str, number: int) -> None:
        """Read one line, or count why it is left out."""
        if not line.strip() or line.startswith("#"):
            return
        self.read += 1
        try:
            values = self._values(line)
        except RowProblem as problem:
            self.left_out[problem.reason] += 1
            return
        if len(self._columns[0]) >= MOST_OBJECTS:
            raise MessageError(f"more than {MOST_OBJECTS:,} objects", line=number)
        for column, value in zip(self._columns, values, strict=True):
            column.append(value)

    def _values(self, line: str) -> Values:
        if len(line) > LONGEST_LINE:
            raise RowProblem(f"a line of more than {LONGEST_LINE:,} characters")
        fields = fields_of(line, self.delimiter)
        if len(fields) != self.width:
            raise RowProblem("not as many fields as the heading")
        said = {name: fields[place].strip() for name, place in self.places.items()}
        return values_of(said, self.form, self.ignored)

    def table(self) -> tuple[SizeTable, int]:
        """Return the last row of each object by ascending number, and how many came before."""
        columns = {
            name: np.array(column, COLUMNS_AS[code])
            for (name, code), column in zip(COLUMNS.items(), self._columns, strict=True)
        }
        numbers = columns["catalogue_number"]
        _, from_behind = np.unique(numbers[::-1], return_index=True)
        last = len(numbers) - 1 - from_behind
        table = SizeTable(**{name: column[last] for name, column in columns.items()})
        return table, len(numbers) - len(last)
