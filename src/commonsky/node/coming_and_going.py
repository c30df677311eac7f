"""What came and what went between catalogues, and whose history is whose: as records."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.catalogue.catalogue import Catalogue
from commonsky.characterise.decay import Fate, decays
from commonsky.characterise.history import History
from commonsky.characterise.identity import swaps
from commonsky.characterise.launch import launches
from commonsky.characterise.pattern import patterns
from commonsky.characterise.surprise import Behaviour
from commonsky.environment.solar_flux import mean_cycles
from commonsky.node.findings import Decay, Launch, Oddity, Swap, moment, told

FATES = {
    Fate.UNTOLD: "untold",
    Fate.RE_ENTERED: "re-entered",
    Fate.LOST: "lost",
    Fate.RENUMBERED: "renumbered",
}
ODD = 1e-3  # one set in a thousand is as odd by chance
YEAR_DAYS = 365.25


def launched(sets: Catalogue, before: Ints, after: Ints) -> Iterator[Launch]:
    """Yield the launches that objects of the rows `after` are new of."""
    table = launches(sets.take(before), sets.take(after))
    for j in range(len(table)):
        rows = after[table.pieces(j)]
        yield Launch(
            rows=tuple(rows.tolist()),
            launch=str(table.launch[j]),
            new=bool(table.is_new[j]),
            payloads=int(table.payloads[j]),
            stages=int(table.stages[j]),
            debris=int(table.debris[j]),
            unknown=int(table.unknown[j]),
            perigee_km=told(table.perigee_km[j]),
            apogee_km=told(table.apogee_km[j]),
            inclination_deg=told(np.degrees(table.inclination_rad[j])),
            not_before=moment(table.not_before_tai_ns[j]),
            not_after=moment(table.not_after_tai_ns[j]),
            members=tuple(sorted(sets.catalogue_number[rows].tolist())),
        )


def gone(sets: Catalogue, before: Ints, after: Ints) -> Iterator[Decay]:
    """Yield what became of objects of the rows `before` that are not among `after`."""
    there = sets.take(after)
    if not len(there):
        return
    now = int(np.median(there.elements.epoch_tai_ns))
    start = 1970.0 + now / NS_PER_DAY / YEAR_DAYS - 1.0
    earlier = sets.take(before)
    table = decays(earlier, there, mean_cycles(start))
    for j in range(len(table)):
        row = int(before[table.row[j]])
        again = int(table.found_row[j])
        first, last = int(table.not_before_tai_ns[j]), int(table.not_after_tai_ns[j])
        fate = Fate(int(table.fate[j]))
        if fate is not Fate.RE_ENTERED or not first:
            first, last = int(sets.elements.epoch_tai_ns[row]), now
        yield Decay(
            rows=(row,) if again < 0 else (row, int(after[again])),
            object=int(table.catalogue_number[j]),
            name=str(sets.object_name[row]),
            fate=FATES[fate],
            probability=told(table.probability[j]) or 0.0,
            not_before=moment(first),
            not_after=moment(max(first, last)),
            found_as=0 if again < 0 else int(there.catalogue_number[again]),
        )


def swapped(past: History) -> Iterator[Swap]:
    """Yield the histories that go on with each other's orbits."""
    table = swaps(past)
    epoch_of = dict(zip(past.row.tolist(), past.elements.epoch_tai_ns.tolist(), strict=True))
    for j in range(len(table)):
        before = [int(table.last1[j]), int(table.last2[j])]
        after = [int(table.next1[j]), int(table.next2[j])]
        yield Swap(
            rows=(*before, *after),
            object1=int(past.object_number[table.object1[j]]),
            object2=int(past.object_number[table.object2[j]]),
            not_before=moment(min(epoch_of[row] for row in before)),
            not_after=moment(max(epoch_of[row] for row in after)),
            as_is_sigmas=told(table.as_is_sigmas[j]),
            swapped_sigmas=told(table.swapped_sigmas[j]),
        )


def odd(past: History, names: dict[int, str]) -> Iterator[Oddity]:
    """Yield the objects whose newest set is odd for them, as one in a thousand is by chance."""
    table = patterns(past)
    epochs = past.elements.epoch_tai_ns
    for j in np.flatnonzero(table.p_own < ODD).tolist():
        last = int(past.first[j + 1]) - 1
        number = int(table.catalogue_number[j])
        yield Oddity(
            rows=(int(past.row[max(last - 1, int(past.first[j]))]), int(past.row[last])),
            object=number,
            name=names[number],
            p_own=told(table.p_own[j]) or 0.0,
            p_kind=told(table.p_kind[j]),
            cause=Behaviour(int(table.cause[j])).name.lower(),
            not_before=moment(epochs[max(last - 1, int(past.first[j]))]),
            not_after=moment(epochs[last]),
        )
