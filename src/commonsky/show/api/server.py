"""The API's listener: uvicorn in a thread of the node's process, bounded whatever comes."""

from __future__ import annotations

import asyncio
import math
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from commonsky.errors import NodeError
from commonsky.show.api.application import Api
from commonsky.show.api.fleet import Fleet
from commonsky.show.api.guard import HEADER_BYTES

MOST_CONNECTIONS = 512
REQUEST_S = 10.0  # until a client that has connected must have asked
IDLE_S = 20  # between two requests of a connection
STUCK_S = 30.0  # a client that takes nothing of an answer for so long is cut
SEND_BYTES = 256 << 10
STARTED_S = 10.0
LOOK_S = 0.4


class Connection(H11Protocol):
    """One connection: refused where there are too many, ended where nothing is asked or taken."""

    _stuck: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection in, or end it."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            _abort(transport)
            return
        app = self.app

        async def severable(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
            await app({**scope, "commonsky.abort": lambda: _abort(transport)}, receive, send)

        self.app = severable
        self._late = self.loop.call_later(REQUEST_S, self._end_if_silent)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        for waiting in (getattr(self, "_late", None), self._stuck):
            if waiting is not None:
                waiting.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Write no more for now; more waits for the client than it takes."""
        super().pause_writing()
        self._look_whether_stuck()

    def resume_writing(self) -> None:
        """Write again."""
        super().resume_writing()
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None

    def _look_whether_stuck(self, before: float = math.inf) -> None:
        """End a connection whose client has taken nothing since the last look."""
        waiting = self.transport.get_write_buffer_size()
        if waiting >= before:
            _abort(self.transport)
            return
        self._stuck = self.loop.call_later(STUCK_S, self._look_whether_stuck, waiting)

    def _end_if_silent(self) -> None:
        if self.cycle is None:
            _abort(self.transport)


class Server(uvicorn.Server):
    """Uvicorn, which looks at itself less often: an idle node should cost nothing."""

    async def main_loop(self) -> None:
        """Look whether it is to end, and keep the date of its answers."""
        tick = 0
        while not await self.on_tick(tick):
            tick = (tick + 10) % 864_000  # of tenths of a second; every tenth one tells the date
            await asyncio.sleep(LOOK_S)


class Listener:
    """A server that runs until it is stopped."""

    def __init__(self, app: Api | Fleet, host: str, port: int) -> None:
        self.apis = app.apis
        self._socket = _bound(host, port)
        self.host, self.port = self._socket.getsockname()[:2]
        for api in self.apis:
            api.guard.answer_to(self.host)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server = Server(
            uvicorn.Config(
                app, loop="asyncio", http=Connection, ws="none", lifespan="off",
                interface="asgi3", log_config=None, access_log=False, server_header=False,
                proxy_headers=False, timeout_keep_alive=IDLE_S, timeout_graceful_shutdown=2,
                h11_max_incomplete_event_size=HEADER_BYTES,
            )
        )  # fmt: skip
        self._thread = threading.Thread(target=self._run, name="api listener", daemon=True)
        self._begun = threading.Event()
        self._thread.start()
        self._begun.wait(STARTED_S)

    @property
    def address(self) -> str:
        """Where the API is."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def stop(self) -> None:
        """End all streams, answer what was asked, and listen no more."""
        if self._loop is not None and not self._loop.is_closed():
            for api in self.apis:
                self._loop.call_soon_threadsafe(api.streams.close)
        self._server.should_exit = True
        self._thread.join()
        for api in self.apis:
            api.close()

    def _run(self) -> None:
        asyncio.run(self._served())

    async def _served(self) -> None:
        self._loop = asyncio.get_running_loop()
        bells = [(api.desk, _bell(self._loop, api)) for api in self.apis]
        for desk, bell in bells:
            desk.listen(bell)
        self._begun.set()
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            for desk, bell in bells:
                desk.leave(bell)
            self._socket.close()


def serve(app: Api | Fleet, host: str = "127.0.0.1", port: int = 0) -> Listener:
    """Serve the API and the console; a port that is taken is a `NodeError`."""
    return Listener(app, host, port)


def _bell(loop: asyncio.AbstractEventLoop, api: Api) -> Callable[[], None]:
    """What wakes the streams of an application, from any thread."""

    def ring() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(api.streams.wake)

    return ring


def _abort(transport: asyncio.Transport) -> None:
    """End a connection at once; what its client has not taken is forgotten, also by the kernel."""
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only sockets that name their protocol are sent from without Nagle's delay by asyncio.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Connections inherit it: so much waits in the kernel for a client that takes nothing.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BYTES)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise NodeError(f"the API cannot listen on {host}:{port}: {error.strerror}") from error
    listening.listen(128)
    return listening
