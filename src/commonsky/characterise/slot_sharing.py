"""
Who shares a slot with whom in the geosynchronous belt, and since when: a sweep over longitudes.

Every three hours all objects are put in order of mean longitude, and neighbours are followed from
then on until they part.  Where both have fresh sets, states tell how near they came.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.kernels import kernel
from commonsky.astro.sgp4_layout import A0, ECCO
from commonsky.astro.sgp4_state import RE_KM
from commonsky.characterise.belt_places import Belt, places
from commonsky.characterise.set_states import SetStates, state_at

SLOT_RAD: Final = math.radians(0.15)  # who is nearer than this shares a slot
# Mean longitudes of objects within 100 km may be so far apart, for they swing about them; who
# drifts by at less than 4 degrees a day is seen in steps of three hours.
LOOK_RAD: Final = math.radians(0.25)
PARTED_RAD: Final = math.radians(0.35)
# What swings by more than the first is looked for further away, up to the second.
LEAST_SWING_RAD, MOST_SWING_RAD = math.radians(0.06), math.radians(1.5)
UNKNOWN_DAYS: Final = 60.0  # who was not seen for so long shares no slot any more
STEP_NS: Final = NS_PER_DAY // 8
SAMPLES: Final = 2  # of a step
SAMPLE_NS: Final = STEP_NS // SAMPLES
BENT: Final = 1.5
YOUNG_DAYS: Final = 1.0
LEAST_SHARED_DAYS: Final = 3.0
ROOM_KM: Final = 20.0  # for what the bounds below leave out
# Columns of a run while it is followed: of whom; first and last time in the slot, near, and within
# the distance; of the least difference of longitudes and the least distance; steps in the slot,
# those of them without fresh sets, and seconds within the distance.
(
    ONE, OTHER, BEGUN, SEEN, NEAR, MET, LEFT, NEAREST_AT, CLOSEST_AT, HITS, STALE, WITHIN,
) = range(12)  # fmt: skip
COLUMNS: Final = 12
# Least difference of longitudes, drift then, least distance, whether that is by young sets.
APART, DRIFT, CLOSEST, YOUNG = range(4)
MARKS: Final = 4


@dataclass(frozen=True, slots=True)
class Colocations:
    """
    Runs of time in which two objects were together; every column (k,).

    `one` and `other` are objects (indices).  `apart_rad` is the least difference of mean
    longitude, other less one, at `nearest_tai_ns`; `closest_km` the least sampled distance that
    fresh sets tell, at `closest_tai_ns`; nan where none were fresh together.  `stale` is the share
    of the run in which not both were fresh, `within_s` the time closer than asked.
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
    belt: Belt, objects: Ints, sets: SetStates, fresh_days: float, within_km: float,
    start_tai_ns: int, stop_tai_ns: int, step_ns: int = STEP_NS,
) -> Colocations:  # fmt: skip
    """
    Return all runs between two times in which two objects share a slot, or come near.

    Longer steps than the usual one are for slots alone: who comes near is not seen in them.
    """
    times = np.arange(start_tai_ns, stop_tai_ns + 1, step_ns, dtype=np.int64)
    rows, marks = _followed(belt, objects, sets, (fresh_days, within_km), times)
    met = marks[:, CLOSEST] <= within_km
    shared = rows[:, HITS] > 0
    begun = np.where(shared, rows[:, BEGUN], rows[:, MET])
    ended = np.where(shared, rows[:, SEEN], rows[:, LEFT])
    begun = np.where(met, np.minimum(begun, rows[:, MET]), begun)
    ended = np.where(met, np.maximum(ended, rows[:, LEFT]), ended)
    keep = np.flatnonzero(met | (shared & (ended - begun >= LEAST_SHARED_DAYS * NS_PER_DAY)))
    keep = keep[np.lexsort((rows[keep, OTHER], rows[keep, ONE], begun[keep]))]
    rows, marks = rows[keep], marks[keep]
    return Colocations(
        objects[rows[:, ONE]], objects[rows[:, OTHER]], begun[keep], ended[keep],
        rows[:, NEAREST_AT], marks[:, APART], marks[:, DRIFT], rows[:, CLOSEST_AT],
        np.where(np.isfinite(marks[:, CLOSEST]), marks[:, CLOSEST], np.nan),
        np.where(rows[:, HITS] > 0, rows[:, STALE] / np.maximum(rows[:, HITS], 1), 0.0),
        rows[:, WITHIN].astype(np.float64),
    )  # fmt: skip


