"""
Verdicts: what a recipient may have of a class of records, by which rule, until when.

Default deny, forbid wins, every verdict names its rule.  Each class is decided once and kept until
the next boundary of an embargo or an agreement; past it, it is decided anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cedarpy
import numpy as np
from numpy.typing import NDArray

from commonsky.errors import PolicyError
from commonsky.ledger.label import EVERYONE
from commonsky.share.policy import rules as written
from commonsky.share.policy.agreements import Agreement, agreements, entities, groups
from commonsky.share.policy.classes import RecordClass, record_class
from commonsky.share.policy.confirmation import Confirmations

LEVELS = ("full", "event", "exists")
WARN = "warn"
DENIED, AWAITING = "default deny", "awaiting confirmation"
NOT_ADDRESSED, EMBARGO, NO_AGREEMENT = (
    "not releasable to them",
    "embargo",
    "agreement does not hold",
)
NEVER_TAI_NS = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Released:
    """Something leaves: at which level, by which rule, under which agreements."""

    level: str
    rule: str
    agreement: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """Nothing leaves, and what keeps it."""

    rule: str


Verdict = Released | Withheld


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a verdict is what it is: for each level the rule that decided over it."""

    verdict: Verdict
    tried: tuple[tuple[str, Verdict], ...]
    rule: written.Rule | None

    def lines(self) -> list[str]:
        """Return it in plain words."""
        told = [_told(self.verdict)]
        if self.rule is not None:
            told += ["the rule:", *(f"    {line}" for line in self.rule.text.splitlines())]
            told += [f"    reason: {self.rule.reason}"] if self.rule.reason else []
        told += [f"{level}: {_told(verdict)}" for level, verdict in self.tried]
        return told


