"""
How crowded it gets, at once: numbers in shells instead of objects, for sliders of policy.

Active objects, derelicts and debris of 10 cm and more are numbers by shell, by the difference of
the apsides and by ballistic coefficient.  They sink, collide, explode, are launched, disposed of and
removed by the same physics as in `environment.evolve`, on average and without chance.  What is lost
against it: sizes and inclinations of a species in a shell stay those of the start, missions end at
a steady rate, not after so many years, and removal takes average derelicts, not the worst.

Whether debris grows is told in two ways: by the years that were followed, and by how many
fragments one fragment makes in its time in orbit, with all else as it is; above one it grows.

Reference: Talent (1992), Analytic model for orbital debris environmental management, J. Spacecraft
Rockets 29(4), 508-513, for such source-sink models; cells and measures are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.catalogue.catalogue import ObjectType
from commonsky.environment.breakup import EXPLOSION_SLOPE
from commonsky.environment.capacity_cells import (
    BALLISTIC_M2_KG,
    BINS,
    CELLS,
    CLASSES,
    DIFFERENCES_KM,
    EDGES_KM,
    SHELLS,
    SMALLEST_M,
    SOFT_KM,
    STEP_YEARS,
    WIDTH_KM,
    YEAR_S,
    Species,
    cells_of,
    class_shares,
    exits_per_year,
    scattered,
)
from commonsky.environment.capacity_rates import (
    CATASTROPHIC,
    COLLISIONS,
    STAYED,
    SUMS,
    Laws,
    Told,
    advance,
    residence,
)
from commonsky.environment.criteria import LAST_SHARE, criteria_of
from commonsky.environment.disposal import disposal_perigee_km
from commonsky.environment.drag import FAR_KM, ballistic_m2_kg
from commonsky.environment.gas import Avoidance, Molecules, factor_per_s, geometry, moments, rates
from commonsky.environment.index import Criterion, judged
from commonsky.environment.pairs import meetings
from commonsky.environment.shattering import expected_fragments
from commonsky.environment.solar_flux import FluxScenario, mean_cycles

EXPLOSIONS_PER_YEAR = (
    1e-3  # of a derelict at a factor of 1: some eleven a year of all orbits' 10,000
)
PIECES_OF_EXPLOSION = 6.0 * (SMALLEST_M**-EXPLOSION_SLOPE - 1.0)
MOST_YEARS = 1000
_DRAWS = 6000
_GAS_SHELLS = slice(2, 2 + 2 * SHELLS)  # of 25 km from 150 km on: two make one here
_LARGEST_FLEET, _HALVINGS, _ROUNDS = 1e6, 10, 40
_USUAL_KG, _USUAL_RADIUS_M = np.array([500.0, 1000.0, 0.3]), np.array([1.0, 1.5, 0.13])
_INTACT = (ObjectType.PAYLOAD, ObjectType.ROCKET_BODY)


@dataclass(frozen=True, slots=True)
class Band:
    """Launches to circles between two heights: how many times as many, and how many besides."""

    low_km: float
    high_km: float
    factor: float = 1.0
    added_per_year: float = 0.0

    def __post_init__(self) -> None:
        if not EDGES_KM[0] <= self.low_km < self.high_km <= EDGES_KM[-1]:
            raise ValueError(
                f"a band lies within {EDGES_KM[0]:g} to {EDGES_KM[-1]:g} km, its lower edge first, "
                f"not from {self.low_km} to {self.high_km} km"
            )
        for name in ("factor", "added_per_year"):
            _within(f"{name} of a band", getattr(self, name), 0.0, 1e5)


@dataclass(frozen=True, slots=True)
class Policy:
    """
    What is done from now on.

    Factors are of launches as the model has them: of all, of stages besides, and by bands of
    height.  A mission ends after `mission_years` on average; with a chance of `disposal_success`
    it is then left to decay within the limit, or, in a share `direct_re_entry` of these, comes
    down at once.  At an `explosion_factor` of 1 one derelict in a thousand explodes each year, and
    `active_explosion_share` of that of active ones.
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
            _within(f"{name} of a policy", getattr(self, name), least, most)


