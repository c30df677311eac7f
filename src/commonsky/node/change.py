"""What became of the conjunctions of a screening when orbits changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import NS_PER_S
from commonsky.node.conjunctions import Conjunctions
from commonsky.screen.encounter import Encounters

# An approach of the same pair within so much of an earlier one is that one, moved.
SAME_NS = 600 * NS_PER_S
# Less than so much is rounding: of elements a year old, and of flat minima.
SAME_KM, SAME_TCA_NS = 1e-7, 1_000_000


@dataclass(frozen=True, slots=True)
class Change:
    """
    What an update changed: conjunctions that appeared, moved and vanished.

    `moved` holds them as they are now, `moved_from` as they were, row by row.
    """

    appeared: Conjunctions
    moved: Conjunctions
    moved_from: Conjunctions
    vanished: Conjunctions

    def __bool__(self) -> bool:
        return any(map(len, (self.appeared, self.moved, self.vanished)))

    def __repr__(self) -> str:
        return (
            f"Change(appeared={len(self.appeared):,}, moved={len(self.moved):,}, "
            f"vanished={len(self.vanished):,})"
        )


def matches(old: Encounters, new: Encounters) -> Ints:
    """
    (new,) row of the old encounter that each new one is, moved; -1 where there is none.

    The same two rows, nearest in time, within ten minutes; each old one is taken once.
    """
    partner = np.full(len(new), -1, np.int64)
    order_old = np.lexsort((old.tca_tai_ns, old.row2, old.row1))
    held: dict[tuple[int, int], list[int]] = {}
    for k in order_old.tolist():
        held.setdefault((int(old.row1[k]), int(old.row2[k])), []).append(k)
    for k in np.argsort(new.tca_tai_ns, kind="stable").tolist():
        rows = held.get((int(new.row1[k]), int(new.row2[k])), [])
        if not rows:
            continue
        apart = np.abs(old.tca_tai_ns[rows] - new.tca_tai_ns[k])
        best = int(np.argmin(apart))
        if apart[best] < SAME_NS:
            partner[k] = rows.pop(best)
    return partner
