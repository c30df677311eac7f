"""A population as numbers in cells, and how often and how badly its kinds collide in a shell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.catalogue.catalogue import ObjectType
from commonsky.environment.capacity_cells import (
    BINS,
    CELLS,
    CLASSES,
    EDGES_KM,
    KINDS,
    SHELLS,
    SMALLEST_M,
    Kind,
    Species,
    cells_of,
    class_shares,
    fragments,
    residence,
)
from commonsky.environment.drag import DRAG_COEFFICIENT, FAR_KM, ballistic_m2_kg
from commonsky.environment.earth import YEAR_S
from commonsky.environment.gas import (
    TRACKED_AREA_M2,
    Avoidance,
    Molecules,
    factor_per_s,
    geometry,
    moments,
    rates,
)
from commonsky.environment.pairs import meetings
from commonsky.environment.shattering import expected_fragments

_DRAWS = 3000
_BESIDE = 10.0  # draws that the mean over all shells, or all classes, counts as
_GAS_SHELLS = slice(2, 2 + 2 * SHELLS)  # of 25 km, from 150 km on: two of them make one here
_USUAL_KG, _USUAL_RADIUS_M = np.array([500.0, 1000.0, 0.3]), np.array([1.0, 1.5, 0.13, 0.085])
_USUAL_TILTS = slice(10, 20)  # of 50 to 100 degrees
_INTACT = (ObjectType.PAYLOAD, ObjectType.ROCKET_BODY)
_AS = np.array([0, 1, 0, 2, 2])  # of which species a kind's sizes are; retired ones' are of active


@dataclass(frozen=True, slots=True)
class ShellPopulation:
    """
    `numbers` (3, 180, 4) by species, cell and class of ballistic coefficient.

    `rates` (3, 5, 5, 36) are of two objects of two kinds in a shell, a year, nobody avoiding:
    collisions, catastrophic ones, and fragments.  `weights` (3, 5, 5, 4) say as how many an object
    of a class counts in each of them when its kind meets another: what is dense is also large, and
    stays.  `mass_kg` (5, 36) is the mean mass by shell of the perigee, `untracked` (5,) the share
    of active ones' collisions with what is in no catalogue, so that nobody avoids it.
    """

    numbers: Floats
    rates: Floats
    weights: Floats
    mass_kg: Floats
    untracked: Floats

    @property
    def crowd(self) -> Floats:
        """(3, 36, 4) how many of each species and class are in a shell on average."""
        return np.asarray(np.einsum("kcq,cs->ksq", self.numbers, residence(), optimize=True))


def shell_population(
    perigee_km: Floats, apogee_km: Floats, mass_kg: Floats, area_m2: Floats,
    kind: NDArray[np.int8], active: NDArray[np.bool_], weight: Floats, inclination_rad: Floats,
) -> ShellPopulation:  # fmt: skip
    """
    Return n objects as numbers in shells; active ones of any kind keep their heights.

    What has no perigee from 200 to 2000 km, no mass or no area is left out; kinds other than
    payloads and rocket bodies are debris.
    """
    good = (perigee_km >= EDGES_KM[0]) & (perigee_km < EDGES_KM[-1]) & (apogee_km < FAR_KM)
    good &= (apogee_km >= perigee_km) & np.isfinite(inclination_rad)
    for column in (mass_kg, area_m2, weight):
        good &= np.isfinite(column) & (column > 0.0)
    rows = np.flatnonzero(good)
    low, high, mass, area, each, tilt = (
        column[rows]
        for column in (perigee_km, apogee_km, mass_kg, area_m2, weight, inclination_rad)
    )
    species = np.where(np.isin(kind[rows], _INTACT), Species.DERELICT, Species.DEBRIS)
    species = np.where(active[rows], Species.ACTIVE, species).astype(np.int8)
    cell = cells_of(low, high)
    numbers, sums = np.zeros((3, CELLS, CLASSES)), np.zeros((2, 3, SHELLS))
    shares = class_shares(ballistic_m2_kg(area / mass, low, tilt))
    np.add.at(numbers, (species, cell), shares * each[:, None])
    for k, values in enumerate((each, each * mass)):
        np.add.at(sums[k], (species, cell // BINS), values)
    mean_kg = (sums[1] + _USUAL_KG[:, None]) / (sums[0] + 1.0)
    gas = Molecules(low, high, tilt, np.sqrt(area / np.pi), each, species)
    rates_, weights, untracked = _collisions(numbers, gas, mass, shares)
    return ShellPopulation(numbers, rates_, weights, mean_kg[_AS], untracked)


class _Fresh(NamedTuple):
    """Fragments as collisions leave them: radii, masses, and shares of classes (n, 4)."""

    radius_m: Floats
    mass_kg: Floats
    shares: Floats

    @property
    def untracked(self) -> float:
        """The share that is in no catalogue."""
        return float((np.pi * self.radius_m**2 < TRACKED_AREA_M2).mean())


@cache
def _fresh() -> _Fresh:
    mass = np.concatenate([one.mass_kg for one in fragments()[0]])
    ratio = np.concatenate([one.area_to_mass_m2_kg for one in fragments()[0]])
    return _Fresh(np.sqrt(mass * ratio / np.pi), mass, class_shares(DRAG_COEFFICIENT * ratio))


def fresh_shares() -> Floats:
    """(4,) shares of classes among fragments as collisions leave them."""
    return np.asarray(_fresh().shares.mean(axis=0), np.float64)


def _collisions(
    numbers: Floats, gas: Molecules, mass_kg: Floats, shares: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return rates, weights and untracked shares, of a gas that has species as its groups."""
    fresh, debris = _fresh(), np.flatnonzero(gas.group == Species.DEBRIS)
    rows = np.arange(len(debris)) * 7 % len(fresh.mass_kg)
    radius, kilograms, classes = gas.radius_m.copy(), mass_kg.copy(), shares.copy()
    radius[debris], kilograms[debris] = fresh.radius_m[rows], fresh.mass_kg[rows]
    classes[debris] = fresh.shares[rows]
    old = _drawn(gas, mass_kg, shares)
    new = _drawn(replace(gas, radius_m=radius), kilograms, classes)
    is_fresh = np.arange(KINDS) == Kind.FRAGMENT
    either, of = (is_fresh[:, None] | is_fresh)[:, :, None], np.ix_(np.arange(3), _AS, _AS)
    mean, weight = (np.where(either, two[of], one[of]) for one, two in zip(old, new, strict=True))
    told = moments(gas)
    small = (
        gas.weight * (gas.group == Species.DEBRIS) * (np.pi * gas.radius_m**2 < TRACKED_AREA_M2)
    )
    untracked = _untracked(told, moments(replace(gas, weight=gas.weight * small)))
    # Fresh fragments come where derelicts and debris are, and as these are inclined.
    alike = told[Species.DERELICT, :, :, :1] + told[Species.DEBRIS, :, :, :1]
    alike = alike * (1.0, fresh.radius_m.mean(), (fresh.radius_m**2).mean(), 0.0)
    met, usual = _met_per_year(np.concatenate([told, alike[None]]))
    crowd = np.einsum("kcq,cs->ksq", numbers, residence(), optimize=True)[_AS]
    there = crowd[Kind.DERELICT] + crowd[Kind.DEBRIS]
    crowd[Kind.FRAGMENT] = there.sum(axis=1, keepdims=True) * fresh_shares()
    counted = np.einsum("xijq,isq->xijs", weight, crowd)
    pairs = counted * counted.transpose(0, 2, 1, 3)
    return (
        (met + usual) * mean / (pairs + 1.0),
        weight,
        np.array([0.0, 0.0, 0.0, untracked, fresh.untracked]),
    )


