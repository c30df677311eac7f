"""The consoles of a coalition on one machine, behind one address."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Self

from commonsky.errors import NodeError
from commonsky.exercise.coalition import Coalition
from commonsky.node.assembly import opened_release
from commonsky.node.cycle import Node, Turn
from commonsky.node.home import PORT
from commonsky.show.api.application import Api
from commonsky.show.api.desk import Desk
from commonsky.show.api.fleet import Fleet
from commonsky.show.api.keys import ALL_BUT_KEYS, ApiKeys
from commonsky.show.api.server import Listener, serve

LOOK_S = 0.2
UNASKED_S = 600.0  # without a terminal, nobody would end what nobody looks at


class Consoles:
    """Every node's API and console; a context, which ends the listener."""

    def __init__(self, coalition: Coalition, port: int | None) -> None:
        """Without a port, the usual one, or any where that is taken."""
        self._coalition = coalition
        self._desks = {nation: desk_of(node) for nation, node in coalition.nodes.items()}
        self._fleet = Fleet({
            nation: open_api(desk) for nation, desk in self._desks.items()
        })  # fmt: skip
        coalition.observe = self._observe
        self._listener = self._listening(port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.stop()
        for desk in self._desks.values():
            desk.close()

    @property
    def address(self) -> str:
        """Where the console of the first node is, from which all others are reached."""
        return f"{self._listener.address}/"

    def stay(self, ended: Callable[[], bool]) -> None:
        """Let the nodes live on in real time, until `ended` says so."""
        self._coalition.clock.run(1.0)
        self._coalition.clock.is_free = True
        while not ended():
            if self._coalition.has_news:
                self._coalition.share()
                self._coalition.turn()
            for nation, desk in self._desks.items():
                node = self._coalition.nodes[nation]
                desk.look(node.picture, node.watch)
            time.sleep(LOOK_S)

    def is_left_alone(self) -> bool:
        """Whether nobody sits at a terminal, and nobody has asked anything for a while."""
        return not sys.stdin.isatty() and self._fleet.unasked_s > UNASKED_S

    def _observe(self, node: Node, turn: Turn, seconds: float) -> None:
        desk = self._desks[node.home.nation]
        desk.observe(turn, seconds)
        desk.look(node.picture, node.watch)

    def _listening(self, port: int | None) -> Listener:
        try:
            return serve(self._fleet, port=PORT if port is None else port)
        except NodeError:
            if port is not None:
                raise
            return serve(self._fleet)


def desk_of(node: Node) -> Desk:
    """Return what an API asks of a node that runs in this process."""
    home, store = node.home, node.store
    return Desk(home, node.clock, store, node.author, lambda: opened_release(home, store))


def open_api(desk: Desk) -> Api:
    """Return an API where anybody on this machine may do all but make keys."""
    return Api(desk, ApiKeys(desk.home.folder / "api-keys.json"), open_scopes=ALL_BUT_KEYS)
