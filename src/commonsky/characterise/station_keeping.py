"""
Stays of geosynchronous objects: which slot, since and until when, and whether anybody held them.

A stay is a run of sets in one box that hardly drift.  Whether it is held is a matter of evidence:
what nobody steers moves as SGP4 says (`commonsky.characterise.longitude`), and what is held, or
was brought there and taken away, does not.  All is judged with heavy tails, each in the scale of
its own noise, so that an object that turns at the end of its libration, or crawls past a point of
equilibrium, is not called held.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.kernels import kernel
from commonsky.characterise.history import History
from commonsky.characterise.longitude import (
    MIN_PER_DAY,
    REACH_DAYS,
    Longitudes,
    ahead,
    located,
    wrapped,
)
from commonsky.characterise.prediction import Theory, theory

# What hardly drifts, and what stands still (rad a day).
SLOW_RAD_DAY: Final = math.radians(0.06)
STILL_RAD_DAY: Final = math.radians(0.04)
# Half the width of a box: as the object's own scatter demands, between these.
LEAST_BOX_RAD: Final = math.radians(0.15)
MOST_BOX_RAD: Final = math.radians(0.6)
BOX_SCATTERS: Final = 3.0
BRIDGE_DAYS: Final = 200.0  # a longer gap ends a stay
# How wrong a good set's own prediction is: the body of those of rocket bodies of the belt.
PREDICTED_RAD: Final = math.radians(0.0015)
PREDICTED_RAD_DAY: Final = math.radians(1.5e-4)
PREDICTED_RAD_DAY2: Final = math.radians(4e-6)
LINK_DAYS: Final = 150.0  # sets of one stay are compared over so long, or as far as they go
BROUGHT_RAD: Final = math.radians(1.0)  # how far one that is steered is from what sets say
TO_SCATTER: Final = 1.4826  # from the median of absolute values
# Natural logarithms of ratios of likelihoods; above the first are 2 in 100 stays of debris.
HELD_EVIDENCE: Final = 4.0
FREE_EVIDENCE: Final = -3.0
BROUGHT_SETS: Final = 3


class Control(IntEnum):
    """Whether the history says that somebody held the object there."""

    CANNOT_TELL = 0
    HELD = 1
    FREE = 2


@dataclass(frozen=True, slots=True)
class Stays:
    """
    Stays of geosynchronous objects in slots, k of them, object after object and in order of time.

    Every column has shape (k,).  It began between `began_not_before_tai_ns`, the set before it (or
    its own first, where there is none), and `began_not_after_tai_ns`, its own first set; and ended
    likewise.  `evidence` is the log of the ratio of likelihoods, held against free, from inside
    the stay and the weaker of its borders; `arrival` and `departure` are those of the borders, nan
    where there is no set near enough.  `low_rad` and `high_rad` are the edges of the box that was
    used, relative to `longitude_rad`, its median.
    """

    catalogue_number: Ints
    row_first: Ints
    row_last: Ints
    began_not_before_tai_ns: Ints
    began_not_after_tai_ns: Ints
    ended_not_before_tai_ns: Ints
    ended_not_after_tai_ns: Ints
    longitude_rad: Floats
    low_rad: Floats
    high_rad: Floats
    inclination_low_rad: Floats
    inclination_high_rad: Floats
    sets: Ints
    evidence: Floats
    arrival: Floats
    departure: Floats
    control: NDArray[np.int8]  # Control
    set_first: Ints  # indices to the history's sets
    set_last: Ints

    def __len__(self) -> int:
        return len(self.row_first)

    def take(self, which: Ints) -> Stays:
        """Return these stays, in that order."""
        return Stays(*(getattr(self, column.name)[which] for column in fields(self)))


def stays(history: History) -> Stays:
    """Return every stay of every geosynchronous object of a history."""
    coefficients = theory(history.elements)
    where = located(history, coefficients)
    return found_stays(history, where, coefficients)


def found_stays(history: History, where: Longitudes, coefficients: Theory) -> Stays:
    """Return the same from longitudes and SGP4's coefficients that are made already."""
    label = np.full(len(history.elements), -1, np.int64)
    epoch, owner = history.elements.epoch_tai_ns, history.owner
    slow = where.in_belt & (np.abs(where.drift_rad_day) < SLOW_RAD_DAY)
    _label(history.first, epoch, where.longitude_rad, slow, boxes(history, where), label)
    members = np.flatnonzero(label >= 0)
    _, first, counts = np.unique(label[members], return_index=True, return_counts=True)
    begin, end = members[first], members[first + counts - 1]
    evidence = np.full((len(first), 3), np.nan)
    _evidence(
        coefficients.near, coefficients.deep, coefficients.row, coefficients.is_deep, epoch,
        where.longitude_rad, history.first[:-1][owner[begin]], history.first[1:][owner[begin]] - 1,
        begin, end, evidence,
    )  # fmt: skip
    return _table(history, where, members, first, counts, evidence)


