"""
Whether covariances say how wrong predictions are: from residuals, later states minus predicted.

If they do, squared Mahalanobis distances m^2 of residuals are chi-square with three degrees of
freedom.  Judged are the size, by the factor of `covariance_scale`, and the tails, by the share
beyond the 99 % point of chi-square; p values of tests stand beside, but decide nothing, since of
many residuals they see differences too small to matter.

The covariance of a residual is not that of the prediction alone:

    P(predicted) + P(later) - C - C',  C = cov(error predicted, error later)

The later state may be taken as the truth, P(later) = C = 0, only where it is much better than the
prediction.  What both states share, as a fit to the same tracking, cancels in the residual, so
that adding P(later) without C counts it twice and makes covariances look too large.  Reversely,
nothing here can tell whether what they share is of the right size.

Nothing is dropped: manoeuvres stand among the residuals, and the share of outliers says how many
there may be.  Residuals that cannot be judged, as of singular covariances, are counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from commonsky.assess.binomial import interval_95
from commonsky.assess.covariance_scale import Interval, scale_of
from commonsky.assess.goodness_of_fit import (
    BEYOND_99,
    BEYOND_9999,
    anderson_darling,
    anderson_darling_p,
    chi_square_3,
    chi_square_mean_p,
    cramer_von_mises,
    cramer_von_mises_limit,
    cramer_von_mises_p,
)
from commonsky.astro.arrays import Floats, Ints
from commonsky.catalogue.catalogue import Texts

EVERYTHING = "all"
FEWEST = 30  # residuals that a verdict needs, and objects that they are of
TOLERATED = 1.5  # of a covariance: a fifth of a sigma moves no decision
MOST_BEYOND_99 = 0.03
SINGULAR, CROOKED = 1e-12, 1e-6  # of a matrix of correlations: its least eigenvalue, its halves
# As NASA's CARA tests residuals: the share of samples of 50 that pass at 2 %.
SAMPLE, ALPHA, SAMPLES = 50, 0.02, 2000


class Verdict(StrEnum):
    """What the residuals say of the size of the covariances."""

    REALISTIC = "realistic"
    TOO_SMALL = "too small"  # the factor is above 1.5, or the tails are heavy
    TOO_LARGE = "too large"
    CANNOT_TELL = "cannot tell"  # too few, or too large for most and too small for the tails


@dataclass(frozen=True, slots=True)
class Residuals:
    """
    n residuals, later minus predicted, with their covariances; every column has n rows.

    `covariance_rtn_km2` is that of the residual, see `residual_covariance_km2`.
    """

    residual_rtn_km: Floats  # (n, 3)
    covariance_rtn_km2: Floats  # (n, 3, 3)
    number: Ints  # of the object
    source: Texts  # of the prediction
    group: Texts  # class of the object
    span_days: Floats

    def __post_init__(self) -> None:
        n = len(self.number)
        wanted = ((n, 3), (n, 3, 3), (n,), (n,), (n,), (n,))
        for column, shape in zip(fields(self), wanted, strict=True):
            found = getattr(self, column.name).shape
            if found != shape:
                raise ValueError(f"{column.name} needs shape {shape}, but has {found}")

    def __len__(self) -> int:
        return len(self.number)


@dataclass(frozen=True, slots=True)
class ScorecardRow:
    """
    What n residuals of a source and a class say; nan where nothing does.

    `mean_square_over_3` is the factor of maximum likelihood, which outliers move; `factor`, which
    they hardly do, multiplies covariances.  `pass_share` and `pass_share_scaled` are of samples
    of 50, before and after the factor: by chance 0.98 pass.  `outlier_share` is of residuals
    beyond the 99.99 % point after the factor: manoeuvres, or tails.
    """

    source: str
    group: str
    span_days: float  # median
    n: int
    objects: int
    unusable: int
    mean_square_over_3: Interval
    mean_p: float
    cramer_von_mises_p: float
    anderson_darling_p: float
    factor: Interval
    pass_share: float
    pass_share_scaled: float
    share_beyond_99: float
    outlier_share: float
    verdict: Verdict

    @property
    def only_in_tails(self) -> bool:
        """Whether covariances are too small for the farthest residuals, not for most of them."""
        return self.verdict is Verdict.TOO_SMALL and self.factor.low <= TOLERATED


def residual_covariance_km2(predicted: Floats, later: Floats, shared: Floats) -> Floats:
    """
    (n, 3, 3) covariances of later minus predicted, in km^2 and the axes of all three.

    `shared` (n, 3, 3) is the covariance of the predicted error, as rows, with the later one.
    """
    return np.asarray(predicted + later - shared - np.swapaxes(shared, -1, -2))


def squared_distances(residual_km: Floats, covariance_km2: Floats) -> Floats:
    """
    (n,) squared Mahalanobis distances of residuals (n, 3) with covariances (n, 3, 3).

    nan where an input is no number, or where a covariance is singular, negative or not symmetric.
    """
    squares = np.full(len(residual_km), np.nan)
    variance = np.einsum("nii->ni", covariance_km2)
    good = np.isfinite(residual_km).all(axis=1) & np.isfinite(covariance_km2).all(axis=(1, 2))
    rows = np.flatnonzero(good & (variance > 0.0).all(axis=1))
    sigma = np.sqrt(variance[rows])
    with np.errstate(over="ignore", under="ignore"):
        # Units and scales that differ by millions are no singularity.
        correlation = covariance_km2[rows] / sigma[:, :, None] / sigma[:, None, :]
        scaled = residual_km[rows] / sigma
        sound = np.flatnonzero(_positive(correlation))
        solved = np.linalg.solve(correlation[sound], scaled[sound][:, :, None])[:, :, 0]
        squares[rows[sound]] = np.einsum("ni,ni->n", scaled[sound], solved)
    return squares


def _positive(correlation: Floats) -> NDArray[np.bool_]:
    """(n,) which matrices with ones on their diagonals are symmetric and positive."""
    crooked = np.abs(correlation - np.swapaxes(correlation, 1, 2)).max(axis=(1, 2), initial=0.0)
    positive = np.abs(correlation).max(axis=(1, 2), initial=0.0) < 1.0 + CROOKED
    positive &= crooked < CROOKED
    least = np.linalg.eigvalsh(correlation[positive])[:, 0] if positive.any() else np.empty(0)
    positive[positive] = least > SINGULAR
    return positive


def scorecard(residuals: Residuals, *, seed: int = 7) -> tuple[ScorecardRow, ...]:
    """Return a row for each source, and after it a row for each of its classes, by name."""
    squares = squared_distances(residuals.residual_rtn_km, residuals.covariance_rtn_km2)
    return tuple(
        judged(
            squares[rows], residuals.number[rows], residuals.span_days[rows], source, group, seed
        )
        for source, group, rows in _parts(residuals)
    )


def _parts(residuals: Residuals) -> Iterator[tuple[str, str, Ints]]:
    for source in np.unique(residuals.source).tolist():
        whole = np.flatnonzero(residuals.source == source)
        yield source, EVERYTHING, whole
        for group in np.unique(residuals.group[whole]).tolist():
            yield source, group, whole[residuals.group[whole] == group]


def judged(
    squares: Floats, number: Ints, span_days: Floats, source: str, group: str, seed: int = 7
) -> ScorecardRow:
    """Return the row of squared distances (n,) of objects (n,); nan counts as unusable."""
    told = np.isfinite(squares)
    used, owner = squares[told], number[told]
    n, objects = len(used), len(np.unique(owner))
    rng = np.random.default_rng(seed)
    scale = scale_of(used, owner, rng)
    factor = scale.factor
    scaled = used / factor.value if factor.value > 0.0 else used
    beyond = _share(used > BEYOND_99)
    statistic = float(cramer_von_mises(chi_square_3(used)))
    return ScorecardRow(
        source=source,
        group=group,
        span_days=float(np.median(span_days[told])) if n else math.nan,
        n=n,
        objects=objects,
        unusable=len(squares) - n,
        mean_square_over_3=scale.likelihood,
        mean_p=chi_square_mean_p(float(used.sum()), 3 * n),
        cramer_von_mises_p=cramer_von_mises_p(statistic, n),
        anderson_darling_p=anderson_darling_p(anderson_darling(used)),
        factor=factor,
        pass_share=pass_share(used, rng),
        pass_share_scaled=pass_share(scaled, rng),
        share_beyond_99=beyond,
        outlier_share=_share(scaled > BEYOND_9999),
        verdict=verdict(factor, beyond, min(n, objects)),
    )


def _share(which: NDArray[np.bool_]) -> float:
    return float(which.mean()) if len(which) else math.nan


def pass_share(squares: Floats, rng: np.random.Generator, *, samples: int = SAMPLES) -> float:
    """Return the share of samples of 50 without repeats that pass at 2 %; nan below 50."""
    whole = len(squares) // SAMPLE
    if whole == 0:
        return math.nan
    probability = chi_square_3(squares)
    shuffled = (
        rng.permutation(probability)[: whole * SAMPLE] for _ in range(-(-samples // whole))
    )
    found = [cramer_von_mises(one.reshape(whole, SAMPLE)) for one in shuffled]
    statistic = np.concatenate(found)[:samples]
    return float((statistic <= cramer_von_mises_limit(ALPHA, SAMPLE)).mean())


def verdict(factor: Interval, share_beyond_99: float, objects: int) -> Verdict:
    """Return what a factor, and a share of residuals of so many objects, say of a size."""
    if objects < FEWEST or not math.isfinite(factor.low + factor.high):
        return Verdict.CANNOT_TELL
    least_beyond, _ = interval_95(round(share_beyond_99 * objects), objects)
    heavy = least_beyond > MOST_BEYOND_99
    if factor.high < 1.0 / TOLERATED:
        return Verdict.CANNOT_TELL if heavy else Verdict.TOO_LARGE
    if heavy or factor.low > TOLERATED:
        return Verdict.TOO_SMALL
    within = factor.low >= 1.0 / TOLERATED and factor.high <= TOLERATED
    return Verdict.REALISTIC if within else Verdict.CANNOT_TELL
