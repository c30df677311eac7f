"""The state of an evolution: objects that come, sink, break up and go, in columns that grow."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats
from commonsky.catalogue.catalogue import ObjectType
from commonsky.environment.drag import (
    FAR_KM,
    RE_ENTRY_KM,
    TOP_KM,
    DragTable,
    ballistic_m2_kg,
    descend,
    lift_km,
)
from commonsky.environment.earth import YEAR_S
from commonsky.environment.gas import TRACKED_AREA_M2, Group, Molecules
from commonsky.environment.objects import Objects

GOLDEN = 0.6180339887  # multiples of it, without whole numbers, are even over 0 to 1


@dataclass(slots=True)
class Sky:
    """
    n objects, one row each; `until_year` is when an active one's mission ends, else -inf.

    `ballistic` is Cd A/m with the turning air; `intact` is of payloads and stages that are whole.
    """

    perigee_km: Floats
    apogee_km: Floats
    inclination_rad: Floats
    mass_kg: Floats
    area_m2: Floats
    kind: NDArray[np.int8]
    until_year: Floats
    weight: Floats

    def __len__(self) -> int:
        return len(self.mass_kg)

    @property
    def active(self) -> NDArray[np.bool_]:
        """(n,) whether an object is steered."""
        return np.asarray(np.isfinite(self.until_year))

    @property
    def intact(self) -> NDArray[np.bool_]:
        """(n,) whether an object is a whole payload or stage."""
        return np.asarray(
            (self.kind == ObjectType.PAYLOAD) | (self.kind == ObjectType.ROCKET_BODY)
        )

    def take(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Sky:
        """Return some of the rows."""
        return Sky(*(getattr(self, one.name)[rows] for one in fields(self)))

    def joined(self, other: Sky) -> Sky:
        """Return these rows, then those."""
        return Sky(*(
            np.concatenate([getattr(self, one.name), getattr(other, one.name)])
            for one in fields(self)
        ))  # fmt: skip

    def ballistic_m2_kg(self) -> Floats:
        """(n,) Cd A/m, 0 of what is steered and so keeps its height."""
        told = ballistic_m2_kg(self.area_m2 / self.mass_kg, self.perigee_km, self.inclination_rad)
        return np.where(self.active, 0.0, told)

    def sink(self, years: float, tables: list[DragTable]) -> Sky:
        """Bring down what drag acts on over so many years; leave out what is down."""
        ballistic, lift = self.ballistic_m2_kg(), lift_km(self.inclination_rad)
        low = np.flatnonzero((ballistic > 0.0) & (self.perigee_km < TOP_KM))
        perigee, apogee = self.perigee_km[low], self.apogee_km[low]
        ballistic, lift = ballistic[low], lift[low]
        for table in tables:
            descend(perigee, apogee, ballistic, lift, years / len(tables) * YEAR_S, table)
        self.perigee_km[low], self.apogee_km[low] = perigee, apogee
        down = self.perigee_km < RE_ENTRY_KM
        return self.take(np.logical_not(down)) if down.any() else self

    def gas(self, tracked_area_m2: float = TRACKED_AREA_M2) -> Molecules:
        """Return these objects as a gas; what is smaller than an area is in no catalogue."""
        small = self.area_m2 < tracked_area_m2
        group = np.where(
            self.active, Group.ACTIVE, np.where(small, Group.UNTRACKED, Group.TRACKED)
        )
        return Molecules(
            self.perigee_km, self.apogee_km, self.inclination_rad, np.sqrt(self.area_m2 / np.pi),
            self.weight, group.astype(np.int8),
        )  # fmt: skip


def usable(objects: Objects) -> NDArray[np.bool_]:
    """(n,) whether an object has an orbit above 120 km, a mass and an area."""
    good = np.isfinite(objects.perigee_km + objects.apogee_km + objects.inclination_rad)
    good &= (objects.perigee_km >= RE_ENTRY_KM) & (objects.apogee_km < FAR_KM)
    for column in (objects.mass_kg, objects.area_m2, objects.weight):
        good &= np.isfinite(column) & (column > 0.0)
    return good


def sky_of(objects: Objects, start_year: float, mission_years: float) -> Sky:
    """
    Return the state that objects are in at the start of an evolution.

    The missions of active ones end `mission_years` after their launch; where that is unknown or
    over, within the next `mission_years`, evenly.
    """
    n = len(objects)
    ends = objects.launched_year + mission_years
    spread = start_year + mission_years * (np.arange(n) * GOLDEN % 1.0)
    ends = np.where(np.isfinite(ends) & (ends > start_year), ends, spread)
    return Sky(
        objects.perigee_km.copy(), objects.apogee_km.copy(), objects.inclination_rad.copy(),
        objects.mass_kg.copy(), objects.area_m2.copy(), objects.kind.astype(np.int8),
        np.where(objects.active, ends, -np.inf), objects.weight.copy(),
    ).take(usable(objects))  # fmt: skip