def boxes(history: History, where: Longitudes) -> Floats:
    """(m,) half the width of each object's box: three times its own scatter, within limits."""
    slow = np.abs(where.drift_rad_day) < SLOW_RAD_DAY
    moved = np.abs(wrapped(np.roll(where.longitude_rad, -1) - where.longitude_rad))
    moved = np.where(slow & np.roll(slow, -1), moved, np.nan)
    moved[history.first[1:] - 1] = np.nan
    out = np.full(len(history), LEAST_BOX_RAD)
    _medians(history.first, moved, out)
    return np.clip(BOX_SCATTERS * TO_SCATTER * out, LEAST_BOX_RAD, MOST_BOX_RAD)


def _table(
    history: History, where: Longitudes, members: Ints, first: Ints, counts: Ints, evidence: Floats
) -> Stays:
    """Columns of stays, whose sets are `members`, each from `first` of them on."""
    owner, epoch = history.owner, history.elements.epoch_tai_ns
    begin, end = members[first], members[first + counts - 1]
    sets = np.split(members, first[1:]) if len(first) else []
    middle, low, high, tilt_low, tilt_high = np.zeros((5, len(first)))
    for k, rows in enumerate(sets):
        angle = where.longitude_rad[rows]
        from_first = (angle - angle[0] + np.pi) % (2 * np.pi) - np.pi
        off = from_first - np.median(from_first)
        middle[k] = angle[0] + np.median(from_first)
        low[k], high[k] = off.min(), off.max()
        tilt = history.elements.inclination_rad[rows]
        tilt_low[k], tilt_high[k] = tilt.min(), tilt.max()
    before = np.maximum(begin - 1, history.first[:-1][owner[begin]])
    after = np.minimum(end + 1, history.first[1:][owner[end]] - 1)
    border = np.fmin(evidence[:, 1], evidence[:, 2])
    whole = evidence[:, 0] + np.where(np.isfinite(border), np.maximum(border, 0.0), 0.0)
    # One set alone is a stay only if it stands still.
    still = (counts > 1) | (np.abs(where.drift_rad_day[begin]) < STILL_RAD_DAY)
    whole = np.where(still, whole, np.minimum(whole, 0.0))
    # What was stopped there, and stays, was brought there, be it to a point of equilibrium.
    brought = (evidence[:, 1] >= HELD_EVIDENCE) & (counts >= BROUGHT_SETS)
    held = (whole >= HELD_EVIDENCE) | (brought & (whole > FREE_EVIDENCE))
    free = ~held & (whole <= FREE_EVIDENCE)
    control = np.select([held, free], [Control.HELD, Control.FREE], Control.CANNOT_TELL)
    return Stays(
        history.object_number[owner[begin]], history.row[begin], history.row[end],
        epoch[before], epoch[begin], epoch[end], epoch[after],
        (middle + np.pi) % (2 * np.pi) - np.pi, low, high, tilt_low, tilt_high,
        counts.astype(np.int64), whole, evidence[:, 1], evidence[:, 2],
        control.astype(np.int8), begin, end,
    )  # fmt: skip


@kernel()
def _medians(first: Ints, value: Floats, out: Floats) -> None:
    """Median of each object's values that are numbers, where there are at least three."""
    for j in range(len(first) - 1):
        own = value[first[j] : first[j + 1]]
        own = own[np.isfinite(own)]
        if len(own) >= 3:
            out[j] = np.median(own)


@kernel()
def _label(
    first: Ints, epoch: Ints, longitude: Floats, slow: Floats, box: Floats, label: Ints
) -> None:
    """Number the stays; a single set elsewhere, between two in the box, is left out."""
    stay = -1
    for j in range(len(first) - 1):
        begin, end = first[j], first[j + 1]
        centre, members, last = 0.0, 0, begin
        for k in range(begin, end):
            if not slow[k]:
                continue
            if members > 0 and epoch[k] - epoch[last] > BRIDGE_DAYS * 86400e9:
                members = 0
            off = away(longitude[k], centre)
            if members > 0 and abs(off) > box[j]:
                if _returns(longitude, slow, k, end, centre, box[j]):
                    continue
                members = 0
            if members == 0:
                stay += 1
                centre, off = longitude[k], 0.0
            members += 1
            centre += off / min(members, 12)
            label[k], last = stay, k


