"""
One orbit against the traces of all others, in a few milliseconds.

As in `commonsky.screen.sieve`, lines are tested: over an interval both are harmonic motions of the
probe's own frequency, wrong by no more than their largest departures, by the rounding of
positions, and by what other radii change in the frequency.  With w the frequency, tau half the
step and dr the difference of radii, the last moves the midpoint by 1.5 w tau tan(w tau) dr to
first order.  What passes is decided as in a full screening.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Ints
from commonsky.astro.elements import MU_WGS72_KM3_S2
from commonsky.astro.kernels import kernel
from commonsky.screen.knots import knot_states
from commonsky.screen.motion import state
from commonsky.screen.pair import PIECE_S, quintic_minimum
from commonsky.screen.screening import Job
from commonsky.screen.tiles import (
    F32,
    GUARD_KM,
    HIGHEST_RADIUS_KM,
    LOWEST_RADIUS_KM,
    STATE_TILE,
    TILE,
    U64,
)
from commonsky.screen.trace import EVERYWHERE, NOWHERE, RUN, Traces

MISMATCH: Final = 1.75  # 1.5 to first order
ONE, ZERO, SMALL = F32(1), F32(0), F32(1e-3)
ROUNDING: Final = F32(1e-5)
NEVER: Final = -1e9
# Rows of a probe: P (3), Q (3), scale, limit and mismatch of its intervals; first those that begin
# at even knots, then those that begin at odd ones.
LINE_ROWS: Final = 9


@kernel()
def knot_position(even, odd, unit, odd_unit, mean, k):
    """Position at knot k (km), and whether there is one."""
    pair = k // 2
    if k % 2 == 0:
        there = even[0, pair] != NOWHERE
        return unit * even[0, pair], unit * even[1, pair], unit * even[2, pair], there
    there = even[0, pair] != NOWHERE and even[0, pair + 1] != NOWHERE
    m = unit * mean
    return (
        m * (float(even[0, pair]) + float(even[0, pair + 1])) + odd_unit * odd[0, pair],
        m * (float(even[1, pair]) + float(even[1, pair + 1])) + odd_unit * odd[1, pair],
        m * (float(even[2, pair]) + float(even[2, pair + 1])) + odd_unit * odd[2, pair],
        there,
    )


@kernel()
def probe_lines(even, odd, unit, odd_unit, mean, pad, swing, steps, step_s, lines):
    """Lines of one trajectory in its own frequency -> `lines` (2, LINE_ROWS, room)."""
    tau = 0.5 * step_s
    lines[:, 6] = 0.5
    lines[:, 7] = NEVER
    for k in range(steps):
        x0, y0, z0, there0 = knot_position(even, odd, unit, odd_unit, mean, k)
        x1, y1, z1, there1 = knot_position(even, odd, unit, odd_unit, mean, k + 1)
        if not (there0 and there1):
            continue
        r = 0.5 * (math.sqrt(x0 * x0 + y0 * y0 + z0 * z0) + math.sqrt(x1 * x1 + y1 * y1 + z1 * z1))
        angle = tau * math.sqrt(MU_WGS72_KM3_S2 / r**3)
        scale = 0.5 / math.cos(angle)
        slope = MISMATCH * angle * math.tan(angle)
        at, which = k // 2, k % 2
        lines[which, 0, at], lines[which, 3, at] = scale * (x0 + x1), scale * (x1 - x0)
        lines[which, 1, at], lines[which, 4, at] = scale * (y0 + y1), scale * (y1 - y0)
        lines[which, 2, at], lines[which, 5, at] = scale * (z0 + z1), scale * (z1 - z0)
        lines[which, 6, at] = scale
        lines[which, 7, at] = 2.0 * scale * (pad + slope * swing)
        lines[which, 8, at] = 2.0 * scale * slope


def probe_of(traces: Traces, o: int, job: Job) -> NDArray[np.float32]:
    """(2, LINE_ROWS, room) a trajectory ready to be tested against all others."""
    lines = np.zeros((2, LINE_ROWS, traces.even.shape[2]), np.float32)
    pad = job.distance_km + GUARD_KM + float(traces.departure_km[o] + traces.rounding_km[o])
    probe_lines(
        traces.even[o], traces.odd[o], float(traces.unit_km[o]), float(traces.odd_unit_km[o]),
        float(traces.mean[o]), pad, float(traces.swing_km[o]), job.span.steps, job.span.step_s,
        lines,
    )  # fmt: skip
    return lines


# fastmath: these float32 numbers only bound; what is kept is decided on exact states.
@kernel(cache=False, fastmath=True, forceinline=True)
def gap(lines, k, x0, y0, z0, x1, y1, z1, pad, swing):
    """Negative where the line through two positions (km) comes near the probe's in interval k."""
    s = lines[6, k]
    dx, dy, dz = (
        s * (x0 + x1) - lines[0, k],
        s * (y0 + y1) - lines[1, k],
        s * (z0 + z1) - lines[2, k],
    )
    ax, ay, az = (
        s * (x1 - x0) - lines[3, k],
        s * (y1 - y0) - lines[4, k],
        s * (z1 - z0) - lines[5, k],
    )
    dd = dx * dx + dy * dy + dz * dz
    da = abs(dx * ax + dy * ay + dz * az)
    aa = ax * ax + ay * ay + az * az + SMALL
    m = da if da < aa else aa
    limit = lines[7, k] + (s + s) * pad + lines[8, k] * swing
    limit = limit if limit > ZERO else ZERO
    return (dd * (ONE - ROUNDING) - limit * limit) * aa - m * (da + da - m)


