"""What is wrong with a release policy, in plain words."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from commonsky.errors import PolicyError
from commonsky.share.policy import rules as written
from commonsky.share.policy.agreements import agreements, entities, groups
from commonsky.share.policy.confirmation import PERSONS

WARN = "warn"


def lint(folder: Path) -> list[str]:
    """Return what is wrong with the policy of a folder; nothing where it is in order."""
    try:
        text = written.source(folder)
        agreements(folder)
        members = groups(folder)
        entities(members)
        found = written.rules(text)
    except PolicyError as error:
        return [str(error)]
    return [*written.valid(text), *faults(found)]


def faults(found: dict[str, written.Rule]) -> list[str]:
    """Return what is wrong with rules that Cedar can read."""
    told = []
    for name, rule in found.items():
        if rule.id == name:
            told.append(f'rule {name}: needs an @id("..."), by which verdicts can name it')
        if rule.effect == "forbid":
            told += _forbids(rule)
    for name, count in Counter(rule.id for rule in found.values()).items():
        if count > 1:
            told.append(f"rule {name}: {count} rules have this @id; verdicts could not tell them")
    if not any(rule.effect == "permit" and WARN in rule.actions for rule in found.values()):
        told.append("no rule permits the action warn: nobody at risk would ever be warned")
    return told


def _forbids(rule: written.Rule) -> list[str]:
    if not rule.actions:
        return [f"rule {rule.id}: a forbid must list its actions; this one forbids even to warn"]
    if WARN not in rule.actions:
        return []
    told = []
    if not rule.reason:
        told.append(f'rule {rule.id}: whoever forbids to warn must say why, as @reason("...")')
    if len({one.casefold() for one in rule.approved_by}) < PERSONS:
        told.append(
            f"rule {rule.id}: to forbid a warning takes two persons, as "
            '@approved_by("one, another")'
        )
    return told
