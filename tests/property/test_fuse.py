"""What must hold of covariance intersection whatever the estimates share."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from commonsky.astro.arrays import Floats
from commonsky.determine.fuse import FusionStatus, fused

seeds = st.integers(0, 2**32 - 1)
anything = st.floats(allow_nan=True, allow_infinity=True, allow_subnormal=True)


def spread(rng: np.random.Generator, n: int, m: int, d: int) -> Floats:
    """Return covariances (n, m, d, d)."""
    root = rng.normal(size=(n, m, d, d)) + np.eye(d)
    root *= 10.0 ** rng.uniform(-2.0, 2.0, (n, m, d, 1))
    return np.asarray(root @ np.swapaxes(root, 2, 3) + 1e-6 * np.eye(d))


@given(seeds, st.integers(2, 5), st.integers(2, 6))
@settings(max_examples=60)
def test_the_covariance_is_large_enough_for_any_cross_correlation(
    seed: int, m: int, d: int
) -> None:
    rng = np.random.default_rng(seed)
    covariance = spread(rng, 1, m, d)
    found = fused(np.zeros((1, m, d)), covariance)
    # Joint errors: each with its own covariance, mixed by any contraction of shared noise.
    root = np.linalg.cholesky(covariance[0])
    shared = [np.linalg.qr(rng.normal(size=(d, d)))[0] for _ in range(m)]
    part = rng.uniform(0.0, 1.0)
    information = np.linalg.inv(covariance[0])
    gain = [found.covariance[0] @ (found.weight[0, k] * information[k]) for k in range(m)]
    own = [np.sqrt(1.0 - part) * gain[k] @ root[k] for k in range(m)]
    common = sum(np.sqrt(part) * gain[k] @ root[k] @ shared[k] for k in range(m))
    error = common @ common.T + sum(one @ one.T for one in own)
    scale = np.sqrt(np.diag(found.covariance[0]))
    surplus = (found.covariance[0] - error) / scale[:, None] / scale
    assert np.linalg.eigvalsh(surplus)[0] > -1e-7


@given(seeds, st.integers(2, 5))
@settings(max_examples=40)
def test_neither_order_nor_other_rows_nor_units_matter(seed: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    covariance, state = spread(rng, 4, m, 6), rng.normal(size=(4, m, 6))
    covariance[0, 1] = covariance[0, 0]  # of two that are equally good neither is preferred
    order, unit = rng.permutation(m), 10.0 ** rng.uniform(-3.0, 3.0, 6)
    plain = fused(state, covariance)
    turned = fused(state[:, order], covariance[:, order])
    sigma = np.sqrt(np.einsum("nii->ni", plain.covariance))
    assert (np.abs(turned.state - plain.state) < 1e-3 * sigma).all()
    assert np.allclose(turned.weight, plain.weight[:, order], atol=1e-5)
    alone = fused(state[:1], covariance[:1])
    assert (np.abs(alone.state[0] - plain.state[0]) < 1e-6 * sigma[0]).all()
    scaled = fused(state * unit, covariance * unit[:, None] * unit)
    assert (np.abs(scaled.state / unit - plain.state) < 1e-3 * sigma).all()


@given(arrays(np.float64, (2, 2, 3), elements=anything),
       arrays(np.float64, (2, 2, 3, 3), elements=anything))  # fmt: skip
@settings(max_examples=200)
def test_anything_has_a_status(state: Floats, covariance: Floats) -> None:
    with np.errstate(all="ignore"):
        found = fused(state, covariance)
    nothing = found.status == FusionStatus.NOTHING_USABLE
    assert np.isnan(found.state[nothing]).all()
    assert np.isfinite(found.weight).all()
    assert (np.abs(found.weight.sum(1) - ~nothing) < 1e-9).all()
