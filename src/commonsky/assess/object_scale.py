"""
Factors of single objects, drawn towards those of their classes.

An object's own factor k of n residuals, in ratio to its class's, is uncertain by a variance of
ln k of about 0.85/n even if its covariances are as realistic as those of its class.  What the
ratios of all objects spread beyond that, tau^2, is their own.  The factor told is

    ln(factor) = ln(class) + w ln(k / class),   w = tau^2 / (tau^2 + 0.85 / n)

so that objects with few residuals are told what their class is.  tau is from the median absolute
deviation: the objects that manoeuvre do not loosen the others.  One tau holds for all classes, and
residuals of one object count as independent, which errs towards the object's own factor.

This is empirical Bayes with known sampling variances, in the manner of Fay and Herriot; the
estimate of tau is ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonsky.assess.covariance_scale import WIDEST, scale_factors
from commonsky.astro.arrays import Floats, Ints

FEWEST_OF_OBJECT = 3
VARIANCE_OF_ONE = 0.85  # n times the variance of ln k: between 0.83 and 0.98, by simulation
DEVIATION = 1.4826  # of a Gaussian over its median absolute deviation
FEWEST_OBJECTS = 10  # that show a spread


@dataclass(frozen=True, slots=True)
class ObjectFactors:
    """What to multiply the covariances of m objects by; every column has shape (m,), by number."""

    norad_id: Ints
    factor: Floats  # drawn towards the class
    own_factor: Floats  # not drawn
    n: Ints  # residuals

    def __len__(self) -> int:
        return len(self.norad_id)


def object_factors(
    squares: Floats, number: Ints, class_factor: Floats, *, fewest: int = FEWEST_OF_OBJECT
) -> ObjectFactors:
    """
    Return the factors of objects with at least `fewest` squared distances; all (n,).

    `class_factor` is that of each residual's class; rows where it or the distance is nan, infinite
    or (the factor) 0 are left out.  With fewer than ten such objects none has a spread of its own.
    """
    if fewest < 1:
        raise ValueError(f"an object needs at least one residual, but fewest is {fewest}")
    usable = np.isfinite(squares) & np.isfinite(class_factor) & (class_factor > 0.0)
    rows = np.flatnonzero(usable)
    rows = rows[np.argsort(number[rows], kind="stable")]
    numbers, start, count = np.unique(number[rows], return_index=True, return_counts=True)
    some = count >= fewest
    numbers, start, count = numbers[some], start[some], count[some]
    log_class = np.log(class_factor[rows])
    ratio = squares[rows] / class_factor[rows]
    own, mean_class = np.empty(len(numbers)), np.empty(len(numbers))
    for size in np.unique(count).tolist():
        alike = np.flatnonzero(count == size)
        places = start[alike][:, None] + np.arange(size)
        with np.errstate(divide="ignore"):
            own[alike] = np.clip(np.log(scale_factors(ratio[places])), -WIDEST, WIDEST)
        mean_class[alike] = log_class[places].mean(axis=1)
    sampling = VARIANCE_OF_ONE / count
    weight = _own_variance(own, sampling) / (_own_variance(own, sampling) + sampling)
    return ObjectFactors(
        numbers, np.exp(mean_class + weight * own), np.exp(mean_class + own), count
    )


def _own_variance(log_ratio: Floats, sampling: Floats) -> float:
    """Return the variance of ln of the ratios that sampling does not explain."""
    if len(log_ratio) < FEWEST_OBJECTS:
        return 0.0
    deviation = DEVIATION * np.median(np.abs(log_ratio - np.median(log_ratio)))
    return max(0.0, float(deviation**2 - np.median(sampling)))
