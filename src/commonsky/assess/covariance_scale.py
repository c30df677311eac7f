"""
By how much covariances must be multiplied so that squared Mahalanobis distances are chi-square.

The factor makes the Cramer-von Mises distance from chi-square with three degrees of freedom
smallest.  A few residuals from manoeuvres hardly move it; they do move its counterpart of maximum
likelihood, a third of the mean square.  Factors multiply covariances, not sigmas.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from commonsky.assess.goodness_of_fit import MEDIAN, chi_square_3_of_log
from commonsky.astro.arrays import Floats, Ints

WIDEST = 6.0  # the factor is within exp(6) of that of the median
COARSE, FINE = 49, 17
CELLS = 1 << 21  # that are held at once
RESAMPLES, PART = 400, 50
STEPS = 21  # to either side of the factor
ENDS_95 = (2.5, 97.5)


class Interval(NamedTuple):
    """A factor and the ends of its 95 % interval; nan where there are too few residuals."""

    value: float
    low: float
    high: float


UNTOLD = Interval(math.nan, math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class Scale:
    """Factors of one group of residuals: by Cramer-von Mises, and by maximum likelihood."""

    factor: Interval
    likelihood: Interval


def scale_factors(squares: Floats) -> Floats:
    """
    (m,) factors of m groups of c squared Mahalanobis distances each, `squares` (m, c).

    0 where the median is 0, infinite where it is, nan where a group holds nan or nothing.
    """
    m, count = squares.shape
    if count == 0:
        return np.full(m, np.nan)
    ordered = np.sort(squares, axis=1)
    found = np.asarray(np.median(ordered, axis=1) / MEDIAN)
    found[np.isnan(ordered).any(axis=1)] = np.nan
    some = np.flatnonzero((found > 0.0) & (found < np.inf))
    at_once = max(1, CELLS // count)
    for start in range(0, len(some), at_once):
        rows = some[start : start + at_once]
        with np.errstate(divide="ignore"):
            log_ordered = np.log(ordered[rows] / found[rows, None])
        found[rows] *= np.exp(_nearest(log_ordered))
    return found


def _nearest(log_ordered: Floats) -> Floats:
    """(m,) ln of the factors of sorted groups: a coarse grid, then a fine one, then a parabola."""
    wide = np.broadcast_to(np.linspace(-WIDEST, WIDEST, COARSE), (len(log_ordered), COARSE))
    step = 2.0 * WIDEST / (COARSE - 1)
    best = np.argmin(_misfit(log_ordered, wide), axis=1)
    grid = wide[0, best][:, None] + np.linspace(-step, step, FINE)
    return _lowest(grid, _misfit(log_ordered, grid))


def _misfit(log_ordered: Floats, log_factor: Floats) -> Floats:
    """(m, k) squared distances of sorted groups (m, c) from chi-square at k factors each."""
    count = log_ordered.shape[1]
    middle = (np.arange(count) + 0.5) / count
    found = np.empty(log_factor.shape)
    for k in range(log_factor.shape[1]):
        below = chi_square_3_of_log(log_ordered - log_factor[:, k, None])
        found[:, k] = ((below - middle) ** 2).sum(axis=1)
    return found


def _lowest(grid: Floats, value: Floats) -> Floats:
    """(m,) where a function is smallest, by a parabola through the points about its minimum."""
    rows = np.arange(len(grid))
    best = np.clip(np.argmin(value, axis=1), 1, grid.shape[1] - 2)
    before, here, after = (value[rows, best + shift] for shift in (-1, 0, 1))
    bend = before - 2.0 * here + after
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.where(bend > 0.0, 0.5 * (before - after) / bend, 0.0)
    step = grid[:, 1] - grid[:, 0]
    return np.asarray(grid[rows, best] + np.clip(shift, -1.0, 1.0) * step)


def scale_of(
    squares: Floats, cluster: Ints, rng: np.random.Generator, *, resamples: int = RESAMPLES
) -> Scale:
    """
    Return the factors of squared distances (n,), with intervals by resampling.

    Rows of one `cluster` (n,), as an object, are drawn together: their errors are not independent.
    Without a finite factor, or with one cluster only, the intervals are nan.
    """
    order = np.argsort(squares, kind="stable")
    ordered = squares[order]
    best = float(scale_factors(ordered[None, :])[0])
    mean = float(ordered.mean()) / 3.0 if len(ordered) else math.nan
    _, owner = np.unique(cluster[order], return_inverse=True)
    clusters = int(owner.max(initial=-1)) + 1
    if clusters < 2 or not 0.0 < best < math.inf:
        return Scale(Interval(best, math.nan, math.nan), Interval(mean, math.nan, math.nan))
    half = 10.0 / math.sqrt(clusters)
    while True:
        seed = rng.bit_generator.state
        log_factor, means = _resampled(ordered / best, owner, half, rng, resamples)
        if half >= WIDEST or np.abs(log_factor).max() < half * (1.0 - 1.0 / STEPS):
            break
        rng.bit_generator.state = seed
        half *= 2.0
    low, high = np.exp(np.percentile(log_factor, ENDS_95)) * best
    mean_low, mean_high = np.percentile(means, ENDS_95) * best
    return Scale(
        Interval(best, float(low), float(high)),
        Interval(mean, float(mean_low), float(mean_high)),
    )


def _resampled(
    ordered: Floats, owner: Ints, half: float, rng: np.random.Generator, resamples: int
) -> tuple[Floats, Floats]:
    """Ln of the factors, and means over three, of samples drawn anew from sorted distances."""
    clusters = int(owner.max()) + 1
    grid = np.linspace(-half, half, 2 * STEPS + 1)
    with np.errstate(divide="ignore"):
        below = np.stack([chi_square_3_of_log(np.log(ordered) - one) for one in grid])
    squared = below**2
    log_factor, means = np.empty(resamples), np.empty(resamples)
    for start in range(0, resamples, PART):
        stop = min(start + PART, resamples)
        drawn = rng.integers(0, clusters, (stop - start, clusters))
        drawn += clusters * np.arange(stop - start)[:, None]
        times = np.bincount(drawn.ravel(), minlength=clusters * (stop - start))
        weight = times.reshape(-1, clusters)[:, owner].astype(np.float64)
        total = weight.sum(axis=1, keepdims=True)
        middle = (np.cumsum(weight, axis=1) - 0.5 * weight) / total
        # The square opened: what the factor does not change is left out.
        misfit = _summed(weight, squared) - 2.0 * _summed(weight * middle, below)
        log_factor[start:stop] = _lowest(np.broadcast_to(grid, misfit.shape), misfit)
        means[start:stop] = (weight * ordered).sum(axis=1) / (3.0 * total[:, 0])
    return log_factor, means


def _summed(weight: Floats, value: Floats) -> Floats:
    """(r, k) sums of values (k, n) with weights (r, n)."""
    # Not BLAS: its threads wait for each other on a busy machine, at ten times the cost.
    return np.asarray(np.einsum("rn,kn->rk", weight, value))
