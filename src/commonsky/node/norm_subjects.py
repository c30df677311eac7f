"""Objects as norms ask for them: who answers for what, from registers and what people know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from commonsky.characterise.norms.knowledge import (
    Answer,
    Belief,
    Day,
    NotFound,
    Unknown,
    When,
    no,
    yes,
)
from commonsky.characterise.norms.subject import Kind, Subject
from commonsky.formats.registry import Entry
from commonsky.node.circumstances import About, Circumstance
from commonsky.node.circumstances import Answer as Said

REGISTER = "the register"
KINDS = {
    "PAYLOAD": Kind.PAYLOAD, "ROCKET BODY": Kind.ROCKET_BODY, "DEBRIS": Kind.DEBRIS,
}  # fmt: skip
ACTIVE, DOWN = "+", "D"
STAGE, STAGES_END = "ROCKET BODY", "a stage has done its work on the day of its launch"


def subject_of(entry: Entry, name: str) -> Subject:
    """Return an object with those who answer for it; what a register does not say stays open."""
    owner = (entry.state,) if entry.state else ()
    return Subject(
        object_number=entry.number,
        name=name or entry.name,
        kind=KINDS.get(entry.kind, Kind.UNKNOWN),
        launching=owner,
        registering=(entry.registering_state,) if entry.registering_state else (),
        licensing=(entry.licensing_state,) if entry.licensing_state else (),
        operating=owner,
        agency=entry.owner,
        launched=day_of(entry.launched, REGISTER),
        withheld=entry.withheld,
    )


def day_of(text: str, source: str, until: str = "") -> Day:
    """Return a day, or a span of days; nothing is known where there is no text."""
    if not text:
        return Unknown(f"{source} does not say")
    return When(date.fromisoformat(text[:10]), date.fromisoformat((until or text)[:10]), (source,))


def said(circumstances: Sequence[Circumstance], kind: About, number: int) -> Answer:
    """Return what people say of one question about an object; the surest answer stands."""
    about = [one for one in circumstances if one.kind is kind and number in one.objects]
    for one in about:
        if one.answer is Said.YES:
            return _weighed(one)
    for one in about:
        if one.answer is Said.NO:
            return NotFound((one.source,))
    return Unknown("nobody says that it was searched for")


def _weighed(one: Circumstance) -> Answer:
    if one.likelihood is None:
        return yes(one.source)
    return Belief(one.likelihood, one.likelihood, (one.source,))


def ended(entry: Entry, circumstances: Sequence[Circumstance]) -> Answer:
    """Return whether an object's mission is over."""
    told = said(circumstances, About.END_OF_MISSION, entry.number)
    if not isinstance(told, Unknown):
        return told
    if entry.end_of_mission or entry.status == DOWN:
        return yes(REGISTER)
    if entry.kind == STAGE:
        return yes(STAGES_END)
    if entry.status == ACTIVE:
        return no(REGISTER)
    return Unknown("neither a register nor anybody else says whether its mission is over")


def end_of_mission(entry: Entry, circumstances: Sequence[Circumstance]) -> Day:
    """Return the day from which disposal is counted."""
    for one in circumstances:
        if one.kind is About.END_OF_MISSION and entry.number in one.objects and one.day:
            return day_of(one.day, one.source, one.day_until or "")
    if entry.kind == STAGE and not entry.end_of_mission:
        return day_of(entry.launched, STAGES_END)
    return day_of(entry.end_of_mission, REGISTER)
