"""A screening that stays in memory, and is brought up to date when orbits change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.astro.sgp4_layout import STEP_MIN
from commonsky.catalogue.ephemeris import Ephemeris
from commonsky.screen.encounter import Encounters
from commonsky.screen.pair import PIECE_S, refine, slow_speed_km_s
from commonsky.screen.probe import (
    candidates_of,
    edges_of_row,
    own_states,
    probe_of,
    rows_in_reach,
    scan,
)
from commonsky.screen.screener import encounters_of, prepare_job
from commonsky.screen.screening import LONGEST_STEP_S, Job, Minima, Progress, minima, ordered
from commonsky.screen.trace import EVERYWHERE, Traces
from commonsky.screen.trajectory import (
    MARGIN_NS,
    NS_PER_MIN,
    Trajectories,
    remove_row,
    replace_row,
    trajectories,
    with_spare,
)
from commonsky.screen.volume import Volume

SPARE = 64  # orbits that may be added or change their kind before everything is made anew
ROWS_PER_TASK = 1024
HITS = 4096
BLOCK_KNOTS = 31  # an odd number, so that blocks begin at even knots
WIDER = (1.0, 8.0, 64.0, 512.0, 4096.0, 32768.0)


@dataclass(frozen=True, slots=True)
class Replaced:
    """What became of the encounters of the objects that changed: those before, and those now."""

    before: Encounters
    after: Encounters


class Resident:
    """
    Trajectories of a catalogue over a span, their positions at the knots, and all their minima.

    Rows, identity and primaries as in `screener.screen`.  `update` equals a full screening of the
    changed table, but for rounding: times agree to some nanoseconds.
    """

    def __init__(
        self,
        elements: MeanElements,
        identity: Ints,
        start_tai_ns: int,
        stop_tai_ns: int,
        volume: Volume,
        *,
        ephemerides: Sequence[Ephemeris] = (),
        primary: NDArray[np.bool_] | None = None,
        step_s: float = LONGEST_STEP_S,
        spare: int = SPARE,
        executor: Executor | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._span = start_tai_ns, stop_tai_ns
        self._volume = volume
        self.executor = executor
        ready = trajectories(elements, identity, start_tai_ns, stop_tai_ns, ephemerides)
        self._ready = ready = with_spare(with_nodes(ready, *self._span), spare)
        rows = len(elements) + len(ephemerides)
        self._newcomers_are_primaries = primary is None
        chosen = np.full(rows + 1, primary is None)
        if primary is not None:
            chosen[:rows] = primary
        job = prepare_job(
            ready, start_tai_ns, stop_tai_ns, volume, chosen[ready.row], step_s,
            block_knots=BLOCK_KNOTS, even=True,
        )  # fmt: skip
        # Of very many objects blocks are shorter; they must begin at even knots all the same.
        self._job: Job = replace(job, block_knots=(job.block_knots - 1) | 1)
        shape = self._shapes(elements, ephemerides)
        self._traces = Traces.empty(*shape, self._job.span.steps, step_s)

        def keep(states: NDArray[np.float32], knots: int, step: int) -> None:
            self._traces.take_in(states, knots, step, self._job)

        self._minima, tally = minima(self._job, executor, progress, keep)
        self.knots, self.step_s = tally.knots, step_s
        self.unusable_knots = np.zeros(rows, np.int64)
        known = ready.row >= 0
        self.unusable_knots[ready.row[known]] = tally.unusable_knots[known]
        for o in np.flatnonzero(self._traces.loose == EVERYWHERE).tolist():
            self._trace(o, *(column[o : o + 1] for column in shape))

    def __len__(self) -> int:
        return len(self._minima)

    @property
    def encounters(self) -> Encounters:
        """All that is found at present."""
        return self._encounters(self._minima)

    @property
    def spare(self) -> int:
        """How many orbits can still be added or change their kind."""
        empty = self._ready.row < 0
        near = len(self._ready.motion.near)
        return int(min(empty[:near].sum(), empty[near:].sum()))

    def update(
        self,
        elements: MeanElements,
        rows: Ints,
        identity: Ints,
        primary: NDArray[np.bool_] | None = None,
    ) -> Replaced:
        """
        Take changed element sets (k,), which are now at `rows` of the table, under `identity`.

        A row beyond the table is new; whether it may be a primary is in `primary` (k,).
        """
        marked = np.full(len(rows), self._newcomers_are_primaries) if primary is None else primary
        mine = self._minima.of(np.flatnonzero(np.isin(self._ready.row, rows)))
        before = self._encounters(self._minima.take(mine))  # while the old orbits are there
        changed = [
            self._replace(
                elements.take(np.array([k])),
                int(rows[k]),
                identity[k : k + 1],
                marked=bool(marked[k]),
            )
            for k in range(len(elements))
        ]
        found = [self._minima_of(o) for o in changed]
        again = ordered(found, self._job.span) if found else self._minima.take(mine[:0])
        self._minima = joined(self._minima.take(~mine), again)
        return Replaced(before, self._encounters(again))

    def of(self, rows: Ints, besides: Ints) -> Encounters:
        """Return the encounters of rows of the table, but for those with the rows `besides`."""
        mine, others = (
            self._minima.of(np.flatnonzero(np.isin(self._ready.row, some)))
            for some in (rows, besides)
        )
        return self._encounters(self._minima.take(mine & ~others))

    def remove(self, rows: Ints) -> Encounters:
        """
        Take rows of the table out, and return the encounters that they had.

        Rows after them move up, as they do in the table.
        """
        gone = np.flatnonzero(np.isin(self._ready.row, rows))
        mine = self._minima.of(gone)
        before = self._encounters(self._minima.take(mine))
        for o in gone.tolist():
            self._empty(o)
            self._job.identity[o], self._job.marked[o] = -1, 0
        self._minima = self._minima.take(~mine)
        held = self._ready.row >= 0
        self._ready.row[held] -= np.searchsorted(np.sort(rows), self._ready.row[held])
        self.unusable_knots = np.delete(self.unusable_knots, rows)
        return before

    def _empty(self, o: int) -> None:
        """Leave a trajectory without an orbit, for another to come."""
        remove_row(self._ready, o)
        span = self._job.span
        nothing = Traces.empty(np.zeros(1), np.zeros(1), span.steps, span.step_s)
        self._traces.overwrite(o, nothing)

    def _replace(self, one: MeanElements, row: int, identity: Ints, *, marked: bool) -> int:
        """Put an orbit in its place, and return the number of its trajectory."""
        new = trajectories(one, identity, *self._span)
        new = _since(new, self._ready.origin_tai_ns)
        held = np.flatnonzero(self._ready.row == row)
        near = len(self._ready.motion.near)
        is_near = len(new.motion.near) > 0
        old = int(held[0]) if len(held) else -1
        if old < 0 or (old < near) is not is_near:
            empty = np.flatnonzero(self._ready.row < 0)
            empty = empty[(empty < near) == is_near]
            if old >= 0:
                self._empty(old)
            o = int(empty[0])
        else:
            o = old
        replace_row(self._ready, o, row, new)
        job = self._job
        job.identity[o], job.remainder[o] = identity[0], 0.0
        job.marked[o] = job.marked[old] if old >= 0 else marked
        if row >= len(self.unusable_knots):
            self.unusable_knots = np.append(self.unusable_knots, 0)
        self._trace(o, one.semi_major_axis_km, one.eccentricity)
        return o

    def _trace(self, o: int, semi_major_axis_km: Floats, eccentricity: Floats) -> None:
        """Make the positions of one trajectory, in the finest units that hold all of them."""
        job, span = self._job, self._job.span
        minutes = span.start_minute + np.arange(span.steps + 1) * (span.step_s / 60.0)
        state, there = np.empty((6, len(minutes))), np.empty(len(minutes), np.bool_)
        missed, unusable = own_states(job.motion, o, minutes, span.step_s, state, there)
        job.remainder[o] = max(job.remainder[o], missed)  # of an ephemeris more may be known
        for wider in WIDER:
            fresh = Traces.empty(semi_major_axis_km, eccentricity, span.steps, span.step_s, wider)
            fresh.take_in_one(state, there, job, float(job.remainder[o]))
            if fresh.loose[0] != EVERYWHERE:
                break
        # Knots that two blocks share are counted twice.
        never = unusable == len(minutes)
        self.unusable_knots[self._ready.row[o]] = self.knots if never else unusable
        self._traces.overwrite(o, fresh)

    def _minima_of(self, o: int) -> Minima:
        """All minima of one trajectory with the others."""
        job, traces = self._job, self._traces
        lines = probe_of(traces, o, job)
        rounding_km = traces.rounding_km
        everywhere = bool(traces.loose[o] == EVERYWHERE)
        room = np.empty(4 * traces.even.shape[2], np.int64)
        edges = room[: edges_of_row(traces.even[o], job.span.steps // 2, room)].copy()
        rows = rows_in_reach(traces, np.flatnonzero(self._ready.row >= 0), o)
        if not job.marked[o]:
            rows = rows[job.marked[rows] != 0]
        parts = [rows[k : k + ROWS_PER_TASK] for k in range(0, len(rows), ROWS_PER_TASK)]

        def part(some: Ints) -> Minima:
            room = HITS
            while True:
                hits = np.empty((room, 2), np.int64)
                found = scan(
                    traces.even, traces.odd, traces.unit_km, traces.odd_unit_km, traces.mean,
                    rounding_km, traces.departure_km, traces.swing_km, traces.loose, some, lines,
                    job.span.steps, everywhere, edges, hits,
                )  # fmt: skip
                if found <= room:
                    return self._decided(o, hits[:found])
                room = found

        found = list((self.executor.map if self.executor else map)(part, parts))
        return ordered(found, job.span) if found else self._decided(o, np.empty((0, 2), np.int64))

    def _decided(self, o: int, hits: Ints) -> Minima:
        """The minima of one trajectory in the intervals of others where it may be near them."""
        job = self._job
        room = 2 * len(hits) + 64
        while True:
            pairs, minutes = np.empty((room, 3), np.int64), np.empty(room)
            found = candidates_of(
                job.motion, o, hits, job.span.start_minute, job.span.step_s, job.distance_km,
                slow_speed_km_s(job.distance_km), job.remainder, job.identity, pairs, minutes,
            )  # fmt: skip
            if found <= room:
                break
            room = found
        first, second = pairs[:found, 0].copy(), pairs[:found, 1].copy()
        slow, minutes = pairs[:found, 2] != 0, minutes[:found]
        miss, speed = np.empty(found), np.empty(found)
        half = 0.5 * job.span.step_s / np.ceil(job.span.step_s / PIECE_S - 1e-9) / 60.0
        refine(job.motion, first, second, minutes, slow, half, miss, speed)
        near = miss < job.distance_km
        return Minima(first, second, minutes, miss, speed, slow).take(near)

    def _encounters(self, found: Minima) -> Encounters:
        marked = self._job.marked[: len(self._ready)] != 0
        return encounters_of(self._ready, found, self._volume, marked)

    def _shapes(
        self, elements: MeanElements, beside: Sequence[Ephemeris]
    ) -> tuple[Floats, Floats]:
        """(trajectories,) semi-major axis and eccentricity, an ephemeris's from its radii."""
        count, row = len(elements), self._ready.row
        axis, e = np.zeros(len(row)), np.zeros(len(row))
        known = np.flatnonzero((row >= 0) & (row < count))
        axis[known] = elements.semi_major_axis_km[row[known]]
        e[known] = elements.eccentricity[row[known]]
        for k, one in enumerate(beside):
            radius = np.linalg.norm(one.position_km, axis=1)
            low, high = radius.min(), radius.max()
            axis[row == count + k] = 0.5 * (low + high)
            e[row == count + k] = (high - low) / (high + low)
        return axis, e


def joined(one: Minima, other: Minima) -> Minima:
    """Return the minima of both, in no order."""
    return Minima(
        *(
            np.concatenate([getattr(one, name), getattr(other, name)])
            for name in ("first", "second", "minute", "miss_km", "speed_km_s", "slow")
        )
    )


def with_nodes(ready: Trajectories, start_tai_ns: int, stop_tai_ns: int) -> Trajectories:
    """Return the trajectories with room for the nodes of any resonant orbit over a span."""
    nodes = ready.motion.nodes
    steps = math.ceil((stop_tai_ns - start_tai_ns + 2 * MARGIN_NS) / (STEP_MIN * NS_PER_MIN))
    room = np.zeros((len(nodes), max(steps + 2, nodes.shape[1]), nodes.shape[2]))
    room[:, : nodes.shape[1]] = nodes
    return replace(ready, motion=ready.motion._replace(nodes=room))


def _since(new: Trajectories, origin_tai_ns: int) -> Trajectories:
    """Check that new trajectories count minutes from the same origin as the others."""
    if new.origin_tai_ns != origin_tai_ns:
        raise ValueError(
            f"minutes must count from {origin_tai_ns}, but count from {new.origin_tai_ns}"
        )
    return new