def _met_per_year(told: Floats) -> tuple[Floats, Floats]:
    """
    (5, 5, 36) collisions of all of two kinds in a shell, and of two usual ones.

    From moments of active objects, derelicts, debris and fresh fragments.  Where a kind is nearly
    missing its members elsewhere are the usual ones.
    """
    half = told[:, _GAS_SHELLS]
    factor = factor_per_s()[_GAS_SHELLS] * YEAR_S
    met = _met(half) * factor
    met[range(4), range(4)] -= (half[:, :, :, 3] * np.diag(geometry())).sum(axis=2) * factor
    mean = half.sum(axis=1, keepdims=True)
    mean[:, 0, _USUAL_TILTS, :3] += 1e-7 * _USUAL_RADIUS_M[:, None, None] ** (0, 1, 2)
    mean /= mean[:, :, :, :1].sum(axis=2, keepdims=True)
    usual = _met(mean) * factor.reshape(SHELLS, 2).mean(axis=1) / 2.0
    kinds = np.ix_((0, 1, 0, 2, 3), (0, 1, 0, 2, 3))
    return met.reshape(4, 4, SHELLS, 2).sum(axis=3).clip(0.0)[kinds], usual[kinds]


def _met(moments_of: Floats) -> Floats:
    """(k, k, s) sums of (r1 + r2)² / cos(I/2) over pairs, from moments (k, s, 36, 4)."""
    zeroth, first, second = (moments_of[:, :, :, power] for power in range(3))
    told = np.einsum("isb,jsb->ijs", second, zeroth @ geometry())
    told = told + told.transpose(1, 0, 2)
    return np.asarray(told + 2.0 * np.einsum("isb,jsb->ijs", first, first @ geometry()))


