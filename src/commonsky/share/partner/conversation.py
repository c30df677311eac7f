"""One connection of one partner: request after request, until either side has had enough."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from commonsky.share.partner import files, limits, request
from commonsky.share.partner.bells import Bells
from commonsky.share.partner.request import (
    CHECKPOINT,
    MOST_HEAD_BYTES,
    STATUS,
    Refused,
    Request,
)
from commonsky.share.partner.stream import Ended, Stream, TooLong

END = b"\r\n\r\n"
MOST_CHECKPOINT_BYTES = 1 << 16
# What never changes may be kept by whoever fetched it; bodies may be purged, so never those.
LASTING = ("tile/entries/", *(f"tile/{level}/" for level in range(8)))
KEEP, KEEP_NOTHING = "private, max-age=31536000, immutable", "no-store"


@dataclass(slots=True)
class Conversation:
    """Answers one client; `outbox` is the open folder that holds a folder for each nation."""

    stream: Stream
    outbox: int
    bells: Bells
    count: Callable[[str], None]

    async def run(self, nation: str, allowance: limits.Allowance) -> None:
        """Answer until the client goes, misbehaves, or must show its certificate again."""
        ends_s = time.monotonic() + limits.CONNECTION_S
        while True:
            try:
                async with asyncio.timeout(limits.IDLE_S):
                    head = await self.stream.read_until(END, MOST_HEAD_BYTES)
                asked = request.parsed(head)
            except (Ended, TimeoutError):
                return
            except TooLong:
                await self.refuse(400, "a head that long is no request")
                return
            except Refused as refusal:
                await self.refuse(refusal.status, refusal.why, keeps=refusal.keeps)
                if not refusal.keeps:
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
                await self.stream.read_until(END, MOST_HEAD_BYTES)
        except (Ended, TooLong, TimeoutError):
            return
        await self.refuse(status, why)

    async def refuse(self, status: int, why: str, *, keeps: bool = False) -> None:
        """Answer with a status and a plain reason."""
        self.count(why)
        body = (why + "\n").encode()
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
        sent = 0
        for chunk in () if head_only else file.chunks():
            # Head and first chunk together, for one record of TLS and not two.
            await self.stream.write(chunk if sent else head + chunk)
            sent += len(chunk)
        if not sent:
            await self.stream.write(head)
        elif sent < file.size:
            raise ConnectionError("a file became shorter while it was sent")

    async def _send(self, content: bytes) -> None:
        async with asyncio.timeout(limits.GRACE_S):
            await self.stream.write(content)

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
            await self._heard(nation, bell, left_s)

    async def _heard(self, nation: str, bell: asyncio.Event, left_s: float) -> None:
        """Wait for a bell, at most so long; end with the client, if that goes meanwhile."""
        gone = asyncio.ensure_future(self.stream.gone())
        rung = asyncio.ensure_future(self.bells.wait(nation, bell, left_s))
        try:
            await asyncio.wait({gone, rung}, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                raise ConnectionError("gone while it waited")
        finally:
            gone.cancel()
            rung.cancel()


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
