"""A rule is held against nobody whom it does not bind."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from commonsky.characterise.norms.applicability import Applies, NotApplicable, applicability
from commonsky.characterise.norms.facts import FleetDisposal, Fragmentation
from commonsky.characterise.norms.knowledge import Unknown, When, yes
from commonsky.characterise.norms.subject import Kind, Sector
from tests.norms_case import NOT_SEARCHED, ON, day, lifetime, rule, subject


def told(rule_id: str, on: date = ON, **more: Any) -> Applies | NotApplicable:
    return applicability(rule(rule_id), lifetime(550.0, subject=subject(**more)), on)


def why(rule_id: str, on: date = ON, **more: Any) -> str:
    found = told(rule_id, on, **more)
    assert isinstance(found, NotApplicable)
    return found.why


def fragmentation(when: When | Unknown, **more: Any) -> Fragmentation:
    return Fragmentation(
        subject=subject(**more), when=when, after_end_of_mission=NOT_SEARCHED,
        internal_cause=NOT_SEARCHED, direct_ascent=NOT_SEARCHED, fragments=NOT_SEARCHED,
        object_years=NOT_SEARCHED, lasting_a_year=NOT_SEARCHED, questions=(),
    )  # fmt: skip


def test_five_years_are_asked_of_american_licences_since_their_day() -> None:
    law = "FCC-5Y"
    assert isinstance(told(law, licensing=("USA",), launched=day(2025)), Applies)
    # Access to the market beside a licence of another State.
    assert isinstance(told(law, licensing=("GBR", "USA"), launched=day(2025)), Applies)
    assert "licensing State USA; here that is FRA" in why(law, licensing=("FRA",))
    assert "which is not known here; it binds USA" in why(law, launched=day(2025))
    assert "was by 2024-09-08, before it began" in why(
        law, licensing=("USA",), launched=day(2024, 9, 8)
    )
    assert "cannot be told" in why(
        law, licensing=("USA",), launched=When(date(2024, 9, 1), date(2024, 9, 30), ("s",))
    )
    assert "not known: not searched" in why(law, licensing=("USA",), launched=NOT_SEARCHED)
    assert "begins to bind on 2024-09-09" in why(
        law, date(2024, 1, 1), licensing=("USA",), launched=day(2025)
    )


def test_french_law_counts_by_application() -> None:
    french: dict[str, Any] = {"licensing": ("FRA",), "launched": day(2025)}
    assert isinstance(told("FR-LOS-TRANSITION", applied=day(2025), **french), Applies)
    assert "it bound until 2026-12-31" in why("FR-LOS-TRANSITION", applied=day(2027), **french)
    assert "before it began to bind" in why("FR-LOS-TRANSITION", applied=day(2023), **french)
    assert "the day of the application" in why("FR-LOS-TRANSITION", **french)
    assert "begins to bind on 2027-01-01" in why("FR-LOS", applied=day(2027, 6), **french)
    later = date(2028, 1, 1)
    assert isinstance(told("FR-LOS", later, applied=day(2027, 6), **french), Applies)
    assert "objects that are a payload; this one is debris" in why(
        "FR-LOS", later, applied=day(2027, 6), kind=Kind.DEBRIS, **french
    )
    assert "of this one that is not known" in why(
        "FR-LOS", later, applied=day(2027, 6), kind=Kind.UNKNOWN, **french
    )


def test_a_standard_is_of_its_agency() -> None:
    assert isinstance(told("ESA-ZD", agency="ESA", applied=day(2024)), Applies)
    assert "projects of ESA; this one is NASA" in why("ESA-ZD", agency="NASA", applied=day(2024))
    assert "of this one that is not known" in why("ESA-ZD", applied=day(2024))


def test_guidelines_are_asked_of_all_and_say_so() -> None:
    for states in (("NOR",), ("CHN",), ()):
        found = told("IADC-5.3.2", operating=states)
        assert isinstance(found, Applies)
        assert "is not law" in found.legal[0]
        assert "every operating State" in found.legal[1]


def test_the_end_of_a_mission_is_after_its_launch() -> None:
    old = lifetime(550.0, end_of_mission=NOT_SEARCHED, subject=subject(launched=day(1990)))
    found = applicability(rule("IADC-5.3.2"), old, ON)
    assert isinstance(found, NotApplicable)
    assert "cannot be told" in found.why
    new = lifetime(550.0, end_of_mission=NOT_SEARCHED, subject=subject(launched=day(2010)))
    assert isinstance(applicability(rule("IADC-5.3.2"), new, ON), Applies)


@pytest.mark.parametrize(
    ("state", "when", "applies"),
    [
        ("USA", day(2022, 4, 29), False), ("USA", day(2022, 5, 1), True),
        ("NOR", day(2023, 10, 1), False), ("NOR", day(2023, 11, 1), True),
        ("CHN", day(2025), False), ("IND", day(2025), False), ("ITA", day(2023, 4, 30), True),
    ],
)  # fmt: skip
def test_a_pledge_binds_its_givers_since_they_gave_it(
    state: str, when: When, *, applies: bool
) -> None:
    found = applicability(rule("ASAT-DA"), fragmentation(when, operating=(state,)), ON)
    assert isinstance(found, Applies) is applies
    if isinstance(found, Applies):
        assert f"Bound as operating State: {state} since 20" in found.legal[1]


def test_votes_are_shown() -> None:
    found = applicability(rule("ASAT-DA-77-41"), fragmentation(day(2025), operating=("CHN",)), ON)
    assert isinstance(found, Applies)
    assert found.legal[-1] == "Votes on the text: CHN against."


def test_pledges_of_armed_forces_bind_no_others() -> None:
    event: dict[str, Any] = {"operating": ("USA",)}
    military = fragmentation(day(2024), sector=Sector.MILITARY, **event)
    civil = fragmentation(day(2024), sector=Sector.CIVIL, **event)
    assert isinstance(applicability(rule("LONG-LIVED-DEBRIS"), military, ON), Applies)
    found = applicability(rule("LONG-LIVED-DEBRIS"), civil, ON)
    assert isinstance(found, NotApplicable)
    assert "users that are military; this one is civil" in found.why


def test_a_fleet_is_bound_by_its_licence() -> None:
    fleet = FleetDisposal(
        subject=subject(licensing=("FRA",), applied=day(2025)), when=day(2026), fleet_size=20,
        disposed=(yes("register"),),
    )  # fmt: skip
    assert isinstance(applicability(rule("FR-CONST-TRANSITION"), fleet, ON), Applies)
