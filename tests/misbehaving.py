"""A web server on the loopback that answers as it is told, also against all rules."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Behaviour = Callable[[socket.socket], None]


class Server:
    """Counts its requests and keeps their heads; `behaviour` decides what each is told."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.requests: list[str] = []
        self.stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self._threads = [threading.Thread(target=self._listen)]

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/NORAD/elements/gp.php"

    def start(self) -> None:
        self._threads[0].start()

    def stop(self) -> None:
        self.stopping.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _listen(self) -> None:
        while not self.stopping.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = self._listener.accept()
                thread = threading.Thread(target=self._serve, args=(connection,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            head = b""
            while b"\r\n\r\n" not in head and (received := connection.recv(4096)):
                head += received
            self.requests.append(head.decode())
            # Whoever asked may be gone before it has heard all.
            with contextlib.suppress(OSError):
                self.behaviour(connection)


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[Server]:
    server = Server(behaviour)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def answer(
    body: bytes, status: str = "200 OK", headers: str = "", *, length: int | None = None
) -> Behaviour:
    """A whole answer, or one that promises another length."""
    told = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Length: {told}\r\nConnection: close\r\n{headers}\r\n"
    return lambda connection: connection.sendall(head.encode() + body)


def chunked(body: bytes) -> Behaviour:
    """Chunks of which the last never comes."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return lambda connection: connection.sendall(head + b"%x\r\n%b\r\n" % (len(body), body))


def reset(connection: socket.socket) -> None:
    """Close without a word, and throw away what was not read."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
