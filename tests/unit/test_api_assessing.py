"""Messages held up to a node's API: assessed, refused, and not kept."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.api_case import asking, case_in, closed, seen
from tests.cdm_case import message_of
from tests.ndm_case import cdm

PATH = "/api/v1/assessments"


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    case = case_in(tmp_path_factory.mktemp("assessing"))
    seen(case)
    try:
        with asking(case) as client:
            client.timeout = httpx.Timeout(120.0)  # compiled, the first time
            yield client
    finally:
        closed(case)


def test_a_message_is_assessed_and_not_kept(ask: httpx.Client) -> None:
    before = ask.get("/api/v1/alerts").json()["data"]
    text = cdm().decode()
    answer = ask.post(PATH, json={"messages": text, "hard_body_radius_m": 10.0})
    assert answer.status_code == 200
    told = answer.json()["data"]
    (line,) = told["assessments"]
    assert line["kind"] == "assessment"
    assert line["message_id"] == message_of().header.MESSAGE_ID
    assert line["hard_body_radius_m"] == pytest.approx(10.0)
    assert line["tier"] > 0 or line["cannot_assess"]
    assert told["refused"] == []
    assert ask.get("/api/v1/alerts").json()["data"] == before


def test_what_is_no_conjunction_says_where(ask: httpx.Client) -> None:
    lines = cdm().decode().split("\n")
    answer = ask.post(PATH, json={"messages": "\n".join(lines[:20])})
    assert answer.status_code == 422
    assert "line" in answer.json()["detail"]
    answer = ask.post(PATH, json={"messages": "CCSDS_OPM_VERS = 3.0"})
    assert answer.status_code == 422
    for body in ({}, {"messages": 5}, {"messages": "", "radius": 1}):
        assert ask.post(PATH, json=body).status_code in (400, 422)
    bad = {"messages": cdm().decode(), "hard_body_radius_m": -1.0}
    assert ask.post(PATH, json=bad).status_code == 422


def test_lines_of_json_are_told_apart(ask: httpx.Client) -> None:
    answer = ask.post(PATH, json={"messages": '{"a": 1}\n{"CCSDS_OPM_VERS": "3.0"}\n'})
    assert answer.status_code == 200
    told = answer.json()["data"]
    assert told["assessments"] == []
    assert [one["line"] for one in told["refused"]] == [1, 2]
