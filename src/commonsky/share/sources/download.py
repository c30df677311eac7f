"""
One polite request, bounded in bytes and in seconds, whatever the other side does.

What comes of it is one of four answers, never an exception of the HTTP library.  Redirects are
not followed: to a machine they are a refusal like any other.
"""

from __future__ import annotations

import re
import socket
import threading
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, TypeAlias

import httpx

REASON_BYTES = 2000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much and how long one request may take."""

    largest_bytes: int = 64 << 20  # twenty times the whole catalogue
    total_s: float = 300.0
    silence_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Received:
    """The whole body, and what to ask with next time."""

    body: bytes
    etag: str
    last_modified: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """What was asked about has not changed: 304 to a conditional request."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Any other status than 200, with the beginning of what was said."""

    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class Broken:
    """No answer, or not a whole one; `asked` if the other side may have seen the request."""

    reason: str
    asked: bool


Answer: TypeAlias = Received | Unchanged | Refused | Broken


def ask(
    url: str,
    headers: Mapping[str, str],
    limits: Limits,
    transport: httpx.BaseTransport | None = None,
) -> Answer:
    """Send one GET request and return what came of it."""
    deadline = _Deadline(limits.total_s)
    statuses: list[int] = []
    # Only gzip, because its end can be told from its middle and its output can be bounded.
    sent = {**headers, "Accept-Encoding": "gzip"}
    told = {"trace": deadline.watch}
    try:
        with (
            _client(limits, statuses, transport) as client,
            deadline,
            client.stream("GET", url, headers=sent, extensions=told) as response,
        ):
            conditional = any(name.startswith("If-") for name in headers)
            answer = _answer(response, limits, conditional=conditional)
    except httpx.ConnectError as error:
        return Broken(f"no connection: {error}", asked=False)
    except httpx.TransportError as error:
        # A status that came counts, even if what followed it made no sense.
        if statuses and statuses[-1] != httpx.codes.OK:
            return Refused(statuses[-1], "and no readable reason")
        answer = Broken(str(error) or type(error).__name__, asked=True)
    except OSError as error:
        # As of certificates that SSL_CERT_FILE names and nobody finds.
        return Broken(f"no connection could be tried: {error}", asked=False)
    if deadline.passed and not isinstance(answer, Refused):
        # Its end may look like the end of a body.
        return Broken(f"not done after {limits.total_s:g} s", asked=True)
    return answer


def _client(
    limits: Limits, statuses: list[int], transport: httpx.BaseTransport | None
) -> httpx.Client:
    """Return a client that notes each status it receives."""
    return httpx.Client(
        timeout=limits.silence_s,
        follow_redirects=False,
        transport=transport,
        event_hooks={"response": [lambda response: statuses.append(response.status_code)]},
    )


class _Deadline:
    """
    Closes the connection when the time is up.

    The library's timeouts are for each read, and one byte at a time passes them all.
    """

    def __init__(self, total_s: float) -> None:
        self.passed = False
        self._connection: socket.socket | None = None
        self._timer = threading.Timer(total_s, self._close)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()

    def watch(self, event: str, details: Mapping[str, Any]) -> None:
        """Take note of the socket when the library says that it has one."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._connection = details["return_value"].get_extra_info("socket")
            if self.passed:
                self._close()

    def _close(self) -> None:
        self.passed = True
        if self._connection is not None:
            try:
                # The plain method: the one of a TLS socket would pull it from under the reader.
                socket.socket.shutdown(self._connection, socket.SHUT_RDWR)
            except OSError:
                return  # closed already, which is what we want


def _answer(response: httpx.Response, limits: Limits, *, conditional: bool) -> Answer:
    if response.status_code == httpx.codes.NOT_MODIFIED and conditional:
        return Unchanged()
    if response.status_code != httpx.codes.OK:
        return Refused(response.status_code, _reason(response))
    unpacked = _Unpacked(response.headers.get("Content-Encoding", "identity").lower())
    for chunk in response.iter_raw():
        problem = unpacked.add(chunk, limits.largest_bytes)
        if problem:
            return Broken(problem, asked=True)
    if not unpacked.complete:
        return Broken("the compressed body does not end where it should", asked=True)
    headers = response.headers
    return Received(
        bytes(unpacked.body), headers.get("ETag", ""), headers.get("Last-Modified", "")
    )


@dataclass
class _Unpacked:
    """A body that grows by chunks, decompressed, never beyond its limit."""

    encoding: str
    body: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self._gzip = zlib.decompressobj(wbits=31)

    @property
    def complete(self) -> bool:
        """Whether the body ended where its encoding says that it ends."""
        return self.encoding == "identity" or (self._gzip.eof and not self._gzip.unused_data)

    def add(self, chunk: bytes, largest_bytes: int) -> str:
        """Add a chunk; what is wrong with it, or nothing."""
        if self.encoding == "gzip":
            try:
                # One byte past the limit, and no more, shows that it was passed.
                chunk = self._gzip.decompress(chunk, largest_bytes - len(self.body) + 1)
            except zlib.error as error:
                return f"the compressed body is damaged: {error}"
        elif self.encoding != "identity":
            return f"it came in the encoding {self.encoding!r}, which was not asked for"
        self.body += chunk
        if len(self.body) > largest_bytes:
            return f"it is larger than {largest_bytes} bytes"
        return ""


def _reason(response: httpx.Response) -> str:
    """The beginning of a refusal's text, in plain letters: it goes to a terminal."""
    if location := response.headers.get("Location"):
        return f"moved to {_plain(location)}"
    unpacked = _Unpacked(response.headers.get("Content-Encoding", "identity").lower())
    try:
        for chunk in response.iter_raw():
            if unpacked.add(chunk, REASON_BYTES):
                break
    except httpx.TransportError:
        pass  # the status has said enough
    return _plain(unpacked.body.decode("ascii", "replace"))


def _plain(text: str) -> str:
    without_tags = re.sub(r"<[^>]{0,200}>", " ", text)
    printable = re.sub(r"[^ -~]+", " ", without_tags)
    return " ".join(printable.split())[:300]
