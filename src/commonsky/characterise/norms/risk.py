"""Risks that are left behind: collisions until re-entry, people on the ground."""

from __future__ import annotations

import math
from collections.abc import Sequence

from commonsky.characterise.norms.facts import Casualty, CollisionRisk, NuclearSource
from commonsky.characterise.norms.knowledge import (
    Quantity,
    all_of,
    chance,
    chance_above,
    chance_below,
    points,
)
from commonsky.characterise.norms.verdict import Numbers, Reckoned, Result, span

NODES = 101
MOST_YEARS = 1e9


def collision_risk(numbers: Numbers, fact: CollisionRisk) -> Result:
    """Return how likely a collision with what is above 10 cm is likelier than allowed."""
    return _risk(fact.expected_over_10_cm, numbers["most_probability"], "10 cm")


def small_collision_risk(numbers: Numbers, fact: CollisionRisk) -> Result:
    """Return the same for what is above 1 cm."""
    return _risk(fact.expected_over_1_cm, numbers["most_probability"], "1 cm")


def _risk(expected: Quantity, most: float, size: str) -> Reckoned:
    # P = 1 - exp(-expected), so that a limit of P is one of what is expected.
    ends = chance_above(expected, -math.log1p(-most))
    return Reckoned(
        ends=ends,
        remarks=(f"to meet what is above {size} is likelier than {most:g}: {span(ends)}",),
        would_change=("a lower flux, a smaller area, a shorter stay",),
    )


def casualty(numbers: Numbers, fact: Casualty) -> Result:
    """Return the probability that more people are to be expected hurt than allowed."""
    ends = chance_above(fact.expectation, numbers["most_expected"])
    return Reckoned(
        ends=ends,
        remarks=(f"above {numbers['most_expected']:g} expected: {span(ends)}",),
        would_change=("what survives, from its builder", "a controlled re-entry"),
    )


def casualty_on_site(numbers: Numbers, fact: Casualty) -> Result:
    """Return the same for a controlled re-entry onto the launch site."""
    above = chance_above(fact.expectation, numbers["most_expected"])
    return Reckoned(
        ends=all_of(chance(fact.on_site, 0.0), above),
        remarks=(f"above {numbers['most_expected']:g} expected: {span(above)}",),
        would_change=("what survives, from its builder",),
    )


def casualty_area_m2(areas_m2: Sequence[float], person_m2: float) -> float:
    """
    Return the area within which surviving pieces hurt a person, each piece's with a person's.

    Reference: NASA-STD-8719.14C, 4.7: the sum of (0.6 + sqrt(area))² with 0.6 m = sqrt(person_m2).
    """
    return sum((math.sqrt(person_m2) + math.sqrt(area)) ** 2 for area in areas_m2)


def nuclear_orbit(numbers: Numbers, fact: NuclearSource) -> Result:
    """Return the probability that a reactor's orbit ends before its inventory has decayed."""
    del numbers
    low_need, high_need = points(fact.needed_years, NODES, 0.0, MOST_YEARS)
    low = [chance_below(fact.lifetime_years, one)[0] for one in low_need]
    high = [chance_below(fact.lifetime_years, one)[1] for one in high_need]
    early = sum(low) / NODES, sum(high) / NODES
    return Reckoned(
        ends=all_of(chance(fact.reactor, 0.0), early),
        remarks=(
            (
                f"comes down before its inventory has decayed to the activity of the actinides: "
                f"{span(early)}; the text sets no number of years"
            ),
        ),
        would_change=("the inventory, from its State",),
    )
