"""Catalogues followed as they come: what is new in each, found among what is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.catalogue.catalogue import Catalogue, concatenated
from commonsky.node.assertions import NOTHING
from commonsky.node.detection import began, detected, ended
from commonsky.node.findings import KINDS, AnyFinding

MEMORY_DAYS = 45.0
LEAST_SETS = 6  # of an object, however old


class Following:
    """
    Remembers the last weeks of every object, and tells each event once.

    An event is the same as an earlier one where kind and objects are, and their windows overlap:
    a window that grows narrower with later sets is no second event.
    """

    def __init__(self, kinds: Sequence[str] = KINDS, *, memory_days: float = MEMORY_DAYS) -> None:
        self._kinds, self._memory_ns = tuple(kinds), round(memory_days * NS_PER_DAY)
        self._sets: Catalogue = NOTHING
        self.looked_at: Catalogue = NOTHING  # what the rows of the last events are of
        self._told: dict[tuple[str, tuple[int, ...]], list[tuple[str, str]]] = {}

    def __len__(self) -> int:
        return len(self._sets)

    def take(self, catalogue: Catalogue, executor: Executor | None = None) -> list[AnyFinding]:
        """Take in more element sets; return what they show that was not told before."""
        before = len(self._sets)
        whole, kept = self._remembered(concatenated([self._sets, catalogue]))
        self._sets = whole
        # Of others nothing new can be found.
        changed = np.isin(whole.catalogue_number, catalogue.catalogue_number) | (before == 0)
        known, earlier = whole.take(np.flatnonzero(changed)), (kept < before)[changed]
        self.looked_at = known
        found = detected(
            known, self._kinds, earlier=earlier if before else None, executor=executor
        )
        return [one for one in found if self._is_new(one)]

    def _is_new(self, one: AnyFinding) -> bool:
        first, last = began(one), ended(one)
        told = self._told.setdefault((type(one).__name__, one.objects), [])
        if any((first < end and start < last) or (first, last) == (start, end)
               for start, end in told):  # fmt: skip
            return False
        told.append((first, last))
        return True

    def _remembered(self, sets: Catalogue) -> tuple[Catalogue, Ints]:
        """Without doubles, and of every object what is young or among its newest; which rows."""
        if not len(sets):
            return sets, np.zeros(0, np.int64)
        epoch, number = sets.elements.epoch_tai_ns, sets.catalogue_number
        order = np.lexsort((np.arange(len(sets)), epoch, number))
        number, epoch = number[order], epoch[order]
        last = np.append((number[1:] != number[:-1]) | (epoch[1:] != epoch[:-1]), True)
        order, number, epoch = order[last], number[last], epoch[last]
        end = np.searchsorted(number, number, side="right")
        newest = end - np.arange(len(number)) <= LEAST_SETS
        young = epoch >= epoch.max() - self._memory_ns
        kept = order[newest | young]
        return sets.take(kept), kept
