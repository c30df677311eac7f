"""What a node needs of whatever keeps its records: the port that SQLite fills."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from commonsky.ledger.record import Body, Envelope, Kind, Record, Relation


class Held(msgspec.Struct, frozen=True, gc=False):
    """A record in the order it was stored, and the peer it came from, "" for our own."""

    sequence: int
    peer: str
    record: Record


class Outgoing(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """
    One entry of the log for one recipient, and why it left.

    `entry` are the exact bytes of the envelope as that recipient may see it.  `body` is None
    where it is the body of our own record `handle`, unchanged.
    """

    handle: str  # of our own record that it was made from
    entry: bytes
    body: Body | None
    level: str  # full, event, exists, warn
    rule: str
    agreement: str
    sent_tai_ns: int


class OutgoingLog(msgspec.Struct, frozen=True, gc=False):
    """State of our log for one recipient: random origin, how much is held, what is signed."""

    recipient: str
    origin: str
    size: int
    frontier: bytes  # of `size` entries: the roots of its perfect subtrees, largest first
    checkpoint: bytes  # newest signed note, b"" before the first
    checkpoint_size: int


class IncomingLog(msgspec.Struct, frozen=True, gc=False):
    """State of a peer's log for us, as far as it is stored and verified."""

    peer: str
    origin: str
    size: int
    frontier: bytes
    checkpoint: bytes  # newest note that was verified


class Quarantined(msgspec.Struct, frozen=True, gc=False):
    """A verified entry of a peer's log that is no usable record, and why."""

    peer: str
    index: int
    reason: str
    entry: bytes


class Store(Protocol):
    """
    Append-only records, logs and their states; nothing is overwritten but the state of logs.

    Everything between entering and leaving `transaction` is durable together or not at all;
    outside one, each call is a transaction.  Handles are 32 hexadecimal digits everywhere here.
    """

    realm: str

    def transaction(self) -> AbstractContextManager[None]:
        """Make what is inside durable together; inside another, part of it."""
        ...

    def append(self, records: Sequence[Record], *, peer: str = "") -> list[int]:
        """Store records; return their sequences.  A handle that is held is a `KnownRecord`."""
        ...

    def held(self, handle: str) -> Held:
        """Return the record of a handle, or raise `UnknownRecord`."""
        ...

    def last(self) -> int:
        """Return the newest sequence, 0 where nothing is held."""
        ...

    def known(self, handles: Sequence[str]) -> list[bool]:
        """Whether each of these handles is held."""
        ...

    def handles(self, digits: str, *, most: int) -> list[str]:
        """Return at most so many handles that begin with these hexadecimal digits."""
        ...

    def since(
        self, sequence: int = 0, *, kinds: Sequence[Kind] = (), most: int = 0
    ) -> Iterator[Held]:
        """Yield what was stored after `sequence`, in order; of all kinds if none is named."""
        ...

    def heads(self, kind: Kind) -> Iterator[Held]:
        """
        Yield, of every node, subject and label, the newest record (by `said`) that stands.

        Of element sets and ephemerides alone; of what was said at one time, the last stored.
        """
        ...

    def purge(self, handle: str, *, at_tai_ns: int) -> None:
        """
        Forget the body of a record and what was derived from it, and keep its envelope.

        Every proof stays intact.  It is no part of a transaction; where it fails, do it again.
        """
        ...

    def withdraw(self, retraction: str, handles: Sequence[str], *, at_tai_ns: int) -> None:
        """
        Let these records stand no longer, by a retraction that was applied.

        What another node than the retraction's stated goes on standing.
        """
        ...

    def withdrawals_since(self, node: str, at_tai_ns: int) -> int:
        """Return how many retractions of a node were applied since then."""
        ...

    def withdrawn(self, handle: str) -> str:
        """Return the handle of the retraction by which a record was withdrawn, or ""."""
        ...

    def linked(self, handle: str, relation: Relation) -> list[Held]:
        """Return the records that stand so to this one."""
        ...

    def derived_from(self, handle: str) -> list[str]:
        """Return the handles of records whose lineage uses this one, directly."""
        ...

    def outgoing_log(self, recipient: str) -> OutgoingLog | None:
        """Return the state of our log for a recipient, None before `open_outgoing`."""
        ...

    def recipients(self) -> list[str]:
        """Return whom we have logs for."""
        ...

    def open_outgoing(self, recipient: str, origin: str) -> None:
        """Begin a log for a recipient."""
        ...

    def send(self, recipient: str, entries: Sequence[Outgoing]) -> None:
        """Put entries at the end of the log for a recipient."""
        ...

    def outgoing(self, recipient: str, first: int = 0, most: int = 0) -> Iterator[Outgoing]:
        """Yield entries of a log from index `first` on, bodies filled in; None once purged."""
        ...

    def outgoing_parts(self, recipient: str, first: int, most: int) -> list[tuple[bytes, bytes]]:
        """Return entry and body (nonce and content, b"" once purged) of so many entries."""
        ...

    def told(self, handle: str) -> list[tuple[str, int, Outgoing]]:
        """Return recipient, index and entry wherever this record, or a product of it, went."""
        ...

    def sign_outgoing(
        self, recipient: str, *, size: int, frontier: bytes, checkpoint: bytes
    ) -> None:
        """Keep a signed checkpoint of the log for a recipient.  Sizes never fall."""
        ...

    def incoming_log(self, peer: str) -> IncomingLog | None:
        """Return the state of a peer's log for us."""
        ...

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
        ...

    def quarantined(self, peer: str = "") -> Iterator[Quarantined]:
        """Yield what was set aside."""
        ...

    def told_handles(self, recipient: str) -> Iterator[str]:
        """Yield the handles of all that a recipient was told, in order."""
        ...

    def cursor(self, name: str) -> int:
        """Return how far somebody who reads the records in order has come; 0 at first."""
        ...

    def move_cursor(self, name: str, sequence: int) -> None:
        """Say how far somebody has come."""
        ...

    def keep_receipt(self, recipient: str, size: int, note: bytes) -> None:
        """Keep a recipient's cosigned checkpoint."""
        ...

    def receipts(self, recipient: str) -> list[tuple[int, bytes]]:
        """Return sizes and cosigned checkpoints, in order."""
        ...

    def derived(self, key: bytes) -> bytes | None:
        """Return derived data from the cache."""
        ...

    def keep_derived(self, key: bytes, inputs: Sequence[str], value: bytes) -> None:
        """Keep derived data under its key; `inputs` are the handles in the key."""
        ...

    def drop_derived(self, handle: str) -> int:
        """Drop all derived data whose key holds this handle; return how many."""
        ...

    def close(self) -> None:
        """Close it; open transactions are undone."""
        ...


__all__ = [
    "Body", "Envelope", "Held", "IncomingLog", "Outgoing", "OutgoingLog", "Quarantined", "Store",
]  # fmt: skip
