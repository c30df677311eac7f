"""
Mean and tail of what runs foretell: how many collisions and fragments, and how bad it may get.

Within one run collisions come as a Poisson process whose rate the run knows without chance.  So
the number of them over all futures is a mixture of Poisson numbers, one for each run, and the
number of fragments a mixture of compound ones, whose sizes are those of the run's weighted virtual
collisions.  The mean over runs of rates has far less noise than a count of what happened, and
the tail needs no run in which the worst came true.

Reference: weighted collisions and value at risk after Zucchelli, Jang, Linares (2025), arXiv
2503.07904; the mixture is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.environment.evolve import Run

_DRAWS = 20_000


@dataclass(frozen=True, slots=True)
class Outlook:
    """
    A number that is not known, over all runs: mean, its standard error, and quantiles.

    `value_at_risk` is what is not exceeded with a probability of `level`; `shortfall` is the mean
    of what is at or beyond it.
    """

    mean: float
    standard_error: float
    median: float
    level: float
    value_at_risk: float
    shortfall: float


def outlook_of_collisions(
    runs: Sequence[Run], rng: np.random.Generator, *, level: float = 0.95
) -> Outlook:
    """Return the outlook for the number of catastrophic collisions in all the years."""
    rates = np.array([float(run.catastrophic.sum()) for run in runs])
    drawn = rng.poisson(np.repeat(rates, _per_run(runs))).astype(np.float64)
    return _outlook(rates, drawn, level)


def outlook_of_fragments(
    runs: Sequence[Run], rng: np.random.Generator, *, level: float = 0.95
) -> Outlook:
    """Return the outlook for the number of fragments that collisions leave, decayed ones too."""
    means, parts = [], []
    for run in runs:
        weight, pieces = run.virtual[:, 1], run.virtual[:, 2]
        total = float(weight.sum())
        means.append(float(weight @ pieces))
        count = rng.poisson(total, _per_run(runs))
        if total > 0.0:
            chosen = rng.choice(pieces, int(count.sum()), p=weight / total)
        else:
            chosen = np.zeros(0)
        owner = np.repeat(np.arange(len(count)), count)
        parts.append(np.bincount(owner, chosen, minlength=len(count)))
    return _outlook(np.array(means), np.concatenate(parts), level)


def _per_run(runs: Sequence[Run]) -> int:
    if not runs:
        raise ValueError("an outlook needs one run or more, not none")
    return max(_DRAWS // len(runs), 200)


def _outlook(means: Floats, drawn: Floats, level: float) -> Outlook:
    if not 0.5 <= level < 1.0:
        raise ValueError(f"a level is 0.5 to below 1, not {level}")
    worst = float(np.quantile(drawn, level))
    runs = len(means)
    error = float(means.std(ddof=1) / np.sqrt(runs)) if runs > 1 else float("nan")
    return Outlook(
        float(means.mean()), error, float(np.median(drawn)), level, worst,
        float(drawn[drawn >= worst].mean()),
    )  # fmt: skip
