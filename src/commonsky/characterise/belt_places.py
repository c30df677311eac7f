"""
Where the objects of the geosynchronous belt are at any time, as far as their sets can say.

Between two sets an object is where the nearer one says, if both agree on what it does by itself;
on the line between them, if somebody steered and it stayed in its slot; and if it went somewhere
else, nobody knows, but for some days about each set.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.kernels import kernel
from commonsky.characterise.history import History
from commonsky.characterise.longitude import (
    MIN_PER_DAY,
    REACH_DAYS,
    Longitudes,
    Steps,
    ahead,
)
from commonsky.characterise.prediction import Theory

ELSEWHERE_RAD: Final = math.radians(0.5)
BY_ITSELF_RAD: Final = math.radians(0.1)
ALONE_DAYS: Final = 10.0  # how far a set says where something is, without another that agrees


class Belt(NamedTuple):
    """Columns of all sets (n,) that tell where an object is, for a kernel; `first` of objects."""

    first: Ints
    epoch_tai_ns: Ints
    longitude_rad: Floats
    drift_rad_day: Floats
    curve_rad_day2: Floats
    moved_rad: Floats
    forward_rad: Floats
    in_belt: np.ndarray[tuple[int], np.dtype[np.bool_]]


def belt(history: History, where: Longitudes, between: Steps, coefficients: Theory) -> Belt:
    """Return the columns of a history."""
    curve = np.zeros(len(history.elements))
    _curves(
        coefficients.near, coefficients.deep, coefficients.row, coefficients.is_deep, curve
    )  # fmt: skip
    return Belt(
        history.first, history.elements.epoch_tai_ns, where.longitude_rad, where.drift_rad_day,
        curve, between.moved_rad, between.forward_rad, where.in_belt,
    )  # fmt: skip


@kernel()
def _curves(near: Floats, deep: Floats, row: Ints, is_deep: Floats, out: Floats) -> None:
    """How the drift of each set changes by itself, rad a day each day."""
    for k in range(len(out)):
        out[k] = ahead(near, deep, row, is_deep, k, MIN_PER_DAY)[1]


@kernel()
def _place(belt: Belt, k: int, end: int, at: int) -> tuple[float, float, int]:
    """Longitude and drift at a time from set k, the last before, or the next; and which it was."""
    epoch = belt.epoch_tai_ns
    days = (at - epoch[k]) / NS_PER_DAY
    has_next = k + 1 < end
    gap = (epoch[k + 1] - epoch[k]) / NS_PER_DAY if has_next else np.inf
    nearest = k + 1 if has_next and days > 0.5 * gap else k
    since = (at - epoch[nearest]) / NS_PER_DAY
    rate = belt.drift_rad_day[nearest] + since * belt.curve_rad_day2[nearest]
    mean = 0.5 * (rate + belt.drift_rad_day[nearest])
    free = belt.longitude_rad[nearest] + since * mean
    if has_next and days > 0.0 and gap <= REACH_DAYS:
        if abs(belt.forward_rad[k]) <= BY_ITSELF_RAD:
            return free, rate, nearest
        if abs(belt.moved_rad[k]) <= ELSEWHERE_RAD:
            moved = belt.moved_rad[k]
            return belt.longitude_rad[k] + moved * days / gap, moved / gap, nearest
    if abs(since) <= ALONE_DAYS:
        return free, rate, nearest
    return np.nan, np.nan, nearest


@kernel()
def places(
    belt: Belt, objects: Ints, pointer: Ints, at: int, place: Floats, rate: Floats, used: Ints
) -> None:
    """
    Where objects are at a time, in 0..2 pi, and how they drift; nan where nobody knows.

    `pointer` is kept between calls at times that rise: the last set before.  `used` is the set
    that says so.
    """
    for i in range(len(objects)):
        end = belt.first[objects[i] + 1]
        k = pointer[i]
        while k + 1 < end and belt.epoch_tai_ns[k + 1] <= at:
            k += 1
        pointer[i] = k
        place[i], rate[i], used[i] = _place(belt, k, end, at)
        if belt.in_belt[used[i]]:
            place[i] %= 2.0 * math.pi
        else:
            place[i] = np.nan
