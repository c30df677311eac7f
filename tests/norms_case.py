"""Rules, facts and precedents for the tests of norms."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from commonsky.characterise.norms.check import check
from commonsky.characterise.norms.fact_toml import KINDS, fact_of
from commonsky.characterise.norms.facts import (
    Alternative,
    Approach,
    Attachment,
    Fact,
    GeoDisposal,
    Lifetime,
)
from commonsky.characterise.norms.findings import Finding
from commonsky.characterise.norms.intent import usual_questions
from commonsky.characterise.norms.knowledge import (
    Answer,
    Belief,
    Between,
    Day,
    LogNormal,
    Normal,
    NotFound,
    Quantity,
    Unknown,
    When,
    exactly,
    yes,
)
from commonsky.characterise.norms.rule import AppliesTo, Bound, Dated, Rule, Vote
from commonsky.characterise.norms.rulebook import rulebook
from commonsky.characterise.norms.subject import Capacity, Kind, Subject

ON = date(2026, 11, 27)
PRECEDENTS = Path(__file__).parent / "reference" / "norm_precedents.toml"
NOT_SEARCHED = Unknown("not searched")


@dataclass(frozen=True)
class Precedent:
    id: str
    of: tuple[str, ...]
    facts: tuple[Fact, ...]
    expect: tuple[dict[str, Any], ...]


def precedents() -> list[Precedent]:
    told = tomllib.loads(PRECEDENTS.read_text(encoding="utf-8"))["precedent"]
    return [
        Precedent(
            one["id"], tuple(one["of"]), tuple(fact_of(fact) for fact in one["fact"]),
            tuple(one["expect"]),
        )
        for one in told
    ]  # fmt: skip


def rule(rule_id: str) -> Rule:
    return next(one for one in rulebook() if one.id == rule_id)


def for_everybody(one: Rule) -> Rule:
    """The same rule, asked of everybody and always."""
    return replace(
        one, applies_to=AppliesTo(by=Capacity.OPERATING, dated=Dated.ANY, since=date(1900, 1, 1))
    )


def judged(rule_id: str, fact: Fact, on: date = ON) -> Finding:
    """What one rule says of one fact, whomever it binds."""
    (told,) = check([for_everybody(rule(rule_id))], [fact], on)
    return told


def day(year: int, month: int = 1, number: int = 1) -> When:
    told = date(year, month, number)
    return When(told, told, ("a day",))


def subject(**more: Any) -> Subject:
    told: dict[str, Any] = {
        "object_number": 900_000_001, "name": "one", "kind": Kind.PAYLOAD, "operating": ("NOR",),
        "launched": day(2015),
    }  # fmt: skip
    return Subject(**(told | more))


def geo_disposal(perigee: Quantity, apogee: Quantity, ratio: Quantity, **more: Any) -> GeoDisposal:
    told: dict[str, Any] = {
        "subject": subject(), "when": day(2022), "ended": yes("operator"),
        "perigee_above_geo_km": perigee, "apogee_above_geo_km": apogee,
        "area_to_mass_cr_m2_kg": ratio, "stays_clear": NOT_SEARCHED,
    }  # fmt: skip
    return GeoDisposal(**(told | more))


def lifetime(height_km: float, **more: Any) -> Lifetime:
    told: dict[str, Any] = {
        "subject": subject(), "when": day(2026), "ended": yes("operator"),
        "end_of_mission": day(2025, 12, 15), "perigee_km": exactly(height_km, 3),
        "apogee_km": exactly(height_km, 3), "inclination_rad": exactly(1.7, 3),
        "area_to_mass_m2_kg": LogNormal(0.01, 0.3, ("assumed",)),
        "drag_coefficient": LogNormal(2.2, 0.15, ("assumed",)),
        "crossed_low_orbits": yes(3), "operational_years": exactly(5.0, "operator"),
    }  # fmt: skip
    return Lifetime(**(told | more))


def approach(separation: Quantity, **more: Any) -> Approach:
    told: dict[str, Any] = {
        "subject": subject(),
        "other": subject(object_number=900_000_002, name="other", operating=("CAN",)),
        "when": day(2024), "separation_km": separation,
        "offset_ric_km": (NOT_SEARCHED, NOT_SEARCHED, NOT_SEARCHED),
        "dwell_h": exactly(100.0, 5), "by_subject": yes(4), "notice": NotFound(("notices",)),
        "consent": Belief(0.0, 0.0, ("its operator",)),
        "same_operator": Belief(0.0, 0.0, ("register",)), "passively_safe": NOT_SEARCHED,
        "other_is_crewed": NOT_SEARCHED, "other_is_declared": NOT_SEARCHED,
    }  # fmt: skip
    return Approach(**(told | more))


def attachment(**more: Any) -> Attachment:
    told: dict[str, Any] = {
        "subject": subject(), "other": subject(name="other"), "when": day(2024),
        "contact": yes("images"), "same_registry": Belief(0.0, 0.0, ("register",)),
        "consent": NOT_SEARCHED,
    }  # fmt: skip
    return Attachment(**(told | more))


# Facts of every kind, drawn.  Evidence is of a small pool, so that what is withdrawn hits.

POOL: tuple[int | str, ...] = (1, 2, 3, 4, "notice", "register", "images")
EVIDENCE = st.lists(st.sampled_from(POOL), min_size=1, max_size=2).map(tuple)
NUMBERS = st.one_of(
    st.floats(0.0, 1.0), st.floats(0.0, 120.0), st.floats(-300.0, 900.0), st.just(0.0)
)
UNKNOWNS = st.builds(Unknown, st.just("never measured"))


def quantities(numbers: st.SearchStrategy[float] = NUMBERS) -> st.SearchStrategy[Quantity]:
    pairs = st.tuples(numbers, numbers).map(sorted)
    return st.one_of(
        UNKNOWNS,
        st.builds(lambda one, e: Between(one, one, e), numbers, EVIDENCE),
        st.builds(lambda two, e: Between(two[0], two[1], e), pairs, EVIDENCE),
        st.builds(Normal, numbers, st.floats(0.01, 30.0), EVIDENCE),
        st.builds(LogNormal, st.floats(0.001, 100.0), st.floats(0.05, 1.0), EVIDENCE),
    )


@st.composite
def _beliefs(draw: st.DrawFn) -> Belief:
    low, high = sorted(draw(st.tuples(*[st.sampled_from([0.0, 0.2, 0.9, 1.0])] * 2)))
    return Belief(low, high, draw(EVIDENCE))


ANSWERS: st.SearchStrategy[Answer] = st.one_of(
    UNKNOWNS, st.builds(NotFound, EVIDENCE), _beliefs()
)  # fmt: skip
DAYS: st.SearchStrategy[Day] = st.one_of(
    UNKNOWNS,
    st.builds(
        lambda two, e: When(min(two), max(two), e),
        st.tuples(*[st.dates(date(1980, 1, 1), date(2026, 1, 1))] * 2), EVIDENCE,
    ),
)  # fmt: skip
LONGITUDES = st.floats(226.0, 228.0)
OTHERS = st.just(subject(object_number=900_000_002, name="other", operating=("CAN",)))
SUBJECTS = st.just(subject())


@st.composite
def _questions(draw: st.DrawFn) -> Any:
    names = draw(st.sets(st.sampled_from(["announced", "launch", "met", "blow"])))
    return usual_questions({name: draw(ANSWERS) for name in sorted(names)})


BY_TYPE: Mapping[str, st.SearchStrategy[Any]] = {
    "Subject": SUBJECTS, "Day": DAYS, "str": st.sampled_from(["fixed", "other"]),
    "int": st.integers(1, 80), "float": st.just(7.0), "Answer": ANSWERS, "Quantity": quantities(),
    "tuple[Alternative, ...]": st.lists(
        st.builds(Alternative, text=st.just("another"), likelihood=ANSWERS), max_size=1
    ).map(tuple),
    "tuple[Question, ...]": _questions(),
    "tuple[Quantity, ...]": st.lists(quantities(LONGITUDES), max_size=6).map(tuple),
    "tuple[Answer, ...]": st.lists(ANSWERS, max_size=8).map(tuple),
    "tuple[Quantity, Quantity, Quantity]": st.tuples(*[quantities()] * 3),
}  # fmt: skip


@st.composite
def facts_of_kind(draw: st.DrawFn, name: str) -> Fact:
    """A fact of a kind, whatever is known of it."""
    kind = KINDS[name]
    told = {field.name: draw(BY_TYPE[str(field.type)]) for field in fields(kind)}
    if name == "SlotKeeping":
        told["filed_longitude_deg"] = draw(quantities(LONGITUDES))
    return kind(**told)


def relabelled(states: tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names.get(one, one) for one in states)


def renamed_subject(one: Subject, names: Mapping[str, str]) -> Subject:
    return replace(
        one, launching=relabelled(one.launching, names),
        registering=relabelled(one.registering, names),
        licensing=relabelled(one.licensing, names), operating=relabelled(one.operating, names),
    )  # fmt: skip


def renamed_fact(fact: Fact, names: Mapping[str, str]) -> Fact:
    changed: dict[str, Any] = {"subject": renamed_subject(fact.subject, names)}
    other = getattr(fact, "other", None)
    if other is not None:
        changed["other"] = renamed_subject(other, names)
    return replace(fact, **changed)


def renamed_rule(one: Rule, names: Mapping[str, str]) -> Rule:
    """The same rule with its tables of who is bound, and who voted, under other labels."""
    terms = replace(
        one.applies_to,
        bound=tuple(Bound(names.get(b.state, b.state), b.since) for b in one.applies_to.bound),
    )
    votes = tuple(Vote(names.get(v.state, v.state), v.vote) for v in one.votes)
    return replace(one, applies_to=terms, votes=votes)
