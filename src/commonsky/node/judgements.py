"""What a rule says of what happened: fact, test and legal status, told apart."""

from __future__ import annotations

import msgspec


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
    fact: str
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
