"""From histories, findings, registers and what people state to the facts rules are tested on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import NS_PER_DAY, utc_text
from commonsky.catalogue.catalogue import Catalogue
from commonsky.characterise.history import History
from commonsky.characterise.norms import facts as of
from commonsky.characterise.norms.facts import Alternative, Fact
from commonsky.characterise.norms.intent import usual_questions
from commonsky.characterise.norms.knowledge import (
    Answer,
    Belief,
    Between,
    LogNormal,
    Normal,
    NotFound,
    Quantity,
    Unknown,
    When,
    exactly,
    no,
    yes,
)
from commonsky.characterise.norms.subject import Subject
from commonsky.formats.registry import Register
from commonsky.node.circumstances import About, Circumstance
from commonsky.node.findings import AnyFinding, Fragmentation, Manoeuvre, Proximity, Relocation
from commonsky.node.norm_fragments import stay_of_pieces
from commonsky.node.norm_slots import slot_keeping
from commonsky.node.norm_subjects import (
    REGISTER,
    day_of,
    end_of_mission,
    ended,
    said,
    subject_of,
)

GEO_RADIUS_KM = 42_164.2
GEO_REV_DAY = (0.9, 1.1)  # of the belt and the graveyards beside it
GEO_ECCENTRICITY = 0.1
LOW_KM = 2000.0
REV_DAY = 720.0 / np.pi  # of rad/min
MEAN_DAYS = {"geo": 180.0, "low": 30.0}  # over which an orbit is averaged
LEAST_SIGMA_KM = {"geo": 2.0, "low": 1.0}
DRAGGED_KM = 650.0  # below this B* tells of the object, above it of the fit
CDA_M_OF_BSTAR = 12.741621  # m2/kg per unit of B*: 2 / (0.1570 kg/m2 per Earth radius)
USUAL_CD = 2.2
CD = Between(2.0, 2.4, ("assumed: drag coefficients of satellites in free molecular flow",))
AREA_TO_MASS = LogNormal(0.012, 0.6, ("assumed: spread of satellites and stages",))
GEO_AREA_TO_MASS_CR = LogNormal(0.03, 0.45, ("assumed: spread of geostationary satellites",))
MOVED_DAYS = 30.0  # who moved to an approach is told by who changed orbit in so many days before
DEPLOYMENT = "deployment"
CREWED = frozenset({25544, 48274})


@dataclass(frozen=True, slots=True)
class Known:
    """All that facts are made of."""

    catalogue: Catalogue
    history: History
    findings: Sequence[AnyFinding]
    register: Register
    circumstances: Sequence[Circumstance]

    def subject(self, number: int) -> Subject:
        """Return an object and who answers for it."""
        rows = np.flatnonzero(self.catalogue.catalogue_number == number)
        name = str(self.catalogue.object_name[rows[-1]]) if len(rows) else ""
        return subject_of(self.register.of(number), name)

    def alternatives(self, *numbers: int) -> tuple[Alternative, ...]:
        """Return other explanations that people put forward."""
        return tuple(
            Alternative(text=one.text, likelihood=_likelihood(one))
            for one in self.circumstances
            if one.kind is About.EXPLANATION and set(one.objects) & set(numbers)
        )


def facts_of(known: Known, objects: Sequence[int]) -> list[Fact]:
    """Return every fact about these objects that the records and statements bear."""
    found: list[Fact] = []
    for number in objects:
        found += _of_orbit(known, number)
        found.append(_registration(known, number))
        if any(
            one.kind is About.FUNCTION and number in one.objects for one in known.circumstances
        ):
            found.append(_special(known, number))
    for finding in known.findings:
        if not set(finding.objects) & set(objects):
            continue
        if isinstance(finding, Proximity) and not finding.habitual:
            found += [
                _approach(known, finding, number, other)
                for number, other in (finding.objects, finding.objects[::-1])
                if number in objects
            ]
        elif (
            isinstance(finding, Fragmentation) and finding.parent and finding.type != "deployment"
        ):
            found.append(_fragmentation(known, finding))
    return found


def _of_orbit(known: Known, number: int) -> Iterator[Fact]:
    """What an object's newest sets say of its disposal, its lifetime or its slot."""
    at = np.flatnonzero(known.history.object_number == number)
    if not len(at):
        return
    past = known.history.of(np.asarray(at, np.int64))
    elements = past.elements
    rev_day = float(elements.mean_motion_rad_min[-1]) * REV_DAY
    if GEO_REV_DAY[0] < rev_day < GEO_REV_DAY[1] and elements.eccentricity[-1] < GEO_ECCENTRICITY:
        yield _geo_disposal(known, number, past)
        yield slot_keeping(past, known.subject(number), known.register.of(number))
    elif float(elements.perigee_height_km[-1]) < LOW_KM:
        yield _lifetime(known, number, past)


