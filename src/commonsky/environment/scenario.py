"""What is assumed of the years to come: launches, disposal, break-ups, avoidance, the Sun."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields

from commonsky.environment.gas import Avoidance
from commonsky.environment.solar_flux import FluxScenario

MOST_YEARS = 1000.0
MOST_OBJECTS = 5_000_000


@dataclass(frozen=True, slots=True)
class Scenario:
    """
    What an evolution assumes; each figure can be argued about, so each is here.

    `flux` is the Sun's course, drawn from the seed where it is None.  What was launched in the
    `traffic_years` before the start is launched again and again, `launch_factor` times as often.
    A mission ends after `mission_years`; with a chance of `disposal_success` its perigee is then
    lowered until it decays within `disposal_limit_years`; a share `direct_re_entry` of these comes
    down at once, as satellites with engines do.  `explosions_per_object_year` is of
    payloads and stages no longer steered.  `removals_per_year` are taken by mass times rate of
    collision, from `removals_from_year` on.  Without `collisions`, rates are
    told and none happens.
    """

    years: float = 200.0
    start_year: float = 2025.0
    launch_factor: float = 1.0
    traffic_years: float = 8.0
    mission_years: float = 8.0
    disposal_success: float = 0.9
    disposal_limit_years: float = 5.0
    direct_re_entry: float = 0.9
    explosions_per_object_year: float = 0.0
    explosion_scale: float = 1.0
    removals_per_year: float = 0.0
    removals_from_year: float = 0.0
    avoidance: Avoidance = field(default_factory=Avoidance)
    collisions: bool = True
    smallest_m: float = 0.1
    step_years: float = 0.25
    virtual_collisions: int = 64
    flux: FluxScenario | None = None

    def __post_init__(self) -> None:
        self._within("years", 0.0, MOST_YEARS)
        self._within("start_year", 1957.0, 3000.0)
        self._within("launch_factor", 0.0, 1000.0)
        self._within("traffic_years", 1.0, 100.0)
        self._within("mission_years", 0.0, 1000.0)
        self._within("disposal_success", 0.0, 1.0)
        self._within("disposal_limit_years", 0.0, 1000.0)
        self._within("direct_re_entry", 0.0, 1.0)
        self._within("explosions_per_object_year", 0.0, 1.0)
        self._within("explosion_scale", 1e-3, 100.0)
        self._within("removals_per_year", 0.0, 1e5)
        self._within("smallest_m", 0.05, 0.5)
        self._within("step_years", 1.0 / 48.0, 1.0)
        self._within("virtual_collisions", 1, 100_000)

    def _within(self, name: str, least: float, most: float) -> None:
        value = getattr(self, name)
        if not (math.isfinite(value) and least <= value <= most):
            raise ValueError(f"{name} of a scenario is {least:g} to {most:g}, not {value}")


FIGURES = tuple(
    one.name for one in fields(Scenario) if one.name not in {"avoidance", "flux", "collisions"}
)
