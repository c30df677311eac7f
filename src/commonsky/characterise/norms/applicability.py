"""Who is bound by a rule, and since when: a rule is never held against anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from commonsky.characterise.norms.facts import Fact
from commonsky.characterise.norms.knowledge import Day, Unknown, When
from commonsky.characterise.norms.rule import AppliesTo, Binding, Bound, Dated, Rule
from commonsky.characterise.norms.subject import Kind, Sector, Subject


@dataclass(frozen=True, slots=True)
class Applies:
    """A rule applies; `legal` says what it is worth, who is bound, and since when."""

    legal: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """A rule does not apply, and why."""

    why: str


WORTH = {
    Binding.TREATY: "a treaty: it binds the States that are parties; whether this one is a party "
    "was not looked up here",
    Binding.NATIONAL_LAW: "national law: it binds those that a State licenses",
    Binding.AGENCY_STANDARD: "an agency's standard: it binds that agency's own projects",
    Binding.GUIDELINE: "a guideline: it is asked of States and operators, and is not law",
    Binding.PLEDGE: "a pledge: it binds, politically, those who gave it, and is not law",
    Binding.PROPOSED: "a proposal: nobody is bound by it",
    Binding.OURS: "a yardstick of ours: nobody is bound by it",
}


def applicability(rule: Rule, fact: Fact, on: date) -> Applies | NotApplicable:
    """Return whether a rule is asked of a fact's subject, as things stood `on` a day."""
    subject, terms = fact.subject, rule.applies_to
    for why in _reasons_against(terms, fact, on):
        return NotApplicable(why)
    states = [one for one in terms.bound if one.state in subject.states(terms.by)]
    return Applies(tuple(_legal(rule, subject, states)))


def _reasons_against(terms: AppliesTo, fact: Fact, on: date) -> Iterator[str]:
    subject = fact.subject
    if on < terms.since:
        yield f"it begins to bind on {terms.since}, after {on}"
    if terms.kinds and subject.kind not in terms.kinds:
        yield _other("objects that are a", terms.kinds, subject.kind, Kind.UNKNOWN)
    if terms.agencies and subject.agency not in terms.agencies:
        yield _other("projects of", terms.agencies, subject.agency, "")
    if terms.sectors and subject.sector not in terms.sectors:
        yield _other("users that are", terms.sectors, subject.sector, Sector.UNKNOWN)
    since = terms.since
    if terms.bound:
        states = subject.states(terms.by)
        held = [one for one in terms.bound if one.state in states]
        if not held:
            yield _other_state(terms, states)
        else:
            since = max(since, min(one.since for one in held))
    if terms.dated is not Dated.ANY:
        yield from _too_early_or_late(terms, since, _deciding(terms.dated, fact))


def _other(of: str, those: tuple[str, ...], found: str, unknown: str) -> str:
    told = f"this one is {found}" if found != unknown else "of this one that is not known"
    return f"it is asked of {of} {', '.join(those)}; {told}"


def _other_state(terms: AppliesTo, states: tuple[str, ...]) -> str:
    named = ", ".join(one.state for one in terms.bound)
    if not states:
        return f"it binds by the {terms.by} State, which is not known here; it binds {named}"
    return f"it binds by the {terms.by} State {named}; here that is {', '.join(states)}"


def _deciding(dated: Dated, fact: Fact) -> Day:
    match dated:
        case Dated.LAUNCH:
            return fact.subject.launched
        case Dated.APPLICATION:
            return fact.subject.applied
        case Dated.END_OF_MISSION:
            return _end_of_mission(fact)
        case _:
            return fact.when


def _end_of_mission(fact: Fact) -> Day:
    """When the mission ended; where only the launch is known, some day after it."""
    day: Day = getattr(fact, "end_of_mission", fact.when)
    launched = fact.subject.launched
    if isinstance(day, Unknown) and not isinstance(launched, Unknown):
        return When(launched.first, date.max, launched.evidence)
    return day


def _too_early_or_late(terms: AppliesTo, since: date, day: Day) -> Iterator[str]:
    if isinstance(day, Unknown):
        yield f"the day of the {terms.dated}, which decides, is not known: {day.why}"
    elif day.last < since:
        yield f"the {terms.dated} was by {day.last}, before it began to bind on {since}"
    elif day.first > terms.until:
        yield f"the {terms.dated} was on {day.first} or later; it bound until {terms.until}"
    elif day.first < since or day.last > terms.until:
        yield (
            f"the {terms.dated} was from {day.first} to {day.last}: whether the rule bound then "
            f"({since} to {terms.until}) cannot be told"
        )


def _legal(rule: Rule, subject: Subject, states: list[Bound]) -> Iterator[str]:
    yield f"{rule.issuer}: {WORTH[rule.binding]}."
    terms = rule.applies_to
    here = ", ".join(subject.states(terms.by)) or "not known"
    if states:
        told = ", ".join(f"{one.state} since {max(one.since, terms.since)}" for one in states)
        yield f"Bound as {terms.by} State: {told}."
    elif rule.binding in {Binding.PROPOSED, Binding.OURS}:
        yield f"Held against all alike, whenever it was; the {terms.by} State here: {here}."
    elif rule.binding is Binding.TREATY:
        yield f"Binds every {terms.by} State that is a party, since {terms.since}; here: {here}."
    else:
        yield f"Asked of every {terms.by} State since {terms.since}; here: {here}."
    answering = set(subject.states(terms.by))
    votes = [f"{one.state} {one.vote}" for one in rule.votes if one.state in answering]
    if votes:
        yield f"Votes on the text: {', '.join(votes)}."
