"""
How crowded it gets, at once: numbers in shells in place of objects, for whoever tries policies.

Active objects, derelicts and debris of 10 cm and more are numbers by shell, by the difference of
the apsides and by ballistic coefficient.  They sink, collide, explode, are launched, disposed of
and removed by the physics of environment.evolve, on average and without chance.  What is lost
against it: sizes and inclinations of a species in a shell stay what they were, missions end at a
steady rate and not after so many years, and removal takes what is average in a shell, not the
worst of it.

Reference: Talent (1992), Analytic model for orbital debris environmental management, J. Spacecraft
Rockets 29(4), 508-513, for such source-sink models; the cells and how they empty are ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.environment.breakup import EXPLOSION_SLOPE
from commonsky.environment.capacity_cells import (
    BALLISTIC_M2_KG,
    BINS,
    CELLS,
    CLASSES,
    DIFFERENCES_KM,
    EDGES_KM,
    IS_OF,
    KINDS,
    SHELLS,
    SMALLEST_M,
    SOFT_KM,
    STEP_YEARS,
    WIDTH_KM,
    Kind,
    Laws,
    Species,
    Told,
    cells_of,
    exits_per_year,
    residence,
    scattered,
)
from commonsky.environment.capacity_population import ShellPopulation
from commonsky.environment.capacity_rates import SUMS, advance
from commonsky.environment.disposal import disposal_perigee_km
from commonsky.environment.gas import Avoidance
from commonsky.environment.solar_flux import FluxScenario, mean_cycles

EXPLOSIONS_PER_YEAR = 1e-3  # of a derelict, at a factor of 1; an assumption
MOST_YEARS = 1000
_PIECES_OF_EXPLOSION = 6.0 * (SMALLEST_M**-EXPLOSION_SLOPE - 1.0)
_PARTS = 4


@dataclass(frozen=True, slots=True)
class Band:
    """Launches to heights: how many times as many, and how many more to circles there."""

    low_km: float
    high_km: float
    factor: float = 1.0
    added_per_year: float = 0.0

    def __post_init__(self) -> None:
        if not EDGES_KM[0] <= self.low_km < self.high_km <= EDGES_KM[-1]:
            raise ValueError(
                f"a band lies within {EDGES_KM[0]:g} to {EDGES_KM[-1]:g} km, its lower edge "
                f"first, not from {self.low_km} to {self.high_km} km"
            )
        within("factor of a band", self.factor, 0.0, 1000.0)
        within("added_per_year of a band", self.added_per_year, 0.0, 1e5)


@dataclass(frozen=True, slots=True)
class Policy:
    """
    What is done from now on.

    Factors are of launches as the model has them: of all, of stages besides, and of satellites by
    bands of height.  A mission lasts `mission_years` on average; with a chance of
    `disposal_success` it is then left to decay within the limit, or, in a share `direct_re_entry`
    of these, comes down at once.  At an `explosion_factor` of 1 one derelict in a thousand
    explodes in a year, and of active ones `active_explosion_share` of that.
    """

    launch_factor: float = 1.0
    stage_factor: float = 1.0
    bands: tuple[Band, ...] = ()
    mission_years: float = 8.0
    disposal_success: float = 0.9
    disposal_limit_years: float = 5.0
    direct_re_entry: float = 0.9
    removals_per_year: float = 0.0
    explosion_factor: float = 0.0
    active_explosion_share: float = 0.0
    avoidance: Avoidance = field(default_factory=Avoidance)

    def __post_init__(self) -> None:
        for name, least, most in (
            ("launch_factor", 0.0, 1000.0), ("stage_factor", 0.0, 1000.0),
            ("mission_years", 0.25, 1000.0), ("disposal_success", 0.0, 1.0),
            ("disposal_limit_years", 0.0, 1000.0), ("direct_re_entry", 0.0, 1.0),
            ("removals_per_year", 0.0, 1e5), ("explosion_factor", 0.0, 1000.0),
            ("active_explosion_share", 0.0, 1.0),
        ):  # fmt: skip
            within(f"{name} of a policy", getattr(self, name), least, most)


def within(name: str, value: float, least: float, most: float) -> None:
    """Refuse what is outside of its bounds, or no number."""
    if not least <= value <= most:
        raise ValueError(f"{name} is {least:g} to {most:g}, not {value}")


@dataclass(frozen=True, slots=True)
class CapacityModel:
    """
    A population under the Sun, with what is launched: (2, 180, 4) satellites and stages, or None.

    Without launches given, what is active is replaced as its missions end.  `exits` are of
    `capacity_cells`, `keep` and `through` of `Laws`.
    """

    population: ShellPopulation
    launches_per_year: Floats | None
    exits: Floats
    keep: Floats
    through: Floats


def capacity_model(
    population: ShellPopulation, *, start_year: float = 2025.0, flux: FluxScenario | None = None,
    launches_per_year: Floats | None = None,
) -> CapacityModel:  # fmt: skip
    """Return a model to try policies on; without a course of the Sun it has the mean cycle."""
    shape = population.numbers[:2].shape
    if launches_per_year is not None and launches_per_year.shape != shape:
        raise ValueError(
            f"launches are {shape}: of satellites and stages by cell and class, "
            f"not {launches_per_year.shape}"
        )
    monthly = (flux or mean_cycles(start_year)).monthly_sfu
    exits = exits_per_year(tuple(monthly.tolist()))
    leaving = STEP_YEARS * BALLISTIC_M2_KG * exits.sum(axis=-1, keepdims=True)
    left = -np.expm1(-leaving)
    return CapacityModel(population, launches_per_year, exits, 1.0 - left, left / leaving)


@dataclass(frozen=True, slots=True)
class Projection:
    """
    What becomes of a population, at the ends of m years.

    `numbers` (m, 3) are of each species with a perigee from 200 to 2000 km, `by_shell` (m, 3, 36)
    how many are there on average.  `sums` (m, 8) came about in each year, in the order of
    `capacity_rates`: collisions, catastrophic ones, fragments, launches, re-entries with what left
    the Earth, removals, objects that broke up, and years that all of them spent.
    """

    model: CapacityModel
    policy: Policy
    years: Floats
    numbers: Floats
    by_shell: Floats
    sums: Floats


def project(model: CapacityModel, policy: Policy, years: int = 100) -> Projection:
    """Return what becomes of a population under a policy; the model stays as it is."""
    if not (isinstance(years, int) and 1 <= years <= MOST_YEARS):
        raise ValueError(f"a projection is over 1 to {MOST_YEARS} whole years, not {years}")
    placed = np.zeros((KINDS, CELLS, CLASSES))
    placed[[Kind.ACTIVE, Kind.DERELICT, Kind.DEBRIS]] = model.population.numbers
    told = Told(
        np.zeros((years, KINDS)), np.zeros((years, KINDS, SHELLS)), np.zeros((years, SUMS))
    )  # fmt: skip
    reached = advance(placed, np.zeros_like(placed), years, laws(model, policy), told)
    if reached < years:
        raise OverflowError(
            f"after {reached} years there are more than a hundred million objects: take fewer "
            "years, fewer launches or more disposal"
        )
    by_shell = np.swapaxes(np.swapaxes(told.by_shell, 1, 2) @ IS_OF, 1, 2)
    return Projection(
        model, policy, np.arange(1.0, years + 1.0), told.numbers @ IS_OF, by_shell, told.sums
    )


def laws(model: CapacityModel, policy: Policy) -> Laws:
    """Return what a step does under a policy."""
    population, pieces, stays = model.population, scattered(), residence()
    rates = population.rates.copy()
    whole = np.minimum(rates[1] / np.maximum(rates[0], 1e-300), 1.0)
    avoided = policy.avoidance.of_tracked * (1.0 - population.untracked[1:, None])
    rates[:, 0, 1:] *= 1.0 - avoided
    rates[:, 1:, 0] *= 1.0 - avoided
    rates[:, 0, 0] *= 1.0 - policy.avoidance.of_active
    explosions = np.array([policy.active_explosion_share, 1.0, 1.0, 0.0, 0.0])
    explosions *= policy.explosion_factor * EXPLOSIONS_PER_YEAR
    return Laws(
        model.keep, model.through, model.exits[..., 1] / model.exits.sum(axis=-1), stays,
        SHELLS - (stays[:, ::-1] > 0.0).argmax(axis=1), np.ascontiguousarray(stays.T),
        pieces.reshape(2, SHELLS, -1), 1.0 - pieces.sum(axis=(2, 3)), rates, population.weights,
        _gone(whole), (1.0 - whole[0]) * np.array([0.5, 0.0, 0.0, 1.0, 1.0])[:, None],
        launches(model, policy), _disposal(policy.disposal_limit_years),
        (policy.mission_years, policy.disposal_success, policy.direct_re_entry),
        population.mass_kg, explosions, explosions * STEP_YEARS * _PIECES_OF_EXPLOSION,
        policy.removals_per_year,
    )  # fmt: skip


def _gone(whole: Floats) -> Floats:
    """
    (5, 5, 36) share of collisions that an object of the first kind does not outlive.

    Unless both break, the heavier one stays, and of two alike one; an active one that stays is a
    derelict, and so has gone.
    """
    same = IS_OF @ IS_OF.T
    intact = IS_OF[:, Species.DERELICT]
    stay = same * 0.5 + (1.0 - same) * intact[:, None]
    stay[Kind.ACTIVE] = 0.0
    return np.asarray(1.0 - (1.0 - whole) * stay[:, :, None], np.float64)


def launches(model: CapacityModel, policy: Policy) -> Floats:
    """(2, 180, 4) satellites and stages launched a year."""
    active = model.population.numbers[Species.ACTIVE]
    told = model.launches_per_year
    if told is None:
        told = np.stack([active / policy.mission_years, np.zeros_like(active)])
    told = told * (policy.launch_factor * np.array([1.0, policy.stage_factor])[:, None, None])
    for band in policy.bands:
        inside = np.minimum(EDGES_KM[1:], band.high_km) - np.maximum(EDGES_KM[:-1], band.low_km)
        inside = np.maximum(inside, 0.0)
        factor = 1.0 + (band.factor - 1.0) * inside / WIDTH_KM
        told[0] *= np.repeat(factor, BINS)[:, None]
        each = (band.added_per_year * inside / inside.sum())[:, None]
        told[0, ::BINS] += each * classes_launched(model.population)
    return np.asarray(told, np.float64)


def classes_launched(population: ShellPopulation) -> Floats:
    """(4,) shares of classes of ballistic coefficient: active objects', usual ones without any."""
    count = population.numbers[Species.ACTIVE].sum(axis=0) + np.array([3e-9, 6e-9, 1e-9, 0.0])
    return np.asarray(count / count.sum(), np.float64)


@lru_cache(maxsize=16)
def _disposal(within_years: float) -> Ints:
    """(180, 4, 4) cells in which objects of a cell and a class are left to end in time, or -1."""
    logs = np.log1p(DIFFERENCES_KM / SOFT_KM)
    difference = np.tile(SOFT_KM * np.expm1(0.5 * (logs[1:] + logs[:-1])), SHELLS)
    parts = WIDTH_KM * (np.arange(_PARTS) + 0.5) / _PARTS
    low, difference, ballistic = np.broadcast_arrays(
        (np.repeat(EDGES_KM[:-1], BINS)[:, None] + parts)[:, None], difference[:, None, None],
        BALLISTIC_M2_KG[:, None],
    )  # fmt: skip
    high = (low + difference).ravel()
    target = disposal_perigee_km(low.ravel(), high, ballistic.ravel(), within_years)
    return cells_of(target, high).reshape(low.shape)
