"""What people and pages ask of a ledger: read-only, beside whoever writes it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from heapq import merge
from itertools import chain, islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from commonsky.ledger.connection import BUSY_MS, told
from commonsky.ledger.record import Body, Kind, Record, Relation, decoded
from commonsky.ledger.store import Held

COLUMNS = "sequence, peer, envelope, nonce, content"
ALERTS = (
    Kind.CONJUNCTION, Kind.EVENT, Kind.WARNING, Kind.RETRACTION, Kind.NOTICE, Kind.CLAIM,
)  # fmt: skip


class Watermark(msgspec.Struct, frozen=True, kw_only=True):
    """How far the records of one kind by one nation go."""

    kind: Kind
    nation: str
    count: int
    said_tai_ns: int  # the newest
    valid_from_tai_ns: int  # the newest, of element sets their epoch


class _AboutWhom(msgspec.Struct):
    subject: tuple[int, ...] = ()


_SUBJECT = msgspec.json.Decoder(_AboutWhom)


class Survey:
    """A ledger's file, read by any number of threads; nothing can be written through it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._marks: dict[tuple[str, str], Watermark] = {}
        self._marked = 0
        self._subjects: dict[tuple[str, int], list[int]] = {}
        self._noted = 0

    @property
    def _reader(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._threads, "reader", None)
        if found is None:
            # Not `immutable`: whoever writes goes on writing.
            address = f"file:{quote(str(self._path.resolve()))}?mode=ro"
            found = sqlite3.connect(
                address, uri=True, isolation_level=None, check_same_thread=False
            )
            found.execute(f"pragma busy_timeout={BUSY_MS}")
            self._threads.reader = found
            self._open.append(found)
        return found

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with told(self._path):
            return self._reader.execute(query, values).fetchall()

    def last(self) -> int:
        """Return the newest sequence, 0 where nothing is held."""
        return int(self._rows("select coalesce(max(sequence), 0) from record")[0][0])

    def partners(self) -> list[str]:
        """Return whom we have logs for, and from."""
        return [
            row[0]
            for row in self._rows(
                "select recipient from outgoing_log union select peer from incoming_log"
            )
        ]

    def quarantined(self) -> dict[tuple[str, str], int]:
        """Return how many entries were set aside, by peer and reason."""
        query = "select peer, reason, count(*) from quarantine group by peer, reason"
        return {(peer, reason): count for peer, reason, count in self._rows(query)}

    def set_aside(self, peer: str, after: tuple[str, int], most: int) -> list[tuple[Any, ...]]:
        """Return peer, index, reason and size of what was set aside, by peer and index."""
        return self._rows(
            "select peer, place, reason, length(entry) from quarantine "
            "where (?='' or peer=?) and (peer, place) > (?, ?) order by peer, place limit ?",
            (peer, peer, *after, most),
        )

    def watermarks(self) -> list[Watermark]:
        """Return how far what is held goes, by kind and nation; the first time reads it all."""
        with self._lock:
            last = self.last()
            if last > self._marked:
                for row in self._rows(MARKS, (self._marked, last)):
                    self._mark(Watermark(
                        kind=Kind(row[0]), nation=row[1], count=row[2], said_tai_ns=row[3],
                        valid_from_tai_ns=row[4],
                    ))  # fmt: skip
                self._marked = last
            return [self._marks[key] for key in sorted(self._marks)]

    def _mark(self, new: Watermark) -> None:
        key = (new.kind.value, new.nation)
        old = self._marks.get(key)
        if old is not None:
            new = Watermark(
                kind=new.kind,
                nation=new.nation,
                count=old.count + new.count,
                said_tai_ns=max(old.said_tai_ns, new.said_tai_ns),
                valid_from_tai_ns=max(old.valid_from_tai_ns, new.valid_from_tai_ns),
            )
        self._marks[key] = new

    def open_alerts(self, now: str) -> dict[Kind, int]:
        """Return how many conjunctions, events and warnings stand and lie ahead of `now`, UTC."""
        return {kind: self._rows(OPEN, (kind, now))[0][0] for kind in ALERTS[:3]}

    def approaches(self, now: str) -> list[tuple[Any, ...]]:
        """
        Return both objects and Pc of conjunctions that stand and lie ahead of `now`, UTC.

        They are as bodies have them, and those of partners may be anything.
        """
        return self._rows(APPROACHES, (Kind.CONJUNCTION, now))

    def page(
        self,
        kinds: Sequence[Kind],
        *,
        after: int = 0,
        before: int = 0,
        nation: str = "",
        most: int,
    ) -> list[Held]:
        """
        Return records of these kinds stored after a sequence, or, newest first, before one.

        `nation` is who stated them, "" for any.
        """
        bound, order = ("<", "desc") if before else (">", "asc")
        # In the very words of the index, or SQLite would not see that it fits.
        indexed = AMONG_ALERTS if {*kinds} <= {*ALERTS} else ""
        query = (
            f"select {COLUMNS} from record where kind=? {indexed}and sequence{bound}? "  # noqa: S608 - constants
            f"and (?='' or node=?) order by sequence {order} limit ?"
        )
        edge = before or after
        found = [self._rows(query, (kind, edge, nation, nation, most)) for kind in kinds]
        first: Callable[[tuple[Any, ...]], int] = lambda row: row[0]  # noqa: E731
        return [_held(row) for row in islice(merge(*found, key=first, reverse=before > 0), most)]

    def about(self, kinds: Sequence[Kind], subject: int, *, most: int) -> list[Held]:
        """
        Return the newest alerts of these kinds about an object, in the order stored.

        The first question reads all alerts.
        """
        with self._lock:
            self._note_subjects()
            found = [self._subjects.get((kind, subject), []) for kind in kinds]
            chosen = sorted(chain.from_iterable(found))[-most:]
        query = f"select {COLUMNS} from record where sequence=?"  # noqa: S608 - constants
        return [_held(row) for one in chosen for row in self._rows(query, (one,))]

    def _note_subjects(self) -> None:
        """Take note of whom alerts are about that were not seen yet."""
        last = self.last()
        if last == self._noted:
            return
        query = (
            "select sequence, envelope from record "  # noqa: S608 - constants
            f"where kind=? {AMONG_ALERTS}and sequence>? and sequence<=? order by sequence"
        )
        for kind in ALERTS:
            for sequence, envelope in self._rows(query, (kind, self._noted, last)):
                for number in {*_SUBJECT.decode(envelope).subject}:
                    self._subjects.setdefault((kind, number), []).append(sequence)
        self._noted = last

    def held(self, handles: Sequence[str]) -> dict[str, Held]:
        """Return those of these records that are held, by handle."""
        query = f"select {COLUMNS} from record where handle in ({_marks(handles)})"  # noqa: S608 - marks
        found = [_held(row) for row in self._rows(query, _blobs(handles))]
        return {one.record.envelope.handle: one for one in found}

    def linking(self, handles: Sequence[str], relation: Relation) -> dict[str, list[Held]]:
        """Return the records that stand so to these, by the handle of these, in order."""
        rows = self._rows(
            "select link.handle, record.sequence, peer, envelope, nonce, content from link "  # noqa: S608 - marks
            f"join record using (sequence) where link.handle in ({_marks(handles)}) "
            "and relation=? order by record.sequence",
            (*_blobs(handles), relation),
        )
        found: dict[str, list[Held]] = {}
        for row in rows:
            found.setdefault(row[0].hex(), []).append(_held(row[1:]))
        return found

    def withdrawals(self, handles: Sequence[str]) -> dict[str, str]:
        """Return by which retraction those of these records that were withdrawn were."""
        rows = self._rows(
            f"select handle, retraction from withdrawn where handle in ({_marks(handles)})",  # noqa: S608 - marks
            _blobs(handles),
        )
        return {handle.hex(): retraction.hex() for handle, retraction in rows}

    def heads(self, kind: Kind, subject: int) -> list[Held]:
        """Return what stands of an object, of each nation and label the newest."""
        nations = self._nations(kind)
        rows = self._rows(
            "select head.node, label, said, head.sequence from head "  # noqa: S608 - marks
            "join record on record.sequence = head.sequence "
            f"where head.kind=? and head.node in ({', '.join('?' * len(nations))}) "
            "and subject=? and not exists (select 1 from withdrawn "
            "where withdrawn.handle = record.handle) order by said, head.sequence",
            (kind, *nations, subject),
        )
        newest = {(node, label): sequence for node, label, _, sequence in rows}
        chosen = [newest[key] for key in sorted(newest, key=lambda key: (key[0], newest[key]))]
        query = f"select {COLUMNS} from record where sequence=?"  # noqa: S608 - constants
        return [_held(row) for one in chosen for row in self._rows(query, (one,))]

    def statements(self, kind: Kind, subject: int, *, most: int) -> list[Held]:
        """Return all that was ever said of an object, the newest of it, in the order stored."""
        nations = self._nations(kind)
        rows = self._rows(
            f"select sequence from head where kind=? and node in ({_marks(nations)}) "  # noqa: S608 - marks
            "and subject=? order by said desc, sequence desc limit ?",
            (kind, *nations, subject, most),
        )
        query = f"select {COLUMNS} from record where sequence=?"  # noqa: S608 - constants
        return [_held(row) for (one,) in sorted(rows) for row in self._rows(query, (one,))]

    def subjects(self, kind: Kind, *, after: int, most: int) -> list[int]:
        """Return catalogue numbers beyond one, of which anything was stated."""
        query = (
            "select distinct subject from head where kind=? and node=? and subject>? "
            "order by subject limit ?"
        )
        found = {
            row[0]
            for nation in self._nations(kind)
            for row in self._rows(query, (kind, nation, after, most))
        }
        return sorted(found)[:most]

    def _nations(self, kind: Kind) -> list[str]:
        return [mark.nation for mark in self.watermarks() if mark.kind is kind]

    def close(self) -> None:
        """Close it for all threads."""
        for connection in self._open:
            connection.close()


