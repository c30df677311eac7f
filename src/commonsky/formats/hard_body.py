"""Hard-body radii of objects whose size is known: CSV in metres."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator

from commonsky.errors import MessageError

COLUMNS = ("NORAD_CAT_ID", "HARD_BODY_RADIUS_M")
LARGEST_RADIUS_M = 1000.0


def hard_body_radii_km(content: bytes) -> dict[int, float]:
    """
    Return the radius of each catalogue number.

    The first line names the columns, NORAD_CAT_ID and HARD_BODY_RADIUS_M among them.  Any bad
    line is a `MessageError`: a list that people write by hand is wanted whole.
    """
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig", "replace"), newline=""))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise MessageError(f"no column {missing[0]}; needed are {', '.join(COLUMNS)}", line=1)
    radii: dict[int, float] = {}
    for row in _rows(reader):
        number = _catalogue_number(row[COLUMNS[0]] or "", reader.line_num)
        if number in radii:
            raise MessageError(f"{number} stands here twice", line=reader.line_num)
        radii[number] = _radius_m(row[COLUMNS[1]] or "", reader.line_num) / 1000.0
    return radii


def _rows(reader: csv.DictReader[str]) -> Iterator[dict[str, str | None]]:
    try:
        yield from reader
    except csv.Error as error:
        raise MessageError(f"no CSV: {error}", line=reader.line_num) from error


def _catalogue_number(text: str, line: int) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        raise MessageError(f"{text[:40]!r} is no catalogue number", line=line, field=COLUMNS[0])
    return int(digits)


def _radius_m(text: str, line: int) -> float:
    try:
        radius = float(text)
    except ValueError:
        radius = math.nan
    if not 0.0 < radius <= LARGEST_RADIUS_M:
        raise MessageError(
            f"{text[:40]!r} is no radius in metres, above 0 and up to {LARGEST_RADIUS_M:g}",
            line=line,
            field=COLUMNS[1],
        )
    return radius