@kernel(cache=False, fastmath=True, forceinline=True)
def gaps(even, odd, unit, odd_unit, mean, first, second, k, pad, swing):
    """`gap` in the two intervals about odd knot 2 k + 1."""
    j = k + U64(1)
    x0, y0, z0 = unit * F32(even[0, k]), unit * F32(even[1, k]), unit * F32(even[2, k])
    x2, y2, z2 = unit * F32(even[0, j]), unit * F32(even[1, j]), unit * F32(even[2, j])
    x1 = mean * (x0 + x2) + odd_unit * F32(odd[0, k])
    y1 = mean * (y0 + y2) + odd_unit * F32(odd[1, k])
    z1 = mean * (z0 + z2) + odd_unit * F32(odd[2, k])
    return (
        gap(first, k, x0, y0, z0, x1, y1, z1, pad, swing),
        gap(second, k, x1, y1, z1, x2, y2, z2, pad, swing),
    )


@kernel(fastmath=True)
def hits_of_row(even, odd, unit, odd_unit, mean, first, second, pairs, pad, swing, out):
    """Intervals in which a row comes near the probe -> how many, numbers in `out`."""
    found = 0
    for run in range(U64(0), U64(pairs), U64(RUN)):
        some = ZERO
        for k in range(run, run + U64(RUN)):
            a, b = gaps(even, odd, unit, odd_unit, mean, first, second, k, pad, swing)
            some += ONE if (a < ZERO) | (b < ZERO) else ZERO
        if some > ZERO:
            for k in range(run, run + U64(RUN)):
                a, b = gaps(even, odd, unit, odd_unit, mean, first, second, k, pad, swing)
                if a < ZERO:
                    out[found] = 2 * k
                    found += 1
                if b < ZERO:
                    out[found] = 2 * k + 1
                    found += 1
    return found


@kernel()
def edges_of_row(even, pairs, out):
    """Intervals where a row begins or ends to have states -> how many, numbers in `out`."""
    found = 0
    for k in range(pairs):
        if (even[0, k] == NOWHERE) != (even[0, k + 1] == NOWHERE):
            out[found], out[found + 1] = 2 * k, 2 * k + 1
            found += 2
    return found


