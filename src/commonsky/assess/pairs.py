"""Pairs as the ladder climbs with them: states, errors in elements, and what both share."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from commonsky.assess.two_body import elements_of_states, partials_at_epoch, turned_frames
from commonsky.astro.arrays import Floats

NEGATIVE = -1e-9  # an eigenvalue of a correlation matrix, beyond rounding


@dataclass(frozen=True, slots=True)
class Pairs:
    """
    n pairs in one inertial frame, km and km/s.

    `full`: errors of velocity are told wherever errors of position are.  `shared1`, `shared2`
    (n, 6): what one sigma of an error that both objects share does to either state.  `spread1`,
    `spread2` (n, 7, 6): covariances of the elements with the shared part behind them, as
    `meeting.overlap` has them.
    """

    position1_km: Floats
    velocity1_km_s: Floats
    covariance1: Floats
    position2_km: Floats
    velocity2_km_s: Floats
    covariance2: Floats
    hard_body_radius_km: Floats
    shared1: Floats
    shared2: Floats
    full: NDArray[np.bool_]
    elements1: Floats  # (n, 6)
    spread1: Floats
    elements2: Floats
    spread2: Floats
    clipped: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.hard_body_radius_km)

    @property
    def combined_km2(self) -> Floats:
        """The covariance (n, 3, 3) of the relative position."""
        cross = self.shared1[:, :3, None] * self.shared2[:, None, :3]
        both = self.covariance1[:, :3, :3] + self.covariance2[:, :3, :3]
        return np.asarray(both - cross - cross.transpose(0, 2, 1))

    @property
    def speed_km_s(self) -> Floats:
        """How fast they pass (n,)."""
        return np.asarray(np.linalg.norm(self.velocity2_km_s - self.velocity1_km_s, axis=1))

    @property
    def period_s(self) -> Floats:
        """The shorter of their periods (n,), nan where one is no ellipse."""
        return np.asarray(2.0 * np.pi / np.maximum(self.elements1[:, 0], self.elements2[:, 0]))

    @property
    def elliptic(self) -> NDArray[np.bool_]:
        """Whether both have elements, and errors of them."""
        good = np.isfinite(self.elements1 + self.elements2).all(1)
        return np.asarray(good & np.isfinite(self.spread1 + self.spread2).all((1, 2)))


@np.errstate(all="ignore")
def pairs_of(
    first: tuple[ArrayLike, ArrayLike, ArrayLike],
    second: tuple[ArrayLike, ArrayLike, ArrayLike],
    hard_body_radius_km: ArrayLike,
    shared: tuple[ArrayLike, ArrayLike] | None = None,
) -> Pairs:
    """
    Return pairs of position (n, 3), velocity (n, 3) and covariance (n, 6, 6) or (n, 3, 3) each.

    Of covariances the lower triangles are read, as messages carry them.
    """
    radius = np.ascontiguousarray(hard_body_radius_km, np.float64)
    n = len(radius)
    states, covariances, full = [], [], np.ones(n, np.bool_)
    for position, velocity, covariance in (first, second):
        states += [np.ascontiguousarray(a, np.float64) for a in (position, velocity)]
        given = np.asarray(covariance, np.float64)
        _check(given, n)
        covariances.append(of_lower_triangle(padded(given)))
        variance = np.diagonal(covariances[-1], axis1=1, axis2=2)
        full &= (variance[:, 3:] != 0.0).any(1) | (variance == 0.0).all(1)
    none = np.zeros((n, 6))
    share1, share2 = (np.asarray(a, np.float64) for a in shared or (none, none))
    r1, v1, r2, v2 = states
    frames = turned_frames(r1, v1, r2, v2)
    e1, s1, bad1 = in_elements(frames, r1, v1, covariances[0], share1)
    e2, s2, bad2 = in_elements(frames, r2, v2, covariances[1], share2)
    return Pairs(
        r1, v1, covariances[0], r2, v2, covariances[1], radius,
        share1, share2, full, e1, s1, e2, s2, bad1 | bad2,
    )  # fmt: skip


@np.errstate(all="ignore")
def in_elements(
    frames: Floats, position: Floats, velocity: Floats, covariance: Floats, shared: Floats
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """
    Return elements (n, 6), covariances with the shared part (n, 7, 6), and which were clipped.

    Clipping sets the negative eigenvalues of the correlation matrix to zero; those within
    rounding are not counted as clipped.
    """
    sound_covariance, clipped = clip(covariance)
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
    spread = np.empty((len(position), 7, 6))
    spread[:, :6] = mapped @ sound_covariance @ mapped.transpose(0, 2, 1)
    spread[:, :6] = 0.5 * (spread[:, :6] + spread[:, :6].transpose(0, 2, 1))
    spread[:, 6] = np.einsum("nij,nj->ni", mapped, shared)
    spread[~sound] = math.nan
    return element, spread, clipped


def of_lower_triangle(covariance: Floats) -> Floats:
    """Return covariances (n, k, k) with the upper triangle as the lower."""
    lower = np.tril(covariance)
    return np.asarray(lower + np.tril(covariance, -1).transpose(0, 2, 1))


def padded(covariance: Floats) -> Floats:
    """Return (n, 6, 6), zeros where nothing is said of velocities."""
    out = np.zeros((len(covariance), 6, 6))
    out[:, : covariance.shape[1], : covariance.shape[1]] = covariance
    return out


@np.errstate(all="ignore")
def clip(covariance: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return covariances (n, k, k) without negative eigenvalues, and which had some."""
    sigma = np.sqrt(np.maximum(np.diagonal(covariance, axis1=1, axis2=2), 0.0))
    scale = np.where(sigma > 0.0, sigma, 1.0)
    scaled = covariance / (scale[:, :, None] * scale[:, None, :])
    # Variances so small beside covariances that they divide to infinity are none.
    sound: NDArray[np.bool_] = np.asarray(np.isfinite(scaled).all((1, 2)))
    values, vectors = np.linalg.eigh(np.where(sound[:, None, None], scaled, 0.0))
    bad: NDArray[np.bool_] = np.asarray(sound & (values[:, 0] < NEGATIVE))
    if not bad.any():
        return covariance, bad
    better = np.einsum("nij,nj,nkj->nik", vectors, np.maximum(values, 0.0), vectors)
    better *= scale[:, :, None] * scale[:, None, :]
    return np.where(bad[:, None, None], better, covariance), bad


def _check(covariance: Floats, n: int) -> None:
    if covariance.shape not in {(n, 3, 3), (n, 6, 6)}:
        raise ValueError(
            f"a pair needs covariances ({n}, 6, 6) or ({n}, 3, 3), but found {covariance.shape}"
        )
