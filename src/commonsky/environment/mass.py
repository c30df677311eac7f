"""
How heavy an object is, and how that is known.

A figure that decides the answer never stands without its source; where nothing better is known,
the size of its radar cross-section and a mean density stand in.

The law of density, 2.8 d^-0.74 g/cm³ for d in cm, is an assumption: its source was not at hand.
Against the hard-body radii and masses that NASA CARA lists (June 2026, 16,802 estimated from radar
cross-sections), spheres of their radii have a half to an eighth of it in the median.  So such a
mass is good to an order of magnitude, and says how it came about.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from commonsky.catalogue.catalogue import ObjectType, RcsSize


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
    diameter_m = math.sqrt(4.0 * area_m2 / math.pi)
    density_kg_m3 = 2800.0 * (100.0 * diameter_m) ** -0.74
    return density_kg_m3 * math.pi / 6.0 * diameter_m**3
