"""The tests that rules name, what each is of, what it uses, and which numbers it needs."""

from __future__ import annotations

from collections.abc import Mapping

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
from commonsky.characterise.norms.verdict import Function, RuleTest, one_by_one

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
_LEFT = (
    "when", "ended", "perigee_above_geo_km", "area_to_mass_cr_m2_kg",
)  # fmt: skip
_BROKE = ("when", "questions", "object_years", "lasting_a_year")
_LASTING = (UNFOUND, "prior_low", "prior_high", "most_object_years", "most_lasting_a_year")


def _one(
    test: Function, of: type, uses: tuple[str, ...], numbers: tuple[str, ...] = ()
) -> RuleTest:
    return RuleTest(function=test, of=(of,), uses=uses, numbers=numbers)


TESTS: Mapping[str, RuleTest] = {
    "geo_disposal": _one(
        one_by_one(iadc_disposal), GeoDisposal, (*_LEFT, "apogee_above_geo_km", "stays_clear"),
        ("margin_km", "per_ratio_km", "most_eccentricity", "region_km"),
    ),
    "geo_perigee": _one(
        one_by_one(perigee_margin), GeoDisposal, _LEFT, ("margin_km", "per_ratio_km")
    ),
    "lifetime": _one(within(fixed_limit), Lifetime, _ORBIT, ("most_years",)),
    "lifetime_by_operation": _one(
        within(by_operation), Lifetime, (*_ORBIT, "operational_years"),
        ("short_mission_years", "short_mission_limit_years", "times_operation", "cap_years"),
    ),
    "slot_keeping": _one(
        one_by_one(slot_keeping), SlotKeeping, ("filed_longitude_deg", "longitude_deg", "moved"),
        ("fixed_deg", "broadcasting_deg", "other_deg", "allowed_share", UNFOUND),
    ),
    "registration_delay": _one(
        one_by_one(registration.registration_delay), Registration,
        ("when", "registered", "registered_on", "searched"), ("delay_days", UNFOUND),
    ),
    "registered": _one(
        one_by_one(registration.registered_at_all), Registration, ("registered", "searched"),
        (UNFOUND,),
    ),
    "decay_told": _one(
        one_by_one(registration.decay_told), Registration, ("decayed", "decay_told"), (UNFOUND,)
    ),
    "status_told": _one(
        one_by_one(registration.status_told), Registration, ("ended", "status_told"), (UNFOUND,)
    ),
    "long_lived_debris": _one(
        one_by_one(debris.long_lived_debris), Fragmentation, _BROKE, _LASTING
    ),
    "destructive_test": _one(
        one_by_one(debris.destructive_test), Fragmentation, ("when", "questions", "direct_ascent"),
        (UNFOUND, "prior_low", "prior_high"),
    ),
    "post_mission_breakup": _one(
        one_by_one(debris.post_mission_breakup), Fragmentation,
        ("when", "after_end_of_mission", "internal_cause"),
    ),
    "released_objects": _one(
        one_by_one(debris.released_objects), ReleasedObjects, ("count", "unavoidable"),
        ("most_count", UNFOUND),
    ),
    "released_object_years": _one(
        one_by_one(debris.released_object_years), ReleasedObjects,
        ("object_years", "longest_years"), ("most_object_years", "most_years"),
    ),
    "approach_without_notice": _one(
        one_by_one(near.approach_without_notice), Approach,
        ("when", "separation_km", "dwell_h", "by_subject", "same_operator", "notice"),
        _NEARNESS,
    ),
    "unsafe_approach": _one(
        one_by_one(near.unsafe_approach), Approach, (*_NEAR, "passively_safe"),
        _NEARNESS,
    ),
    "approach_to_declared": _one(
        one_by_one(near.approach_to_declared), Approach, (*_NEAR, "other_is_declared"),
        _NEARNESS,
    ),
    "crewed_box": _one(
        one_by_one(near.crewed_box), Approach,
        ("offset_ric_km", "other_is_crewed", "consent", "same_operator"),
        ("radial_km", "in_track_km", "cross_track_km", UNFOUND),
    ),
    "contact_without_consent": _one(
        one_by_one(near.contact_without_consent), Attachment,
        ("when", "contact", "same_registry", "consent"), (UNFOUND,),
    ),
    "due_regard": RuleTest(
        function=one_by_one(near.due_regard), of=(Approach, Fragmentation), uses=("when",)
    ),
    "launch_notice": _one(
        one_by_one(notice.launch_notice), LaunchNotice, ("launched", "notice"), (UNFOUND,)
    ),
    "reentry_notice": _one(
        one_by_one(notice.reentry_notice), ReentryNotice,
        ("when", "hazardous", "uncontrolled", "notice"), (UNFOUND,),
    ),
    "conjunction_response": _one(
        one_by_one(notice.conjunction_response), Conjunction,
        ("collision_probability", "able", "manoeuvred", "coordinated"), ("high_risk", UNFOUND),
    ),
    "collision_notice": _one(
        one_by_one(notice.collision_notice), Conjunction, ("collision_probability", "other_told"),
        ("high_risk", UNFOUND),
    ),
    "fast_release": _one(
        one_by_one(fast_release), Release,
        ("when", "released", "separation_speed_m_s", "announced", "near_others"),
        ("fast_m_s", UNFOUND),
    ),
    "collision_risk": _one(
        one_by_one(risk.collision_risk), CollisionRisk, ("expected_over_10_cm",),
        ("most_probability",),
    ),
    "small_collision_risk": _one(
        one_by_one(risk.small_collision_risk), CollisionRisk, ("expected_over_1_cm",),
        ("most_probability",),
    ),
    "casualty": _one(
        one_by_one(risk.casualty), Casualty, ("expectation",), ("most_expected",)
    ),
    "casualty_on_site": _one(
        one_by_one(risk.casualty_on_site), Casualty, ("expectation", "on_site"),
        ("most_expected",),
    ),
    "nuclear_orbit": _one(
        one_by_one(risk.nuclear_orbit), NuclearSource,
        ("reactor", "lifetime_years", "needed_years"),
    ),
    "fleet_disposal": _one(
        one_by_one(fleet_disposal), FleetDisposal, ("disposed",),
        ("small_fleet", "small_base", "small_per_satellite", "large"),
    ),
    "special_payload": _one(
        one_by_one(outside.special_payload), SpecialPayload, tuple(outside.INDICATORS)
    ),
    "authorisation": _one(
        one_by_one(outside.authorisation), Authorisation, ("non_governmental", "authorised")
    ),
    NOT_TESTABLE: _one(one_by_one(outside.not_testable), Report, ("known",)),
    NO_RULE: _one(one_by_one(outside.not_testable), Report, ("known",)),
}  # fmt: skip
