from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from commonsky.ledger.derived import Derived, DerivedKey, parameters_digest
from commonsky.ledger.label import OPEN, Label, join
from commonsky.ledger.lineage import ancestors, derived_label, descendants, visible
from commonsky.ledger.record import Kind, Lineage, Link, Record, Relation
from commonsky.ledger.sqlite import SqliteStore
from tests.feed_case import REALM, SAID_TAI_NS, record


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "ledger.sqlite", REALM) as one:
        yield one


def handle(one: Record) -> str:
    return one.envelope.handle


def resting_on(number: int, *used: Record) -> Record:
    return record(
        number,
        kind=Kind.CONJUNCTION,
        lineage=Lineage(
            function="screen@1", parameters_digest="p", used=tuple(sorted(map(handle, used)))
        ),
    )


A, B, C = (record(k) for k in range(3))
AB = resting_on(10, A, B)
ABC = resting_on(11, AB, C)
ALL = (A, B, C, AB, ABC)


def key(*used: Record, function: str = "screen@1", parameters: object = 1) -> DerivedKey:
    return DerivedKey.of(function, parameters_digest(parameters), map(handle, used))


def withdraw(store: SqliteStore, one: Record) -> None:
    taken_back = record(
        99, kind=Kind.RETRACTION, links=(Link(Relation.RETRACTS, handle(one)),), subject=()
    )
    store.append([taken_back])
    store.withdraw(handle(taken_back), [handle(one)], at_tai_ns=SAID_TAI_NS)


def test_a_key_is_what_a_value_depends_on() -> None:
    assert key(A, B) == key(B, A, B)
    different = {
        key(A, B), key(A), key(A, B, C), key(A, B, function="screen@2"), key(A, B, parameters=2),
    }  # fmt: skip
    assert len({one.digest for one in different}) == len(different)
    assert key(A, B).lineage.used == tuple(sorted([handle(A), handle(B)]))


def test_parameters_count_and_so_do_tables() -> None:
    assert parameters_digest({"a": 1, "b": 2}) == parameters_digest({"b": 2, "a": 1})
    told = [
        parameters_digest({"a": 1}), parameters_digest({"a": 2}),
        parameters_digest({"a": 1}, b"UT1"), parameters_digest({"a": 1}, b"UT", b"1"),
        parameters_digest({"a": 1}, b"", b"UT1"), parameters_digest({"a": 1}, b"UT2"),
    ]  # fmt: skip
    assert len({*told}) == len(told)


def test_what_is_kept_is_found_and_the_rest_is_missing(store: SqliteStore) -> None:
    store.append(ALL)
    cache = Derived(store)
    assert cache.missing([key(A, B), key(A)]) == [key(A, B), key(A)]
    assert cache.keep(key(A, B), b"close")
    assert cache.keep(key(A, B), b"closer"), "made again, the value is the newest"
    assert cache.value(key(B, A)) == b"closer"
    assert cache.missing([key(A, C), key(A, B), key(A)]) == [key(A, C), key(A)]


def test_a_value_is_made_once(store: SqliteStore) -> None:
    store.append(ALL)
    cache, made = Derived(store), []

    def make() -> bytes:
        made.append(1)
        return b"value"

    assert [cache.made(key(A), make) for _ in range(3)] == [b"value"] * 3
    assert len(made) == 1
    assert cache.made(key(record(50)), make) == b"value", "also of what cannot be kept"
    assert cache.value(key(record(50))) is None


def test_recall_drops_what_was_made_of_a_record_at_any_remove(store: SqliteStore) -> None:
    store.append(ALL)
    cache = Derived(store)
    keys = [key(A), key(A, B), key(B), key(C), key(AB), key(ABC, C)]
    for one in keys:
        cache.keep(one, b"value")
    withdraw(store, A)
    assert cache.drop(handle(A)) == 4
    assert cache.missing(keys) == [key(A), key(A, B), key(AB), key(ABC, C)]
    assert cache.drop(handle(A)) == 0
    for one in keys:
        assert cache.keep(one, b"late") == (one in (key(B), key(C))), "late work brings none back"
    assert cache.drop(handle(C)) == 1
    rows = store._connection.rows("select handle from derived_input")  # noqa: SLF001
    assert [row[0].hex() for row in rows] == [handle(B)]


def test_a_purge_drops_what_was_made_of_the_body(store: SqliteStore) -> None:
    store.append(ALL)
    cache = Derived(store)
    for one in (key(A), key(B)):
        cache.keep(one, b"value")
    store.purge(handle(A), at_tai_ns=SAID_TAI_NS)
    assert cache.missing([key(A), key(B)]) == [key(A)]
    assert not cache.keep(key(A), b"late")


def test_the_label_of_what_is_derived_is_the_join(store: SqliteStore) -> None:
    labels = [OPEN, Label(releasable_to=("AUS", "GBR"), classification="SECRET"), Label()]
    several = [record(20 + k, label=label) for k, label in enumerate(labels)]
    store.append(several)
    assert derived_label(store, map(handle, several[:2])) == join(labels[:2]) == labels[1]
    keys = [key(several[0]), key(several[1], several[2])]
    assert Derived(store).label(keys) == join(labels)
    assert derived_label(store, []) == OPEN


def test_descendants_and_ancestors_are_each_found_once(store: SqliteStore) -> None:
    # A diamond, and a record that claims to rest on itself and on what is not held.
    diamond = resting_on(12, AB, ABC)
    odd = resting_on(13, A, record(13), record(77))
    store.append([*ALL, diamond, odd])
    assert sorted(descendants(store, handle(A))) == sorted(map(handle, (AB, ABC, diamond, odd)))
    assert list(descendants(store, handle(diamond))) == []
    found = [held.record for held in ancestors(store, [handle(diamond)])]
    assert sorted(map(handle, found)) == sorted(map(handle, (diamond, *ALL)))
    assert [held.record for held in ancestors(store, [handle(odd)])] == [odd, A]


@pytest.mark.parametrize(
    ("given", "seen", "hidden"),
    [((A, B, C), (A, B), False), ((A,), (A,), True), ((), (), True), ((C,), (), True)],
)
def test_a_reader_sees_of_a_lineage_what_was_given(
    given: tuple[Record, ...], seen: tuple[Record, ...], hidden: bool
) -> None:
    assert AB.envelope.lineage is not None
    shown = visible(AB.envelope.lineage, {*map(handle, given)})
    assert shown.used == tuple(sorted(map(handle, seen)))
    assert shown.withheld_sources is hidden
    # What was hidden once stays so.
    assert visible(shown, {*map(handle, ALL)}).withheld_sources is hidden
    assert (shown.function, shown.parameters_digest) == ("screen@1", "p")
