"""Findings: fact, test and legal status apart; words; counts; the makers of a report in it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from commonsky.characterise.norms.check import check
from commonsky.characterise.norms.compliance import compliance, compliance_lines
from commonsky.characterise.norms.explain import explain, outcome_text
from commonsky.characterise.norms.facts import Alternative, Report, evidence, without
from commonsky.characterise.norms.knowledge import (
    Between,
    Normal,
    NotFound,
    Unknown,
    exactly,
    yes,
)
from commonsky.characterise.norms.rule import Binding
from commonsky.characterise.norms.rulebook import rulebook
from commonsky.characterise.norms.verdict import Outcome, share, span
from tests.norms_case import (
    NOT_SEARCHED,
    ON,
    approach,
    day,
    for_everybody,
    geo_disposal,
    judged,
    precedents,
    rule,
    subject,
)

NEAR = approach(Between(8.0, 12.0, (11, 7)))


def test_columns_and_texts_tell_the_same() -> None:
    facts = [NEAR, geo_disposal(exactly(100.0, 5), exactly(120.0, 5), exactly(0.03, "dry mass"))]
    table = check(rulebook(), facts, ON)
    assert len(table) == len(table.told) == len(table.outcome)
    assert table.fact.tolist() == sorted(table.fact.tolist())
    for k, one in enumerate(table):
        assert table.rules[table.rule[k]] is one.rule
        assert table.facts[table.fact[k]] is one.fact
        assert table.row[table.first[k] : table.first[k + 1]].tolist() == list(one.rows)
        assert table.outcome[k] == one.outcome
        assert np.array_equal(table.probability[k], one.probability, equal_nan=True)
    assert len(check(rulebook(), [], ON)) == 0


def test_a_finding_rests_on_what_its_test_uses() -> None:
    """The notice is nothing to a rule about safe paths."""
    noticed = replace(NEAR, notice=yes("the notice"))
    assert "the notice" in judged("RPO-NOTIFY", noticed).sources
    assert "the notice" not in judged("RPO-SAFE", noticed).sources
    assert judged("RPO-NOTIFY", noticed).rows == (4, 5, 7, 11)


def test_three_things_stay_apart() -> None:
    lines = explain(judged("RPO-NOTIFY", NEAR))
    heads = [line for line in lines if line.isupper()]
    assert heads == ["FACT", "TEST", "LEGAL STATUS", "EVIDENCE", "WOULD CHANGE IT"]
    parts = "\n".join(lines).split("\nTEST\n")
    assert "probability" not in parts[0]
    assert "nobody is bound by it" in parts[1].split("LEGAL STATUS")[1]


def test_nobody_is_told_to_have_violated_anything() -> None:
    facts = [fact for one in precedents() for fact in one.facts]
    told = "\n".join(line for one in check(rulebook(), facts, ON) for line in explain(one))
    told += "\n".join(line for one in rulebook() for line in explain(one))
    assert "violat" not in told.lower()
    assert "guilty" not in told.lower()


def test_what_follows_is_said_by_what_binds_and_apart_from_the_test() -> None:
    told = judged("RPO-NOTIFY", NEAR)
    assert outcome_text(told) == (
        "came near another's object and stayed, unannounced: probability 0.850 (0.700 to 1), "
        "confidence 0.70"
    )
    for binding in Binding:
        lines = explain(replace(told, rule=replace(told.rule, binding=binding)))
        (so,) = [line for line in lines if line.startswith("  if so: ")]
        assert lines.index(so) > lines.index("LEGAL STATUS")
        assert ("accordance" in so) == (binding is Binding.NATIONAL_LAW)
        assert ("nobody" in so) == (binding in {Binding.PROPOSED, Binding.OURS})


def test_what_is_missing_is_told_and_what_would_decide() -> None:
    told = judged("RPO-NOTIFY", replace(NEAR, notice=Unknown("nobody searched")))
    assert told.said == "cannot be determined"
    assert math.isnan(told.probability)
    assert "not known: notice: nobody searched" in told.reasons
    assert told.would_decide
    text = "\n".join(explain(told))
    assert "because: not known: notice: nobody searched" in text
    assert "would decide:" in text


def test_alternatives_are_shown_with_their_likelihood() -> None:
    other = Alternative(text="a fault of its thruster", likelihood=yes("operator"))
    lines = explain(judged("RPO-NOTIFY", replace(NEAR, alternatives=(other,))))
    assert "  a fault of its thruster (likelihood: yes)" in lines


def test_what_is_no_rule_is_not_applied() -> None:
    fact = Report(
        subject=subject(licensing=("USA",)), when=day(2026), about="EU-SPACE-ACT", text="x",
        known=yes("x"),
    )  # fmt: skip
    (told,) = check(rulebook(), [fact], ON)
    assert told.outcome is Outcome.NOT_APPLICABLE
    assert "no such rule is in force" in told.reasons[0]
    assert "none: no such rule is in force" in "\n".join(explain(rule("US-UPPER-STAGE")))


def test_untestable_rules_are_named() -> None:
    table = check(rulebook(), [NEAR], ON)
    assert "COLA-BURDEN" in {one.id for one in table.untestable}
    assert "not testable from outside" in "\n".join(explain(rule("LTS-B.10")))


def test_a_rule_is_explained_with_each_numbers_source() -> None:
    text = "\n".join(explain(rule("GEO-REORBIT")))
    assert "number: margin_km: 235 km [read in a mirror: ESA Space Environment Report" in text
    assert "binding: guideline" in text
    assert "any, since 2002-12-31 (counted by the event)" in text
    votes = "\n".join(explain(rule("ASAT-DA-77-41")))
    assert "CHN against" in votes
    assert "IND abstained" in votes


def test_evidence_withdrawn_leaves_the_claim() -> None:
    less = without(NEAR, {7})
    assert isinstance(less.separation_km, Unknown)
    assert less.dwell_h == NEAR.dwell_h
    assert 7 not in evidence(less)
    assert without(NEAR, set()) == NEAR
    assert evidence(NEAR)[:4] == (4, 5, 7, 11)


def test_bad_values_are_refused_where_they_are_made() -> None:
    for bad in (
        lambda: exactly(1.0), lambda: Between(2.0, 1.0, (1,)), lambda: Normal(1.0, 0.0, (1,)),
        lambda: Unknown(""), lambda: NotFound(()), lambda: Between(math.nan, 1.0, (1,)),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"range|evidence|rests on|normal error|says why"):
            bad()


def test_probabilities_in_words() -> None:
    assert [share(x) for x in (0.0, 1e-6, 0.5, 0.9999, 1.0)] == [
        "0", "below 0.001", "0.500", "above 0.999", "1",
    ]  # fmt: skip
    assert span((0.25, 0.25)) == "0.250"
    assert span((0.0, 1.0)) == "0 to 1"


def test_compliance_counts_what_is_open() -> None:
    rules = [for_everybody(rule("RPO-NOTIFY"))]
    ours = subject(object_number=5, operating=("NOR",), withheld=True)
    facts = [
        NEAR,  # 0.7 to 1
        replace(NEAR, notice=yes("notice")),  # 0
        replace(NEAR, notice=NOT_SEARCHED),  # open
        replace(NEAR, subject=subject(object_number=8, operating=("CHN",))),
    ]
    table = compliance(check(rules, facts, ON), [ours], ["NOR", "NZL"])
    assert table.owner.tolist() == ["CHN", "NOR", "NZL"]
    assert table.determined.tolist() == [1, 2, 0]
    assert table.undetermined.tolist() == [0, 1, 0]
    assert table.share[1] == pytest.approx(0.425)
    assert table.share_low[1] == pytest.approx(0.7 / 3)
    assert table.share_high[1] == pytest.approx(2.0 / 3)
    assert table.objects.tolist() == [1, 2, 0]
    assert table.withheld.tolist() == [0, 1, 0]
    assert math.isnan(table.share[2])
    lines = compliance_lines(table)
    assert "2 objects, 1 of them withheld" in lines[1]
    assert lines[2].startswith("NZL (no rule came up): 0 determined")
    assert lines[2].endswith("nothing tested; 0 objects, 0 of them withheld")


def test_compliance_by_operator() -> None:
    rules = [for_everybody(rule("RPO-NOTIFY"))]
    table = compliance(check(rules, [NEAR], ON), [], [], by=lambda one: "operator of " + one.name)
    assert table.owner.tolist() == ["operator of one"]
