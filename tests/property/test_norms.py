"""What must hold of every rule and every fact: evidence, labels, bytes."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonsky.characterise.norms.check import check
from commonsky.characterise.norms.explain import explain
from commonsky.characterise.norms.fact_toml import KINDS
from commonsky.characterise.norms.facts import Fact, evidence, without
from commonsky.characterise.norms.findings import Findings
from commonsky.characterise.norms.intent import USUAL, intention, usual_questions
from commonsky.characterise.norms.knowledge import (
    Answer,
    Belief,
    LogNormal,
    Unknown,
    When,
    all_of,
    any_of,
    chance_above,
    chance_below,
    exactly,
    never,
    yes,
)
from commonsky.characterise.norms.rulebook import rulebook
from commonsky.characterise.norms.verdict import Outcome
from tests.norms_case import (
    ANSWERS,
    ON,
    POOL,
    day,
    facts_of_kind,
    for_everybody,
    lifetime,
    precedents,
    quantities,
    renamed_fact,
    renamed_rule,
    rule,
)

EVERYBODY = tuple(for_everybody(one) for one in rulebook())
ROUNDING = 1e-9
WITHDRAWN = st.sets(st.sampled_from(POOL))
STATES = sorted({
    *(bound.state for one in rulebook() for bound in one.applies_to.bound),
    *(vote.state for one in rulebook() for vote in one.votes), "ESA",
})  # fmt: skip
FACTS = [fact for one in precedents() for fact in one.facts]


def assert_less_is_known(full: Findings, less: Findings) -> None:
    assert len(full) == len(less)
    assert np.all(less.confidence <= full.confidence + ROUNDING)
    assert np.all(less.probability_low <= full.probability_low + ROUNDING)
    assert np.all(less.probability_high >= full.probability_high - ROUNDING)
    undetermined = full.outcome == Outcome.CANNOT_BE_DETERMINED
    assert np.all(less.outcome[undetermined] == Outcome.CANNOT_BE_DETERMINED)


@pytest.mark.parametrize("kind", [one for one in KINDS if one != "Lifetime"])
@settings(max_examples=60)
@given(drawing=st.data(), withdrawn=WITHDRAWN)
def test_evidence_taken_away_makes_nothing_surer(
    kind: str, drawing: st.DataObject, withdrawn: set[Any]
) -> None:
    fact = drawing.draw(facts_of_kind(kind))
    less = without(fact, withdrawn)
    assert not set(evidence(less)) & withdrawn
    assert_less_is_known(check(EVERYBODY, [fact], ON), check(EVERYBODY, [less], ON))


@given(answers=st.dictionaries(st.sampled_from(sorted(USUAL)), ANSWERS), withdrawn=WITHDRAWN)
def test_so_it_is_of_intent(answers: dict[str, Answer], withdrawn: set[Any]) -> None:
    numbers = {name: one.value for name, one in rule("ASAT-DA").thresholds.items()}
    left = {
        name: Unknown("withdrawn") if set(one.evidence) & withdrawn else one
        for name, one in answers.items()
    }
    full = intention(numbers, usual_questions(answers))
    less = intention(numbers, usual_questions(left))
    assert 0.0 < less[0] <= full[0] + ROUNDING
    assert full[0] <= full[1] + ROUNDING
    assert full[1] - ROUNDING <= less[1] < 1.0


def test_so_it_is_of_lifetimes() -> None:
    """All at once, for one course of the Sun serves all that begin in one month."""
    names: tuple[int | str, ...] = ("end", "ratio", "drag", "ended", "low", "operated", 3)
    subsets = [set(two) for size in (1, 2) for two in itertools.combinations(names, size)]
    full = [
        lifetime(
            height,
            end_of_mission=When(day(2019).first, day(2020).last, ("end",)),
            area_to_mass_m2_kg=LogNormal(0.012, 0.5, ("ratio",)),
            drag_coefficient=LogNormal(2.2, 0.1, ("drag",)),
            ended=Belief(0.9, 1.0, ("ended",)),
            crossed_low_orbits=yes("low"),
            operational_years=exactly(4.0, "operated"),
        )
        for height in (350.0, 560.0, 640.0, 800.0, 2100.0)
    ]
    pairs = [(fact, without(fact, held)) for fact in full for held in subsets]
    rules = [for_everybody(rule(one)) for one in ("IADC-5.3.2", "FR-LOS")]
    assert_less_is_known(
        check(rules, [one for one, _ in pairs], ON), check(rules, [two for _, two in pairs], ON)
    )


@given(names=st.permutations(STATES))
@settings(max_examples=15)
def test_swapped_labels_change_no_verdict(names: list[str]) -> None:
    swap = dict(zip(STATES, names, strict=True))
    rules = [one for one in rulebook() if one.test != "lifetime"]
    before = check(rules, FACTS, ON)
    after = check(
        [renamed_rule(one, swap) for one in rules], [renamed_fact(one, swap) for one in FACTS], ON
    )
    assert set(before.outcome.tolist()) == set(Outcome)
    for column in ("rule", "fact", "outcome", "probability", "probability_low",
                   "probability_high", "confidence", "row", "first"):  # fmt: skip
        assert getattr(before, column).tobytes() == getattr(after, column).tobytes(), column


def test_an_owner_nobody_knows_is_tested_like_a_known_one() -> None:
    nobody = [
        replace(one, subject=replace(one.subject, launching=(), registering=(), licensing=(),
                                     operating=(), agency=""))
        for one in FACTS
    ]  # fmt: skip
    rules = [one for one in rulebook() if one.test != "lifetime"]
    known, unknown = check(rules, FACTS, ON), check(rules, nobody, ON)
    changed = known.outcome != unknown.outcome
    assert np.all(unknown.outcome[changed] == Outcome.NOT_APPLICABLE)
    same = ~changed
    assert np.array_equal(known.probability[same], unknown.probability[same], equal_nan=True)
    # Nobody escapes a rule that is asked of all by not being known.
    for one, other in zip(known, unknown, strict=True):
        if not one.rule.applies_to.bound and not one.rule.applies_to.agencies:
            assert one.outcome is other.outcome


def test_the_same_input_gives_the_same_bytes() -> None:
    rules = rulebook()
    first, second = check(rules, FACTS, ON), check(rules, FACTS, ON)
    for column in ("outcome", "probability", "probability_low", "probability_high", "row"):
        assert getattr(first, column).tobytes() == getattr(second, column).tobytes()
    assert [explain(one) for one in first] == [explain(one) for one in second]


def test_verdicts_do_not_depend_on_what_else_is_asked() -> None:
    rules = [rule("IADC-5.3.2"), rule("IADC-5.2.1"), rule("GEO-REORBIT")]
    together = check(rules, FACTS, ON)
    for k, fact in enumerate(FACTS):
        alone = check(rules, [fact], ON)
        held = together.fact == k
        assert alone.outcome.tobytes() == together.outcome[held].tobytes()
        assert alone.probability_high.tobytes() == together.probability_high[held].tobytes()


@given(value=quantities(), limit=st.floats(-400.0, 900.0))
def test_below_and_above_are_one(value: Any, limit: float) -> None:
    below, above = chance_below(value, limit), chance_above(value, limit)
    assert 0.0 <= below[0] <= below[1] <= 1.0
    assert below[0] + above[1] <= 1.0 + ROUNDING  # a number may be just the limit
    wider = chance_below(Unknown("withdrawn"), limit)
    assert wider[0] <= below[0]
    assert wider[1] >= below[1]


ENDS = st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)).map(lambda two: (min(two), max(two)))


@given(ends=st.lists(ENDS, min_size=1, max_size=5))
def test_what_is_true_of_all_is_true_of_one(ends: list[tuple[float, float]]) -> None:
    both, one = all_of(*ends), any_of(*ends)
    assert both[0] <= min(low for low, _ in ends) + ROUNDING
    assert both[1] <= one[1] + ROUNDING
    assert never(never(both)) == pytest.approx(both)
    # De Morgan.
    assert any_of(*ends) == pytest.approx(never(all_of(*(never(end) for end in ends))))


def test_every_finding_that_tells_something_names_its_evidence() -> None:
    for finding in check(rulebook(), FACTS, ON):
        told: Fact = finding.fact
        if finding.outcome is Outcome.DETERMINED:
            assert finding.rows or finding.sources, (finding.rule.id, told.subject.name)
        assert set(finding.rows) | set(finding.sources) <= set(evidence(told))
