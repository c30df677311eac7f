"""
Whether the solutions of several sources can all be right, two by two.

The squared Mahalanobis distance of two solutions is taken with the sum of their covariances, as
if their errors had nothing in common.  Sources that share observations have more in common than
that, so the test errs one way: what it calls a contradiction is one, what it lets pass proves
little.  Objects are compared in elements (six degrees of freedom), or in position (three) where
no covariance of velocity is given; the miss in one plane across the mean relative velocity (two).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from commonsky.assess.common_epoch import Brought
from commonsky.astro.arrays import Floats, Ints

QUIET = np.errstate(all="ignore")
ERFC = np.frompyfunc(math.erfc, 1, 1)
# Position errors so large say "not known", and agree with everything.
NOT_KNOWN_KM = 100.0
SINGULAR = 1e-13
# Of an event whose solutions are all right, so often is one of its tests failed.
FALSE_ALARM = 1e-3


class What(IntEnum):
    """What two solutions are compared in; position in the last axis of `Pairs`."""

    PRIMARY = 0
    SECONDARY = 1
    MISS = 2


@dataclass(frozen=True, slots=True)
class Pairs:
    """Comparisons of p pairs of sources; nan where one of the two cannot be compared."""

    first: Ints  # (p,), position of the source
    second: Ints  # (p,)
    square: Floats  # (n, p, 3), squared Mahalanobis distance, by `What`
    freedom: NDArray[np.int8]  # (n, p, 3), degrees of freedom
    p_value: Floats  # (n, p, 3), of a larger distance between solutions that are right
    contradicts: NDArray[np.bool_]  # (n, p, 3)


@QUIET
def compared(
    primary: Brought, secondary: Brought, testable: NDArray[np.bool_], false_alarm: float
) -> Pairs:
    """
    Return the comparisons of all pairs of k sources; `testable` (2, n, k) says of which object.

    The level of each test is `false_alarm` over the number of tests of its event.
    """
    n, k = testable.shape[1:]
    pairs = np.array(list(itertools.combinations(range(k), 2)), np.int64).reshape(-1, 2)
    square = np.full((n, len(pairs), 3), np.nan)
    freedom = np.zeros(square.shape, np.int8)
    plane = _planes(primary, secondary, testable)
    for p, (a, b) in enumerate(pairs.tolist()):
        both = testable[:, :, a] & testable[:, :, b]
        for what, one in ((What.PRIMARY, primary), (What.SECONDARY, secondary)):
            square[:, p, what], freedom[:, p, what] = _object_square(one, a, b, both[what])
        square[:, p, What.MISS] = _square(
            plane[0][:, b] - plane[0][:, a],
            plane[1][:, a] + plane[1][:, b],
            np.asarray(both.all(0)),
        )
        freedom[:, p, What.MISS] = 2
    p_value = np.full(square.shape, np.nan)
    for degrees in (2, 3, 6):
        rows = freedom == degrees
        p_value[rows] = chi_square_beyond(square[rows], degrees)
    tests = np.maximum(np.isfinite(p_value).sum((1, 2)), 1)
    contradicts = p_value < (false_alarm / tests)[:, None, None]
    return Pairs(pairs[:, 0], pairs[:, 1], square, freedom, p_value, contradicts)


def testable(solution: Brought, default: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(n, k) whether solutions are there, and say how sure they are."""
    variance = np.einsum("nkii->nki", solution.covariance)[:, :, :3]
    with np.errstate(invalid="ignore"):
        told = (variance > 0.0).all(2) & (variance < NOT_KNOWN_KM**2).all(2)
    return np.asarray(np.isfinite(solution.state).all(2) & told & ~default)


def chi_square_beyond(square: Floats, degrees: int) -> Floats:
    """Return the probability of more than `square`, for 1 to 6 degrees of freedom; nan for nan."""
    half = 0.5 * np.asarray(square, np.float64)
    with np.errstate(all="ignore"):
        if degrees % 2 == 0:
            terms = sum(half**i / math.factorial(i) for i in range(degrees // 2))
            return np.where(half == np.inf, 0.0, np.exp(-half) * terms)
        root = np.sqrt(half)
        beyond = np.asarray(ERFC(root), np.float64)
        odd = sum(half ** (i + 0.5) / math.gamma(i + 1.5) for i in range(degrees // 2))
        return np.where(half == np.inf, 0.0, beyond + np.exp(-half) * odd)


def squares(difference: Floats, covariance: Floats) -> Floats:
    """(n,) squared Mahalanobis distances, nan where a covariance cannot be inverted."""
    sigma = np.sqrt(np.einsum("nii->ni", covariance))
    correlation = covariance / sigma[:, :, None] / sigma[:, None, :]
    sound = np.isfinite(correlation).all((1, 2)) & np.isfinite(difference).all(1)
    correlation[~sound] = np.eye(difference.shape[1])
    sound &= np.linalg.eigvalsh(correlation).min(axis=1, initial=1.0) > SINGULAR
    correlation[~sound] = np.eye(difference.shape[1])
    scaled = difference / sigma
    solved = np.linalg.solve(correlation, scaled[:, :, None])[:, :, 0]
    return np.where(sound, (scaled * solved).sum(1), np.nan)


def _object_square(
    one: Brought, a: int, b: int, both: NDArray[np.bool_]
) -> tuple[Floats, NDArray[np.int8]]:
    whole = _square(
        one.elements[:, b] - one.elements[:, a], one.spread[:, a] + one.spread[:, b], both
    )
    place = (slice(None), slice(None, 3), slice(None, 3))
    position = _square(
        one.state[:, b, :3] - one.state[:, a, :3],
        one.covariance[:, a][place] + one.covariance[:, b][place],
        both,
    )
    in_elements = np.isfinite(whole)
    return np.where(in_elements, whole, position), np.where(in_elements, 6, 3).astype(np.int8)


def _square(difference: Floats, covariance: Floats, rows: NDArray[np.bool_]) -> Floats:
    found = np.full(len(rows), np.nan)
    found[rows] = squares(difference[rows], covariance[rows])
    return found


def _planes(
    primary: Brought, secondary: Brought, testable: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Return the misses (n, k, 2), and covariances, in one plane for each event."""
    relative = secondary.state - primary.state
    both_told: NDArray[np.bool_] = np.asarray(testable.all(0))
    motion = np.where(both_told[:, :, None], relative[:, :, 3:], 0.0)
    along = np.sort(motion, axis=1).sum(1)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    # The axis least along the motion makes the first direction of the plane.
    other = np.eye(3)[np.argmin(np.abs(np.nan_to_num(along)), axis=1)]
    first = np.cross(along, other)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    axes = np.stack([first, np.cross(along, first)], 1)
    miss = np.einsum("nij,nkj->nki", axes, relative[:, :, :3])
    both = primary.covariance[:, :, :3, :3] + secondary.covariance[:, :, :3, :3]
    return miss, np.einsum("nia,nkab,njb->nkij", axes, both, axes, optimize=True)
