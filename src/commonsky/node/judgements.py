"""What a rule says of what happened: fact, test and legal status, told apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from commonsky.characterise.norms.explain import fact_lines
from commonsky.characterise.norms.findings import Finding, Findings
from commonsky.characterise.norms.knowledge import Answer, Belief
from commonsky.characterise.norms.rule import Rule
from commonsky.characterise.norms.rule_tests import TESTS
from commonsky.characterise.norms.verdict import Outcome
from commonsky.node.findings import told

PLACE = re.compile(r"\[\d+\]")
ENDLESS = re.compile(r"(\S+) to inf")
CREWED = "CREWED-SAFE"


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """
    One rule, one fact: the outcome of its test, and what the rule is worth in law.

    `probability` is that the rule's limit was passed, with its interval; null where that cannot be
    determined or the rule does not apply, as `outcome` says.  `records` are the handles it rests
    on, `rows` their input rows outside a dossier.
    """

    rule: str
    version: str
    title: str
    objects: tuple[int, ...]
    fact: tuple[str, ...]
    outcome: str  # determined, cannot be determined, not applicable
    probability: float | None
    probability_low: float | None
    probability_high: float | None
    confidence: float
    reasons: tuple[str, ...]
    would_decide: tuple[str, ...]
    binding: str
    legal: str
    citations: tuple[str, ...]
    alternatives: tuple[tuple[str, float | None], ...]
    would_change: tuple[str, ...]
    rows: tuple[int, ...] = ()
    records: tuple[str, ...] = ()


def judgements(found: Findings, handles: Sequence[str] | None = None) -> tuple[Judgement, ...]:
    """
    Return what rules say, as records; with `handles` (n,) they name records instead of rows.

    One that does not apply to any fact of its kind is told once, not fact by fact.
    """
    return tuple(_judgement(one, handles) for one in found if _is_told(one, found))


def _is_told(one: Finding, found: Findings) -> bool:
    if one.rule.id == CREWED and one.ends == (0.0, 0.0):
        return False  # nobody is aboard the other: nothing to say
    if one.outcome is not Outcome.NOT_APPLICABLE:
        return True
    same = [other for other in found if other.rule is one.rule and other.objects == one.objects]
    return same[0] is one


def _judgement(one: Finding, handles: Sequence[str] | None) -> Judgement:
    rule = one.rule
    determined = one.outcome is Outcome.DETERMINED
    return Judgement(
        rule=rule.id,
        version=rule.version,
        title=rule.title,
        objects=one.objects,
        fact=tuple(_folded(fact_lines(one.fact, TESTS[rule.test].uses))),
        outcome=one.said,
        probability=told(one.probability) if determined else None,
        probability_low=told(one.ends[0]) if determined else None,
        probability_high=told(one.ends[1]) if determined else None,
        confidence=told(one.confidence) or 0.0,
        reasons=tuple(_folded((*one.remarks, *one.reasons))),
        would_decide=one.would_decide,
        binding=rule.binding.value,
        legal=" ".join(one.legal),
        citations=tuple(_cited(rule)),
        alternatives=tuple(
            (other.text, _likelihood(other.likelihood)) for other in one.fact.alternatives
        ),
        would_change=one.would_change,
        rows=() if handles is not None else one.rows,
        records=() if handles is None else tuple(handles[row] for row in one.rows),
    )


def _folded(lines: Iterable[str]) -> Iterator[str]:
    """Lines that differ only in their place in a row, told once with how many they are."""
    counts = Counter(ENDLESS.sub(r"at least \1", PLACE.sub("", line)) for line in lines)
    for line, count in counts.items():
        yield line if count == 1 else f"{line} ({count} of them)"


def _cited(rule: Rule) -> Iterator[str]:
    for one in rule.citations:
        yield f"{one.text} ({one.status}){f' {one.address}' if one.address else ''}"
    for name, number in sorted(rule.thresholds.items()):
        where = f" {number.address}" if number.address else ""
        words = name.replace("_", " ")
        yield f"{words} = {number.value:g} {number.unit}: {number.source} ({number.status}){where}"


def _likelihood(answer: Answer) -> float | None:
    return told((answer.low + answer.high) / 2.0) if isinstance(answer, Belief) else None
