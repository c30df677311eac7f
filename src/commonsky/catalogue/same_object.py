"""
Which statements of several nations are of one object, across their numberings.

By catalogue number, then by designator, then by orbit.  Only what has no catalogue number is put
to another by its orbit, and only where nothing else could be meant: what looks like one object
under two numbers may be two that are docked, so it is told of and left apart.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import IntEnum
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MU_WGS72_KM3_S2
from commonsky.catalogue.assertion import AGREE_SIGMAS, Assertions, Predicted
from commonsky.catalogue.catalogue import UNNUMBERED_FIRST
from commonsky.catalogue.identity import DESIGNATOR, designator
from commonsky.catalogue.neighbours import pairs_within

# However old elements are: farther along the orbit there are others of the same launch.
REACH_KM = 50.0


class Doubt(IntEnum):
    """Why two groups of statements that look like one object are left apart."""

    TWO_NUMBERS = 1  # one orbit, and two catalogue numbers or designators: docked, or misnamed
    SEVERAL = 2  # it could be either of several objects
    ONE_DESIGNATOR = 3  # one designator, and two catalogue numbers


@dataclass(frozen=True, slots=True)
class Candidates:
    """k pairs of groups that may be one object, the lower first; nan where no orbit says so."""

    group1: Ints
    group2: Ints
    doubt: Ints  # Doubt
    sigmas: Floats

    def __len__(self) -> int:
        return len(self.group1)


@dataclass(frozen=True, slots=True)
class Identity:
    """
    Groups of n statements, one for each object, counted from 0 by their lowest number.

    `number` (m,) is the catalogue number of each group, or the lowest of our own where it has
    none.
    """

    group: Ints  # (n,)
    number: Ints  # (m,)
    candidates: Candidates


def identify(assertions: Assertions, where: Predicted) -> Identity:
    """
    Return which statements are of one object.

    Own numbers (from 1 000 000 000 on) that rest on a name alone are one object only within a
    nation.  Neither the order of rows nor the names of nations change anything.
    """
    named, number = _by_name(assertions)
    known = _Known.of(assertions, named, number)
    one, other, sigmas = _by_orbit(named, where)
    barred = known.catalogued[one] & known.catalogued[other]
    barred |= known.designated[one] & known.designated[other]
    open_ = np.flatnonzero(~barred)
    root, several = _joined(known, one[open_].tolist(), other[open_].tolist())
    doubt = np.where(barred, Doubt.TWO_NUMBERS, Doubt.SEVERAL)
    told = barred.copy()
    told[open_[several]] = True
    heads = np.unique(root)
    lowest = np.full(len(number), np.iinfo(np.int64).max)
    np.minimum.at(lowest, root, number)
    heads = heads[np.argsort(lowest[heads], kind="stable")]
    rank = np.empty(len(number), np.int64)
    rank[heads] = np.arange(len(heads))
    group = rank[root]
    first, second = known.of_one_designator
    candidates = _candidates(
        np.concatenate([group[one[told]], group[first]]),
        np.concatenate([group[other[told]], group[second]]),
        np.concatenate([doubt[told], np.full(len(first), Doubt.ONE_DESIGNATOR)]),
        np.concatenate([sigmas[told], np.full(len(first), np.nan)]),
    )
    return Identity(group[named], lowest[heads], candidates)


def _candidates(one: Ints, other: Ints, doubt: Ints, sigmas: Floats) -> Candidates:
    """Each pair of groups once, with its gravest doubt and the fewest sigmas."""
    lower, upper = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort((sigmas, -doubt, upper, lower))
    order = order[lower[order] != upper[order]]
    pairs = np.stack([lower, upper])[:, order]
    begins = np.ones(len(order), np.bool_)
    begins[1:] = (pairs[:, 1:] != pairs[:, :-1]).any(axis=0)
    kept = order[begins]
    return Candidates(lower[kept], upper[kept], doubt[kept], sigmas[kept])


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of m groups by names alone."""

    catalogued: NDArray[np.bool_]
    designated: NDArray[np.bool_]
    nations: list[set[str]]
    of_one_designator: tuple[Ints, Ints]  # pairs of catalogued groups

    @classmethod
    def of(cls, assertions: Assertions, group: Ints, number: Ints) -> _Known:
        nations: list[set[str]] = [set() for _ in number]
        groups: dict[str, set[int]] = defaultdict(set)
        catalogued = number < UNNUMBERED_FIRST
        designated = np.zeros(len(number), np.bool_)
        names, spoken = _designators(assertions), assertions.nation.tolist()
        for place, name, nation in zip(group.tolist(), names, spoken, strict=True):
            nations[place].add(nation)
            if name:
                designated[place] = True
                groups[name].add(place)
        pairs = [
            pair
            for several in groups.values()
            for pair in combinations(sorted(several), 2)
            if catalogued[list(pair)].all()
        ]
        shared = np.array(pairs, np.int64).reshape(-1, 2)
        return cls(catalogued, designated, nations, (shared[:, 0], shared[:, 1]))


