"""
Where and when orbits meet: votes of many orbits for places on one, moment by moment.

Pieces of one break-up were once at one place.  Drag and inexact sets hide where each was along its
orbit weeks ago, but hardly how its plane and its shape were.  So each orbit votes for the places
on a chosen one that it passes within what is known of both, at every moment; and where phases are
still known, only if it was there when the other was.  Pieces vote together where they came from.

Rows of the kernels are those of `SmoothOrbits.table`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from commonsky.astro.arrays import Floats, Ints
from commonsky.characterise.smooth_orbits import (
    ACROSS,
    ALONG,
    ECCENTRICITY,
    HERE,
    MU,
    PARAMETER,
    RADIAL,
    SmoothOrbits,
)

PLACES = 360
TURN = 2.0 * np.pi
_WIDTH = TURN / PLACES
_WHOLE = PLACES // 4  # half of the places about each of two nodes: all there are
# Beside each other at most: docs/breakup-model.md has 99 % of real pieces below 0.4 km/s.
FASTEST_KM_S = 0.7


@njit(cache=True, nogil=True)
def axis_km(orbit: Floats) -> float:
    """Semi-major axis of a row."""
    e = orbit[ECCENTRICITY : ECCENTRICITY + 3]
    return orbit[PARAMETER] / (1.0 - (e[0] * e[0] + e[1] * e[1] + e[2] * e[2]))


@njit(cache=True, nogil=True)
def mean_past(q: Floats, orbit: Floats) -> float:
    """Mean anomaly by which an object is past the direction q, in the plane, in 0 to 2 pi."""
    ax = orbit[1] * q[2] - orbit[2] * q[1]
    ay = orbit[2] * q[0] - orbit[0] * q[2]
    az = orbit[0] * q[1] - orbit[1] * q[0]
    e, here = orbit[ECCENTRICITY : ECCENTRICITY + 3], orbit[HERE : HERE + 3]
    k = e[0] * q[0] + e[1] * q[1] + e[2] * q[2]
    h = e[0] * ax + e[1] * ay + e[2] * az
    c = here[0] * q[0] + here[1] * q[1] + here[2] * q[2]
    s = here[0] * ax + here[1] * ay + here[2] * az
    return (_mean(k, h, c, s) - _mean(k, h, 1.0, 0.0)) % TURN


@njit(cache=True, nogil=True)
def _mean(k: float, h: float, c: float, s: float) -> float:
    """Mean longitude from the true one's cosine and sine, of an eccentricity vector (k, h)."""
    flat = np.sqrt(max(1.0 - k * k - h * h, 1e-12))
    beta = 1.0 / (1.0 + flat)
    r = flat * flat / (1.0 + k * c + h * s)
    x, y = r * c, r * s
    cosine = k + ((1.0 - k * k * beta) * x - h * k * beta * y) / flat
    sine = h + ((1.0 - h * h * beta) * y - h * k * beta * x) / flat
    return np.arctan2(sine, cosine) - k * sine + h * cosine


@njit(cache=True, nogil=True)
def velocity_km_s(q: Floats, orbit: Floats, out: Floats) -> None:
    """Velocity where the direction q is passed: sqrt(mu / p) h x (e + q)."""
    speed = np.sqrt(MU / orbit[PARAMETER])
    x, y, z = orbit[3] + q[0], orbit[4] + q[1], orbit[5] + q[2]
    out[0] = speed * (orbit[1] * z - orbit[2] * y)
    out[1] = speed * (orbit[2] * x - orbit[0] * z)
    out[2] = speed * (orbit[0] * y - orbit[1] * x)


@njit(cache=True, nogil=True)
def _apart(one: Floats, two: Floats, q: Floats, at: Floats, beside: Floats) -> float:
    """How fast two are beside each other in a direction, km/s."""
    velocity_km_s(q, one, at)
    velocity_km_s(q, two, beside)
    x, y, z = at[0] - beside[0], at[1] - beside[1], at[2] - beside[2]
    return np.sqrt(x * x + y * y + z * z)


@njit(cache=True, nogil=True)
def _there_together(seed: Floats, orbit: Floats, q: Floats, within: float) -> bool:
    """Whether one passes a direction within so much of a turn, rad, of when the seed does."""
    since = mean_past(q, seed)
    since = since - TURN if since > np.pi else since
    pace = (axis_km(seed) / axis_km(orbit)) ** 1.5
    past = mean_past(q, orbit) - pace * since
    return abs((past + np.pi) % TURN - np.pi) < within


