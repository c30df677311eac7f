"""Covariance realism over everything that residuals and covariances can be."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonsky.assess.covariance_scale import scale_factors
from commonsky.assess.goodness_of_fit import cramer_von_mises_p
from commonsky.assess.object_scale import object_factors
from commonsky.assess.realism import judged, squared_distances

WILD = st.floats(allow_nan=True, allow_infinity=True)
SQUARES = st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=40)


@given(SQUARES, st.floats(1e-3, 1e3), st.randoms(use_true_random=False))
def test_factors_go_with_the_squares_and_not_with_their_order(
    squares: list[float], by: float, random: object
) -> None:
    shuffled = list(squares)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first = scale_factors(np.array([squares]))[0]
    assert first > 0.0
    assert scale_factors(np.array([shuffled]))[0] == pytest.approx(first)
    assert scale_factors(by * np.array([squares]))[0] == pytest.approx(by * first, rel=1e-2)


@settings(max_examples=300, deadline=None)
@given(st.lists(WILD, min_size=6, max_size=6), st.lists(WILD, min_size=3, max_size=3))
def test_no_covariance_is_an_error(parts: list[float], residual: list[float]) -> None:
    a, b, c, d, e, f = parts
    covariance = np.array([[[a, b, c], [b, d, e], [c, e, f]]])
    with np.errstate(all="ignore"):
        found = squared_distances(np.array([residual]), covariance)
    assert found.shape == (1,)
    assert np.isnan(found[0]) or found[0] >= 0.0


@settings(max_examples=40, deadline=None)
@given(st.lists(WILD, max_size=60), st.integers(1, 60))
def test_any_distances_make_a_row(squares: list[float], objects: int) -> None:
    n = len(squares)
    with np.errstate(all="ignore"):
        row = judged(
            np.abs(np.array(squares, np.float64)), np.arange(n) % objects, np.ones(n), "a", "b"
        )
    assert row.n + row.unusable == n
    for share in (row.share_beyond_99, row.outlier_share, row.cramer_von_mises_p):
        assert math.isnan(share) or 0.0 <= share <= 1.0


@given(st.floats(0.0, 10.0), st.floats(0.0, 2.0), st.integers(5, 5000))
def test_larger_statistics_are_rarer(statistic: float, more: float, n: int) -> None:
    p, rarer = (cramer_von_mises_p(one, n) for one in (statistic, statistic + more))
    assert 0.0 <= rarer <= p + 5e-4 <= 1.001


@settings(deadline=None)
@given(st.lists(st.tuples(WILD, st.integers(0, 5), WILD), max_size=60))
def test_any_residuals_make_factors(rows: list[tuple[float, int, float]]) -> None:
    squares = np.abs(np.array([one[0] for one in rows], np.float64))
    number = np.array([one[1] for one in rows], np.int64)
    of_class = np.array([one[2] for one in rows], np.float64)
    with np.errstate(all="ignore"):
        found = object_factors(squares, number, of_class)
    assert (found.n >= 3).all()
    assert (np.diff(found.norad_id) > 0).all()
    assert not np.isnan(found.factor).any()
