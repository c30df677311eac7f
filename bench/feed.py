"""
Records from one node to another, with receipts, against the least that durability costs.

Both nodes are in this process and take turns, so that the work of both is in the figure.  The
floor is the plain sum of what no way round exists to: the same bytes committed to bare tables at
both ends in the same batches (SQLite, WAL, synchronous=FULL), one Ed25519 signature made and
checked per batch and receipt, and SHA-256 of each entry and body at both ends.
"""

from __future__ import annotations

import hashlib
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.figure import Figure, Unit
from commonsky.ledger.label import Label
from commonsky.ledger.record import Body, Envelope, Kind, Record, sealed
from commonsky.ledger.sqlite import SqliteStore
from commonsky.ledger.store import Outgoing
from commonsky.share import receipt
from commonsky.share.inbox import Inbox
from commonsky.share.log.checkpoint import OneKey
from commonsky.share.log.directory import DirectoryTransport
from commonsky.share.outbox import Outbox

RECORDS, BATCH, BODY_BYTES, ROUNDS = 200_000, 8192, 600, 3
REALM = "test"
PRAGMAS = ("journal_mode=wal", "synchronous=full")


class Key:
    """A key made for this run."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.public_key = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


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


def feed_s(made: Sequence[Record], folder: Path) -> float:
    """Return how long all records took from one ledger to the other and the receipts back."""
    ours, theirs = Key(), Key()
    with (
        SqliteStore(folder / "aus.sqlite", REALM) as aus,
        SqliteStore(folder / "gbr.sqlite", REALM) as gbr,
    ):
        aus.append(made)  # the issuer has them already: this is about sharing
        outbox = Outbox(aus, folder / "outbox", ours, drawn)
        inbox = Inbox(gbr, "AUS", outbox.open("GBR"), OneKey(ours.public_key), REALM)
        feed = DirectoryTransport(folder / "outbox" / "GBR")
        began = time.perf_counter()
        for batch in batches(made):
            aus.send("GBR", [_sent(one) for one in batch])
            outbox.publish(["GBR"])
            pulled = inbox.pull(feed)
            note = receipt.receipt(inbox.receipt_due(), "GBR", REALM, theirs, 1_800_000_000)
            inbox.receipt_told()
            size = receipt.kept(aus, "GBR", REALM, note, ours.public_key, theirs.public_key)
            assert size == pulled.size
        took_s = time.perf_counter() - began
        assert sum(1 for one in gbr.since() if one.peer == "AUS") == len(made)
    return took_s


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
    feeds, floors = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            feeds.append(feed_s(made, Path(folder)))
            floors.append(floor_s(made, Path(folder)))
    feed, floor = statistics.median(feeds), statistics.median(floors)
    told = (
        f"{RECORDS:,} records of {BODY_BYTES} B in batches of {BATCH:,}, two ledgers, send to "
        f"kept receipt, wall; median of {ROUNDS}, {min(feeds):.1f} to {max(feeds):.1f} s; the "
        f"floor took {floor:.1f} s"
    )
    yield Figure(
        "verified records between two nodes with durable receipts, against commit + Ed25519 + "
        "SHA-256 alone", feed / floor, Unit.TIMES_OF, 2.0, 1.25, told,
    )  # fmt: skip
    yield Figure("the same, records", RECORDS / feed, Unit.RECORDS_PER_S, 20_000.0, 50_000.0, told)


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
