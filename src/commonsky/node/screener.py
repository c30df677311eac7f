"""A screening that stays in memory and takes in changed orbits: what appeared, moved, vanished."""

from __future__ import annotations

import ctypes
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from os import cpu_count
from typing import Self

import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import NS_PER_S
from commonsky.catalogue.catalogue import Catalogue, concatenated, overwritten
from commonsky.catalogue.difference import difference
from commonsky.catalogue.ephemeris import Ephemeris
from commonsky.catalogue.merge import merge
from commonsky.node.assessment import Sky, conjunctions, summary_of
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.pipeline import Epoch, Progress, asked, staged
from commonsky.node.summary import Summary
from commonsky.screen.encounter import Encounters
from commonsky.screen.incremental import Resident
from commonsky.screen.screening import LONGEST_STEP_S
from commonsky.screen.volume import Volume

# An approach of the same pair within so much of an earlier one is that one, moved.
SAME_NS = 600 * NS_PER_S
SAME_KM = 1e-9
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


class Screener:
    """
    A screening that stays in memory: `conjunctions` is its table, `update` takes changed orbits.

    Arguments as `commonsky.screen`.  It holds the positions of all objects over the whole span,
    some 10 kB for each object and week.  Use it in one thread at a time; `close` it, or let a
    `with` do so, to end its threads.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        start: Epoch | None = None,
        days: float = 1.0,
        threshold_km: float | None = None,
        *,
        volume: Volume | None = None,
        primaries: Collection[int] | None = None,
        max_age_days: float | None = None,
        ephemerides: Sequence[Ephemeris] = (),
        hard_body_radius_km: Mapping[int, float] | None = None,
        threads: int | None = None,
        step_s: float = LONGEST_STEP_S,
        progress: Progress | None = None,
    ) -> None:
        chosen, self._scope = asked(
            catalogue, start, days, threshold_km, volume, primaries, max_age_days
        )
        self._radii = dict(hard_body_radius_km or {})
        self._ephemerides, self._step_s = tuple(ephemerides), step_s
        count = threads or cpu_count() or 1
        self._executor = ThreadPoolExecutor(count) if count > 1 else None
        self._start(chosen, progress)

    def _start(self, catalogue: Catalogue, progress: Progress | None = None) -> None:
        """Screen everything, and keep it."""
        self._sky = Sky.of(catalogue, self._ephemerides, self._radii)
        self._primary = self._scope.primary(self._sky.numbers)
        self._resident = Resident(
            catalogue.elements,
            catalogue.catalogue_number,
            self._scope.start_tai_ns,
            self._scope.stop_tai_ns,
            self._scope.volume,
            ephemerides=self._sky.ephemerides,
            primary=self._primary,
            step_s=self._step_s,
            executor=self._executor,
            progress=staged(progress, "screening"),
        )
        give_back_memory()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the threads; the table stays."""
        if self._executor is not None:
            self._executor.shutdown()
            self._executor = None
            self._resident.executor = None

    def __repr__(self) -> str:
        return (
            f"Screener({len(self._sky.numbers):,} objects, {len(self._resident):,} conjunctions)"
        )

    @property
    def catalogue(self) -> Catalogue:
        """The element sets that are screened at present."""
        return self._sky.catalogue

    @property
    def conjunctions(self) -> Conjunctions:
        """The table at present, made when it is asked for; equal to a full screening's."""
        return self._table(self._resident.encounters, self._sky, self._summary())

    def update(self, changed: Catalogue) -> Change:
        """
        Take in changed and new orbits, each against all others, and tell what that changed.

        Orbits older than those held, and repeated ones, change nothing.  Catalogue numbers that
        are not held are new objects.
        """
        wanted = self._news(changed)
        known = np.isin(wanted.catalogue_number, self._sky.catalogue.catalogue_number)
        added = int((~known).sum())
        crowded = len(wanted) > MOST_CHANGES or len(wanted) > self._resident.spare
        if crowded or (added and self._ephemerides):
            return self._anew(wanted)
        rows = self._rows(wanted.catalogue_number)
        before = self._sky
        self._sky = before.replaced(self._changed(wanted, rows), rows, self._radii)
        replaced = self._resident.update(wanted.elements, rows, wanted.catalogue_number)
        give_back_memory()
        return self._change(before, replaced.before, replaced.after)

    def _news(self, changed: Catalogue) -> Catalogue:
        """Return of the changed orbits the newest of each object, where it is newer than ours."""
        newest = merge(changed).catalogue
        ours = self._sky.catalogue
        place = np.argsort(ours.catalogue_number, kind="stable")
        held = ours.catalogue_number[place]
        at = np.minimum(np.searchsorted(held, newest.catalogue_number), len(held) - 1)
        same = held[at] == newest.catalogue_number
        newer = newest.elements.epoch_tai_ns >= ours.elements.epoch_tai_ns[place[at]]
        candidates = newest.take(np.flatnonzero(~same | newer))
        told = difference(ours.take(place[at[same]]), candidates)
        return candidates.take(np.sort(np.concatenate([told.appeared, told.changed])))

    def _rows(self, numbers: Ints) -> Ints:
        """(n,) rows of objects in our table; new ones come after it."""
        held = self._sky.catalogue.catalogue_number
        place = np.argsort(held, kind="stable")
        at = np.minimum(np.searchsorted(held[place], numbers), len(held) - 1)
        known = held[place[at]] == numbers
        rows = np.where(known, place[at], len(held))
        rows[~known] += np.arange(int((~known).sum()))
        return rows

    def _changed(self, wanted: Catalogue, rows: Ints) -> Catalogue:
        """Return our catalogue with these element sets at these rows, others as they are."""
        ours = self._sky.catalogue
        new = rows >= len(ours)
        whole = overwritten(ours, rows[~new], wanted.take(np.flatnonzero(~new)))
        if not new.any():
            return whole
        grown = concatenated([whole, wanted.take(np.flatnonzero(new))])
        return replace(grown, provenance=ours.provenance)

    def _anew(self, wanted: Catalogue) -> Change:
        """Screen everything anew, and compare all of it."""
        before, old = self._sky, self._resident.encounters
        merged = merge(concatenated([before.catalogue, wanted])).catalogue
        self._start(replace(merged, provenance=before.catalogue.provenance))
        beside = len(merged) + np.arange(len(self._ephemerides))
        rows = np.concatenate([self._rows(before.catalogue.catalogue_number), beside])
        there = replace(old, row1=rows[old.row1], row2=rows[old.row2])
        return self._change(before, old, self._resident.encounters, there)

    def _change(
        self, before: Sky, old: Encounters, new: Encounters, there: Encounters | None = None
    ) -> Change:
        """Return what became of old encounters, which are `there` in the rows of the new ones."""
        partner = matches(there or old, new)
        now = np.flatnonzero(partner >= 0)
        was = partner[now]
        # Where a refinement begins decides its last digits.
        differs = np.abs(old.miss_km[was] - new.miss_km[now]) > SAME_KM
        gone = np.setdiff1d(np.arange(len(old)), was)
        summary = self._summary()
        return Change(
            self._table(new.take(np.flatnonzero(partner < 0)), self._sky, summary),
            self._table(new.take(now[differs]), self._sky, summary),
            self._table(old.take(was[differs]), before, summary),
            self._table(old.take(gone), before, summary),
        )

    def _summary(self) -> Summary:
        scope = self._scope
        span = (scope.start_tai_ns, scope.stop_tai_ns)
        return summary_of(
            self._sky, self._resident, span, scope.volume, scope.primaries, scope.excluded
        )

    def _table(self, found: Encounters, sky: Sky, summary: Summary) -> Conjunctions:
        volume, primary = self._scope.volume, self._scope.primary(sky.numbers)
        return conjunctions(sky, found, summary, volume, primary=primary, executor=self._executor)


def give_back_memory() -> None:
    """Let the C library give freed memory back to the system, where it is glibc; 3 ms."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return  # another library, which does so by itself or cannot
    trim(0)


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
