"""`commonsky release`: what would leave, why, and who has confirmed it."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from commonsky.node.assembly import clock_of, opened_release, opened_store
from commonsky.node.home import opened
from commonsky.share.policy.lint import lint
from commonsky.share.policy.policy import Policy, Released, record_class
from commonsky.show.cli.exits import Misuse
from commonsky.show.cli.finding import record_named

EXAMPLES = 3


def preview_release(folder: Path, recipient: str) -> None:
    """Write what would leave for a recipient now, grouped by verdict and rule."""
    home = opened(folder)
    with opened_store(home) as store:
        release = opened_release(home, store)
        if recipient not in release.recipients:
            raise Misuse(
                f"{recipient} is no partner of this node; `commonsky peer list` tells them"
            )
        groups: Counter[tuple[str, str, str]] = Counter()
        examples: dict[tuple[str, str, str], list[str]] = {}
        for decision in release.preview(recipient, clock_of(home).now_tai_ns()):
            envelope = decision.held.record.envelope
            level = (
                decision.verdict.level if isinstance(decision.verdict, Released) else "withheld"
            )
            key = (level, envelope.kind.value, decision.verdict.rule)
            groups[key] += 1
            if len(examples.setdefault(key, [])) < EXAMPLES:
                examples[key].append(envelope.handle[:12])
        out = sys.stdout
        out.write(f"what would leave {home.nation} for {recipient} now:\n")
        if not groups:
            out.write("  nothing: all that was stated has been decided over\n")
        for (level, kind, rule), count in sorted(groups.items()):
            few = ", ".join(examples[level, kind, rule])
            out.write(f"  {level:<9} {count:>7,} {kind:<12} by {rule}  ({few})\n")


def explain_release(folder: Path, name: str, recipient: str) -> None:
    """Write why a recipient gets a record, or does not, and what it was told of it."""
    home = opened(folder)
    with opened_store(home) as store:
        held = record_named(store, name)
        envelope = held.record.envelope
        out = sys.stdout
        out.write(f"{envelope.kind} {envelope.handle}, stated by {envelope.node}\n")
        if held.peer:
            out.write(f"it is {held.peer}'s statement: only they may release it\n")
            return
        release = opened_release(home, store)
        kind = release.class_of(held.record, recipient)
        for line in release.policy.explain(kind, recipient, clock_of(home).now_tai_ns()).lines():
            out.write(f"  {line}\n")
        for to, index, entry in store.told(envelope.handle):
            if to == recipient:
                agreement = f" under {entry.agreement}" if entry.agreement else ""
                out.write(
                    f"it was told to {to}: {entry.level}, by rule {entry.rule}{agreement}, "
                    f"entry {index} of their log\n"
                )


def confirm_class(folder: Path, name: str, person: str) -> None:
    """Note that a person confirms the class of a record; two are needed."""
    home = opened(folder)
    with opened_store(home) as store:
        held = record_named(store, name)
        policy = Policy.load(home.policy, home.nation)
        persons = policy.confirmations.confirm(
            record_class(held.record, at_risk=False),
            person,
            clock_of(home).now_tai_ns(),
        )
        missing = 2 - len(persons)
        sys.stdout.write(
            f"confirmed by {', '.join(persons)}; "
            + ("this class may be released\n" if missing <= 0 else "one person more is needed\n")
        )


def lint_policy(folder: Path) -> None:
    """Write what is wrong with the release policy."""
    home = opened(folder)
    findings = lint(home.policy)
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    if findings:
        raise Misuse(f"the policy in {home.policy} has {len(findings)} faults")
    sys.stdout.write(f"the policy in {home.policy} is in order\n")
