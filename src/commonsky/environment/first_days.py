"""
How often satellites meet a cloud in its first days, while it is no gas: by where fragments are.

At moments drawn within a window all fragments are put where two-body motion and the secular drift
of nodes and perigees bring them, and those count that are within 140 km along and 12.5 km above or
below a satellite.  What shares such a disc meets at a rate of sigma v / volume.  A satellite whose
place is not known is put on its orbit many times at random.  The pinch point and the fragments'
common plane are in the answer as far as the discs tell them apart; drag of the first days is not.

Reference: as environment.cube, whose cubes are discs here, since a cloud's density changes fast
with height.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from commonsky.astro.arrays import Floats
from commonsky.environment.cube import placed
from commonsky.environment.fragment_orbits import TURN, FragmentOrbits, secular_rates_rad_s
from commonsky.environment.satellites import Satellites

REACH_KM, HALF_HEIGHT_KM = 140.0, 12.5
TIMES = 32
DRAWS_IN_ALL, MOST_DRAWS = 12_000, 384
_BUCKETS = 1 << 17
_CUBE_KM = 145.0  # a disc reaches no further than the next cube
_M_PER_KM = 1e3


class Meetings(NamedTuple):
    """
    (k,) how often fragments come near each satellite, and hit it, per second.

    `noise` is one standard deviation of what chance leaves of the first, as a share of it; nan
    where nothing came near.
    """

    near_per_s: Floats
    hit_per_s: Floats
    noise: Floats


@njit(cache=True, nogil=True, inline="always")
def _bucket(x, y, z):
    return ((x * 73856093) ^ (y * 19349663) ^ (z * 83492791)) & (_BUCKETS - 1)


@njit(cache=True, nogil=True)
def _sorted_in(place, cell, first, following):
    """Chain fragments by the cube that they are in."""
    first[:] = -1
    for row in range(len(place)):
        for axis in range(3):
            cell[row, axis] = int(np.floor(place[row, axis] / _CUBE_KM))
        bucket = _bucket(cell[row, 0], cell[row, 1], cell[row, 2])
        following[row] = first[bucket]
        first[bucket] = row


@njit(cache=True, nogil=True)
def _met(place, moving, radius_m, cell, first, following, here, going, owner, size_m, told):
    """Add to each satellite what is in the discs about its places."""
    for draw in range(len(here)):
        height = np.sqrt((here[draw] ** 2).sum())
        cosine = np.cos(REACH_KM / height)
        x, y, z = (
            int(np.floor(here[draw, 0] / _CUBE_KM)), int(np.floor(here[draw, 1] / _CUBE_KM)),
            int(np.floor(here[draw, 2] / _CUBE_KM)),
        )  # fmt: skip
        volume = 4.0 * np.pi * (1.0 - cosine) * HALF_HEIGHT_KM
        volume *= height * height + HALF_HEIGHT_KM * HALF_HEIGHT_KM / 3.0
        one = owner[draw]
        for step in range(27):
            i, j, k = x + step // 9 - 1, y + (step // 3) % 3 - 1, z + step % 3 - 1
            row = first[_bucket(i, j, k)]
            while row >= 0:
                if cell[row, 0] == i and cell[row, 1] == j and cell[row, 2] == k:
                    other = np.sqrt((place[row] ** 2).sum())
                    level = (place[row] * here[draw]).sum() >= cosine * other * height
                    if level and abs(other - height) <= HALF_HEIGHT_KM:
                        speed = np.sqrt(((moving[row] - going[draw]) ** 2).sum()) / volume
                        told[one, 0] += speed
                        told[one, 1] += speed * (size_m[one] + radius_m[row]) ** 2
                row = following[row]


def meetings_then(
    orbits: FragmentOrbits, radius_m: Floats, satellites: Satellites, from_s: float,
    window_s: float, *, screening_km: float, seed: int,
) -> Meetings:  # fmt: skip
    """
    Return how often satellites meet fragments within a window of time after the break-up.

    All rows are in orbit.  Times and places are drawn by the seed alone, whatever the fragments,
    so that two clouds together are met as often as each of them.
    """
    rng = np.random.default_rng(seed)
    k = len(satellites)
    top = satellites.apogee_km.max(initial=-np.inf) + HALF_HEIGHT_KM
    bottom = satellites.perigee_km.min(initial=np.inf) - HALF_HEIGHT_KM
    rows = np.flatnonzero((orbits.perigee_km <= top) & (orbits.apogee_km >= bottom))
    orbits, radius_m = orbits.take(rows), radius_m[rows]
    draws = np.full(k, max(1, min(MOST_DRAWS, DRAWS_IN_ALL // max(k, 1))))
    draws[np.isfinite(satellites.angles_rad).all(axis=1)] = 1
    owner = np.repeat(np.arange(k), draws)
    low, high, tilt = (
        column[owner]
        for column in (satellites.perigee_km, satellites.apogee_km, satellites.inclination_rad)
    )
    of_fragments = secular_rates_rad_s(orbits.perigee_km, orbits.apogee_km, orbits.inclination_rad)
    of_satellites = secular_rates_rad_s(low, high, tilt)
    begin = (orbits.node_rad, orbits.argument_rad, orbits.mean_anomaly_rad)
    known = satellites.angles_rad[owner].T
    place, moving = np.empty((2, len(orbits), 3))
    here, going = np.empty((2, len(owner), 3))
    cell, following = np.empty((len(orbits), 3), np.int64), np.empty(len(orbits), np.int64)
    first = np.empty(_BUCKETS, np.int64)
    told = np.zeros((TIMES, k, 2))
    for moment in range(TIMES):
        seconds = from_s + window_s * (moment + rng.random()) / TIMES
        node, argument, mean = _moved(begin, of_fragments, seconds)
        placed(
            orbits.perigee_km, orbits.apogee_km, orbits.inclination_rad, node, argument, mean,
            place, moving,
        )  # fmt: skip
        drawn = rng.uniform(0.0, TURN, (3, len(owner)))
        node, argument, mean = np.where(
            np.isnan(known), drawn, _moved(known, of_satellites, seconds)
        )
        placed(low, high, tilt, node, argument, mean, here, going)
        _sorted_in(place, cell, first, following)
        _met(
            place, moving, radius_m, cell, first, following, here, going, owner,
            satellites.radius_m, told[moment],
        )  # fmt: skip
    return _meetings(told / draws[:, None], screening_km)


def _moved(
    begin: tuple[Floats, ...] | Floats, rates: tuple[Floats, ...], seconds: float
) -> Floats:
    """(3, n) node, argument of perigee and mean anomaly after a time."""
    return np.asarray((np.asarray(begin) + np.asarray(rates) * seconds) % TURN, np.float64)


def _meetings(told: Floats, screening_km: float) -> Meetings:
    mean = told.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        noise = told[:, :, 0].std(axis=0, ddof=1) / np.sqrt(TIMES) / mean[:, 0]
    near = mean[:, 0] * np.pi * screening_km**2
    return Meetings(near, mean[:, 1] * np.pi / _M_PER_KM**2, noise)