def _geo_disposal(known: Known, number: int, past: History) -> Fact:
    rows = _newest(past, MEAN_DAYS["geo"])
    axis, eccentricity = past.elements.semi_major_axis_km[rows], past.elements.eccentricity[rows]
    return of.GeoDisposal(
        subject=known.subject(number),
        when=_day(past),
        alternatives=known.alternatives(number),
        ended=ended(known.register.of(number), known.circumstances),
        perigee_above_geo_km=_mean(axis * (1 - eccentricity) - GEO_RADIUS_KM, past, rows, "geo"),
        apogee_above_geo_km=_mean(axis * (1 + eccentricity) - GEO_RADIUS_KM, past, rows, "geo"),
        area_to_mass_cr_m2_kg=GEO_AREA_TO_MASS_CR,
        stays_clear=Unknown("nobody followed it for a hundred years"),
    )


def _lifetime(known: Known, number: int, past: History) -> Fact:
    rows = _newest(past, MEAN_DAYS["low"])
    entry = known.register.of(number)
    inclination = float(np.median(past.elements.inclination_rad[rows]))
    return of.Lifetime(
        subject=known.subject(number),
        when=_day(past),
        alternatives=known.alternatives(number),
        ended=ended(entry, known.circumstances),
        end_of_mission=end_of_mission(entry, known.circumstances),
        perigee_km=_mean(past.elements.perigee_height_km[rows], past, rows, "low"),
        apogee_km=_mean(past.elements.apogee_height_km[rows], past, rows, "low"),
        inclination_rad=exactly(inclination, *past.row[rows].tolist()),
        area_to_mass_m2_kg=_area_to_mass(past, rows),
        drag_coefficient=CD,
        crossed_low_orbits=yes(*past.row[rows].tolist()),
        operational_years=_operational(known, number),
    )


def _area_to_mass(past: History, rows: Ints) -> Quantity:
    """By B* where drag is strong enough to show in it, else what such objects usually have."""
    bstar = float(np.median(past.elements.bstar_per_earth_radius[rows]))
    if float(np.median(past.elements.perigee_height_km[rows])) > DRAGGED_KM or bstar <= 0.0:
        return AREA_TO_MASS
    return LogNormal(bstar * CDA_M_OF_BSTAR / USUAL_CD, 0.5, tuple(past.row[rows].tolist()))


def _operational(known: Known, number: int) -> Quantity:
    entry = known.register.of(number)
    end = end_of_mission(entry, known.circumstances)
    begin = day_of(entry.launched, REGISTER)
    if isinstance(begin, When) and isinstance(end, When):
        low = max((end.first - begin.last).days / 365.25, 0.0)
        high = max((end.last - begin.first).days / 365.25, low)
        return Between(low, high, (REGISTER,))
    return Unknown("launch or end of mission is not known")


def _registration(known: Known, number: int) -> Fact:
    entry = known.register.of(number)
    searched = Unknown("the register given says nothing of the United Nations' one")
    registered: Answer = Unknown(searched.why)
    if entry.registered:
        registered = yes(REGISTER)
    decayed: Answer = Unknown("the register does not say")
    if entry.decayed:
        decayed = yes(REGISTER)
    elif entry.launched:
        decayed = no(REGISTER)
    return of.Registration(
        subject=known.subject(number),
        when=day_of(entry.launched, REGISTER),
        registered=registered,
        registered_on=day_of(entry.registered, REGISTER),
        searched=searched,
        decayed=decayed,
        decay_told=Unknown("notices of decay were not searched for"),
        ended=ended(entry, known.circumstances),
        status_told=Unknown("notices of a change of status were not searched for"),
    )


def _approach(known: Known, finding: Proximity, number: int, other: int) -> Fact:
    rows = finding.rows
    distance: Quantity = Unknown(f"only that they shared a slot can be said: {finding.status}")
    offset: tuple[Quantity, Quantity, Quantity] = (distance, distance, distance)
    low, high = finding.separation_low_km, finding.separation_high_km
    if low is not None and high is not None:
        distance = Between(low, high, rows)
        if finding.relative_ric_km is not None and finding.separation_km is not None:
            half = (high - low) / 2.0
            parts = [abs(part) for part in finding.relative_ric_km]
            r, i, c = (Between(max(part - half, 0.0), part + half, rows) for part in parts)
            offset = (r, i, c)
    one, two = known.subject(number), known.subject(other)
    same: Answer = Unknown("operators are not known")
    if one.agency and two.agency:
        same = yes(REGISTER) if one.agency == two.agency else no(REGISTER)
    return of.Approach(
        subject=one,
        when=_when(finding.closest, rows),
        other=two,
        alternatives=known.alternatives(number, other),
        separation_km=distance,
        offset_ric_km=offset,
        dwell_h=Unknown("no dwell can be told")
        if finding.dwell_h is None
        else exactly(finding.dwell_h, *rows),
        by_subject=_moved(known, number, other, finding),
        notice=said(known.circumstances, About.NOTICE, number),
        consent=said(known.circumstances, About.CONSENT, number),
        same_operator=same,
        passively_safe={
            "yes": yes(*rows),
            "no": no(*rows),
        }.get(finding.passive_safe, Unknown("element sets cannot tell")),
        other_is_crewed=yes("the list of crewed stations")
        if other in CREWED
        else no("the list of crewed stations"),
        other_is_declared=Unknown("no declaration was searched for"),
    )


