"""A screening that stays in memory, and is brought up to date when orbits change."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.catalogue.ephemeris import Ephemeris
from commonsky.screen.encounter import Encounters
from commonsky.screen.knots import KNOTS, remainder
from commonsky.screen.pair import PIECE_S, refine, slow_speed_km_s
from commonsky.screen.resident import (
    Traces,
    candidates_of,
    own_states,
    probe_of,
    rows_in_reach,
    scan,
)
from commonsky.screen.screener import encounters_of, prepare_job
from commonsky.screen.screening import LONGEST_STEP_S, Job, Minima, Progress, minima, ordered
from commonsky.screen.tiles import STATE_TILE, TILE
from commonsky.screen.trajectory import (
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
        executor: Executor | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._span = start_tai_ns, stop_tai_ns
        self._volume = volume
        self.executor = executor
        ready = trajectories(elements, identity, start_tai_ns, stop_tai_ns, ephemerides)
        self._ready = ready = with_spare(ready, SPARE)
        rows = len(elements) + len(ephemerides)
        chosen = np.ones(rows, bool) if primary is None else primary
        self._job: Job = prepare_job(
            ready, start_tai_ns, stop_tai_ns, volume, (ready.row < 0) | chosen[ready.row], step_s
        )
        steps = self._job.span.steps
        self._traces = Traces.empty(self._apogees_km(elements, ephemerides), steps + 1)
        everything = slice(None)

        def keep(states: NDArray[np.float32], knots: int, step: int) -> None:
            self._traces.take_in(everything, states, knots, step, self._job, self._job.remainder)

        self._minima, tally = minima(self._job, executor, progress, keep)
        self.knots, self.step_s = tally.knots, step_s
        self.unusable_knots = np.zeros(rows, np.int64)
        known = ready.row >= 0
        self.unusable_knots[ready.row[known]] = tally.unusable_knots[known]
        start = self._job.span.start_minute
        padded = -(-(steps + 1) // KNOTS) * KNOTS
        self._minutes = start + np.arange(padded) * (step_s / 60.0)

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

    def update(self, elements: MeanElements, rows: Ints, identity: Ints) -> Replaced:
        """
        Take changed element sets (k,), which are now at `rows` of the table, under `identity`.

        A row beyond the table is a new object.
        """
        changed = [
            self._replace(elements.take(np.array([k])), int(rows[k]), identity[k : k + 1])
            for k in range(len(elements))
        ]
        gone = np.array([o for old_and_new in changed for o in old_and_new], np.int64)
        mine = self._minima.of(gone)
        before = self._encounters(self._minima.take(mine))
        found = [self._minima_of(new) for _, new in changed]
        again = ordered(found, self._job.span) if found else self._minima.take(mine[:0])
        self._minima = joined(self._minima.take(~mine), again)
        return Replaced(before, self._encounters(again))

    def _replace(self, one: MeanElements, row: int, identity: Ints) -> tuple[int, int]:
        """Put an orbit in its place; its trajectory before, which may be a new one, and now."""
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
                remove_row(self._ready, old)
                self._traces.forget(old, 0.0)
            o = int(empty[0])
        else:
            o = old
        replace_row(self._ready, o, row, new)
        self._trace(o, one)
        return (old if old >= 0 else o), o

    def _trace(self, o: int, one: MeanElements) -> None:
        """Make the positions of one trajectory, and its bounds."""
        job, ready = self._job, self._ready
        begin = job.span.start_minute
        last = begin + job.span.steps * job.span.step_s / 60.0
        job.remainder[o] = remainder(
            ready.motion, o, ready.phase_rad[o], ready.rate_rad_min[o], begin, last,
            job.span.step_s,
        )  # fmt: skip
        job.identity[o] = ready.identity[o]
        self._traces.forget(o, float(_apogee_km(one)[0]))
        knots = job.span.steps + 1
        states = np.zeros(len(self._minutes) * STATE_TILE, np.float32)
        buffer, status = np.empty((6, len(self._minutes))), np.empty(len(self._minutes), np.int8)
        unusable = own_states(ready.motion, o, self._minutes, knots, states, buffer, status)
        missed = np.zeros(TILE, np.float32)
        missed[0] = job.remainder[o]
        self._traces.take_in(slice(o, o + 1), states, knots, 0, job, missed)
        row = ready.row[o]
        if row >= len(self.unusable_knots):
            self.unusable_knots = np.append(self.unusable_knots, np.zeros(row + 1, np.int64))
            self.unusable_knots = self.unusable_knots[: row + 1]
        self.unusable_knots[row] = unusable

    def _minima_of(self, o: int) -> Minima:
        """All minima of one trajectory with the others."""
        job, traces = self._job, self._traces
        probe = probe_of(traces, o, job)
        rows = rows_in_reach(traces, np.flatnonzero(self._ready.row >= 0), o)
        if not job.marked[o]:
            rows = rows[job.marked[rows] != 0]
        parts = [rows[k : k + ROWS_PER_TASK] for k in range(0, len(rows), ROWS_PER_TASK)]

        def part(some: Ints) -> Minima:
            room = HITS
            while True:
                hits = np.empty((room, 2), np.int64)
                found = scan(
                    traces.count, traces.unit_km, traces.departure_km, traces.swing_km,
                    traces.loose, some, probe.lines, probe.intervals, bool(traces.loose[o]), hits,
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

    def _apogees_km(self, elements: MeanElements, beside: Sequence[Ephemeris]) -> Floats:
        """(trajectories,) highest radius to be expected of each."""
        count = len(elements)
        highest = np.zeros(len(self._ready))
        row = self._ready.row
        known = np.flatnonzero((row >= 0) & (row < count))
        highest[known] = _apogee_km(elements)[row[known]]
        for k, one in enumerate(beside):
            highest[row == count + k] = np.linalg.norm(one.position_km, axis=1).max()
        return highest


def joined(one: Minima, other: Minima) -> Minima:
    """Return the minima of both, in no order."""
    return Minima(
        *(
            np.concatenate([getattr(one, name), getattr(other, name)])
            for name in ("first", "second", "minute", "miss_km", "speed_km_s", "slow")
        )
    )


def _apogee_km(elements: MeanElements) -> Floats:
    return elements.semi_major_axis_km * (1.0 + elements.eccentricity)


def _since(new: Trajectories, origin_tai_ns: int) -> Trajectories:
    """Check that new trajectories count minutes from the same origin as the others."""
    if new.origin_tai_ns != origin_tai_ns:
        raise ValueError(
            f"minutes must count from {origin_tai_ns}, but count from {new.origin_tai_ns}"
        )
    return new
