"""Events, norms and dossiers over the API of a node."""

from collections.abc import Iterator

import httpx
import pytest

from commonsky.astro.epoch import NS_PER_DAY
from commonsky.ledger.record import Record
from commonsky.node.assembly import keys_of
from commonsky.node.case_file import recomputed
from commonsky.node.dossier_files import faults, opened
from commonsky.node.ingest import statements
from commonsky.node.keys import made_keys
from commonsky.node.statements import label_of
from tests.api_case import NOW_TAI_NS, Case, asking, case_in, closed, seen
from tests.catalogue_case import START_NS
from tests.history_case import NUMBER, history_of

V1 = "/api/v1"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    case = case_in(tmp_path_factory.mktemp("nor"))
    made_keys(case.home.keys, case.home.partner, "NOR", "test", NOW_TAI_NS)
    case.store.append(burnt(case))
    case.home.register.write_text(
        "NORAD_CAT_ID,OBJECT_NAME,OBJECT_TYPE,OWNER,LAUNCH_DATE,END_OF_MISSION\n"
        f"{NUMBER},A SATELLITE,PAY,NOR,2005-01-01,2010-01-01\n"
    )
    seen(case)
    yield case
    closed(case)


def burnt(case: Case) -> list[Record]:
    """Sets of one object, day by day until yesterday, that was raised by a kilometre."""
    begin = (NOW_TAI_NS - START_NS) / NS_PER_DAY - 41.0
    sets = history_of(NUMBER, raised_km=1.0, start_day=begin)
    label = label_of(case.home.configuration.label)
    return statements(sets, case.author, label, NOW_TAI_NS - NS_PER_DAY)


@pytest.fixture(scope="module")
def ask(case: Case) -> Iterator[httpx.Client]:
    with asking(case, "read") as client:
        yield client


@pytest.fixture(scope="module")
def submit(case: Case) -> Iterator[httpx.Client]:
    with asking(case, "submit") as client:
        yield client


def test_rules_say_what_they_ask_and_of_whom(ask: httpx.Client) -> None:
    rules = {one["id"]: one for one in ask.get(f"{V1}/norms").json()["data"]}
    assert len(rules) > 45
    assert rules["FCC-5Y"]["binding"] == "national law"
    assert "USA" in rules["FCC-5Y"]["of_whom"]
    assert any("http" in line for line in rules["FCC-5Y"]["lines"])


def test_an_object_is_held_against_rules(ask: httpx.Client) -> None:
    told = ask.get(f"{V1}/objects/{NUMBER}/norms", params={"on": "2026-01-01"}).json()["data"]
    assert told["register"] == ""
    by_rule = {one["rule"]: one for one in told["judgements"]}
    assert by_rule["IADC-5.3.2"]["outcome"] in {"determined", "cannot be determined"}
    assert by_rule["IADC-5.3.2"]["records"]
    assert by_rule["FCC-5Y"]["outcome"] == "not applicable"


@pytest.mark.parametrize(
    ("query", "status"),
    [({"on": "yesterday"}, 422), ({"rules": "NO-SUCH"}, 404), ({"what": "x"}, 422)],
)
def test_what_is_asked_wrongly_is_said(
    ask: httpx.Client, query: dict[str, str], status: int
) -> None:
    answer = ask.get(f"{V1}/objects/{NUMBER}/norms", params=query)
    assert answer.status_code in {status, 422, 404}, answer.text


def test_events_are_found_once_and_name_their_records(ask: httpx.Client) -> None:
    told = ask.get(f"{V1}/events", params={"object": NUMBER}).json()["data"]
    again = ask.get(f"{V1}/events", params={"object": NUMBER}).json()["data"]
    assert told == again
    assert told["counts"]["manoeuvre"] == 1
    burn = next(one for one in told["events"] if one["kind"] == "manoeuvre")
    for handle in burn["found"]["records"]:
        assert ask.get(f"{V1}/records/{handle}").status_code == 200
    assert ask.get(f"{V1}/events", params={"kind": "malice"}).status_code == 422


def test_a_dossier_is_made_signed_and_computed_again(
    ask: httpx.Client, submit: httpx.Client, case: Case
) -> None:
    body = {"objects": [NUMBER], "title": "A case", "on": "2026-01-01"}
    made = submit.post(f"{V1}/dossiers", json=body)
    assert made.status_code == 201, made.text
    line = made.json()["data"]["line"]
    assert line["signed_by"] == [keys_of(case.home).signer().name]
    listed = ask.get(f"{V1}/dossiers").json()["data"]
    assert line in listed
    page = ask.get(f"{V1}/dossiers/{line['name']}/page.html")
    assert page.headers["content-type"].startswith("text/html")
    assert "A case" in page.text
    found = opened(case.home.dossiers / line["name"])
    assert list(faults(found)) == []
    assert recomputed(found) == []
    assert ask.get(f"{V1}/dossiers/..%2f..%2fkeys").status_code in {400, 404}


@pytest.mark.parametrize(
    "body",
    [
        {"objects": []},
        {"objects": list(range(1, 100))},
        {"objects": [5], "title": "x" * 1000},
        {"objects": [5], "since": "soon"},
        {"objects": [5], "rules": ["NO-SUCH"]},
        {"objects": [777_777_777]},
        {"nothing": 1},
    ],
)
def test_a_dossier_that_cannot_be_is_refused(
    submit: httpx.Client, body: dict[str, object]
) -> None:
    assert submit.post(f"{V1}/dossiers", json=body).status_code in {400, 404, 422}


def test_reading_makes_no_dossier(case: Case) -> None:
    with asking(case, "read") as client:
        answer = client.post(f"{V1}/dossiers", json={"objects": [5]})
    assert answer.status_code == 403
