"""
What is known of a number, a day or a question, and what that rests on.

A value is a set of what may be true: one number, a range, a distribution, or anything at all.
Evidence makes the set smaller and never larger, which is why a probability computed from its ends
has an interval that only widens when evidence is taken away.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist
from typing import TypeAlias

import numpy as np

from commonsky.astro.arrays import Floats

# Row numbers of the input, and names of sources for what no row tells.
Evidence: TypeAlias = tuple[int | str, ...]
Ends: TypeAlias = tuple[float, float]  # lowest and highest probability
_STANDARD = NormalDist()


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing is known, and why not."""

    why: str

    def __post_init__(self) -> None:
        if not self.why:
            raise ValueError("what is unknown says why: not searched, withheld, never measured")

    @property
    def evidence(self) -> Evidence:
        """Nothing."""
        return ()


def _needs(evidence: Evidence) -> None:
    if not evidence:
        raise ValueError(
            "a value names what it rests on: input rows, or a source such as 'assumed: ...'; "
            "without any it is Unknown(why)"
        )


@dataclass(frozen=True, slots=True)
class Between:
    """A number from `low` to `high`, nobody knows where; the same twice is that number."""

    low: float
    high: float
    evidence: Evidence

    def __post_init__(self) -> None:
        _needs(self.evidence)
        if not self.low <= self.high:
            raise ValueError(f"a range goes from low to high, not from {self.low} to {self.high}")


def exactly(value: float, *evidence: int | str) -> Between:
    """Return a number that is known well enough to be taken as it is."""
    return Between(value, value, evidence)


@dataclass(frozen=True, slots=True)
class Normal:
    """A number with a normal error."""

    mean: float
    sigma: float
    evidence: Evidence

    def __post_init__(self) -> None:
        _needs(self.evidence)
        if not (math.isfinite(self.mean) and 0.0 < self.sigma < math.inf):
            raise ValueError(f"mean {self.mean} and sigma {self.sigma} are no normal error")


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A positive number within a factor: `sigma_log` is of its natural logarithm."""

    median: float
    sigma_log: float
    evidence: Evidence

    def __post_init__(self) -> None:
        _needs(self.evidence)
        if not (0.0 < self.median < math.inf and 0.0 < self.sigma_log < math.inf):
            raise ValueError(f"median {self.median}, sigma {self.sigma_log} are no log-normal")


Quantity: TypeAlias = Unknown | Between | Normal | LogNormal


@dataclass(frozen=True, slots=True)
class Belief:
    """Whether something is so, with a probability between two; (1, 1) is yes, (0, 0) is no."""

    low: float
    high: float
    evidence: Evidence

    def __post_init__(self) -> None:
        _needs(self.evidence)
        if not 0.0 <= self.low <= self.high <= 1.0:
            raise ValueError(f"{self.low} to {self.high} is no interval of probabilities")


@dataclass(frozen=True, slots=True)
class NotFound:
    """Searched for where it would be, and not found; not the same as knowing that it is not so."""

    evidence: Evidence  # where it was searched for

    def __post_init__(self) -> None:
        _needs(self.evidence)


Answer: TypeAlias = Unknown | Belief | NotFound


def yes(*evidence: int | str) -> Belief:
    """Return that something is so."""
    return Belief(1.0, 1.0, evidence)


def no(*evidence: int | str) -> Belief:
    """Return that something is not so, which is more than that nobody found it."""
    return Belief(0.0, 0.0, evidence)


@dataclass(frozen=True, slots=True)
class When:
    """A day from `first` to `last`, nobody knows which."""

    first: date
    last: date
    evidence: Evidence

    def __post_init__(self) -> None:
        _needs(self.evidence)
        if not self.first <= self.last:
            raise ValueError(f"a span of days does not go from {self.first} to {self.last}")


Day: TypeAlias = Unknown | When


def year_of(day: date) -> float:
    """Return a day as a year with its fraction."""
    start = date(day.year, 1, 1)
    return day.year + (day - start).days / (date(day.year + 1, 1, 1) - start).days


def chance_below(value: Quantity, limit: float) -> Ends:
    """Return the probability that a number is below a limit, at least and at most."""
    match value:
        case Between(low, high, _):
            return float(high < limit), float(low < limit)
        case Normal(mean, sigma, _):
            one = _STANDARD.cdf((limit - mean) / sigma)
        case LogNormal(median, sigma, _):
            one = _STANDARD.cdf(math.log(limit / median) / sigma) if limit > 0.0 else 0.0
        case Unknown():
            return 0.0, 1.0
    return one, one


def chance_above(value: Quantity, limit: float) -> Ends:
    """Return the probability that a number is above a limit, at least and at most."""
    if isinstance(value, Between):
        return float(value.low > limit), float(value.high > limit)
    return never(chance_below(value, limit))


def points(value: Quantity, count: int, floor: float, ceiling: float) -> tuple[Floats, Floats]:
    """
    Return (count,) lowest and highest numbers at even steps of probability, for quadrature.

    Of a distribution both are its quantiles, of a range its ends, of what is unknown `floor` and
    `ceiling`.  All are held within those two.
    """
    match value:
        case Unknown():
            low, high = np.full(count, floor), np.full(count, ceiling)
        case Between(least, most, _):
            low, high = np.full(count, least), np.full(count, most)
        case Normal(mean, sigma, _):
            low = high = mean + sigma * standard_quantiles(count)
        case LogNormal(median, sigma, _):
            low = high = median * np.exp(sigma * standard_quantiles(count))
    return np.clip(low, floor, ceiling), np.clip(high, floor, ceiling)


def standard_quantiles(count: int) -> Floats:
    """(count,) middles of as many equally likely parts of a standard normal distribution."""
    return np.array([_STANDARD.inv_cdf((k + 0.5) / count) for k in range(count)])


def chance(answer: Answer, absent_if_unfound: float) -> Ends:
    """
    Return the probability that something is so, at least and at most.

    `absent_if_unfound` is how surely that is not so which was searched for and not found.
    """
    match answer:
        case Unknown():
            return 0.0, 1.0
        case NotFound():
            return 0.0, 1.0 - absent_if_unfound
        case Belief(low, high, _):
            return low, high


def never(ends: Ends) -> Ends:
    """Return the probability that something is not so."""
    return 1.0 - ends[1], 1.0 - ends[0]


def all_of(*ends: Ends) -> Ends:
    """Return the probability that all are so, however they depend on each other (Fréchet)."""
    low = sum(one[0] for one in ends) - (len(ends) - 1)
    return max(low, 0.0), min(one[1] for one in ends)


def any_of(*ends: Ends) -> Ends:
    """Return the probability that one is so or more, however they depend on each other."""
    return max(one[0] for one in ends), min(sum(one[1] for one in ends), 1.0)


def is_withdrawn(evidence: Evidence, withdrawn: Collection[int | str]) -> bool:
    """Return whether some of this evidence is among what is withdrawn."""
    return any(one in withdrawn for one in evidence)
