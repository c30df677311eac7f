"""The store of records in SQLite: append-only, durable at every commit."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Self

import msgspec

from commonsky.errors import KnownRecord, UnknownRecord
from commonsky.ledger.connection import Connection
from commonsky.ledger.label import Label
from commonsky.ledger.record import Body, Kind, Record, Relation, decoded
from commonsky.ledger.sqlite_logs import Logs
from commonsky.ledger.store import Held

ROWS_AT_ONCE = 1024
COLUMNS = "sequence, peer, envelope, nonce, content"

# The newest that was not withdrawn; of what was said at one time, the last stored.
STANDING = """
with gone as (select sequence from withdrawn join record using (handle)),
newest as (
  select node, subject, label, max(said) as said from head
  where kind=? and sequence not in gone group by node, subject, label)
select (
  select max(sequence) from head
  where kind=? and node=newest.node and subject=newest.subject and label=newest.label
  and said=newest.said and sequence not in gone) from newest
"""


class SqliteStore(Logs):
    """The `Store` port over one SQLite file of one realm."""

    def __init__(self, path: Path, realm: str) -> None:
        self.realm = realm
        self._connection = Connection(path, realm)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close it; open transactions are undone."""
        self._connection.close()

    @contextmanager
    def _inside(self) -> Iterator[None]:
        with self._connection.transaction():
            yield

    def transaction(self) -> AbstractContextManager[None]:
        """Make what is inside durable together; inside another, part of it."""
        return self._inside()

    def append(self, records: Sequence[Record], *, peer: str = "") -> list[int]:
        """Store records; return their sequences.  A handle that is held is a `KnownRecord`."""
        if not records:
            return []
        with self._connection.transaction() as writer:
            (last,) = writer.execute("select coalesce(max(sequence), 0) from record").fetchone()
            rows = [_row(last + k, record, peer) for k, record in enumerate(records, 1)]
            try:
                writer.executemany("insert into record values(?, ?, ?, ?, ?, ?, ?, ?)", rows)
            except sqlite3.IntegrityError:
                raise KnownRecord(
                    "a record has a handle that is held already, or twice among these; nothing "
                    "of them was stored"
                ) from None
            _relate(writer, last, records)
        return [row[0] for row in rows]

    def held(self, handle: str) -> Held:
        """Return the record of a handle, or raise `UnknownRecord`."""
        row = self._connection.row(
            f"select {COLUMNS} from record where handle=?",  # noqa: S608 - a constant
            (_blob(handle),),
        )
        if row is None:
            raise UnknownRecord(f"this node holds no record {handle}")
        return _held(row)

    def known(self, handles: Sequence[str]) -> list[bool]:
        """Whether each of these handles is held."""
        held = self._held_among(handles)
        return [handle in held for handle in handles]

    def handles(self, digits: str, *, most: int) -> list[str]:
        """Return at most so many handles that begin with these hexadecimal digits."""
        low = bytes.fromhex(digits.ljust(32, "0"))
        high = bytes.fromhex(digits.ljust(32, "f"))
        rows = self._connection.rows(
            "select handle from record where handle between ? and ? limit ?", (low, high, most)
        )
        return [row[0].hex() for row in rows]

    def since(
        self, sequence: int = 0, *, kinds: Sequence[Kind] = (), most: int = 0
    ) -> Iterator[Held]:
        """Yield what was stored after `sequence`, in order; of all kinds if none is named."""
        chosen = f" and kind in ({','.join('?' * len(kinds))})" if kinds else ""
        query = (
            f"select {COLUMNS} from record where sequence>?{chosen} "  # noqa: S608 - constants
            "order by sequence limit ?"
        )
        left = most or -1
        while left != 0:
            count = ROWS_AT_ONCE if left < 0 else min(left, ROWS_AT_ONCE)
            rows = self._connection.rows(query, (sequence, *kinds, count))
            yield from map(_held, rows)
            if len(rows) < count:
                return
            sequence = rows[-1][0]
            left -= len(rows) if left > 0 else 0

    def last(self) -> int:
        """Return the newest sequence, 0 where nothing is held."""
        return int(self._connection.rows("select coalesce(max(sequence), 0) from record")[0][0])

    def problem(self) -> str:
        """Return what is wrong with the file itself, "" where it is whole."""
        ((found,),) = self._connection.rows("pragma quick_check(1)")
        return "" if found == "ok" else f"the ledger is damaged: {found}"

    def heads(self, kind: Kind) -> Iterator[Held]:
        """
        Yield, of every node, subject and label, the newest record (by `said`) that stands.

        Statements under different labels stand side by side: what one reader may not know must
        not replace what they may.
        """
        sequences = sorted({row[0] for row in self._connection.rows(STANDING, (kind, kind))})
        for start in range(0, len(sequences), ROWS_AT_ONCE):
            part = sequences[start : start + ROWS_AT_ONCE]
            marks = ",".join("?" * len(part))
            rows = self._connection.rows(
                f"select {COLUMNS} from record where sequence in ({marks}) "  # noqa: S608 - marks
                "order by sequence",
                part,
            )
            yield from map(_held, rows)

    def purge(self, handle: str, *, at_tai_ns: int) -> None:  # noqa: ARG002 - kept for the journal
        """
        Forget the body of a record, and what was derived from it; keep its envelope.

        Every proof stays intact, and no file of the ledger holds the body any more: the file is
        written anew, so this takes the longer the more is held, and is no part of a transaction.
        """
        blob = _blob(handle)
        with self._connection.transaction() as writer:
            changed = writer.execute(
                "update record set nonce=null, content=null where handle=?", (blob,)
            )
            if changed.rowcount == 0:
                raise UnknownRecord(f"this node holds no record {handle}")
            writer.execute(
                "update outgoing set nonce=null, content=null, own=0 where handle=?", (blob,)
            )
            self.drop_derived(handle)
        self._connection.rewrite()

    def withdraw(self, retraction: str, handles: Sequence[str], *, at_tai_ns: int) -> None:
        """
        Let these records stand no longer, by a retraction that was applied.

        What another node than the retraction's stated goes on standing.
        """
        node = self.held(retraction).record.envelope.node
        rows = [(_blob(retraction), at_tai_ns, _blob(handle), node) for handle in handles]
        with self._connection.transaction() as writer:
            writer.executemany(
                "insert or ignore into withdrawn(handle, retraction, node, at) "
                "select handle, ?, node, ? from record where handle=? and node=?",
                rows,
            )

    def withdrawals_since(self, node: str, at_tai_ns: int) -> int:
        """Return how many retractions of a node were applied since then."""
        query = "select count(distinct retraction) from withdrawn where node=? and at>=?"
        return int(self._connection.rows(query, (node, at_tai_ns))[0][0])

    def withdrawn(self, handle: str) -> str:
        """Return the handle of the retraction by which a record was withdrawn, or ""."""
        row = self._connection.row(
            "select retraction from withdrawn where handle=?", (_blob(handle),)
        )
        return "" if row is None else row[0].hex()

    def linked(self, handle: str, relation: Relation) -> list[Held]:
        """Return the records that stand so to this one."""
        rows = self._connection.rows(
            "select record.sequence, peer, envelope, nonce, content from link "
            "join record using (sequence) where link.handle=? and relation=? order by sequence",
            (_blob(handle), relation),
        )
        return [_held(row) for row in rows]

    def derived_from(self, handle: str) -> list[str]:
        """Return the handles of records whose lineage uses this one, directly."""
        rows = self._connection.rows(
            "select record.handle from used join record using (sequence) where used.handle=? "
            "order by sequence",
            (_blob(handle),),
        )
        return [row[0].hex() for row in rows]

    def cursor(self, name: str) -> int:
        """Return how far somebody who reads the records in order has come; 0 at first."""
        query = "select sequence from cursor where name=?"
        row = self._connection.row(query, (name,))
        return 0 if row is None else int(row[0])

    def move_cursor(self, name: str, sequence: int) -> None:
        """Say how far somebody has come."""
        with self._connection.transaction() as writer:
            writer.execute("insert or replace into cursor values(?, ?)", (name, sequence))