def _moved(known: Known, number: int, other: int, finding: Proximity) -> Answer:
    """Whether it was this one that moved there: by who changed orbit in the month before."""
    rows: dict[int, list[int]] = {number: [], other: []}
    for one in known.findings:
        if isinstance(one, Manoeuvre | Relocation) and one.object in rows:
            end = one.arrived_not_after if isinstance(one, Relocation) else one.not_after
            days = (_date(finding.closest) - _date(end)).days
            if 0 <= days <= MOVED_DAYS:
                rows[one.object] += list(one.rows)
    if rows[number] and not rows[other]:
        return Belief(0.9, 1.0, tuple(sorted(set(rows[number]))))
    if rows[other] and not rows[number]:
        return Belief(0.0, 0.1, tuple(sorted(set(rows[other]))))
    why = "both" if rows[number] else "neither"
    return Unknown(f"{why} changed orbit in the {MOVED_DAYS:.0f} days before, as far as was seen")


def _fragmentation(known: Known, finding: Fragmentation) -> Fact:
    entry = known.register.of(finding.parent)
    rows = finding.rows
    end = end_of_mission(entry, known.circumstances)
    after: Answer = Unknown("whether its mission was over is not known")
    if isinstance(end, When):
        day = _date(finding.epoch_estimate)
        after = yes(*end.evidence) if end.last < day else no(*end.evidence)
    elif "R/B" in finding.parent_name:
        after = yes("a stage has done its work after launch")
    intent = said(known.circumstances, About.INTENT, finding.parent)
    pieces = np.array(rows, np.int64)[: finding.fragments]
    stay, lasting = stay_of_pieces(known.history, pieces, _date(finding.epoch_estimate))
    return of.Fragmentation(
        subject=known.subject(finding.parent),
        when=_when(finding.epoch_estimate, rows),
        alternatives=known.alternatives(finding.parent),
        after_end_of_mission=after,
        internal_cause=Unknown("orbits do not show a cause"),
        direct_ascent=Unknown("orbits do not show what struck it"),
        fragments=Between(float(finding.fragments), np.inf, rows),
        object_years=stay,
        lasting_a_year=lasting,
        questions=usual_questions({"announced": intent}),
    )


def _special(known: Known, number: int) -> Fact:
    entry = known.register.of(number)
    function = said(known.circumstances, About.FUNCTION, number)
    undeclared: Answer = Unknown("whether a function was declared was not searched for")
    if isinstance(function, NotFound):
        undeclared = yes(*function.evidence)
    elif isinstance(function, Belief):
        undeclared = no(*function.evidence)
    return of.SpecialPayload(
        subject=known.subject(number),
        when=day_of(entry.launched, REGISTER),
        unregistered=Unknown("the register given says nothing of the United Nations' one"),
        no_declared_function=undeclared,
        unusual_dose=Unknown("doses were not computed"),
        unusual_motion=Unknown("its motion was not compared with others"),
    )


def _newest(past: History, days: float) -> Ints:
    """Sets of the last days before the newest."""
    epochs = past.elements.epoch_tai_ns
    return np.flatnonzero(epochs >= epochs[-1] - round(days * NS_PER_DAY)).astype(np.int64)


def _mean(values: np.ndarray, past: History, rows: Ints, regime: str) -> Quantity:
    sigma = max(float(values.std()), LEAST_SIGMA_KM[regime])
    return Normal(float(values.mean()), sigma, tuple(past.row[rows].tolist()))


def _day(past: History) -> When:
    day = _date(utc_text(int(past.elements.epoch_tai_ns[-1]), 0))
    return When(day, day, (int(past.row[-1]),))


def _when(text: str, rows: Sequence[int]) -> When:
    return When(_date(text), _date(text), tuple(rows))


def _date(text: str) -> date:
    return date.fromisoformat(text[:10])


def _likelihood(one: Circumstance) -> Answer:
    if one.likelihood is None:
        return Unknown("nobody said how likely")
    return Belief(one.likelihood, one.likelihood, (one.source,))
