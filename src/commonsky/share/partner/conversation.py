"""One connection of one partner: request after request, until either side has had enough."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from commonsky.share.partner import files, limits, request
from commonsky.share.partner.bells import Bells
from commonsky.share.partner.request import CHECKPOINT, STATUS, Refused, Request

MOST_CHECKPOINT_BYTES = 1 << 16
# What never changes may be kept by whoever fetched it; bodies may be purged, so never those.
LASTING = ("tile/entries/", *(f"tile/{level}/" for level in range(8)))
KEEP, KEEP_NOTHING = "private, max-age=31536000, immutable", "no-store"


@dataclass(slots=True)
class Conversation:
    """Answers one client; `outbox` is the open folder that holds a folder for each nation."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    outbox: int
    bells: Bells
    count: Callable[[str], None]

    async def run(self, nation: str, allowance: limits.Allowance) -> None:
        """Answer until the client goes, misbehaves, or must show its certificate again."""
        ends_s = time.monotonic() + limits.CONNECTION_S
        while True:
            try:
                async with asyncio.timeout(limits.IDLE_S):
                    head = await self.reader.readuntil(b"\r\n\r\n")
                asked = request.parsed(head)
            except (asyncio.IncompleteReadError, TimeoutError):
                return
            except asyncio.LimitOverrunError:
                await self.refuse(400, "a head that long is no request")
                return
            except Refused as refusal:
                await self.refuse(refusal.status, refusal.why)
                # A path that is not there says nothing of what follows; all else does.
                if refusal.status != 404:
                    return
                continue
            await allowance.take()
            keeps = asked.keeps and time.monotonic() < ends_s
            await self._answer(nation, asked, keeps=keeps)
            if not keeps:
                return

    async def turn_away(self, status: int, why: str) -> None:
        """Hear a request out, so that the answer is read, and answer with a reason."""
        try:
            async with asyncio.timeout(limits.HANDSHAKE_S):
                await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            return
        await self.refuse(status, why)

    async def refuse(self, status: int, why: str) -> None:
        """Answer with a status and a plain reason."""
        self.count(why)
        body = (why + "\n").encode()
        keeps = status == 404
        await self._send(_head(status, len(body), "text/plain", KEEP_NOTHING, keeps=keeps) + body)

    async def _answer(self, nation: str, asked: Request, *, keeps: bool) -> None:
        if asked.after >= 0 and not await self._news(nation, asked.after):
            await self._send(_head(204, 0, "", KEEP_NOTHING, keeps=keeps))
            return
        try:
            file = files.opened(self.outbox, f"{nation}/{asked.path}")
        except FileNotFoundError:
            body = b"no such file\n"
            head = _head(404, len(body), "text/plain", KEEP_NOTHING, keeps=keeps)
            await self._send(head if asked.head_only else head + body)
            return
        self.count("answered")
        try:
            kind = "application/octet-stream" if "/" in asked.path else "text/plain; charset=utf-8"
            lasting = asked.path.startswith(LASTING) and ".p/" not in asked.path
            head = _head(200, file.size, kind, KEEP if lasting else KEEP_NOTHING, keeps=keeps)
            async with asyncio.timeout(limits.longest_s(file.size)):
                await self._send_file(head, file, head_only=asked.head_only)
        finally:
            file.close()

    async def _send_file(self, head: bytes, file: files.Opened, *, head_only: bool) -> None:
        if head_only:
            self.writer.write(head)
        else:
            sent = 0
            for chunk in file.chunks():
                # Head and first chunk together, for one record of TLS and not two.
                self.writer.write(head + chunk if not sent else chunk)
                sent += len(chunk)
                await self.writer.drain()
            if not sent:
                self.writer.write(head)
            if sent < file.size:
                raise ConnectionError("a file became shorter while it was sent")
        await self.writer.drain()

    async def _send(self, content: bytes) -> None:
        self.writer.write(content)
        async with asyncio.timeout(limits.GRACE_S):
            await self.writer.drain()

    async def _news(self, nation: str, after: int) -> bool:
        """Wait until the nation's log is of another size than `after`; whether it is."""
        ends_s = time.monotonic() + limits.LONGEST_WAIT_S
        while True:
            bell = self.bells.bell(nation)
            if _size(self.outbox, nation) != after:
                return True
            left_s = ends_s - time.monotonic()
            if left_s <= 0.0:
                return False
            await self.bells.wait(nation, bell, left_s)


def _size(outbox: int, nation: str) -> int:
    """The size that the nation's checkpoint tells; 0 where there is none yet."""
    try:
        note = files.read(outbox, f"{nation}/{CHECKPOINT}", MOST_CHECKPOINT_BYTES)
    except FileNotFoundError:
        return 0
    lines = note.split(b"\n", 2)
    return int(lines[1]) if len(lines) == 3 and lines[1].isdigit() else 0


def _head(status: int, length: int, kind: str, keeping: str, *, keeps: bool) -> bytes:
    lines = [f"HTTP/1.1 {status} {STATUS[status]}"]
    if status != 204:
        lines += [f"Content-Length: {length}", f"Content-Type: {kind}"]
    lines += [f"Cache-Control: {keeping}"]
    if not keeps:
        lines += ["Connection: close"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
