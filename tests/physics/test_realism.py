"""
Scale factors and tests of covariances against known inflations, SciPy, NASA's CARA, real sets.

CARA's unit test of its optimal scale factor takes Gaussian residuals with covariances right,
sixteen times too large and nine times too small, and exponential ones; it wants 1, 0.25, 3 and
1.26 within 5 %, as factors of sigmas.  Here the same distributions are drawn anew.
"""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize, stats

from commonsky.assess.covariance_scale import scale_factors, scale_of
from commonsky.assess.goodness_of_fit import (
    anderson_darling,
    anderson_darling_p,
    chi_square_3,
    chi_square_3_of_log,
    chi_square_mean_p,
    cramer_von_mises,
    cramer_von_mises_limit,
    cramer_von_mises_p,
    log_beyond,
)
from commonsky.assess.realism import EVERYTHING, Verdict, squared_distances
from commonsky.astro.arrays import Floats
from commonsky.node.pipeline import read
from commonsky.node.realism import Later, realism

CATALOGUES = Path(__file__).parents[3] / "shared/data/catalogues"
SEEDS = 100


def test_chi_square_is_that_of_scipy() -> None:
    x = np.array([1e-9, 1e-4, 0.99e-3, 1.01e-3, 0.1, 1.0, 7.0, 60.0, 800.0])
    assert chi_square_3(x) == pytest.approx(stats.chi2.cdf(x, 3), rel=1e-11)
    assert log_beyond(x) == pytest.approx(stats.chi2.logsf(x, 3), rel=1e-9)
    assert chi_square_3_of_log(np.log(x)) == pytest.approx(stats.chi2.cdf(x, 3), abs=1e-6)


def test_chi_square_at_its_ends() -> None:
    assert chi_square_3(np.array([0.0, np.inf])).tolist() == [0.0, 1.0]
    assert np.isnan(chi_square_3(np.nan))
    far = np.array([999.0, 1001.0, 1e6])
    assert np.diff(log_beyond(far)[:2]) == pytest.approx(-1.0, abs=0.01)
    assert log_beyond(far)[2] == pytest.approx(-5e5, rel=1e-3)
    assert log_beyond(np.inf) == -np.inf


@pytest.mark.parametrize("n", [5, 11, 50, 400])
def test_cramer_von_mises_is_that_of_scipy(n: int) -> None:
    for seed, scale in enumerate((0.4, 0.8, 1.0, 1.3, 2.0)):
        squares = scale * np.random.default_rng(seed).chisquare(3.0, n)
        oracle = stats.cramervonmises(squares, "chi2", (3,))
        found = float(cramer_von_mises(chi_square_3(squares)))
        assert found == pytest.approx(oracle.statistic, rel=1e-12)
        assert cramer_von_mises_p(found, n) == pytest.approx(oracle.pvalue, abs=2e-4)


@pytest.mark.parametrize("n", [10, 50])
def test_two_percent_of_samples_exceed_the_limit(n: int) -> None:
    statistic = cramer_von_mises(np.random.default_rng(1).random((100_000, n)))
    share = (statistic > cramer_von_mises_limit(0.02, n)).mean()
    assert share == pytest.approx(0.02, abs=0.002)


def test_anderson_darling_is_that_of_scipy_and_its_p_is_uniform() -> None:
    rng = np.random.default_rng(2)
    squares = rng.chisquare(3.0, (1500, 40))
    oracle = stats.goodness_of_fit(
        stats.chi2, squares[0], known_params={"df": 3, "loc": 0, "scale": 1}, statistic="ad",
        n_mc_samples=9, rng=1,
    )  # fmt: skip
    assert anderson_darling(squares[0]) == pytest.approx(oracle.statistic, rel=1e-10)
    p = [anderson_darling_p(anderson_darling(one)) for one in squares]
    assert stats.kstest(p, "uniform").statistic < 0.05
    assert anderson_darling(np.array([1.0, np.inf])) == np.inf


@pytest.mark.parametrize("degrees", [3, 30, 3000])
def test_the_test_of_the_mean_is_uniform(degrees: int) -> None:
    totals = np.random.default_rng(3).chisquare(degrees, 4000)
    p = [chi_square_mean_p(float(total), degrees) for total in totals]
    assert stats.kstest(p, "uniform").statistic < 0.03


