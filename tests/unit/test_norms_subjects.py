"""What each test says of facts whose answer is plain, and of such that decide nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from commonsky.characterise.norms.check import check
from commonsky.characterise.norms.constellation import fleet_limit
from commonsky.characterise.norms.disposal_geo import iadc_disposal
from commonsky.characterise.norms.facts import (
    Authorisation,
    Casualty,
    CollisionRisk,
    Conjunction,
    FleetDisposal,
    Fragmentation,
    LaunchNotice,
    NuclearSource,
    ReentryNotice,
    Registration,
    Release,
    ReleasedObjects,
    Report,
    SlotKeeping,
    SpecialPayload,
)
from commonsky.characterise.norms.intent import USUAL, usual_questions
from commonsky.characterise.norms.knowledge import (
    Answer,
    Belief,
    Between,
    LogNormal,
    Normal,
    NotFound,
    Quantity,
    Unknown,
    exactly,
    no,
    yes,
)
from commonsky.characterise.norms.lifetime import by_operation
from commonsky.characterise.norms.risk import casualty_area_m2
from commonsky.characterise.norms.rule_tests import NOT_TESTABLE
from commonsky.characterise.norms.rulebook import rulebook
from commonsky.characterise.norms.verdict import Reckoned
from tests.norms_case import (
    NOT_SEARCHED,
    ON,
    approach,
    attachment,
    day,
    for_everybody,
    geo_disposal,
    judged,
    lifetime,
    rule,
    subject,
)

YES, NO, UNFOUND = yes("seen"), no("seen"), NotFound(("looked",))


# Disposal at the belt: 1000 Cr A/m and 235 km, as the IADC's readers give them.
@pytest.mark.parametrize(
    ("ratio", "needed"), [(0.024, 259.0), (0.045, 280.0), (0.06, 295.0), (0.012, 247.0)]
)
def test_the_margin_above_the_belt(ratio: float, needed: float) -> None:
    for height, breach in ((needed + 0.5, 0.0), (needed - 0.5, 1.0)):
        fact = geo_disposal(
            exactly(height, 1), exactly(height + 20.0, 1), exactly(ratio, "dry mass"),
            stays_clear=NO if breach else NOT_SEARCHED,
        )  # fmt: skip
        assert judged("GEO-REORBIT", fact).ends == (breach, breach)


def test_either_way_out_of_the_belt_will_do() -> None:
    ratio = LogNormal(0.03, 0.3, ("dry mass",))
    eccentric = geo_disposal(exactly(600.0, 1), exactly(2000.0, 1), ratio)
    assert judged("GEO-REORBIT", eccentric).said == "cannot be determined"
    assert judged("US-GEO-REORBIT", eccentric).probability == 0.0  # asks no eccentricity
    kept = geo_disposal(exactly(600.0, 1), exactly(2000.0, 1), ratio, stays_clear=YES)
    assert judged("GEO-REORBIT", kept).ends == (0.0, 0.0)
    inside = geo_disposal(exactly(150.0, 1), exactly(190.0, 1), ratio)
    assert judged("GEO-REORBIT", inside).ends == (1.0, 1.0)  # it is in the region every day


def test_what_is_in_the_region_is_below_the_margin_too() -> None:
    """Both are uncertain, and yet the one follows from the other."""
    fact = geo_disposal(
        Normal(240.0, 40.0, (1,)), Normal(260.0, 40.0, (1,)), exactly(0.03, "dry mass")
    )
    low, high = judged("GEO-REORBIT", fact).ends
    assert low == pytest.approx(0.159, abs=0.001)  # P(perigee < 200 km)
    assert high > 0.7


def test_what_still_works_need_not_have_left() -> None:
    working = geo_disposal(exactly(0.0, 1), exactly(1.0, 1), exactly(0.03, "x"), ended=NO)
    assert judged("GEO-REORBIT", working).ends == (0.0, 0.0)
    unknown = geo_disposal(
        exactly(0.0, 1), exactly(1.0, 1), exactly(0.03, "x"), ended=NOT_SEARCHED
    )
    assert judged("GEO-REORBIT", unknown).said == "cannot be determined"


def test_area_to_mass_is_reckoned_as_a_probability() -> None:
    numbers = {name: one.value for name, one in rule("GEO-REORBIT").thresholds.items()}
    # The margin is met where Cr A/m is at most its median: half of what it may be.
    fact = geo_disposal(
        exactly(265.0, 1), exactly(270.0, 1), LogNormal(0.03, 0.4, ("drag",)), stays_clear=NO
    )
    told = iadc_disposal(numbers, fact)
    assert isinstance(told, Reckoned)
    assert told.ends == pytest.approx((0.5, 0.5), abs=0.005)
    # An unknown ratio decides nothing here, and does not matter far below.
    anything = geo_disposal(
        exactly(265.0, 1), exactly(270.0, 1), Unknown("never measured"), stays_clear=NO
    )
    assert judged("GEO-REORBIT", anything).ends == (0.0, 1.0)
    low = geo_disposal(exactly(100.0, 1), exactly(120.0, 1), Unknown("never measured"))
    assert judged("GEO-REORBIT", low).ends == (1.0, 1.0)


# Lifetimes: P over the Sun, area-to-mass and drag.
def test_lifetimes_rise_with_height_and_are_probabilities() -> None:
    told = [judged("IADC-5.3.2", lifetime(h)).ends for h in (400.0, 600.0, 640.0, 700.0, 900.0)]
    middles = [0.5 * (low + high) for low, high in told]
    assert middles == sorted(middles)
    assert told[0] == (0.0, 0.0)
    assert told[-1] == (1.0, 1.0)
    assert 0.1 < middles[2] < 0.9


def test_five_years_flip_with_the_phase_of_the_sun_alone() -> None:
    """The same orbit, 550 km and 0.01 m²/kg: left after a maximum, and before one."""
    known = {"area_to_mass_m2_kg": exactly(0.01, "x"), "drag_coefficient": exactly(2.2, "x")}
    after = lifetime(550.0, when=day(2026), end_of_mission=day(2026), **known)
    before = lifetime(550.0, when=day(2033), end_of_mission=day(2033), **known)
    assert judged("FCC-5Y", after).probability > 0.9
    assert judged("FCC-5Y", before).probability < 0.5


def test_the_clock_runs_from_the_end_of_mission() -> None:
    early = lifetime(560.0, end_of_mission=day(2005))
    assert judged("IADC-5.3.2", early).ends[0] > judged("IADC-5.3.2", lifetime(560.0)).ends[1]
    unknown = lifetime(560.0, end_of_mission=NOT_SEARCHED)
    assert judged("IADC-5.3.2", unknown).said == "cannot be determined"
    working = lifetime(900.0, ended=NO)
    assert judged("IADC-5.3.2", working).ends == (0.0, 0.0)


def test_to_be_raised_above_low_orbits_does_not_count() -> None:
    raised = lifetime(2100.0)
    assert judged("IADC-5.3.2", raised).ends == (1.0, 1.0)
    never = lifetime(2100.0, crossed_low_orbits=NO)
    assert judged("IADC-5.3.2", never).ends == (0.0, 0.0)


def test_three_times_the_operation_and_never_above_the_cap() -> None:
    def allowed(years: Quantity) -> tuple[float, float]:
        numbers = {name: one.value for name, one in rule("FR-LOS").thresholds.items()}
        return by_operation(numbers, lifetime(500.0, operational_years=years))

    assert allowed(exactly(0.5, "x")) == (3.0, 3.0)
    assert allowed(exactly(5.0, "x")) == (15.0, 15.0)
    assert allowed(exactly(12.0, "x")) == (25.0, 25.0)
    assert allowed(Between(0.5, 2.0, ("x",))) == (1.5, 6.0)
    assert allowed(Unknown("not told")) == (0.0, 25.0)


def test_an_orbit_of_no_known_tilt_or_day_decides_nothing() -> None:
    for missing in ("when", "inclination_rad"):
        told = judged("IADC-5.3.2", lifetime(900.0, **{missing: Unknown("lost")}))
        assert told.ends == (0.0, 1.0)


# Slots.
def slot(longitudes: Sequence[Quantity], service: str = "fixed", **more: Any) -> SlotKeeping:
    told: dict[str, Any] = {
        "subject": subject(), "when": day(2024), "service": service, "days_each": 7.0,
        "filed_longitude_deg": exactly(0.0, "filing"), "longitude_deg": tuple(longitudes),
        "moved": NO,
    }  # fmt: skip
    return SlotKeeping(**(told | more))


def test_slots_by_service_and_across_the_meridian() -> None:
    off = [Normal(359.7, 0.01, (k,)) for k in range(10)]
    assert judged("ITU-SLOT", slot(off)).probability == pytest.approx(1.0)
    assert judged("ITU-SLOT", slot(off, "other")).probability == pytest.approx(0.0, abs=1e-9)
    assert judged("ITU-SLOT", slot([exactly(359.95, 1)] * 10)).ends == (0.0, 0.0)
    assert judged("ITU-SLOT", slot(off, moved=YES)).ends == (0.0, 0.0)
    assert judged("ITU-SLOT", slot(off, filed_longitude_deg=Unknown("no filing"))).ends == (
        0.0, 1.0,
    )  # fmt: skip


def test_one_bad_window_is_no_departure_and_unseen_windows_count() -> None:
    inside = [exactly(0.01, 1)] * 39
    assert judged("ITU-SLOT", slot([*inside, exactly(90.0, 2)])).ends == (0.0, 0.0)
    assert judged("ITU-SLOT", slot([*inside, *[Unknown("nobody looked")] * 5])).ends == (0.0, 1.0)
    assert judged("ITU-SLOT", slot([*inside, *[exactly(1.0, 2)] * 5])).ends == (1.0, 1.0)


# Registration.
def registration(**more: Any) -> Registration:
    told: dict[str, Any] = {
        "subject": subject(), "when": day(2020), "registered": YES,
        "registered_on": day(2020, 6), "searched": day(2025), "decayed": NO,
        "decay_told": NOT_SEARCHED, "ended": NOT_SEARCHED, "status_told": NOT_SEARCHED,
    }  # fmt: skip
    return Registration(**(told | more))


def test_registration_and_its_delay() -> None:
    assert judged("REG-II-1", registration()).ends == (0.0, 0.0)
    assert judged("REG-II-1", registration(registered_on=day(2022))).ends == (1.0, 1.0)
    missing = registration(registered=UNFOUND, registered_on=Unknown("not found"))
    assert judged("REG-II-1", missing).ends == pytest.approx((0.7, 1.0))
    # Not yet late: it was searched for within the year.
    assert judged("REG-II-1", registration(registered=NO, searched=day(2020, 9))).ends == (0, 0)
    assert judged("LTS-A.5", missing).ends == pytest.approx((0.7, 1.0))
    assert judged("LTS-A.5", registration()).ends == (0.0, 0.0)


def test_the_register_is_told_of_ends() -> None:
    down = registration(decayed=YES, decay_told=UNFOUND)
    assert judged("REG-IV-2", down).ends == pytest.approx((0.7, 1.0))
    assert judged("REG-IV-2", registration(decayed=YES, decay_told=YES)).ends == (0.0, 0.0)
    assert judged("REG-IV-2", registration()).ends == (0.0, 0.0)  # still up: nothing to tell
    assert judged("REG-IV-2-STATUS", registration(ended=YES, status_told=NO)).ends == (1.0, 1.0)
    assert judged("REG-IV-2-STATUS", registration()).said == "cannot be determined"


# Break-ups.
def breakup(**more: Any) -> Fragmentation:
    told: dict[str, Any] = {
        "subject": subject(), "when": day(2024), "after_end_of_mission": NOT_SEARCHED,
        "internal_cause": NOT_SEARCHED, "direct_ascent": NOT_SEARCHED,
        "fragments": Between(100.0, 400.0, (1, 2)), "object_years": NOT_SEARCHED,
        "lasting_a_year": NOT_SEARCHED, "questions": (),
    }  # fmt: skip
    return Fragmentation(**(told | more))


def questions(**answers: Answer) -> Any:
    return usual_questions(answers)


def test_intention_is_inferred_from_what_was_asked() -> None:
    assert judged("ASAT-DA", breakup(direct_ascent=YES)).said == "cannot be determined"
    done = questions(announced=YES, blow=YES, met=NO)
    assert judged("ASAT-DA", breakup(direct_ascent=YES, questions=done)).probability > 0.99
    # By other means than direct ascent it is no breach of this pledge.
    assert judged("ASAT-DA", breakup(direct_ascent=NO, questions=done)).ends == (0.0, 0.0)
    denied = questions(announced=NO, launch=NO, met=YES, blow=NO)
    assert judged("ASAT-DA", breakup(direct_ascent=YES, questions=denied)).probability < 0.01
    searched = questions(announced=UNFOUND, launch=NO, blow=NO)
    assert judged("ASAT-DA", breakup(direct_ascent=YES, questions=searched)).ends[1] < 0.4


def test_a_question_asked_counts_though_nobody_answered() -> None:
    none, asked = breakup(direct_ascent=YES), breakup(direct_ascent=YES, questions=questions())
    assert judged("ASAT-DA", asked).confidence < judged("ASAT-DA", none).confidence
    with pytest.raises(ValueError, match="the usual questions are announced"):
        usual_questions({"motive": YES})
    many = tuple(USUAL.values()) * 4
    with pytest.raises(ValueError, match="at most 12 questions"):
        judged("ASAT-DA", breakup(questions=many))


@pytest.mark.parametrize(
    ("years", "lasting", "breach"),
    [(120.0, 0.0, 1.0), (20.0, 0.0, 0.0), (20.0, 3.0, 1.0)],
)
def test_long_lived_is_by_one_labelled_number(years: float, lasting: float, breach: float) -> None:
    done = questions(announced=YES, blow=YES, met=NO)
    fact = breakup(
        questions=done, object_years=exactly(years, 1), lasting_a_year=exactly(lasting, 1)
    )
    assert judged("IADC-5.2.3", fact).probability == pytest.approx(breach, abs=0.01)
    assert "yardstick" in rule("IADC-5.2.3").thresholds["most_object_years"].source


def test_break_ups_after_the_mission() -> None:
    spent = breakup(after_end_of_mission=YES, internal_cause=Belief(0.8, 1.0, ("pieces",)))
    assert judged("IADC-5.2.1", spent).ends == (0.8, 1.0)
    assert judged("IADC-5.2.1", breakup(after_end_of_mission=NO)).ends == (0.0, 0.0)
    assert judged("IADC-5.2.1", breakup(internal_cause=NO)).ends == (0.0, 0.0)
    assert judged("IADC-5.2.1", breakup()).said == "cannot be determined"


def released(**more: Any) -> ReleasedObjects:
    told: dict[str, Any] = {
        "subject": subject(), "when": day(2024), "count": exactly(3.0, 1),
        "unavoidable": NOT_SEARCHED, "object_years": exactly(30.0, 1),
        "longest_years": exactly(12.0, 1),
    }  # fmt: skip
    return ReleasedObjects(**(told | more))


def test_released_objects() -> None:
    assert judged("IADC-5.1", released()).said == "cannot be determined"  # was it avoidable?
    assert judged("IADC-5.1", released(count=exactly(0.0, 1))).ends == (0.0, 0.0)
    assert judged("IADC-5.1", released(unavoidable=NO)).ends == (1.0, 1.0)
    assert judged("NASA-4.3", released()).ends == (0.0, 0.0)
    assert judged("NASA-4.3", released(longest_years=exactly(40.0, 1))).ends == (1.0, 1.0)
    assert judged("NASA-4.3", released(object_years=exactly(140.0, 1))).ends == (1.0, 1.0)
    assert judged("FR-OOS", released(unavoidable=NO)).ends == (1.0, 1.0)


# Approaches.
def test_approaches_without_notice() -> None:
    near = approach(Between(8.0, 12.0, (1, 2)))
    assert judged("RPO-NOTIFY", near).ends == pytest.approx((0.7, 1.0))
    assert judged("RPO-NOTIFY", approach(exactly(10.0, 1), notice=YES)).ends == (0.0, 0.0)
    assert judged("RPO-NOTIFY", approach(Normal(85.0, 10.0, (1,)))).probability < 0.01
    unsure = approach(Between(5.0, 90.0, (1,)))
    assert judged("RPO-NOTIFY", unsure).said == "cannot be determined"
    # Passing is no approach; the one who was approached did not; a fleet is its own neighbour.
    assert judged("RPO-NOTIFY", approach(exactly(10.0, 1), dwell_h=exactly(0.1, 1))).ends == (0, 0)
    assert judged("RPO-NOTIFY", approach(exactly(10.0, 1), by_subject=NO)).ends == (0.0, 0.0)
    assert judged("RPO-NOTIFY", approach(exactly(10.0, 1), same_operator=YES)).ends == (0, 0)
    # What was not searched for is not what was not found.
    silent = approach(exactly(10.0, 1), notice=NOT_SEARCHED)
    assert judged("RPO-NOTIFY", silent).said == "cannot be determined"


def test_approaches_that_raise_a_risk() -> None:
    safe = approach(exactly(10.0, 1), passively_safe=YES)
    unsafe = approach(exactly(10.0, 1), passively_safe=NO)
    assert judged("RPO-SAFE", safe).ends == (0.0, 0.0)
    assert judged("RPO-SAFE", unsafe).ends == (1.0, 1.0)
    assert judged("RPO-SAFE", approach(exactly(10.0, 1))).said == "cannot be determined"
    agreed = approach(exactly(10.0, 1), passively_safe=NO, consent=YES)
    assert judged("RPO-SAFE", agreed).ends == (0.0, 0.0)
    declared = approach(exactly(10.0, 1), other_is_declared=YES)
    assert judged("NC3-NONINTERF", declared).ends == (1.0, 1.0)
    assert judged("NC3-NONINTERF", approach(exactly(10.0, 1), other_is_declared=NO)).ends == (0, 0)


def test_room_about_crews() -> None:
    def offset(*parts: float) -> Any:
        return tuple(Normal(one, 0.05, (1,)) for one in parts)

    inside = approach(exactly(5.0, 1), other_is_crewed=YES, offset_ric_km=offset(1.0, 20.0, 5.0))
    assert judged("CREWED-SAFE", inside).probability == pytest.approx(1.0)
    above = approach(exactly(5.0, 1), other_is_crewed=YES, offset_ric_km=offset(3.0, 20.0, 5.0))
    assert judged("CREWED-SAFE", above).probability == pytest.approx(0.0, abs=1e-9)
    empty = approach(exactly(5.0, 1), other_is_crewed=NO, offset_ric_km=offset(1.0, 2.0, 5.0))
    assert judged("CREWED-SAFE", empty).ends == (0.0, 0.0)


def test_attachment_needs_consent() -> None:
    for one in ("NO-ATTACH", "OST-VIII-1"):
        assert judged(one, attachment(consent=YES)).ends == (0.0, 0.0)
        assert judged(one, attachment(consent=NO)).ends == (1.0, 1.0)
        assert judged(one, attachment(same_registry=YES)).ends == (0.0, 0.0)
        assert judged(one, attachment()).said == "cannot be determined"


def test_fast_releases() -> None:
    def release(speed: Quantity, **more: Any) -> Release:
        told: dict[str, Any] = {
            "subject": subject(), "when": day(2024), "released": YES,
            "separation_speed_m_s": speed, "announced": NO, "near_others": YES,
        }  # fmt: skip
        return Release(**(told | more))

    assert judged("CO-ORBITAL-REL", release(Normal(120.0, 10.0, (1,)))).probability > 0.99
    assert judged("CO-ORBITAL-REL", release(Normal(1.0, 0.3, (1,)))).probability < 0.01
    assert judged("CO-ORBITAL-REL", release(exactly(120.0, 1), announced=YES)).ends == (0.0, 0.0)
    assert judged("CO-ORBITAL-REL", release(Unknown("no track"))).said == "cannot be determined"


# Notices.
def test_notices_of_launches_and_re_entries() -> None:
    def launch(notice: Answer) -> LaunchNotice:
        return LaunchNotice(subject=subject(), when=day(2024), launched=YES, notice=notice)

    assert judged("NOTAM-LAUNCH", launch(YES)).ends == (0.0, 0.0)
    assert judged("NOTAM-LAUNCH", launch(UNFOUND)).ends == pytest.approx((0.7, 1.0))
    assert judged("NOTAM-LAUNCH", launch(NOT_SEARCHED)).said == "cannot be determined"

    def reentry(notice: Answer, hazardous: Answer = YES) -> ReentryNotice:
        return ReentryNotice(
            subject=subject(), when=day(2024), hazardous=hazardous, uncontrolled=YES, notice=notice
        )

    for one in ("LTS-B.9", "COLLISION-NOTICE-REENTRY"):
        assert judged(one, reentry(NO)).ends == (1.0, 1.0)
        assert judged(one, reentry(NO, hazardous=NO)).ends == (0.0, 0.0)


def test_conjunctions_are_answered() -> None:
    def conjunction(pc: Quantity, **more: Any) -> Conjunction:
        told: dict[str, Any] = {
            "subject": subject(), "when": day(2024), "collision_probability": pc, "able": YES,
            "manoeuvred": NO, "coordinated": NO, "other_told": NO,
        }  # fmt: skip
        return Conjunction(**(told | more))

    high = LogNormal(1e-3, 0.3, ("operator",))
    assert judged("LTS-B.4", conjunction(high)).probability > 0.99
    assert judged("LTS-B.4", conjunction(high, coordinated=YES)).ends == (0.0, 0.0)
    assert judged("LTS-B.4", conjunction(exactly(1e-6, "x"))).ends == (0.0, 0.0)
    assert judged("COLLISION-NOTICE", conjunction(high, other_told=YES)).ends == (0.0, 0.0)
    assert judged("COLLISION-NOTICE", conjunction(high)).probability > 0.99


# Risks.
def test_risks_that_are_left_behind() -> None:
    risk = CollisionRisk(
        subject=subject(), when=day(2024), expected_over_10_cm=LogNormal(1e-3, 0.7, ("flux",)),
        expected_over_1_cm=exactly(0.02, "flux"),
    )  # fmt: skip
    assert judged("LEO-CCP", risk).probability == pytest.approx(0.5, abs=0.01)
    assert judged("ESA-ZD-RISK", risk).ends == (1.0, 1.0)
    hurt = Casualty(
        subject=subject(), when=day(2026), expectation=exactly(5e-5, "builder"), on_site=YES
    )
    assert judged("CASUALTY", hurt).ends == (0.0, 0.0)
    assert judged("CASUALTY-FR", hurt).ends == (1.0, 1.0)
    # NASA's sum: one square metre with a person of 0.36 m².
    assert casualty_area_m2([1.0], 0.36) == pytest.approx(2.56)


def test_reactors_stay_until_their_inventory_has_decayed() -> None:
    def reactor(stays: Quantity, needs: Quantity) -> NuclearSource:
        return NuclearSource(
            subject=subject(),
            when=day(2000),
            reactor=YES,
            lifetime_years=stays,
            needed_years=needs,
        )

    assert judged("NPS", reactor(exactly(600.0, 1), exactly(300.0, "x"))).ends == (0.0, 0.0)
    assert judged("NPS", reactor(exactly(1.0, 1), exactly(300.0, "x"))).ends == (1.0, 1.0)
    undeclared = reactor(exactly(600.0, 1), Unknown("not declared"))
    assert judged("NPS", undeclared).said == "cannot be determined"


# Fleets.
def test_fleets_by_size() -> None:
    numbers = {name: one.value for name, one in rule("FR-CONST").thresholds.items()}
    assert fleet_limit(numbers, 20) == pytest.approx(0.92)
    assert fleet_limit(numbers, 49) == pytest.approx(0.949)
    assert fleet_limit(numbers, 50) == pytest.approx(0.95)


def test_fleets_are_judged_by_how_their_satellites_ended() -> None:
    def fleet(*disposed: Answer) -> FleetDisposal:
        return FleetDisposal(
            subject=subject(), when=day(2024), fleet_size=100, disposed=disposed
        )  # fmt: skip

    assert judged("FR-CONST", fleet()).ends == (0.0, 1.0)
    assert judged("FR-CONST", fleet(*[YES] * 200)).ends[1] < 1e-4
    assert judged("FR-CONST", fleet(*[YES] * 70, *[NO] * 30)).ends[0] > 0.999
    some = judged("FR-CONST", fleet(*[YES] * 190, *[NO] * 10))
    assert 0.2 < some.probability < 0.8
    wider = judged("FR-CONST", fleet(*[YES] * 190, *[Unknown("not watched")] * 10))
    assert wider.confidence < some.confidence


# What orbits cannot decide.
@pytest.mark.parametrize("answer", [YES, NO, UNFOUND, NOT_SEARCHED])
def test_weapons_in_orbit_are_never_a_finding(answer: Answer) -> None:
    fact = SpecialPayload(
        subject=subject(), when=day(2024), unregistered=answer, no_declared_function=answer,
        unusual_dose=answer, unusual_motion=answer,
    )  # fmt: skip
    told = judged("OST-IV-1", fact)
    assert told.said == "cannot be determined"
    assert math.isnan(told.probability)
    assert told.confidence == 0.0
    assert len(told.remarks) == 4
    assert all(one.startswith("indicator, not finding: ") for one in told.remarks)


@pytest.mark.parametrize("fact", [approach(exactly(0.1, 1)), breakup(direct_ascent=YES)])
def test_due_regard_is_never_a_finding(fact: Any) -> None:
    told = judged("OST-IX-1", fact)
    assert told.said == "cannot be determined"
    assert "believe" in told.reasons[0]


def test_what_cannot_be_tested_from_outside_says_so() -> None:
    for one in rulebook():
        if one.test != NOT_TESTABLE:
            continue
        fact = Report(
            subject=subject(), when=day(2024), about=one.id, text="so it is told", known=YES
        )
        told = judged(one.id, fact)
        assert told.said == "cannot be determined"
        assert told.reasons == ("not testable from outside; told is: so it is told",)


def test_a_licence_not_found_says_nothing() -> None:
    def authorisation(answer: Answer) -> Authorisation:
        return Authorisation(
            subject=subject(), when=day(2018), non_governmental=YES, authorised=answer
        )

    assert judged("OST-VI-1", authorisation(YES)).ends == (0.0, 0.0)
    assert judged("OST-VI-1", authorisation(NO)).ends == (1.0, 1.0)
    assert judged("OST-VI-1", authorisation(UNFOUND)).said == "cannot be determined"


def test_numbers_come_from_the_rule_and_nowhere_else() -> None:
    """Half the allowance turns the verdict of a slot kept to 0.07 degrees."""
    asked = for_everybody(rule("ITU-SLOT"))
    tighter = replace(
        asked,
        thresholds={**asked.thresholds,
                    "fixed_deg": replace(asked.thresholds["fixed_deg"], value=0.05)},
    )  # fmt: skip
    fact = slot([exactly(0.07, 1)] * 10)
    assert check([asked], [fact], ON).probability.tolist() == [0.0]
    assert np.array_equal(check([tighter], [fact], ON).probability, [1.0])
