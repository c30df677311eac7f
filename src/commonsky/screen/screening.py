"""
All-on-all screening of a span: every local minimum of the distance inside a volume.

The span is cut into blocks of knots; a thread takes a block, with buffers of its own.  Events are
decided on exact states, so that neither blocks nor threads nor the step change what is found.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field, fields, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.screen.interval import layer_edges
from commonsky.screen.knots import KNOTS, fill
from commonsky.screen.motion import Motion
from commonsky.screen.pair import PIECE_S, refine, slow_speed_km_s
from commonsky.screen.sweep import CANDIDATES, HITS, LAYER_MEMBERS, MEMBERSHIPS, sweep
from commonsky.screen.tiles import MEMBERS, PADDING, STATE_TILE, TILE

STEP_S = 300.0
# What `commonsky.screen.pair` derives for fast pairs holds up to here.
LONGEST_STEP_S = 360.0
LAYER_KM = 40.0
THINNEST_LAYER_KM = 5.0
FEW_PRIMARIES = 200
# What the buffers of a block hold at first: candidates, runs of neighbours with a hit, and layers
# of each object.  Where one is too small it is made larger, and the block gone through again.
ROOM, RUNS, LAYERS_EACH = 60_000, 1 << 14, 8
STATES_PER_BLOCK = 1_000_000  # object-knots in a block: 24 bytes each

LOCK: Final = threading.Lock()  # held while bounds are widened, some microseconds

Progress = Callable[[float, float], None]
Keep = Callable[[NDArray[np.float32], int, int], None]


@dataclass(frozen=True, slots=True)
class Span:
    """From `start_minute` to `stop_minute` in steps of `step_s`, a multiple of 60 up to 360 s."""

    start_minute: float
    stop_minute: float
    step_s: float = STEP_S
    even: bool = False  # whether the number of steps must be even

    def __post_init__(self) -> None:
        if not 60.0 <= self.step_s <= LONGEST_STEP_S or self.step_s % PIECE_S:
            raise ValueError(
                f"step_s must be a multiple of {PIECE_S:.0f} s up to {LONGEST_STEP_S:.0f} s, "
                f"but is {self.step_s} s"
            )
        if not self.stop_minute > self.start_minute:
            raise ValueError("the span to screen is empty")

    @property
    def steps(self) -> int:
        """How many steps cover the span."""
        needed = math.ceil((self.stop_minute - self.start_minute) * 60.0 / self.step_s - 1e-9)
        return needed + needed % 2 if self.even else needed


@dataclass(frozen=True, slots=True)
class Minima:
    """
    n local minima below a distance: trajectories, minutes, miss (km), relative speed (km/s).

    `slow` marks what was decided on exact states a minute apart.
    """

    first: Ints
    second: Ints
    minute: Floats
    miss_km: Floats
    speed_km_s: Floats
    slow: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.first)

    def take(self, rows: Ints | NDArray[np.bool_]) -> Minima:
        """Return the minima at `rows`, in that order."""
        return Minima(*(getattr(self, column.name)[rows] for column in fields(self)))

    def of(self, trajectories: Ints) -> NDArray[np.bool_]:
        """(n,) which minima one of these trajectories takes part in."""
        found = np.zeros(len(self), np.bool_)
        for o in trajectories.tolist():  # a few, for which this is quicker than a search
            found |= (self.first == o) | (self.second == o)
        return found


@dataclass(slots=True)
class Tally:
    """What a screening did: counts for the summary and the benchmark."""

    unusable_knots: Ints
    knots: int = 0
    statistics: Ints = field(default_factory=lambda: np.zeros(4, np.int64))
    candidates: int = 0

    def add(self, other: Tally) -> None:
        """Add what another block counted."""
        self.unusable_knots += other.unusable_knots
        self.knots += other.knots
        self.statistics += other.statistics
        self.candidates += other.candidates


@dataclass(frozen=True, slots=True)
class Job:
    """
    One screening: everything its blocks share.

    `remainder` (km) is what quintics between knots miss, as far as it is known before the knots
    are: of ephemerides, and where blocks are kept of the blocks so far.
    """

    motion: Motion
    count: int
    span: Span
    distance_km: float
    remainder: NDArray[np.float32]
    identity: Ints
    marked: NDArray[np.uint8]
    few_marked: bool
    layer_km: float = LAYER_KM
    block_knots: int = KNOTS

    @property
    def tiles(self) -> int:
        """Tiles of objects."""
        return -(-self.count // TILE)


def block(
    job: Job, step: int, keep: Keep | None, spare: list[NDArray[np.float32]]
) -> tuple[Minima, Tally]:
    """
    Minima in the steps from `step` to the end of its block; `keep` is given its states.

    Room for states is taken from `spare` and given back: made anew by every block, the largest
    buffer would stay with the process for ever, once for each thread.
    """
    knots = min(job.block_knots, job.span.steps - step + 1)
    start = job.span.start_minute
    padded = -(-job.block_knots // KNOTS) * KNOTS
    minutes = start + (step + np.arange(padded)) * (job.span.step_s / 60.0)
    room = job.block_knots * job.tiles * STATE_TILE
    states = spare.pop() if spare else np.ones(room, np.float32)
    unusable = np.zeros(job.count, np.int64)
    missed = job.remainder.copy()
    fill(
        job.motion, job.count, minutes, knots, job.tiles, job.span.step_s, missed, states,
        unusable,
    )  # fmt: skip
    if keep:
        with LOCK:
            np.maximum(job.remainder, missed, out=job.remainder)
        keep(states, knots, step)
    job = replace(job, remainder=missed)
    pairs, at, statistics = candidates(job, states, knots, float(minutes[0]))
    spare.append(states)
    slow = pairs[:, 2] != 0
    miss, speed = np.empty(len(at)), np.empty(len(at))
    half = 0.5 * job.span.step_s / math.ceil(job.span.step_s / PIECE_S - 1e-9) / 60.0
    refine(job.motion, pairs[:, 0].copy(), pairs[:, 1].copy(), at, slow, half, miss, speed)
    near = miss < job.distance_km
    found = Minima(pairs[near, 0], pairs[near, 1], at[near], miss[near], speed[near], slow[near])
    return found, Tally(unusable, knots, statistics, len(at))


def candidates(
    job: Job, states: NDArray[np.float32], knots: int, minute: float
) -> tuple[Ints, Floats, Ints]:
    """Candidate pairs of one block, (n, 3) and their minutes (n,); buffers grow until they do."""
    room, runs, memberships = ROOM, RUNS, LAYERS_EACH * job.count + 1024
    thickness = job.layer_km
    while True:
        edges, layer_of = layer_edges(thickness)
        pairs, at = np.empty((room, 3), np.int64), np.empty(room)
        hits = np.empty((runs, 3), np.int64)
        needed, statistics = np.zeros(4, np.int64), np.zeros(4, np.int64)
        found = sweep(
            states, job.tiles, job.count, knots, job.span.step_s, job.distance_km,
            slow_speed_km_s(job.distance_km), job.remainder, edges, layer_of, 0.5 * thickness,
            job.identity, job.marked, job.few_marked, minute, pairs, at, hits, memberships,
            needed, statistics,
        )  # fmt: skip
        if needed[LAYER_MEMBERS] > MEMBERS - PADDING:
            if thickness <= THINNEST_LAYER_KM:
                raise ValueError(
                    f"{needed[LAYER_MEMBERS]} objects share one layer of {thickness:.0f} km, but "
                    f"at most {MEMBERS - PADDING} can: screen by parts, with primaries"
                )
            thickness = max(THINNEST_LAYER_KM, 5.0 * (thickness // 10.0))
        elif needed[MEMBERSHIPS] > memberships:
            memberships = int(1.2 * needed[MEMBERSHIPS])
        elif needed[HITS] > runs:
            runs = int(1.2 * needed[HITS])
        elif needed[CANDIDATES] > room:
            room = int(1.2 * needed[CANDIDATES])
        else:
            return pairs[:found].copy(), at[:found].copy(), statistics


def minima(
    job: Job,
    executor: Executor | None = None,
    progress: Progress | None = None,
    keep: Keep | None = None,
) -> tuple[Minima, Tally]:
    """
    All minima of a job, in order of time, then trajectories; blocks go to the executor.

    `keep` is given the states of each block (tiles of float32), its knots and its first knot.
    """
    starts = range(0, job.span.steps, job.block_knots - 1)
    parts: list[Minima] = []
    tally = Tally(np.zeros(job.count, np.int64))
    spare: list[NDArray[np.float32]] = []
    results: Iterator[tuple[Minima, Tally]]
    results = (executor.map if executor else map)(lambda k: block(job, k, keep, spare), starts)
    for number, (part, counted) in enumerate(results):
        parts.append(part)
        tally.add(counted)
        if progress:
            progress(number + 1, len(starts))
    return ordered(parts, job.span), tally


def ordered(parts: list[Minima], span: Span) -> Minima:
    """Minima of all parts inside the span, sorted, each once."""
    columns = [
        np.concatenate([getattr(p, name) for p in parts])
        for name in ("first", "second", "minute", "miss_km", "speed_km_s", "slow")
    ]
    first, second, minute = columns[:3]
    order = np.lexsort((minute, second, first))
    a, b, t = first[order], second[order], minute[order]
    # A root of the range rate that two neighbouring pieces both converge to counts once.
    again = np.zeros(len(order), bool)
    again[1:] = (a[1:] == a[:-1]) & (b[1:] == b[:-1]) & (t[1:] - t[:-1] < 1e-3 / 60.0)
    kept = order[~again & (t >= span.start_minute) & (t < span.stop_minute)]
    kept = kept[np.lexsort((second[kept], first[kept], minute[kept]))]
    return Minima(*(column[kept] for column in columns))