@pytest.mark.parametrize(
    ("kind", "of_sigma"), [("right", 1.0), ("large", 0.25), ("small", 3.0), ("exponential", 1.26)]
)
def test_factors_are_those_of_cara(kind: str, of_sigma: float) -> None:
    rng = np.random.default_rng(4)
    covariance = {"right": 1.0, "large": 16.0, "small": 1.0 / 9.0, "exponential": 4.0}[kind]
    drawn = rng.exponential(2.0, (20_000, 3)) if kind == "exponential" else rng.normal(
        size=(20_000, 3)
    )  # fmt: skip
    covariances = np.broadcast_to(covariance * np.eye(3), (20_000, 3, 3))
    squares = squared_distances(drawn, covariances)
    assert math.sqrt(scale_factors(squares[None, :])[0]) == pytest.approx(of_sigma, rel=0.03)


@pytest.mark.parametrize(("n", "inflation"), [(60, 0.2), (250, 2.5)])
def test_intervals_hold_the_true_factor(n: int, inflation: float) -> None:
    by_distance = by_likelihood = 0
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        squares = inflation * rng.chisquare(3.0, n)
        found = scale_of(squares, np.arange(n), rng)
        by_distance += found.factor.low <= inflation <= found.factor.high
        by_likelihood += found.likelihood.low <= inflation <= found.likelihood.high
    assert by_distance >= 0.9 * SEEDS
    assert by_likelihood >= 0.85 * SEEDS
    # An interval that holds it always would say nothing.
    assert found.factor.high / found.factor.low < math.exp(6.0 / math.sqrt(n))


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_the_factor_is_where_the_distance_is_smallest(seed: int) -> None:
    # Neither chi-square nor symmetric, so that the median alone is a bad guess.
    squares = np.random.default_rng(seed).exponential(2.0, 80) ** 2 + 0.5
    factor = float(scale_factors(squares[None, :])[0])

    def distance(log_factor: float) -> float:
        return float(cramer_von_mises(stats.chi2.cdf(squares / math.exp(log_factor), 3)))

    guess = math.log(np.median(squares) / 2.366)
    oracle = optimize.minimize_scalar(distance, bounds=(guess - 2, guess + 2), method="bounded")
    assert math.log(factor) == pytest.approx(oracle.x, abs=1e-3)


def rotations(rng: np.random.Generator, n: int) -> Floats:
    return np.stack([np.linalg.qr(rng.normal(size=(3, 3)))[0] for _ in range(n)])


def test_distances_depend_on_neither_axes_nor_units_nor_order() -> None:
    rng = np.random.default_rng(6)
    n = 300
    root = rng.normal(size=(n, 3, 3)) * np.array([0.1, 5.0, 1.0])[:, None]
    covariance = root @ np.swapaxes(root, 1, 2)
    residual = np.einsum("nij,nj->ni", root, rng.normal(size=(n, 3)))
    squares = squared_distances(residual, covariance)
    assert np.isfinite(squares).all()
    turn = rotations(rng, n)
    turned = squared_distances(
        np.einsum("nij,nj->ni", turn, residual), turn @ covariance @ np.swapaxes(turn, 1, 2)
    )
    in_m = squared_distances(residual * 1000.0, covariance * 1e6)
    assert turned == pytest.approx(squares, rel=1e-6)
    assert in_m == pytest.approx(squares, rel=1e-10)
    order = rng.permutation(n)
    assert scale_factors(squares[order][None, :]) == pytest.approx(scale_factors(squares[None, :]))


@pytest.mark.parametrize("names", [("bg_20191212", "bg_20191217")])
def test_a_real_pair(names: tuple[str, str]) -> None:
    if not CATALOGUES.exists():
        pytest.skip("real catalogues lie in ../shared, which is not here")
    older, later = (read(CATALOGUES / f"{name}.3le.xz") for name in names)
    shared, truth = (realism(older, later, treated=one) for one in (Later.SHARED, Later.TRUTH))
    whole = shared.scorecard[0]
    assert whole.group == EVERYTHING
    assert whole.n > 17_000
    assert 4.5 < whole.span_days < 5.2
    assert whole.n + whole.unusable == shared.pairs
    # The model says of itself that its tails are too thin, and that 2019 was half of it or less.
    assert whole.verdict is Verdict.TOO_SMALL
    assert whole.only_in_tails
    assert 0.5 < whole.factor.value < 0.9
    debris = next(row for row in shared.scorecard if row.group == "LEO below 1000 km debris")
    assert debris.verdict is Verdict.TOO_LARGE
    # What is shared cancels; to count it makes covariances look larger still.
    assert truth.scorecard[0].factor.value < 0.6 * whole.factor.value
