"""
Does the mass of all objects add up?  Sums in a region of space against a published total.

A total has a date and a definition: what crosses low orbits weighs a fifth more than what stays
there, and two months of launches are some hundred tonnes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from commonsky.environment.objects import Objects, SizeProvenance

LOW_KM = 2000.0
TOLERANCE = 0.15
_ESA = (
    "ESA's Annual Space Environment Report 2025, issue 9.1 (GEN-DB-LOG-00288-OPS-SD), "
    "read in a third party's conversion of its tables"
)


class Region(StrEnum):
    """Which objects count."""

    WITHIN_LEO = "perigee and apogee below 2000 km"
    TOUCHING_LEO = "perigee below 2000 km"
    EVERYWHERE = "any orbit round the Earth"


class Verdict(StrEnum):
    """What a comparison with a total says."""

    WITHIN = "within tolerance"
    TOO_LIGHT = "too light"
    TOO_HEAVY = "too heavy"


@dataclass(frozen=True, slots=True)
class MassGate:
    """A published total, and what it is the total of."""

    name: str
    region: Region
    date: str
    tonnes: float
    source: str


ESA_LEO = MassGate("LEO class", Region.WITHIN_LEO, "2024-12-31", 6661.3, _ESA)
ESA_TOUCHING_LEO = MassGate("LEO absolute", Region.TOUCHING_LEO, "2024-12-31", 8107.8, _ESA)
ESA_EVERYWHERE = MassGate("all orbits", Region.EVERYWHERE, "2024-12-31", 13_579.0, _ESA)
ESA_END_OF_2024 = (ESA_LEO, ESA_TOUCHING_LEO, ESA_EVERYWHERE)


@dataclass(frozen=True, slots=True)
class Weighing:
    """
    Our total beside a published one.

    `share` is how much of ours rests on which provenance: together 1, or nothing without objects.
    """

    gate: MassGate
    tonnes: float
    share: dict[SizeProvenance, float]
    tolerance: float

    @property
    def ratio(self) -> float:
        """Ours over the published total."""
        return self.tonnes / self.gate.tonnes

    @property
    def verdict(self) -> Verdict:
        """Whether ours is within the tolerance, a fraction of the published total."""
        if abs(self.ratio - 1.0) <= self.tolerance:
            return Verdict.WITHIN
        return Verdict.TOO_LIGHT if self.ratio < 1.0 else Verdict.TOO_HEAVY


def weigh(objects: Objects, gate: MassGate, tolerance: float = TOLERANCE) -> Weighing:
    """Return the mass of the objects in the gate's region, and what that rests on."""
    if not 0.0 < tolerance < 1.0:
        raise ValueError(f"a tolerance is a fraction between 0 and 1, not {tolerance}")
    part = objects.take(_inside(objects, gate.region))
    mass_kg = part.mass_kg * part.weight
    whole_kg = float(mass_kg.sum())
    sums = np.bincount(part.mass_provenance, mass_kg, minlength=len(SizeProvenance))
    share = {of: float(sums[of]) / whole_kg for of in SizeProvenance if sums[of] > 0.0}
    return Weighing(gate, whole_kg / 1000.0, share, tolerance)


def _inside(objects: Objects, region: Region) -> NDArray[np.bool_]:
    match region:
        case Region.WITHIN_LEO:
            return np.asarray((objects.perigee_km < LOW_KM) & (objects.apogee_km < LOW_KM))
        case Region.TOUCHING_LEO:
            return np.asarray(objects.perigee_km < LOW_KM)
        case Region.EVERYWHERE:
            return np.isfinite(objects.semi_major_axis_km)
