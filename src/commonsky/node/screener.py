"""A screening that stays in memory and takes in changed orbits: what appeared, moved, vanished."""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Ints
from commonsky.catalogue.catalogue import Catalogue, Provenance, Texts, concatenated, overwritten
from commonsky.catalogue.difference import difference
from commonsky.catalogue.ephemeris import Ephemeris
from commonsky.catalogue.merge import merge, newest_by_source
from commonsky.errors import UnknownObject
from commonsky.node.assessment import Sky, conjunctions, summary_of
from commonsky.node.change import SAME_KM, SAME_NS, SAME_TCA_NS, Change, matches
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.executor import threads_of
from commonsky.node.pipeline import Epoch, Progress, asked, staged
from commonsky.node.succession import Succession, succession
from commonsky.node.summary import Summary
from commonsky.screen.encounter import Encounters, together
from commonsky.screen.incremental import SPARE, Resident
from commonsky.screen.screening import LONGEST_STEP_S
from commonsky.screen.volume import Volume

# Above so many changed orbits, or such a share of all, it is quicker to screen everything anew.
MOST_CHANGES, MOST_CHANGED = 300, 0.03
MOST_EXAMPLES = 1000  # of records that were set aside
# Where sources stand side by side, rows come and go as nations agree and differ.
SPARE_BY_SOURCE = 512


__all__ = ["SAME_KM", "SAME_NS", "SAME_TCA_NS", "Change", "Screener", "matches"]


