"""
The demonstration: ten nodes live through a world's day, and the script happens to them.

It narrates itself, keeps what every nation heard and when, and at the end looks into every outbox
for anything that should not have left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import msgspec

from commonsky.astro.epoch import tai_ns, utc_text
from commonsky.errors import FeedRefused
from commonsky.exercise.coalition import Coalition
from commonsky.exercise.fork import forked
from commonsky.exercise.score import Heard, Level, encounters_of
from commonsky.exercise.script import (
    Apart,
    Cut,
    Forked,
    Mistaken,
    Recalled,
    Step,
    Together,
    Withheld,
    script,
)
from commonsky.exercise.sensors import NATIONS
from commonsky.exercise.world import HOUR_NS, HOURS, World
from commonsky.ledger.label import Label
from commonsky.ledger.record import Envelope, Kind, Link, Record, Relation
from commonsky.node import products
from commonsky.node.alerts import State, conjunction_of
from commonsky.node.assembly import Options, assembled, initialised
from commonsky.node.clock import RealClock
from commonsky.node.cycle import Turn
from commonsky.node.home import NATIONS as NAMES
from commonsky.node.home import Screening
from commonsky.node.ingest import statements
from commonsky.node.statements import label_of
from commonsky.share import recall
from commonsky.share.log.directory import DirectoryTransport

REALM = "test"
STEP_HOURS = 2
SCREENING = Screening(days=7.0, threshold_km=5.0, alert_pc=1e-4, alert_miss_km=0.02)
Say = Callable[[str], None]
# What nations keep to themselves, and whom they tell all the same: their policies in plain words.
KEPT: dict[tuple[str, str], tuple[str, ...]] = {
    ("AUS", "SENSOR=B"): (),
    ("USA", "OBJECT=NATIONAL"): (),
    ("JPN", "OBJECT=NATIONAL"): ("AUS", "USA"),
}


def screening_of(world: World) -> Screening:
    """Return what the nodes are told to look out for: the satellites of the encounters."""
    watched = world.planted.object1.tolist()
    return msgspec.structs.replace(SCREENING, watched=tuple(sorted(watched)))


@dataclass(slots=True)
class Demonstration:
    """One day of a world, played on ten nodes in a folder."""

    world: World
    coalition: Coalition
    folder: Path
    say: Say
    heard: list[Heard] = field(default_factory=list)
    alerts: int = 0
    received: int = 0
    caught: int = 0
    _recalled: dict[int, str] = field(default_factory=dict)  # handle, by catalogue number
    _left: list[Step] = field(default_factory=list)
    _cuts: list[Cut] = field(default_factory=list)

    def run(self, hours: int = HOURS) -> None:
        """Live through the day, or its first hours."""
        times = [
            time
            for time in self.world.steps(STEP_HOURS)
            if time <= self.world.start_tai_ns + hours * HOUR_NS
        ]
        self._left = list(script(self.world))
        for begin, end in pairwise(times):
            self.coalition.clock.advance_to(end)
            stated = 0
            for one in self.world.deliveries(begin, end):
                rows = self.world.catalogue.take(one.rows)
                stated += self.coalition.state(one.nation, rows, one.category)
            before = (self.alerts, self.received)
            self._play(end)
            self._turn()
            alerts, received = self.alerts - before[0], self.received - before[1]
            self.say(
                f"{utc_text(end, 0)[11:16]}  {stated:,} element sets stated, {received:,} records "
                f"crossed borders, {alerts:,} alerts"
            )
        self._turn()  # what was answered last arrives too

    def _turn(self) -> None:
        self.coalition.share()
        for turns in self.coalition.turn(rounds=2):
            for nation, turn in turns.items():
                self._listen(nation, turn)

    def _listen(self, nation: str, turn: Turn) -> None:
        """Keep what a nation heard of the planted encounters, from itself and from others."""
        now = self.coalition.clock.now_tai_ns()
        self.alerts += len(turn.said)
        self.received += sum(turn.received.values())
        for record in (*turn.said, *(held.record for held in turn.new)):
            found = told_of(record, nation)
            if found is None:
                continue
            level, subject, begin, end, sources = found
            for encounter in encounters_of(self.world, subject, begin, end):
                self.heard.append(Heard(nation, encounter, now, level, sources))

    def _play(self, until_tai_ns: int) -> None:
        """Let happen what the script has for this time."""
        for cut in [one for one in self._cuts if one.until_tai_ns <= until_tai_ns]:
            self._cuts.remove(cut)
            self.coalition.cut.discard(frozenset(cut.nations))
            one, other = (NAMES[nation] for nation in cut.nations)
            self.say(f"       The link between {one} and {other} is up again; both catch up.")
        while self._left and self._left[0].at_tai_ns <= until_tai_ns:
            step = self._left.pop(0)
            self.say(f"       {step.narration}")
            match step:
                case Mistaken():
                    self._mistake(step)
                case Recalled():
                    self._recall(step)
                case Cut():
                    self.coalition.cut.add(frozenset(step.nations))
                    self._cuts.append(step)
                case Forked():
                    self._fork(step)
                case Apart():
                    self._apart(step)
                case Together() | Withheld():
                    pass  # the world does it, and the table shows it

    def _mistake(self, step: Mistaken) -> None:
        node = self.coalition.nodes[step.nation]
        label = label_of(node.home.configuration.label)
        now = self.coalition.clock.now_tai_ns()
        records = statements(step.stated, node.author, label, now)
        node.store.append(records)
        number = int(step.stated.catalogue_number[0])
        self._recalled[number] = records[0].envelope.handle

    def _recall(self, step: Recalled) -> None:
        node = self.coalition.nodes[step.nation]
        handle = self._recalled[step.number]
        self._turn()  # the mistake has spread
        node.store.append(
            [
                node.author.stated(
                    Kind.RETRACTION,
                    recall.RETRACTION,
                    msgspec.json.encode(recall.Retraction(step.reason)),
                    Label(),
                    self.coalition.clock.now_tai_ns(),
                    links=(Link(Relation.RETRACTS, handle),),
                )
            ]
        )
        for _ in range(2):
            self._turn()
        answers = list(recall.acknowledgements(node.store, handle))
        done = sum(one.withdrawn for one in answers)
        self.say(f"       recalled: told to {len(answers)}, withdrawn and acknowledged by {done}")

    def _fork(self, step: Forked) -> None:
        """Show a partner a log with another past, signed with the issuer's own key."""
        issuer = self.coalition.nodes[step.nation]
        reader = self.coalition.nodes[step.recipient]
        place = self.folder / "forked"
        forked(issuer, step.recipient, place)
        before = reader.peers[step.nation].inbox.state()
        try:
            reader.peers[step.nation].inbox.pull(DirectoryTransport(place))
        except FeedRefused as refusal:
            self.caught += 1
            self.say(f"       {NAMES[step.recipient]} refuses it, and keeps the proof: {refusal}")
        if reader.peers[step.nation].inbox.state().size != before.size:
            raise AssertionError("a forked log was taken in")

    def _apart(self, step: Apart) -> None:
        """Run an exercise beside, and offer its records to the nodes of this realm."""
        issuer, reader = step.nations
        home = initialised(self.folder / "beside", issuer, step.realm, RealClock())
        node = assembled(home, self.coalition.clock, lambda _: _nothing(), Options(screens=False))
        try:
            label = label_of(home.configuration.label)
            one = self.world.catalogue.take(self.world.pairs[0][:1])
            now = self.coalition.clock.now_tai_ns()
            node.store.append(statements(one, node.author, label, now))
            node.outbox.open(reader)
            node.release.recipients = [reader]
            node.release.run([Kind.ELEMENT_SET], now)
            node.outbox.publish([reader])
        finally:
            node.close()
        target = self.coalition.nodes[reader]
        try:
            target.peers[issuer].inbox.pull(DirectoryTransport(home.outbox / reader))
        except FeedRefused as refusal:
            self.say(f"       {NAMES[reader]} refuses what comes from {step.realm}: {refusal}")
            return
        raise AssertionError("a record of an exercise was taken in")


