"""
Records as they come, by server-sent events that can be resumed.

Each event's id is the sequence of its record in the ledger; whoever comes again with the last id
they saw gets what followed, each once.  Nothing is kept for a client but that number: what it has
not read yet stays in the ledger, and a client that reads too slowly is cut, and resumes.

Reference: WHATWG HTML Living Standard, section 9.2, Server-sent events.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor
from http import HTTPStatus
from typing import TypeVar

import msgspec
import numpy as np
from starlette.types import Message, Receive, Send

from commonsky.astro.epoch import utc_texts
from commonsky.ledger.record import Kind
from commonsky.ledger.store import Held
from commonsky.show.api.alerts import named
from commonsky.show.api.answer import Marking, marking_of
from commonsky.show.api.desk import Desk
from commonsky.show.api.problem import Problem, misuse

T = TypeVar("T")
MOST_STREAMS = 256
AT_ONCE = 200
HEARTBEAT_S = 15.0
SLOW_S = 20.0  # a client that takes nothing for so long is cut
RETRY_MS = 2000


class StreamAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which kinds, with commas; from which sequence on, without `Last-Event-ID`; now if -1."""

    kinds: str = ""
    after: int = -1


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The data of an event: enough to know whether to ask for the record."""

    sequence: int
    handle: str
    kind: str
    nation: str
    peer: str
    said: str
    subject: tuple[int, ...]
    marking: Marking
    links: tuple[tuple[str, str], ...]


class Streams:
    """The streams of one node: how many there are, and what wakes them."""

    def __init__(
        self, desk: Desk, executor: Executor, *, heartbeat_s: float = HEARTBEAT_S,
        slow_s: float = SLOW_S, most: int = MOST_STREAMS,
    ) -> None:  # fmt: skip
        self._desk, self._executor = desk, executor
        self._heartbeat_s, self._slow_s, self._most = heartbeat_s, slow_s, most
        self._waiting: set[asyncio.Event] = set()
        self._closing = False
        self._places = 0
        self.cut = 0

    def __len__(self) -> int:
        return self._places

    def wake(self) -> None:
        """Let all streams look into the ledger; called in their own loop."""
        for event in self._waiting:
            event.set()

    def close(self) -> None:
        """End all streams; called in their own loop."""
        self._closing = True
        self.wake()

    async def first(self, asked: StreamAsked, last_id: str) -> int:
        """
        Return the sequence after which a stream begins, and keep a place until `serve` ends.

        A bad one is refused, and so is one stream too many.
        """
        if self._places >= self._most:
            raise Problem(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"{self._most} streams are open, and no more are served; come again later",
                headers={"Retry-After": "10"},
            )
        self._places += 1
        try:
            return await self._begin(asked, last_id)
        except BaseException:
            self._places -= 1
            raise

    async def _begin(self, asked: StreamAsked, last_id: str) -> int:
        newest = await self._read(self._desk.survey.last)
        if last_id:
            if not (last_id.isascii() and last_id.isdigit() and len(last_id) < 19):
                raise misuse(f"`Last-Event-ID` is the sequence of a record, not {last_id[:40]!r}")
            begin = int(last_id)
        else:
            begin = newest if asked.after == -1 else asked.after
        if not 0 <= begin <= newest:
            raise Problem(
                HTTPStatus.CONFLICT,
                f"this ledger ends at {newest}, and {begin} lies beyond: it is another ledger, or "
                "an older copy; begin anew with /api/v1/alerts",
            )
        return begin

    async def serve(
        self, kinds: frozenset[str], begin: int, receive: Receive, send: Send, *,
        may: Callable[[], bool] = lambda: True,
    ) -> bool:  # fmt: skip
        """
        Send events until the client has gone or the node stops; return whether that ended well.

        A client that takes nothing for too long is to be cut off; one that `may` no longer
        hear gets no more.
        """
        event = asyncio.Event()
        self._waiting.add(event)
        gone = asyncio.ensure_future(_gone(receive, event))
        try:
            await self._send(send, {
                "type": "http.response.start", "status": 200,
                "headers": [(b"content-type", b"text/event-stream"),
                            (b"cache-control", b"no-store")],
            })  # fmt: skip
            async for block in self._blocks(kinds, begin, event, gone):
                if not may():
                    break
                await self._send(
                    send, {"type": "http.response.body", "body": block, "more_body": True}
                )
            if not gone.done():
                await self._send(send, {"type": "http.response.body", "body": b""})
        except TimeoutError:
            self.cut += 1
            return False
        finally:
            self._places -= 1
            self._waiting.discard(event)
            gone.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await gone
        return True

    async def _blocks(
        self, kinds: frozenset[str], begin: int, event: asyncio.Event, gone: asyncio.Future[None]
    ) -> AsyncIterator[bytes]:
        """Yield what is to be sent: records, and between them a sign of life."""
        # The first id is told at once, so that whoever is cut before a record loses none.
        yield f"retry: {RETRY_MS}\nid: {begin}\nevent: begin\ndata: {{}}\n\n".encode()
        place = begin
        while not (self._closing or gone.done()):
            event.clear()
            part = await self._read(lambda: list(self._desk.store.since(place, most=AT_ONCE)))  # noqa: B023 - awaited here
            if part:
                place = part[-1].sequence
                wanted = _events([one for one in part if one.record.envelope.kind in kinds])
                # The place is told in any case, so that a resume does not look at it all again.
                yield wanted + b"id: %d\n: up to here\n\n" % place
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(event.wait(), self._heartbeat_s)
                continue
            yield b": alive\n\n"

    async def _send(self, send: Send, message: Message) -> None:
        await asyncio.wait_for(send(message), self._slow_s)

    async def _read(self, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, question)


async def _gone(receive: Receive, event: asyncio.Event) -> None:
    """Wait until the client has gone, and wake the stream."""
    while (await receive())["type"] != "http.disconnect":
        pass
    event.set()


def kinds_of(asked: StreamAsked) -> frozenset[str]:
    """Return the kinds that a stream is about."""
    return named(asked.kinds, tuple(kind.value for kind in Kind))


def _events(records: Sequence[Held]) -> bytes:
    """Records as events, the times of all told at once."""
    if not records:
        return b""
    times = np.array([held.record.envelope.said_tai_ns for held in records], np.int64)
    return b"".join(map(_event, records, utc_texts(times, 0)))


def _event(held: Held, said: str) -> bytes:
    envelope = held.record.envelope
    told = Event(
        sequence=held.sequence,
        handle=envelope.handle,
        kind=envelope.kind.value,
        nation=envelope.node,
        peer=held.peer,
        said=said,
        subject=envelope.subject,
        marking=marking_of(envelope.label),
        links=tuple((link.relation.value, link.handle) for link in envelope.links),
    )
    # JSON has no line ends, so that one line of data is enough.
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (
        held.sequence, envelope.kind.value.encode(), msgspec.json.encode(told),
    )  # fmt: skip
