"""Limits of a probability of collision that hold whatever the method, and what widens a body."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from commonsky.astro.arrays import Floats

ERFC = np.frompyfunc(math.erfc, 1, 1)


def several_encounters(pc: ArrayLike) -> tuple[float, float]:
    """
    Return limits of the probability that a pair collides in any of several encounters.

    The largest of them, and 1 - prod(1 - Pc): as long as one encounter's collision does not make
    another's less likely, which shared errors do not.
    """
    each = np.asarray(pc, np.float64)
    if each.size == 0:
        raise ValueError("limits over several encounters need one Pc at least, but found none")
    with np.errstate(divide="ignore"):
        any_of_them = -np.expm1(np.log1p(-each).sum())
    return float(each.max()), float(any_of_them)


def joint_radius_km(
    radius1_km: ArrayLike, radius2_km: ArrayLike, sigma1_km: ArrayLike, sigma2_km: ArrayLike
) -> Floats:
    """Return sqrt((R1 + R2)^2 + s1^2 + s2^2): Pc goes with the mean square of the radius."""
    total = np.add(radius1_km, radius2_km)
    return np.asarray(np.sqrt(total**2 + np.square(sigma1_km) + np.square(sigma2_km)))


def square_probability(miss_km: Floats, sigma_km: Floats, half_side_km: Floats) -> Floats:
    """Return the probability (n,) of a square along the principal axes; miss, sigma (n, 2)."""
    within = np.ones(len(half_side_km))
    for axis in range(2):
        per = 1.0 / (math.sqrt(2.0) * sigma_km[:, axis])
        near = (miss_km[:, axis] - half_side_km) * per
        far = (miss_km[:, axis] + half_side_km) * per
        within *= 0.5 * np.asarray(ERFC(near) - ERFC(far), np.float64)
    return within
