"""Screening of a whole catalogue, and of what changed in it since."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Ints
from commonsky.astro.elements import MeanElements
from commonsky.catalogue.ephemeris import Ephemeris
from commonsky.screen.encounter import Encounters
from commonsky.screen.knots import KNOTS, ephemeris_misses
from commonsky.screen.revolution import SLOW_KM_S, once_per_revolution
from commonsky.screen.screening import (
    FEW_PRIMARIES,
    STATES_PER_BLOCK,
    STEP_S,
    Job,
    Minima,
    Progress,
    Span,
    Tally,
    minima,
)
from commonsky.screen.tiles import TILE
from commonsky.screen.trajectory import (
    NS_PER_MIN,
    Trajectories,
    relative_ric_km,
    states_at,
    trajectories,
)
from commonsky.screen.volume import Volume


@dataclass(frozen=True, slots=True)
class Screening:
    """
    What a screening found, and what it covered.

    `unusable_knots` counts, by row and of `knots`, those at which a trajectory had no usable state
    (decayed, refused by SGP4, outside its ephemeris).  Nothing that is met then counts; up to a
    step before SGP4 refuses an object it is not screened.
    """

    encounters: Encounters
    unusable_knots: Ints
    knots: int
    step_s: float
    tally: Tally


def screen(
    elements: MeanElements,
    identity: Ints,
    start_tai_ns: int,
    stop_tai_ns: int,
    volume: Volume,
    *,
    ephemerides: Sequence[Ephemeris] = (),
    primary: NDArray[np.bool_] | None = None,
    step_s: float = STEP_S,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Screening:
    """
    Every local minimum of the distance inside the volume about a primary, in start..stop.

    Rows are element sets (n,) and after them the ephemerides; `identity` (n,) is the catalogue
    number, and rows of one object never meet.  `primary` (n + ephemerides,) says which rows may
    be primaries, by default all.  An object without a usable state is screened where it has one.
    """
    ready = trajectories(elements, identity, start_tai_ns, stop_tai_ns, ephemerides)
    rows = len(elements) + len(ephemerides)
    chosen = np.ones(rows, bool) if primary is None else primary
    if chosen.shape != (rows,):
        raise ValueError(
            f"{rows} rows of element sets and ephemerides need as many marks of primaries, but "
            f"primary has shape {chosen.shape}"
        )
    job = prepare_job(ready, start_tai_ns, stop_tai_ns, volume, chosen[ready.row], step_s)
    found, tally = minima(job, executor, progress)
    unusable = np.zeros(rows, np.int64)
    unusable[ready.row] = tally.unusable_knots
    encounters = encounters_of(ready, found, volume, chosen[ready.row])
    return Screening(encounters, unusable, tally.knots, step_s, tally)


def prepare_job(
    ready: Trajectories,
    start_tai_ns: int,
    stop_tai_ns: int,
    volume: Volume,
    primary: NDArray[np.bool_],
    step_s: float,
    *,
    block_knots: int = KNOTS,
    even: bool = False,
) -> Job:
    """Everything that the blocks of one screening share; `even`: an even number of steps."""
    begin = (start_tai_ns - ready.origin_tai_ns) / NS_PER_MIN
    end = (stop_tai_ns - ready.origin_tai_ns) / NS_PER_MIN
    span = Span(begin, end, step_s, even=even)
    count = len(ready)
    last = begin + span.steps * step_s / 60.0
    room = -(-count // TILE) * TILE
    remainder = np.zeros(room, np.float32)
    first = len(ready.motion.near) + len(ready.motion.deep)
    ephemeris_misses(ready.motion, first, begin, last, step_s, remainder[:count])
    marked = np.zeros(room, np.uint8)
    marked[:count] = primary
    few = int(primary.sum()) <= FEW_PRIMARIES and not bool(primary.all())
    knots = block_knots if count * KNOTS <= STATES_PER_BLOCK * 4 else (block_knots + 1) // 2
    return Job(
        ready.motion, count, span, volume.bounding_radius_km, remainder, ready.identity, marked,
        few, block_knots=knots,
    )  # fmt: skip


def encounters_of(
    ready: Trajectories, found: Minima, volume: Volume, primary: NDArray[np.bool_]
) -> Encounters:
    """Geometry of minima at their exact times, those inside the volume of a primary."""
    # Object 1 has the lower catalogue number; of one number, which cannot be, the lower row.
    swap = ready.identity[found.first] > ready.identity[found.second]
    first = np.where(swap, found.second, found.first)
    second = np.where(swap, found.first, found.second)
    one, two = np.empty((len(found), 6)), np.empty((len(found), 6))
    status = np.empty((2, len(found)), np.int8)
    states_at(ready.motion, first, found.minute, one, status[0])
    states_at(ready.motion, second, found.minute, two, status[1])
    relative = two[:, :3] - one[:, :3]
    ric = relative_ric_km(one[:, :3], one[:, 3:], relative)
    back = relative_ric_km(two[:, :3], two[:, 3:], -relative)
    inside = (volume.holds(ric) & primary[first]) | (volume.holds(back) & primary[second])
    inside &= (status == 0).all(axis=0)
    speed = np.linalg.norm(two[:, 3:] - one[:, 3:], axis=1)
    miss = np.linalg.norm(relative, axis=1)
    period = 2.0 * np.pi / ready.rate_rad_min
    rows = np.flatnonzero(inside)
    rows = rows[
        once_per_revolution(
            first[rows], second[rows], found.minute[rows], miss[rows], speed[rows], period
        )
    ]
    tca = ready.origin_tai_ns + np.rint(found.minute[rows] * NS_PER_MIN).astype(np.int64)
    order = np.lexsort((ready.identity[second[rows]], ready.identity[first[rows]], tca))
    rows, tca = rows[order], tca[order]
    return Encounters(
        ready.row[first[rows]], ready.row[second[rows]], tca, miss[rows], speed[rows], ric[rows],
        one[rows, :3], one[rows, 3:], two[rows, :3], two[rows, 3:], speed[rows] < SLOW_KM_S,
    )  # fmt: skip
