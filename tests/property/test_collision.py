"""What must hold of a probability of collision whatever the numbers."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import log_ndtr

from commonsky.assess.collision import (
    assess,
    collision_probability,
    collision_probability_of_states,
    pc_against_scale,
)
from commonsky.astro.arrays import Floats
from tests.reference.disc_integral import disc_integral, domain

FROM_AXES = 1e-12
seeds = st.integers(0, 2**32 - 1)


def powers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high).map(lambda power: 10.0**power)


def planes(n: int, seed: int) -> Floats:
    """Arguments of `collision_probability` (5, n) over the whole domain."""
    return domain(np.random.default_rng(seed), n).T.copy()


@settings(max_examples=30)
@given(seeds)
def test_thirty_digits(seed: int) -> None:
    arguments = planes(1, seed)
    truth = disc_integral(*arguments[:, 0])
    pc, log10_pc = collision_probability(*arguments)
    log10_truth = float(mp.log10(truth))
    if log10_truth > -300.0:
        assert abs(float(mp.mpf(float(pc[0])) / truth - 1)) < FROM_AXES
    assert abs(log10_pc[0] - log10_truth) <= FROM_AXES * max(1.0, -log10_truth)


def log_interval(low: Floats, high: Floats) -> Floats:
    """Return ln of the normal probability between two numbers."""
    flip = low > 0.0
    low, high = np.where(flip, -high, low), np.where(flip, -low, high)
    more, less = log_ndtr(high), log_ndtr(low)
    with np.errstate(divide="ignore"):
        return more + np.log(-np.expm1(less - more))


@given(seeds, powers(0.0, 9.0))
def test_between_the_squares_inside_and_outside(seed: int, farther: float) -> None:
    """Holds anywhere, also at distances where only the logarithm is left."""
    x, y, sx, sy, r = planes(50, seed)
    x, y = x * farther, y * farther
    _, log10_pc = collision_probability(x, y, sx, sy, r)

    def square(half: Floats) -> Floats:
        return log_interval((-half - x) / sx, (half - x) / sx) + log_interval(
            (-half - y) / sy, (half - y) / sy
        )

    ln_pc = log10_pc / math.log10(math.e)
    outer, inner = square(r), square(r * math.sqrt(0.5))
    assert np.isfinite(log10_pc).all()
    # Differences of log_ndtr lose their digits where the square is small or far away.
    slack = 1e-6 + 1e-9 * np.abs(ln_pc)
    told = np.isfinite(outer) & np.isfinite(inner) & (r / sy > 1e-4) & (farther < 1e4)
    assert (ln_pc[told] <= (outer + slack)[told]).all()
    assert (ln_pc[told] >= (inner - slack)[told]).all()
    # No point of the disc is nearer to the mean, in sigmas, than this.
    nearest = np.maximum(
        np.hypot(x / sx, y / sy) - r / np.minimum(sx, sy),
        (np.hypot(x, y) - r) / np.maximum(sx, sy),
    )
    nearest = np.maximum(nearest, 0.0)
    assert (ln_pc <= -0.5 * nearest**2 * (1.0 - 1e-9) + 1e-9).all()


@given(seeds)
def test_grows_with_the_radius(seed: int) -> None:
    x, y, sx, sy, r = planes(20, seed)
    _, log10_pc = collision_probability(x, y, sx, sy, r)
    _, larger = collision_probability(x, y, sx, sy, r * 1.01)
    assert (larger >= log10_pc).all()


@given(seeds, powers(-6.0, 6.0))
def test_axes_signs_and_units_do_not_matter(seed: int, unit: float) -> None:
    x, y, sx, sy, r = planes(20, seed)
    pc, log10_pc = collision_probability(x, y, sx, sy, r)
    np.testing.assert_array_equal(collision_probability(-y, x, sy, sx, r)[1], log10_pc)
    scaled, _ = collision_probability(*(column * unit for column in (x, y, sx, sy, r)))
    # Multiplied numbers are rounded ones; how much that does is the derivative: the square of
    # sigmas.
    seen = pc > 1e-300
    sensitive = 1.0 + (np.hypot(x / sx, y / sy) + r / sx) * (37.0 + np.sqrt(-log10_pc))
    assert (np.abs(scaled / np.where(seen, pc, 1.0) - 1.0) < 1e-14 * sensitive + 1e-12)[seen].all()


@given(seeds)
def test_small_bodies_see_the_density(seed: int) -> None:
    """As R goes to 0, Pc goes to the density times the area (Alfriend et al. 1999)."""
    x, y, sx, sy, _ = planes(20, seed)
    x, y = np.minimum(x, 20.0 * sx), np.minimum(y, 20.0 * sy)
    r = np.full(20, 1e-7)
    pc, _ = collision_probability(x, y, sx, sy, r)
    density = r * r / (2.0 * sx * sy) * np.exp(-0.5 * ((x / sx) ** 2 + (y / sy) ** 2))
    np.testing.assert_allclose(pc, density, rtol=1e-10)


def dense_maximum(x: float, y: float, sx: float, sy: float, r: float) -> tuple[float, float]:
    """Scale and value of the largest of 40,001 probabilities around a first, coarse maximum."""
    coarse = np.logspace(-12.0, 6.0, 1801)
    top = coarse[np.argmax(pc_against_scale(x, y, sx, sy, r, coarse)[1])]
    fine = top * np.logspace(-0.02, 0.02, 40001)
    log10_pc = pc_against_scale(x, y, sx, sy, r, fine)[1][0]
    return float(fine[np.argmax(log10_pc)]), float(log10_pc.max())


@settings(max_examples=15)
@given(powers(0.0, 3.0), powers(-3.0, 1.5), st.floats(0.0, math.pi / 2), st.floats(0.01, 30.0))
def test_largest_probability_over_scale(
    aspect: float, radius: float, turn: float, gap: float
) -> None:
    distance = radius + gap
    miss = np.array([distance * math.cos(turn), distance * math.sin(turn)])
    found = assess(
        [[7000.0, 0.0, 0.0]], [[0.0, 7.5, 0.0]], np.diag([1.0, 4.0, aspect**2])[None],
        [[7000.0 + miss[0], 0.0, miss[1]]], [[0.0, -7.5, 0.0]], np.zeros((1, 3, 3)), [radius],
    )  # fmt: skip
    # The position of 7000 km rounds the miss.
    miss[0] = (7000.0 + miss[0]) - 7000.0
    scale, log10_pc = dense_maximum(miss[0], miss[1], 1.0, aspect, radius)
    assert found.pc_max[0] >= 10.0**log10_pc * (1.0 - 1e-12)
    np.testing.assert_allclose(math.log10(found.pc_max[0]), log10_pc, atol=1e-9)
    # A grid of values places a maximum to its own step; the search is finer.
    np.testing.assert_allclose(math.log(found.scale_at_max[0]), math.log(scale), atol=1e-5)
    assert bool(found.diluted[0]) == (found.scale_at_max[0] < 1.0)


@given(seeds)
def test_point_bodies_are_largest_at_half_the_square_of_their_sigmas(seed: int) -> None:
    """With R small the maximum is at k = d^2 / 2, of pi R^2 / (pi e d^2 s1 s2)."""
    rng = np.random.default_rng(seed)
    sigma = 10.0 ** rng.uniform(-2.0, 1.0, 2)
    miss = sigma * rng.uniform(0.5, 6.0, 2)
    radius = 1e-6 * sigma.min()
    found = assess(
        [[0.0, 0.0, 0.0]], [[0.0, 7.5, 0.0]], np.diag([sigma[0] ** 2, 1.0, sigma[1] ** 2])[None],
        [[miss[0], 0.0, miss[1]]], [[0.0, -7.5, 0.0]], np.zeros((1, 3, 3)), [radius],
    )  # fmt: skip
    squared = float(np.sum((miss / sigma) ** 2))
    np.testing.assert_allclose(found.scale_at_max, squared / 2.0, rtol=1e-6)
    largest = radius**2 / (math.e * squared * sigma[0] * sigma[1])
    np.testing.assert_allclose(found.pc_max, largest, rtol=1e-9)


def encounters(seed: int, n: int = 8) -> list[Floats]:
    """Fast passages with covariances of any orientation and moderate flatness."""
    rng = np.random.default_rng(seed)
    axes = np.linalg.qr(rng.normal(size=(2, n, 3, 3)))[0]
    sigma = 10.0 ** rng.uniform(-2.0, 0.5, (2, n, 3))
    covariance = np.einsum("onij,onj,onkj->onik", axes, sigma**2, axes)
    position = rng.normal(size=(n, 3)) * 4000.0
    velocity = rng.normal(size=(2, n, 3)) * 5.0
    miss = np.einsum("onij,onj->ni", axes, sigma * rng.normal(size=(2, n, 3)))
    radius = 10.0 ** rng.uniform(-3.0, -1.0, n)
    return [
        position, velocity[0], covariance[0], position + miss, velocity[1], covariance[1], radius,
    ]  # fmt: skip


@given(seeds)
def test_turning_everything_changes_nothing(seed: int) -> None:
    r1, v1, c1, r2, v2, c2, radius = encounters(seed)
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))[0]
    pc, _ = collision_probability_of_states(r1, v1, c1, r2, v2, c2, radius)
    again, _ = collision_probability_of_states(
        r1 @ turn.T, v1 @ turn.T, turn @ c1 @ turn.T,
        r2 @ turn.T, v2 @ turn.T, turn @ c2 @ turn.T, radius,
    )  # fmt: skip
    np.testing.assert_allclose(again, pc, rtol=1e-6, atol=1e-300)


@given(seeds)
def test_exchanging_the_objects_changes_nothing(seed: int) -> None:
    r1, v1, c1, r2, v2, c2, radius = encounters(seed)
    one, other = assess(r1, v1, c1, r2, v2, c2, radius), assess(r2, v2, c2, r1, v1, c1, radius)
    np.testing.assert_allclose(other.log10_pc, one.log10_pc, rtol=1e-9)
    np.testing.assert_allclose(other.tca_offset_s, one.tca_offset_s, rtol=1e-9, atol=1e-12)


@given(seeds)
def test_moving_both_along_their_paths_changes_only_the_offset(seed: int) -> None:
    r1, v1, c1, r2, v2, c2, radius = encounters(seed)
    here = assess(r1, v1, c1, r2, v2, c2, radius)
    later = assess(r1 + 0.25 * v1, v1, c1, r2 + 0.25 * v2, v2, c2, radius)
    np.testing.assert_allclose(later.log10_pc, here.log10_pc, rtol=1e-7)
    np.testing.assert_allclose(later.tca_offset_s, here.tca_offset_s - 0.25, rtol=0.0, atol=1e-9)


@given(seeds, st.integers(1, 200))
def test_neighbours_and_order_change_nothing(seed: int, cut: int) -> None:
    columns = encounters(seed, 200)
    whole = collision_probability_of_states(*columns)[1]
    order = np.random.default_rng(seed).permutation(200)
    mixed = collision_probability_of_states(*(column[order] for column in columns))[1]
    np.testing.assert_array_equal(mixed, whole[order])
    part = collision_probability_of_states(*(column[:cut] for column in columns))[1]
    np.testing.assert_array_equal(part, whole[:cut])


LARGE = [0.0] * 25
LARGE[1], LARGE[5], LARGE[13], LARGE[24] = 1.337643737564433e124, 1.0, 4.018783679799859e52, 1.0


@example(LARGE)
@settings(max_examples=40)
@given(st.lists(st.floats(width=64), min_size=25, max_size=25))
def test_no_numbers_break_it(numbers: list[float]) -> None:
    values = np.array(numbers)
    vectors = values[:12].reshape(4, 1, 3)
    matrices = values[12:24].reshape(2, 1, 6)[..., [0, 1, 2, 1, 3, 4, 2, 4, 5]].reshape(2, 1, 3, 3)
    found = assess(
        vectors[0], vectors[1], matrices[0], vectors[2], vectors[3], matrices[1], values[24:]
    )
    if found.null_reason[0] == 0:
        assert 0.0 <= found.pc[0] <= found.pc_max[0] <= 1.0
    else:
        assert math.isnan(found.pc[0])
