"""What was ever said of an object, over the API."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import numpy as np
import pytest

from commonsky.ledger.label import Label
from commonsky.node.ingest import statements
from tests.api_case import NOW_TAI_NS, SHARED, Case, asking, case_in, closed, seen


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    made = case_in(tmp_path_factory.mktemp("history") / "node")
    one = made.sky.take(np.array([0]))
    newer = statements(one, made.author, Label(releasable_to=("AUS",)), NOW_TAI_NS)
    made.store.append(newer)
    made.handles["newer"] = newer[0].envelope.handle
    seen(made, screened=False)
    yield made
    closed(made)


@pytest.fixture(scope="module")
def ask(case: Case) -> Iterator[httpx.Client]:
    with asking(case) as client:
        yield client


def told(ask: httpx.Client, number: int, **query: int) -> dict[str, object]:
    answer = ask.get(f"/api/v1/objects/{number}/history", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()["data"]
    return found


def test_all_that_was_said_the_newest_first(case: Case, ask: httpx.Client) -> None:
    found = told(ask, int(case.sky.catalogue_number[0]))
    lines = found["statements"]
    assert isinstance(lines, list)
    assert [one["nation"] for one in lines] == ["NOR", "AUS", "NOR"]
    assert lines[0]["handle"] == case.handles["newer"]
    assert all(one["perigee_km"] < one["apogee_km"] for one in lines)
    assert {one["state"] for one in lines} <= {"standing", "superseded"}
    assert found["whole"] is True


def test_each_field_says_who_says_so(case: Case, ask: httpx.Client) -> None:
    number = int(case.sky.catalogue_number[SHARED - 1])  # that one is elsewhere for AUS
    found = told(ask, number)
    fields = {one["name"]: one for one in found["fields"]}  # type: ignore[attr-defined]
    assert {one["nation"] for one in fields["name"]["sources"]} == {"AUS", "NOR"}
    assert all(one["handle"] and one["said"] for one in fields["name"]["sources"])
    assert not fields["inclination_deg"]["differ"]
    assert fields["name"]["sources"][0]["marking"]["classification"] == "UNCLASSIFIED"


def test_a_part_says_that_it_is_one(case: Case, ask: httpx.Client) -> None:
    found = told(ask, int(case.sky.catalogue_number[0]), most=1)
    assert len(found["statements"]) == 1  # type: ignore[arg-type]
    assert found["whole"] is False


def test_what_nobody_has_said_anything_of(ask: httpx.Client) -> None:
    assert ask.get("/api/v1/objects/12/history").status_code == 404
    assert ask.get("/api/v1/objects/12/history", params={"most": 0}).status_code == 422
