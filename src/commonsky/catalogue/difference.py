"""What changed between two catalogues."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Ints
from commonsky.catalogue.catalogue import Catalogue
from commonsky.catalogue.merge import element_bits


@dataclass(frozen=True, slots=True)
class Difference:
    """
    Rows by what became of their objects, each column ordered by catalogue number.

    An object whose every element set stands in both catalogues is unchanged, whatever it is
    called.  Where each number has one row, `replaced[k]` became `changed[k]`.
    """

    appeared: Ints  # rows of the new catalogue
    vanished: Ints  # rows of the old catalogue
    changed: Ints  # rows of the new catalogue
    replaced: Ints  # rows of the old catalogue, of the numbers in `changed`
    unchanged: Ints  # rows of the new catalogue

    def __bool__(self) -> bool:
        return bool(len(self.appeared) or len(self.vanished) or len(self.changed))


def difference(old: Catalogue, new: Catalogue) -> Difference:
    """Tell which catalogue numbers appeared, vanished, or have other elements or epochs."""
    old_rows, new_rows = _ordered(old), _ordered(new)
    old_number, new_number = old.catalogue_number[old_rows], new.catalogue_number[new_rows]
    numbers = np.unique(np.concatenate([old_number, new_number]))
    old_place = np.searchsorted(numbers, old_number)
    new_place = np.searchsorted(numbers, new_number)
    old_count = np.bincount(old_place, minlength=len(numbers))
    new_count = np.bincount(new_place, minlength=len(numbers))
    same = old_count == new_count
    # Of the numbers with as many rows in both, the sorted rows face each other.
    facing_old, facing_new = same[old_place], same[new_place]
    differs = (
        element_bits(old.elements)[old_rows[facing_old]]
        != element_bits(new.elements)[new_rows[facing_new]]
    ).any(axis=1)
    same[new_place[facing_new][differs]] = False
    both = (old_count > 0) & (new_count > 0)
    return Difference(
        appeared=new_rows[(old_count == 0)[new_place]],
        vanished=old_rows[(new_count == 0)[old_place]],
        changed=new_rows[(both & ~same)[new_place]],
        replaced=old_rows[(both & ~same)[old_place]],
        unchanged=new_rows[(both & same)[new_place]],
    )


def _ordered(catalogue: Catalogue) -> Ints:
    """Rows ordered by number; rows of one number by content."""
    number = catalogue.catalogue_number
    order: NDArray[np.int64] = np.argsort(number, kind="stable")
    if (np.diff(number[order]) == 0).any():
        order = np.lexsort((*element_bits(catalogue.elements).T, number))
    return order
