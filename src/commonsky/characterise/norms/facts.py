"""
What happened, as rules ask for it; however it was detected.

Each value names the evidence it rests on, and what is unknown says why.  Two sources that differ
are two facts, told apart by `told_by`: they stand side by side and are never averaged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from commonsky.characterise.norms.knowledge import (
    Answer,
    Belief,
    Between,
    Day,
    Evidence,
    LogNormal,
    Normal,
    NotFound,
    Quantity,
    Unknown,
    When,
    is_withdrawn,
)
from commonsky.characterise.norms.subject import Subject

Value = Unknown | Between | Normal | LogNormal | Belief | NotFound | When
VALUES = (Unknown, Between, Normal, LogNormal, Belief, NotFound, When)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another explanation, and how likely its author holds it."""

    text: str
    likelihood: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    Something whose answer speaks for or against a break-up having been intended.

    The two chances are those of a yes, if it was and if it was not.  A question that was not
    answered stays a question, so that an answer taken away makes nothing surer.
    """

    text: str
    answer: Answer
    yes_if_intended: float
    yes_if_not: float

    def __post_init__(self) -> None:
        if not (0.0 < self.yes_if_intended < 1.0 and 0.0 < self.yes_if_not < 1.0):
            raise ValueError(f"{self.text}: chances of a yes lie between 0 and 1, never at them")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What is known of one event or state of one object; `when` is the day that counts."""

    subject: Subject
    when: Day
    told_by: str = ""
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoDisposal(Fact):
    """
    Where a geostationary object was left; heights of the apsides are above 42 164.2 km.

    `area_to_mass_cr_m2_kg` is radiation-pressure coefficient times cross-section over dry mass.
    `stays_clear` is whether it keeps out of the protected region for a hundred years, if somebody
    propagated that.
    """

    ended: Answer  # whether its mission has ended
    perigee_above_geo_km: Quantity
    apogee_above_geo_km: Quantity
    area_to_mass_cr_m2_kg: Quantity
    stays_clear: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime(Fact):
    """
    An orbit that drag is to end, as it was at `when`; heights are above the equatorial radius.

    The clock runs from `end_of_mission`; `crossed_low_orbits` is whether it was below 2000 km at
    any time of its mission.
    """

    ended: Answer
    end_of_mission: Day
    perigee_km: Quantity
    apogee_km: Quantity
    inclination_rad: Quantity
    area_to_mass_m2_kg: Quantity
    drag_coefficient: Quantity
    crossed_low_orbits: Answer
    operational_years: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotKeeping(Fact):
    """
    A geostationary object's longitude against the one filed, window after window.

    `service` is "fixed", "broadcasting" or "other".  `longitude_deg` are east, one of each window,
    Unknown where nobody looked; `moved` is whether a change of slot was filed or announced.
    """

    service: str
    filed_longitude_deg: Quantity
    longitude_deg: tuple[Quantity, ...]
    days_each: float
    moved: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration(Fact):
    """
    Whether and when an object came into the United Nations' register.

    `when` is the day of launch, `searched` the day on which the register was read.  `ended` and
    `status_told` are of its function, `decayed` and `decay_told` of its return.
    """

    registered: Answer
    registered_on: Day
    searched: Day
    decayed: Answer
    decay_told: Answer
    ended: Answer
    status_told: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragmentation(Fact):
    """
    A break-up of the subject.

    `object_years` counts fragments above 10 cm below 2000 km, `lasting_a_year` how many of them
    stay longer than a year.  `questions` are what tells an intended one.
    """

    after_end_of_mission: Answer
    internal_cause: Answer
    direct_ascent: Answer
    fragments: Quantity
    object_years: Quantity
    lasting_a_year: Quantity
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approach(Fact):
    """
    The subject came near another object, or stayed near it.

    `separation_km` is the least distance, `offset_ric_km` the other's place as seen from the
    crewed or protected one at that time, by absolute radial, in-track and cross-track parts.
    """

    other: Subject
    separation_km: Quantity
    offset_ric_km: tuple[Quantity, Quantity, Quantity]
    dwell_h: Quantity
    by_subject: Answer  # whether it was the subject that moved there
    notice: Answer
    consent: Answer
    same_operator: Answer
    passively_safe: Answer
    other_is_crewed: Answer
    other_is_declared: Answer  # as serving strategic stability, by its owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment(Fact):
    """The subject may have taken hold of another object."""

    other: Subject
    contact: Answer
    same_registry: Answer
    consent: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Fact):
    """An object left the subject; `near_others` is whether that was near another's object."""

    released: Answer
    separation_speed_m_s: Quantity
    announced: Answer
    near_others: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedObjects(Fact):
    """What one launch, mission or servicing left behind on purpose, below 2000 km."""

    count: Quantity
    unavoidable: Answer
    object_years: Quantity
    longest_years: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchNotice(Fact):
    """A launch, and whether seafarers and pilots were told before."""

    launched: Answer
    notice: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ReentryNotice(Fact):
    """A re-entry, whether it was a hazard and uncontrolled, and whether others were told."""

    hazardous: Answer
    uncontrolled: Answer
    notice: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Conjunction(Fact):
    """A predicted close approach in which the subject could act, and what was done about it."""

    collision_probability: Quantity
    able: Answer
    manoeuvred: Answer  # by either
    coordinated: Answer
    other_told: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class CollisionRisk(Fact):
    """Collisions to expect from the end of a mission until re-entry, by size of what is hit."""

    expected_over_10_cm: Quantity
    expected_over_1_cm: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Casualty(Fact):
    """People to expect hurt by a re-entry; `on_site` is one controlled, onto its launch site."""

    expectation: Quantity
    on_site: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetDisposal(Fact):
    """
    How satellites of one fleet ended: `ended` of them, of whose disposal each answer is one.

    The subject stands for the fleet; answers that nobody has are Unknown and count.
    """

    fleet_size: int
    disposed: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NuclearSource(Fact):
    """A reactor in orbit: how long it stays, and how long its inventory needs to decay."""

    reactor: Answer
    lifetime_years: Quantity
    needed_years: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialPayload(Fact):
    """Signs that people link with weapons of mass destruction: indicators, and no finding."""

    unregistered: Answer
    no_declared_function: Answer
    unusual_dose: Answer
    unusual_motion: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation(Fact):
    """A non-governmental object, and whether a State authorised it."""

    non_governmental: Answer
    authorised: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Fact):
    """Something told about conduct that a rule is on, and that no orbit shows."""

    about: str  # the rule's id
    text: str
    known: Answer


