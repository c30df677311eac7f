"""
Why two solutions of one object contradict each other: one is old, or the object manoeuvred.

Both make an offset along the orbit that grows with age.  What tells them apart are the other
elements, and the times of the last observations:

- Air that the older solution did not foresee changes the mean motion all along since its last
  observation, and the eccentricity hardly (on orbits that are not circular, along its own apsis).
  The offset along the orbit is then the change of mean motion times a part of its age.
- A burn changes the eccentricity as much as the mean motion, or turns the plane, at one instant
  between the last observations of the two; the offset is the change times the age of the burn.

Each is fitted to the difference of elements by least squares, weighted by both covariances, with
priors of what air and engines do; a third explanation is that the covariances are too small.  Of
those that fit the one with the largest evidence is taken: the likelihood, less what its
parameters could have fitted anyway.  Two solutions of one age that contradict each other are
wrong by more than they say, and nothing here tells which.

Reference: King-Hele (1964), Theory of Satellite Orbits in an Atmosphere, for the ratio of the
changes of eccentricity and axis in an exponential atmosphere, here for small eccentricities.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonsky.assess.common_epoch import moved
from commonsky.assess.consistency import chi_square_beyond
from commonsky.assess.two_body import GM_KM3_S2
from commonsky.astro.arrays import Floats

QUIET = np.errstate(all="ignore")
DAY_S = 86400.0
EARTH_RADIUS_KM = 6378.137
# Solutions whose last observations are nearer than a quarter of a day foresaw the same air.
LEAST_STALE_DAYS = 0.25
# An explanation is taken if chance alone would fit it worse so often.
FITS = 1e-3
# Where in its age the older solution went wrong, in parts: half, if its drag was wrong throughout.
PART, PART_SIGMA = 0.5, 0.3
EARLIEST, LATEST = -0.25, 1.25
SEEN_SIGMAS = 3.0  # of the change of mean motion; below, there is no part to be told
ECCENTRICITY_SIGMA = 0.7  # of what the fit of the atmosphere gets wrong, in parts
# Sigmas ten times too small are the worst that is taken for a wrong covariance.
MOST_SCALE = 100.0
# Density at 400 km near the solar maximum, its fall with height, and an area to mass of light
# debris with a drag coefficient: round numbers for what no drag exceeds.
DENSITY_KG_M3, HEIGHT_KM, SCALE_KM = 1e-11, 400.0, 70.0
AREA_OF_MASS_M2_KG = 0.1
DRAG_SIGMA = 0.1  # of that, what is not foreseen
# Burns of avoidance and station keeping are of cm/s to m/s.
DELTA_V_KM_S, MOST_DELTA_V_KM_S = 3e-4, 0.05
TIMES_TRIED = 4.0  # twice ln of how many times of burns could have been told apart
PHASES = 120  # of a revolution, at which burns are tried
ROWS_AT_ONCE = 256
TINY, FREE = 1e-12, 10.0


class Cause(IntEnum):
    """Why two solutions of one object contradict each other."""

    NONE = 0  # they do not
    UNEXPLAINED = 1
    AGE_NOT_TOLD = 2
    STALE = 3
    MANOEUVRE = 4


EXPLAINED = np.array([Cause.UNEXPLAINED, Cause.STALE, Cause.MANOEUVRE], np.int8)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was fitted to the difference of an older and a newer solution, (n,) each."""

    cause: NDArray[np.int8]  # Cause
    axis_km: Floats  # semi-major axis, newer minus older
    axis_sigmas: Floats  # the same, in its own sigmas
    drag_p: Floats  # p-value of unforeseen drag
    drag_part: Floats  # where in its age the older went wrong, by the offset along the orbit
    burn_p: Floats  # p-value of one burn between
    delta_v_km_s: Floats
    burn_days: Floats  # before the common epoch
    cost: (
        Floats  # (n, 3), of `EXPLAINED`: minus twice the log of the evidence, inf for what is not
    )

    def __len__(self) -> int:
        return len(self.cause)


