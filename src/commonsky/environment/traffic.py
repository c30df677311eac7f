"""What is launched in the years to come: what was launched in the last ones, again and again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.catalogue.catalogue import ObjectType
from commonsky.environment.objects import Objects
from commonsky.environment.scenario import Scenario
from commonsky.environment.sky import GOLDEN, Sky, sky_of, usable


@dataclass(frozen=True, slots=True)
class Traffic:
    """
    Objects to launch, one row each, with the moment of each in a cycle of so many years.

    `factor` is how many times as often as in the cycle.
    """

    what: Sky
    phase_years: Floats
    cycle_years: float
    start_year: float
    factor: float
    mission_years: float

    def between(self, from_year: float, until_year: float, rng: np.random.Generator) -> Sky:
        """Return what is launched from one time until before another."""
        from_, until = (year - self.start_year for year in (from_year, until_year))
        passed = np.floor((until - self.phase_years) / self.cycle_years)
        passed -= np.floor((from_ - self.phase_years) / self.cycle_years)
        wanted = passed * self.factor
        count = np.floor(wanted) + (rng.random(len(wanted)) < wanted % 1.0)
        new = self.what.take(np.repeat(np.arange(len(count)), count.astype(np.int64)))
        steered = new.active
        new.until_year[steered] = from_year + self.mission_years
        return new


def traffic_of(objects: Objects, scenario: Scenario) -> Traffic:
    """
    Return the traffic of the years before a scenario's start.

    Where launch dates are known it is payloads and stages of the last `traffic_years`.  Where none
    is, what is steered is replaced as its missions end, and no stages come with it.
    """
    intact = (objects.kind == ObjectType.PAYLOAD) | (objects.kind == ObjectType.ROCKET_BODY)
    age = scenario.start_year - objects.launched_year
    if np.isfinite(age[intact]).any():
        cycle = scenario.traffic_years
        rows = np.flatnonzero(intact & (age >= 0.0) & (age < cycle))
        phase = cycle - age[rows]
    else:
        cycle = max(scenario.mission_years, scenario.step_years)
        rows = np.flatnonzero(objects.active)
        phase = np.asarray(cycle * (np.arange(len(rows)) * GOLDEN % 1.0), np.float64)
    good = usable(objects)[rows]
    rows, phase = rows[good], phase[good]
    sky = sky_of(objects.take(rows), scenario.start_year, scenario.mission_years)
    payload = sky.kind == ObjectType.PAYLOAD
    sky.until_year[:] = np.where(payload, scenario.start_year, -np.inf)
    sky.weight[:] = 1.0
    return Traffic(
        sky, np.mod(phase, cycle), cycle, scenario.start_year, scenario.launch_factor,
        scenario.mission_years,
    )  # fmt: skip
