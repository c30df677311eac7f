"""
Manoeuvres, from histories of element sets: when, how large, of what kind, and how surely.

Each object is judged by itself: what is found of it does not depend on what else is in the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, fields
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MU_WGS72_KM3_S2, RADIUS_WGS72_KM, MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.characterise.gap import STATISTICS, next_differences
from commonsky.characterise.history import History
from commonsky.characterise.impulse import delta_v_rtn_km_s
from commonsky.characterise.manoeuvre_type import kinds
from commonsky.characterise.noise import ONE_SET_KM, foretold_km
from commonsky.characterise.prediction import AXIS, DIFFERENCE, own_means, theory
from commonsky.characterise.search import next_usual, search
from commonsky.characterise.significance import (
    CANDIDATE,
    WEIGHT,
    accepted,
    found_half_the_time,
    minus_log10_chance,
)

FALSE_DISCOVERY: Final = 0.1
OBJECTS_AT_ONCE: Final = 256


@dataclass(frozen=True, slots=True)
class Manoeuvres:
    """
    Manoeuvres of k rows, object after object and each object's in order of time.

    Each lies between two sets, input rows `row_before` and `row_after`, and may be several burns.
    Delta-v is radial, transverse, normal; a component is nan where it is not determined, and the
    sign of the normal one is that of a burn in the ascending node's half of the orbit.  `score` is
    -log10 of the chance that a quiet gap looks so; `detectable_km_s` is the transverse delta-v
    that would have been found there in half of the cases.
    """

    catalogue_number: Ints
    row_before: Ints
    row_after: Ints
    not_before_tai_ns: Ints
    not_after_tai_ns: Ints
    epoch_tai_ns: Ints
    delta_v_rtn_km_s: Floats  # (k, 3)
    delta_v_km_s: Floats
    delta_v_sigma_km_s: Floats
    kind: NDArray[np.int8]  # Kind
    score: Floats
    detectable_km_s: Floats

    def __len__(self) -> int:
        return len(self.catalogue_number)

    def take(self, rows: Ints) -> Manoeuvres:
        """Return these rows, in that order."""
        return Manoeuvres(*(getattr(self, column.name)[rows] for column in fields(self)))


class _Steps(NamedTuple):
    """What a search found, a row each: which object, gap as its set's place, day, and so on."""

    owner: Ints
    place: Ints  # of the set before, in the history
    epoch_tai_ns: Ints
    strength: Floats
    steps_km: Floats  # (k, 6)
    sigmas_km: Floats
    floor_km_s: Floats

    def take(self, rows: NDArray[np.bool_]) -> _Steps:
        """Return these rows."""
        return _Steps(
            self.owner[rows], self.place[rows], self.epoch_tai_ns[rows], self.strength[rows],
            self.steps_km[rows], self.sigmas_km[rows], self.floor_km_s[rows],
        )  # fmt: skip


def manoeuvres(
    history: History, *, false_discovery: float = FALSE_DISCOVERY,
    executor: Executor | None = None,
) -> Manoeuvres:  # fmt: skip
    """
    Return the manoeuvres of every object, of which about this share may be false.

    Of an object that never manoeuvres, as many false ones as that in a year at most.  `executor`
    spreads objects over threads; the result does not depend on it.
    """
    if not 0.0 < false_discovery < 1.0:
        raise ValueError(
            f"a share of false discoveries between 0 and 1 is needed, found {false_discovery}"
        )
    found, _ = _searched(history, executor)
    return _told(history, found, false_discovery)


def detectability_km_s(history: History, *, executor: Executor | None = None) -> Floats:
    """(m,) transverse delta-v that would be found with probability ½; nan of too few sets."""
    _, floor = _searched(history, executor)
    return floor


