"""The rungs of the ladder agree where theory says so; bad pairs say why they have no number."""

import math

import numpy as np
import pytest

from commonsky.assess.binomial import incomplete_beta, interval_95
from commonsky.assess.ladder import Rung, Unassessable, Violation, climb
from commonsky.assess.limits import joint_radius_km, several_encounters, square_probability
from commonsky.assess.monte_carlo import trial
from commonsky.assess.pairs import pairs_of

Columns = tuple[np.ndarray, ...]
HALF_WINDOW_S = 600.0


def fast_pairs(n: int, seed: int = 3) -> Columns:
    """Crossing pairs in low orbit with sigmas of tens of metres, radii of 5 to 20 m."""
    rng = np.random.default_rng(seed)
    r1 = np.tile([7000.0, 0.0, 0.0], (n, 1))
    v1 = np.tile([0.0, 7.5, 0.0], (n, 1))
    angle = rng.uniform(0.3, 2.8, n)
    v2 = 7.5 * np.stack([np.zeros(n), np.cos(angle), np.sin(angle)], 1)
    sigma = np.array([0.03, 0.06, 0.03, 3e-5, 3e-5, 3e-5])
    c1 = np.tile(np.diag(sigma**2), (n, 1, 1))
    c2 = c1 * rng.uniform(0.5, 2.0, (n, 1, 1))
    r2 = r1 + rng.normal(0.0, 0.03, (n, 3)) * [1.0, 0.3, 0.3]
    return r1, v1, c1, r2, v2, c2, rng.uniform(0.005, 0.02, n)


@pytest.fixture(scope="module")
def pairs() -> Columns:
    return fast_pairs(20)


def test_all_rungs_agree_on_fast_pairs(pairs: Columns) -> None:
    found = climb(*pairs, all_tiers=True)
    assert set(found.methods()) == {Rung.PC_2D}
    np.testing.assert_allclose(found.nc_2d, found.pc_2d, rtol=2e-3)
    np.testing.assert_allclose(found.nc_3d, found.nc_2d, rtol=2e-3)
    assert np.all((found.lower <= found.pc) & (found.pc <= found.upper))


def test_turning_the_axes_and_swapping_objects_changes_nothing(pairs: Columns) -> None:
    turn = np.linalg.qr(np.random.default_rng(5).normal(size=(3, 3)))[0]
    turn *= np.sign(np.linalg.det(turn))
    both = np.kron(np.eye(2), turn)
    r1, v1, c1, r2, v2, c2, radius = pairs
    there = climb(
        r1 @ turn.T, v1 @ turn.T, both @ c1 @ both.T,
        r2 @ turn.T, v2 @ turn.T, both @ c2 @ both.T, radius, all_tiers=True,
    )  # fmt: skip
    swapped = climb(r2, v2, c2, r1, v1, c1, radius, all_tiers=True)
    here = climb(*pairs, all_tiers=True)
    for other in (there, swapped):
        np.testing.assert_allclose(other.nc_2d, here.nc_2d, rtol=1e-5)
        np.testing.assert_allclose(other.nc_3d, here.nc_3d, rtol=1e-5)


def test_a_small_body_is_hit_as_its_area(pairs: Columns) -> None:
    r1, v1, c1, r2, v2, c2, radius = pairs
    small, smaller = (climb(r1, v1, c1, r2, v2, c2, radius * part).nc_2d for part in (1e-3, 5e-4))
    np.testing.assert_allclose(small / smaller, 4.0, rtol=1e-4)


def test_intervals_of_trials_cover_at_their_rate() -> None:
    """Of 240 pairs; 95 % or more of the exact intervals, less what 240 may miss by chance."""
    pairs = fast_pairs(240, seed=11)
    truth = climb(*pairs).nc_2d
    r1, v1, c1, r2, v2, c2, radius = pairs
    made = pairs_of((r1, v1, c1), (r2, v2, c2), radius)
    plain, aimed = 0, 0
    for i in range(len(truth)):
        for kind in (False, True):
            pc, low, high = trial(made, i, 0.0, HALF_WINDOW_S, 3000, 100 + i, aimed=kind)
            assert low <= pc <= high
            held = low <= truth[i] <= high
            plain, aimed = plain + (held and not kind), aimed + (held and kind)
    assert plain >= 0.91 * len(truth)
    assert aimed >= 0.91 * len(truth)


def test_a_seed_gives_the_same_trials(pairs: Columns) -> None:
    first, again = (climb(*pairs, all_tiers=True, trials=2000, seed=9) for _ in range(2))
    np.testing.assert_array_equal(first.pc_monte_carlo, again.pc_monte_carlo)
    other = climb(*pairs, all_tiers=True, trials=2000, seed=999)
    assert np.any(first.pc_monte_carlo != other.pc_monte_carlo)


def test_a_slow_pair_is_not_left_to_straight_motion() -> None:
    r1, v1, c1, r2, v2, c2, radius = (column[:1].copy() for column in fast_pairs(1))
    v2[:] = v1 + np.array([0.0, 0.0, 0.01])
    found = climb(r1, v1, c1, r2, v2, c2, radius)
    assert found.methods() == [Rung.NC_3D]
    assert found.violations[0] & Violation.SLOW


