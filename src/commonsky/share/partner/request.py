"""Requests of partners: one narrow form of HTTP/1.1, and everything else refused by a status."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_HEAD_BYTES = 8192
LONGEST_PATH = 200
CHECKPOINT = "checkpoint"

# Names begin with a letter or digit: nothing hidden, nothing upwards, nothing escaped.
PATH = re.compile(r"(?:/[A-Za-z0-9][A-Za-z0-9_.-]{0,99}){1,12}")
AFTER = re.compile(r"after=(0|[1-9][0-9]{0,18})")
HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}):[ \t]*([\x20-\x7e\x80-\xff\t]*?)[ \t]*")
UNFINISHED = ".new"  # files that are being written

STATUS = {
    200: "OK", 204: "No Content", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 413: "Content Too Large", 503: "Service Unavailable",
    505: "HTTP Version Not Supported",
}  # fmt: skip


class Refused(Exception):
    """A request that is answered with a status and nothing else; mostly the connection ends."""

    def __init__(self, status: int, why: str, *, keeps: bool = False) -> None:
        super().__init__(why)
        self.status, self.why, self.keeps = status, why, keeps


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for."""

    path: str  # without the first slash
    after: int = -1  # answer when the checkpoint is of another size; -1: at once
    head_only: bool = False
    keeps: bool = True  # the connection goes on


def parsed(head: bytes) -> Request:
    """Return the request in a head, which ends in an empty line."""
    text = head.decode("latin-1")
    first, *lines = text.removesuffix("\r\n\r\n").split("\r\n")
    method, target, version = _first_line(first)
    headers = _headers(lines)
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        raise Refused(413, "a request has no body here")
    if "expect" in headers:
        raise Refused(400, "nothing can be expected here")
    keeps = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
    path, after = _target(target, keeps=keeps)
    return Request(path, after, method == "HEAD", keeps)


def _first_line(line: str) -> tuple[str, str, str]:
    parts = line.split(" ")
    if len(parts) != 3 or not line.isascii() or not line.isprintable():
        raise Refused(400, "no request line")
    method, target, version = parts
    if version not in {"HTTP/1.1", "HTTP/1.0"}:
        raise Refused(505, "HTTP/1.1 is spoken here")
    if method not in {"GET", "HEAD"}:
        raise Refused(405, "only GET and HEAD")
    return method, target, version


def _headers(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        found = HEADER.fullmatch(line)
        if found is None:
            raise Refused(400, "no header line")
        name = found[1].lower()
        # Two of these could be understood in two ways.
        if name in headers and name in {"content-length", "host", "connection"}:
            raise Refused(400, f"{name} twice")
        headers[name] = found[2]
    return headers


def _target(target: str, *, keeps: bool) -> tuple[str, int]:
    path, question, query = target.partition("?")
    if len(path) > LONGEST_PATH or not PATH.fullmatch(path) or path.endswith(UNFINISHED):
        raise Refused(404, "no such file", keeps=keeps)
    if not question:
        return path[1:], -1
    asked = AFTER.fullmatch(query)
    if asked is None or path[1:] != CHECKPOINT:
        raise Refused(404, "no such question", keeps=keeps)
    return path[1:], int(asked[1])