@kernel()
def scan(even, odd, unit_km, odd_unit_km, mean, rounding_km, departure_km, swing_km, loose, rows,
         lines, steps, everywhere, edges, out):  # fmt: skip
    """
    Rows and intervals (k, 2) that may come near the probe -> how many are wanted in `out`.

    `edges` are intervals in which the probe begins or ends to have states: they have no lines.
    """
    found = 0
    room = np.empty(4 * even.shape[2] + edges.shape[0], np.int64)
    pairs = steps // 2
    first, second = lines[0], lines[1]
    for row in rows:
        if everywhere or loose[row] == EVERYWHERE:
            hits = steps
            for k in range(steps):
                room[k] = k
        else:
            pad = departure_km[row] + rounding_km[row]
            hits = hits_of_row(even[row], odd[row], unit_km[row], odd_unit_km[row], mean[row],
                               first, second, pairs, pad, swing_km[row], room)  # fmt: skip
            if loose[row]:
                hits += edges_of_row(even[row], pairs, room[hits:])
            for k in edges:
                room[hits] = k
                hits += 1
        for k in range(hits):
            if room[k] < steps:
                if found < out.shape[0]:
                    out[found, 0], out[found, 1] = row, room[k]
                found += 1
    return found


@kernel()
def candidates_of(motion, probe, hits, start, step_s, distance_km, slow_km_s, remainder, identity,
                  pairs, minutes):  # fmt: skip
    """Candidates of the probe in the row intervals `hits` (k, 2), as `sweep` finds them."""
    two = np.zeros(2 * STATE_TILE, np.float32)
    out = np.int64(0)
    parts = math.ceil(step_s / PIECE_S - 1e-9)
    for h in range(hits.shape[0]):
        row, k = hits[h, 0], hits[h, 1]
        if identity[row] == identity[probe]:
            continue
        i, j = min(row, probe), max(row, probe)
        begin = start + k * step_s / 60.0
        good = True
        for end in range(2):
            for which in range(2):
                at = state(motion, j if which else i, begin + end * step_s / 60.0)
                r2 = at[0] * at[0] + at[1] * at[1] + at[2] * at[2]
                good &= LOWEST_RADIUS_KM**2 < r2 < HIGHEST_RADIUS_KM**2
                for c in range(6):
                    two[end * STATE_TILE + c * TILE + which] = at[c]
        if not good:
            continue
        slow, at = pair_in_interval(
            two, step_s, distance_km, slow_km_s, remainder[i], remainder[j]
        )
        if not slow and at < 0.0:
            continue
        for part in range(parts if slow else 1):
            if out < pairs.shape[0]:
                pairs[out, 0], pairs[out, 1], pairs[out, 2] = i, j, slow
                offset = (part + 0.5) * step_s / parts if slow else at
                minutes[out] = begin + offset / 60.0
            out += 1
    return out


@kernel()
def pair_in_interval(two, step_s, distance_km, slow_km_s, remainder1, remainder2):
    """Whether the pair in rows 0 and 1 of the states is slow, and else when it is nearest (s)."""
    drift = 0.0
    for c in range(3):
        p = c * TILE
        begin = float(two[p + 1]) - two[p]
        end = float(two[STATE_TILE + p + 1]) - two[STATE_TILE + p]
        drift += (end - begin) ** 2
    if drift < (slow_km_s * step_s) ** 2:
        return True, 0.0
    most = distance_km + GUARD_KM + remainder1 + remainder2
    return False, quintic_minimum(two, 0, STATE_TILE, 0, 1, step_s, most)[0]


@kernel()
def own_states(motion, o, minutes, step_s, state_km, there):
    """
    States of trajectory o at k ascending minutes -> `state_km` (6, k), `there` where one can be
    screened; what quintics between them miss (km), and at how many there is no good one.
    """
    status = np.empty(minutes.shape[0], np.int8)
    work = np.empty((5, minutes.shape[0]))
    missed = knot_states(motion, o, minutes, step_s, state_km, status, there, work)
    unusable = 0
    for k in range(minutes.shape[0]):
        unusable += status[k] != 0 or not there[k]
    return missed, unusable


def rows_in_reach(traces: Traces, numbers: Ints, probe: int) -> Ints:
    """Return those of the rows whose radii overlap with the probe's."""
    overlap = (traces.low_km[numbers] <= traces.high_km[probe]) & (
        traces.high_km[numbers] >= traces.low_km[probe]
    )
    return numbers[overlap & (numbers != probe)]
