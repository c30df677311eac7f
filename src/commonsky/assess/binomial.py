"""
How sure a share of trials is.

Reference: Clopper and Pearson (1934), Biometrika 26(4), for the interval; NIST Digital Library of
Mathematical Functions 8.17.22 for the incomplete beta function, by Lentz's method.
"""

from __future__ import annotations

import math

HALVINGS = 200
TERMS, TINY = 5000, 1e-300


def interval_95(hits: int, trials: int) -> tuple[float, float]:
    """Return the ends of the exact 95 % interval of a probability after `hits` of `trials`."""
    if not 0 <= hits <= trials or trials == 0:
        raise ValueError(f"an interval needs 0 <= hits <= trials, but found {hits} of {trials}")
    low = _quantile(0.025, hits, trials - hits + 1) if hits else 0.0
    high = _quantile(0.975, hits + 1, trials - hits) if hits < trials else 1.0
    return low, high


def incomplete_beta(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b)."""
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - incomplete_beta(1.0 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
        + a * math.log(x) + b * math.log1p(-x)
    ) / a  # fmt: skip
    c, d = 1.0, 1.0 / _not_zero(1.0 - (a + b) * x / (a + 1.0))
    value = d
    for m in range(1, TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        for term in (even, odd):
            d = 1.0 / _not_zero(1.0 + term * d)
            c = _not_zero(1.0 + term / c)
            value *= c * d
        if abs(c * d - 1.0) < 1e-15:
            break
    return front * value


def _not_zero(x: float) -> float:
    return x if abs(x) > TINY else TINY


def _quantile(share: float, a: float, b: float) -> float:
    """Return x with I_x(a, b) = share, by halving."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        if middle in {low, high}:
            break
        if incomplete_beta(middle, a, b) < share:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