def _blob(handle: str) -> bytes:
    return bytes.fromhex(handle)


def _row(sequence: int, record: Record, peer: str) -> tuple[Any, ...]:
    envelope, body = record.envelope, record.body
    nonce, content = (None, None) if body is None else (body.nonce, body.content)
    return (
        sequence, _blob(envelope.handle), peer, str(envelope.kind), envelope.node, record.encoded,
        nonce, content,
    )  # fmt: skip


def _relate(writer: sqlite3.Connection, last: int, records: Sequence[Record]) -> None:
    """Keep what each record rests on, relates to, and is the newest of."""
    used, links, heads = [], [], []
    keys: dict[Label, bytes] = {}
    for sequence, record in enumerate(records, last + 1):
        envelope = record.envelope
        if envelope.lineage is not None:
            used += [(_blob(handle), sequence) for handle in envelope.lineage.used]
        if envelope.links:
            links += [(_blob(one.handle), str(one.relation), sequence) for one in envelope.links]
        kind = envelope.kind
        if kind is Kind.ELEMENT_SET or kind is Kind.EPHEMERIS:
            key = keys.get(envelope.label)
            if key is None:
                key = keys[envelope.label] = _label_key(envelope.label)
            said = envelope.said_tai_ns
            name, node = str(kind), envelope.node
            heads += [(name, node, number, key, said, sequence) for number in envelope.subject]
    # In the order of their keys, so that neighbours go to one page.
    heads.sort()
    writer.executemany("insert or ignore into used values(?, ?)", used)
    writer.executemany("insert or ignore into link values(?, ?, ?)", links)
    writer.executemany("insert into head values(?, ?, ?, ?, ?, ?)", heads)


def _label_key(label: Label) -> bytes:
    return hashlib.blake2b(msgspec.json.encode(label), digest_size=8).digest()


def _held(row: tuple[Any, ...]) -> Held:
    sequence, peer, envelope, nonce, content = row
    body = None if nonce is None else Body(nonce, content)
    return Held(sequence, peer, Record(decoded(envelope), envelope, body))
