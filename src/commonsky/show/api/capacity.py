"""How crowded it gets under a policy, at once: the quick model, for sliders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from commonsky.environment.capacity import Policy, Projection, project
from commonsky.environment.capacity_cells import EDGES_KM, Species
from commonsky.environment.capacity_measures import (
    MEASURES,
    capacity,
    crossed_after_years,
    stability,
)
from commonsky.environment.capacity_rates import CATASTROPHIC, COLLISIONS
from commonsky.environment.criteria import criteria_of
from commonsky.environment.gas import Avoidance
from commonsky.environment.index import judged
from commonsky.show.api.answer import Answer, Marking, marking_of, text_of
from commonsky.show.api.completeness import completeness
from commonsky.show.api.crowding import (
    FIGURES,
    LIMITS,
    SCOPE,
    USUAL,
    CapacityAsked,
    Figure,
    limits_of,
    policy_of,
    surveyed_of,
)
from commonsky.show.api.desk import Desk
from commonsky.show.api.problem import misuse

YEARS = 100
FEWEST = 1e-9  # of debris in the first year, or nothing can be said of growth


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """What is below 2000 km at the ends of years, and what comes about in each; columns."""

    year: list[float]
    all: list[float]
    active: list[float]
    derelict: list[float]  # whole, and no longer steered
    debris: list[float]
    collisions: list[float]
    catastrophic: list[float]


class JudgedCourse(msgspec.Struct, frozen=True, kw_only=True):
    """What a criterion says; `crossed` is the year in which the limit is first passed."""

    name: str
    limit: float
    value: float | None
    verdict: str
    crossed: float | None


class Borne(msgspec.Struct, frozen=True, kw_only=True):
    """
    What is there in the end, and what is borne: by shell of 50 km from `from_km` on.

    `reproduction` is how many fragments follow from one in its time in orbit: above 1 debris grows
    by itself.  `capacity` is the largest fleet that each shell can bear on its own.
    """

    reproduction: float
    growth_per_year: float
    from_km: list[float]
    active: list[float]
    capacity: list[float]


class CapacityTold(msgspec.Struct, frozen=True, kw_only=True):
    """A policy, what follows from it, and what its figures may be; `borne` if it was asked for."""

    at: str
    marking: Marking
    policy: dict[str, float]
    limits: dict[str, float]
    figures: dict[str, Figure]
    course: Course
    judged: tuple[JudgedCourse, ...]
    borne: Borne | None = None


def capacity_told(desk: Desk, asked: CapacityAsked) -> Answer[CapacityTold]:
    """Return what follows from a policy."""
    figures, limits = policy_of(asked), limits_of(asked)
    view = desk.view()
    surveyed = surveyed_of(desk, view)
    try:
        told = project(surveyed.model, quick_policy(figures), YEARS)
    except OverflowError as error:
        raise misuse(str(error)) from None
    answer = CapacityTold(
        at=text_of(view.at_tai_ns), marking=marking_of(view.label), policy=figures,
        limits={f"{name}_limit": limit for name, limit in limits.items()},
        figures=FIGURES | {f"{name}_limit": bounds for name, bounds in LIMITS.items()},
        course=_course(told, surveyed.year), judged=_judged(told, limits, surveyed.year),
        borne=_borne(told) if asked.whole else None,
    )  # fmt: skip
    return Answer(answer, completeness(desk, SCOPE, view))


def quick_policy(figures: dict[str, float]) -> Policy:
    """Return the policy of the quick model."""
    rest: dict[str, Any] = {one: value for one, value in figures.items() if one != "avoidance"}
    return Policy(**rest, avoidance=Avoidance(figures["avoidance"], USUAL.avoidance.of_active))


def _course(told: Projection, start_year: float) -> Course:
    numbers = told.numbers
    return Course(
        year=[round(start_year + year, 3) for year in told.years.tolist()],
        all=_short(numbers.sum(axis=1)), active=_short(numbers[:, Species.ACTIVE]),
        derelict=_short(numbers[:, Species.DERELICT]), debris=_short(numbers[:, Species.DEBRIS]),
        collisions=_short(told.sums[:, COLLISIONS]),
        catastrophic=_short(told.sums[:, CATASTROPHIC]),
    )  # fmt: skip


def _judged(
    told: Projection, limits: dict[str, float], start_year: float
) -> tuple[JudgedCourse, ...]:
    found = []
    for one in criteria_of(limits):
        value = float(MEASURES[one.name](told)[-1])
        if one.name == "growth" and told.numbers[0, Species.DEBRIS] < FEWEST:
            value = np.nan
        crossed = crossed_after_years(told, one)
        found.append(JudgedCourse(
            name=one.name, limit=one.limit,
            value=float(f"{value:.4g}") if np.isfinite(value) else None,
            verdict=judged(one, value, value, value).verdict.value,
            crossed=round(start_year + crossed, 3) if np.isfinite(crossed) else None,
        ))  # fmt: skip
    return tuple(found)


def _borne(told: Projection) -> Borne:
    final = told.by_shell[-1]
    stable = stability(told.model, told.policy, final)
    return Borne(
        reproduction=float(f"{stable.reproduction:.4g}"),
        growth_per_year=float(f"{stable.growth_per_year:.4g}"), from_km=EDGES_KM[:-1].tolist(),
        active=_short(final[Species.ACTIVE]),
        capacity=_short(capacity(told.model, told.policy)),
    )  # fmt: skip


def _short(values: Sequence[float] | np.ndarray) -> list[float]:
    return [float(f"{value:.5g}") for value in np.asarray(values).tolist()]
