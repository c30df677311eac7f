"""The API on one page for people, made from the table of resources."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from html import escape

import msgspec

from commonsky import __version__
from commonsky.show.api.keys import Scope
from commonsky.show.api.openapi import ABOUT, operation_id
from commonsky.show.api.resource import Nothing, Resource
from commonsky.show.api.routes import RESOURCES

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
code, pre { font: 14px/1.4 ui-monospace, monospace }
h2 { margin-top: 2rem; border-top: 1px solid; padding-top: 1rem; font-size: 1rem }
dt { font-weight: 600 } dd { margin: 0 0 .5rem 1.5rem }
@media (prefers-color-scheme: dark) { body { background: #111; color: #ddd } a { color: #8bf } }
"""
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
CONTENT_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
SCOPES = {
    Scope.READ: "see what this nation holds, what it told whom, and what would leave",
    Scope.SUBMIT: "state element sets, and claim alerts",
    Scope.RELEASE: "confirm classes, and recall records",
    Scope.ADMIN: "all of this, and make and remove keys",
}


@cache
def page() -> bytes:
    """Return the page as HTML."""
    scopes = "".join(
        f"<dt><code>{scope}</code></dt><dd>{told}</dd>" for scope, told in SCOPES.items()
    )
    listed = "".join(
        f'<li><a href="#{operation_id(one)}"><code>{one.method} {escape(one.path)}</code></a></li>'
        for one in RESOURCES
    )
    resources = "".join(map(_resource, RESOURCES))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>commonsky: the API</title><style>{STYLE}</style></head><body>"
        f"<h1>The API of a node, commonsky {__version__}</h1><p>{escape(ABOUT)}</p>"
        "<p>Send a key as <code>Authorization: Bearer ck_…</code>. A refusal is JSON that says "
        'what was wanted. For programs: <a href="/openapi.json">openapi.json</a>.</p>'
        f"<dl>{scopes}</dl><ul>{listed}</ul>{resources}</body></html>"
    ).encode()


def _resource(one: Resource) -> str:
    key = f"a key with the scope <code>{one.scope}</code>" if one.scope else "no key"
    parts = [
        f'<h2 id="{operation_id(one)}"><code>{one.method} {escape(one.path)}</code></h2>',
        f"<p>{_code(one.told)} Needs {key}; answers with <code>{one.media_type}</code>.</p>",
    ]
    if one.asked is not Nothing:
        parts.append(f"<p>Query: {_fields(one.asked)}. {_told(one.asked)}</p>")
    if isinstance(one.body, str):
        parts.append(f"<p>Body: {escape(one.body)}.</p>")
    elif one.body is not Nothing:
        parts.append(f"<p>Body, JSON: {_fields(one.body)}. {_told(one.body)}</p>")
    return "".join(parts)


def _fields(record: type[msgspec.Struct]) -> str:
    return ", ".join(f"<code>{name}</code>" for name in record.__struct_encode_fields__)


def _told(record: type[msgspec.Struct]) -> str:
    """The docstring of a record, as prose."""
    return _code(" ".join((record.__doc__ or "").split()))


def _code(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
