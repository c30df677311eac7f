"""Holding facts against rules: what was seen, what the test says, and what the rule is worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from commonsky.characterise.norms.applicability import Applies, NotApplicable, applicability
from commonsky.characterise.norms.facts import Fact, Report, evidence, used
from commonsky.characterise.norms.findings import Finding, Findings, gathered
from commonsky.characterise.norms.knowledge import NotFound, Unknown
from commonsky.characterise.norms.rule import Rule
from commonsky.characterise.norms.rule_tests import NO_RULE, TESTS
from commonsky.characterise.norms.verdict import (
    WIDEST_DETERMINED,
    Outcome,
    Reckoned,
    Result,
    Undecidable,
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One rule and one fact that it is on."""

    rule: int
    fact: int
    applies: Applies | NotApplicable


def check(rules: Sequence[Rule], facts: Sequence[Fact], on: date) -> Findings:
    """
    Return what each rule says of each fact it is on, as the law stood `on` a day.

    Findings stand in the order of the facts, and for each in that of the rules.  The same input
    gives the same bytes.
    """
    found: dict[tuple[int, int], Finding] = {}
    for number, rule in enumerate(rules):
        asked = [
            _Asked(number, place, _applies(rule, fact, on))
            for place, fact in enumerate(facts)
            if _is_on(rule, fact)
        ]
        bound = [one for one in asked if isinstance(one.applies, Applies)]
        results = iter(_tested(rule, [facts[one.fact] for one in bound]))
        for one in asked:
            told = next(results) if isinstance(one.applies, Applies) else None
            found[one.fact, number] = _finding(rule, facts[one.fact], one.applies, told)
    return gathered(tuple(rules), tuple(facts), on, found)


def _is_on(rule: Rule, fact: Fact) -> bool:
    test = TESTS[rule.test]
    return isinstance(fact, test.of) and (not isinstance(fact, Report) or fact.about == rule.id)


def _applies(rule: Rule, fact: Fact, on: date) -> Applies | NotApplicable:
    if rule.test == NO_RULE:
        return NotApplicable(f"no such rule is in force: {rule.text}")
    return applicability(rule, fact, on)


def _tested(rule: Rule, facts: Sequence[Any]) -> list[Result]:
    if not facts:
        return []
    numbers = {name: one.value for name, one in rule.thresholds.items()}
    return TESTS[rule.test].function(numbers, facts)


def _finding(
    rule: Rule, fact: Fact, applies: Applies | NotApplicable, result: Result | None
) -> Finding:
    uses = TESTS[rule.test].uses
    rests_on = evidence(fact, uses)
    common: dict[str, Any] = {
        "rule": rule,
        "fact": fact,
        "rows": tuple(one for one in rests_on if isinstance(one, int)),
        "sources": tuple(one for one in rests_on if isinstance(one, str)),
    }
    match applies, result:
        case NotApplicable(why), _:
            return Finding(
                outcome=Outcome.NOT_APPLICABLE, ends=(0.0, 1.0), reasons=(why,), legal=(why,),
                **common,
            )  # fmt: skip
        case Applies(legal), Undecidable():
            return Finding(
                outcome=Outcome.CANNOT_BE_DETERMINED, ends=(0.0, 1.0), reasons=result.reasons,
                would_decide=result.would_decide, remarks=result.indicators, legal=legal,
                **common,
            )  # fmt: skip
        case Applies(legal), Reckoned():
            return _told(result, legal, tuple(_doubts(fact, uses)), common)
    raise AssertionError("a rule that applies is tested")


def _told(
    result: Reckoned, legal: tuple[str, ...], doubts: tuple[str, ...], common: dict[str, Any]
) -> Finding:
    low, high = result.ends[0], max(result.ends)
    decided = high - low < WIDEST_DETERMINED
    rule: Rule = common["rule"]
    return Finding(
        outcome=Outcome.DETERMINED if decided else Outcome.CANNOT_BE_DETERMINED,
        ends=(low, high),
        reasons=doubts if not decided else (),
        would_decide=() if decided else (rule.data,),
        would_change=result.would_change,
        remarks=result.remarks + (doubts if decided else ()),
        legal=legal,
        **common,
    )


def _doubts(fact: Fact, uses: tuple[str, ...]) -> Iterator[str]:
    """Yield what the test would have used and nobody knows."""
    for name, value in used(fact, uses):
        words = name.replace("_", " ")
        if isinstance(value, Unknown):
            yield f"not known: {words}: {value.why}"
        elif isinstance(value, NotFound):
            where = ", ".join(str(one) for one in value.evidence)
            yield f"searched for and not found: {words}: {where}"
