"""
How heavy an object is, and how that is known.

A figure that decides the answer never stands without its source; where nothing better is known,
the size of its radar cross-section and a mean density stand in.

The law of density, 2.8 d^-0.74 g/cm³ for d in cm, is an assumption: its source was not at hand.
Against the hard-body radii and masses that NASA CARA lists (June 2026, 16,802 estimated from radar
cross-sections), spheres of their radii have a half to an eighth of it in the median.  So such a
mass is good to an order of magnitude, and says how it came about.  Those are fragments, nearly
all; of 35 designs of stages with published masses and measures the law gives the mean cross
section within a factor of 2.6, a fifth too large in the median (design/006_object_sizes.py).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.catalogue.catalogue import ObjectType, RcsSize

# The law as kg over m of diameter: density times volume.
POWER = 3.0 - 0.74
KG_M = 2800.0 * 100.0**-0.74 * math.pi / 6.0


class MassProvenance(StrEnum):
    """How a mass is known, the best first."""

    GIVEN = "given"  # by whoever asks
    RADAR = "radar cross-section"  # a class of size, and the mean density of that size
    KIND = "kind of object"  # nothing but payload, rocket body or debris: a guess


@dataclass(frozen=True, slots=True)
class Mass:
    """A mass, and how it is known."""

    mass_kg: float
    provenance: MassProvenance


# Middles, on a scale of factors, of Space-Track's classes; the open one to 30 m².
AREA_OF_RCS_M2 = {RcsSize.SMALL: 0.03, RcsSize.MEDIUM: 0.3, RcsSize.LARGE: 5.0}
# A guess for what has no class: as a small satellite, a stage, and a fragment are.
AREA_OF_KIND_M2 = {
    ObjectType.PAYLOAD: 2.0, ObjectType.ROCKET_BODY: 10.0, ObjectType.DEBRIS: 0.03,
    ObjectType.UNKNOWN: 0.3,
}  # fmt: skip


def mass_of(kind: ObjectType, size: RcsSize, given_kg: float | None = None) -> Mass:
    """Return the mass of an object, from the best that is known of it."""
    if given_kg is not None:
        if not 0.0 < given_kg < math.inf:
            raise ValueError(f"a mass is above 0 kg, not {given_kg}")
        return Mass(given_kg, MassProvenance.GIVEN)
    if size in AREA_OF_RCS_M2:
        return Mass(mass_of_area_kg(AREA_OF_RCS_M2[size]), MassProvenance.RADAR)
    return Mass(mass_of_area_kg(AREA_OF_KIND_M2[kind]), MassProvenance.KIND)


def mass_of_area_kg(area_m2: float) -> float:
    """Return the mass of a sphere of a cross section and the mean density of its size."""
    return float(masses_of_areas_kg(np.array(area_m2)))


def masses_of_areas_kg(area_m2: Floats) -> Floats:
    """(n,) masses of spheres of cross sections and the mean density of their sizes."""
    return np.asarray(KG_M * np.sqrt(4.0 * area_m2 / math.pi) ** POWER, np.float64)


def areas_of_masses_m2(mass_kg: Floats) -> Floats:
    """(n,) cross sections of spheres of masses, the inverse of `masses_of_areas_kg`."""
    return np.asarray(math.pi / 4.0 * (mass_kg / KG_M) ** (2.0 / POWER), np.float64)
