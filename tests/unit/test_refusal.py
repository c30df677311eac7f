"""What a release officer keeps home stays home; a warning goes unless two persons say not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from commonsky.errors import PolicyError
from commonsky.node.release import KEPT_HOME
from commonsky.share.policy.policy import Released, Withheld
from commonsky.share.policy.refusal import EVERYBODY, Refusal, Refusals
from tests.api_case import NOW_TAI_NS, Case, asking, case_in, closed, seen, tell, unknown_handle

V1 = "/api/v1"


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    made = case_in(tmp_path / "node")
    seen(made, screened=False)
    yield made
    closed(made)


def word(record: str, person: str = "one", **more: Any) -> Refusal:
    return Refusal(record=record, person=person, reason="a source", at_tai_ns=1, **more)


def verdict(case: Case, name: str, recipient: str) -> Released | Withheld:
    held = case.store.held(case.handles[name])
    return case.desk.release().decided(held, recipient, NOW_TAI_NS).verdict


def test_words_last_and_are_lifted(tmp_path: Path) -> None:
    refusals = Refusals(tmp_path)
    refusals.say(word("a"))
    refusals.say(word("b", recipient="GBR"))
    again = Refusals(tmp_path)
    assert [one.reason for one in again.of("a", "AUS")] == ["a source"]
    assert again.of("b", "AUS") == ()
    assert len(again.of("b", "GBR")) == 1
    assert again.records() == ["a", "b"]
    again.say(word("a", lifted=True))
    refusals.refresh()
    assert refusals.of("a", "AUS") == ()
    assert (tmp_path / "refused.jsonl").stat().st_mode & 0o077 == 0


def test_a_warning_is_stopped_by_two_persons_alone(tmp_path: Path) -> None:
    refusals = Refusals(tmp_path)
    refusals.say(word("a", "one", covers_warn=True))
    refusals.say(word("a", " ONE ", covers_warn=True))
    assert not refusals.covers_warn("a", "GBR")
    refusals.say(word("a", "two"))
    assert not refusals.covers_warn("a", "GBR")
    refusals.say(word("a", "two", covers_warn=True))
    assert refusals.covers_warn("a", "GBR")


@pytest.mark.parametrize("wrong", [{"person": "  "}, {"reason": " "}, {"reason": "x" * 501}])
def test_words_without_a_person_or_a_reason(tmp_path: Path, wrong: dict[str, str]) -> None:
    told = {"record": "a", "person": "one", "reason": "r", "at_tai_ns": 1} | wrong
    with pytest.raises(PolicyError):
        Refusals(tmp_path).say(Refusal(**told))  # type: ignore[arg-type]


def test_a_torn_line_waits_and_a_bad_one_is_told(tmp_path: Path) -> None:
    path = tmp_path / "refused.jsonl"
    Refusals(tmp_path).say(word("a"))
    path.write_bytes(path.read_bytes() + b'{"record": "b", "pers')
    assert Refusals(tmp_path).records() == ["a"]
    path.write_bytes(path.read_bytes() + b"on\n")
    with pytest.raises(PolicyError, match="no refusal"):
        Refusals(tmp_path)


def test_a_word_after_a_torn_line_stands(tmp_path: Path) -> None:
    path = tmp_path / "refused.jsonl"
    Refusals(tmp_path).say(word("a"))
    path.write_bytes(path.read_bytes() + b'{"record": "b", "pers')
    Refusals(tmp_path).say(word("c"))
    assert Refusals(tmp_path).records() == ["a", "c"]


def test_lost_words_are_told(tmp_path: Path) -> None:
    refusals = Refusals(tmp_path)
    refusals.say(word("a"))
    (tmp_path / "refused.jsonl").write_bytes(b"")
    with pytest.raises(PolicyError, match="lost lines"):
        refusals.refresh()


def test_what_is_refused_does_not_leave(case: Case) -> None:
    assert isinstance(verdict(case, "element set", "AUS"), Released)
    with asking(case, "release") as ask:
        told = ask.post(
            f"{V1}/release/refuse",
            json={"records": [case.handles["element set"]], "reason": "too good a sensor"},
        )
        assert told.status_code == 201, told.text
        (kept,) = told.json()["data"]
        assert kept["kept_from"] == [EVERYBODY]
        found = verdict(case, "element set", "AUS")
        assert found == Withheld(f"{KEPT_HOME}: too good a sensor")
        with asking(case) as reader:
            listed = reader.get(f"{V1}/release/refused").json()["data"]
        assert [one["record"] for one in listed] == [case.handles["element set"]]
        back = ask.post(
            f"{V1}/release/allow",
            json={"records": [case.handles["element set"]], "reason": "a mistake"},
        )
        assert back.status_code == 201
    assert isinstance(verdict(case, "element set", "AUS"), Released)


def test_it_is_kept_from_whom_it_is_said(case: Case) -> None:
    with asking(case, "release") as ask:
        asked = {"records": [case.handles["element set"]], "reason": "r", "recipients": ["AUS"]}
        assert ask.post(f"{V1}/release/refuse", json=asked).status_code == 201
    assert isinstance(verdict(case, "element set", "AUS"), Withheld)
    assert isinstance(verdict(case, "element set", "GBR"), Released)


def test_letting_go_lifts_what_was_said_of_anybody(case: Case) -> None:
    with asking(case, "release") as ask:
        asked: dict[str, Any] = {"records": [case.handles["element set"]], "reason": "r"}
        for recipients in ([], ["AUS"]):
            said = ask.post(f"{V1}/release/refuse", json=asked | {"recipients": recipients})
            assert said.status_code == 201
        assert ask.post(f"{V1}/release/allow", json=asked).status_code == 201
    with asking(case) as reader:
        assert reader.get(f"{V1}/release/refused").json()["data"] == []
    assert isinstance(verdict(case, "element set", "AUS"), Released)


def test_what_is_between_nodes_is_not_kept(case: Case) -> None:
    tell(case, "standing", "AUS")
    with asking(case, "release") as ask:
        path = f"{V1}/records/{case.handles['standing']}/recall"
        retraction = ask.post(path, json={"reason": "wrong"}).json()["data"]["retraction"]
        asked = {"records": [retraction], "reason": "r"}
        answer = ask.post(f"{V1}/release/refuse", json=asked)
    assert answer.status_code == 422
    assert "between nodes" in answer.json()["detail"]


def test_what_has_left_is_to_be_recalled(case: Case) -> None:
    tell(case, "standing", "AUS")
    with asking(case, "release") as ask:
        asked = {"records": [case.handles["standing"]], "reason": "r"}
        late = ask.post(f"{V1}/release/refuse", json=asked)
    assert late.status_code == 409
    assert "recall it instead" in late.json()["detail"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"records": [], "reason": "r"}, 422),
        ({"records": [unknown_handle()], "reason": "r"}, 404),
        ({"records": ["theirs"], "reason": "r"}, 422),
        ({"records": ["element set"], "reason": ""}, 409),
        ({"records": ["element set"], "reason": "r", "recipients": ["JPN"]}, 404),
    ],
)
def test_refusals_that_make_no_sense(case: Case, asked: dict[str, Any], status: int) -> None:
    named = [case.handles.get(one, one) for one in asked["records"]]
    with asking(case, "release") as ask:
        answer = ask.post(f"{V1}/release/refuse", json=asked | {"records": named})
    assert answer.status_code == status


def test_a_reader_refuses_nothing(case: Case) -> None:
    with asking(case) as ask:
        asked = {"records": [case.handles["element set"]], "reason": "r"}
        assert ask.post(f"{V1}/release/refuse", json=asked).status_code == 403


def test_the_preview_names_each_record_and_shows_its_product(case: Case) -> None:
    with asking(case) as ask:
        groups = ask.get(f"{V1}/release/preview", params={"to": "AUS"}).json()["data"]["groups"]
        sets = next(one for one in groups if one["kind"] == "element_set")
        query = {"to": "AUS", **{name: sets[name] for name in ("level", "kind", "rule")}}
        page = ask.get(f"{V1}/release/preview/records", params={**query, "most": 3}).json()
        assert len(page["data"]) == 3
        assert page["next"] == "3"
        rest = ask.get(f"{V1}/release/preview/records", params={**query, "after": 3, "most": 500})
        assert len(rest.json()["data"]) == sets["count"] - 3
        first = page["data"][0]
        assert first["bytes"] > 0
        product = ask.get(
            f"{V1}/release/product", params={"record": first["record"], "to": "AUS"}
        ).json()["data"]
    assert product["level"] == sets["level"]
    assert product["envelope"]["label"]["releasable_to"] == ["AUS"]
    assert str(first["subject"][0]) in str(product["body"])


def test_a_page_of_a_preview_is_bounded(case: Case) -> None:
    with asking(case) as ask:
        assert isinstance(ask, httpx.Client)
        path = f"{V1}/release/preview/records"
        assert ask.get(path, params={"to": "AUS", "most": 501}).status_code == 422
        assert ask.get(path, params={"to": "JPN"}).status_code == 404
