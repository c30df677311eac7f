"""
Approaches and stays near each other, from histories of element sets, with what they can bear.

In the geosynchronous belt a run begins when two objects share a slot and ends when they part
(`slot_sharing`); elsewhere when they fly along within a distance (`co_orbital`).  How near they
came is said only of times at which both have a set not older than three days.  Where none were,
the slot and the drift are all that is said.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from commonsky.assess.uncertainty import ErrorClasses
from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.kernels import kernel
from commonsky.characterise.belt_places import belt
from commonsky.characterise.co_orbital import Nearness, colocations
from commonsky.characterise.history import History
from commonsky.characterise.longitude import located, steps
from commonsky.characterise.prediction import theory
from commonsky.characterise.relative_orbit import (
    RelativeOrbits,
    circles,
    least_across_track_km,
    relative_orbits,
    relative_states,
)
from commonsky.characterise.separation import (
    NORMAL_95,
    errors_of,
    interval_km,
    joint_covariance_km2,
    sigma_km,
)
from commonsky.characterise.set_states import SetStates, closest, set_states, states
from commonsky.characterise.slot_sharing import Colocations, shared_slots

FRESH_DAYS: Final = 3.0
NEVER: Final = -1.0  # an age that no set is below
SPARE_DAYS: Final = 1.0  # sets are ready for times beyond that, where a minimum is looked for
AROUND_S: Final = 2 * 3600.0  # a sampled minimum may be so far from the true one
POINTS: Final = 25
SAFE_KM: Final = 1.0
DRIFTS_AWAY: Final = 0.2  # drift in a revolution, over the relative ellipse, of what circles
DWELL_DAYS: Final = 1.0
HABIT_SHARE: Final = 0.5
HABIT_DAYS: Final = 180.0
SAME_SET_KM: Final = 0.02  # different objects are never tracked so near each other


class Status(IntEnum):
    """What the sets can bear."""

    GOOD = 0
    SHARED_SLOT = 1  # only that: no sets of both were fresh together
    CONTRADICTED = 2  # another fresh set of one of them puts it outside the interval
    SAME_SET = 3  # one orbit is given to both: docked, or not told apart


class Geometry(IntEnum):
    """How one moves about the other."""

    UNKNOWN = 0
    PASSES = 1
    DWELLS = 2
    CIRCLES = 3  # its relative ellipse goes round the other


class Verdict(IntEnum):
    """A question that may have no answer."""

    CANNOT_TELL = 0
    YES = 1
    NO = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What counts as an approach: distances by regime, and how alike orbits outside the belt are.

    The belt's distance is wider, since its objects drift along each other for weeks.
    """

    belt_km: float = 100.0
    elsewhere_km: float = 50.0
    axis_km: float = 15.0
    plane_rad: float = 0.02


@dataclass(frozen=True, slots=True)
class Approaches:
    """
    Approaches, k of them, in order of time; every column (k,) but `relative_ric_km` (k, 3).

    The object with the lower number is the first, and the chief.  `epoch_tai_ns` is the time of
    the closest approach, or of the least difference of longitude where no distance is said; rows
    are those of the sets that say so, with their ages.  `separation_low_km` and `_high_km` bound
    a 95 % interval; `told_least_km` and `told_most_km` are what other fresh sets, before and
    after, make of the same approach.  All distances are nan where only a slot is shared.
    `apart_rad` and `drift_rad_day` are of mean longitude (in the belt) or along the track, the
    second's less the first's.  `dwell_s` is from `not_before_tai_ns` to `not_after_tai_ns`, and
    `seen_within_s` the part of it that fresh sets put within the distance asked.
    `across_track_km` is the least distance of both paths whatever their drift along the track.
    """

    catalogue_number_1: Ints
    catalogue_number_2: Ints
    row_1: Ints
    row_2: Ints
    not_before_tai_ns: Ints
    not_after_tai_ns: Ints
    epoch_tai_ns: Ints
    separation_km: Floats
    separation_low_km: Floats
    separation_high_km: Floats
    told_least_km: Floats
    told_most_km: Floats
    relative_ric_km: Floats
    relative_speed_km_s: Floats
    dwell_s: Floats
    seen_within_s: Floats
    age_1_days: Floats
    age_2_days: Floats
    apart_rad: Floats
    drift_rad_day: Floats
    coplanar_rad: Floats
    across_track_km: Floats
    geometry: NDArray[np.int8]  # Geometry
    passive_safe: NDArray[np.int8]  # Verdict
    colocated_habitually: NDArray[np.int8]  # Verdict
    status: NDArray[np.int8]  # Status

    def __len__(self) -> int:
        return len(self.row_1)

    def take(self, which: Ints) -> Approaches:
        """Return these approaches, in that order."""
        return Approaches(*(getattr(self, column.name)[which] for column in fields(self)))


