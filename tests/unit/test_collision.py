from __future__ import annotations

import math

import numpy as np
import pytest

from commonsky.assess.collision import (
    CollisionAssessment,
    PcMethod,
    PcNull,
    assess,
    collision_probability,
    collision_probability_of_states,
    pc_against_scale,
)
from commonsky.astro.arrays import Floats

KM2 = 0.01
# A position of 7000 km is known to 5e-13 km.
ROUNDING = 1e-11


def pairs(n: int = 1) -> list[Floats]:
    """Crossing pairs, round covariances, 10 m, passing each other 106 m apart."""
    eye = np.tile(np.eye(3), (n, 1, 1))
    return [
        np.tile([7000.0, 0.0, 0.0], (n, 1)),
        np.tile([0.0, 7.5, 0.0], (n, 1)),
        eye * KM2,
        np.tile([7000.1, 0.05, 0.0], (n, 1)),
        np.tile([0.0, 0.0, 7.5], (n, 1)),
        eye * KM2,
        np.full(n, 0.01),
    ]


def test_geometry_of_a_plain_passage() -> None:
    found = assess(*pairs())
    assert found.methods() == [PcMethod.SERIES]
    assert found.null_reasons() == [PcNull.NONE]
    # 50 m towards object 1's velocity: half of it is along the relative velocity.
    np.testing.assert_allclose(found.tca_offset_s, 0.05 / 15.0, rtol=1e-12)
    np.testing.assert_allclose(found.miss_km, math.sqrt(0.01 + 0.00125), rtol=ROUNDING)
    np.testing.assert_allclose(np.hypot(*found.miss_plane_km.T), found.miss_km, rtol=1e-12)
    np.testing.assert_allclose(found.sigma_plane_km, math.sqrt(2 * KM2), rtol=1e-12)
    (x, y), (sigma_x, sigma_y) = found.miss_plane_km[0], found.sigma_plane_km[0]
    expected = collision_probability(x, y, sigma_x, sigma_y, 0.01)
    np.testing.assert_allclose([found.pc, found.log10_pc], expected, rtol=1e-12)


def test_the_fast_path_gives_the_same() -> None:
    columns = pairs(3)
    columns[6][1] = 0.0
    columns[4][2] = columns[1][2]
    found = assess(*columns)
    pc, log10_pc = collision_probability_of_states(*columns)
    np.testing.assert_array_equal(pc, found.pc)
    np.testing.assert_array_equal(log10_pc, found.log10_pc)


def test_without_resolving_the_distance_given_is_the_miss() -> None:
    found = assess(*pairs(), resolve_tca=False)
    assert found.tca_offset_s == 0.0
    np.testing.assert_allclose(found.miss_km, math.hypot(0.1, 0.05), rtol=ROUNDING)
    columns = pairs()
    columns[3] = columns[0] + [[0.0, 0.05, -0.05]]
    along = assess(*columns, resolve_tca=False)
    np.testing.assert_allclose(along.miss_km, 0.05 * math.sqrt(2.0), rtol=1e-12)


def test_a_hit_in_the_middle_is_finite() -> None:
    columns = pairs()
    columns[3] = columns[0].copy()
    found = assess(*columns)
    np.testing.assert_allclose(found.pc, -math.expm1(-1e-4 / (4 * KM2)), rtol=1e-13)
    assert (found.pc_max[0], found.scale_at_max[0]) == (1.0, 0.0)
    assert not found.diluted[0]


def test_one_covariance_may_be_missing_but_not_both() -> None:
    columns = pairs(2)
    columns[2][:] = 0.0
    columns[5][1] = 0.0
    found = assess(*columns)
    assert found.null_reasons() == [PcNull.NONE, PcNull.COVARIANCE_NOT_POSITIVE]
    assert found.pc[0] > 0.0


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        (0, math.nan, PcNull.STATE_NOT_FINITE),
        (3, math.inf, PcNull.STATE_NOT_FINITE),
        (4, math.nan, PcNull.STATE_NOT_FINITE),
        (2, math.nan, PcNull.NO_COVARIANCE),
        (5, math.inf, PcNull.NO_COVARIANCE),
        (5, -1.0, PcNull.COVARIANCE_NOT_POSITIVE),
        (6, math.nan, PcNull.NO_RADIUS),
        (6, -0.01, PcNull.NO_RADIUS),
        (6, math.inf, PcNull.NO_RADIUS),
    ],
)
def test_a_bad_row_says_why_and_harms_no_other(column: int, value: float, reason: PcNull) -> None:
    columns = pairs(100)
    columns[column][41] = np.eye(3) * value if value == -1.0 else value
    found = assess(*columns)
    good = assess(*pairs(100))
    assert found.null_reasons()[41] is reason
    assert found.methods()[41] is PcMethod.NONE
    assert not found.diluted[41]
    for name in ("pc", "log10_pc", "pc_max", "scale_at_max"):
        assert math.isnan(getattr(found, name)[41])
        np.testing.assert_array_equal(
            np.delete(getattr(found, name), 41), np.delete(getattr(good, name), 41)
        )
    if reason is not PcNull.STATE_NOT_FINITE:
        np.testing.assert_allclose(found.miss_km[41], good.miss_km[41], rtol=1e-12)


