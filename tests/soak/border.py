"""The border for long: bad lines by the dozen, wild clients, ten nations that wait at once."""

from __future__ import annotations

import argparse
import contextlib
import random
import socket
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from commonsky.share.partner import limits
from tests.border_case import BRISK, Nation, friends
from tests.impairing import impaired
from tests.scenario.test_border import raw, until
from tests.scenario.test_border_line import HASTY, Pair, killing

NATIONS = ("AUS", "CAN", "DEU", "FRA", "GBR", "ITA", "JPN", "NOR", "NZL", "USA")
MOST_RSS_MB = 64.0
GOOD = b"GET /checkpoint HTTP/1.1\r\nHost: AUS\r\nConnection: close\r\n\r\n"


def bad_lines(folder: Path, seconds: float) -> str:
    """Pull over one bad line after the other, while the listener is killed now and then."""
    ends_s = time.monotonic() + seconds
    seed = failures = 0
    while time.monotonic() < ends_s:
        seed += 1
        pair = Pair(folder / str(seed))
        with (
            pair.aus.listening() as listener,
            killing(lambda: listener.pid, times=seed % 3),
            impaired(listener.port, seed, seconds=0.2, clean_after=60) as line,
            pair.gbr.asking(line.port, "AUS", HASTY) as feed,
        ):
            for first in range(0, 3000, 500):
                pair.tell(first, 500)
                listener.ring("GBR")
                failures += pair.pull(feed, first + 500, most_entries=256)
        assert pair.agree(), f"seed {seed}"
        pair.close()
    return f"{seed} lines, {failures} failures lived through, same root and records each time"


def wild_clients(folder: Path, seconds: float) -> str:
    """Send a listener noise and almost-requests; it must stay the same process, and small."""
    aus, gbr, nor = friends(folder, "AUS", "GBR", "NOR")
    aus.signs("NOR", 5)
    aus.releases("NOR", "tile/entries/000", bytes(100_000))
    draw = random.Random(7)  # noqa: S311 - the same noise in every run
    ends_s = time.monotonic() + seconds
    sent = 0
    with aus.listening() as listener, nor.asking(listener.port, "AUS", BRISK) as feed:
        pid = listener.pid
        while time.monotonic() < ends_s:
            sent += 1
            with contextlib.suppress(OSError):
                if draw.random() < 0.3:
                    with socket.create_connection(("127.0.0.1", listener.port), 5) as plain:
                        plain.sendall(draw.randbytes(draw.randint(0, 2000)))
                        continue
                with raw(listener.port, gbr.tls / "key.pem") as secure:
                    secure.settimeout(0.05)
                    secure.sendall(mutated(draw))
                    answered(secure)
            if not sent % 50:
                assert len(feed.read("tile/entries/000", most_bytes=1 << 20)) == 100_000
                assert listener.pid == pid, "the listener died of a client"
                assert rss_mb(pid) < MOST_RSS_MB, f"it grew to {rss_mb(pid):.0f} MB"
        return f"{sent} wild clients, one process, {rss_mb(pid):.0f} MB"


def mutated(draw: random.Random) -> bytes:
    """A request with something wrong in it."""
    content = bytearray(GOOD * draw.randint(1, 3))
    for _ in range(draw.randint(1, 12)):
        place = draw.randrange(len(content))
        match draw.randrange(4):
            case 0:
                content[place] = draw.randrange(256)
            case 1:
                del content[place : place + draw.randint(1, 20)]
            case 2:
                content[place:place] = draw.randbytes(draw.randint(1, 200))
            case _:
                content[place:place] = b"../" * draw.randint(1, 2000)
        if not content:
            content = bytearray(b"\r")
    return bytes(content)


def answered(secure: ssl.SSLSocket) -> None:
    """Read what comes, for a moment."""
    with contextlib.suppress(TimeoutError):
        while secure.recv(1 << 16):
            pass


def crowd(folder: Path, seconds: float) -> str:
    """Nine nations wait with all the connections they may have, and are rung in turn."""
    aus, *others = friends(folder, *NATIONS)
    sizes = dict.fromkeys((other.nation for other in others), 1)
    for nation in sizes:
        aus.signs(nation, 1)
    stopping, seen = threading.Event(), dict[tuple[str, int], int]()
    ends_s = time.monotonic() + seconds
    rings = 0
    with aus.listening() as listener, contextlib.ExitStack() as stack:
        threads = [
            threading.Thread(target=waiter(other, listener.port, place, sizes, seen, stopping))
            for other in others
            for place in range(limits.MOST_CONNECTIONS)
        ]
        for thread in threads:
            thread.start()
            stack.callback(thread.join)
        stack.callback(stopping.set)
        while time.monotonic() < ends_s:
            nation = NATIONS[1 + rings % 9]
            rings += 1
            sizes[nation] += 1
            aus.signs(nation, sizes[nation])
            listener.ring(nation)
            assert until(partial(all_heard, seen, nation, sizes[nation])), nation
        memory_mb = rss_mb(listener.pid)
    return f"{rings} rings heard by {limits.MOST_CONNECTIONS} each, {memory_mb:.0f} MB"


def all_heard(seen: dict[tuple[str, int], int], nation: str, size: int) -> bool:
    """Whether everybody who waits for a nation's log knows of this size."""
    return all(seen.get((nation, place), 0) >= size for place in range(limits.MOST_CONNECTIONS))


def waiter(
    other: Nation,
    port: int,
    place: int,
    sizes: dict[str, int],
    seen: dict[tuple[str, int], int],
    stopping: threading.Event,
) -> Callable[[], None]:
    """One who waits for news, and notes how far it has come."""

    def wait() -> None:
        with other.asking(port, "AUS") as feed:
            size = 0
            while not stopping.is_set():
                if feed.wait(size, 1.0):
                    size = sizes[other.nation]
                    seen[other.nation, place] = size

    return wait


def rss_mb(pid: int) -> float:
    """What a process holds in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def main() -> None:
    """Run each for a third of the time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=90.0)
    seconds = parser.parse_args().seconds / 3.0
    for soak in (bad_lines, wild_clients, crowd):
        with tempfile.TemporaryDirectory() as folder:
            told = soak(Path(folder), seconds)
        sys.stdout.write(f"{soak.__name__}: {told}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
