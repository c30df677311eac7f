"""
UTC and its leap seconds: the table of the IERS, and days of 86 400 or 86 401 seconds.

A UTC time is a pair here: the day since 1970-01-01, and nanoseconds into that day, which reach
86 401 s where a leap second ends the day.  Before 1972 UTC had no whole offset from TAI; there
the offset of 1972, 10 s, is held, so that every epoch has one text and every text one epoch.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import NamedTuple

import astropy_iers_data
import numpy as np

from commonsky.astro.arrays import Ints

NS_PER_S = 1_000_000_000
NS_PER_DAY = 86_400 * NS_PER_S
MJD_1970 = 40_587


class LeapSeconds(NamedTuple):
    """Since which UTC day, and which TAI instant, TAI - UTC has had which value."""

    start_day: Ints  # days since 1970-01-01 UTC
    start_tai_ns: Ints
    tai_minus_utc_s: Ints
    expires: str  # as the table says it, "28 June 2027"


@cache
def leap_seconds() -> LeapSeconds:
    """Return the IERS table of leap seconds that is installed with astropy-iers-data."""
    rows, expires = [], "an unknown date"
    with Path(astropy_iers_data.IERS_LEAP_SECOND_FILE).open(encoding="ascii") as lines:
        for line in lines:
            if line.startswith("#"):
                expires = line.partition("File expires on")[2].strip() or expires
            elif words := line.split():
                rows.append((int(float(words[0])) - MJD_1970, int(words[4])))
    start_day, offset_s = np.array(rows, dtype=np.int64).T
    start_tai_ns = start_day * NS_PER_DAY + offset_s * NS_PER_S
    return LeapSeconds(start_day, start_tai_ns, offset_s, expires)


@cache
def _leap_lists() -> tuple[list[int], list[int]]:
    """The table as lists: bisecting one is fifty times quicker than a NumPy call on one row."""
    table = leap_seconds()
    return table.start_day.tolist(), table.tai_minus_utc_s.tolist()


def ends_with_leap_second(day: int) -> bool:
    """Whether the UTC day (since 1970-01-01) has a second 23:59:60."""
    start_day, _ = _leap_lists()
    return day + 1 in start_day[1:]


def tai_ns_from_utc_day(day: int, ns_of_day: int) -> int:
    """Return the epoch of one UTC time; `ns_of_day` may reach into a leap second."""
    start_day, offset_s = _leap_lists()
    offset = offset_s[max(bisect_right(start_day, day) - 1, 0)]
    return day * NS_PER_DAY + ns_of_day + offset * NS_PER_S


def tai_ns_from_utc_days(day: Ints, ns_of_day: Ints) -> Ints:
    """(n,) epochs of UTC times; `ns_of_day` may reach into a leap second."""
    table = leap_seconds()
    row = np.maximum(np.searchsorted(table.start_day, day, "right") - 1, 0)
    return day * NS_PER_DAY + ns_of_day + table.tai_minus_utc_s[row] * NS_PER_S


def utc_days(epoch_tai_ns: Ints) -> tuple[Ints, Ints]:
    """(n,) UTC days since 1970-01-01, and nanoseconds into them, 86 400 s on in leap seconds."""
    table = leap_seconds()
    row = np.maximum(np.searchsorted(table.start_tai_ns, epoch_tai_ns, "right") - 1, 0)
    day, ns_of_day = np.divmod(epoch_tai_ns - table.tai_minus_utc_s[row] * NS_PER_S, NS_PER_DAY)
    # An inserted second still counts with the old offset, and so would begin the next day.
    following = np.minimum(row + 1, len(table.start_day) - 1)
    inserted = (following > row) & (day == table.start_day[following])
    return day - inserted, ns_of_day + inserted * np.int64(NS_PER_DAY)


def tai_utc_s(epoch_tai_ns: Ints) -> Ints:
    """(n,) TAI - UTC; a leap second counts with the offset before it.  10 s before 1972."""
    table = leap_seconds()
    row = np.maximum(np.searchsorted(table.start_tai_ns, epoch_tai_ns, "right") - 1, 0)
    return table.tai_minus_utc_s[row]


def utc_ns(epoch_tai_ns: Ints) -> Ints:
    """(n,) POSIX time in nanoseconds: UTC in days of 86 400 s, so a leap second reads twice."""
    return epoch_tai_ns - tai_utc_s(epoch_tai_ns) * NS_PER_S


def tai_ns_from_utc_ns(posix_utc_ns: int) -> int:
    """Return the epoch of a POSIX time, as computers tell it; never inside a leap second."""
    return tai_ns_from_utc_day(*divmod(posix_utc_ns, NS_PER_DAY))
