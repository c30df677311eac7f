"""A population as numbers in cells, with how often and how badly its kinds collide in a shell."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    YEAR_S,
    Kind,
    Species,
    cells_of,
    class_shares,
    fragments,
)
from commonsky.environment.capacity_rates import residence
from commonsky.environment.drag import FAR_KM, ballistic_m2_kg
from commonsky.environment.gas import Avoidance, Molecules, factor_per_s, geometry, moments, rates
from commonsky.environment.pairs import meetings
from commonsky.environment.shattering import expected_fragments

_DRAWS = 5000
_USUAL_DRAWS = 10.0  # what a species' mean over all shells weighs beside those of one shell
_GAS_SHELLS = slice(2, 2 + 2 * SHELLS)  # of 25 km, from 150 km on: two of them make one here
_USUAL_KG, _USUAL_RADIUS_M = np.array([500.0, 1000.0, 0.3]), np.array([1.0, 1.5, 0.13, 0.085])
_TRACKED_M2 = np.pi / 4.0 * (0.9 * SMALLEST_M) ** 2  # as in environment.evolve
_USUAL_TILTS = slice(10, 20)  # of 50 to 100 degrees
_INTACT = (ObjectType.PAYLOAD, ObjectType.ROCKET_BODY)


@dataclass(frozen=True, slots=True)
class ShellPopulation:
    """
    `numbers` (3, 180, 4) by species, cell and class of ballistic coefficient.

    `pairs_per_year` (5, 5, 36) is how often one of each of two kinds collide in a shell, nobody
    avoiding; `catastrophic` and `pieces` are the share that breaks both, and the mean number of
    fragments.  `mass_kg` (5, 36) is the mean mass by shell of the perigee, `untracked` (5,) the
    share of active ones' collisions with what is in no catalogue, so that nobody avoids it.
    """

    numbers: Floats
    pairs_per_year: Floats
    catastrophic: Floats
    pieces: Floats
    mass_kg: Floats
    untracked: Floats

    @property
    def by_shell(self) -> Floats:
        """(3, 36) how many of each species are in a shell on average."""
        return np.asarray(self.numbers.sum(axis=-1) @ residence(), np.float64)


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
    return _of_gas(numbers, gas, mass, mean_kg)


def _of_gas(numbers: Floats, gas: Molecules, mass_kg: Floats, mean_kg: Floats) -> ShellPopulation:
    """Put together what a gas with species as its groups, and fresh fragments in it, would do."""
    debris = np.flatnonzero(gas.group == Species.DEBRIS)
    fresh_kg = np.concatenate([one.mass_kg for one in fragments()[0]])
    fresh_m2 = fresh_kg * np.concatenate([one.area_to_mass_m2_kg for one in fragments()[0]])
    radius = np.sqrt(fresh_m2 / np.pi)
    told = moments(gas)
    small = np.zeros_like(gas.weight)
    small[debris] = gas.weight[debris] * (np.pi * gas.radius_m[debris] ** 2 < _TRACKED_M2)
    untracked = _untracked(told, moments(replace(gas, weight=small)))
    # Fresh fragments go where what they come of goes, and are spread over its inclinations.
    alike = told[Species.DERELICT, ..., :1] + told[Species.DEBRIS, ..., :1]
    alike = alike * (1.0, radius.mean(), (radius**2).mean(), 0.0)
    as_fresh, fresh = gas.radius_m.copy(), mass_kg.copy()
    drawn = np.arange(len(debris)) * 7 % len(radius)
    as_fresh[debris], fresh[debris] = radius[drawn], fresh_kg[drawn]
    outcomes = np.stack(
        [_outcomes(gas, mass_kg), _outcomes(replace(gas, radius_m=as_fresh), fresh)]
    )
    of = np.array([0, 1, 0, 2, 2])  # retired ones are as active ones
    new = (np.arange(KINDS) == Kind.FRAGMENT).astype(np.int64)
    catastrophic, pieces = (
        outcomes[np.maximum(new[:, None], new), k, of[:, None], of] for k in range(2)
    )
    pairs = _pairs_per_year(np.concatenate([told, alike[None]]))[
        np.ix_((0, 1, 0, 2, 3), (0, 1, 0, 2, 3))
    ]
    return ShellPopulation(
        numbers, pairs, catastrophic, pieces, mean_kg[of],
        np.array([0.0, 0.0, 0.0, untracked, float((fresh_m2 < _TRACKED_M2).mean())]),
    )  # fmt: skip


def _pairs_per_year(told: Floats) -> Floats:
    """(k, k, 36) collisions of two in a shell, from moments of a gas with so many groups."""
    half = told[:, _GAS_SHELLS]
    k = len(half)
    factor = factor_per_s()[_GAS_SHELLS] * YEAR_S
    met = _met(half) * factor
    met[range(k), range(k)] -= (half[:, :, :, 3] * np.diag(geometry())).sum(axis=2) * factor
    number = half[:, :, :, 0].sum(axis=2).reshape(k, SHELLS, 2).sum(axis=2)
    # Where a group is nearly missing, its members elsewhere stand in; without any, usual ones.
    mean = half.sum(axis=1, keepdims=True)
    mean[:, 0, _USUAL_TILTS, :3] += 1e-7 * _USUAL_RADIUS_M[:, None, None] ** (0, 1, 2)
    mean /= mean[:, :, :, :1].sum(axis=2, keepdims=True)
    usual = _met(mean) * factor.reshape(SHELLS, 2).mean(axis=1) / 2.0
    met = met.reshape(k, k, SHELLS, 2).sum(axis=3).clip(0.0)
    return np.asarray((met + usual) / (number[:, None] * number + 1.0), np.float64)


def _untracked(told: Floats, small: Floats) -> float:
    """Return the share that debris too small for catalogues has in what active ones meet."""
    active = told[Species.ACTIVE, _GAS_SHELLS]
    factor = factor_per_s()[_GAS_SHELLS]
    small_, all_ = (
        float(_met(np.stack([active, one[Species.DEBRIS, _GAS_SHELLS]]))[0, 1] @ factor)
        for one in (small, told)
    )
    return small_ / all_ if all_ > 0.0 else 0.0


def _met(moments_of: Floats) -> Floats:
    """(k, k, s) sums of (r1 + r2)² / cos(I/2) over pairs, from moments (k, s, 36, 4)."""
    zeroth, first, second = (moments_of[:, :, :, power] for power in range(3))
    told = np.einsum("isb,jsb->ijs", second, zeroth @ geometry())
    told = told + told.transpose(1, 0, 2)
    return np.asarray(told + 2.0 * np.einsum("isb,jsb->ijs", first, first @ geometry()))


def _outcomes(gas: Molecules, mass_kg: Floats) -> Floats:
    """(2, 3, 3, 36) share of catastrophic collisions and mean number of fragments, of drawn pairs."""
    # Collisions of active ones with each other are avoided: a few tell what they would do.
    met = meetings(gas, rates(gas, Avoidance(0.0, 0.9)), _DRAWS, np.random.default_rng(23))
    shell = (met.shell - _GAS_SHELLS.start) // 2
    inside = ((shell >= 0) & (shell < SHELLS)).astype(np.float64)
    kinds = gas.group.astype(np.int64)
    pair = (kinds[met.first] * 3 + kinds[met.second]) * SHELLS + np.clip(shell, 0, SHELLS - 1)
    one, two = mass_kg[met.first], mass_kg[met.second]
    pieces = expected_fragments(one, two, met.speed_km_s, SMALLEST_M)
    usual = expected_fragments(_USUAL_KG[:, None], _USUAL_KG, np.full((3, 3), 10.0), SMALLEST_M)
    count = _tallied(pair, inside)
    told = []
    for values, fallback in ((met.catastrophic(mass_kg), np.ones((3, 3))), (pieces, usual)):
        found = _tallied(pair, values * inside)
        mean = (found.sum(axis=2) + fallback) / (count.sum(axis=2) + 1.0)
        told.append((found + _USUAL_DRAWS * mean[:, :, None]) / (count + _USUAL_DRAWS))
    return np.stack(told)


def _tallied(pair: Ints, values: Floats) -> Floats:
    """(3, 3, 36) sums of values, the same for both orders of a pair."""
    told = np.bincount(pair, values, 9 * SHELLS).reshape(3, 3, SHELLS)
    return np.asarray(told + told.transpose(1, 0, 2), np.float64)
