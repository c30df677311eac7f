"""Whether others were told before: of launches, re-entries and predicted collisions."""

from __future__ import annotations

from commonsky.characterise.norms.facts import Conjunction, LaunchNotice, ReentryNotice
from commonsky.characterise.norms.knowledge import all_of, chance, chance_above, never
from commonsky.characterise.norms.verdict import Numbers, Reckoned, Result, span


def launch_notice(numbers: Numbers, fact: LaunchNotice) -> Result:
    """Return the probability of a launch of which seafarers and pilots were not told."""
    return Reckoned(
        ends=all_of(
            chance(fact.launched, 0.0),
            never(chance(fact.notice, numbers["absent_if_unfound"])),
        ),
        remarks=("notices between States under the Hague Code are not public",),
        would_change=("a notice to mariners or airmen that was overlooked",),
    )


def reentry_notice(numbers: Numbers, fact: ReentryNotice) -> Result:
    """Return the probability of a hazardous, uncontrolled re-entry of which nobody was told."""
    hazard = all_of(chance(fact.hazardous, 0.0), chance(fact.uncontrolled, 0.0))
    return Reckoned(
        ends=all_of(hazard, never(chance(fact.notice, numbers["absent_if_unfound"]))),
        remarks=(f"hazardous and uncontrolled: {span(hazard)}; no hours are set",),
        would_change=("a notice that was overlooked, or went to those at risk alone",),
    )


def conjunction_response(numbers: Numbers, fact: Conjunction) -> Result:
    """Return the probability that a high risk was met with neither manoeuvre nor word."""
    high = _high(numbers, fact)
    absent = numbers["absent_if_unfound"]
    idle = all_of(never(chance(fact.manoeuvred, absent)), never(chance(fact.coordinated, absent)))
    return Reckoned(
        ends=all_of(high, chance(fact.able, 0.0), idle),
        remarks=(
            f"collision probability above {numbers['high_risk']:g}: {span(high)}",
            "public element sets rarely carry such a probability; the operators' own numbers do",
        ),
        would_change=("a coordination between the operators that was not public",),
    )


def collision_notice(numbers: Numbers, fact: Conjunction) -> Result:
    """Return the probability that the other side of a high risk was not told."""
    high = _high(numbers, fact)
    return Reckoned(
        ends=all_of(high, never(chance(fact.other_told, numbers["absent_if_unfound"]))),
        remarks=(f"collision probability above {numbers['high_risk']:g}: {span(high)}",),
        would_change=("a message to the other side that was not public",),
    )


def _high(numbers: Numbers, fact: Conjunction) -> tuple[float, float]:
    return chance_above(fact.collision_probability, numbers["high_risk"])
