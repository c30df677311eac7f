"""The sky over the years: what is kept, what is closed, what policies do, and bad input."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from commonsky.catalogue.catalogue import ObjectType
from commonsky.catalogue.population import population
from commonsky.environment.disposal import disposal_perigee_km, mean_lifetime_years
from commonsky.environment.drag import ballistic_m2_kg, drag_table, lift_km
from commonsky.environment.earth import YEAR_S
from commonsky.environment.evolve import Run, ensemble, evolve
from commonsky.environment.gas import EDGES_KM, Avoidance, rates
from commonsky.environment.objects import joined
from commonsky.environment.scenario import Scenario
from commonsky.environment.sizes import objects
from commonsky.environment.sky import sky_of
from commonsky.environment.solar_flux import FluxScenario
from commonsky.environment.tail import outlook_of_collisions, outlook_of_fragments
from tests.environment_case import objects_at

STEADY = FluxScenario(2025.0, np.array([150.0]))
NOTHING = Scenario(
    years=20.0,
    launch_factor=0.0,
    collisions=False,
    flux=STEADY,
    avoidance=Avoidance(0.0, 0.0),
    direct_re_entry=0.0,
)


def spread(n: int, low: float, high: float, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(low, high, n)


def digest(run: Run) -> bytes:
    return (
        b"".join(
            getattr(run, name).tobytes()
            for name in ("counts", "mass_kg", "by_shell", "collisions", "catastrophic", "virtual")
        )
        + repr(run.events).encode()
    )


def test_two_shells_empty_as_the_closed_form_says() -> None:
    # Fragments of one ballistic coefficient in two shells sink from the upper to the lower one.
    upper, lower = EDGES_KM[18], EDGES_KM[17]
    heights = np.linspace(lower, upper + 25.0, 4000)
    sky = objects_at(heights, area_m2=0.5, mass_kg=10.0, kind=ObjectType.DEBRIS)
    run = evolve(sky, replace(NOTHING, years=2.0, step_years=0.25))
    # The closed form: each falls for the integral of dh / rate(h).
    grid = np.linspace(120.0, upper + 25.0, 200_000)
    logs = drag_table(150.0).logs[:, 0, 0].astype(np.float64)
    tilt = np.radians(60.0)
    lift = float(lift_km(np.array([tilt]))[0])
    rate = np.exp(np.interp(grid + lift, 100.0 + 10.0 * np.arange(len(logs)), logs))
    wind = ballistic_m2_kg(np.array([0.05]), np.array([550.0]), np.array([tilt]))[0]
    years = np.concatenate([[0.0], np.cumsum(np.diff(grid) / (0.5 * (rate[1:] + rate[:-1])))])
    years /= wind * YEAR_S
    left = np.interp(heights, grid, years)
    for k, year in enumerate((1.0, 2.0)):
        now = np.interp(left - year, years, grid)
        for shell in (17, 18):
            expected = ((now >= EDGES_KM[shell]) & (now < EDGES_KM[shell + 1])).sum()
            assert run.by_shell[k, 2, shell] == pytest.approx(expected, abs=40)


def test_collisions_of_a_steady_sky_are_its_rate() -> None:
    heights = spread(3000, 1500.0, 1900.0)
    sky = objects_at(heights, inclination_deg=spread(3000, 50.0, 100.0, 2))
    run = evolve(sky, NOTHING)
    gas = sky_of(sky, 2025.0, 8.0).gas(0.0)
    per_year = rates(gas, Avoidance(0.0, 0.0)).total_per_s * YEAR_S
    assert run.collisions == pytest.approx(np.full(20, per_year), rel=0.02)
    assert run.catastrophic == pytest.approx(run.collisions, rel=0.05)
    assert run.virtual[:, 1].sum() == pytest.approx(run.collisions.sum(), rel=1e-3)
    assert run.object_years == pytest.approx(3000.0 * 20.0)
    assert not run.events


def test_what_happens_is_as_often_as_told() -> None:
    # So many and so large that dozens collide within a year, which must match the rate.
    heights = spread(4000, 1600.0, 1700.0)
    sky = objects_at(heights, area_m2=400.0, inclination_deg=spread(4000, 50.0, 100.0, 2))
    expected = evolve(sky, replace(NOTHING, years=1.0)).collisions.sum()
    found = [
        len(evolve(sky, replace(NOTHING, years=1.0, collisions=True, smallest_m=0.5), seed).events)
        for seed in range(12)
    ]
    assert expected > 20.0
    assert np.mean(found) == pytest.approx(expected, abs=4.0 * np.sqrt(expected / 12.0))


def test_collisions_keep_mass_and_leave_fragments() -> None:
    sky = objects_at(spread(2000, 1500.0, 1600.0), area_m2=300.0)
    run = evolve(sky, replace(NOTHING, years=1.0, collisions=True, step_years=0.25), 3)
    assert run.events
    assert run.counts[-1, 2] > 0
    # What is lost is in pieces shorter than 10 cm, or thrown down at once.
    assert 0.9 * 2000 * 500.0 < run.mass_kg[-1] <= 2000 * 500.0
    parents = sum(event.intact for event in run.events)
    assert run.counts[-1, 0] == 2000 - parents


def test_a_seed_is_a_run_and_threads_change_nothing() -> None:
    sky = objects_at(spread(1500, 500.0, 900.0), area_m2=60.0)
    scenario = Scenario(years=6.0, explosions_per_object_year=2e-3)
    alone = [digest(evolve(sky, scenario, seed)) for seed in range(3)]
    with ThreadPoolExecutor(3) as executor:
        together = [digest(run) for run in ensemble(sky, scenario, range(3), executor)]
    assert alone == together
    assert alone[0] != alone[1]


def test_missions_end_and_disposal_decides() -> None:
    sky = objects_at(
        np.full(400, 900.0), active=True, area_m2=4.0, mass_kg=200.0, launched_year=2024.0
    )
    scenario = replace(
        NOTHING, years=40.0, mission_years=5.0, disposal_success=0.75, disposal_limit_years=10.0
    )
    run = evolve(sky, scenario, 2)
    assert run.active[2] == 400
    assert run.active[5] == 0
    assert run.re_entered == pytest.approx(300, abs=45)
    assert run.counts[-1, 0] == 400 - run.re_entered
    at_once = evolve(sky, replace(scenario, years=6.0, direct_re_entry=1.0), 2)
    assert at_once.re_entered == pytest.approx(300, abs=45)
    assert at_once.counts[-1, 0] == 400 - at_once.re_entered
    never = evolve(sky, replace(scenario, disposal_success=0.0), 2)
    assert never.re_entered == 0


def test_launches_repeat_those_of_the_last_years() -> None:
    parts = [
        objects_at(np.full(10, 800.0), active=True, launched_year=2025.0 - age + 0.01)
        for age in range(1, 9)
    ]
    old = objects_at(np.full(50, 800.0), launched_year=1990.0)
    sky = joined([*parts, old])
    once = evolve(sky, replace(NOTHING, launch_factor=1.0, years=16.0))
    assert once.launched == 160
    twice = evolve(sky, replace(NOTHING, launch_factor=2.5, years=16.0))
    assert twice.launched == pytest.approx(400, abs=30)


def test_what_is_known_to_come_comes_once() -> None:
    here = objects_at(np.full(30, 800.0), launched_year=2000.0)
    satellites = objects_at(np.full(7, 900.0), active=True, launched_year=2027.6)
    cloud = objects_at(np.full(400, 850.0), kind=ObjectType.DEBRIS, launched_year=2030.1)
    scenario = replace(NOTHING, disposal_success=0.0)
    run = evolve(joined([cloud, here, satellites]), scenario)
    assert run.counts[:, 0].tolist() == [30.0] * 2 + [37.0] * 18
    assert run.counts[:, 2].tolist() == [0.0] * 5 + [400.0] * 15
    assert run.active[2] == 7
    assert run.launched == 407


def test_removal_takes_the_heavy_in_crowds() -> None:
    light = objects_at(spread(500, 800.0, 900.0), mass_kg=50.0)
    heavy = objects_at(np.full(20, 850.0), mass_kg=8000.0, area_m2=40.0)
    scenario = replace(NOTHING, removals_per_year=4.0, removals_from_year=2027.0, years=7.0)
    run = evolve(joined([light, heavy]), scenario)
    assert run.removed == 20
    assert run.mass_kg[1] == pytest.approx(500 * 50.0 + 20 * 8000.0)
    assert run.mass_kg[-1] == pytest.approx(500 * 50.0)


def test_perigees_of_disposal_meet_the_limit() -> None:
    height = np.array([600.0, 900.0, 1400.0, 450.0])
    ballistic = np.array([0.01, 0.02, 0.05, 0.02])
    low = disposal_perigee_km(height, height, ballistic, 25.0)
    assert (low <= height).all()
    assert low[3] == 450.0
    assert mean_lifetime_years(low, height, ballistic)[:3] == pytest.approx(25.0, rel=0.05)


def test_tails_are_beyond_means() -> None:
    sky = objects_at(spread(3000, 700.0, 900.0), area_m2=30.0)
    runs = [evolve(sky, replace(NOTHING, years=10.0, collisions=True), seed) for seed in range(4)]
    rng = np.random.default_rng(1)
    number, pieces = outlook_of_collisions(runs, rng), outlook_of_fragments(runs, rng)
    for told in (number, pieces):
        assert told.median <= told.value_at_risk <= told.shortfall
        assert told.mean > 0.0
        assert told.standard_error < 0.2 * told.mean
    # With steady rates the number is a Poisson one: its quantile is known.
    steady = [replace(runs[0], catastrophic=np.array([4.0]))]
    assert outlook_of_collisions(steady, rng).value_at_risk == 8.0
    with pytest.raises(ValueError, match="one run or more"):
        outlook_of_collisions([], rng)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("years", -1.0), ("years", np.nan), ("years", 1e9), ("disposal_success", 1.5),
        ("smallest_m", 1e-6), ("step_years", 0.0), ("launch_factor", -1.0),
        ("virtual_collisions", 0), ("removals_per_year", np.inf),
    ],
)  # fmt: skip
def test_scenarios_that_make_no_sense(name: str, value: float) -> None:
    figures: dict[str, Any] = {name: value}
    with pytest.raises(ValueError, match=name):
        replace(NOTHING, **figures)


def test_objects_that_make_no_sense_are_left_out() -> None:
    good = objects_at(np.full(5, 800.0))
    bad = objects_at(np.array([np.nan, 50.0, -7000.0, 800.0, 800.0]))
    bad.mass_kg[3], bad.area_m2[4] = 0.0, np.nan
    run = evolve(joined([good, bad]), replace(NOTHING, years=1.0))
    assert run.counts[-1].sum() == 5
    none = evolve(good.take(np.zeros(0, np.int64)), replace(NOTHING, years=1.0))
    assert none.counts.sum() == 0
    assert none.collisions.sum() == 0.0


def test_what_has_elements_was_launched_before_them() -> None:
    sky = population(40, 3)
    early = replace(sky, object_id=np.full(40, "2025-001A"))
    told = objects(early)
    assert (told.launched_year <= 2025.25).all()
    assert (told.launched_year > 2024.5).all()


def test_the_sun_of_earlier_years_is_drawn_too() -> None:
    run = evolve(objects_at(np.full(5, 800.0)), replace(NOTHING, start_year=1999.5, flux=None))
    assert run.counts[-1].sum() == 5