def _untracked(told: Floats, small: Floats) -> float:
    """Return the share that debris too small for catalogues has in what active ones meet."""
    pairs = (np.stack([told[Species.ACTIVE], one[Species.DEBRIS]]) for one in (small, told))
    few, all_ = (float(_met(one)[0, 1] @ factor_per_s()) for one in pairs)
    return few / all_ if all_ > 0.0 else 0.0


def _drawn(gas: Molecules, mass_kg: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """
    (3, 3, 3, 36) means over collisions that are drawn, and (3, 3, 3, 4) weights of classes.

    Of one, of whether it is catastrophic, and of the number of fragments, by species of the two.
    """
    # Collisions of active ones with each other are avoided: a few tell what they would do.
    met = meetings(gas, rates(gas, Avoidance(0.0, 0.9)), _DRAWS, np.random.default_rng(23))
    one, two = mass_kg[met.first], mass_kg[met.second]
    pieces = expected_fragments(one, two, met.speed_km_s, SMALLEST_M)
    drawn = np.tile([np.ones(len(met)), met.catastrophic(mass_kg), pieces], 2)
    row = np.concatenate([met.first, met.second])
    other = np.concatenate([met.second, met.first])
    pair = gas.group[row].astype(np.int64) * 3 + gas.group[other]
    shell = np.clip((np.tile(met.shell, 2) - _GAS_SHELLS.start) // 2, 0, SHELLS - 1)
    sums = _summed(pair * SHELLS + shell, drawn, 9 * SHELLS).reshape(3, 9, SHELLS)
    usual = np.ones((3, 9, 1))
    usual[2, :, 0] = expected_fragments(
        _USUAL_KG[:, None], _USUAL_KG, np.full((3, 3), 10.0), SMALLEST_M
    ).ravel()
    whole = sums.sum(axis=2, keepdims=True)
    mean = (whole + usual) / (whole[:1] + 1.0)
    means = (sums + _BESIDE * mean) / (sums[:1] + _BESIDE)
    by_class = np.stack([_summed(pair, drawn * one, 9) for one in shares[row].T], axis=-1)
    count = np.zeros((3, CLASSES))
    np.add.at(count, gas.group, gas.weight[:, None] * shares)
    share = np.repeat(count / np.maximum(count.sum(axis=1, keepdims=True), 1e-300), 3, axis=0)
    beside = _BESIDE * mean
    weight = (by_class + beside * share) / np.maximum((whole + beside) * share, 1e-300)
    weight = np.where(share > 0.0, weight, 1.0)
    return means.reshape(3, 3, 3, SHELLS), weight.reshape(3, 3, 3, CLASSES)


def _summed(place: Ints, values: Floats, size: int) -> Floats:
    """(m, size) sums of rows (m, n) of values by place."""
    return np.array([np.bincount(place, one, size) for one in values])
