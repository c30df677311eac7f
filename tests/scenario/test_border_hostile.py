"""Whoever holds a partner's certificate and means harm: what an asker makes of their answers."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commonsky.errors import FeedRefused, PeerUnreachable
from commonsky.share.connection import Patience
from commonsky.share.log.directory import Missing
from tests.border_case import Nation, friends

HASTY = Patience(connect_s=2.0, silence_s=0.3, grace_s=0.6)
Behaviour = Callable[[ssl.SSLSocket], None]
MIB = 1 << 20


def secured(context: ssl.SSLContext, plain: socket.socket) -> ssl.SSLSocket:
    return context.wrap_socket(plain, server_side=True)


@contextlib.contextmanager
def answering(nation: Nation, behaviour: Behaviour) -> Iterator[int]:
    """A server with a nation's certificate that answers every request as it is told."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(nation.tls / "key.pem")
    stopping = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)

    def serve() -> None:
        while not stopping.is_set():
            try:
                plain, _ = listener.accept()
            except TimeoutError:
                continue
            plain.settimeout(5.0)
            with contextlib.suppress(OSError), plain, secured(context, plain) as secure:
                while secure.recv(1 << 16):
                    behaviour(secure)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stopping.set()
        thread.join()
        listener.close()


@pytest.fixture
def pair(tmp_path: Path) -> list[Nation]:
    return friends(tmp_path, "AUS", "GBR")


def told(content: bytes) -> Behaviour:
    return lambda secure: secure.sendall(content)


def endless(piece: bytes, first: bytes = b"") -> Behaviour:
    def behave(secure: ssl.SSLSocket) -> None:
        secure.sendall(first)
        for _ in range(10_000):
            secure.sendall(piece)

    return behave


def dripping(content: bytes) -> Behaviour:
    """A byte at a time, each of them soon enough; in the end a good answer."""

    def behave(secure: ssl.SSLSocket) -> None:
        for byte in content:
            secure.sendall(bytes([byte]))
            time.sleep(0.05)

    return behave


def silent(secure: ssl.SSLSocket) -> None:
    secure.settimeout(3.0)
    with contextlib.suppress(OSError):
        secure.recv(1)


