"""
Whether drag ends an orbit in time: a probability over the Sun's course, area-to-mass and drag.

All orbits that begin in one month see the same draws of the Sun's cycles, so that differences
between them are no chance of the draw; that the draws are finitely many is in the interval.  Where
a Sun that is quiet for ever, or active for ever, leaves no doubt, nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from commonsky.assess.binomial import interval_95
from commonsky.astro.arrays import Floats
from commonsky.characterise.norms.facts import Lifetime
from commonsky.characterise.norms.knowledge import (
    Ends,
    Quantity,
    Unknown,
    When,
    all_of,
    any_of,
    chance,
    chance_below,
    points,
    year_of,
)
from commonsky.characterise.norms.verdict import Function, Numbers, Reckoned, Result, span
from commonsky.environment.lifetime import MOST_YEARS, Orbits, lifetime_years
from commonsky.environment.solar_flux import QUIET_SFU, FluxScenario, drawn_cycles

DRAWS = 60
SEED = 7
LOW_ORBITS_KM = 2000.0
ACTIVE_SFU = 1000.0  # the density table takes what is beyond it as its most
LONG_AGO_YEARS = -1000.0
# Floors and ceilings of what is unknown: wider than anything measured.
RATIO_M2_KG, COEFFICIENT, HEIGHT_KM = (1e-4, 100.0), (1.0, 5.0), (0.0, 4e5)
Limit = tuple[float, float]  # years allowed, at least and at most
Allowed = Callable[[Numbers, Lifetime], Limit]


class _Case(NamedTuple):
    """One orbit at its shortest or its longest life, as it is in each draw, (draws,)."""

    perigee_km: Floats
    apogee_km: Floats
    inclination_rad: Floats
    ballistic_m2_kg: Floats  # drag coefficient times area-to-mass


def within(allowed: Allowed) -> Function:
    """Return the test of a limit in years, which may depend on the fact."""

    def tested(numbers: Numbers, facts: Sequence[Lifetime]) -> list[Result]:
        limits = [allowed(numbers, fact) for fact in facts]
        longer = outlasting(facts, limits)
        return [_result(*each) for each in zip(facts, longer, limits, strict=True)]

    return tested


def fixed_limit(numbers: Numbers, fact: Lifetime) -> Limit:
    """Return a limit that is the same for all."""
    del fact
    return numbers["most_years"], numbers["most_years"]


def by_operation(numbers: Numbers, fact: Lifetime) -> Limit:
    """
    Return the limit by length of operation: so many times it, but never above a cap.

    For missions shorter than a given length it is a fixed number of years.
    """
    short = numbers["short_mission_limit_years"]
    brief = chance_below(fact.operational_years, numbers["short_mission_years"])
    least, most = points(fact.operational_years, 41, 0.0, MOST_YEARS)
    cap, times = numbers["cap_years"], numbers["times_operation"]
    low, high = min(times * float(least[0]), cap), min(times * float(most[-1]), cap)
    if brief == (1.0, 1.0):
        return short, short
    if brief == (0.0, 0.0):
        return low, high
    return min(short, low), max(short, high)


def outlasting(facts: Sequence[Lifetime], limits: Sequence[Limit]) -> list[Ends]:
    """Return how likely each orbit lasts longer than its limit, counted from its mission's end."""
    ends: list[Ends] = [(0.0, 1.0)] * len(facts)
    by_start: dict[float, list[int]] = {}
    for k, fact in enumerate(facts):
        if isinstance(fact.when, When) and not isinstance(fact.inclination_rad, Unknown):
            by_start.setdefault(_month(fact.when), []).append(k)
    for start, places in by_start.items():
        shortest = [_case(facts[k], longest=False) for k in places]
        longest = [_case(facts[k], longest=True) for k in places]
        left = [_left_years(facts[k], start, limits[k]) for k in places]
        # Together, for one course of the Sun is as much work for two orbits as for one.
        limits_of_both = [most for _, most in left] + [least for least, _ in left]
        both = _longer(shortest + longest, start, limits_of_both)
        for k, (least, _), (_, most) in zip(
            places, both[: len(places)], both[len(places) :], strict=True
        ):
            ends[k] = least, max(most, least)
    return ends


def _month(when: When) -> float:
    """The beginning of the month an orbit is of, as a year."""
    return float(np.floor(12.0 * year_of(when.first) + 1e-9) / 12.0)


def _left_years(fact: Lifetime, start: float, limit: Limit) -> Limit:
    """How many years are left from the orbit's day on, at least and at most."""
    if isinstance(fact.end_of_mission, Unknown):
        return LONG_AGO_YEARS, limit[1]
    first, last = year_of(fact.end_of_mission.first), year_of(fact.end_of_mission.last)
    return limit[0] - max(start - first, 0.0), limit[1] - max(start - last, 0.0)


