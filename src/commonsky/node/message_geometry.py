"""What conjunction data messages say of positions, velocities and covariances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.astro.frames import rotated, rotation, rotation_rtn
from commonsky.astro.states import Frame
from commonsky.node.conjunctions import Conjunctions

M_PER_KM = 1000.0


@dataclass(frozen=True, slots=True)
class MessageGeometry:
    """
    What n messages say of positions: states in GCRF at TCA, the rest on object 1's RTN axes.

    Covariances (n, 6, 6) are on each object's own axes, position and then velocity.
    """

    position1_gcrf_km: Floats  # (n, 3)
    velocity1_gcrf_km_s: Floats
    position2_gcrf_km: Floats
    velocity2_gcrf_km_s: Floats
    relative_position_rtn_m: Floats  # (n, 3)
    relative_velocity_rtn_m_s: Floats  # (n, 3)
    covariance1_rtn_m2: Floats  # (n, 6, 6)
    covariance2_rtn_m2: Floats


def message_geometry(table: Conjunctions) -> MessageGeometry:
    """Return the geometry of every row; TEME is turned into GCRF at each TCA."""
    found = table.encounters
    turn = rotation(Frame.TEME, Frame.GCRF, found.tca_tai_ns)
    position1, velocity1, position2, velocity2 = (
        rotated(turn, vector)
        for vector in (
            found.position1_teme_km,
            found.velocity1_teme_km_s,
            found.position2_teme_km,
            found.velocity2_teme_km_s,
        )
    )
    axes = rotation_rtn(position1, velocity1)
    return MessageGeometry(
        position1,
        velocity1,
        position2,
        velocity2,
        rotated(axes, position2 - position1) * M_PER_KM,
        rotated(axes, velocity2 - velocity1) * M_PER_KM,
        covariance_rtn_m2(table.sigma1_rtn_km, position1, velocity1),
        covariance_rtn_m2(table.sigma2_rtn_km, position2, velocity2),
    )


def covariance_rtn_m2(sigma_rtn_km: Floats, position_km: Floats, velocity_km_s: Floats) -> Floats:
    """
    (n, 6, 6) covariances in m and m/s from position sigmas (n, 3), diagonal.

    Nothing was estimated about velocities, but a message must state them: radial and transverse
    errors turn into one another at the angular rate w of the orbit, so the sigmas are w times
    those of transverse, radial and normal.
    """
    normal = np.cross(position_km, velocity_km_s)
    rate_rad_s = np.linalg.norm(normal, axis=1) / (position_km**2).sum(axis=1)
    sigma_m = sigma_rtn_km * M_PER_KM
    sigma_m_s = sigma_m[:, [1, 0, 2]] * rate_rad_s[:, None]
    covariance = np.zeros((len(sigma_m), 6, 6))
    diagonal = np.arange(6)
    covariance[:, diagonal, diagonal] = np.hstack([sigma_m, sigma_m_s]) ** 2
    return covariance
