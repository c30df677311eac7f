"""The sky of December 2019 beside what was measured of 2020's elsewhere; how long orbits last."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np

from bench.followed import PROCESSES
from bench.past_sky import catalogue, mean_height_km, observed_flux
from commonsky.environment.cube import cube_rates_per_s
from commonsky.environment.earth import EARTH_RADIUS_KM, YEAR_S
from commonsky.environment.evolve import evolve
from commonsky.environment.gas import (
    EDGES_KM,
    LOWEST_KM,
    SHELL_KM,
    Avoidance,
    Molecules,
    moments,
    rates,
)
from commonsky.environment.lifetime import Orbits, lifetime_years
from commonsky.environment.scenario import Scenario
from commonsky.environment.sky import sky_of
from commonsky.environment.solar_flux import continued, mean_cycles
from commonsky.node.environment import crowd

SKY, YEAR, SEED = "bg_20191212", 2019.95, 1
NOBODY_AVOIDS = Avoidance(0.0, 0.0)
CUBES = ((25.0, 5000), (50.0, 2000), (100.0, 1000))  # km, and at how many moments
STARTS = (2020.2, 2020.2 + 66 / 12, 2020.2 + 33 / 12)  # the order of the reference
INCLINATION_DEG, MOST_YEARS = 53.0, 200.0


def collision_rates(published: dict[str, Any]) -> Iterator[str]:
    """Yield how often objects collide, beside the reference of 2020."""
    theirs = published["with_fragment_sizes_corrected"]
    sky = catalogue(SKY)
    now = crowd(sky, YEAR, NOBODY_AVOIDS, SEED)
    both = now.sky.intact[now.drawn.first] & now.sky.intact[now.drawn.second]
    steered = now.sky.active[now.drawn.first] | now.sky.active[now.drawn.second]
    whole = now.collisions_per_year * float(both.mean())
    adrift = now.collisions_per_year * float((both & np.logical_not(steered)).mean())
    quiet = evolve(sky, Scenario(
        years=20.0, start_year=2020.2, launch_factor=0.0, disposal_success=0.0, mission_years=0.0,
        collisions=False, avoidance=NOBODY_AVOIDS, flux=mean_cycles(2020.2),
    ), SEED)  # fmt: skip
    low = sky.take(sky.perigee_km < 2000.0)
    within = low.apogee_km < 2000.0
    mean_rate, catastrophic = float(quiet.collisions.mean()), float(quiet.catastrophic.mean())
    yield "| nobody avoids anybody | theirs | ours |"
    yield "|---|---|---|"
    yield (
        f"| objects: mean height below 2000 km; touching it | 14,041 | "
        f"{(mean_height_km(sky) < 2000.0).sum():,}; {len(low):,} |"
    )
    yield (
        f"| their mass, t: within 2000 km; touching it | {theirs['total_mass_t']:,} | "
        f"{low.mass_kg[within].sum() / 1e3:,.0f}; {low.mass_kg.sum() / 1e3:,.0f} |"
    )
    yield (
        f"| collisions a year, at first | {theirs['kinetic_gas_initial_per_yr']} | "
        f"{now.collisions_per_year:.3f} |"
    )
    yield (
        f"| of two whole ones, a year, at first | "
        f"{theirs['intact_intact_kinetic_initial_per_yr']} | "
        f"{whole:.3f}; neither steered {adrift:.3f} |"
    )
    yield (
        f"| collisions a year, mean of 20 years without sources | "
        f"{theirs['cube50_20yr_mean_per_yr'][0]} | {mean_rate:.3f} |"
    )
    yield (
        f"| years from one catastrophic one to the next, of those 20 years | "
        f"{theirs['catastrophic_interval_yr']} | {1.0 / catastrophic:.1f} |"
    )


def passive_gas() -> Molecules:
    """What is not steered: constellations, whose stations are no gas, are not among it."""
    sky = catalogue(SKY)
    return sky_of(sky.take(np.logical_not(sky.active)), YEAR, 0.0).gas(0.0)


def by_cubes(gas: Molecules, size_km: float, times: int) -> tuple[float, float]:
    """Collisions a year and their standard error."""
    told = YEAR_S * cube_rates_per_s(
        gas, NOBODY_AVOIDS, np.random.default_rng(SEED), cube_km=size_km, moments=times
    )
    return float(told.mean()), float(told.std(ddof=1) / np.sqrt(times))


def cubes() -> Iterator[str]:
    """Yield rates by the gas and by cubes, of what is not steered."""
    gas = passive_gas()
    told = rates(gas, NOBODY_AVOIDS).total_per_s * YEAR_S
    yield "| way | collisions a year | over the gas |"
    yield "|---|---|---|"
    yield f"| gas, 25-km shells | {told:.4f} | |"
    sizes, times = zip(*CUBES, strict=True)
    with ProcessPoolExecutor(PROCESSES) as executor:
        found = list(executor.map(by_cubes, [gas] * len(CUBES), sizes, times))
    for (size_km, many), (mean, error) in zip(CUBES, found, strict=True):
        yield (
            f"| cubes of {size_km:g} km at {many:,} moments | {mean:.4f} ± {error:.4f} | "
            f"{mean / told:.3f} ± {error / told:.3f} |"
        )


def densities(published: dict[str, Any]) -> Iterator[str]:
    """Yield objects per km³ at some heights."""
    sky = sky_of(catalogue(SKY), YEAR, 8.0)
    there = moments(sky.gas(0.0))[:, :, :, 0].sum(axis=(0, 2))
    volume = 4.0 / 3.0 * np.pi * np.diff((EARTH_RADIUS_KM + EDGES_KM) ** 3)
    yield "| height, km | theirs, 1e-9 per km³ | ours | ratio |"
    yield "|---|---|---|---|"
    for height, theirs in published.items():
        if height.isdecimal():
            shell = int((float(height) - LOWEST_KM) / SHELL_KM)
            ours = there[shell] / volume[shell]
            yield f"| {height} | {theirs * 1e9:.1f} | {ours * 1e9:.1f} | {ours / theirs:.2f} |"


def lifetimes(published: dict[str, Any]) -> Iterator[str]:
    """Yield how long circular orbits last from three starts."""
    flux = continued(observed_flux(), STARTS[1] + MOST_YEARS)
    yield "| A/m, m²/kg | height, km | theirs: 2020.2, +66, +33 months | ours |"
    yield "|---|---|---|---|"
    for name, heights in published.items():
        if not name.startswith("A/m"):
            continue
        ratio = float(name.split()[1])
        for height, theirs in heights.items():
            many = theirs if isinstance(theirs, list) else [theirs]
            orbit = Orbits(
                np.array([float(height)]), np.array([float(height)]),
                np.radians([INCLINATION_DEG]), np.array([ratio]),
            )  # fmt: skip
            ours = [
                float(lifetime_years(orbit, flux, start_year=start, most_years=MOST_YEARS)[0])
                for start in STARTS[: max(len(many), 1)]
            ]
            yield (
                f"| {ratio:g} | {height} | {', '.join(map(str, many))} | "
                f"{', '.join(map(_years, ours))} |"
            )


def _years(value: float) -> str:
    if np.isinf(value):
        return f">{MOST_YEARS:g}"
    return f"{value:.2f}" if value < 2.0 else f"{value:.1f}" if value < 50.0 else f"{value:.0f}"