def _case(fact: Lifetime, *, longest: bool) -> _Case:
    """A fact's orbit at what makes it last longest or shortest, for each draw."""
    up, down = (1, 0) if longest else (0, 1)
    ballistic = (
        _drawn(fact.area_to_mass_m2_kg, 1, RATIO_M2_KG)[down]
        * _drawn(fact.drag_coefficient, 2, COEFFICIENT)[down]
    )
    perigee = _drawn(fact.perigee_km, 3, HEIGHT_KM)[up]
    apogee = _drawn(fact.apogee_km, 3, HEIGHT_KM)[up]
    tilt = _drawn(fact.inclination_rad, 4, (0.0, np.pi))[up]
    return _Case(perigee, np.maximum(apogee, perigee), tilt, ballistic)


def _drawn(value: Quantity, stream: int, held: tuple[float, float]) -> tuple[Floats, Floats]:
    """Even quantiles, in an order of their own for each kind of value; least and most."""
    order = np.random.default_rng([SEED, stream]).permutation(DRAWS)
    low, high = points(value, DRAWS, *held)
    return low[order], high[order]


def _longer(cases: Sequence[_Case], start: float, left: Sequence[float]) -> list[Ends]:
    """How likely each case lasts longer than what is left to it, with the chance of the draw."""
    years = np.array(left)
    most = min(max(float(years.max()), 0.1), MOST_YEARS)
    sure = _steady(cases, start, most, ACTIVE_SFU, kindest=False) > years
    never = _steady(cases, start, most, QUIET_SFU, kindest=True) <= years
    told: list[Ends] = [(1.0, 1.0) if one else (0.0, 0.0) for one in sure]
    open_ = np.flatnonzero(~sure & ~never)
    if len(open_):
        lasting = (
            _drawn_years([cases[k] for k in open_.tolist()], start, most) > years[open_, None]
        )
        for k, count in zip(open_.tolist(), lasting.sum(axis=1).tolist(), strict=True):
            told[k] = _interval(count)
    return told


@cache
def _interval(count: int) -> Ends:
    return interval_95(count, DRAWS)


def _steady(
    cases: Sequence[_Case], start: float, most: float, sfu: float, *, kindest: bool
) -> Floats:
    """(n,) years under a Sun that never changes, at the kindest or hardest of all draws."""
    height, drag = (np.max, np.min) if kindest else (np.min, np.max)
    orbits = Orbits(
        np.array([height(case.perigee_km) for case in cases]),
        np.array([height(case.apogee_km) for case in cases]),
        np.array([case.inclination_rad.mean() for case in cases]),
        np.array([drag(case.ballistic_m2_kg) for case in cases]),
    )
    return _lasting(orbits, FluxScenario(start, np.full(12, sfu)), start, most)


def _drawn_years(cases: Sequence[_Case], start: float, most: float) -> Floats:
    """(n, draws) years until re-entry, inf for what lasts longer than anybody asks."""
    told = np.empty((len(cases), DRAWS))
    columns = [np.array([case[k] for case in cases]) for k in range(4)]
    for draw, rng in enumerate(np.random.default_rng(SEED).spawn(DRAWS)):
        orbits = Orbits(*(column[:, draw] for column in columns))
        told[:, draw] = _lasting(orbits, drawn_cycles(start, most, rng), start, most)
    return told


def _lasting(orbits: Orbits, flux: FluxScenario, start: float, most: float) -> Floats:
    # The drag coefficient is in the ratio already.
    years = lifetime_years(
        orbits, flux, start_year=start, most_years=most, drag_coefficient=1.0
    )  # fmt: skip
    return np.nan_to_num(years, nan=np.inf, posinf=np.inf)


def _result(fact: Lifetime, longer: Ends, limit: Limit) -> Reckoned:
    """Reckon in whether the mission ended, and whether low orbits were crossed at all."""
    scope = any_of(
        chance_below(fact.perigee_km, LOW_ORBITS_KM), chance(fact.crossed_low_orbits, 0.0)
    )
    years = f"{limit[0]:g}" if limit[0] == limit[1] else f"{limit[0]:g} to {limit[1]:g}"
    return Reckoned(
        ends=all_of(chance(fact.ended, 0.0), scope, longer),
        remarks=(
            (
                f"lasts longer than {years} years with probability {span(longer)}, over "
                "courses of the Sun, area-to-mass ratio and drag coefficient"
            ),
        ),
        would_change=(
            "a lower perigee, or an area-to-mass ratio measured from how the orbit sinks",
            "a later end of mission: the clock runs from it",
        ),
    )