class _Runs:
    """Runs of pairs that are followed, `count` of them, and those that are over."""

    def __init__(self, objects: int) -> None:
        self.rows, self.marks = np.zeros((1024, COLUMNS), np.int64), np.zeros((1024, MARKS))
        self.over = np.zeros(1024, np.bool_)
        self.number = np.full((objects, objects), -1, np.int32)  # of each pair's run
        self.count = 0
        self.done: list[tuple[Ints, Floats]] = []

    def close(self, over: int) -> None:
        """Put aside the runs that are over, so many of them."""
        rows, marks = np.empty((over, COLUMNS), np.int64), np.empty((over, MARKS))
        self.count = _close(
            self.rows, self.marks, self.over, self.count, self.number, rows, marks
        )  # fmt: skip
        self.done.append((rows, marks))

    def grow(self) -> None:
        """Make room for as many runs again."""
        self.rows = np.concatenate([self.rows, np.zeros_like(self.rows)])
        self.marks = np.concatenate([self.marks, np.zeros_like(self.marks)])
        self.over = np.zeros(len(self.rows), np.bool_)


def _followed(
    belt: Belt, objects: Ints, sets: SetStates, look: tuple[float, float], times_tai_ns: Ints
) -> tuple[Ints, Floats]:
    """Follow all pairs of objects through times; the runs and their marks."""
    pointer, m = belt.first[objects].copy(), len(objects)
    place, rate, used = np.full(m, np.nan), np.full(m, np.nan), np.zeros(m, np.int64)
    swing, runs = np.zeros(m), _Runs(m)
    cache, cached = np.empty((m, SAMPLES, 6)), np.full(m, -1, np.int64)
    for at in times_tai_ns.tolist():
        places(belt, objects, pointer, at, place, rate, used)
        _swings(sets, used, swing)
        over = _continue_all(runs.rows, runs.marks, runs.count, place, rate, swing, at, runs.over)
        if over:
            runs.close(over)
        order = np.argsort(place)  # what is nowhere comes last
        known = int(np.isfinite(place).sum())
        while True:
            runs.count, finished = _open(
                runs.rows,
                runs.marks,
                runs.count,
                runs.number,
                order,
                known,
                place,
                rate,
                swing,
                at,
            )
            if finished:
                break
            runs.grow()
        _look_all(
            runs.rows, runs.marks, runs.count, used, place, rate, sets, look[0], look[1], at,
            cache, cached,
        )  # fmt: skip
    runs.over[: runs.count] = True
    runs.close(runs.count)
    return (
        np.concatenate([rows for rows, _ in runs.done]),
        np.concatenate([marks for _, marks in runs.done]),
    )


@kernel()
def _continue_all(
    rows: Ints, marks: Floats, count: int, place: Floats, rate: Floats, swing: Floats, at: int,
    over: Floats,
) -> int:  # fmt: skip
    """Take all runs on to a time; how many are over."""
    found = 0
    for i in range(count):
        over[i] = _ends(rows[i], marks[i], place, rate, swing, at)
        found += over[i]
    return found


