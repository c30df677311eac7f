"""
The distribution of area-to-mass ratio over fragments of the NASA standard breakup model.

Above 11 cm it is a mixture: each fragment is of one of two normal populations in log10(A/M).  A
weighted sum of draws from both, which is a common mistake, is far too narrow.

Reference: Johnson, Krisko, Liou, Anz-Meador (2001), NASA's new breakup model of EVOLVE 4.0,
Adv. Space Res. 28(9), 1377-1384; the blend from 8 to 11 cm is linear here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commonsky.astro.arrays import Floats

BLEND_FROM_M, BLEND_UNTIL_M = 0.08, 0.11
LN10 = np.log(10.0)


class Mixture(NamedTuple):
    """
    Two normal populations of log10(A/M in m²/kg), (n,) each.

    `share` is the probability of the first.
    """

    share: Floats
    mean1: Floats
    sigma1: Floats
    mean2: Floats
    sigma2: Floats


def payload(log10_length_m: Floats) -> Mixture:
    """Return the populations for fragments of spacecraft, longer than 11 cm."""
    x = np.asarray(log10_length_m, np.float64)
    return Mixture(
        np.clip(0.3 + 0.4 * (x + 1.2), 0.0, 1.0),
        np.clip(-0.6 - 0.318 * (x + 1.1), -0.95, -0.6),
        np.clip(0.1 + 0.2 * (x + 1.3), 0.1, 0.3),
        np.clip(-1.2 - 1.333 * (x + 0.7), -2.0, -1.2),
        np.clip(0.5 - (x + 0.5), 0.3, 0.5),
    )


def rocket_body(log10_length_m: Floats) -> Mixture:
    """Return the populations for fragments of upper stages, longer than 11 cm."""
    x = np.asarray(log10_length_m, np.float64)
    return Mixture(
        np.clip(1.0 - 0.3571 * (x + 1.4), 0.5, 1.0),
        np.clip(-0.45 - 0.9 * (x + 0.5), -0.9, -0.45),
        np.full_like(x, 0.55),
        np.full_like(x, -0.9),
        np.clip(0.28 - 0.1636 * (x + 1.0), 0.1, 0.28),
    )


def small(log10_length_m: Floats) -> tuple[Floats, Floats]:
    """Return mean and sigma of log10(A/M) of fragments shorter than 8 cm, whatever broke up."""
    x = np.asarray(log10_length_m, np.float64)
    mean = np.clip(-0.3 - 1.4 * (x + 1.75), -1.0, -0.3)
    return mean, np.maximum(0.2, 0.2 + 0.1333 * (x + 3.5))


def drawn(length_m: Floats, rng: np.random.Generator, *, is_rocket_body: bool) -> Floats:
    """(n,) a draw of area-to-mass ratio in m²/kg for fragments of these lengths."""
    x = np.log10(length_m)
    normal, chance = rng.standard_normal(len(x)), rng.random(len(x))
    mean, sigma = small(x)
    # Most fragments are far too short for the populations of long ones to matter.
    share = _large_share(length_m)
    rows = np.flatnonzero(rng.random(len(x)) < share)
    large = (rocket_body if is_rocket_body else payload)(x[rows])
    first = chance[rows] < large.share
    mean[rows] = np.where(first, large.mean1, large.mean2)
    sigma[rows] = np.where(first, large.sigma1, large.sigma2)
    return np.asarray(np.exp(LN10 * (mean + sigma * normal)), np.float64)


def mean_mass_per_area(length_m: Floats, *, is_rocket_body: bool) -> Floats:
    """(n,) expected kg per m² of fragments of these lengths: the mean of the inverse ratio."""
    x = np.log10(length_m)
    large = (rocket_body if is_rocket_body else payload)(x)
    both = large.share * _inverse(large.mean1, large.sigma1)
    both += (1.0 - large.share) * _inverse(large.mean2, large.sigma2)
    share = _large_share(length_m)
    return np.asarray(share * both + (1.0 - share) * _inverse(*small(x)), np.float64)


def _inverse(mean: Floats, sigma: Floats) -> Floats:
    """The mean of 10^-x for a normal x."""
    return np.asarray(np.exp(-LN10 * mean + 0.5 * (LN10 * sigma) ** 2), np.float64)


def _large_share(length_m: Floats) -> Floats:
    blend = (length_m - BLEND_FROM_M) / (BLEND_UNTIL_M - BLEND_FROM_M)
    return np.asarray(np.clip(blend, 0.0, 1.0), np.float64)
