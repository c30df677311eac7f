"""
Conjunctions worth telling of, as records: what is new, what moved, what is over.

Each approach of two statements (object and source, twice) is one alert.  Its record is superseded
when it changes by enough to matter, and when it is over: a record never just disappears.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec
import numpy as np

from commonsky.astro.epoch import NS_PER_S, tai_ns
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


Pair = tuple[int, int, str, str]
Handles = Callable[[int, str], tuple[str, ...]]
Labels = Callable[[Sequence[str]], Sequence[Label]]

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

    @property
    def pair(self) -> Pair:
        """Objects and sources."""
        return pair_of(self.told)


def pair_of(one: Conjunction) -> Pair:
    """Return objects and sources of a conjunction."""
    return (one.object1, one.object2, one.source1, one.source2)


@dataclass(slots=True)
class Alerts:
    """The alerts that stand, and how they become records."""

    author: Author
    screening: Screening
    standing: dict[Pair, list[Alert]] = field(default_factory=dict)

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
                kept[envelope.handle] = Alert(envelope, told, tai_ns(told.tca))
        self.standing = {}
        for handle, alert in kept.items():
            if handle not in over:
                self.standing.setdefault(alert.pair, []).append(alert)

    def records(
        self,
        table: Conjunctions,
        touched: Callable[[Alert], bool],
        now_tai_ns: int,
        handles: Handles,
        labels: Labels,
        *,
        ending: State = State.OVER,
    ) -> list[Record]:
        """
        Return what is to be said after a screening that may have changed the alerts `touched`.

        `table` holds them as they are now, and new ones; those that are not in it have ended, for
        the reason of `ending`.
        """
        said: list[Record] = []
        found = [self._told(table, row) for row in self._worth(table)]
        open_alerts = [
            alert
            for alerts in self.standing.values()
            for alert in alerts
            if alert.tca_tai_ns > now_tai_ns and touched(alert)
        ]
        left = {alert.envelope.handle: alert for alert in open_alerts}
        for told in found:
            before = self._same(told, left)
            if before is not None:
                del left[before.envelope.handle]
                if not _matters(before, told):
                    continue
            said.append(self._record(told, now_tai_ns, handles, labels, before))
        for alert in left.values():
            ended = msgspec.structs.replace(alert.told, state=ending)
            said.append(self._record(ended, now_tai_ns, handles, labels, alert))
        return said

    def _worth(self, table: Conjunctions) -> list[int]:
        """Rows worth telling of."""
        limits = self.screening
        pc = np.nan_to_num(table.pc, nan=0.0)
        near = (table.miss_km <= limits.alert_miss_km) & ~table.intra_fleet & ~table.slow
        return np.flatnonzero((pc >= limits.alert_pc) | near).tolist()

    @staticmethod
    def _told(table: Conjunctions, row: int) -> Conjunction:
        one = next(table.take(np.array([row])).rows())
        return Conjunction(state=State.STANDING, **one)

    def _same(self, told: Conjunction, left: dict[str, Alert]) -> Alert | None:
        """The open alert of this pair nearest in time, within ten minutes."""
        at = tai_ns(told.tca)
        near = [
            alert
            for alert in self.standing.get(pair_of(told), [])
            if alert.envelope.handle in left and abs(alert.tca_tai_ns - at) < SAME_NS
        ]
        return min(near, key=lambda alert: abs(alert.tca_tai_ns - at)) if near else None

    def _record(
        self,
        told: Conjunction,
        now_tai_ns: int,
        handles: Handles,
        labels: Labels,
        before: Alert | None,
    ) -> Record:
        used = {*handles(told.object1, told.source1), *handles(told.object2, told.source2)}
        if told.state is not State.STANDING and before is not None and before.envelope.lineage:
            used |= {*before.envelope.lineage.used}
        at = tai_ns(told.tca)
        record = self.author.stated(
            Kind.CONJUNCTION,
            SPEC,
            _ENCODER.encode(told),
            join(labels(sorted(used))),
            now_tai_ns,
            subject=(told.object1, told.object2),
            valid_tai_ns=(now_tai_ns, at),
            lineage=Lineage(
                function=FUNCTION,
                parameters_digest=self._parameters_digest,
                used=tuple(sorted(used)),
            ),
            links=() if before is None else (Link(Relation.SUPERSEDES, before.envelope.handle),),
        )
        self._keep(record, told, at, before)
        return record

    def _keep(self, record: Record, told: Conjunction, at: int, before: Alert | None) -> None:
        alerts = self.standing.setdefault(pair_of(told), [])
        if before is not None:
            alerts.remove(before)
        if told.state is State.STANDING:
            alerts.append(Alert(record.envelope, told, at))
        if not alerts:
            del self.standing[pair_of(told)]

    @property
    def _parameters_digest(self) -> str:
        return hashlib.sha256(msgspec.json.encode(self.screening)).hexdigest()


def among(tables: Iterable[Conjunctions]) -> Callable[[Alert], bool]:
    """Return whether an alert is one of the rows of these tables."""
    times: dict[Pair, list[int]] = {}
    for table in tables:
        rows = zip(
            table.object1.tolist(), table.object2.tolist(), table.source1.tolist(),
            table.source2.tolist(), table.tca_tai_ns.tolist(), strict=True,
        )  # fmt: skip
        for *pair, tca in rows:
            times.setdefault((pair[0], pair[1], pair[2], pair[3]), []).append(tca)
    return lambda alert: any(
        abs(alert.tca_tai_ns - tca) < SAME_NS for tca in times.get(alert.pair, ())
    )


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
