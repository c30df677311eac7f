"""How crowded it is, how crowded it gets under a policy, and long runs of that; nothing leaves."""

from __future__ import annotations

import logging
import math
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np

from commonsky.environment.capacity import EXPLOSIONS_PER_YEAR
from commonsky.environment.criteria import CRITERIA, criteria_of
from commonsky.environment.gas import Avoidance
from commonsky.environment.scenario import Scenario
from commonsky.show.api.answer import Answer, Marking, marking_of, text_of
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk, View
from commonsky.show.api.environment_kept import SEED, Surveyed
from commonsky.show.api.keys import ApiKey
from commonsky.show.api.problem import misuse
from commonsky.show.api.projections import RunTold, Wanted
from commonsky.show.crowding import Now

LOG = logging.getLogger(__name__)
SCOPE = "the newest statement of each object, and what is assumed of masses, sizes and policy"
MOST_RUN_YEARS = 20_000
MOST_YEARS, MOST_RUNS, MOST_SEED = 200.0, 100, 2**31 - 1
MOST_LIMIT = 1e6


class EnvironmentTold(msgspec.Struct, frozen=True, kw_only=True):
    """How crowded it is by the picture held here; `names` are of the critical objects."""

    at: str
    marking: Marking
    seed: int  # of masses and sizes that nobody states
    names: dict[str, str]
    environment: Now


class Figure(msgspec.Struct, frozen=True):
    """What a figure of a policy may be."""

    least: float
    most: float
    step: float
    usual: float


USUAL = Scenario()
FIGURES = {
    "launch_factor": Figure(0.0, 10.0, 0.1, USUAL.launch_factor),
    "mission_years": Figure(1.0, 30.0, 1.0, USUAL.mission_years),
    "disposal_success": Figure(0.0, 1.0, 0.01, USUAL.disposal_success),
    "disposal_limit_years": Figure(0.0, 50.0, 1.0, USUAL.disposal_limit_years),
    "removals_per_year": Figure(0.0, 100.0, 1.0, USUAL.removals_per_year),
    "avoidance": Figure(0.0, 1.0, 0.01, USUAL.avoidance.of_tracked),
    "explosion_factor": Figure(0.0, 10.0, 0.5, USUAL.explosions_per_object_year),
}
LIMITS = {
    one.name: Figure(0.0, MOST_LIMIT, step, one.limit)
    for one, step in zip(CRITERIA, (0.1, 0.05), strict=True)
}


class PolicyAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    The figures of a policy, and which growth and how many catastrophes are unacceptable.

    `growth_limit` is of debris at the end over debris at the start, `catastrophic_limit` of
    catastrophic collisions a year.  What is left out is as usual.
    """

    launch_factor: float = FIGURES["launch_factor"].usual
    mission_years: float = FIGURES["mission_years"].usual
    disposal_success: float = FIGURES["disposal_success"].usual
    disposal_limit_years: float = FIGURES["disposal_limit_years"].usual
    removals_per_year: float = FIGURES["removals_per_year"].usual
    avoidance: float = FIGURES["avoidance"].usual
    explosion_factor: float = FIGURES["explosion_factor"].usual
    growth_limit: float = LIMITS["growth"].usual
    catastrophic_limit: float = LIMITS["catastrophic"].usual


class CapacityAsked(PolicyAsked, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A policy, and whether to tell also what takes longer: stability, and what shells bear."""

    whole: bool = False


