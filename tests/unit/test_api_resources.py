"""Each resource of the API, over a real ledger and a real socket."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate

from commonsky.show.api.routes import RESOURCES
from tests.api_case import (
    SHARED,
    WHOLE,
    Case,
    Turned,
    asking,
    case_in,
    closed,
    seen,
    tell,
    unknown_handle,
)

V1 = "/api/v1"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    case = case_in(tmp_path_factory.mktemp("nor"))
    seen(case)
    tell(case, "standing", "GBR")
    yield case
    closed(case)


@pytest.fixture(scope="module")
def ask(case: Case) -> Iterator[httpx.Client]:
    with asking(case) as client:
        yield client


def told(ask: httpx.Client, path: str, wanted: int = 200, **query: Any) -> Any:
    answer = ask.get(path, params=query)
    assert answer.status_code == wanted, answer.text
    return answer.json()


def alerts(ask: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    return list(told(ask, f"{V1}/alerts", **query)["data"])


def test_the_node_says_who_it_is(ask: httpx.Client) -> None:
    data = told(ask, f"{V1}/node")["data"]
    assert (data["nation"], data["realm"], data["confinement"]) == ("NOR", "test", "Landlock")
    assert data["ready"]
    assert data["records_of"]["element_set"] == WHOLE + SHARED
    assert [peer["state"] for peer in data["peers"]] == ["reached", "unreachable"]


def test_every_answer_says_what_it_rests_on(ask: httpx.Client) -> None:
    paths = ("node", "peers", "quarantine", "alerts", "conjunctions", "objects", "picture")
    for path in paths:
        rests_on = told(ask, f"{V1}/{path}")["completeness"]
        assert not rests_on["complete"], path
        assert "GBR is unreachable" in rests_on["gaps"]
        assert "1 entries of AUS set aside: not JSON" in rests_on["gaps"]
        assert rests_on["horizon"]["screened"]
        assert {one["nation"]: one["statements"] for one in rests_on["sources"]} == {
            "AUS": SHARED, "GBR": 0, "NOR": WHOLE,
        }  # fmt: skip


def test_watermarks_are_of_the_newest(ask: httpx.Client, case: Case) -> None:
    sources = told(ask, f"{V1}/node")["completeness"]["sources"]
    ours = next(one for one in sources if one["nation"] == "NOR")
    newest = int(case.sky.elements.epoch_tai_ns.max())
    held = max(held.record.envelope.valid_from_tai_ns for held in case.store.since()
               if held.record.envelope.kind == "element_set")  # fmt: skip
    assert held == newest
    assert ours["newest_epoch"][:10] == "2025-11-24"
    silent = next(one for one in sources if one["nation"] == "GBR")
    assert (silent["newest_said"], silent["why"]) == ("", "no route")


def test_alerts_are_in_one_list_in_every_state(ask: httpx.Client, case: Case) -> None:
    by_handle = {one["handle"]: one for one in alerts(ask)}
    found = {name: by_handle[handle]["state"] for name, handle in case.handles.items()
             if handle in by_handle}  # fmt: skip
    assert found == {
        "superseded": "superseded", "standing": "standing", "gone": "superseded", "over": "over",
        "past": "past", "event": "standing", "warning": "standing", "withdrawn": "withdrawn",
        "retraction": "standing", "notice": "standing", "unreadable": "unreadable",
    }  # fmt: skip


def test_what_is_struck_through_says_by_what(ask: httpx.Client, case: Case) -> None:
    one = told(ask, f"{V1}/alerts/{case.handles['withdrawn']}")["data"]
    assert one["struck"]
    assert one["struck_by"] == case.handles["retraction"]
    assert one["struck_why"] == "withdrawn by AUS: wrong sensor bias"
    other = told(ask, f"{V1}/alerts/{case.handles['superseded']}")["data"]
    assert other["struck_by"] == case.handles["standing"]


def test_an_alert_tells_time_marking_and_body(ask: httpx.Client, case: Case) -> None:
    one = told(ask, f"{V1}/alerts/{case.handles['standing']}")["data"]
    assert one["countdown_s"] == pytest.approx(200.0, abs=1e-3)
    assert one["marking"]["text"] == "UNCLASSIFIED//REL AUS/GBR"
    assert one["conjunction"]["miss_km"] == 0.3
    assert "event" not in one
    event = told(ask, f"{V1}/alerts/{case.handles['event']}")["data"]
    assert (event["nation"], event["peer"], event["countdown_s"]) == ("AUS", "AUS", 600.0)


def test_bad_data_is_an_alert(ask: httpx.Client) -> None:
    found = alerts(ask, kinds="data_quality")
    reasons = {(one["nation"], one["quality"]["reason"]) for one in found}
    assert reasons == {("AUS", "not JSON"), ("GBR", "unreachable: no route")}


@pytest.mark.parametrize("most", [1, 2, 3, 500])
def test_pages_hold_every_alert_once_in_either_direction(ask: httpx.Client, most: int) -> None:
    kinds = "conjunction,event,warning,retraction,notice,claim"
    whole = [one["sequence"] for one in alerts(ask, kinds=kinds, most=500)]
    assert whole == sorted(whole)
    assert len(whole) == 11
    for name, begin in (("after", 0), ("before", 10**9)):
        found: list[int] = []
        edge: Any = begin
        while edge != "":
            query = {name: edge} if edge else {}
            page = told(ask, f"{V1}/alerts", kinds=kinds, most=most, **query)
            found += [one["sequence"] for one in page["data"]]
            edge = page["next"]
        assert found == (whole if name == "after" else whole[::-1])


def test_filters_narrow_the_list(ask: httpx.Client, case: Case) -> None:
    assert {one["kind"] for one in alerts(ask, kinds="warning,event")} == {"warning", "event"}
    assert {one["nation"] for one in alerts(ask, nation="AUS", states="withdrawn")} == {"AUS"}
    assert len(alerts(ask, object=900_000_000)) == 5
    assert len(alerts(ask, states="past")) == 1
    assert case.handles["past"] == alerts(ask, states="past")[0]["handle"]


def test_conjunctions_come_in_pages_of_one_table(ask: httpx.Client, case: Case) -> None:
    table = case.desk.seen.conjunctions
    assert table is not None
    first = told(ask, f"{V1}/conjunctions", most=2)
    rest = told(ask, f"{V1}/conjunctions", after=first["next"], most=1000)
    both = first["data"] + rest["data"]
    assert [one["tca"] for one in both] == [row["tca"] for row in table.rows()]
    assert len(both) > 2
    worst = told(ask, f"{V1}/conjunctions", order="miss_km", most=1)["data"][0]
    assert worst["miss_km"] == table.miss_km.min()


def test_objects_say_who_agrees(ask: httpx.Client, case: Case) -> None:
    number = case.sky.catalogue_number[:SHARED].tolist()
    page = told(ask, f"{V1}/objects", most=1000)
    found = {one["number"]: one for one in page["data"]}
    assert len(found) == len(case.sky)
    assert found[number[0]]["verdict"] == "agree"
    assert found[number[0]]["nations"] == ["AUS", "NOR"]
    assert found[number[-1]]["verdict"] == "dissent"
    assert found[number[-1]]["apart_km"] > 100.0
    alone = [one for one in page["data"] if one["nations"] == ["NOR"]]
    assert {one["verdict"] for one in alone} == {"alone"}


def test_objects_come_in_pages_and_by_name(ask: httpx.Client) -> None:
    found: list[int] = []
    after: Any = 0
    while after != "":
        page = told(ask, f"{V1}/objects", after=after, most=7)
        found += [one["number"] for one in page["data"]]
        after = page["next"]
    assert found == sorted(set(found))
    assert len(found) == WHOLE
    one = told(ask, f"{V1}/objects", most=1)["data"][0]
    by_name = told(ask, f"{V1}/objects", text=one["name"].lower())["data"]
    assert one["number"] in [other["number"] for other in by_name]


def test_an_object_tells_every_statement(ask: httpx.Client, case: Case) -> None:
    number = int(case.sky.catalogue_number[0])
    data = told(ask, f"{V1}/objects/{number}")["data"]
    ours, theirs = sorted(data["statements"], key=lambda one: str(one["nation"]), reverse=True)
    assert (ours["nation"], theirs["nation"]) == ("NOR", "AUS")
    assert theirs["handle"] == case.handles["theirs"]
    assert theirs["marking"]["releasable_to"] == ["NOR"]
    assert ours["epoch"] == theirs["epoch"]


def test_the_picture_in_numbers(ask: httpx.Client) -> None:
    data = told(ask, f"{V1}/picture")["data"]
    assert (data["objects"], data["statements"]) == (WHOLE, WHOLE + SHARED)
    assert data["verdicts"]["agree"] == SHARED - 1
    assert data["verdicts"]["dissent"] == 1
    assert told(ask, f"{V1}/picture", nation="AUS")["data"]["objects"] == SHARED


def test_the_difference_of_two_nations(ask: httpx.Client, case: Case) -> None:
    query: Any = {"with": "AUS"}
    found = told(ask, f"{V1}/picture/difference", most=1000, **query)["data"]
    what = [one["what"] for one in found]
    assert (what.count("ours"), what.count("dissent"), what.count("theirs")) == (
        WHOLE - SHARED, 1, 0,
    )  # fmt: skip
    moved = next(one for one in found if one["what"] == "dissent")
    assert moved["number"] == int(case.sky.catalogue_number[SHARED - 1])
    assert abs(moved["along_km"]) > 100.0


def test_a_record_tells_who_was_told(ask: httpx.Client, case: Case) -> None:
    data = told(ask, f"{V1}/records/{case.handles['standing']}")["data"]
    assert [(one["nation"], one["level"]) for one in data["told"]] == [("GBR", "full")]
    assert not data["told"][0]["received"]
    assert data["body"]["miss_km"] == 0.3
    assert data["links"] == [{"relation": "supersedes", "handle": case.handles["superseded"]}]
    before = told(ask, f"{V1}/records/{case.handles['superseded']}")["data"]
    assert before["linked_by"] == [{"relation": "supersedes", "handle": case.handles["standing"]}]


def test_a_body_that_is_no_json_is_told_as_text(ask: httpx.Client, case: Case) -> None:
    data = told(ask, f"{V1}/records/{case.handles['notice']}")["data"]
    assert data["body_text"] == "<b>radar down</b>"
    assert "body" not in data


def test_all_that_a_nation_was_told(ask: httpx.Client, case: Case) -> None:
    page = told(ask, f"{V1}/told/GBR")
    assert [one["handle"] for one in page["data"]] == [case.handles["standing"]]
    assert page["next"] == ""
    assert told(ask, f"{V1}/told/AUS")["data"] == []


def test_preview_and_explanation_agree(ask: httpx.Client, case: Case) -> None:
    groups = told(ask, f"{V1}/release/preview", to="GBR")["data"]["groups"]
    elements = [one for one in groups if one["kind"] == "element_set"]
    assert sum(one["count"] for one in elements) == WHOLE
    (group,) = elements
    query = {"record": group["examples"][0], "to": "GBR"}
    one = told(ask, f"{V1}/release/explain", **query)["data"]
    assert (one["level"], one["rule"]) == (group["level"], group["rule"])
    assert one["rule"] in one["rule_text"] or not one["rule_text"]
    assert len(one["tried"]) == 4
    other = told(ask, f"{V1}/release/explain", record=case.handles["standing"], to="GBR")["data"]
    assert other["told"] == ["full"]


def test_what_was_set_aside(ask: httpx.Client) -> None:
    page = told(ask, f"{V1}/quarantine")
    assert page["data"] == [{"nation": "AUS", "index": SHARED, "reason": "not JSON", "bytes": 1}]
    assert told(ask, f"{V1}/quarantine", after=f"AUS:{SHARED}")["data"] == []


def test_health_needs_no_key_and_metrics_do(ask: httpx.Client, case: Case) -> None:
    case.desk.observe(Turned(), 0.5)
    bare = httpx.Client(base_url=str(ask.base_url), trust_env=False)
    with bare:
        assert bare.get("/health").json() == {"alive": True, "ready": True, "reasons": []}
        assert bare.get("/health/ready").status_code == 200
        assert bare.get("/metrics").status_code == 401
    text = ask.get("/metrics").text
    assert f'commonsky_records{{kind="element_set",nation="NOR"}} {WHOLE}.0' in text
    assert 'commonsky_alerts_open{kind="conjunction"} 1.0' in text
    assert 'commonsky_alerts_open{kind="event"} 1.0' in text
    assert 'commonsky_quarantined{nation="AUS",reason="not JSON"} 1.0' in text
    assert 'commonsky_peer_unreachable_total{nation="GBR"} 1.0' in text
    assert 'commonsky_peer_behind_entries{nation="GBR"} 1.0' in text
    assert "commonsky_turn_seconds_count 1.0" in text


def test_the_document_is_openapi_and_every_resource_is_there(ask: httpx.Client) -> None:
    document = told(ask, "/openapi.json")
    validate(document)
    written = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    assert written == {(one.method, one.path) for one in RESOURCES}


def test_every_documented_resource_answers(ask: httpx.Client, case: Case) -> None:
    document = told(ask, "/openapi.json")
    named = {
        "handle": case.handles["standing"], "number": str(case.sky.catalogue_number[0]),
        "nation": "GBR", "id": "0" * 8, "seconds": "60", "name": "none",
        "picture": told(ask, f"{V1}/frames")["data"]["picture"],
    }  # fmt: skip
    for path, methods in document["paths"].items():
        if path.endswith("/stream"):
            continue
        for method in methods:
            answer = ask.request(method.upper(), path.format(**named))
            assert "is nothing here" not in answer.text, (method, path)
            # There is no run of that name.
            absent = ("no run 00000000", "no dossier 'none'")
            no_run = answer.status_code == 404 and any(one in answer.text for one in absent)
            good = {200, 401, 403, 415, 422}
            assert no_run or answer.status_code in good, (method, path, answer.text)


def test_answers_are_what_the_document_says(ask: httpx.Client) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    document = told(ask, "/openapi.json")
    for path in (
        "node",
        "alerts",
        "conjunctions",
        "objects",
        "picture",
        "quarantine",
        "peers",
        "frames",
        "sensors",
        "environment",
        "environment/projections",
        "events",
        "norms",
        "dossiers",
    ):
        answers = document["paths"][f"{V1}/{path}"]["get"]["responses"]
        schema = answers["200"]["content"]["application/json"]["schema"]
        whole = {**schema, "components": document["components"]}
        jsonschema.Draft202012Validator(whole).validate(told(ask, f"{V1}/{path}"))


def test_the_page_for_people_tells_every_resource(ask: httpx.Client) -> None:
    answer = ask.get("/docs")
    assert answer.headers["content-type"].startswith("text/html")
    for one in RESOURCES:
        assert f"{one.method} {one.path}".replace("{", "{") in answer.text
    assert "<script" not in answer.text


def test_an_unknown_record_is_told_as_a_problem(ask: httpx.Client) -> None:
    answer = ask.get(f"{V1}/records/{unknown_handle()}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(answer.text)["detail"] == f"this node holds no record {unknown_handle()}"


def test_an_element_set_is_no_alert(ask: httpx.Client, case: Case) -> None:
    answer = told(ask, f"{V1}/alerts/{case.handles['element set']}", 404)
    assert f"/api/v1/records/{case.handles['element set']}" in answer["detail"]


def test_a_node_that_has_not_turned_is_not_taken_for_a_clear_sky(tmp_path: Path) -> None:
    case = case_in(tmp_path)
    with asking(case) as ask:
        for path in ("conjunctions", "objects", "picture"):
            answer = told(ask, f"{V1}/{path}")
            assert not answer["completeness"]["complete"]
            assert (
                "the picture has not been seen since this node began"
                in (answer["completeness"]["gaps"])
            )
        ready = ask.get("/health/ready")
        assert ready.status_code == 503
        assert ready.json()["reasons"] == ["the first turn of the node has not ended yet"]
    closed(case)


def test_a_node_that_does_not_screen_says_so(tmp_path: Path) -> None:
    case = case_in(tmp_path)
    seen(case, screened=False)
    with asking(case) as ask:
        answer = told(ask, f"{V1}/conjunctions")
        assert answer["data"] == []
        assert not answer["completeness"]["horizon"]["screened"]
        assert any("nothing is screened" in gap for gap in answer["completeness"]["gaps"])
    closed(case)
