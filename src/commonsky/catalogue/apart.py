"""How far apart two states are, along an orbit and across it."""

from __future__ import annotations

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MU_WGS72_KM3_S2

STEPS = 8


def apart_rtn_km(position1_km: Floats, velocity1_km_s: Floats, position2_km: Floats) -> Floats:
    """
    (n, 3) where states 2 are from the orbits of states 1: across in the plane, along, normal.

    Along is how far state 1 has to go on its own orbit to be nearest to position 2, as the time
    this takes by its speed, so that hundreds of kilometres along a bent orbit do not look like a
    difference of height.  Two-body motion: off by 0.2 km at two minutes' way.  nan where an
    input is, or where state 1 is not bound.
    """
    with np.errstate(all="ignore"):
        radius = np.linalg.norm(position1_km, axis=1)
        speed = np.linalg.norm(velocity1_km_s, axis=1)
        inverse = 2.0 / radius - speed**2 / MU_WGS72_KM3_S2
        axis = np.where(inverse > 0.0, 1.0 / inverse, np.nan)
        normal = np.cross(position1_km, velocity1_km_s)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        turned = np.arctan2(
            _dot(np.cross(position1_km, position2_km), normal), _dot(position1_km, position2_km)
        )
        for _ in range(STEPS):
            position, velocity, elapsed_s, rate_s = _moved(
                position1_km, velocity1_km_s, radius, axis, turned
            )
            ahead = _dot(position2_km - position, velocity) / _dot(velocity, velocity)
            turned = turned + np.clip(ahead / rate_s, -0.5, 0.5)
        across = position2_km - position
        outward = np.cross(velocity, normal)
        outward /= np.linalg.norm(outward, axis=1, keepdims=True)
        along = (elapsed_s + ahead) * speed
        return np.stack([_dot(across, outward), along, _dot(across, normal)], axis=1)


def _moved(
    position_km: Floats, velocity_km_s: Floats, radius_km: Floats, axis_km: Floats, turned: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """
    States after the eccentric anomaly has grown by `turned`, seconds since, seconds by radian.

    Lagrange's coefficients, by differences of the eccentric anomaly.
    """
    root = np.sqrt(axis_km**3 / MU_WGS72_KM3_S2)
    sine, versine = np.sin(turned), 1.0 - np.cos(turned)
    sigma = _dot(position_km, velocity_km_s) / np.sqrt(MU_WGS72_KM3_S2 * axis_km)
    share = 1.0 - radius_km / axis_km
    elapsed_s = root * (turned + sigma * versine - share * sine)
    f = 1.0 - axis_km / radius_km * versine
    g = elapsed_s - root * (turned - sine)
    now = axis_km * (1.0 - share * np.cos(turned) + sigma * sine)
    f_rate = -np.sqrt(MU_WGS72_KM3_S2 * axis_km) / (radius_km * now) * sine
    g_rate = 1.0 - axis_km / now * versine
    position = f[:, None] * position_km + g[:, None] * velocity_km_s
    velocity = f_rate[:, None] * position_km + g_rate[:, None] * velocity_km_s
    return position, velocity, elapsed_s, root * now / axis_km


def _dot(one: Floats, other: Floats) -> Floats:
    return np.einsum("nc,nc->n", one, other)