@dataclass(frozen=True, slots=True)
class Habits:
    """Which pairs share a slot for how much of their common life; every column (p,)."""

    catalogue_number_1: Ints
    catalogue_number_2: Ints
    shared_days: Floats
    common_days: Floats


def approaches(
    history: History, *, limits: Limits | None = None, kind: NDArray[np.int8] | None = None,
    habits: Habits | None = None, start_tai_ns: int | None = None,
    stop_tai_ns: int | None = None,
) -> Approaches:  # fmt: skip
    """
    Return all approaches among the objects of a history, from start to stop or all its time.

    `kind` (m,) is the `assess.uncertainty.Kind` of each object; without it all count as steered,
    whose sets grow wrong fastest.  `habits` are those of a longer history: without them only one
    of half a year or more tells who is always together.
    """
    asked = limits or Limits()
    epoch = history.elements.epoch_tai_ns
    start = _earliest(epoch) if start_tai_ns is None else start_tai_ns
    stop = _latest(epoch) if stop_tai_ns is None else stop_tai_ns
    coefficients = theory(history.elements)
    where = located(history, coefficients)
    sets = set_states(coefficients, epoch, FRESH_DAYS + SPARE_DAYS)
    steady = np.unique(history.owner[where.in_belt])
    columns = belt(history, where, steps(history, where, coefficients), coefficients)
    slots = shared_slots(columns, steady, sets, FRESH_DAYS, asked.belt_km, start, stop)
    near = Nearness(asked.elsewhere_km, asked.axis_km, asked.plane_rad)
    others = colocations(history, sets, steady, near, FRESH_DAYS, start, stop)
    runs = Colocations(
        *(np.concatenate([getattr(slots, name), getattr(others, name)])
          for name in (column.name for column in fields(Colocations)))
    )  # fmt: skip
    within = np.repeat([asked.belt_km, asked.elsewhere_km], [len(slots), len(others)])
    said = runs.closest_km <= within
    keep = np.flatnonzero(said | (runs.stale > 0.5))
    keep = keep[np.lexsort((runs.other[keep], runs.one[keep], runs.begun_tai_ns[keep]))]
    runs = Colocations(*(getattr(runs, column.name)[keep] for column in fields(Colocations)))
    return _table(history, runs, sets, said[keep], kind, habits)


def habits(history: History) -> Habits:
    """Return who shares slots of the belt with whom, for how much of their common life."""
    coefficients = theory(history.elements)
    where = located(history, coefficients)
    epoch = history.elements.epoch_tai_ns
    columns = belt(history, where, steps(history, where, coefficients), coefficients)
    runs = shared_slots(
        columns, np.unique(history.owner[where.in_belt]), set_states(coefficients, epoch, 0.0),
        NEVER, 0.0, _earliest(epoch), _latest(epoch), NS_PER_DAY,
    )  # fmt: skip
    return _habits(history, runs)


def _earliest(epoch_tai_ns: Ints) -> int:
    return int(epoch_tai_ns.min()) if len(epoch_tai_ns) else 0


def _latest(epoch_tai_ns: Ints) -> int:
    return int(epoch_tai_ns.max()) if len(epoch_tai_ns) else 0


def _habits(history: History, runs: Colocations) -> Habits:
    """Days together and days of common life of all pairs that ever shared a slot."""
    epoch = history.elements.epoch_tai_ns
    begin, end = epoch[history.first[:-1]], epoch[history.first[1:] - 1]
    pairs, which = np.unique(np.stack([runs.one, runs.other]), axis=1, return_inverse=True)
    days = (runs.ended_tai_ns - runs.begun_tai_ns) / NS_PER_DAY
    shared = np.zeros(pairs.shape[1])
    np.add.at(shared, which.ravel(), days)
    one, other = pairs
    common = (np.minimum(end[one], end[other]) - np.maximum(begin[one], begin[other])) / NS_PER_DAY
    return Habits(history.object_number[one], history.object_number[other], shared, common)