def _joined(known: _Known, one: list[int], other: list[int]) -> tuple[Ints, list[int]]:
    """
    (m,) the group that each becomes part of, and which pairs stay apart for want of certainty.

    A nation that tells two of the groups apart knows that they are two.
    """
    wanted = _wanted(known, one, other)
    root = np.arange(len(known.nations))
    members = {g: [g] for g in {*one, *other}}
    for u, v in zip(one, other, strict=True):
        if known.catalogued[u] or known.catalogued[v]:
            sure = len(wanted[v if known.catalogued[u] else u]) == 1
        else:
            sure = not wanted[u] and not wanted[v]
        if sure and root[u] != root[v]:
            kept, lost = sorted((int(root[u]), int(root[v])))
            root[members[lost]] = kept
            members[kept] += members.pop(lost)
    for several in members.values():
        spoken = [nation for g in several for nation in known.nations[g]]
        if len(spoken) > len({*spoken}):
            root[several] = several
    apart = np.flatnonzero(root[np.array(one, np.int64)] != root[np.array(other, np.int64)])
    return root, apart.tolist()


def _wanted(known: _Known, one: list[int], other: list[int]) -> dict[int, set[int]]:
    """Catalogued groups that each of the others could be."""
    wanted: dict[int, set[int]] = {g: set() for g in (*one, *other)}
    for u, v in zip(one, other, strict=True):
        if known.catalogued[v]:
            wanted[u].add(v)
        elif known.catalogued[u]:
            wanted[v].add(u)
    return wanted


def _by_name(assertions: Assertions) -> tuple[Ints, Ints]:
    """(n,) groups by number and designator, and (m,) the number of each."""
    numbers = assertions.catalogue.catalogue_number.tolist()
    names = _designators(assertions)
    owners: dict[str, set[int]] = defaultdict(set)
    for number, name in zip(numbers, names, strict=True):
        if number < UNNUMBERED_FIRST and name:
            owners[name].add(number)
    found: dict[object, int] = {}
    lowest: list[int] = []
    group = []
    for number, name, nation in zip(numbers, names, assertions.nation.tolist(), strict=True):
        key: object = number
        if number >= UNNUMBERED_FIRST:
            owner = owners.get(name, set()) if name else set()
            key = next(iter(owner)) if len(owner) == 1 else (name or (nation, number))
        place = found.setdefault(key, len(found))
        if place == len(lowest):
            lowest.append(number)
        lowest[place] = min(lowest[place], number)
        group.append(place)
    return np.array(group, np.int64), np.array(lowest, np.int64)


def _designators(assertions: Assertions) -> list[str]:
    """Designators of single objects, "" of those that name none, or a launch alone."""
    listed = assertions.catalogue.object_id.tolist()
    known = {text: _piece(text) for text in set(listed)}
    return [known[text] for text in listed]


def _piece(text: str) -> str:
    name = designator(text)
    found = DESIGNATOR.fullmatch(name)
    return name if found is not None and found[3] else ""


def _by_orbit(group: Ints, where: Predicted) -> tuple[Ints, Ints, Floats]:
    """Pairs of groups with statements on one orbit at one place, and how many sigmas apart."""
    usable = where.usable
    position = np.where(usable[:, None], where.position_teme_km, np.nan)
    one, other = pairs_within(position, REACH_KM)
    different = group[one] != group[other]
    one, other = one[different], other[different]
    _, sigmas = where.apart(one, other)
    near = (sigmas <= AGREE_SIGMAS) & (_turning_sigmas(where, one, other) <= AGREE_SIGMAS)
    one, other, sigmas = group[one[near]], group[other[near]], sigmas[near]
    lower, upper = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort((sigmas, upper, lower))
    pairs, first = np.unique(np.stack([lower, upper])[:, order], axis=1, return_index=True)
    return pairs[0], pairs[1], sigmas[order][first]


def _turning_sigmas(where: Predicted, one: Ints, other: Ints) -> Floats:
    """
    (k,) differences of velocity, in sigmas of the distance that they grow to in a radian's way.

    Without it whatever passes near an object would be taken for it.
    """
    position, velocity = where.position_teme_km[one], where.velocity_teme_km_s[one]
    radius = np.linalg.norm(position, axis=1)
    # Who is ahead on the same orbit has been turned by the Earth's pull: no difference of orbits.
    ahead_s = np.einsum("nc,nc->n", where.position_teme_km[other] - position, velocity)
    ahead_s /= (velocity**2).sum(axis=1)
    turned = -(MU_WGS72_KM3_S2 / radius**3 * ahead_s)[:, None] * position
    apart = where.velocity_teme_km_s[other] - velocity - turned
    radian_s = np.sqrt(radius**3 / MU_WGS72_KM3_S2)
    variance = where.sigma_rtn_km[one] ** 2 + where.sigma_rtn_km[other] ** 2
    return np.linalg.norm(apart, axis=1) * radian_s / np.sqrt(variance[:, 0] + variance[:, 2])
