"""
Who is who: histories that swapped, objects lost and found, one orbit under two numbers.

Two histories swapped where each goes on with the other's orbit far better than with its own, at
about one time.  A new or unnamed object is one that was lost if its orbit goes on with that one's,
and with no other's about as well.  One orbit under two numbers may be two objects that are
docked, so it is told and not judged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.catalogue.catalogue import Catalogue, stacked
from commonsky.catalogue.neighbours import pairs_within
from commonsky.characterise.continuation import continuation
from commonsky.characterise.history import History
from commonsky.characterise.smooth_orbits import smooth_orbits

BREAK_SIGMAS = 12.0  # a gap of an object's own history that asks whose the next set is
_BETTER = 0.2  # of the own gaps, what those of swapped histories may have at most
_SPAN_DAYS = 5.0  # within which both histories break
_LOOK_BACK = 3
FOUND_SIGMAS, FOUND_KM_S = 15.0, 0.03
_ALONE = 3.0  # times worse than the best is any other that could be meant
_SAME_KM, _SAME_SIGMAS = 30.0, 1.5
_TILT_RAD, _AXIS_SHARE = 0.01, 0.02


@dataclass(frozen=True, slots=True)
class Swaps:
    """
    m pairs of objects (indices of a history) whose later sets belong to one another.

    Sets (row numbers of the input) are the last before and the first after, of each; sigmas are
    of the gaps in the histories as they are, and as they would be, the larger of the two each.
    """

    object1: Ints
    object2: Ints
    last1: Ints
    last2: Ints
    next1: Ints
    next2: Ints
    epoch_tai_ns: Ints
    as_is_sigmas: Floats
    swapped_sigmas: Floats

    def __len__(self) -> int:
        return len(self.object1)


@dataclass(frozen=True, slots=True)
class Found:
    """
    m objects that were lost, rows of the earlier catalogue, and rows of the later that go on.

    `control_km_s` is the least change of velocity that would be needed, `others` how many times
    worse the next best is; inf where there is none.
    """

    lost: Ints
    found: Ints
    control_km_s: Floats
    sigmas: Floats
    others: Floats

    def __len__(self) -> int:
        return len(self.lost)


@dataclass(frozen=True, slots=True)
class Doubles:
    """m pairs of rows of one catalogue that are on one orbit at one place."""

    row1: Ints
    row2: Ints
    apart_km: Floats
    sigmas: Floats

    def __len__(self) -> int:
        return len(self.row1)


def swaps(history: History) -> Swaps:
    """Return the histories that swapped; of an object's breaks each is asked by itself."""
    elements, owner = history.elements, history.owner
    last = np.flatnonzero(owner[1:] == owner[:-1])
    own = continuation(elements, last, last + 1).sigmas
    broken = own > BREAK_SIGMAS
    gaps, worst = last[broken], own[broken]
    one, other = _together(elements, owner, gaps)
    if not len(one):
        return _swaps(history, gaps, one, other, worst, np.zeros(0))
    a, b = gaps[one], gaps[other]
    across = np.maximum(
        continuation(elements, a, b + 1).sigmas, continuation(elements, b, a + 1).sigmas
    )
    least = np.minimum(worst[one], worst[other])
    good = across < np.minimum(_BETTER * least, BREAK_SIGMAS)
    one, other, across = one[good], other[good], across[good]
    # Each break is of one swap: the one that mends it best.
    order = np.argsort(across, kind="stable")
    taken, kept = np.zeros(len(gaps), np.bool_), list[int]()
    for k in order.tolist():
        if not (taken[one[k]] or taken[other[k]]):
            taken[[one[k], other[k]]] = True
            kept.append(k)
    rows = np.array(kept, np.int64)
    return _swaps(history, gaps, one[rows], other[rows], worst, across[rows])


def _together(elements: MeanElements, owner: Ints, gaps: Ints) -> tuple[Ints, Ints]:
    """Pairs of gaps of different objects that overlap, or nearly do."""
    begins = elements.epoch_tai_ns[gaps]
    ends = elements.epoch_tai_ns[gaps + 1]
    near = int(_SPAN_DAYS * NS_PER_DAY)
    order = np.argsort(begins, kind="stable")
    ones, others = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for place, k in enumerate(order.tolist()):
        until = np.searchsorted(begins[order], ends[k] + near, side="right")
        later = order[place + 1 : until]
        later = later[owner[gaps[later]] != owner[gaps[k]]]
        later = later[_alike(elements, gaps[later], gaps[k])]
        ones.append(np.full(len(later), k))
        others.append(later)
    return np.concatenate(ones), np.concatenate(others)