class ProjectionAsked(PolicyAsked, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A policy, how many years it is followed, how often, and from which seed on."""

    years: float = 100.0
    runs: int = 10
    seed: int = 1


def environment(desk: Desk) -> Answer[EnvironmentTold]:
    """Return how crowded it is now."""
    view = desk.view()
    surveyed = surveyed_of(desk, view)
    now, catalogue = surveyed.now, surveyed.catalogue
    wanted = [one.norad_cat_id for one in now.critical]
    rows = np.flatnonzero(np.isin(catalogue.catalogue_number, wanted)).tolist()
    names = {str(int(catalogue.catalogue_number[row])): str(catalogue.object_name[row])
             for row in rows}  # fmt: skip
    told = EnvironmentTold(
        at=text_of(view.at_tai_ns), marking=marking_of(view.label), seed=SEED, names=names,
        environment=now,
    )  # fmt: skip
    return Answer(told, completeness(desk, SCOPE, view))


def begun(desk: Desk, asked: ProjectionAsked, key: ApiKey) -> Answer[RunTold]:
    """Start a long run."""
    figures = policy_of(asked)
    _bounded("years", asked.years, 1.0, MOST_YEARS)
    _bounded("runs", asked.runs, 1, MOST_RUNS)
    _bounded("seed", asked.seed, 0, MOST_SEED)
    if asked.years * asked.runs > MOST_RUN_YEARS:
        raise misuse(f"years times runs are {MOST_RUN_YEARS:,} at most")
    view = desk.view()
    surveyed = surveyed_of(desk, view)
    told = desk.projections.begin(Wanted(
        surveyed=surveyed, scenario=scenario_of(figures, surveyed.year, asked.years),
        runs=asked.runs, seed=asked.seed, criteria=criteria_of(limits_of(asked)), policy=figures,
        begun=text_of(desk.clock.now_tai_ns()), marking=marking_of(view.label),
    ))  # fmt: skip
    LOG.info("a projection was started", extra={"projection": told.id, "operator": key.name})
    return Answer(told, completeness(desk, SCOPE, view))


def scenario_of(figures: dict[str, float], start_year: float, years: float) -> Scenario:
    """Return the scenario of a long run under a policy."""
    return replace(
        USUAL, years=years, start_year=start_year,
        launch_factor=figures["launch_factor"], mission_years=figures["mission_years"],
        disposal_success=figures["disposal_success"],
        disposal_limit_years=figures["disposal_limit_years"],
        removals_per_year=figures["removals_per_year"],
        explosions_per_object_year=figures["explosion_factor"] * EXPLOSIONS_PER_YEAR,
        avoidance=Avoidance(figures["avoidance"], USUAL.avoidance.of_active),
    )  # fmt: skip


def runs(desk: Desk) -> Answer[tuple[RunTold, ...]]:
    """Return the runs that are kept, without what they foretell."""
    return Answer(desk.projections.all(), completeness(desk, SCOPE))


def run(desk: Desk, name: str) -> Answer[RunTold]:
    """Return how a run is, and when it is done what it foretells."""
    return Answer(desk.projections.one(name), completeness(desk, SCOPE))


def cancelled(desk: Desk, name: str, key: ApiKey) -> Answer[RunTold]:
    """End a run."""
    told = desk.projections.cancel(name)
    LOG.info("a projection was cancelled", extra={"projection": name, "operator": key.name})
    return Answer(told, completeness(desk, SCOPE))


def surveyed_of(desk: Desk, view: View) -> Surveyed:
    """Return what follows from a view: of the same statements, the same as before."""
    newest = max((one.sequence for one in view.statements), default=0)
    found = desk.environment.of((len(view.statements), newest), lambda: view.catalogue)
    if not len(found.catalogue):
        raise misuse("no orbit is held here yet: nothing can be said of how crowded it is")
    return found


def policy_of(asked: PolicyAsked) -> dict[str, float]:
    """Return the figures of a policy; one that makes no sense is refused."""
    figures = {name: float(getattr(asked, name)) for name in FIGURES}
    for name, bounds in FIGURES.items():
        _bounded(name, figures[name], bounds.least, bounds.most)
    return figures


def limits_of(asked: PolicyAsked) -> dict[str, float]:
    """Return what whoever asks takes for unacceptable."""
    limits = {name: float(getattr(asked, f"{name}_limit")) for name in LIMITS}
    for name, bounds in LIMITS.items():
        _bounded(f"{name}_limit", limits[name], bounds.least, bounds.most)
    return limits


def _bounded(name: str, value: Any, least: float, most: float) -> None:  # noqa: ANN401 - a number
    if not (math.isfinite(value) and least <= value <= most):
        raise misuse(f"{name} is {least:g} to {most:g}, not {value:g}")
