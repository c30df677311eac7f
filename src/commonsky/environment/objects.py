"""
Objects as the long-term environment needs them: orbit, mass and size, each with its source.

A row may stand for several objects, or for part of one: `weight` says how many.  What is drawn or
taken from others of its kind says so; sums over provenance then tell what a result rests on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.environment.earth import EARTH_RADIUS_KM


class SizeProvenance(IntEnum):
    """How a mass or an area is known, the best first."""

    MEASURED = 0  # told of this very object, by who owns, protects or asks
    CATALOGUE = 1  # a catalogue's figure for this object
    DESIGN = 2  # published for the type of satellite or stage that it is
    RADAR = 3  # from its own radar cross-section
    RCS_CLASS = 4  # from no more than small, medium or large
    KIND = 5  # drawn from what others of its kind have
    DERIVED = 6  # from its mass or its area, whichever is known, by the density of its size


@dataclass(frozen=True, slots=True)
class Objects:
    """
    n objects, one row each, every column (n,).

    Orbits are mean ones.  `area_m2` is the mean cross section, for drag and for collisions;
    `active` marks what keeps its station and can avoid others; `launched_year` is nan where nobody
    knows.  Both provenances are of `SizeProvenance`, `kind` is of `ObjectType`.
    """

    semi_major_axis_km: Floats
    eccentricity: Floats
    inclination_rad: Floats
    mass_kg: Floats
    area_m2: Floats
    kind: NDArray[np.int8]
    active: NDArray[np.bool_]
    launched_year: Floats
    weight: Floats
    catalogue_number: Ints
    mass_provenance: NDArray[np.int8]
    area_provenance: NDArray[np.int8]

    def __post_init__(self) -> None:
        n = len(self.mass_kg)
        for column in fields(self):
            found = getattr(self, column.name).shape
            if found != (n,):
                raise ValueError(f"{column.name} has shape {found}, but {n} objects need ({n},)")

    def __len__(self) -> int:
        return len(self.mass_kg)

    def take(self, rows: Ints | NDArray[np.bool_] | slice) -> Objects:
        """Return the rows asked for, in that order."""
        return Objects(*(getattr(self, column.name)[rows] for column in fields(self)))

    @property
    def area_to_mass_m2_kg(self) -> Floats:
        """(n,) mean cross section per mass."""
        return self.area_m2 / self.mass_kg

    @property
    def radius_m(self) -> Floats:
        """(n,) radius of the sphere with the same mean cross section."""
        return np.sqrt(self.area_m2 / math.pi)

    @property
    def perigee_km(self) -> Floats:
        """(n,) height of the perigee over the equatorial radius, 6378.137 km."""
        return self.semi_major_axis_km * (1.0 - self.eccentricity) - EARTH_RADIUS_KM

    @property
    def apogee_km(self) -> Floats:
        """(n,) height of the apogee over the equatorial radius, 6378.137 km."""
        return self.semi_major_axis_km * (1.0 + self.eccentricity) - EARTH_RADIUS_KM


def joined(parts: Sequence[Objects]) -> Objects:
    """Return the objects of one or more tables, one below the other."""
    columns: list[Any] = [
        np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Objects)
    ]
    return Objects(*columns)
