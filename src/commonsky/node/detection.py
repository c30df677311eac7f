"""What happened, by the histories of a catalogue: every kind of event, as records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor

import numpy as np

from commonsky.catalogue.catalogue import Catalogue
from commonsky.characterise.history import History, history
from commonsky.characterise.manoeuvre import manoeuvres
from commonsky.characterise.manoeuvre_type import Kind as ManoeuvreKind
from commonsky.characterise.relocation import Outcome, relocations
from commonsky.node.findings import (
    KINDS,
    M_PER_KM,
    AnyFinding,
    Manoeuvre,
    Relocation,
    moment,
    told,
    told_vector,
)

Progress = Callable[[str, float, float], None]
NS_PER_HOUR = 3_600_000_000_000
RELOCATED = {Outcome.ARRIVED: "arrived", Outcome.UNDER_WAY: "under way"}


def detected(
    catalogue: Catalogue,
    kinds: Sequence[str] = KINDS,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[AnyFinding]:
    """
    Return what happened to the objects of a catalogue with many element sets of each.

    Events stand in the order of their windows.  A kind that is not known is a `KeyError`.
    """
    past = history(catalogue)
    names = {
        int(number): str(name)
        for number, name in zip(
            catalogue.catalogue_number.tolist(), catalogue.object_name.tolist(), strict=True
        )
    }
    found: list[AnyFinding] = []
    for done, kind in enumerate(kinds):
        if progress is not None:
            progress(f"looking for {kind}s", done, len(kinds))
        found += DETECTORS[kind](past, catalogue, names, executor)
    return sorted(found, key=lambda one: (began(one), one.objects))


def began(one: AnyFinding) -> str:
    """Return the earliest time that an event may have been."""
    return one.left_not_before if isinstance(one, Relocation) else one.not_before


def ended(one: AnyFinding) -> str:
    """Return the latest time that an event may have been over."""
    return one.arrived_not_after if isinstance(one, Relocation) else one.not_after


def _manoeuvres(
    past: History, _: Catalogue, names: dict[int, str], executor: Executor | None
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


def _relocations(
    past: History, _: Catalogue, names: dict[int, str], __: Executor | None
) -> Iterator[Relocation]:
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


DETECTORS = {
    "relocation": lambda *_: [],
    "manoeuvre": _manoeuvres,
    "proximity": lambda *_: [],
    "fragmentation": lambda *_: [],
}
