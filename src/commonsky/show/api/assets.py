"""
The console's page, modules, styles and words: static files of the package, read as they are.

Nothing of it is made at run time but the list of modules to be fetched first, and one file of the
styles and one of the words of a language, which both stand in a file for each screen.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from commonsky.show.api.problem import Problem

FOLDER = Path(str(files("commonsky.show") / "console"))
PAGE = "index.html"
LANGUAGES = ("en", "fr", "de", "it", "ja", "no")
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".bin": "application/octet-stream",
    ".svg": "image/svg+xml",
}
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'"
)
WORTH_PACKING = 1024
LONGEST_NAME = 100
MODULES = "<!-- modules -->"
STYLE, FIRST, HOME = "style.css", "main.js", "screens/queue.js"
IMPORTED = re.compile(r"""^(?:import|export)\b[^;]*?["'](\.[^"']+)["'];""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    content: bytes
    packed: bytes  # gzip, b"" where that is not worth it
    media_type: str
    tag: str


def asset(name: str) -> Asset:
    """Return a file of the console; a name that is none is a `Problem`."""
    suffix = Path(name).suffix
    if name.startswith("words/") and name.count("/") == 1 and suffix == ".json":
        language = Path(name).stem
        if language in LANGUAGES:
            return _words(language, _newest(FOLDER / "words" / language))
    if name == STYLE:
        return _style(_newest(FOLDER / "style"))
    path = FOLDER / name
    inside = ".." not in Path(name).parts and not Path(name).is_absolute()
    known = len(name) <= LONGEST_NAME and suffix in MEDIA_TYPES
    if inside and known and path.is_file():
        if name == PAGE:
            return _page(_newest(FOLDER))
        return _file(name, path.stat().st_mtime_ns)
    raise Problem(HTTPStatus.NOT_FOUND, f"the console has no file {name[:100]!r}")


def answer(request: Request, name: str) -> Response:
    """Return the answer to a request for a file."""
    one = asset(name)
    headers = {
        "ETag": one.tag,
        "Cache-Control": "no-cache",
        "Content-Security-Policy": CONTENT_POLICY,
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == one.tag:
        return Response(None, HTTPStatus.NOT_MODIFIED, headers=headers)
    content = one.content
    if one.packed and "gzip" in request.headers.get("accept-encoding", ""):
        content = one.packed
        headers["Content-Encoding"] = "gzip"
    return Response(content, headers=headers, media_type=one.media_type)


def modules() -> list[str]:
    """Return the modules that the first screen needs, so that all are fetched at once."""
    found: dict[str, None] = {}
    left = [FIRST, HOME]
    while left:
        name = left.pop()
        if name in found or not (FOLDER / name).is_file():
            continue
        found[name] = None
        text = (FOLDER / name).read_text(encoding="utf-8")
        left += [_beside(name, other) for other in IMPORTED.findall(text)]
    return sorted(found)


def _beside(name: str, other: str) -> str:
    """The name of a module that another one imports."""
    return os.path.normpath(os.path.join(os.path.dirname(name), other))  # noqa: PTH118, PTH120 - names, no paths


@lru_cache(512)
def _file(name: str, _changed_ns: int) -> Asset:
    return _made((FOLDER / name).read_bytes(), MEDIA_TYPES[Path(name).suffix])


@lru_cache(4)
def _page(_changed_ns: int) -> Asset:
    text = (FOLDER / PAGE).read_text(encoding="utf-8")
    links = [f'<link rel="modulepreload" href="console/{name}">' for name in modules()]
    return _made(text.replace(MODULES, "\n".join(links)).encode(), MEDIA_TYPES[".html"])


@lru_cache(4)
def _style(_changed_ns: int) -> Asset:
    paths = sorted(FOLDER.glob("style/*.css"), key=lambda path: (path.name != "base.css", path))
    return _made(b"\n".join(path.read_bytes() for path in paths), MEDIA_TYPES[".css"])


@lru_cache(16)
def _words(language: str, _changed_ns: int) -> Asset:
    merged: dict[str, Any] = {}
    for path in sorted((FOLDER / "words" / language).glob("*.json")):
        merged |= msgspec.json.decode(path.read_bytes())
    return _made(msgspec.json.encode(merged), MEDIA_TYPES[".json"])


def _made(content: bytes, media_type: str) -> Asset:
    packed = gzip.compress(content, 6, mtime=0) if len(content) >= WORTH_PACKING else b""
    if len(packed) > 0.9 * len(content):
        packed = b""
    tag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    return Asset(content, packed, media_type, tag)


def _newest(folder: Path) -> int:
    """When anything in a folder was last changed."""
    return max((path.stat().st_mtime_ns for path in folder.rglob("*")), default=0)
