"""Rules and findings in plain lines, for a lawyer and for a duty officer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import date

from commonsky.characterise.norms.facts import Fact, used
from commonsky.characterise.norms.findings import Finding
from commonsky.characterise.norms.knowledge import (
    Answer,
    Belief,
    Between,
    LogNormal,
    Normal,
    NotFound,
    Quantity,
    Unknown,
    When,
)
from commonsky.characterise.norms.rule import Binding, Citation, Rule, Threshold, Verification
from commonsky.characterise.norms.rule_tests import NO_RULE, NOT_TESTABLE, TESTS
from commonsky.characterise.norms.verdict import Outcome, share, span

MOST_VALUES = 24
# What follows if a limit was passed; only law can be departed from, and others say what follows.
IF_SO = {
    Binding.TREATY: "a question under the treaty; what follows is for States and tribunals to say",
    Binding.NATIONAL_LAW: "not in accordance with it; what follows is for the authority to say",
    Binding.AGENCY_STANDARD: "the standard was not met",
    Binding.GUIDELINE: "the guideline was not met",
    Binding.PLEDGE: "the pledge was not kept",
    Binding.PROPOSED: "nothing: the proposal binds nobody",
    Binding.OURS: "nothing: a yardstick binds nobody",
}


def rule_lines(rule: Rule) -> list[str]:
    """Return what a rule asks, of whom, since when, how it is tested, and where that was read."""
    lines = [
        f"{rule.id} (version {rule.version}): {rule.title}",
        f"  issuer: {rule.issuer}",
        f"  binding: {rule.binding}",
        f"  asks: {rule.text}",
        f"  of whom: {bound_text(rule)}",
        f"  test: {test_text(rule)}",
        f"  needs: {rule.data}",
    ]
    lines += [f"  number: {name}: {_number(one)}" for name, one in rule.thresholds.items()]
    lines += [f"  stands in: {_cited(one)}" for one in rule.citations]
    if rule.votes:
        told = ", ".join(f"{one.state} {one.vote}" for one in rule.votes)
        lines.append(f"  votes known: {told}")
    if rule.note:
        lines.append(f"  note: {rule.note}")
    return lines


def test_text(rule: Rule) -> str:
    """Return how a rule is tested, in words."""
    if rule.test == NOT_TESTABLE:
        return "not testable from outside: it can never be determined by observing"
    if rule.test == NO_RULE:
        return "none: no such rule is in force"
    of = " or ".join(_words(one.__name__) for one in TESTS[rule.test].of)
    return f"{rule.test.replace('_', ' ')}, of what is known as {of}"


def bound_text(rule: Rule) -> str:
    """Return who is bound or asked, and since when."""
    terms = rule.applies_to
    whom = f"the {terms.by} State: "
    if terms.bound:
        whom += ", ".join(f"{one.state} since {one.since}" for one in terms.bound)
    else:
        whom += f"any, since {terms.since}"
    limits = [f"counted by the {terms.dated}" if terms.dated != "any" else "whenever it was"]
    if terms.until != date.max:
        limits.append(f"until {terms.until}")
    for what, held in (
        ("kind", terms.kinds), ("agency", terms.agencies), ("sector", terms.sectors)
    ):  # fmt: skip
        if held:
            limits.append(f"{what} {', '.join(held)}")
    return f"{whom} ({'; '.join(limits)})"


def finding_lines(finding: Finding) -> list[str]:
    """Return fact, test and legal status of a finding, each for itself, and its evidence."""
    rule, fact = finding.rule, finding.fact
    lines = [f"{rule.id} (version {rule.version}): {rule.title}"]
    lines += ["FACT", *_indented(fact_lines(fact, TESTS[rule.test].uses))]
    lines += ["TEST", *_indented(_test_lines(finding))]
    lines += ["LEGAL STATUS", *_indented(_legal_lines(finding))]
    lines += ["EVIDENCE", *_indented(_evidence_lines(finding))]
    if fact.alternatives:
        lines += ["OTHER EXPLANATIONS"]
        lines += _indented(
            f"{one.text} (likelihood: {answer_text(one.likelihood)})" for one in fact.alternatives
        )
    if finding.would_change:
        lines += ["WOULD CHANGE IT", *_indented(finding.would_change)]
    return lines


def outcome_text(finding: Finding) -> str:
    """Return the outcome in one line."""
    match finding.outcome:
        case Outcome.NOT_APPLICABLE:
            return f"not applicable: {finding.reasons[0]}"
        case Outcome.CANNOT_BE_DETERMINED:
            return "cannot be determined"
        case Outcome.DETERMINED:
            return (
                f"{TESTS[finding.rule.test].of_what}: probability {share(finding.probability)} "
                f"({span(finding.ends)}), confidence {finding.confidence:.2f}"
            )


def _test_lines(finding: Finding) -> Iterator[str]:
    yield outcome_text(finding)
    if finding.outcome is Outcome.NOT_APPLICABLE:
        return
    yield from finding.remarks
    if finding.outcome is Outcome.CANNOT_BE_DETERMINED:
        yield from (f"because: {one}" for one in finding.reasons)
        yield from (f"would decide: {one}" for one in finding.would_decide)
    yield from (
        f"number used: {name}: {_number(one)}" for name, one in finding.rule.thresholds.items()
    )


def _legal_lines(finding: Finding) -> Iterator[str]:
    rule = finding.rule
    yield f"binding: {rule.binding}"
    yield from finding.legal
    if finding.outcome is Outcome.DETERMINED:
        yield f"if so: {IF_SO[rule.binding]}"
    if rule.note:
        yield f"note: {rule.note}"
    yield from (f"stands in: {_cited(one)}" for one in rule.citations)


def _evidence_lines(finding: Finding) -> Iterator[str]:
    if finding.rows:
        yield f"input rows: {', '.join(str(one) for one in finding.rows)}"
    yield from (f"source: {one}" for one in finding.sources)
    if not finding.rows and not finding.sources:
        yield "none: nothing the test uses is known"


def fact_lines(fact: Fact, names: Iterable[str] = ()) -> list[str]:
    """Return what is known of a fact, and what is not; of the values under these names, or all."""
    subject = fact.subject
    lines = [
        (
            f"{_words(type(fact).__name__)} of {subject.name} ({subject.object_number}), "
            f"{subject.kind}, of {subject.owner}"
        )
    ]
    if subject.withheld:
        lines.append("its owner keeps its orbit out of the public catalogue")
    if fact.told_by:
        lines.append(f"as told by {fact.told_by}")
    other = getattr(fact, "other", None)
    if other is not None:
        lines.append(f"the other: {other.name} ({other.object_number}), of {other.owner}")
    told = [f"{name.replace('_', ' ')}: {value_text(value)}"
            for name, value in used(fact, tuple(names))]  # fmt: skip
    lines += told[:MOST_VALUES]
    if len(told) > MOST_VALUES:
        lines.append(f"and {len(told) - MOST_VALUES} more")
    return lines


def value_text(value: Quantity | Answer | When) -> str:
    """Return a value and its uncertainty."""
    match value:
        case Unknown(why):
            return f"not known ({why})"
        case Between(low, high, _):
            return f"{low:g}" if low == high else f"{low:g} to {high:g}"
        case Normal(mean, sigma, _):
            return f"{mean:g} ± {sigma:.2g} (one sigma)"
        case LogNormal(median, sigma, _):
            return f"{median:g} within a factor of {math.exp(sigma):.3g} (one sigma)"
        case When(first, last, _):
            return str(first) if first == last else f"{first} to {last}"
        case Belief() | NotFound():
            return answer_text(value)


def answer_text(answer: Answer) -> str:
    """Return an answer in words."""
    match answer:
        case Unknown(why):
            return f"not known ({why})"
        case NotFound(where):
            return f"searched for and not found ({', '.join(str(one) for one in where)})"
        case Belief(low, high, _):
            if low == high and low in {0.0, 1.0}:
                return "yes" if low else "no"
            return f"probability {span((low, high))}"


def _number(one: Threshold) -> str:
    address = f", {one.address}" if one.address else ""
    status = "" if one.status is Verification.OURS else f"{one.status}: "
    return f"{one.value:g} {one.unit} [{status}{one.source}{address}]"


def _cited(one: Citation) -> str:
    address = f" {one.address}" if one.address else ""
    return f"{one.text}{address} [{one.status}]"


def _words(name: str) -> str:
    """A class's name in words."""
    return "".join(f" {one.lower()}" if one.isupper() else one for one in name).strip()


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {one}" for one in lines]


def explain(what: Rule | Finding) -> list[str]:
    """Return a rule or a finding in plain lines."""
    return rule_lines(what) if isinstance(what, Rule) else finding_lines(what)
