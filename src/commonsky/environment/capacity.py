"""
What a policy comes to, at once: a shell model from numbers to verdicts, in plain values.

The parts: `capacity_population` makes numbers in shells of objects, `capacity_projection` moves
them on under a policy, `capacity_measures` tells growth, stability and how much each shell bears.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.environment.capacity_cells import EDGES_KM, Species
from commonsky.environment.capacity_measures import (
    MEASURES,
    capacity,
    crossed_after_years,
    growth_per_year,
    stability,
)
from commonsky.environment.capacity_population import ShellPopulation, shell_population
from commonsky.environment.capacity_projection import (
    EXPLOSIONS_PER_YEAR,
    Band,
    CapacityModel,
    Policy,
    Projection,
    capacity_model,
    project,
)
from commonsky.environment.capacity_rates import CATASTROPHIC, COLLISIONS, STAYED
from commonsky.environment.criteria import criteria_of
from commonsky.environment.index import Criterion, judged

__all__ = [
    "EXPLOSIONS_PER_YEAR",
    "Band",
    "CapacityModel",
    "Policy",
    "Projection",
    "ShellPopulation",
    "as_document",
    "capacity",
    "capacity_model",
    "project",
    "shell_population",
    "stability",
]


def as_document(
    projection: Projection, limits: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """Return a projection and what it means in plain values, to four figures."""
    final = projection.by_shell[-1]
    bears = capacity(projection.model, projection.policy)
    stable = stability(projection.model, projection.policy, final)
    return {
        "years": projection.years.tolist(),
        "numbers": {one.name.lower(): _listed(projection.numbers[:, one]) for one in Species},
        "collisions_per_year": _listed(projection.sums[:, COLLISIONS]),
        "catastrophic_per_year": _listed(projection.sums[:, CATASTROPHIC]),
        "object_years": _short(projection.sums[:, STAYED].sum()),
        "growth_per_year": _short(growth_per_year(projection)),
        "reproduction": _short(stable.reproduction),
        "growth_in_the_end_per_year": _short(stable.growth_per_year),
        "shells": {
            "from_km": EDGES_KM[:-1].tolist(),
            **{one.name.lower(): _listed(final[one]) for one in Species},
            "capacity": _listed(bears),
            "used": _listed(final[Species.ACTIVE] / bears),
        },
        "criteria": [_judged(projection, one) for one in criteria_of(limits or {})],
    }


def _judged(projection: Projection, criterion: Criterion) -> dict[str, Any]:
    value = float(MEASURES[criterion.name](projection)[-1])
    crossed = crossed_after_years(projection, criterion)
    return {
        "name": criterion.name, "measure": criterion.measure, "limit": criterion.limit,
        "value": _short(value) if np.isfinite(value) else None,
        "verdict": judged(criterion, value, value, value).verdict.value,
        "crossed_after_years": crossed if np.isfinite(crossed) else None,
    }  # fmt: skip


def _listed(values: Floats) -> list[float]:
    return [_short(value) for value in values]


def _short(value: float) -> float:
    return float(f"{value:.4g}")
