"""What would leave, why, and who has confirmed it."""

from __future__ import annotations

import logging
from collections import Counter

import msgspec

from commonsky.ledger.store import Held
from commonsky.node.release import Release
from commonsky.share.policy.confirmation import PERSONS
from commonsky.share.policy.policy import Released, Withheld, record_class
from commonsky.show.api.answer import Answer
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk
from commonsky.show.api.keys import ApiKey
from commonsky.show.api.problem import misuse, unknown

LOG = logging.getLogger(__name__)
EXAMPLES = 5
MOST_PREVIEWED = 100_000


class PreviewAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For whom."""

    to: str


class ExplainAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which record, by its handle, and for whom."""

    record: str
    to: str


class ConfirmAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The record whose class is confirmed; the person is whoever holds the key."""

    record: str


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Records that are decided over alike."""

    level: str  # full, event, exists, warn, withheld
    kind: str
    rule: str
    count: int
    examples: tuple[str, ...]


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What would leave for a nation now; `whole` false where there was too much to look at all."""

    to: str
    groups: tuple[Group, ...]
    whole: bool


class Tried(msgspec.Struct, frozen=True):
    """One level, and what the policy says of it."""

    level: str
    verdict: str


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """Why a nation gets a record, or does not."""

    record: str
    to: str
    released: bool
    level: str
    rule: str
    rule_text: str
    reason: str
    agreement: str
    tried: tuple[Tried, ...]
    told: tuple[str, ...]  # levels at which it has been told already


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """Who has confirmed the class of a record."""

    record: str
    persons: tuple[str, ...]
    missing: int


def preview(desk: Desk, asked: PreviewAsked) -> Answer[Preview]:
    """Return what would leave for a nation, and what would not, before anything does."""
    release = _for(desk, asked.to)
    groups: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str, str], list[str]] = {}
    whole = True
    for count, decision in enumerate(release.preview(asked.to, desk.clock.now_tai_ns())):
        if count == MOST_PREVIEWED:
            whole = False
            break
        envelope = decision.held.record.envelope
        key = (_level(decision.verdict), envelope.kind.value, decision.verdict.rule)
        groups[key] += 1
        few = examples.setdefault(key, [])
        if len(few) < EXAMPLES:
            few.append(envelope.handle)
    told = tuple(
        Group(level=level, kind=kind, rule=rule, count=count,
              examples=tuple(examples[level, kind, rule]))
        for (level, kind, rule), count in sorted(groups.items())
    )  # fmt: skip
    scope = f"what was stated here and not decided over yet, for {asked.to}"
    return Answer(Preview(to=asked.to, groups=told, whole=whole), completeness(desk, scope))


def explain(desk: Desk, asked: ExplainAsked) -> Answer[Explained]:
    """Return verdict, rule, level and agreement of one record for one nation."""
    release = _for(desk, asked.to)
    held = _ours(desk, asked.record)
    now = desk.clock.now_tai_ns()
    why = release.policy.explain(release.class_of(held.record, asked.to), asked.to, now)
    # What would truly leave, which for whoever is at risk may be a warning beside the verdict.
    verdict = release.decided(held, asked.to, now).verdict
    rule = release.policy.rules.get(verdict.rule)
    named = [one for one in release.policy.rules.values() if one.id == verdict.rule]
    rule = rule or (named[0] if named else None)
    told = [entry.level for to, _, entry in desk.store.told(asked.record) if to == asked.to]
    answer = Explained(
        record=asked.record,
        to=asked.to,
        released=isinstance(verdict, Released),
        level=_level(verdict),
        rule=verdict.rule,
        rule_text=rule.text if rule else "",
        reason=rule.reason if rule else "",
        agreement=verdict.agreement if isinstance(verdict, Released) else "",
        tried=tuple(Tried(level, _words(one)) for level, one in why.tried),
        told=tuple(told),
    )
    return Answer(answer, completeness(desk, f"the policy of this node for {asked.to}"))


def confirm(desk: Desk, asked: ConfirmAsked, key: ApiKey) -> Answer[Confirmed]:
    """Note that whoever holds this key confirms the class of a record; two persons are needed."""
    held = _ours(desk, asked.record)
    release = desk.release()
    kind = record_class(held.record, at_risk=False)
    confirmations = release.policy.confirmations
    persons = confirmations.confirm(kind, key.name, desk.clock.now_tai_ns())
    LOG.info("a class was confirmed", extra={"handle": asked.record, "operator": key.name})
    desk.ring()
    missing = 0 if confirmations.confirmed(kind) else PERSONS - len(persons)
    answer = Confirmed(record=asked.record, persons=tuple(persons), missing=missing)
    return Answer(answer, completeness(desk, "the confirmed classes of this node"))


def _for(desk: Desk, nation: str) -> Release:
    release = desk.release()
    if nation not in release.recipients:
        known = ", ".join(release.recipients) or "none"
        raise unknown(f"{nation!r} is no partner of this node; partners are {known}")
    return release


def _ours(desk: Desk, handle: str) -> Held:
    held = desk.store.held(handle)
    if held.peer:
        raise misuse(f"{handle} is a statement of {held.peer}: only they may release it")
    return held


def _level(verdict: Released | Withheld) -> str:
    return verdict.level if isinstance(verdict, Released) else "withheld"


def _words(verdict: Released | Withheld) -> str:
    match verdict:
        case Released(_, rule, agreement):
            return f"released by {rule}" + (f" under {agreement}" if agreement else "")
        case Withheld(rule):
            return f"withheld: {rule}"
