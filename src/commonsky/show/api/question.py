"""Requests, parsed once: paths, questions and bodies become records or are refused."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.datastructures import QueryParams
from starlette.requests import Request

from commonsky.node.home import NATIONS
from commonsky.show.api.problem import Problem, misuse

MOST_BODY_BYTES = 64 << 10
BODY_S = 30.0  # the most that a client may take between two pieces of a body
HANDLE = re.compile(r"[0-9a-f]{32}")
NUMBER = re.compile(r"[0-9]{1,18}")
KEY_ID = re.compile(r"[0-9a-f]{8}")
SECONDS = re.compile(r"[0-9]{1,10}")


def path_of(told: Mapping[str, Any]) -> dict[str, str]:
    """Return what a path names; what can be nothing of ours is refused."""
    path = {name: str(value) for name, value in told.items()}
    handle, number = path.get("handle"), path.get("number")
    nation, key = path.get("nation"), path.get("id")
    if handle is not None and not HANDLE.fullmatch(handle):
        raise misuse(f"a handle is 32 hexadecimal digits, not {handle[:80]!r}")
    if number is not None and not NUMBER.fullmatch(number):
        raise misuse(f"a catalogue number is 1 to 18 digits, not {number[:80]!r}")
    if nation is not None and nation not in NATIONS:
        raise misuse(f"a nation is one of {', '.join(NATIONS)}, not {nation[:80]!r}")
    if key is not None and not KEY_ID.fullmatch(key):
        raise misuse(f"the number of a key or a run is 8 hexadecimal digits, not {key[:80]!r}")
    picture, seconds = path.get("picture"), path.get("seconds")
    if picture is not None and not HANDLE.fullmatch(picture):
        raise misuse(f"a picture is named by 32 hexadecimal digits, not {picture[:80]!r}")
    if seconds is not None and not SECONDS.fullmatch(seconds):
        raise misuse(f"a time is whole seconds since 1970, not {seconds[:80]!r}")
    return path


def asked_of(wanted: type[msgspec.Struct], told: QueryParams) -> msgspec.Struct:
    """Return what the query of an address asks; unknown and doubled names are refused."""
    names = [name for name, _ in told.multi_items()]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise misuse(f"{doubled[0]!r} is asked twice in one address")
    try:
        return msgspec.convert(dict(told), wanted, strict=False)
    except msgspec.ValidationError as error:
        known = ", ".join(wanted.__struct_encode_fields__) or "nothing"
        raise misuse(f"this can be asked for: {known}; but {error}") from None


async def body_of(wanted: type[msgspec.Struct] | str, request: Request) -> msgspec.Struct | None:
    """Return the body of a request, None where there is to be none."""
    if isinstance(wanted, str) or not wanted.__struct_fields__:
        return None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"the body must be JSON, sent as `Content-Type: application/json`, not {kind[:80]!r}",
        )
    whole = b"".join([piece async for piece in pieces(request, MOST_BODY_BYTES)])
    try:
        return msgspec.json.decode(whole, type=wanted)
    except (msgspec.DecodeError, RecursionError) as error:
        names = ", ".join(wanted.__struct_encode_fields__)
        raise misuse(f"the body must be a JSON object with {names}; but {error}") from None


async def pieces(request: Request, most_bytes: int) -> AsyncIterator[bytes]:
    """Yield a body as it comes; one that is too long, or too slow, is refused."""
    told = request.headers.get("content-length", "0")
    size = int(told) if told.isdigit() else most_bytes + 1
    stream = request.stream()
    received = 0
    while max(size, received) <= most_bytes:
        try:
            piece = await asyncio.wait_for(anext(stream, b""), BODY_S)
        except TimeoutError:
            raise Problem(
                HTTPStatus.REQUEST_TIMEOUT, f"nothing of the body came for {BODY_S:g} s"
            ) from None
        if not piece:
            return
        received += len(piece)
        if received <= most_bytes:
            yield piece
    raise Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"a body may have {most_bytes:,} bytes here, and no more",
        headers={"Connection": "close"},
    )
