"""
Two-body motion in equinoctial elements: where a pair is, and how that hangs on its elements.

Errors that are Gaussian in the elements stay Gaussian there while the motion is Keplerian; in
positions they bend along the orbit.  Elements (6,) are the mean motion in rad/s, h, k, p, q of the
direct set, and the mean longitude in rad; their pole, retrograde equatorial motion, is kept away
from by turning each pair's frame.  km, km/s, s.

Reference: Broucke and Cefola (1972), On the equinoctial orbit elements, Celestial Mechanics 5.
"""

from __future__ import annotations

import math

import numpy as np

from commonsky.assess.pieces import piece
from commonsky.astro.arrays import Floats
from commonsky.astro.kernels import kernel

GM_KM3_S2 = 398600.4415
STEP = 1e-6
KEPLER_STEPS, KEPLER_TOLERANCE = 15, 1e-13
# Below it the normals of the two orbits point away from each other.
OPPOSED = 0.3


@piece()
def place(n: float, h: float, k: float, p: float, q: float, longitude: float, out: Floats) -> None:
    """Fill `out` (6,) with position and velocity at a mean longitude."""
    f = longitude
    for _ in range(KEPLER_STEPS):
        sine, cosine = math.sin(f), math.cos(f)
        step = (f + h * cosine - k * sine - longitude) / (1.0 - h * sine - k * cosine)
        f -= step
        if abs(step) < KEPLER_TOLERANCE:
            break
    sine, cosine = math.sin(f), math.cos(f)
    a = (GM_KM3_S2 / (n * n)) ** (1.0 / 3.0)
    b = 1.0 / (1.0 + math.sqrt(1.0 - h * h - k * k))
    rate = n * a / (1.0 - h * sine - k * cosine)
    x = a * ((1.0 - h * h * b) * cosine + h * k * b * sine - k)
    y = a * ((1.0 - k * k * b) * sine + h * k * b * cosine - h)
    vx = rate * (h * k * b * cosine - (1.0 - h * h * b) * sine)
    vy = rate * ((1.0 - k * k * b) * cosine - h * k * b * sine)
    g = 1.0 / (1.0 + p * p + q * q)
    fx, fy, fz = (1.0 - p * p + q * q) * g, 2.0 * p * q * g, -2.0 * p * g
    gx, gy, gz = fy, (1.0 + p * p - q * q) * g, 2.0 * q * g
    out[0], out[1], out[2] = x * fx + y * gx, x * fy + y * gy, x * fz + y * gz
    out[3], out[4], out[5] = vx * fx + vy * gx, vx * fy + vy * gy, vx * fz + vy * gz


@piece()
def partials(elements: Floats, time_s: float, out: Floats, ahead: Floats, behind: Floats) -> None:
    """Fill `out` (6, 6) with the derivatives of the state at a time by the elements at time 0."""
    longitude = elements[5] + elements[0] * time_s
    for j in range(6):
        step = STEP * elements[0] if j == 0 else STEP
        for sign in (1.0, -1.0):
            d = sign * step
            place(
                elements[0] + (d if j == 0 else 0.0),
                elements[1] + (d if j == 1 else 0.0),
                elements[2] + (d if j == 2 else 0.0),
                elements[3] + (d if j == 3 else 0.0),
                elements[4] + (d if j == 4 else 0.0),
                longitude + (d if j == 5 else 0.0),
                ahead if sign > 0.0 else behind,
            )  # fmt: skip
        for i in range(6):
            out[i, j] = (ahead[i] - behind[i]) / (2.0 * step)
    for i in range(6):
        out[i, 0] += time_s * out[i, 5]


@kernel()
def partials_at_epoch(elements: Floats, out: Floats) -> None:
    """Fill `out` (n, 6, 6) with the derivatives of the states by the elements (n, 6)."""
    ahead, behind = np.empty(6), np.empty(6)
    for i in range(elements.shape[0]):
        partials(elements[i], 0.0, out[i], ahead, behind)


def elements_of_states(position_km: Floats, velocity_km_s: Floats) -> Floats:
    """Return the elements (n, 6) of states (n, 3); nan where the motion is no ellipse."""
    with np.errstate(all="ignore"):
        distance = np.linalg.norm(position_km, axis=1)
        momentum = np.cross(position_km, velocity_km_s)
        wx, wy, wz = (momentum / np.linalg.norm(momentum, axis=1)[:, None]).T
        inverse_a = 2.0 / distance - (velocity_km_s**2).sum(1) / GM_KM3_S2
        a = np.where(inverse_a > 0.0, 1.0 / inverse_a, math.nan)
        p, q = wx / (1.0 + wz), -wy / (1.0 + wz)
        g = 1.0 / (1.0 + p * p + q * q)
        f_axis = np.stack([(1.0 - p * p + q * q) * g, 2.0 * p * q * g, -2.0 * p * g], 1)
        g_axis = np.stack([2.0 * p * q * g, (1.0 + p * p - q * q) * g, 2.0 * q * g], 1)
        eccentricity = (
            np.cross(velocity_km_s, momentum) / GM_KM3_S2 - position_km / distance[:, None]
        )
        k, h = (eccentricity * f_axis).sum(1), (eccentricity * g_axis).sum(1)
        x, y = (position_km * f_axis).sum(1), (position_km * g_axis).sum(1)
        root = np.sqrt(1.0 - h * h - k * k)
        b = 1.0 / (1.0 + root)
        cosine = k + ((1.0 - k * k * b) * x - h * k * b * y) / (a * root)
        sine = h + ((1.0 - h * h * b) * y - h * k * b * x) / (a * root)
        f = np.arctan2(sine, cosine)
        n = np.sqrt(GM_KM3_S2 / a**3)
        return np.stack([n, h, k, p, q, f + h * np.cos(f) - k * np.sin(f)], 1)


def turned_frames(
    position1_km: Floats, velocity1_km_s: Floats, position2_km: Floats, velocity2_km_s: Floats
) -> Floats:
    """Return rotations (n, 3, 3) into frames in which neither orbit of a pair is retrograde."""
    with np.errstate(all="ignore"):
        normal1 = _unit(np.cross(position1_km, velocity1_km_s))
        normal2 = _unit(np.cross(position2_km, velocity2_km_s))
        pole = normal1 + normal2
        opposed = np.linalg.norm(pole, axis=1) < OPPOSED
        pole = _unit(np.where(opposed[:, None], np.cross(normal1, _unit(position1_km)), pole))
        upright = np.abs(pole[:, 2]) > 0.9
        other = np.where(upright[:, None], [[1.0, 0.0, 0.0]], [[0.0, 0.0, 1.0]])
        first = _unit(np.cross(pole, other))
        return np.stack([first, np.cross(pole, first), pole], 1)


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1)[:, None])
