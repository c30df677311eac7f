"""Precedents: what States did, the ten among them, and what the rules say of it."""

from __future__ import annotations

import pytest

from commonsky.characterise.norms.check import check
from commonsky.characterise.norms.compliance import compliance, compliance_lines
from commonsky.characterise.norms.explain import explain
from commonsky.characterise.norms.findings import Finding
from commonsky.characterise.norms.rulebook import rulebook
from tests.norms_case import ON, Precedent, precedents

ALL = precedents()
MAKERS = ("AUS", "CAN", "DEU", "FRA", "GBR", "ITA", "JPN", "NOR", "NZL", "USA")
RIVALS = {"CHN", "RUS"}


def findings_of(one: Precedent) -> dict[str, list[Finding]]:
    told: dict[str, list[Finding]] = {}
    for finding in check(rulebook(), one.facts, ON):
        told.setdefault(finding.rule.id, []).append(finding)
    return told


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_what_the_rules_say(one: Precedent) -> None:
    told = findings_of(one)
    for expected in one.expect:
        (finding,) = told[expected["rule"]]
        assert finding.said == expected["outcome"], explain(finding)
        if "at_least" in expected:
            assert expected["at_least"] <= finding.probability <= expected["at_most"]


def test_half_of_them_are_of_nobodys_rivals() -> None:
    others = [one for one in ALL if not set(one.of) & RIVALS]
    assert 2 * len(others) >= len(ALL)
    assert len(ALL) >= 25


def test_no_pledge_is_held_against_what_was_before_it_or_against_others() -> None:
    tests = {"solwind-1985", "fengyun-1c-2007", "usa-193-2008", "microsat-r-2019",
             "cosmos-1408-2021"}  # fmt: skip
    for one in ALL:
        for finding in findings_of(one).get("ASAT-DA", []):
            if one.id in tests:
                assert finding.said == "not applicable"
            else:
                assert finding.said == "not applicable" or finding.probability < 0.01


def test_two_accounts_of_one_event_stand_side_by_side() -> None:
    claim, elements = (
        next(one for one in ALL if one.id == f"athena-fidus-2017-{name}")
        for name in ("claim", "elements")
    )
    (first,), (second,) = (findings_of(one)["RPO-NOTIFY"] for one in (claim, elements))
    assert first.said == "cannot be determined"
    assert second.probability < 0.05
    assert "too close" in "\n".join(explain(first))
    assert "85 ± 15" in "\n".join(explain(second))


def test_one_rule_for_the_same_conduct_of_three_states() -> None:
    """Intended, and long-lived: the same numbers for three States that did it."""
    tests = {"fengyun-1c-2007", "microsat-r-2019", "cosmos-1408-2021"}
    told = [findings_of(one)["IADC-5.2.3"][0] for one in ALL if one.id in tests]
    assert len(told) == 3
    assert len({finding.probability for finding in told}) == 1


def test_the_report_holds_its_makers_and_admits_what_is_withheld() -> None:
    facts = [fact for one in ALL for fact in one.facts]
    findings = check(rulebook(), facts, ON)
    table = compliance(findings, [fact.subject for fact in facts], MAKERS)
    assert set(MAKERS) <= set(table.owner.tolist())
    ours = table.owner == "USA"
    assert (table.withheld[ours] >= 1).all()
    lines = compliance_lines(table)
    assert any(line.startswith("NZL (no rule came up)") for line in lines)
    assert any("withheld" in line for line in lines)
    assert (table.share_low <= table.share_high)[table.undetermined + table.determined > 0].all()
