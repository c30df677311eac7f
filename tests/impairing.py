"""
A bad line: a TCP proxy on the loopback that impairs connections, the same way for the same seed.

Every connection is dealt one impairment; `seconds` is how long the longest of them take, so that
tests stay short.  What it never does is change bytes: that is TLS's to notice.
"""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

PIECE, SLOW_PIECE = 1 << 14, 1 << 11
KINDS = ("clean", "delay", "stall", "reset", "half-open", "slow", "held")


@dataclass(frozen=True)
class Impairment:
    """What happens to one connection, after so many bytes have come back."""

    kind: str
    after_bytes: int
    seconds: float
    most_bytes: int = 1 << 60  # then it ends, however well it went


class Line:
    """
    Forwards to one port of this machine; `port` is its own.

    `cut` ends everything at once and refuses what comes, until `mend`.  `met` counts what was
    dealt.
    """

    def __init__(
        self,
        target: int,
        seed: int,
        *,
        kinds: Sequence[str] = KINDS,
        seconds: float = 0.3,
        clean_after: int = 1 << 30,
    ) -> None:
        """After `clean_after` connections all others are clean."""
        self._target, self._kinds, self._seconds = target, kinds, seconds
        self._random = random.Random(seed)  # noqa: S311 - the same line in every run
        self._clean_after = clean_after
        self.met: Counter[str] = Counter()
        self._cut = threading.Event()
        self._ended = threading.Event()
        self._next = threading.Condition()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._door = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._door.settimeout(0.05)
        self.port: int = self._door.getsockname()[1]

    def start(self) -> None:
        self._spawn(self._listen)

    def stop(self) -> None:
        self._ended.set()
        self._end_all()
        with self._next:
            self._next.notify_all()
        for thread in self._threads:
            thread.join()
        self._door.close()

    def cut(self) -> None:
        """Cut the line."""
        self._cut.set()
        self._end_all()

    def mend(self) -> None:
        """Join it again."""
        self._cut.clear()

    def _spawn(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        count = 0
        while not self._ended.is_set():
            try:
                connection, _ = self._door.accept()
            except TimeoutError:
                continue
            if self._cut.is_set():
                reset(connection)
                continue
            count += 1
            dealt = self._dealt() if count <= self._clean_after else Impairment("clean", 0, 0.0)
            self.met[dealt.kind] += 1
            self._spawn(self._forward, connection, dealt)
            with self._next:
                self._next.notify_all()

    def _dealt(self) -> Impairment:
        kind = self._random.choice(self._kinds)
        after = self._random.choice((0, 500, 3000, 20_000, 200_000))
        seconds = self._random.uniform(0.1, 1.0) * self._seconds
        most = 1 << 60 if kind == "clean" else self._random.randint(20_000, 400_000)
        return Impairment(kind, after, seconds, most)

    def _forward(self, near: socket.socket, dealt: Impairment) -> None:
        if dealt.kind == "held":
            # Whoever comes next overtakes it.
            with self._next:
                self._next.wait(dealt.seconds)
        if dealt.kind == "half-open" and not dealt.after_bytes:
            self._keep(near)
            self._ended.wait(dealt.seconds)
            self._drop(near)
            return
        try:
            far = socket.create_connection(("127.0.0.1", self._target), 5.0)
        except OSError:
            reset(near)
            return
        self._keep(near, far)
        self._spawn(self._carry, near, far, Impairment("clean", 0, 0.0))
        self._carry(far, near, dealt)

    def _carry(self, source: socket.socket, to: socket.socket, dealt: Impairment) -> None:
        carried = 0
        try:
            while piece := source.recv(PIECE):
                carried += len(piece)
                if carried > dealt.most_bytes:
                    break
                if carried > dealt.after_bytes and not self._impair(dealt, to, piece):
                    break
                slow = dealt.kind == "slow" and carried > dealt.after_bytes
                for at in range(0, len(piece), SLOW_PIECE if slow else PIECE):
                    to.sendall(piece[at : at + (SLOW_PIECE if slow else PIECE)])
                    time.sleep(0.002 if slow else 0.0)
        except OSError:
            pass
        self._drop(source, to)

    def _impair(self, dealt: Impairment, to: socket.socket, piece: bytes) -> bool:
        """Do to a piece what is dealt to its connection; whether the connection goes on."""
        match dealt.kind:
            case "delay":
                time.sleep(min(0.02, dealt.seconds))
            case "stall" | "half-open":
                self._ended.wait(dealt.seconds)
                return False
            case "reset":
                to.sendall(piece[: len(piece) // 2])
                reset(to)
                return False
        return True

    def _keep(self, *sockets: socket.socket) -> None:
        with self._lock:
            self._sockets.update(sockets)

    def _drop(self, *sockets: socket.socket) -> None:
        with self._lock:
            self._sockets.difference_update(sockets)
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _end_all(self) -> None:
        with self._lock:
            ending, self._sockets = self._sockets, set()
        for one in ending:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def reset(connection: socket.socket) -> None:
    """End a connection without a word, and throw away what was not read."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()


@contextmanager
def impaired(target: int, seed: int, **options: object) -> Iterator[Line]:
    """A bad line to a port of this machine."""
    line = Line(target, seed, **options)  # type: ignore[arg-type]
    line.start()
    try:
        yield line
    finally:
        line.stop()
