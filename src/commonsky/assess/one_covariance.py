"""
The largest probability of collision where the errors of only one object are known.

Whatever the other's errors are, they add to those that are known.  They make Pc largest where they
lie along the miss, and bring it to one standard deviation; where it already is within one, none.

Reference: Frisbee (2015), An Upper Bound on High Speed Satellite Collision Probability When Only
One Object has Position Uncertainty Information, AAS 15-717.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from commonsky.assess.collision import CollisionAssessment, assess
from commonsky.astro.arrays import Floats


def assess_one_covariance(
    position1_km: ArrayLike,
    velocity1_km_s: ArrayLike,
    position2_km: ArrayLike,
    velocity2_km_s: ArrayLike,
    known_covariance_km2: ArrayLike,
    hard_body_radius_km: ArrayLike,
) -> CollisionAssessment:
    """
    Return what the 2-D method makes of n pairs under the worst errors of the other object.

    States (n, 3) near closest approach in one inertial frame; the covariance (n, 3, 3) is of
    either object's position.  `pc` is the upper bound; bad rows as in `assess`.
    """
    r1, v1, r2, v2, known = (
        np.asarray(column, np.float64)
        for column in (
            position1_km, velocity1_km_s, position2_km, velocity2_km_s, known_covariance_km2,
        )
    )  # fmt: skip
    none = np.zeros_like(known)
    worst = known + worst_covariance(r2 - r1, v2 - v1, known)
    return assess(r1, v1, worst, r2, v2, none, hard_body_radius_km)


@np.errstate(all="ignore")
def worst_covariance(
    relative_position_km: Floats, relative_velocity_km_s: Floats, known_km2: Floats
) -> Floats:
    """Return the covariances (n, 3, 3) of the other object that make Pc largest, of rank 1."""
    forward = relative_velocity_km_s / np.linalg.norm(relative_velocity_km_s, axis=1)[:, None]
    along = (relative_position_km * forward).sum(1)
    miss = relative_position_km - along[:, None] * forward
    sigmas_squared = _squared_distance(miss, forward, known_km2)
    grown = np.where(sigmas_squared > 1.0, 1.0 - 1.0 / sigmas_squared, 0.0)
    return np.asarray(grown[:, None, None] * miss[:, :, None] * miss[:, None, :])


def _squared_distance(miss: Floats, forward: Floats, known: Floats) -> Floats:
    """Squared Mahalanobis distances (n,) of misses in the planes across `forward`."""
    other = np.eye(3)[np.argmin(np.abs(forward), axis=1)]
    first = np.cross(forward, other)
    first /= np.linalg.norm(first, axis=1)[:, None]
    axes = np.stack([first, np.cross(forward, first)], 1)
    plane = axes @ known @ axes.transpose(0, 2, 1)
    x, y = np.moveaxis(np.einsum("nij,nj->ni", axes, miss), 1, 0)
    a, b, c = plane[:, 0, 0], plane[:, 0, 1], plane[:, 1, 1]
    return np.asarray((c * x * x - 2.0 * b * x * y + a * y * y) / (a * c - b * b))