def _habitual(first: Ints, second: Ints, known: Habits) -> NDArray[np.int8]:
    """(k,) Verdict whether pairs are always together."""
    long = known.common_days >= HABIT_DAYS
    often = known.shared_days >= HABIT_SHARE * known.common_days
    told = np.where(long, np.where(often, Verdict.YES, Verdict.NO), Verdict.CANNOT_TELL)
    table = {
        (a, b): verdict
        for a, b, verdict in zip(
            known.catalogue_number_1.tolist(), known.catalogue_number_2.tolist(), told.tolist(),
            strict=True,
        )
    }  # fmt: skip
    return np.array(
        [table.get(pair, Verdict.CANNOT_TELL)
         for pair in zip(first.tolist(), second.tolist(), strict=True)], np.int8,
    )  # fmt: skip


def _table(
    history: History, runs: Colocations, sets: SetStates, said: NDArray[np.bool_],
    kind: NDArray[np.int8] | None, known: Habits | None,
) -> Approaches:  # fmt: skip
    """Columns of approaches from runs; of those that are `said`, with distances."""
    n, at = len(runs), np.where(said, runs.closest_tai_ns, runs.nearest_tai_ns)
    set1, set2 = _nearest(history, runs.one, at), _nearest(history, runs.other, at)
    distances = np.full((n, 5), np.nan)
    _refine(sets, history.first, runs.one, runs.other, said, FRESH_DAYS, set1, set2, at, distances)
    epoch = history.elements.epoch_tai_ns
    age1, age2 = (at - epoch[set1]) / NS_PER_DAY, (at - epoch[set2]) / NS_PER_DAY
    state1, state2 = np.full((n, 6), np.nan), np.full((n, 6), np.nan)
    some = np.flatnonzero(said)
    for chosen, out in ((set1, state1), (set2, state2)):
        found = np.empty((len(some), 6))
        states(sets, chosen[some], at[some], found)
        out[some] = found
    ric, speed = relative_states(state1, state2)
    kinds = [None if kind is None else kind[each] for each in (runs.one, runs.other)]
    errors1 = errors_of(history.elements.take(set1), kinds[0])
    errors2 = errors_of(history.elements.take(set2), kinds[1])
    covariance = joint_covariance_km2(state1, state2, errors1, errors2, age1, age2)
    low, high = interval_km(ric, covariance)
    orbits = relative_orbits(state1, state2)
    across = least_across_track_km(state1, state2)
    first, second = history.object_number[runs.one], history.object_number[runs.other]
    dwell = (runs.ended_tai_ns - runs.begun_tai_ns) / 1e9
    status = _status(said, distances, low, high, errors1, errors2)
    nothing = np.flatnonzero(status == Status.SAME_SET)
    for column in (distances, low, high, ric, speed, across):
        column[nothing] = np.nan
    return Approaches(
        first, second, history.row[set1], history.row[set2], runs.begun_tai_ns, runs.ended_tai_ns,
        at, distances[:, 0], low, high, distances[:, 1], distances[:, 2], ric, speed, dwell,
        runs.within_s, age1, age2, runs.apart_rad, runs.drift_rad_day, orbits.plane_angle_rad,
        across, _geometry(orbits, dwell, said), _safe(across, covariance),
        _habitual(first, second, _habits(history, runs) if known is None else known),
        status.astype(np.int8),
    )  # fmt: skip


def _status(
    said: NDArray[np.bool_], distances: Floats, low_km: Floats, high_km: Floats,
    errors1: ErrorClasses, errors2: ErrorClasses,
) -> NDArray[np.int8]:  # fmt: skip
    """(k,) Status; other sets contradict where their interval and that of the best do not meet."""
    widths = [
        NORMAL_95 * np.hypot(
            *(np.linalg.norm(sigma_km(errors, distances[:, column]), axis=1)
              for errors in (errors1, errors2))
        )
        for column in (3, 4)
    ]  # fmt: skip
    with np.errstate(invalid="ignore"):
        apart = distances[:, 1] + widths[0] < low_km
        apart |= distances[:, 2] - widths[1] > high_km
        same = distances[:, 0] < SAME_SET_KM
    return np.select(
        [~said, same, apart], [Status.SHARED_SLOT, Status.SAME_SET, Status.CONTRADICTED],
        Status.GOOD,
    ).astype(np.int8)  # fmt: skip


