"""The logs of a ledger: what was told to whom, what came from whom, receipts, derived data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

from commonsky.errors import LedgerError
from commonsky.ledger.connection import Connection
from commonsky.ledger.record import HANDLE_BYTES, Body, Record
from commonsky.ledger.store import IncomingLog, Outgoing, OutgoingLog, Quarantined

ROWS_AT_ONCE = 1024
SENT = (
    "select outgoing.place, outgoing.handle, entry, outgoing.nonce, outgoing.content, own, level, "
    "rule, agreement, sent, record.nonce, record.content, recipient from outgoing "
    "left join record on own and record.handle = outgoing.handle "
)


class Logs(ABC):
    """The part of a `SqliteStore` that keeps logs."""

    _connection: Connection

    @abstractmethod
    def append(self, records: Sequence[Record], *, peer: str = "") -> list[int]:
        """Store records; see `SqliteStore`."""

    def outgoing_log(self, recipient: str) -> OutgoingLog | None:
        """Return the state of our log for a recipient, None before `open_outgoing`."""
        row = self._connection.row("select * from outgoing_log where recipient=?", (recipient,))
        return None if row is None else OutgoingLog(*row)

    def open_outgoing(self, recipient: str, origin: str) -> None:
        """Begin a log for a recipient."""
        with self._connection.transaction() as writer:
            writer.execute(
                "insert into outgoing_log values(?, ?, 0, x'', x'', 0)", (recipient, origin)
            )

    def recipients(self) -> list[str]:
        """Return whom we have logs for."""
        rows = self._connection.rows("select recipient from outgoing_log")
        return [row[0] for row in rows]

    def send(self, recipient: str, entries: Sequence[Outgoing]) -> None:
        """Put entries at the end of the log for a recipient."""
        if not entries:
            return
        with self._connection.transaction() as writer:
            row = writer.execute(
                "select size from outgoing_log where recipient=?", (recipient,)
            ).fetchone()
            if row is None:
                raise LedgerError(f"there is no log for {recipient} yet")
            rows = [_sent_row(recipient, row[0] + k, one) for k, one in enumerate(entries)]
            writer.executemany("insert into outgoing values(?,?,?,?,?,?,?,?,?,?,?)", rows)
            writer.execute(
                "update outgoing_log set size=? where recipient=?",
                (row[0] + len(rows), recipient),
            )

    def outgoing(self, recipient: str, first: int = 0, most: int = 0) -> Iterator[Outgoing]:
        """Yield entries of a log from index `first` on, bodies filled in; None once purged."""
        left = most or -1
        while left != 0:
            count = ROWS_AT_ONCE if left < 0 else min(left, ROWS_AT_ONCE)
            rows = self._connection.rows(
                SENT + "where recipient=? and place>=? order by place limit ?",
                (recipient, first, count),
            )
            yield from map(_outgoing, rows)
            if len(rows) < count:
                return
            first = rows[-1][0] + 1
            left -= len(rows) if left > 0 else 0

    def outgoing_parts(self, recipient: str, first: int, most: int) -> list[tuple[bytes, bytes]]:
        """Return entry and body (nonce and content, b"" once purged) of so many entries."""
        rows = self._connection.rows(
            "select entry, coalesce(outgoing.nonce, record.nonce), "
            "coalesce(outgoing.content, record.content) from outgoing "
            "left join record on own and record.handle = outgoing.handle "
            "where recipient=? and place>=? order by place limit ?",
            (recipient, first, most),
        )
        return [
            (entry, b"" if nonce is None else nonce + content) for entry, nonce, content in rows
        ]

    def told(self, handle: str) -> list[tuple[str, int, Outgoing]]:
        """Return recipient, index and entry wherever this record, or a product of it, went."""
        rows = self._connection.rows(
            SENT + "where outgoing.handle=? order by recipient, place", (bytes.fromhex(handle),)
        )
        return [(row[12], row[0], _outgoing(row)) for row in rows]

    def told_handles(self, recipient: str) -> Iterator[str]:
        """Yield the handles of all that a recipient was told, in order."""
        query = (
            "select place, handle from outgoing where recipient=? and place>? "
            "order by place limit ?"
        )
        place = -1
        while rows := self._connection.rows(query, (recipient, place, ROWS_AT_ONCE)):
            yield from (row[1].hex() for row in rows)
            place = rows[-1][0]

    def sign_outgoing(
        self, recipient: str, *, size: int, frontier: bytes, checkpoint: bytes
    ) -> None:
        """Keep a signed checkpoint of the log for a recipient.  Sizes never fall."""
        with self._connection.transaction() as writer:
            done = writer.execute(
                "update outgoing_log set frontier=?, checkpoint=?, checkpoint_size=? "
                "where recipient=? and size>=? and (checkpoint_size<? or checkpoint=x'')",
                (frontier, checkpoint, size, recipient, size, size),
            )
            if done.rowcount != 1:
                raise LedgerError(
                    f"the log for {recipient} has no unsigned entries up to {size}; one size is "
                    "never signed twice"
                )

    def incoming_log(self, peer: str) -> IncomingLog | None:
        """Return the state of a peer's log for us."""
        row = self._connection.row("select * from incoming_log where peer=?", (peer,))
        return None if row is None else IncomingLog(*row)

    def receive(
        self,
        log: IncomingLog,
        records: Sequence[tuple[int, Record]],
        quarantined: Sequence[Quarantined] = (),
    ) -> list[int]:
        """
        Store a verified stretch of a peer's log with its new state, all of it or nothing.

        `records` are (index, record).  Return sequences of those that were new; a handle that is
        held already is quarantined as a duplicate.  A stretch that begins before the end of what
        is stored is a `LedgerError`.
        """
        with self._connection.transaction() as writer:
            self._check_next(log, min((index for index, _ in records), default=log.size))
            fresh, doubles = self._sorted(log.peer, records)
            sequences = self.append(fresh, peer=log.peer)
            writer.executemany(
                "insert or ignore into quarantine values(?, ?, ?, ?)",
                [(one.peer, one.index, one.reason, one.entry) for one in (*quarantined, *doubles)],
            )
            writer.execute(
                "insert or replace into incoming_log values(?, ?, ?, ?, ?)",
                (log.peer, log.origin, log.size, log.frontier, log.checkpoint),
            )
        return sequences

    def _check_next(self, log: IncomingLog, first: int) -> None:
        """Refuse what another process has stored meanwhile: it would all seem doubled."""
        held = self.incoming_log(log.peer)
        if held is not None and (log.origin == held.origin and min(first, log.size) < held.size):
            raise LedgerError(
                f"{held.size} entries of the log of {log.peer} are stored already, and a stretch "
                f"from {first} to {log.size} was to be; is another process pulling it too?"
            )

    def _sorted(
        self, peer: str, records: Sequence[tuple[int, Record]]
    ) -> tuple[list[Record], list[Quarantined]]:
        """Records whose handles are new, and those whose are not."""
        seen = self._held_among([record.envelope.handle for _, record in records])
        fresh: list[Record] = []
        doubles: list[Quarantined] = []
        for index, record in records:
            handle = record.envelope.handle
            if handle in seen:
                doubles.append(Quarantined(peer, index, "duplicate handle", record.encoded))
            else:
                seen.add(handle)
                fresh.append(record)
        return fresh, doubles

    def _held_among(self, handles: Sequence[str]) -> set[str]:
        """Which of these handles are held."""
        held: set[str] = set()
        for first in range(0, len(handles), ROWS_AT_ONCE):
            part = [bytes.fromhex(handle) for handle in handles[first : first + ROWS_AT_ONCE]]
            # In order, so that the index is walked and not searched.
            part.sort()
            marks = ",".join("?" * len(part))
            query = f"select handle from record where handle in ({marks})"  # noqa: S608 - marks
            held.update(row[0].hex() for row in self._connection.rows(query, part))
        return held

    def quarantined(self, peer: str = "") -> Iterator[Quarantined]:
        """Yield what was set aside."""
        query = (
            "select * from quarantine where (?='' or peer=?) and (peer, place) > (?, ?) "
            "order by peer, place limit ?"
        )
        after = ("", -1)
        while rows := self._connection.rows(query, (peer, peer, *after, ROWS_AT_ONCE)):
            yield from (Quarantined(*row) for row in rows)
            after = rows[-1][:2]

    def keep_receipt(self, recipient: str, size: int, note: bytes) -> None:
        """Keep a recipient's cosigned checkpoint."""
        with self._connection.transaction() as writer:
            writer.execute(
                "insert or ignore into receipt values(?, ?, ?)", (recipient, size, note)
            )

    def receipts(self, recipient: str) -> list[tuple[int, bytes]]:
        """Return sizes and cosigned checkpoints, in order."""
        rows = self._connection.rows(
            "select size, note from receipt where recipient=? order by size", (recipient,)
        )
        return [(size, note) for size, note in rows]

    def derived(self, key: bytes) -> bytes | None:
        """Return derived data from the cache."""
        row = self._connection.row("select value from derived where key=?", (key,))
        return None if row is None else bytes(row[0])

    def keep_derived(self, key: bytes, inputs: Sequence[str], value: bytes) -> None:
        """Keep derived data under its key; `inputs` are the handles in the key."""
        blobs = sorted({bytes.fromhex(handle) for handle in inputs})
        with self._connection.transaction() as writer:
            writer.execute(
                "insert or replace into derived values(?, ?, ?)", (key, b"".join(blobs), value)
            )
            writer.executemany(
                "insert or ignore into derived_input values(?, ?)", [(one, key) for one in blobs]
            )

    def drop_derived(self, handle: str) -> int:
        """Drop all derived data whose key holds this handle; return how many."""
        with self._connection.transaction() as writer:
            rows = writer.execute(
                "select key, inputs from derived_input join derived using (key) where handle=?",
                (bytes.fromhex(handle),),
            ).fetchall()
            writer.executemany("delete from derived where key=?", [(key,) for key, _ in rows])
            writer.executemany(
                "delete from derived_input where handle=? and key=?",
                [
                    (inputs[first : first + HANDLE_BYTES], key)
                    for key, inputs in rows
                    for first in range(0, len(inputs), HANDLE_BYTES)
                ],
            )
        return len(rows)


def _sent_row(recipient: str, place: int, one: Outgoing) -> tuple[Any, ...]:
    nonce, content = (None, None) if one.body is None else (one.body.nonce, one.body.content)
    return (
        recipient, place, bytes.fromhex(one.handle), one.entry, nonce, content, one.body is None,
        one.level, one.rule, one.agreement, one.sent_tai_ns,
    )  # fmt: skip


def _outgoing(row: tuple[Any, ...]) -> Outgoing:
    _, handle, entry, nonce, content, own, level, rule, agreement, sent, nonce2, content2, _ = row
    if own:
        nonce, content = nonce2, content2
    return Outgoing(
        handle=handle.hex(),
        entry=entry,
        body=None if nonce is None else Body(nonce, content),
        level=level,
        rule=rule,
        agreement=agreement,
        sent_tai_ns=sent,
    )
