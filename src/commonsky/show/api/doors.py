"""
The doors of the console: a one-time address, a page that takes a key, and the way out.

What comes through a door is a cookie that no script can read; the key itself stays with whoever
holds it.
"""

from __future__ import annotations

import contextlib
import logging
import math
import time
from collections.abc import Callable
from html import escape
from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from commonsky.errors import KeyRefused
from commonsky.node.clock import RealClock
from commonsky.show.api.access import OWN_PAGE, Access, is_sent_by_own_page
from commonsky.show.api.keys import ApiKey, ApiKeys
from commonsky.show.api.problem import Problem
from commonsky.show.api.question import pieces
from commonsky.show.api.sessions import LONGEST_S

LOG = logging.getLogger(__name__)
MOST_BYTES = 4096
TRIES, TRY_S = 10, 6.0  # so many wrong keys at once from one place, then one in so many seconds
MOST_PLACES = 1024
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
PAGE = """<!doctype html>
<html lang="en" data-realm="{kind}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{nation}: sign in</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{base}console/style.css">
</head>
<body class="door">
<div class="banner banner-top"><b class="realm">{realm}</b></div>
<main>
<h1>{nation}</h1>
<p{refused}>{words}</p>
<form method="post" action="{base}sign-in">
<label for="key">Key</label>
<input id="key" name="key" type="password" autocomplete="off" required autofocus
  aria-describedby="say" placeholder="ck_…">
<button type="submit" class="button primary">Sign in</button>
</form>
<p id="say" class="say">The key stays with you: this browser keeps a session, which ends when it
is not used, when the node stops, or when the key is removed. On the node's own machine,
<code>commonsky node open</code> prints an address that needs no key.</p>
</main>
<div class="banner banner-bottom"><b class="realm">{realm}</b></div>
</body>
</html>
"""


class Tries:
    """How many wrong keys may still come from each place."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._free_at_s: dict[str, float] = {}

    def wait_s(self, place: str) -> float:
        """Return how long a place has to wait."""
        free_at_s = self._free_at_s.get(place, 0.0)
        return max(free_at_s - self._now_s() - (TRIES - 1) * TRY_S, 0.0)

    def wrong(self, place: str) -> None:
        """Take note of a wrong key."""
        now_s = self._now_s()
        free_at_s = max(self._free_at_s.pop(place, now_s), now_s) + TRY_S
        while len(self._free_at_s) >= MOST_PLACES:
            del self._free_at_s[next(iter(self._free_at_s))]
        self._free_at_s[place] = free_at_s


class Doors:
    """The doors of one node's console."""

    def __init__(self, access: Access, keys: ApiKeys) -> None:
        self._access, self._keys, self._tries = access, keys, Tries()

    async def opened(self, request: Request) -> Response:
        """Use a one-time address."""
        if request.method != "GET":
            # What only looks at an address does not use it up.
            return Response(status_code=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET"})
        try:
            self._access.openings.use(request.path_params["token"], RealClock().now_tai_ns())
        except KeyRefused as error:
            LOG.warning("a one-time address was refused")
            return self._page(request, _sentence(error), HTTPStatus.FORBIDDEN)
        return self._begun(request, self._access.opener())

    async def asked(self, request: Request) -> Response:
        """Ask for a key."""
        return self._page(request, "Show the key that was made for you.")

    async def signed_in(self, request: Request) -> Response:
        """Take a key, and begin a session."""
        if not is_sent_by_own_page(request):
            raise Problem(HTTPStatus.FORBIDDEN, "a key is taken from this listener's own page")
        place = request.client.host if request.client else ""
        wait_s = self._tries.wait_s(place)
        if wait_s > 0.0:
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too many wrong keys came from there",
                headers={"Retry-After": str(math.ceil(wait_s))},
            )
        body = b"".join([piece async for piece in pieces(request, MOST_BYTES)])
        try:
            key = self._keys.opened_by(_key_in(body))
        except KeyRefused as error:
            self._tries.wrong(place)
            LOG.warning("a key was refused", extra={"path": "/sign-in"})
            return self._page(request, _sentence(error), HTTPStatus.FORBIDDEN)
        return self._begun(request, key)

    async def signed_out(self, request: Request) -> Response:
        """End a session."""
        if request.headers.get(OWN_PAGE) != "1" or not is_sent_by_own_page(request):
            raise Problem(HTTPStatus.FORBIDDEN, "a page of this listener signs out, and no other")
        self._access.sessions.end(self._access.session_of(request))
        answer = Response(status_code=HTTPStatus.NO_CONTENT)
        answer.delete_cookie(
            self._access.cookie(request), path=_base(request), httponly=True, samesite="strict"
        )
        return answer

    def _begun(self, request: Request, key: ApiKey) -> Response:
        """A session, and the console."""
        sessions = self._access.sessions
        sessions.end(self._access.session_of(request))
        LOG.info("a session began", extra={"operator": key.name})
        answer = RedirectResponse(_base(request), HTTPStatus.SEE_OTHER)
        answer.set_cookie(
            self._access.cookie(request),
            sessions.begin(key),
            max_age=int(LONGEST_S),
            path=_base(request),
            httponly=True,
            samesite="strict",
            # Whoever lies about this harms nobody but their own browser.
            secure=request.headers.get("x-forwarded-proto") == "https",
        )
        return answer

    def _page(self, request: Request, words: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
        told = self._access.told(request)
        page = PAGE.format(
            nation=escape(told.nation_name),
            realm=escape(told.realm.upper()),
            kind=escape(told.realm.partition("/")[0]),
            refused="" if status is HTTPStatus.OK else ' class="refused" role="alert"',
            words=escape(words),
            base=_base(request),
        )
        headers = {
            "Content-Security-Policy": CONTENT_POLICY,
            # Under "no-referrer" a browser would send the form as from nowhere.
            "Referrer-Policy": "same-origin",
        }
        return Response(page, int(status), media_type="text/html", headers=headers)


def _key_in(form: bytes) -> str:
    """The key that a form brings, "" where it brings none."""
    with contextlib.suppress(ValueError):
        told = parse_qs(form.decode("ascii", "replace"), max_num_fields=4)
        return told.get("key", [""])[0].strip()
    return ""


def _sentence(error: KeyRefused) -> str:
    told = str(error)
    return f"{told[:1].upper()}{told[1:]}."


def _base(request: Request) -> str:
    """Where this node's pages are."""
    return f"{request.scope.get('root_path', '')}/"
