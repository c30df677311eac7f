"""Ten national nodes on one machine: the operational code, a stepped clock, TLS between them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import msgspec

from commonsky.catalogue.catalogue import Catalogue
from commonsky.exercise.sensors import sited
from commonsky.ledger.label import Category, Label, Tag
from commonsky.node.acquaintance import acquaint
from commonsky.node.assembly import Options, assembled, initialised
from commonsky.node.clock import RealClock, SteppedClock
from commonsky.node.cycle import Node, Turn
from commonsky.node.home import CONFIGURATION, Home, Screening, opened
from commonsky.node.ingest import ingest
from commonsky.node.owners import write_owners
from commonsky.node.sensors import write_sensors
from commonsky.node.statements import label_of
from commonsky.share.inbox import Transport
from commonsky.share.partner.process import PartnerProcess
from commonsky.share.peers import Partner
from commonsky.share.pull import HttpsTransport

THREADS = 2
Pair = frozenset[str]


def _unseen(_node: Node, _turn: Turn, _seconds: float) -> None:
    """Nobody looks on."""


@dataclass(slots=True)
class Coalition:
    """
    Nodes by nation; what a turn did, and its seconds, is handed to `observe`.

    `cut` holds pairs of nations whose link is down.
    """

    clock: SteppedClock
    nodes: dict[str, Node]
    listeners: dict[str, PartnerProcess]
    lines: list[HttpsTransport]
    cut: set[Pair] = field(default_factory=set)
    observe: Callable[[Node, Turn, float], None] = _unseen
    _turned: dict[str, int] = field(default_factory=dict)

    @classmethod
    def begun(
        cls,
        folder: Path,
        nations: Sequence[str],
        realm: str,
        start_tai_ns: int,
        owned: Mapping[int, str],
        screening: Screening,
    ) -> Self:
        """Make a node for each nation, let all know each other, and start their listeners."""
        clock = SteppedClock(start_tai_ns)
        homes, listeners = [], {}
        for nation in nations:
            # Keys and certificates are of the computer's time, as TLS compares them with it.
            home = initialised(folder / nation, nation, realm, RealClock())
            write_owners(home.owners, owned)
            write_sensors(home.sensors, sited(nation))
            listeners[nation] = PartnerProcess(home.outbox, home.partner)
            listeners[nation].start()
            homes.append(at(home, listeners[nation].port, screening))
        acquaint(homes)
        lines: list[HttpsTransport] = []

        def reach_from(home: Home) -> Callable[[Partner], Transport]:
            def transport(partner: Partner) -> HttpsTransport:
                lines.append(HttpsTransport(partner.address, home.partner, partner.nation))
                return lines[-1]

            return transport

        options = Options(threads=1)
        nodes = {home.nation: assembled(home, clock, reach_from(home), options) for home in homes}
        for listener in listeners.values():
            listener.reload()
        return cls(clock, nodes, listeners, lines)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for line in self.lines:
            line.close()
        for node in self.nodes.values():
            node.close()
        for listener in self.listeners.values():
            listener.stop()

    def state(self, nation: str, catalogue: Catalogue, category: str = "") -> int:
        """Let a nation state element sets, under its own label or with a category more."""
        node = self.nodes[nation]
        label = label_of(node.home.configuration.label)
        if category:
            label = marked(label, category)
        now = self.clock.now_tai_ns()
        return ingest(catalogue, node.home, node.store, node.author, label, now).accepted

    def share(self) -> None:
        """Let every node release and publish what it has stated, before anybody screens."""
        with ThreadPoolExecutor(THREADS) as executor:
            list(executor.map(lambda node: node.share(Turn()), self.nodes.values()))

    def turn(self, rounds: int = 1) -> list[dict[str, Turn]]:
        """Turn every node, several at a time, so many rounds; return what each round did."""
        told = []
        with ThreadPoolExecutor(THREADS) as executor:
            for _ in range(rounds):
                turns = executor.map(self._turn, self.nodes)
                told.append(dict(zip(self.nodes, turns, strict=True)))
        return told

    @property
    def has_news(self) -> bool:
        """Whether a ledger has grown since the last turn of its node ended."""
        return any(self._turned.get(name) != one.store.last() for name, one in self.nodes.items())

    def _turn(self, nation: str) -> Turn:
        node = self.nodes[nation]
        before, began_s = node.store.last(), time.perf_counter()
        turn = node.step(
            [other for other in node.peers if frozenset((nation, other)) not in self.cut]
        )
        # What somebody else put there meanwhile is for the next turn.
        self._turned[nation] = turn.last if turn.last == node.store.last() else before
        self.observe(node, turn, time.perf_counter() - began_s)
        return turn


def at(home: Home, port: int, screening: Screening) -> Home:
    """Return a node whose configuration names the port its listener has, and what it screens."""
    nations = ", ".join(f'"{name}"' for name in home.configuration.label.releasable_to)
    told = [
        f'nation = "{home.nation}"',
        f'realm = "{home.realm}"',
        f"port = {port - 1}",
        f'address = "127.0.0.1:{port}"',
        "[screening]",
        *(
            f"{name} = {list(value) if isinstance(value, tuple) else value}"
            for name, value in msgspec.structs.asdict(screening).items()
        ),
        "[label]",
        f"releasable_to = [{nations}]",
    ]
    (home.folder / CONFIGURATION).write_text("\n".join(told) + "\n", encoding="utf-8")
    return opened(home.folder)


def marked(label: Label, category: str) -> Label:
    """Return a label with a restrictive category more, as SENSOR=B."""
    name, _, value = category.partition("=")
    one = Category(name, Tag.RESTRICTIVE, (value,))
    return msgspec.structs.replace(label, categories=tuple(sorted({*label.categories, one})))
