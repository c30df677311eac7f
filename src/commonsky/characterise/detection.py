"""Steps in the histories of many objects, each searched by itself."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import RADIUS_WGS72_KM, MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.kernels import kernel
from commonsky.astro.sgp4_layout import J2
from commonsky.characterise.gap import MOST, SIDE
from commonsky.characterise.history import History
from commonsky.characterise.noise import ONE_SET_KM, foretold, next_usual
from commonsky.characterise.prediction import DIFFERENCE, own_means, theory, windows
from commonsky.characterise.search import SPANS, search
from commonsky.characterise.significance import CANDIDATE, DAYS_A_YEAR, DEEP_TAILS, TAILS

OBJECTS_AT_ONCE: Final = 512


class Steps(NamedTuple):
    """
    Steps of k rows: the object and the set before each as indices to the history, and the rest.

    `floor_km` is the step of the axis that would have been found there in half of the cases.
    """

    owner: Ints
    place: Ints
    epoch_tai_ns: Ints
    score: Floats
    steps_km: Floats  # (k, 6), of the elements as `prediction` has them
    sigmas_km: Floats  # (k, 6)
    floor_km: Floats

    def take(self, rows: NDArray[np.bool_]) -> Steps:
        """Return these rows."""
        return Steps(
            self.owner[rows], self.place[rows], self.epoch_tai_ns[rows], self.score[rows],
            self.steps_km[rows], self.sigmas_km[rows], self.floor_km[rows],
        )  # fmt: skip


def steps(
    history: History, false_discovery: float, executor: Executor | None = None
) -> tuple[Steps, Floats]:
    """
    Return the steps of all objects, with (m,) the floor of each object, km.

    Of an object's steps about this share may be false ones.  A history of less than a year is
    judged as a year's, or else short ones would be full of finds.  A floor is nan where an object
    has a single set.
    """
    elements, first = history.elements, history.first
    ready = theory(elements)
    own = np.empty((len(elements), DIFFERENCE))
    own_means(*ready, own)
    start_tai_ns = np.repeat(elements.epoch_tai_ns[first[:-1][np.diff(first) > 0]],
                             np.diff(first)[np.diff(first) > 0])  # fmt: skip
    day = (elements.epoch_tai_ns - start_tai_ns) / NS_PER_DAY
    rate = rates(elements)
    floor = np.full(len(history), np.nan)

    def part(begin: int) -> Steps:
        end = min(begin + OBJECTS_AT_ONCE, len(history))
        most = int(first[end] - first[begin])
        owner, place = np.empty(most, np.int64), np.empty(most, np.int64)
        burn, told = np.empty(most), np.empty((most, 2))
        step, sigma = np.empty((most, DIFFERENCE)), np.empty((most, DIFFERENCE))
        k = search_objects(
            tuple(ready), own, day, rate, first, begin, end, SPANS, ONE_SET_KM, TAILS,
            DEEP_TAILS, CANDIDATE, false_discovery, owner, place, burn, told, step, sigma, floor,
        )  # fmt: skip
        epoch = start_tai_ns[place[:k]] + np.rint(burn[:k] * NS_PER_DAY).astype(np.int64)
        return Steps(owner[:k], place[:k], epoch, told[:k, 0], step[:k], sigma[:k], told[:k, 1])

    parts = list(
        (executor.map if executor else map)(part, range(0, len(history), OBJECTS_AT_ONCE))
    )
    if not parts:
        empty, nothing = np.zeros(0, np.int64), np.zeros(0)
        wide = np.zeros((0, DIFFERENCE))
        parts = [Steps(empty, empty, empty, nothing, wide, wide, nothing)]
    return Steps(
        np.concatenate([one.owner for one in parts]),
        np.concatenate([one.place for one in parts]),
        np.concatenate([one.epoch_tai_ns for one in parts]),
        np.concatenate([one.score for one in parts]),
        np.concatenate([one.steps_km for one in parts]),
        np.concatenate([one.sigmas_km for one in parts]),
        np.concatenate([one.floor_km for one in parts]),
    ), floor


def rates(elements: MeanElements) -> Floats:
    """
    (n, 3) what follows from steps of elements, a day: 1.5 n, by which a step of the axis drives an
    object along its track, and by how much of the steps of inclination and axis the node's way
    grows, sin i times the node: -sin i dW (tan i di + 7/2 da/a), dW being its rate by flattening.
    """
    parameter = elements.semi_major_axis_km * (1.0 - elements.eccentricity**2)
    motion = 1440.0 * elements.mean_motion_rad_min
    turn = -1.5 * J2 * (RADIUS_WGS72_KM / parameter) ** 2 * motion
    sine, cosine = np.sin(elements.inclination_rad), np.cos(elements.inclination_rad)
    return np.column_stack([1.5 * motion, -turn * sine**2, -3.5 * turn * cosine * sine])


@kernel()
def search_objects(theory_, own, day, rate, first, begin, end, spans, usual_noise, tails,
                   deep_tails, least, false_discovery, owner, place, burn, told, step, sigma,
                   floor):  # fmt: skip
    """Search objects begin..end; the number of steps, which go to the other arrays, a row each."""
    near, deep, row, is_deep = theory_
    found = 0
    for j in range(begin, end):
        a, b = first[j], first[j + 1]
        n = b - a
        if n < 2:
            continue
        at_day, differs = np.empty((n, MOST)), np.empty((n, MOST, DIFFERENCE))
        drop, said = np.empty(n - 1), np.empty((n - 1, 4))
        windows(near, deep, row[a:b], is_deep[a:b], own[a:b], day[a:b], SIDE, at_day, differs,
                drop)  # fmt: skip
        for k in range(n - 1):
            foretold(
                day[a + k + 1] - day[a + k], drop[k], own[a + k, 0] * RADIUS_WGS72_KM, said[k]
            )
            drop[k] /= day[a + k + 1] - day[a + k]
        usual_next = next_usual(differs, said, drop)
        tests = (n - 1) * max(1.0, DAYS_A_YEAR / max(day[b - 1], 1e-3)) / false_discovery
        burns, scores, least_km = np.empty((n, 3)), np.empty(n), np.empty(n - 1)
        count = search(
            (at_day, differs), day[a:b], rate[a:b], spans, usual_noise, usual_next,
            deep_tails if is_deep[a] else tails, least, tests, burns, scores,
            step[found : found + n], sigma[found : found + n], least_km,
        )  # fmt: skip
        for q in range(count):
            gap = int(burns[q, 2])
            owner[found + q], place[found + q], burn[found + q] = j, a + gap, burns[q, 0]
            told[found + q, 0], told[found + q, 1] = scores[q], least_km[gap]
        found += count
        total = 0.0
        for k in range(n - 1):
            total += math.log(least_km[k])
        floor[j] = math.exp(total / (n - 1))
    return found
