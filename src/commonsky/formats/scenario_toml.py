"""Scenarios of the long run as small TOML files: unknown keys are errors."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any

import numpy as np

from commonsky.environment.scenario import FIGURES, Scenario
from commonsky.environment.solar_flux import FluxScenario, mean_cycles
from commonsky.errors import MessageError

MOST_BYTES = 1 << 20
WHOLE = {"virtual_collisions"}
AVOIDANCE = ("of_tracked", "of_active")
SUN = ("course", "activity", "monthly_sfu")


def scenario_of(content: bytes, usual: Scenario) -> Scenario:
    """
    Return a scenario that takes from `usual` what the file does not say.

    Besides the figures of `Scenario` there are `collisions = true`, a table `[avoidance]` with
    `of_tracked` and `of_active`, and a table `[sun]` with `course = "drawn"` or `"mean"`,
    `activity` to scale the mean one, or `monthly_sfu` from the start on.
    """
    if len(content) > MOST_BYTES:
        raise MessageError(f"a scenario has at most {MOST_BYTES:,} bytes", line=1)
    try:
        told = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise MessageError(f"a scenario is TOML in UTF-8: {error}", line=1) from None
    try:
        return _scenario(told, usual)
    except _Wrong as error:
        raise MessageError(str(error), line=_line(content, error.key), field=error.key) from None
    except ValueError as error:
        key = str(error).split()[0]
        raise MessageError(str(error), line=_line(content, key), field="") from None


class _Wrong(Exception):
    """What is wrong with a key."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(problem)
        self.key = key


def _line(content: bytes, key: str) -> int:
    """The first line that speaks of a key, or 1."""
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip().lstrip(b"[").startswith(key.encode()):
            return number
    return 1


def _scenario(told: dict[str, Any], usual: Scenario) -> Scenario:
    _only(told, {*FIGURES, "collisions", "avoidance", "sun"}, "a scenario")
    figures: dict[str, Any] = {
        key: _number(told[key], key, whole=key in WHOLE) for key in FIGURES if key in told
    }
    if "collisions" in told:
        if not isinstance(told["collisions"], bool):
            raise _Wrong("collisions", f"is true or false, not {told['collisions']!r}")
        figures["collisions"] = told["collisions"]
    scenario = replace(usual, **figures)
    avoidance = _table(told, "avoidance", AVOIDANCE)
    if avoidance:
        numbers = {key: _number(value, key) for key, value in avoidance.items()}
        scenario = replace(scenario, avoidance=replace(usual.avoidance, **numbers))
    sun = _table(told, "sun", SUN)
    return replace(scenario, flux=_flux(sun, scenario.start_year)) if sun else scenario


def _flux(sun: dict[str, Any], start_year: float) -> FluxScenario | None:
    course = sun.get("course", "given" if "monthly_sfu" in sun else "mean")
    if "monthly_sfu" in sun:
        if course != "given" or "activity" in sun:
            raise _Wrong(
                "monthly_sfu", "a sun with monthly_sfu has no course and no activity of its own"
            )
        months = sun["monthly_sfu"]
        if not isinstance(months, list):
            raise _Wrong("monthly_sfu", "is a list of numbers, one for each month")
        return FluxScenario(start_year, np.array([_number(one, "monthly_sfu") for one in months]))
    if course == "drawn":
        if "activity" in sun:
            raise _Wrong(
                "activity", "a drawn course has an activity of its own; leave activity out"
            )
        return None
    if course != "mean":
        raise _Wrong("course", f'is "drawn" or "mean", not {course!r}')
    return mean_cycles(start_year, activity=_number(sun.get("activity", 1.0), "activity"))


def _table(told: dict[str, Any], name: str, keys: tuple[str, ...]) -> dict[str, Any]:
    table = told.get(name, {})
    if not isinstance(table, dict):
        raise _Wrong(name, f"is a table with {', '.join(keys)}")
    _only(table, set(keys), f"[{name}]")
    return table


def _only(told: dict[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(told) - known)
    if unknown:
        raise _Wrong(unknown[0], f"{where} knows no such key; it knows {', '.join(sorted(known))}")


def _number(value: Any, name: str, *, whole: bool = False) -> Any:  # noqa: ANN401 - from TOML
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _Wrong(name, f"is a number, not {value!r}")
    if whole and not isinstance(value, int):
        raise _Wrong(name, f"is a whole number, not {value!r}")
    return value if whole else float(value)
