"""
Where every trajectory is at every knot, kept small, so that one changed orbit is screened at once.

Positions are kept as 16-bit integers, an object's row in one piece.  A changed orbit is tested
against the rows it can reach as `commonsky.screen.sieve` tests lines: over an interval both are
harmonic motions of the changed orbit's own frequency, wrong by no more than their largest
departures, by the rounding of positions, and by what other radii change in the frequency.  With w
the frequency, tau half the step and dr the difference of radii, the last moves the midpoint by
1.5 w tau tan(w tau) dr to first order.  What passes is decided as in a full screening.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MU_WGS72_KM3_S2, RADIUS_WGS72_KM
from commonsky.astro.kernels import kernel
from commonsky.screen.interval import layer_edges, prepare
from commonsky.screen.knots import trajectory_states, usable
from commonsky.screen.motion import state
from commonsky.screen.pair import PIECE_S, quintic_minimum
from commonsky.screen.screening import LAYER_KM, Job
from commonsky.screen.tiles import (
    F32,
    GUARD_KM,
    HIGHEST_RADIUS_KM,
    INTERVAL_TILE,
    LOWEST_RADIUS_KM,
    STATE_TILE,
    T6,
    T7,
    T8,
    T9,
    T10,
    T11,
    TILE,
    U64,
)

MOST_COUNT: Final = 32767
NOWHERE: Final = -32768  # a knot without a usable state, far from where the object ever is
ROOM: Final = 1.05  # of the apogee: osculating and growing orbits reach above it
MISMATCH: Final = 1.75  # 1.5 to first order
RUN: Final = 32  # intervals tested before a hit is looked for
ONE, ZERO, SMALL = F32(1), F32(0), F32(1e-3)
ROUNDING: Final = F32(1e-5)
WHOLE: Final = U64(0xFFFFFFFFFFFFFFE0)
LOCK: Final = threading.Lock()  # held while bounds are widened, some microseconds


@dataclass(frozen=True, slots=True)
class Traces:
    """
    Positions of n trajectories at the knots of a span, and bounds of each over the whole of it.

    `count` (n, 3, room) are positions in units of `unit_km` (n,); `room` is the number of knots,
    rounded up so that whole vectors can be read.  `departure_km` is the largest from harmonic
    motion in any interval, `swing_km` the widest range of radii in any; `low_km` and `high_km` are
    the radii ever reached, half the screening distance added.  `loose` marks trajectories that
    left the room their unit gives; they are tested at every knot.
    """

    count: NDArray[np.int16]
    unit_km: NDArray[np.float32]
    departure_km: NDArray[np.float32]
    swing_km: NDArray[np.float32]
    low_km: NDArray[np.float32]
    high_km: NDArray[np.float32]
    loose: NDArray[np.uint8]

    @classmethod
    def empty(cls, apogee_radius_km: Floats, knots: int) -> Traces:
        """Room for so many trajectories and knots, with no position in it."""
        n = len(apogee_radius_km)
        room = (knots + RUN) // RUN * RUN + RUN
        known = np.nan_to_num(apogee_radius_km, nan=RADIUS_WGS72_KM, posinf=HIGHEST_RADIUS_KM)
        unit = (np.clip(known, RADIUS_WGS72_KM, HIGHEST_RADIUS_KM) * ROOM + 50.0) / MOST_COUNT
        return cls(
            np.full((n, 3, room), NOWHERE, np.int16),
            unit.astype(np.float32),
            np.zeros(n, np.float32),
            np.zeros(n, np.float32),
            np.full(n, np.inf, np.float32),
            np.zeros(n, np.float32),
            np.zeros(n, np.uint8),
        )

    def forget(self, o: int, apogee_radius_km: float) -> None:
        """Make the row of one trajectory empty, for an orbit with that apogee."""
        fresh = Traces.empty(np.array([apogee_radius_km]), 0)
        self.count[o] = NOWHERE
        for name in ("unit_km", "departure_km", "swing_km", "low_km", "high_km", "loose"):
            getattr(self, name)[o] = getattr(fresh, name)[0]

    def take_in(
        self, rows: slice, states: NDArray[np.float32], knots: int, first_knot: int, job: Job,
        remainder: NDArray[np.float32],
    ) -> None:  # fmt: skip
        """
        Take states of consecutive trajectories, in tiles, at knots from number `first_knot` on.

        Blocks may come from several threads at once.
        """
        n = len(self.unit_km[rows])
        tiles = -(-n // TILE)
        keep_positions(
            states, tiles, n, knots, first_knot, self.count[rows], self.unit_km[rows],
            self.loose[rows],
        )  # fmt: skip
        bounds = np.zeros((4, n), np.float32)
        bounds[2] = np.inf
        keep_bounds(
            states, tiles, n, knots, job.span.step_s, remainder, 0.5 * job.distance_km + GUARD_KM,
            layer_edges(LAYER_KM)[1], *bounds,
        )  # fmt: skip
        with LOCK:
            for mine, theirs, pick in zip(
                (self.departure_km, self.swing_km, self.low_km, self.high_km),
                bounds,
                (np.maximum, np.maximum, np.minimum, np.maximum),
                strict=True,
            ):
                pick(mine[rows], theirs, out=mine[rows])


@kernel()
def keep_positions(states, tiles, n, knots, first_knot, count, unit_km, loose):
    """Positions of n trajectories at `knots` knots, from number `first_knot` on, as integers."""
    for o in range(n):
        at = (o // TILE) * STATE_TILE + o % TILE
        per_unit = 1.0 / unit_km[o]
        for k in range(knots):
            p = k * tiles * STATE_TILE + at
            x, y, z = states[p], states[p + TILE], states[p + 2 * TILE]
            if x * x + y * y + z * z < LOWEST_RADIUS_KM**2:
                continue
            a, b, c = x * per_unit, y * per_unit, z * per_unit
            if max(abs(a), abs(b), abs(c)) > MOST_COUNT - 1:
                loose[o] = 1
                continue
            count[o, 0, first_knot + k] = int(round(a))
            count[o, 1, first_knot + k] = int(round(b))
            count[o, 2, first_knot + k] = int(round(c))


@kernel()
def keep_bounds(states, tiles, n, knots, step_s, remainder, reach_km, layer_of, departure, swing,
                low, high):  # fmt: skip
    """Widen the bounds of n trajectories by what the intervals between these knots need."""
    intervals = np.empty(tiles * INTERVAL_TILE, np.float32)
    lowest = np.empty(tiles * TILE, np.int32)
    highest = np.empty(tiles * TILE, np.int32)
    tau2 = F32(MU_WGS72_KM3_S2 * (0.5 * step_s) ** 2)
    for step in range(knots - 1):
        begin, end = step * tiles * STATE_TILE, (step + 1) * tiles * STATE_TILE
        for tile in range(tiles):
            prepare(states, begin + tile * STATE_TILE, end + tile * STATE_TILE, intervals,
                    tile * INTERVAL_TILE, remainder, tile * TILE, lowest, highest, layer_of,
                    step_s, reach_km, 0.0)  # fmt: skip
        for o in range(n):
            if highest[o] < 0:
                continue
            w = U64((o // TILE) * INTERVAL_TILE + o % TILE)
            mx, my, mz = intervals[w + T6], intervals[w + T7], intervals[w + T8]
            rm2 = mx * mx + my * my + mz * mz
            u = tau2 / (rm2 * math.sqrt(rm2))
            k = F32(0.5 / math.cos(math.sqrt(u)))
            x = mx - k * intervals[w]
            y = my - k * intervals[w + U64(TILE)]
            z = mz - k * intervals[w + U64(2 * TILE)]
            off = math.sqrt(x * x + y * y + z * z) + intervals[w + T9]
            departure[o] = max(departure[o], off)
            swing[o] = max(swing[o], intervals[w + T11] - intervals[w + T10])
            low[o] = min(low[o], intervals[w + T10])
            high[o] = max(high[o], intervals[w + T11])


@dataclass(frozen=True, slots=True)
class Probe:
    """One trajectory made ready to be tested: lines of every interval, float32 (intervals,)."""

    number: int
    lines: NDArray[np.float32]  # (9, room): P (3), Q (3), scale, pad (km), mismatch
    intervals: int


@kernel()
def probe_lines(count, unit, departure, swing, knots, step_s, distance_km, lines):
    """Lines of one trajectory in its own frequency -> `lines` (9, room)."""
    tau = 0.5 * step_s
    for k in range(knots - 1):
        x0, y0, z0 = unit * count[0, k], unit * count[1, k], unit * count[2, k]
        x1, y1, z1 = unit * count[0, k + 1], unit * count[1, k + 1], unit * count[2, k + 1]
        r = 0.5 * (math.sqrt(x0 * x0 + y0 * y0 + z0 * z0) + math.sqrt(x1 * x1 + y1 * y1 + z1 * z1))
        there = count[0, k] != NOWHERE and count[0, k + 1] != NOWHERE
        angle = tau * math.sqrt(MU_WGS72_KM3_S2 / r**3) if there else 0.0
        scale = 0.5 / math.cos(angle)
        slope = MISMATCH * angle * math.tan(angle)
        lines[0, k], lines[3, k] = scale * (x0 + x1), scale * (x1 - x0)
        lines[1, k], lines[4, k] = scale * (y0 + y1), scale * (y1 - y0)
        lines[2, k], lines[5, k] = scale * (z0 + z1), scale * (z1 - z0)
        lines[6, k] = scale
        # The rounding of three coordinates is at most 0.87 units.
        pad = distance_km + GUARD_KM + departure + 0.9 * unit + slope * swing
        lines[7, k] = 2.0 * scale * pad if there else -1e9
        lines[8, k] = 2.0 * scale * slope
    for k in range(knots - 1, lines.shape[1]):
        lines[6, k], lines[7, k] = 0.5, -1e9


def probe_of(traces: Traces, o: int, job: Job) -> Probe:
    """Return a trajectory ready to be tested against all others."""
    lines = np.zeros((9, traces.count.shape[2]), np.float32)
    knots = job.span.steps + 1
    probe_lines(
        traces.count[o], float(traces.unit_km[o]), float(traces.departure_km[o]),
        float(traces.swing_km[o]), knots, job.span.step_s, job.distance_km, lines,
    )  # fmt: skip
    return Probe(o, lines, knots - 1)


# fastmath: these float32 numbers only bound; what is kept is decided on exact states.
@kernel(cache=False, fastmath=True, forceinline=True)
def near(count, unit, lines, k, pad, swing):
    """Negative where a row's line in interval k comes near the probe's."""
    j = k + U64(1)
    s = lines[6, k] * unit
    x0, y0, z0 = F32(count[0, k]), F32(count[1, k]), F32(count[2, k])
    x1, y1, z1 = F32(count[0, j]), F32(count[1, j]), F32(count[2, j])
    dx = s * (x0 + x1) - lines[0, k]
    dy = s * (y0 + y1) - lines[1, k]
    dz = s * (z0 + z1) - lines[2, k]
    ax = s * (x1 - x0) - lines[3, k]
    ay = s * (y1 - y0) - lines[4, k]
    az = s * (z1 - z0) - lines[5, k]
    dd = dx * dx + dy * dy + dz * dz
    da = abs(dx * ax + dy * ay + dz * az)
    aa = ax * ax + ay * ay + az * az + SMALL
    m = da if da < aa else aa
    limit = lines[7, k] + (lines[6, k] + lines[6, k]) * pad + lines[8, k] * swing
    limit = limit if limit > ZERO else ZERO
    return (dd * (ONE - ROUNDING) - limit * limit) * aa - m * (da + da - m)


@kernel(fastmath=True)
def hits_of_row(count, unit, lines, intervals, pad, swing, out):
    """Intervals in which a row comes near the probe -> how many, numbers in `out`."""
    found = 0
    for run in range(U64(0), (U64(intervals) + U64(RUN - 1)) & WHOLE, U64(RUN)):
        some = ZERO
        for k in range(run, run + U64(RUN)):
            some += ONE if near(count, unit, lines, k, pad, swing) < ZERO else ZERO
        if some > ZERO:
            for k in range(run, min(run + U64(RUN), U64(intervals))):
                if near(count, unit, lines, k, pad, swing) < ZERO:
                    out[found] = k
                    found += 1
    return found


@kernel()
def scan(count, unit_km, departure, swing, loose, rows, lines, intervals, probe_loose, out):
    """Rows and intervals (k, 2) that may come near the probe -> how many are wanted in `out`."""
    found = 0
    room = np.empty(intervals, np.int64)
    for row in rows:
        if loose[row] or probe_loose:
            hits = intervals
            for k in range(intervals):
                room[k] = k
        else:
            pad = departure[row] + F32(0.9) * unit_km[row]
            hits = hits_of_row(count[row], unit_km[row], lines, intervals, pad, swing[row], room)
        for k in range(hits):
            if found < out.shape[0]:
                out[found, 0], out[found, 1] = row, room[k]
            found += 1
    return found


@kernel()
def candidates_of(motion, probe, hits, start, step_s, distance_km, slow_km_s, remainder, identity,
                  pairs, minutes):  # fmt: skip
    """Candidates of the probe in the row intervals `hits` (k, 2), as `sweep` finds them."""
    two = np.zeros(2 * STATE_TILE, np.float32)
    out = 0
    parts = int(math.ceil(step_s / PIECE_S - 1e-9))
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
                good &= at[6] == 0.0 and LOWEST_RADIUS_KM**2 < r2 < HIGHEST_RADIUS_KM**2
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
def own_states(motion, o, minutes, knots, states, buffer, status):
    """
    States of trajectory o at the first `knots` of `minutes` -> tiles, as `knots.fill` writes them.

    -> how many it does not have.
    """
    trajectory_states(motion, o, minutes, buffer, status)
    unusable = 0
    for k in range(knots):
        p = k * STATE_TILE
        if usable(buffer, status, k):
            for c in range(6):
                states[p + c * TILE] = buffer[c, k]
        else:
            unusable += 1
            states[p] = 1.0
            for c in range(1, 6):
                states[p + c * TILE] = 0.0
    return unusable


def rows_in_reach(traces: Traces, numbers: Ints, probe: int) -> Ints:
    """Return those of the rows whose radii overlap with the probe's."""
    overlap = (traces.low_km[numbers] <= traces.high_km[probe]) & (
        traces.high_km[numbers] >= traces.low_km[probe]
    )
    return numbers[overlap & (numbers != probe)]
