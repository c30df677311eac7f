"""
Events: what many conjunction data messages say of one approach, in the order they were created.

Messages belong to one event where they tell of the same two objects, either first, and of a time
of closest approach near that which the event had before.  So a TCA may wander from update to
update, however far.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from commonsky.assess.limits import several_encounters
from commonsky.astro.epoch import NS_PER_S, tai_ns
from commonsky.errors import UnknownEpoch
from commonsky.show.assessment_lines import AssessmentLine

SAME_TCA_S = 60.0
UNNAMED = frozenset({"UNKNOWN", "NONE", "N/A"})  # two of them need not be one object
STEADY = 2.0  # a Pc that changes by no more than this factor


class Trend(StrEnum):
    """Where Pc went from the last message but one that has a number to the last."""

    NONE = "none"
    RISING = "rising"
    FALLING = "falling"
    STEADY = "steady"


class EventMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What one message says of an event."""

    file: str
    message_id: str
    created: str
    tca: str
    miss_km: float | None
    pc: float | None
    method: str
    cannot_assess: str | None


class Event(msgspec.Struct, frozen=True, kw_only=True, tag="event", tag_field="kind"):
    """
    One approach of two objects; objects and `tca` are those of the newest message.

    `pc` is of the newest message that could be assessed, which `pc_is_of_newest` tells; null where
    none could.  Of the pair's `pair_events`, `pair_assessed` have a number: that it collides in
    any of them has at least `pair_pc_lower`, and at most `pair_pc_upper` where all of them do.
    """

    object1: str
    object2: str
    tca: str
    miss_km: float | None
    pc: float | None
    method: str
    pc_is_of_newest: bool
    pc_largest: float | None
    trend: Trend
    pair_events: int
    pair_assessed: int
    pair_pc_lower: float | None
    pair_pc_upper: float | None
    messages: tuple[EventMessage, ...]


@dataclass(frozen=True, slots=True)
class Grouped:
    """An event, the rows of its messages in order of creation, and that of its number."""

    event: Event
    rows: tuple[int, ...]
    telling: int  # the newest row that has a number, otherwise the newest


def events_of(lines: Sequence[AssessmentLine], created: Sequence[str]) -> list[Event]:
    """
    Return the events that n assessments tell of, the gravest first, those without number last.

    `created` (n,) are the CREATION_DATEs; what is no date counts as the oldest.  A message without
    TCA, or without the designator of an object, is an event of its own.
    """
    return [one.event for one in grouped(lines, created)]


def grouped(lines: Sequence[AssessmentLine], created: Sequence[str]) -> list[Grouped]:
    """Return the events of `events_of`, each with the rows it comes from."""
    if len(lines) != len(created):
        raise ValueError(
            f"each assessment needs its creation date, but found {len(created)} of {len(lines)}"
        )
    found: list[Grouped] = []
    for chains in _pairs(lines, created):
        told = [[row for row in chain if lines[row].pc is not None] for chain in chains]
        numbers = [lines[rows[-1]].pc or 0.0 for rows in told if rows]
        limits = several_encounters(numbers) if numbers else (math.nan, math.nan)
        for rows, good in zip(chains, told, strict=True):
            event = _event(lines, created, rows, good, (len(chains), len(numbers), limits))
            found.append(Grouped(event, tuple(rows), good[-1] if good else rows[-1]))
    return sorted(found, key=_gravity)


def _gravity(one: Grouped) -> tuple[bool, float, str, str, str]:
    event = one.event
    return (event.pc is None, -(event.pc or 0.0), event.tca, event.object1, event.object2)


def _pairs(lines: Sequence[AssessmentLine], created: Sequence[str]) -> list[list[list[int]]]:
    """Return the chains of rows of each pair of objects."""
    said = [_epoch(text) for text in created]
    tca = [_epoch(line.tca) for line in lines]
    pairs: dict[tuple[str, ...], list[int]] = {}
    for row, line in enumerate(lines):
        names = tuple(sorted((_designator(line.object1), _designator(line.object2))))
        alone = not (all(names) and tca[row])
        pairs.setdefault((str(row),) if alone else names, []).append(row)
    return [
        _chains(sorted(rows, key=lambda row: (said[row], tca[row], lines[row].file, row)), tca)
        for rows in pairs.values()
    ]


def _chains(rows: Sequence[int], tca: Sequence[int]) -> list[list[int]]:
    """Return rows of one pair, in order of creation, by the approach they tell of."""
    chains: list[list[int]] = []
    newest: list[tuple[int, int]] = []  # TCA of the newest message of each chain, ascending
    for row in rows:
        at = bisect_left(newest, (tca[row], -1))
        near = [k for k in (at - 1, at) if 0 <= k < len(newest)]
        best = min(near, key=lambda k: abs(newest[k][0] - tca[row]), default=-1)
        if best >= 0 and abs(newest[best][0] - tca[row]) <= SAME_TCA_S * NS_PER_S:
            chain = newest.pop(best)[1]
        else:
            chain = len(chains)
            chains.append([])
        chains[chain].append(row)
        insort(newest, (tca[row], chain))
    return chains


def _event(
    lines: Sequence[AssessmentLine],
    created: Sequence[str],
    rows: Sequence[int],
    good: Sequence[int],
    pair: tuple[int, int, tuple[float, float]],
) -> Event:
    newest = lines[rows[-1]]
    numbers = [lines[row].pc or 0.0 for row in good]
    events, assessed, (lower, upper) = pair
    return Event(
        object1=newest.object1,
        object2=newest.object2,
        tca=newest.tca,
        miss_km=newest.miss_km,
        pc=numbers[-1] if numbers else None,
        method=lines[good[-1]].method if good else newest.method,
        pc_is_of_newest=bool(good) and good[-1] == rows[-1],
        pc_largest=max(numbers, default=None),
        trend=_trend(numbers),
        pair_events=events,
        pair_assessed=assessed,
        pair_pc_lower=lower if assessed else None,
        pair_pc_upper=upper if assessed == events else None,
        messages=tuple(_message(lines[row], created[row]) for row in rows),
    )


def _message(line: AssessmentLine, created: str) -> EventMessage:
    return EventMessage(
        file=line.file,
        message_id=line.message_id,
        created=created,
        tca=line.tca,
        miss_km=line.miss_km,
        pc=line.pc,
        method=line.method,
        cannot_assess=line.cannot_assess,
    )


def _trend(numbers: Sequence[float]) -> Trend:
    if len(numbers) < 2:
        return Trend.NONE
    before, now = numbers[-2:]
    if now > STEADY * before:
        return Trend.RISING
    return Trend.FALLING if before > STEADY * now else Trend.STEADY


def _designator(text: str) -> str:
    """Return a designator as it is compared: 000025544 and 25544 are one."""
    plain = text.strip().upper()
    if plain in UNNAMED:
        return ""
    return (plain.lstrip("0") or "0") if plain.isascii() and plain.isdigit() else plain


def _epoch(text: str) -> int:
    """TAI ns of a text; 0 where it is no epoch."""
    try:
        return tai_ns(text)
    except UnknownEpoch:
        return 0
