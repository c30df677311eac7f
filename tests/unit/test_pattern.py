import numpy as np
import pytest

from commonsky.astro.epoch import NS_PER_DAY
from commonsky.characterise.change_point import change_points, scatter
from commonsky.characterise.keeping import cycle_days
from commonsky.characterise.longitude import LAPLACE_RAD, PRECESSION_RAD_DAY
from commonsky.characterise.pattern import Regime, Status, patterns
from commonsky.characterise.pattern_change import Quantity, changes
from commonsky.characterise.station_keeping import Control
from commonsky.characterise.surprise import Behaviour, p_value, surprise
from tests.belt_case import START, belt_elements, days, free, held, one_history, together


def test_levels_are_found_among_outliers_and_heavy_tails() -> None:
    rng = np.random.default_rng(1)
    value = np.concatenate([np.zeros(60), np.full(40, 8.0), np.full(50, 3.0)])
    value += 0.5 * rng.standard_t(2, len(value))
    value[[20, 75, 130]] = 200.0
    cuts, level, _ = change_points(value, scatter(value, 0.1))
    assert cuts.tolist() == pytest.approx([60, 100], abs=2)
    assert level == pytest.approx([0.0, 8.0, 3.0], abs=0.5)


@pytest.mark.parametrize("seed", range(20))
def test_noise_alone_has_no_changes(seed: int) -> None:
    value = np.random.default_rng(seed).standard_t(2, 200)
    assert len(change_points(value, scatter(value, 0.1))[0]) == 0


def test_no_values_have_no_changes() -> None:
    cuts, level, cost = change_points(np.zeros(0), 1.0)
    assert (len(cuts), len(level), cost) == (0, 0, 0.0)


def test_p_values_are_no_smaller_than_they_should_be() -> None:
    rng = np.random.default_rng(2)
    found = np.array([
        p_value(float(x[-1]), x[:-1]) for x in np.abs(rng.standard_t(2, (4000, 40)))
    ])  # fmt: skip
    for q in (0.5, 0.1, 0.02, 0.005, 0.001):
        assert (found <= q).mean() <= q + 3.0 * np.sqrt(q / len(found))
    assert found.min() < 0.01  # and they can be small


def test_what_was_never_seen_is_odd_and_says_why() -> None:
    past = np.abs(np.random.default_rng(3).normal(size=(60, 4)))
    p, what = surprise(np.array([0.5, 0.5, 300.0, 0.5]), past)
    assert p < 0.01
    assert what == Behaviour.PLANE
    assert np.isnan(surprise(np.ones(4), past[:5])[0])  # too little to tell


def test_cycles_are_told_only_where_burns_can_be_told_apart() -> None:
    burn = np.zeros(40, bool)
    burn[::5] = True
    assert cycle_days(burn, np.full(40, 3.0)) == pytest.approx(15.0)
    assert np.isnan(cycle_days(np.ones(40, bool), np.full(40, 30.0)))
    assert np.isnan(cycle_days(burn[:6], np.full(6, 3.0)))


def test_a_satellite_in_its_slot_has_a_box_and_an_owner_of_it() -> None:
    epoch, rng = days(120, 6.0), np.random.default_rng(4)
    made = together([
        (5, epoch, *held(epoch, 20.0, rng)),
        (6, epoch, *free(epoch, 60.0, 0.05)),
        (7, epoch[:4], *held(epoch[:4], 40.0, rng)),
    ])  # fmt: skip
    found = patterns(made)
    assert found.regime.tolist() == [Regime.BELT] * 3
    assert found.control[0] == Control.HELD
    assert found.control[1] != Control.HELD
    assert np.degrees(found.longitude_rad[0]) == pytest.approx(20.0, abs=0.05)
    assert np.degrees(found.longitude_high_rad[0]) <= 0.11
    assert found.controlled_since_tai_ns[0] == epoch[0]
    assert found.controlled_until_tai_ns[0] == epoch[-1]
    assert found.controlled_until_tai_ns[1] == 0
    assert found.status.tolist() == [Status.GOOD, Status.GOOD, Status.TOO_LITTLE]
    assert np.isnan(found.p_own[2])


def tilts(count: int, step: float, kept_until: int) -> np.ndarray:
    """Inclination vectors that are kept at zero, and then go where Sun and Moon take them."""
    vector = np.full((count, 2), 1e-4)
    turn = PRECESSION_RAD_DAY * step
    for k in range(kept_until, count):
        x, y = vector[k - 1, 0] - LAPLACE_RAD, vector[k - 1, 1]
        vector[k, 0] = LAPLACE_RAD + x * np.cos(turn) + y * np.sin(turn)
        vector[k, 1] = y * np.cos(turn) - x * np.sin(turn)
    return vector


def test_the_end_of_keeping_north_and_south_is_found() -> None:
    step, count, stop = 20.0, 90, 50
    epoch, rng = days(count, step), np.random.default_rng(5)
    tilt = tilts(count, step, stop) + np.radians(0.002) * rng.normal(size=(count, 2))
    place, drift = held(epoch, 20.0, rng)
    made = one_history(belt_elements(epoch, place, drift, tilt), np.full(count, 5))
    found = changes(made)
    assert found.quantity.tolist() == [Quantity.NORTH_SOUTH]
    assert (found.not_before_tai_ns[0] - START) / NS_PER_DAY == pytest.approx(
        stop * step, abs=3 * step
    )
    assert found.before[0] == pytest.approx(1.0, abs=0.2)
    assert found.after[0] == pytest.approx(0.0, abs=0.2)
    assert patterns(made).north_south_kept[0] == pytest.approx(0.0, abs=0.2)


def test_nothing_comes_of_nothing() -> None:
    empty = together([(7, days(1, 1.0), np.array([5.0]), np.array([0.0]))]).of(np.zeros(0, int))
    assert len(patterns(empty)) == 0
    assert len(changes(empty)) == 0
