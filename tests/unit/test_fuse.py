"""Covariance intersection: what it gives back, what it leaves out."""

import numpy as np
import pytest

from commonsky.astro.arrays import Floats
from commonsky.determine.fuse import FusionStatus, fused, usable

UNITS = np.array([1.0, 1.0, 1.0, 1e-3, 1e-3, 1e-3])  # km and km/s


def covariances(rng: np.random.Generator, n: int, m: int) -> Floats:
    """Return (n, m, 6, 6) of different shapes and sizes."""
    root = rng.normal(size=(n, m, 6, 6)) + 2.0 * np.eye(6)
    size = 10.0 ** rng.uniform(-1.0, 1.0, (n, m, 1, 1))
    square = root @ np.swapaxes(root, 2, 3) + 0.01 * np.eye(6)
    return np.asarray(size * square * UNITS[:, None] * UNITS)


def test_one_estimate_comes_back_as_it_is() -> None:
    rng = np.random.default_rng(1)
    covariance, state = covariances(rng, 20, 1), rng.normal(size=(20, 1, 6)) * 7000.0
    found = fused(state, covariance)
    assert (found.state == state[:, 0]).all()
    assert found.covariance == pytest.approx(covariance[:, 0], rel=1e-9)
    assert (found.weight == 1.0).all()
    assert (found.status == FusionStatus.GOOD).all()


def test_equal_estimates_come_back_and_prove_nothing_more() -> None:
    rng = np.random.default_rng(2)
    covariance = np.repeat(covariances(rng, 20, 1), 4, axis=1)
    state = np.repeat(rng.normal(size=(20, 1, 6)), 4, axis=1)
    found = fused(state, covariance)
    assert found.state == pytest.approx(state[:, 0], rel=1e-12)
    assert found.covariance == pytest.approx(covariance[:, 0], rel=1e-9)
    assert found.weight == pytest.approx(np.full((20, 4), 0.25))


def test_two_estimates_sure_in_different_directions() -> None:
    one = np.diag([1.0, 100.0])
    found = fused(np.array([[[0.0, 5.0], [5.0, 0.0]]]), np.stack([one, one[::-1, ::-1]])[None])
    assert found.weight == pytest.approx(np.array([[0.5, 0.5]]))
    # 1 / (1/2 (1 + 1/100)), and each coordinate mostly from who is sure of it.
    assert found.covariance[0] == pytest.approx(np.eye(2) / 0.505)
    assert found.state[0] == pytest.approx([5.0 * 0.005 / 0.505] * 2)


@pytest.mark.parametrize("m", [2, 3, 5, 10])
def test_no_other_weights_have_a_smaller_determinant(m: int) -> None:
    rng = np.random.default_rng(m)
    covariance = covariances(rng, 100, m)
    found = fused(np.zeros((100, m, 6)), covariance)
    information = np.linalg.inv(covariance)
    total = np.einsum("nm,nmij->nij", found.weight, information)
    # The condition of Karush, Kuhn and Tucker: no estimate tells more than the mean one.
    gain = np.einsum("nij,nmji->nm", np.linalg.inv(total), information)
    assert gain.max() < 6.0 + 1e-6
    assert found.weight.sum(1) == pytest.approx(np.ones(100))
    other = rng.dirichlet(np.ones(m), 100)
    worse = np.linalg.slogdet(np.einsum("nm,nmij->nij", other, information))[1]
    assert (worse <= np.linalg.slogdet(total)[1] + 1e-9).all()


def test_what_is_not_usable_is_left_out() -> None:
    rng = np.random.default_rng(3)
    covariance, state = covariances(rng, 6, 3), rng.normal(size=(6, 3, 6))
    alone = fused(state[:, :2], covariance[:, :2])
    state[0, 2, 4] = np.nan
    covariance[1, 2, 0, 5] = np.inf
    covariance[2, 2] = np.ones((6, 6))  # singular
    covariance[3, 2] *= -1.0
    covariance[4, 2, 0, 1] += 1.0  # not symmetric
    covariance[5, 2] = 0.0
    assert usable(state, covariance).sum() == 12
    found = fused(state, covariance)
    assert (found.status == FusionStatus.SOME_LEFT_OUT).all()
    assert (found.weight[:, 2] == 0.0).all()
    assert found.state == pytest.approx(alone.state, rel=1e-6, abs=1e-9)


def test_nothing_usable_is_said_and_harms_no_other_row() -> None:
    rng = np.random.default_rng(4)
    covariance, state = covariances(rng, 2, 2), rng.normal(size=(2, 2, 6))
    good = fused(state[1:], covariance[1:])
    covariance[0] = np.nan
    found = fused(state, covariance)
    assert found.status.tolist() == [FusionStatus.NOTHING_USABLE, FusionStatus.GOOD]
    assert np.isnan(found.state[0]).all()
    assert (found.weight[0] == 0.0).all()
    assert found.state[1] == pytest.approx(good.state[0], rel=1e-12)
    assert len(fused(np.zeros((0, 3, 6)), np.zeros((0, 3, 6, 6)))) == 0
    none = fused(np.zeros((2, 0, 6)), np.zeros((2, 0, 6, 6)))
    assert (none.status == FusionStatus.NOTHING_USABLE).all()


def test_wrong_shapes_are_told() -> None:
    with pytest.raises(ValueError, match=r"\(n, m, d, d\).*\(2, 6\)"):
        fused(np.zeros((2, 6)), np.zeros((2, 6, 6)))
