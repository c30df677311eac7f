"""
Frames and headers kept for all clients: made once, however many ask, and bounded in memory.

Everything here runs in the listener's loop; only the making is handed to a thread.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from http import HTTPStatus
from math import inf
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from commonsky.show.api.answer import Answer
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk, View
from commonsky.show.api.frames import (
    SCOPE,
    Pictured,
    digest_of,
    group_of,
    header,
    moments,
)
from commonsky.show.api.problem import Problem, misuse

T = TypeVar("T")
MOST_FRAME_BYTES = 96 << 20
MOST_PICTURE_BYTES = 64 << 20
KEPT_S = 300.0  # a picture that has been superseded, at most
TOLD_S = 1.0  # what an answer rests on is not worked out more often
LONGEST_STEP_S = 3600
LAST_S = 4_102_444_800  # 2100
FOR_EVER = "private, max-age=31536000, immutable"
_ENCODER = msgspec.json.Encoder()


class FrameAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In which steps the reader goes: frames that are likely to be asked for are made together."""

    step: int = 60


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a view, encoded: of all of it, the columns alone change with the view."""

    view: View
    picture: str
    columns: bytes
    whole: bytes
    tag: str
    told_s: float


class FramesKept:
    """The frames of one node, the newest pictures, and what is being made at this moment."""

    def __init__(
        self,
        desk: Desk,
        in_thread: Callable[[Callable[[], Any]], Awaitable[Any]],
        *,
        seconds: Callable[[], float] = time.monotonic,
        most_bytes: int = MOST_FRAME_BYTES,
    ) -> None:
        """`in_thread` does work elsewhere; `seconds` only tells what has grown old."""
        self._desk, self._in_thread, self._seconds = desk, in_thread, seconds
        self._most_bytes = most_bytes
        self._header: Header | None = None
        self._pictures: dict[str, Pictured] = {}
        self._frames: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()
        self.kept_bytes = 0
        self._making: dict[Hashable, asyncio.Future[Any]] = {}

    async def answer(self, request: Request, path: dict[str, str], asked: Any) -> Response:  # noqa: ANN401 - parsed by its resource
        """Answer with the states at one moment, or, where none is named, with the header."""
        return await (self.frame(request, path, asked) if path else self.header(request))

    async def header(self, request: Request) -> Response:
        """Answer with the header of the present picture."""
        found = await self._once("header", self._looked)
        self._header = found
        headers = {"ETag": found.tag, "Cache-Control": "private, no-cache"}
        if request.headers.get("if-none-match") == found.tag:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(found.whole, media_type="application/json", headers=headers)

    async def frame(self, request: Request, path: dict[str, str], asked: FrameAsked) -> Response:
        """Answer with the states at one moment."""
        seconds, step = int(path["seconds"]), asked.step
        if not 1 <= step <= LONGEST_STEP_S:
            raise misuse(f"`step` is 1 to {LONGEST_STEP_S} seconds, not {step}")
        if seconds % step or seconds >= LAST_S:
            raise misuse(
                f"a frame is of a POSIX time before 2100 and a multiple of `step`, {step}: "
                f"{seconds} is not"
            )
        picture = path["picture"]
        headers = {"ETag": f'"{picture}-{seconds}-{step}"', "Cache-Control": FOR_EVER}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        body = await self._states(picture, seconds, step)
        return Response(body, media_type="application/octet-stream", headers=headers)

    async def _states(self, picture: str, seconds: int, step: int) -> bytes:
        key = (picture, step, seconds)
        kept = self._frames.get(key)
        if kept is not None:
            self._frames.move_to_end(key)
            return kept
        self._forget()
        held = self._pictures.get(picture)
        if held is None:
            raise Problem(
                HTTPStatus.GONE,
                f"the picture {picture} is not kept any more: ask for the header of the present "
                "one, /api/v1/frames, and for its frames",
            )
        first = group_of(seconds, step)
        made = await self._once(
            (picture, step, first),
            lambda: self._in_thread(lambda: held.frames(first, step)),
        )
        self._keep(picture, step, first, made)
        found: bytes = made[moments(first, step).index(seconds)]
        return found

    def _keep(self, picture: str, step: int, first: int, made: list[bytes]) -> None:
        for moment, one in zip(moments(first, step), made, strict=True):
            if (picture, step, moment) in self._frames:
                continue
            self._frames[picture, step, moment] = one
            self.kept_bytes += len(one)
        while self.kept_bytes > self._most_bytes and len(self._frames) > 1:
            _, oldest = self._frames.popitem(last=False)
            self.kept_bytes -= len(oldest)

    async def _looked(self) -> Header:
        """Look at the picture; what has not changed since the last time is taken from there."""
        before, now = self._header, self._seconds()
        found: Header = await self._in_thread(lambda: _header(self._desk, before, now))
        if before is None or found.view is not before.view:
            self._take(found, now)
        return found

    def _take(self, found: Header, now_s: float) -> None:
        """Keep a picture, and the older ones for some time yet."""
        present = self._pictures.pop(found.picture, None)
        for one in self._pictures.values():
            one.superseded_s = min(one.superseded_s, now_s)
            one.rest()
        if present is None:
            present = Pictured(found.picture, found.view.catalogue.elements)
        present.superseded_s = inf
        self._pictures[found.picture] = present
        self._forget()

    def _forget(self) -> None:
        """Let go of pictures that are too old or too many; the present one and the last stay."""
        now = self._seconds()
        whole = sum(one.size_bytes for one in self._pictures.values())
        for name, one in list(self._pictures.items())[:-2]:
            if now - one.superseded_s > KEPT_S or whole > MOST_PICTURE_BYTES:
                del self._pictures[name]
                whole -= one.size_bytes

    async def _once(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """Return what is made; all who ask meanwhile wait for the same."""
        making = self._making.get(key)
        if making is None:
            making = asyncio.ensure_future(make())
            self._making[key] = making
            making.add_done_callback(lambda done: self._ended(key, done))
        # One client that goes away must not end it for the others.
        return await asyncio.shield(making)

    def _ended(self, key: Hashable, done: asyncio.Future[Any]) -> None:
        del self._making[key]
        if not done.cancelled():
            done.exception()  # those who wait have it; where none is left, nobody need hear of it


def _header(desk: Desk, before: Header | None, now_s: float) -> Header:
    view = desk.view()
    if before is None or before.view is not view:
        name = digest_of(view.catalogue)
        columns = _ENCODER.encode(header(desk, view, name))
        tag = f'"{hashlib.sha256(columns).hexdigest()[:32]}"'
    elif now_s - before.told_s < TOLD_S:
        return before
    else:
        name, columns, tag = before.picture, before.columns, before.tag
    whole = _ENCODER.encode(Answer(msgspec.Raw(columns), completeness(desk, SCOPE, view)))
    return Header(view, name, columns, whole, tag, now_s)
