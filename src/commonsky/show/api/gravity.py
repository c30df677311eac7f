"""How grave an alert is, how far to trust it, and how it stands with the people of this node."""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from commonsky.node.alerts import Conjunction
from commonsky.node.products import Event, Warned
from commonsky.share.recall import Retraction
from commonsky.show.api.claims import Claimed, ClaimState
from commonsky.show.report.severity import Severity, severity

OLD_DAYS = 3.0


class Gravity(StrEnum):
    """By bands of Pc; what has none is not low."""

    HIGH = "high"
    ATTENTION = "attention"
    LOW = "low"
    UNKNOWN = "unknown"
    INFO = "info"  # no danger by itself


class Category(StrEnum):
    """What a person looks for in a queue."""

    CONJUNCTION = "conjunction"
    EVENT = "event"
    RE_ENTRY = "re_entry"  # none yet: nothing here foretells them
    RECALL = "recall"
    DATA_QUALITY = "data_quality"
    NOTICE = "notice"


class Stage(StrEnum):
    """How an alert stands with the people of this node."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    CLAIMED = "claimed"
    CLOSED = "closed"


class Confidence(msgspec.Struct, frozen=True):
    """
    How far to trust a Pc: good, fair, poor or none, and why not more.

    `reasons` are words of a closed list: estimated_covariance, old_elements, diluted, slow, no_pc,
    no_numbers.
    """

    word: str
    reasons: tuple[str, ...] = ()


GRAVITIES = {
    Severity.HIGH: Gravity.HIGH,
    Severity.ATTENTION: Gravity.ATTENTION,
    Severity.LOW: Gravity.LOW,
    Severity.UNKNOWN: Gravity.UNKNOWN,
}
WORDS = ("good", "fair", "poor")
CATEGORIES = {
    "conjunction": Category.CONJUNCTION, "event": Category.EVENT, "warning": Category.CONJUNCTION,
    "retraction": Category.RECALL, "data_quality": Category.DATA_QUALITY,
}  # fmt: skip
NO_CONFIDENCE = Confidence("none", ("no_numbers",))


def gravity_of(told: msgspec.Struct | None) -> Gravity:
    """Return how grave a body is; of a danger without numbers that it needs attention."""
    match told:
        case Conjunction(pc=pc):
            log10_pc = math.nan if pc is None else math.log10(pc) if pc > 0 else -math.inf
            return GRAVITIES[severity(log10_pc)]
        case Event() | Warned():
            return Gravity.ATTENTION
        case Retraction():
            return Gravity.ATTENTION
    return Gravity.INFO


def category_of(kind: str) -> Category:
    """Return where an alert of a kind is looked for."""
    return CATEGORIES.get(kind, Category.NOTICE)


def confidence_of(told: msgspec.Struct | None) -> Confidence:
    """Return how far to trust an alert."""
    if not isinstance(told, Conjunction):
        return NO_CONFIDENCE
    if told.pc is None:
        return Confidence("none", ("no_pc",))
    reasons = []
    if told.grade == "screening":
        reasons.append("estimated_covariance")
    if max(told.age1_days, told.age2_days) > OLD_DAYS:
        reasons.append("old_elements")
    if told.diluted:
        reasons.append("diluted")
    if told.slow:
        reasons.append("slow")
    return Confidence(WORDS[min(len(reasons), 2)], tuple(reasons))


def stage_of(claims: Iterable[Claimed], nation: str) -> Stage:
    """Return how an alert stands here, by what was last said of it here."""
    ours = next((one for one in claims if one.nation == nation), None)
    return Stage.NEW if ours is None else Stage(ours.state.value)


def contested(claims: Iterable[Claimed]) -> bool:
    """Whether two nations say that they see to it."""
    return sum(one.state is ClaimState.CLAIMED for one in claims) > 1