@njit(cache=True, nogil=True)
def _nodes(seed: Floats, out: Floats) -> None:
    """Unit vectors to the ascending node, and a quarter turn on."""
    size = np.sqrt(seed[0] * seed[0] + seed[1] * seed[1])
    out[0, 2] = 0.0
    out[0, 0], out[0, 1] = (-seed[1] / size, seed[0] / size) if size > 1e-9 else (1.0, 0.0)
    out[1, 0], out[1, 1] = -seed[2] * out[0, 1], seed[2] * out[0, 0]
    out[1, 2] = seed[0] * out[0, 1] - seed[1] * out[0, 0]


@njit(cache=True, nogil=True)
def _vote(
    seed: Floats, orbit: Floats, nodes: Floats, step_s: float, sigmas: float, told: Ints,
    work: Floats,
) -> int:  # fmt: skip
    """One orbit's votes at one moment, added to `told` (360,); how many."""
    q, at, beside = work[0], work[1], work[2]
    level = orbit[0] * nodes[0, 0] + orbit[1] * nodes[0, 1]
    steep = orbit[0] * nodes[1, 0] + orbit[1] * nodes[1, 1] + orbit[2] * nodes[1, 2]
    angle = np.sqrt(level * level + steep * steep)
    same = orbit[0] * seed[0] + orbit[1] * seed[1] + orbit[2] * seed[2]
    if not angle * np.sqrt(MU / seed[PARAMETER]) < FASTEST_KM_S or same < 0.0:
        return 0
    axis0, axis = axis_km(seed), axis_km(orbit)
    off = sigmas * np.hypot(orbit[ACROSS], seed[ACROSS])
    gap = sigmas * np.hypot(orbit[RADIAL], seed[RADIAL])
    reach = off / (axis0 * angle + 1e-12)
    half = int(np.arcsin(reach) / _WIDTH) + 1 if reach < 1.0 else _WHOLE
    paces = np.sqrt(MU) * abs(axis**-1.5 - axis0**-1.5)
    within = sigmas * np.hypot(orbit[ALONG], seed[ALONG]) / axis + 0.5 * (paces * step_s + _WIDTH)
    # Half a place on either side, where distances differ by the slopes of both.
    slope = np.sqrt(
        (orbit[3] - seed[3]) ** 2 + (orbit[4] - seed[4]) ** 2 + (orbit[5] - seed[5]) ** 2
    )
    count = 0
    first = int(np.floor(np.arctan2(-level, steep) / TURN * PLACES)) - half
    for b in range(2 * (2 * half + 1) if half < _WHOLE else PLACES):
        # About one node, then about the other.
        place = (first + b + (PLACES // 2 - 2 * half - 1 if b > 2 * half else 0)) % PLACES
        if half == _WHOLE:
            place = b
        cosine, sine = np.cos((place + 0.5) * _WIDTH), np.sin((place + 0.5) * _WIDTH)
        for x in range(3):
            q[x] = nodes[0, x] * cosine + nodes[1, x] * sine
        r = orbit[PARAMETER] / (1.0 + orbit[3] * q[0] + orbit[4] * q[1] + orbit[5] * q[2])
        r0 = seed[PARAMETER] / (1.0 + seed[3] * q[0] + seed[4] * q[1] + seed[5] * q[2])
        if (
            abs(r - r0) > gap + 0.5 * _WIDTH * slope * r0
            or abs(level * cosine + steep * sine) * r0 > off + 0.5 * _WIDTH * angle * r0
            or _apart(seed, orbit, q, at, beside) > FASTEST_KM_S
            or (within < 2.0 and not _there_together(seed, orbit, q, within))
        ):
            continue
        told[place] += 1
        count += 1
    return count


@njit(cache=True, nogil=True)
def _votes(seed: int, table: Floats, step_s: float, sigmas: float, told: Ints) -> None:
    nodes, work = np.empty((2, 3)), np.empty((3, 3))
    for j in range(table.shape[1]):
        if not table[seed, j, PARAMETER] > 0.0:
            continue
        _nodes(table[seed, j], nodes)
        for i in range(len(table)):
            if i != seed and table[i, j, PARAMETER] > 0.0:
                _vote(table[seed, j], table[i, j], nodes, step_s, sigmas, told[j], work)


def votes(orbits: SmoothOrbits, seed: int, step_s: float, sigmas: float) -> Ints:
    """
    (k, 360) how many orbits pass each place of the seed's at each moment, `step_s` apart.

    Places count from the ascending node.  Whoever would pass much faster than the seed does not
    count.
    """
    told = np.zeros((len(orbits.epoch_tai_ns), PLACES), np.int64)
    _votes(seed, orbits.table, step_s, sigmas, told)
    return told
