"""
How the Earth is turned: UT1, polar motion and celestial pole offsets, from the IERS tables.

The tables are installed with us (astropy-iers-data) and read once, when first asked for: the
final series C04 as far as it goes, then Bulletin A of finals2000A, which ends in about a year
of predictions.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

import astropy_iers_data
import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.utc import MJD_1970, tai_ns_from_utc_days, tai_utc_s
from commonsky.errors import OutOfSpan

ARCSECOND_RAD = np.pi / (180.0 * 3600.0)
MILLIARCSECOND_RAD = ARCSECOND_RAD / 1000.0
MJD_1972 = 41_317
# Where MJD, UT1 - UTC, x, y, dX, dY stand in a line, and what the last five are counted in.
C04_FIELDS = ((16, 26), (50, 62), (26, 38), (38, 50), (62, 74), (74, 86))
C04_UNITS = (1.0, ARCSECOND_RAD, ARCSECOND_RAD, ARCSECOND_RAD, ARCSECOND_RAD)
FINALS_FIELDS = ((7, 15), (58, 68), (18, 27), (37, 46), (97, 106), (116, 125))
FINALS_UNITS = (1.0, ARCSECOND_RAD, ARCSECOND_RAD, MILLIARCSECOND_RAD, MILLIARCSECOND_RAD)


class Orientation(IntEnum):
    """How well the Earth's orientation is known at an epoch."""

    GOOD = 0  # measured, or predicted by the IERS
    DEGRADED = 1  # outside the table: UT1 is off by up to 1 s a year away, 460 m at the equator


@dataclass(frozen=True, slots=True)
class EarthOrientation:
    """The Earth's orientation at n epochs, one row each."""

    ut1_minus_tai_s: Floats
    polar_motion_x_rad: Floats
    polar_motion_y_rad: Floats
    pole_offset_x_rad: Floats  # dX, dY beside the IAU 2006/2000A pole
    pole_offset_y_rad: Floats
    status: NDArray[np.int8]  # `Orientation`


class _Table(NamedTuple):
    epoch_tai_ns: Ints
    columns: Floats  # (5, days): as the first five columns of `EarthOrientation`


@cache
def _table() -> _Table:
    """One row a day from 1972, when UTC began to leap, to the last prediction."""
    final_day, final = _rows(astropy_iers_data.IERS_B_FILE, MJD_1972, C04_FIELDS, C04_UNITS)
    first_rapid = int(final_day[-1]) + 1
    rapid_day, rapid = _rows(
        astropy_iers_data.IERS_A_FILE, first_rapid, FINALS_FIELDS, FINALS_UNITS
    )
    day = np.concatenate([final_day, rapid_day])
    if day[0] != MJD_1972 or (np.diff(day) != 1).any():
        raise _unusable("leave days out")
    epoch_tai_ns = tai_ns_from_utc_days(day - MJD_1970, np.zeros_like(day))
    columns = np.concatenate([final, rapid], axis=1)
    # UT1 - TAI has no steps; UT1 - UTC could not be interpolated over a leap second.
    columns[0] -= tai_utc_s(epoch_tai_ns)
    return _Table(epoch_tai_ns, columns)


def _unusable(what: str) -> OutOfSpan:
    return OutOfSpan(
        "Earth orientation needs one line a day since 1972, all of one length, but the tables of "
        f"astropy-iers-data {astropy_iers_data.__version__} {what}; install another version"
    )


def _rows(
    file: str, first_mjd: int, fields: tuple[tuple[int, int], ...], units: tuple[float, ...]
) -> tuple[Ints, Floats]:
    """(days,) MJD and (5, days) values of a table's daily lines, from one day on."""
    content = Path(file).read_bytes()
    start = 0
    while content.startswith(b"#", start):
        start = content.index(b"\n", start) + 1
    line_bytes = content.index(b"\n", start) + 1 - start
    if (len(content) - start) % line_bytes:
        raise _unusable("have lines of several lengths")
    letters = np.frombuffer(content, dtype=np.uint8, offset=start).reshape(-1, line_bytes)
    # Both tables have a line for every day, so only those that are wanted need be parsed.
    letters = letters[max(first_mjd - int(_numbers(letters[:1], *fields[0])[0]), 0) :]
    # Lines after the last prediction are blank but for their date.
    letters = letters[(letters[:, slice(*fields[1])] != ord(" ")).any(axis=1)]
    day = _numbers(letters, *fields[0]).astype(np.int64)
    values = [_numbers(letters, *field) for field in fields[1:]]
    return day, np.stack([value * unit for value, unit in zip(values, units, strict=True)])


def _numbers(letters: NDArray[np.uint8], start: int, stop: int) -> Floats:
    """The numbers in one field of every line; 0 where blank, as dX and dY are far ahead."""
    field = np.array(letters[:, start:stop], order="C")
    field[(field == ord(" ")).all(axis=1), 0] = ord("0")
    return field.view(f"S{stop - start}").ravel().astype(np.float64)


def earth_orientation(epoch_tai_ns: Ints) -> EarthOrientation:
    """
    Return the Earth's orientation at n epochs, interpolated linearly between days.

    Tides below a day are left out: 0.1 ms of UT1 and 1 mas of the pole, centimetres in low orbit.
    Before the table (1972) UT1 is our UTC, TAI - 10 s, and the pole rests; after it the last
    values are held.  Both are `Orientation.DEGRADED`.
    """
    epoch = np.asarray(epoch_tai_ns, dtype=np.int64)
    table = _table()
    days = len(table.epoch_tai_ns)
    row = np.clip(np.searchsorted(table.epoch_tai_ns, epoch, "right") - 1, 0, days - 2)
    start, stop = table.epoch_tai_ns[row], table.epoch_tai_ns[row + 1]
    # Clipped first: from 1678 to 1972 is more than int64 holds.
    fraction = (np.clip(epoch, start, stop) - start) / (stop - start)
    values = table.columns[:, row] * (1.0 - fraction) + table.columns[:, row + 1] * fraction
    before, after = epoch < table.epoch_tai_ns[0], epoch > table.epoch_tai_ns[-1]
    values[:, before] = 0.0
    values[0, before] = -tai_utc_s(epoch[before])
    ut1, x, y, offset_x, offset_y = values
    return EarthOrientation(ut1, x, y, offset_x, offset_y, (before | after).astype(np.int8))


def ut1_minus_tai_s(epoch_tai_ns: Ints) -> Floats:
    """(n,) UT1 - TAI, which has no leaps; outside the table as `earth_orientation` says."""
    return earth_orientation(epoch_tai_ns).ut1_minus_tai_s


def ut1_minus_utc_s(epoch_tai_ns: Ints) -> Floats:
    """(n,) UT1 - UTC, the `DUT1` of the IERS; outside the table as `earth_orientation` says."""
    return ut1_minus_tai_s(epoch_tai_ns) + tai_utc_s(epoch_tai_ns)
