"""
Probability of collision of pairs that pass each other fast, with what is needed to judge it.

The 2-D method: straight relative motion, Gaussian position errors that do not change during the
passage, spherical bodies.  It says nothing about pairs that stay together; the caller marks those.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from commonsky.assess.dilution import largest_probabilities
from commonsky.assess.encounter_plane import SAME_VELOCITY, encounter_planes
from commonsky.assess.flat_plane import project_flat_planes
from commonsky.assess.probability import log_probabilities
from commonsky.astro.arrays import Floats, Ints

LOG10_E = math.log10(math.e)
# Numbers that are no numbers come out as nan with a reason, not as warnings.
QUIET = np.errstate(all="ignore")


class PcMethod(StrEnum):
    """How a probability was calculated; columns hold the position in `METHODS`."""

    NONE = "none"
    SERIES = "2d-series"
    QUADRATURE = "2d-quadrature"


class PcNull(StrEnum):
    """Why there is no probability; columns hold the position in `NULLS`."""

    NONE = ""
    STATE_NOT_FINITE = "state not finite"
    NO_RADIUS = "no hard-body radius"
    NO_RELATIVE_VELOCITY = "no relative velocity"
    NO_COVARIANCE = "no covariance"
    COVARIANCE_NOT_POSITIVE = "covariance is not positive"
    SLOW_ENCOUNTER = "slow encounter"  # for the caller: the method does not look at the speed


METHODS = tuple(PcMethod)
NULLS = tuple(PcNull)


@dataclass(frozen=True, slots=True)
class CollisionAssessment:
    """
    Probability of collision of n pairs.

    Where `null_reason` is not 0, `pc`, `log10_pc`, `pc_max` and `scale_at_max` are nan.
    `pc_max` is the largest Pc over all factors on the combined covariance, and `scale_at_max` that
    factor.  `diluted`: the covariance is larger than that, so that knowing the orbits less well
    would lower Pc, and a low Pc is no comfort.  A miss inside the hard body has `pc_max` 1 at
    scale 0 (on its edge 1/2) and is not called diluted: there Pc falls with the covariance from
    the start.
    The geometry stands wherever it can be had, Pc or not; without a relative velocity `miss_km` is
    the distance of the states as given.
    `remediated`: the smaller variance in the encounter plane was below (1e-4 R)^2, perhaps
    negative, and was raised to it.  Principal axes: the larger sigma first, the miss without
    signs.
    """

    pc: Floats  # (n,)
    log10_pc: Floats  # (n,), finite where pc underflows
    pc_max: Floats  # (n,)
    scale_at_max: Floats  # (n,)
    diluted: NDArray[np.bool_]  # (n,)
    method: NDArray[np.int8]  # (n,), position in METHODS
    null_reason: NDArray[np.int8]  # (n,), position in NULLS
    remediated: NDArray[np.bool_]  # (n,)
    tca_offset_s: Floats  # (n,), from the states given to closest approach
    miss_km: Floats  # (n,)
    miss_plane_km: Floats  # (n, 2)
    sigma_plane_km: Floats  # (n, 2)

    def __len__(self) -> int:
        return len(self.pc)

    def methods(self) -> list[PcMethod]:
        """Return how each probability was calculated."""
        return [METHODS[code] for code in self.method.tolist()]

    def null_reasons(self) -> list[PcNull]:
        """Return why a probability is missing, "" where it is not."""
        return [NULLS[code] for code in self.null_reason.tolist()]

    def take(self, rows: Ints) -> CollisionAssessment:
        """Return the assessments at `rows`, in that order."""
        return CollisionAssessment(*(getattr(self, column.name)[rows] for column in fields(self)))


@QUIET
def assess(
    position1_km: ArrayLike,
    velocity1_km_s: ArrayLike,
    covariance1_km2: ArrayLike,
    position2_km: ArrayLike,
    velocity2_km_s: ArrayLike,
    covariance2_km2: ArrayLike,
    hard_body_radius_km: ArrayLike,
    *,
    resolve_tca: bool = True,
) -> CollisionAssessment:
    """
    Return the assessment of n pairs from states near closest approach and position covariances.

    States (n, 3) and covariances (n, 3, 3; upper triangles are read) in one inertial frame;
    combined hard-body radii (n,).  `resolve_tca` moves along straight lines to closest approach;
    without it the distance of the states as given is the miss, in the direction it has across the
    velocity. One object's covariance may be zero.  A radius of 0 has Pc 0 and log10 Pc -inf.
    A bad row comes back with a `null_reason`, and harms no other.  Relative error below 1e-8
    for Pc above 1e-160 (found: 2e-9), for the numbers as given; their own rounding may cost more.
    """
    columns = _columns(
        (position1_km, velocity1_km_s, covariance1_km2),
        (position2_km, velocity2_km_s, covariance2_km2),
        hard_body_radius_km,
    )
    radius = columns[-1]
    offset, small, large, variance_small, variance_large, clipped, _ = _planes(
        columns, resolve_tca=resolve_tca
    )
    pairs = (small, large, variance_small, variance_large, radius)
    ln_pc, method = log_probabilities(*pairs)
    null_reason = _null_reasons(columns, method)
    # Finite numbers so large that their squares are not.
    overflown = np.isnan(ln_pc) & (null_reason == NULLS.index(PcNull.NONE))
    null_reason[overflown] = NULLS.index(PcNull.STATE_NOT_FINITE)
    pc_max, scale = np.exp(ln_pc), np.full(len(radius), math.nan)
    rows = np.flatnonzero(ln_pc > -math.inf)
    ln_largest, scale[rows] = largest_probabilities(*(column[rows] for column in pairs))
    # The search stops within its tolerance; the value at scale 1 is one of those it must not miss.
    pc_max[rows] = np.exp(np.fmax(ln_largest, ln_pc[rows]))
    sigma = np.sqrt(np.column_stack([variance_large, variance_small]))
    return CollisionAssessment(
        pc=np.exp(ln_pc),
        log10_pc=ln_pc * LOG10_E,
        pc_max=pc_max,
        scale_at_max=scale,
        diluted=(scale > 0.0) & (scale < 1.0),
        method=method,
        null_reason=null_reason,
        remediated=clipped > 0.0,
        tca_offset_s=offset,
        miss_km=np.where(
            null_reason == NULLS.index(PcNull.NO_RELATIVE_VELOCITY),
            np.linalg.norm(columns[3] - columns[0], axis=1),
            np.hypot(small, large),
        ),
        # Without a covariance there are no principal axes.
        miss_plane_km=np.where(np.isnan(sigma), math.nan, np.abs(np.column_stack([large, small]))),
        sigma_plane_km=sigma,
    )


@QUIET
def collision_probability_of_states(
    position1_km: ArrayLike,
    velocity1_km_s: ArrayLike,
    covariance1_km2: ArrayLike,
    position2_km: ArrayLike,
    velocity2_km_s: ArrayLike,
    covariance2_km2: ArrayLike,
    hard_body_radius_km: ArrayLike,
    *,
    resolve_tca: bool = True,
) -> tuple[Floats, Floats]:
    """Return Pc and log10 Pc alone, as `assess` but many times faster; nan without reasons."""
    columns = _columns(
        (position1_km, velocity1_km_s, covariance1_km2),
        (position2_km, velocity2_km_s, covariance2_km2),
        hard_body_radius_km,
    )
    _, small, large, variance_small, variance_large, *_ = _planes(columns, resolve_tca=resolve_tca)
    ln_pc, _ = log_probabilities(small, large, variance_small, variance_large, columns[-1])
    return np.exp(ln_pc), ln_pc * LOG10_E


@QUIET
def pc_against_scale(
    miss_x: ArrayLike,
    miss_y: ArrayLike,
    sigma_x: ArrayLike,
    sigma_y: ArrayLike,
    hard_body_radius: ArrayLike,
    scale: ArrayLike,
) -> tuple[Floats, Floats]:
    """
    Return Pc and log10 Pc (n, m) of n pairs at m factors of the combined covariance.

    Arguments as `collision_probability`; the sigmas grow with the root of `scale`.
    """
    x, y, sigma_a, sigma_b, radius, factor = np.broadcast_arrays(
        *(
            np.atleast_1d(np.asarray(column, dtype=np.float64))[:, None]
            for column in (miss_x, miss_y, sigma_x, sigma_y, hard_body_radius)
        ),
        np.atleast_1d(np.asarray(scale, dtype=np.float64))[None, :],
    )
    swapped = sigma_a > sigma_b
    ln_pc, _ = log_probabilities(
        np.where(swapped, y, x).ravel(),
        np.where(swapped, x, y).ravel(),
        _variance(np.where(swapped, sigma_b, sigma_a), factor),
        _variance(np.where(swapped, sigma_a, sigma_b), factor),
        radius.ravel(),
    )
    ln_pc = ln_pc.reshape(factor.shape)
    return np.exp(ln_pc), ln_pc * LOG10_E


def collision_probability(
    miss_x: ArrayLike,
    miss_y: ArrayLike,
    sigma_x: ArrayLike,
    sigma_y: ArrayLike,
    hard_body_radius: ArrayLike,
) -> tuple[Floats, Floats]:
    """
    Return Pc and log10 Pc (n,) from miss and sigmas along the principal axes of the encounter
    plane.

    Any unit of length, the same for all; the axes in either order; scalars are broadcast.
    Relative error below 1e-12 for Pc from 1e-300 to 1; log10 Pc stays finite below.  nan where a
    sigma is not positive, the radius is negative, or a number is not finite; a radius of 0 has Pc
    0.
    """
    pc, log10_pc = pc_against_scale(miss_x, miss_y, sigma_x, sigma_y, hard_body_radius, 1.0)
    return pc[:, 0], log10_pc[:, 0]


def _columns(
    object1: tuple[ArrayLike, ...], object2: tuple[ArrayLike, ...], radius: ArrayLike
) -> tuple[Floats, ...]:
    """Return positions, velocities and covariances of both objects, then radii, shapes checked."""
    columns = tuple(
        np.ascontiguousarray(column, dtype=np.float64) for column in (*object1, *object2, radius)
    )
    n = columns[-1].size
    expected = [(n, 3), (n, 3), (n, 3, 3)] * 2 + [(n,)]
    found = [column.shape for column in columns]
    if found != expected:
        raise ValueError(
            "assessing pairs needs positions (n, 3), velocities (n, 3) and covariances (n, 3, 3) "
            f"of both objects and radii (n,), but found {found}"
        )
    return columns


def _variance(sigma: Floats, factor: Floats) -> Floats:
    """Return sigma^2 times the factor, nan unless the sigma is positive."""
    return np.where(sigma > 0.0, sigma * sigma * factor, math.nan).ravel()


def _planes(columns: tuple[Floats, ...], *, resolve_tca: bool) -> Floats:
    """Return the rows of `encounter_planes`, with all their digits."""
    plane = np.empty((7, len(columns[-1])))
    encounter_planes(*columns, plane)
    flat = np.flatnonzero(plane[6])
    if len(flat):
        project_flat_planes(flat, *columns, plane)
    if not resolve_tca:
        along = plane[0] * np.linalg.norm(columns[4] - columns[1], axis=1)
        across = np.hypot(plane[1], plane[2])
        distance = np.hypot(across, along)
        plane[1:3] *= distance / across
        # A miss without direction is laid where it lowers Pc least.
        aimless = across == 0.0
        plane[1, aimless], plane[2, aimless] = 0.0, distance[aimless]
        plane[0] = 0.0
    return plane


def _null_reasons(columns: tuple[Floats, ...], method: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return the first reason that holds for each pair without a method, 0 for the others."""
    position1, velocity1, covariance1, position2, velocity2, covariance2, radius = columns
    upper = (slice(None), *np.triu_indices(3))
    motion = np.hstack([position2 - position1, velocity2 - velocity1])
    speed = np.linalg.norm(motion[:, 3:], axis=1)
    combined = (covariance1 + covariance2)[upper]
    still = speed <= SAME_VELOCITY * np.abs(velocity1).sum(axis=1)
    reasons = (
        (PcNull.STATE_NOT_FINITE, ~np.isfinite(motion).all(axis=1)),
        (PcNull.NO_RADIUS, ~((radius >= 0.0) & (radius < math.inf))),
        (PcNull.NO_RELATIVE_VELOCITY, still),
        (PcNull.NO_COVARIANCE, ~np.isfinite(combined).all(axis=1)),
    )
    code = np.select(
        [holds for _, holds in reasons],
        [NULLS.index(reason) for reason, _ in reasons],
        NULLS.index(PcNull.COVARIANCE_NOT_POSITIVE),
    )
    return np.where(method > 0, 0, code).astype(np.int8)
