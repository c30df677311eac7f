"""
How well break-ups, launches, decays and mixed-up identities are found in real catalogues.

Run from the repository root: python design/007_fragmentations.py [part ...]
Parts: events, few, quiet, launches, decays, descents, identity; all of them without an argument.
It prints Markdown, as docs/validation.md has it.  What the worlds are, `bench/past_breakups.py`
tells.  Designators are for scores only: they are blank in what is searched.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from time import process_time

import numpy as np

from bench.past_breakups import (
    EVENTS,
    QUIET,
    Event,
    around,
    catalogue,
    histories,
    minutes_off,
    pieces,
    reentries,
    register,
)
from bench.past_sky import observed_flux
from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_DAY, utc_text
from commonsky.catalogue.catalogue import Catalogue
from commonsky.characterise.decay import Fate, decays, descents
from commonsky.characterise.fragmentation import (
    Fragmentations,
    Kind,
    arrivals,
    confirmation,
    fragmentations,
)
from commonsky.characterise.history import history
from commonsky.characterise.identity import found_again, swaps
from commonsky.characterise.launch import launches
from commonsky.characterise.smooth_orbits import smooth_orbits

FEW, DRAWS = (3, 5, 10, 20, 50), 3
NONE = "none"


def row(*cells: object) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def between(one: str, other: str) -> str:
    return f"{one[-8:]} to {other[-8:]}"


def heading(*names: str) -> Iterator[str]:
    yield row(*names)
    yield f"|{'---|' * len(names)}"


def blank(sets: Catalogue) -> Catalogue:
    """Without designators, so that none can help."""
    return replace(sets, object_id=np.full(len(sets), "", "U12"))


@dataclass(frozen=True)
class Told:
    """What was found of an event."""

    events: Fragmentations
    found: int  # -1 where it was not found
    false: int
    seconds: float


def told_of(event: Event, before: Catalogue, after: Catalogue) -> Told:
    start = process_time()
    events = fragmentations(blank(before), blank(after), reach_days=event.reach_days)
    seconds = process_time() - start
    broke = np.flatnonzero(events.kind == Kind.FRAGMENTATION)
    of = [j for j in broke.tolist() if pieces(event, after, events.pieces(j)).mean() > 0.5]
    return Told(events, of[0] if of else -1, len(broke) - len(of[:1]), seconds)


def parent_word(event: Event, told: Told) -> str:
    if told.found < 0:
        return NONE
    number, chance = _likeliest(told)
    if event.parent < 0:
        return "none, right" if told.events.catalogue_number[told.found] < 0 else "**wrong**"
    word = "right" if number == event.parent else "**wrong**"
    return f"{word}, {chance:.0%}"


def _likeliest(told: Told) -> tuple[int, float]:
    row = told.events.parent_row[told.found, 0]
    if row < 0:
        return -1, 0.0
    number = int(told.events.candidates.catalogue_number[row])
    return number, float(told.events.parent_probability[told.found, 0])


def events_table() -> Iterator[str]:
    yield from heading(
        "break-up", "new", "its pieces", "found of them, foreign", "parent", "time found, UTC",
        "off", "known to", "95 %", "days to the sets", "spreads, m/s", "other break-ups", "CPU s",
    )  # fmt: skip
    inside, told_all = 0, 0
    for event in EVENTS:
        before, after = around(event)
        told = told_of(event, before, after)
        new = arrivals(before, after)
        total = int(pieces(event, after, new).sum())
        head = event.name, f"{len(new):,}", f"{total:,}"
        if told.found < 0:
            cells = (*head, NONE, NONE, "not found", *[""] * 5, told.false, f"{told.seconds:.0f}")
            yield row(*cells)
            continue
        j, one = told.found, told.events
        of = pieces(event, after, one.pieces(j))
        off = minutes_off(int(one.epoch_tai_ns[j]), event)
        low, high = (
            minutes_off(int(epoch[j]), event)
            for epoch in (one.not_before_tai_ns, one.not_after_tai_ns)
        )
        told_all += 1
        inside += low - event.minutes <= 0.0 <= high + event.minutes
        age = (
            np.median(after.elements.epoch_tai_ns[one.pieces(j)]) - event.epoch_tai_ns
        ) / NS_PER_DAY
        spread = ", ".join(f"{1e3 * value:.0f}" for value in one.spread_km_s[j])
        yield row(
            *head, f"{of.sum():,}, {(~of).sum()}", parent_word(event, told),
            utc_text(int(one.epoch_tai_ns[j]))[:16], _span(off), _span(event.minutes),
            _span(high - low), f"{age:.0f}", spread, told.false, f"{told.seconds:.0f}",
        )  # fmt: skip
    yield ""
    yield f"The true time lies within what is said in {inside} of {told_all}."


def _span(minutes: float) -> str:
    size = abs(minutes)
    if size < 90.0:
        return f"{minutes:.0f} min"
    return f"{minutes / 60.0:.1f} h" if size < 2880.0 else f"{minutes / 1440.0:.1f} d"


def few_table() -> Iterator[str]:
    """How many catalogued pieces are needed, among 70 other new objects of December 2019."""
    yield from heading("break-up", *(f"{n} pieces" for n in FEW))
    sums = np.zeros((len(FEW), 4))
    for event in EVENTS:
        if event.real[0] or not event.before:
            continue
        before, after = around(event, among=("bg_20191212", "bg_20191223"))
        new = arrivals(before, after)
        of = pieces(event, after, new)
        cells = []
        for k, n in enumerate(FEW):
            if of.sum() < n:
                cells.append(NONE)
                continue
            cell = np.zeros(4)
            for seed in range(DRAWS):
                cell += _drawn(event, before, after, new[of], n, seed)
            sums[k] += cell
            cells.append(f"{cell[1]:.0f}, {cell[2]:.0f} of {cell[0]:.0f}")
        yield row(event.name, *cells)
    cells = [f"{one[1] / one[0]:.0%}, {one[2] / one[0]:.0%}; {one[3]:.0f} false" for one in sums]
    yield row("all", *cells)


def _drawn(
    event: Event, before: Catalogue, after: Catalogue, of: Ints, n: int, seed: int
) -> Floats:
    """One; found; with the right parent and day; and false ones."""
    kept = np.random.default_rng(seed).choice(of, n, replace=False)
    left = np.setdiff1d(np.arange(len(after)), np.setdiff1d(of, kept))
    told = told_of(event, before, after.take(left))
    if told.found < 0:
        return np.array([1.0, 0.0, 0.0, told.false])
    off = abs(minutes_off(int(told.events.epoch_tai_ns[told.found]), event))
    right = off < 1440.0 + event.minutes
    if event.parent >= 0:
        right &= _likeliest(told)[0] == event.parent
    return np.array([1.0, 1.0, float(right), told.false])


def quiet_table() -> Iterator[str]:
    yield from heading(
        "catalogues", "days", "new", "common origins", "deployments", "undecided", "slow pieces",
        "break-ups", "CPU s",
    )  # fmt: skip
    for one, other in QUIET:
        before, after = catalogue(one), catalogue(other)
        start = process_time()
        events = fragmentations(blank(before), blank(after))
        seconds = process_time() - start
        days = (
            np.median(after.elements.epoch_tai_ns) - np.median(before.elements.epoch_tai_ns)
        ) / NS_PER_DAY
        count = Counter(Kind(kind).name for kind in events.kind.tolist())
        told = np.flatnonzero(np.isin(events.kind, (Kind.FRAGMENTATION, Kind.SHEDDING)))
        named = [_named(events, j, before, after) for j in told.tolist()]
        yield row(
            between(one, other), f"{days:.0f}", len(arrivals(before, after)), len(events),
            count["DEPLOYMENT"], count["UNDECIDED"], count["SHEDDING"],
            "; ".join([str(count["FRAGMENTATION"]), *named]), f"{seconds:.0f}",
        )  # fmt: skip


def _named(events: Fragmentations, j: int, before: Catalogue, after: Catalogue) -> str:
    said = confirmation(events, j, before, after)
    row = events.parent_row[j, 0]
    parent = str(events.candidates.object_name[row]) if row >= 0 else "nobody"
    kind = Kind(events.kind[j]).name.lower()
    return f"{kind} of {events.fragments[j]} from {parent}, named after {said.launch}"


def launches_table() -> Iterator[str]:
    known = register()
    yield from heading(
        "catalogues", "new launches found", "in the register, up, and in the later catalogue",
        "of both", "older, with late pieces", "by orbits alone: launches of 4 and more",
        "largest share", "purity",
    )  # fmt: skip
    for one, other in (*QUIET[2:6], ("bg_20240808", "celestrak_on_orbit_20241101")):
        before, after = catalogue(one), catalogue(other)
        told = launches(before, after)
        named = told.launch != ""
        new = set(told.launch[named & told.is_new].tolist())
        earlier = {text[:8] for text in before.object_id.tolist()}
        there = {text[:8] for text in after.object_id.tolist()} - earlier
        first, last = (int(np.median(sets.elements.epoch_tai_ns)) for sets in (before, after))
        true = {
            launch
            for launch, at in known.launched_tai_ns.items()
            if launch in there and first - 40 * NS_PER_DAY < at <= last
        }
        late = int((named & ~told.is_new).sum())
        share, purity, n = _by_orbits(before, after)
        yield row(
            between(one, other), len(new), len(true), len(new & true), late, n, f"{share:.0%}",
            f"{purity:.0%}",
        )  # fmt: skip


def _by_orbits(before: Catalogue, after: Catalogue) -> tuple[float, float, int]:
    alone = launches(before, after, by_orbits_alone=True)
    told = launches(before, after)
    group = {int(row): j for j in range(len(alone)) for row in alone.pieces(j)}
    of = {int(row): j for j in range(len(told)) for row in told.pieces(j)}
    shares, purities = [], []
    for j in np.flatnonzero(told.is_new & (told.launch != "")).tolist():
        rows = told.pieces(j).tolist()
        if len(rows) < 4:
            continue
        groups, counts = np.unique([group[row] for row in rows], return_counts=True)
        shares.append(counts.max() / len(rows))
        members = alone.pieces(int(groups[np.argmax(counts)])).tolist()
        purities.append(np.mean([of[row] == j for row in members]))
    return float(np.mean(shares)), float(np.mean(purities)), len(shares)


def decays_table() -> Iterator[str]:
    known, flux = register(), observed_flux()
    yield from heading(
        "catalogues", "vanished", "down by the register", "said to be down, and are",
        "said, and are not", "missed", "in the window of 90 %", "Brier score", "renumbered",
    )  # fmt: skip
    pairs = (*QUIET[2:3], *QUIET[4:6], ("bg_20240808", "celestrak_on_orbit_20241101"))
    for one, other in pairs:
        before, after = catalogue(one), catalogue(other)
        told = decays(before, after, flux)
        until = int(np.median(after.elements.epoch_tai_ns)) + 2 * NS_PER_DAY
        at = np.array([known.decayed_tai_ns.get(int(n), 0) for n in told.catalogue_number])
        listed = np.array([int(n) in known.decayed_tai_ns for n in told.catalogue_number])
        down = (at > 0) & (at <= until)
        said = told.fate == Fate.RE_ENTERED
        brier = float(((told.probability - down)[listed] ** 2).mean())
        # The register knows the day.
        low, high = told.not_before_tai_ns - NS_PER_DAY, told.not_after_tai_ns
        within = (at >= low) & (at <= high)
        timed = down & listed & (told.epoch_tai_ns > 0)
        yield row(
            between(one, other), len(told), down.sum(), (said & down).sum(),
            (said & ~down & listed).sum(), (~said & down).sum(), f"{within[timed].mean():.0%}",
            f"{brier:.3f}", (told.fate == Fate.RENUMBERED).sum(),
        )  # fmt: skip


def descents_table() -> Iterator[str]:
    sets, days, steered = reentries()
    told = descents(sets, observed_flux())
    ratio = told.days / days
    yield from heading(
        "days left", "sets of debris and stages", "no answer", "median error", "middle ratio",
        "5 to 95 %", "in the window of 90 %", "satellites, median error",
    )  # fmt: skip
    for low, high in ((1, 3), (3, 10), (10, 30), (30, 60), (60, 120), (1, 120)):
        span = (days >= low) & (days < high)
        of = span & ~steered
        known = np.isfinite(ratio) & (ratio > 0)
        inside = (told.not_before_days <= days + 0.5) & (told.not_after_days >= days - 0.5)
        five, middle, most = np.percentile(ratio[of & known], [5, 50, 95])
        error, other = (
            np.median(np.abs(ratio[rows & known] - 1.0)) for rows in (of, span & steered)
        )
        yield row(
            f"{low} to {high}", f"{of.sum():,}", f"{1 - known[of].mean():.1%}", f"{error:.0%}",
            f"{middle:.2f}", f"{five:.2f} to {most:.2f}", f"{inside[of & known].mean():.0%}",
            f"{other:.0%}",
        )  # fmt: skip


def identity_table() -> Iterator[str]:
    yield from heading(
        "histories of a week", "objects", "sets", "swaps said of what was not changed",
        "of neighbours swapped, found", "false beside", "of any two, found", "false beside",
    )  # fmt: skip
    for name in ("geo", "starlink", "oneweb", "resource"):
        sets = histories(name)
        whole = history(sets)
        cells: list[str] = []
        for neighbours in (True, False):
            number, planted = _planted(sets, neighbours=neighbours)
            mixed = history(replace(sets, catalogue_number=number))
            told = swaps(mixed)
            said = {
                frozenset((int(mixed.object_number[i]), int(mixed.object_number[j])))
                for i, j in zip(told.object1, told.object2, strict=True)
            }
            cells += [f"{len(said & planted)} of {len(planted)}", str(len(said - planted))]
        yield row(name, len(whole), f"{len(sets):,}", len(swaps(whole)), *cells)
    yield ""
    yield from heading(
        "catalogues", "objects given a new number", "found again", "as another",
        "beside them, said of real ones",
    )  # fmt: skip
    for one, other in (QUIET[2], QUIET[5], QUIET[6]):
        yield _renumbered(one, other)


def _planted(sets: Catalogue, *, neighbours: bool) -> tuple[Ints, set[frozenset[int]]]:
    """Catalogue numbers with pairs that swap halfway, and the pairs."""
    rng = np.random.default_rng(7)
    whole = history(sets)
    at, epoch = whole.elements, whole.elements.epoch_tai_ns
    orbits = smooth_orbits(at.take(whole.first[:-1]), np.array([int(np.median(epoch))]))
    normal, axis = orbits.normal[:, 0], orbits.axis_km[:, 0]
    number, planted, used = sets.catalogue_number.copy(), set[frozenset[int]](), set[int]()
    for _ in range(80):
        i = int(rng.integers(len(whole)))
        off = 7.0 * np.linalg.norm(normal - normal[i], axis=1) + 50.0 * np.abs(
            axis / axis[i] - 1.0
        )
        off[i] = np.inf
        j = int(rng.choice(np.argsort(off)[:5])) if neighbours else int(rng.integers(len(whole)))
        first = max(epoch[whole.first[i]], epoch[whole.first[j]])
        last = min(epoch[whole.first[i + 1] - 1], epoch[whole.first[j + 1] - 1])
        if i == j or {i, j} & used or last - first < 2 * NS_PER_DAY:
            continue
        used |= {i, j}
        one, other = int(whole.object_number[i]), int(whole.object_number[j])
        late = sets.elements.epoch_tai_ns > (first + last) // 2
        number[late & (sets.catalogue_number == one)] = other
        number[late & (sets.catalogue_number == other)] = one
        planted.add(frozenset((one, other)))
    return number, planted


def _renumbered(one: str, other: str) -> str:
    before, after = catalogue(one), catalogue(other)
    rng = np.random.default_rng(3)
    both = np.flatnonzero(np.isin(after.catalogue_number, before.catalogue_number))
    chosen = rng.choice(both, 300, replace=False)
    number = after.catalogue_number.copy()
    true = dict(zip(chosen.tolist(), number[chosen].tolist(), strict=True))
    number[chosen] = 2_000_000_000 + np.arange(len(chosen))
    later = replace(after, catalogue_number=number)
    lost = np.flatnonzero(~np.isin(before.catalogue_number, later.catalogue_number))
    told = found_again(before, lost, later, arrivals(before, later))
    pairs = list(
        zip(told.found.tolist(), before.catalogue_number[told.lost].tolist(), strict=True)
    )
    right = sum(true.get(row) == old for row, old in pairs)
    wrong = sum(row in true and true[row] != old for row, old in pairs)
    beside = len(pairs) - right - wrong
    return row(between(one, other), len(chosen), right, wrong, beside)


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "events": events_table, "few": few_table, "quiet": quiet_table, "launches": launches_table,
    "decays": decays_table, "descents": descents_table, "identity": identity_table,
}  # fmt: skip


def main() -> None:
    for part in sys.argv[1:] or PARTS:
        print(f"\n## {part}\n", flush=True)
        for line in PARTS[part]():
            print(line, flush=True)


if __name__ == "__main__":
    main()
