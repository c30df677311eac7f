"""
A slow oracle of release: decides from a record's bytes, without classes, caches or Cedar.

Each rule is made twice, as Cedar's text and as a plain predicate over the JSON of an envelope and
its body.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import cedarpy

from commonsky.ledger.label import CLASSIFICATIONS, EVERYONE
from commonsky.ledger.record import Kind, Record

US = "AUS"
NATIONS = ("AUS", "CAN", "GBR", "JPN", "NOR", "USA")
NUMBERS = (5, 25544, 270438)
NAMES = ("SENSOR", "OBJECT", 'CA"VEAT', "A=B")
VALUES = ("A", "B", '") || true || ("', "=")
KINDS = (Kind.ELEMENT_SET, Kind.EPHEMERIS, Kind.CONJUNCTION, Kind.CLAIM)
ACTIONS = ("release_full", "release_event", "release_exists", "warn")
LADDER = {"element_set": ("full", "exists"), "conjunction": ("full", "event")}
PERSONS_NEEDED = 2

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """Everything the oracle may look at."""

    envelope: Json
    body: Json
    recipient: str
    groups: dict[str, list[str]]
    at_risk: bool

    @property
    def categories(self) -> list[str]:
        """As a policy is told them; an equals sign in a name is escaped."""
        return [
            one["name"].replace("\\", "\\\\").replace("=", "\\=") + "=" + value
            for one in self.envelope["label"]["categories"]
            for value in one["values"]
        ]

    @property
    def pc(self) -> float | None:
        return self.body.get("pc") if self.envelope["kind"] == "conjunction" else None

    @property
    def miss_m(self) -> int | None:
        is_approach = self.envelope["kind"] == "conjunction"
        return int(self.body["miss_km"] * 1000.0) if is_approach else None


Predicate = Callable[[Question], bool]


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition, as Cedar has it and as Python has it."""

    text: str
    holds: Predicate


@dataclass(frozen=True, slots=True)
class OurRule:
    id: str
    permits: bool
    actions: tuple[str, ...]  # empty: all
    clauses: tuple[Clause, ...]
    scope: Clause
    notes: str = ""

    def text(self) -> str:
        listed = ", ".join(f'Commonsky::Action::"{one}"' for one in self.actions)
        action = f"action in [{listed}]" if self.actions else "action"
        when = "".join(f"\nwhen {{ {one.text} }}" for one in self.clauses)
        effect = "permit" if self.permits else "forbid"
        head = f'@id("{self.id}") {self.notes}\n{effect}'
        return f"{head} ({self.scope.text}, {action}, resource){when};"

    def holds(self, action: str, asked: Question) -> bool:
        concerned = not self.actions or action in self.actions
        return concerned and all(one.holds(asked) for one in (self.scope, *self.clauses))


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def clause(draw: random.Random, groups: Sequence[str], agreed: Sequence[str]) -> Clause:
    """Draw one condition."""
    kind, n = draw.choice(KINDS).value, draw.randrange(5)
    nation, number = draw.choice(NATIONS), draw.choice(NUMBERS)
    name = draw.choice(NAMES).replace("=", "\\=")
    marked = f"{name}={draw.choice(VALUES)}"
    other = f"{draw.choice(NAMES[:2])}={draw.choice(VALUES)}"
    group, agreement = draw.choice(groups), draw.choice(agreed)
    exponent, metres = draw.randrange(2, 9), draw.choice((500, 1000, 5000))
    label = lambda asked: asked.envelope["label"]  # noqa: E731
    return draw.choice([
        Clause(f'context.kind == "{kind}"', lambda q: q.envelope["kind"] == kind),
        Clause(f'["{kind}", "claim"].contains(context.kind)',
               lambda q: q.envelope["kind"] in {kind, "claim"}),
        Clause(f"context.classification <= {n}",
               lambda q: CLASSIFICATIONS.index(label(q)["classification"]) <= n),
        Clause(f"context.categories.contains({quoted(marked)})", lambda q: marked in q.categories),
        Clause(f"context.categories.containsAny([{quoted(marked)}, {quoted(other)}])",
               lambda q: not {marked, other}.isdisjoint(q.categories)),
        Clause(f'context.releasable_to.contains("{nation}")',
               lambda q: nation in label(q)["releasable_to"]),
        Clause(f'context.agreements.contains("{agreement}")',
               lambda q: agreement in label(q)["agreements"]),
        Clause("context.agreements.isEmpty()", lambda q: not label(q)["agreements"]),
        Clause(f'context.originator == "{nation}"', lambda q: q.envelope["node"] == nation),
        Clause("context.embargoed", lambda q: label(q)["embargo_tai_ns"] != 0),
        Clause("context.at_risk", lambda q: q.at_risk),
        Clause(f"context.objects.contains({number})",
               lambda q: number in q.envelope.get("subject", [])),
        Clause(f"context has pc_exponent && context.pc_exponent <= {exponent}",
               lambda q: q.pc is not None and q.pc >= 10.0**-exponent),
        Clause(f"context has miss_m && context.miss_m < {metres}",
               lambda q: q.miss_m is not None and q.miss_m < metres),
        Clause(f'principal in Commonsky::Group::"{group}"',
               lambda q: q.recipient in q.groups[group]),
        Clause(f'principal == Commonsky::Nation::"{nation}"', lambda q: q.recipient == nation),
    ])  # fmt: skip


