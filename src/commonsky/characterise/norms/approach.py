"""Approaches, stays near others' objects, and holding on to them."""

from __future__ import annotations

from commonsky.characterise.norms.facts import Approach, Attachment
from commonsky.characterise.norms.knowledge import (
    Ends,
    all_of,
    any_of,
    chance,
    chance_above,
    chance_below,
    never,
)
from commonsky.characterise.norms.verdict import Numbers, Reckoned, Result, Undecidable, span


def approach_without_notice(numbers: Numbers, fact: Approach) -> Result:
    """
    Return the probability of coming near another operator's object, unannounced.

    Consent does not excuse: to announce is for all others too.
    """
    others = never(chance(fact.same_operator, 0.0))
    silent = never(chance(fact.notice, numbers["absent_if_unfound"]))
    return _told(numbers, fact, all_of(_near(numbers, fact), others, silent), silent)


def unsafe_approach(numbers: Numbers, fact: Approach) -> Result:
    """Return the probability of coming near, unasked, on a path that is not safe by itself."""
    near, unasked = _near(numbers, fact), _unasked(numbers, fact)
    unsafe = never(chance(fact.passively_safe, 0.0))
    told = _told(numbers, fact, all_of(near, unasked, unsafe), (0.0, 1.0))
    return Reckoned(
        ends=told.ends,
        remarks=(*told.remarks, f"not safe without further manoeuvres: {span(unsafe)}"),
        would_change=(*told.would_change, "the manoeuvres and the covariance of the approach"),
    )


def approach_to_declared(numbers: Numbers, fact: Approach) -> Result:
    """Return the probability of coming near what its owner declared to serve stability."""
    near, unasked = _near(numbers, fact), _unasked(numbers, fact)
    declared = chance(fact.other_is_declared, 0.0)
    told = _told(numbers, fact, all_of(near, unasked, declared), (0.0, 1.0))
    return Reckoned(
        ends=told.ends,
        remarks=(
            *told.remarks, f"declared by its owner: {span(declared)}",
            "nearness is what can be seen; interference cannot",
        ),
        would_change=told.would_change,
    )  # fmt: skip


def crewed_box(numbers: Numbers, fact: Approach) -> Result:
    """Return the probability of having been within the box about a crewed spacecraft."""
    sizes = (numbers["radial_km"], numbers["in_track_km"], numbers["cross_track_km"])
    inside = all_of(*(
        chance_below(offset, size) for offset, size in zip(fact.offset_ric_km, sizes, strict=True)
    ))  # fmt: skip
    crewed, unasked = chance(fact.other_is_crewed, 0.0), _unasked(numbers, fact)
    return Reckoned(
        ends=all_of(crewed, inside, unasked),
        remarks=(
            (
                f"within ±{sizes[0]:g}, {sizes[1]:g}, {sizes[2]:g} km radial, in-track, "
                f"cross-track: {span(inside)}"
            ),
        ),
        would_change=("an ephemeris of either operator",),
    )


def contact_without_consent(numbers: Numbers, fact: Attachment) -> Result:
    """Return the probability of holding on to another State's object without its consent."""
    contact, own = chance(fact.contact, 0.0), chance(fact.same_registry, 0.0)
    unasked = never(chance(fact.consent, numbers["absent_if_unfound"]))
    return Reckoned(
        ends=all_of(contact, never(own), unasked),
        remarks=(
            (
                f"contact: {span(contact)}; another registry's: {span(never(own))}; "
                f"without consent: {span(unasked)}"
            ),
        ),
        would_change=("a statement of the other's State of registry",),
    )


def due_regard(numbers: Numbers, fact: object) -> Result:
    """Return that this cannot be determined: it turns on what the acting State itself believed."""
    del numbers, fact
    return Undecidable(
        reasons=(
            "the duty to consult turns on what the acting State itself has reason to believe",
            "consultations need not be public: that none is known does not say that none were",
        ),
        would_decide=("the States' own records of what they believed, and of consultations",),
    )


def _near(numbers: Numbers, fact: Approach) -> Ends:
    """Nearer than a distance and for longer than in passing, by the subject's own motion."""
    return all_of(
        chance(fact.by_subject, 0.0),
        chance_below(fact.separation_km, numbers["near_km"]),
        chance_above(fact.dwell_h, numbers["dwell_h"]),
    )


def _unasked(numbers: Numbers, fact: Approach) -> Ends:
    """Neither with the other's consent nor within one operator's own fleet."""
    return never(any_of(
        chance(fact.consent, numbers["absent_if_unfound"]), chance(fact.same_operator, 0.0)
    ))  # fmt: skip


def _told(numbers: Numbers, fact: Approach, ends: Ends, silent: Ends) -> Reckoned:
    near = chance_below(fact.separation_km, numbers["near_km"])
    stays = chance_above(fact.dwell_h, numbers["dwell_h"])
    remarks = [
        f"nearer than {numbers['near_km']:g} km: {span(near)}",
        f"for longer than {numbers['dwell_h']:g} h: {span(stays)}",
    ]
    if silent != (0.0, 1.0):
        remarks.append(f"without notice: {span(silent)}")
    return Reckoned(
        ends=ends,
        remarks=tuple(remarks),
        would_change=(
            (
                "an operator's ephemeris: public element sets have carried both 'too close' and a "
                "harmless distance for one event"
            ),
            "a notice or a consent that was not found",
        ),
    )
