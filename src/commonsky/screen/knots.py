"""States of every trajectory at the knots, and what a quintic between knots misses."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from commonsky.astro.elements import MU_WGS72_KM3_S2
from commonsky.astro.kernels import kernel
from commonsky.astro.sgp4_deep import deep_states
from commonsky.astro.sgp4_near import near_states
from commonsky.screen.interval import J2_TERM_KM2
from commonsky.screen.motion import ephemeris_state
from commonsky.screen.tiles import HIGHEST_RADIUS_KM, LOWEST_RADIUS_KM, STATE_TILE, TILE

KNOTS: Final = 32  # in a block; whole vectors, so that shared knots are the same to the last bit
SAFETY: Final = 3.0
PLACES: Final = 4  # of a revolution where the quintic is measured
SAMPLES: Final = 16  # quarter steps about each place
# No orbit departs from a quintic by so much in a step.  What does is SGP4 running away: drag that
# takes an object through the Earth or out of the solar system.  Those knots are not usable.
WILD_KM: Final = 100.0


@kernel()
def trajectory_states(motion, o, minutes, buffer, status):
    """States of trajectory o at ascending `minutes` -> buffer (6, k), status (k,)."""
    near, deep = motion.near.shape[0], motion.deep.shape[0]
    if o < near:
        near_states(motion.near[o], minutes, buffer, status)
        return
    if o < near + deep:
        k = o - near
        deep_states(motion.deep[k], motion.nodes[k], motion.first[k], minutes, buffer, status)
        return
    for k in range(minutes.shape[0]):
        at = ephemeris_state(motion, o - near - deep, minutes[k])
        for c in range(6):
            buffer[c, k] = at[c]
        status[k] = int(at[6])


@kernel()
def usable(buffer, status, k):
    """Whether sample k is a state that can be screened."""
    r2 = buffer[0, k] ** 2 + buffer[1, k] ** 2 + buffer[2, k] ** 2
    return status[k] == 0 and LOWEST_RADIUS_KM**2 < r2 < HIGHEST_RADIUS_KM**2  # false for nan


@kernel()
def jump_km(buffer, k, step_s):
    """How far sample k + 1 is from where the velocities and accelerations of both put it (km)."""
    squared = 0.0
    h = step_s
    ra2 = buffer[0, k] ** 2 + buffer[1, k] ** 2 + buffer[2, k] ** 2
    rb2 = buffer[0, k + 1] ** 2 + buffer[1, k + 1] ** 2 + buffer[2, k + 1] ** 2
    ga = -MU_WGS72_KM3_S2 / (ra2 * math.sqrt(ra2))
    gb = -MU_WGS72_KM3_S2 / (rb2 * math.sqrt(rb2))
    for c in range(3):
        x0, x1 = buffer[c, k], buffer[c, k + 1]
        mean = 0.5 * (buffer[c + 3, k] + buffer[c + 3, k + 1])
        squared += (x1 - x0 - h * mean - h * h / 12.0 * (ga * x0 - gb * x1)) ** 2
    return math.sqrt(squared)


@kernel()
def usable_knots(buffer, status, step_s, remainder_km, good):
    """
    Which samples can be screened -> `good` (k,).

    Of a trajectory with a `remainder_km` of `WILD_KM` those at both ends of a jump cannot.
    """
    count = buffer.shape[1]
    for k in range(count):
        good[k] = usable(buffer, status, k)
    if remainder_km >= WILD_KM:
        before = False
        for k in range(count):
            jumps = k + 1 < count and good[k] and usable(buffer, status, k + 1)
            jumps = jumps and jump_km(buffer, k, step_s) > WILD_KM
            if before or jumps:
                good[k] = False
            before = jumps


@kernel()
def fill(motion, n, minutes, knots, tiles, step_s, remainder, states, unusable):
    """
    States of n trajectories at the first `knots` of `minutes` as float32 tiles.

    Counts the knots where a trajectory has no usable state; those are marked by a tiny radius.
    """
    count = minutes.shape[0]
    buffer = np.empty((6, count))
    status = np.empty(count, np.int8)
    good = np.empty(count, np.bool_)
    for o in range(n):
        trajectory_states(motion, o, minutes, buffer, status)
        usable_knots(buffer, status, step_s, remainder[o], good)
        at = (o // TILE) * STATE_TILE + o % TILE
        for k in range(knots):
            p = k * tiles * STATE_TILE + at
            if good[k]:
                for c in range(6):
                    states[p + c * TILE] = buffer[c, k]
            else:
                unusable[o] += 1
                states[p] = 1.0
                for c in range(1, 6):
                    states[p + c * TILE] = 0.0


@kernel()
def quintic_miss(buffer, k, tau_s, inner):
    """Squared distance (km^2) between the state at sample k + inner and the quintic k..k + 4."""
    a, b = k, k + 4
    s = -1.0 + 0.5 * inner
    t2 = tau_s * tau_s
    ra2 = buffer[0, a] ** 2 + buffer[1, a] ** 2 + buffer[2, a] ** 2
    rb2 = buffer[0, b] ** 2 + buffer[1, b] ** 2 + buffer[2, b] ** 2
    ga, gb = -MU_WGS72_KM3_S2 / (ra2 * math.sqrt(ra2)), -MU_WGS72_KM3_S2 / (rb2 * math.sqrt(rb2))
    squared = 0.0
    for c in range(3):
        q = 3.0 if c == 2 else 1.0
        x0, x1 = buffer[c, a], buffer[c, b]
        v0, v1 = tau_s * buffer[c + 3, a], tau_s * buffer[c + 3, b]
        a0 = t2 * ga * x0 * (1.0 + J2_TERM_KM2 / ra2 * (q - 5.0 * buffer[2, a] ** 2 / ra2))
        a1 = t2 * gb * x1 * (1.0 + J2_TERM_KM2 / rb2 * (q - 5.0 * buffer[2, b] ** 2 / rb2))
        half, chord = 0.5 * (v1 - v0), 0.5 * (x1 - x0)
        c4 = 0.125 * (0.5 * (a0 + a1) - half)
        c2 = 0.5 * half - 2.0 * c4
        o = 0.5 * (v0 + v1) - chord
        b5 = 0.125 * (0.5 * (a1 - a0) - 3.0 * o)
        b3 = 0.5 * o - 2.0 * b5
        b1 = chord - b3 - b5
        c0 = 0.5 * (x0 + x1) - c2 - c4
        x = c0 + s * (b1 + s * (c2 + s * (b3 + s * (c4 + s * b5))))
        squared += (x - buffer[c, k + inner]) ** 2
    return squared


@kernel()
def remainders(motion, first, last, phase_rad, rate_rad_min, start, stop, step_s, out):
    """
    What a quintic over one step misses of trajectories first..last (km, (last - first,)).

    Three times the largest error measured, `WILD_KM` at most.  `phase_rad` (n,) is the mean
    anomaly at minute 0.  Measured at quarter steps about perigee at both ends of the span, and
    about two other places of the first revolution; an ephemeris, which may hold manoeuvres, is
    measured all along.
    """
    objects = motion.near.shape[0] + motion.deep.shape[0]
    quarter = 0.25 * step_s / 60.0
    minutes = np.empty(SAMPLES)
    buffer = np.empty((6, SAMPLES))
    status = np.empty(SAMPLES, np.int8)
    everywhere = math.ceil((stop - start) / ((SAMPLES - 4) * quarter)) + 1
    for o in range(first, last):
        worst = 0.0
        for place in range(PLACES if o < objects else everywhere):
            if o < objects:
                turn = 2.0 * math.pi / rate_rad_min[o]
                edge = start if place < PLACES - 1 else max(start, stop - turn)
                turns = (phase_rad[o] + rate_rad_min[o] * edge) / (2.0 * math.pi)
                middle = edge + (math.ceil(turns) - turns + 0.25 * (place % (PLACES - 1))) * turn
            else:
                middle = start + place * (SAMPLES - 4) * quarter
            for k in range(SAMPLES):
                minutes[k] = middle + (k - 0.5 * (SAMPLES - 1)) * quarter
            trajectory_states(motion, o, minutes, buffer, status)
            worst = max(worst, worst_miss(buffer, status, 0.5 * step_s))
        out[o - first] = min(SAFETY * math.sqrt(worst), WILD_KM)


@kernel()
def worst_miss(buffer, status, tau_s):
    """Largest squared distance (km^2) between samples and the quintics about them."""
    worst = 0.0
    for k in range(SAMPLES - 4):
        if not (usable(buffer, status, k) and usable(buffer, status, k + 4)):
            continue
        for inner in range(1, 4):
            if usable(buffer, status, k + inner):
                worst = max(worst, quintic_miss(buffer, k, tau_s, inner))
    return worst