AMONG_ALERTS = f"and kind in ({', '.join(repr(kind.value) for kind in ALERTS)}) "

# The envelope is text in a blob, and 0 is not written.
MARKS = """
select kind, node, count(*),
  max(coalesce(json_extract(cast(envelope as text), '$.said_tai_ns'), 0)),
  max(coalesce(json_extract(cast(envelope as text), '$.valid_from_tai_ns'), 0))
from record where sequence>? and sequence<=? group by kind, node
"""


# Bodies of partners may be anything.
AHEAD = f"""
from record where kind=? {AMONG_ALERTS}
and not exists (select 1 from withdrawn where withdrawn.handle = record.handle)
and not exists (
  select 1 from link join record newer using (sequence)
  where link.handle = record.handle and relation='supersedes' and newer.node = record.node)
and case when json_valid(cast(content as text)) then
  json_extract(cast(content as text), '$.state') = 'standing' and coalesce(
    json_extract(cast(content as text), '$.tca'),
    json_extract(cast(content as text), '$.window_until'), '') > ?
  else 0 end
"""  # noqa: S608 - constants
OPEN = f"select count(*) {AHEAD}"
APPROACHES = f"""
select json_extract(cast(content as text), '$.object1'),
  json_extract(cast(content as text), '$.object2'),
  json_extract(cast(content as text), '$.pc') {AHEAD}
"""


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _blobs(handles: Sequence[str]) -> list[bytes]:
    return [bytes.fromhex(one) for one in handles]


def _held(row: Sequence[Any]) -> Held:
    sequence, peer, envelope, nonce, content = row
    body = None if nonce is None else Body(nonce, content)
    return Held(sequence, peer, Record(decoded(envelope), envelope, body))
