"""
One turn of a node: what arrived, what that changes, what comes close, what may leave.

READ THIS FIRST.  `Node.step` is the whole of it; all it calls are plain functions and small
classes.  A node may be killed at any moment: what was done is in the ledger, and the next step
does the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np

from commonsky.astro.epoch import NS_PER_S, utc_ns
from commonsky.errors import FeedRefused, KeyRefused, PeerUnreachable
from commonsky.ledger.label import CLASSIFICATIONS, EVERYONE, Label
from commonsky.ledger.record import Envelope, Kind, Link, Record, Relation
from commonsky.ledger.store import Held, Store
from commonsky.node.alerts import Alerts, Ground, Objects, State, objects_of
from commonsky.node.clock import Clock
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.home import NATIONS, Home
from commonsky.node.picture import Picture
from commonsky.node.release import ALERTS, BULK, FINDINGS, Release
from commonsky.node.statements import Author
from commonsky.node.watch import Watch
from commonsky.share import recall, receipt
from commonsky.share.inbox import Inbox, Transport
from commonsky.share.log.note import Signer
from commonsky.share.outbox import Outbox

LOG = logging.getLogger(__name__)
CURSOR = "cycle"
BY_KEYS = ("bad signature", "revoked key")
MOST_STRETCHES = 8  # of one peer in one step, so that a flood does not hold up the others


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
    last: int = 0  # the newest record that this turn knows of


@dataclass(slots=True)
class Peer:
    """A partner: how their log reaches us, and how we read it."""

    inbox: Inbox
    transport: Transport
    key: bytes  # by which they cosign what they hold


def _nothing(_nation: str) -> None:
    """Learn nothing: keys that never change."""


@dataclass(slots=True)
class Node:
    """One nation at work."""

    home: Home
    clock: Clock
    store: Store
    author: Author
    signer: Signer
    outbox: Outbox
    release: Release
    peers: dict[str, Peer]
    watch: Watch | None  # None where this node does not screen
    picture: Picture
    alerts: Alerts
    learn: Callable[[str], None] = _nothing  # takes in a partner's newer key log
    bulk_due_tai_ns: int = 0

    def step(self, among_peers: Sequence[str] | None = None) -> Turn:
        """Do everything that can be done now; pull from these peers, by default from all."""
        turn = Turn()
        for nation in self.peers if among_peers is None else among_peers:
            if nation in self.peers:
                self._pull(nation, turn)
        self._take_in(turn)
        self.share(turn)
        return turn

    def share(self, turn: Turn) -> None:
        """Release what may leave and is due, and publish it."""
        now = self.clock.now_tai_ns()
        _add(turn.sent, self.release.run(ALERTS, now))
        if now >= self.bulk_due_tai_ns:
            # On the fixed tick, also when nothing was stated: when a batch leaves tells nothing.
            tick_ns = round(self.home.configuration.exchange.bulk_tick_s * NS_PER_S)
            self.bulk_due_tai_ns = now - now % tick_ns + tick_ns
            _add(turn.sent, self.release.run(BULK, now))
            _add(turn.sent, self.release.run(FINDINGS, now))
            _add(turn.sent, self.release.review(now))
        turn.published = self.outbox.publish(self.peers)

    def _pull(self, nation: str, turn: Turn) -> None:
        """Read a peer's log as far as it goes, and owe them a receipt."""
        try:
            try:
                self._stretches(nation, turn)
            except FeedRefused as refusal:
                if refusal.reason not in BY_KEYS:
                    raise
                self.learn(nation)  # they may have another key since
                self._stretches(nation, turn)
            self._receipt(nation)
        except PeerUnreachable as problem:
            turn.unreachable[nation] = str(problem)
        except (FeedRefused, KeyRefused) as refusal:
            told = refusal if isinstance(refusal, FeedRefused) else None
            turn.refused[nation] = told or FeedRefused("revoked key", str(refusal))
            LOG.warning("the log of %s was refused: %s", nation, refusal)

    def _stretches(self, nation: str, turn: Turn) -> None:
        peer = self.peers[nation]
        for _ in range(MOST_STRETCHES):
            pulled = peer.inbox.pull(peer.transport)
            count = len(pulled.sequences)
            turn.received[nation] = turn.received.get(nation, 0) + count
            if pulled.size >= pulled.peer_size:
                break

    def _receipt(self, nation: str) -> None:
        """Tell a peer how far we hold their log, where that is further than we told before."""
        inbox = self.peers[nation].inbox
        signed = inbox.receipt_due()
        if not signed:
            return
        now = self.clock.now_tai_ns()
        content = receipt.receipt(
            signed, self.home.nation, self.home.realm, self.signer, posix_s(now)
        )
        label = Label(releasable_to=(nation,))
        with self.store.transaction():
            self.store.append(
                [self.author.stated(Kind.RECEIPT, receipt.SPEC, content, label, now)]
            )
            inbox.receipt_told()

    def _take_in(self, turn: Turn) -> None:
        """Let what is new in the ledger change picture, screening and alerts."""
        now = self.clock.now_tai_ns()
        after = self.store.cursor(CURSOR)
        turn.new = list(self.store.since(after))
        turn.last = turn.new[-1].sequence if turn.new else after
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
        """Keep what partners acknowledge; a receipt that proves nothing is told, and left."""
        for held in new:
            body = held.record.body
            peer = self.peers.get(held.peer)
            if peer is None or body is None or held.record.envelope.kind is not Kind.RECEIPT:
                continue
            try:
                receipt.kept(
                    self.store, held.peer, self.home.realm, body.content,
                    self.signer.public_key, peer.key,
                )  # fmt: skip
            except FeedRefused as refusal:
                LOG.warning("a receipt of %s proves nothing: %s", held.peer, refusal)

    def _screened(
        self, elements: Sequence[Held], applied: recall.Applied, now: int
    ) -> list[Record]:
        """Return what is to be said of conjunctions after these changes."""
        said = []
        parts = (
            (self.picture.withdraw(applied.withdrawn, self._instead(applied)), State.WITHDRAWN),
            (self.picture.apply(elements), State.OVER),
        )
        if self.watch is None:
            return []
        if self.watch.is_due(now):
            table = self.watch.begin(self.picture.catalogue, now)
            return [] if table is None else self._said(table, None, State.OVER, now)
        for delta, ending in parts:
            change = self.watch.update(delta)
            if change:
                pairs = objects_of(
                    [change.appeared, change.moved, change.moved_from, change.vanished]
                )
                said += self._said(self.watch.of_pairs(pairs), pairs, ending, now)
        return said

    def _instead(self, applied: recall.Applied) -> list[Held]:
        """Return the statements that stand again, since those which replaced them do not."""
        subjects = {
            (held.record.envelope.node, held.record.envelope.subject)
            for held in map(self.store.held, applied.withdrawn)
        }
        return [
            held
            for held in (self.store.heads(Kind.ELEMENT_SET) if subjects else ())
            if (held.record.envelope.node, held.record.envelope.subject) in subjects
        ]

    def _said(
        self, table: Conjunctions, pairs: set[Objects] | None, ending: State, now: int
    ) -> list[Record]:
        """Return the records of alerts about these pairs, None for all."""
        return self.alerts.records(
            table,
            (lambda _: True) if pairs is None else pairs.__contains__,
            now,
            self._ground,
            ending=ending,
        )

    def _ground(self, number: int, source: str) -> Ground:
        """
        Return the statement that a row is told to rest on.

        Our own where there is one, and of several the one that most may know: that others say the
        same is theirs to tell.
        """
        envelopes = [
            self.store.held(handle).record.envelope
            for handle in self.picture.handles(number, source)
        ]
        best = min(envelopes, key=lambda one: _restraint(one, self.home.nation))
        return Ground(best.handle, best.node, best.label)

    def close(self) -> None:
        """Stop; nothing is lost by not calling this."""
        if self.watch is not None:
            self.watch.close()
        self.store.close()


def _restraint(envelope: Envelope, nation: str) -> tuple[bool, int, int, int, int, str]:
    """How much keeps a statement from being told of; the least comes first."""
    label = envelope.label
    readers = len(NATIONS) if EVERYONE in label.releasable_to else len(label.releasable_to)
    return (
        envelope.node != nation,
        CLASSIFICATIONS.index(label.classification),
        len(label.categories) + len(label.agreements) + bool(label.embargo_tai_ns),
        -readers,
        envelope.said_tai_ns,
        envelope.handle,
    )


def _add(total: dict[str, int], more: Mapping[str, int]) -> None:
    for nation, count in more.items():
        total[nation] = total.get(nation, 0) + count


def posix_s(epoch_tai_ns: int) -> int:
    """Return an epoch as POSIX seconds, as cosignatures have it."""
    return int(utc_ns(np.array([epoch_tai_ns]))[0]) // NS_PER_S
