"""A rule: what it asks, of whom and since when, how it is tested, and where it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from commonsky.characterise.norms.subject import Capacity, Kind, Sector


class Binding(StrEnum):
    """What a rule is worth in law; there are no other kinds."""

    TREATY = "treaty"
    NATIONAL_LAW = "national law"
    AGENCY_STANDARD = "agency standard"
    GUIDELINE = "guideline"
    PLEDGE = "pledge"
    PROPOSED = "proposed"
    OURS = "ours"


class Verification(StrEnum):
    """How a text or a number was read."""

    READ = "read"  # in the issuer's own text
    MIRROR = "read in a mirror"  # the issuer's text as a third party keeps it
    SECONDARY = "read in a secondary source"
    OURS = "ours"  # chosen here, and open to argument
    NOT_RE_CHECKED = "not re-checked"
    MEMORY = "from memory"
    DISPUTED = "disputed"
    NOT_VERIFIABLE = "not verifiable"


MAY_DECIDE = frozenset(
    {Verification.READ, Verification.MIRROR, Verification.SECONDARY, Verification.OURS}
)


class Dated(StrEnum):
    """Which day decides whether a rule had begun to bind."""

    EVENT = "event"
    LAUNCH = "launch"
    APPLICATION = "application"
    END_OF_MISSION = "end of mission"
    ANY = "any"  # it is a yardstick, also for what was before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where a rule stands, and how that was read; `address` may be empty."""

    text: str
    status: Verification
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A number of a rule's test, with a source of its own."""

    value: float
    unit: str
    source: str
    status: Verification
    address: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """A State and the day since when it is bound for certain."""

    state: str
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliesTo:
    """
    Whom a rule is addressed to; what is empty leaves nobody out.

    It is asked of objects for which one of `bound` stands in the role `by`, and whose deciding day
    lies from `since` to `until`.
    """

    by: Capacity
    dated: Dated
    since: date
    until: date = date.max
    bound: tuple[Bound, ...] = ()
    kinds: tuple[Kind, ...] = ()
    agencies: tuple[str, ...] = ()
    sectors: tuple[Sector, ...] = ()


@dataclass(frozen=True, slots=True)
class Vote:
    """How a State voted on a text; shown, and tests nothing."""

    state: str
    vote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; `text` is in our own words, `test` the name of its test, see `rule_tests`."""

    id: str
    version: str
    title: str
    binding: Binding
    issuer: str
    text: str
    applies_to: AppliesTo
    data: str
    test: str
    citations: tuple[Citation, ...]
    thresholds: Mapping[str, Threshold]
    note: str = ""
    votes: tuple[Vote, ...] = ()

    def value(self, name: str) -> float:
        """Return a number of its test."""
        return self.thresholds[name].value
