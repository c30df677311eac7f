"""
The sky from 2000 to 2025 as the long-term model foretells it, beside what was catalogued.

Four columns differ in what they know; a fifth table follows by drag alone what was there in 2000.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from bench.followed import Followed, Task, follow_all
from bench.past_events import Explosions, broken_up, launched
from bench.past_sky import (
    BANDS_KM,
    NAMES,
    by_band,
    catalogue,
    catalogued_before,
    observed_flux,
    sky_at,
    snapshots,
)
from commonsky.astro.arrays import Floats
from commonsky.catalogue.catalogue import ObjectType
from commonsky.environment.breakup import EXPLOSION_SLOPE, MOST_REMNANTS
from commonsky.environment.gas import Avoidance
from commonsky.environment.objects import Objects, joined
from commonsky.environment.scenario import Scenario
from commonsky.environment.solar_flux import mean_cycles

START_DAY, START_YEAR, YEARS = "19991130", 2000.0, 26.0
DAYS = {2005: "20050131", 2010: "20100215", 2015: "20150324", 2020: "20191223", 2025: "20250203"}
SEEDS = range(1, 11)
MISSION_YEARS = 8.0
# Days to follow by drag alone, and which types; what was catalogued later is in none of them.
DRAG_DAYS = {START_DAY: (0, 1, 2), "20061117": (2,), "20121022": (2,)}
CYCLE_23 = 1996.6  # began in August 1996 (SILSO)
COLUMNS = {
    "A": "nothing after 1999",
    "B": "as A, and the Sun as it was",
    "C": "as B, and the launches and four break-ups that were, pieces as the model has them",
    "D": "as C, but as many pieces of those four as were catalogued",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What all columns share."""

    explosions: Explosions
    step_years: float = 0.25
    years: float = YEARS


def start(seed: int, *, blind: bool) -> Objects:
    """The sky of the end of 1999; blind, satellites of the last eight years are steered."""
    donors = catalogued_before(catalogue("bg_20191212"), 2000)
    whole = sky_at(START_DAY, donors, seed, steered_after=START_YEAR - MISSION_YEARS)
    return whole if blind else replace(whole, active=np.zeros(len(whole), np.bool_))


def rate_and_scale(settings: Settings, sky: Objects) -> tuple[float, float]:
    """Explosions per passive body and year, and the model's S, that are those of the nineties."""
    whole = (sky.kind == ObjectType.PAYLOAD) | (sky.kind == ObjectType.ROCKET_BODY)
    passive = float((whole & np.logical_not(sky.active)).sum())
    # Of S = 1 there are 6 (0.1^-1.6 - 1) pieces of 10 cm to 1 m; remnants come on top.
    drawn = max(settings.explosions.pieces - MOST_REMNANTS, 1.0)
    return settings.explosions.per_year / passive, drawn / (6.0 * (0.1**-EXPLOSION_SLOPE - 1.0))


def task(column: str, seed: int, settings: Settings) -> Task:
    """One run of a column."""
    blind = column in {"A", "B"}
    sky = start(seed, blind=blind)
    rate, scale = rate_and_scale(settings, sky)
    if not blind:
        clouds = broken_up(seed, as_catalogued=column == "D")
        sky = joined([sky, launched(START_YEAR + settings.years), clouds])
    flux = observed_flux()
    if column == "A":
        flux = mean_cycles(START_YEAR, before_2000=True, minimum_year=CYCLE_23)
    scenario = Scenario(
        years=settings.years, start_year=START_YEAR, launch_factor=1.0 if blind else 0.0,
        traffic_years=8.0, mission_years=MISSION_YEARS if blind else 100.0, disposal_success=0.0,
        explosions_per_object_year=rate, explosion_scale=scale,
        avoidance=Avoidance(0.0, 1.0) if blind else Avoidance(), collisions=blind,
        step_years=settings.step_years, flux=flux,
    )  # fmt: skip
    return Task(sky, scenario, seed)


