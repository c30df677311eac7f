"""A screening that stays in memory and takes in changed orbits: what appeared, moved, vanished."""

from __future__ import annotations

import ctypes
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import NS_PER_S
from commonsky.catalogue.catalogue import Catalogue, Provenance, concatenated, overwritten
from commonsky.catalogue.difference import difference
from commonsky.catalogue.ephemeris import Ephemeris
from commonsky.catalogue.merge import merge
from commonsky.node.assessment import Sky, conjunctions, summary_of
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.pipeline import Epoch, Progress, asked, staged, threads_of
from commonsky.node.summary import Summary
from commonsky.screen.encounter import Encounters
from commonsky.screen.incremental import Resident
from commonsky.screen.screening import LONGEST_STEP_S
from commonsky.screen.volume import Volume

# An approach of the same pair within so much of an earlier one is that one, moved.
SAME_NS = 600 * NS_PER_S
# Less than so much is rounding: of elements a year old, and of flat minima.
SAME_KM, SAME_TCA_NS = 1e-7, 1_000_000
# Above so many changed orbits it is quicker to screen everything anew.
MOST_CHANGES = 300
MOST_EXAMPLES = 1000  # of records that were set aside


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

    Arguments as `commonsky.screen`, with one element set for each object.  It holds the positions
    of all objects over the whole span, some 10 kB for each object and week.  Use it in one thread
    at a time; `close` it, or let a `with` do so, to end its threads.
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
        self._scope = asked(catalogue, start, days, threshold_km, volume, primaries, max_age_days)
        self._radii = dict(hard_body_radius_km or {})
        self._ephemerides, self._step_s = tuple(ephemerides), step_s
        count = threads_of(threads)
        _check_numbers(catalogue)
        self._executor = ThreadPoolExecutor(count) if count > 1 else None
        try:
            self._start(catalogue, progress)
        except BaseException:
            if self._executor is not None:
                self._executor.shutdown()
            raise

    def _start(self, whole: Catalogue, progress: Progress | None = None) -> None:
        """Screen everything that is young enough, and keep it."""
        young = self._scope.young(whole)
        catalogue = whole.take(np.flatnonzero(young))
        self._aside = whole.take(np.flatnonzero(~young))
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

        Orbits older than those held, and repeated ones, change nothing; of equal epochs that
        stands which `merge` keeps.  Catalogue numbers that are not held are new objects.
        """
        wanted, newcomers = self._news(changed)
        told = _told(self._sky.catalogue.provenance, changed, newcomers)
        young = self._scope.young(wanted)
        fresh = wanted.take(np.flatnonzero(young))
        known = self._places(wanted.catalogue_number) >= 0
        crowded = len(fresh) > min(MOST_CHANGES, self._resident.spare)
        if (
            crowded
            or bool((known & ~young).any())
            or (bool((young & ~known).any()) and self._ephemerides)
        ):
            return self._anew(wanted, told)
        if len(self._aside) or not young.all():
            self._aside = self._set_aside(wanted, young)
        rows = self._rows(fresh.catalogue_number)
        before = self._sky
        catalogue = replace(self._changed(fresh, rows), provenance=told)
        self._sky = before.replaced(catalogue, rows, self._radii)
        replaced = self._resident.update(fresh.elements, rows, fresh.catalogue_number)
        give_back_memory()
        return self._change(before, replaced.before, replaced.after)

    def _news(self, changed: Catalogue) -> tuple[Catalogue, int]:
        """Return of all that changed what is to stand now, and how many objects of it are new."""
        ours = [
            part.take(np.flatnonzero(np.isin(part.catalogue_number, changed.catalogue_number)))
            for part in (self._sky.catalogue, self._aside)
        ]
        held = concatenated(ours)
        merged = merge(concatenated([held, changed])).catalogue
        told = difference(held, merged)
        news = merged.take(np.sort(np.concatenate([told.appeared, told.changed])))
        return news, len(told.appeared)

    def _places(self, numbers: Ints) -> Ints:
        """(n,) rows of objects in our table, -1 where they are not in it."""
        held = self._sky.catalogue.catalogue_number
        if len(held) == 0:
            return np.full(len(numbers), -1, np.int64)
        place = np.argsort(held, kind="stable")
        at = place[np.minimum(np.searchsorted(held[place], numbers), len(held) - 1)]
        return np.where(held[at] == numbers, at, -1)

    def _rows(self, numbers: Ints) -> Ints:
        """(n,) rows of objects in our table; new ones come after it."""
        rows = self._places(numbers)
        new = np.flatnonzero(rows < 0)
        rows[new] = len(self._sky.catalogue) + np.arange(len(new))
        return rows

    def _set_aside(self, wanted: Catalogue, young: NDArray[np.bool_]) -> Catalogue:
        """Return what is too old now, with what of the wanted is so."""
        kept = ~np.isin(self._aside.catalogue_number, wanted.catalogue_number)
        return concatenated(
            [self._aside.take(np.flatnonzero(kept)), wanted.take(np.flatnonzero(~young))]
        )

    def _changed(self, wanted: Catalogue, rows: Ints) -> Catalogue:
        """Return our catalogue with these element sets at these rows, others as they are."""
        ours = self._sky.catalogue
        new = rows >= len(ours)
        whole = overwritten(ours, rows[~new], wanted.take(np.flatnonzero(~new)))
        return concatenated([whole, wanted.take(np.flatnonzero(new))]) if new.any() else whole

    def _anew(self, wanted: Catalogue, told: Provenance) -> Change:
        """Screen everything anew, and compare all of it."""
        before, old = self._sky, self._resident.encounters
        whole = merge(concatenated([before.catalogue, self._aside, wanted])).catalogue
        self._start(replace(whole, provenance=told))
        beside = len(self._sky.catalogue) + np.arange(len(self._ephemerides))
        rows = np.concatenate([self._places(before.catalogue.catalogue_number), beside])
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
        differs |= np.abs(old.tca_tai_ns[was] - new.tca_tai_ns[now]) > SAME_TCA_NS
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
        excluded = scope.excluded(len(self._aside))
        return summary_of(self._sky, self._resident, span, scope.volume, scope.primaries, excluded)

    def _table(self, found: Encounters, sky: Sky, summary: Summary) -> Conjunctions:
        volume, primary = self._scope.volume, self._scope.primary(sky.numbers)
        return conjunctions(sky, found, summary, volume, primary=primary, executor=self._executor)


def _check_numbers(catalogue: Catalogue) -> None:
    numbers, count = np.unique(catalogue.catalogue_number, return_counts=True)
    repeated = numbers[count > 1]
    if len(repeated):
        raise ValueError(
            "a Screener needs one element set for each object, but holds several of "
            f"{', '.join(map(str, repeated[:5].tolist()))}: merge them first, or put other "
            "sources beside them as ephemerides"
        )


def _told(ours: Provenance, changed: Catalogue, newcomers: int) -> Provenance:
    """Return where a catalogue came from that has taken in another, its counts adding up."""
    other = changed.provenance
    refused = other.quarantined_count + other.superseded_count
    if other.read_count != len(changed) + refused:  # a part of a catalogue, with the whole's
        other = Provenance(read_count=len(changed))
    return Provenance(
        ours.inputs + other.inputs,
        (ours.quarantined + other.quarantined)[:MOST_EXAMPLES],
        ours.quarantined_count + other.quarantined_count,
        ours.superseded_count + other.superseded_count + len(changed) - newcomers,
        ours.read_count + other.read_count,
    )


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
