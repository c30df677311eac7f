"""Runs of the long-term model that also tell mean heights, as the counts of old catalogues do."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from bench.past_sky import counted
from commonsky.astro.arrays import Floats
from commonsky.environment.evolve import Run, _Evolution, _Look
from commonsky.environment.objects import Objects
from commonsky.environment.scenario import Scenario

PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Task:
    """One run to make; explosions end after a year."""

    objects: Objects
    scenario: Scenario
    seed: int
    explosions_until: float = np.inf


@dataclass(frozen=True, slots=True)
class Followed:
    """A run, and (m, 3, 6) counts by type and band of mean height at the ends of its m years."""

    run: Run
    bands: Floats

    def at(self, year: float) -> Floats:
        """(3, 6) counts at a time, between the ends of years."""
        ends = self.run.year
        place = float(np.clip(np.interp(year, ends, np.arange(len(ends))), 0, len(ends) - 1))
        low = min(int(place), len(ends) - 2)
        share = place - low
        return np.asarray((1.0 - share) * self.bands[low] + share * self.bands[low + 1])


class _WithHeights(_Evolution):
    """An evolution whose looks also count by mean height."""

    def __init__(self, task: Task) -> None:
        super().__init__(task.objects, task.scenario, task.seed)
        self.explosions_until = task.explosions_until
        self.bands: list[Floats] = []

    def explode(self, year: float) -> None:
        if year < self.explosions_until:
            super().explode(year)

    def looked_at(self) -> _Look:
        sky = self.sky
        height = 0.5 * (sky.perigee_km + sky.apogee_km)
        self.bands.append(counted(sky.kind, height, sky.weight))
        return super().looked_at()


def follow(task: Task) -> Followed:
    """Make one run."""
    evolution = _WithHeights(task)
    run = evolution.run(None)
    return Followed(run, np.array(evolution.bands))


def follow_all(tasks: Sequence[Task]) -> list[Followed]:
    """Make runs, in processes; the same come back whatever their number."""
    with ProcessPoolExecutor(PROCESSES) as executor:
        return list(executor.map(follow, tasks))


def mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """The mean of a figure over runs, and its standard error."""
    told = np.asarray(values, np.float64)
    return float(told.mean()), float(told.std(ddof=1) / np.sqrt(len(told)))
