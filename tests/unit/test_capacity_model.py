"""The shell model: what is kept, what policies do, and policies that make no sense."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from commonsky.catalogue.population import population
from commonsky.environment.capacity import (
    CapacityModel,
    Policy,
    as_document,
    capacity_model,
    project,
    shell_population,
)
from commonsky.environment.capacity_cells import Species
from commonsky.environment.capacity_rates import COLLISIONS
from commonsky.environment.gas import EDGES_KM, Avoidance, rates
from commonsky.environment.objects import Objects
from commonsky.environment.sizes import objects
from commonsky.environment.sky import Sky, sky_of
from tests.environment_case import objects_at

YEAR_S = 365.25 * 86_400.0


def sky_as(told: Objects) -> Sky:
    return sky_of(told, 2025.0, 8.0)


def model_of(sky: Sky) -> CapacityModel:
    return capacity_model(
        shell_population(
            sky.perigee_km, sky.apogee_km, sky.mass_kg, sky.area_m2, sky.kind, sky.active,
            sky.weight, sky.inclination_rad,
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
def sky() -> Sky:
    return sky_as(objects(population(6000, 3)))


@pytest.fixture(scope="module")
def model(sky: Sky) -> CapacityModel:
    return model_of(sky)


def test_it_collides_as_often_as_a_gas(sky: Sky, model: CapacityModel) -> None:
    low = sky.take((sky.perigee_km > 200.0) & (sky.perigee_km < 2000.0))
    gas = rates(low.gas(0.0), Avoidance(0.99, 1.0))
    inside = (EDGES_KM[:-1] >= 200.0) & (EDGES_KM[1:] <= 2000.0)
    per_year = float(gas.by_shell_per_s[inside].sum()) * YEAR_S
    told = project(model, Policy(), 1)
    # A year of launches and drag, and shells of 50 km, are between the two.
    assert told.sums[0, COLLISIONS] == pytest.approx(per_year, rel=0.4)


def test_what_nobody_disposes_of_stays(model: CapacityModel) -> None:
    numbers = [
        project(model, Policy(disposal_success=share), 100).numbers[-1, Species.DERELICT]
        for share in (0.0, 0.5, 0.9, 1.0)
    ]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[0] > 2.0 * numbers[-1]


def test_more_launches_never_mean_less_debris(model: CapacityModel) -> None:
    debris = [
        project(model, Policy(launch_factor=factor), 100).numbers[-1, Species.DEBRIS]
        for factor in (0.0, 1.0, 3.0)
    ]
    assert debris == sorted(debris)


def test_without_launches_nothing_is_steered_in_the_end(model: CapacityModel) -> None:
    told = project(model, Policy(launch_factor=0.0), 100)
    assert told.numbers[-1, Species.ACTIVE] < 1e-3 * told.numbers[0, Species.ACTIVE]
    # e-folding by the length of missions.
    ratio = told.numbers[9, Species.ACTIVE] / told.numbers[8, Species.ACTIVE]
    assert ratio == pytest.approx(np.exp(-1.0 / 8.0), rel=0.01)


def test_high_up_everything_stays() -> None:
    told = project(
        model_of(sky_as(objects_at(np.full(50, 1700.0)))),
        Policy(launch_factor=0.0, avoidance=Avoidance(1.0, 1.0)), 50,
    )  # fmt: skip
    assert told.numbers[-1, Species.DERELICT] == pytest.approx(50.0, rel=0.01)


def test_low_down_everything_goes() -> None:
    told = project(model_of(sky_as(objects_at(np.full(50, 300.0)))), Policy(launch_factor=0.0), 20)
    assert told.numbers[-1].sum() < 0.5


def test_nothing_stays_nothing() -> None:
    none = objects_at(np.zeros(0))
    told = project(model_of(sky_as(none)), Policy(), 10)
    assert told.numbers.sum() == 0.0
    assert told.sums[:, COLLISIONS].sum() == 0.0


def test_the_document_is_plain(model: CapacityModel) -> None:
    told = as_document(project(model, Policy(), 30), {"growth": 1e-6})
    assert {one["name"]: one["verdict"] for one in told["criteria"]}["growth"] == "unacceptable"
    shells = told["shells"]
    assert len(shells["from_km"]) == len(shells["capacity"]) == 36
    assert min(shells["capacity"]) >= 0.0
    again = as_document(project(model, Policy(), 30), {"growth": 1e-6})
    assert again == told


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("launch_factor", -1.0), ("disposal_success", 1.1), ("mission_years", 0.0),
        ("removals_per_year", np.nan), ("disposal_limit_years", np.inf),
    ],
)  # fmt: skip
def test_policies_that_make_no_sense(name: str, value: float) -> None:
    figures: dict[str, Any] = {name: value}
    with pytest.raises(ValueError, match=name):
        Policy(**figures)