def condition(draw: random.Random, groups: Sequence[str], agreed: Sequence[str]) -> Clause:
    """Draw a condition of one or two, or the contrary of one."""
    a, b = (clause(draw, groups, agreed) for _ in range(2))
    return draw.choice([
        a, a,
        Clause(f"({a.text}) && ({b.text})", lambda q: a.holds(q) and b.holds(q)),
        Clause(f"({a.text}) || ({b.text})", lambda q: a.holds(q) or b.holds(q)),
        Clause(f"!({a.text})", lambda q: not a.holds(q)),
    ])  # fmt: skip


ANYONE = Clause("principal", lambda _: True)


def scope(draw: random.Random, groups: Sequence[str]) -> Clause:
    group, nation = draw.choice(groups), draw.choice(NATIONS)
    return draw.choice([
        ANYONE,
        Clause(f'principal in Commonsky::Group::"{group}"',
               lambda q: q.recipient in q.groups[group]),
        Clause(f'principal == Commonsky::Nation::"{nation}"', lambda q: q.recipient == nation),
    ])  # fmt: skip


def our_rules(
    draw: random.Random, groups: Sequence[str], agreed: Sequence[str]
) -> Iterator[OurRule]:
    """Draw the rules of a policy that has no fault."""
    for row in range(draw.randrange(3, 9)):
        permits = draw.random() < 0.75
        actions = tuple(sorted(draw.sample(ACTIONS, draw.randrange(1, 4))))
        if permits and draw.random() < 0.1:
            actions = ()
        notes = ""
        if not permits and "warn" in actions:
            notes = '@reason("an exercise") @approved_by("Ann, Bob")'
        least = 0 if permits else 1
        clauses = tuple(condition(draw, groups, agreed) for _ in range(draw.randrange(least, 3)))
        yield OurRule(f"rule-{row}", permits, actions, clauses, scope(draw, groups), notes)
    at_risk = Clause("context.at_risk", lambda q: q.at_risk)
    yield OurRule("duty-to-warn", True, ("warn",), (at_risk,), ANYONE)


@dataclass(slots=True)
class Ground:
    """What decisions rest on."""

    groups: dict[str, list[str]] = field(default_factory=dict)
    agreements: dict[str, Json] = field(default_factory=dict)
    rules: list[OurRule] = field(default_factory=list)
    confirmed: dict[str, set[str]] = field(default_factory=dict)


def confirmed_as(record: Record) -> str:
    """What two persons confirm: kind, originator and label without its embargo."""
    told = json.loads(record.encoded)
    label = {**told["label"], "embargo_tai_ns": 0}
    for one in label["categories"]:
        one["tag"] = one["tag"] == "PERMISSIVE" and not one["values"]
    label["unreadable"] = any(one["tag"] for one in label["categories"])
    label["categories"] = [[c["name"], v] for c in label["categories"] for v in c["values"]]
    return json.dumps([told["kind"], told["node"], label], sort_keys=True)


