"""
Change points: when the level of a series changed, by least cost over all ways to cut it.

Each piece pays its values' losses and each change a penalty, and the cheapest way of all is found
by dynamic programming over levels.  Losses grow as squares and stop growing where a value is an
outlier, so that one bad set in a thousand, or heavy tails, make no change.

Reference: Fearnhead and Rigaill (2019), Changepoint Detection in the Presence of Outliers, JASA
114(525), for the penalised cost with a bounded loss; here over levels that the values suggest.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.kernels import kernel

MOST_LOSS: Final = 6.0  # of one value: that of 3.5 sigmas
PENALTY: Final = 6.0
PENALTY_LOG: Final = 2.0  # times ln n
MOST_LEVELS: Final = 600
TO_SIGMA: Final = 1.4826 / math.sqrt(2.0)  # from the median of absolute differences


def scatter(value: Floats, least: float) -> float:
    """Sigma of a series about its levels, by the median of its steps, and at least `least`."""
    if len(value) < 2:
        return least
    return max(float(TO_SIGMA * np.median(np.abs(np.diff(value)))), least)


def change_points(value: Floats, sigma: float) -> tuple[Ints, Floats, float]:
    """
    First value of each piece but the first, the level of each piece, and the cost of it all.

    `value` (n,) is in order of time, without nan.  The cost is minus a log likelihood in which
    outliers are all alike; it may be compared with that of another series of as many values.
    """
    n = len(value)
    if n == 0:
        return np.zeros(0, np.int64), np.zeros(0), 0.0
    levels = np.unique(np.round(value / sigma)) * sigma
    if len(levels) > MOST_LEVELS:
        levels = np.quantile(value, np.linspace(0.0, 1.0, MOST_LEVELS))
    path = np.empty(n, np.int64)
    cost = _cheapest(value, levels, sigma, PENALTY + PENALTY_LOG * math.log(n), path)
    cuts = np.flatnonzero(np.diff(path)) + 1
    pieces = np.split(value, cuts)
    return cuts, np.array([np.median(piece) for piece in pieces]), cost


@kernel()
def _cheapest(value: Floats, levels: Floats, sigma: float, penalty: float, path: Ints) -> float:
    """The cheapest level for each value -> path (n,); the cost."""
    n, m = len(value), len(levels)
    came = np.empty((n, m), np.int32)
    cost = np.zeros(m)
    for k in range(n):
        best = int(np.argmin(cost))
        changed = cost[best] + penalty
        for j in range(m):
            z = (value[k] - levels[j]) / sigma
            loss = min(0.5 * z * z, MOST_LOSS)
            came[k, j] = j
            if k > 0 and changed < cost[j]:
                came[k, j] = best
                cost[j] = changed
            cost[j] += loss
    j = int(np.argmin(cost))
    least = cost[j]
    for k in range(n - 1, -1, -1):
        path[k] = j
        j = came[k, j]
    return least
