from __future__ import annotations

import contextlib
import random
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from commonsky.errors import KnownRecord, LedgerError, UnknownRecord
from commonsky.ledger.label import OPEN, Label
from commonsky.ledger.record import Kind, Lineage, Link, Record, Relation
from commonsky.ledger.sqlite import ROWS_AT_ONCE, SqliteStore
from commonsky.ledger.store import IncomingLog, Quarantined
from commonsky.ledger.survey import Survey
from tests.feed_case import REALM, outgoing, record

ORIGIN = "commonsky/00"
SAID = 1_800_000_000_000_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "ledger.sqlite", REALM) as one:
        yield one


def handles(store: SqliteStore, kind: Kind = Kind.ELEMENT_SET) -> list[str]:
    return [held.record.envelope.handle for held in store.heads(kind)]


def handle(one: Record) -> str:
    return one.envelope.handle


def retraction(number: int, of: Record, node: str = "AUS") -> Record:
    return record(
        number,
        node,
        kind=Kind.RETRACTION,
        links=(Link(Relation.RETRACTS, handle(of)),),
        subject=(),
    )


def test_what_was_stored_is_read_back_in_order(store: SqliteStore) -> None:
    many = [record(k) for k in range(2 * ROWS_AT_ONCE + 5)]
    assert store.append(many[:9]) == list(range(1, 10))
    assert store.append(many[9:], peer="AUS") == list(range(10, len(many) + 1))
    assert [held.record for held in store.since()] == many
    assert [held.peer for held in store.since(7, most=4)] == ["", "", "AUS", "AUS"]
    assert [held.sequence for held in store.since(len(many) - 1)] == [len(many)]
    assert store.held(handle(many[3])).record == many[3]
    assert store.last() == len(many)
    assert store.known([handle(many[1]), "00" * 16, handle(many[-1])]) == [True, False, True]
    assert store.append([]) == []
    with pytest.raises(UnknownRecord, match="00000000"):
        store.held("00" * 16)


@pytest.mark.parametrize("most", [1, ROWS_AT_ONCE, ROWS_AT_ONCE + 1, 2 * ROWS_AT_ONCE])
def test_records_are_read_by_kind_and_count(store: SqliteStore, most: int) -> None:
    kinds = (Kind.ELEMENT_SET, Kind.NOTICE, Kind.RECEIPT)
    many = [record(k, kind=kinds[k % 3], subject=()) for k in range(6 * ROWS_AT_ONCE)]
    store.append(many)
    chosen = [Kind.NOTICE, Kind.RECEIPT]
    found = [held.record for held in store.since(5, kinds=chosen, most=most)]
    assert found == [one for one in many[5:] if one.envelope.kind in chosen][:most]


def test_a_handle_is_given_once(store: SqliteStore) -> None:
    store.append([record(1), record(2)])
    for batch in ([record(3), record(2)], [record(3), record(3)]):
        with pytest.raises(KnownRecord, match="nothing of them"):
            store.append(batch)
    assert [held.record for held in store.since()] == [record(1), record(2)]
    assert store.append([record(3)]) == [3]


def test_an_error_that_somebody_catches_still_undoes_all(store: SqliteStore) -> None:
    store.append([record(1)])

    def careless() -> None:
        with store.transaction():
            store.append([record(2)])
            with pytest.raises(KnownRecord):
                store.append([record(3), record(1)])

    with pytest.raises(LedgerError, match="nothing of it was stored"):
        careless()
    assert store.last() == 1
    store.append([record(2)])
    assert store.last() == 2


def test_a_transaction_is_all_or_nothing(store: SqliteStore) -> None:
    def interrupted() -> None:
        with store.transaction():
            store.append([record(1)])
            assert store.last() == 1, "inside, what was done is seen"
            store.open_outgoing("GBR", ORIGIN)
            store.send("GBR", [outgoing(record(1))])
            store.move_cursor("mine", 7)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (store.last(), store.outgoing_log("GBR"), store.cursor("mine")) == (0, None, 0)


