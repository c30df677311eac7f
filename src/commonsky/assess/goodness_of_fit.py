"""
Whether numbers follow a distribution of chi-square with three degrees of freedom.

Reference: Anderson and Darling (1952), Ann. Math. Statist. 23(2), for both statistics; Csorgo and
Faraway (1996), J. R. Statist. Soc. B 58, 221-234, for the distribution of Cramer-von Mises;
Marsaglia and Marsaglia (2004), J. Stat. Softw. 9(2), for the limit of that of Anderson-Darling.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from commonsky.astro.arrays import Floats

MEDIAN = 2.365973884  # of chi-square with three degrees of freedom
BEYOND_99 = 11.34486673  # its quantiles
BEYOND_9999 = 21.10751347
ERF = np.frompyfunc(math.erf, 1, 1)
ERFC = np.frompyfunc(math.erfc, 1, 1)
DENSITY = math.sqrt(2.0 / math.pi)
# Below, the difference of two numbers near each other gives way to its series.
SMALL, LARGE = 1e-3, 1000.0
LEAST_CVM = 0.01  # less is hardly ever seen
MOST_CVM, MOST_AD = 6.0, 40.0  # more has a probability below 1e-12
ANGLE = np.linspace(0.0, 14.0, 561)  # of the integral for Bessel's function
TERMS: Floats = np.arange(24.0)
HALF: Floats = np.exp(
    [math.lgamma(j + 0.5) - math.lgamma(j + 1.0) for j in TERMS]
)  # of factorials
HALVINGS = 60


def chi_square_3(x: ArrayLike) -> Floats:
    """Return the probability of less than x; 1 for infinity, nan for nan."""
    value = np.maximum(np.asarray(x, np.float64), 0.0)
    with np.errstate(over="ignore", invalid="ignore"):
        ends = np.minimum(value, LARGE)
        found = np.asarray(ERF(np.sqrt(0.5 * ends)), np.float64)
        found -= DENSITY * np.sqrt(ends) * np.exp(-0.5 * ends)
    return np.where(value < SMALL, _series(np.minimum(value, SMALL)), found)


def chi_square_3_of_log(log_x: Floats) -> Floats:
    """Return as `chi_square_3`, of ln x, to 1e-6, and much faster where numbers are in order."""
    return np.interp(log_x, LOG_X, BELOW)


def log_beyond(x: ArrayLike) -> Floats:
    """Return ln of the probability of more than x, also where that probability underflows."""
    value = np.maximum(np.asarray(x, np.float64), 0.0)
    ends = np.minimum(value, LARGE)
    beyond = np.asarray(ERFC(np.sqrt(0.5 * ends)), np.float64)
    beyond += DENSITY * np.sqrt(ends) * np.exp(-0.5 * ends)
    with np.errstate(divide="ignore", invalid="ignore"):
        far = math.log(DENSITY) + 0.5 * np.log(value) - 0.5 * value
        return np.where(value < LARGE, np.log(beyond), np.where(np.isinf(value), -np.inf, far))


def _series(x: Floats) -> Floats:
    return DENSITY * x**1.5 / 3.0 * (1.0 - 0.3 * x + 3.0 / 56.0 * x**2)


LOG_X = np.linspace(-25.0, 5.5, 15617)
BELOW = chi_square_3(np.exp(LOG_X))


def cramer_von_mises(probability: Floats) -> Floats:
    """
    (...,) statistic W^2 of samples along the last axis, in any order.

    `probability` is that of less than each number; nan where a sample is empty or holds nan.
    """
    n = probability.shape[-1]
    if n == 0:
        return np.full(probability.shape[:-1], np.nan)
    middle = (np.arange(n) + 0.5) / n
    ordered = np.sort(probability, axis=-1)
    found: Floats = ((ordered - middle) ** 2).sum(axis=-1) + 1.0 / (12.0 * n)
    return found


def anderson_darling(squares: Floats) -> float:
    """Return the statistic A^2 of numbers (n,); infinite where one is 0 or infinite."""
    n = len(squares)
    if n == 0 or np.isnan(squares).any():
        return math.nan
    ordered = np.sort(squares)
    with np.errstate(divide="ignore"):
        below = np.log(chi_square_3(ordered))
    odd = 2.0 * np.arange(n) + 1.0
    return float(-n - (odd * (below + log_beyond(ordered)[::-1])).sum() / n)


def cramer_von_mises_p(statistic: float, n: int) -> float:
    """
    Return the probability of a larger W^2 of n numbers that follow the distribution.

    Within 0.01 from 5 numbers on, 0.004 from 10 on; nan below 5; 0 where the limit of many
    numbers is below 1e-12.
    """
    if n < 5 or math.isnan(statistic):
        return math.nan
    if statistic <= max(LEAST_CVM, 1.0 / (12.0 * n)):
        return 1.0
    if statistic > min(MOST_CVM, n / 3.0):
        return 0.0
    limit = _limit(statistic)
    below = limit * (1.0 + 1.0 / (12.0 * n)) - _finite(statistic) / n
    return min(max(1.0 - below, 0.0), 1.0)


def _limit(x: float) -> float:
    """Return the probability of less than x of many numbers."""
    order = 4.0 * TERMS + 1.0
    terms = HALF * np.sqrt(order) * _bessel(0.25, order**2 / (16.0 * x))
    return float(terms.sum()) / math.sqrt(math.pi**3 * x)


def _finite(x: float) -> float:
    """Return what one over n multiplies, but for a twelfth of the limit."""

    def second(shift: int) -> Floats:
        y = (4.0 * TERMS + shift) / (4.0 * math.sqrt(x))
        return y**1.5 * (_bessel(0.25, y**2) + _bessel(0.75, y**2))

    def third(shift: int) -> Floats:
        y = (4.0 * TERMS + shift) / (4.0 * math.sqrt(x))
        bessel = 2.0 * _bessel(0.25, y**2) + 3.0 * _bessel(0.75, y**2) - _bessel(1.25, y**2)
        return y**2.5 * bessel

    low = second(3) / 9.0 + 7.0 / 144.0 * (second(1) + second(5))
    high = third(1) / 72.0 + (2.0 * TERMS + 3.0) * (TERMS + 0.5) * third(5) / 6.0
    terms = HALF * ((2.0 * TERMS + 1.0) * low / x**0.75 + high / x**1.25)
    return float(terms.sum()) / math.pi**1.5


def _bessel(order: float, y: Floats) -> Floats:
    """Return exp(-y) times the modified Bessel function K, by its integral over an angle."""
    kernel = np.exp(-y[:, None] * (1.0 + np.cosh(ANGLE))) * np.cosh(order * ANGLE)
    found: Floats = (kernel.sum(axis=1) - 0.5 * kernel[:, 0]) * (ANGLE[1] - ANGLE[0])
    return found


@cache
def cramer_von_mises_limit(alpha: float, n: int) -> float:
    """Return the W^2 that n numbers exceed with probability alpha."""
    low, high = 1.0 / (12.0 * n), MOST_CVM
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if cramer_von_mises_p(middle, n) > alpha else (low, middle)
    return 0.5 * (low + high)


def anderson_darling_p(statistic: float) -> float:
    """Return the probability of a larger A^2 of many numbers, within 0.02 for 5; nan for nan."""
    if math.isnan(statistic):
        return math.nan
    if statistic <= 0.0 or statistic > MOST_AD:
        return 1.0 if statistic <= 0.0 else 0.0
    z = statistic
    if z < 2.0:
        shape = np.polyval((0.00168691, -0.011672, 0.0347962, -0.0649821, 0.247105, 2.00012), z)
        return float(1.0 - math.exp(-1.2337141 / z) / math.sqrt(z) * shape)
    power = np.polyval((-0.0003146, 0.008056, -0.082433, 0.43424, -2.30695, 1.0776), z)
    return float(-math.expm1(-math.exp(power)))


def chi_square_mean_p(total: float, degrees: int) -> float:
    """
    Return how probable it is that chi-square of so many degrees is farther from them than `total`.

    Two-sided, by the cube root, which is Gaussian to 0.01 from three degrees on.
    """
    if degrees < 1 or math.isnan(total):
        return math.nan
    if math.isinf(total):
        return 0.0
    spread = 2.0 / (9.0 * degrees)
    z = ((max(total, 0.0) / degrees) ** (1.0 / 3.0) - 1.0 + spread) / math.sqrt(spread)
    return math.erfc(abs(z) / math.sqrt(2.0))