class Screener:
    """
    A screening that stays in memory: `conjunctions` is its table, `update` takes changed orbits.

    Arguments as `commonsky.screen`, with one element set for each object, or with `by_source` one
    for each object and source: every source stands, and none is screened against another of the
    same object.  It holds the positions of all rows over the whole span, some 10 kB for each row
    and week.  Use it in one thread at a time; `close` it, or let a `with` do so, to end its
    threads.
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
        by_source: bool = False,
        step_s: float = LONGEST_STEP_S,
        progress: Progress | None = None,
    ) -> None:
        self._by_source = by_source
        self._scope = asked(catalogue, start, days, threshold_km, volume, primaries, max_age_days)
        self._radii = dict(hard_body_radius_km or {})
        self._ephemerides, self._step_s = tuple(ephemerides), step_s
        count = threads_of(threads)
        self._check_rows(catalogue)
        others = [one.catalogue_number for one in self._ephemerides]
        young = catalogue.catalogue_number[self._scope.young(catalogue)]
        self._scope.primary(np.concatenate([young, np.array(others, np.int64)]))
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
        self._resident = Resident(
            catalogue.elements,
            catalogue.catalogue_number,
            self._scope.start_tai_ns,
            self._scope.stop_tai_ns,
            self._scope.volume,
            ephemerides=self._sky.ephemerides,
            primary=self._marks(self._sky.numbers),
            step_s=self._step_s,
            spare=SPARE_BY_SOURCE if self._by_source else SPARE,
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

    def of_pairs(self, pairs: Collection[tuple[int, int]]) -> Conjunctions:
        """Return the rows of `conjunctions` of these pairs of objects, the lower number first."""
        found, numbers = self._resident.encounters, self._sky.numbers
        first, second = numbers[found.row1], numbers[found.row2]
        low, high = np.minimum(first, second), np.maximum(first, second)
        wanted = {*pairs}
        named = np.array([number for pair in wanted for number in pair], np.int64)
        near = np.flatnonzero(np.isin(low, named) & np.isin(high, named))
        either = zip(low[near].tolist(), high[near].tolist(), strict=True)
        rows = near[[pair in wanted for pair in either]]
        return self._table(found.take(rows), self._sky, self._summary())

    def update(
        self,
        changed: Catalogue,
        gone_numbers: Sequence[int] | Ints = (),
        gone_sources: Sequence[str] | Texts = (),
    ) -> Change:
        """
        Take in changed and new orbits, each against all others, and tell what that changed.

        Orbits older than those held, and repeated ones, change nothing; of equal epochs that
        stands which `merge` keeps.  Catalogue numbers (and sources) that are not held are new.
        What is gone is withdrawn first, as by `withdraw`; a changed row of the same number takes
        its place, and where only its source is another, nothing is screened again: conjunctions
        that rest on it have moved to the other source.
        """
        gone, old_aside = self._withdrawn(gone_numbers, gone_sources)
        if len(old_aside):
            self._aside = self._aside.take(np.delete(np.arange(len(self._aside)), old_aside))
        wanted, newcomers = self._news(changed, gone)
        withdrawn = len(gone) + len(old_aside)
        told = _told(self._sky.catalogue.provenance, changed, newcomers, withdrawn)
        young = self._scope.young(wanted)
        fresh = wanted.take(np.flatnonzero(young))
        places = self._places(wanted)
        heirs = succession(self._sky.catalogue, fresh, places[young], gone)
        aged = (places >= 0) & ~young & ~np.isin(places, gone)
        grows = bool((heirs.place >= len(self._sky.catalogue)).any())
        few = max(MOST_CHANGED * len(self._sky.catalogue), 1.0)
        crowded = len(heirs.moved) > min(MOST_CHANGES, self._resident.spare, few)
        if crowded or bool(aged.any()) or (grows and self._ephemerides):
            return self._anew(wanted, told, gone, fresh, heirs)
        if len(self._aside) or not young.all():
            self._aside = self._set_aside(wanted, young)
        return self._succeeded(fresh, heirs, told)

    def withdraw(self, numbers: Sequence[int] | Ints, sources: Sequence[str] | Texts) -> Change:
        """
        Take out what these sources say of these objects, pair by pair, and tell what vanished.

        What is not held is an `UnknownObject`, and then nothing is taken out.
        """
        return self.update(self._sky.catalogue.take(np.zeros(0, np.int64)), numbers, sources)

    def _succeeded(self, fresh: Catalogue, heirs: Succession, told: Provenance) -> Change:
        """Bring table and orbits up to date, row by row, and compare what they touch."""
        before, resident = self._sky, self._resident
        count = len(before.catalogue)
        moved, kept = heirs.moved, heirs.place[heirs.same_orbit]
        touched = np.concatenate([heirs.place[moved], heirs.removed])
        resting = resident.of(kept, besides=touched)
        left = np.delete(np.arange(len(before.numbers)), heirs.removed)
        now = np.full(len(before.numbers), -1, np.int64)  # where each old row is
        now[left] = np.arange(len(left))
        rows = heirs.place - len(heirs.removed)  # of what comes behind the table
        rows[heirs.place < count] = now[heirs.place[heirs.place < count]]
        vanished = resident.remove(heirs.removed) if len(heirs.removed) else resting.take(kept[:0])
        shorter = before.without(heirs.removed, self._radii) if len(heirs.removed) else before
        catalogue = replace(_changed(shorter.catalogue, fresh, rows), provenance=told)
        self._sky = shorter.replaced(catalogue, rows, self._radii)
        numbers = fresh.catalogue_number[moved]
        replaced = resident.update(
            fresh.elements.take(moved), rows[moved], numbers, self._marks(numbers)
        )
        give_back_memory()
        was = replaced.before
        was = replace(was, row1=left[was.row1], row2=left[was.row2]) if len(heirs.removed) else was
        old = together([was, vanished, resting])
        there = replace(old, row1=now[old.row1], row2=now[old.row2])
        resting = replace(resting, row1=now[resting.row1], row2=now[resting.row2])
        return self._change(before, old, together([replaced.after, resting]), there)

    def _withdrawn(
        self, numbers: Sequence[int] | Ints, sources: Sequence[str] | Texts
    ) -> tuple[Ints, Ints]:
        """Rows of our table, and of what is set aside, that these sources say of these objects."""
        pairs = list(zip(map(int, numbers), map(str, sources), strict=True))
        wanted, none = np.array([number for number, _ in pairs], np.int64), np.zeros(0, np.int64)
        if not pairs:
            return none, none
        found, missing = [], set(pairs)
        for part in (self._sky.catalogue, self._aside):
            rows = np.flatnonzero(np.isin(part.catalogue_number, wanted))
            names = _pairs(part, rows)
            here = [row for row, name in zip(rows.tolist(), names, strict=True) if name in missing]
            missing -= set(names)
            found.append(np.array(here, np.int64))
        if missing:
            told = ", ".join(f"{number} by {source}" for number, source in sorted(missing)[:5])
            raise UnknownObject(f"nothing to withdraw: no statement is held of {told}")
        return found[0], found[1]

    def _news(self, changed: Catalogue, gone: Ints) -> tuple[Catalogue, int]:
        """Return of all that changed what is to stand now, and how many rows of it are new."""
        ours = []
        for part, besides in ((self._sky.catalogue, gone), (self._aside, gone[:0])):
            rows = np.flatnonzero(np.isin(part.catalogue_number, changed.catalogue_number))
            ours.append(part.take(np.setdiff1d(rows, besides)))
        held = concatenated(ours)
        merged = self._merged(concatenated([held, changed]))
        told = difference(*self._keyed(held, merged))
        news = merged.take(np.sort(np.concatenate([told.appeared, told.changed])))
        return news, len(told.appeared)

    def _merged(self, catalogue: Catalogue) -> Catalogue:
        """Return what stands of several element sets of an object, or of an object and source."""
        return newest_by_source(catalogue) if self._by_source else merge(catalogue).catalogue

    def _keyed(self, one: Catalogue, other: Catalogue) -> tuple[Catalogue, Catalogue]:
        """Return both with a number of its own for each source, where sources stand apart."""
        if not self._by_source:
            return one, other
        numbers: dict[tuple[int, str], int] = {}
        keys = [
            np.array([numbers.setdefault(pair, len(numbers)) for pair in _pairs(part)], np.int64)
            for part in (one, other)
        ]
        return replace(one, catalogue_number=keys[0]), replace(other, catalogue_number=keys[1])

    def _places(self, some: Catalogue) -> Ints:
        """(n,) rows of objects (and sources) in our table, -1 where they are not in it."""
        held, numbers = self._sky.catalogue.catalogue_number, some.catalogue_number
        if self._by_source:
            rows = np.flatnonzero(np.isin(held, numbers))
            at = dict(zip(_pairs(self._sky.catalogue, rows), rows.tolist(), strict=True))
            return np.array([at.get(pair, -1) for pair in _pairs(some)], np.int64)
        if len(held) == 0:
            return np.full(len(numbers), -1, np.int64)
        place = np.argsort(held, kind="stable")
        found = place[np.minimum(np.searchsorted(held[place], numbers), len(held) - 1)]
        return np.where(held[found] == numbers, found, -1)

    def _set_aside(self, wanted: Catalogue, young: NDArray[np.bool_]) -> Catalogue:
        """Return what is too old now, with what of the wanted is so."""
        aside, anew = self._keyed(self._aside, wanted)
        kept = ~np.isin(aside.catalogue_number, anew.catalogue_number)
        return concatenated(
            [self._aside.take(np.flatnonzero(kept)), wanted.take(np.flatnonzero(~young))]
        )

    def _anew(
        self, wanted: Catalogue, told: Provenance, gone: Ints, fresh: Catalogue, heirs: Succession
    ) -> Change:
        """Screen everything anew, and compare all of it."""
        before, old = self._sky, self._resident.encounters
        standing = before.catalogue.take(np.delete(np.arange(len(before.catalogue)), gone))
        whole = self._merged(concatenated([standing, self._aside, wanted]))
        self._start(replace(whole, provenance=told))
        beside = len(self._sky.catalogue) + np.arange(len(self._ephemerides))
        rows = np.concatenate([self._places(before.catalogue), beside])
        inherited = heirs.place < len(before.catalogue)
        rows[heirs.place[inherited]] = self._places(fresh.take(np.flatnonzero(inherited)))
        there = replace(old, row1=rows[old.row1], row2=rows[old.row2])
        return self._change(before, old, self._resident.encounters, there)

    def _change(self, before: Sky, old: Encounters, new: Encounters, there: Encounters) -> Change:
        """Return what became of old encounters, which are `there` in the rows of the new ones."""
        partner = matches(there, new)
        now = np.flatnonzero(partner >= 0)
        was = partner[now]
        # Where a refinement begins decides its last digits.
        differs = np.abs(old.miss_km[was] - new.miss_km[now]) > SAME_KM
        differs |= np.abs(old.tca_tai_ns[was] - new.tca_tai_ns[now]) > SAME_TCA_NS
        if self._by_source:
            for one, other in ((old.row1, new.row1), (old.row2, new.row2)):
                differs |= before.sources[one[was]] != self._sky.sources[other[now]]
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
        volume, primary = self._scope.volume, self._marks(sky.numbers)
        return conjunctions(sky, found, summary, volume, primary=primary, executor=self._executor)

    def _marks(self, numbers: Ints) -> NDArray[np.bool_] | None:
        """(n,) which may be primaries, None for all; all that was said of one may be gone."""
        chosen = self._scope.primaries
        return None if chosen is None else np.isin(numbers, np.array(sorted(chosen), np.int64))

    def _check_rows(self, catalogue: Catalogue) -> None:
        """Refuse two element sets of one object, or of one object and source."""
        several = Counter(
            _pairs(catalogue) if self._by_source else catalogue.catalogue_number.tolist()
        )
        repeated = [str(one) for one, count in several.items() if count > 1]
        if repeated:
            each = "object and source" if self._by_source else "object"
            raise ValueError(
                f"a Screener needs one element set for each {each}, but holds several of "
                f"{', '.join(repeated[:5])}: merge them first, or put other sources beside them, "
                "as ephemerides or with by_source"
            )


def _pairs(catalogue: Catalogue, rows: Ints | slice = slice(None)) -> list[tuple[int, str]]:
    """Numbers and sources of rows."""
    numbers, sources = catalogue.catalogue_number[rows], catalogue.source[rows]
    return list(zip(numbers.tolist(), sources.tolist(), strict=True))


def _changed(ours: Catalogue, wanted: Catalogue, rows: Ints) -> Catalogue:
    """Return our catalogue with these element sets at these rows, others as they are."""
    new = rows >= len(ours)
    whole = overwritten(ours, rows[~new], wanted.take(np.flatnonzero(~new)))
    return concatenated([whole, wanted.take(np.flatnonzero(new))]) if new.any() else whole


def _told(ours: Provenance, changed: Catalogue, newcomers: int, withdrawn: int) -> Provenance:
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
        ours.read_count + other.read_count - withdrawn,
    )


def give_back_memory() -> None:
    """Let the C library give freed memory back to the system, where it is glibc; 3 ms."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return  # another library, which does so by itself or cannot
    trim(0)
