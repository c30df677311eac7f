"""What the API changes: claims, recalls, confirmations, ingests, keys."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from commonsky.astro.epoch import NS_PER_S, utc_text
from commonsky.catalogue.population import population
from commonsky.formats.omm_json_writer import omm_json_objects
from commonsky.ledger.record import Kind, Relation
from commonsky.node.alerts import State
from commonsky.node.journal import Journal
from commonsky.node.statements import Author
from commonsky.share import recall
from tests.api_case import (
    NOW_TAI_NS,
    PARTNERS,
    Case,
    asking,
    case_in,
    closed,
    conjunction,
    seen,
    tell,
)

V1 = "/api/v1"
EXERCISE = b'{"COMMENT": "REALM = exercise/gs26", '
LATER = utc_text(NOW_TAI_NS + 900 * NS_PER_S, 0)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    case = case_in(tmp_path)
    seen(case, screened=False)
    yield case
    closed(case)


@pytest.fixture
def admin(case: Case) -> Iterator[httpx.Client]:
    with asking(case, "admin") as client:
        yield client


class Slow:
    """The module of recalls, with another way to make a retraction."""

    def __init__(self, made: Callable[[str], recall.Retraction]) -> None:
        self.Retraction = made

    def __getattr__(self, name: str) -> Any:
        return getattr(recall, name)


def post(ask: httpx.Client, path: str, status: int, **body: Any) -> Any:
    answer = ask.post(f"{V1}/{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def elements(count: int = 5, seed: int = 9) -> bytes:
    """Element sets of invented objects, as JSON."""
    return b"[" + b",".join(omm_json_objects(population(count, seed))) + b"]"


def test_a_claim_is_a_record_that_those_who_know_of_the_alert_may_have(
    case: Case, admin: httpx.Client
) -> None:
    handle = case.handles["event"]
    data = post(admin, f"alerts/{handle}/claim", 201, state="claimed")["data"]
    (claim,) = data["claims"]
    assert (claim["nation"], claim["state"]) == ("NOR", "claimed")
    record = case.store.held(claim["handle"]).record
    assert record.envelope.kind is Kind.CLAIM
    assert record.envelope.label.releasable_to == ("AUS",)
    assert [link.handle for link in record.envelope.links] == [handle]


def test_an_operators_name_stands_in_the_journal_alone(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(case.clock, "NOR", path)
    with asking(case, "submit") as ask:
        data = post(ask, f"alerts/{case.handles['event']}/claim", 201, state="closed")["data"]
    journal.close()
    record = case.store.held(data["claims"][0]["handle"]).record
    assert record.body is not None
    assert b"the submit of tests" not in record.encoded + record.body.content
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    (line,) = [line for line in lines if line["says"] == "an alert was claimed"]
    assert (line["operator"], line["state"]) == ("the submit of tests", "closed")
    assert line["handle"] == case.handles["event"]


def test_a_claim_on_our_own_alert_is_marked_as_the_alert(case: Case, admin: httpx.Client) -> None:
    data = post(admin, f"alerts/{case.handles['standing']}/claim", 201, state="acknowledged")
    record = case.store.held(data["data"]["claims"][0]["handle"]).record
    assert record.envelope.label == case.store.held(case.handles["standing"]).record.envelope.label


def test_the_last_claim_counts_and_supersedes_the_first(case: Case, admin: httpx.Client) -> None:
    path = f"alerts/{case.handles['event']}/claim"
    first = post(admin, path, 201, state="acknowledged")["data"]["claims"][0]
    (claim,) = post(admin, path, 201, state="closed")["data"]["claims"]
    assert claim["state"] == "closed"
    assert len(case.store.linked(first["handle"], Relation.SUPERSEDES)) == 1


def test_a_shelf_ends_by_itself(case: Case, admin: httpx.Client) -> None:
    handle = case.handles["event"]
    data = post(admin, f"alerts/{handle}/claim", 201, state="shelved", until=LATER)["data"]
    assert data["claims"][0]["until"] == LATER
    case.clock.advance_to(NOW_TAI_NS + 901 * NS_PER_S)
    assert admin.get(f"{V1}/alerts/{handle}").json()["data"]["claims"] == []


@pytest.mark.parametrize("until", ["", "2020-01-01T00:00:00Z", "tomorrow"])
def test_a_shelf_without_an_end_is_refused(case: Case, admin: httpx.Client, until: str) -> None:
    path = f"alerts/{case.handles['event']}/claim"
    answer = post(admin, path, 422, state="shelved", until=until)
    assert answer["title"] == "Unprocessable Entity"
    assert case.store.linked(case.handles["event"], Relation.ANSWERS) == []


def test_an_element_set_cannot_be_claimed(case: Case, admin: httpx.Client) -> None:
    answer = post(admin, f"alerts/{case.handles['element set']}/claim", 422, state="claimed")
    assert "is no alert to be claimed" in answer["detail"]


def test_a_partners_claim_that_is_none_is_passed_over(case: Case, admin: httpx.Client) -> None:
    handle = case.handles["standing"]
    post(admin, f"alerts/{handle}/claim", 201, state="claimed")
    envelope = case.store.linked(handle, Relation.ANSWERS)[0].record.envelope
    bad = case.author.stated(
        Kind.CLAIM, "x@1", b'{"state": "mine!"}', envelope.label, NOW_TAI_NS + 9,
        links=envelope.links,
    )  # fmt: skip
    case.store.append([bad], peer="AUS")
    answer = admin.get(f"{V1}/alerts/{handle}")
    assert answer.status_code == 200
    assert answer.json()["data"]["claims"] == []


def test_a_nation_supersedes_its_own_alerts_alone(case: Case, admin: httpx.Client) -> None:
    ours = case.store.held(case.handles["standing"]).record
    theirs = conjunction(Author("AUS", "test"), 250, State.STANDING, supersedes=ours)
    case.store.append([theirs], peer="AUS")
    answer = admin.get(f"{V1}/alerts/{case.handles['standing']}").json()["data"]
    assert (answer["state"], answer["struck"]) == ("standing", False)
    metrics = admin.get("/metrics").text
    assert 'commonsky_alerts_open{kind="conjunction"} 2.0' in metrics


def test_what_comes_twice_at_once_is_done_once(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(reason: str) -> recall.Retraction:
        time.sleep(0.01)  # so that all would have looked before the first has written
        return recall.Retraction(reason)

    monkeypatch.setattr("commonsky.show.api.records.recall", Slow(slowly))
    path = f"{V1}/records/{case.handles['element set']}/recall"
    with asking(case, "release") as ask, ThreadPoolExecutor(8) as executor:
        # Each for another reason: what is drawn here for equal records is equal.
        answers = executor.map(lambda k: ask.post(path, json={"reason": f"{k}"}), range(16))
        statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] + [409] * 15
    assert len(case.store.linked(case.handles["element set"], Relation.RETRACTS)) == 1


def test_a_recall_reaches_whoever_was_told(case: Case, admin: httpx.Client) -> None:
    tell(case, "element set", "GBR")
    handle = case.handles["element set"]
    data = post(admin, f"records/{handle}/recall", 201, reason=" wrong sensor bias ")["data"]
    assert data["reaches"] == ["GBR"]
    record = case.store.held(data["retraction"]).record
    assert record.envelope.label.releasable_to == ("GBR",)
    assert record.body is not None
    assert json.loads(record.body.content) == {"reason": "wrong sensor bias"}
    told = admin.get(f"{V1}/records/{handle}").json()["data"]["told"]
    assert [(one["nation"], one["withdrawn"]) for one in told] == [("GBR", False)]


def test_a_record_is_recalled_once_and_by_its_issuer(case: Case, admin: httpx.Client) -> None:
    handle = case.handles["element set"]
    post(admin, f"records/{handle}/recall", 201, reason="wrong")
    assert "recalled before" in post(admin, f"records/{handle}/recall", 409, reason="w")["detail"]
    foreign = post(admin, f"records/{case.handles['theirs']}/recall", 409, reason="wrong")
    assert "only they can recall it" in foreign["detail"]
    assert case.store.linked(case.handles["theirs"], Relation.RETRACTS) == []


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001])
def test_a_recall_needs_a_reason(case: Case, admin: httpx.Client, reason: str) -> None:
    handle = case.handles["element set"]
    assert (
        "needs a reason" in post(admin, f"records/{handle}/recall", 422, reason=reason)["detail"]
    )


def test_two_persons_confirm_a_class(case: Case) -> None:
    handle = case.handles["element set"]
    with asking(case, "release") as one:
        first = post(one, "release/confirm", 200, record=handle)["data"]
        again = post(one, "release/confirm", 200, record=handle)["data"]
        assert first["persons"] == again["persons"] == ["the release of tests"]
    with asking(case, "admin") as other:
        both = post(other, "release/confirm", 200, record=handle)["data"]
    assert both["missing"] == 0
    assert both["persons"] == ["the release of tests", "the admin of tests"]


def test_element_sets_that_are_sent_become_statements(case: Case) -> None:
    with asking(case, "submit") as ask:
        answer = ask.post(
            f"{V1}/ingest?releasable_to=aus&categories=SENSOR%3DB", content=elements()
        )
        assert answer.status_code == 201, answer.text
        data = answer.json()["data"]
        assert (data["read"], data["accepted"]) == (5, 5)
        again = ask.post(
            f"{V1}/ingest?releasable_to=AUS&categories=SENSOR%3DB", content=elements()
        )
        assert (again.json()["data"]["accepted"], again.json()["data"]["unchanged"]) == (0, 5)
    newest = list(case.store.since(kinds=[Kind.ELEMENT_SET]))[-1].record.envelope
    assert newest.label.releasable_to == ("AUS",)
    assert [one.name for one in newest.label.categories] == ["SENSOR"]


def test_bad_records_are_counted_and_cost_no_good_one(case: Case) -> None:
    mixed = elements(3)[:-1] + b',{"OBJECT_NAME": "X", "MEAN_MOTION": "fast"}]'
    with asking(case, "submit") as ask:
        data = ask.post(f"{V1}/ingest", content=mixed).json()["data"]
    assert (data["read"], data["accepted"], data["quarantined"]) == (4, 3, 1)
    assert data["reasons"]


@pytest.mark.parametrize(
    ("content", "status", "why"),
    [
        (b"", 422, "empty"),
        (b"<html>no</html>", 422, "web page"),
        (b"\x1f\x8b" + b"\0" * 99, 415, "not packed"),
        (b"PK\x03\x04" + b"\0" * 99, 415, "not packed"),
        (b"\0" * 10**6, 422, "zero bytes"),
        (elements(1).replace(b"{", EXERCISE, 1), 422, "of the realm exercise/gs26"),
    ],
)
def test_what_is_no_element_set_of_ours_is_refused(
    case: Case, content: bytes, status: int, why: str
) -> None:
    before = case.store.last()
    with asking(case, "submit") as ask:
        answer = ask.post(f"{V1}/ingest", content=content)
    assert answer.status_code == status, answer.text
    assert why in answer.json()["detail"]
    assert case.store.last() == before


def test_a_wrong_marking_is_refused_before_anything_is_stated(case: Case) -> None:
    before = case.store.last()
    with asking(case, "submit") as ask:
        for query in ("releasable_to=ZZZ", "categories=SENSOR", "colour=red"):
            answer = ask.post(f"{V1}/ingest?{query}", content=elements())
            assert answer.status_code == 422, query
    assert case.store.last() == before


def test_keys_are_made_shown_once_and_removed(admin: httpx.Client) -> None:
    made = post(admin, "keys", 201, name="Ola", scopes=["read"])["key"]
    (told,) = [one for one in admin.get(f"{V1}/keys").json() if one["name"] == "Ola"]
    assert made.rsplit("_", 1)[1] not in admin.get(f"{V1}/keys").text
    mine = {"Authorization": f"Bearer {made}"}
    assert admin.get(f"{V1}/node", headers=mine).status_code == 200
    assert admin.delete(f"{V1}/keys/{told['id']}").status_code == 200
    assert admin.get(f"{V1}/node", headers=mine).status_code == 401
    assert admin.delete(f"{V1}/keys/{told['id']}").status_code == 409


def test_what_a_key_does_is_journalled(
    case: Case, admin: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "commonsky")
    post(admin, f"records/{case.handles['element set']}/recall", 201, reason="wrong")
    (line,) = [one for one in caplog.records if one.message == "a record was recalled"]
    assert line.operator == "the admin of tests"  # type: ignore[attr-defined]
    assert PARTNERS == ("AUS", "GBR")
