"""The listener: accepts partners, and answers each from its own folder of the outbox."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from commonsky.share.partner import identity, limits
from commonsky.share.partner.bells import Bells
from commonsky.share.partner.conversation import Conversation
from commonsky.share.partner.identity import Stranger, Voucher
from commonsky.share.partner.request import CHECKPOINT
from commonsky.share.partner.stream import Stream

LOOK_S, TELL_S = 2.0, 0.25
START_AGAIN = 75  # how the process ends when another should take its place


class Listener:
    """
    Serves outbox/NATION/ to whoever holds a certificate that NATION's authority issued.

    It keeps no state: killed at any moment, another takes its place.
    """

    def __init__(self, door: socket.socket, outbox: int, tls: int, tls_path: Path) -> None:
        """`outbox` and `tls` are open folders; the path of the latter is for the own key."""
        self._socket, self._outbox, self._tls, self._tls_path = door, outbox, tls, tls_path
        self._door = limits.Door()
        self._allowances: dict[str, limits.Allowance] = {}
        self._talks: dict[asyncio.Task[None], str] = {}
        self._counts: Counter[str] = Counter()
        self._counted = asyncio.Event()
        self._bells = Bells()
        self._known: dict[str, Voucher] = {}
        self._seen: dict[str, tuple[int, int]] = {}
        self.load()

    def load(self) -> None:
        """Read the partners again; those that are gone, or have changed, are cut off at once."""
        before = self._known
        mark = _mark(self._tls, identity.PEERS)
        self._known = identity.vouchers(self._tls)
        for task, nation in self._talks.items():
            if nation and self._known.get(nation) != before.get(nation):
                task.cancel()
        self._context = identity.server_context(self._tls_path, self._known)
        self._mark = mark

    def reload(self) -> None:
        """Load, or go on as far as it went, or make room for a listener that can."""
        try:
            self.load()
        except PermissionError:
            # As another user we may not read our own key a second time.
            raise SystemExit(START_AGAIN) from None
        except OSError:  # which ssl.SSLError is
            self._count("own certificate unreadable")

    def ring(self, nation: str) -> None:
        """Say that a nation's log has grown."""
        self._bells.ring(nation)

    async def run(self, commands: asyncio.StreamReader, tell: Callable[[str], None]) -> None:
        """Serve until `commands` ends: NATION rings its bell, `reload` reads partners again."""
        self._socket.setblocking(False)
        work = (self._obey(commands), self._accept(), self._look(), self._tell(tell))
        tasks = [asyncio.create_task(part) for part in work]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()  # a part that failed ends the process, and another is started
        finally:
            ending = [*tasks, *self._talks]
            for task in ending:
                task.cancel()
            await asyncio.gather(*ending, return_exceptions=True)

    async def _obey(self, commands: asyncio.StreamReader) -> None:
        while line := await commands.readline():
            command = line.decode("ascii", "replace").strip()
            if command == "reload":
                self.reload()
            else:
                self.ring(command)

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, address = await loop.sock_accept(self._socket)
            except OSError:
                # Out of handles, or whoever came is gone: the others are served meanwhile.
                await asyncio.sleep(0.05)
                continue
            task = asyncio.create_task(self._welcome(connection, str(address[0])))
            self._talks[task] = ""
            task.add_done_callback(self._talks.pop)

    async def _welcome(self, connection: socket.socket, address: str) -> None:
        """Take one connection from its first byte to its last."""
        stream = Stream(connection, self._context)
        try:
            with self._door.admitted(address) as admitted:
                if not admitted:
                    self._count("too many at the door")
                    return
                certificate = await self._handshake(connection, stream)
            if certificate:
                await self._talk(stream, certificate)
                # What was written last must arrive before the connection ends.
                await stream.close()
        except OSError:  # which TimeoutError and ssl.SSLError are
            self._count("broken off")
        finally:
            await stream.abort()

    async def _handshake(self, connection: socket.socket, stream: Stream) -> bytes:
        """Return the certificate of the client; empty where it came to nothing."""
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            async with asyncio.timeout(limits.HANDSHAKE_S):
                return await stream.handshake()
        except ssl.SSLCertVerificationError as error:
            self._count(error.verify_message)
        except OSError:
            self._count("no handshake")
        return b""

    async def _talk(self, stream: Stream, certificate: bytes) -> None:
        nation = ""

        def count(what: str) -> None:
            self._count(f"{nation} {what}" if nation else what)

        talk = Conversation(stream, self._outbox, self._bells, count)
        try:
            # The partners of now, not of when the handshake began.
            nation = identity.nation_of(certificate, self._known)
        except (Stranger, ValueError) as error:
            await talk.turn_away(403, str(error))
            return
        if list(self._talks.values()).count(nation) >= limits.MOST_CONNECTIONS:
            await talk.turn_away(503, "too many connections")
            return
        task = asyncio.current_task()
        if task is not None:
            self._talks[task] = nation
        await talk.run(nation, self._allowances.setdefault(nation, limits.Allowance()))

    async def _look(self) -> None:
        """See for ourselves what changed, should nobody ring."""
        while True:
            await asyncio.sleep(LOOK_S)
            if _mark(self._tls, identity.PEERS) != self._mark:
                self.reload()
            for nation in self._bells.awaited:
                mark = _mark(self._outbox, f"{nation}/{CHECKPOINT}")
                if self._seen.get(nation) != mark:
                    self._seen[nation] = mark
                    self._bells.ring(nation)

    def _count(self, what: str) -> None:
        self._counts[what] += 1
        self._counted.set()

    async def _tell(self, tell: Callable[[str], None]) -> None:
        """Say what was answered and what refused, in all, soon after it has changed."""
        while True:
            await self._counted.wait()
            await asyncio.sleep(TELL_S)
            self._counted.clear()
            tell(json.dumps({"counts": self._counts}))


def _mark(folder: int, path: str) -> tuple[int, int]:
    """What changes when a file or folder does."""
    try:
        found = os.stat(path, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return 0, 0
    return found.st_ino, found.st_mtime_ns
