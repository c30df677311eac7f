"""
Pc from states and covariances: our kernel against the 64-node quadrature that NASA CARA defaults
to.

Both take the same projection and run in one thread of the same numba; times are CPU times.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from bench.figure import Figure, Unit
from bench.process import cpu_seconds
from commonsky.assess.collision import (
    METHODS,
    PcMethod,
    assess,
    collision_probability_of_states,
)
from commonsky.assess.encounter_plane import encounter_plane
from commonsky.astro.arrays import Floats
from commonsky.astro.kernels import kernel

PAIRS = 100_000
NODES = 64
ROUNDS = 7
_ANGLES = np.pi * np.arange(1, NODES + 1) / (NODES + 1)
COSINES, SINES = np.cos(_ANGLES), np.sin(_ANGLES)
WEIGHT = np.pi / (NODES + 1)


@kernel(fastmath={"contract"})
def gauss_chebyshev(
    position1: Floats, velocity1: Floats, covariance1: Floats,
    position2: Floats, velocity2: Floats, covariance2: Floats,
    radius: Floats, pc: Floats,
) -> None:  # fmt: skip
    """Integrate over the larger axis by Gauss-Chebyshev nodes, with error functions across."""
    for i in range(radius.shape[0]):
        _, _, small, large, variance_small, variance_large, _, _ = encounter_plane(
            position2[i, 0] - position1[i, 0],
            position2[i, 1] - position1[i, 1],
            position2[i, 2] - position1[i, 2],
            velocity2[i, 0] - velocity1[i, 0],
            velocity2[i, 1] - velocity1[i, 1],
            velocity2[i, 2] - velocity1[i, 2],
            covariance1[i, 0, 0] + covariance2[i, 0, 0],
            covariance1[i, 0, 1] + covariance2[i, 0, 1],
            covariance1[i, 0, 2] + covariance2[i, 0, 2],
            covariance1[i, 1, 1] + covariance2[i, 1, 1],
            covariance1[i, 1, 2] + covariance2[i, 1, 2],
            covariance1[i, 2, 2] + covariance2[i, 2, 2],
            radius[i],
        )
        per_x, per_y = math.sqrt(0.5 / variance_large), math.sqrt(0.5 / variance_small)
        y = abs(small)
        total = 0.0
        for k in range(NODES):
            h = radius[i] * SINES[k]
            x = (radius[i] * COSINES[k] - large) * per_x
            across = math.erfc((y - h) * per_y) - math.erfc((y + h) * per_y)
            total += h * math.exp(-x * x) * across
        pc[i] = WEIGHT * total * per_x * 0.5 / math.sqrt(math.pi)


def encounters(n: int, seed: int = 7) -> tuple[Floats, ...]:
    """
    Return n fast encounters in low orbit with miss, sigmas and radii as they occur in operations.
    """
    rng = np.random.default_rng(seed)

    def directions() -> Floats:
        vectors = rng.normal(size=(n, 3))
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def covariances(up: Floats, along: Floats) -> Floats:
        axes = np.stack([up, along, np.cross(up, along)], axis=1)
        in_track_km = 10.0 ** rng.uniform(-2.0, 0.5, n)
        sigma_km = np.stack(
            [0.1 * in_track_km + 0.005, in_track_km, 0.05 * in_track_km + 0.005], 1
        )
        return np.einsum("nki,nk,nkj->nij", axes, sigma_km**2, axes)

    def across(up: Floats) -> Floats:
        sideways = np.cross(up, directions())
        return sideways / np.linalg.norm(sideways, axis=1, keepdims=True)

    up = directions()
    along1, along2 = across(up), across(up)
    position1 = up * rng.uniform(6900.0, 7600.0, (n, 1))
    velocity1, velocity2 = 7.5 * along1, 7.5 * along2
    covariance1, covariance2 = covariances(up, along1), covariances(up, along2)
    errors = rng.normal(size=(n, 3)) * rng.uniform(0.0, 3.0, (n, 1))
    total = np.linalg.cholesky(covariance1 + covariance2)
    position2 = position1 + np.einsum("nij,nj->ni", total, errors)
    radius_km = 10.0 ** rng.uniform(-3.0, -1.5, n)
    columns = (position1, velocity1, covariance1, position2, velocity2, covariance2, radius_km)
    return tuple(np.ascontiguousarray(column) for column in columns)


def measure() -> Iterator[Figure]:
    """Yield the rate of Pc and log Pc from states as a ratio to the peer's."""
    pairs = encounters(PAIRS)
    peer = np.empty(PAIRS)
    peer_s, ours_s, full_s = cpu_seconds(
        lambda: gauss_chebyshev(*pairs, peer),
        lambda: collision_probability_of_states(*pairs),
        lambda: assess(*pairs),
        rounds=ROUNDS,
    )
    ours = collision_probability_of_states(*pairs)[0]
    full = assess(*pairs)
    seen = ours > 1e-30
    off = float(np.max(np.abs(peer[seen] / ours[seen] - 1.0)))
    series = float(np.mean(full.method == METHODS.index(PcMethod.SERIES)))
    yield Figure(
        "Pc and log Pc from states and covariances, per core, against 64-node quadrature",
        peer_s / ours_s, Unit.TIMES_FASTER, 10.0, 15.0,
        f"{PAIRS:,} pairs; {PAIRS / ours_s / 1e6:.1f} against {PAIRS / peer_s / 1e6:.2f} "
        f"million/s ({PAIRS / full_s / 1e6:.2f} with maximum and dilution); "
        f"{series:.0%} by series; largest difference {off:.1g} of Pc",
    )  # fmt: skip


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
