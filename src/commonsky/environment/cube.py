"""
How often objects collide, by chance meetings in cubes: a check on environment.gas.

At moments drawn at random each object is somewhere on its orbit; those in one cube collide at a
rate of sigma v / volume.  The mean over many moments tends to the rate; how fast it does depends
on how many share a cube, so large cubes are quieter, and blur more.

Reference: Liou, Kessler, Matney, Stansbery (2003), A new approach to evaluate collision
probabilities among asteroids, comets and Kuiper belt objects, LPSC XXXIV, 1828.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from commonsky.astro.arrays import Floats
from commonsky.environment.earth import EARTH_RADIUS_KM, MU_KM3_S2
from commonsky.environment.gas import Avoidance, Molecules

_HALF_CELLS = 1 << 20


@njit(cache=True, nogil=True)
def placed(perigee, apogee, inclination, node, argument, mean, place, moving):
    """Positions and velocities, by row, of orbits at given angles, into `place` and `moving`."""
    for row in range(len(perigee)):
        axis = EARTH_RADIUS_KM + 0.5 * (perigee[row] + apogee[row])
        e = max(0.5 * (apogee[row] - perigee[row]) / axis, 0.0)
        anomaly = mean[row] + e * np.sin(mean[row])
        for _ in range(20):
            change = (anomaly - e * np.sin(anomaly) - mean[row]) / (1.0 - e * np.cos(anomaly))
            anomaly -= change
            if abs(change) < 1e-9:
                break
        cosine, sine, flat = np.cos(anomaly), np.sin(anomaly), np.sqrt(1.0 - e * e)
        speed = np.sqrt(MU_KM3_S2 / axis) / (1.0 - e * cosine)
        x, y = axis * (cosine - e), axis * flat * sine
        u, v = -speed * sine, speed * flat * cosine
        cn, sn = np.cos(node[row]), np.sin(node[row])
        ca, sa = np.cos(argument[row]), np.sin(argument[row])
        ci, si = np.cos(inclination[row]), np.sin(inclination[row])
        for out, p, q in ((place, x, y), (moving, u, v)):
            along, across = ca * p - sa * q, sa * p + ca * q
            out[row, 0] = cn * along - sn * ci * across
            out[row, 1] = sn * along + cn * ci * across
            out[row, 2] = si * across


@njit(cache=True, nogil=True)
def _meetings(order, cell, moving, radius, weight, group, left, volume_km3):
    """Sum of sigma v / volume over pairs in one cube, per second."""
    total = 0.0
    start = 0
    while start < len(order):
        end = start + 1
        while end < len(order) and cell[order[end]] == cell[order[start]]:
            end += 1
        for one in range(start, end):
            for other in range(one + 1, end):
                i, j = order[one], order[other]
                size_km = (radius[i] + radius[j]) * 1e-3
                speed = np.sqrt(((moving[i] - moving[j]) ** 2).sum())
                share = left[group[i], group[j]] * weight[i] * weight[j]
                total += share * np.pi * size_km * size_km * speed / volume_km3
        start = end
    return total


def cube_rates_per_s(
    gas: Molecules, avoidance: Avoidance, rng: np.random.Generator, *, cube_km: float = 50.0,
    moments: int = 100, highest_km: float = 2000.0,
) -> Floats:  # fmt: skip
    """(moments,) collisions per second below a height, each at one drawn moment."""
    if not 1.0 <= cube_km <= 1000.0:
        raise ValueError(f"cubes are 1 to 1000 km wide, not {cube_km}")
    told = np.empty(moments)
    n = len(gas)
    place, moving = np.empty((n, 3)), np.empty((n, 3))
    for moment in range(moments):
        node, argument, mean = rng.uniform(0.0, 2.0 * np.pi, (3, n))
        placed(
            gas.perigee_km, gas.apogee_km, gas.inclination_rad, node, argument, mean, place, moving
        )
        rows = np.flatnonzero(np.linalg.norm(place, axis=1) < EARTH_RADIUS_KM + highest_km)
        # Cubes lie elsewhere at each moment, so that no edge is always in the same place.
        corner = rng.uniform(0.0, cube_km, 3)
        index = np.floor((place[rows] + corner) / cube_km).astype(np.int64) + _HALF_CELLS
        cell = np.zeros(n, np.int64)
        cell[rows] = (index[:, 0] << 42) | (index[:, 1] << 21) | index[:, 2]
        order = rows[np.argsort(cell[rows], kind="stable")]
        told[moment] = _meetings(
            order, cell, moving, gas.radius_m, gas.weight, gas.group, avoidance.left(),
            cube_km**3,
        )  # fmt: skip
    return told
