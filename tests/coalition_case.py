"""Several nodes in one process, reading each other's outboxes as directories, on one clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from commonsky.catalogue.catalogue import Catalogue
from commonsky.ledger.label import Label
from commonsky.ledger.record import Kind
from commonsky.ledger.sqlite import SqliteStore
from commonsky.ledger.store import Held
from commonsky.node.alerts import Alerts
from commonsky.node.clock import SteppedClock
from commonsky.node.cycle import Node, Peer, Turn
from commonsky.node.entropy import repeatable
from commonsky.node.home import Screening, made, opened
from commonsky.node.ingest import ingest
from commonsky.node.owners import write_owners
from commonsky.node.picture import Picture
from commonsky.node.release import Release
from commonsky.node.statements import Author
from commonsky.node.watch import Watch
from commonsky.share.inbox import Inbox
from commonsky.share.log.checkpoint import OneKey
from commonsky.share.log.directory import DirectoryTransport
from commonsky.share.outbox import Outbox
from commonsky.share.policy.policy import Policy
from commonsky.share.policy.refusal import Refusals
from commonsky.share.policy.starter import TEN, install
from tests.feed_case import Key

REALM = "test"
USUAL = Screening()
OPEN = Label(releasable_to=TEN)


class Coalition:
    """Nodes by nation; `cut` holds pairs whose link is down."""

    def __init__(
        self,
        folder: Path,
        nations: Sequence[str],
        now_tai_ns: int,
        *,
        owned: Mapping[int, str] | None = None,
        screening: Screening = USUAL,
        watching: Sequence[str] | None = None,
    ) -> None:
        self.folder, self.nations, self.screening = folder, tuple(nations), screening
        self.clock = SteppedClock(now_tai_ns)
        self.keys = {nation: Key(nation) for nation in nations}
        self.cut: set[tuple[str, str]] = set()
        self.watching = set(nations if watching is None else watching)
        for nation in nations:
            made(folder / nation, nation, REALM)
            install(folder / nation / "policy", nation)
            write_owners(folder / nation / "owners.csv", dict(owned or {}))
        self.owned = dict(owned or {})
        self.nodes: dict[str, Node] = {}
        for nation in nations:
            self.start(nation)
        for nation in nations:
            self._introduce(nation)

    def start(self, nation: str) -> Node:
        """Start a node from what is in its directory."""
        home = opened(self.folder / nation)
        store = SqliteStore(home.ledger, REALM)
        entropy = repeatable(nation.encode())
        author = Author(nation, REALM, entropy)
        others = [other for other in self.nations if other != nation]
        outbox = Outbox(store, home.outbox, self.keys[nation], entropy)
        for other in others:
            outbox.open(other)
        alerts = Alerts(author, self.screening)
        alerts.resume(held.record for held in store.since(kinds=[Kind.CONJUNCTION]))
        policy = Policy.load(home.policy, nation)
        node = Node(
            home=home,
            clock=self.clock,
            store=store,
            author=author,
            signer=self.keys[nation],
            outbox=outbox,
            release=Release(
                nation, store, policy, self.owned, others, entropy, Refusals(home.policy)
            ),
            peers={},
            watch=Watch(self.screening, 1) if nation in self.watching else None,
            picture=Picture.of(store.heads(Kind.ELEMENT_SET), nation),
            alerts=alerts,
        )
        self.nodes[nation] = node
        return node

    def _introduce(self, nation: str) -> None:
        for other in self.nations:
            if other != nation:
                log = self.nodes[other].store.outgoing_log(nation)
                assert log is not None
                key = self.keys[other].public_key
                inbox = Inbox(self.nodes[nation].store, other, log.origin, OneKey(key), REALM)
                transport = DirectoryTransport(self.folder / other / "outbox" / nation)
                self.nodes[nation].peers[other] = Peer(inbox, transport, key)

    def restart(self, nation: str) -> Node:
        """Close a node and start it again."""
        self.nodes[nation].close()
        node = self.start(nation)
        self._introduce(nation)
        return node

    def states(self, nation: str, catalogue: Catalogue, label: Label = OPEN) -> None:
        """Let a nation state the element sets of a catalogue."""
        node = self.nodes[nation]
        now = self.clock.now_tai_ns()
        ingest(catalogue, node.home, node.store, node.author, label, now)

    def step(self, rounds: int = 1) -> dict[str, Turn]:
        """Turn every node, in order; return the last turns."""
        turns: dict[str, Turn] = {}
        for _ in range(rounds):
            for nation, node in self.nodes.items():
                reached = [
                    other
                    for other in node.peers
                    if (nation, other) not in self.cut and (other, nation) not in self.cut
                ]
                turns[nation] = node.step(reached)
        return turns

    def held(self, nation: str, kind: Kind, peer: str | None = None) -> list[Held]:
        """Records of a kind that a node holds, from all or from one peer ("" for its own)."""
        return [
            one
            for one in self.nodes[nation].store.since(kinds=[kind])
            if peer is None or one.peer == peer
        ]

    def outbox_bytes(self, nation: str, recipient: str) -> bytes:
        root = self.folder / nation / "outbox" / recipient
        return b"".join(path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file())

    def close(self) -> None:
        for node in self.nodes.values():
            node.close()


def content(held: Held) -> dict[str, Any]:
    """What the body of a record says."""
    assert held.record.body is not None
    told: dict[str, Any] = msgspec.json.decode(held.record.body.content)
    return told
