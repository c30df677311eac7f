"""
Relocations in the geosynchronous belt: who left which slot, when, and where to.

A relocation is between two stays that were held (`commonsky.characterise.station_keeping`).  What
drifts, librates or was retired is in nobody's hands, and never relocates.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.kernels import kernel
from commonsky.characterise.history import History
from commonsky.characterise.longitude import TWO_PI, Longitudes, located, wrapped
from commonsky.characterise.prediction import theory
from commonsky.characterise.station_keeping import (
    HELD_EVIDENCE,
    SLOW_RAD_DAY,
    STILL_RAD_DAY,
    Control,
    Stays,
    away,
    boxes,
    found_stays,
)

LEAST_MOVE_RAD: Final = np.radians(0.25)
BOXES_APART: Final = 1.5  # of half widths: slots nearer than that are one slot
JOURNEY_DAYS: Final = 180.0  # what drifts for longer is not under way; 19 in 20 arrive in 150
SURE: Final = 2.0  # times the evidence for a stay, where no second stay confirms the first
RAISED_RAD_DAY: Final = np.radians(-1.9)  # drift to the west of what is 150 km above the belt


class Outcome(IntEnum):
    """What became of an object that left its slot."""

    ARRIVED = 0
    UNDER_WAY = 1  # it drifts still, at the end of its history


@dataclass(frozen=True, slots=True)
class Relocations:
    """
    Relocations, k of them, object after object and in order of time; every column (k,).

    `row_before` is the last set in the old slot, `row_after` the first in the new.  It left
    between `left_not_before_tai_ns` and `left_not_after_tai_ns`, those of the last set in the old
    slot and the next set; `left_tai_ns` is when a set on the way says it left, or the middle.
    Arrival likewise.  `drift_rad_day` is east positive: the median of what sets on the way say, or
    the least that the short way takes.  `score` is the log of the ratio of likelihoods, steered
    against not, of the weaker of both stays.  While it is under way, what is of the arrival is
    that of its last set.
    """

    catalogue_number: Ints
    row_before: Ints
    row_after: Ints
    left_not_before_tai_ns: Ints
    left_not_after_tai_ns: Ints
    left_tai_ns: Ints
    arrived_not_before_tai_ns: Ints
    arrived_not_after_tai_ns: Ints
    arrived_tai_ns: Ints
    longitude_from_rad: Floats
    longitude_to_rad: Floats
    drift_rad_day: Floats
    sets_on_the_way: Ints
    score: Floats
    outcome: NDArray[np.int8]  # Outcome

    def __len__(self) -> int:
        return len(self.row_before)

    def take(self, which: Ints) -> Relocations:
        """Return these relocations, in that order."""
        return Relocations(*(getattr(self, column.name)[which] for column in fields(self)))


def relocations(history: History) -> Relocations:
    """Return every relocation of every geosynchronous object of a history."""
    coefficients = theory(history.elements)
    where = located(history, coefficients)
    found = found_stays(history, where, coefficients)
    return relocated(history, where, found, boxes(history, where))


def relocated(history: History, where: Longitudes, found: Stays, box_rad: Floats) -> Relocations:
    """Return the same from stays that are found already, and the half width of each box."""
    held = np.flatnonzero(found.control == Control.HELD)
    owner = history.owner[found.set_first]
    old, new = held[:-1], held[1:]
    far = np.abs(wrapped(found.longitude_rad[new] - found.longitude_rad[old]))
    least = np.maximum(LEAST_MOVE_RAD, BOXES_APART * box_rad[owner[old]])
    pair = np.flatnonzero((owner[old] == owner[new]) & (far > least))
    last = held[np.append(np.diff(owner[held]) != 0, True)] if len(held) else held
    begin, end = found.set_first.copy(), found.set_last.copy()
    _widen(history.first, owner, where.longitude_rad, found.longitude_rad, box_rad, begin, end)
    # Slots may be so near each other that one stay would reach into the other.
    end[old[pair]] = np.minimum(end[old[pair]], found.set_first[new[pair]] - 1)
    begin[new[pair]] = np.maximum(begin[new[pair]], end[old[pair]] + 1)
    gone = last[found.evidence[last] >= SURE * HELD_EVIDENCE]
    gone = gone[_under_way(history, where, gone, end)]
    parts = [
        _rows(history, where, found, end[old[pair]], begin[new[pair]], old[pair], new[pair]),
        _rows(history, where, found, end[gone],
              history.first[1:][owner[gone]] - 1, gone, np.full(len(gone), -1)),
    ]  # fmt: skip
    joined = Relocations(
        *(np.concatenate([getattr(part, column.name) for part in parts])
          for column in fields(Relocations))
    )  # fmt: skip
    return joined.take(np.lexsort((joined.left_not_before_tai_ns, joined.catalogue_number)))


def _under_way(history: History, where: Longitudes, last: Ints, end: Ints) -> NDArray[np.bool_]:
    """Which objects left their last held stay not long ago, and drift in the belt to the end."""
    newest = history.first[1:][history.owner[end[last]]] - 1
    drift, epoch = where.drift_rad_day[newest], history.elements.epoch_tai_ns
    drifts = (np.abs(drift) >= SLOW_RAD_DAY) & where.in_belt[newest] & (drift > RAISED_RAD_DAY)
    recent = epoch[newest] - epoch[end[last]] < JOURNEY_DAYS * NS_PER_DAY
    return np.asarray((end[last] < newest) & drifts & recent)


@kernel()
def _widen(
    first: Ints, owner: Ints, longitude: Floats, slot: Floats, box: Floats, begin: Ints, end: Ints
) -> None:
    """Take to each stay the sets before and after it in its box, whether or not it was held."""
    for s in range(len(begin)):
        j = owner[s]
        k = begin[s]
        while k > first[j] and abs(away(longitude[k - 1], slot[s])) <= box[j]:
            k -= 1
        begin[s], k = k, end[s]
        while k + 1 < first[j + 1] and abs(away(longitude[k + 1], slot[s])) <= box[j]:
            k += 1
        end[s] = k


def _rows(
    history: History, where: Longitudes, found: Stays, last: Ints, first: Ints, old: Ints,
    new: Ints,
) -> Relocations:  # fmt: skip
    """Columns of relocations from the sets `last` in the old slots to `first` in the new."""
    epoch, n = history.elements.epoch_tai_ns, len(last)
    arrived = new >= 0
    start = found.longitude_rad[old]
    stop = np.where(arrived, found.longitude_rad[new], where.longitude_rad[first])
    drift, left, there = np.empty(n), np.empty(n, np.int64), np.empty(n, np.int64)
    for k in range(n):
        drift[k], left[k], there[k] = _journey(
            epoch[last[k] : first[k] + 1], where.longitude_rad[last[k] : first[k] + 1],
            where.drift_rad_day[last[k] : first[k] + 1], float(start[k]), float(stop[k]),
        )  # fmt: skip
    score = found.evidence[old]
    return Relocations(
        found.catalogue_number[old], history.row[last], history.row[first],
        epoch[last], epoch[last + 1], left, epoch[first - 1], epoch[first],
        np.where(arrived, there, epoch[first]), start, stop, drift, first - last - 1,
        np.where(arrived, np.minimum(score, found.evidence[new]), score),
        np.where(arrived, Outcome.ARRIVED, Outcome.UNDER_WAY).astype(np.int8),
    )  # fmt: skip


def _journey(
    epoch_tai_ns: Ints, longitude: Floats, drift: Floats, start: float, stop: float
) -> tuple[float, int, int]:
    """Drift, departure and arrival of one journey; its first and last sets are in the slots."""
    moving = np.flatnonzero(np.abs(drift[1:-1]) >= STILL_RAD_DAY) + 1
    left = _middle(epoch_tai_ns[0], epoch_tai_ns[1])
    there = _middle(epoch_tai_ns[-2], epoch_tai_ns[-1])
    if not len(moving):
        days = float(epoch_tai_ns[-1] - epoch_tai_ns[0]) / NS_PER_DAY
        return float(wrapped(np.array([stop - start]))[0]) / days, left, there
    one, other = moving[0], moving[-1]
    if one == 1:
        left = _passed(epoch_tai_ns[0], epoch_tai_ns[1], epoch_tai_ns[1], longitude[1] - start,
                       drift[1])  # fmt: skip
    if other == len(drift) - 2:
        there = _passed(epoch_tai_ns[-2], epoch_tai_ns[-1], epoch_tai_ns[-2],
                        longitude[-2] - stop, drift[-2])  # fmt: skip
    return float(np.median(drift[moving])), left, there


def _passed(
    not_before: np.int64, not_after: np.int64, at: np.int64, ahead: float, drift: float
) -> int:
    """When what is `ahead` of a slot at a time passes it, of all revolutions one in the window."""
    turn = abs(TWO_PI / drift)
    middle = _middle(not_before, not_after)
    since = ahead / drift
    offset = (middle - int(at)) / NS_PER_DAY
    since += turn * round(-(offset + since) / turn)
    passed = int(at) - round(since * NS_PER_DAY)
    return passed if not_before <= passed <= not_after else middle


def _middle(one: np.int64, other: np.int64) -> int:
    return int(one) + (int(other) - int(one)) // 2
