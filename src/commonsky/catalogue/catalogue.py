"""The table of element sets: each object, where its elements came from, what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Ints
from commonsky.astro.elements import MeanElements

Texts = NDArray[np.str_]
SYNTHETIC_FIRST, SYNTHETIC_LAST = 900_000_000, 999_999_999
UNNUMBERED_FIRST = 1_000_000_000  # our own stable ids for objects without a catalogue number


class ObjectType(IntEnum):
    """What an object is, in the words of the SATCAT."""

    UNKNOWN = 0
    PAYLOAD = 1
    ROCKET_BODY = 2
    DEBRIS = 3


class RcsSize(IntEnum):
    """Radar cross-section class: small below 0.1 m², large above 1 m²."""

    UNKNOWN = 0
    SMALL = 1
    MEDIUM = 2
    LARGE = 3


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One record that was set aside, and why."""

    source: str
    line: int
    field: str
    reason: str
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """
    One file or pipe that was read: what it was and what became of its records.

    `realms` are those that it says it is of, `exercise_originators` those in it that end in -EX.
    """

    name: str
    format: str
    sha256: str
    size_bytes: int
    read: int
    accepted: int
    quarantined: int
    realms: tuple[str, ...] = ()
    exercise_originators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """
    Where a catalogue came from and what was left out of it.

    `quarantined` holds at most some thousand examples; `quarantined_count` counts them all.
    `superseded_count` counts good records that a newer one of the same object and source replaced.
    """

    inputs: tuple[Input, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    quarantined_count: int = 0
    superseded_count: int = 0
    read_count: int = 0


@dataclass(frozen=True, slots=True)
class Catalogue:
    """
    Element sets of n objects, one row each; every column has shape (n,).

    `catalogue_number` is at most 999 999 999 where an authority gave one, and a stable id of ours
    from 1 000 000 000 on where none did.  `object_id` is the international designator, "" where
    missing.  `source` names the file or node that asserted the row.  Where a message is silent,
    the counters of element sets and revolutions are -1, and the classification is "".
    """

    elements: MeanElements
    catalogue_number: Ints
    object_id: Texts
    object_name: Texts
    object_type: NDArray[np.int8]  # ObjectType
    rcs_size: NDArray[np.int8]  # RcsSize
    operator: Texts  # "" where unknown
    classification: Texts  # U, C or S, as the message says
    element_set_number: Ints
    revolution_at_epoch: Ints
    source: Texts
    provenance: Provenance = field(default_factory=Provenance)

    def __post_init__(self) -> None:
        n = len(self.elements)
        for column in fields(self)[1:-1]:
            found = getattr(self, column.name).shape
            if found != (n,):
                raise ValueError(f"{column.name} has shape {found}, but {n} objects need ({n},)")

    def __len__(self) -> int:
        return len(self.elements)

    def take(self, rows: Ints) -> Catalogue:
        """Return the rows asked for, in that order, with the same provenance."""
        columns = {column.name: getattr(self, column.name)[rows] for column in fields(self)[1:-1]}
        return replace(self, elements=self.elements.take(rows), **columns)


def overwritten(catalogue: Catalogue, rows: Ints, other: Catalogue) -> Catalogue:
    """Return the catalogue with the rows of another (k,) in place of its own at `rows` (k,)."""
    columns: dict[str, Any] = {
        column.name: _overwritten(
            getattr(catalogue, column.name), rows, getattr(other, column.name)
        )
        for column in fields(Catalogue)[1:-1]
    }
    elements = MeanElements(
        *(
            _overwritten(
                getattr(catalogue.elements, column.name),
                rows,
                getattr(other.elements, column.name),
            )
            for column in fields(MeanElements)
        )
    )
    return replace(catalogue, elements=elements, **columns)


def _overwritten(column: NDArray[Any], rows: Ints, values: NDArray[Any]) -> NDArray[Any]:
    # A longer text than any before widens the column.
    changed = column.astype(np.result_type(column, values))
    changed[rows] = values
    return changed


def concatenated(catalogues: Sequence[Catalogue]) -> Catalogue:
    """Return the rows of one or more catalogues, one below the other, and all their provenance."""
    joined = {
        column.name: np.concatenate([getattr(part, column.name) for part in catalogues])
        for column in fields(Catalogue)[1:-1]
    }
    told = [part.provenance for part in catalogues]
    provenance = Provenance(
        tuple(read for one in told for read in one.inputs),
        tuple(record for one in told for record in one.quarantined),
        sum(one.quarantined_count for one in told),
        sum(one.superseded_count for one in told),
        sum(one.read_count for one in told),
    )
    return Catalogue(
        elements=stacked([part.elements for part in catalogues]), **joined, provenance=provenance
    )


def stacked(parts: Sequence[MeanElements]) -> MeanElements:
    """Return the elements of one or more tables, one below the other."""
    return MeanElements(
        *(
            np.concatenate([getattr(part, column.name) for part in parts])
            for column in fields(MeanElements)
        )
    )
