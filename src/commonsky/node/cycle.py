"""
One turn of a node: what arrived, what that changes, what comes close, what may leave.

READ THIS FIRST.  `Node.step` is the whole of it; all it calls are plain functions and small
classes.  A node may be killed at any moment: what was done is in the ledger, and the next step
does the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from commonsky.astro.epoch import NS_PER_S
from commonsky.errors import FeedRefused, PeerUnreachable
from commonsky.ledger.label import Label
from commonsky.ledger.record import Kind, Link, Record, Relation
from commonsky.ledger.store import Held, Store
from commonsky.node.alerts import Alerts, State, among
from commonsky.node.clock import Clock
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.home import Home
from commonsky.node.picture import Picture
from commonsky.node.release import ALERTS, BULK, Release
from commonsky.node.screener import Change
from commonsky.node.statements import Author
from commonsky.node.watch import Watch
from commonsky.share import recall
from commonsky.share.inbox import Inbox, Transport
from commonsky.share.outbox import Outbox

LOG = logging.getLogger(__name__)
CURSOR = "cycle"
MOST_STRETCHES = 8  # of one peer in one step, so that a flood does not hold up the others
ANSWERLESS = (Kind.RECEIPT, Kind.WITHDRAWN)


@dataclass(slots=True)
class Turn:
    """What one step did."""

    received: dict[str, int] = field(default_factory=dict)
    unreachable: dict[str, str] = field(default_factory=dict)
    refused: dict[str, FeedRefused] = field(default_factory=dict)
    new: list[Held] = field(default_factory=list)
    withdrawn: tuple[str, ...] = ()
    waiting: int = 0
    said: list[Record] = field(default_factory=list)  # alerts of our own
    sent: dict[str, int] = field(default_factory=dict)
    published: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Peer:
    """A partner: how their log reaches us, and how we read it."""

    inbox: Inbox
    transport: Transport


@dataclass(slots=True)
class Node:
    """One nation at work."""

    home: Home
    clock: Clock
    store: Store
    author: Author
    outbox: Outbox
    release: Release
    peers: dict[str, Peer]
    watch: Watch | None  # None where this node does not screen
    picture: Picture
    alerts: Alerts
    bulk_due_tai_ns: int = 0

    def step(self, among_peers: Sequence[str] | None = None) -> Turn:
        """Do everything that can be done now; pull from these peers, by default from all."""
        turn = Turn()
        for nation in self.peers if among_peers is None else among_peers:
            if nation in self.peers:
                self._pull(nation, turn)
        self._take_in(turn)
        now = self.clock.now_tai_ns()
        _add(turn.sent, self.release.run(ALERTS, now))
        if now >= self.bulk_due_tai_ns:
            # On the fixed tick, also when nothing was stated: when a batch leaves tells nothing.
            tick_ns = round(self.home.configuration.exchange.bulk_tick_s * NS_PER_S)
            self.bulk_due_tai_ns = now - now % tick_ns + tick_ns
            _add(turn.sent, self.release.run(BULK, now))
        turn.published = self.outbox.publish()
        return turn

    def _pull(self, nation: str, turn: Turn) -> None:
        """Read a peer's log as far as it goes, and owe them a receipt."""
        peer = self.peers[nation]
        try:
            for _ in range(MOST_STRETCHES):
                pulled = peer.inbox.pull(peer.transport)
                count = len(pulled.sequences)
                turn.received[nation] = turn.received.get(nation, 0) + count
                if pulled.size >= pulled.peer_size:
                    break
        except PeerUnreachable as problem:
            turn.unreachable[nation] = str(problem)
        except FeedRefused as refusal:
            turn.refused[nation] = refusal
            LOG.warning("the log of %s was refused: %s", nation, refusal)
        self._receipt(nation)

    def _receipt(self, nation: str) -> None:
        """Tell a peer how far we hold their log, where that is further than we told before."""
        now = self.clock.now_tai_ns()
        note = self.peers[nation].inbox.receipt_due(now)
        if note:
            label = Label(releasable_to=(nation,))
            spec = "c2sp/tlog-cosignature"
            self.store.append([self.author.stated(Kind.RECEIPT, spec, note, label, now)])

    def _take_in(self, turn: Turn) -> None:
        """Let what is new in the ledger change picture, screening and alerts."""
        now = self.clock.now_tai_ns()
        after = self.store.cursor(CURSOR)
        turn.new = list(self.store.since(after))
        if not turn.new and not (self.watch and self.watch.is_due(now)):
            return
        self._keep_receipts(turn.new)
        retractions = [held for held in turn.new if held.record.envelope.kind is Kind.RETRACTION]
        limit = self.home.configuration.exchange.recalls_per_hour
        with self.store.transaction():
            applied = recall.applied(self.store, retractions, now, limit)
            answers = [self._answer(held, now) for held in applied.applied if held.peer]
            if answers:
                self.store.append(answers)
        turn.withdrawn, turn.waiting = applied.withdrawn, len(applied.waiting)
        for held, why in applied.refused:
            LOG.warning("a retraction of %s was refused: %s", held.record.envelope.node, why)
        for handle in applied.withdrawn:
            self.store.drop_derived(handle)
        elements = [held for held in turn.new if held.record.envelope.kind is Kind.ELEMENT_SET]
        turn.said = self._screened(elements, applied, now)
        with self.store.transaction():
            if turn.said:
                self.store.append(turn.said)
            if turn.new:
                self.store.move_cursor(CURSOR, turn.new[-1].sequence)

    def _answer(self, retraction: Held, now: int) -> Record:
        """Return our answer to a retraction: withdrawn here, and no more."""
        envelope = retraction.record.envelope
        return self.author.stated(
            Kind.WITHDRAWN,
            recall.WITHDRAWN,
            msgspec.json.encode(recall.Withdrawn()),
            Label(releasable_to=(envelope.node,)),
            now,
            links=(Link(Relation.ANSWERS, envelope.handle),),
        )

    def _keep_receipts(self, new: Sequence[Held]) -> None:
        for held in new:
            if held.peer in self.peers and held.record.envelope.kind is Kind.RECEIPT:
                self.peers[held.peer].inbox.keep_receipt(held.record)

    def _screened(
        self, elements: Sequence[Held], applied: recall.Applied, now: int
    ) -> list[Record]:
        """Return what is to be said of conjunctions after these changes."""
        gone = self.picture.withdraw(applied.withdrawn)
        delta = self.picture.apply(elements)
        if self.watch is None:
            return []
        if self.watch.is_due(now):
            table = self.watch.begin(self.picture.catalogue, now)
            return [] if table is None else self._said(table, [], State.OVER, now, whole=True)
        said = []
        for part, ending in ((gone, State.WITHDRAWN), (delta, State.OVER)):
            for change in (
                self.watch.withdraw(part.gone_numbers, part.gone_sources),
                self.watch.update(part.changed),
            ):
                if change:
                    said += self._changed(change, ending, now)
        return said

    def _changed(self, change: Change, ending: State, now: int) -> list[Record]:
        before = [change.moved_from, change.vanished]
        said = self._said(change.moved, before, ending, now)
        return said + self._said(change.appeared, [], ending, now)

    def _said(
        self,
        table: Conjunctions,
        before: Sequence[Conjunctions],
        ending: State,
        now: int,
        *,
        whole: bool = False,
    ) -> list[Record]:
        return self.alerts.records(
            table,
            (lambda _: True) if whole else among(before),
            now,
            self.picture.handles,
            self._labels,
            ending=ending,
        )

    def _labels(self, handles: Sequence[str]) -> list[Label]:
        return [self.store.held(handle).record.envelope.label for handle in handles]

    def close(self) -> None:
        """Stop; nothing is lost by not calling this."""
        if self.watch is not None:
            self.watch.close()
        self.store.close()


def _add(total: dict[str, int], more: Mapping[str, int]) -> None:
    for nation, count in more.items():
        total[nation] = total.get(nation, 0) + count
