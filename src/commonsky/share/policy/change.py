"""What a new policy would change, before anybody goes by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from commonsky.share.policy.classes import RecordClass
from commonsky.share.policy.policy import LEVELS, Policy
from commonsky.share.policy.verdict import Released, Verdict

RELEASE, WARNING = "release", "warn"


@dataclass(frozen=True, slots=True)
class Change:
    """One class and recipient that two policies decide over differently."""

    record_class: RecordClass
    recipient: str
    action: str  # release, warn
    before: Verdict
    after: Verdict

    @property
    def widens(self) -> bool:
        """Whether the recipient would get more than before."""
        return _height(self.after) > _height(self.before)

    @property
    def narrows(self) -> bool:
        """Whether the recipient would get less than before."""
        return _height(self.after) < _height(self.before)

    def told(self) -> str:
        """Return it in plain words."""
        what = f"{self.record_class.kind}, {self.action}"
        return f"{self.recipient}: {what}: {self.before}; then {self.after}"


def changes(
    old: Policy,
    new: Policy,
    classes: Iterable[RecordClass],
    recipients: Sequence[str],
    now_tai_ns: int,
) -> list[Change]:
    """
    Return what would be decided differently at this moment.

    `new` may be `old.proposed(text)`, which keeps groups, agreements and confirmations.  The
    classes must tell what the rules of both policies ask for, as
    `record_class` with `asked={*old.asked, *new.asked}` makes them.
    """
    found = []
    for kind in classes:
        for to in recipients:
            before, after = (one.verdict(kind, to, now_tai_ns) for one in (old, new))
            if before != after:
                found.append(Change(kind, to, RELEASE, before, after))
            before, after = (one.warning(kind, to, now_tai_ns) for one in (old, new))
            if before != after:
                found.append(Change(kind, to, WARNING, before, after))
    return found


def _height(verdict: Verdict) -> int:
    """How much a verdict gives: nothing, a warning, existence, event, full."""
    if not isinstance(verdict, Released):
        return 0
    return 1 + (verdict.level in LEVELS and len(LEVELS) - LEVELS.index(verdict.level))
