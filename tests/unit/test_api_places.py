"""The picture as a census, asked for over the API."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.api_case import WHOLE, Case, asking, case_in, closed, seen

V1 = "/api/v1/picture"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    made = case_in(tmp_path_factory.mktemp("places") / "node")
    seen(made, screened=False)
    yield made
    closed(made)


@pytest.fixture(scope="module")
def ask(case: Case) -> Iterator[httpx.Client]:
    with asking(case) as client:
        yield client


def test_crowding_counts_each_object_once(ask: httpx.Client) -> None:
    told = ask.get(f"{V1}/crowding").json()["data"]
    # Some are stated by two nations, and one by each elsewhere.
    assert told["objects"] == WHOLE
    assert len(told["count"]) == len(told["height_km"]) - 1 == len(told["per_km3"])
    assert len(told["count"][0]) == len(told["inclination_deg"]) - 1
    assert sum(map(sum, told["count"])) == pytest.approx(told["inside"], abs=0.1)
    assert 0 < told["inside"] <= WHOLE


def test_the_belt_is_by_longitude(ask: httpx.Client) -> None:
    told = ask.get(f"{V1}/belt").json()["data"]
    assert told
    places = [one["longitude_deg"] for one in told]
    assert places == sorted(places)
    assert all(abs(one["drift_deg_day"]) < 40.0 for one in told)


def test_heights_of_a_set(ask: httpx.Client) -> None:
    whole = ask.get(f"{V1}/heights").json()["data"]
    assert whole["in_all"] == WHOLE
    name = whole["objects"][0]["name"][:8]
    some = ask.get(f"{V1}/heights", params={"text": name.lower()}).json()["data"]
    assert 0 < some["in_all"] < WHOLE
    assert all(one["name"].startswith(name) for one in some["objects"])
    assert all(one["perigee_km"] <= one["apogee_km"] for one in some["objects"])
    few = ask.get(f"{V1}/heights", params={"most": 2}).json()["data"]
    assert len(few["objects"]) == 2
    assert few["in_all"] == WHOLE


@pytest.mark.parametrize("wrong", [{"most": 0}, {"most": 5001}, {"text": "x" * 101}])
def test_too_much_is_refused(ask: httpx.Client, wrong: dict[str, str]) -> None:
    assert ask.get(f"{V1}/heights", params=wrong).status_code == 422
