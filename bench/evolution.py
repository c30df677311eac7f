"""
The long run: object-years a second, and how quietly it knows its rate; CPU times, one core.

The peer PyMOCAT-MC is not on PyPI under its name; its speed on a machine of this kind was 4.8e5
object-steps of five days per CPU second (measured in November 2026).  The plain cube of 10 km is
ours, as published, in the same run.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import process_time

import numpy as np

from bench.figure import Figure, Unit
from commonsky.catalogue.population import population
from commonsky.environment.breakup import Parent, collision
from commonsky.environment.cube import cube_rates_per_s
from commonsky.environment.evolve import evolve
from commonsky.environment.gas import Avoidance, rates
from commonsky.environment.objects import Objects
from commonsky.environment.pairs import meetings
from commonsky.environment.scenario import Scenario
from commonsky.environment.sizes import objects
from commonsky.environment.sky import sky_of

OBJECTS, YEARS, STEP_DAYS = 30_000, 200.0, 5.0
PYMOCAT_STEPS_PER_S = 4.8e5
NOBODY = Avoidance(0.0, 0.0)


def measure() -> Iterator[Figure]:
    """Yield speeds of an evolution, and the variance of a rate against cubes."""
    sky = objects(population(OBJECTS, 7))
    scenario = Scenario(years=YEARS)
    evolve(sky, Scenario(years=1.0), 1)  # compiled once
    start = process_time()
    run = evolve(sky, scenario, 1)
    seconds = process_time() - start
    object_years = float(run.counts.sum())  # below 2000 km: what is above costs nearly nothing
    rate = object_years / seconds
    yield Figure(
        f"evolution of {OBJECTS:,} objects over {YEARS:g} years, object-years per core",
        rate, Unit.RECORDS_PER_S, 7e4, 3e5,
        f"{seconds:.0f} s CPU a run; counts only what is below 2000 km; launches, disposal, "
        f"{len(run.events)} collisions",
    )  # fmt: skip
    yield Figure(
        "the same in steps of five days, against PyMOCAT-MC",
        rate * 365.25 / STEP_DAYS / PYMOCAT_STEPS_PER_S, Unit.TIMES_FASTER, 10.0, 50.0,
        "its 4.8e5 object-steps/s were measured earlier on such a machine, not in this run",
    )  # fmt: skip
    yield variance(sky)
    yield breaking()


def variance(sky: Objects) -> Figure:
    """Return by how much less variance per CPU second the catastrophic rate has than cubes."""
    state = sky_of(sky, 2025.0, 8.0)
    low = state.take(state.perigee_km < 2000.0)
    gas, rng = low.gas(0.0), np.random.default_rng(1)

    def plain() -> float:
        """One look at cubes of 10 km."""
        return float(cube_rates_per_s(gas, NOBODY, rng, cube_km=10.0, moments=1)[0])

    def ours() -> float:
        """One look by gas, with 64 virtual collisions to tell which are catastrophic."""
        told = rates(gas, NOBODY)
        met = meetings(gas, told, 64, rng)
        return told.total_per_s * float(met.catastrophic(low.mass_kg).mean())

    costs = []
    for look, times in ((plain, 400), (ours, 200)):
        look()
        start = process_time()
        found = np.array([look() for _ in range(times)])
        seconds = (process_time() - start) / times
        costs.append(float(found.var()) / float(found.mean()) ** 2 * seconds)
    return Figure(
        "variance of the catastrophic rate per CPU second, against cubes of 10 km",
        costs[0] / costs[1], Unit.TIMES_FASTER, 100.0, 1000.0,
        "relative variance of one look times its cost; of the cubes all collisions are counted",
    )  # fmt: skip


def breaking() -> Figure:
    """Return how fast fragments are drawn."""
    rng = np.random.default_rng(1)
    collision(Parent(100.0), 50.0, 10.0, 0.01, rng)
    start = process_time()
    count = len(collision(Parent(1456.0), 500.0, 10.0, 0.001, rng))
    return Figure(
        "fragments of a break-up per core", count / (process_time() - start),
        Unit.RECORDS_PER_S, 2e6, 2e6, f"{count:,} of 1 mm and more, mass and momentum kept",
    )  # fmt: skip


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
