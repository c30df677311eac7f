"""A screening that stays in memory and takes in changed orbits: what appeared, moved, vanished."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from os import cpu_count

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import NS_PER_S
from commonsky.catalogue.catalogue import Catalogue, concatenated
from commonsky.catalogue.difference import difference
from commonsky.catalogue.ephemeris import Ephemeris
from commonsky.catalogue.merge import merge
from commonsky.node.assessment import Sky, conjunctions, covered
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.pipeline import Epoch, Progress, asked, staged
from commonsky.screen.encounter import Encounters
from commonsky.screen.incremental import Replaced, Resident
from commonsky.screen.screening import LONGEST_STEP_S
from commonsky.screen.volume import Volume

# An approach of the same pair within so much of an earlier one is that one, moved.
SAME_NS = 600 * NS_PER_S
# Above so many changed orbits it is quicker to screen everything anew.
MOST_CHANGES = 300


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
