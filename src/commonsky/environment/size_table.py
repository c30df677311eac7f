"""What is known of objects by catalogue number: mass, size, radar cross-section, launch, state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.catalogue.catalogue import ObjectType
from commonsky.environment.objects import SizeProvenance

UNKNOWN_STATE, INACTIVE, ACTIVE = -1, 0, 1


@dataclass(frozen=True, slots=True)
class SizeTable:
    """
    What is known of n objects, one row each, in any order; every column has shape (n,).

    nan is what is not known.  `radius_m` is a hard-body radius: that of a sphere round all of a
    satellite or stage, and half the length where radar told it or where it is a fragment.
    `size_provenance` is that of area and radius.  `kind` is of `ObjectType`, and `active` is
    `UNKNOWN_STATE` where nothing is said of it.  The last row of an object is the one that counts.
    """

    catalogue_number: Ints
    mass_kg: Floats
    mass_provenance: NDArray[np.int8]
    area_m2: Floats
    radius_m: Floats
    size_provenance: NDArray[np.int8]
    rcs_m2: Floats
    launched_year: Floats
    active: NDArray[np.int8]
    kind: NDArray[np.int8]

    def __post_init__(self) -> None:
        n = len(self.catalogue_number)
        for column in fields(self):
            found = getattr(self, column.name).shape
            if found != (n,):
                raise ValueError(f"{column.name} has shape {found}, but {n} objects need ({n},)")
        for name in ("mass_kg", "area_m2", "radius_m", "rcs_m2"):
            values = getattr(self, name)
            if not (np.isnan(values) | ((values > 0.0) & np.isfinite(values))).all():
                raise ValueError(f"each {name} is above 0 and finite, or nan where unknown")

    def __len__(self) -> int:
        return len(self.catalogue_number)

    def at(self, catalogue_number: Ints) -> SizeTable:
        """Return what is known of (k,) objects, in their order; nothing of those not here."""
        found = nothing_of(catalogue_number)
        if not len(self):
            return found
        order = np.argsort(self.catalogue_number, kind="stable")
        numbers = self.catalogue_number[order]
        last = np.maximum(np.searchsorted(numbers, catalogue_number, side="right") - 1, 0)
        here = numbers[last] == catalogue_number
        for column in fields(self)[1:]:
            getattr(found, column.name)[here] = getattr(self, column.name)[order[last[here]]]
        return found


def nothing_of(catalogue_number: Ints) -> SizeTable:
    """Return a table in which nothing is known of objects with these numbers."""
    n = len(catalogue_number)
    kind = np.full(n, SizeProvenance.KIND, np.int8)
    return SizeTable(
        catalogue_number, np.full(n, np.nan), kind, np.full(n, np.nan), np.full(n, np.nan),
        kind.copy(), np.full(n, np.nan), np.full(n, np.nan),
        np.full(n, UNKNOWN_STATE, np.int8), np.full(n, ObjectType.UNKNOWN, np.int8),
    )  # fmt: skip


def merged(tables: Sequence[SizeTable]) -> SizeTable:
    """
    Return what several tables know of their objects, one row each.

    Masses and sizes are those of the best provenance, and of the later table where two are equal;
    of everything else the later one counts that says anything.
    """
    every = [table.catalogue_number for table in tables]
    whole = nothing_of(np.unique(np.concatenate([np.zeros(0, np.int64), *every])))
    for table in tables:
        told = table.at(whole.catalogue_number)
        better = ~np.isnan(told.mass_kg) & (told.mass_provenance <= whole.mass_provenance)
        _copy(whole, told, better, "mass_kg", "mass_provenance")
        better = ~(np.isnan(told.area_m2) & np.isnan(told.radius_m))
        better &= told.size_provenance <= whole.size_provenance
        _copy(whole, told, better, "area_m2", "radius_m", "size_provenance")
        _copy(whole, told, ~np.isnan(told.rcs_m2), "rcs_m2")
        _copy(whole, told, ~np.isnan(told.launched_year), "launched_year")
        _copy(whole, told, told.active != UNKNOWN_STATE, "active")
        _copy(whole, told, told.kind != ObjectType.UNKNOWN, "kind")
    return whole


def _copy(into: SizeTable, told: SizeTable, rows: NDArray[np.bool_], *names: str) -> None:
    for name in names:
        getattr(into, name)[rows] = getattr(told, name)[rows]
