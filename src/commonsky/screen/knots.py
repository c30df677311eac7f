"""
States of every trajectory at the knots, and what a quintic between knots misses.

That is measured, in every interval.  The quintic goes through position, velocity and the
acceleration of point mass and J2 at both ends, but the motion has another acceleration (SGP4
leaves terms out, and has drag) and SGP4's velocity is not quite the derivative of its position.
What that does to the even part of the quintic, about the middle of the interval, grows fourfold
when the step is doubled, and what the sixth derivative does 64-fold; the quintic over two steps is
compared with the state at the knot in its middle.  A velocity wrong by the same at both ends does
nothing there: the odd part is wrong by at most 0.147 of how far the end is from where velocities
and accelerations put it, by the rule  h (v0 + v1) / 2 + h^2 (a0 - a1) / 12.

A jump J of the motion itself (SGP4 has some, where the node of an orbit near the equator passes a
whole turn) makes a quintic over one step wrong by J at most, and two over two steps by J / 2 to
opposite sides: with s what one step misses otherwise, one of the two is wrong by sqrt(J^2 / 4 +
16 s^2) or more, and 2.5 times that is more than J + s.  So `SAFETY` is 2.5.
"""

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
from commonsky.screen.tiles import HIGHEST_RADIUS_KM, LOWEST_RADIUS_KM, STATE_TILE, TILE, U64

KNOTS: Final = 32  # in a block; whole vectors
SAFETY: Final = 2.5
ODD: Final = 0.147  # half the maximum of 0.875 s - 1.25 s^3 + 0.375 s^5
SAMPLES: Final = 16  # quarter steps, for what is measured by them
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
def usable(buffer, k):
    """Whether sample k is a state that can be screened, be it of an object below the surface."""
    r2 = buffer[0, k] ** 2 + buffer[1, k] ** 2 + buffer[2, k] ** 2
    return LOWEST_RADIUS_KM**2 < r2 < HIGHEST_RADIUS_KM**2  # false for nan


@kernel()
def accelerations(buffer, step_s, work):
    """Acceleration of point mass and J2 times the squared step of k states -> work (3, k) (km)."""
    c = step_s * step_s * MU_WGS72_KM3_S2
    for k in range(U64(buffer.shape[1])):
        x, y, z = buffer[0, k], buffer[1, k], buffer[2, k]
        r2 = x * x + y * y + z * z
        g = -c / (r2 * math.sqrt(r2))
        j, q = J2_TERM_KM2 / r2, 1.0 - 5.0 * z * z / r2
        f = g * (1.0 + j * q)
        work[0, k], work[1, k], work[2, k] = f * x, f * y, g * (1.0 + j * (q + 2.0)) * z


@kernel()
def departures(buffer, step_s, work):
    """
    What quintics over two steps miss in their middle, squared -> work[3]; jumps -> work[4] (km^2).

    A jump is how far sample k + 1 is from where velocities and accelerations of both put it.
    """
    x, a = buffer, work
    h = step_s
    last = U64(buffer.shape[1] - 1)
    for k in range(U64(1), last):
        i, j = k - U64(1), k + U64(1)
        squared = 0.0
        for c in range(3):
            d = 0.5 * (x[c, i] + x[c, j]) + 0.3125 * h * (x[c + 3, i] - x[c + 3, j])
            d += 0.0625 * (a[c, i] + a[c, j]) - x[c, k]
            squared += d * d
        work[3, k] = squared
    for k in range(last):
        j = k + U64(1)
        squared = 0.0
        for c in range(3):
            d = x[c, j] - x[c, k] - 0.5 * h * (x[c + 3, k] + x[c + 3, j])
            d -= (a[c, k] - a[c, j]) * (1.0 / 12.0)
            squared += d * d
        work[4, k] = squared


