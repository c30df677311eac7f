"""
Between the units of messages and ours, so that what is written is read as it was.

Turning a number to radians and back misses it by a last digit as often as not.  What came from
a message is found again here: of the numbers beside the quotient, the one that turns into exactly
ours, the shortest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from commonsky.astro.arrays import Floats

RAD_PER_DEG = np.pi / 180.0
REV_DAY_PER_RAD_MIN = 1440.0 / (2.0 * np.pi)  # the sgp4 package divides by it, and so do we
DECIMALS = (4, 8, 12)
NEIGHBOURS = (0, 1, -1, 2, -2)


def radians(angle_deg: Floats) -> Floats:
    """(n,) angles in radians."""
    return angle_deg * RAD_PER_DEG


def rad_min(mean_motion_rev_day: Floats) -> Floats:
    """(n,) mean motions in radians a minute."""
    return mean_motion_rev_day / REV_DAY_PER_RAD_MIN


def degrees(angle_rad: Floats) -> Floats:
    """(n,) degrees, which `radians` turns into exactly these where any number does."""
    return _found_again(angle_rad, angle_rad / RAD_PER_DEG, radians)


def rev_day(mean_motion_rad_min: Floats) -> Floats:
    """(n,) revolutions a day, which `rad_min` turns into exactly these where any number does."""
    return _found_again(mean_motion_rad_min, mean_motion_rad_min * REV_DAY_PER_RAD_MIN, rad_min)


def _found_again(ours: Floats, near: Floats, turned: Callable[[Floats], Floats]) -> Floats:
    """(n,) numbers that are turned into ours, or nearly so where there is none."""
    found = near.copy()
    rows = np.arange(len(near))
    for candidates in _beside(near):
        hit = turned(candidates[rows]) == ours[rows]
        found[rows[hit]] = candidates[rows[hit]]
        rows = rows[~hit]
        if len(rows) == 0:
            break
    return found


def _beside(near: Floats) -> Iterator[Floats]:
    """Numbers beside these: rounded to few decimals, then some steps of the last bit away."""
    for decimals in DECIMALS:
        yield np.asarray(np.round(near, decimals))
    for steps in NEIGHBOURS:
        yield near + steps * np.spacing(near)
