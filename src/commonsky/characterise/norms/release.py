"""Objects that leave a satellite fast and unannounced."""

from __future__ import annotations

from commonsky.characterise.norms.facts import Release
from commonsky.characterise.norms.knowledge import all_of, chance, chance_above, never
from commonsky.characterise.norms.verdict import Numbers, Reckoned, Result, span


def fast_release(numbers: Numbers, fact: Release) -> Result:
    """Return the probability of a fast release near others' objects, unannounced."""
    fast = chance_above(fact.separation_speed_m_s, numbers["fast_m_s"])
    silent = never(chance(fact.announced, numbers["absent_if_unfound"]))
    return Reckoned(
        ends=all_of(chance(fact.released, 0.0), fast, chance(fact.near_others, 0.0), silent),
        remarks=(
            f"faster than {numbers['fast_m_s']:g} m/s: {span(fast)}; unannounced: {span(silent)}",
            "what it was for is not seen",
        ),
        would_change=("an announcement that was overlooked", "a slower separation, observed"),
    )
