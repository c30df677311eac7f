"""How crowded it is and gets, asked over the API: documents, long runs, break-ups, misuse."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from commonsky.environment.capacity import Policy, project
from commonsky.show.api import projections
from commonsky.show.api.capacity import YEARS, quick_policy
from commonsky.show.api.crowding import FIGURES, LIMITS, CapacityAsked, policy_of, surveyed_of
from commonsky.show.api.projections import MOST_KEPT
from commonsky.show.crowding import Now
from tests.api_case import WHOLE, Case, asking, case_in, client, closed, listening, seen

V1 = "/api/v1/environment"
LONG = {"years": 200, "runs": 100}
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    made = case_in(tmp_path_factory.mktemp("crowding") / "node")
    seen(made, screened=False)
    yield made
    closed(made)


@pytest.fixture(scope="module")
def ask(case: Case) -> Iterator[httpx.Client]:
    with asking(case) as client:
        client.timeout = httpx.Timeout(300.0)  # kernels are compiled, the first time
        yield client


@pytest.fixture
def watch(case: Case) -> Iterator[httpx.Client]:
    """A client that may start runs, and after which none goes on."""
    with asking(case, "admin") as client:
        client.timeout = httpx.Timeout(300.0)
        yield client
    case.desk.projections.close()


def told(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()["data"]


def ended(watch: httpx.Client, name: str) -> dict[str, Any]:
    """A run, once it goes on no more."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        one: dict[str, Any] = told(watch.get(f"{V1}/projections/{name}"))
        if one["state"] != "running":
            return one
        time.sleep(0.05)
    raise AssertionError(f"the run {name} goes on and on")


def test_how_crowded_it_is(ask: httpx.Client) -> None:
    data = told(ask.get(V1))
    now = data["environment"]
    assert now["objects"] + now["left_out"] == WHOLE
    assert now["below_2000_km"] == now["payloads"] + now["rocket_bodies"] + now["debris"]
    assert now["collisions_per_year"] > now["catastrophic_per_year"] > 0.0
    inside = sum(shell["collisions_per_year"] for shell in now["shells"])
    assert inside == pytest.approx(now["collisions_per_year"], rel=1e-3)
    assert all(sum(one["provenance"].values()) == pytest.approx(1.0) for one in now["masses"])
    numbers = [str(one["norad_cat_id"]) for one in now["critical"]]
    assert len(numbers) == 10
    assert sorted(data["names"]) == sorted(numbers)
    assert data["marking"]["text"].startswith("UNCLASSIFIED")


