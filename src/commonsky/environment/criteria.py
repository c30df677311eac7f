"""
Which level of debris is unacceptable: measures of a forecast, and limits that whoever asks sets.

The limits here to begin with are ours, and meant to be argued about: that debris does not grow,
and that a catastrophic collision comes no more often than once in five years, the shortest of the
intervals in the IADC's study of 2013.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.environment.evolve import Run
from commonsky.environment.index import Criterion, Judgement, judged

LAST_SHARE = 0.2  # of the years: where a forecast ends up


def growth(run: Run) -> float:
    """Debris at the end over debris at the end of the first year."""
    first = float(run.counts[0, 2])
    return float(run.counts[-1, 2]) / first if first > 0.0 else float("nan")


def catastrophic_per_year(run: Run) -> float:
    """Expected catastrophic collisions a year, over the last fifth of the years."""
    count = max(int(np.ceil(LAST_SHARE * len(run.year))), 1)
    return float(run.catastrophic[-count:].mean())


def object_years_per_year(run: Run) -> float:
    """Objects below 2000 km, on the mean of all years."""
    return run.object_years / max(len(run.year), 1)


MEASURES: dict[str, Callable[[Run], float]] = {
    "growth": growth,
    "catastrophic": catastrophic_per_year,
    "objects": object_years_per_year,
}
CRITERIA = (
    Criterion("growth", "debris at the end over debris at the start", 1.0),
    Criterion("catastrophic", "catastrophic collisions a year, at the end", 0.2),
)


def criteria_of(limits: Mapping[str, float]) -> tuple[Criterion, ...]:
    """Return the usual criteria with these limits in place of theirs, and what else is asked."""
    unknown = sorted(set(limits) - set(MEASURES))
    if unknown:
        raise ValueError(f"a limit is of {', '.join(MEASURES)}, not of {unknown[0]!r}")
    usual = [
        replace(one, limit=limits[one.name]) if one.name in limits else one for one in CRITERIA
    ]
    more = [
        Criterion(name, "objects below 2000 km, on the mean of all years", limit)
        for name, limit in limits.items()
        if name not in {one.name for one in CRITERIA}
    ]
    return (*usual, *more)


def judgements(runs: Sequence[Run], criteria: Sequence[Criterion]) -> list[Judgement]:
    """
    Return what each criterion says of runs: by the mean, and the 10 and 90 % of them.

    With one run nothing is known of others, so that its figure stands for all three.
    """
    told = []
    for criterion in criteria:
        values: Floats = np.array([MEASURES[criterion.name](run) for run in runs])
        low, high = np.percentile(values, [10.0, 90.0])
        nominal = float(np.clip(values.mean(), low, high))
        told.append(judged(criterion, float(low), nominal, float(high)))
    return told
