"""How alerts stand with the people of a node: grave or not, acknowledged, shelved, claimed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from commonsky.astro.epoch import NS_PER_S, utc_text
from commonsky.ledger.label import Label
from commonsky.ledger.record import Kind, Link, Record, Relation
from commonsky.node.alerts import Conjunction, State
from commonsky.node.entropy import repeatable
from commonsky.node.owners import write_owners
from commonsky.node.statements import Author
from commonsky.share import recall
from commonsky.show.api.claims import Claim, ClaimState
from commonsky.show.api.desk import Desk
from commonsky.show.api.gravity import confidence_of, gravity_of
from commonsky.show.api.operators import Operators
from tests.api_case import (
    NOW_TAI_NS,
    Case,
    asking,
    case_in,
    closed,
    conjunction,
    seen,
    unknown_handle,
)

V1 = "/api/v1"
LATER = utc_text(NOW_TAI_NS + 900 * NS_PER_S, 0)
OPERATOR = "the submit of tests"


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    case = case_in(tmp_path)
    seen(case, screened=False)
    yield case
    closed(case)


@pytest.fixture
def ask(case: Case) -> Iterator[httpx.Client]:
    with asking(case, "submit") as client:
        yield client


def say(ask: httpx.Client, handles: list[str], status: int = 201, **body: Any) -> Any:
    answer = ask.post(f"{V1}/alerts/claims", json={"handles": handles, **body})
    assert answer.status_code == status, answer.text
    return answer.json()


def one(case: Case, handle: str) -> dict[str, Any]:
    with asking(case) as reader:
        answer = reader.get(f"{V1}/alerts/{handle}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["data"])


def claims(case: Case) -> int:
    return sum(1 for _ in case.store.since(kinds=[Kind.CLAIM]))


def told(**changes: Any) -> Conjunction:
    body = conjunction(Author("NOR", "test", repeatable(b"x")), 60, State.STANDING).body
    assert body is not None
    whole = msgspec.json.decode(body.content, type=Conjunction)
    return msgspec.structs.replace(whole, **changes)


def theirs(case: Case, state: ClaimState, alert: str, *, until_s: int = 0) -> Record:
    """What AUS says of an alert."""
    until = NOW_TAI_NS + until_s * NS_PER_S if until_s else 0
    claim = Author("AUS", "test", repeatable(f"{state}{alert}".encode())).stated(
        Kind.CLAIM, "commonsky/claim@1", msgspec.json.encode(Claim(state)),
        Label(releasable_to=("NOR",)), NOW_TAI_NS + 5, valid_tai_ns=(NOW_TAI_NS, until),
        links=(Link(Relation.ANSWERS, alert),),
    )  # fmt: skip
    return case.append(f"their {state}", claim, "AUS")


@pytest.mark.parametrize(
    ("pc", "severity"),
    [(1e-3, "high"), (1e-4, "high"), (9.9e-5, "attention"), (1e-7, "attention"),
     (9.9e-8, "low"), (0.0, "low"), (None, "unknown")],
)  # fmt: skip
def test_severity_is_that_of_the_report_and_no_pc_is_no_low_one(
    pc: float | None, severity: str
) -> None:
    assert gravity_of(told(pc=pc)) == severity


def test_an_event_without_numbers_is_never_low_nor_mere_information(case: Case) -> None:
    for name in ("event", "warning"):
        assert one(case, case.handles[name])["severity"] == "attention"
    assert one(case, case.handles["notice"])["severity"] == "info"


def test_confidence_says_why_it_is_not_more() -> None:
    sure = told(grade="conjunction", age1_days=0.1, age2_days=0.1, diluted=False, slow=False)
    assert (confidence_of(sure).word, confidence_of(sure).reasons) == ("good", ())
    for change, reason in (
        ({"grade": "screening"}, "estimated_covariance"), ({"age2_days": 3.1}, "old_elements"),
        ({"diluted": True}, "diluted"), ({"slow": True}, "slow"),
    ):  # fmt: skip
        less = confidence_of(msgspec.structs.replace(sure, **change))
        assert (less.word, less.reasons) == ("fair", (reason,))
    worse = confidence_of(msgspec.structs.replace(sure, diluted=True, slow=True))
    assert worse.word == "poor"
    none = confidence_of(msgspec.structs.replace(sure, pc=None))
    assert (none.word, none.reasons) == ("none", ("no_pc",))


def test_owners_are_those_whose_objects_come_close(tmp_path: Path) -> None:
    case = case_in(tmp_path)
    case.desk.close()
    write_owners(case.home.owners, {900_000_000: "JPN", 900_000_001: "GBR", 900_000_002: "FRA"})
    # Whose is whose is read when a node starts.
    case.desk = Desk(case.home, case.clock, case.store, case.author, case.desk.release)
    seen(case, screened=False)
    assert one(case, case.handles["standing"])["owners"] == ["GBR", "JPN"]
    closed(case)


def test_a_whole_life_new_acknowledged_shelved_back_claimed_closed_and_taken_up_again(
    case: Case, ask: httpx.Client
) -> None:
    handle = case.handles["standing"]
    assert one(case, handle)["stage"] == "new"
    for state in ("acknowledged", "claimed", "closed", "acknowledged"):
        (data,) = say(ask, [handle], state=state)["data"]
        assert (data["stage"], data["last_by"]) == (state, OPERATOR)
    (data,) = say(ask, [handle], state="shelved", until=LATER)["data"]
    assert data["stage"] == "shelved"
    assert data["claims"][0]["until"].startswith(LATER[:-1])
    case.clock.advance_to(NOW_TAI_NS + 901 * NS_PER_S)
    # A shelf that ends by itself: a person must look again.
    assert one(case, handle)["stage"] == "new"
    assert one(case, handle)["last_by"] == ""


def test_several_are_claimed_at_once_and_one_that_is_so_already_is_not_said_again(
    case: Case, ask: httpx.Client
) -> None:
    handles = [case.handles[name] for name in ("standing", "event", "warning")]
    say(ask, handles[:1], state="acknowledged")
    assert claims(case) == 1
    answer = say(ask, [*handles, handles[1]], state="acknowledged")["data"]
    assert {one["handle"] for one in answer} == set(handles)
    assert {one["stage"] for one in answer} == {"acknowledged"}
    assert claims(case) == 3


@pytest.mark.parametrize("bad", ["element set", "unknown"])
def test_where_one_cannot_be_claimed_none_is(case: Case, ask: httpx.Client, bad: str) -> None:
    handle = case.handles.get(bad, unknown_handle())
    status = 422 if bad in case.handles else 404
    say(ask, [case.handles["standing"], handle], status, state="claimed")
    assert claims(case) == 0
    assert one(case, case.handles["standing"])["stage"] == "new"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"state": "shelved"}, "until a time to come"),
        ({"state": "shelved", "until": "2020-01-01T00:00:00Z"}, "until a time to come"),
        ({"state": "acknowledged", "until": "2020-01-01T00:00:00Z"}, "alone"),
        ({"state": "claimed", "until": LATER}, "alone"),
        ({"state": "new"}, ""),
    ],
)
def test_what_makes_no_sense_is_refused(
    case: Case, ask: httpx.Client, body: dict[str, str], words: str
) -> None:
    answer = say(ask, [case.handles["standing"]], 422, **body)
    assert words in answer["detail"]
    assert claims(case) == 0


@pytest.mark.parametrize("count", [0, 501])
def test_neither_none_nor_too_many(case: Case, ask: httpx.Client, count: int) -> None:
    handles = [f"{place:032x}" for place in range(count)]
    assert "1 to 500" in say(ask, handles, 422, state="closed")["detail"]
    assert claims(case) == 0


def test_two_nations_that_claim_are_shown_as_contested_and_nothing_is_locked(
    case: Case, ask: httpx.Client
) -> None:
    handle = case.handles["standing"]
    theirs(case, ClaimState.CLAIMED, handle)
    data = one(case, handle)
    # That they see to it does not mean that we have seen it.
    assert (data["stage"], data["contested"]) == ("new", False)
    (data,) = say(ask, [handle], state="claimed")["data"]
    assert (data["stage"], data["contested"]) == ("claimed", True)
    assert [claim["nation"] for claim in data["claims"]] == ["AUS", "NOR"]
    (data,) = say(ask, [handle], state="closed")["data"]
    assert (data["stage"], data["contested"]) == ("closed", False)


def test_a_claim_outlasts_newer_numbers_and_an_acknowledgement_does_not(
    case: Case, ask: httpx.Client
) -> None:
    def replaced(name: str, by_s: int, author: Author, peer: str = "") -> str:
        old = case.store.held(case.handles[name]).record
        newer = conjunction(author, by_s, State.STANDING, supersedes=old)
        return case.append(f"{name} {by_s}", newer, peer).envelope.handle

    say(ask, [case.handles["standing"]], state="claimed")
    newer = replaced("standing", 210, case.author)
    assert one(case, newer)["stage"] == "claimed"
    case.handles["newer"] = newer
    newest = replaced("newer", 220, case.author)
    assert one(case, newest)["stage"] == "claimed"
    # A nation carries nobody's claim over to a statement of its own.
    elsewhere = replaced("newer", 230, Author("AUS", "test", repeatable(b"other")), "AUS")
    assert one(case, elsewhere)["stage"] == "new"
    say(ask, [newest], state="acknowledged")
    case.handles["newest"] = newest
    assert one(case, replaced("newest", 240, case.author))["stage"] == "claimed"
    say(ask, [newest], state="closed")
    assert one(case, newest)["stage"] == "closed"


def test_a_recalled_alert_stays_with_its_reason(case: Case) -> None:
    data = one(case, case.handles["withdrawn"])
    assert (data["state"], data["struck"]) == ("withdrawn", True)
    assert data["struck_why"] == "withdrawn by AUS: wrong sensor bias"
    assert data["struck_by"] == case.handles["retraction"]


def test_many_are_told_as_each_alone(case: Case, ask: httpx.Client) -> None:
    say(ask, [case.handles["standing"], case.handles["event"]], state="claimed")
    with asking(case) as reader:
        several = reader.get(f"{V1}/alerts", params={"most": 500}).json()["data"]
        alone = [
            reader.get(f"{V1}/alerts/{data['handle']}").json()["data"] if data["handle"] else data
            for data in several
        ]
    assert len(several) > 10
    assert several == alone


def test_whoever_claims_is_in_no_record_and_survives_a_restart(
    case: Case, ask: httpx.Client
) -> None:
    (data,) = say(ask, [case.handles["standing"]], state="claimed")["data"]
    (claim,) = (held for held in case.store.since(kinds=[Kind.CLAIM]))
    body = claim.record.body
    assert body is not None
    assert OPERATOR.encode() not in claim.record.encoded + body.content
    # Nor anywhere in the ledger, from which everything that leaves is made.
    ledger = b"".join(
        path.read_bytes() for path in case.home.ledger.parent.glob(case.home.ledger.name + "*")
    )
    assert claim.record.encoded in ledger
    assert OPERATOR.encode() not in ledger
    path = case.home.folder / "operators.jsonl"
    assert path.stat().st_mode & 0o077 == 0
    with path.open("ab") as torn:
        torn.write(b'{"claim": "to')
    assert Operators(path).who(claim.record.envelope.handle) == data["last_by"] == OPERATOR
    assert Operators(path.with_name("none")).who("x") == ""


def test_a_retraction_is_a_recall_to_be_seen(case: Case) -> None:
    data = one(case, case.handles["retraction"])
    assert (data["category"], data["severity"]) == ("recall", "attention")
    assert data["retraction"] == msgspec.to_builtins(recall.Retraction("wrong sensor bias"))
