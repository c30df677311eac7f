"""
How dense a cloud is at each height, and how often satellites meet it once it is a gas.

Shells, residence and the geometry of meetings are those of environment.gas.  Above its shells,
from 2050 km on, nothing is told: a satellite that is never below has nan, not 0.
"""

from __future__ import annotations

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.environment.earth import EARTH_RADIUS_KM, YEAR_S
from commonsky.environment.gas import (
    EDGES_KM,
    Group,
    Molecules,
    bins_of,
    factor_per_s,
    geometry,
    moments,
)
from commonsky.environment.satellites import Satellites

SUN_SYNCHRONOUS_RAD = np.radians(98.0)
VOLUME_KM3: Floats = 4.0 / 3.0 * np.pi * np.diff((EARTH_RADIUS_KM + EDGES_KM) ** 3)
_M_PER_KM = 1e3


def shell_moments(
    perigee_km: Floats, apogee_km: Floats, inclination_rad: Floats, radius_m: Floats
) -> Floats:
    """(76, 36, 3) by shell and inclination: sums of shares of time by powers of radius, 0 to 2."""
    n = len(perigee_km)
    group = np.full(n, Group.TRACKED, np.int8)
    gas = Molecules(perigee_km, apogee_km, inclination_rad, radius_m, np.ones(n), group)
    return np.asarray(moments(gas)[Group.TRACKED, :, :, :3], np.float64)


def density_per_km3(told: Floats) -> Floats:
    """(76,) mean number of objects per km³ of a shell."""
    return np.asarray(told[:, :, 0].sum(axis=1) / VOLUME_KM3, np.float64)


def flux_per_m2_year(told: Floats, inclination_rad: float = SUN_SYNCHRONOUS_RAD) -> Floats:
    """(76,) impacts on a square metre that circles within a shell at an inclination, a year."""
    bin_ = bins_of(np.array([inclination_rad]))[0]
    return np.asarray(
        told[:, :, 0] @ geometry()[:, bin_] * factor_per_s() / np.pi * YEAR_S, np.float64
    )


def residence(perigee_km: Floats, apogee_km: Floats) -> Floats:
    """(k, 76) share of its time that each spends in a shell."""
    axis = (EARTH_RADIUS_KM + 0.5 * (perigee_km + apogee_km))[:, None]
    # A circle is given a little width, so that it lies in one shell and not on its edge.
    eccentricity = np.maximum(0.5 * (apogee_km - perigee_km)[:, None] / axis, 1e-9)
    cosine = np.clip((1.0 - (EARTH_RADIUS_KM + EDGES_KM) / axis) / eccentricity, -1.0, 1.0)
    below = (np.arccos(cosine) - eccentricity * np.sqrt(1.0 - cosine**2)) / np.pi
    return np.asarray(np.diff(below, axis=1), np.float64)


def meetings_per_s(
    told: Floats, satellites: Satellites, screening_km: float
) -> tuple[Floats, Floats]:
    """
    (k,) how often fragments come within a distance of each satellite, and how often they hit it.

    Averaged over nodes, perigees and places on the orbits of both.
    """
    share = residence(satellites.perigee_km, satellites.apogee_km)
    coupling = geometry()[bins_of(satellites.inclination_rad)]
    # (k, 3) what a satellite meets for 1 m² of (r1 + r2)², by powers of the fragments' radius.
    met = np.einsum("ks,s,kb,sbp->kp", share, factor_per_s(), coupling, told, optimize=True)
    size = satellites.radius_m
    near = met[:, 0] * (screening_km * _M_PER_KM) ** 2
    hit = met[:, 2] + 2.0 * size * met[:, 1] + size**2 * met[:, 0]
    outside = share.sum(axis=1) == 0.0
    return np.where(outside, np.nan, near), np.where(outside, np.nan, hit)


def least_lucky_plane(inclination_rad: Floats, of_cloud_rad: float) -> Floats:
    """
    (k,) how much more often than on average over nodes the worst placed plane meets a cloud.

    Holds while the cloud's nodes have not spread, for orbits that are nearly circles.
    """
    worst = inclination_rad + of_cloud_rad
    worst = np.minimum(worst, 2.0 * np.pi - worst)
    # As in the gas: no two planes stay opposite, 0.02 rad is the least.
    most = 1.0 / np.maximum(np.cos(0.5 * worst), 0.01)
    mean = geometry()[bins_of(inclination_rad), bins_of(np.array([of_cloud_rad]))[0]]
    return np.asarray(np.maximum(most / mean, 1.0), np.float64)