OK = b"HTTP/1.1 200 OK\r\n"
REFUSED = {
    "ten gigabytes": ("oversized", told(OK + b"Content-Length: 10000000000\r\n\r\n")),
    "more than asked": ("oversized", told(OK + b"Content-Length: 1001\r\n\r\n" + b"x" * 1001)),
    "a head without end": ("oversized", endless(b"X: y\r\n" * 10_000, OK)),
    "a line without end": ("oversized", endless(b"x" * MIB)),
    "a reason without end": (
        "oversized",
        told(b"HTTP/1.1 503 No\r\nContent-Length: 1000000\r\n\r\n"),
    ),
    "chunks": ("malformed", told(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")),
    "both": (
        "malformed",
        told(OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello"),
    ),
    "no length": ("malformed", told(OK + b"\r\nhello")),
    "a length below nothing": ("malformed", told(OK + b"Content-Length: -5\r\n\r\nhello")),
    "a length in words": ("malformed", told(OK + b"Content-Length: five\r\n\r\nhello")),
    "compressed": (
        "malformed",
        told(OK + b"Content-Length: 5\r\nContent-Encoding: gzip\r\n\r\nhello"),
    ),
    "another protocol": ("malformed", told(b"SSH-2.0-OpenSSH_9.0\r\n\r\n")),
    "noise": ("malformed", told(bytes(range(256)) + b"\r\n\r\n")),
    "a later version": ("malformed", told(b"HTTP/2 200\r\nContent-Length: 0\r\n\r\n")),
    "broken headers": ("malformed", told(OK + b"Content-Length : 5\r\n\r\nhello")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_answer_is_refused_by_name(pair: list[Nation], name: str) -> None:
    aus, gbr = pair
    reason, behaviour = REFUSED[name]
    with (
        answering(aus, behaviour) as port,
        gbr.asking(port, "AUS", HASTY) as feed,
        pytest.raises(FeedRefused) as refused,
    ):
        feed.read("tile/entries/000", most_bytes=1000)
    assert refused.value.reason == reason


UNREACHABLE = {
    "silent": silent,
    "gone": lambda secure: secure.shutdown(socket.SHUT_RDWR),
    "stalls in its head": told(OK),
    "stalls in its body": told(OK + b"Content-Length: 1000\r\n\r\nhello"),
    "ends in its body": lambda secure: (
        secure.sendall(OK + b"Content-Length: 1000\r\n\r\nhello"),
        secure.shutdown(socket.SHUT_RDWR),
    ),
    "drips its head": dripping(OK + b"X: " + b"y" * 50 + b"\r\nContent-Length: 0\r\n\r\n"),
    "drips its body": dripping(OK + b"Content-Length: 50\r\n\r\n" + b"y" * 50),
    "leads elsewhere": told(
        b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    ),
    "refuses": told(b"HTTP/1.1 503 No\r\nContent-Length: 3\r\n\r\n\x1b[0"),
    "answers nothing": told(b"HTTP/1.1 204 No Content\r\n\r\n"),
}


@pytest.mark.parametrize("name", UNREACHABLE)
def test_trouble_that_may_pass_is_not_the_logs_fault(pair: list[Nation], name: str) -> None:
    aus, gbr = pair
    with (
        answering(aus, UNREACHABLE[name]) as port,  # type: ignore[arg-type]
        gbr.asking(port, "AUS", HASTY) as feed,
        pytest.raises(PeerUnreachable) as unreachable,
    ):
        feed.read("tile/entries/000", most_bytes=1000)
    assert not isinstance(unreachable.value, Missing)
    assert str(unreachable.value).isprintable()


def test_after_a_bad_answer_a_good_one_is_read(pair: list[Nation]) -> None:
    aus, gbr = pair
    answers = iter([b"noise\r\n\r\n", OK + b"Content-Length: 5\r\n\r\nhello"])
    with (
        answering(aus, lambda secure: secure.sendall(next(answers))) as port,
        gbr.asking(port, "AUS", HASTY) as feed,
    ):
        with pytest.raises(FeedRefused):
            feed.read("checkpoint", most_bytes=1000)
        assert feed.read("checkpoint", most_bytes=1000) == b"hello"


def test_an_answer_that_nobody_asked_for_is_no_answer_to_the_next(pair: list[Nation]) -> None:
    """Two answers to one request: the second must not be taken for another file."""
    aus, gbr = pair
    one = OK + b"Content-Length: 5\r\n\r\nhello"
    with (
        answering(aus, told(one + one.replace(b"hello", b"other"))) as port,
        gbr.asking(port, "AUS", HASTY) as feed,
    ):
        assert feed.read("checkpoint", most_bytes=1000) == b"hello"
        time.sleep(0.1)
        with pytest.raises(FeedRefused, match="not asked for"):
            feed.read("tile/entries/000", most_bytes=1000)


@pytest.mark.parametrize(
    "behaviour",
    [told(b"noise\r\n\r\n"), endless(b"x" * MIB), told(OK + b"Content-Length: 9\r\n\r\n")],
)
def test_a_hostile_peer_does_not_hold_up_a_wait(pair: list[Nation], behaviour: Behaviour) -> None:
    aus, gbr = pair
    with (
        answering(aus, behaviour) as port,
        gbr.asking(port, "AUS", HASTY) as feed,
        pytest.raises((FeedRefused, PeerUnreachable)),
    ):
        feed.wait(5, 30.0)


def test_an_answer_to_a_wait_that_never_comes_ends_in_time(pair: list[Nation]) -> None:
    aus, gbr = pair
    with answering(aus, silent) as port, gbr.asking(port, "AUS", HASTY) as feed:
        assert not feed.wait(5, 0.5)
