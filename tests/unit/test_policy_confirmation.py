from __future__ import annotations

import fcntl
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from commonsky.errors import PolicyError
from commonsky.ledger.label import Category, Label, Tag
from commonsky.share.policy.classes import RecordClass, record_class
from commonsky.share.policy.confirmation import CONFIRMED, STARTER, Confirmations
from tests.feed_case import record

KIND = RecordClass(kind="element_set", originator="AUS", classification=0)
SECRET = RecordClass(kind="element_set", originator="AUS", classification=3)


def test_two_persons_confirm_a_class(tmp_path: Path) -> None:
    known = Confirmations(tmp_path)
    assert not known.confirmed(KIND)
    assert known.confirm(KIND, "Ann Lee", 1) == ["Ann Lee"]
    assert not known.confirmed(KIND)
    assert known.confirm(KIND, "Bob", 2) == ["Ann Lee", "Bob"]
    assert known.confirmed(KIND)
    assert not known.confirmed(SECRET)
    assert known.persons(KIND) == ("Ann Lee", "Bob")


@pytest.mark.parametrize(
    "again",
    ["Ann Lee", " ann   LEE ", "Ann\u00a0Lee", "Ann\u200b Lee", "\uff21nn Lee", "An\u00adn Lee"],
)
def test_one_person_twice_is_not_two(tmp_path: Path, again: str) -> None:
    known = Confirmations(tmp_path)
    known.confirm(KIND, "Ann Lee", 1)
    assert known.confirm(KIND, again, 2) == ["Ann Lee"]
    assert not known.confirmed(KIND)


@pytest.mark.parametrize("nobody", ["", "  ", "\u200b", "\x00\u202e"])
def test_nobody_cannot_confirm(tmp_path: Path, nobody: str) -> None:
    with pytest.raises(PolicyError, match="name of a person"):
        Confirmations(tmp_path).confirm(KIND, nobody, 1)
    assert not (tmp_path / CONFIRMED).exists()


def test_a_person_who_takes_the_name_of_the_starter_policy_is_one_person(tmp_path: Path) -> None:
    known = Confirmations(tmp_path)
    known.confirm(KIND, STARTER, 1)
    assert not known.confirmed(KIND)
    assert not Confirmations(tmp_path).confirmed(KIND)


def test_starter_classes_count_as_confirmed(tmp_path: Path) -> None:
    Confirmations(tmp_path).begin_with([KIND])
    known = Confirmations(tmp_path)
    assert known.confirmed(KIND)
    assert not known.confirmed(SECRET)
    assert known.persons(KIND) == ()


def test_what_was_confirmed_is_there_after_a_restart(tmp_path: Path) -> None:
    known = Confirmations(tmp_path)
    known.confirm(KIND, "Ann", 1)
    known.confirm(KIND, "Bob", 2)
    assert Confirmations(tmp_path).confirmed(KIND)


def test_another_process_is_heard_on_refresh(tmp_path: Path) -> None:
    known, other = Confirmations(tmp_path), Confirmations(tmp_path)
    other.confirm(KIND, "Ann", 1)
    other.confirm(KIND, "Bob", 2)
    assert not known.confirmed(KIND)
    assert known.refresh()
    assert known.confirmed(KIND)
    assert not known.refresh()


def test_a_torn_line_is_cut_and_stops_nobody(tmp_path: Path) -> None:
    known = Confirmations(tmp_path)
    known.confirm(KIND, "Ann", 1)
    path = tmp_path / CONFIRMED
    whole = path.read_bytes()
    for length in range(1, len(whole)):
        path.write_bytes(whole + whole[:length])
        after = Confirmations(tmp_path)
        assert after.persons(KIND) == ("Ann",)
        after.confirm(KIND, "Bob", 2)
        assert Confirmations(tmp_path).persons(KIND) == ("Ann", "Bob")


def test_a_file_that_got_shorter_is_not_believed(tmp_path: Path) -> None:
    known = Confirmations(tmp_path)
    known.confirm(KIND, "Ann", 1)
    os.truncate(tmp_path / CONFIRMED, 3)
    with pytest.raises(PolicyError, match="only ever grows"):
        known.refresh()


def test_a_line_that_is_no_confirmation_is_told(tmp_path: Path) -> None:
    (tmp_path / CONFIRMED).write_bytes(b'{"person": "Ann"}\n')
    with pytest.raises(PolicyError, match="no confirmation"):
        Confirmations(tmp_path)


def test_many_confirm_at_once_and_all_are_heard(tmp_path: Path) -> None:
    def confirm(number: int) -> None:
        Confirmations(tmp_path).confirm(KIND, f"person {number}", number)

    with ThreadPoolExecutor(8) as executor:
        list(executor.map(confirm, range(40)))
    assert len(Confirmations(tmp_path).persons(KIND)) == 40


def test_who_confirms_waits_for_who_is_confirming(tmp_path: Path) -> None:
    """Else one would cut off, as torn, the line that the other is writing."""
    known = Confirmations(tmp_path)
    known.confirm(KIND, "Ann", 1)
    with (tmp_path / CONFIRMED).open("ab") as stream, ThreadPoolExecutor(1) as executor:
        fcntl.flock(stream, fcntl.LOCK_EX)
        confirming = executor.submit(known.confirm, KIND, "Bob", 2)
        with pytest.raises(TimeoutError):
            confirming.result(timeout=0.3)
        fcntl.flock(stream, fcntl.LOCK_UN)
        assert confirming.result() == ["Ann", "Bob"]


def test_a_class_is_confirmed_whatever_the_object_whoever_is_at_risk_whenever(
    tmp_path: Path,
) -> None:
    known = Confirmations(tmp_path)
    for person in ("Ann", "Bob"):
        known.confirm(msgspec.structs.replace(KIND, at_risk=True, embargo_tai_ns=7), person, 1)
    other = msgspec.structs.replace(KIND, asked=("objects",), objects=(5,), miss_m=3)
    assert known.confirmed(other)


@pytest.mark.parametrize(
    "label",
    [
        Label(releasable_to=("GBR", "NOR")),
        Label(releasable_to=("GBR",), classification="RESTRICTED"),
        Label(releasable_to=("GBR",), agreements=("A",)),
        Label(releasable_to=("GBR",), categories=(Category("S", Tag.RESTRICTIVE, ("B",)),)),
    ],
)
def test_any_other_label_is_a_class_of_its_own(tmp_path: Path, label: Label) -> None:
    known = Confirmations(tmp_path)
    for person in ("Ann", "Bob"):
        known.confirm(record_class(record(1), at_risk=False), person, 1)
    assert known.confirmed(record_class(record(2), at_risk=True))
    assert not known.confirmed(record_class(record(1, label=label), at_risk=False))
