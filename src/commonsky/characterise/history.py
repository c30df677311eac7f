"""Histories of element sets: each object's in order of time, with the rows they came from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Ints
from commonsky.astro.elements import MeanElements
from commonsky.catalogue.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class History:
    """
    Element sets of m objects, n in all, object after object and each object's in order of epoch.

    Set k is input row `row[k]`.  Object j has the sets `first[j]:first[j + 1]`, and the number
    `object_number[j]`.  Epochs of one object strictly rise.  `set_aside` are input rows that are
    doubles, or no orbit about the Earth.
    """

    elements: MeanElements  # (n,)
    row: Ints  # (n,)
    object_number: Ints  # (m,)
    first: Ints  # (m + 1,)
    set_aside: Ints

    def __post_init__(self) -> None:
        if len(self.row) != len(self.elements) or len(self.first) != len(self.object_number) + 1:
            raise ValueError(
                f"{len(self.elements)} sets need as many rows, and {len(self.object_number)} "
                f"objects one more first set; found {len(self.row)} and {len(self.first)}"
            )

    def __len__(self) -> int:
        return len(self.object_number)

    @property
    def owner(self) -> Ints:
        """(n,) which object each set is of: an index to `object_number`."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.first))

    def of(self, objects: Ints) -> History:
        """Return the histories of these objects (indices), in that order."""
        counts = np.diff(self.first)[objects]
        sets = np.concatenate(
            [np.zeros(0, np.int64)]
            + [np.arange(self.first[j], self.first[j + 1]) for j in objects.tolist()]
        )
        first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return History(
            self.elements.take(sets), self.row[sets], self.object_number[objects], first,
            np.zeros(0, np.int64),
        )  # fmt: skip


def history(catalogue: Catalogue) -> History:
    """
    Return every object's history, from a catalogue with many element sets of each.

    Of sets with one epoch the last row stands: catalogues correct themselves so.
    """
    elements = catalogue.elements
    keep = _in_orbit(elements)
    rows = np.flatnonzero(keep)
    order = np.lexsort(
        (rows, elements.epoch_tai_ns[rows], catalogue.catalogue_number[rows])
    )  # fmt: skip
    rows = rows[order]
    number, epoch = catalogue.catalogue_number[rows], elements.epoch_tai_ns[rows]
    superseded = np.zeros(len(rows), bool)
    superseded[:-1] = (number[1:] == number[:-1]) & (epoch[1:] == epoch[:-1])
    aside = np.sort(np.concatenate([np.flatnonzero(~keep), rows[superseded]]))
    rows = rows[~superseded]
    object_number, first = np.unique(catalogue.catalogue_number[rows], return_index=True)
    return History(
        elements.take(rows), rows, object_number, np.append(first, len(rows)).astype(np.int64),
        aside,
    )  # fmt: skip


def _in_orbit(elements: MeanElements) -> NDArray[np.bool_]:
    """(n,) which elements are those of a closed orbit: finite, and of a sensible shape."""
    columns = (
        elements.mean_motion_rad_min, elements.eccentricity, elements.inclination_rad,
        elements.raan_rad, elements.argument_of_perigee_rad, elements.mean_anomaly_rad,
        elements.bstar_per_earth_radius,
    )  # fmt: skip
    finite = np.logical_and.reduce([np.isfinite(column) for column in columns])
    eccentric = elements.eccentricity
    return np.asarray(
        finite & (elements.mean_motion_rad_min > 0) & (eccentric >= 0) & (eccentric < 1)
    )