def runs(settings: Settings) -> dict[str, list[Followed]]:
    """All runs of all columns."""
    tasks = [task(column, seed, settings) for column in COLUMNS for seed in SEEDS]
    told = follow_all(tasks)
    each = len(SEEDS)
    return {column: told[k * each : (k + 1) * each] for k, column in enumerate(COLUMNS)}


def observed(year: int) -> Floats:
    """(3, 6) counts of the snapshot next to a year's beginning."""
    return snapshots()[DAYS[year]].by_band()


def rows_of(bands: Floats) -> dict[str, float]:
    """What the table tells of (3, 6) counts: types, bands, all."""
    by_type = {NAMES[k]: float(bands[k].sum()) for k in range(len(NAMES))}
    heights = {f"{low or 'to'}-{high} km".replace("to-", "to "): float(bands[:, k].sum())
               for k, (low, high) in enumerate(BANDS_KM)}  # fmt: skip
    return {"all": float(bands.sum())} | by_type | heights


def table(told: dict[str, list[Followed]]) -> Iterator[str]:
    """Yield the hindcast's table."""
    yield "| | | observed | A blind | B Sun | C events | D pieces |"
    yield "|---|---|---|---|---|---|---|"
    for row in rows_of(observed(2005)):
        for year, day in DAYS.items():
            at = snapshots()[day].year
            cells = [f"{rows_of(observed(year))[row]:,.0f}"]
            for column in COLUMNS:
                values = np.array([rows_of(one.at(at))[row] for one in told[column]])
                cells.append(f"{values.mean():,.0f} ± {values.std(ddof=1):,.0f}")
            label = row if year == min(DAYS) else ""
            yield f"| {label} | {year} | {' | '.join(cells)} |"


def task_of_drag(
    seed: int, *, day: str = START_DAY, step_years: float = 0.25, years: float = YEARS
) -> Task:
    """A run of what was there on a day, without launches or break-ups."""
    began = snapshots()[day].year
    donors = catalogued_before(catalogue("bg_20191212"), round(began + 0.5))
    sky = sky_at(day, donors, seed)
    # Designators tell no more than the year: what was there has no launch to come.
    sky = replace(sky, launched_year=np.full(len(sky), np.nan))
    scenario = Scenario(
        years=years, start_year=began, launch_factor=0.0, disposal_success=0.0,
        collisions=False, step_years=step_years, flux=observed_flux(1999),
    )  # fmt: skip
    return Task(sky, scenario, seed)


def survivors() -> Iterator[str]:
    """Yield what drag alone leaves of three skies, beside what was left of them."""
    yield "| day | type | height, km | at first | Dec 2019: left / ours | Sep 2025: left / ours |"
    yield "|---|---|---|---|---|---|"
    for day, kinds in DRAG_DAYS.items():
        began = snapshots()[day].year
        tasks = [task_of_drag(seed, day=day, years=np.ceil(2026.0 - began)) for seed in SEEDS]
        told = follow_all(tasks)
        begun = np.mean([by_band(one.objects) for one in tasks], axis=0)
        left = {}
        for name, at in (("bg_20191212", 2019.95), ("bg_20250901", 2025.67)):
            there = by_band(catalogued_before(catalogue(name), round(began + 0.5)))
            left[name] = (there, np.mean([one.at(at) for one in told], axis=0))
        date = f"{day[:4]}-{day[4:6]}-{day[6:]}"
        for k in kinds:
            for j, (low, high) in enumerate((*BANDS_KM, (0, 2000))):
                each = slice(j, j + 1) if j < len(BANDS_KM) else slice(None)
                cells = [
                    f"{there[k, each].sum():,.0f} / {ours[k, each].sum():,.0f}"
                    for there, ours in left.values()
                ]
                height = f"{low}-{high}" if j < len(BANDS_KM) else "**all**"
                yield (
                    f"| {date} | {NAMES[k]} | {height} | {begun[k, each].sum():,.0f} | "
                    f"{' | '.join(cells)} |"
                )
                date = ""
