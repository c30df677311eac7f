"""What happened, by the histories of a catalogue: every kind of event, as records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Ints
from commonsky.catalogue.catalogue import Catalogue
from commonsky.characterise.fragmentation import Kind as FragmentationKind
from commonsky.characterise.fragmentation import fragmentations
from commonsky.characterise.history import History, history
from commonsky.characterise.manoeuvre import manoeuvres
from commonsky.characterise.manoeuvre_type import Kind as ManoeuvreKind
from commonsky.characterise.proximity import Geometry, Status, Verdict, approaches
from commonsky.characterise.relocation import Outcome, relocations
from commonsky.node.coming_and_going import gone, launched, odd, swapped
from commonsky.node.findings import (
    KINDS,
    M_PER_KM,
    AnyFinding,
    Fragmentation,
    Manoeuvre,
    Proximity,
    Relocation,
    moment,
    told,
    told_vector,
)

Progress = Callable[[str, float, float], None]
S_PER_HOUR = 3600.0
LEAST_SETS_EACH = 2.0  # in the mean, of a file that is a history and no snapshot
STATUS = {
    Status.GOOD: "good",
    Status.SHARED_SLOT: "shared slot",
    Status.CONTRADICTED: "contradicted by another set",
    Status.SAME_SET: "one orbit for both",
}
ANSWERS = {Verdict.CANNOT_TELL: "cannot tell", Verdict.YES: "yes", Verdict.NO: "no"}
RELOCATED = {Outcome.ARRIVED: "arrived", Outcome.UNDER_WAY: "under way"}


def detected(
    catalogue: Catalogue,
    kinds: Sequence[str] = KINDS,
    *,
    earlier: NDArray[np.bool_] | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[AnyFinding]:
    """
    Return what happened to the objects of a catalogue with many element sets of each.

    `earlier` (n,) are the rows of catalogues before the newest one: what is in none of them has
    arrived.  Events stand in the order of their windows.  A kind not known is a `KeyError`.
    """
    past = history(catalogue)
    names = _names(catalogue)
    found: list[AnyFinding] = []
    for done, kind in enumerate(kinds):
        if progress is not None:
            progress(f"looking for {kind}s", done, len(kinds))
        if kind in BETWEEN:
            split = arrivals_of(past, earlier)
            found += BETWEEN[kind](catalogue, *split) if split is not None else ()
        else:
            found += DETECTORS[kind](past, names, executor)
    return sorted(found, key=lambda one: (began(one), one.objects))


def _names(sets: Catalogue) -> dict[int, str]:
    numbers = sets.catalogue_number.tolist()
    return dict(zip(numbers, map(str, sets.object_name.tolist()), strict=True))


def began(one: AnyFinding) -> str:
    """Return the earliest time that an event may have been."""
    return one.left_not_before if isinstance(one, Relocation) else one.not_before


def ended(one: AnyFinding) -> str:
    """Return the latest time that an event may have been over."""
    return one.arrived_not_after if isinstance(one, Relocation) else one.not_after


def _manoeuvres(
    past: History, names: dict[int, str], executor: Executor | None
) -> Iterator[Manoeuvre]:
    table = manoeuvres(past, executor=executor)
    for k, number in enumerate(table.catalogue_number.tolist()):
        yield Manoeuvre(
            rows=(int(table.row_before[k]), int(table.row_after[k])),
            object=number,
            name=names[number],
            not_before=moment(table.not_before_tai_ns[k]),
            not_after=moment(table.not_after_tai_ns[k]),
            epoch_estimate=moment(table.epoch_tai_ns[k]),
            delta_v_m_s=told(table.delta_v_km_s[k] * M_PER_KM),
            delta_v_sigma_m_s=told(table.delta_v_sigma_km_s[k] * M_PER_KM),
            delta_v_rtn_m_s=told_vector(table.delta_v_rtn_km_s[k], M_PER_KM),
            type=ManoeuvreKind(int(table.kind[k])).text,
            score=told(table.score[k]) or 0.0,
            detectable_m_s=told(table.detectable_km_s[k] * M_PER_KM),
        )


def _relocations(past: History, names: dict[int, str], _: Executor | None) -> Iterator[Relocation]:
    table = relocations(past)
    for k, number in enumerate(table.catalogue_number.tolist()):
        yield Relocation(
            rows=(int(table.row_before[k]), int(table.row_after[k])),
            object=number,
            name=names[number],
            left_not_before=moment(table.left_not_before_tai_ns[k]),
            left_not_after=moment(table.left_not_after_tai_ns[k]),
            arrived_not_before=moment(table.arrived_not_before_tai_ns[k]),
            arrived_not_after=moment(table.arrived_not_after_tai_ns[k]),
            longitude_from_deg=told(np.degrees(table.longitude_from_rad[k])) or 0.0,
            longitude_to_deg=told(np.degrees(table.longitude_to_rad[k])) or 0.0,
            drift_deg_day=told(np.degrees(table.drift_rad_day[k])) or 0.0,
            score=told(table.score[k]) or 0.0,
            status=RELOCATED[Outcome(int(table.outcome[k]))],
        )


def _proximities(past: History, names: dict[int, str], _: Executor | None) -> Iterator[Proximity]:
    table = approaches(past)
    for k in range(len(table)):
        one, two = int(table.catalogue_number_1[k]), int(table.catalogue_number_2[k])
        yield Proximity(
            rows=(int(table.row_1[k]), int(table.row_2[k])),
            object1=one,
            object2=two,
            name1=names[one],
            name2=names[two],
            not_before=moment(table.not_before_tai_ns[k]),
            not_after=moment(table.not_after_tai_ns[k]),
            closest=moment(table.epoch_tai_ns[k]),
            separation_km=told(table.separation_km[k]),
            separation_low_km=told(table.separation_low_km[k]),
            separation_high_km=told(table.separation_high_km[k]),
            relative_ric_km=told_vector(table.relative_ric_km[k]),
            relative_speed_m_s=told(table.relative_speed_km_s[k] * M_PER_KM),
            dwell_h=told(table.dwell_s[k] / S_PER_HOUR),
            status=STATUS[Status(int(table.status[k]))],
            geometry=Geometry(int(table.geometry[k])).name.lower(),
            habitual=bool(table.colocated_habitually[k] == Verdict.YES),
            passive_safe=ANSWERS[Verdict(int(table.passive_safe[k]))],
        )


def _fragmentations(sets: Catalogue, first: Ints, then: Ints) -> Iterator[Fragmentation]:
    names = _names(sets)
    before, after = sets.take(first), sets.take(then)
    table = fragmentations(before, after)
    row_of = {
        (number, epoch): row
        for row, (number, epoch) in enumerate(
            zip(
                sets.catalogue_number.tolist(), sets.elements.epoch_tai_ns.tolist(), strict=True
            )
        )
    }  # fmt: skip
    there = table.candidates
    for j in range(len(table)):
        if table.kind[j] == FragmentationKind.UNDECIDED:
            continue
        pieces = then[table.pieces(j)]
        shown = table.parent_row[j] >= 0
        candidates = table.parent_row[j][shown]
        numbers = there.catalogue_number[candidates].tolist()
        epochs = there.elements.epoch_tai_ns[candidates].tolist()
        parent = max(int(table.catalogue_number[j]), 0)
        rows = [*pieces.tolist(), *(row_of[key] for key in zip(numbers, epochs, strict=True))]
        yield Fragmentation(
            rows=tuple(rows),
            parent=parent,
            parent_name=names.get(parent, ""),
            parent_probability=told(table.parent_probability[j, 0]),
            alternatives=tuple(
                (number, told(chance) or 0.0)
                for number, chance in zip(
                    numbers, table.parent_probability[j][shown].tolist(), strict=True
                )
            ),
            not_before=moment(table.not_before_tai_ns[j]),
            not_after=moment(table.not_after_tai_ns[j]),
            epoch_estimate=moment(table.epoch_tai_ns[j]),
            height_km=told(table.height_km[j]),
            fragments=int(table.fragments[j]),
            members=tuple(sorted(sets.catalogue_number[pieces].tolist())),
            type=FragmentationKind(int(table.kind[j])).name.lower(),
            score=told(table.score[j]) or 0.0,
        )  # fmt: skip


def arrivals_of(past: History, earlier: NDArray[np.bool_] | None) -> tuple[Ints, Ints] | None:
    """
    Return rows from before and of the end, between which objects arrived; None for one moment.

    Where nobody says which rows are `earlier`, they are the first quarter of a history.
    """
    epochs = past.elements.epoch_tai_ns
    if earlier is not None:
        early = earlier[past.row]
    elif len(past.row) < LEAST_SETS_EACH * len(past):
        return None
    else:
        early = epochs <= np.quantile(epochs, 0.25)
    if not len(past):
        return None
    place = np.where(early, np.arange(len(past.row)), -1)
    last = np.maximum.reduceat(place, past.first[:-1])  # the newest early set of each object
    end = past.first[1:] - 1
    return past.row[last[last >= 0]], past.row[end[~early[end]]]


def earlier_files(sets: Catalogue) -> NDArray[np.bool_] | None:
    """(n,) which rows are not of the newest file; None where there is one file only."""
    sources = np.unique(sets.source)
    if len(sources) < 2:
        return None
    middles = [np.median(sets.elements.epoch_tai_ns[sets.source == one]) for one in sources]
    return np.asarray(sets.source != sources[int(np.argmax(middles))])


DETECTORS: dict[str, Callable[..., Iterable[AnyFinding]]] = {
    "manoeuvre": _manoeuvres,
    "relocation": _relocations,
    "proximity": _proximities,
    "swap": lambda past, *_: swapped(past),
    "oddity": lambda past, names, _: odd(past, names),
}
BETWEEN: dict[str, Callable[[Catalogue, Ints, Ints], Iterable[AnyFinding]]] = {
    "fragmentation": _fragmentations,
    "launch": launched,
    "decay": gone,
}