@kernel()
def _close(
    rows: Ints, marks: Floats, over: Floats, count: int, number: Ints, done: Ints,
    done_marks: Floats,
) -> int:  # fmt: skip
    """Move runs that are over out of the way; how many are left."""
    kept = moved = 0
    for i in range(count):
        one, other = rows[i, ONE], rows[i, OTHER]
        if over[i]:
            done[moved], done_marks[moved] = rows[i], marks[i]
            number[one, other] = -1
            moved += 1
            continue
        if kept < i:
            rows[kept], marks[kept] = rows[i], marks[i]
            number[one, other] = kept
        kept += 1
    return kept


@kernel()
def _swings(sets: SetStates, used: Ints, swing: Floats) -> None:
    """How far each object swings about its mean longitude, by its eccentricity."""
    for i in range(len(used)):
        o = sets.row[used[i]]
        swing[i] = 0.0
        if sets.is_deep[used[i]]:
            wide = 2.0 * sets.deep[o, ECCO]
            swing[i] = min(wide, MOST_SWING_RAD) if wide > LEAST_SWING_RAD else 0.0


@kernel()
def _open(
    rows: Ints, marks: Floats, count: int, number: Ints, order: Ints, known: int, place: Floats,
    rate: Floats, swing: Floats, at: int,
) -> tuple[int, bool]:  # fmt: skip
    """Begin runs of neighbours that have none; how many there are, and whether all had room."""
    for a in range(known):
        # Who swings far looks both ways, for those who do not would not look so far.
        wide = swing[order[a]]
        for way in range(1, -3 if wide > 0.0 else 0, -2):
            for step in range(1, known):
                b = (a + way * step) % known
                one, other = min(order[a], order[b]), max(order[a], order[b])
                if abs(_short(place[other] - place[one])) > LOOK_RAD + wide:
                    break
                if number[one, other] >= 0:
                    continue
                if count == len(rows):
                    return count, False
                rows[count] = 0
                rows[count, ONE], rows[count, OTHER] = one, other
                marks[count] = 0.0
                marks[count, APART], marks[count, CLOSEST] = 9.0, np.inf
                _ends(rows[count], marks[count], place, rate, swing, at)
                number[one, other] = count
                count += 1
    return count, True


@kernel()
def _ends(row: Ints, mark: Floats, place: Floats, rate: Floats, swing: Floats, at: int) -> bool:
    """Take a run on to a time; whether it is over."""
    one, other = row[ONE], row[OTHER]
    gap = _short(place[other] - place[one])
    if not math.isfinite(gap):
        return at - row[NEAR] > UNKNOWN_DAYS * NS_PER_DAY
    wider = swing[one] + swing[other]
    if abs(gap) > PARTED_RAD + wider:
        return True
    if abs(gap) <= LOOK_RAD + wider:
        row[NEAR] = at
        if abs(gap) < abs(mark[APART]):
            mark[APART], mark[DRIFT] = gap, rate[other] - rate[one]
            row[NEAREST_AT] = at
    if abs(gap) <= SLOT_RAD:
        if row[HITS] == 0:
            row[BEGUN] = at
        row[SEEN] = at
        row[HITS] += 1
    return False


@kernel()
def _look_all(
    rows: Ints, marks: Floats, count: int, used: Ints, place: Floats, rate: Floats,
    sets: SetStates, fresh_days: float, within_km: float, at: int, cache: Floats, cached: Ints,
) -> None:  # fmt: skip
    """Look how near those came that are near each other now."""
    middle = at + STEP_NS // 2
    for i in range(count):
        row = rows[i]
        if row[NEAR] != at:
            continue
        one, other = used[row[ONE]], used[row[OTHER]]
        age = max(abs(middle - sets.epoch_tai_ns[one]), abs(middle - sets.epoch_tai_ns[other]))
        if age > fresh_days * NS_PER_DAY:
            row[STALE] += row[SEEN] == at
            continue
        gap = abs(_short(place[row[OTHER]] - place[row[ONE]]))
        # In half a step it may drift nearer yet.
        gap -= abs(rate[row[OTHER]] - rate[row[ONE]]) * STEP_NS / NS_PER_DAY
        if not _may_meet(sets, one, other, max(gap, 0.0), within_km):
            continue
        for which in (row[ONE], row[OTHER]):
            if cached[which] != at:
                _sample(sets, used[which], at, cache[which])
                cached[which] = at
        young = age <= YOUNG_DAYS * NS_PER_DAY
        for sample in range(SAMPLES):
            _look(row, marks[i], one, other, sets, young, within_km, at + sample * SAMPLE_NS,
                  cache[row[ONE], sample], cache[row[OTHER], sample])  # fmt: skip


