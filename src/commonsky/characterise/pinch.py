"""
Where and when orbits meet: votes of many orbits for places on one, moment by moment.

Pieces of one break-up were once at one place.  Drag and inexact sets hide where each was along its
orbit weeks ago, but hardly how its plane and its shape were.  So each orbit votes for the places
on a chosen one that it passes within what is known of both, at every moment; and where phases are
still known, only if it was there when the other was.  Pieces vote together where they came from.

Rows of the kernels are those of `SmoothOrbits.table`.
"""

from __future__ import annotations

from typing import Final

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
_COSINES: Final = np.cos((np.arange(PLACES) + 0.5) * _WIDTH)
_SINES: Final = np.sin((np.arange(PLACES) + 0.5) * _WIDTH)
_ANYWHERE = 2.0  # rad along the orbit, beyond which a phase says nothing
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
def _nodes(seed: Floats, out: Floats) -> None:
    """Unit vectors to the ascending node, and a quarter turn on."""
    size = np.sqrt(seed[0] * seed[0] + seed[1] * seed[1])
    out[0, 2] = 0.0
    out[0, 0], out[0, 1] = (-seed[1] / size, seed[0] / size) if size > 1e-9 else (1.0, 0.0)
    out[1, 0], out[1, 1] = -seed[2] * out[0, 1], seed[2] * out[0, 0]
    out[1, 2] = seed[0] * out[0, 1] - seed[1] * out[0, 0]


@njit(cache=True, nogil=True)
def _in_plane(orbit: Floats, nodes: Floats, out: Floats) -> None:
    """Tilt to the seed's plane (2), eccentricity in it (2), mean longitude of the object."""
    for x in range(2):
        n = nodes[x]
        out[x] = orbit[0] * n[0] + orbit[1] * n[1] + orbit[2] * n[2]
        out[2 + x] = orbit[3] * n[0] + orbit[4] * n[1] + orbit[5] * n[2]
    c = orbit[6] * nodes[0, 0] + orbit[7] * nodes[0, 1] + orbit[8] * nodes[0, 2]
    s = orbit[6] * nodes[1, 0] + orbit[7] * nodes[1, 1] + orbit[8] * nodes[1, 2]
    size = np.sqrt(c * c + s * s)
    out[4] = _mean(out[2], out[3], c / size, s / size)


@njit(cache=True, nogil=True)
def _along(seed: Floats, plane: Floats, out: Floats) -> None:
    """Of each place on the seed's orbit: its distance, and how long ago it was passed, rad."""
    for place in range(PLACES):
        c, s = _COSINES[place], _SINES[place]
        out[place, 0] = seed[PARAMETER] / (1.0 + plane[2] * c + plane[3] * s)
        past = plane[4] - _mean(plane[2], plane[3], c, s)
        out[place, 1] = (past + np.pi) % TURN - np.pi


@njit(cache=True, nogil=True)
def _apart(seed: Floats, orbit: Floats, nodes: Floats, place: int, work: Floats) -> float:
    """How fast two are beside each other at a place, km/s."""
    q, at, beside = work[0], work[1], work[2]
    for x in range(3):
        q[x] = nodes[0, x] * _COSINES[place] + nodes[1, x] * _SINES[place]
    velocity_km_s(q, seed, at)
    velocity_km_s(q, orbit, beside)
    x, y, z = at[0] - beside[0], at[1] - beside[1], at[2] - beside[2]
    return np.sqrt(x * x + y * y + z * z)


@njit(cache=True, nogil=True)
def _vote(
    seed: Floats, orbit: Floats, nodes: Floats, ring: Floats, step_s: float, sigmas: float,
    told: Ints, work: Floats,
) -> None:  # fmt: skip
    """One orbit's votes at one moment, added to `told` (360,)."""
    plane = work[3]
    _in_plane(orbit, nodes, plane)
    level, steep = plane[0], plane[1]
    angle = np.sqrt(level * level + steep * steep)
    same = orbit[0] * seed[0] + orbit[1] * seed[1] + orbit[2] * seed[2]
    if not angle * np.sqrt(MU / seed[PARAMETER]) < FASTEST_KM_S or same < 0.0:
        return
    axis0, axis = axis_km(seed), axis_km(orbit)
    off = sigmas * np.hypot(orbit[ACROSS], seed[ACROSS])
    gap = sigmas * np.hypot(orbit[RADIAL], seed[RADIAL])
    reach = off / (axis0 * angle + 1e-12)
    half = int(np.arcsin(reach) / _WIDTH) + 1 if reach < 1.0 else _WHOLE
    pace = (axis0 / axis) ** 1.5
    turned = abs(pace - 1.0) * np.sqrt(MU / axis0**3) * step_s
    within = sigmas * np.hypot(orbit[ALONG], seed[ALONG]) / axis + 0.5 * (turned + _WIDTH)
    # Half a place on either side, where distances differ by the slopes of both.
    gap += 0.5 * _WIDTH * axis0 * np.hypot(orbit[3] - seed[3], orbit[4] - seed[4])
    off += 0.5 * _WIDTH * axis0 * angle
    first = int(np.floor(np.arctan2(-level, steep) / TURN * PLACES)) - half
    for b in range(2 * (2 * half + 1) if half < _WHOLE else PLACES):
        # About one node, then about the other.
        place = (first + b + (PLACES // 2 - 2 * half - 1 if b > 2 * half else 0)) % PLACES
        if half == _WHOLE:
            place = b
        c, s, r0 = _COSINES[place], _SINES[place], ring[place, 0]
        r = orbit[PARAMETER] / (1.0 + plane[2] * c + plane[3] * s)
        if abs(r - r0) > gap or abs(level * c + steep * s) * r0 > off:
            continue
        if within < _ANYWHERE:
            past = plane[4] - _mean(plane[2], plane[3], c, s) - pace * ring[place, 1]
            if abs((past + np.pi) % TURN - np.pi) > within:
                continue
        if _apart(seed, orbit, nodes, place, work) < FASTEST_KM_S:
            told[place] += 1


@njit(cache=True, nogil=True)
def _votes(seed: int, table: Floats, step_s: float, sigmas: float, told: Ints) -> None:
    nodes, work, ring = np.empty((2, 3)), np.empty((4, 5)), np.empty((PLACES, 2))
    for j in range(table.shape[1]):
        if not table[seed, j, PARAMETER] > 0.0:
            continue
        _nodes(table[seed, j], nodes)
        _in_plane(table[seed, j], nodes, work[3])
        _along(table[seed, j], work[3], ring)
        for i in range(len(table)):
            if i != seed and table[i, j, PARAMETER] > 0.0:
                _vote(table[seed, j], table[i, j], nodes, ring, step_s, sigmas, told[j], work)


def votes(orbits: SmoothOrbits, seed: int, step_s: float, sigmas: float) -> Ints:
    """
    (k, 360) how many orbits pass each place of the seed's at each moment, `step_s` apart.

    Places count from the ascending node.  Whoever would pass much faster than the seed does not
    count.
    """
    told = np.zeros((len(orbits.epoch_tai_ns), PLACES), np.int64)
    _votes(seed, orbits.table, step_s, sigmas, told)
    return told
