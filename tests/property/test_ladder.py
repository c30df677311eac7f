"""The ladder is the same whoever is called first, in whatever axes; its limits hold."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from commonsky.assess.ladder import Ladder, climb
from commonsky.assess.limits import several_encounters, square_probability
from commonsky.assess.pairs import clip, of_lower_triangle

SPEED_KM_S = 7.5
UNIT = st.floats(-1.0, 1.0)
VECTOR = arrays.arrays(np.float64, 3, elements=UNIT)
QUICK = settings(max_examples=40, deadline=None)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[np.ndarray, ...]:
    """One pair in low orbit, fast or slow, its errors of any shape from metres to kilometres."""
    angle = draw(st.one_of(st.floats(0.05, 3.0), st.floats(0.001, 0.02)))
    r1, v1 = np.array([[7000.0, 0.0, 0.0]]), np.array([[0.0, SPEED_KM_S, 0.0]])
    v2 = SPEED_KM_S * np.array([[0.0, np.cos(angle), np.sin(angle)]])
    scale = 10.0 ** draw(st.floats(-2.0, 0.0))
    r2 = r1 + scale * draw(VECTOR)
    covariances = []
    for _ in range(2):
        sigma = scale * np.array([10.0 ** draw(st.floats(-1.5, 0.0)) for _ in range(3)])
        turn = np.linalg.qr(draw(arrays.arrays(np.float64, (3, 3), elements=UNIT)) + 2 * np.eye(3))
        half = turn[0] * sigma
        covariance = np.zeros((1, 6, 6))
        covariance[0, :3, :3] = half @ half.T
        covariance[0, 3:, 3:] = covariance[0, :3, :3] * 1e-6
        covariances.append(covariance)
    radius = np.array([scale * 10.0 ** draw(st.floats(-2.0, -0.5))])
    return r1, v1, covariances[0], r2, v2, covariances[1], radius


def alike(one: Ladder, other: Ladder, rtol: float) -> None:
    np.testing.assert_allclose(other.pc_2d, one.pc_2d, rtol=rtol, atol=1e-30)
    np.testing.assert_allclose(other.nc_2d, one.nc_2d, rtol=rtol, atol=1e-30)
    np.testing.assert_allclose(other.nc_3d, one.nc_3d, rtol=rtol, atol=1e-30)


@QUICK
@given(pairs())
def test_swapping_the_objects(pair: tuple[np.ndarray, ...]) -> None:
    r1, v1, c1, r2, v2, c2, radius = pair
    alike(
        climb(*pair, all_tiers=True), climb(r2, v2, c2, r1, v1, c1, radius, all_tiers=True), 2e-3
    )


@QUICK
@given(pairs(), arrays.arrays(np.float64, (3, 3), elements=UNIT))
def test_turning_the_axes(pair: tuple[np.ndarray, ...], draw: np.ndarray) -> None:
    turn = np.linalg.qr(draw + 3.0 * np.eye(3))[0]
    turn *= np.sign(np.linalg.det(turn))
    both = np.kron(np.eye(2), turn)
    r1, v1, c1, r2, v2, c2, radius = pair
    turned = (
        r1 @ turn.T, v1 @ turn.T, both @ c1 @ both.T,
        r2 @ turn.T, v2 @ turn.T, both @ c2 @ both.T, radius,
    )  # fmt: skip
    alike(climb(*pair, all_tiers=True), climb(*turned, all_tiers=True), 2e-3)


@QUICK
@given(pairs())
def test_limits_hold(pair: tuple[np.ndarray, ...]) -> None:
    found = climb(*pair, all_tiers=True)
    if found.cannot_assess[0]:
        return
    assert found.lower[0] * (1 - 1e-9) <= found.pc[0] <= found.upper[0] * (1 + 1e-9)
    assert found.pc_2d[0] <= found.pc_max[0] * (1 + 1e-9) or np.isnan(found.pc_2d[0])


@QUICK
@given(pairs(), st.floats(0.05, 0.9))
def test_a_smaller_body_is_hit_less(pair: tuple[np.ndarray, ...], part: float) -> None:
    r1, v1, c1, r2, v2, c2, radius = pair
    large, small = climb(*pair), climb(r1, v1, c1, r2, v2, c2, radius * part)
    assert small.pc_2d[0] <= large.pc_2d[0]
    assert small.nc_2d[0] <= large.nc_2d[0] * 1.002 or np.isnan(large.nc_2d[0])


@given(
    st.floats(-3, 3), st.floats(-3, 3), st.floats(0.1, 5), st.floats(0.1, 5), st.floats(0.01, 2)
)
def test_halves_of_a_square_add_up(x: float, y: float, a: float, b: float, half: float) -> None:
    """A square is four squares of half its side, whatever the errors."""
    sigma = np.array([[a, b]])
    whole = square_probability(np.array([[x, y]]), sigma, np.array([half]))
    parts = [
        square_probability(
            np.array([[x + i * half / 2, y + j * half / 2]]), sigma, np.array([half / 2])
        )
        for i in (-1, 1)
        for j in (-1, 1)
    ]
    np.testing.assert_allclose(sum(parts), whole, rtol=1e-9, atol=1e-15)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30))
def test_several_encounters_are_between_the_worst_and_the_sum(pc: list[float]) -> None:
    low, high = several_encounters(pc)
    assert max(pc) == low <= high * (1 + 1e-12)
    assert high <= min(1.0, sum(pc)) * (1 + 1e-9)


@given(arrays.arrays(np.float64, (2, 6, 6), elements=st.floats(-1e3, 1e3)))
def test_clipped_covariances_are_covariances(raw: np.ndarray) -> None:
    symmetric = of_lower_triangle(raw)
    np.testing.assert_array_equal(symmetric, symmetric.transpose(0, 2, 1))
    better, _ = clip(symmetric)
    positive = np.einsum("nii->ni", symmetric).min(1) > 1e-6
    sigma = np.sqrt(np.maximum(np.einsum("nii->ni", better), 1e-300))
    scaled = better / (sigma[:, :, None] * sigma[:, None, :])
    assert np.linalg.eigvalsh(scaled[positive]).min(initial=0.0) > -1e-6
