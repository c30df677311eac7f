"""
The whole ladder on encounters as they occur, and the rate of two-body trials; CPU times, one core.

One in twenty of the pairs pass slowly, so that they climb to the third rung.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.collision import encounters
from bench.figure import Figure, Unit
from bench.process import cpu_seconds
from commonsky.assess.ladder import climb
from commonsky.assess.monte_carlo import trial
from commonsky.assess.pairs import pairs_of
from commonsky.astro.arrays import Floats

PAIRS = 1000
SLOW_SHARE = 0.05
TRIALS = 200_000
VELOCITY_PER_POSITION_S = 1e-3


def with_velocities(covariance: Floats) -> Floats:
    """Return (n, 6, 6): errors of velocity a thousandth of those of position, per second."""
    full = np.zeros((len(covariance), 6, 6))
    full[:, :3, :3] = covariance
    full[:, 3:, 3:] = covariance * VELOCITY_PER_POSITION_S**2
    return full


def measure() -> Iterator[Figure]:
    """Yield the time of the ladder on 1,000 pairs and the rate of trials."""
    r1, v1, c1, r2, v2, c2, radius = encounters(PAIRS)
    c1, c2 = with_velocities(c1), with_velocities(c2)
    slow = int(PAIRS * SLOW_SHARE)
    v2[:slow] = v1[:slow] + np.random.default_rng(1).normal(0.0, 0.05, (slow, 3))
    one = pairs_of((r1[-1:], v1[-1:], c1[-1:]), (r2[-1:], v2[-1:], c2[-1:]), radius[-1:])
    ladder_s, trials_s = cpu_seconds(
        lambda: climb(r1, v1, c1, r2, v2, c2, radius),
        lambda: trial(one, 0, 0.0, 600.0, TRIALS, 1, aimed=False),
        rounds=2,
    )
    yield Figure(
        f"the ladder on {PAIRS:,} encounters, {SLOW_SHARE:.0%} of them slow",
        ladder_s, Unit.S, 10.0, 2.0, "2-D Pc, 2-D Nc, and 3-D Nc where it is needed",
    )  # fmt: skip
    yield Figure(
        "two-body trials per core", TRIALS / trials_s, Unit.RECORDS_PER_S, 1e6, 5e6,
        f"{TRIALS:,} trials of one fast encounter",
    )  # fmt: skip


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
