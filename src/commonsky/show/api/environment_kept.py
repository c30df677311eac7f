"""How crowded it is by a node's picture: made once for each change of it, and kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.catalogue.catalogue import Catalogue, ObjectType
from commonsky.environment.capacity import CapacityModel, capacity_model
from commonsky.environment.capacity_population import shell_population
from commonsky.environment.objects import Objects
from commonsky.environment.scenario import Scenario
from commonsky.environment.sky import sky_of
from commonsky.environment.traffic import traffic_of
from commonsky.node.environment import crowd, sized, year_of
from commonsky.show.crowding import Now, now_document

SEED = 0  # of sizes that nobody states; the same for all questions, so that they can be compared
Mark = tuple[int, int]
T = TypeVar("T")


class Surveyed:
    """A catalogue with masses and sizes, and what follows from it; nothing is made twice."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.year = round(year_of(catalogue), 3)
        self._making = threading.RLock()

    @cached_property
    def _objects(self) -> Objects:
        return sized(self.catalogue, (), SEED)

    @cached_property
    def _now(self) -> Now:
        told = crowd(self._objects, self.year, Scenario().avoidance, SEED)
        return now_document(self._objects, told, self.year)

    @cached_property
    def _model(self) -> CapacityModel:
        sky = sky_of(self._objects, self.year, Scenario().mission_years)
        population = shell_population(
            sky.perigee_km, sky.apogee_km, sky.mass_kg, sky.area_m2, sky.kind, sky.active,
            sky.weight, sky.inclination_rad,
        )  # fmt: skip
        launches = launches_per_year(self._objects, self.year)
        return capacity_model(population, start_year=self.year, launches_per_year=launches)

    @property
    def objects(self) -> Objects:
        """One row of each object."""
        return self.once(lambda: self._objects)

    @property
    def now(self) -> Now:
        """How crowded it is."""
        return self.once(lambda: self._now)

    @property
    def model(self) -> CapacityModel:
        """What policies are tried on."""
        return self.once(lambda: self._model)

    def once(self, make: Callable[[], T]) -> T:
        """Return what is made by one thread at a time: others wait, and find it made."""
        with self._making:
            return make()


class EnvironmentKept:
    """What follows from the newest picture that was asked about."""

    def __init__(self) -> None:
        self._mark: Mark = (-1, -1)
        self._kept: Surveyed | None = None
        self._looking = threading.Lock()

    def of(self, mark: Mark, catalogue: Callable[[], Catalogue]) -> Surveyed:
        """Return what follows from a catalogue; one with the same mark is the same."""
        with self._looking:
            if self._kept is None or mark != self._mark:
                self._mark, self._kept = mark, Surveyed(catalogue())
            return self._kept


def launches_per_year(objects: Objects, year: float) -> Floats | None:
    """
    Satellites and stages launched a year, by cell and class, as a long run has them.

    None where no launch is dated, so that what is steered is replaced as its missions end.
    """
    if not np.isfinite(objects.launched_year).any():
        return None
    traffic = traffic_of(objects, Scenario(start_year=year))
    sky = traffic.what
    payload = sky.kind == ObjectType.PAYLOAD
    each = np.full(len(sky), 1.0 / traffic.cycle_years)
    told = shell_population(
        sky.perigee_km, sky.apogee_km, sky.mass_kg, sky.area_m2, sky.kind, payload, each,
        sky.inclination_rad,
    )  # fmt: skip
    return told.numbers[:2]  # of active ones and derelicts: satellites and stages
