"""
Conjunctions worth telling of, as records: what is new, what moved, what is over.

Each approach of two statements (object and source, twice) is one alert.  Its record is superseded
when it changes by enough to matter, and when it is over: a record never just disappears.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import NS_PER_S, tai_ns
from commonsky.ledger.derived import parameters_digest
from commonsky.ledger.label import Label, join
from commonsky.ledger.record import Envelope, Kind, Lineage, Link, Record, Relation
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.home import Screening
from commonsky.node.screener import SAME_NS
from commonsky.node.statements import Author

SPEC = "commonsky/conjunction@1"
FUNCTION = "screen@1"
# A change by less is not told of.
WORTH_PC, WORTH_MISS, WORTH_TCA_NS = 2.0, 0.2, 10 * NS_PER_S


class State(StrEnum):
    """What an alert's record says of it."""

    STANDING = "standing"
    OVER = "over"  # newer orbits do not come so close
    WITHDRAWN = "withdrawn"  # a statement it rests on was retracted


class Conjunction(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a conjunction record; columns as in the ndjson contract."""

    state: State
    object1: int
    object2: int
    name1: str
    name2: str
    source1: str
    source2: str
    tca: str
    miss_km: float
    relative_speed_km_s: float
    radial_km: float
    in_track_km: float
    cross_track_km: float
    pc: float | None
    pc_max: float | None
    pc_method: str | None
    pc_null_reason: str | None
    diluted: bool
    grade: str
    slow: bool
    intra_fleet: bool
    age1_days: float
    age2_days: float


Objects = tuple[int, int]
Key = tuple[int, int, str, str, Label]


class Ground(NamedTuple):
    """The one statement that a row of the screening is told to rest on."""

    handle: str
    nation: str
    label: Label


Grounds = Callable[[int, str], Ground]  # by catalogue number and source

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Conjunction)


def conjunction_of(content: bytes) -> Conjunction:
    """Return the conjunction that the body of a record tells of."""
    return _DECODER.decode(content)


@dataclass(frozen=True, slots=True)
class Alert:
    """One approach that was told of, and the record that stands for it."""

    envelope: Envelope
    told: Conjunction
    tca_tai_ns: int
    key: Key

    @property
    def objects(self) -> Objects:
        """The catalogue numbers, the lower one first."""
        return (self.told.object1, self.told.object2)


@dataclass(slots=True)
class Alerts:
    """The alerts that stand, and how they become records."""

    author: Author
    screening: Screening
    standing: dict[Key, list[Alert]] = field(default_factory=dict)

    def resume(self, records: Iterable[Record]) -> None:
        """Take up our own conjunction records from the ledger, in the order they were said."""
        over: set[str] = set()
        kept: dict[str, Alert] = {}
        for record in records:
            envelope = record.envelope
            over |= {link.handle for link in envelope.links}
            if record.body is None or envelope.node != self.author.nation:
                continue
            told = conjunction_of(record.body.content)
            if told.state is State.STANDING:
                key = key_of(told, envelope.label)
                kept[envelope.handle] = Alert(envelope, told, tai_ns(told.tca), key)
        self.standing = {}
        for handle, alert in kept.items():
            if handle not in over:
                self.standing.setdefault(alert.key, []).append(alert)

    def records(
        self,
        table: Conjunctions,
        touched: Callable[[Objects], bool],
        now_tai_ns: int,
        grounds: Grounds,
        *,
        ending: State = State.OVER,
    ) -> list[Record]:
        """
        Return what is to be said after a screening that may have changed the pairs `touched`.

        `table` holds all conjunctions of those pairs as they are now; alerts of them that are not
        in it have ended, for the reason of `ending`.
        """
        said: list[Record] = []
        left = {
            alert.envelope.handle: alert
            for alerts in self.standing.values()
            for alert in alerts
            if alert.tca_tai_ns > now_tai_ns and touched(alert.objects)
        }
        for row in table.take(self._worth(table)).rows():
            told, used = _told(row, grounds)
            key = key_of(told, join(one.label for one in used))
            before = self._same(key, told, left)
            if before is not None:
                del left[before.envelope.handle]
                if not _matters(before, told):
                    continue
            said.append(self._record(told, now_tai_ns, used, before))
        for alert in left.values():
            ended = msgspec.structs.replace(alert.told, state=ending)
            said.append(self._ended(ended, now_tai_ns, alert))
        return said

    def _worth(self, table: Conjunctions) -> Ints:
        """Rows worth telling of."""
        limits = self.screening
        pc = np.nan_to_num(table.pc, nan=0.0)
        near = (table.miss_km <= limits.alert_miss_km) & ~table.intra_fleet & ~table.slow
        listed = np.array(limits.watched, np.int64)
        watched = np.isin(table.object1, listed) | np.isin(table.object2, listed)
        return np.flatnonzero((pc >= limits.alert_pc) | near | (watched & ~table.intra_fleet))

    def _same(self, key: Key, told: Conjunction, left: dict[str, Alert]) -> Alert | None:
        """The open alert of these statements nearest in time, within ten minutes."""
        at = tai_ns(told.tca)
        near = [
            alert
            for alert in self.standing.get(key, [])
            if alert.envelope.handle in left and abs(alert.tca_tai_ns - at) < SAME_NS
        ]
        return min(near, key=lambda alert: abs(alert.tca_tai_ns - at)) if near else None

    def _record(
        self, told: Conjunction, now_tai_ns: int, used: Sequence[Ground], before: Alert | None
    ) -> Record:
        label = join(one.label for one in used)
        handles = sorted({one.handle for one in used})
        record = self._stated(told, now_tai_ns, label, handles, before)
        self._close(before)
        key = key_of(told, label)
        alert = Alert(record.envelope, told, tai_ns(told.tca), key)
        self.standing.setdefault(key, []).append(alert)
        return record

    def _ended(self, told: Conjunction, now_tai_ns: int, before: Alert) -> Record:
        """Say that an alert has ended, to whom it was told: under its own label."""
        lineage = before.envelope.lineage
        used = lineage.used if lineage else ()
        record = self._stated(told, now_tai_ns, before.envelope.label, used, before)
        self._close(before)
        return record

    def _stated(
        self,
        told: Conjunction,
        now_tai_ns: int,
        label: Label,
        handles: Sequence[str],
        before: Alert | None,
    ) -> Record:
        return self.author.stated(
            Kind.CONJUNCTION,
            SPEC,
            _ENCODER.encode(told),
            label,
            now_tai_ns,
            subject=(told.object1, told.object2),
            valid_tai_ns=(now_tai_ns, tai_ns(told.tca)),
            lineage=Lineage(
                function=FUNCTION,
                parameters_digest=parameters_digest(self.screening),
                used=tuple(handles),
            ),
            links=() if before is None else (Link(Relation.SUPERSEDES, before.envelope.handle),),
        )

    def _close(self, alert: Alert | None) -> None:
        if alert is not None:
            alerts = self.standing[alert.key]
            alerts.remove(alert)
            if not alerts:
                del self.standing[alert.key]


def key_of(told: Conjunction, label: Label) -> Key:
    """
    Return what makes two rows the same alert: objects, who says so, and who may know.

    Alerts under different labels are kept apart: what one reader may not know must not change
    what they are told.
    """
    return (told.object1, told.object2, told.source1, told.source2, label)


def objects_of(tables: Iterable[Conjunctions]) -> set[Objects]:
    """Return the pairs of objects in these tables."""
    return {
        pair
        for table in tables
        for pair in zip(table.object1.tolist(), table.object2.tolist(), strict=True)
    }


def _told(row: dict[str, Any], grounds: Grounds) -> tuple[Conjunction, list[Ground]]:
    """What a row tells, and what it rests on; its sources are the nations of that alone."""
    used = [grounds(row[f"object{side}"], row[f"source{side}"]) for side in (1, 2)]
    told = row | {"source1": used[0].nation, "source2": used[1].nation}
    return Conjunction(state=State.STANDING, **told), used


def _matters(before: Alert, now: Conjunction) -> bool:
    """Whether a duty officer would want to hear of the change."""
    old = before.told
    if abs(tai_ns(now.tca) - before.tca_tai_ns) > WORTH_TCA_NS:
        return True
    if abs(now.miss_km - old.miss_km) > WORTH_MISS * max(old.miss_km, 0.1):
        return True
    if old.pc is None or now.pc is None or min(old.pc, now.pc) <= 0.0:
        return old.pc != now.pc
    return max(old.pc / now.pc, now.pc / old.pc) > WORTH_PC
