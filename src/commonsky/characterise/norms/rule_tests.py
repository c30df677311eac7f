"""The tests that rules name, what each is of, what it uses, and which numbers it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from commonsky.characterise.norms import approach as near
from commonsky.characterise.norms import debris, notice, outside, registration, risk
from commonsky.characterise.norms.constellation import fleet_disposal
from commonsky.characterise.norms.disposal_geo import iadc_disposal, perigee_margin
from commonsky.characterise.norms.facts import (
    Approach,
    Attachment,
    Authorisation,
    Casualty,
    CollisionRisk,
    Conjunction,
    FleetDisposal,
    Fragmentation,
    GeoDisposal,
    LaunchNotice,
    Lifetime,
    NuclearSource,
    ReentryNotice,
    Registration,
    Release,
    ReleasedObjects,
    Report,
    SlotKeeping,
    SpecialPayload,
)
from commonsky.characterise.norms.lifetime import by_operation, fixed_limit, within
from commonsky.characterise.norms.release import fast_release
from commonsky.characterise.norms.slot import slot_keeping
from commonsky.characterise.norms.verdict import Function, Numbers, Result, RuleTest, one_by_one

NOT_TESTABLE, NO_RULE = "not_testable_from_outside", "no_rule_in_force"
UNFOUND = "absent_if_unfound"
_ORBIT = (
    "when", "ended", "end_of_mission", "perigee_km", "apogee_km", "inclination_rad",
    "area_to_mass_m2_kg", "drag_coefficient", "crossed_low_orbits",
)  # fmt: skip
_NEAR = (
    "when", "separation_km", "dwell_h", "by_subject", "consent", "same_operator",
)  # fmt: skip
_NEARNESS = ("near_km", "dwell_h", UNFOUND)
_LEFT = ("when", "ended", "perigee_above_geo_km", "area_to_mass_cr_m2_kg")
_BROKE = ("when", "questions", "object_years", "lasting_a_year")
_LASTING = (UNFOUND, "prior_low", "prior_high", "most_object_years", "most_lasting_a_year")


def _one(
    of_what: str, test: Callable[[Numbers, Any], Result], of: type, uses: tuple[str, ...],
    numbers: tuple[str, ...] = (),
) -> RuleTest:  # fmt: skip
    """A test of one fact at a time."""
    return _many(of_what, one_by_one(test), of, uses, numbers)


def _many(
    of_what: str, test: Function, of: type, uses: tuple[str, ...], numbers: tuple[str, ...]
) -> RuleTest:
    return RuleTest(of_what=of_what, function=test, of=(of,), uses=uses, numbers=numbers)


TESTS: Mapping[str, RuleTest] = {
    "geo_disposal": _one(
        "left by neither of the two ways",
        iadc_disposal,
        GeoDisposal,
        (*_LEFT, "apogee_above_geo_km", "stays_clear"),
        ("margin_km", "per_ratio_km", "most_eccentricity", "region_km"),
    ),
    "geo_perigee": _one(
        "left too low", perigee_margin, GeoDisposal, _LEFT, ("margin_km", "per_ratio_km")
    ),
    "lifetime": _many(
        "in orbit for longer than allowed", within(fixed_limit), Lifetime, _ORBIT, ("most_years",)
    ),
    "lifetime_by_operation": _many(
        "in orbit for longer than allowed",
        within(by_operation),
        Lifetime,
        (*_ORBIT, "operational_years"),
        ("short_mission_years", "short_mission_limit_years", "times_operation", "cap_years"),
    ),
    "slot_keeping": _one(
        "away from its longitude in more windows than allowed",
        slot_keeping,
        SlotKeeping,
        ("filed_longitude_deg", "longitude_deg", "moved"),
        ("fixed_deg", "broadcasting_deg", "other_deg", "allowed_share", UNFOUND),
    ),
    "registration_delay": _one(
        "registered late, or not at all",
        registration.registration_delay,
        Registration,
        ("when", "registered", "registered_on", "searched"),
        ("delay_days", UNFOUND),
    ),
    "registered": _one(
        "not registered",
        registration.registered_at_all,
        Registration,
        ("registered", "searched"),
        (UNFOUND,),
    ),
    "decay_told": _one(
        "came down, and the register was not told",
        registration.decay_told,
        Registration,
        ("decayed", "decay_told"),
        (UNFOUND,),
    ),
    "status_told": _one(
        "ended, and the register was not told",
        registration.status_told,
        Registration,
        ("ended", "status_told"),
        (UNFOUND,),
    ),
    "long_lived_debris": _one(
        "intended, and leaving debris for long",
        debris.long_lived_debris,
        Fragmentation,
        _BROKE,
        _LASTING,
    ),
    "destructive_test": _one(
        "intended, by direct ascent",
        debris.destructive_test,
        Fragmentation,
        ("when", "questions", "direct_ascent"),
        (UNFOUND, "prior_low", "prior_high"),
    ),
    "post_mission_breakup": _one(
        "broke up by itself after its mission",
        debris.post_mission_breakup,
        Fragmentation,
        ("when", "after_end_of_mission", "internal_cause"),
    ),
    "released_objects": _one(
        "released what could have been kept",
        debris.released_objects,
        ReleasedObjects,
        ("count", "unavoidable"),
        ("most_count", UNFOUND),
    ),
    "released_object_years": _one(
        "released what stays too long",
        debris.released_object_years,
        ReleasedObjects,
        ("object_years", "longest_years"),
        ("most_object_years", "most_years"),
    ),
    "approach_without_notice": _one(
        "came near another's object and stayed, unannounced",
        near.approach_without_notice,
        Approach,
        ("when", "separation_km", "dwell_h", "by_subject", "same_operator", "notice"),
        _NEARNESS,
    ),
    "unsafe_approach": _one(
        "came near, unasked, on a path not safe by itself",
        near.unsafe_approach,
        Approach,
        (*_NEAR, "passively_safe"),
        _NEARNESS,
    ),
    "approach_to_declared": _one(
        "came near, unasked, to what is declared",
        near.approach_to_declared,
        Approach,
        (*_NEAR, "other_is_declared"),
        _NEARNESS,
    ),
    "crewed_box": _one(
        "came into the box about a crew, unasked",
        near.crewed_box,
        Approach,
        ("offset_ric_km", "other_is_crewed", "consent", "same_operator"),
        ("radial_km", "in_track_km", "cross_track_km", UNFOUND),
    ),
    "contact_without_consent": _one(
        "held on to another's object without consent",
        near.contact_without_consent,
        Attachment,
        ("when", "contact", "same_registry", "consent"),
        (UNFOUND,),
    ),
    "due_regard": RuleTest(
        of_what="acted without due regard",
        function=one_by_one(near.due_regard),
        of=(Approach, Fragmentation),
        uses=("when",),
    ),
    "launch_notice": _one(
        "launched unannounced",
        notice.launch_notice,
        LaunchNotice,
        ("launched", "notice"),
        (UNFOUND,),
    ),
    "reentry_notice": _one(
        "came down uncontrolled, a hazard, unannounced",
        notice.reentry_notice,
        ReentryNotice,
        ("when", "hazardous", "uncontrolled", "notice"),
        (UNFOUND,),
    ),
    "conjunction_response": _one(
        "a high risk was left unanswered",
        notice.conjunction_response,
        Conjunction,
        ("collision_probability", "able", "manoeuvred", "coordinated"),
        ("high_risk", UNFOUND),
    ),
    "collision_notice": _one(
        "the other side of a high risk was not told",
        notice.collision_notice,
        Conjunction,
        ("collision_probability", "other_told"),
        ("high_risk", UNFOUND),
    ),
    "fast_release": _one(
        "released fast, near others, unannounced",
        fast_release,
        Release,
        ("when", "released", "separation_speed_m_s", "announced", "near_others"),
        ("fast_m_s", UNFOUND),
    ),
    "collision_risk": _one(
        "likelier to collide than allowed",
        risk.collision_risk,
        CollisionRisk,
        ("expected_over_10_cm",),
        ("most_probability",),
    ),
    "small_collision_risk": _one(
        "likelier to collide than allowed",
        risk.small_collision_risk,
        CollisionRisk,
        ("expected_over_1_cm",),
        ("most_probability",),
    ),
    "casualty": _one(
        "more people at risk than allowed",
        risk.casualty,
        Casualty,
        ("expectation",),
        ("most_expected",),
    ),
    "casualty_on_site": _one(
        "more people at risk than allowed",
        risk.casualty_on_site,
        Casualty,
        ("expectation", "on_site"),
        ("most_expected",),
    ),
    "nuclear_orbit": _one(
        "comes down before its inventory has decayed",
        risk.nuclear_orbit,
        NuclearSource,
        ("reactor", "lifetime_years", "needed_years"),
    ),
    "fleet_disposal": _one(
        "disposals succeed too rarely",
        fleet_disposal,
        FleetDisposal,
        ("disposed",),
        ("small_fleet", "small_base", "small_per_satellite", "large"),
    ),
    "special_payload": _one(
        "carries weapons of mass destruction",
        outside.special_payload,
        SpecialPayload,
        tuple(outside.INDICATORS),
    ),
    "authorisation": _one(
        "flown without an authorisation",
        outside.authorisation,
        Authorisation,
        ("non_governmental", "authorised"),
    ),
    NOT_TESTABLE: _one("", outside.not_testable, Report, ("known",)),
    NO_RULE: _one("", outside.not_testable, Report, ("known",)),
}
