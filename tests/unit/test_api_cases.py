"""The case of one approach: who says what, and what this node makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from commonsky.node.alerts import Conjunction
from commonsky.node.solutions import solution
from commonsky.node.statements import Author
from tests.api_case import Case, asking, case_in, closed, seen, unknown_handle
from tests.approach_case import stated, tell_of_approach


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Case, Conjunction]]:
    case = case_in(tmp_path_factory.mktemp("cases"))
    seen(case)
    told = tell_of_approach(case)
    yield case, told
    closed(case)


@pytest.fixture(scope="module")
def ask(node: tuple[Case, Conjunction]) -> Iterator[httpx.Client]:
    with asking(node[0]) as client:
        yield client


def of(ask: httpx.Client, handle: str) -> Any:
    answer = ask.get(f"/api/v1/cases/{handle}")
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


@pytest.fixture(scope="module")
def told(ask: httpx.Client, node: tuple[Case, Conjunction]) -> Any:
    return of(ask, node[0].handles["case newer"])


def test_every_message_of_the_approach_leads_to_the_same_lanes(
    ask: httpx.Client, node: tuple[Case, Conjunction], told: Any
) -> None:
    lanes = {lane["nation"]: lane for lane in told["lanes"]}
    assert list(lanes) == ["NOR", "AUS", "CAN", "GBR"], "ours first"
    assert [len(lane["messages"]) for lane in lanes.values()] == [2, 1, 1, 1]
    for name in ("case", "case of AUS", "case of GBR"):
        again = of(ask, node[0].handles[name])
        assert [lane["nation"] for lane in again["lanes"]] == list(lanes)
        assert again["objects"] == told["objects"]


def test_what_was_superseded_stays_and_the_newest_stands(
    node: tuple[Case, Conjunction], told: Any
) -> None:
    ours = told["lanes"][0]
    old, new = (message["alert"] for message in ours["messages"])
    assert old["state"] == "superseded"
    assert old["struck"]
    assert not new["struck"]
    assert ours["newest"] == new["handle"] == node[0].handles["case newer"]


def test_a_warning_that_names_one_object_may_be_of_another_approach(told: Any) -> None:
    certain = {
        lane["nation"]: [message["certain"] for message in lane["messages"]]
        for lane in told["lanes"]
    }
    assert certain == {"NOR": [True, True], "AUS": [True], "CAN": [False], "GBR": [True]}


def test_nations_that_differ_are_told_by_how_much(told: Any) -> None:
    found = {(one["nation1"], one["nation2"]): one for one in told["disagreement"]}
    assert len(found) == 6
    ours = found["NOR", "AUS"]
    assert ours["word"] == "differ"
    assert "pc" in ours["reasons"]
    assert ours["pc_ratio"] == pytest.approx(1000 / 3)
    assert ours["sigmas"] > 3.0
    assert ours["same_sources"] is False
    assert found["NOR", "GBR"]["word"] == "cannot"


def test_a_change_is_measured_in_sigmas(told: Any) -> None:
    (change,) = told["changes"]
    sigma = told["computed"][0]["sigma_ric_km"][0]
    assert change["nation"] == "NOR"
    assert change["ric_km"][0] == pytest.approx(0.5)
    assert change["ric_sigmas"][0] == pytest.approx(0.5 / sigma)
    assert change["pc_ratio"] == pytest.approx(3.0)


def test_the_solution_is_the_row_of_the_table(node: tuple[Case, Conjunction], told: Any) -> None:
    (found,) = told["computed"]
    row = node[1]
    assert found["miss_km"] == row.miss_km
    assert found["pc"] == row.pc
    plane = found["plane"]
    assert sum(one**2 for one in plane["miss_km"]) ** 0.5 == pytest.approx(row.miss_km, rel=1e-3)
    assert found["band"]["low"] <= found["pc"] <= found["band"]["high"] <= found["pc_max"] * 1.001
    assert len(found["dilution"]["at"]) == len(found["dilution"]["log10_pc"]) == 61
    assert "estimated_covariance" in found["doubts"]
    reach = 6.0 * max(one for one in found["sigma_ric_km"])
    assert 0.0 < found["passage_s"] <= reach / found["relative_speed_km_s"]
    assert -90 <= found["meeting"]["latitude_deg"] <= 90
    assert 200 < found["meeting"]["height_km"] < 2500


def test_a_row_without_pc_has_reasons_and_no_curves(node: tuple[Case, Conjunction]) -> None:
    table = node[0].desk.view().conjunctions
    assert table is not None
    row = table.pc_null_reason.tolist().index("slow encounter")
    found = solution(table, row)
    assert found.pc is None
    assert found.pc_null_reason == "slow encounter"
    assert (found.band, found.dilution, found.radius) == (None, None, None)
    assert {"no_pc", "slow"} <= {*found.doubts}


def test_what_is_withheld_is_said(told: Any) -> None:
    said = {(one["what"], one["nation"], one["object"]) for one in told["withheld"]}
    assert ("sources_cut", "AUS", 0) in said
    assert ("event_only", "GBR", 0) in said
    assert ("warning_only", "CAN", 0) in said
    assert ("object_not_named", "CAN", 0) in said
    assert ("orbit_not_held", "AUS", 990_000_001) in said
    assert not any(what == "orbit_not_held" and nation == "NOR" for what, nation, _ in said)


def test_two_claims_are_contested(node: tuple[Case, Conjunction]) -> None:
    case = node[0]
    handle = case.handles["case newer"]
    with asking(case, "submit") as client:
        for _ in range(2):
            answer = client.post(f"/api/v1/alerts/{handle}/claim", json={"state": "claimed"})
            assert answer.status_code == 201
    with asking(case) as client:
        found = of(client, handle)
    assert [one["nation"] for one in found["claims"]] == ["NOR"]
    assert found["contested"] is False, "one nation's two claims are one"


def test_other_approaches_of_the_same_two(
    ask: httpx.Client, node: tuple[Case, Conjunction]
) -> None:
    found = of(ask, node[0].handles["standing"])
    assert found["others"], "the one an hour ago is another"
    assert all(one["tca"] != found["at"] for one in found["others"])


def test_a_warning_alone_is_a_case_without_its_second_object(
    ask: httpx.Client, node: tuple[Case, Conjunction]
) -> None:
    found = of(ask, node[0].handles["case of CAN"])
    assert found["objects"][1]["number"] == 0
    assert found["until"]
    certain = {lane["nation"]: lane["messages"][0]["certain"] for lane in found["lanes"]}
    assert certain == {"NOR": False, "AUS": False, "CAN": True, "GBR": False}


@pytest.mark.parametrize("name", ["notice", "unreadable", "element set"])
def test_what_is_no_approach_is_no_case(
    ask: httpx.Client, node: tuple[Case, Conjunction], name: str
) -> None:
    assert ask.get(f"/api/v1/cases/{node[0].handles[name]}").status_code == 404


def test_an_unknown_handle_is_no_case(ask: httpx.Client) -> None:
    assert ask.get(f"/api/v1/cases/{unknown_handle()}").status_code == 404


def test_what_was_said_since_is_found(ask: httpx.Client, node: tuple[Case, Conjunction]) -> None:
    case, row = node
    theirs = Author("DEU", "test", case.author.entropy)
    before = len(of(ask, case.handles["case newer"])["lanes"])
    case.append("case of DEU", stated(theirs, row, -100), "DEU")
    lanes = of(ask, case.handles["case newer"])["lanes"]
    assert len(lanes) == before + 1
    assert "DEU" in [lane["nation"] for lane in lanes]
