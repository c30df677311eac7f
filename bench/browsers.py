"""Many browsers' worth of requests from one process: each holds a stream and draws a globe."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

PICTURE = re.compile(rb'"picture":"([0-9a-f]{32})"')
ID = re.compile(rb"^id: (\d+)$", re.MULTILINE)
API = "/api/v1"
RENEW_S = 15.0  # as in frames.js: a picture that has changed is asked for so often
Place = tuple[str, int]


@dataclass(slots=True)
class Seen:
    """What one client got: newest ids with their times, and how long its answers took."""

    ids: list[tuple[int, float]] = field(default_factory=list)
    events: int = 0
    frames_s: list[float] = field(default_factory=list)
    headers_s: list[float] = field(default_factory=list)
    bytes: int = 0
    gone: int = 0  # pictures that were not kept any more


class Line:
    """One connection that is kept."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, more: str = "") -> tuple[int, bytes]:
        """Return status and body."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._place, limit=1 << 22)
        reader, writer = self._streams
        writer.write(request(self._place, path, more))
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            self._streams = None  # it was idle for too long
            return await self.get(path, more)
        length = re.search(rb"(?i)content-length: (\d+)", head)
        body = await reader.readexactly(int(length[1])) if length else b""
        return int(head.split()[1]), body


def request(place: Place, path: str, more: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {place[0]}:{place[1]}\r\n{more}\r\n".encode()


async def follow(place: Place, seen: Seen, last: int = -1) -> None:
    """Read a stream until it is cancelled."""
    more = "" if last < 0 else f"Last-Event-ID: {last}\r\n"
    reader, writer = await asyncio.open_connection(*place, limit=1 << 22)
    try:
        writer.write(request(place, f"{API}/stream", more))
        while block := await reader.read(1 << 16):
            seen.bytes += len(block)
            seen.events += block.count(b"\nevent: ")
            if found := ID.findall(block):
                seen.ids.append((int(found[-1]), time.monotonic()))
    finally:
        writer.close()


async def draw(place: Place, seen: Seen, epoch_s: float, step_s: int, phase_s: float) -> None:
    """Ask for what a globe needs, as the console does; `epoch_s` is the clock of the node."""
    line = Line(place)
    await asyncio.sleep(phase_s)
    # The picture changes all the time here.
    while True:
        began = time.monotonic()
        _, body = await line.get(f"{API}/frames")
        seen.headers_s.append(time.monotonic() - began)
        seen.bytes += len(body)
        found = PICTURE.search(body)
        assert found is not None
        now_s = int(epoch_s + time.monotonic())
        first = now_s - now_s % step_s
        for moment in (first, first + step_s, first + 2 * step_s):
            began = time.monotonic()
            path = f"{API}/frames/{found[1].decode()}/{moment}.f32?step={step_s}"
            status, body = await line.get(path)
            seen.gone += status == 410
            seen.frames_s.append(time.monotonic() - began)
            seen.bytes += len(body)
        await asyncio.sleep(RENEW_S - (epoch_s + time.monotonic() + phase_s) % RENEW_S)


async def stuck(place: Place) -> None:
    """Ask for everything and read nothing."""
    _, stream = await asyncio.open_connection(*place, limit=1024)
    stream.write(request(place, f"{API}/stream?after=0"))
    _, frames = await asyncio.open_connection(*place, limit=1024)
    for _ in range(8):
        frames.write(request(place, f"{API}/frames"))
    await asyncio.sleep(1e6)


async def _at_once(
    place: Place, count: int, epoch_s: float, step_s: int, seconds: float, stubborn: int
) -> list[Seen]:
    seen = [Seen() for _ in range(count)]
    works = [follow(place, one) for one in seen]
    # Half of them come together, the others whenever they were opened.
    works += [
        draw(place, one, epoch_s, step_s, 0.0 if k % 2 else RENEW_S * k / count)
        for k, one in enumerate(seen)
    ]
    works += [stuck(place) for _ in range(stubborn)]
    tasks = [asyncio.ensure_future(work) for work in works]
    await asyncio.sleep(seconds)
    failed = [task.exception() for task in tasks if task.done()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if failed:
        raise RuntimeError(f"{len(failed)} clients failed, the first with {failed[0]!r}")
    return seen


async def _resumed(place: Place, last: int, newest: int) -> tuple[int, float]:
    """How many records came after a place until the newest, and how long that took."""
    seen, began = Seen(), time.monotonic()
    task = asyncio.ensure_future(follow(place, seen, last))
    while not (seen.ids and seen.ids[-1][0] >= newest):  # noqa: ASYNC110 - nobody rings here
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return seen.events - 1, time.monotonic() - began  # the first says only where it begins


def browse(pipe: Connection) -> None:
    """Do what the pipe says, in a process of its own, until it says None."""
    while (asked := pipe.recv()) is not None:
        address, what, *values = asked
        told = urlsplit(address)
        place = (str(told.hostname), int(told.port or 0))
        work = _at_once if what == "at once" else _resumed
        began = time.process_time()
        found = asyncio.run(work(place, *values))  # type: ignore[operator]
        pipe.send((found, time.process_time() - began))