def oracle(
    ground: Ground, record: Record, recipient: str, now_tai_ns: int, *, at_risk: bool
) -> tuple[str, str]:
    """Return the level that a recipient may have, "" for nothing, and the rules or the reason."""
    asked = question(ground, record, recipient, at_risk=at_risk)
    envelope = asked.envelope
    barred = bar(ground, envelope, recipient, now_tai_ns)
    if barred:
        return "", barred
    refused = ""
    for level in LADDER.get(envelope["kind"], ("full",)):
        allowed, named = ruled(ground.rules, f"release_{level}", asked)
        if allowed:
            sure = len(ground.confirmed.get(confirmed_as(record), ())) >= PERSONS_NEEDED
            return (level, named) if sure else ("", "awaiting confirmation")
        refused = refused or named
    return "", refused or "default deny"


def bar(ground: Ground, envelope: Json, recipient: str, now_tai_ns: int) -> str:
    """What in the label keeps a record from a recipient, whatever the rules say."""
    label = envelope["label"]
    if EVERYONE not in label["releasable_to"] and recipient not in label["releasable_to"]:
        return "not releasable to them"
    if label["embargo_tai_ns"] > now_tai_ns:
        return "embargo"
    if any(one["tag"] == "PERMISSIVE" and one["values"] == [] for one in label["categories"]):
        return "no reader is left in a permissive category"
    agreed = [ground.agreements.get(name) for name in label["agreements"]]
    for name, one in zip(label["agreements"], agreed, strict=True):
        if one is None or not in_force(one, recipient, now_tai_ns):
            return f"agreement does not hold: {name}"
    granted = agreed and all(one and one["may_relay"] and US in one["parties"] for one in agreed)
    if envelope["node"] != US and not granted:
        return "another nation's statement, and no agreement lets it be relayed"
    return ""


def oracle_of_warning(
    ground: Ground, record: Record, recipient: str, *, at_risk: bool
) -> tuple[str, str]:
    asked = question(ground, record, recipient, at_risk=at_risk)
    allowed, named = ruled(ground.rules, "warn", asked)
    return ("warn" if allowed else ""), named or "default deny"


def question(ground: Ground, record: Record, recipient: str, *, at_risk: bool) -> Question:
    assert record.body is not None
    envelope, body = json.loads(record.encoded), json.loads(record.body.content)
    return Question(envelope, body, recipient, ground.groups, at_risk)


def ruled(rules: Sequence[OurRule], action: str, asked: Question) -> tuple[bool, str]:
    """Forbid wins; whether it is permitted, and the rules that say so."""
    holding = [one for one in rules if one.holds(action, asked)]
    forbids = [one.id for one in holding if not one.permits]
    permits = [one.id for one in holding if one.permits]
    return bool(permits and not forbids), ", ".join(sorted(forbids or permits))


def in_force(agreement: Json, recipient: str, now_tai_ns: int) -> bool:
    begin, end = agreement["from"], agreement["until"]
    within = begin <= now_tai_ns and (end == 0 or now_tai_ns < end)
    return recipient in agreement["parties"] and within


def by_cedar(
    ground: Ground, record: Record, recipient: str, action: str, *, at_risk: bool
) -> tuple[bool, str]:
    """Ask Cedar itself about one record: text as it is, no schema, nothing kept."""
    asked = question(ground, record, recipient, at_risk=at_risk)
    label = asked.envelope["label"]
    context = {
        "kind": asked.envelope["kind"],
        "originator": asked.envelope["node"],
        "classification": CLASSIFICATIONS.index(label["classification"]),
        "categories": asked.categories,
        "releasable_to": label["releasable_to"],
        "agreements": label["agreements"],
        "embargoed": label["embargo_tai_ns"] != 0,
        "at_risk": at_risk,
        "objects": asked.envelope.get("subject", []),
    }
    if asked.miss_m is not None:
        context["miss_m"] = asked.miss_m
    if asked.pc is not None:
        context["pc_exponent"] = next(n for n in range(31) if asked.pc >= 10.0**-n or n == 30)
    nation = {"type": "Commonsky::Nation", "id": recipient}
    parents = [
        {"type": "Commonsky::Group", "id": name}
        for name, members in ground.groups.items()
        if recipient in members
    ]
    answer = cedarpy.is_authorized(
        {
            "principal": nation,
            "action": {"type": "Commonsky::Action", "id": action},
            "resource": {"type": "Commonsky::Release", "id": "any"},
            "context": context,
        },
        "\n".join(one.text() for one in ground.rules),
        [{"uid": nation, "attrs": {}, "parents": parents}],
    )
    named = answer.diagnostics.id_annotations_by_reason.values()
    return answer.allowed, ", ".join(sorted(named))