@kernel()
def away(longitude: float, centre: float) -> float:
    """The longitude from a centre, the short way."""
    return (longitude - centre + math.pi) % (2.0 * math.pi) - math.pi


@kernel()
def _returns(longitude: Floats, slow: Floats, k: int, end: int, centre: float, box: float) -> bool:
    """Whether the next set, and one of the two after it, are in the box again."""
    if k + 1 >= end or not slow[k + 1] or abs(away(longitude[k + 1], centre)) > box:
        return False
    return k + 2 >= end or abs(away(longitude[k + 2], centre)) <= box


@kernel()
def _evidence(
    near: Floats, deep: Floats, row: Ints, is_deep: Floats, epoch: Ints, longitude: Floats,
    oldest: Ints, newest: Ints, begin: Ints, end: Ints, out: Floats,
) -> None:  # fmt: skip
    """Logs of ratios of likelihoods, held over free: inside, on arrival, on departure."""
    for s in range(len(begin)):
        inside, k = 0.0, begin[s]
        while k < end[s]:
            other = k + 1
            while other < end[s] and epoch[other + 1] - epoch[k] <= LINK_DAYS * 86400e9:
                other += 1
            found = steered(near, deep, row, is_deep, epoch, longitude, k, other)
            if math.isfinite(found):
                inside += math.log(0.5 + 0.5 * math.exp(min(found, 500.0)))
            k = other
        out[s, 0] = inside
        k = begin[s]
        if k > oldest[s]:
            out[s, 1] = steered(near, deep, row, is_deep, epoch, longitude, k - 1, k)
        k = end[s]
        if k < newest[s]:
            out[s, 2] = steered(near, deep, row, is_deep, epoch, longitude, k, k + 1)
        if begin[s] == end[s] and oldest[s] < k < newest[s]:
            # If its neighbours agree without it, one set alone is wrong, and nobody was there.
            one, other = misses(near, deep, row, is_deep, epoch, longitude, k - 1, k + 1)
            without = against(max(one, other), (epoch[k + 1] - epoch[k - 1]) / 8.64e13)
            if without < 0.0:
                out[s, 1], out[s, 2] = without, without


@kernel()
def steered(
    near: Floats, deep: Floats, row: Ints, is_deep: Floats, epoch: Ints, longitude: Floats,
    k: int, other: int,
) -> float:  # fmt: skip
    """Log of the ratio of likelihoods that the object was steered between two of its sets."""
    # The nearer of the two, for one bad set must not look like a manoeuvre.
    forward, backward = misses(near, deep, row, is_deep, epoch, longitude, k, other)
    return against(min(forward, backward), (epoch[other] - epoch[k]) / 8.64e13)


@kernel()
def misses(
    near: Floats, deep: Floats, row: Ints, is_deep: Floats, epoch: Ints, longitude: Floats,
    k: int, other: int,
) -> tuple[float, float]:  # fmt: skip
    """How far each of two sets is from where the other says it is by itself; nan if too far."""
    minutes = (epoch[other] - epoch[k]) / 6e10
    if minutes > REACH_DAYS * MIN_PER_DAY:
        return np.nan, np.nan
    step = longitude[other] - longitude[k]
    forward = step - ahead(near, deep, row, is_deep, k, minutes)[0]
    backward = -step - ahead(near, deep, row, is_deep, other, -minutes)[0]
    return abs(away(forward, 0.0)), abs(away(backward, 0.0))


@kernel()
def against(missed_rad: float, days: float) -> float:
    """Log of the ratio of likelihoods, steered over free, of so large a miss after some days."""
    scale = predicted_rad(days)
    return (
        tail(missed_rad / scale) - tail(missed_rad / BROUGHT_RAD) - math.log(BROUGHT_RAD / scale)
    )


@kernel()
def predicted_rad(days: float) -> float:
    """How wrong a good set's own prediction is after some days."""
    return PREDICTED_RAD + days * (PREDICTED_RAD_DAY + days * PREDICTED_RAD_DAY2)


@kernel()
def tail(z: float) -> float:
    """Minus the log of Student's density with two degrees of freedom, from its mode."""
    return 1.5 * math.log(1.0 + 0.5 * z * z)
