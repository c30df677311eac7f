"""What cannot be tested from outside, and what is no rule yet: both say so."""

from __future__ import annotations

from commonsky.characterise.norms.facts import Authorisation, Report, SpecialPayload
from commonsky.characterise.norms.knowledge import Answer, Belief, NotFound, all_of, chance, never
from commonsky.characterise.norms.verdict import Numbers, Reckoned, Result, Undecidable

INDICATORS = {
    "unregistered": "not in the register",
    "no_declared_function": "no function declared",
    "unusual_dose": "an orbit of unusually high radiation dose",
    "unusual_motion": "mass, size or motion unlike what is declared",
}


def not_testable(numbers: Numbers, fact: Report) -> Result:
    """Return that this cannot be determined by observing orbits."""
    del numbers
    return Undecidable(
        reasons=(f"not testable from outside; told is: {fact.text}",),
        would_decide=("what only those involved can show",),
    )


def special_payload(numbers: Numbers, fact: SpecialPayload) -> Result:
    """Return that orbits cannot decide what an object carries; indicators are no finding."""
    del numbers
    shown = [f"indicator, not finding: {text}: {_told(getattr(fact, name))}"
             for name, text in INDICATORS.items()]  # fmt: skip
    return Undecidable(
        reasons=("no orbit and no motion shows what an object carries",),
        would_decide=(
            "knowledge of the payload from inspection, or from those who built it",
            "radiation measured beside it",
        ),
        indicators=tuple(shown),
    )


def authorisation(numbers: Numbers, fact: Authorisation) -> Result:
    """Return the probability that a non-governmental object flew without an authorisation."""
    del numbers
    # That no licence was found says nothing: there is no duty to publish one.
    without, private = never(chance(fact.authorised, 0.0)), chance(fact.non_governmental, 0.0)
    return Reckoned(
        ends=all_of(without, private),
        remarks=(
            "no State has to publish its licences, so that one not found decides nothing",
            (
                "authorisation alone is tested; supervision is not seen, and an authority that "
                "acts afterwards supervises"
            ),
        ),
        would_change=("a licence that was not found",),
    )


def _told(answer: Answer) -> str:
    match answer:
        case Belief(low, high, _):
            if low == high:
                return {0.0: "no", 1.0: "yes"}.get(low, f"likely by {low:g}")
            return f"likely by {low:g} to {high:g}"
        case NotFound():
            return "searched for, not found"
        case _:
            return "not known"