@pytest.mark.parametrize("last_digits", [0.0, 1e-15])
def test_no_relative_velocity_has_no_answer(last_digits: float) -> None:
    columns = pairs()
    columns[4] = columns[1] * (1.0 + last_digits)
    found = assess(*columns)
    assert found.null_reasons() == [PcNull.NO_RELATIVE_VELOCITY]
    assert math.isnan(found.pc[0])
    np.testing.assert_allclose(found.miss_km, math.hypot(0.1, 0.05))


@pytest.mark.parametrize(("sigmas", "diluted"), [(1.3, True), (1.5, False), (1.9, False)])
def test_a_small_body_is_diluted_within_root_two_sigmas(sigmas: float, diluted: bool) -> None:
    """Its largest Pc is at scale d^2 / 2, d the miss in sigmas."""
    columns = pairs()
    columns[3] = columns[0] + [[sigmas * math.sqrt(2 * KM2), 0.0, 0.0]]
    columns[6][:] = 1e-6
    found = assess(*columns)
    np.testing.assert_allclose(found.scale_at_max, 0.5 * sigmas**2, rtol=1e-6)
    assert bool(found.diluted[0]) is diluted


def test_a_point_hits_nothing() -> None:
    columns = pairs()
    columns[6][:] = 0.0
    found = assess(*columns)
    assert (found.pc[0], found.log10_pc[0], found.pc_max[0]) == (0.0, -math.inf, 0.0)
    assert found.null_reasons() == [PcNull.NONE]


def test_a_flattened_covariance_is_clipped_and_said_so() -> None:
    columns = pairs(2)
    # Along the radial direction, which lies in the plane: none, and less than none.
    columns[2][0, 0, 0] = -KM2
    columns[2][1, 0, 0] = -2 * KM2
    found = assess(*columns)
    assert found.remediated.tolist() == [True, True]
    np.testing.assert_allclose(found.sigma_plane_km[:, 1], 1e-4 * 0.01, rtol=1e-9)
    assert not assess(*pairs()).remediated.any()


def test_probabilities_too_small_for_a_float_keep_their_logarithm() -> None:
    pc, log10_pc = collision_probability(
        [60.0, 1e6], [0.0, 0.0], [1.0] * 2, [1.0] * 2, [1e-3, 1.0]
    )
    np.testing.assert_array_equal(pc, 0.0)
    assert -790.0 < log10_pc[0] < -780.0
    np.testing.assert_allclose(
        log10_pc[1], -0.5 * (1e6 - 1.0) ** 2 * math.log10(math.e), rtol=1e-6
    )


@pytest.mark.parametrize(
    "bad",
    [
        (0.0, 0.0, 0.0, 1.0, 1.0),
        (0.0, 0.0, -1.0, 1.0, 1.0),
        (0.0, 0.0, 1.0, 1.0, -1.0),
        (math.nan, 0.0, 1.0, 1.0, 1.0),
        (0.0, math.inf, 1.0, 1.0, 1.0),
        (0.0, 0.0, 1.0, math.nan, 1.0),
        (0.0, 0.0, 1.0, 1.0, math.inf),
    ],
)
def test_impossible_arguments_give_nan(bad: tuple[float, ...]) -> None:
    assert np.isnan(collision_probability(*bad)).all()


def test_shapes_are_checked_and_told() -> None:
    columns = pairs(2)
    columns[2] = columns[2][:, 0]
    with pytest.raises(ValueError, match=r"covariances \(n, 3, 3\)"):
        assess(*columns)


def test_no_pairs_at_all() -> None:
    found = assess(*(column[:0] for column in pairs()))
    assert len(found) == 0
    assert found.take(np.array([], np.int64)).methods() == []
    assert collision_probability([], [], [], [], [])[0].shape == (0,)


def test_rows_are_taken_in_order() -> None:
    columns = pairs(3)
    columns[6] = np.array([0.001, 0.002, 0.003])
    found = assess(*columns)
    taken = found.take(np.array([2, 0]))
    assert isinstance(taken, CollisionAssessment)
    np.testing.assert_array_equal(taken.pc, found.pc[[2, 0]])
    np.testing.assert_array_equal(taken.sigma_plane_km, found.sigma_plane_km[[2, 0]])


def test_against_scale_at_one_is_the_probability_itself() -> None:
    pc, log10_pc = pc_against_scale([3.0, 0.1], [4.0, 0.2], 1.0, 2.0, [0.1, 5.0], [0.25, 1.0, 4.0])
    assert pc.shape == (2, 3)
    for row, arguments in enumerate([(3.0, 4.0, 1.0, 2.0, 0.1), (0.1, 0.2, 1.0, 2.0, 5.0)]):
        assert (pc[row, 1], log10_pc[row, 1]) == tuple(
            v[0] for v in collision_probability(*arguments)
        )
    np.testing.assert_allclose(
        pc[0, 2], collision_probability(3.0, 4.0, 2.0, 4.0, 0.1)[0][0], rtol=1e-14
    )
