"""What partners may ask, letter by letter."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonsky.share.partner.request import Refused, Request, parsed

GOOD = {
    "GET /checkpoint HTTP/1.1": Request("checkpoint"),
    "HEAD /checkpoint HTTP/1.1": Request("checkpoint", head_only=True),
    "GET /checkpoint?after=0 HTTP/1.1": Request("checkpoint", 0),
    "GET /checkpoint?after=17 HTTP/1.1": Request("checkpoint", 17),
    "GET /tile/0/x001/x234/067 HTTP/1.1": Request("tile/0/x001/x234/067"),
    "GET /tile/entries/000.p/7 HTTP/1.1": Request("tile/entries/000.p/7"),
    "GET /key-log HTTP/1.0": Request("key-log", keeps=False),
}
NO_PATHS = [
    "", "/", "//", "//checkpoint", "/checkpoint/", "checkpoint", "*", "/.", "/..",
    "/../GBR/checkpoint", "/tile/../checkpoint", "/tile/./0", "/.hidden", "/tile/.hidden/0",
    "/%2e%2e/GBR/checkpoint",
    "/..%2fGBR", "/%2fetc/passwd", "/tile%00", "/tile/0%20", "/etc\\passwd", "/C:/x",
    "/~root", "/a;b", "/checkpoint.new", "/tile/0/000.new", "/" + "a" * 101, "/a" * 13, "/a" * 101,
    "/\N{FULLWIDTH FULL STOP}",
    "http://nor.example/checkpoint", "/checkpoint#x", "/checkpoint?", "/checkpoint?after=",
    "/checkpoint?after=-1", "/checkpoint?after=01", "/checkpoint?after=1&after=2",
    "/checkpoint?after=99999999999999999999", "/checkpoint?before=1", "/key-log?after=1", "/a+b",
]  # fmt: skip
NO_REQUESTS = {
    "": 400,
    "GET": 400,
    "GET /checkpoint": 400,
    "GET  /checkpoint HTTP/1.1": 400,
    "GET /check point HTTP/1.1": 400,
    "GET\t/checkpoint\tHTTP/1.1": 400,
    "get /checkpoint HTTP/1.1": 405,
    "POST /checkpoint HTTP/1.1": 405,
    "CONNECT nor.example:443 HTTP/1.1": 405,
    "PRI * HTTP/2.0": 505,
    "GET /checkpoint HTTP/0.9": 505,
    "GET /checkpoint HTTP/1.1\r\nContent-Length: 5": 413,
    "GET /checkpoint HTTP/1.1\r\nTransfer-Encoding: chunked": 413,
    "GET /checkpoint HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 5": 400,
    "GET /checkpoint HTTP/1.1\r\nHost: a\r\nHost: b": 400,
    "GET /checkpoint HTTP/1.1\r\nHost : a": 400,
    "GET /checkpoint HTTP/1.1\r\n Host: a": 400,
    "GET /checkpoint HTTP/1.1\r\nHost: a\r\n b": 400,
    "GET /checkpoint HTTP/1.1\r\nno colon": 400,
    "GET /checkpoint HTTP/1.1\r\n: nothing": 400,
    "GET /checkpoint HTTP/1.1\r\nX: a\nY: b": 400,
    "GET /checkpoint HTTP/1.1\r\nX: a\0b": 400,
    "GET /checkpoint HTTP/1.1\nHost: a": 400,
    "GET /checkpoint HTTP/1.1\r\nExpect: 100-continue": 400,
}


def head(text: str) -> bytes:
    return text.encode() + b"\r\n\r\n"


@pytest.mark.parametrize("text", GOOD)
def test_what_is_asked_in_order_is_understood(text: str) -> None:
    assert parsed(head(text)) == GOOD[text]


def test_a_client_may_end_the_connection() -> None:
    assert not parsed(head("GET /checkpoint HTTP/1.1\r\nConnection: Close")).keeps
    assert parsed(head("GET /checkpoint HTTP/1.1\r\nHost: a\r\nAccept: */*")).keeps


@pytest.mark.parametrize("path", NO_PATHS)
def test_no_path_leads_elsewhere(path: str) -> None:
    with pytest.raises(Refused) as refused:
        parsed(head(f"GET {path} HTTP/1.1"))
    assert refused.value.status in {400, 404}


@pytest.mark.parametrize("text", NO_REQUESTS)
def test_everything_else_is_refused_by_status(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parsed(head(text))
    assert refused.value.status == NO_REQUESTS[text]


@given(st.binary(max_size=300))
def test_no_bytes_do_harm(noise: bytes) -> None:
    for content in (noise, b"GET /" + noise, b"GET /checkpoint HTTP/1.1\r\n" + noise):
        try:
            found = parsed(content + b"\r\n\r\n")
        except Refused as refusal:
            assert 400 <= refusal.status < 600  # noqa: PT017 - what else may come is an answer
        else:
            assert re.fullmatch(r"\w[\w.-]*(?:/\w[\w.-]*)*", found.path, re.ASCII)


@given(st.text(st.sampled_from("a./%\\2eE~?#:"), max_size=24))
def test_what_is_understood_stays_below_the_folder(path: str) -> None:
    try:
        found = parsed(head(f"GET /{path} HTTP/1.1"))
    except Refused:
        return
    assert not {"", ".", ".."} & {*found.path.split("/")}
