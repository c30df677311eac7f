"""Covariance realism: residuals, scorecards, verdicts, factors of objects."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from commonsky.assess.covariance_scale import Interval, scale_factors, scale_of
from commonsky.assess.object_scale import object_factors
from commonsky.assess.realism import (
    EVERYTHING,
    FEWEST,
    Residuals,
    ScorecardRow,
    Verdict,
    judged,
    pass_share,
    residual_covariance_km2,
    scorecard,
    squared_distances,
    verdict,
)
from commonsky.astro.arrays import Floats

SIGMA_KM = np.array([0.3, 2.0, 0.5])


def residuals(n: int, inflation: float = 1.0, **columns: Any) -> Residuals:
    """Gaussian residuals whose covariances are too small by `inflation`."""
    rng = np.random.default_rng(n)
    covariance = np.broadcast_to(np.diag(SIGMA_KM**2), (n, 3, 3))
    plain = Residuals(
        rng.normal(size=(n, 3)) * SIGMA_KM * math.sqrt(inflation), covariance, np.arange(n),
        np.full(n, "a"), np.full(n, "LEO"), np.full(n, 4.0),
    )  # fmt: skip
    return replace(plain, **columns)


def row(squares: Floats, **columns: Any) -> ScorecardRow:
    n = len(squares)
    number = columns.get("number", np.arange(n))
    return judged(squares, number, np.full(n, 4.0), "a", "LEO")


def test_a_residual_of_one_sigma_on_each_axis_is_three() -> None:
    found = squared_distances(SIGMA_KM[None, :], np.diag(SIGMA_KM**2)[None])
    assert found == pytest.approx([3.0])


def test_correlated_errors_are_not_independent_ones() -> None:
    covariance = np.array([[[4.0, 1.9, 0.0], [1.9, 1.0, 0.0], [0.0, 0.0, 1.0]]])
    along, across = np.array([[2.0, 1.0, 0.0]]), np.array([[2.0, -1.0, 0.0]])
    assert squared_distances(along, covariance)[0] < 1.1
    assert squared_distances(across, covariance)[0] > 30.0


@pytest.mark.parametrize(
    "covariance",
    [
        np.zeros((3, 3)),
        np.diag([1.0, 1.0, 0.0]),
        np.diag([1.0, -1.0, 1.0]),
        np.ones((3, 3)),
        np.full((3, 3), np.nan),
        np.diag([1.0, np.inf, 1.0]),
        np.array([[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        np.array([[1.0, 0.5, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    ],
    ids=["zero", "flat", "negative", "singular", "nan", "infinite", "indefinite", "crooked"],
)
def test_what_is_no_covariance_tells_nothing(covariance: Floats) -> None:
    both = np.stack([covariance, np.eye(3)])
    found = squared_distances(np.ones((2, 3)), both)
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(3.0)


def test_scales_that_differ_by_millions_are_not_singular() -> None:
    covariance = np.diag([1e-6, 1e8, 1.0])[None]
    assert squared_distances(np.array([[1e-3, 1e4, 1.0]]), covariance) == pytest.approx([3.0])


def test_a_residual_that_is_no_number_is_counted_and_not_dropped() -> None:
    table = residuals(40)
    table.residual_rtn_km[3] = np.nan
    whole = scorecard(table)[0]
    assert (whole.n, whole.unusable) == (39, 1)


def test_what_both_states_share_cancels() -> None:
    predicted, fresh = 5.0 * np.eye(3)[None], np.eye(3)[None]
    nothing = np.zeros((1, 3, 3))
    added = residual_covariance_km2(predicted, fresh, nothing)
    shared = residual_covariance_km2(predicted, fresh, fresh)
    truth = residual_covariance_km2(predicted, nothing, nothing)
    assert [one[0, 0, 0] for one in (added, shared, truth)] == [6.0, 4.0, 5.0]


def test_a_crooked_share_makes_a_symmetric_covariance() -> None:
    crooked = np.array([[[0.1, 0.2, 0.0], [0.0, 0.1, 0.0], [0.0, 0.0, 0.1]]])
    found = residual_covariance_km2(np.eye(3)[None], np.eye(3)[None], crooked)
    assert (found == np.swapaxes(found, 1, 2)).all()
    assert found[0, 0, 1] == pytest.approx(-0.2)


@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_few_residuals_make_no_verdict_and_no_error(count: int) -> None:
    one = row(np.full(count, 2.0))
    assert one.verdict is Verdict.CANNOT_TELL
    assert one.n == count
    assert math.isnan(one.cramer_von_mises_p)
    assert math.isnan(one.pass_share)


def test_no_residuals_make_no_rows() -> None:
    assert scorecard(residuals(0)) == ()


def test_many_residuals_of_one_object_make_no_verdict() -> None:
    squares = np.random.default_rng(1).chisquare(3.0, 500)
    assert row(squares).verdict is Verdict.REALISTIC
    alone = row(squares, number=np.zeros(500, np.int64))
    assert alone.verdict is Verdict.CANNOT_TELL
    assert (alone.n, alone.objects) == (500, 1)


def test_many_residuals_of_few_objects_make_no_verdict() -> None:
    squares = np.random.default_rng(1).chisquare(3.0, 2000)
    few = row(squares, number=np.arange(2000) % (FEWEST - 1))
    assert math.isfinite(few.factor.low)
    assert few.verdict is Verdict.CANNOT_TELL


def test_residuals_of_one_object_widen_the_interval() -> None:
    rng = np.random.default_rng(2)
    squares = np.repeat(rng.chisquare(3.0, 50), 20)
    single = scale_of(squares, np.arange(1000), np.random.default_rng(1)).factor
    together = scale_of(squares, np.repeat(np.arange(50), 20), np.random.default_rng(1)).factor
    assert together.value == single.value
    assert together.high - together.low > 2.5 * (single.high - single.low)


def test_sources_and_classes_have_rows_of_their_own() -> None:
    table = residuals(
        60,
        source=np.array(["b", "a"] * 30),
        group=np.array(["GEO"] * 20 + ["LEO"] * 40),
    )
    rows = scorecard(table)
    assert [(one.source, one.group, one.n) for one in rows] == [
        ("a", EVERYTHING, 30), ("a", "GEO", 10), ("a", "LEO", 20),
        ("b", EVERYTHING, 30), ("b", "GEO", 10), ("b", "LEO", 20),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("inflation", "wanted"),
    [(1.0, Verdict.REALISTIC), (4.0, Verdict.TOO_SMALL), (0.25, Verdict.TOO_LARGE)],
)
def test_the_verdict_says_which_way(inflation: float, wanted: Verdict) -> None:
    whole = scorecard(residuals(400, inflation))[0]
    assert whole.verdict is wanted
    assert not whole.only_in_tails
    assert whole.outlier_share < 0.01
    assert whole.pass_share_scaled > 0.9
    assert (whole.pass_share > 0.9) == (wanted is Verdict.REALISTIC)
    assert (whole.mean_p > 0.01) == (wanted is Verdict.REALISTIC)
    assert (whole.cramer_von_mises_p > 0.01) == (wanted is Verdict.REALISTIC)
    assert (whole.anderson_darling_p > 0.01) == (wanted is Verdict.REALISTIC)


def test_heavy_tails_are_told_although_most_residuals_are_as_expected() -> None:
    squares = np.random.default_rng(3).chisquare(3.0, 1000)
    squares[:80] = 1e4
    one = row(squares)
    assert one.verdict is Verdict.TOO_SMALL
    assert one.only_in_tails
    assert one.outlier_share == pytest.approx(0.08, abs=0.002)
    assert one.factor.value < 1.4
    assert one.mean_square_over_3.value > 200.0


def test_manoeuvres_hardly_move_the_factor_and_are_reported() -> None:
    squares = 2.0 * np.random.default_rng(4).chisquare(3.0, 2000)
    clean, disturbed = row(squares), row(np.append(squares, np.full(40, 1e8)))
    assert disturbed.factor.value == pytest.approx(clean.factor.value, rel=0.06)
    assert disturbed.outlier_share > 0.015
    assert disturbed.n == 2040


def test_too_large_for_most_and_too_small_for_the_tails_is_no_verdict() -> None:
    squares = 0.1 * np.random.default_rng(5).chisquare(3.0, 1000)
    squares[:100] = 1e3
    assert row(squares).verdict is Verdict.CANNOT_TELL


def test_an_interval_over_the_bound_is_no_verdict() -> None:
    assert verdict(Interval(1.4, 1.1, 1.8), 0.01, 1000) is Verdict.CANNOT_TELL
    assert verdict(Interval(1.2, 1.1, 1.4), 0.01, 1000) is Verdict.REALISTIC
    assert verdict(Interval(1.2, 1.1, 1.4), 0.01, FEWEST - 1) is Verdict.CANNOT_TELL
    assert verdict(Interval(1.2, math.nan, math.nan), 0.01, 1000) is Verdict.CANNOT_TELL


def test_residuals_that_are_all_zero_have_no_factor() -> None:
    one = row(np.zeros(100))
    assert one.factor.value == 0.0
    assert one.verdict is Verdict.CANNOT_TELL
    assert np.isnan(scale_factors(np.array([[1.0, np.nan]]))).all()
    assert np.isnan(scale_factors(np.empty((2, 0)))).all()


def test_the_same_seed_gives_the_same_row_and_another_hardly_another() -> None:
    squares = np.random.default_rng(6).chisquare(3.0, 300)
    number, span = np.arange(300), np.full(300, 4.0)
    first, again, other = (judged(squares, number, span, "a", "b", seed) for seed in (1, 1, 2))
    assert first == again
    assert other.factor.value == first.factor.value
    assert other.factor.low == pytest.approx(first.factor.low, rel=0.05)


def test_samples_of_fifty_pass_as_often_as_they_should() -> None:
    squares = np.random.default_rng(7).chisquare(3.0, 50_000)
    assert pass_share(squares, np.random.default_rng(1)) == pytest.approx(0.98, abs=0.012)
    assert math.isnan(pass_share(squares[:49], np.random.default_rng(1)))


def test_tables_with_columns_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"span_days needs shape \(5,\), but has \(4,\)"):
        residuals(5, span_days=np.zeros(4))


def test_an_object_with_few_residuals_is_told_what_its_class_is() -> None:
    rng = np.random.default_rng(8)
    number = np.repeat(np.arange(200), 5)
    own = np.repeat(np.exp(rng.normal(0.0, 0.7, 200)), 5)
    squares = 3.0 * own * rng.chisquare(3.0, 1000)
    found = object_factors(squares, number, np.full(1000, 3.0))
    assert (found.norad_id == np.arange(200)).all()
    assert (found.n == 5).all()
    true = 3.0 * own[::5]
    drawn = np.abs(np.log(found.factor / true))
    assert np.square(drawn).mean() < 0.8 * np.square(np.log(found.own_factor / true)).mean()
    assert np.square(drawn).mean() < 0.8 * np.square(np.log(3.0 / true)).mean()
    # Drawn towards the class, never past it.
    distance = np.abs(np.log(found.factor / 3.0)) - np.abs(np.log(found.own_factor / 3.0))
    assert (distance <= 1e-12).all()


def test_objects_alike_get_the_factor_of_their_class() -> None:
    squares = 2.0 * np.random.default_rng(9).chisquare(3.0, 600)
    found = object_factors(squares, np.repeat(np.arange(100), 6), np.full(600, 2.0))
    assert np.abs(np.log(found.factor / 2.0)).max() < 0.5
    assert np.abs(np.log(found.own_factor / 2.0)).max() > 0.6


def test_objects_need_residuals_and_classes() -> None:
    squares = np.array([1.0, 2.0, 3.0, 1.0, np.nan, 2.0, 1.0, 2.0, 3.0])
    number = np.array([7, 7, 7, 5, 5, 5, 9, 9, 9])
    of_class = np.array([1.0] * 6 + [np.nan] * 3)
    found = object_factors(squares, number, of_class)
    assert found.norad_id.tolist() == [7]
    assert found.n.tolist() == [3]
    assert len(object_factors(squares[:0], number[:0], of_class[:0])) == 0
    with pytest.raises(ValueError, match="at least one residual, but fewest is 0"):
        object_factors(squares, number, of_class, fewest=0)
