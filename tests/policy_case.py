"""Random policies, labels and records, asked of policy and oracle alike."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from commonsky.ledger.label import CLASSIFICATIONS, EVERYONE, Category, Label, Tag
from commonsky.ledger.record import Body, Envelope, Kind, Record, sealed
from commonsky.share.policy.classes import record_class
from commonsky.share.policy.policy import Policy, Released, Withheld
from tests.policy_oracle import (
    ACTIONS,
    KINDS,
    NAMES,
    NATIONS,
    NUMBERS,
    US,
    VALUES,
    Ground,
    Json,
    by_cedar,
    confirmed_as,
    oracle,
    oracle_of_warning,
    our_rules,
    question,
    ruled,
)

OUTSIDERS = ("BRA", 'N"OR', "ノルウェー", "ALL")  # no member of any group
ALSO_BY_CEDAR = 0.2
PERSONS = ("Ann", "ann ", "Bob", "Cy")
ASKED_AGREEMENTS = ("TREATY", "RELAY")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TAI_MINUS_UTC_S = 37  # since 2017
YEAR_2027 = datetime(2027, 1, 1, tzinfo=UTC)


def utc_and_tai_ns(draw: random.Random) -> tuple[str, int]:
    """Draw a time of 2027, as text and as TAI."""
    at = YEAR_2027 + timedelta(seconds=draw.randrange(10**7))
    elapsed = at - EPOCH
    seconds = elapsed.days * 86400 + elapsed.seconds + TAI_MINUS_UTC_S
    return at.strftime("%Y-%m-%dT%H:%M:%SZ"), seconds * 10**9


@dataclass(slots=True)
class World:
    """A policy with its groups and agreements, in a folder, and what the oracle knows of it."""

    draw: random.Random
    folder: Path
    ground: Ground = field(default_factory=Ground)
    boundaries: list[int] = field(default_factory=list)

    @classmethod
    def drawn(cls, folder: Path, seed: int) -> World:
        """Draw and write a world; policies that happen to have faults are drawn again."""
        draw = random.Random(seed)  # noqa: S311 - the same world in every run
        world = cls(draw, folder)
        folder.mkdir()
        world.ground.groups = {
            name: sorted(draw.sample(NATIONS, draw.randrange(1, 6))) for name in ("G-1", "G 2")
        } | {"ALL-OF-US": sorted(NATIONS)}
        for name in ("TREATY", 'ME"MO', "RELAY"):
            world._agree(name)
        world._write()
        while not world._has_effect():
            world.ground.rules = list(our_rules(draw, [*world.ground.groups], [*ASKED_AGREEMENTS]))
        text = "\n".join(one.text() for one in world.ground.rules)
        (folder / "release.cedar").write_text(text, encoding="utf-8")
        return world

    def _agree(self, name: str) -> None:
        (begin_text, begin), (end_text, end) = sorted(
            (utc_and_tai_ns(self.draw) for _ in range(2)), key=lambda one: one[1]
        )
        if begin == end or self.draw.random() < 0.2:
            end_text, end = "", 0
        parties = sorted({US, *self.draw.sample(NATIONS, 3)})
        self.ground.agreements[name] = {
            "id": name, "parties": parties, "valid_from": begin_text, "valid_until": end_text,
            "may_relay": name == "RELAY", "from": begin, "until": end,
        }  # fmt: skip
        self.boundaries += [begin, *([end] if end else [])]

    def _write(self) -> None:
        told = [
            {key: value for key, value in one.items() if key not in {"from", "until"}}
            for one in self.ground.agreements.values()
        ]
        (self.folder / "agreements.json").write_text(json.dumps(told), encoding="utf-8")
        (self.folder / "groups.json").write_text(json.dumps(self.ground.groups), encoding="utf-8")

    def _has_effect(self) -> bool:
        """Whether rules are drawn, and no two of them say the same: lint refuses that."""
        said = [one.text().replace(one.id, "") for one in self.ground.rules]
        meanings = {(one.permits, one.text().split("\n", 1)[1]) for one in self.ground.rules}
        return bool(said) and len(meanings) == len(said)

    def label(self) -> Label:
        draw = self.draw
        names = sorted(draw.sample(NAMES, draw.choice((0, 0, 1, 2))))
        categories = tuple(
            Category(
                name, draw.choice([*Tag]), tuple(sorted(draw.sample(VALUES, draw.randrange(3))))
            )
            for name in names
        )
        to = [
            (EVERYONE,),
            (EVERYONE,),
            tuple(sorted(draw.sample([*NATIONS, *OUTSIDERS[:3]], 6))),
            NATIONS,
        ]
        embargo = utc_and_tai_ns(draw)[1] if draw.random() < 0.2 else 0
        self.boundaries += [embargo] if embargo else []
        unknown = ["GONE"] if draw.random() < 0.05 else []
        agreed = draw.sample([*self.ground.agreements], draw.choice((0, 0, 0, 0, 1, 2)))
        return Label(
            classification=draw.choice(CLASSIFICATIONS),  # type: ignore[arg-type]
            categories=categories,
            releasable_to=draw.choice(to),
            agreements=tuple(sorted([*agreed, *unknown])),
            embargo_tai_ns=embargo,
        )

    def record(self) -> Record:
        draw = self.draw
        kind = draw.choice(KINDS)
        content: Json = {"say": "anything"}
        if kind is Kind.CONJUNCTION:
            pc = draw.choice((None, 0.0, 1e-5, 1e-4, 9.999e-5, 1.0, draw.random() * 1e-3))
            content = {"miss_km": draw.choice((0.4999, 0.5, 1.0, draw.random() * 10)), "pc": pc}
        body = Body(draw.randbytes(32), json.dumps(content).encode())
        envelope = Envelope(
            handle=draw.randbytes(16).hex(),
            digest=body.digest,
            kind=kind,
            spec="any",
            node=US if draw.random() < 0.9 else draw.choice(NATIONS),
            realm="test",
            said_tai_ns=1,
            label=self.label(),
            subject=tuple(sorted(draw.sample(NUMBERS, draw.randrange(3)))),
        )
        return sealed(envelope, body)

    def moment(self) -> int:
        """Draw a time: at a boundary, a nanosecond to either side, or any."""
        if self.boundaries and self.draw.random() < 0.7:
            return self.draw.choice(self.boundaries[-8:]) + self.draw.choice((-1, 0, 1))
        return utc_and_tai_ns(self.draw)[1] + self.draw.randrange(10**9)

    def confirm(self, policy: Policy, record: Record) -> None:
        """Let somebody confirm the class of a record, perhaps not for the first time."""
        person = self.draw.choice(PERSONS)
        policy.confirmations.confirm(record_class(record, at_risk=False), person, 1)
        self.ground.confirmed.setdefault(confirmed_as(record), set()).add(
            person.strip().casefold()
        )


def told(verdict: Released | Withheld) -> tuple[str, str]:
    """Return a verdict as the oracle says it."""
    level = verdict.level if isinstance(verdict, Released) else ""
    return level, verdict.rule


HEIGHT = {"": 0, "warn": 0, "exists": 1, "event": 2, "full": 3}


@dataclass(slots=True)
class Tally:
    """How many decisions were compared, and how they came out."""

    decisions: int = 0
    released: int = 0
    over_released: int = 0
    different: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)

    def compare(self, ours: tuple[str, str], theirs: tuple[str, str], what: str) -> None:
        self.decisions += 1
        self.released += bool(theirs[0])
        reason = "a rule forbids" if theirs[1].startswith("rule-") else theirs[1].split(":")[0]
        self.outcomes[theirs[0] or reason] += 1
        self.over_released += HEIGHT[ours[0]] > HEIGHT[theirs[0]]
        if ours != theirs:
            self.different.append(f"{what}: {ours}, but the oracle says {theirs}")


def compared(folder: Path, seed: int, decisions: int, tally: Tally) -> None:
    """Make one world, and compare so many decisions of it with the oracle."""
    world = World.drawn(folder, seed)
    policy = Policy.load(folder, US)
    enough = tally.decisions + decisions
    while tally.decisions < enough:
        record = world.record()
        if world.draw.random() < 0.8:
            for _ in range(3):
                world.confirm(policy, record)
        for recipient in world.draw.sample([*NATIONS[1:], *OUTSIDERS], 4):
            _compare(world, policy, record, recipient, tally)


def _compare(world: World, policy: Policy, record: Record, recipient: str, tally: Tally) -> None:
    draw, ground = world.draw, world.ground
    at_risk = draw.random() < 0.4
    kind = policy.class_of(record, at_risk=at_risk)
    what = f"{world.folder}, {record.encoded!r}, to {recipient!r}"
    for _ in range(2):  # the second time from what is kept
        now = world.moment()
        theirs = oracle(ground, record, recipient, now, at_risk=at_risk)
        tally.compare(told(policy.verdict(kind, recipient, now)), theirs, f"{what} at {now}")
    warned = oracle_of_warning(ground, record, recipient, at_risk=at_risk)
    tally.compare(told(policy.warning(kind, recipient, world.moment())), warned, what)
    if draw.random() < ALSO_BY_CEDAR:
        action = draw.choice(ACTIONS)
        expected = ruled(
            ground.rules, action, question(ground, record, recipient, at_risk=at_risk)
        )
        alone = by_cedar(ground, record, recipient, action, at_risk=at_risk)
        if alone != expected:
            tally.different.append(f"{what}: Cedar alone says {alone}, the oracle {expected}")
