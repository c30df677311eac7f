"""
Tables of dose rate and of particle flux over orbits or over magnetic shells: CSV, units in names.

The heading names the places, ALTITUDE_KM and INCLINATION_DEG or L and B_B0, and the rate:
DOSE_RATE_GY_SI_DAY or DOSE_RATE_RAD_SI_DAY behind SHIELDING_MM_AL (or SHIELDING_G_CM2_AL), or, of
particles in space, FLUX_PER_CM2_S or FLUENCE_PER_CM2_DAY.  Lines `# KEY: value` before it say
more: PARTICLES (of a flux), OUTSIDE (`refused`, or `zero` where beyond the L and B/B0 of the table
nothing is), E_FOLDING_DAYS and EPOCH (of a table that decays), SOURCE, NOTE.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.astro.epoch import tai_ns
from commonsky.characterise.dose_table import DoseTable, Places, Quantity
from commonsky.errors import MessageError, UnknownEpoch
from commonsky.formats.delimited import (
    DELIMITERS,
    LONGEST_LINE,
    RowProblem,
    fields_of,
    heading_of,
    lines_of,
)
from commonsky.formats.units import radians

MOST_BYTES, MOST_ROWS = 1 << 28, 4_000_000
LONGEST_VALUE, LONGEST_TEXT = 40, 200
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
SAYING = re.compile(r"#\s*([A-Z][A-Z_]+)\s*:\s*(.*)", re.ASCII)
SAYINGS = ("PARTICLES", "OUTSIDE", "E_FOLDING_DAYS", "EPOCH", "SOURCE", "NOTE")


class Column(NamedTuple):
    """What a column may hold, and what turns it into our unit."""

    least: float
    most: float
    factor: float = 1.0


GY_PER_RAD = 0.01
MM_PER_G_CM2 = 10.0 / 2.70  # of aluminium
PLACES = {
    Places.ORBITS: {"ALTITUDE_KM": Column(50.0, 1e6), "INCLINATION_DEG": Column(0.0, 180.0)},
    Places.SHELLS: {"L": Column(0.5, 100.0), "B_B0": Column(1.0, 1e9)},
}
SHIELDINGS = {
    "SHIELDING_MM_AL": Column(0.0, 1e4),
    "SHIELDING_G_CM2_AL": Column(0.0, 2700.0, MM_PER_G_CM2),
}
DOSES = {
    "DOSE_RATE_GY_SI_DAY": Column(0.0, 1e12),
    "DOSE_RATE_RAD_SI_DAY": Column(0.0, 1e14, GY_PER_RAD),
}
FLUXES = {"FLUX_PER_CM2_S": Column(0.0, 1e18, 86_400.0), "FLUENCE_PER_CM2_DAY": Column(0.0, 1e23)}
RATES = {**DOSES, **FLUXES}
KNOWN = {**PLACES[Places.ORBITS], **PLACES[Places.SHELLS], **SHIELDINGS, **RATES}


def dose_table(content: bytes) -> DoseTable:
    """
    Return the table that a file holds; anything amiss in it is a `MessageError`.

    No line is left out, since nobody would see it in the answer: the grid must be whole, and a
    last line without an end, which may be cut off, is refused.
    """
    said: dict[str, str] = {}
    rows = whole_rows(content, said)
    last, names = next(rows)
    places = _places(names, last)
    cells = array("d")
    for last, fields in rows:
        cells.extend(
            number_of(text, name, KNOWN[name], last)
            for name, text in zip(names, fields, strict=True)
        )
    columns = dict(zip(names, np.array(cells).reshape(-1, len(names)).T, strict=True))
    try:
        return _table(columns, places, said, last)
    except ValueError as error:
        raise MessageError(str(error), line=last) from error


def whole_rows(content: bytes, said: dict[str, str]) -> Iterator[tuple[int, list[str]]]:
    """Yield number and fields of the heading, in capitals, and of each row; fill in `said`."""
    if len(content) > MOST_BYTES:
        raise MessageError(f"more than {MOST_BYTES:,} bytes", line=1)
    names: list[str] = []
    number = count = 0
    delimiter = ","
    for number, line in lines_of(content):
        if not names and (found := SAYING.fullmatch(line.rstrip(",; \t"))):
            _hear(found[1], found[2].strip(), number, said)
        if not line.strip() or line.startswith("#"):
            continue
        count += 1
        if not names:
            delimiter = max(DELIMITERS, key=line.count)
            names = [name.upper() for name in heading_of(line, delimiter, number)]
            if len(set(names)) < len(names):
                raise MessageError("the heading has a column twice", line=number)
        yield number, names if count == 1 else _fields(line, delimiter, len(names), number)
        if count > MOST_ROWS:
            raise MessageError(f"more than {MOST_ROWS:,} rows", line=number)
    if not names:
        raise MessageError("there is no heading", line=max(number, 1))
    if not content.endswith((b"\n", b"\n\x00", b"\r")):
        raise MessageError("the last line has no end; is the file cut off?", line=number)


def _hear(key: str, value: str, number: int, said: dict[str, str]) -> None:
    if key not in SAYINGS or key in said or len(value) > LONGEST_TEXT:
        raise MessageError(
            f"before a table stand {', '.join(SAYINGS)}, each once and at most {LONGEST_TEXT} "
            "characters long",
            line=number,
            field=key[:LONGEST_VALUE],
        )
    said[key] = value


def _fields(line: str, delimiter: str, width: int, number: int) -> list[str]:
    if len(line) > LONGEST_LINE:
        raise MessageError(f"more than {LONGEST_LINE:,} characters", line=number)
    try:
        fields = [field.strip() for field in fields_of(line, delimiter)]
    except RowProblem as problem:
        raise MessageError(problem.reason, line=number) from problem
    if len(fields) != width:
        raise MessageError(f"{width} fields are needed; found {len(fields)}", line=number)
    return fields


def number_of(text: str, name: str, column: Column, line: int) -> float:
    """Return the number that a field holds, in the column's unit."""
    plain = len(text) <= LONGEST_VALUE and NUMBER.fullmatch(text)
    value = float(text) if plain else math.nan
    if not column.least <= value <= column.most:
        raise MessageError(
            f"{text[:LONGEST_VALUE]!r} is no number from {column.least:g} to {column.most:g}",
            line=line,
            field=name,
        )
    return value