FactT = TypeVar("FactT", bound=Fact)
Held = TypeVar("Held", bound=Value)


def values(fact: Fact) -> Iterator[tuple[str, Value]]:
    """Yield all that is known, and is not, of a fact, by name."""
    for field in fields(fact):
        held = getattr(fact, field.name)
        if isinstance(held, VALUES):
            yield field.name, held
        elif isinstance(held, tuple):
            for place, one in enumerate(held):
                if isinstance(one, VALUES):
                    yield f"{field.name}[{place}]", one
                elif isinstance(one, Question):
                    yield f"{field.name}: {one.text}", one.answer
                elif isinstance(one, Alternative):
                    yield f"{field.name}: {one.text}", one.likelihood


def used(fact: Fact, names: Collection[str]) -> Iterator[tuple[str, Value]]:
    """Yield the values of a fact that stand under these names; all, where there are none."""
    for name, value in values(fact):
        if not names or name.partition("[")[0].partition(":")[0] in names:
            yield name, value


def evidence(fact: Fact, names: Collection[str] = ()) -> Evidence:
    """Return what values of a fact rest on, each once, rows before sources, in order."""
    held = {one for _, value in used(fact, names) for one in value.evidence}
    rows = sorted(one for one in held if isinstance(one, int))
    return (*rows, *sorted(one for one in held if isinstance(one, str)))


def without(fact: FactT, withdrawn: Collection[int | str]) -> FactT:
    """
    Return a fact as it would be known without some of its evidence.

    What rests on any of it becomes unknown; the claim keeps its scope, so that a window nobody
    looked at, a satellite whose end nobody saw and a question nobody answered remain.
    """
    changed: dict[str, Any] = {}
    for field in fields(fact):
        held = getattr(fact, field.name)
        if isinstance(held, VALUES):
            changed[field.name] = _left(held, withdrawn)
        elif isinstance(held, tuple):
            changed[field.name] = tuple(_part(one, withdrawn) for one in held)
    return replace(fact, **changed)


def _part(one: Any, withdrawn: Collection[int | str]) -> Any:  # noqa: ANN401 - of every kind
    if isinstance(one, VALUES):
        return _left(one, withdrawn)
    if isinstance(one, Question):
        return replace(one, answer=_left(one.answer, withdrawn))
    if isinstance(one, Alternative):
        return replace(one, likelihood=_left(one.likelihood, withdrawn))
    return one


def _left(value: Held, withdrawn: Collection[int | str]) -> Held | Unknown:
    if is_withdrawn(value.evidence, withdrawn):
        return Unknown("the evidence was withdrawn")
    return value
