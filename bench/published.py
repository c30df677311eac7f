"""
Centuries to come as our model and published ones have them: NASA's LEGEND, and the IADC's.

Their populations, masses and traffic are not public, so ours start from the counts of catalogues.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bench.followed import Followed, Task, follow_all, mean_and_error
from bench.hindcast import CYCLE_23
from bench.past_sky import catalogue, catalogued_before, sky_at
from commonsky.catalogue.catalogue import ObjectType
from commonsky.environment.gas import Avoidance, moments
from commonsky.environment.objects import Objects
from commonsky.environment.scenario import Scenario
from commonsky.environment.shattering import Event
from commonsky.environment.sky import sky_of
from commonsky.environment.solar_flux import mean_cycles

YEARS, STEP_YEARS, NOBODY_AVOIDS = 200.0, 1.0, Avoidance(0.0, 0.0)
RUNS, FEWER_RUNS, LAUNCHING_RUNS = 20, 8, 4
LEGEND_DAY, LEGEND_YEAR = "20061117", 2006.0
IADC_DAY, IADC_YEAR = "20090531", 2009.41
LATEST, LATEST_YEAR = "bg_20240808", 2024.60
LOW_SHELLS = slice(2, 74)  # 200 to 2000 km
EXPLOSIONS_PER_YEAR, EXPLOSION_SCALE, EXPLODE_YEARS = 11.0, 0.12, 18.0

Column = Sequence[Followed]


def effective(objects: Objects) -> float:
    """How many are between 200 and 2000 km, each by the share of its time."""
    gas = sky_of(objects, 2000.0, 0.0).gas(0.0)
    return float(moments(gas)[:, LOW_SHELLS, :, 0].sum())


def at_end(told: Followed) -> float:
    return float(told.run.by_shell[-1][:, LOW_SHELLS].sum())


def happened(told: Followed, which: Callable[[Event], bool] = lambda _: True) -> float:
    """How many collisions of a kind came to be in a run."""
    return float(sum(event.other_mass_kg > 0.0 and which(event) for event in told.run.events))


def past(day: str, start_year: float, seed: int, **more: Any) -> Objects:  # noqa: ANN401
    """The sky of a day, filled from what was catalogued by the end of its year."""
    donors = catalogued_before(catalogue("bg_20191212"), int(day[:4]) + 1)
    whole = sky_at(day, donors, seed, **more)
    # Designators tell a launch's year alone: none may lie after the start.
    return replace(whole, launched_year=np.minimum(whole.launched_year, start_year - 0.01))


def more_debris(wanted: float) -> float:
    """By how much debris must grow for as many objects as LEGEND starts with."""
    lean = past(LEGEND_DAY, LEGEND_YEAR, 1)
    pieces = lean.take(lean.kind == ObjectType.DEBRIS)
    return 1.0 + (wanted - effective(lean)) / effective(pieces)


def cell(mean: float, error: float) -> str:
    digits = 0 if abs(mean) >= 100.0 else 1 if abs(mean) >= 10.0 else 2
    return f"{mean:,.{digits}f} ± {error:,.{digits}f}"


def row(name: str, theirs: str, columns: Sequence[Column], of: Callable[[Followed], float]) -> str:
    """One line: what it is, theirs, and the mean of each of our columns with its error."""
    cells = [cell(*mean_and_error([of(one) for one in column])) for column in columns]
    return f"| {name} | {theirs} | {' | '.join(cells)} |"


def begun(tasks: Sequence[Sequence[Task]]) -> list[str]:
    return [f"{effective(column[0].objects):,.0f}" for column in tasks]


def grown(column: Column, tasks: Sequence[Task]) -> float:
    """The share of runs with more at the end than at the start."""
    return float(np.mean([
        at_end(one) > effective(task.objects) for one, task in zip(column, tasks, strict=True)
    ]))  # fmt: skip


def legend(published: dict[str, Any]) -> Iterator[str]:
    """Yield the table beside LEGEND without launches."""
    scenario = Scenario(
        years=YEARS, start_year=LEGEND_YEAR, launch_factor=0.0, disposal_success=0.0,
        mission_years=0.0, avoidance=NOBODY_AVOIDS, step_years=STEP_YEARS,
        flux=mean_cycles(LEGEND_YEAR, before_2000=True, minimum_year=CYCLE_23),
    )  # fmt: skip
    start = published["pop_2006_gt10cm_LEO"]
    tasks = [
        [Task(past(LEGEND_DAY, LEGEND_YEAR, seed, more_debris=factor), scenario, seed)
         for seed in range(1, runs + 1)]
        for factor, runs in ((more_debris(start), RUNS), (1.0, FEWER_RUNS))
    ]  # fmt: skip
    columns = [follow_all(column) for column in tasks]
    yield (
        f"| 200 years from 2006 | LEGEND | ours, {RUNS} runs | "
        f"ours, catalogued alone, {FEWER_RUNS} |"
    )
    yield "|---|---|---|---|"
    yield f"| objects at the start | {start:,} | {' | '.join(begun(tasks))} |"
    yield row("at the end, mean", f"{published['pop_2206_mean']:,}", columns, at_end)
    medians = " | ".join(f"{np.median([at_end(one) for one in told]):,.0f}" for told in columns)
    yield f"| at the end, median | {published['pop_2206_median']:,} | {medians} |"
    more = " | ".join(f"{grown(*both):.0%}" for both in zip(columns, tasks, strict=True))
    yield f"| runs that grow | {published['frac_runs_growing']:.0%} | {more} |"
    both = (
        ("collisions, as told", "collisions_200yr", lambda one: one.run.collisions.sum()),
        ("catastrophic, as told", "catastrophic", lambda one: one.run.catastrophic.sum()),
        ("collisions that happened", "collisions_200yr", happened),
        ("of two whole ones", "intact_intact", lambda one: happened(one, lambda e: e.intact == 2)),
        ("of one with a fragment", "intact_fragment",
         lambda one: happened(one, lambda e: e.intact == 1)),
        ("of two fragments", "fragment_fragment",
         lambda one: happened(one, lambda e: e.intact == 0)),
    )  # fmt: skip
    for name, key, of in both:
        yield row(name, f"{published[key]}", columns, of)
    yield row(
        "catastrophic ones at 900 to 1000 km", "about 60 % of 10.3", columns,
        lambda one: happened(one, lambda e: e.catastrophic and 900.0 <= e.height_km < 1000.0),
    )  # fmt: skip


def iadc_2013(published: dict[str, Any], legend_start: float) -> Iterator[str]:
    """Yield the table beside IADC-12-08."""
    scenario = Scenario(
        years=YEARS, start_year=IADC_YEAR, disposal_success=0.9, disposal_limit_years=25.0,
        mission_years=8.0, traffic_years=8.0, avoidance=NOBODY_AVOIDS, step_years=STEP_YEARS,
        flux=mean_cycles(IADC_YEAR, before_2000=True, minimum_year=CYCLE_23),
    )  # fmt: skip
    tasks = [
        [Task(past(IADC_DAY, IADC_YEAR, seed, more_debris=factor, steered_after=IADC_YEAR - 8.0),
              scenario, seed) for seed in range(1, runs + 1)]
        for factor, runs in ((1.0, RUNS), (more_debris(legend_start), FEWER_RUNS))
    ]  # fmt: skip
    columns = [follow_all(column) for column in tasks]
    first, last = published["catastrophic_interval_yr"]
    yield (
        f"| 200 years from 2009 | six models | ours, catalogued alone, {RUNS} runs | "
        f"ours, more debris, {FEWER_RUNS} |"
    )
    yield "|---|---|---|---|"
    starts = np.array([[effective(column[0].objects)] for column in tasks])
    yield f"| objects at the start | not public | {' | '.join(begun(tasks))} |"
    yield row("at the end", "", columns, at_end)
    growth = [
        mean_and_error([100.0 * (at_end(one) / start - 1.0) for one in column])
        for column, start in zip(columns, starts[:, 0], strict=True)
    ]
    cells = " | ".join(f"{mean:+.0f} ± {error:.0f} %" for mean, error in growth)
    yield f"| growth | {published['population_change_200yr']} | {cells} |"
    yield row(
        "catastrophic collisions, as told", f"{YEARS / last:.0f} to {YEARS / first:.0f}", columns,
        lambda one: float(one.run.catastrophic.sum()),
    )  # fmt: skip
    yield row(
        "years from one to the next", f"{first} to {last}", columns,
        lambda one: YEARS / float(one.run.catastrophic.sum()),
    )  # fmt: skip


def iadc_2026() -> Iterator[str]:
    """Yield the table beside IADC-23-01: launches go on, or none comes."""
    sky = catalogue(LATEST)
    sky = replace(sky, launched_year=np.minimum(sky.launched_year, LATEST_YEAR - 0.01))
    whole = (sky.kind == ObjectType.PAYLOAD) | (sky.kind == ObjectType.ROCKET_BODY)
    passive = float((whole & np.logical_not(sky.active)).sum())
    none = Scenario(
        years=YEARS, start_year=LATEST_YEAR, launch_factor=0.0, step_years=STEP_YEARS,
        disposal_success=0.9, explosions_per_object_year=EXPLOSIONS_PER_YEAR / passive,
        explosion_scale=EXPLOSION_SCALE,
    )  # fmt: skip
    more = replace(none, launch_factor=1.0)
    quiet = LATEST_YEAR + EXPLODE_YEARS
    columns = [
        follow_all([Task(sky, none, seed, quiet) for seed in range(1, RUNS + 1)]),
        follow_all([Task(sky, more, seed) for seed in range(1, LAUNCHING_RUNS + 1)]),
    ]
    yield (
        f"| 200 years from August 2024 | none comes, {RUNS} runs | all go on, "
        f"{LAUNCHING_RUNS} runs | ratio: ours | theirs, 2026 | theirs, 2025 |"
    )
    yield "|---|---|---|---|---|---|"
    start = f"{effective(sky):,.0f}"
    yield f"| objects at the start | {start} | {start} | | | |"
    for name, of, theirs, before in (
        ("objects after 50 years", lambda one: one.run.by_shell[49][:, LOW_SHELLS].sum(), "", ""),
        ("at the end", at_end, "about 4", "about 3"),
        ("catastrophic collisions, as told", lambda one: one.run.catastrophic.sum(), "about 6",
         "almost 8"),
    ):  # fmt: skip
        (mean, error), (other, of_other) = (
            mean_and_error([float(of(one)) for one in column]) for column in columns
        )
        ratio = other / mean
        off = ratio * float(np.hypot(error / mean, of_other / other))
        yield (
            f"| {name} | {cell(mean, error)} | {cell(other, of_other)} | {ratio:.1f} ± {off:.1f} "
            f"| {theirs} | {before} |"
        )
