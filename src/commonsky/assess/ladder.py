"""
The ladder of methods for the probability of collision, each with a test of whether it holds.

1. `2d`: straight relative motion, Gaussian position errors (`collision`).
2. `2d-nc`: the expected number of collisions about the likeliest meeting of curved motions.
3. `3d-nc`: the same integrated over time.
4. `monte-carlo`: two-body trials, with a confidence interval.

The number to use is the lowest rung that is valid.  A pair that cannot be assessed says why and
has nan, never 0.

Reference: Hall, Baars and Casali (2023), A Multistep Probability of Collision Computational
Algorithm, AAS 23-398, for the steps; the tests here are our own: 2-D Pc is compared with the
expected number itself, because that is cheap here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from enum import IntFlag, StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from commonsky.assess.collision import NULLS, PcNull, assess
from commonsky.assess.expected_number import RULES, expected_numbers, sphere
from commonsky.assess.limits import square_probability
from commonsky.assess.monte_carlo import trial
from commonsky.assess.two_body import elements_of_states, partials_at_epoch, turned_frames
from commonsky.astro.arrays import Floats

QUIET = np.errstate(all="ignore")
# Parts of the shorter period to either side; at half of it orbits in one plane meet again.
HALF_WINDOW = 0.4
SLOW_KM_S = 0.2
# 2-D Pc may be so far off; the 29 real messages of NASA CARA's test set that violate its use
# differ by 60 % or more, the 24 that do not by 1.9 % or less.
ALLOWED = 0.02
EXTENDED = 0.02  # length of the encounter, of the shorter period
LENGTH_IN_SIGMAS = 6.0
MANY = 0.5  # an expected number above it may count a pair's collisions more than once
DEFAULT_SIGMA_KM = 1000.0  # what stands for "not known"
NEGATIVE = -1e-9  # an eigenvalue of a correlation matrix, beyond rounding
TINY = 1e-300


class Rung(StrEnum):
    """How the recommended number was calculated; columns hold the position in `RUNGS`."""

    NONE = "none"
    PC_2D = "2d"
    NC_2D = "2d-nc"
    NC_3D = "3d-nc"
    MONTE_CARLO = "monte-carlo"


class Violation(IntFlag):
    """Why a lower rung may not be used, and what else is wrong."""

    CURVED = 1  # 2-D Pc differs from the expected number of curved motion
    EXTENDED = 2  # the encounter lasts a part of an orbit
    SLOW = 4
    MANY = 8  # expected number too large to be a probability
    NO_MEETING = 16  # the likeliest meeting was not found, or lost on the way
    NO_VELOCITY_ERRORS = 32  # 3x3 covariances only: nothing but 2-D Pc can be had
    REMEDIATED = 64  # a covariance was not positive semi-definite, and clipped


class Unassessable(StrEnum):
    """Why there is no number; columns hold the position in `REASONS`."""

    NONE = ""
    STATE_NOT_FINITE = "state not finite"
    NO_RADIUS = "no hard-body radius"
    NO_RELATIVE_VELOCITY = "no relative velocity, and no other method answered"
    NO_COVARIANCE = "no covariance"
    COVARIANCE_NOT_POSITIVE = "covariance is not positive"
    DEFAULT_COVARIANCE = "covariance stands for not known"
    NOT_ELLIPTIC = "slow encounter of orbits that are not elliptic"
    NO_VALID_METHOD = "no method is valid; trials were not asked for"


RUNGS, REASONS = tuple(Rung), tuple(Unassessable)


@dataclass(frozen=True, slots=True)
class Ladder:
    """
    Probability of collision of n pairs, and how far to trust it.

    `lower`, `upper`: of 2-D Pc the squares inside and around the disc; of an expected number the
    least and largest of the rungs that are valid; of trials the 95 % interval.  Rungs that were
    not climbed are nan.
    """

    pc: Floats  # (n,), recommended; nan where `cannot_assess`
    rung: NDArray[np.int8]  # (n,), position in RUNGS
    violations: NDArray[np.int16]  # (n,), sums of Violation
    lower: Floats
    upper: Floats
    ci_low: Floats  # (n,), of the trials
    ci_high: Floats
    remediated: NDArray[np.bool_]
    cannot_assess: NDArray[np.int8]  # (n,), position in REASONS
    pc_2d: Floats
    nc_2d: Floats
    nc_3d: Floats
    pc_monte_carlo: Floats
    pc_max: Floats
    diluted: NDArray[np.bool_]
    miss_km: Floats
    peak_s: Floats  # (n,), from the states given to the likeliest meeting
    lasting_s: Floats  # (n,), standard deviation in time of meetings

    def __len__(self) -> int:
        return len(self.pc)

    def methods(self) -> list[Rung]:
        """Return the rung of each pair."""
        return [RUNGS[code] for code in self.rung.tolist()]

    def reasons(self) -> list[Unassessable]:
        """Return why a number is missing, "" where it is not."""
        return [REASONS[code] for code in self.cannot_assess.tolist()]

    def violated(self) -> list[list[str]]:
        """Return the violations of each pair, in words."""
        return [
            [
                flag.name.lower().replace("_", " ")
                for flag in Violation
                if code & flag and flag.name
            ]
            for code in self.violations.tolist()
        ]

    def take(self, rows: NDArray[np.int64]) -> Ladder:
        """Return the pairs at `rows`, in that order."""
        return Ladder(*(getattr(self, column.name)[rows] for column in fields(self)))


@QUIET
def climb(
    position1_km: ArrayLike,
    velocity1_km_s: ArrayLike,
    covariance1: ArrayLike,
    position2_km: ArrayLike,
    velocity2_km_s: ArrayLike,
    covariance2: ArrayLike,
    hard_body_radius_km: ArrayLike,
    *,
    half_window_s: ArrayLike | None = None,
    all_tiers: bool = False,
    trials: int = 0,
    seed: int = 1,
) -> Ladder:
    """
    Return the recommended probability of n pairs, from the lowest rung that is valid.

    States (n, 3) near closest approach and covariances (n, 6, 6) or (n, 3, 3) in one inertial
    frame, km, km/s; of covariances the lower triangles are read.  `trials` > 0 allows the last
    rung, `all_tiers` climbs every rung for every pair.  Two-body motion over
    `half_window_s` (n,) to either side, otherwise over 0.4 of the shorter period; a pair that
    meets more than once in it has the number of its meetings in `nc_3d`.
    """
    r1, v1, r2, v2 = (
        np.ascontiguousarray(a, np.float64)
        for a in (position1_km, velocity1_km_s, position2_km, velocity2_km_s)
    )
    c1, c2 = (np.ascontiguousarray(a, np.float64) for a in (covariance1, covariance2))
    radius = np.ascontiguousarray(hard_body_radius_km, np.float64)
    _check(c1, c2, len(radius))
    c1, c2 = of_lower_triangle(c1), of_lower_triangle(c2)
    flat = assess(r1, v1, c1[:, :3, :3], r2, v2, c2[:, :3, :3], radius)
    reason = np.array([REASONS.index(_reason(null)) for null in flat.null_reasons()], np.int8)
    combined = c1[:, :3, :3] + c2[:, :3, :3]
    largest = np.sqrt(np.abs(np.diagonal(combined, axis1=1, axis2=2)).max(1))
    reason[(reason == 0) & (largest > DEFAULT_SIGMA_KM)] = REASONS.index(
        Unassessable.DEFAULT_COVARIANCE
    )
    n = len(radius)
    speed = np.linalg.norm(v2 - v1, axis=1)
    slow = speed < SLOW_KM_S
    full = c1.shape[1] == 6 and c2.shape[1] == 6
    pair, clipped = elements(r1, v1, _padded(c1), r2, v2, _padded(c2))
    numbers = np.full((n, 6), math.nan)
    still = REASONS.index(Unassessable.NO_RELATIVE_VELOCITY)
    able = (reason == 0) | (reason == still)
    # Without errors of velocity nothing but the plane can be looked at.
    able &= full & np.isfinite(pair[0] + pair[2]).all(1)
    able &= np.isfinite(pair[1] + pair[3]).all((1, 2))
    period = 2.0 * np.pi / np.fmax(pair[0][:, 0], pair[2][:, 0])
    window = HALF_WINDOW * period
    if half_window_s is not None:
        window = np.broadcast_to(np.asarray(half_window_s, np.float64), period.shape).copy()
    least = np.sqrt(np.maximum(np.linalg.eigvalsh(np.nan_to_num(combined))[:, 0], 0.0))
    ratio = radius / least
    rows = np.flatnonzero(able)
    numbers[rows] = _numbers(pair, radius, window, slow, ratio, rows, three=all_tiers)
    nc_2d, peak, lasting = numbers[:, 0], numbers[:, 2], numbers[:, 3]
    violations = np.zeros(n, np.int16)
    if full:
        differs = np.abs(flat.pc - nc_2d) > ALLOWED * np.maximum(nc_2d, TINY)
        violations[differs] |= Violation.CURVED
        lasts = LENGTH_IN_SIGMAS * lasting > EXTENDED * period
        violations[lasts] |= Violation.EXTENDED
        violations[able & np.isnan(nc_2d)] |= Violation.NO_MEETING
    else:
        violations |= Violation.NO_VELOCITY_ERRORS
    violations[slow] |= Violation.SLOW
    violations[clipped] |= Violation.REMEDIATED
    higher = (violations & (Violation.SLOW | Violation.EXTENDED | Violation.NO_MEETING)) > 0
    if full and not all_tiers:
        rows = np.flatnonzero(able & higher)
        numbers[rows, 1] = _numbers(pair, radius, window, slow, ratio, rows, three=True)[:, 1]
    nc_3d = numbers[:, 1]
    violations[higher & (nc_3d > MANY)] |= Violation.MANY
    tried = np.full((n, 3), math.nan)
    good_3d = np.isfinite(nc_3d) & ~(nc_3d > MANY)
    if full and trials > 0:
        wanted = able if all_tiers else able & higher & ~good_3d
        for i in np.flatnonzero(wanted).tolist():
            near = float(peak[i]) if np.isfinite(peak[i]) else 0.0
            tried[i] = trial(
                (pair[0][i], pair[1][i], pair[2][i], pair[3][i]), float(radius[i]), near,
                float(window[i]), trials, seed + i, aimed=not slow[i],
            )  # fmt: skip
    curved = (violations & Violation.CURVED) > 0
    choices = (
        (Rung.PC_2D, (reason == 0) & ~higher & ~curved if full else (reason == 0) & ~slow),
        (Rung.NC_2D, able & ~higher & np.isfinite(nc_2d)),
        (Rung.NC_3D, able & good_3d),
        (Rung.MONTE_CARLO, np.isfinite(tried[:, 0])),
    )
    rung = np.select([h for _, h in choices], [RUNGS.index(r) for r, _ in choices], 0)
    values = np.stack([np.full(n, math.nan), flat.pc, nc_2d, nc_3d, tried[:, 0]])
    pc = values[rung, np.arange(n)]
    reason[rung > 0] = 0
    reason[(rung == 0) & (reason == 0)] = REASONS.index(Unassessable.NO_VALID_METHOD)
    lower, upper = _bounds(rung, flat.miss_plane_km, flat.sigma_plane_km, radius, values, tried)
    return Ladder(
        pc=pc,
        rung=rung.astype(np.int8),
        violations=violations,
        lower=lower,
        upper=upper,
        ci_low=tried[:, 1],
        ci_high=tried[:, 2],
        remediated=flat.remediated | clipped,
        cannot_assess=reason,
        pc_2d=flat.pc,
        nc_2d=nc_2d,
        nc_3d=nc_3d,
        pc_monte_carlo=tried[:, 0],
        pc_max=flat.pc_max,
        diluted=flat.diluted,
        miss_km=flat.miss_km,
        peak_s=peak,
        lasting_s=lasting,
    )


def elements(
    r1: Floats, v1: Floats, c1: Floats, r2: Floats, v2: Floats, c2: Floats
) -> tuple[tuple[Floats, Floats, Floats, Floats], NDArray[np.bool_]]:
    """
    Return elements (n, 6) and covariances (n, 6, 6) of both, and whether one was clipped.

    Clipping sets the negative eigenvalues of the correlation matrix to zero; those within
    rounding are not counted as clipped.
    """
    frames = turned_frames(r1, v1, r2, v2)
    found: list[Floats] = []
    clipped = np.zeros(len(r1), np.bool_)
    for position, velocity, covariance in ((r1, v1, c1), (r2, v2, c2)):
        sound_covariance, bad = clip(covariance)
        clipped |= bad
        element = elements_of_states(
            np.einsum("nij,nj->ni", frames, position), np.einsum("nij,nj->ni", frames, velocity)
        )
        jacobian = np.zeros((len(position), 6, 6))
        partials_at_epoch(element, jacobian)
        turn = np.zeros_like(jacobian)
        turn[:, :3, :3] = turn[:, 3:, 3:] = frames
        sound = np.isfinite(jacobian).all((1, 2)) & (np.abs(np.linalg.det(jacobian)) > 0.0)
        jacobian[~sound] = np.eye(6)
        mapped = np.linalg.solve(jacobian, turn)
        spread = mapped @ sound_covariance @ mapped.transpose(0, 2, 1)
        spread[~sound] = math.nan
        found += [element, np.ascontiguousarray(0.5 * (spread + spread.transpose(0, 2, 1)))]
    return (found[0], found[1], found[2], found[3]), clipped


def of_lower_triangle(covariance: Floats) -> Floats:
    """Return covariances (n, k, k) with the upper triangle as the lower, which messages carry."""
    lower = np.tril(covariance)
    return np.asarray(lower + np.tril(covariance, -1).transpose(0, 2, 1))


def clip(covariance: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return covariances (n, k, k) without negative eigenvalues, and which had some."""
    sound: NDArray[np.bool_] = np.asarray(np.isfinite(covariance).all((1, 2)))
    symmetric = of_lower_triangle(covariance)
    sigma = np.sqrt(np.maximum(np.diagonal(symmetric, axis1=1, axis2=2), 0.0))
    scale = np.where(sigma > 0.0, sigma, 1.0)
    scaled = symmetric / (scale[:, :, None] * scale[:, None, :])
    values, vectors = np.linalg.eigh(np.where(sound[:, None, None], scaled, 0.0))
    bad: NDArray[np.bool_] = np.asarray(sound & (values[:, 0] < NEGATIVE))
    if not bad.any():
        return symmetric, bad
    better = np.einsum("nij,nj,nkj->nik", vectors, np.maximum(values, 0.0), vectors)
    better *= scale[:, :, None] * scale[:, None, :]
    return np.where(bad[:, None, None], better, symmetric), bad