@kernel()
def _sample(sets: SetStates, k: int, at: int, out: Floats) -> None:
    """States of set k in the middle of each sample of a step -> out (samples, 6)."""
    for sample in range(SAMPLES):
        s = state_at(sets, k, at + sample * SAMPLE_NS + SAMPLE_NS // 2)
        for c in range(6):
            out[sample, c] = s[c]


@kernel()
def _may_meet(sets: SetStates, one: int, other: int, gap: float, within_km: float) -> bool:
    """Whether eccentricities let two come within a distance, by height and along the track."""
    a, b = sets.deep[sets.row[one]], sets.deep[sets.row[other]]
    swing = RE_KM * (a[A0] * a[ECCO] + b[A0] * b[ECCO])
    higher = RE_KM * abs(a[A0] - b[A0])
    reach = within_km + ROOM_KM
    return higher - swing <= reach and gap * RE_KM * a[A0] - 2.0 * swing <= reach


@kernel()
def _look(
    row: Ints, mark: Floats, one: int, other: int, sets: SetStates, young: bool, within_km: float,
    begin: int, state1: Floats, state2: Floats,
) -> None:  # fmt: skip
    """How near two sets say their objects came in a sample that begins at a time."""
    middle, half = begin + SAMPLE_NS // 2, 0.5 * SAMPLE_NS / 1e9
    offset, least, chord = _passage(state1, state2, half, within_km)
    # On straight lines, which over half a sample are bent by some percent of the distance.
    if least > BENT * within_km:
        return
    moment = middle + int(offset * 1e9)
    a, b = state_at(sets, one, moment), state_at(sets, other, moment)
    found = math.sqrt((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2 + (b[2] - a[2]) ** 2)
    within = found <= within_km
    if within:
        row[WITHIN] += int(chord)
        row[LEFT] = moment
        if row[MET] == 0:
            row[MET] = moment
    # A distance by sets of the same day stands before one by older ones, if it is an approach.
    first_young = within and young and mark[YOUNG] == 0.0
    if first_young or (found < mark[CLOSEST] and (young or mark[YOUNG] == 0.0)):
        mark[CLOSEST], mark[YOUNG] = found, 1.0 if young and within else mark[YOUNG]
        row[CLOSEST_AT] = moment


@kernel()
def _passage(a: Floats, b: Floats, half_s: float, within_km: float) -> tuple[float, float, float]:
    """When two are nearest, s from these states, how near, and for how long they are within."""
    x, y, z = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    u, v, w = b[3] - a[3], b[4] - a[4], b[5] - a[5]
    speed2 = max(u * u + v * v + w * w, 1e-18)
    nearest = -(x * u + y * v + z * w) / speed2
    offset = min(max(nearest, -half_s), half_s)
    least2 = x * x + y * y + z * z - nearest * nearest * speed2
    chord = math.sqrt(max(within_km * within_km - least2, 0.0) / speed2)
    least = math.sqrt(max(least2 + (offset - nearest) ** 2 * speed2, 0.0))
    return offset, least, max(min(nearest + chord, half_s) - max(nearest - chord, -half_s), 0.0)


@kernel()
def _short(angle: float) -> float:
    return (angle + math.pi) % (2.0 * math.pi) - math.pi