def _searched(history: History, executor: Executor | None) -> tuple[_Steps, Floats]:
    """All steps of all objects, and (m,) the floor of each object."""
    ready = theory(history.elements)
    own = np.empty((len(history.elements), DIFFERENCE))
    own_means(*ready, own)
    starts = range(0, len(history), OBJECTS_AT_ONCE)

    def part(start: int) -> tuple[list[_Steps], Floats]:
        stop = min(start + OBJECTS_AT_ONCE, len(history))
        floor = np.full(stop - start, np.nan)
        return list(_of_objects(history, ready, own, range(start, stop), floor)), floor

    parts = list((executor.map if executor else map)(part, starts))
    steps = [one for found, _ in parts for one in found]
    nothing = _Steps(
        np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0),
        np.zeros((0, DIFFERENCE)), np.zeros((0, DIFFERENCE)), np.zeros(0),
    )  # fmt: skip
    joined = _Steps(*(np.concatenate(column) for column in zip(nothing, *steps, strict=True)))
    return joined, np.concatenate([np.zeros(0)] + [floor for _, floor in parts])


def _of_objects(
    history: History, ready: tuple[Floats, Floats, Ints, NDArray[np.bool_]], own: Floats,
    objects: range, floors: Floats,
) -> Iterator[_Steps]:  # fmt: skip
    """Yield what is found of each object; its floor goes to `floors`."""
    near, deep, row, is_deep = ready
    elements = history.elements
    for j in objects:
        first, last = int(history.first[j]), int(history.first[j + 1])
        n = last - first
        if n < 2:
            continue
        epoch = elements.epoch_tai_ns[first:last]
        day = (epoch - epoch[0]) / NS_PER_DAY
        mine = (near, deep, row[first:last], is_deep[first:last])
        means = own[first:last]
        differs, drop = np.empty((n - 1, DIFFERENCE)), np.empty(n - 1)
        next_differences(mine, means, day, differs, drop)
        usual_next = next_usual(
            differs, foretold_km(np.diff(day), drop, means[:-1, 0] * RADIUS_WGS72_KM)
        )
        most = n
        burns, stats = np.empty((most, 3)), np.empty((most, STATISTICS))
        steps, sigmas = np.empty((most, DIFFERENCE)), np.empty((most, DIFFERENCE))
        floor = np.empty(n - 1)
        rate = 1.5 * 1440.0 * elements.mean_motion_rad_min[first:last]
        k = search(mine, means, day, rate, ONE_SET_KM, usual_next, WEIGHT, CANDIDATE, burns, stats,
                   steps, sigmas, floor)  # fmt: skip
        gap = burns[:k, 2].astype(np.int64)
        speed_share = _half_speed_per_axis(elements, first)
        floors[j - objects.start] = found_half_the_time(np.median(floor)) * speed_share
        yield _Steps(
            np.full(k, j), first + gap, epoch[0] + (burns[:k, 0] * NS_PER_DAY).astype(np.int64),
            np.abs(stats[:k]).max(axis=1, initial=0.0), steps[:k], sigmas[:k],
            found_half_the_time(floor[gap]) * speed_share,
        )  # fmt: skip


def _half_speed_per_axis(elements: MeanElements, place: int) -> float:
    """Return v / 2a of a set's orbit, 1/s: from a step of the axis to a transverse delta-v."""
    axis = float(elements.semi_major_axis_km[place : place + 1][0])
    return float(0.5 * np.sqrt(MU_WGS72_KM3_S2 / axis**3))


def _told(history: History, found: _Steps, false_discovery: float) -> Manoeuvres:
    """The manoeuvres among the steps, with all that is said of them."""
    epoch = history.elements.epoch_tai_ns
    counts = np.diff(history.first)
    last = np.maximum(history.first[1:] - 1, history.first[:-1])
    days = (epoch[last] - epoch[history.first[:-1]]) / NS_PER_DAY if len(counts) else np.zeros(0)
    score = minus_log10_chance(found.strength)
    stands = accepted(found.owner, score, counts - 1, days, false_discovery)
    found, score = found.take(stands), score[stands]
    place = found.place
    motion = history.elements.mean_motion_rad_min[place] / 60.0
    rtn, size, sigma = delta_v_rtn_km_s(found.steps_km, found.sigmas_km, motion)
    return Manoeuvres(
        history.object_number[found.owner], history.row[place], history.row[place + 1],
        epoch[place], epoch[place + 1],
        np.clip(found.epoch_tai_ns, epoch[place], epoch[place + 1]), rtn, size, sigma,
        kinds(
            found.owner, epoch[place] / NS_PER_DAY,
            history.elements.semi_major_axis_km[place], found.steps_km[:, AXIS], rtn,
        ),
        score, found.floor_km_s,
    )  # fmt: skip