def _within(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:  # nan is not, either
        raise ValueError(f"{name} is {least:g} to {most:g}, not {value}")


@dataclass(frozen=True, slots=True)
class ShellPopulation:
    """
    Numbers by species, shell of the perigee, difference of the apsides and class, (3, 36, 4, 4).

    `pairs_per_year` (3, 3, 36) is how often one of the first and one of the second kind collide in
    a shell, nobody avoiding; `catastrophic` and `pieces` are the share that breaks both, and the
    mean number of fragments; `mass_kg` (3, 36) is the mean mass by shell of the perigee.
    """

    numbers: Floats
    pairs_per_year: Floats
    catastrophic: Floats
    pieces: Floats
    mass_kg: Floats


def shell_population(
    perigee_km: Floats, apogee_km: Floats, mass_kg: Floats, area_m2: Floats,
    kind: NDArray[np.int8], active: NDArray[np.bool_], weight: Floats, inclination_rad: Floats,
) -> ShellPopulation:  # fmt: skip
    """
    Return n objects as numbers in shells, with how often and how badly they collide.

    What has no perigee from 200 to 2000 km, no mass or no area is left out.
    """
    good = (perigee_km >= EDGES_KM[0]) & (perigee_km < EDGES_KM[-1]) & (apogee_km < FAR_KM)
    good &= (apogee_km >= perigee_km) & np.isfinite(inclination_rad)
    for column in (mass_kg, area_m2, weight):
        good &= np.isfinite(column) & (column > 0.0)
    rows = np.flatnonzero(good)
    low, high, mass, area, weight, tilt = (
        column[rows]
        for column in (perigee_km, apogee_km, mass_kg, area_m2, weight, inclination_rad)
    )
    species = np.where(np.isin(kind[rows], _INTACT), Species.DERELICT, Species.DEBRIS)
    species = np.where(active[rows], Species.ACTIVE, species).astype(np.int8)
    shell, wide = cells_of(low, high)
    shares = class_shares(ballistic_m2_kg(area / mass, low, tilt)) * weight[:, None]
    numbers, whole_kg = np.zeros((3, SHELLS, BINS, CLASSES)), np.zeros((3, SHELLS))
    np.add.at(numbers, (species, shell, wide), shares)
    np.add.at(whole_kg, (species, shell), weight * mass)
    count = numbers.sum(axis=(2, 3))
    usual = _USUAL_KG[:, None]
    gas = Molecules(low, high, tilt, np.sqrt(area / np.pi), weight, species)
    met = _outcomes(gas, mass)
    return ShellPopulation(
        numbers, _pairs_per_year(moments(gas)), *met, (whole_kg + usual) / (count + 1.0)
    )


def _pairs_per_year(told: Floats) -> Floats:
    """(3, 3, 36) collisions of two in a shell, from moments of which two shells make one here."""
    half = told[:, _GAS_SHELLS]
    factor = factor_per_s()[_GAS_SHELLS] * YEAR_S
    met = _met(half) * factor
    alone = (half[:, :, :, 3] * np.diag(geometry())).sum(axis=2) * factor
    for k in Species:
        met[k, k] -= alone[k]
    number = half[:, :, :, 0].sum(axis=2).reshape(3, SHELLS, 2).sum(axis=2)
    # Where a species is nearly missing, its members elsewhere stand in; where it is, usual ones.
    mean = half.sum(axis=1, keepdims=True)
    mean[:, 0, 10:20, :3] += 1e-7 * _USUAL_RADIUS_M[:, None, None] ** (0, 1, 2)
    mean /= mean[:, :, :, :1].sum(axis=2, keepdims=True)
    usual = _met(mean) * factor.reshape(SHELLS, 2).mean(axis=1) / 2.0
    both = number[:, None] * number
    return np.asarray(
        (met.reshape(3, 3, SHELLS, 2).sum(axis=3).clip(0.0) + usual) / (both + 1.0), np.float64
    )


def _met(moments: Floats) -> Floats:
    """(3, 3, s) sums of (r1 + r2)² / cos(I/2) over pairs, from moments (3, s, 36, 4)."""
    zeroth, first, second = (moments[:, :, :, power] for power in range(3))
    told = np.einsum("isb,jsb->ijs", second, zeroth @ geometry())
    told = told + told.transpose(1, 0, 2)
    return np.asarray(told + 2.0 * np.einsum("isb,jsb->ijs", first, first @ geometry()))


def _outcomes(gas: Molecules, mass_kg: Floats) -> tuple[Floats, Floats]:
    """(3, 3, 36) share of catastrophic collisions and mean number of fragments, of drawn pairs."""
    met = meetings(gas, rates(gas, Avoidance(0.0, 0.9)), _DRAWS, np.random.default_rng(23))
    one, two = gas.group[met.first].astype(np.int64), gas.group[met.second].astype(np.int64)
    shell = (met.shell - _GAS_SHELLS.start) // 2
    inside = (shell >= 0) & (shell < SHELLS)
    pieces = expected_fragments(
        mass_kg[met.first], mass_kg[met.second], met.speed_km_s, SMALLEST_M
    )
    light, heavy = (
        np.minimum(_USUAL_KG[:, None], _USUAL_KG),
        np.maximum(_USUAL_KG[:, None], _USUAL_KG),
    )
    usual = np.ones((3, 3)), expected_fragments(light, heavy, np.full((3, 3), 10.0), SMALLEST_M)
    told = []
    count = _tallied(one, two, shell, inside.astype(np.float64))
    for values, fallback in zip((met.catastrophic(mass_kg), pieces), usual, strict=True):
        found = _tallied(one, two, shell, values * inside)
        mean = (found.sum(axis=2) + fallback) / (count.sum(axis=2) + 1.0)
        told.append((found + 10.0 * mean[:, :, None]) / (count + 10.0))
    return told[0], told[1]


def _tallied(one: Ints, two: Ints, shell: Ints, values: Floats) -> Floats:
    """(3, 3, 36) sums of values, the same for both orders of a pair."""
    cell = (one * 3 + two) * SHELLS + np.clip(shell, 0, SHELLS - 1)
    told = np.bincount(cell, values, 9 * SHELLS).reshape(3, 3, SHELLS)
    return np.asarray(told + told.transpose(1, 0, 2), np.float64)


@dataclass(frozen=True, slots=True)
class CapacityModel:
    """
    A population with the Sun's course and launches; `launches_per_year` (2, 36, 4, 4) or None.

    The first of launches are satellites, the second stages; without them, what is active is
    replaced as its missions end.
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
    """Return a model to try policies on; without a course of the Sun it is the mean cycle."""
    if launches_per_year is not None and launches_per_year.shape != population.numbers[:2].shape:
        raise ValueError(
            f"launches are {population.numbers[:2].shape}: satellites and stages by shell, "
            f"difference and class, not {launches_per_year.shape}"
        )
    monthly = (flux or mean_cycles(start_year)).monthly_sfu
    exits = exits_per_year(tuple(monthly.tolist()))
    leaving = STEP_YEARS * BALLISTIC_M2_KG * exits.sum(axis=-1, keepdims=True)
    leaving = np.maximum(leaving, 1e-12)
    through = -np.expm1(-leaving)
    return CapacityModel(population, launches_per_year, exits, 1.0 - through, through / leaving)


@dataclass(frozen=True, slots=True)
class Projection:
    """
    What becomes of a population, at the ends of m years.

    `numbers` (m, 3) of each species with a perigee from 200 to 2000 km, `by_shell` (m, 3, 36) how
    many are there on average; `sums` (m, 8) is what came about in each year, in the order of
    `capacity_rates`: collisions, catastrophic ones, fragments, launches, re-entries, removals,
    objects that broke, and object-years.
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
    placed = model.population.numbers.copy()
    told = Told(np.zeros((years, 3)), np.zeros((years, 3, SHELLS)), np.zeros((years, SUMS)))
    reached = advance(placed, np.zeros_like(placed), years, laws(model, policy), told)
    if reached < years:
        raise OverflowError(
            f"after {reached} years there are more than a hundred million objects: take fewer "
            "years, fewer launches or more disposal"
        )
    return Projection(model, policy, 1.0 + np.arange(years), *told)


def laws(model: CapacityModel, policy: Policy) -> Laws:
    """Return what a step does under a policy."""
    population = model.population
    left = policy.avoidance.left()[np.ix_((0, 1, 1), (0, 1, 1))]
    per_year = population.pairs_per_year * left[:, :, None]
    whole = population.catastrophic
    # Of what is not broken whole the heavier one stays; hit, an active one is a derelict.
    gone = np.ones_like(whole)
    gone[1] = whole[1]
    gone[1, 1], gone[2, 2] = 0.5 * (1.0 + whole[1, 1]), 0.5 * (1.0 + whole[2, 2])
    crippled = (1.0 - whole[0]) * np.array([0.5, 0.0, 1.0])[:, None]
    explosions = (
        policy.explosion_factor
        * EXPLOSIONS_PER_YEAR
        * np.array([policy.active_explosion_share, 1.0, 0.0])
    )
    exits = model.exits.sum(axis=-1)
    return Laws(
        model.keep, model.through, model.exits[..., 1] / exits, residence(), scattered(), per_year,
        per_year * gone, per_year * whole, per_year * population.pieces, per_year[0] * crippled,
        launched(model, policy), _disposal(policy.disposal_limit_years),
        population.mass_kg[Species.DERELICT], explosions, PIECES_OF_EXPLOSION,
        policy.mission_years, policy.disposal_success, policy.direct_re_entry,
        policy.removals_per_year,
    )  # fmt: skip


def launched(model: CapacityModel, policy: Policy) -> Floats:
    """(2, 36, 4, 4) satellites and stages launched a year."""
    active = model.population.numbers[Species.ACTIVE]
    told = model.launches_per_year
    if told is None:
        told = np.stack([active / policy.mission_years, np.zeros_like(active)])
    told = told * policy.launch_factor * np.array([1.0, policy.stage_factor])[:, None, None, None]
    for band in policy.bands:
        overlap = np.minimum(EDGES_KM[1:], band.high_km) - np.maximum(EDGES_KM[:-1], band.low_km)
        overlap = overlap.clip(0.0) / WIDTH_KM
        told[0] *= 1.0 + (band.factor - 1.0) * overlap[:, None, None]
        each = band.added_per_year * overlap[:, None] / overlap.sum()
        told[0, :, 0] += each * classes(model.population)
    return np.asarray(told, np.float64)


def classes(population: ShellPopulation) -> Floats:
    """(4,) shares of the classes among active objects, or of usual ones where there are none."""
    count = population.numbers[Species.ACTIVE].sum(axis=(0, 1))
    count = count + 1e-9 * np.array([0.3, 0.6, 0.1, 0.0])
    return np.asarray(count / count.sum(), np.float64)


@lru_cache(maxsize=16)
def _disposal(within_years: float) -> Ints:
    """(36, 4, 4, 8) cells to which objects of a cell are brought to end in time; -1: down."""
    logs = np.log1p(DIFFERENCES_KM / 20.0)
    wide = 20.0 * np.expm1(0.5 * (logs[1:] + logs[:-1]))
    perigee = EDGES_KM[:-1, None] + WIDTH_KM * (np.arange(8) + 0.5) / 8.0
    low, wide, ballistic = np.broadcast_arrays(
        perigee[:, None, None], wide[:, None, None], BALLISTIC_M2_KG[:, None]
    )
    flat, high = low.ravel(), (low + wide).ravel()
    target = disposal_perigee_km(flat, high, ballistic.ravel(), within_years)
    shell, range_ = cells_of(target, high)
    return np.where(shell < 0, -1, shell * BINS + range_).reshape(low.shape)


@dataclass(frozen=True, slots=True)
class Stability:
    """
    Whether debris multiplies by itself, all that is whole staying as it is.

    `reproduction` is how many fragments follow from one in its time in orbit, in the mixture of
    shells that grows fastest; `growth_per_year` is how fast debris then grows in the end, 0 where
    reproduction is not above 1.
    """

    reproduction: float
    growth_per_year: float


def stability(model: CapacityModel, policy: Policy, by_shell: Floats) -> Stability:
    """
    Return the stability of (3, 36) objects by species and shell.

    The growth is the loss rate at which reproduction would be 1: the largest eigenvalue of the
    linearised equations of debris.
    """
    rules = laws(model, policy)
    born = np.einsum(
        "js,js->s", rules.pieces[Species.DEBRIS] - rules.gone[Species.DEBRIS], by_shell
    )

    def reproduction(loss_per_year: float) -> float:
        spent = settled(model, rules.scattered[0], loss_per_year)
        return float(np.abs(np.linalg.eigvals(born * spent)).max())

    now = reproduction(0.0)
    if now <= 1.0:
        return Stability(now, 0.0)
    low, high = 0.0, 1e-4
    while reproduction(high) > 1.0:
        low, high = high, 4.0 * high
    for _ in range(12):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if reproduction(middle) > 1.0 else (low, middle)
    return Stability(now, 0.5 * (low + high))


def settled(model: CapacityModel, sources_per_year: Floats, loss_per_year: float) -> Floats:
    """(n, 36) how many stay in each shell in the long run of n sources (n, 36, 4, 4) that go on."""
    exits = model.exits.mean(axis=0)
    rate = BALLISTIC_M2_KG * exits.sum(axis=-1, keepdims=True)
    inwards = (exits[..., 1] / exits.sum(axis=-1))[..., None]
    held = sources_per_year / (rate[0] + loss_per_year)
    leaving = held * rate[0]
    fell = np.zeros_like(held)
    for p in range(SHELLS - 1, -1, -1):
        for d in range(BINS - 1, -1, -1):
            sunk = fell[:, p, d] / (rate[1, p, d] + loss_per_year)
            held[:, p, d] += sunk
            inner = leaving[:, p, d] * inwards[0, p, d]
            inner = inner + sunk * rate[1, p, d] * inwards[1, p, d]
            lower = leaving[:, p, d] + sunk * rate[1, p, d] - inner
            if d:
                fell[:, p, d - 1] += inner
            if p:
                fell[:, p - 1, d] += lower
    return np.asarray(held.sum(axis=-1).reshape(len(held), -1) @ residence().reshape(-1, SHELLS))


def capacity(
    model: CapacityModel, policy: Policy, *, most_debris: float = 250.0,
    horizon_years: float = 200.0,
) -> Floats:  # fmt: skip
    """
    (36,) the largest fleet that each shell can bear, were it the only one to be added.

    It is kept up for ever under the policy, on top of what is there now, held as it is.  Its
    derelicts and the fragments of all their collisions, those in other shells with them, come to
    an equilibrium with no more than `most_debris` pieces in orbit at once.  What would still be
    there after a horizon is forgotten at that rate, or no fleet above 1000 km had an equilibrium
    short of geological times.  As many as a million are told as that.
    """
    _within("most_debris", most_debris, 1e-3, 1e6)
    _within("horizon_years", horizon_years, 1.0, 1e5)
    rules = laws(model, policy)
    loss = 1.0 / horizon_years
    spread = settled(model, rules.scattered[0], loss)
    fleet = np.stack([rules.residence[:, 0], settled(model, _left(model, policy, rules), loss)])
    now = crowd(model.population)
    base = _pieces(rules, now)

    def bears(active: Floats) -> NDArray[np.bool_]:
        """Whether the debris of fleets of these sizes, each on its own, settles."""
        there = np.zeros((SHELLS, 3, SHELLS))
        there[:, :2] = np.moveaxis(active[:, None] * fleet, 0, 1)
        held = np.zeros(SHELLS)
        for _ in range(_ROUNDS):
            # From below, so that it grows until it settles, or passes the most.
            there[:, 2] = (_pieces(rules, now + there) - base) @ spread
            before, held = held, there[:, 2].sum(axis=1)
            if ((held > most_debris) | (held < 1.001 * before)).all():
                break
        return np.asarray((held <= most_debris) & (held < 1.01 * before + 1e-9))

    low, high = np.zeros(SHELLS), np.full(SHELLS, np.log(_LARGEST_FLEET))
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        good = bears(np.exp(middle))
        low, high = np.where(good, middle, low), np.where(good, high, middle)
    return np.asarray(np.floor(np.exp(low)), np.float64)


def _left(model: CapacityModel, policy: Policy, rules: Laws) -> Floats:
    """(36, 36, 4, 4) derelicts a year that one active object in a shell's circles leaves."""
    told = np.zeros((SHELLS, SHELLS, BINS, CLASSES))
    share = classes(model.population) / policy.mission_years
    lowered = policy.disposal_success * (1.0 - policy.direct_re_entry)
    for shell in range(SHELLS):
        told[shell, shell, 0] = share * (1.0 - policy.disposal_success)
        for q in range(CLASSES):
            cells = rules.disposal[shell, 0, q]
            cells = cells[cells >= 0]
            part = share[q] * lowered / rules.disposal.shape[-1]
            np.add.at(told[shell, :, :, q], np.divmod(cells, BINS), part)
    return told


def _pieces(rules: Laws, by_shell: Floats) -> Floats:
    """(…, 36) fragments a year of collisions of (…, 3, 36) objects."""
    told = np.einsum("...is,ijs,...js->...s", by_shell, rules.pieces, by_shell, optimize=True)
    return np.asarray(0.5 * told)


def crowd(population: ShellPopulation) -> Floats:
    """(3, 36) how many of each species are in a shell on average."""
    return np.asarray(np.einsum("kpdq,pds->ks", population.numbers, residence()))


MEASURES: dict[str, Callable[[Projection], Floats]] = {
    "growth": lambda told: told.numbers[:, 2] / max(told.numbers[0, 2], 1e-9),
    "catastrophic": lambda told: _trailing(told.sums[:, CATASTROPHIC]),
    "objects": lambda told: np.cumsum(told.sums[:, STAYED]) / told.years,
}


def _trailing(values: Floats) -> Floats:
    """(m,) means of the last fifth of the years until each."""
    summed = np.concatenate([[0.0], np.cumsum(values)])
    end = np.arange(1, len(values) + 1)
    first = end - np.ceil(LAST_SHARE * end).astype(np.int64)
    return np.asarray((summed[end] - summed[first]) / (end - first), np.float64)


def crossed_after_years(projection: Projection, criterion: Criterion) -> float:
    """Return after how many years a measure first was above its limit; inf for never."""
    above = np.flatnonzero(MEASURES[criterion.name](projection) > criterion.limit)
    return float(projection.years[above[0]]) if len(above) else np.inf


def growth_per_year(projection: Projection, years: int = 20) -> float:
    """Return how fast debris grew over the last years, as a share of itself."""
    debris = projection.numbers[-min(years, len(projection.years) - 1) - 1 :, Species.DEBRIS]
    if len(debris) < 2 or debris.min() <= 0.0:
        return 0.0
    return float(np.log(debris[-1] / debris[0]) / (len(debris) - 1))


def as_document(
    projection: Projection, limits: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """Return a projection and what it means in plain values, of four figures."""
    final = projection.by_shell[-1]
    bears = capacity(projection.model, projection.policy)
    stable = stability(projection.model, projection.policy, final)
    criteria = []
    for criterion in criteria_of(limits or {}):
        value = float(MEASURES[criterion.name](projection)[-1])
        crossed = crossed_after_years(projection, criterion)
        criteria.append({
            "name": criterion.name, "measure": criterion.measure, "limit": criterion.limit,
            "value": _short(value),
            "verdict": str(judged(criterion, value, value, value).verdict),
            "crossed_after_years": crossed if np.isfinite(crossed) else None,
        })  # fmt: skip
    return {
        "years": projection.years.tolist(),
        "numbers": {one.name.lower(): _rounded(projection.numbers[:, one]) for one in Species},
        "collisions_per_year": _rounded(projection.sums[:, COLLISIONS]),
        "catastrophic_per_year": _rounded(projection.sums[:, CATASTROPHIC]),
        "object_years": _short(float(projection.sums[:, STAYED].sum())),
        "growth_per_year": _short(growth_per_year(projection)),
        "reproduction": _short(stable.reproduction),
        "growth_in_the_end_per_year": _short(stable.growth_per_year),
        "shells": {
            "from_km": EDGES_KM[:-1].tolist(),
            **{one.name.lower(): _rounded(final[one]) for one in Species},
            "capacity": _rounded(bears),
            "used": _rounded(final[Species.ACTIVE] / np.maximum(bears, 1.0)),
        },
        "criteria": criteria,
    }


def _rounded(values: Floats) -> list[float]:
    return [_short(float(value)) for value in values]


def _short(value: float) -> float:
    return float(f"{value:.4g}")
