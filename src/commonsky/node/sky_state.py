"""The state of the sky: what is up there by regime, what happened, who keeps to which rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor
from datetime import date

import msgspec
import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import utc_text
from commonsky.catalogue.catalogue import Catalogue, ObjectType
from commonsky.characterise.history import History, history
from commonsky.characterise.norms.check import check
from commonsky.characterise.norms.compliance import Compliance, compliance
from commonsky.characterise.norms.rule import Rule
from commonsky.formats.registry import Register
from commonsky.node.circumstances import Circumstance
from commonsky.node.detection import Progress, detected, earlier_files
from commonsky.node.findings import KINDS, AnyFinding, told
from commonsky.node.home import NATIONS
from commonsky.node.norm_facts import Known, facts_of
from commonsky.node.norm_subjects import subject_of

REGIMES = ("LEO", "MEO", "GEO", "high eccentric", "other")
LEO_KM, GEO_KM, GEO_HALF_KM, HIGH_ECCENTRICITY = 2000.0, 35_786.0, 1500.0, 0.25
# Rules that apply to what has done its work, and that orbits alone can test.
USUAL_RULES = ("GEO-REORBIT", "IADC-5.3.2", "REG-II-1", "IADC-5.2.1", "RPO-NOTIFY", "ITU-SLOT")
NEVER_TOLD = "unknown"
LIFETIME, LIFETIME_SINCE, LIFETIME_YEARS = "IADC-5.3.2", "2002-12-31", 25


class Count(msgspec.Struct, frozen=True):
    """How many objects of each kind there are in a regime."""

    regime: str
    payloads: int
    rocket_bodies: int
    debris: int
    unknown: int


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """
    How one State's objects do under one rule.

    `share` is of what could be determined, null without any; its bounds hold for all that was
    tested, with what is open at its best and its worst.
    """

    owner: str
    rule: str
    determined: int
    open: int
    not_applicable: int
    share: float | None
    share_low: float | None
    share_high: float | None
    objects: int
    withheld: int
    came_down: int  # stages since the rule that are down already, in time; they are not tested
    is_one_of_ten: bool


class SkyState(msgspec.Struct, frozen=True, kw_only=True):
    """All that a report on the sky says."""

    first: str
    last: str
    on: str
    objects: int
    sets: int
    counts: tuple[Count, ...]
    events: dict[str, int]
    findings: tuple[AnyFinding, ...]
    rules: tuple[tuple[str, str, str], ...]  # id, title, binding
    kept: tuple[Kept, ...]
    register_rows: int
    withheld: int


def sky_state(
    sets: Catalogue,
    register: Register,
    circumstances: Sequence[Circumstance],
    rules: Sequence[Rule],
    on: date,
    *,
    kinds: Sequence[str] = KINDS,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> SkyState:
    """Return the state of the sky by the element sets of a catalogue."""
    past = history(sets)
    found = detected(
        sets, kinds, earlier=earlier_files(sets), executor=executor, progress=progress
    )
    objects = past.object_number.tolist()
    known = Known(sets, past, found, register, circumstances)
    told_of = [number for number in objects if register.of(number).kind != "DEBRIS"]
    if progress is not None:
        progress("holding against rules", 0, 1)
    held = check(rules, facts_of(known, told_of), on)
    population = [
        subject_of(one, one.name) for one in register.entries.values() if not one.decayed
    ]
    epochs = past.elements.epoch_tai_ns
    return SkyState(
        first=utc_text(int(epochs.min()), 0),
        last=utc_text(int(epochs.max()), 0),
        on=on.isoformat(),
        objects=len(past),
        sets=len(epochs),
        counts=tuple(counts_of(sets, past, register)),
        events=dict(Counter(type(one).__name__.lower() for one in found)),
        findings=tuple(found),
        rules=tuple((rule.id, rule.title, rule.binding.value) for rule in rules),
        kept=tuple(_kept(compliance(held, population, NATIONS), _down_in_time(register))),
        register_rows=len(register.entries),
        withheld=sum(one.withheld for one in register.entries.values()),
    )


def counts_of(sets: Catalogue, past: History, register: Register) -> list[Count]:
    """Return how many objects of each kind are in each regime, by their newest sets."""
    newest = past.first[1:] - 1
    regime = regimes_of(past, newest)
    kind = sets.object_type[past.row[newest]]
    said = {"PAYLOAD": ObjectType.PAYLOAD, "ROCKET BODY": ObjectType.ROCKET_BODY,
            "DEBRIS": ObjectType.DEBRIS}  # fmt: skip
    known = np.array(
        [said.get(register.of(number).kind, -1) for number in past.object_number.tolist()]
    )
    kind = np.where(known >= 0, known, kind)
    return [
        Count(
            name,
            *(int(((regime == k) & (kind == one)).sum())
              for one in (ObjectType.PAYLOAD, ObjectType.ROCKET_BODY, ObjectType.DEBRIS,
                          ObjectType.UNKNOWN)),
        )
        for k, name in enumerate(REGIMES)
    ]  # fmt: skip


def regimes_of(past: History, sets: Ints) -> Ints:
    """(k,) the place in `REGIMES` of these sets of a history."""
    elements = past.elements.take(sets)
    perigee, apogee = elements.perigee_height_km, elements.apogee_height_km
    axis = (perigee + apogee) / 2.0
    chosen = np.select(
        [
            apogee < LEO_KM,
            elements.eccentricity > HIGH_ECCENTRICITY,
            np.abs(axis - GEO_KM) < GEO_HALF_KM,
            (perigee >= LEO_KM) & (apogee < GEO_KM - GEO_HALF_KM),
        ],
        [0, 3, 2, 1],
        4,
    )
    return np.asarray(chosen, np.int64)


def _down_in_time(register: Register) -> Counter[str]:
    """How many stages of each State, launched since the guideline on lifetimes, are down again."""
    return Counter(
        one.state or NEVER_TOLD
        for one in register.entries.values()
        if one.kind == "ROCKET BODY" and one.launched >= LIFETIME_SINCE and one.decayed
        and int(one.decayed[:4]) - int(one.launched[:4]) < LIFETIME_YEARS
    )  # fmt: skip


def _kept(table: Compliance, down: Counter[str]) -> list[Kept]:
    """Rows of a table of compliance, those of the ten nations first, then by how much is open."""
    rows = [
        Kept(
            owner=str(owner),
            rule=str(rule),
            determined=int(table.determined[k]),
            open=int(table.undetermined[k]),
            not_applicable=int(table.not_applicable[k]),
            share=told(float(table.share[k])),
            share_low=told(float(table.share_low[k])),
            share_high=told(float(table.share_high[k])),
            objects=int(table.objects[k]),
            withheld=int(table.withheld[k]),
            came_down=down[str(owner)] if str(rule) == LIFETIME else 0,
            is_one_of_ten=str(owner) in NATIONS,
        )
        for k, (owner, rule) in enumerate(zip(table.owner, table.rule, strict=True))
    ]
    return sorted(rows, key=lambda one: (not one.is_one_of_ten, one.owner, one.rule))