@kernel()
def knot_states(motion, o, minutes, step_s, buffer, status, good, work):
    """
    States of trajectory o at k knots -> buffer, status; what quintics between them miss (km).

    `good` (k,) is set where a knot can be screened: not where there is no state, nor at both ends
    of a wild jump.  `work` is (5, k).
    """
    count = minutes.shape[0]
    trajectory_states(motion, o, minutes, buffer, status)
    accelerations(buffer, step_s, work)
    departures(buffer, step_s, work)
    for k in range(count):
        good[k] = usable(buffer, k)
    wild = False
    for k in range(count - 1):
        calm = not (good[k] and usable(buffer, k + 1) and work[4, k] > WILD_KM**2)
        good[k] = good[k] and calm and not wild
        wild = not calm
    good[count - 1] = good[count - 1] and not wild
    even, odd = 0.0, 0.0
    for k in range(count - 1):
        if good[k] and good[k + 1]:
            odd = max(odd, work[4, k])
            if k > 0 and good[k - 1]:
                even = max(even, work[3, k])
    missed = SAFETY * (math.sqrt(even) + ODD * math.sqrt(odd))
    for k in range(count - 1):
        alone = not (k > 0 and good[k - 1]) and not (k + 2 < count and good[k + 2])
        if alone and good[k] and good[k + 1]:
            missed = max(missed, lonely_miss(motion, o, minutes[k], step_s))
    return min(missed, WILD_KM)


@kernel()
def lonely_miss(motion, o, minute, step_s):
    """Like `knot_states`, for an interval without neighbours: measured at quarter steps (km)."""
    minutes = minute + 0.25 * step_s / 60.0 * np.arange(5)
    buffer, status = np.empty((6, 5)), np.empty(5, np.int8)
    trajectory_states(motion, o, minutes, buffer, status)
    return SAFETY * math.sqrt(worst_miss(buffer, 0.5 * step_s))


@kernel()
def fill(motion, n, minutes, knots, tiles, step_s, missed, states, unusable):
    """
    States of n trajectories at the first `knots` of `minutes` as float32 tiles.

    Counts the knots where a trajectory has no good state.  Those that cannot be screened are
    marked by a tiny radius.  `missed` (n,) is raised to what quintics miss here (km).
    """
    count = minutes.shape[0]
    buffer, work = np.empty((6, count)), np.empty((5, count))
    status = np.empty(count, np.int8)
    good = np.empty(count, np.bool_)
    for o in range(n):
        found = knot_states(motion, o, minutes, step_s, buffer, status, good, work)
        missed[o] = max(missed[o], found)
        at = (o // TILE) * STATE_TILE + o % TILE
        for k in range(knots):
            p = k * tiles * STATE_TILE + at
            unusable[o] += status[k] != 0 or not good[k]
            if good[k]:
                for c in range(6):
                    states[p + c * TILE] = buffer[c, k]
            else:
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
def ephemeris_misses(motion, first, start, stop, step_s, out):
    """
    What quintics over one step miss of all ephemerides (km, out[first:]).

    An ephemeris may hold manoeuvres, kinks that the error over two steps can overlook at the ends
    of a block, so it is measured at quarter steps all along.
    """
    quarter = 0.25 * step_s / 60.0
    buffer, status = np.empty((6, SAMPLES)), np.empty(SAMPLES, np.int8)
    for o in range(first, out.shape[0]):
        worst = 0.0
        for place in range(math.ceil((stop - start) / ((SAMPLES - 4) * quarter)) + 1):
            minutes = start + (place * (SAMPLES - 4) + np.arange(SAMPLES)) * quarter
            trajectory_states(motion, o, minutes, buffer, status)
            worst = max(worst, worst_miss(buffer, 0.5 * step_s))
        out[o] = min(SAFETY * math.sqrt(worst), WILD_KM)


@kernel()
def worst_miss(buffer, tau_s):
    """Largest squared distance (km^2) between samples and the quintics about them."""
    worst = 0.0
    for k in range(buffer.shape[1] - 4):
        if not (usable(buffer, k) and usable(buffer, k + 4)):
            continue
        for inner in range(1, 4):
            if usable(buffer, k + inner):
                worst = max(worst, quintic_miss(buffer, k, tau_s, inner))
    return worst
