"""Findings: columns for counting, and texts in which fact, test and legal status stay apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.characterise.norms.facts import Fact
from commonsky.characterise.norms.knowledge import Ends
from commonsky.characterise.norms.rule import Rule
from commonsky.characterise.norms.rule_tests import NOT_TESTABLE
from commonsky.characterise.norms.verdict import OUTCOME_WORDS, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    One rule held against one fact.

    `ends` hold the probability that the rule's limit was passed.  `rows` are the input rows and
    `sources` the other evidence it rests on.
    """

    rule: Rule
    fact: Fact
    outcome: Outcome
    ends: Ends
    rows: tuple[int, ...]
    sources: tuple[str, ...]
    legal: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    would_decide: tuple[str, ...] = ()
    would_change: tuple[str, ...] = ()

    @property
    def probability(self) -> float:
        """The middle of the interval; nan where it cannot be determined or does not apply."""
        if self.outcome is not Outcome.DETERMINED:
            return float("nan")
        return 0.5 * (self.ends[0] + self.ends[1])

    @property
    def confidence(self) -> float:
        """One less the width of the interval; evidence taken away never makes it larger."""
        return max(1.0 - (self.ends[1] - self.ends[0]), 0.0)

    @property
    def said(self) -> str:
        """The outcome in words."""
        return OUTCOME_WORDS[self.outcome]

    @property
    def objects(self) -> tuple[int, ...]:
        """The subject's number, then the other's where there is one."""
        other = getattr(self.fact, "other", None)
        numbers = (self.fact.subject.object_number,)
        return numbers if other is None else (*numbers, other.object_number)


@dataclass(frozen=True, slots=True)
class Findings:
    """
    n findings; `rule` and `fact` are indices to `rules` and `facts`.

    Finding k rests on the input rows `row[first[k]:first[k + 1]]`.  Probabilities are nan where
    `outcome` says so; the ends are those of the interval anyway.
    """

    rules: tuple[Rule, ...]
    facts: tuple[Fact, ...]
    on: date
    rule: Ints  # (n,)
    fact: Ints  # (n,)
    outcome: NDArray[np.int8]  # (n,) of `Outcome`
    probability: Floats  # (n,)
    probability_low: Floats
    probability_high: Floats
    confidence: Floats
    row: Ints
    first: Ints  # (n + 1,)
    told: tuple[Finding, ...]

    def __len__(self) -> int:
        return len(self.told)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.told)

    @property
    def untestable(self) -> tuple[Rule, ...]:
        """The rules among those asked for that nobody can test from outside."""
        return tuple(rule for rule in self.rules if rule.test == NOT_TESTABLE)


def gathered(
    rules: tuple[Rule, ...], facts: tuple[Fact, ...], on: date,
    found: Mapping[tuple[int, int], Finding],
) -> Findings:  # fmt: skip
    """Return findings by (fact, rule) as a table in that order."""
    order = sorted(found)
    told = tuple(found[one] for one in order)
    counts = np.array([len(one.rows) for one in told], np.int64)
    return Findings(
        rules, facts, on,
        np.array([rule for _, rule in order], np.int64),
        np.array([fact for fact, _ in order], np.int64),
        np.array([one.outcome for one in told], np.int8),
        np.array([one.probability for one in told], np.float64),
        np.array([one.ends[0] for one in told], np.float64),
        np.array([one.ends[1] for one in told], np.float64),
        np.array([one.confidence for one in told], np.float64),
        np.array([row for one in told for row in one.rows], np.int64),
        np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]),
        told,
    )  # fmt: skip
