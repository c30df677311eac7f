"""Scenarios as files: what they say counts, and what is wrong in them is told."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonsky.environment.scenario import Scenario
from commonsky.errors import MessageError
from commonsky.formats.scenario_toml import MOST_BYTES, scenario_of

USUAL = Scenario(start_year=2026.0)
EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "scenarios").glob("*.toml"))


def test_what_is_not_said_is_as_usual() -> None:
    assert scenario_of(b"", USUAL) == USUAL
    told = scenario_of(b"years = 50\n[avoidance]\nof_tracked = 0.5\n", USUAL)
    assert told == replace(USUAL, years=50.0, avoidance=replace(USUAL.avoidance, of_tracked=0.5))


def test_courses_of_the_sun() -> None:
    assert scenario_of(b'[sun]\ncourse = "drawn"\n', USUAL).flux is None
    quiet = scenario_of(b"[sun]\nactivity = 0.5\n", USUAL).flux
    usual = scenario_of(b'[sun]\ncourse = "mean"\n', USUAL).flux
    assert quiet is not None
    assert usual is not None
    assert quiet.monthly_sfu.mean() < usual.monthly_sfu.mean()
    given_ = scenario_of(b"[sun]\nmonthly_sfu = [70, 80.5]\n", USUAL).flux
    assert given_ is not None
    assert given_.monthly_sfu.tolist() == [70.0, 80.5]


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        (b"yeers = 3", 1, "knows no such key"),
        (b'\nyears = "a"', 2, "is a number"),
        (b"years = true", 1, "is a number"),
        (b"years = nan", 1, "0 to 1000"),
        (b"years = -1", 1, "0 to 1000"),
        (b"years = 1e400", 1, "0 to 1000"),
        (b"virtual_collisions = 2.5", 1, "whole number"),
        (b"collisions = 1", 1, "true or false"),
        (b'[sun]\ncourse = "odd"', 2, "drawn"),
        (b'[sun]\ncourse = "drawn"\nactivity = 2', 3, "leave activity out"),
        (b"[sun]\nmonthly_sfu = 3", 2, "list of numbers"),
        (b'[sun]\nmonthly_sfu = ["a"]', 2, "is a number"),
        (b"[sun]\nmonthly_sfu = []", 1, "one finite flux"),
        (b"sun = 3", 1, "is a table"),
        (b"[avoidance]\nof_tracked = 3", 1, "0 to 1"),
        (b"[avoidance]\nwhat = 3", 2, "knows no such key"),
        (b"x = [[[", 1, "TOML in UTF-8"),
        (b"\xff\xfe", 1, "TOML in UTF-8"),
        (b"x = " + b"[" * 100_000, 1, "TOML in UTF-8"),
        (b"#" * (MOST_BYTES + 1), 1, "at most"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(content: bytes, line: int, told: str) -> None:
    with pytest.raises(MessageError, match=told) as caught:
        scenario_of(content, USUAL)
    assert caught.value.line == line


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    with suppress(MessageError):
        assert isinstance(scenario_of(content, USUAL), Scenario)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_read(path: Path) -> None:
    assert scenario_of(path.read_bytes(), USUAL) != USUAL


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 4
