"""Which rows of a table take the places of which, as statements come, change and are withdrawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Ints
from commonsky.catalogue.catalogue import Catalogue
from commonsky.catalogue.merge import element_bits


@dataclass(frozen=True, slots=True)
class Succession:
    """
    Where k wanted rows go in a table of n, and which of its rows are left to be removed.

    `place` (k,) is n and more for those that come behind it.  `same_orbit` (k,) is true where the
    row that stood there has the same elements, and only who says it, or how, is new.
    """

    place: Ints
    same_orbit: NDArray[np.bool_]
    removed: Ints

    @property
    def moved(self) -> Ints:
        """Wanted rows whose orbits are new to the table."""
        return np.flatnonzero(~self.same_orbit)


def succession(held: Catalogue, wanted: Catalogue, known: Ints, withdrawn: Ints) -> Succession:
    """
    Give each wanted row a place: its own (`known`, -1 where it has none), or a withdrawn one's.

    Of the withdrawn rows of the same number, one with the same elements is preferred: what was
    said by two nations and is said by one is the same orbit, and need not be screened again.
    """
    place = known.copy()
    left = {row: None for row in withdrawn.tolist() if row not in set(known.tolist())}
    if left:
        _inherit(held, wanted, place, left)
    new = np.flatnonzero(place < 0)
    place[new] = len(held) + np.arange(len(new))
    same = np.zeros(len(wanted), np.bool_)
    there = np.flatnonzero(place < len(held))
    if len(there):
        ours = element_bits(held.elements.take(place[there]))
        same[there] = (ours == element_bits(wanted.elements.take(there))).all(axis=1)
    return Succession(place, same, np.array(sorted(left), np.int64))


def _inherit(held: Catalogue, wanted: Catalogue, place: Ints, left: dict[int, None]) -> None:
    """Give rows without a place that of a withdrawn row, which is then no longer left."""
    rows = np.array(list(left), np.int64)
    bits = [tuple(row) for row in element_bits(held.elements.take(rows)).tolist()]
    numbers = held.catalogue_number[rows].tolist()
    new = np.flatnonzero(place < 0)
    wanted_bits = [tuple(row) for row in element_bits(wanted.elements.take(new)).tolist()]
    wanted_numbers = wanted.catalogue_number[new].tolist()
    for exact in (True, False):
        heirs: dict[object, list[int]] = {}
        for row, number, orbit in zip(rows.tolist(), numbers, bits, strict=True):
            if row in left:
                heirs.setdefault((number, orbit) if exact else number, []).append(row)
        for k, number, orbit in zip(new.tolist(), wanted_numbers, wanted_bits, strict=True):
            free = heirs.get((number, orbit) if exact else number)
            if place[k] < 0 and free:
                place[k] = free.pop(0)
                del left[int(place[k])]
