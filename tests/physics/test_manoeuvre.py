"""Burns of known size, in element sets that err as fits do; and SGP4's mean elements."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from commonsky.astro.sgp4 import propagate
from commonsky.characterise.manoeuvre import Manoeuvres, detectability_km_s, manoeuvres
from commonsky.characterise.step import shown
from tests.manoeuvre_case import (
    BELT,
    DAY_NS,
    HIGH,
    LOW,
    START_TAI_NS,
    Burn,
    Noise,
    days_of,
    elements,
    joined,
    mean_at,
    past,
    sets,
)

ONE_MM_S = 1e-6


@pytest.mark.parametrize(
    ("orbit", "bstar", "most_km"),
    [(LOW, 0.0, 1e-3), (LOW, 1e-4, 0.05), (HIGH, 0.0, 1e-3), (BELT, 0.0, 0.1),
     ((26560.0, 0.7, 1.1), 0.0, 2.0)],
)  # fmt: skip
def test_mean_elements_of_another_day_are_the_same_orbit(
    orbit: tuple[float, float, float], bstar: float, most_km: float
) -> None:
    one = elements(*orbit, bstar=bstar)
    for days in (3.3, -2.6):
        epoch = START_TAI_NS + round(days * DAY_NS)
        other = mean_at(one, epoch)
        then = np.array([epoch, epoch + DAY_NS // 20])
        apart = propagate(one, then).position_km - propagate(other, then).position_km
        assert np.linalg.norm(apart, axis=-1).max() < most_km


def found_about(found: Manoeuvres, day: float, within: float = 2.0) -> np.ndarray:
    epoch = START_TAI_NS + day * DAY_NS
    return np.flatnonzero(np.abs(found.epoch_tai_ns - epoch) <= within * DAY_NS)


@pytest.mark.parametrize("orbit", [LOW, HIGH, BELT])
def test_transverse_burns_are_found_and_measured(orbit: tuple[float, float, float]) -> None:
    sizes = np.array([20.0, -35.0, 60.0, 90.0, -45.0, 70.0]) * ONE_MM_S
    burns_at = 40.3 + 33.0 * np.arange(len(sizes))
    burns = [Burn(day, (0.0, size, 0.0)) for day, size in zip(burns_at, sizes, strict=True)]
    found = manoeuvres(past([sets(elements(*orbit), days_of(1, 260.0), 2, Noise(), burns)]))
    assert len(found) == len(sizes)
    assert np.abs(found.epoch_tai_ns - START_TAI_NS - burns_at * DAY_NS).max() < 0.8 * DAY_NS
    assert (found.not_before_tai_ns <= found.epoch_tai_ns).all()
    assert (found.epoch_tai_ns <= found.not_after_tai_ns).all()
    off = found.delta_v_rtn_km_s[:, 1] - sizes
    assert (np.abs(off) <= 3.5 * found.delta_v_sigma_km_s).all()
    assert (np.abs(off) <= 0.1 * np.abs(sizes)).all()


def test_sigma_holds_what_it_says() -> None:
    size, days = 12.0 * ONE_MM_S, days_of(3, 400.0)
    at = 30.0 + 34.0 * np.arange(11)
    burns = [Burn(day + 0.37, (0.0, size, 0.0)) for day in at]
    found = manoeuvres(
        past([sets(elements(*HIGH), days, seed, Noise(), burns) for seed in range(4)])
    )
    hits = np.concatenate([found_about(found, day) for day in at])
    assert len(hits) >= 40
    off = np.abs(found.delta_v_rtn_km_s[hits, 1] - size) / found.delta_v_sigma_km_s[hits]
    assert (off <= 2.0).mean() >= 0.85  # of normal errors 0.95


def test_plane_changes_are_told_by_their_normal_component() -> None:
    burns = [Burn(50.4, (0.0, 0.02e-3, 5.0e-3)), Burn(90.6, (0.0, 0.0, -6.0e-3))]
    found = manoeuvres(past([sets(elements(*LOW), days_of(5, 140.0), 6, Noise(), burns)]))
    for burn in burns:
        (row,) = found_about(found, burn.day)
        size = np.linalg.norm(burn.delta_v_rtn_km_s)
        assert abs(found.delta_v_km_s[row] - size) < 0.15 * size
        assert abs(abs(found.delta_v_rtn_km_s[row, 2]) - size) < 0.15 * size


def test_half_of_what_lies_at_the_floor_is_found() -> None:
    days = days_of(7, 330.0)
    quiet = past([sets(elements(*HIGH), days, seed, Noise()) for seed in range(3)])
    floor = float(np.median(detectability_km_s(quiet)))
    at = 25.0 + 40.0 * np.arange(8)
    share = []
    for times in (0.4, 1.0, 2.5):
        burns = [Burn(day, (0.0, times * floor, 0.0)) for day in at]
        told = past([sets(elements(*HIGH), days, seed, Noise(), burns) for seed in range(3)])
        found = manoeuvres(told)
        share.append(np.mean([
            any(found.catalogue_number[row] == one for row in found_about(found, day))
            for day in at for one in told.object_number
        ]))  # fmt: skip
    assert share[0] < 0.35
    assert 0.2 <= share[1] <= 0.9
    assert share[2] >= 0.9


def test_a_fit_over_days_shows_a_burn_as_a_line_through_a_kinked_phase() -> None:
    span = 5.0
    for age in (0.5, 2.0, 3.7, 6.0):
        t = np.linspace(-span, 0.0, 20001)
        phase = np.maximum(t + age, 0.0)
        rate, end = np.polyfit(t, phase, 1)
        share, length = shown(age, span)
        assert share == pytest.approx(rate, abs=2e-4)
        assert length == pytest.approx(end, abs=2e-4 * span)


@pytest.mark.parametrize("seed", range(4))
def test_a_storm_in_the_air_is_no_burn(seed: int) -> None:
    # Drag grows threefold for four days: sets follow it, later ones with more B*.
    rng = np.random.default_rng(seed)
    parts, now = [], elements(6878.0, 1e-3, 1.7, bstar=2e-4)
    for day in days_of(9 + seed, 120.0):
        storm = 3.0 if 50.0 < day < 54.0 else 1.0
        bstar = 2e-4 * storm * np.exp(0.15 * rng.standard_normal())
        now = replace(
            mean_at(now, START_TAI_NS + round(day * DAY_NS)),
            bstar_per_earth_radius=np.array([bstar]),
        )
        parts.append(now)
    assert len(manoeuvres(past([joined(parts)]))) <= 1
