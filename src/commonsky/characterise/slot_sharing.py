"""
Who shares a slot with whom in the geosynchronous belt, and since when: a sweep over longitudes.

Every six hours all objects are put in order of mean longitude, and neighbours are followed from
then on until they part.  Between two sets an object is where they both say by themselves, or, if
somebody steered, on the line between them, unless it went somewhere else: then nobody knows.
Where both have fresh sets, states tell how near they came.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S
from commonsky.astro.kernels import kernel
from commonsky.characterise.history import History
from commonsky.characterise.longitude import (
    MIN_PER_DAY,
    REACH_DAYS,
    Longitudes,
    Steps,
    ahead,
)
from commonsky.characterise.prediction import Theory
from commonsky.characterise.set_states import SetStates, separation_km

SLOT_RAD: Final = math.radians(0.15)  # who is nearer than this shares a slot
PARTED_RAD: Final = math.radians(0.25)
UNKNOWN_DAYS: Final = 60.0  # who was not seen for so long shares no slot any more
ELSEWHERE_RAD: Final = math.radians(0.5)
BY_ITSELF_RAD: Final = math.radians(0.1)
ALONE_DAYS: Final = 10.0  # how far a set says where something is, without another that agrees
STEP_NS: Final = NS_PER_DAY // 4
HOUR_NS: Final = NS_PER_DAY // 24
LEAST_SHARED_DAYS: Final = 3.0
# Columns of a run while it is followed.
ONE, OTHER, BEGUN, SEEN, NEAREST_AT, FRESH_AT, HITS, STALE, WITHIN = range(9)
COLUMNS: Final = 9
MARKS: Final = 4  # least difference of longitudes, drift then, least distance, whether by young
YOUNG_DAYS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Colocations:
    """
    Runs of time in which two objects of the belt shared a slot; every column (k,).

    `one` and `other` are objects (indices).  `apart_rad` is the least difference of mean
    longitude, other less one, at `nearest_tai_ns`; `closest_km` the least distance that fresh sets
    tell, sampled hourly, at `closest_tai_ns`; nan and 0 where none were fresh together.  `stale`
    is the share of the run in which not both were fresh, `within_s` the time closer than asked.
    """

    one: Ints
    other: Ints
    begun_tai_ns: Ints
    ended_tai_ns: Ints
    nearest_tai_ns: Ints
    apart_rad: Floats
    drift_rad_day: Floats
    closest_tai_ns: Ints
    closest_km: Floats
    stale: Floats
    within_s: Floats

    def __len__(self) -> int:
        return len(self.one)


def shared_slots(
    history: History, where: Longitudes, between: Steps, coefficients: Theory, sets: SetStates,
    fresh_days: float, within_km: float, start_tai_ns: int, stop_tai_ns: int,
) -> Colocations:  # fmt: skip
    """Return all runs of shared slots between two times."""
    curve = np.zeros(len(history.elements))
    _curves(
        coefficients.near, coefficients.deep, coefficients.row, coefficients.is_deep, curve
    )  # fmt: skip
    objects = np.unique(history.owner[where.in_belt])
    times = np.arange(start_tai_ns, stop_tai_ns + 1, STEP_NS, dtype=np.int64)
    rows, marks = _followed(
        history, where, between, curve, objects, sets, (fresh_days, within_km), times
    )
    days = (rows[:, SEEN] - rows[:, BEGUN]) / NS_PER_DAY
    keep = np.flatnonzero((marks[:, 2] <= within_km) | (days >= LEAST_SHARED_DAYS))
    keep = keep[np.lexsort((rows[keep, OTHER], rows[keep, ONE], rows[keep, BEGUN]))]
    rows, marks = rows[keep], marks[keep]
    seen = np.isfinite(marks[:, 2])
    return Colocations(
        objects[rows[:, ONE]], objects[rows[:, OTHER]], rows[:, BEGUN], rows[:, SEEN],
        rows[:, NEAREST_AT], marks[:, 0], marks[:, 1], rows[:, FRESH_AT],
        np.where(seen, marks[:, 2], np.nan), rows[:, STALE] / np.maximum(rows[:, HITS], 1),
        (rows[:, WITHIN] * (HOUR_NS // NS_PER_S)).astype(np.float64),
    )  # fmt: skip


@kernel()
def _curves(near: Floats, deep: Floats, row: Ints, is_deep: Floats, out: Floats) -> None:
    """How the drift of each set changes by itself, rad a day each day."""
    for k in range(len(out)):
        out[k] = ahead(near, deep, row, is_deep, k, MIN_PER_DAY)[1]


@kernel()
def _place(
    k: int, end: int, at: int, epoch: Ints, longitude: Floats, drift: Floats, curve: Floats,
    moved: Floats, forward: Floats,
) -> tuple[float, float, int]:  # fmt: skip
    """Longitude and drift at a time from set k, the last before, or the next; and which it was."""
    days = (at - epoch[k]) / NS_PER_DAY
    has_next = k + 1 < end
    gap = (epoch[k + 1] - epoch[k]) / NS_PER_DAY if has_next else np.inf
    nearest = k + 1 if has_next and days > 0.5 * gap else k
    since = (at - epoch[nearest]) / NS_PER_DAY
    free = longitude[nearest] + since * (drift[nearest] + 0.5 * since * curve[nearest])
    rate = drift[nearest] + since * curve[nearest]
    if has_next and days > 0.0 and gap <= REACH_DAYS:
        if abs(forward[k]) <= BY_ITSELF_RAD:
            return free, rate, nearest
        if abs(moved[k]) <= ELSEWHERE_RAD:
            return longitude[k] + moved[k] * days / gap, moved[k] / gap, nearest
    if abs(since) <= ALONE_DAYS:
        return free, rate, nearest
    return np.nan, np.nan, nearest


class _Runs:
    """Runs of pairs that are followed, `count` of them, and those that are over."""

    def __init__(self, objects: int) -> None:
        self.rows, self.marks = np.zeros((1024, COLUMNS), np.int64), np.zeros((1024, MARKS))
        self.over = np.zeros(1024, np.bool_)
        self.number = np.full((objects, objects), -1, np.int32)  # of each pair's run
        self.count = 0
        self.done: list[tuple[Ints, Floats]] = []

    def close(self) -> None:
        """Put aside the runs that are over."""
        rows, marks = self.rows[: self.count], self.marks[: self.count]
        over = self.over[: self.count]
        self.done.append((rows[over].copy(), marks[over].copy()))
        self.number[rows[over, ONE], rows[over, OTHER]] = -1
        rows, marks = rows[~over], marks[~over]
        self.count = len(rows)
        self.rows[: self.count], self.marks[: self.count] = rows, marks
        self.number[rows[:, ONE], rows[:, OTHER]] = np.arange(self.count)

    def grow(self) -> None:
        """Make room for as many runs again."""
        self.rows = np.concatenate([self.rows, np.zeros_like(self.rows)])
        self.marks = np.concatenate([self.marks, np.zeros_like(self.marks)])
        self.over = np.zeros(len(self.rows), np.bool_)


def _followed(
    history: History, where: Longitudes, between: Steps, curve: Floats, objects: Ints,
    sets: SetStates, look: tuple[float, float], times_tai_ns: Ints,
) -> tuple[Ints, Floats]:  # fmt: skip
    """Follow all pairs of objects through times; the runs and their marks."""
    pointer, m = history.first[objects].copy(), len(objects)
    place, rate, used = np.full(m, np.nan), np.full(m, np.nan), np.zeros(m, np.int64)
    runs = _Runs(m)
    for at in times_tai_ns.tolist():
        _places(
            history.first, history.elements.epoch_tai_ns, where.longitude_rad,
            where.drift_rad_day, where.in_belt, curve, between.moved_rad, between.forward_rad,
            objects, pointer, at, place, rate, used,
        )  # fmt: skip
        if _continue_all(runs.rows, runs.marks, runs.count, place, rate, at, runs.over):
            runs.close()
        order = np.argsort(place)  # what is nowhere comes last
        known = int(np.isfinite(place).sum())
        while True:
            runs.count, finished = _open(
                runs.rows, runs.marks, runs.count, runs.number, order, known, place, rate, at
            )
            if finished:
                break
            runs.grow()
        _look_all(runs.rows, runs.marks, runs.count, used, sets, look[0], look[1], at)
    runs.over[: runs.count] = True
    runs.close()
    return (
        np.concatenate([rows for rows, _ in runs.done]),
        np.concatenate([marks for _, marks in runs.done]),
    )


@kernel()
def _continue_all(
    rows: Ints, marks: Floats, count: int, place: Floats, rate: Floats, at: int, over: Floats
) -> bool:
    """Take all runs on to a time; whether any is over."""
    found = False
    for i in range(count):
        over[i] = _ends(rows[i], marks[i], place, rate, at)
        found |= over[i]
    return found


@kernel()
def _open(
    rows: Ints, marks: Floats, count: int, number: Ints, order: Ints, known: int, place: Floats,
    rate: Floats, at: int,
) -> tuple[int, bool]:  # fmt: skip
    """Begin runs of neighbours that have none; how many there are, and whether all had room."""
    for a in range(known):
        for way in range(1, known):
            b = (a + way) % known
            one, other = min(order[a], order[b]), max(order[a], order[b])
            if abs(_short(place[other] - place[one])) > SLOT_RAD:
                break
            if number[one, other] >= 0:
                continue
            if count == len(rows):
                return count, False
            rows[count] = 0
            rows[count, ONE], rows[count, OTHER], rows[count, BEGUN] = one, other, at
            marks[count, 0], marks[count, 1] = 9.0, 0.0
            marks[count, 2], marks[count, 3] = np.inf, 0.0
            _ends(rows[count], marks[count], place, rate, at)
            number[one, other] = count
            count += 1
    return count, True


@kernel()
def _look_all(
    rows: Ints, marks: Floats, count: int, used: Ints, sets: SetStates, fresh_days: float,
    within_km: float, at: int,
) -> None:  # fmt: skip
    """Look how near those came that share a slot now."""
    for i in range(count):
        if rows[i, SEEN] == at:
            _look(rows[i], marks[i], used, sets, fresh_days, within_km, at)


@kernel()
def _short(angle: float) -> float:
    return (angle + math.pi) % (2.0 * math.pi) - math.pi


@kernel()
def _places(
    first: Ints, epoch: Ints, longitude: Floats, drift: Floats, in_belt: Floats, curve: Floats,
    moved: Floats, forward: Floats, objects: Ints, pointer: Ints, at: int, place: Floats,
    rate: Floats, used: Ints,
) -> None:  # fmt: skip
    """Where all objects are at a time, in 0..2 pi; nan where nobody knows."""
    for i in range(len(objects)):
        end = first[objects[i] + 1]
        k = pointer[i]
        while k + 1 < end and epoch[k + 1] <= at:
            k += 1
        pointer[i] = k
        place[i], rate[i], used[i] = _place(
            k, end, at, epoch, longitude, drift, curve, moved, forward
        )
        if in_belt[used[i]]:
            place[i] %= 2.0 * math.pi
        else:
            place[i] = np.nan


@kernel()
def _ends(row: Ints, mark: Floats, place: Floats, rate: Floats, at: int) -> bool:
    """Take a run on to a time; whether it is over."""
    one, other = row[ONE], row[OTHER]
    gap = _short(place[other] - place[one])
    if not math.isfinite(gap):
        return at - row[SEEN] > UNKNOWN_DAYS * NS_PER_DAY
    if abs(gap) > PARTED_RAD:
        return True
    if abs(gap) <= SLOT_RAD:
        row[SEEN] = at
        row[HITS] += 1
        if abs(gap) < abs(mark[0]):
            mark[0], mark[1] = gap, rate[other] - rate[one]
            row[NEAREST_AT] = at
    return False


@kernel()
def _look(
    row: Ints, mark: Floats, used: Ints, sets: SetStates, fresh_days: float, within_km: float,
    at: int,
) -> None:  # fmt: skip
    """How near fresh sets say the two came in the six hours from a time on."""
    one, other = used[row[ONE]], used[row[OTHER]]
    middle = at + STEP_NS // 2
    age = max(abs(middle - sets.epoch_tai_ns[one]), abs(middle - sets.epoch_tai_ns[other]))
    if age > fresh_days * NS_PER_DAY:
        row[STALE] += 1
        return
    # A distance from sets of the same day stands before one from older ones, if it is an approach.
    young = age <= YOUNG_DAYS * NS_PER_DAY
    better = young and mark[3] != 1.0
    for hour in range(STEP_NS // HOUR_NS):
        moment = at + hour * HOUR_NS
        found = separation_km(sets, one, other, moment)
        if found <= within_km:
            row[WITHIN] += 1
        if (found < mark[2] and young >= (mark[3] == 1.0)) or (better and found <= within_km):
            mark[2] = found
            row[FRESH_AT] = moment
            if young and found <= within_km:
                mark[3], better = 1.0, False
