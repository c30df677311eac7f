"""Numbers in shells: closed forms, what is kept, which way policies go, and bad input."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from commonsky.astro.arrays import Floats
from commonsky.catalogue.catalogue import ObjectType
from commonsky.environment.capacity import (
    Band,
    CapacityModel,
    Policy,
    Projection,
    ShellPopulation,
    as_document,
    capacity,
    capacity_model,
    project,
    shell_population,
    stability,
)
from commonsky.environment.capacity_cells import (
    BALLISTIC_M2_KG,
    BINS,
    CELLS,
    CLASSES,
    SHELLS,
    STEP_YEARS,
    Species,
    cells_of,
    class_shares,
    residence,
    scattered,
)
from commonsky.environment.capacity_measures import crossed_after_years, growth_per_year
from commonsky.environment.capacity_rates import (
    BROKEN,
    CATASTROPHIC,
    COLLISIONS,
    FRAGMENTS,
    LAUNCHED,
    RE_ENTERED,
    REMOVED,
    STAYED,
)
from commonsky.environment.gas import Avoidance
from commonsky.environment.index import Criterion
from commonsky.environment.solar_flux import FluxScenario

STEADY = FluxScenario(2025.0, np.full(12, 120.0))
QUIET = Policy(launch_factor=0.0)
PAYLOAD, STAGE, DEBRIS = ObjectType.PAYLOAD, ObjectType.ROCKET_BODY, ObjectType.DEBRIS


def population_of(
    heights_km: Floats, kind: ObjectType, *, active: bool = False, area_m2: float = 5.0,
    mass_kg: float = 500.0, weight: float = 1.0,
) -> ShellPopulation:  # fmt: skip
    n = len(heights_km)
    return shell_population(
        heights_km, heights_km + 1.0, np.full(n, mass_kg), np.full(n, area_m2),
        np.full(n, kind, np.int8), np.full(n, active), np.full(n, weight),
        np.radians(np.linspace(50.0, 100.0, n)),
    )  # fmt: skip


@cache
def mixed(weight: float = 1.0) -> ShellPopulation:
    """Return satellites, derelicts and debris from 400 to 1500 km, some of them eccentric."""
    rng = np.random.default_rng(5)
    n = 3000
    low = rng.uniform(400.0, 1500.0, n)
    kind = rng.choice((PAYLOAD, STAGE, DEBRIS), n).astype(np.int8)
    small = kind == DEBRIS
    return shell_population(
        low, low + rng.exponential(100.0, n), np.where(small, 1.0, 800.0),
        np.where(small, 0.02, 6.0), kind, (kind == PAYLOAD) & (rng.random(n) < 0.6),
        np.full(n, weight), np.radians(rng.uniform(50.0, 100.0, n)),
    )  # fmt: skip


@cache
def empty() -> CapacityModel:
    return capacity_model(population_of(np.zeros(0), PAYLOAD), flux=STEADY)


def without_collisions(population: ShellPopulation) -> ShellPopulation:
    return replace(population, rates=population.rates * np.array([1e-12])[:, None, None, None])


def debris_in(cell: int, class_: int, number: float = 1000.0) -> ShellPopulation:
    """Return debris in one cell, of one class, that collides with nothing."""
    told = without_collisions(empty().population)
    numbers = np.zeros((3, CELLS, CLASSES))
    numbers[Species.DEBRIS, cell, class_] = number
    return replace(told, numbers=numbers)


def in_thin_air(model: CapacityModel, share: float) -> CapacityModel:
    """Return a model in which all that sinks takes longer by a factor."""
    exits = model.exits * share
    leaving = STEP_YEARS * BALLISTIC_M2_KG * exits.sum(axis=-1, keepdims=True)
    return replace(
        model, exits=exits, keep=np.exp(-leaving), through=-np.expm1(-leaving) / leaving
    )


def balance(told: Projection) -> float:
    """Return what is there in the end less what should be."""
    sums = told.sums.sum(axis=0)
    start = told.model.population.numbers.sum()
    came = start + sums[LAUNCHED] + sums[FRAGMENTS]
    went = sums[RE_ENTERED] + sums[REMOVED] + sums[BROKEN]
    return float(told.numbers[-1].sum() - came + went)


def test_the_lowest_shell_empties_as_the_closed_form_says() -> None:
    model = in_thin_air(capacity_model(debris_in(0, 0), flux=STEADY), 0.004)
    # One cell, from which there is only one way: N = N0 exp(-t / tau), whatever the step.
    rate = model.exits[0, 0, 0].sum() * BALLISTIC_M2_KG[0]
    told = project(model, QUIET, 5)
    assert 0.2 < rate < 1.0
    assert told.numbers[:, 2] == pytest.approx(1000.0 * np.exp(-rate * told.years), rel=1e-9)
    assert told.sums[:, RE_ENTERED].sum() == pytest.approx(1000.0 - told.numbers[-1, 2])


def test_launches_come_to_a_balance_as_the_closed_form_says() -> None:
    stages = np.zeros((2, CELLS, CLASSES))
    stages[1, 0, 0] = 30.0
    thick = capacity_model(
        without_collisions(empty().population), flux=STEADY, launches_per_year=stages
    )
    model = in_thin_air(thick, 0.004)
    rate = model.exits[0, 0, 0].sum() * BALLISTIC_M2_KG[0]
    told = project(model, Policy(disposal_success=0.0), 5)
    expected = 30.0 / rate * -np.expm1(-rate * told.years)
    assert told.numbers[:, Species.DERELICT] == pytest.approx(expected, rel=1e-9)
    assert told.sums[:, LAUNCHED] == pytest.approx(30.0)


def test_active_ones_come_to_launches_times_mission() -> None:
    satellites = np.zeros((2, CELLS, CLASSES))
    satellites[0, 12 * BINS, 1] = 40.0
    model = capacity_model(without_collisions(empty().population), launches_per_year=satellites)
    told = project(model, Policy(mission_years=5.0), 30)
    expected = 200.0 * -np.expm1(-told.years / 5.0)
    assert told.numbers[:, Species.ACTIVE] == pytest.approx(expected, rel=1e-9)


def test_a_row_of_two_cells_empties_as_the_closed_form_says() -> None:
    # Dense debris from 450 to 500 km sinks through the shell below, by one way each.
    upper, q = 5 * BINS, 0
    model = capacity_model(debris_in(upper, q), flux=STEADY)
    fast = model.exits[0, 0, upper].sum() * BALLISTIC_M2_KG[q]
    slow = model.exits[0, 1, upper - BINS].sum() * BALLISTIC_M2_KG[q]
    told = project(model, QUIET, 10)
    t = told.years
    in_upper = 1000.0 * np.exp(-fast * t)
    in_lower = 1000.0 * fast / (slow - fast) * (np.exp(-fast * t) - np.exp(-slow * t))
    seen = told.by_shell[:, Species.DEBRIS] @ np.linalg.pinv(residence()[::BINS])
    assert seen[:, 5] == pytest.approx(in_upper, rel=1e-6, abs=1e-6)
    # Of second order in the step of half a year over the time that the cell takes.
    assert seen[:, 4] == pytest.approx(in_lower, rel=0.02, abs=0.5)


def test_how_long_cells_take_adds_up() -> None:
    model = capacity_model(debris_in(9 * BINS, 1), flux=STEADY)
    rates = model.exits[0, :, ::BINS].sum(axis=-1) * BALLISTIC_M2_KG[1]
    expected = 1.0 / rates[0, 9] + (1.0 / rates[1, :9]).sum()
    told = project(model, QUIET, 400)
    assert told.sums[:, STAYED].sum() / 1000.0 == pytest.approx(expected, rel=0.005)


def test_nothing_is_lost_or_made() -> None:
    policy = Policy(
        launch_factor=2.0, disposal_success=0.5, removals_per_year=3.0, explosion_factor=5.0,
        active_explosion_share=0.5, avoidance=Avoidance(0.5, 0.5),
        bands=(Band(500.0, 620.0, 3.0, 25.0),),
    )  # fmt: skip
    model = capacity_model(mixed(10.0))
    told = project(model, policy, 60)
    for k in (FRAGMENTS, LAUNCHED, RE_ENTERED, REMOVED, BROKEN, COLLISIONS):
        assert told.sums[:, k].min() > 0.0
    assert balance(told) == pytest.approx(0.0, abs=1e-6)
    assert told.sums[:, REMOVED] == pytest.approx(3.0)
    assert (told.numbers >= 0.0).all()
    assert (told.sums[:, CATASTROPHIC] <= told.sums[:, COLLISIONS]).all()


def test_an_active_one_that_is_hit_by_little_is_derelict() -> None:
    n, rng = 2000, np.random.default_rng(4)
    heights, active = np.full(n, 1375.0), np.arange(n) % 2 == 0
    population = shell_population(
        heights, heights + 1.0, np.where(active, 5000.0, 0.05), np.where(active, 20.0, 0.01),
        np.full(n, DEBRIS, np.int8), active, np.full(n, 100.0), rng.uniform(0.9, 1.8, n),
    )  # fmt: skip
    policy = replace(QUIET, mission_years=1000.0, disposal_success=1.0, direct_re_entry=1.0)
    told = project(capacity_model(population), replace(policy, avoidance=Avoidance(0.0, 1.0)), 1)
    hit = 1e5 * np.exp(-1.0 / 1000.0) - told.numbers[0, Species.ACTIVE]
    assert hit == pytest.approx(told.sums[0, COLLISIONS], rel=0.05)
    assert told.sums[0, CATASTROPHIC] < 0.05 * hit  # of debris with itself
    assert told.numbers[0, Species.DERELICT] == pytest.approx(hit, rel=0.1)


def test_an_empty_sky_stays_empty() -> None:
    told = project(empty(), Policy(removals_per_year=5.0), 50)
    assert not told.numbers.any()
    assert not told.sums.any()
    assert stability(empty(), Policy(), told.by_shell[-1]).reproduction == 0.0
    assert growth_per_year(told) == 0.0
    document = json.loads(json.dumps(as_document(told), allow_nan=False))
    verdicts = {one["name"]: one["verdict"] for one in document["criteria"]}
    assert verdicts == {"growth": "cannot be told", "catastrophic": "acceptable"}


def test_without_launches_what_is_whole_declines() -> None:
    told = project(capacity_model(mixed()), replace(QUIET, disposal_success=1.0), 100)
    assert told.numbers[-1, Species.ACTIVE] < 1e-4 * told.numbers[0, Species.ACTIVE]
    assert (np.diff(told.numbers[20:, Species.DERELICT]) < 0.0).all()
    assert not told.sums[:, LAUNCHED].any()


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"launch_factor": 0.5}, {"launch_factor": 2.0}),
        ({"disposal_limit_years": 5.0}, {"disposal_limit_years": 25.0}),
        ({"disposal_success": 0.95}, {"disposal_success": 0.8}),
        ({"direct_re_entry": 1.0}, {"direct_re_entry": 0.5}),
        ({"removals_per_year": 20.0}, {"removals_per_year": 0.0}),
        ({"explosion_factor": 0.0}, {"explosion_factor": 1.0}),
        ({"avoidance": Avoidance(0.999)}, {"avoidance": Avoidance(0.9)}),
        ({"mission_years": 25.0}, {"mission_years": 5.0}),  # fewer are launched, and left
    ],
)
def test_which_way_policies_go(better: dict[str, Any], worse: dict[str, Any]) -> None:
    model = capacity_model(mixed(20.0))
    usual, good, bad = (
        project(model, Policy(**one)).numbers[-1, Species.DEBRIS] for one in ({}, better, worse)
    )
    assert good <= usual <= bad
    assert good < bad


def test_the_years_told_do_not_depend_on_how_many_follow() -> None:
    model = capacity_model(mixed())
    short, long = project(model, Policy(), 7), project(model, Policy(), 40)
    for name in ("numbers", "by_shell", "sums"):
        assert np.array_equal(getattr(short, name), getattr(long, name)[:7])


def test_the_sun_begins_again() -> None:
    eleven = FluxScenario(2025.0, 70.0 + 100.0 * np.sin(np.linspace(0.0, np.pi, 23)) ** 2)
    twice = replace(eleven, monthly_sfu=np.tile(eleven.monthly_sfu, 6))
    one, other = (
        project(capacity_model(mixed(), flux=flux), QUIET, 30) for flux in (eleven, twice)
    )
    assert one.numbers == pytest.approx(other.numbers, rel=1e-12)


def test_classes_keep_the_mean_lifetime() -> None:
    ballistic = np.geomspace(0.01, 1.25, 50)
    shares = class_shares(ballistic)
    assert shares.sum(axis=1) == pytest.approx(np.ones(50))
    assert shares @ (1.0 / BALLISTIC_M2_KG) == pytest.approx(1.0 / ballistic)
    assert (shares >= 0.0).all()
    assert class_shares(np.array([1e-4, 50.0])).argmax(axis=1).tolist() == [0, 3]


def test_cells_hold_what_is_in_them() -> None:
    low, high = np.array([199.0, 200.0, 649.9, 1999.0]), np.array([900.0, 210.0, 750.0, 40_000.0])
    assert cells_of(low, high).tolist() == [-1, 0, 8 * BINS + 2, 35 * BINS + 4]
    share = residence().sum(axis=1).reshape(SHELLS, BINS)
    assert share[:25, :3] == pytest.approx(np.ones((25, 3)))
    assert (share <= 1.0 + 1e-12).all()
    pieces = scattered().sum(axis=(2, 3))
    assert (np.diff(pieces[:, :33:4]) > 0.0).all()  # the higher, the fewer come down at once
    assert pieces.max() <= 1.0


def test_bands_launch_where_they_are_asked_to() -> None:
    model = capacity_model(population_of(np.full(80, 555.0), PAYLOAD, active=True))
    bands = (Band(550.0, 600.0, factor=0.0), Band(1100.0, 1200.0, added_per_year=10.0))
    told = project(model, Policy(bands=bands), 60)
    active = told.by_shell[-1, Species.ACTIVE]
    assert told.sums[:, LAUNCHED] == pytest.approx(10.0)
    assert active[7] < 0.1
    assert active[18:21].sum() == pytest.approx(80.0, rel=0.01)


def test_a_shell_that_is_all_but_empty_of_air_is_unstable() -> None:
    heights = np.tile([975.0, 425.0], 500)
    model = capacity_model(population_of(heights, STAGE, weight=20.0))
    high, low = np.zeros((2, 3, SHELLS))
    high[Species.DERELICT, 15], low[Species.DERELICT, 4] = 1e4, 1e4
    unstable, stable = (stability(model, QUIET, one) for one in (high, low))
    assert stable.reproduction < 0.1
    assert stable.growth_per_year == 0.0
    assert unstable.reproduction > 1.0
    assert 1e-4 < unstable.growth_per_year < 0.1
    # As many derelicts, as many fragments follow: the equations are linear in them.
    twice = stability(model, QUIET, 2.0 * high)
    assert twice.reproduction == pytest.approx(2.0 * unstable.reproduction, rel=0.02)


def test_growth_is_that_of_the_equations() -> None:
    # What is whole does not change, as the linearised equations have it: so many that neither
    # collisions nor drag tell within the years, and debris so little that it does not meet itself.
    model = capacity_model(population_of(np.full(2000, 1475.0), STAGE, weight=50.0), flux=STEADY)
    numbers = model.population.numbers.copy()
    numbers[Species.DEBRIS] = 1e-6 * scattered()[0, 25]
    model = replace(model, population=replace(model.population, numbers=numbers))
    rates = model.population.rates.copy()
    rates[:, 1, 1] = 0.0
    model = replace(model, population=replace(model.population, rates=rates))
    told = project(model, QUIET, 400)
    grown = np.log(told.numbers[-1, 2] / told.numbers[-101, 2]) / 100.0
    expected = stability(model, QUIET, told.by_shell[-50]).growth_per_year
    assert grown == pytest.approx(expected, rel=0.15)


def test_capacity_falls_with_height_and_grows_with_care() -> None:
    model = capacity_model(mixed())
    usual = capacity(model, Policy())
    careful = capacity(model, Policy(disposal_success=0.99))
    assert usual[3] > 10.0 * usual[8] > 10.0 * usual[14]
    assert (careful >= usual).all()
    assert (capacity(model, Policy(), most_debris=500.0) >= usual).all()
    assert (capacity(model, Policy(), horizon_years=50.0) >= usual).all()


def test_a_fleet_at_capacity_leaves_as_much_debris_as_it_may() -> None:
    # Alone in the sky: what the equilibrium says is what the years come to, with mean air.
    policy = Policy(mission_years=2.0)
    fleet = capacity(empty(), policy, most_debris=20.0, horizon_years=1e5)[4]
    bands = (Band(400.0, 450.0, added_per_year=fleet / 2.0),)
    told = project(empty(), replace(policy, bands=bands), 150)
    assert told.numbers[-1, Species.ACTIVE] == pytest.approx(fleet, rel=0.01)
    assert told.by_shell[-1, Species.DEBRIS].sum() == pytest.approx(20.0, rel=0.06)


def test_when_a_criterion_is_crossed() -> None:
    told = project(capacity_model(mixed(20.0)), Policy(disposal_success=0.0), 60)
    debris = told.numbers[:, 2] / told.numbers[0, 2]
    limit = float(debris[29:31].mean())
    crossed = crossed_after_years(told, Criterion("growth", "", limit))
    assert debris[int(crossed) - 1] > limit
    assert (debris[: int(crossed) - 1] <= limit).all()
    assert crossed_after_years(told, Criterion("growth", "", 1e9)) == np.inf
    assert growth_per_year(told) > 0.0


def test_the_document_is_plain() -> None:
    told = project(capacity_model(mixed()), Policy(), 30)
    document = json.loads(json.dumps(as_document(told, {"objects": 10.0}), allow_nan=False))
    assert len(document["years"]) == len(document["catastrophic_per_year"]) == 30
    assert document["numbers"]["debris"][-1] == pytest.approx(told.numbers[-1, 2], rel=1e-3)
    assert len(document["shells"]["capacity"]) == len(document["shells"]["used"]) == SHELLS
    objects = document["criteria"][-1]
    assert (objects["name"], objects["verdict"]) == ("objects", "unacceptable")
    assert objects["crossed_after_years"] == 1.0


def test_what_is_no_object_is_left_out() -> None:
    heights = np.array([800.0, np.nan, 150.0, 2500.0, 800.0, 800.0])
    n = len(heights)
    mass = np.array([500.0, 500.0, 500.0, 500.0, 0.0, np.nan])
    told = shell_population(
        heights, heights + 10.0, mass, np.full(n, 5.0), np.full(n, PAYLOAD, np.int8),
        np.zeros(n, np.bool_), np.ones(n), np.ones(n),
    )  # fmt: skip
    assert told.numbers.sum() == pytest.approx(1.0)


def test_what_runs_away_is_refused() -> None:
    model = capacity_model(mixed(3000.0))
    with pytest.raises(OverflowError, match=r"after \d+ years"):
        project(model, Policy(disposal_success=0.0, avoidance=Avoidance(0.0, 0.0)), 200)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: Policy(launch_factor=-1.0), "launch_factor of a policy is 0 to 1000, not -1"),
        (lambda: Policy(disposal_success=1.1), "disposal_success of a policy is 0 to 1, not 1.1"),
        (lambda: Policy(mission_years=np.nan), "mission_years of a policy is 0.25 to 1000"),
        (lambda: Policy(removals_per_year=np.inf), "removals_per_year"),
        (lambda: Band(600.0, 500.0), "lower edge first"),
        (lambda: Band(100.0, 500.0), "200 to 2000 km"),
        (lambda: Band(300.0, 500.0, factor=-1.0), "factor of a band"),
        (lambda: project(empty(), Policy(), 0), "1 to 1000 whole years"),
        (lambda: project(empty(), Policy(), 1001), "1 to 1000 whole years"),
        (lambda: capacity_model(empty().population, launches_per_year=np.zeros(3)), "satellites"),
        (lambda: capacity(empty(), Policy(), most_debris=0.0), "most_debris"),
    ],
)
def test_bad_input(ask: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ask()
