"""Debris that was made or left: break-ups that were intended, and objects that were released."""

from __future__ import annotations

from commonsky.characterise.norms.facts import Fragmentation, ReleasedObjects
from commonsky.characterise.norms.intent import intention
from commonsky.characterise.norms.knowledge import (
    Ends,
    all_of,
    any_of,
    chance,
    chance_above,
    never,
)
from commonsky.characterise.norms.verdict import Numbers, Reckoned, Result, span


def long_lived_debris(numbers: Numbers, fact: Fragmentation) -> Result:
    """
    Return the probability that a break-up was intended and left debris for long.

    Long is by two numbers that the rule names: object-years, and fragments that stay longer than a
    year.
    """
    lasting, intended = _lasting(numbers, fact), intention(numbers, fact.questions)
    return Reckoned(
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
    return Reckoned(
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


def _lasting(numbers: Numbers, fact: Fragmentation) -> Ends:
    return any_of(
        chance_above(fact.object_years, numbers["most_object_years"]),
        chance_above(fact.lasting_a_year, numbers["most_lasting_a_year"]),
    )


def post_mission_breakup(numbers: Numbers, fact: Fragmentation) -> Result:
    """Return the probability that it broke up by itself, after its mission: energy was left."""
    del numbers
    after, internal = chance(fact.after_end_of_mission, 0.0), chance(fact.internal_cause, 0.0)
    return Reckoned(
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
    return Reckoned(
        ends=all_of(chance_above(fact.count, numbers["most_count"]), avoidable),
        would_change=("a design that shows why they could not be kept",),
    )


def released_object_years(numbers: Numbers, fact: ReleasedObjects) -> Result:
    """Return the probability that what was released stays too long, or adds up to too much."""
    total = chance_above(fact.object_years, numbers["most_object_years"])
    single = chance_above(fact.longest_years, numbers["most_years"])
    return Reckoned(
        ends=any_of(total, single),
        remarks=(
            (
                f"in all above {numbers['most_object_years']:g} object-years: {span(total)}; "
                f"one above {numbers['most_years']:g} years: {span(single)}"
            ),
        ),
        would_change=("lifetimes measured from how the orbits sink",),
    )