@QUIET
def explained(
    older: tuple[Floats, Floats], newer: tuple[Floats, Floats],
    age_days: tuple[Floats, Floats], may_manoeuvre: NDArray[np.bool_],
) -> Explanation:  # fmt: skip
    """
    Return why elements (n, 6) of older and newer solutions, with covariances, differ as they do.

    Ages (n,) are from the last observations to the epoch of the elements, the older first.  Rows
    without elements or ages are not explained.
    """
    difference, covariance = newer[0] - older[0], newer[1] + older[1]
    sound = np.isfinite(difference).all(1) & np.isfinite(covariance).all((1, 2))
    sound &= (np.einsum("nii->ni", covariance) > 0.0).all(1)
    told = np.isfinite(age_days[0]) & np.isfinite(age_days[1])
    n, motion = len(difference), newer[0][:, 0]
    per_motion_km = -2.0 / 3.0 * (GM_KM3_S2 / motion**2) ** (1.0 / 3.0) / motion
    sigmas = np.abs(difference[:, 0]) / np.sqrt(covariance[:, 0, 0])
    rows = np.flatnonzero(sound & told & (age_days[0] > age_days[1]))
    root = _inverse_root(covariance[rows])
    given = _Given(
        newer[0][rows], np.einsum("nij,nj->ni", root, difference[rows]), root,
        age_days[0][rows] * DAY_S, age_days[1][rows] * DAY_S, per_motion_km[rows],
        sigmas[rows] > SEEN_SIGMAS,
    )  # fmt: skip
    drag, burn = _drag(given), _burn(given)
    cost = np.full((n, 3), [0.0, np.inf, np.inf])
    cost[rows, 0] = _cost_of_scale((given.whitened**2).sum(1))
    cost[rows, 1] = np.where(_drag_may_be(given, drag), drag.cost, np.inf)
    by_burn = (burn.p > FITS) & (burn.size <= MOST_DELTA_V_KM_S) & may_manoeuvre[rows]
    cost[rows, 2] = np.where(by_burn, burn.cost, np.inf)
    cause = np.where(told, EXPLAINED[np.argmin(cost, axis=1)], Cause.AGE_NOT_TOLD).astype(np.int8)
    fits = np.full((5, n), np.nan)
    fits[:, rows] = drag.p, np.where(given.seen, drag.when, np.nan), burn.p, burn.size, burn.when
    return Explanation(
        cause, per_motion_km * difference[:, 0], sigmas, fits[0], fits[1], fits[2], fits[3],
        fits[4], cost,
    )  # fmt: skip


def most_drag_km(elements: Floats, age_days: Floats) -> Floats:
    """(n,) how far drag may change the semi-major axis within an age, at the height of perigee."""
    motion, eccentricity = elements[:, 0], np.hypot(elements[:, 1], elements[:, 2])
    axis_km = (GM_KM3_S2 / motion**2) ** (1.0 / 3.0)
    height_km = axis_km * (1.0 - eccentricity) - EARTH_RADIUS_KM
    density = DENSITY_KG_M3 * np.exp((HEIGHT_KM - height_km) / SCALE_KM)
    # da/dt = -rho (Cd A/m) sqrt(GM a); the density times area to mass is in 1/m.
    rate_km_s = density * AREA_OF_MASS_M2_KG * np.sqrt(GM_KM3_S2 * axis_km) * 1e3
    return np.asarray(rate_km_s * DAY_S * np.maximum(age_days, 1.0))


def _inverse_root(covariance: Floats) -> Floats:
    """(n, 6, 6) matrices that make errors independent, each of variance 1."""
    sigma = np.sqrt(np.einsum("nii->ni", covariance))
    value, vector = np.linalg.eigh(covariance / sigma[:, :, None] / sigma[:, None, :])
    # Rounding must not make a direction surer than it can be.
    value = np.maximum(value, 1e-12)
    return np.asarray(np.swapaxes(vector / np.sqrt(value)[:, None, :], 1, 2) / sigma[:, None, :])


class _Given(NamedTuple):
    """Differences to be explained, made independent by `root`, and the newer elements."""

    elements: Floats
    whitened: Floats
    root: Floats
    older_s: Floats
    newer_s: Floats
    per_motion_km: Floats  # of semi-major axis
    seen: NDArray[np.bool_]  # the change of mean motion is beyond its errors

    def rows(self, some: slice) -> _Given:
        return _Given(
            self.elements[some], self.whitened[some], self.root[some], self.older_s[some],
            self.newer_s[some], self.per_motion_km[some], self.seen[some],
        )  # fmt: skip


class _Fit(NamedTuple):
    """A fitted explanation; `cost` is minus twice the log of its evidence."""

    cost: Floats
    p: Floats
    size: Floats  # change of mean motion, or of velocity
    when: Floats


def _cost_of_scale(square: Floats) -> Floats:
    """(n,) minus twice the log of how likely a distance is if the covariances are too small."""
    scale = np.clip(square / 6.0, 1.0, MOST_SCALE)
    return np.asarray(6.0 * np.log(scale) + square / scale)


def _drag_may_be(given: _Given, drag: _Fit) -> NDArray[np.bool_]:
    """(n,) whether drag fits, and its size and time are such as drag has."""
    limit_km = most_drag_km(given.elements, given.older_s / DAY_S)
    may = (drag.p > FITS) & (np.abs(drag.size * given.per_motion_km) <= limit_km)
    may &= ~given.seen | ((drag.when > EARLIEST) & (drag.when < LATEST))
    return np.asarray(may & (given.older_s - given.newer_s >= LEAST_STALE_DAYS * DAY_S))


