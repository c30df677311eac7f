"""
The largest probability of collision when the combined covariance is multiplied by a common factor.

Seen from the mean, in sigmas of scale 1, each ray meets the hard body between two distances a < b
and contributes exp(-a^2/2k) - exp(-b^2/2k) at scale k.  Outside the hard body each contribution
rises up to some k in [a^2/2, b^2/2] and falls after it; so their sum rises below the smallest
a^2/2, falls above the largest b^2/2, and has its maximum between.  Inside the hard body a = 0: Pc
only falls with k.

Reference: Alfano (2005), Relating position uncertainty to maximum conjunction probability,
J. Astronaut. Sci. 53(2), 193-205, for the maximum and for dilution; the bracket was derived here.
"""

from __future__ import annotations

import math

import numpy as np

from commonsky.assess.probability import log_probabilities
from commonsky.astro.arrays import Floats

POINTS = 17
NARROW = 0.3
# Central differences over this much of ln k put the maximum off by a sixth of its square.
STEP = 1e-3
NEWTON_STEPS = 4
CHUNK = 4096


def largest_probabilities(
    small: Floats, large: Floats, variance_small: Floats, variance_large: Floats, radius: Floats
) -> tuple[Floats, Floats]:
    """
    Return ln of the largest Pc over all scales, and that scale, for pairs that have a probability.

    Inside the hard body: ln 1 at scale 0; on its edge ln 1/2 at scale 0.
    """
    miss = np.hypot(small, large)
    ln_largest = np.where(miss < radius, 0.0, math.log(0.5))
    scale = np.zeros(len(radius))
    outside = np.flatnonzero(miss > radius)
    for start in range(0, len(outside), CHUNK):
        rows = outside[start : start + CHUNK]
        pairs = tuple(c[rows] for c in (small, large, variance_small, variance_large, radius))
        x, ln_largest[rows] = _maximum(pairs, *_bracket(*pairs))
        scale[rows] = np.exp(x)
    return ln_largest, scale


def _bracket(
    small: Floats, large: Floats, variance_small: Floats, variance_large: Floats, radius: Floats
) -> tuple[Floats, Floats]:
    """Return bounds of ln k, from distances to the hard body in sigmas that are surely outside."""
    distance = np.hypot(small / np.sqrt(variance_small), large / np.sqrt(variance_large))
    reach = radius / np.sqrt(variance_small)
    gap = (np.hypot(small, large) - radius) / np.sqrt(variance_large)
    nearest, farthest = np.maximum(distance - reach, gap), distance + reach
    return 2.0 * np.log(nearest) - math.log(2.0), 2.0 * np.log(farthest) - math.log(2.0)


def _at(pairs: tuple[Floats, ...], x: Floats) -> Floats:
    """Return ln Pc (n, m) with the covariances multiplied by exp(x), x (n, m)."""
    small, large, variance_small, variance_large, radius = (
        np.repeat(column, x.shape[1]) for column in pairs
    )
    factor = np.exp(x.ravel())
    ln_pc, _ = log_probabilities(
        small, large, variance_small * factor, variance_large * factor, radius
    )
    return ln_pc.reshape(x.shape)


def _maximum(pairs: tuple[Floats, ...], low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return ln k of the maximum in [low, high] and ln Pc there: grids, then Newton."""
    low, high = low.copy(), high.copy()
    share = np.linspace(0.0, 1.0, POINTS)
    while len(rows := np.flatnonzero(high - low > NARROW)):
        grid = low[rows, None] + (high - low)[rows, None] * share
        best = np.argmax(_at(tuple(column[rows] for column in pairs), grid), axis=1)
        here = np.arange(len(rows))
        low[rows] = grid[here, np.maximum(best - 1, 0)]
        high[rows] = grid[here, np.minimum(best + 1, POINTS - 1)]
    x = 0.5 * (low + high)
    for _ in range(NEWTON_STEPS):
        before, here, after = _at(pairs, x[:, None] + STEP * np.array([-1.0, 0.0, 1.0])).T
        bend = before - 2.0 * here + after
        with np.errstate(divide="ignore", invalid="ignore"):
            move = np.where(bend < 0.0, 0.5 * STEP * (before - after) / bend, 0.0)
        x = np.clip(x + move, low, high)
    return x, _at(pairs, x[:, None])[:, 0]