def _check(c1: Floats, c2: Floats, n: int) -> None:
    shapes = {(n, 3, 3), (n, 6, 6)}
    if c1.shape not in shapes or c2.shape not in shapes:
        raise ValueError(
            f"climbing the ladder needs covariances ({n}, 6, 6) or ({n}, 3, 3), "
            f"but found {c1.shape} and {c2.shape}"
        )


def _reason(null: PcNull) -> Unassessable:
    return Unassessable[null.name] if null in NULLS[:-1] else Unassessable.NO_VALID_METHOD


def _padded(covariance: Floats) -> Floats:
    """Return (n, 6, 6), zeros where nothing is said of velocities."""
    out = np.zeros((len(covariance), 6, 6))
    out[:, : covariance.shape[1], : covariance.shape[1]] = covariance
    return out


def _numbers(
    pair: tuple[Floats, ...], radius: Floats, window: Floats, slow: NDArray[np.bool_],
    ratio: Floats, rows: NDArray[np.int64], *, three: bool,
) -> Floats:  # fmt: skip
    """Return the columns of `expected_numbers` (m, 6) for `rows`, by the sphere they need."""
    out = np.full((len(rows), 6), math.nan)
    least = -math.inf
    for most, *_ in RULES:
        here = np.flatnonzero((ratio[rows] > least) & (ratio[rows] <= most))
        least = most
        if len(here) == 0:
            continue
        chosen, filled = rows[here], np.empty((len(here), 6))
        nodes, azimuths = sphere(most)
        expected_numbers(
            *(column[chosen] for column in pair), radius[chosen], window[chosen], slow[chosen],
            nodes, azimuths, three, filled,
        )  # fmt: skip
        out[here] = filled
    return out


def _bounds(
    rung: NDArray[np.int64], miss: Floats, sigma: Floats, radius: Floats, values: Floats,
    tried: Floats,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return the limits that `Ladder` tells of."""
    ends = np.stack([square_probability(miss, sigma, radius * part) for part in (0.5**0.5, 1.0)])
    numbers = np.minimum(values[2:4], 1.0)
    for side, pick in enumerate((np.fmin, np.fmax)):
        ends[side] = np.select(
            [rung == 1, (rung == 2) | (rung == 3), rung == 4],
            [ends[side], pick(numbers[0], numbers[1]), tried[:, 1 + side]],
            math.nan,
        )
    return ends[0], ends[1]
