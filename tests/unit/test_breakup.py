"""The standard breakup model: its distributions, and that mass and momentum are kept."""

from __future__ import annotations

import math

import numpy as np
import pytest

from commonsky.environment.area_to_mass import drawn, mean_mass_per_area
from commonsky.environment.breakup import (
    Fragments,
    Parent,
    collision,
    energy_j_g,
    explosion,
)

SATELLITE, STAGE = Parent(880.0), Parent(1456.0, is_rocket_body=True)


def lengths(n: int, least: float, most: float, rng: np.random.Generator) -> np.ndarray:
    u = rng.random(n)
    return (least**-1.71 * (1.0 - u) + most**-1.71 * u) ** (-1.0 / 1.71)


@pytest.mark.parametrize(
    ("is_rocket_body", "mean", "sigma", "heavy", "light"),
    # Own measurement with 4e5 draws from the published parameters: a mixture, not a sum.
    [(False, -1.004, 0.483, 0.1045, 0.0279), (True, -0.572, 0.529, 0.0104, 0.2927)],
)
def test_area_to_mass_is_a_mixture(
    is_rocket_body: bool, mean: float, sigma: float, heavy: float, light: float
) -> None:
    rng = np.random.default_rng(5)
    length = lengths(400_000, 0.11, 1.0, rng)
    x = np.log10(drawn(length, rng, is_rocket_body=is_rocket_body))
    assert x.mean() == pytest.approx(mean, abs=0.006)
    assert x.std() == pytest.approx(sigma, abs=0.006)
    assert (x < math.log10(0.02)).mean() == pytest.approx(heavy, rel=0.1)
    assert (x > math.log10(0.5)).mean() == pytest.approx(light, rel=0.05)


def test_the_expected_mass_per_area_is_that_of_draws() -> None:
    rng = np.random.default_rng(6)
    for length_m in (0.003, 0.03, 0.5):
        length = np.full(400_000, length_m)
        told = mean_mass_per_area(length[:1], is_rocket_body=False)[0]
        found = (1.0 / drawn(length, rng, is_rocket_body=False)).mean()
        assert told == pytest.approx(found, rel=0.03)


@pytest.mark.parametrize(
    # Of the target alone, as the published power law has it.
    ("mass_kg", "smallest_m", "count"),
    [(880, 0.1, 828), (880, 0.05, 2710), (560, 0.1, 590), (900, 0.1, 842), (2200, 0.1, 1647)],
)
def test_the_count_is_that_of_the_power_law(mass_kg: float, smallest_m: float, count: int) -> None:
    beyond = 0.1 * mass_kg**0.75  # longer than 1 m: remnants, with masses of their own
    found = collision(Parent(mass_kg), 1.0, 14.0, smallest_m, np.random.default_rng(1))
    drawn_ones = len(found) - found.remnants
    # The heaviest draws are left out where they would hold more than there is.
    assert count - beyond - 25 <= drawn_ones <= count - beyond + 3


def both() -> list[Fragments]:
    rng = np.random.default_rng(2)
    return [
        collision(SATELLITE, 500.0, 9.4, 0.05, rng),
        collision(STAGE, 900.0, 11.6, 0.01, rng),
        collision(Parent(5000.0), 0.5, 5.0, 0.1, rng),
        explosion(STAGE, 0.05, rng, scale=1.0),
        explosion(Parent(3.0), 0.1, rng, scale=0.1),
    ]


@pytest.mark.parametrize("place", range(5))
def test_mass_and_momentum_are_kept(place: int) -> None:
    masses = (880.0, 1456.0, 5000.0, 1456.0, 3.0)
    found = both()[place]
    assert found.mass_kg.sum() + found.mass_below_kg == pytest.approx(masses[place], rel=1e-12)
    momentum = found.mass_kg @ found.delta_v_m_s
    assert np.abs(momentum).max() < 1e-9 * masses[place] * 100.0
    assert (found.mass_kg > 0).all()
    assert (found.area_to_mass_m2_kg > 0).all()


def test_what_is_not_destroyed_is_left() -> None:
    found = collision(Parent(5000.0), 0.5, 5.0, 0.1, np.random.default_rng(3))
    assert energy_j_g(5000.0, 0.5, 5.0) < 40.0
    assert found.remnants == 1
    assert found.mass_kg[-1] > 4900.0


def test_velocities_have_the_published_medians_and_no_tail() -> None:
    # Own measurement of the model above 10 cm: median 105 to 114 m/s, 90 % below 470 to 540.
    clouds = [
        collision(SATELLITE, 500.0, 9.4, 0.1, np.random.default_rng(seed)) for seed in range(8)
    ]
    speed = np.concatenate([cloud.speed_m_s for cloud in clouds])
    assert np.percentile(speed, 50) == pytest.approx(110.0, rel=0.08)
    assert np.percentile(speed, 90) == pytest.approx(505.0, rel=0.1)
    assert speed.max() < 1.3 * 9400.0 * 1.05
    slow = collision(SATELLITE, 500.0, 0.8, 0.02, np.random.default_rng(4))
    assert slow.capped > 0
    assert slow.speed_m_s.max() < 1.3 * 800.0 * 1.2


def test_a_seed_is_a_cloud() -> None:
    one, same, other = (
        collision(SATELLITE, 500.0, 9.4, 0.05, np.random.default_rng(seed)) for seed in (7, 7, 8)
    )
    assert np.array_equal(one.delta_v_m_s, same.delta_v_m_s)
    assert not np.array_equal(one.mass_kg[:100], other.mass_kg[:100])


def test_the_count_is_known_to_a_factor_of_four() -> None:
    found = collision(SATELLITE, 500.0, 9.4, 0.1, np.random.default_rng(9))
    few, many = found.count_between
    assert few * 4.0 == many / 4.0 == len(found)


@pytest.mark.parametrize("mass_kg", [0.0, -1.0, math.nan, math.inf])
def test_masses_that_are_none(mass_kg: float) -> None:
    with pytest.raises(ValueError, match="mass above 0"):
        Parent(mass_kg)


@pytest.mark.parametrize("smallest_m", [0.0, 1e-5, 1.0, 50.0, math.nan])
def test_sizes_that_the_model_has_not(smallest_m: float) -> None:
    with pytest.raises(ValueError, match="the smallest fragment is"):
        explosion(STAGE, smallest_m, np.random.default_rng(1))


def test_a_billion_fragments_are_refused_before_they_are_drawn() -> None:
    with pytest.raises(ValueError, match="ask for longer ones"):
        collision(Parent(9000.0), 9000.0, 14.0, 1e-4, np.random.default_rng(1))


@pytest.mark.parametrize("speed_km_s", [0.0, -3.0, math.nan, math.inf])
def test_speeds_that_are_none(speed_km_s: float) -> None:
    with pytest.raises(ValueError, match="a collision has a speed"):
        collision(SATELLITE, 500.0, speed_km_s, 0.1, np.random.default_rng(1))