def _places(names: list[str], number: int) -> Places:
    """What a table with this heading is over."""
    unknown = [name for name in names if name not in KNOWN]
    over = [places for places, axes in PLACES.items() if set(axes) & set(names)]
    rates = [name for name in names if name in RATES]
    problem = ""
    if unknown:
        problem = (
            f"{unknown[0][:LONGEST_VALUE]!r} is no column of a table, or its unit is in doubt (a "
            "dose is in Gy or rad of silicon, a flux per cm2 and s)"
        )
    elif len(over) != 1 or not set(PLACES[over[0]]) <= set(names):
        problem = "needed are ALTITUDE_KM and INCLINATION_DEG, or L and B_B0"
    elif len(rates) != 1:
        problem = "one column of rates is needed"
    elif len(set(names) & set(SHIELDINGS)) != (rates[0] in DOSES):
        problem = "a dose is behind one shielding, a flux of particles in space behind none"
    if problem:
        raise MessageError(f"{problem}; known are {', '.join(KNOWN)}", line=number)
    return over[0]


def _table(
    columns: dict[str, Floats], places: Places, said: dict[str, str], last: int
) -> DoseTable:
    behind = [name for name in columns if name in SHIELDINGS]
    (rate,) = (name for name in columns if name in RATES)
    axes, indices = [], []
    for name in (*PLACES[places], *behind):
        axis, index = np.unique(columns[name], return_inverse=True)
        axes.append(axis * KNOWN[name].factor)
        indices.append(index)
    shape = tuple(len(axis) for axis in axes)
    rows, cells = len(columns[rate]), math.prod(shape)
    if rows == 0 or rows != cells:  # before a grid is made, which could be as large as one likes
        raise MessageError(
            f"the axes have {' x '.join(map(str, shape))} values, but there are {rows:,} rows; a "
            "table is wanted whole, with 0 where nothing is",
            line=last,
        )
    grid = np.full(shape, np.nan)
    grid[tuple(indices)] = columns[rate] * KNOWN[rate].factor
    if np.isnan(grid).any():
        raise MessageError("some cells stand here twice, and as many are missing", line=last)
    second = radians(axes[1]) if places is Places.ORBITS else axes[1]
    outside, particles = said.get("OUTSIDE", "refused").lower(), said.get("PARTICLES", "")
    if outside not in {"refused", "zero"}:
        raise MessageError("is `refused` or `zero`", line=1, field="OUTSIDE")
    if (rate in DOSES) == bool(particles):
        raise MessageError(
            "a flux says of what, as `# PARTICLES: electrons above 1 MeV`; a dose is of all",
            line=1,
            field="PARTICLES",
        )
    return DoseTable(
        places, axes[0], second, axes[2] if behind else np.zeros(0),
        grid if behind else grid[:, :, None],
        Quantity.DOSE if rate in DOSES else Quantity.FLUENCE, particles, outside == "zero",
        *_decay(said), said.get("SOURCE", ""),
    )  # fmt: skip


def _decay(said: dict[str, str]) -> tuple[float, int]:
    folding, epoch = said.get("E_FOLDING_DAYS", ""), said.get("EPOCH", "")
    days = number_of(folding, "E_FOLDING_DAYS", Column(1e-3, 1e6), 1) if folding else math.inf
    try:
        return days, tai_ns(epoch) if epoch else 0
    except UnknownEpoch as error:
        raise MessageError(str(error), line=1, field="EPOCH") from error