def test_threads_read_what_is_committed_while_one_writes(store: SqliteStore) -> None:
    store.append([record(1)])
    seen: list[int] = []
    with store.transaction():
        store.append([record(2)])
        reader = threading.Thread(target=lambda: seen.append(store.last()))
        reader.start()
        reader.join()
    assert seen == [1]
    writers = [
        threading.Thread(
            target=lambda k=k: [store.append([record(100 * k + j)]) for j in range(20)]
        )
        for k in range(1, 5)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [held.sequence for held in store.since()] == list(range(1, 83))


def test_nothing_can_be_written_by_a_reader(store: SqliteStore) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store._connection.reader.execute("delete from record")  # noqa: SLF001


class TestHeads:
    def test_the_newest_said_stands_in_any_order(self, store: SqliteStore) -> None:
        several = [record(k, subject=(5,), said_tai_ns=SAID + k) for k in range(4)]
        store.append([several[2], several[0], several[3], several[1]])
        assert handles(store) == [handle(several[3])]
        later = record(9, subject=(5,), said_tai_ns=SAID + 3)
        store.append([later])
        assert handles(store) == [handle(later)], "of one time, the last stored"

    def test_nations_objects_labels_and_kinds_stand_side_by_side(self, store: SqliteStore) -> None:
        several = [
            record(1, subject=(5,)),
            record(2, subject=(6,)),
            record(3, "NOR", subject=(5,)),
            record(4, subject=(5,), label=OPEN),
        ]
        other = record(5, kind=Kind.EPHEMERIS, subject=(5,))
        store.append([*several, other, record(6, kind=Kind.NOTICE, subject=(5,))])
        assert handles(store) == [handle(one) for one in several]
        assert handles(store, Kind.EPHEMERIS) == [handle(other)]

    def test_a_withdrawn_one_gives_way_to_the_one_before(self, store: SqliteStore) -> None:
        old, new = (record(k, subject=(5,), said_tai_ns=SAID + k) for k in (1, 2))
        store.append([old, new, retraction(3, new), retraction(4, old)])
        store.withdraw(handle(retraction(3, new)), [handle(new)], at_tai_ns=SAID)
        assert handles(store) == [handle(old)]
        assert store.withdrawn(handle(new)) == handle(retraction(3, new))
        store.withdraw(handle(retraction(4, old)), [handle(old)], at_tai_ns=SAID + 9)
        assert handles(store) == []
        assert store.withdrawals_since("AUS", SAID) == 2
        assert store.withdrawals_since("AUS", SAID + 1) == 1
        assert store.withdrawals_since("NOR", SAID) == 0

    def test_nobody_withdraws_what_another_stated(self, store: SqliteStore) -> None:
        ours, theirs = record(1, subject=(5,)), record(2, "NOR", subject=(5,))
        foreign = retraction(3, theirs, "AUS")
        store.append([ours, theirs, foreign])
        store.withdraw(handle(foreign), [handle(theirs), handle(ours), "00" * 16], at_tai_ns=SAID)
        assert handles(store) == [handle(theirs)]
        assert store.withdrawn(handle(theirs)) == ""

    @pytest.mark.parametrize("seed", range(5))
    def test_they_are_what_a_plain_search_finds(self, store: SqliteStore, seed: int) -> None:
        draw = random.Random(seed)  # noqa: S311 - the same in every run
        labels = (OPEN, Label(releasable_to=("GBR",)))
        many = [
            record(
                k, draw.choice(("AUS", "NOR")), label=draw.choice(labels),
                subject=tuple(sorted(draw.sample(range(1, 9), draw.randint(0, 2)))),
                said_tai_ns=SAID + draw.randint(0, 9),
            )
            for k in range(300)
        ]  # fmt: skip
        store.append(many)
        gone = draw.sample(many, 60)
        store.append([retraction(1000 + k, one, one.envelope.node) for k, one in enumerate(gone)])
        for k, one in enumerate(gone):
            taken_by = handle(retraction(1000 + k, one, one.envelope.node))
            store.withdraw(taken_by, [handle(one)], at_tai_ns=SAID)
        newest: dict[object, tuple[int, int]] = {}
        for sequence, one in enumerate(many, 1):
            envelope = one.envelope
            for number in envelope.subject if one not in gone else ():
                key = envelope.node, number, envelope.label
                newest[key] = max(newest.get(key, (0, 0)), (envelope.said_tai_ns, sequence))
        standing = [held.sequence for held in store.heads(Kind.ELEMENT_SET)]
        assert standing == sorted({sequence for _, sequence in newest.values()})
        with contextlib.closing(Survey(store._connection.path)) as survey:  # noqa: SLF001
            surveyed = [survey.heads(Kind.ELEMENT_SET, number) for number in range(1, 9)]
        assert sorted(held.sequence for several in surveyed for held in several) == sorted(
            sequence for _, sequence in newest.values()
        )


def test_relations_and_what_rests_on_a_record(store: SqliteStore) -> None:
    first, second = record(1), record(2)
    derived = record(
        3,
        kind=Kind.CONJUNCTION,
        lineage=Lineage(
            function="screen@1", parameters_digest="", used=(handle(first), handle(second))
        ),
        links=(Link(Relation.SUPERSEDES, handle(first)),),
    )
    store.append([derived, first, second], peer="AUS")
    assert store.derived_from(handle(first)) == [handle(derived)]
    assert [held.record for held in store.linked(handle(first), Relation.SUPERSEDES)] == [derived]
    assert store.linked(handle(first), Relation.RETRACTS) == []
    assert store.derived_from(handle(derived)) == []


def test_beginnings_of_handles(store: SqliteStore) -> None:
    store.append([record(k) for k in range(600)])
    known = sorted(handle(record(k)) for k in range(600))
    for digits in ("", "0", "a7", known[3]):
        assert sorted(store.handles(digits, most=999)) == [
            one for one in known if one.startswith(digits)
        ]
    assert len(store.handles("", most=3)) == 3


class TestOutgoing:
    def test_entries_follow_each_other(self, store: SqliteStore) -> None:
        many = [record(k) for k in range(ROWS_AT_ONCE + 10)]
        store.append(many)
        store.open_outgoing("GBR", ORIGIN)
        store.open_outgoing("NOR", ORIGIN + "1")
        store.send("GBR", [outgoing(one) for one in many[:7]])
        store.send("NOR", [outgoing(many[9], many[8].body)])
        store.send("GBR", [outgoing(one) for one in many[7:]])
        assert [one.body for one in store.outgoing("GBR")] == [one.body for one in many]
        assert [one.entry for one in store.outgoing("GBR", 5, 3)] == [
            one.encoded for one in many[5:8]
        ]
        assert list(store.told_handles("GBR")) == [handle(one) for one in many]
        ((to, index, entry),) = store.told(handle(many[9]))[1:]
        assert (to, index, entry.body) == ("NOR", 0, many[8].body)
        assert store.recipients() == ["GBR", "NOR"]

    def test_no_log_is_begun_twice_or_told_without(self, store: SqliteStore) -> None:
        store.open_outgoing("GBR", ORIGIN)
        with pytest.raises(LedgerError, match="UNIQUE"):
            store.open_outgoing("GBR", ORIGIN + "1")
        with pytest.raises(LedgerError, match="no log for NOR"):
            store.send("NOR", [outgoing(record(1))])

    def test_no_size_is_signed_twice(self, store: SqliteStore) -> None:
        store.open_outgoing("GBR", ORIGIN)
        store.append([record(1), record(2)])
        store.send("GBR", [outgoing(record(1)), outgoing(record(2))])
        store.sign_outgoing("GBR", size=2, frontier=b"f", checkpoint=b"c")
        for size in (1, 2, 3):
            with pytest.raises(LedgerError, match="never signed twice"):
                store.sign_outgoing("GBR", size=size, frontier=b"g", checkpoint=b"d")
        log = store.outgoing_log("GBR")
        assert log is not None
        assert (log.checkpoint, log.checkpoint_size, log.size) == (b"c", 2, 2)


class TestIncoming:
    def test_a_stretch_and_its_state_are_stored_together(self, store: SqliteStore) -> None:
        store.append([record(1, "AUS")])
        log = IncomingLog("AUS", ORIGIN, 5, b"f", b"c")
        bad = Quarantined("AUS", 3, "no envelope", b"?")
        stretch = [(0, record(2)), (1, record(1)), (2, record(4)), (4, record(2))]
        assert store.receive(log, stretch, [bad]) == [2, 3]
        assert store.incoming_log("AUS") == log
        assert [(one.index, one.reason) for one in store.quarantined("AUS")] == [
            (1, "duplicate handle"), (3, "no envelope"), (4, "duplicate handle"),
        ]  # fmt: skip
        assert list(store.quarantined("NOR")) == []
        assert [held.peer for held in store.since()] == ["", "AUS", "AUS"]

    def test_what_is_stored_already_is_not_stored_over(self, store: SqliteStore) -> None:
        store.receive(IncomingLog("AUS", ORIGIN, 2, b"f", b"c"), [(0, record(1)), (1, record(2))])
        late = IncomingLog("AUS", ORIGIN, 2, b"x", b"y")
        for log, stretch in (
            (late, [(0, record(1)), (1, record(2))]),
            (IncomingLog("AUS", ORIGIN, 1, b"x", b"y"), []),
            (IncomingLog("AUS", ORIGIN, 9, b"x", b"y"), [(1, record(8))]),
        ):
            with pytest.raises(LedgerError, match="another process"):
                store.receive(log, stretch)
        assert list(store.quarantined()) == []
        found = store.incoming_log("AUS")
        assert found is not None
        assert found.checkpoint == b"c"

    def test_many_that_were_set_aside_are_read_in_pieces(self, store: SqliteStore) -> None:
        many = [Quarantined("AUS", k, "no envelope", b"?") for k in range(2 * ROWS_AT_ONCE)]
        store.receive(IncomingLog("AUS", ORIGIN, len(many), b"", b""), (), many)
        # A negative index is about the log itself.
        about = Quarantined("NOR", -3, "fork", b"notes")
        store.receive(IncomingLog("NOR", ORIGIN, 1, b"", b""), (), [about])
        assert list(store.quarantined()) == [*many, about]
        assert list(store.quarantined("NOR")) == [about]

    def test_receipts_are_kept_by_size(self, store: SqliteStore) -> None:
        for size, note in ((7, b"b"), (3, b"a"), (7, b"again")):
            store.keep_receipt("GBR", size, note)
        assert store.receipts("GBR") == [(3, b"a"), (7, b"b")]
        assert store.receipts("NOR") == []
