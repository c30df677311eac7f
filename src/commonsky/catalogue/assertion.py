"""
Several nations' statements of orbits, side by side: who agrees with whom about each object.

Nothing is averaged and nobody is overruled: statements are compared where they put the object at
one common time, in the light of how sure each of them can be.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.astro.sgp4 import propagate
from commonsky.catalogue.apart import apart_rtn_km
from commonsky.catalogue.catalogue import Catalogue, Texts
from commonsky.catalogue.merge import NS_PER_DAY, VALID_DAYS

# Of three Gaussian components one in 900 is farther than this by chance.
AGREE_SIGMAS = 4.0


@dataclass(frozen=True, slots=True)
class Assertions:
    """
    n statements of orbits, one row each: what is said, by which nation, and when.

    `row` (n,) is where each comes from in a table of the caller's.
    """

    catalogue: Catalogue
    nation: Texts
    said_tai_ns: Ints
    row: Ints

    def __post_init__(self) -> None:
        for column in fields(self)[1:]:
            found = getattr(self, column.name).shape
            if found != (len(self.catalogue),):
                raise ValueError(
                    f"{column.name} has shape {found}, but there are {len(self.catalogue)} rows"
                )

    def __len__(self) -> int:
        return len(self.catalogue)


@dataclass(frozen=True, slots=True)
class Predicted:
    """Where n statements put their objects at one time, and how surely; nan where nowhere."""

    at_tai_ns: int
    position_teme_km: Floats  # (n, 3)
    velocity_teme_km_s: Floats  # (n, 3)
    sigma_rtn_km: Floats  # (n, 3)

    @property
    def usable(self) -> NDArray[np.bool_]:
        """(n,) which statements say anything at that time."""
        told = np.isfinite(self.position_teme_km) & np.isfinite(self.velocity_teme_km_s)
        return np.asarray((told & np.isfinite(self.sigma_rtn_km)).all(axis=1))

    def apart(self, one: Ints, other: Ints) -> tuple[Floats, Floats]:
        """
        (k, 3) differences in km of rows `other` from rows `one`, and (k,) how many sigmas.

        Components are those of `apart_rtn_km`; the number of sigmas is Mahalanobis's distance.
        """
        rtn_km = apart_rtn_km(
            self.position_teme_km[one],
            self.velocity_teme_km_s[one],
            self.position_teme_km[other],
        )
        variance = self.sigma_rtn_km[one] ** 2 + self.sigma_rtn_km[other] ** 2
        return rtn_km, np.sqrt((rtn_km**2 / variance).sum(axis=1))


def predicted(
    elements: MeanElements,
    at_tai_ns: int,
    sigma_rtn_km: Floats,
    executor: Executor | None = None,
) -> Predicted:
    """
    Return where n element sets put their objects at a time.

    `sigma_rtn_km` (n, 3) is how far each may be off then; `commonsky.assess.uncertainty` tells.
    Sets that SGP4 refuses, or that have come down, put them nowhere.
    """
    states = propagate(elements, np.array([at_tai_ns], np.int64), executor=executor)
    bad = states.status[:, 0] != 0
    position, velocity = states.position_km[:, 0].copy(), states.velocity_km_s[:, 0].copy()
    position[bad], velocity[bad] = np.nan, np.nan
    return Predicted(at_tai_ns, position, velocity, sigma_rtn_km)


class Verdict(IntEnum):
    """What nations together say of one object."""

    NOWHERE = 0  # nobody says where it is at that time
    ALONE = 1  # one nation says so
    AGREE = 2
    DISSENT = 3
    OUTDATED = 4  # they differ, but all sides but one are too old to be worth anything


@dataclass(frozen=True, slots=True)
class Agreement:
    """
    What n statements say of m objects, by group; and of each statement, which side it is on.

    Side 0 is that of most nations, of as many the one with the newest epoch; -1 says nothing at
    that time.  All on one side agree with each other, pair by pair.  `reference` is the newest of
    side 0, from which differences (km, as `apart_rtn_km`, and in sigmas) are told; `farthest` is
    the statement most sigmas away.  Both are -1, and differences nan, where there is none.
    """

    verdict: NDArray[np.int8]  # (m,) Verdict
    nations: Ints  # (m,) how many say anything of it at all
    sides: Ints  # (m,)
    reference: Ints  # (m,) rows
    farthest: Ints  # (m,) rows
    side: Ints  # (n,)
    difference_rtn_km: Floats  # (n, 3)
    sigmas: Floats  # (n,)


def agreement(assertions: Assertions, group: Ints, where: Predicted) -> Agreement:
    """
    Compare the statements of each object: `group` (n,) counts objects from 0, as `identify` does.

    Neither the order of rows nor the names of nations change the verdicts.
    """
    n, m = len(assertions), int(group.max(initial=-1)) + 1
    usable = where.usable
    side = np.full(n, -1, np.int64)
    for table in _tables(group, where, usable):
        side[table[table >= 0]] = _sides(table, where)[table >= 0]
    epoch = assertions.catalogue.elements.epoch_tai_ns
    nation = np.unique(assertions.nation, return_inverse=True)[1].astype(np.int64)
    side = _ranked(side, group, nation, epoch)
    reference = _last(group, np.lexsort((*where.position_teme_km.T, epoch)), side == 0, m)
    difference, sigmas = np.full((n, 3), np.nan), np.full(n, np.nan)
    told = np.flatnonzero(usable)
    difference[told], sigmas[told] = where.apart(reference[group[told]], told)
    farthest = _last(group, np.lexsort((*where.position_teme_km.T, sigmas)), usable, m)
    sides = np.zeros(m, np.int64)
    np.maximum.at(sides, group, side + 1)
    speaking = _distinct(group[told], nation[told], m)
    fresh = _fresh_sides(assertions.catalogue, group, side, where.at_tai_ns, m)
    verdict = np.select(
        [sides == 0, speaking == 1, sides == 1, fresh == 1],
        [Verdict.NOWHERE, Verdict.ALONE, Verdict.AGREE, Verdict.OUTDATED],
        Verdict.DISSENT,
    ).astype(np.int8)
    nations = _distinct(group, nation, m)
    return Agreement(verdict, nations, sides, reference, farthest, side, difference, sigmas)


def _tables(group: Ints, where: Predicted, usable: NDArray[np.bool_]) -> Iterator[Ints]:
    """Yield (objects, most) usable rows, the surest first and -1 behind, by how many they are."""
    rows = np.flatnonzero(usable)
    keys = (*where.position_teme_km[rows].T, where.sigma_rtn_km[rows, 1], group[rows])
    rows = rows[np.lexsort(keys)]
    begins = np.flatnonzero(np.diff(group[rows], prepend=-1))
    counts = np.diff(np.append(begins, len(rows)))
    for most in 2 ** np.arange(int(counts.max(initial=1)).bit_length() + 1):
        chosen = np.flatnonzero((counts <= most) & (counts > most // 2))
        if len(chosen):
            place = begins[chosen, None] + np.arange(most)
            there = np.arange(most) < counts[chosen, None]
            yield np.where(there, rows[np.minimum(place, len(rows) - 1)], -1)


def _sides(table: Ints, where: Predicted) -> Ints:
    """(objects, most) side of each row: the first one with all of whose rows it agrees."""
    objects, most = table.shape
    side = np.zeros((objects, most), np.int64)
    for k in range(1, most):
        # Whether this row could be on each side so far; a new one is always open.
        opens = np.ones((objects, most), np.bool_)
        for j in range(k):
            both = np.flatnonzero((table[:, k] >= 0) & (table[:, j] >= 0))
            _, sigmas = where.apart(table[both, j], table[both, k])
            apart = both[~(sigmas <= AGREE_SIGMAS)]
            opens[apart, side[apart, j]] = False
        side[:, k] = np.argmax(opens, axis=1)
    return side


def _ranked(side: Ints, group: Ints, nation: Ints, epoch: Ints) -> Ints:
    """(n,) sides numbered from the one of most nations, then of the newest epoch."""
    rows = np.flatnonzero(side >= 0)
    if len(rows) == 0:
        return side
    key = group[rows] * (int(side.max()) + 1) + side[rows]
    sides, place = np.unique(key, return_inverse=True)
    many = _distinct(place, nation[rows], len(sides))
    newest = np.full(len(sides), np.iinfo(np.int64).min)
    np.maximum.at(newest, place, epoch[rows])
    owner = sides // (int(side.max()) + 1)
    order = np.lexsort((sides, -newest, -many, owner))
    first = np.searchsorted(owner[order], owner[order])
    rank = np.empty(len(sides), np.int64)
    rank[order] = np.arange(len(sides)) - first
    ranked = side.copy()
    ranked[rows] = rank[place]
    return ranked


def _last(group: Ints, order: Ints, chosen: NDArray[np.bool_], m: int) -> Ints:
    """(m,) the last row of each group in this order, of those chosen; -1 where there is none."""
    found = np.full(m, -1, np.int64)
    rows = order[chosen[order]]
    found[group[rows]] = rows
    return found


def _distinct(place: Ints, value: Ints, m: int) -> Ints:
    """(m,) how many different values there are at each place."""
    pairs = np.unique(np.stack([place, value]), axis=1)
    return np.bincount(pairs[0], minlength=m)


def _fresh_sides(catalogue: Catalogue, group: Ints, side: Ints, at_tai_ns: int, m: int) -> Ints:
    """(m,) how many sides hold a statement that is young enough to be worth anything."""
    limits, days = np.array(VALID_DAYS).T
    kind = np.searchsorted(limits, catalogue.elements.perigee_height_km, side="right")
    age_days = np.abs(np.int64(at_tai_ns) - catalogue.elements.epoch_tai_ns) / NS_PER_DAY
    young = np.flatnonzero((age_days <= days[np.minimum(kind, len(days) - 1)]) & (side >= 0))
    return _distinct(group[young], side[young], m)
