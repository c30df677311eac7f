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
# Newton's steps square the error: behind a step of 1e-8 less than rounding is left.
KEPLER_STEPS, KEPLER_TOLERANCE = 15, 1e-8
# Below it the normals of the two orbits point away from each other.
OPPOSED = 0.3


@piece()
def eccentric_longitude(h: float, k: float, longitude: float) -> tuple[float, float]:
    """Return sine and cosine of the eccentric longitude of a mean one, by Kepler's equation."""
    f = longitude
    sine, cosine = math.sin(f), math.cos(f)
    for _ in range(KEPLER_STEPS):
        step = (longitude - f - h * cosine + k * sine) / (1.0 - h * sine - k * cosine)
        if abs(step) < KEPLER_TOLERANCE:
            break
        f += step
        sine, cosine = math.sin(f), math.cos(f)
    return sine + step * cosine, cosine - step * sine


@piece()
def place(n: float, h: float, k: float, p: float, q: float, longitude: float, out: Floats) -> None:
    """Fill `out` (6,) with position and velocity at a mean longitude."""
    sine, cosine = eccentric_longitude(h, k, longitude)
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
def place_with_partials(elements: Floats, time_s: float, state: Floats, out: Floats) -> None:
    """
    Fill `state` (6,) at a time, and `out` (6, 6) with its derivatives by the elements at time 0.

    Velocity is n times the derivative of position by mean longitude, which gives its own.
    """
    n, h, k, p, q = elements[0], elements[1], elements[2], elements[3], elements[4]
    s, c = eccentric_longitude(h, k, elements[5] + n * time_s)
    a = (GM_KM3_S2 / (n * n)) ** (1.0 / 3.0)
    root = math.sqrt(1.0 - h * h - k * k)
    b = 1.0 / (1.0 + root)
    bh, bk = b * b * h / root, b * b * k / root
    d = 1.0 - h * s - k * c
    fh, fk = -c / d, s / d
    dh, dk = -s + (k * s - h * c) * fh, -c + (k * s - h * c) * fk
    u, v, w = 1.0 - h * h * b, 1.0 - k * k * b, h * k * b
    uh, uk = -2.0 * h * b - h * h * bh, -h * h * bk
    vh, vk = -k * k * bh, -2.0 * k * b - k * k * bk
    wh, wk = k * b + h * k * bh, h * b + h * k * bk
    # By F: position (x, y), then its first and second derivatives.
    x, y = u * c + w * s - k, v * s + w * c - h
    x1, y1 = w * c - u * s, v * c - w * s
    x2, y2 = -x - k, -y - h
    xh, xk = uh * c + wh * s + x1 * fh, uk * c + wk * s - 1.0 + x1 * fk
    yh, yk = vh * s + wh * c - 1.0 + y1 * fh, vk * s + wk * c + y1 * fk
    x1h, x1k = wh * c - uh * s + x2 * fh, wk * c - uk * s + x2 * fk
    y1h, y1k = vh * c - wh * s + y2 * fh, vk * c - wk * s + y2 * fk
    g = 1.0 / (1.0 + p * p + q * q)
    fx, fy, fz = (1.0 - p * p + q * q) * g, 2.0 * p * q * g, -2.0 * p * g
    gx, gy, gz = fy, (1.0 + p * p - q * q) * g, 2.0 * q * g
    wx, wy, wz = 2.0 * p * g, -2.0 * q * g, (1.0 - p * p - q * q) * g
    rate = n * a / d
    x, y, vx, vy = a * x, a * y, rate * x1, rate * y1
    in_plane = (
        (a * xh, a * yh, rate * (x1h - x1 * dh / d), rate * (y1h - y1 * dh / d)),
        (a * xk, a * yk, rate * (x1k - x1 * dk / d), rate * (y1k - y1 * dk / d)),
    )
    state[0], state[1], state[2] = x * fx + y * gx, x * fy + y * gy, x * fz + y * gz
    state[3], state[4], state[5] = vx * fx + vy * gx, vx * fy + vy * gy, vx * fz + vy * gz
    pull = -GM_KM3_S2 / (x * x + y * y) ** 1.5 / n
    for i in range(3):
        out[i, 5], out[3 + i, 5] = state[3 + i] / n, pull * state[i]
        # At a fixed mean longitude; that of time 0 moves on with n.
        out[i, 0] = -2.0 / 3.0 * state[i] / n + time_s * out[i, 5]
        out[3 + i, 0] = state[3 + i] / (3.0 * n) + time_s * out[3 + i, 5]
    for j in range(2):
        r0, r1, v0, v1 = in_plane[j]
        out[0, 1 + j], out[1, 1 + j], out[2, 1 + j] = (
            r0 * fx + r1 * gx, r0 * fy + r1 * gy, r0 * fz + r1 * gz,
        )  # fmt: skip
        out[3, 1 + j], out[4, 1 + j], out[5, 1 + j] = (
            v0 * fx + v1 * gx, v0 * fy + v1 * gy, v0 * fz + v1 * gz,
        )  # fmt: skip
    # Of the axes F, G, W by p and q, with g: dF = -2g(q G + W), 2g p G; dG = 2g q F, -2g(p F - W).
    for half in range(2):
        r0, r1 = (x, y) if half == 0 else (vx, vy)
        row = 3 * half
        pf, pg, pw = 2.0 * g * q * r1, -2.0 * g * q * r0, -2.0 * g * r0
        qf, qg, qw = -2.0 * g * p * r1, 2.0 * g * p * r0, 2.0 * g * r1
        out[row, 3], out[row, 4] = pf * fx + pg * gx + pw * wx, qf * fx + qg * gx + qw * wx
        out[row + 1, 3] = pf * fy + pg * gy + pw * wy
        out[row + 1, 4] = qf * fy + qg * gy + qw * wy
        out[row + 2, 3] = pf * fz + pg * gz + pw * wz
        out[row + 2, 4] = qf * fz + qg * gz + qw * wz


@kernel()
def partials_at_epoch(elements: Floats, out: Floats) -> None:
    """Fill `out` (n, 6, 6) with the derivatives of the states by the elements (n, 6)."""
    state = np.empty(6)
    for i in range(elements.shape[0]):
        place_with_partials(elements[i], 0.0, state, out[i])


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
