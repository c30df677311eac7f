"""
Verdicts: what a recipient may have of a class of records, and by which rule.

Default deny, forbid wins, every verdict names its rule.  What the rules say of a class and a
recipient does not depend on the time, and is asked of Cedar once.  What the label itself says
(to whom, from when, under which agreements) does: a verdict is kept between two boundaries of
its embargo and agreements, and as long as nobody confirms anything; past that it is made anew.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import cedarpy
import numpy as np
from numpy.typing import NDArray

from commonsky.errors import PolicyError
from commonsky.ledger.label import EVERYONE, Label
from commonsky.ledger.record import Record
from commonsky.share.policy import rules as written
from commonsky.share.policy.agreements import Agreement, agreements, entities, groups
from commonsky.share.policy.classes import PARTICULARS, RecordClass, record_class
from commonsky.share.policy.confirmation import PERSONS, Confirmations
from commonsky.share.policy.lint import faults
from commonsky.share.policy.verdict import BETWEEN, Explanation, Released, Verdict, Withheld

LEVELS = ("full", "event", "exists")
WARN = "warn"
DENIED, AWAITING = "default deny", "awaiting confirmation"
NOT_ADDRESSED, EMBARGO, NO_AGREEMENT, NO_READER, NOT_OURS = (
    "not releasable to them",
    "embargo",
    "agreement does not hold",
    "no reader is left in a permissive category",
    "another nation's statement, and no agreement lets it be relayed",
)
NEVER_TAI_NS = int(np.iinfo(np.int64).max)
CEDARS_NAME = re.compile(r"policy `(policy\d+)`")
Key = TypeVar("Key")
Value = TypeVar("Value")
MOST_KEPT = 100_000  # classes and recipients; each takes about 1 kB


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rules say of one action."""

    permitted: bool
    rule: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A verdict, and while it stands."""

    verdict: Verdict
    from_tai_ns: int
    until_tai_ns: int
    confirmed_bytes: int  # of the confirmations that were known


@dataclass(slots=True)
class Policy:
    """The release policy of one nation; whoever changes its folder loads it anew."""

    nation: str
    digest: str  # of rules, schema, groups and agreements
    rules: Mapping[str, written.Rule]
    agreements: Mapping[str, Agreement]
    groups: Mapping[str, tuple[str, ...]]
    confirmations: Confirmations
    asked: tuple[str, ...]  # the particulars that a rule asks for
    _policies: cedarpy.PolicySet
    _entities: cedarpy.Entities
    _schema: cedarpy.Schema
    _classes: dict[tuple[Label, str, str, bool], RecordClass] = field(default_factory=dict)
    _kept: dict[tuple[RecordClass, str], dict[str, Ruling]] = field(default_factory=dict)
    _standing: dict[tuple[RecordClass, str], Standing] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path, nation: str) -> Policy:
        """Read the policy of a folder; one that `lint` finds fault with is a `PolicyError`."""
        text, members, agreed = written.source(folder), groups(folder), agreements(folder)
        return cls._of(nation, text, members, agreed, Confirmations(folder))

    def proposed(self, text: str) -> Policy:
        """Return what this policy would be with other rules; what is confirmed stays as it is."""
        return self._of(self.nation, text, self.groups, self.agreements, self.confirmations)

    @classmethod
    def _of(
        cls,
        nation: str,
        text: str,
        members: Mapping[str, tuple[str, ...]],
        agreed: Mapping[str, Agreement],
        confirmations: Confirmations,
    ) -> Policy:
        found = faults(text, members, agreed)
        if found:
            raise PolicyError(f"the release policy of {nation}: {'; '.join(found)}")
        rules, schema, told = written.rules(text), written.schema(), entities(members)
        stated = "\0".join([nation, text, schema, told, repr(sorted(agreed.items()))])
        spoken = {name for rule in rules.values() for name in rule.spoken.attributes}
        return cls(
            nation=nation,
            digest=hashlib.sha256(stated.encode()).hexdigest(),
            rules=rules,
            agreements=agreed,
            groups=members,
            confirmations=confirmations,
            asked=tuple(name for name in PARTICULARS if name in spoken),
            _policies=cedarpy.PolicySet.from_str(text),
            _entities=cedarpy.Entities.from_json_str(told),
            _schema=cedarpy.Schema.from_str(schema),
        )

    def class_of(self, record: Record, *, at_risk: bool) -> RecordClass:
        """Return the class of a record, with what the rules ask for."""
        if self.asked:
            return record_class(record, at_risk=at_risk, asked=self.asked)
        envelope = record.envelope
        key = (envelope.label, envelope.kind, envelope.node, at_risk)
        known = self._classes.get(key)
        if known is None:
            known = record_class(record, at_risk=at_risk)
            _keep(self._classes, key, known)
        return known

    def verdict(self, kind: RecordClass, recipient: str, now_tai_ns: int) -> Verdict:
        """Return the highest level that a recipient may have of a class, or what keeps it."""
        key = (kind, recipient)
        kept = self._standing.get(key)
        confirmed_bytes = self.confirmations.read_bytes
        if (
            kept is not None
            and kept.from_tai_ns <= now_tai_ns < kept.until_tai_ns
            and kept.confirmed_bytes == confirmed_bytes
        ):
            return kept.verdict
        verdict = self._decided(kind, recipient, now_tai_ns)
        if not kind.open:
            begin, end = self._while(kind, now_tai_ns)
            _keep(self._standing, key, Standing(verdict, begin, end, confirmed_bytes))
        return verdict

    def _decided(self, kind: RecordClass, recipient: str, now_tai_ns: int) -> Verdict:
        barred = self._barred(kind, recipient, now_tai_ns)
        if barred:
            return Withheld(barred)
        rulings = self._rulings(kind, recipient)
        for level in kind.ladder:
            if rulings[level].permitted:
                return self._unless_unconfirmed(kind, level, rulings[level])
        named = [rulings[level].rule for level in kind.ladder if rulings[level].rule != DENIED]
        return Withheld(named[0] if named else DENIED)

    def warning(self, kind: RecordClass, recipient: str, now_tai_ns: int) -> Verdict:  # noqa: ARG002 - a duty has no hours
        """Return whether a recipient at risk is warned; labels do not bar the least product."""
        ruling = self._rulings(kind, recipient)[WARN]
        return _released(kind, WARN, ruling) if ruling.permitted else Withheld(ruling.rule)

    def verdicts(
        self,
        kinds: NDArray[np.integer],
        classes: Sequence[RecordClass],
        recipient: str,
        now_tai_ns: int,
    ) -> tuple[NDArray[np.int32], list[Verdict]]:
        """
        (n,) which of the verdicts returned each record has, `kinds` being rows of `classes`.

        Each class is decided once, at this moment; the rest is a look-up.
        """
        rows: dict[Verdict, int] = {}
        place = np.empty(len(classes), np.int32)
        for row, kind in enumerate(classes):
            place[row] = rows.setdefault(self.verdict(kind, recipient, now_tai_ns), len(rows))
        return place.take(kinds), list(rows)

    def explain(self, kind: RecordClass, recipient: str, now_tai_ns: int) -> Explanation:
        """Return why a recipient gets what it gets of a class."""
        verdict = self.verdict(kind, recipient, now_tai_ns)
        tried = tuple(
            (level, self._at(kind, recipient, level, now_tai_ns)) for level in (*LEVELS, WARN)
        )
        named = verdict.rule.split(BETWEEN)
        agreed = [
            self.agreements[name].told() if name in self.agreements else f"{name}: not known here"
            for name in kind.agreements
        ]
        return Explanation(
            verdict,
            tried,
            tuple(rule for rule in self.rules.values() if rule.id in named),
            tuple(agreed),
            self._missing(kind) if verdict == Withheld(AWAITING) else "",
        )

    def relayed_to(self, names: Iterable[str], now_tai_ns: int) -> tuple[str, ...]:
        """Return the parties to whom what is held under these agreements may be passed on."""
        agreed = [self.agreements.get(name) for name in names]
        granting = [
            one
            for one in agreed
            if one is not None and one.may_relay and one.holds(self.nation, now_tai_ns)
        ]
        if not agreed or len(granting) < len(agreed):
            return ()
        return tuple(sorted(set.intersection(*({*one.parties} for one in granting))))

    def next_boundary(self, kinds: Iterable[RecordClass], now_tai_ns: int) -> int:
        """Return when an embargo or an agreement changes next, the largest int64 for never."""
        times = [kind.embargo_tai_ns for kind in kinds]
        times += [one.from_tai_ns for one in self.agreements.values()]
        times += [one.until_tai_ns for one in self.agreements.values()]
        return min((one for one in times if one > now_tai_ns), default=NEVER_TAI_NS)

    def _while(self, kind: RecordClass, now_tai_ns: int) -> tuple[int, int]:
        """The last and the next boundary of a label: in between, what it says does not change."""
        agreed = [self.agreements[name] for name in kind.agreements if name in self.agreements]
        times = [kind.embargo_tai_ns, *(one.from_tai_ns for one in agreed)]
        times += [one.until_tai_ns for one in agreed]
        return (
            max((one for one in times if one <= now_tai_ns), default=-NEVER_TAI_NS),
            min((one for one in times if one > now_tai_ns), default=NEVER_TAI_NS),
        )

    def _at(self, kind: RecordClass, recipient: str, level: str, now_tai_ns: int) -> Verdict:
        """Return what the policy says of one level alone."""
        if level == WARN:
            return self.warning(kind, recipient, now_tai_ns)
        if level not in kind.ladder:
            return Withheld(f"{kind.kind} has no such product")
        barred = self._barred(kind, recipient, now_tai_ns)
        ruling = self._rulings(kind, recipient)[level]
        if barred or not ruling.permitted:
            return Withheld(barred or ruling.rule)
        return self._unless_unconfirmed(kind, level, ruling)

    def _unless_unconfirmed(self, kind: RecordClass, level: str, ruling: Ruling) -> Verdict:
        if self.confirmations.confirmed(kind):
            return _released(kind, level, ruling)
        return Withheld(AWAITING)

    def _missing(self, kind: RecordClass) -> str:
        persons = self.confirmations.persons(kind)
        so_far = f"confirmed by {', '.join(persons)} so far" if persons else "by nobody so far"
        return f"{PERSONS} persons must confirm this class: {so_far}"

    def _rulings(self, kind: RecordClass, recipient: str) -> dict[str, Ruling]:
        key = (kind, recipient)
        kept = self._kept.get(key)
        if kept is None:
            if not {*self.asked} <= {*kind.asked}:
                raise PolicyError(
                    f"the rules ask for {', '.join(self.asked)}, which this class does not tell; "
                    "take classes from `Policy.class_of`"
                )
            kept = self._ruled(kind, recipient)
            if not kind.open:
                _keep(self._kept, key, kept)
        return kept

    def _ruled(self, kind: RecordClass, recipient: str) -> dict[str, Ruling]:
        """Ask Cedar; a rule that cannot be evaluated withholds, for Cedar would pass it over."""
        levels = (*kind.ladder, WARN)
        shared = {
            "principal": {"type": "Commonsky::Nation", "id": recipient},
            "resource": {"type": "Commonsky::Release", "id": "record"},
            "context": kind.context(),
        }
        requests = [
            {**shared, "action": {"type": "Commonsky::Action", "id": _action(level)}}
            for level in levels
        ]
        answers = cedarpy.is_authorized_batch(
            requests, self._policies, self._entities, self._schema
        )
        return dict(zip(levels, map(self._ruling, answers), strict=True))

    def _ruling(self, answer: cedarpy.AuthzResult) -> Ruling:
        failed = answer.diagnostics.errors
        if failed:
            return Ruling(permitted=False, rule=f"cannot be decided: {self._named(failed[0])}")
        named = sorted(self.rules[name].id for name in answer.diagnostics.reasons)
        return Ruling(answer.allowed, BETWEEN.join(named) or DENIED)

    def _named(self, told: str) -> str:
        """Put our names of rules in place of Cedar's."""
        return CEDARS_NAME.sub(lambda found: f"rule {self.rules[found[1]].id}", told)

    def _barred(self, kind: RecordClass, recipient: str, now_tai_ns: int) -> str:
        """What in the label itself keeps a record from a recipient, "" for nothing."""
        if EVERYONE not in kind.releasable_to and recipient not in kind.releasable_to:
            return NOT_ADDRESSED
        if now_tai_ns < kind.embargo_tai_ns:
            return EMBARGO
        if kind.unreadable:
            return NO_READER
        for name in kind.agreements:
            one = self.agreements.get(name)
            if one is None or not one.holds(recipient, now_tai_ns):
                return f"{NO_AGREEMENT}: {name}"
        if kind.originator != self.nation and recipient not in self.relayed_to(
            kind.agreements, now_tai_ns
        ):
            return NOT_OURS
        return ""


def _keep(kept: dict[Key, Value], key: Key, value: Value) -> None:
    """Keep a value, and forget all others where there are too many."""
    if len(kept) >= MOST_KEPT:
        kept.clear()
    kept[key] = value


def _action(level: str) -> str:
    return WARN if level == WARN else f"release_{level}"


def _released(kind: RecordClass, level: str, ruling: Ruling) -> Released:
    return Released(level, ruling.rule, BETWEEN.join(kind.agreements))


__all__ = ["Explanation", "Policy", "RecordClass", "Released", "Withheld", "record_class"]
