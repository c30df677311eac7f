"""
What is taken out of the node as a file: each says which realm it is of and how it is marked.

The marking is the join of the labels of all that is in it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from commonsky.ledger.label import Label
from commonsky.node.realm import Realm
from commonsky.show.api.answer import Completeness, marking_of
from commonsky.show.api.desk import Desk

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - they are what is looked for
CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Exported:
    """A file, as it is sent."""

    name: str
    media_type: str
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        """What makes a browser save it."""
        return {"Content-Disposition": f'attachment; filename="{self.name}"'}


def file_name(desk: Desk, what: str) -> str:
    """Return a name that says whose it is and of which realm."""
    return f"{desk.home.nation}-{desk.home.realm.replace('/', '-')}-{what}"


def originator(desk: Desk) -> str:
    """Return who an export is from: of no operation, it ends in -EX."""
    return Realm.parsed(desk.home.realm).originator(desk.home.nation)


def heading(desk: Desk, label: Label, told: Completeness, more: Sequence[str] = ()) -> list[str]:
    """Return what stands above everything that is exported, a line each."""
    gaps = (*told.gaps, *more)
    return [
        f"REALM = {desk.home.realm}",
        f"ORIGINATOR = {originator(desk)}",
        f"MARKING = {marking_of(label).text}",
        f"AS_OF = {told.as_of or 'never'}; {told.scope}",
        f"GAPS = {'; '.join(gaps) or 'none'}",
    ]


def table(
    desk: Desk,
    what: str,
    label: Label,
    told: Completeness,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    more: Sequence[str] = (),
) -> Exported:
    """
    Return rows as CSV, under five lines that begin with # and one with the names of columns.

    A text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    stream = io.StringIO(newline="")
    for line in heading(desk, label, told, more):
        stream.write(f"# {_line(line)}\r\n")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([defused(one) for one in row] for row in rows)
    # Spreadsheets take a file without a byte-order mark for one of their country's letters.
    body = ("\ufeff" + stream.getvalue()).encode()
    return Exported(file_name(desk, f"{what}.csv"), CSV, body)


def defused(value: Any) -> Any:  # noqa: ANN401 - whatever a table holds
    """Return a cell as no spreadsheet runs it, None as nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        # A mark that readers do not see must not hide what follows it.
        return f"'{value}" if value.lstrip("\ufeff\u200b\u2060 ").startswith(FORMULA) else value
    return value


def _line(text: str) -> str:
    return " ".join(text.split())
