"""
Simulated encounters whose truth is known, to see whether issued probabilities come true.

The truth of the miss is spread evenly over the encounter plane; what is issued is an estimate with
Gaussian errors of the covariance that it states.  Collisions are rare, so that truths inside the
hard body are drawn by themselves and weighed by its area; the others are drawn where their
estimates may have a probability worth issuing, and weighed by the density they are drawn with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonsky.assess.ladder import Ladder, climb
from commonsky.astro.arrays import Floats

RADIUS_KM = 0.010
GM_KM3_S2 = 398600.4415


@dataclass(frozen=True, slots=True)
class Issued:
    """What was issued of n encounters, and whether their truth is a collision or anything."""

    ladder: Ladder
    weight_km2: Floats  # (n,), of the plane that each stands for

    def hits(self, low: float, high: float) -> tuple[float, float]:
        """Return the weight of those issued between, in km^2, and its standard error."""
        inside = (self.ladder.pc >= low) & (self.ladder.pc < high)
        return _mean(np.where(inside, self.weight_km2, 0.0))

    def expected(self, low: float, high: float) -> tuple[float, float]:
        """Return the weight of those issued between times their Pc, and its standard error."""
        inside = (self.ladder.pc >= low) & (self.ladder.pc < high)
        return _mean(np.where(inside, self.ladder.pc * self.weight_km2, 0.0))


def _mean(value: Floats) -> tuple[float, float]:
    return float(value.mean()), float(value.std() / np.sqrt(len(value)))


def issued(n: int, seed: int, *, colliding: bool, overconfident: float = 1.0) -> Issued:
    """
    Return what is issued of n encounters: of truths inside the hard body, or of all.

    `overconfident` divides the sigmas that are issued, and not those of the errors.
    """
    rng = np.random.default_rng(seed)
    r1, v1, v2, sigma1, sigma2 = _geometry(n, rng)
    across = _axes(v2 - v1)
    turns = [_rtn(position, velocity) for position, velocity in ((r1, v1), (r1, v2))]
    true = [
        turn.transpose(0, 2, 1) @ (turn * (sigma**2)[:, :, None])
        for turn, sigma in zip(turns, (sigma1, sigma2), strict=True)
    ]
    if colliding:
        weight = np.full(n, np.pi * RADIUS_KM**2)
        distance, angle = RADIUS_KM * np.sqrt(rng.uniform(size=n)), rng.uniform(0, 2 * np.pi, n)
        miss = distance[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
    else:
        # Twice the covariance of the errors: where an estimate of it may lie near nothing.
        spread = 2.0 * across @ (true[0] + true[1])[:, :3, :3] @ across.transpose(0, 2, 1)
        draw = rng.normal(size=(n, 2))
        miss = np.einsum("nij,nj->ni", np.linalg.cholesky(spread), draw)
        weight = 2.0 * np.pi * np.sqrt(np.linalg.det(spread)) * np.exp(0.5 * (draw**2).sum(1))
    r2 = r1 + np.einsum("nij,ni->nj", across, miss)
    estimates = []
    for position, velocity, sigma, turn, covariance in zip(
        (r1, r2), (v1, v2), (sigma1, sigma2), turns, true, strict=True
    ):
        error = np.einsum("nji,nj->ni", turn, rng.normal(size=(n, 6)) * sigma)
        state = np.hstack([position, velocity]) + error
        estimates.append((state[:, :3], state[:, 3:], covariance / overconfident**2))
    return Issued(climb(*estimates[0], *estimates[1], np.full(n, RADIUS_KM)), weight)


def ratio(inside: Issued, everything: Issued, low: float, high: float) -> tuple[float, float]:
    """Return collisions for each one issued between the limits, and its standard error."""
    hits, hits_error = inside.hits(low, high)
    told, told_error = everything.expected(low, high)
    found = hits / told
    return found, found * float(np.hypot(hits_error / hits, told_error / told))


def _geometry(n: int, rng: np.random.Generator) -> tuple[Floats, ...]:
    """States of object 1, velocities of object 2, and sigmas of both on RTN axes (n, 6)."""
    r1 = np.tile([7000.0, 0.0, 0.0], (n, 1))
    speed = np.sqrt(GM_KM3_S2 / 7000.0)
    v1 = np.tile([0.0, speed, 0.0], (n, 1))
    angle = rng.uniform(0.3, 3.0, n)
    v2 = speed * np.stack([rng.normal(0, 0.01, n), np.cos(angle), np.sin(angle)], 1)
    sigmas = []
    for _ in range(2):
        in_track = 10.0 ** rng.uniform(-1.3, -0.1, n)
        small = 10.0 ** rng.uniform(-2.0, -1.2, (n, 2))
        # What makes an object late makes it high: velocities err by the mean motion times that.
        motion = speed / 7000.0
        sigmas.append(
            np.stack(
                [
                    small[:, 0],
                    in_track,
                    small[:, 1],
                    motion * in_track * 0.2,
                    motion * small[:, 0] * 0.2,
                    motion * small[:, 1],
                ],
                1,
            )
        )
    return r1, v1, v2, sigmas[0], sigmas[1]


def _axes(velocity: Floats) -> Floats:
    """Two unit vectors (n, 2, 3) across a velocity."""
    forward = velocity / np.linalg.norm(velocity, axis=1)[:, None]
    first = np.cross(forward, np.array([1.0, 0.0, 0.0]))
    first /= np.linalg.norm(first, axis=1)[:, None]
    return np.stack([first, np.cross(forward, first)], 1)


def _rtn(position: Floats, velocity: Floats) -> Floats:
    """Rotations (n, 6, 6) of states to RTN."""
    radial = position / np.linalg.norm(position, axis=1)[:, None]
    normal = np.cross(position, velocity)
    normal /= np.linalg.norm(normal, axis=1)[:, None]
    axes = np.stack([radial, np.cross(normal, radial), normal], 1)
    both = np.zeros((len(position), 6, 6))
    both[:, :3, :3] = both[:, 3:, 3:] = axes
    return both
