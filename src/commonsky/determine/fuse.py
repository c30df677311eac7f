"""
One estimate out of several whose errors may share anything: covariance intersection.

The information matrices are summed with weights that add up to 1, so that the covariance that
comes out is large enough whatever the cross-correlations are, as long as each that goes in is.
The weights make its determinant smallest.  Unlike the trace, the determinant does not hang on
units, so that km and km/s may stand in one state.

Reference: Julier and Uhlmann (1997), A non-divergent estimation algorithm in the presence of
unknown correlations, Proc. American Control Conference.  Weights of more than two estimates are
found together, by an interior-point method of ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats

SINGULAR = 1e-11  # the least eigenvalue of a correlation matrix that is inverted
EVEN = 1e-6  # of correlations above and below the diagonal
STEPS = 30  # 12 to 20 are needed
CENTRING, TO_BORDER = 0.1, 0.95
GAP = 1e-10  # of ln det, at which the weights are left
LEAST_WEIGHT = 1e-9


class FusionStatus(IntEnum):
    """What became of a row."""

    GOOD = 0
    SOME_LEFT_OUT = 1  # estimates that were absent or not usable have weight 0
    NOTHING_USABLE = 2  # state and covariance are nan


@dataclass(frozen=True, slots=True)
class Fused:
    """One estimate of each of n states, and the weights of the m that made it."""

    state: Floats  # (n, d)
    covariance: Floats  # (n, d, d)
    weight: Floats  # (n, m), sums are 1, or 0 where nothing was usable
    status: NDArray[np.int8]  # (n,), FusionStatus

    def __len__(self) -> int:
        return len(self.state)


def fused(state: Floats, covariance: Floats) -> Fused:
    """
    Return one estimate of each of n states out of m, (n, m, d) with covariances (n, m, d, d).

    All in one frame, at one epoch, and consistent with each other: what contradicts must not be
    fused, for the result would lie where nobody puts the object.  An estimate with nan, or whose
    covariance is singular, negative or not symmetric, is left out.
    """
    n, m, d = _shape(state, covariance)
    sound = usable(state, covariance)
    any_sound = sound.any(1)
    if m == 0 or d == 0 or not any_sound.any():
        return _nothing(n, m, d)
    sigma = _common_sigma(covariance, sound)
    with np.errstate(all="ignore"):
        scaled = covariance / sigma[:, None, :, None] / sigma[:, None, None, :]
    scaled = np.where(sound[:, :, None, None], scaled, np.eye(d))
    information = np.asarray(np.linalg.inv(scaled) * sound[:, :, None, None], np.float64)
    weight = _weights(information, sound)
    # Sums are exact and in no order only if what one estimate has is common to all: the mean.
    middle = _mean(np.where(sound[:, :, None], state, 0.0), sound)
    offset = np.where(sound[:, :, None], state - middle[:, None], 0.0) / sigma[:, None]
    total = np.einsum("nm,nmij->nij", weight, information)
    total[~any_sound] = np.eye(d)
    whole = np.linalg.inv(total)
    shift = np.einsum("nij,nm,nmjk,nmk->ni", whole, weight, information, offset, optimize=True)
    status = np.where(sound.all(1), FusionStatus.GOOD, FusionStatus.SOME_LEFT_OUT).astype(np.int8)
    status[~any_sound] = FusionStatus.NOTHING_USABLE
    blank = np.where(any_sound, 1.0, np.nan)
    spread = 0.5 * (whole + np.swapaxes(whole, 1, 2)) * sigma[:, :, None] * sigma[:, None, :]
    return Fused(
        (middle + sigma * shift) * blank[:, None], spread * blank[:, None, None], weight, status
    )


def usable(state: Floats, covariance: Floats) -> NDArray[np.bool_]:
    """(n, m) whether estimates (n, m, d) are numbers, with covariances that can be inverted."""
    variance = np.einsum("nmii->nmi", covariance)
    good = np.isfinite(state).all(2) & np.isfinite(covariance).all((2, 3))
    good &= (variance > 0.0).all(2)
    sigma = np.sqrt(np.where(good[:, :, None], variance, 1.0))
    with np.errstate(over="ignore", invalid="ignore"):
        correlation = covariance / sigma[:, :, :, None] / sigma[:, :, None, :]
    good &= np.isfinite(correlation).all((2, 3))
    correlation = np.where(good[:, :, None, None], correlation, np.eye(state.shape[2]))
    uneven = np.abs(correlation - np.swapaxes(correlation, 2, 3)).max((2, 3), initial=0.0)
    least = np.linalg.eigvalsh(correlation).min(axis=2, initial=1.0)
    return np.asarray(good & (uneven < EVEN) & (least > SINGULAR))


def _shape(state: Floats, covariance: Floats) -> tuple[int, int, int]:
    if state.ndim != 3 or covariance.shape != (*state.shape, state.shape[-1]):
        raise ValueError(
            "fusing needs states (n, m, d) and covariances (n, m, d, d), "
            f"but found {state.shape} and {covariance.shape}"
        )
    n, m, d = state.shape
    return n, m, d


def _nothing(n: int, m: int, d: int) -> Fused:
    return Fused(
        np.full((n, d), np.nan), np.full((n, d, d), np.nan), np.zeros((n, m)),
        np.full(n, FusionStatus.NOTHING_USABLE, np.int8),
    )  # fmt: skip


def _common_sigma(covariance: Floats, sound: NDArray[np.bool_]) -> Floats:
    """(n, d) units in which the covariances of a row are near 1: geometric means of sigmas."""
    variance = np.einsum("nmii->nmi", covariance)
    with np.errstate(invalid="ignore", divide="ignore"):
        log_sigma = np.where(sound[:, :, None], 0.5 * np.log(variance), 0.0)
    return np.asarray(np.exp(_mean(log_sigma, sound)))


def _mean(column: Floats, sound: NDArray[np.bool_]) -> Floats:
    """(n, d) means of the usable of (n, m, d), where the others are 0; sorted, for any order."""
    count = np.maximum(sound.sum(1), 1)
    return np.asarray(np.sort(column, axis=1).sum(1) / count[:, None])


def _weights(information: Floats, sound: NDArray[np.bool_]) -> Floats:
    """
    (n, m) weights that make the determinant of the sum of information largest.

    Solved without the constraint that they add up to 1, as the largest of
    ln det(sum w I) - d sum w, which brings it along.  From equal weights along the central path:
    of several optima it ends in their middle, whatever the order of estimates.
    """
    m = information.shape[1]
    weight = sound / np.maximum(sound.sum(1), 1)[:, None]
    rows = np.flatnonzero(sound.sum(1) > 1)
    inside, dual = weight[rows], np.ones((len(rows), m))
    some, infos = sound[rows], information[rows]
    inside = np.where(some, inside, 1.0 / m)
    active = np.arange(len(rows))
    for _ in range(STEPS):
        if len(active) == 0:
            break
        inside[active], dual[active], gap = _step(
            infos[active], inside[active], dual[active], some[active]
        )
        active = active[gap > GAP]
    found = np.where(some & (inside > LEAST_WEIGHT), inside, 0.0)
    weight[rows] = found / found.sum(1, keepdims=True)
    return np.asarray(weight)


def _step(
    information: Floats, weight: Floats, dual: Floats, sound: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats]:
    """One primal-dual step of rows: weights, multipliers of weight > 0, and the gap left."""
    d, m = information.shape[2], information.shape[1]
    total = np.einsum("nm,nmij->nij", weight * sound, information)
    share = np.linalg.inv(total)[:, None] @ information
    slope = d - np.einsum("nmii->nm", share)
    bend = np.einsum("nmij,nkji->nmk", share, share)
    gap = np.where(sound, weight * dual, 0.0).sum(1) / sound.sum(1)
    barrier = (CENTRING * gap)[:, None]
    matrix = bend + np.eye(m) * np.where(sound, dual / weight, 1.0)[:, :, None]
    wanted = np.where(sound, barrier / weight - slope, 0.0)
    move = np.linalg.solve(matrix, wanted[:, :, None])[:, :, 0]
    dual_move = np.where(sound, barrier / weight - dual - dual / weight * move, 0.0)
    weight = weight + _inside(weight, move)[:, None] * move
    dual = dual + _inside(dual, dual_move)[:, None] * dual_move
    return weight, dual, np.where(sound, weight * dual, 0.0).sum(1)


def _inside(value: Floats, move: Floats) -> Floats:
    """(n,) the part of a move, at most 1, that keeps values positive."""
    with np.errstate(divide="ignore", invalid="ignore"):
        most = np.where(move < 0.0, -value / move, np.inf).min(1)
    return np.asarray(np.minimum(1.0, TO_BORDER * most))