def _geometry(
    orbits: RelativeOrbits, dwell_s: Floats, said: NDArray[np.bool_]
) -> NDArray[np.int8]:
    """(k,) Geometry."""
    stays = dwell_s >= DWELL_DAYS * 86400.0
    return np.select(
        [said & circles(orbits, DRIFTS_AWAY), stays, said],
        [Geometry.CIRCLES, Geometry.DWELLS, Geometry.PASSES], Geometry.UNKNOWN,
    ).astype(np.int8)  # fmt: skip


def _safe(across_km: Floats, covariance_km2: Floats) -> NDArray[np.int8]:
    """(k,) Verdict whether paths stay apart across the track, whatever happens along it."""
    radial_normal = covariance_km2[:, [0, 0, 2, 2], [0, 2, 0, 2]].reshape(-1, 2, 2)
    good = np.isfinite(radial_normal).all(axis=(1, 2)) & np.isfinite(across_km)
    widest = np.full(len(across_km), np.nan)
    widest[good] = np.sqrt(np.linalg.eigvalsh(radial_normal[good])[:, 1])
    return np.select(
        [across_km - NORMAL_95 * widest > SAFE_KM, across_km + NORMAL_95 * widest < SAFE_KM],
        [Verdict.YES, Verdict.NO], Verdict.CANNOT_TELL,
    ).astype(np.int8)  # fmt: skip


def _nearest(history: History, objects: Ints, at: Ints) -> Ints:
    """(k,) the set of each object whose epoch is nearest to a time."""
    out = np.zeros(len(objects), np.int64)
    epoch = history.elements.epoch_tai_ns
    for i, (j, moment) in enumerate(zip(objects.tolist(), at.tolist(), strict=True)):
        begin, end = int(history.first[j]), int(history.first[j + 1])
        k = begin + int(np.searchsorted(epoch[begin:end], moment))
        before = max(k - 1, begin)
        k = min(k, end - 1)
        out[i] = before if moment - epoch[before] <= epoch[k] - moment else k
    return out


@kernel()
def _refine(
    sets: SetStates, first: Ints, one: Ints, other: Ints, said: Ints, fresh_days: float,
    set1: Ints, set2: Ints, at: Ints, out: Floats,
) -> None:  # fmt: skip
    """
    Time of the closest approach -> at.

    -> out (k, 5): distances by those sets, least and most by all fresh ones, and their ages.
    """
    oldest = int(fresh_days * NS_PER_DAY)
    for i in range(len(one)):
        if not said[i]:
            continue
        here, there = sets.epoch_tai_ns[set1[i]], sets.epoch_tai_ns[set2[i]]
        start = max(at[i] - int(AROUND_S * 1e9), max(here, there) - oldest)
        stop = min(at[i] + int(AROUND_S * 1e9), min(here, there) + oldest)
        at[i], out[i, 0] = closest(sets, set1[i], set2[i], start, stop, POINTS)
        out[i, 1], out[i, 2] = out[i, 0], out[i, 0]
        out[i, 3] = out[i, 4] = max(abs(here - at[i]), abs(there - at[i])) / NS_PER_DAY
        ends = first[one[i] + 1], first[other[i] + 1]
        for a in range(max(set1[i] - 1, first[one[i]]), min(set1[i] + 2, ends[0])):
            for b in range(max(set2[i] - 1, first[other[i]]), min(set2[i] + 2, ends[1])):
                age = max(abs(sets.epoch_tai_ns[a] - at[i]), abs(sets.epoch_tai_ns[b] - at[i]))
                if age > oldest:
                    continue
                _, found = closest(sets, a, b, start, stop, POINTS)
                if found < out[i, 1]:
                    out[i, 1], out[i, 3] = found, age / NS_PER_DAY
                if found > out[i, 2]:
                    out[i, 2], out[i, 4] = found, age / NS_PER_DAY
