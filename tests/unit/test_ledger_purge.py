from __future__ import annotations

import hashlib
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from commonsky.errors import LedgerError, UnknownRecord
from commonsky.ledger.record import Body, Record
from commonsky.ledger.sqlite import SqliteStore
from tests.feed_case import REALM, SAID_TAI_NS, outgoing, record

RECIPIENTS = ("CAN", "GBR", "NOR")
LENGTHS = (33, 100, 400, 1500, 3500, 7900, 20_000)


def noise(purpose: str, count: int) -> bytes:
    return hashlib.shake_256(purpose.encode()).digest(count)


class Spilled:
    """A ledger of records and products of all lengths, written in turns as a node writes."""

    def __init__(self, folder: Path, count: int, seed: int) -> None:
        draw = random.Random(seed)  # noqa: S311 - the same in every run
        self.folder = folder
        self.store = SqliteStore(folder / "ledger.sqlite", REALM)
        self.records = [
            record(k, content=noise(f"{k}", draw.choice(LENGTHS))) for k in range(count)
        ]
        self.products: dict[str, list[Body]] = {one.envelope.handle: [] for one in self.records}
        for recipient in RECIPIENTS:
            self.store.open_outgoing(recipient, f"commonsky/{recipient}")
        first = 0
        while first < count:
            part = self.records[first : first + draw.choice((1, 3, 50, 200))]
            first += len(part)
            self.store.append(part)
            for recipient in RECIPIENTS:
                made = [
                    self._product(one, recipient, draw.choice(LENGTHS[:-1]))
                    if draw.random() < 0.5
                    else None
                    for one in part
                ]
                self.store.send(recipient, list(map(outgoing, part, made)))

    def _product(self, one: Record, recipient: str, length: int) -> Body:
        drawn = noise(one.envelope.handle + recipient, 32 + length)
        body = Body(drawn[:32], drawn[32:])
        self.products[one.envelope.handle].append(body)
        return body

    def bodies(self, one: Record) -> list[Body]:
        """The body of a record, and those of what was made of it."""
        assert one.body is not None
        return [one.body, *self.products[one.envelope.handle]]

    @property
    def written(self) -> bytes:
        """All that is in any file."""
        return b"".join(path.read_bytes() for path in sorted(self.folder.iterdir()))

    def pieces(self, one: Record) -> list[bytes]:
        """What gives these bodies away: nonces, and either end of the content."""
        # The first half of a record's nonce is its handle here, which stays.
        return [
            piece
            for body in self.bodies(one)
            for piece in (body.nonce[16:], body.content[:17], body.content[-17:])
        ]

    def is_written(self, one: Record) -> bool:
        written = self.written
        return any(piece in written for piece in self.pieces(one))


@pytest.fixture
def spilled(tmp_path: Path) -> Iterator[Spilled]:
    found = Spilled(tmp_path, 400, seed=3)
    yield found
    found.store.close()


def test_a_purged_body_is_in_no_file_any_more(spilled: Spilled) -> None:
    for one in spilled.records[::80]:
        assert spilled.is_written(one)
        spilled.store.purge(one.envelope.handle, at_tai_ns=SAID_TAI_NS)
        assert not spilled.is_written(one)


def test_copies_that_sqlite_made_go_too(tmp_path: Path) -> None:
    """Its own secure deletion leaves those that lie in pages which it has balanced."""
    for seed in range(4, 40):
        folder = tmp_path / str(seed)
        folder.mkdir()
        spilled = Spilled(folder, 400, seed)
        spilled.store._connection.writer.execute("pragma wal_checkpoint(truncate)")  # noqa: SLF001
        written = spilled.written
        for one in spilled.records:
            if any(written.count(piece) > 1 for piece in spilled.pieces(one)):
                spilled.store.purge(one.envelope.handle, at_tai_ns=SAID_TAI_NS)
                assert not spilled.is_written(one)
                spilled.store.close()
                return
        spilled.store.close()
    pytest.skip("this SQLite leaves no copies")


def test_envelopes_and_logs_stay_as_they_are(spilled: Spilled) -> None:
    store = spilled.store
    gone = spilled.records[137].envelope.handle
    entries = {to: [one.entry for one in store.outgoing(to)] for to in RECIPIENTS}
    logs = [store.outgoing_log(to) for to in RECIPIENTS]
    for _ in range(2):  # again, where it was stopped between
        store.purge(gone, at_tai_ns=SAID_TAI_NS)
        for k, held in enumerate(store.since()):
            one = spilled.records[k]
            assert held.record.encoded == one.encoded
            assert held.record.body == (None if k == 137 else one.body)
        for to in RECIPIENTS:
            sent = [*store.outgoing(to)]
            assert [one.entry for one in sent] == entries[to]
            assert [k for k, one in enumerate(sent) if one.body is None] == [137]
            assert store.outgoing_parts(to, 137, 1) == [(entries[to][137], b"")]
        assert [store.outgoing_log(to) for to in RECIPIENTS] == logs


def test_what_is_not_held_cannot_be_purged(spilled: Spilled) -> None:
    with pytest.raises(UnknownRecord):
        spilled.store.purge("00" * 16, at_tai_ns=SAID_TAI_NS)


def test_a_purge_is_no_part_of_a_transaction(spilled: Spilled) -> None:
    one = spilled.records[0]
    with pytest.raises(LedgerError, match="inside a transaction"), spilled.store.transaction():
        spilled.store.purge(one.envelope.handle, at_tai_ns=SAID_TAI_NS)
    assert spilled.store.held(one.envelope.handle).record == one


def test_a_reader_who_holds_on_to_a_purged_body_is_told_of(spilled: Spilled) -> None:
    one = spilled.records[0]
    spilled.store._connection.writer.execute("pragma busy_timeout=50")  # noqa: SLF001
    reader = sqlite3.connect(spilled.folder / "ledger.sqlite", isolation_level=None)
    reader.execute("begin")
    reader.execute("select * from record").fetchone()
    with pytest.raises(LedgerError, match="somebody is reading the ledger; do it again"):
        spilled.store.purge(one.envelope.handle, at_tai_ns=SAID_TAI_NS)
    reader.close()
    spilled.store.purge(one.envelope.handle, at_tai_ns=SAID_TAI_NS)
    assert not spilled.is_written(one)
