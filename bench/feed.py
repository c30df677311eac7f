"""
Records from one node to another, with receipts, against the least that durability costs.

Two nodes are two processes, as in operation; once more both take turns in one, so that the work of
both adds up.  The floor is the plain sum of what there is no way round: the same bytes committed
to bare tables at both ends in the same batches (SQLite, WAL, synchronous=FULL), one Ed25519
signature made and checked per batch and receipt, and SHA-256 of each entry and body at both ends.
"""

from __future__ import annotations

import hashlib
import math
import multiprocessing
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.figure import Figure, Unit
from commonsky.errors import PeerUnreachable
from commonsky.ledger.label import Label
from commonsky.ledger.record import Body, Envelope, Kind, Record, sealed
from commonsky.ledger.sqlite import SqliteStore
from commonsky.ledger.store import Outgoing
from commonsky.share import receipt
from commonsky.share.inbox import Inbox
from commonsky.share.log.checkpoint import OneKey
from commonsky.share.log.directory import DirectoryTransport
from commonsky.share.outbox import ORIGIN, Outbox

RECORDS, BATCH, BODY_BYTES, ROUNDS = 200_000, 8192, 600, 3
REALM = "test"
PRAGMAS = ("journal_mode=wal", "synchronous=full")


class Key:
    """A key that is the same in both processes."""

    def __init__(self, name: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name).digest())
        self.public_key = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


OURS, THEIRS = Key(b"AUS"), Key(b"GBR")


def drawn(purpose: bytes, count: int) -> bytes:
    return hashlib.shake_256(purpose).digest(count)


def records(count: int) -> list[Record]:
    """Return element sets of one nation, as many as that."""
    label = Label(releasable_to=("GBR",))
    made = []
    for k in range(count):
        noise = drawn(b"%d" % k, 64)
        body = Body(noise[:32], (noise[32:].hex().encode() * 10)[:BODY_BYTES])
        envelope = Envelope(
            handle=noise[:16].hex(),
            digest=body.digest,
            kind=Kind.ELEMENT_SET,
            spec="ccsds/omm@502.0-B-3",
            node="AUS",
            realm=REALM,
            said_tai_ns=1_800_000_000_000_000_000 + k,
            label=label,
            subject=(1 + k % 30_000,),
        )
        made.append(sealed(envelope, body))
    return made


def batches(made: Sequence[Record]) -> Iterator[Sequence[Record]]:
    return (made[first : first + BATCH] for first in range(0, len(made), BATCH))


def issuer(made: Sequence[Record], folder: Path) -> tuple[SqliteStore, Outbox]:
    """Return a node that holds the records already: this is about sharing them."""
    store = SqliteStore(folder / "aus.sqlite", REALM)
    store.append(made)
    outbox = Outbox(store, folder / "outbox", OURS, drawn)
    outbox.open("GBR")
    return store, outbox


def reader(folder: Path) -> tuple[SqliteStore, Inbox]:
    """Return a node that will hold them."""
    store = SqliteStore(folder / "gbr.sqlite", REALM)
    origin = ORIGIN + drawn(b"origin GBR", 16).hex()
    return store, Inbox(store, "AUS", origin, OneKey(OURS.public_key), REALM)


def tell(store: SqliteStore, outbox: Outbox, batch: Sequence[Record]) -> None:
    store.send("GBR", [_sent(one) for one in batch])
    outbox.publish(["GBR"])


def answer(inbox: Inbox) -> bytes:
    """Return a receipt of all that is held, b"" where none is due."""
    due = inbox.receipt_due()
    if due:
        inbox.receipt_told()
        return receipt.receipt(due, "GBR", REALM, THEIRS, 1_800_000_000)
    return b""


def keep(store: SqliteStore, note: bytes) -> int:
    return receipt.kept(store, "GBR", REALM, note, OURS.public_key, THEIRS.public_key)