def _nothing() -> DirectoryTransport:
    return DirectoryTransport(Path("/nonexistent"))


def told_of(
    record: Record, nation: str
) -> tuple[Level, tuple[int, ...], int, int, tuple[str, ...]] | None:
    """Return how much a record tells, of which objects, from when until when, and by whom."""
    envelope, body = record.envelope, record.body
    if body is None:
        return None
    match envelope.kind:
        case Kind.CONJUNCTION:
            told = conjunction_of(body.content)
            tca = tai_ns(told.tca)
            ours = envelope.node == nation
            sources = (told.source1, told.source2) if ours else (envelope.node,)
            standing = told.state is State.STANDING
            pair = (told.object1, told.object2)
            return (Level.FULL, pair, tca, tca, sources) if standing else None
        case Kind.EVENT:
            event = products.event_of(body.content)
            window = (tai_ns(event.window_from), tai_ns(event.window_until))
            standing = event.state is State.STANDING
            pair = (event.object1, event.object2)
            return (Level.EVENT, pair, *window, (envelope.node,)) if standing else None
        case Kind.WARNING:
            warned = products.warned_of(body.content)
            window = (tai_ns(warned.window_from), tai_ns(warned.window_until))
            standing = warned.state is State.STANDING
            return (
                (Level.WARNING, (warned.object,), *window, (envelope.node,)) if standing else None
            )
    return None


@dataclass(frozen=True, slots=True)
class Audit:
    """What is in all outboxes: entries that left, and those that should not have."""

    told: int
    over_released: tuple[str, ...]


def audit(coalition: Coalition, world: World) -> Audit:
    """
    Look at every entry that left, from its own bytes and its issuer's ledger alone.

    An entry is over-released if its record is not releasable to that recipient by its own label
    or marking, unless it is a warning to an owner, or between nodes; no policy engine is asked.
    """
    told = 0
    over = []
    for nation, node in coalition.nodes.items():
        for recipient in NATIONS:
            if recipient == nation:
                continue
            for entry in node.store.outgoing(recipient):
                told += 1
                ours = node.store.held(entry.handle).record.envelope
                sent = msgspec.json.decode(entry.entry, type=Envelope)
                if _is_over(ours, sent, recipient, world):
                    over.append(f"{nation} to {recipient}: {sent.kind} {entry.handle}")
    return Audit(told, tuple(over))


def _is_over(ours: Envelope, sent: Envelope, recipient: str, world: World) -> bool:
    if ours.kind in {Kind.RETRACTION, Kind.RECEIPT, Kind.WITHDRAWN, Kind.NOTICE}:
        return False
    if sent.kind is Kind.WARNING:
        return recipient not in {world.owned.get(number) for number in sent.subject}
    marks = {f"{one.name}={value}" for one in ours.label.categories for value in one.values}
    kept = [KEPT[ours.node, mark] for mark in marks if (ours.node, mark) in KEPT]
    return recipient not in ours.label.releasable_to or any(recipient not in to for to in kept)