def test_a_bad_pair_says_why_and_harms_no_other() -> None:
    pairs = tuple(column.copy() for column in fast_pairs(6))
    good = climb(*pairs)
    r1, _, c1, _, _, _, radius = pairs
    r1[0, 1], radius[1], c1[2, 0, 0] = math.nan, -1.0, math.nan
    c1[3] = np.diag([1e8] * 3 + [1e-8] * 3)
    c1[4] = -c1[4] * 10.0
    found = climb(*pairs)
    reasons = found.reasons()
    assert reasons[:4] == [
        Unassessable.STATE_NOT_FINITE,
        Unassessable.NO_RADIUS,
        Unassessable.NO_COVARIANCE,
        Unassessable.DEFAULT_COVARIANCE,
    ]
    assert np.isnan(found.pc[:4]).all()
    assert not np.any(found.pc[:5] == 0.0)
    assert found.remediated[4] or reasons[4]
    assert found.pc[5] == good.pc[5]


def test_positions_alone_allow_the_plane_only() -> None:
    r1, v1, c1, r2, v2, c2, radius = fast_pairs(3)
    found = climb(r1, v1, c1[:, :3, :3], r2, v2, c2[:, :3, :3], radius, all_tiers=True)
    assert set(found.methods()) == {Rung.PC_2D}
    assert found.violated() == [["no velocity errors"]] * 3


def test_shapes_that_do_not_fit_are_refused() -> None:
    r1, v1, c1, r2, v2, c2, radius = fast_pairs(3)
    with pytest.raises(ValueError, match="needs covariances"):
        climb(r1, v1, c1[:, :4, :4], r2, v2, c2, radius)


def test_exact_intervals() -> None:
    """Rule of three's exact form, and 1 of 10 as in tables of Clopper and Pearson."""
    assert interval_95(0, 100)[1] == pytest.approx(1.0 - 0.025 ** (1.0 / 100), rel=1e-9)
    low, high = interval_95(1, 10)
    assert low == pytest.approx(0.00252857854, rel=1e-6)
    assert high == pytest.approx(0.44501612, rel=1e-6)
    assert interval_95(10, 10)[1] == 1.0
    assert incomplete_beta(0.3, 1.0, 4.0) == pytest.approx(1.0 - 0.7**4, rel=1e-13)
    with pytest.raises(ValueError, match="5 of 3"):
        interval_95(5, 3)


def test_limits_over_several_encounters() -> None:
    low, high = several_encounters([0.1, 0.2])
    assert (low, round(high, 12)) == (0.2, 0.28)
    assert several_encounters([1e-20, 1e-20])[1] == pytest.approx(2e-20)
    with pytest.raises(ValueError, match="one Pc at least"):
        several_encounters([])


def test_radii_with_their_errors_and_squares() -> None:
    assert joint_radius_km(3.0, 1.0, 3.0, 0.0) == pytest.approx(5.0)
    whole = square_probability(np.zeros((1, 2)), np.ones((1, 2)), np.array([1.0]))
    assert whole[0] == pytest.approx(math.erf(math.sqrt(0.5)) ** 2)


def test_an_error_that_both_share_does_not_part_them() -> None:
    """Both are moved alike along the line that separates them, so that Pc is that of the rest."""
    r1, v1, c1, r2, v2, c2, radius = fast_pairs(12)
    c1, c2 = c1.copy(), c2.copy()
    share = np.zeros((12, 6))
    share[:, 0] = 0.3
    grown1, grown2 = (c + share[:, :, None] * share[:, None, :] for c in (c1, c2))
    apart = climb(r1, v1, c1, r2, v2, c2, radius, all_tiers=True)
    alike = climb(
        r1, v1, grown1, r2, v2, grown2, radius, shared=(share, share), all_tiers=True,
        trials=40_000,
    )  # fmt: skip
    np.testing.assert_allclose(alike.pc_2d, apart.pc_2d, rtol=1e-9)
    np.testing.assert_allclose(alike.nc_2d, apart.nc_2d, rtol=1e-3)
    np.testing.assert_allclose(alike.nc_3d, apart.nc_3d, rtol=1e-3)
    wide = 0.5 * (alike.ci_high - alike.ci_low)
    off = np.abs(alike.pc_monte_carlo - apart.nc_3d)
    assert (off < wide).sum() >= 9
    assert np.all(off < 2.5 * wide)
    unaware = climb(r1, v1, grown1, r2, v2, grown2, radius)
    assert np.all(unaware.pc_2d < 0.8 * apart.pc_2d)


def test_a_covariance_that_is_said_to_be_a_default_gives_no_number() -> None:
    found = climb(*fast_pairs(3), default_covariance=np.array([False, True, False]))
    assert found.reasons() == ["", Unassessable.DEFAULT_COVARIANCE, ""]
    assert np.isnan(found.pc).tolist() == [False, True, False]
    assert np.isfinite(found.pc_2d).all()


def test_pairs_without_errors_of_velocity_have_the_plane_only() -> None:
    r1, v1, c1, r2, v2, c2, radius = fast_pairs(4)
    c2 = c2.copy()
    c2[1, 3:] = c2[1, :, 3:] = 0.0
    found = climb(r1, v1, c1, r2, v2, c2, radius, all_tiers=True)
    assert np.isnan(found.nc_2d).tolist() == [False, True, False, False]
    assert found.violated()[1] == ["no velocity errors"]
    assert set(found.methods()) == {Rung.PC_2D}
