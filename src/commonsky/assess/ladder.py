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

from commonsky.assess.collision import NULLS, CollisionAssessment, PcNull, assess
from commonsky.assess.expected_number import RULES, expected_numbers, sphere
from commonsky.assess.limits import square_probability
from commonsky.assess.monte_carlo import trial
from commonsky.assess.pairs import Pairs, pairs_of
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
DEFAULT_SIGMA_KM, DEFAULT_SIGMA_KM_S = 1000.0, 1.0  # what stands for "not known"
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
    NO_VELOCITY_ERRORS = 32  # nothing but 2-D Pc can be had
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
STILL = REASONS.index(Unassessable.NO_RELATIVE_VELOCITY)
HIGHER = Violation.SLOW | Violation.EXTENDED | Violation.NO_MEETING


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
    shared: tuple[ArrayLike, ArrayLike] | None = None,
    default_covariance: ArrayLike = False,
    half_window_s: ArrayLike | None = None,
    all_tiers: bool = False,
    trials: int = 0,
    seed: int = 1,
) -> Ladder:
    """
    Return the recommended probability of n pairs, from the lowest rung that is valid.

    States (n, 3) near closest approach and covariances (n, 6, 6) or (n, 3, 3) in one inertial
    frame, km, km/s; of covariances the lower triangles are read.  `shared`: what one sigma of an
    error that both objects have in common does to either state (n, 6), which is part of their
    covariances.  Rows of `default_covariance` (n,) are not assessed.  `trials` > 0 allows the last
    rung, `all_tiers` climbs every rung for every pair.  Two-body motion over `half_window_s` (n,)
    to either side, otherwise over 0.4 of the shorter period; a pair that meets more than once in
    it has the number of its meetings in `nc_3d`.
    """
    pairs = pairs_of(
        (position1_km, velocity1_km_s, covariance1),
        (position2_km, velocity2_km_s, covariance2),
        hard_body_radius_km,
        shared,
    )
    flat = in_plane(pairs)
    reason = _reasons(pairs, flat, default_covariance)
    # Without errors of velocity nothing but the plane can be looked at.
    able = ((reason == 0) | (reason == STILL)) & pairs.full & pairs.elliptic
    slow = pairs.speed_km_s < SLOW_KM_S
    window = HALF_WINDOW * pairs.period_s
    if half_window_s is not None:
        window = np.broadcast_to(np.asarray(half_window_s, np.float64), window.shape).copy()
    numbers = _numbers(pairs, window, slow, np.flatnonzero(able), three=all_tiers)
    violations = _violations(pairs, flat, able, numbers)
    higher = (violations & HIGHER) > 0
    if not all_tiers:
        rows = np.flatnonzero(able & higher)
        numbers[rows] = _numbers(pairs, window, slow, rows, three=True)[rows]
    nc_2d, nc_3d, peak, lasting = numbers.T[:4]
    violations[higher & (nc_3d > MANY)] |= Violation.MANY
    good_3d = np.isfinite(nc_3d) & ~(nc_3d > MANY)
    tried = np.full((len(pairs), 3), math.nan)
    if trials > 0:
        for i in np.flatnonzero(able if all_tiers else able & higher & ~good_3d).tolist():
            near = float(peak[i]) if np.isfinite(peak[i]) else 0.0
            tried[i] = trial(pairs, i, near, float(window[i]), trials, seed + i, aimed=True)
    straight = (reason == 0) & ~higher & ((violations & Violation.CURVED) == 0)
    rung = np.select(
        [straight, able & ~higher & np.isfinite(nc_2d), able & good_3d, np.isfinite(tried[:, 0])],
        [RUNGS.index(one) for one in RUNGS[1:]],
        0,
    )
    rung[(reason > 0) & (reason != STILL)] = 0
    values = np.stack([np.full(len(pairs), math.nan), flat.pc, nc_2d, nc_3d, tried[:, 0]])
    reason[rung > 0] = 0
    reason[(rung == 0) & (reason == 0)] = REASONS.index(Unassessable.NO_VALID_METHOD)
    lower, upper = _bounds(rung, flat, pairs.hard_body_radius_km, values, tried)
    return Ladder(
        # An expected number may exceed 1, a probability not.
        pc=np.minimum(values[rung, np.arange(len(pairs))], 1.0),
        rung=rung.astype(np.int8),
        violations=violations,
        lower=lower,
        upper=upper,
        ci_low=tried[:, 1],
        ci_high=tried[:, 2],
        remediated=flat.remediated | pairs.clipped,
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


def in_plane(pairs: Pairs, *, resolve_tca: bool = True) -> CollisionAssessment:
    """Return what the 2-D method makes of the pairs."""
    combined = pairs.combined_km2
    return assess(
        pairs.position1_km, pairs.velocity1_km_s, combined,
        pairs.position2_km, pairs.velocity2_km_s, np.zeros_like(combined),
        pairs.hard_body_radius_km, resolve_tca=resolve_tca,
    )  # fmt: skip


def _reasons(
    pairs: Pairs, flat: CollisionAssessment, default_covariance: ArrayLike
) -> NDArray[np.int8]:
    """Return why the plane gives no number, or none that means anything."""
    reason = np.array([REASONS.index(_reason(null)) for null in flat.null_reasons()], np.int8)
    variance = np.abs(np.diagonal(pairs.covariance1 + pairs.covariance2, axis1=1, axis2=2))
    unknown = (variance[:, :3].max(1) > DEFAULT_SIGMA_KM**2) | (
        variance[:, 3:].max(1) > DEFAULT_SIGMA_KM_S**2
    )
    unknown |= np.broadcast_to(np.asarray(default_covariance, np.bool_), unknown.shape)
    reason[((reason == 0) | (reason == STILL)) & unknown] = REASONS.index(
        Unassessable.DEFAULT_COVARIANCE
    )
    return reason


def _reason(null: PcNull) -> Unassessable:
    return Unassessable[null.name] if null in NULLS[:-1] else Unassessable.NO_VALID_METHOD


def _violations(
    pairs: Pairs, flat: CollisionAssessment, able: NDArray[np.bool_], numbers: Floats
) -> NDArray[np.int16]:
    """Return what speaks against the lower rungs, from the numbers of the second."""
    nc_2d, lasting = numbers[:, 0], numbers[:, 3]
    found = np.zeros(len(pairs), np.int16)
    found[np.abs(flat.pc - nc_2d) > ALLOWED * np.maximum(nc_2d, TINY)] |= Violation.CURVED
    found[LENGTH_IN_SIGMAS * lasting > EXTENDED * pairs.period_s] |= Violation.EXTENDED
    found[able & np.isnan(nc_2d)] |= Violation.NO_MEETING
    found[~pairs.full] |= Violation.NO_VELOCITY_ERRORS
    found[pairs.speed_km_s < SLOW_KM_S] |= Violation.SLOW
    found[pairs.clipped] |= Violation.REMEDIATED
    return found


def _numbers(
    pairs: Pairs,
    window: Floats,
    slow: NDArray[np.bool_],
    rows: NDArray[np.int64],
    *,
    three: bool,
) -> Floats:
    """Return the columns of `expected_numbers` (n, 6) of `rows`, by the sphere each needs."""
    out = np.full((len(pairs), 6), math.nan)
    least = np.sqrt(np.maximum(np.linalg.eigvalsh(pairs.combined_km2[rows])[:, 0], 0.0))
    ratio = pairs.hard_body_radius_km[rows] / least
    lower = -math.inf
    for most, *_ in RULES:
        chosen = rows[(ratio > lower) & (ratio <= most)]
        lower = most
        if len(chosen) == 0:
            continue
        filled = np.empty((len(chosen), 6))
        nodes, azimuths = sphere(most)
        expected_numbers(
            pairs.elements1[chosen], pairs.spread1[chosen], pairs.elements2[chosen],
            pairs.spread2[chosen], pairs.hard_body_radius_km[chosen], window[chosen],
            slow[chosen], nodes, azimuths, three, filled,
        )  # fmt: skip
        out[chosen] = filled
    return out


def _bounds(
    rung: NDArray[np.int64], flat: CollisionAssessment, radius: Floats, values: Floats,
    tried: Floats,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return the limits that `Ladder` tells of."""
    ends = np.stack([
        square_probability(flat.miss_plane_km, flat.sigma_plane_km, radius * part)
        for part in (0.5**0.5, 1.0)
    ])  # fmt: skip
    numbers = np.minimum(values[2:4], 1.0)
    for side, pick in enumerate((np.fmin, np.fmax)):
        ends[side] = np.select(
            [rung == 1, (rung == 2) | (rung == 3), rung == 4],
            [ends[side], pick(numbers[0], numbers[1]), tried[:, 1 + side]],
            math.nan,
        )
    return ends[0], ends[1]
