"""Facts from TOML: every kind, every way to know a number, and errors that teach."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonsky.characterise.norms.fact_toml import KINDS, NOT_TOLD, facts_of
from commonsky.characterise.norms.facts import Approach, Fragmentation, Lifetime
from commonsky.characterise.norms.knowledge import (
    Belief,
    Between,
    LogNormal,
    Normal,
    NotFound,
    Unknown,
    When,
)
from commonsky.characterise.norms.subject import Kind, Sector
from commonsky.errors import MessageError

LIFETIME = """
[[fact]]
kind = "Lifetime"
subject = { object_number = 900000001, name = "one", kind = "payload", operating = ["NOR"], sector = "civil", launched = { day = 2015-01-01, evidence = ["register"] }, withheld = true }
when = { day = 2026-01-01, evidence = [12] }
ended = { yes = true, evidence = ["operator"] }
end_of_mission = { first = 2025-01-01, last = 2025-12-31, evidence = ["operator"] }
perigee_km = { exactly = 550, evidence = [12] }
apogee_km = { mean = 560, sigma = 2.5, evidence = [12, 13] }
area_to_mass_m2_kg = { median = 0.01, sigma_log = 0.4, evidence = ["assumed: as others"] }
drag_coefficient = { low = 2.0, high = 2.4, evidence = ["assumed: as others"] }
inclination_rad = { unknown = "not read" }
crossed_low_orbits = { not_found = true, evidence = ["register"] }
"""  # noqa: E501 - an inline table of TOML is one line


def test_a_fact_as_written() -> None:
    (one,) = facts_of(LIFETIME.encode())
    assert isinstance(one, Lifetime)
    assert one.subject.kind is Kind.PAYLOAD
    assert one.subject.sector is Sector.CIVIL
    assert one.subject.withheld
    assert one.subject.launched == When(date(2015, 1, 1), date(2015, 1, 1), ("register",))
    assert one.end_of_mission == When(date(2025, 1, 1), date(2025, 12, 31), ("operator",))
    assert one.perigee_km == Between(550.0, 550.0, (12,))
    assert one.apogee_km == Normal(560.0, 2.5, (12, 13))
    assert one.area_to_mass_m2_kg == LogNormal(0.01, 0.4, ("assumed: as others",))
    assert one.ended == Belief(1.0, 1.0, ("operator",))
    assert one.crossed_low_orbits == NotFound(("register",))
    assert one.inclination_rad == Unknown("not read")
    assert one.operational_years == NOT_TOLD


def test_every_kind_can_be_written_with_nothing_known() -> None:
    more = {
        "SlotKeeping": "service = 'fixed'\ndays_each = 7.0",
        "FleetDisposal": "fleet_size = 20",
        "Approach": "other = { object_number = 2, name = 'two' }",
        "Attachment": "other = { object_number = 2, name = 'two' }",
    }
    for kind in KINDS:
        text = (
            f"[[fact]]\nkind = '{kind}'\nsubject = {{ object_number = 1, name = 'one' }}\n"
            + more.get(kind, "")
        )
        (one,) = facts_of(text.encode())
        assert type(one) is KINDS[kind]
        assert one.when == NOT_TOLD


def test_questions_are_the_usual_or_others() -> None:
    head = "[[fact]]\nkind = 'Fragmentation'\nsubject = { object_number = 1, name = 'one' }\n"
    (usual,) = facts_of(
        f"{head}questions = {{ blow = {{ yes = false, evidence = [1] }} }}".encode()
    )
    assert isinstance(usual, Fragmentation)
    assert [one.answer for one in usual.questions].count(Belief(0.0, 0.0, (1,))) == 1
    assert len(usual.questions) == 4
    (other,) = facts_of(
        f"{head}questions = [{{ text = 'y', yes_if_intended = 0.5, yes_if_not = 0.1 }}]".encode()
    )
    assert isinstance(other, Fragmentation)
    assert other.questions[0].answer == NOT_TOLD
    with pytest.raises(MessageError, match="chances of a yes lie between 0 and 1"):
        facts_of(
            f"{head}questions = [{{ text = 'y', yes_if_intended = 1, yes_if_not = 0 }}]".encode()
        )
    with pytest.raises(MessageError, match="the usual questions are"):
        facts_of(f"{head}questions = {{ why = {{ yes = true, evidence = [1] }} }}".encode())


def test_an_offset_has_three_parts() -> None:
    head = (
        "[[fact]]\nkind = 'Approach'\nsubject = { object_number = 1, name = 'one' }\n"
        "other = { object_number = 2, name = 'two' }\n"
    )
    parts = ", ".join(f"{{ exactly = {k}, evidence = [1] }}" for k in range(3))
    (one,) = facts_of(f"{head}offset_ric_km = [{parts}]".encode())
    assert isinstance(one, Approach)
    assert one.offset_ric_km[2] == Between(2.0, 2.0, (1,))
    with pytest.raises(MessageError, match="radial, in-track and cross-track"):
        facts_of(f"{head}offset_ric_km = [{{ exactly = 1, evidence = [1] }}]".encode())


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('kind = "Lifetime"', 'kind = "Life"', "a fact has a kind, one of GeoDisposal, Lifetime"),
        ("perigee_km", "perigee", "a Lifetime knows no 'perigee'"),
        (
            "exactly = 550, evidence = [12]",
            "exactly = 550",
            "perigee_km: a value names what it rests on",
        ),
        ("exactly = 550", "exactly = 'high'", "perigee_km is a number, not 'high'"),
        ("exactly = 550", "exactly = 550, low = 1", "a number is exactly, low and high"),
        ("exactly = 550", "value = 550", "perigee_km knows no 'value'"),
        ("yes = true", "yes = 1", "an answer is yes"),
        ("low = 2.0, high = 2.4", "low = 2.4, high = 2.0", "a range goes from low to high"),
        ("day = 2026-01-01", "day = '2026'", "when is a day such as 2024-09-09, not '2026'"),
        ("evidence = [12, 13]", "evidence = 12", "evidence is a list of input rows"),
        ("withheld = true", "withheld = 1", "withheld is true or false"),
        ('operating = ["NOR"]', 'operating = "NOR"', "operating is a list of texts"),
        ('sector = "civil"', 'sector = "spy"', "sector is one of civil, military"),
        ('name = "one"', 'title = "one"', "a subject knows no 'title'"),
        ("[[fact]]", "[[facts]]", "a file of facts knows no 'facts'"),
        ("[[fact]]", "[fact]", r"fact is written as \[\[fact\]\]"),
        ("sigma = 2.5", "sigma = -1", "no normal error"),
    ],
)
def test_what_is_wrong_is_told(old: str, new: str, problem: str) -> None:
    assert old in LIFETIME
    with pytest.raises(MessageError, match=problem):
        facts_of(LIFETIME.replace(old, new, 1).encode())


def test_where_it_is_wrong_is_told() -> None:
    wrong = LIFETIME.replace("exactly = 550", "exactly = true")
    with pytest.raises(MessageError) as told:
        facts_of((LIFETIME + wrong).encode())
    assert told.value.line == LIFETIME.count("\n") + 2


def test_files_of_other_kinds_are_refused() -> None:
    with pytest.raises(MessageError, match="TOML in UTF-8"):
        facts_of(b"\xff\xfe")
    with pytest.raises(MessageError, match="at most"):
        facts_of(b"#" * (1 << 23))


PIECES = LIFETIME.split()


@given(cut=st.integers(0, len(LIFETIME)), piece=st.sampled_from(PIECES), size=st.integers(0, 40))
def test_anything_else_is_refused_and_never_breaks(cut: int, piece: str, size: int) -> None:
    with suppress(MessageError):
        facts_of((LIFETIME[:cut] + piece + LIFETIME[cut + size :]).encode())