def _alike(elements: MeanElements, rows: Ints, row: int) -> NDArray[np.bool_]:
    """(n,) whose next set could be of another's orbit by its tilt and size."""
    tilt = np.abs(elements.inclination_rad[rows + 1] - elements.inclination_rad[row])
    size = elements.mean_motion_rad_min[rows + 1] / elements.mean_motion_rad_min[row]
    return np.asarray((tilt < _TILT_RAD) & (np.abs(size - 1.0) < _AXIS_SHARE), np.bool_)


def _swaps(
    history: History, gaps: Ints, one: Ints, other: Ints, worst: Floats, across: Floats
) -> Swaps:
    a, b = gaps[one], gaps[other]
    owner, row = history.owner, history.row
    epoch = np.maximum(history.elements.epoch_tai_ns[a], history.elements.epoch_tai_ns[b])
    return Swaps(
        owner[a], owner[b], row[a], row[b], row[a + 1], row[b + 1], epoch,
        np.minimum(worst[one], worst[other]), across,
    )  # fmt: skip


def found_again(
    before: Catalogue, lost: Ints, after: Catalogue, new: Ints, *,
    farthest_km_s: float = FOUND_KM_S,
) -> Found:  # fmt: skip
    """
    Return which new rows of the later catalogue are objects lost from the earlier.

    Gone more than 90 days, an object is not found again; nor where two could be meant.
    """
    elements = stacked([before.elements.take(lost), after.elements.take(new)])
    one, other = _candidates(elements, len(lost))
    told = continuation(elements, one, other)
    sigmas, control = told.sigmas, told.control_km_s
    good = (sigmas < FOUND_SIGMAS) & (control < farthest_km_s)
    one, other, sigmas, control = one[good], other[good], sigmas[good], control[good]
    # In the order of how well they go on; what is left over makes each less sure.
    order = np.argsort(sigmas, kind="stable")
    kept, others = list[int](), list[float]()
    for k in order.tolist():
        rivals = (one == one[k]) ^ (other == other[k])
        best = bool(
            ((one == one[k]) | (other == other[k]))[order[: order.tolist().index(k)]].any()
        )
        next_best = float(sigmas[rivals].min(initial=np.inf)) / max(float(sigmas[k]), 1e-9)
        if not best and next_best > _ALONE:
            kept.append(k)
            others.append(next_best)
    rows = np.array(kept, np.int64)
    return Found(
        lost[one[rows]], new[other[rows] - len(lost)], control[rows], sigmas[rows],
        np.array(others),
    )  # fmt: skip


def _candidates(elements: MeanElements, lost: int) -> tuple[Ints, Ints]:
    """Pairs of a lost row and a new one of about its tilt and size."""
    tilt, motion = elements.inclination_rad, elements.mean_motion_rad_min
    near = np.abs(tilt[:lost, None] - tilt[None, lost:]) < _TILT_RAD
    with np.errstate(divide="ignore", invalid="ignore"):
        near &= np.abs(motion[:lost, None] / motion[None, lost:] - 1.0) < _AXIS_SHARE
    one, other = np.nonzero(near)
    return one.astype(np.int64), other.astype(np.int64) + lost


def doubles(catalogue: Catalogue, epoch_tai_ns: int) -> Doubles:
    """Return the pairs of rows that are on one orbit and at one place at a moment."""
    orbits = smooth_orbits(catalogue.elements, np.array([epoch_tai_ns]))
    e, here = orbits.eccentricity[:, 0], orbits.table[:, 0, 6:9]
    radius = orbits.parameter_km[:, 0] / (1.0 + (e * here).sum(axis=1))
    one, other = pairs_within(here * radius[:, None], _SAME_KM)
    differs = catalogue.catalogue_number[one] != catalogue.catalogue_number[other]
    one, other = one[differs], other[differs]
    sigmas = continuation(catalogue.elements, one, other).sigmas
    apart = np.linalg.norm(
        here[one] * radius[one, None] - here[other] * radius[other, None], axis=1
    )
    good = sigmas < _SAME_SIGMAS
    return Doubles(one[good], other[good], apart[good], sigmas[good])