def turns_s(made: Sequence[Record], folder: Path) -> float:
    """Return how long all records and receipts took where both nodes take turns."""
    aus, outbox = issuer(made, folder)
    gbr, inbox = reader(folder)
    with aus, gbr:
        feed = DirectoryTransport(folder / "outbox" / "GBR")
        began = time.perf_counter()
        for batch in batches(made):
            tell(aus, outbox, batch)
            pulled = inbox.pull(feed)
            assert keep(aus, answer(inbox)) == pulled.size
        took_s = time.perf_counter() - began
        assert inbox.state().size == gbr.last() == len(made)
    return took_s


def both_s(made: Sequence[Record], folder: Path) -> float:
    """Return how long all records and receipts took between two processes."""
    aus, outbox = issuer(made, folder)
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    other = context.Process(target=read, args=(folder, len(made), there))
    other.start()
    assert here.recv() == "ready"
    began, kept = time.perf_counter(), 0
    with aus:
        for batch in batches(made):
            tell(aus, outbox, batch)
            while here.poll():
                kept = keep(aus, here.recv())
        while kept < len(made):
            kept = keep(aus, here.recv())
        took_s = time.perf_counter() - began
    other.join()
    return took_s


def read(folder: Path, count: int, there: Connection) -> None:
    """Hold what is told until it is so much, and answer with receipts."""
    gbr, inbox = reader(folder)
    feed = DirectoryTransport(folder / "outbox" / "GBR")
    there.send("ready")
    held = 0
    with gbr:
        while held < count:
            try:
                pulled = inbox.pull(feed)
            except PeerUnreachable:  # nothing is told yet
                time.sleep(0.001)
                continue
            if pulled.size == held:
                time.sleep(0.001)
            held = pulled.size
            if note := answer(inbox):
                there.send(note)
        assert gbr.last() == count


def _sent(one: Record) -> Outgoing:
    return Outgoing(
        handle=one.envelope.handle, entry=one.encoded, body=None, level="full",
        rule="element sets to allies", agreement="", sent_tai_ns=one.envelope.said_tai_ns,
    )  # fmt: skip


def floor_s(made: Sequence[Record], folder: Path) -> float:
    """Return how long the bare parts took: commits, signatures and hashes."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key()
    ends = [_bare(folder / f"floor{k}.sqlite") for k in range(2)]
    began = time.perf_counter()
    for batch in batches(made):
        for end in ends:
            rows = [(one.encoded, one.body.nonce + one.body.content) for one in batch if one.body]
            end.execute("begin immediate")
            end.executemany("insert into record values(?, ?)", rows)
            end.execute("commit")
            for entry, body in rows:
                hashlib.sha256(entry).digest()
                hashlib.sha256(body).digest()
            public.verify(key.sign(b"checkpoint"), b"checkpoint")
    took_s = time.perf_counter() - began
    for end in ends:
        end.close()
    return took_s


def _bare(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"pragma {pragma}")
    connection.execute("create table record(entry blob not null, body blob not null)")
    return connection


def measure() -> Iterator[Figure]:
    """Yield the share of the floor, and records a second, medians over turns."""
    made = records(RECORDS)
    taken: dict[str, list[float]] = {"both": [], "turns": [], "floor": []}
    for _ in range(ROUNDS):
        for name, work in (("both", both_s), ("turns", turns_s), ("floor", floor_s)):
            with tempfile.TemporaryDirectory() as folder:
                taken[name].append(work(made, Path(folder)))
    both, turns, floor = (statistics.median(taken[name]) for name in ("both", "turns", "floor"))
    told = (
        f"{RECORDS:,} records of {BODY_BYTES} B in batches of {BATCH:,}, send to kept receipt, "
        f"wall, two processes; median of {ROUNDS}, {min(taken['both']):.1f} to "
        f"{max(taken['both']):.1f} s; the floor took {floor:.1f} s"
    )
    yield Figure(
        "verified records between two nodes with durable receipts, against commit + Ed25519 + "
        "SHA-256 alone", both / floor, Unit.TIMES_OF, 2.0, 1.25, told,
    )  # fmt: skip
    yield Figure("the same, records", RECORDS / both, Unit.RECORDS_PER_S, 20_000.0, 50_000.0, told)
    yield Figure(
        "the same where both nodes take turns in one process", turns / floor, Unit.TIMES_OF,
        math.nan, math.nan, f"{RECORDS / turns:,.0f} records/s",
    )  # fmt: skip


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
