"""The orbits of fragments right after a break-up: how high and how low, and which come down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats
from commonsky.environment.breakup import Fragments

MU_KM3_S2 = 398_600.4418
EARTH_RADIUS_KM = 6378.137
RE_ENTERS_BELOW_KM = 120.0


@dataclass(frozen=True, slots=True)
class Cloud:
    """
    Osculating two-body orbits of n fragments, one row each.

    Heights are above the equatorial radius; apogee and period are inf for what leaves the Earth.
    """

    perigee_km: Floats
    apogee_km: Floats
    period_min: Floats
    inclination_deg: Floats

    @property
    def re_entering(self) -> NDArray[np.bool_]:
        """(n,) whether a fragment comes down within its first revolution."""
        return np.asarray(self.perigee_km < RE_ENTERS_BELOW_KM)


def cloud(position_km: Floats, velocity_km_s: Floats, fragments: Fragments) -> Cloud:
    """Return the orbits of fragments of what was at a place (3,), in any inertial frame."""
    position = np.asarray(position_km, np.float64)
    velocity = velocity_km_s + fragments.delta_v_m_s * 1e-3
    radius = float(np.linalg.norm(position))
    energy = 0.5 * (velocity**2).sum(axis=1) - MU_KM3_S2 / radius
    momentum = np.cross(position, velocity)
    size = np.linalg.norm(momentum, axis=1)
    parameter = size**2 / MU_KM3_S2
    with np.errstate(divide="ignore", invalid="ignore"):
        axis = -MU_KM3_S2 / (2.0 * energy)
        eccentricity = np.sqrt(np.maximum(1.0 - parameter / axis, 0.0))
        bound = energy < 0.0
        perigee = parameter / (1.0 + eccentricity)
        apogee = np.where(bound, axis * (1.0 + eccentricity), np.inf)
        period = np.where(
            bound, 2.0 * np.pi * np.sqrt(np.abs(axis) ** 3 / MU_KM3_S2) / 60.0, np.inf
        )
        inclination = np.degrees(np.arccos(np.clip(momentum[:, 2] / size, -1.0, 1.0)))
    return Cloud(perigee - EARTH_RADIUS_KM, apogee - EARTH_RADIUS_KM, period, inclination)
