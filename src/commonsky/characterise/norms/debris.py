"""Debris that was made or left: break-ups that were intended, and objects that were released."""

from __future__ import annotations

import math
from collections.abc import Sequence

from commonsky.characterise.norms.facts import Fragmentation, Question, ReleasedObjects
from commonsky.characterise.norms.knowledge import (
    Ends,
    all_of,
    any_of,
    chance,
    chance_above,
    never,
)
from commonsky.characterise.norms.verdict import Numbers, Result, Tested, span


def long_lived_debris(numbers: Numbers, fact: Fragmentation) -> Result:
    """
    Return the probability that a break-up was intended and left debris for long.

    Long is by two numbers that the rule names: object-years, and fragments that stay longer than a
    year.
    """
    lasting, intended = _lasting(numbers, fact), intention(numbers, fact.questions)
    return Tested(
        ends=all_of(intended, lasting),
        remarks=(
            f"intended with probability {span(intended)}",
            (
                f"more than {numbers['most_object_years']:g} object-years, or more than "
                f"{numbers['most_lasting_a_year']:g} fragments that stay a year: {span(lasting)}"
            ),
        ),
        would_change=(
            "evidence of another cause: a collision, a battery, what was left in a tank",
            "lifetimes of the fragments measured from how their orbits sink",
        ),
    )


def destructive_test(numbers: Numbers, fact: Fragmentation) -> Result:
    """Return the probability that a break-up was an intended one by direct ascent."""
    intended, ascent = intention(numbers, fact.questions), chance(fact.direct_ascent, 0.0)
    return Tested(
        ends=all_of(intended, ascent),
        remarks=(
            f"intended with probability {span(intended)}",
            f"struck from a direct ascent: {span(ascent)}",
        ),
        would_change=(
            "a statement of whoever did it",
            "a catalogued object that met the parent at that time",
        ),
    )


def intention(numbers: Numbers, questions: Sequence[Question]) -> Ends:
    """
    Return how likely a break-up was intended, by Bayes over a range of priors.

    A question without an answer may have been answered either way: the ends are the extremes over
    all its answers.
    """
    most = least = 0.0
    for one in questions:
        logs = _logs_of(one, numbers["absent_if_unfound"])
        least, most = least + min(logs), most + max(logs)
    return (
        _posterior(numbers["prior_low"], least),
        _posterior(numbers["prior_high"], most),
    )


def _logs_of(question: Question, absent_if_unfound: float) -> tuple[float, float]:
    """Logarithms of the likelihood ratio at the ends of what its answer may be."""
    ends = chance(question.answer, absent_if_unfound)
    yes, no = (
        question.yes_if_intended / question.yes_if_not,
        (1.0 - question.yes_if_intended) / (1.0 - question.yes_if_not),
    )
    first, second = (math.log(end * yes + (1.0 - end) * no) for end in ends)
    return first, second


def _posterior(prior: float, log_ratio: float) -> float:
    odds = prior / (1.0 - prior) * math.exp(min(log_ratio, 700.0))
    return odds / (1.0 + odds)


def _lasting(numbers: Numbers, fact: Fragmentation) -> Ends:
    return any_of(
        chance_above(fact.object_years, numbers["most_object_years"]),
        chance_above(fact.lasting_a_year, numbers["most_lasting_a_year"]),
    )


def post_mission_breakup(numbers: Numbers, fact: Fragmentation) -> Result:
    """Return the probability that it broke up by itself, after its mission: energy was left."""
    del numbers
    after, internal = chance(fact.after_end_of_mission, 0.0), chance(fact.internal_cause, 0.0)
    return Tested(
        ends=all_of(after, internal),
        remarks=(
            f"after the end of its mission: {span(after)}; from within: {span(internal)}",
            (
                "one event: this object was not made safe, or making it safe failed; a rate needs "
                "the whole series of its design"
            ),
        ),
        would_change=("evidence of a collision", "a mission that had not ended"),
    )


def released_objects(numbers: Numbers, fact: ReleasedObjects) -> Result:
    """Return the probability that objects were released that could have been kept."""
    avoidable = never(chance(fact.unavoidable, numbers["absent_if_unfound"]))
    return Tested(
        ends=all_of(chance_above(fact.count, numbers["most_count"]), avoidable),
        would_change=("a design that shows why they could not be kept",),
    )


def released_object_years(numbers: Numbers, fact: ReleasedObjects) -> Result:
    """Return the probability that what was released stays too long, or adds up to too much."""
    total = chance_above(fact.object_years, numbers["most_object_years"])
    single = chance_above(fact.longest_years, numbers["most_years"])
    return Tested(
        ends=any_of(total, single),
        remarks=(
            (
                f"in all above {numbers['most_object_years']:g} object-years: {span(total)}; "
                f"one above {numbers['most_years']:g} years: {span(single)}"
            ),
        ),
        would_change=("lifetimes measured from how the orbits sink",),
    )