def test_it_is_made_once_for_each_change(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = case.desk
    first = surveyed_of(desk, desk.view())
    assert isinstance(first.now, Now)
    seen(case, screened=False)  # looked at again, nothing new
    assert surveyed_of(desk, desk.view()) is first
    assert first.now is first.now
    fewer = desk.view()
    monkeypatch.setitem(fewer.__dict__, "statements", fewer.statements[:-1])
    assert surveyed_of(desk, fewer) is not first


def test_what_a_policy_comes_to(ask: httpx.Client, case: Case) -> None:
    usual = told(ask.post(f"{V1}/capacity", json={}))
    course = usual["course"]
    assert {len(column) for column in course.values()} == {YEARS}
    parts = course["active"][-1] + course["derelict"][-1] + course["debris"][-1]
    assert course["all"][-1] == pytest.approx(parts, rel=1e-3)
    assert usual["policy"] == {name: one.usual for name, one in FIGURES.items()}
    more = told(ask.post(f"{V1}/capacity", json={"launch_factor": 3, "disposal_success": 0.1}))
    assert more["course"]["derelict"][-1] > 1.5 * course["derelict"][-1]
    model = surveyed_of(case.desk, case.desk.view()).model
    by_hand = project(model, Policy(launch_factor=3.0, disposal_success=0.1), YEARS)
    assert more["course"]["all"][-1] == pytest.approx(by_hand.numbers[-1].sum(), rel=1e-4)


def test_the_usual_figures_are_those_of_both_models() -> None:
    assert quick_policy(policy_of(CapacityAsked())) == Policy()
    assert {f"{name}_limit" for name in LIMITS} <= set(CapacityAsked.__struct_fields__)


def test_limits_are_for_whoever_asks_to_say(ask: httpx.Client) -> None:
    body = {"growth_limit": 0.0, "catastrophic_limit": 1000.0}
    growth, catastrophic = told(ask.post(f"{V1}/capacity", json=body))["judged"]
    assert (growth["name"], growth["verdict"]) == ("growth", "unacceptable")
    assert growth["crossed"] is not None
    assert (catastrophic["verdict"], catastrophic["crossed"]) == ("acceptable", None)
    body = {"growth_limit": 1e6, "catastrophic_limit": 0.0}
    growth, catastrophic = told(ask.post(f"{V1}/capacity", json=body))["judged"]
    assert (growth["verdict"], catastrophic["verdict"]) == ("acceptable", "unacceptable")


def test_what_takes_longer_is_told_when_asked_for(ask: httpx.Client) -> None:
    assert told(ask.post(f"{V1}/capacity", json={}))["borne"] is None
    borne = told(ask.post(f"{V1}/capacity", json={"whole": True}))["borne"]
    assert borne["reproduction"] >= 0.0
    assert len(borne["from_km"]) == len(borne["active"]) == len(borne["capacity"])


WRONG = (
    b'{"launch_factor": NaN}', b'{"launch_factor": 1e999}', b'{"launch_factor": -1e-9}',
    b'{"launch_factor": 1e300}', b'{"launch_factor": "2"}', b'{"launch_factor": true}',
    b'{"launch_factor": null}', b'{"launch_factor": [1]}', b'{"unknown": 1}',
    b'{"Launch_factor": 1}',
    b'{"disposal_success": 1.0001}', b'{"avoidance": 2}', b'{"growth_limit": -1}',
    b'{"catastrophic_limit": 1e9}', b"[]", b"{", b"", b'"x"',
    b'{"launch_factor": ' + b"9" * 400 + b"}",
)  # fmt: skip
TOO_LONG = (
    b'{"years": 0}', b'{"years": 201}', b'{"runs": 0}', b'{"runs": 101}', b'{"runs": 1.5}',
    b'{"seed": -1}', b'{"seed": 1e30}', b'{"years": 200, "runs": 101}', b'{"seed": 2147483648}',
)  # fmt: skip
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("body", WRONG)
@pytest.mark.parametrize("path", ["capacity", "projections"])
def test_what_makes_no_sense_is_refused(watch: httpx.Client, path: str, body: bytes) -> None:
    before = told(watch.get(f"{V1}/projections"))
    answer = watch.post(f"{V1}/{path}", content=body, headers=JSON)
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"]
    assert told(watch.get(f"{V1}/projections")) == before


@pytest.mark.parametrize("body", TOO_LONG)
def test_what_is_too_long_is_refused(watch: httpx.Client, body: bytes) -> None:
    answer = watch.post(f"{V1}/projections", content=body, headers=JSON)
    assert answer.status_code == 422, answer.text


def test_starting_and_ending_runs_needs_the_watch(ask: httpx.Client) -> None:
    for answer in (
        ask.post(f"{V1}/projections", json={}),
        ask.delete(f"{V1}/projections/00000000"),
    ):
        assert answer.status_code == 403
        assert "needs the scope submit" in answer.json()["detail"]


def test_a_run_goes_on_beside_and_is_told(watch: httpx.Client, case: Case) -> None:
    before = case.store.last()
    figures = {"years": 6, "runs": 3, "seed": 5, "launch_factor": 2, "growth_limit": 0.0}
    begun = told(watch.post(f"{V1}/projections", json=figures), 202)
    assert (begun["state"], begun["projection"]) == ("running", None)
    done = ended(watch, begun["id"])
    assert (done["state"], done["share"], done["why"]) == ("done", 1.0, "")
    assert done["policy"]["launch_factor"] == 2.0
    found = done["projection"]
    assert (found["kind"], found["seeds"], len(found["years"])) == ("projection", [5, 6, 7], 6)
    assert found["scenario"]["launch_factor"] == 2.0
    assert found["criteria"][0]["limit"] == 0.0
    assert found["years"][0]["objects_low"] <= found["years"][0]["objects_high"]
    newest = told(watch.get(f"{V1}/projections"))[0]
    assert (newest["id"], newest["projection"]) == (begun["id"], None)
    assert case.store.last() == before


def test_there_is_one_run_at_a_time_and_it_can_be_ended(watch: httpx.Client) -> None:
    begun = told(watch.post(f"{V1}/projections", json=LONG), 202)
    until = time.monotonic() + PATIENCE_S
    while told(watch.get(f"{V1}/projections/{begun['id']}"))["share"] == 0.0:
        assert time.monotonic() < until
        time.sleep(0.05)
    again = watch.post(f"{V1}/projections", json={"years": 1, "runs": 1})
    assert again.status_code == 503
    assert begun["id"] in again.json()["detail"]
    assert int(again.headers["retry-after"]) > 0
    watch.delete(f"{V1}/projections/{begun['id']}")
    gone = ended(watch, begun["id"])
    assert (gone["state"], gone["projection"]) == ("cancelled", None)
    assert 0.0 < gone["share"] < 1.0
    # Ended twice is ended, and there is room for another.
    assert told(watch.delete(f"{V1}/projections/{begun['id']}"))["state"] == "cancelled"
    short = told(watch.post(f"{V1}/projections", json={"years": 1, "runs": 1}), 202)
    assert ended(watch, short["id"])["state"] == "done"


def test_a_run_ends_with_the_server(case: Case) -> None:
    with listening(case) as listener, client(listener, case, "admin") as watch:
        begun = told(watch.post(f"{V1}/projections", json=LONG), 202)
    assert case.desk.projections.one(begun["id"]).state == "cancelled"


def test_a_run_that_fails_says_so(watch: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise MemoryError("by 2100 there are too many objects")

    monkeypatch.setattr(projections, "project", full)
    begun = told(watch.post(f"{V1}/projections", json={}), 202)
    failed = ended(watch, begun["id"])
    assert (failed["state"], failed["why"]) == ("failed", "by 2100 there are too many objects")

    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(projections, "project", broken)
    begun = told(watch.post(f"{V1}/projections", json={}), 202)
    failed = ended(watch, begun["id"])
    assert failed["state"] == "failed"
    assert "secret" not in failed["why"]


def test_the_newest_runs_are_kept(watch: httpx.Client) -> None:
    names = []
    for _ in range(MOST_KEPT + 1):
        begun = told(watch.post(f"{V1}/projections", json={"years": 1, "runs": 1}), 202)
        names.append(ended(watch, begun["id"])["id"])
    kept = [one["id"] for one in told(watch.get(f"{V1}/projections"))]
    assert kept == names[: -MOST_KEPT - 1 : -1]
    assert watch.get(f"{V1}/projections/{names[0]}").status_code == 404


@pytest.mark.parametrize("name", ["1", "zzzzzzzz", "0000000g", "000000000"])
def test_what_is_no_run_is_refused(ask: httpx.Client, name: str) -> None:
    assert ask.get(f"{V1}/projections/{name}").status_code == 422


def test_what_a_break_up_would_do(ask: httpx.Client, case: Case) -> None:
    before = case.store.last()
    number = int(case.sky.catalogue_number[0])
    body = {"number": number, "mass_kg": 1000.0, "impactor_kg": 10.0, "smallest_m": 0.1}
    data = told(ask.post(f"{V1}/breakup", json=body))
    low, nominal, high = data["fragments"]
    assert low < nominal < high
    assert data["energy_j_g"] == pytest.approx(500.0)
    assert data["catastrophic"]
    assert data["mass_provenance"] == "as given"
    moments = data["moments"]
    for one in moments:
        inside = one["in_orbit"][1] + one["re_entered"][1]
        assert inside == pytest.approx(nominal, rel=0.05)
        numbers = [satellite["number"] for satellite in one["met"]]
        assert numbers == [satellite["number"] for satellite in moments[0]["met"]]
        assert number not in numbers
    again = told(ask.post(f"{V1}/breakup", json=body))
    assert again == data
    by_itself = told(ask.post(f"{V1}/breakup", json={"number": number}))
    assert by_itself["energy_j_g"] is None
    assert case.store.last() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"number": "x"}, {"number": 1.5}, {"mass_kg": 0}, {"mass_kg": 1e9},
        {"impactor_kg": -1}, {"speed_km_s": 0}, {"speed_km_s": 1e6}, {"smallest_m": 0.049},
        {"smallest_m": 2}, {"seed": -1}, {"extra": 1}, {"mass_kg": 1e6, "smallest_m": 0.05},
    ],
)  # fmt: skip
def test_a_break_up_that_makes_no_sense_is_refused(
    ask: httpx.Client, case: Case, wrong: dict[str, Any]
) -> None:
    known = {"number": int(case.sky.catalogue_number[0])} if wrong else {}
    more = {"impactor_kg": 1e6} if "mass_kg" in wrong and "smallest_m" in wrong else {}
    answer = ask.post(f"{V1}/breakup", json=known | more | wrong)
    assert answer.status_code == 422, answer.text


def test_an_object_that_is_not_held_breaks_not_up(ask: httpx.Client) -> None:
    assert ask.post(f"{V1}/breakup", json={"number": 5}).status_code == 404


def test_nothing_held_is_no_empty_sky(tmp_path_factory: pytest.TempPathFactory) -> None:
    case = case_in(tmp_path_factory.mktemp("nothing") / "node")
    try:
        with asking(case) as ask:
            answer = ask.get(V1)
            assert answer.status_code == 422
            assert "no orbit is held here yet" in answer.json()["detail"]
    finally:
        closed(case)
