"""
TLS over a socket, in the listener's loop.

asyncio's own tells a client whose certificate is refused nothing, and hides when bytes have left.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl

RECEIVE_BYTES, WRITE_BYTES = 1 << 16, 1 << 18
SHUT_S, MOST_UNREAD = 2.0, 64


class Ended(Exception):
    """The other side has ended the connection."""


class TooLong(Exception):
    """What was read has no end where it should."""


class Stream:
    """One connection."""

    def __init__(self, connection: socket.socket, context: ssl.SSLContext) -> None:
        connection.setblocking(False)
        self._socket = connection
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)
        self._read = bytearray()
        self._receiving: asyncio.Task[bytes] | None = None

    async def handshake(self) -> bytes:
        """Return the certificate that the client has shown, in DER."""
        try:
            while True:
                try:
                    self._tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    await self._flush()
                    await self._receive()
        finally:
            # Also what an error has to say to the other side.
            await self._flush()
        return self._tls.getpeercert(binary_form=True) or b""

    async def read_until(self, end: bytes, most_bytes: int) -> bytes:
        """Return what comes, up to and with `end`."""
        while (place := self._read.find(end)) < 0:
            if len(self._read) > most_bytes:
                raise TooLong
            await self._more()
        found = bytes(self._read[: place + len(end)])
        del self._read[: len(found)]
        return found

    async def write(self, content: bytes) -> None:
        """Return when all of it has left."""
        view = memoryview(content)
        while view:
            done = 0
            while done < min(len(view), WRITE_BYTES):
                done += self._tls.write(view[done:WRITE_BYTES])
            view = view[done:]
            await self._flush()

    async def gone(self) -> None:
        """Return when the other side has ended the connection; what it asks meanwhile is kept."""
        with contextlib.suppress(Ended, OSError):
            while len(self._read) < RECEIVE_BYTES:
                await self._more()
            await asyncio.Event().wait()

    async def close(self) -> None:
        """Say that this was all."""
        with contextlib.suppress(ssl.SSLError, OSError, TimeoutError):
            try:
                self._tls.unwrap()
            except ssl.SSLWantReadError:
                async with asyncio.timeout(SHUT_S):
                    await self._flush()
            self._socket.shutdown(socket.SHUT_WR)
            # Closed with unread bytes, the system would take back what we have sent.
            async with asyncio.timeout(SHUT_S):
                for _ in range(MOST_UNREAD):
                    if not await self._receive():
                        return

    async def abort(self) -> None:
        """End it, whatever was to be said."""
        if self._receiving is not None:
            self._receiving.cancel()
            # The loop must have let go of the socket before its number is given to another.
            await asyncio.gather(self._receiving, return_exceptions=True)
        self._socket.close()

    async def _more(self) -> None:
        """Read what there is, and wait for it where there is nothing."""
        while True:
            try:
                piece = self._tls.read(RECEIVE_BYTES)
            except ssl.SSLWantReadError:
                await self._flush()
                await self._receive()
                continue
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                raise Ended from None
            if not piece:
                raise Ended
            self._read += piece
            return

    async def _receive(self) -> bytes:
        if self._receiving is None:
            received = asyncio.get_running_loop().sock_recv(self._socket, RECEIVE_BYTES)
            self._receiving = asyncio.ensure_future(received)
        # Whoever stops waiting must not lose what has just come.
        content = await asyncio.shield(self._receiving)
        self._receiving = None
        if content:
            self._in.write(content)
        else:
            self._in.write_eof()
        return content

    async def _flush(self) -> None:
        if self._out.pending:
            await asyncio.get_running_loop().sock_sendall(self._socket, self._out.read())