@dataclass(slots=True)
class Policy:
    """The release policy of one nation."""

    nation: str
    digest: str
    rules: dict[str, written.Rule]
    agreements: dict[str, Agreement]
    groups: dict[str, tuple[str, ...]]
    confirmations: Confirmations
    _policies: cedarpy.PolicySet
    _entities: cedarpy.Entities
    _schema: cedarpy.Schema
    _kept: dict[tuple[RecordClass, str, str], tuple[Verdict, int, int]] = field(
        default_factory=dict
    )

    @classmethod
    def load(cls, folder: Path, nation: str) -> Policy:
        """Read the policy of a folder; one that does not fit the schema is a `PolicyError`."""
        text = written.source(folder)
        problems = written.valid(text)
        if problems:
            raise PolicyError(f"{folder / written.POLICY}: {'; '.join(problems)}")
        schema, members = written.schema(), groups(folder)
        told = entities(members)
        agreed = agreements(folder)
        stated = "\0".join([text, schema, told, repr(sorted(agreed.items()))])
        return cls(
            nation=nation,
            digest=hashlib.sha256(stated.encode()).hexdigest(),
            rules=written.rules(text),
            agreements=agreed,
            groups=members,
            confirmations=Confirmations(folder),
            _policies=cedarpy.PolicySet.from_str(text),
            _entities=cedarpy.Entities.from_json_str(told),
            _schema=cedarpy.Schema.from_str(schema),
        )

    @property
    def by_object(self) -> bool:
        """Whether a rule asks for catalogue numbers, so that each record is decided over."""
        return any(written.BY_RECORD in rule.attributes for rule in self.rules.values())

    def verdict(self, kind: RecordClass, recipient: str, now_tai_ns: int) -> Verdict:
        """Return the highest level that a recipient may have of a class, or what keeps it."""
        for level in LEVELS:
            found = self._at(kind, recipient, level, now_tai_ns)
            if isinstance(found, Released):
                return found
        return self._at(kind, recipient, LEVELS[0], now_tai_ns)

    def warning(self, kind: RecordClass, recipient: str, now_tai_ns: int) -> Verdict:
        """Return whether a recipient at risk is warned; labels do not bar the least product."""
        return self._at(kind, recipient, WARN, now_tai_ns)

    def verdicts(
        self, kinds: NDArray[np.integer], classes: Sequence[RecordClass], recipient: str, now: int
    ) -> tuple[NDArray[np.int8], list[Verdict]]:
        """
        (n,) which of the verdicts returned each record has, `kinds` being rows of `classes`.

        Each class is decided once; the rest is a look-up.
        """
        table = [self.verdict(kind, recipient, now) for kind in classes]
        distinct = list(dict.fromkeys(table))
        place = np.array([distinct.index(one) for one in table], np.int8)
        return place[kinds], distinct

    def explain(self, kind: RecordClass, recipient: str, now_tai_ns: int) -> Explanation:
        """Return why a recipient gets what it gets of a class."""
        verdict = self.verdict(kind, recipient, now_tai_ns)
        tried = tuple(
            (level, self._at(kind, recipient, level, now_tai_ns)) for level in (*LEVELS, WARN)
        )
        named = [rule for rule in self.rules.values() if rule.id == verdict.rule]
        return Explanation(verdict, tried, named[0] if named else None)

    def relayed_to(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the parties to whom what is held under these agreements may be passed on."""
        agreed = [self.agreements.get(name) for name in names]
        if not agreed or any(one is None or not one.may_relay for one in agreed):
            return ()
        parties = [set(one.parties) for one in agreed if one is not None]
        return tuple(sorted(set.intersection(*parties)))

    def next_boundary(self, kinds: Iterable[RecordClass], now_tai_ns: int) -> int:
        """Return when an embargo or an agreement changes next, the largest int64 for never."""
        times = [kind.embargo_tai_ns for kind in kinds]
        times += [one.from_tai_ns for one in self.agreements.values()]
        times += [one.until_tai_ns for one in self.agreements.values()]
        return min((one for one in times if one > now_tai_ns), default=int(NEVER_TAI_NS))

    def _at(self, kind: RecordClass, recipient: str, level: str, now_tai_ns: int) -> Verdict:
        key = (kind, recipient, level)
        kept = self._kept.get(key)
        if kept is not None and kept[1] <= now_tai_ns < kept[2]:
            verdict = kept[0]
        else:
            verdict = self._decided(kind, recipient, level, now_tai_ns)
            until = self.next_boundary([kind], now_tai_ns)
            self._kept[key] = (verdict, now_tai_ns, until)
        if (
            isinstance(verdict, Released)
            and level != WARN
            and not self.confirmations.confirmed(kind)
        ):
            return Withheld(AWAITING)
        return verdict

    def _decided(self, kind: RecordClass, recipient: str, level: str, now: int) -> Verdict:
        """Decide without what is kept; labels bind below the policy, whatever it permits."""
        if level != WARN:
            barred = self._barred(kind, recipient, now)
            if barred:
                return Withheld(barred)
        action = WARN if level == WARN else f"release_{level}"
        request = {
            "principal": {"type": "Commonsky::Nation", "id": recipient},
            "action": {"type": "Commonsky::Action", "id": action},
            "resource": {"type": "Commonsky::Release", "id": "record"},
            "context": kind.context(),
        }
        answer = cedarpy.is_authorized(request, self._policies, self._entities, self._schema)
        if answer.diagnostics.errors:
            raise PolicyError(f"the release policy cannot be applied: {answer.diagnostics.errors}")
        named = sorted(self.rules[name].id for name in answer.diagnostics.reasons)
        if not answer.allowed:
            return Withheld(", ".join(named) or DENIED)
        return Released(level, ", ".join(named), ", ".join(kind.agreements))

    def _barred(self, kind: RecordClass, recipient: str, now: int) -> str:
        """What in the label itself keeps a record from a recipient, "" for nothing."""
        if EVERYONE not in kind.releasable_to and recipient not in kind.releasable_to:
            return NOT_ADDRESSED
        if now < kind.embargo_tai_ns:
            return EMBARGO
        for name in kind.agreements:
            one = self.agreements.get(name)
            if one is None or not one.holds(recipient, now):
                return f"{NO_AGREEMENT}: {name}"
        return ""


def _told(verdict: Verdict) -> str:
    match verdict:
        case Released(level, rule, agreement):
            return f"released ({level}) by {rule}" + (f" under {agreement}" if agreement else "")
        case Withheld(rule):
            return f"withheld: {rule}"


__all__ = ["Explanation", "Policy", "RecordClass", "Released", "Withheld", "record_class"]
