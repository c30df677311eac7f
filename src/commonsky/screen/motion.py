"""Trajectories of any source under one number each: element sets first, then ephemerides."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MU_WGS72_KM3_S2
from commonsky.astro.kernels import kernel
from commonsky.astro.sgp4_kernels import row_state
from commonsky.screen.interval import J2_TERM_KM2


class Motion(NamedTuple):
    """
    What the kernels need to know of every trajectory; minutes count from one common origin.

    Trajectory o is row o of the propagator (near-Earth, then deep space) while there are such;
    the k-th ephemeris after them has its points at `ephemeris_start[k]`..`[k + 1]`, and stands
    from minute `ephemeris_usable[k, 0]` to `[k, 1]`.
    """

    near: Floats
    deep: Floats
    nodes: Floats
    first: Ints
    ephemeris_start: Ints
    ephemeris_minute: Floats
    ephemeris_state: Floats  # (points, 6), TEME, km and km/s
    ephemeris_usable: Floats  # (k, 2)


@kernel()
def point_acceleration(x, y, z, axis):
    """Acceleration (km/s^2) of a point mass and J2 along one axis."""
    r2 = x * x + y * y + z * z
    q = 3.0 if axis == 2 else 1.0
    c = x if axis == 0 else (y if axis == 1 else z)
    j2 = 1.0 + J2_TERM_KM2 / r2 * (q - 5.0 * z * z / r2)
    return -MU_WGS72_KM3_S2 / (r2 * math.sqrt(r2)) * c * j2


@kernel()
def ephemeris_state(motion, k, minute):
    """
    State of the k-th ephemeris on the quintic between its points; nan outside them.

    Status 7 wherever the ephemeris is not to be used.
    """
    low, high = motion.ephemeris_start[k], motion.ephemeris_start[k + 1] - 1
    times, points = motion.ephemeris_minute, motion.ephemeris_state
    if not times[low] <= minute <= times[high]:
        return np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, 7.0
    while high - low > 1:
        middle = (low + high) // 2
        if times[middle] <= minute:
            low = middle
        else:
            high = middle
    h = 60.0 * (times[high] - times[low])
    s = (minute - times[low]) / (times[high] - times[low])
    out = np.empty(6)
    for c in range(3):
        x0, x1 = points[low, c], points[high, c]
        v0, v1 = h * points[low, c + 3], h * points[high, c + 3]
        a0 = h * h * point_acceleration(points[low, 0], points[low, 1], points[low, 2], c)
        a1 = h * h * point_acceleration(points[high, 0], points[high, 1], points[high, 2], c)
        d = x1 - x0
        k3 = 10.0 * d - 6.0 * v0 - 4.0 * v1 - 1.5 * a0 + 0.5 * a1
        k4 = -15.0 * d + 8.0 * v0 + 7.0 * v1 + 1.5 * a0 - a1
        k5 = 6.0 * d - 3.0 * v0 - 3.0 * v1 - 0.5 * a0 + 0.5 * a1
        out[c] = x0 + s * (v0 + s * (0.5 * a0 + s * (k3 + s * (k4 + s * k5))))
        out[c + 3] = (v0 + s * (a0 + s * (3.0 * k3 + s * (4.0 * k4 + s * 5.0 * k5)))) / h
    stands = motion.ephemeris_usable[k, 0] <= minute <= motion.ephemeris_usable[k, 1]
    return out[0], out[1], out[2], out[3], out[4], out[5], 0.0 if stands else 7.0


@kernel()
def state(motion, o, minute):
    """X y z (km), vx vy vz (km/s) in TEME and status of trajectory o."""
    objects = motion.near.shape[0] + motion.deep.shape[0]
    if o < objects:
        return row_state(motion.near, motion.deep, motion.nodes, motion.first, o, minute)
    return ephemeris_state(motion, o - objects, minute)
