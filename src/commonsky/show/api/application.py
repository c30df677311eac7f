"""
The API as a Starlette application: each request parsed once, answered in a thread of its own.

The event loop does nothing but bytes; questions to the ledger wait in a small pool, and are
refused where too many wait, so that neither the node's own thread nor memory suffers.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, TypeVar, cast

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from commonsky.errors import CommonskyError
from commonsky.show.api import assets, handbook, openapi
from commonsky.show.api.access import Access
from commonsky.show.api.desk import Desk
from commonsky.show.api.doors import Doors
from commonsky.show.api.exporting import Exported
from commonsky.show.api.frames_kept import FramesKept
from commonsky.show.api.guard import Guard, refuse
from commonsky.show.api.ingesting import MOST_BYTES, ingested
from commonsky.show.api.keys import ApiKey, ApiKeys
from commonsky.show.api.keys import Scope as KeyScope
from commonsky.show.api.metrics import CONTENT_TYPE, Metrics
from commonsky.show.api.problem import Problem, problem_of
from commonsky.show.api.question import asked_of, body_of, path_of, pieces
from commonsky.show.api.resource import Form, Question, Resource
from commonsky.show.api.routes import RESOURCES
from commonsky.show.api.state import health
from commonsky.show.api.stream import Streams, kinds_of

LOG = logging.getLogger(__name__)
T = TypeVar("T")
THREADS, STREAM_THREADS, SLOW_THREADS = 4, 2, 2
MOST_WAITING = 64
_ENCODER = msgspec.json.Encoder()


class Api:
    """The application of one node, with its threads."""

    def __init__(
        self,
        desk: Desk,
        keys: ApiKeys,
        *,
        hosts: Iterable[str] = (),
        open_scopes: Iterable[KeyScope] = (),
        journal_errors: Callable[[], int] = lambda: 0,
        streams: Callable[[Desk, ThreadPoolExecutor], Streams] = Streams,
    ) -> None:
        """`open_scopes` are what anybody on this machine may do without a key."""
        self._desk, self._keys = desk, keys
        self.access = Access(desk.home, keys, open_scopes)
        self._doors = Doors(self.access, keys)
        self._pool = ThreadPoolExecutor(THREADS, "api")
        self._stream_pool = ThreadPoolExecutor(STREAM_THREADS, "api stream")
        self._slow_pool = ThreadPoolExecutor(SLOW_THREADS, "api slow")
        self.streams = streams(desk, self._stream_pool)
        self._waiting, self._ingesting = 0, asyncio.Lock()
        self.frames = FramesKept(desk, self._in_thread)
        self._metrics = Metrics(desk, {
            "journal_errors": ("Lines of the journal that tell of an error", journal_errors),
            "streams_cut": ("Streams cut since their clients were too slow",
                            lambda: self.streams.cut),
        })  # fmt: skip
        routes = [Route(one.path, self._endpoint(one), methods=[one.method]) for one in RESOURCES]
        routes += [
            Route("/", self._asset, methods=["GET"]),
            Route("/console/{path:path}", self._asset, methods=["GET"]),
            Route("/open/{token}", self._through(self._doors.opened), methods=["GET"]),
            Route("/sign-in", self._through(self._doors.asked), methods=["GET"]),
            Route("/sign-in", self._through(self._doors.signed_in), methods=["POST"]),
            Route("/sign-out", self._through(self._doors.signed_out), methods=["POST"]),
        ]
        self.starlette = Starlette(
            routes=routes, exception_handlers={HTTPException: self._not_found}
        )
        self.guard = Guard(self.starlette, hosts)

    @property
    def apis(self) -> tuple[Api, ...]:
        """The applications behind this one: itself."""
        return (self,)

    @property
    def desk(self) -> Desk:
        """What it asks."""
        return self._desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await self.guard(scope, receive, send)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(cancel_futures=True)
        self._stream_pool.shutdown(cancel_futures=True)
        self._desk.projections.close()
        self._slow_pool.shutdown(cancel_futures=True)

    def _endpoint(self, resource: Resource) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                return await self._answered(resource, request)
            except ClientDisconnect:
                return Response(status_code=HTTPStatus.BAD_REQUEST)
            except CommonskyError as error:
                return Refusal(problem_of(error))
            except Exception as error:
                LOG.exception(
                    "%s %s failed", request.method, resource.path, extra={"path": resource.path}
                )
                return Refusal(problem_of(error))

        return endpoint

    async def _asset(self, request: Request) -> Response:
        """A file of the console; they are no secrets, so that nobody is asked for a key."""
        try:
            return assets.answer(request, request.path_params.get("path", assets.PAGE))
        except Problem as problem:
            return Refusal(problem)

    async def _answered(self, resource: Resource, request: Request) -> Response:
        key = self.access.allowed(resource.scope, request)
        path = path_of(request.path_params)
        asked: Any = asked_of(resource.asked, request.query_params)
        match resource.form:
            case Form.JSON | Form.SLOW:
                body = await body_of(resource.body, request)
                question = Question(path, asked, body, key, self._keys)
                call = cast("Callable[[Desk, Question], Any]", resource.call)
                pool = self._slow_pool if resource.form is Form.SLOW else self._pool
                answer = await self._in_thread(
                    lambda: _ENCODER.encode(call(self._desk, question)), pool
                )
                return Response(answer, resource.status, media_type="application/json")
            case Form.EXPORT:
                return await self._exported(resource, Question(path, asked, None, key, self._keys))
            case Form.INGEST:
                return await self._ingest(request, asked, key)
            case Form.FRAMES | Form.FRAME:
                return await self.frames.answer(request, path, asked)
            case Form.STREAM:
                kinds = kinds_of(asked)
                begin = await self.streams.first(asked, request.headers.get("last-event-id", ""))
                may = self.access.still_may(request, key)
                return EventStream(self.streams, kinds, begin, may)
            case other:
                return await self._page(other, request)

    async def _page(self, form: Form, request: Request) -> Response:
        """What has no question of its own."""
        match form:
            case Form.SESSION:
                return _json(self.access.told(request), HTTPStatus.OK)
            case Form.METRICS:
                return Response(await self._in_thread(self._metrics.text), media_type=CONTENT_TYPE)
            case Form.READY:
                told = await self._in_thread(lambda: health(self._desk))
                status = HTTPStatus.OK if told.ready else HTTPStatus.SERVICE_UNAVAILABLE
                return _json(told, status)
            case Form.DOCUMENT:
                return Response(openapi.document(), media_type="application/json")
            case _:
                headers = {"Content-Security-Policy": handbook.CONTENT_POLICY}
                return Response(handbook.page(), media_type="text/html", headers=headers)

    @staticmethod
    def _through(door: Callable[[Request], Awaitable[Response]]) -> Callable[..., Any]:
        """A door of the console, whose refusals are told as all others are."""

        async def endpoint(request: Request) -> Response:
            try:
                return await door(request)
            except Problem as problem:
                return Refusal(problem)
            except ClientDisconnect:
                return Response(status_code=HTTPStatus.BAD_REQUEST)

        return endpoint

    async def _exported(self, resource: Resource, question: Question) -> Response:
        export = cast("Callable[[Desk, Question], Exported]", resource.call)
        made = await self._in_thread(lambda: export(self._desk, question))
        return Response(made.body, media_type=made.media_type, headers=made.headers)

    async def _ingest(self, request: Request, asked: Any, key: ApiKey) -> Response:  # noqa: ANN401
        """Put a body into a file that has no name, and state what it holds; one at a time."""
        if self._ingesting.locked():
            raise Problem(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "another ingest is under way; send this one when that has ended",
                headers={"Retry-After": "5"},
            )
        async with self._ingesting:
            # In the node's own directory: what is sent is no business of others.
            with tempfile.TemporaryFile(dir=str(self._desk.home.folder)) as file:
                async for piece in pieces(request, MOST_BYTES):
                    await self._in_thread(lambda piece=piece: file.write(piece))  # type: ignore[misc]
                answer = await self._in_thread(lambda: ingested(self._desk, file, asked, key))
        return _json(answer, HTTPStatus.CREATED)

    async def _in_thread(
        self, question: Callable[[], T], pool: ThreadPoolExecutor | None = None
    ) -> T:
        if self._waiting >= MOST_WAITING:
            raise Problem(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"{MOST_WAITING} questions wait already; ask again later",
                headers={"Retry-After": "1"},
            )
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(pool or self._pool, question)
        finally:
            self._waiting -= 1

    @staticmethod
    async def _not_found(request: Request, error: Exception) -> Response:
        """What the router refuses: an address or a method that is not there."""
        status = HTTPStatus(cast("HTTPException", error).status_code)
        headers = dict(cast("HTTPException", error).headers or {})
        detail = f"{request.method} {request.url.path[:200]} is nothing here; /docs tells what is"
        return Refusal(Problem(status, detail, headers=headers))


class Refusal(Response):
    """A problem, told."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(status_code=int(problem.status))
        self._problem = problem

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Send it."""
        await refuse(self._problem, scope, send)


class EventStream(Response):
    """A stream of records."""

    def __init__(
        self, streams: Streams, kinds: frozenset[str], begin: int, may: Callable[[], bool]
    ) -> None:
        super().__init__()
        self._streams, self._kinds, self._begin, self._may = streams, kinds, begin, may

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send records until the client goes; one that is too slow is cut off."""
        serving = self._streams.serve(self._kinds, self._begin, receive, send, may=self._may)
        if not await serving:
            abort = scope.get("commonsky.abort")
            if abort is not None:
                abort()


def api(desk: Desk, keys: ApiKeys, **options: Any) -> Api:  # noqa: ANN401 - those of `Api`
    """Return the application of a node."""
    return Api(desk, keys, **options)


def _json(answer: object, status: HTTPStatus) -> Response:
    return Response(_ENCODER.encode(answer), int(status), media_type="application/json")
