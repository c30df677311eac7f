"""How often objects collide: gas against cubes, against a closed form, and pairs against rates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad

from commonsky.environment.cube import cube_rates_per_s
from commonsky.environment.earth import EARTH_RADIUS_KM, MU_KM3_S2
from commonsky.environment.gas import (
    EDGES_KM,
    SHELL_KM,
    Avoidance,
    Group,
    Molecules,
    moments,
    rates,
)
from commonsky.environment.pairs import meetings
from tests.environment_case import crowd

NOBODY = Avoidance(0.0, 0.0)


def test_gas_and_cubes_agree() -> None:
    gas = crowd(12_000, 4)
    told = rates(gas, NOBODY).total_per_s
    for cube_km, moments_of_time in ((50.0, 400), (100.0, 100)):
        found = cube_rates_per_s(
            gas, NOBODY, np.random.default_rng(5), cube_km=cube_km, moments=moments_of_time
        )
        noise = found.std() / np.sqrt(len(found)) / found.mean()
        assert noise < 0.02
        assert found.mean() == pytest.approx(told, rel=0.05)


def test_two_circles_are_as_the_closed_form_says() -> None:
    # Two crowds in one shell, at tilts in the middles of bins: <1/cos(I/2)> by quadrature.
    tilts = np.radians((62.5, 97.5))
    height = EDGES_KM[30] + 0.5 * SHELL_KM
    n = 100
    gas = Molecules(
        np.full(2 * n, height), np.full(2 * n, height), np.repeat(tilts, n),
        np.full(2 * n, 2.0), np.ones(2 * n), np.repeat([1, 2], n).astype(np.int8),
    )  # fmt: skip

    def inverse(node: float) -> float:
        mutual = np.cos(tilts[0]) * np.cos(tilts[1])
        mutual += np.sin(tilts[0]) * np.sin(tilts[1]) * np.cos(node)
        return float(1.0 / np.sqrt(0.5 * (1.0 + mutual)))

    mean = quad(inverse, 0.0, np.pi)[0] / np.pi
    radius = EARTH_RADIUS_KM + height
    speed = np.sqrt(MU_KM3_S2 / radius)
    sigma_km2 = np.pi * 0.004**2
    one_pair = sigma_km2 * speed * mean / (2.0 * np.pi**2 * radius**2 * SHELL_KM)
    told = rates(gas, NOBODY)
    between = told.per_s.sum(axis=(0, 2))[1]
    alone = rates(gas_of(gas, slice(0, n)), NOBODY)
    between -= alone.per_s.sum()
    assert between == pytest.approx(n * n * one_pair, rel=0.01)


def gas_of(gas: Molecules, rows: slice) -> Molecules:
    return Molecules(*(
        getattr(gas, name)[rows]
        for name in ("perigee_km", "apogee_km", "inclination_rad", "radius_m", "weight", "group")
    ))  # fmt: skip


def test_time_is_whole_and_rows_need_no_order() -> None:
    gas = crowd(2000, 6)
    told = moments(gas)
    assert told[..., 0].sum() == pytest.approx(2000.0, rel=1e-6)
    order = np.random.default_rng(1).permutation(2000)
    mixed = Molecules(*(
        getattr(gas, name)[order]
        for name in ("perigee_km", "apogee_km", "inclination_rad", "radius_m", "weight", "group")
    ))  # fmt: skip
    assert moments(mixed) == pytest.approx(told, rel=1e-12, abs=1e-12)
    # One row of weight two is two rows.
    double = replace(gas_of(gas, slice(0, 500)), weight=np.full(500, 2.0))
    twice = gas_of(gas, slice(0, 500))
    both = Molecules(*(
        np.concatenate([getattr(twice, name)] * 2)
        for name in ("perigee_km", "apogee_km", "inclination_rad", "radius_m", "weight", "group")
    ))  # fmt: skip
    assert moments(double)[..., :3] == pytest.approx(moments(both)[..., :3], rel=1e-12)


def test_who_avoids_does_not_collide() -> None:
    gas = crowd(1000, 7)
    most = rates(gas, NOBODY).total_per_s
    some = rates(gas, Avoidance(0.9, 1.0)).total_per_s
    assert 0.0 < some < most
    steered = replace(gas, group=np.full(1000, Group.ACTIVE, np.int8))
    assert rates(steered, Avoidance(0.9, 1.0)).total_per_s == 0.0
    with pytest.raises(ValueError, match="0 to 1"):
        Avoidance(1.2, 0.0)


def test_nothing_meets_where_nothing_is() -> None:
    empty = gas_of(crowd(10, 1), slice(0, 0))
    told = rates(empty, NOBODY)
    assert told.total_per_s == 0.0
    assert len(meetings(empty, told, 100, np.random.default_rng(1))) == 0
    one = gas_of(crowd(10, 1), slice(0, 1))
    told = rates(one, NOBODY)
    assert told.total_per_s == pytest.approx(0.0, abs=1e-18)
    assert len(meetings(one, told, 100, np.random.default_rng(1))) == 0


def test_pairs_come_as_often_as_they_meet() -> None:
    gas = crowd(3000, 8)
    told = rates(gas, NOBODY)
    met = meetings(gas, told, 30_000, np.random.default_rng(2))
    share = np.bincount(met.shell, minlength=76) / len(met)
    assert share == pytest.approx(told.by_shell_per_s / told.total_per_s, abs=3e-3)
    # A pair of the large meets as often as rates of them alone, and so does one of the small.
    large = gas.radius_m > 0.9
    both = (large[met.first] & large[met.second]).mean()
    alone = rates(replace(gas, weight=large.astype(float)), NOBODY).total_per_s
    assert both == pytest.approx(alone / told.total_per_s, abs=0.012)
    small = np.logical_not(large)
    both = (small[met.first] & small[met.second]).mean()
    alone = rates(replace(gas, weight=small.astype(float)), NOBODY).total_per_s
    assert both == pytest.approx(alone / told.total_per_s, abs=0.012)
    assert met.speed_km_s.min() > 0.0
    assert met.speed_km_s.max() < 15.3
    again = meetings(gas, told, 30_000, np.random.default_rng(2))
    assert np.array_equal(met.first, again.first)
    assert np.array_equal(met.speed_km_s, again.speed_km_s)


def test_catastrophes_by_energy() -> None:
    gas = crowd(500, 9)
    told = rates(gas, NOBODY)
    met = meetings(gas, told, 200, np.random.default_rng(3))
    assert met.catastrophic(np.full(500, 100.0))[met.speed_km_s > 1.0].all()
    mass = np.full(500, 1e-6)
    mass[met.first] = 1000.0
    heavy_light = mass[met.first] != mass[met.second]
    assert not met.catastrophic(mass)[heavy_light].any()


def test_an_apogee_on_an_edge_counts_once() -> None:
    one = np.array([400.0])
    gas = Molecules(
        one, np.array([1500.0]), np.array([1.0]), np.ones(1), np.ones(1), np.ones(1, np.int8)
    )
    assert moments(gas)[..., 0].sum() == pytest.approx(1.0, rel=1e-6)
