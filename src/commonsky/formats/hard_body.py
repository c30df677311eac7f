"""
Hard-body radii of objects whose size is known, with how sure they are: CSV in metres.

Two headings are known: NORAD_CAT_ID and HARD_BODY_RADIUS_M, with HARD_BODY_RADIUS_SIGMA_M if it is
known, and that of NASA CARA's monthly list, ObjectID, HBR and HBRSigma, in which most objects
have no radius.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from typing import NamedTuple

from commonsky.errors import MessageError

COLUMNS = ("NORAD_CAT_ID", "HARD_BODY_RADIUS_M", "HARD_BODY_RADIUS_SIGMA_M")
CARA = ("ObjectID", "HBR", "HBRSigma")
LARGEST_RADIUS_M = 1000.0


class HardBody(NamedTuple):
    """A radius and its standard deviation, 0 where nothing is said of it."""

    radius_km: float
    sigma_km: float


def hard_bodies(content: bytes) -> dict[int, HardBody]:
    """
    Return the body of each catalogue number.

    The first line names the columns.  Any bad line is a `MessageError`: a list that people write
    by hand is wanted whole.  Of CARA's list objects without a radius are left out.
    """
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig", "replace"), newline=""))
    names = reader.fieldnames or ()
    columns = CARA if CARA[0] in names and CARA[1] in names else COLUMNS
    missing = [name for name in columns[:2] if name not in names]
    if missing:
        raise MessageError(f"no column {missing[0]}; needed are {', '.join(COLUMNS[:2])}", line=1)
    bodies: dict[int, HardBody] = {}
    for row in _rows(reader):
        told = row[columns[1]] or ""
        if columns is CARA and not told.strip():
            continue
        number = _catalogue_number(row[columns[0]] or "", columns[0], reader.line_num)
        if number in bodies:
            raise MessageError(f"{number} stands here twice", line=reader.line_num)
        sigma = (row.get(columns[2]) or "").strip()
        bodies[number] = HardBody(
            _radius_m(told, columns[1], reader.line_num) / 1000.0,
            _sigma_m(sigma, columns[2], reader.line_num) / 1000.0 if sigma else 0.0,
        )
    return bodies


def hard_body_radii_km(content: bytes) -> dict[int, float]:
    """Return the radius of each catalogue number, as `hard_bodies`."""
    return {number: body.radius_km for number, body in hard_bodies(content).items()}


def _rows(reader: csv.DictReader[str]) -> Iterator[dict[str, str | None]]:
    try:
        yield from reader
    except csv.Error as error:
        raise MessageError(f"no CSV: {error}", line=reader.line_num) from error


def _catalogue_number(text: str, column: str, line: int) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        raise MessageError(f"{text[:40]!r} is no catalogue number", line=line, field=column)
    return int(digits)


def _radius_m(text: str, column: str, line: int) -> float:
    radius = _number(text)
    if not 0.0 < radius <= LARGEST_RADIUS_M:
        raise MessageError(
            f"{text[:40]!r} is no radius in metres, above 0 and up to {LARGEST_RADIUS_M:g}",
            line=line,
            field=column,
        )
    return radius


def _sigma_m(text: str, column: str, line: int) -> float:
    sigma = _number(text)
    if not 0.0 <= sigma <= LARGEST_RADIUS_M:
        raise MessageError(
            f"{text[:40]!r} is no standard deviation in metres", line=line, field=column
        )
    return sigma


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
