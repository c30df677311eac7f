"""Rules as data: all are there, and what nobody can vouch for never decides."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files

import pytest

from commonsky.characterise.norms.rule import MAY_DECIDE, Binding, Verification
from commonsky.characterise.norms.rule_tests import NO_RULE, NOT_TESTABLE, TESTS
from commonsky.characterise.norms.rulebook import distinct, rulebook, rules_of
from commonsky.errors import MessageError
from tests.norms_case import rule

WANTED = {
    "OST-IV-1", "OST-VI-1", "OST-VII-1", "OST-VIII-1", "OST-IX-1", "REG-II-1", "REG-IV-2",
    "IADC-5.1", "IADC-5.2.1", "IADC-5.2.3", "IADC-5.3.2", "FCC-5Y", "ESA-ZD", "LEO-CCP",
    "GEO-REORBIT", "CASUALTY", "FR-LOS", "NASA-4.3", "SMALLSAT-TRACK", "LTS-A.5", "LTS-B.1",
    "LTS-B.2", "LTS-B.4", "LTS-B.5", "LTS-B.9", "LTS-B.10", "NOTAM-LAUNCH", "ASAT-DA", "RPO-SAFE",
    "RPO-NOTIFY", "NO-ATTACH", "CO-ORBITAL-REL", "LONG-LIVED-DEBRIS", "NC3-NONINTERF",
    "C2-NONINTERF", "COLLISION-NOTICE", "SSA-SHARE", "ITU-SLOT", "COLA-BURDEN", "NPS",
    "CREWED-SAFE", "FR-OOS", "FR-CONST", "NASA-BREAKUP", "EU-SPACE-ACT", "US-UPPER-STAGE",
}  # fmt: skip
UNTESTABLE = {
    "OST-VII-1", "SMALLSAT-TRACK", "LTS-B.1", "LTS-B.2", "LTS-B.5", "LTS-B.10", "C2-NONINTERF",
    "SSA-SHARE", "COLA-BURDEN",
}  # fmt: skip
ONE = """
[[rule]]
id = "X-1"
version = "1"
title = "title"
binding = "guideline"
issuer = "somebody"
text = "text"
data = "data"
test = "lifetime"
applies_to = { by = "operating", dated = "event", since = "2020-02" }
citation = [{ text = "a text", status = "read" }]

