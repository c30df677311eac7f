"""
The shell model behind the sliders: a hundred years, its measures, and how far from objects it is.

pySSEM 0.1.dev465 (PyPI, MIT) is no peer for every run: it imports seaborn without asking for it,
and without a network it has no population.  With one made up, 36 shells of three species and no
launches, its integrator took 0.63 to 0.85 CPU seconds in turns with ours, beside 7 for setting up
its equations (November 2026, a machine of this kind under load); an earlier look had 1.5 for 24
shells.  The peer of this run is scipy on the plain equations of three species in 36 shells, under
air that does not change: a sixtieth of the numbers that ours moves, and less physics.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import nan

import numpy as np
from scipy.integrate import solve_ivp

from bench.figure import Figure, Unit
from bench.process import cpu_seconds
from commonsky.astro.arrays import Floats
from commonsky.catalogue.population import population
from commonsky.environment.capacity import (
    CapacityModel,
    Policy,
    ShellPopulation,
    as_document,
    capacity_model,
    project,
    shell_population,
)
from commonsky.environment.capacity_cells import (
    BALLISTIC_M2_KG,
    BINS,
    IS_OF,
    KINDS,
    SHELLS,
    Kind,
    Species,
)
from commonsky.environment.capacity_projection import laws
from commonsky.environment.capacity_rates import CATASTROPHIC
from commonsky.environment.evolve import evolve
from commonsky.environment.objects import Objects
from commonsky.environment.scenario import Scenario
from commonsky.environment.sizes import objects
from commonsky.environment.sky import sky_of
from commonsky.environment.solar_flux import mean_cycles

OBJECTS, YEARS, START = 30_000, 100, 2025.0
PYSSEM_S, PYSSEM_EARLIER_S = 0.63, 1.5
METHOD = "LSODA"  # the quickest of scipy's for these
CLASS = 1  # of ballistic coefficient, of all in the plain equations


def in_shells(sky: Objects) -> ShellPopulation:
    """Return a sky's numbers in shells."""
    state = sky_of(sky, START, 8.0)
    return shell_population(
        state.perigee_km, state.apogee_km, state.mass_kg, state.area_m2, state.kind, state.active,
        state.weight, state.inclination_rad,
    )  # fmt: skip


def plain(model: CapacityModel, policy: Policy) -> int:
    """Solve three species in 36 shells of circles; return how often the equations were asked."""
    rules = laws(model, policy)
    kinds = (Kind.ACTIVE, Kind.DERELICT, Kind.FRAGMENT)
    of = np.ix_(kinds, kinds)
    rates = rules.rates[0][of], rules.rates[2][of], rules.gone[of]
    exits = model.exits[:, 1, ::BINS].sum(axis=-1).mean(axis=0) * BALLISTIC_M2_KG[CLASS]
    scattered = rules.scattered[0].reshape(SHELLS, SHELLS, -1).sum(axis=2)
    launched = rules.launched[0].sum(axis=1).reshape(SHELLS, BINS).sum(axis=1)
    fails = (1.0 - policy.disposal_success) / policy.mission_years

    def change(_: float, state: Floats) -> Floats:
        number = state.reshape(3, SHELLS)
        met = number[:, None] * number * rates[0]
        lost = (met * rates[2]).sum(axis=1)
        pieces = 0.5 * (number[:, None] * number * rates[1]).sum(axis=(0, 1))
        down = number[1:] * exits
        told = -lost
        told[0] += launched - number[0] / policy.mission_years
        told[1] += number[0] * fails
        told[1:] -= down
        told[1:, :-1] += down[:, 1:]
        told[2] += pieces @ scattered
        return told.ravel()

    start = model.population.numbers.sum(axis=-1).reshape(3, SHELLS, BINS).sum(axis=-1)
    found = solve_ivp(change, (0.0, YEARS), start.ravel(), METHOD)
    return int(found.nfev)


def measure() -> Iterator[Figure]:
    """Yield times of a projection, of what is told of it, of its making, and differences."""
    sky, policy = objects(population(OBJECTS, 7)), Policy()
    model = capacity_model(in_shells(sky), start_year=START)
    told = project(model, policy, YEARS)
    ours_s, theirs_s, document_s, made_s = cpu_seconds(
        lambda: project(model, policy, YEARS), lambda: plain(model, policy),
        lambda: as_document(told), lambda: capacity_model(in_shells(sky)), rounds=5,
    )  # fmt: skip
    what = f"{YEARS} years of 3 species in {SHELLS} shells"
    states = 2 * KINDS * model.population.numbers[0].size
    yield Figure(
        what, 1e3 * ours_s, Unit.MS, 150.0, 15.0,
        f"CPU; {states:,} numbers: shells × 5 eccentricities × 4 area-to-mass ratios, in steps of "
        "half a year",
    )  # fmt: skip
    yield Figure(
        f"{what}, against scipy's {METHOD} on the plain equations", theirs_s / ours_s,
        Unit.TIMES_FASTER, nan, nan,
        f"of {len(IS_OF[0]) * SHELLS} numbers beside {states:,}: circles, one ratio, steady air; "
        f"{plain(model, policy):,} evaluations in numpy",
    )  # fmt: skip
    yield Figure(
        f"{what}, against pySSEM's integrator", PYSSEM_S / ours_s, Unit.TIMES_FASTER, 10.0, 100.0,
        f"its {PYSSEM_S:g} s are of another run; of the {PYSSEM_EARLIER_S:g} s of 24 shells that "
        f"an earlier one had, {PYSSEM_EARLIER_S / ours_s:.0f}×",
    )  # fmt: skip
    yield Figure(
        f"stability, and the capacity of {SHELLS} shells", 1e3 * document_s, Unit.MS, 100.0, 30.0,
        "CPU; reproduction, growth, the largest fleet of each shell, criteria",
    )  # fmt: skip
    yield Figure(
        f"shells made of {OBJECTS:,} objects", 1e3 * made_s, Unit.MS, 1000.0, 250.0,
        "CPU; once for all policies",
    )  # fmt: skip
    yield from differences(sky, model)


def differences(sky: Objects, model: CapacityModel) -> Iterator[Figure]:
    """Yield what shells say over what one course of all objects says, mean of half a century."""
    for success in (0.9, 0.5):
        years = YEARS // 2
        scenario = Scenario(
            years=years, start_year=START, flux=mean_cycles(START), disposal_success=success
        )
        run = evolve(sky, scenario, 1)
        told = project(model, Policy(disposal_success=success), years)
        debris = told.numbers[-1, Species.DEBRIS] / run.counts[-1, 2]
        whole = told.numbers[-1, :2].sum() / run.counts[-1, :2].sum()
        yield Figure(
            f"catastrophic collisions in {years} years, {success:.0%} disposed, against objects",
            told.sums[:, CATASTROPHIC].sum() / run.catastrophic.sum(), Unit.TIMES_OF, nan, nan,
            f"one course of `evolve`; in the end {whole:.2f}× its whole objects and {debris:.2f}× "
            "its debris",
        )  # fmt: skip


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