def _drag(given: _Given) -> _Fit:
    """Fit a change of mean motion, of eccentricity with it, and the offset along the orbit."""
    n, h, k = given.elements[:, 0], given.elements[:, 1], given.elements[:, 2]
    limit_km = most_drag_km(given.elements, given.older_s / DAY_S)
    motion_sigma = np.abs(DRAG_SIGMA * limit_km / given.per_motion_km)
    eccentricity = np.hypot(h, k)
    in_scales = (GM_KM3_S2 / n**2) ** (1.0 / 3.0) * eccentricity / SCALE_KM
    # I1/I0, the ratio of Bessel functions, within 6 % of this; times da/a = -2/3 dn/n.
    along = -2.0 / 3.0 / n * in_scales / np.sqrt(4.0 + in_scales**2)
    basis = np.zeros((len(n), 6, 3))
    basis[:, 0, 0] = basis[:, 5, 1] = 1.0
    basis[:, 5, 0] = PART * given.older_s
    basis[:, 1:3, 2] = np.stack([h, k], 1) / np.maximum(eccentricity, TINY)[:, None]
    basis[:, 1:3, 0] = along[:, None] * basis[:, 1:3, 2]
    sigma = np.stack([
        motion_sigma, PART_SIGMA * given.older_s * motion_sigma,
        ECCENTRICITY_SIGMA * np.abs(along) * motion_sigma + TINY,
    ], 1)  # fmt: skip
    cost, square, found = _least_squares(given.root @ basis, given.whitened, sigma)
    part = PART + found[:, 1] / found[:, 0] / given.older_s
    return _Fit(cost, chi_square_beyond(square, 4), found[:, 0], part)


def _burn(given: _Given) -> _Fit:
    """Fit the best burn between the last observations; `when` in days before the epoch."""
    starts = range(0, max(len(given.elements), 1), ROWS_AT_ONCE)
    parts = [_burn_of_part(given.rows(slice(at, at + ROWS_AT_ONCE))) for at in starts]
    return _Fit(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _burn_of_part(given: _Given) -> _Fit:
    m = len(given.elements)
    back = np.arange(PHASES) / PHASES * (2.0 * np.pi / given.elements[:, :1])
    _, partials = moved(np.repeat(given.elements, PHASES, axis=0), -back.ravel())
    by_velocity = np.asarray(
        np.linalg.inv(partials)[:, :, 3:].reshape(m, PHASES, 6, 3), np.float64
    )
    target = np.broadcast_to(given.whitened[:, None], (m, PHASES, 6))
    low, high = given.newer_s[:, None], given.older_s[:, None]
    times = [low + part * (high - low) + 0.0 * back for part in (0.0, 0.5, 1.0)]
    times.append(np.clip(_burn_times(given, by_velocity, back), low, high))
    tried: list[tuple[Floats, ...]] = []
    for when in times:
        dated = by_velocity.copy()
        dated[:, :, 5] += by_velocity[:, :, 0] * (when - back)[:, :, None]
        cost, square, found = _least_squares(
            given.root[:, None] @ dated, target, np.full(3, DELTA_V_KM_S)
        )
        tried.append((cost, square, np.linalg.norm(found, axis=2), when))
    columns = [np.concatenate(one, 1) for one in zip(*tried, strict=True)]
    best = np.argmin(columns[0], axis=1)
    cost, square, size, at = (column[np.arange(m), best] for column in columns)
    return _Fit(cost + TIMES_TRIED, chi_square_beyond(square, 2), size, at / DAY_S)


def _burn_times(given: _Given, by_velocity: Floats, back: Floats) -> Floats:
    """(m, phases) seconds before the epoch at which burns fit best, from the offset they left."""
    slip = np.zeros((*by_velocity.shape[:3], 1))
    slip[:, :, 5] = 1.0
    basis = given.root[:, None] @ np.concatenate([by_velocity, slip], 3)
    target = np.broadcast_to(given.whitened[:, None], basis.shape[:3])
    sigma = np.array([DELTA_V_KM_S] * 3 + [FREE])
    _, _, found = _least_squares(basis, target, sigma)
    change = np.einsum("mpj,mpj->mp", by_velocity[:, :, 0], found[:, :, :3])
    at = back + found[:, :, 3] / change
    return np.where(np.isfinite(at), at, given.newer_s[:, None])


def _least_squares(basis: Floats, target: Floats, sigma: Floats) -> tuple[Floats, Floats, Floats]:
    """
    Return minus twice the log of the evidence (...), squared misfits, and parameters (..., j).

    Bases (..., 6, j), targets (..., 6), prior sigmas of the parameters (..., j).
    """
    unit = basis * sigma[..., None, :]
    turned = np.swapaxes(unit, -1, -2)
    normal = turned @ unit + np.eye(basis.shape[-1])
    found = np.linalg.solve(normal, turned @ target[..., None])[..., 0]
    misfit = target - np.einsum("...ij,...j->...i", unit, found)
    square = (misfit**2).sum(-1)
    cost = square + (found**2).sum(-1) + np.linalg.slogdet(normal)[1]
    return cost, square, found * sigma
