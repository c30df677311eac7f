"""
One pair in one interval: its closest approach on quintics, then on exact states.

A local minimum of the distance is a change of sign of the range rate g = d.v from - to +.  Within
an interval of up to 360 s a pair that is fast (see `slow_speed_km_s`) has at most one of them
below the screening distance, and then the signs at both ends tell; all others are decided on exact
states sixty seconds apart.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from commonsky.astro.elements import MU_WGS72_KM3_S2
from commonsky.astro.kernels import kernel
from commonsky.screen.interval import J2_TERM_KM2
from commonsky.screen.motion import state
from commonsky.screen.tiles import STATE_TILE, TILE

PIECE_S: Final = 60.0
STEP_LIMIT_MIN: Final = 0.25
TIME_TOLERANCE_MIN: Final = 1e-10
ROUNDING: Final = 2.0**-23  # of float32: two states, half a last place each, and some room
SAME_KM: Final = 1e-6  # objects nearer than this at both ends of a piece do not move apart
SAME_EVERY_MIN: Final = 30  # they have no minima, and are said to meet so often


def slow_speed_km_s(distance_km: float) -> float:
    """
    Relative speed below which a pair is decided on exact states a minute apart.

    A pair that is faster has no largest range within 360 s of a minimum below the screening
    distance D, so that its range rate changes sign once at most.  Gravity pulls a pair at distance
    d together by n^2 d at most and apart by 2 n^2 d, n <= 1.27e-3 rad/s down to a radius of
    6,300 km.  From a largest range d the pair falls to d cos(n t) at t, so d <= 1.12 D at t <= 360
    s; it needs v <= n d there, and v grows by then to
    v cosh(sqrt(2) n t) + sqrt(2) n d sinh(sqrt(2) n t) <= 0.0032 D.
    """
    return max(0.15, 0.0035 * distance_km)


@kernel()
def quintic_minimum(states, begin, end, i, j, step_s, limit_km):
    """
    Time (s from the first knot) and distance of the minimum of the relative quintic, or (-1, 0).

    `states` are tiles of float32 states; the answer is -1 where the range rate does not change
    sign from - to + between the knots, or where the minimum is not below the limit.
    """
    none = (-1.0, 0.0)
    ia, ja = (
        begin + (i // TILE) * STATE_TILE + i % TILE,
        begin + (j // TILE) * STATE_TILE + j % TILE,
    )
    ib, jb = end + (i // TILE) * STATE_TILE + i % TILE, end + (j // TILE) * STATE_TILE + j % TILE
    g0, g1 = 0.0, 0.0
    for c in range(3):
        p, v = c * TILE, (c + 3) * TILE
        g0 += (float(states[ja + p]) - states[ia + p]) * (float(states[ja + v]) - states[ia + v])
        g1 += (float(states[jb + p]) - states[ib + p]) * (float(states[jb + v]) - states[ib + v])
    # A minimum at a knot belongs to the intervals on both sides, and is counted once later: blocks
    # may know the state at a knot they share with other last places.
    room0 = rounding_of_range_rate(states, ia, ja)
    room1 = rounding_of_range_rate(states, ib, jb)
    if g0 >= room0 or g1 < -room1:
        return none
    k = np.zeros((3, 6))
    for sign, p0, p1 in ((-1.0, ia, ib), (1.0, ja, jb)):
        z0, z1 = float(states[p0 + 2 * TILE]), float(states[p1 + 2 * TILE])
        r0 = math.sqrt(float(states[p0]) ** 2 + float(states[p0 + TILE]) ** 2 + z0 * z0)
        r1 = math.sqrt(float(states[p1]) ** 2 + float(states[p1 + TILE]) ** 2 + z1 * z1)
        for c in range(3):
            x0, x1 = float(states[p0 + c * TILE]), float(states[p1 + c * TILE])
            v0, v1 = step_s * states[p0 + (c + 3) * TILE], step_s * states[p1 + (c + 3) * TILE]
            q = 3.0 if c == 2 else 1.0
            j0 = 1.0 + J2_TERM_KM2 / r0**2 * (q - 5.0 * (z0 / r0) ** 2)
            j1 = 1.0 + J2_TERM_KM2 / r1**2 * (q - 5.0 * (z1 / r1) ** 2)
            a0 = -step_s * step_s * MU_WGS72_KM3_S2 / r0**3 * x0 * j0
            a1 = -step_s * step_s * MU_WGS72_KM3_S2 / r1**3 * x1 * j1
            d = x1 - x0
            k[c, 0] += sign * x0
            k[c, 1] += sign * v0
            k[c, 2] += sign * 0.5 * a0
            k[c, 3] += sign * (10.0 * d - 6.0 * v0 - 4.0 * v1 - 1.5 * a0 + 0.5 * a1)
            k[c, 4] += sign * (-15.0 * d + 8.0 * v0 + 7.0 * v1 + 1.5 * a0 - a1)
            k[c, 5] += sign * (6.0 * d - 3.0 * v0 - 3.0 * v1 - 0.5 * a0 + 0.5 * a1)
    guess = min(max(g0 / (g0 - g1), 0.0), 1.0) if g1 > g0 else 0.5
    s, squared = polynomial_minimum(k, guess, step_s)
    return (s * step_s, math.sqrt(squared)) if squared < limit_km * limit_km else none


@kernel()
def rounding_of_range_rate(states, i, j):
    """What float32 makes of the range rate times range of two states (km^2/s)."""
    d2, v2, r2, w2 = 0.0, 0.0, 0.0, 0.0
    for c in range(3):
        p, v = c * TILE, (c + 3) * TILE
        d2 += (float(states[j + p]) - states[i + p]) ** 2
        v2 += (float(states[j + v]) - states[i + v]) ** 2
        r2 += float(states[j + p]) ** 2 + float(states[i + p]) ** 2
        w2 += float(states[j + v]) ** 2 + float(states[i + v]) ** 2
    return ROUNDING * (math.sqrt(v2 * r2) + math.sqrt(d2 * w2))


@kernel()
def polynomial_minimum(k, s, step_s):
    """Minimum of |sum k_m s^m| on 0..1, from s on: Newton kept in a bracket -> s, distance^2."""
    low, high, squared = 0.0, 1.0, 0.0
    for _ in range(40):
        f, g, squared = 0.0, 0.0, 0.0
        for c in range(3):
            a, b, e, h, m, n = k[c, 0], k[c, 1], k[c, 2], k[c, 3], k[c, 4], k[c, 5]
            p = a + s * (b + s * (e + s * (h + s * (m + s * n))))
            v = b + s * (2.0 * e + s * (3.0 * h + s * (4.0 * m + s * 5.0 * n)))
            q = 2.0 * e + s * (6.0 * h + s * (12.0 * m + s * 20.0 * n))
            f += p * v
            g += v * v + p * q
            squared += p * p
        if f < 0.0:
            low = s
        else:
            high = s
        new = s - f / g if g > 0.0 else 0.5 * (low + high)
        if abs(new - s) * step_s < 1e-4:  # first: a converged root may sit on its bracket
            break
        s = new if low < new < high else 0.5 * (low + high)
    return s, squared


@kernel()
def range_rate(motion, i, j, minute):
    """Range rate times range (km^2/s), range and relative speed of trajectory j seen from i."""
    a, b = state(motion, i, minute), state(motion, j, minute)
    x, y, z = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    u, v, w = b[3] - a[3], b[4] - a[4], b[5] - a[5]
    rate = x * u + y * v + z * w
    return rate, math.sqrt(x * x + y * y + z * z), math.sqrt(u * u + v * v + w * w)


@kernel()
def approach(motion, i, j, minute):
    """Newton on the exact range rate from a close guess -> minute, miss (km), speed (km/s)."""
    t, miss, speed = minute, np.inf, 0.0
    for _ in range(12):
        a, b = state(motion, i, t), state(motion, j, t)
        x, y, z = b[0] - a[0], b[1] - a[1], b[2] - a[2]
        u, v, w = b[3] - a[3], b[4] - a[4], b[5] - a[5]
        vv = u * u + v * v + w * w
        miss, speed = math.sqrt(x * x + y * y + z * z), math.sqrt(vv)
        ka = MU_WGS72_KM3_S2 / (a[0] * a[0] + a[1] * a[1] + a[2] * a[2]) ** 1.5
        kb = MU_WGS72_KM3_S2 / (b[0] * b[0] + b[1] * b[1] + b[2] * b[2]) ** 1.5
        slope = vv + x * (ka * a[0] - kb * b[0]) + y * (ka * a[1] - kb * b[1])
        slope += z * (ka * a[2] - kb * b[2])
        move = -(x * u + y * v + z * w) / (slope if slope > 0.0 else vv) / 60.0
        if not abs(move) > TIME_TOLERANCE_MIN:  # nan, too, ends here
            if abs(move) <= TIME_TOLERANCE_MIN:
                t += move  # which costs nothing, and brings neighbouring starts together
            break
        t += min(max(move, -STEP_LIMIT_MIN), STEP_LIMIT_MIN)
    return t, miss, speed


@kernel()
def slow_approach(motion, i, j, middle, half):
    """
    Minimum of the exact range within half a piece of `middle` (minutes); miss inf if none.

    Two that are one (docked, and given the same elements) meet at every half hour from the origin.
    """
    low, high = middle - half, middle + half
    f_low, range_low, speed_low = range_rate(motion, i, j, low)
    f_high, range_high, _ = range_rate(motion, i, j, high)
    if range_low < SAME_KM and range_high < SAME_KM:
        told = round(low) % SAME_EVERY_MIN == 0
        return low, range_low if told else np.inf, speed_low
    if not f_low < 0.0 <= f_high:
        return middle, np.inf, 0.0
    t, f, miss, speed = high, f_high, 0.0, 0.0
    for _ in range(80):  # the Illinois form of false position
        t = high - f_high * (high - low) / (f_high - f_low)
        f, miss, speed = range_rate(motion, i, j, t)
        if high - low < TIME_TOLERANCE_MIN or abs(f) < 1e-13 * (1.0 + speed * miss):
            break
        if f < 0.0:
            low, f_low = t, f
            f_high *= 0.5
        else:
            high, f_high = t, f
            f_low *= 0.5
    return t, miss, speed


@kernel()
def refine(motion, first, second, minute, slow, half_piece, miss, speed):
    """Exact times (minutes, in place), miss distances and speeds of candidate pairs."""
    for k in range(minute.shape[0]):
        if slow[k]:
            found = slow_approach(motion, first[k], second[k], minute[k], half_piece)
        else:
            found = approach(motion, first[k], second[k], minute[k])
        minute[k], miss[k], speed[k] = found