[rule.threshold.most_years]
value = 25
unit = "yr"
source = "a text, 5.3"
status = "read"
"""


def test_all_rules_are_there() -> None:
    assert len(WANTED) == 46
    assert {one.id for one in rulebook()} >= WANTED
    assert {one.id for one in rulebook() if one.test == NOT_TESTABLE} == UNTESTABLE
    assert {one.id for one in rulebook() if one.test == NO_RULE} == {
        "EU-SPACE-ACT", "US-UPPER-STAGE",
    }  # fmt: skip


def test_every_number_has_a_source_of_its_own() -> None:
    for one in rulebook():
        for name, number in one.thresholds.items():
            assert number.source, (one.id, name)
            assert number.unit
            assert number.status in MAY_DECIDE
            if number.status is Verification.OURS:
                assert number.source.startswith("ours"), (one.id, name)


def test_texts_are_short_and_cite_issuers() -> None:
    for one in rulebook():
        assert len(one.text) < 400
        assert one.citations or one.binding is Binding.OURS
        if one.binding in {Binding.NATIONAL_LAW, Binding.PLEDGE}:
            assert one.applies_to.bound
    for path in files("commonsky.characterise.norms").joinpath("rules").iterdir():
        assert not re.search(r"github|index id", path.read_text(), re.IGNORECASE)


def test_numbers_that_could_not_be_verified_are_not_there() -> None:
    held = {(one.id, number.value) for one in rulebook() for number in one.thresholds.values()}
    values = {value for _, value in held}
    assert not values & {0.05 / 180, 300.0, 1e-5, 245.0, 435.0, 36021.0}
    assert {rule("ITU-SLOT").value(f"{name}_deg") for name in ("fixed", "other")} == {0.1, 0.5}
    assert rule("NPS").thresholds == {}


@pytest.mark.parametrize(
    "status", ["disputed", "not verifiable", "from memory", "not re-checked"]
)  # fmt: skip
def test_a_number_nobody_can_vouch_for_is_refused(status: str) -> None:
    head, middle, tail = ONE.rpartition('"read"')
    with pytest.raises(MessageError, match=f"most_years is {status}: .*never decides") as told:
        rules_of(f'{head}"{status}"{tail}'.encode())
    assert middle
    assert told.value.line == 3
    assert told.value.field == "X-1"


def test_a_rule_as_written() -> None:
    (one,) = rules_of(ONE.encode())
    assert one.value("most_years") == 25.0
    assert one.applies_to.since == date(2020, 2, 29)  # of a month its last day
    assert one.applies_to.until == date.max


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('title = "title"', 'titel = "title"', "knows no 'titel'"),
        ('title = "title"', "", "lacks 'title'"),
        ('title = "title"', "title = 3", "title is a text, not 3"),
        ('binding = "guideline"', 'binding = "law"', "binding is one of treaty, national law"),
        ('binding = "guideline"', 'binding = "pledge"', "a pledge binds some States"),
        ('test = "lifetime"', 'test = "life"', "there is no test 'life'; there are geo_disposal"),
        ('test = "lifetime"', 'test = "registered"', "needs the numbers absent_if_unfound; found"),
        ("most_years]", "years]", "needs the numbers most_years; found years"),
        ("value = 25", "value = true", "most_years is a number, not True"),
        ("value = 25", 'value = "25"', "most_years is a number"),
        ('since = "2020-02"', 'since = "2020-13"', "since, if not a month as '2024-09', is a day"),
        ('by = "operating"', 'by = "owning"', "by is one of launching, registering"),
        ('"2020-02" }', '"2020-02", bound = [{ state = "us", since = 2020-01-01 }] }',
         "three capital letters"),
        ('since = "2020-02" }', 'since = "2020-02", kinds = "payload" }', "is a list of texts"),
        ('citation = [{ text = "a text", status = "read" }]', "", "has a citation"),
        ('status = "read" }]', 'status = "seen" }]', "status is one of read, read in a mirror"),
        ("[[rule]]", "[rule]", r"is written as \[\[rule\]\]"),
        ("[[rule]]", "[[rules]]", "knows no 'rules'"),
        ("[[rule]]", "[[rule", "is TOML in UTF-8"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(old: str, new: str, problem: str) -> None:
    assert old in ONE
    with pytest.raises(MessageError, match=problem):
        rules_of(ONE.replace(old, new).encode())


def test_files_of_other_kinds_are_refused() -> None:
    with pytest.raises(MessageError, match="TOML in UTF-8"):
        rules_of(b"\xff\xfe")
    with pytest.raises(MessageError, match="at most"):
        rules_of(b"#" * (1 << 21))
    with pytest.raises(ValueError, match="two rules X-1"):
        distinct(rules_of(ONE.encode()) * 2)


def test_pledges_are_of_those_who_gave_them() -> None:
    pledge = rule("ASAT-DA")
    bound = {one.state: one.since for one in pledge.applies_to.bound}
    assert len(bound) == 37
    ten = {"AUS", "CAN", "DEU", "FRA", "GBR", "ITA", "JPN", "NOR", "NZL", "USA"}
    assert ten <= set(bound)
    assert bound["USA"] == date(2022, 4, 30)
    assert bound["NOR"] == date(2023, 10, 31)
    votes = {one.state: one.vote for one in rule("ASAT-DA-77-41").votes}
    assert sorted(votes.values()).count("against") == 9
    assert sorted(votes.values()).count("abstained") == 9
    assert not set(votes) & set(bound)


def test_every_test_is_used_and_says_what_it_uses() -> None:
    assert {one.test for one in rulebook()} == set(TESTS)
    for test in TESTS.values():
        assert test.uses
