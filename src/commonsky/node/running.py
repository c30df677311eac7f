"""A node at work until it is told to stop: waits for partners, turns when there is cause."""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from typing import Protocol

from commonsky.errors import CommonskyError, PeerUnreachable
from commonsky.node.cycle import Node, Turn

LOG = logging.getLogger(__name__)
LOOK_S = 0.15  # how often the ledger is looked at, for what commands have put there
WAIT_S = 25.0
ASK_S = 1.0  # how often the clock is asked what is due
PARTNERS_S = 1.0  # how often a look is taken at who the partners are
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 30.0


class Bell(Protocol):
    """Who is told that a log has grown, and that partners have changed."""

    def ring(self, nation: str) -> None:
        """Say that the log for a nation has grown."""
        ...

    def reload(self) -> None:
        """Say that partners have changed."""
        ...


class Running:
    """The threads of one node: one that turns it, one for each partner that waits for news."""

    def __init__(
        self,
        node: Node,
        bell: Bell,
        wait: Callable[[str, int, float], bool],
        renew: Callable[[], None],
        observe: Callable[[Turn, float], None],
        between: Callable[[], None],
    ) -> None:
        """
        Say who is rung and how partners are waited for.

        `wait` says whether the log of a nation has grown beyond a size, within so many seconds;
        `renew` takes in changed partners; `observe` sees each turn and its seconds; `between` is
        called at every look, whether there was a turn or not.
        """
        self._node, self._bell, self._wait = node, bell, wait
        self._renew, self._observe, self._between = renew, observe, between
        self._news: queue.Queue[str] = queue.Queue()
        self._stopping = threading.Event()
        self._pulled: dict[str, threading.Event] = {}
        self._partners_changed_ns = self._changed_ns()
        self._seen = (0, 0)
        self._looked_s = self._asks_s = 0.0
        self._wal = str(node.home.ledger) + "-wal"

    def stop(self) -> None:
        """End the loop at its next look."""
        self._stopping.set()
        for event in self._pulled.values():
            event.set()

    def run(self) -> None:
        """Turn the node until `stop`; an error of one turn is told, and the next is tried."""
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            self._watch_partners()
            pending = self._pending()
            try:
                self._turn(pending)
                self._between()
                pause_s = FIRST_PAUSE_S
            except CommonskyError as error:
                LOG.error("this turn failed, and is tried again: %s", error)  # noqa: TRY400
                self._stopping.wait(pause_s)
                pause_s = min(2.0 * pause_s, LONGEST_PAUSE_S)
            for nation in pending:
                self._pulled[nation].set()

    def _turn(self, pending: list[str]) -> None:
        written = self._written()
        asked_s = time.monotonic()
        if not pending and written == self._seen and asked_s < self._asks_s:
            return
        self._asks_s = asked_s + ASK_S
        now = self._node.clock.now_tai_ns()
        watch = self._node.watch
        due = now >= self._node.bulk_due_tai_ns or (watch is not None and watch.is_due(now))
        if not (pending or due or written != self._seen):
            return
        began_s = time.perf_counter()
        turn = self._node.step(pending)
        # Read before the turn: what came during it is another turn's.
        self._seen = self._written() if self._node.store.last() == turn.last else written
        for nation in turn.published:
            self._bell.ring(nation)
        self._observe(turn, time.perf_counter() - began_s)

    def _pending(self) -> list[str]:
        """Partners with news; waits a little for the first."""
        found: dict[str, None] = {}
        try:
            found[self._news.get(timeout=LOOK_S)] = None
            while True:
                found[self._news.get_nowait()] = None
        except queue.Empty:
            return list(found)

    def _written(self) -> tuple[int, int]:
        """What changes whenever anybody writes to the ledger; a look at a file, no query."""
        try:
            told = os.stat(self._wal)  # noqa: PTH116 - twenty times a second
        except FileNotFoundError:
            return (0, 0)
        return told.st_mtime_ns, told.st_size

    def _changed_ns(self) -> int:
        return self._node.home.peers.stat().st_mtime_ns

    def _watch_partners(self) -> None:
        """Take in partners that have come or gone, and wait for the news of each."""
        if time.monotonic() - self._looked_s < PARTNERS_S:
            return
        self._looked_s = time.monotonic()
        changed_ns = self._changed_ns()
        if changed_ns != self._partners_changed_ns:
            self._partners_changed_ns = changed_ns
            self._renew()
            self._bell.reload()
        for nation in self._node.peers:
            if nation not in self._pulled:
                self._pulled[nation] = threading.Event()
                waiter = threading.Thread(
                    target=self._await, args=(nation,), name=f"await {nation}", daemon=True
                )
                waiter.start()

    def _await(self, nation: str) -> None:
        """Wait for news of one partner, again and again; slower where that leads nowhere."""
        pause_s = 0.0
        while not self._stopping.wait(pause_s):
            peer = self._node.peers.get(nation)
            if peer is None:
                break
            before = peer.inbox.state().size
            try:
                news = self._wait(nation, before, WAIT_S)
            except (PeerUnreachable, CommonskyError):
                news, pause_s = False, min(max(2.0 * pause_s, FIRST_PAUSE_S), LONGEST_PAUSE_S)
                continue
            if not news:
                pause_s = 0.0
                continue
            pulled = self._pulled[nation]
            pulled.clear()
            self._news.put(nation)
            pulled.wait()
            grown = peer.inbox.state().size > before
            pause_s = 0.0 if grown else min(max(2.0 * pause_s, FIRST_PAUSE_S), LONGEST_PAUSE_S)
        self._pulled.pop(nation, None)
