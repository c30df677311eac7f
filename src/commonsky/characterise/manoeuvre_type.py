"""What a manoeuvre was for, by rule: from what it changed, and what the object does besides."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints

SMALL_KM_S: Final = 0.5e-3  # in the plane, of what keeps an orbit
LARGE_AXIS_KM: Final = 5.0  # of what changes an orbit, by one manoeuvre or by a row of them
ROW_DAYS: Final = 30.0
GEO_KM: Final = (41_364.0, 42_964.0)  # axis, the geostationary one and 800 km either side
LOW_THRUST_ROW: Final = 5  # manoeuvres of one direction in a row, hardly a set apart
LOW_THRUST_DAYS: Final = 3.0


class Kind(IntEnum):
    """What a manoeuvre was for."""

    UNKNOWN = 0
    STATION_KEEPING = 1
    PHASING = 2  # a drift along the orbit begun, or ended
    ORBIT_RAISING = 3
    ORBIT_LOWERING = 4
    PLANE_CHANGE = 5
    LOW_THRUST = 6  # for days on end

    @property
    def text(self) -> str:
        """In words."""
        return self.name.lower().replace("_", " ")


def kinds(
    owner: Ints, epoch_days: Floats, axis_km: Floats, axis_step_km: Floats, delta_v_rtn: Floats
) -> NDArray[np.int8]:
    """
    (k,) what each was for: rows are of one object after another, in order of time.

    `axis_km` is that of the orbit before, `axis_step_km` how much it changed; delta-v (k, 3) in
    km/s, nan where not determined.
    """
    k = len(owner)
    told = np.full(k, Kind.UNKNOWN, np.int8)
    in_plane = np.abs(np.nan_to_num(delta_v_rtn[:, 1]))
    normal = np.abs(np.nan_to_num(delta_v_rtn[:, 2]))
    near = _within(owner, epoch_days, ROW_DAYS)
    geo = (axis_km > GEO_KM[0]) & (axis_km < GEO_KM[1])
    net = np.array([axis_step_km[a:b].sum() for a, b in near])
    most = np.array([np.abs(axis_step_km[a:b]).max() for a, b in near])
    small = (in_plane <= SMALL_KM_S) & (np.abs(net) < LARGE_AXIS_KM)
    told[small] = Kind.STATION_KEEPING
    # A step that a later one takes back lets an object drift along its orbit.
    returns = (most > 0.0) & (np.abs(net) < 0.5 * most)
    told[~small & returns] = Kind.PHASING
    told[~small & ~returns & (net > 0.0)] = Kind.ORBIT_RAISING
    told[~small & ~returns & (net < 0.0)] = Kind.ORBIT_LOWERING
    told[geo & (np.abs(net) >= LARGE_AXIS_KM) & (np.abs(axis_step_km) < 100.0)] = Kind.PHASING
    told[normal > 2.0 * in_plane] = Kind.PLANE_CHANGE
    told[geo & (normal > 2.0 * in_plane) & (normal < 0.01)] = Kind.STATION_KEEPING
    told[_unbroken(owner, epoch_days, axis_step_km)] = Kind.LOW_THRUST
    return told


def _within(owner: Ints, days: Floats, reach: float) -> list[tuple[int, int]]:
    """First and end row of those of the same object within so many days of each row."""
    found = []
    for row in range(len(owner)):
        first, end = row, row + 1
        while (
            first > 0 and owner[first - 1] == owner[row] and days[row] - days[first - 1] <= reach
        ):
            first -= 1
        while end < len(owner) and owner[end] == owner[row] and days[end] - days[row] <= reach:
            end += 1
        found.append((first, end))
    return found


def _unbroken(owner: Ints, days: Floats, steps_km: Floats) -> NDArray[np.bool_]:
    """(k,) which are of a row of manoeuvres in one direction, days apart."""
    joined = np.zeros(len(owner), np.bool_)
    joined[1:] = (
        (owner[1:] == owner[:-1])
        & (np.diff(days) <= LOW_THRUST_DAYS)
        & (np.sign(steps_km[1:]) == np.sign(steps_km[:-1]))
    )
    row = np.cumsum(~joined)
    count = np.bincount(row) if len(row) else np.zeros(1, np.int64)
    return np.asarray(count[row] >= LOW_THRUST_ROW)
