"""A survey of a ledger: what it tells is so, and it writes nothing."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from commonsky.errors import LedgerError
from commonsky.ledger.record import Kind
from commonsky.ledger.survey import ALERTS, Survey
from tests.api_case import Case, case_in, closed


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    case = case_in(tmp_path_factory.mktemp("nor"))
    yield case
    closed(case)


def test_watermarks_grow_with_the_ledger_and_count_everything_once(case: Case) -> None:
    survey = Survey(case.home.ledger)
    for later_ns in (0, 1):
        marks = {(one.kind, one.nation): one for one in survey.watermarks()}
        held = list(case.store.since())
        assert sum(one.count for one in marks.values()) == len(held)
        for key, mark in marks.items():
            some = [one.record.envelope for one in held
                    if (one.record.envelope.kind, one.record.envelope.node) == key]  # fmt: skip
            assert mark.said_tai_ns == max(one.said_tai_ns for one in some)
            assert mark.valid_from_tai_ns == max(one.valid_from_tai_ns for one in some)
        later = case.author.stated(
            Kind.NOTICE, "text", b"later", some[0].label, 2 * 10**18 + later_ns
        )
        case.store.append([later])
    survey.close()


def test_heads_are_those_of_the_store(case: Case) -> None:
    wanted: dict[int, set[str]] = {}
    for held in case.store.heads(Kind.ELEMENT_SET):
        for number in held.record.envelope.subject:
            wanted.setdefault(number, set()).add(held.record.envelope.handle)
    found = {
        number: {one.record.envelope.handle for one in case.desk.survey.heads(Kind.ELEMENT_SET, number)}  # noqa: E501
        for number in wanted
    }  # fmt: skip
    assert found == wanted
    assert case.desk.survey.subjects(Kind.ELEMENT_SET, after=0, most=10**6) == sorted(wanted)


def test_a_page_uses_the_index_of_alerts(case: Case) -> None:
    with sqlite3.connect(case.home.ledger) as reader:
        (plan,) = [
            row[3]
            for row in reader.execute(
                "explain query plan select sequence from record where kind=? and kind in "  # noqa: S608
                f"({', '.join(repr(kind.value) for kind in ALERTS)}) and sequence>? "
                "order by sequence limit 5",
                ("event", 3),
            )
        ]
    reader.close()
    assert "record_alert" in plan


def test_nothing_can_be_written_through_it(case: Case) -> None:
    with pytest.raises(LedgerError, match="readonly"):
        case.desk.survey._rows("delete from record")  # noqa: SLF001


def test_a_ledger_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(LedgerError):
        Survey(tmp_path / "none.sqlite").last()
    assert list(tmp_path.iterdir()) == []
