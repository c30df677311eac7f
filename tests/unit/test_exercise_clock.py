"""The clock of an exercise: stepped by its script, then run by exercise control."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from commonsky.node.clock import RealClock, SteppedClock
from tests.api_case import NOW_TAI_NS, Case, asking, case_in, closed, seen

PATH = "/api/v1/exercise/clock"


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    made = case_in(tmp_path / "node")
    seen(made, screened=False)
    yield made
    closed(made)


def test_time_stands_until_it_is_let_run() -> None:
    clock = SteppedClock(NOW_TAI_NS)
    assert clock.rate == 0.0
    time.sleep(0.002)
    assert clock.now_tai_ns() == NOW_TAI_NS
    clock.run(1000.0)
    time.sleep(0.005)
    ran = clock.now_tai_ns()
    assert ran >= NOW_TAI_NS + 5_000_000_000
    clock.run(0.0)
    stood = clock.now_tai_ns()
    time.sleep(0.002)
    assert clock.now_tai_ns() == stood >= ran
    clock.advance_to(stood + 1)
    with pytest.raises(ValueError, match="cannot be set back"):
        clock.advance_to(stood)


@pytest.mark.parametrize("rate", [-1.0, float("inf"), float("nan")])
def test_rates_that_are_none(rate: float) -> None:
    with pytest.raises(ValueError, match="0 or positive"):
        SteppedClock(NOW_TAI_NS).run(rate)


def test_exercise_control_sets_it_and_nobody_else(case: Case) -> None:
    with asking(case, "exercise") as ask:
        held = ask.post(PATH, json={"rate": 60})
        assert held.status_code == 409, "its script steps it"
        case.clock.is_free = True
        told = ask.post(PATH, json={"rate": 60})
        assert told.status_code == 200, told.text
        assert told.json()["data"]["rate"] == 60
        assert case.clock.rate == 60
        assert ask.post(PATH, json={"rate": 1e9}).status_code == 422
        assert ask.post(PATH, json={"rate": -1}).status_code == 422
    for scope in ("read", "submit", "release"):
        with asking(case, scope) as other:
            assert other.post(PATH, json={"rate": 0}).status_code == 403
    with asking(case) as reader:
        node = reader.get("/api/v1/node").json()["data"]
    assert (node["clock_rate"], node["clock_is_free"]) == (60, True)


def test_a_real_clock_is_not_set(case: Case) -> None:
    case.desk.clock = RealClock()
    with asking(case, "exercise") as ask:
        assert ask.post(PATH, json={"rate": 0}).status_code == 409
