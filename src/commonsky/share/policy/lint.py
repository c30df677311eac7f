"""What is wrong with a release policy, in plain words; a node refuses to go by such a one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from commonsky.errors import PolicyError
from commonsky.ledger.label import EVERYONE
from commonsky.ledger.record import Kind
from commonsky.share.policy import rules as written
from commonsky.share.policy.agreements import Agreement, agreements, groups
from commonsky.share.policy.confirmation import PERSONS, same

WARN = "warn"
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_NAME = 64
TAKEN = ("embargo",)  # says a verdict that no rule made
NATION = re.compile(r"[A-Z]{3}")
STATED = (Kind.ELEMENT_SET, Kind.EPHEMERIS, Kind.CONJUNCTION, Kind.FINDING, Kind.CLAIM)
MADE = (Kind.EVENT, Kind.EXISTENCE, Kind.WARNING)


def lint(folder: Path) -> list[str]:
    """Return what is wrong with the policy of a folder; nothing where it is in order."""
    try:
        return faults(written.source(folder), groups(folder), agreements(folder))
    except PolicyError as error:
        return [str(error)]


def faults(
    text: str, members: Mapping[str, Iterable[str]], agreed: Mapping[str, Agreement]
) -> list[str]:
    """Return what is wrong with the text of a policy, given its groups and agreements."""
    try:
        found = written.rules(text)
    except PolicyError as error:
        return [str(error)]
    every = list(found.values())
    known = {nation for group in members.values() for nation in group}
    told = written.valid(text, found)
    for rule in every:
        told += _name(rule)
        told += _forbids(rule) if rule.effect == "forbid" else []
        told += _entities(rule, members, known)
        told += _texts(rule, known, agreed)
        if rule.spoken.whole:
            told.append(f"{rule.place}: name the attributes of context it asks for, one by one")
    return [*told, *_names(every), *_without_effect(every), *_warns(every)]


def _name(rule: written.Rule) -> Iterator[str]:
    if not rule.id:
        yield f'{rule.place}: needs an @id("..."), by which verdicts name it'
    elif not NAME.fullmatch(rule.id) or len(rule.id) > LONGEST_NAME or rule.id in TAKEN:
        yield (
            f"{rule.place}: an @id is small letters, digits and hyphens, as aus-duty-to-warn, "
            f"at most {LONGEST_NAME} of them, and none of {', '.join(TAKEN)}"
        )


def _names(every: list[written.Rule]) -> Iterator[str]:
    for name, count in Counter(rule.id for rule in every if rule.id).items():
        if count > 1:
            yield f"rule {name}: {count} rules have this @id; verdicts could not tell them apart"


def _forbids(rule: written.Rule) -> Iterator[str]:
    if not rule.actions:
        yield f"{rule.place}: a forbid must list its actions; this one forbids even to warn"
    if WARN not in rule.actions:
        return
    if not rule.reason:
        yield f'{rule.place}: whoever forbids to warn must say why, as @reason("...")'
    if len({same(one) for one in rule.approved_by} - {""}) < PERSONS:
        yield (
            f'{rule.place}: to forbid a warning takes two persons, as @approved_by("one, another")'
        )


def _entities(
    rule: written.Rule, members: Mapping[str, Iterable[str]], known: set[str]
) -> Iterator[str]:
    """A group or nation that nobody knows is a slip, and a forbid of it would never hold."""
    for kind, name in sorted(rule.spoken.entities):
        match kind:
            case "Commonsky::Group" if name not in members:
                yield f"{rule.place}: groups.json has no group {name!r}; {_known(members)}"
            case "Commonsky::Nation" if _is_no_nation(name, known):
                yield f"{rule.place}: no group has the nation {name!r}; {_known(known)}"
            case "Commonsky::Release":
                yield f"{rule.place}: a resource has no name; say which records under `when`"


def _texts(rule: written.Rule, known: set[str], agreed: Mapping[str, Agreement]) -> Iterator[str]:
    for attribute, text in sorted(rule.spoken.compared):
        match attribute:
            case "kind" if text not in STATED:
                yield f"{rule.place}: {_no_kind(text)}"
            case "originator" if _is_no_nation(text, known):
                yield f"{rule.place}: no group has the nation {text!r}; {_known(known)}"
            case "releasable_to" if text != EVERYONE and _is_no_nation(text, known):
                yield f"{rule.place}: no group has the nation {text!r}; {_known(known)}"
            case "categories" if text.find("=", 1) < 0:
                yield f"{rule.place}: a category is NAME=value, as SENSOR=B, not {text!r}"
            case "agreements" if text not in agreed:
                yield f"{rule.place}: agreements.json has no {text!r}; {_known(agreed)}"


def _no_kind(text: str) -> str:
    if text in MADE:
        return (
            f"{text!r} is made from what a nation states, when it leaves; write a rule for "
            f"{', '.join(STATED)}, and say release_event, release_exists or warn"
        )
    if text in {*Kind}:
        return f"{text!r} goes between nodes to whom it is addressed to; no rule decides over it"
    return f"there is no kind {text!r}; {_known(STATED)}"


def _is_no_nation(text: str, known: set[str]) -> bool:
    return text not in known if known else not NATION.fullmatch(text)


def _known(names: Iterable[str]) -> str:
    return "known: " + (", ".join(sorted(names)) or "none")


def _without_effect(every: list[written.Rule]) -> Iterator[str]:
    """A permit under a forbid without conditions, and a rule that says what another says."""
    said: dict[str, written.Rule] = {}
    for rule in every:
        first = said.setdefault(rule.meaning, rule)
        if first is not rule:
            yield f"{rule.place}: says what the rule of line {first.line} says"
    for forbid in every:
        if forbid.effect != "forbid" or not forbid.always:
            continue
        for rule in every:
            if rule.effect == "permit" and rule.actions and {*rule.actions} <= {*forbid.actions}:
                yield f"{rule.place}: has no effect; line {forbid.line} forbids all it permits"


def _warns(every: list[written.Rule]) -> Iterator[str]:
    if not any(rule.effect == "permit" and WARN in (rule.actions or [WARN]) for rule in every):
        yield "no rule permits the action warn: nobody at risk would ever be warned"
