"""What a test says of a fact: a probability with its interval, or that none can be determined."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeAlias

from commonsky.characterise.norms.facts import Fact
from commonsky.characterise.norms.knowledge import Ends

# Wider than this, an interval says nothing that anybody should rely on; the choice is ours.
WIDEST_DETERMINED = 0.5


class Outcome(IntEnum):
    """How a test came out."""

    DETERMINED = 0
    CANNOT_BE_DETERMINED = 1
    NOT_APPLICABLE = 2


OUTCOME_WORDS = {
    Outcome.DETERMINED: "determined",
    Outcome.CANNOT_BE_DETERMINED: "cannot be determined",
    Outcome.NOT_APPLICABLE: "not applicable",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """
    The probability that a rule's limit was passed, at least and at most.

    `remarks` say how it was reckoned, `would_change` what would turn it.
    """

    ends: Ends
    remarks: tuple[str, ...] = ()
    would_change: tuple[str, ...] = ()

    @property
    def confidence(self) -> float:
        """
        One less the width of the interval.

        A fact is a set of what may be true, evidence makes it smaller, and the ends are the
        extremes over it; so evidence taken away never makes this larger.
        """
        return max(1.0 - (self.ends[1] - self.ends[0]), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecidable:
    """No observation of the kind could decide it; `indicators` are shown and decide nothing."""

    reasons: tuple[str, ...]
    would_decide: tuple[str, ...]
    indicators: tuple[str, ...] = ()


Result: TypeAlias = Reckoned | Undecidable
Numbers: TypeAlias = Mapping[str, float]
Function: TypeAlias = Callable[[Numbers, Sequence[Any]], list[Result]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTest:
    """
    A test: of which facts, which of their values it uses, and which numbers its rule must give.

    It is called with the numbers and all facts at once; `of_what` says what is probable.
    """

    of_what: str
    function: Function
    of: tuple[type[Fact], ...]
    uses: tuple[str, ...]
    numbers: tuple[str, ...] = ()


def one_by_one(test: Callable[[Numbers, Any], Result]) -> Function:
    """Return a test of many facts from a test of one."""

    def all_tested(numbers: Numbers, facts: Sequence[Any]) -> list[Result]:
        return [test(numbers, fact) for fact in facts]

    return all_tested


def share(value: float) -> str:
    """Return a probability for people to read; what is nearly certain is not called certain."""
    if value in {0.0, 1.0}:
        return f"{value:.0f}"
    if value < 0.001:
        return "below 0.001"
    return "above 0.999" if value > 0.999 else f"{value:.3f}"


def span(ends: Ends) -> str:
    """Return a probability and its interval for people to read."""
    low, high = share(ends[0]), share(ends[1])
    return low if low == high else f"{low} to {high}"
