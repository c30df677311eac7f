"""
What every request must pass and every answer carries, whatever is asked.

A page of another site that a duty officer has open can reach a listener on the same machine: the
Host header tells such requests where a name was pointed here, the Origin header where a page
sends them.  No cookie is ever set, so no request carries rights that its sender does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from commonsky.show.api.problem import MEDIA_TYPE, Problem, encoded

LOCAL = ("localhost", "127.0.0.1", "::1")
LONGEST_TARGET = 4096
HEADER_BYTES = 32 << 10
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
CONTENT_POLICY = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class Guard:
    """Refuses what comes from elsewhere or is too long, before anything else looks at it."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = ()) -> None:
        """`hosts` are names of this listener besides those of the machine itself."""
        self._app = app
        self._hosts = frozenset(host.lower() for host in (*LOCAL, *hosts))

    def answer_to(self, host: str) -> None:
        """Take requests for one more name."""
        self._hosts |= {host.lower()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            # No web sockets, and nothing to do at the begin and end of a server.
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1000})
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _protected(message.get("headers", []))
            await send(message)

        try:
            self._check(scope)
        except Problem as problem:
            await refuse(problem, scope, guarded)
            return
        await self._app(scope, receive, guarded)

    def _check(self, scope: Scope) -> None:
        # The server bounds what it waits for; what comes in one piece is bounded here.
        if sum(len(name) + len(value) for name, value in scope["headers"]) > HEADER_BYTES:
            raise Problem(
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                f"the headers of a request may have {HEADER_BYTES:,} bytes",
            )
        headers = Headers(scope=scope)
        told = headers.getlist("host")
        if len(told) != 1 or _name(told[0]) not in self._hosts:
            raise Problem(
                HTTPStatus.MISDIRECTED_REQUEST,
                f"this listener is {', '.join(sorted(self._hosts))}, but the request is for "
                f"{', '.join(told)[:100]!r}",
            )
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != told[0]:
            raise Problem(
                HTTPStatus.FORBIDDEN,
                f"a page of {origin[:100]!r} asks; only pages of this listener may",
            )
        if len(scope["raw_path"]) + len(scope["query_string"]) > LONGEST_TARGET:
            raise Problem(
                HTTPStatus.REQUEST_URI_TOO_LONG,
                f"an address may have {LONGEST_TARGET} bytes",
            )


async def refuse(problem: Problem, scope: Scope, send: Send) -> None:
    """Send a refusal."""
    body = encoded(problem, scope["path"][:200])
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        *((name.lower().encode(), value.encode()) for name, value in problem.headers.items()),
    ]
    await send({"type": "http.response.start", "status": int(problem.status), "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _name(host: str) -> str:
    """The name in a Host header, without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _protected(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    told = [(name.lower(), value) for name, value in headers]
    names = {name for name, _ in told}
    more = [(name, value) for name, value in HEADERS if name not in names]
    if b"content-security-policy" not in names:
        more.append((b"content-security-policy", CONTENT_POLICY))
    if b"cache-control" not in names:
        more.append((b"cache-control", b"no-store"))
    return [*told, *more]
