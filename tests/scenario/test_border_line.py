"""A log pulled over a bad line: slower, and otherwise the same."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from commonsky.errors import PeerUnreachable
from commonsky.ledger.sqlite import SqliteStore
from commonsky.share.connection import Patience
from commonsky.share.inbox import Inbox
from commonsky.share.pull import HttpsTransport
from tests.border_case import friends
from tests.feed_case import REALM, Issuer, held, reader, record
from tests.impairing import KINDS, impaired

HASTY = Patience(connect_s=1.0, silence_s=0.5, grace_s=1.0)


class Pair:
    """AUS, which tells, and GBR, which pulls."""

    def __init__(self, folder: Path) -> None:
        self.aus, self.gbr = friends(folder, "AUS", "GBR", realm=REALM)
        self.issuer = Issuer.at(folder / "AUS")
        assert self.issuer.folder == self.aus.outbox
        self.store = SqliteStore(folder / "GBR" / "ledger.sqlite", REALM)
        self.inbox: Inbox = reader(self.store, self.issuer)

    def tell(self, first: int, count: int) -> None:
        self.issuer.tell([record(number) for number in range(first, first + count)])

    def pull(self, transport: HttpsTransport, size: int, most_entries: int = 512) -> int:
        """Pull until the log is held up to a size; return how often that failed."""
        failures = 0
        while self.inbox.state().size < size:
            try:
                self.inbox.pull(transport, most_entries=most_entries)
            except PeerUnreachable:
                failures += 1
                assert failures < 500
                time.sleep(0.01)
        return failures

    def agree(self) -> bool:
        ours = self.issuer.store.outgoing_log("GBR")
        theirs = self.store.incoming_log("AUS")
        assert ours is not None
        assert theirs is not None
        numbers = [one.encoded for one in held(self.store)]
        told = [entry.entry for entry in self.issuer.store.outgoing("GBR")]
        same = (ours.size, ours.frontier) == (theirs.size, theirs.frontier)
        return same and numbers == told and not list(self.store.quarantined())

    def close(self) -> None:
        self.store.close()
        self.issuer.store.close()


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "clean"])
def test_one_kind_of_trouble_at_a_time_is_lived_through(pair: Pair, kind: str) -> None:
    pair.tell(0, 600)
    with (
        pair.aus.listening() as listener,
        impaired(listener.port, seed=7, kinds=(kind,), seconds=0.15, clean_after=5) as line,
        pair.gbr.asking(line.port, "AUS", HASTY) as feed,
    ):
        pair.pull(feed, 600)
    assert line.met[kind]
    assert pair.agree()
    pair.close()


@pytest.mark.parametrize("seed", [1])
def test_all_kinds_of_trouble_at_once_converge_to_the_same_root(pair: Pair, seed: int) -> None:
    with (
        pair.aus.listening() as listener,
        impaired(listener.port, seed=seed, seconds=0.15, clean_after=30) as line,
        pair.gbr.asking(line.port, "AUS", HASTY) as feed,
    ):
        failures = 0
        for first in range(0, 2000, 500):
            pair.tell(first, 500)
            listener.ring("GBR")
            failures += pair.pull(feed, first + 500, most_entries=256)
        assert failures
        assert len(line.met) >= 3
    assert pair.agree()
    pair.close()


def test_a_reader_asks_ahead_and_reads_the_same(pair: Pair) -> None:
    """Whoever asks file by file pays a round trip for each; what is read is the same."""
    pair.tell(0, 5000)
    with pair.aus.listening() as listener, pair.gbr.asking(listener.port, "AUS", HASTY) as feed:
        send, asked = feed.expect, list[int]()

        def expect(paths: Sequence[str]) -> None:
            asked.append(len(paths))
            send(paths)

        feed.expect = expect  # type: ignore[method-assign]
        pair.pull(feed, 5000, most_entries=4096)
    assert max(asked) == 32  # entries and bodies of 16 bundles
    assert pair.agree()
    pair.close()


def test_a_cut_line_is_caught_up_with_when_it_is_mended(pair: Pair) -> None:
    pair.tell(0, 300)
    with (
        pair.aus.listening() as listener,
        impaired(listener.port, seed=1, kinds=("clean",)) as line,
        pair.gbr.asking(line.port, "AUS", HASTY) as feed,
    ):
        pair.pull(feed, 300)
        line.cut()
        pair.tell(300, 700)
        for _ in range(3):
            with pytest.raises(PeerUnreachable):
                pair.inbox.pull(feed)
        assert pair.inbox.state().size == 300
        line.mend()
        pair.pull(feed, 1000)
    assert pair.agree()
    pair.close()


def test_a_listener_killed_while_it_is_read_costs_nothing(pair: Pair) -> None:
    pair.tell(0, 2000)
    with pair.aus.listening() as listener, pair.gbr.asking(listener.port, "AUS", HASTY) as feed:
        with killing(lambda: listener.pid, times=3):
            for size in range(250, 2001, 250):
                pair.pull(feed, size, most_entries=256)
        assert listener.starts > 1
    assert pair.agree()
    pair.close()


@contextmanager
def killing(pid: Callable[[], int], times: int) -> Iterator[None]:
    """Kill a process again and again, so many times, while inside."""
    ended = threading.Event()

    def run() -> None:
        left = times
        while left and not ended.wait(0.02):
            if now := pid():
                os.kill(now, signal.SIGKILL)
                left -= 1

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
