"""
Who asks, and whether they may: by a key, by the cookie of a session, or as anybody here.

A cookie goes along with whatever a browser is made to send.  So a cookie counts only for pages
of this listener, as the browser itself says, and to do something a page must send a header that
no form and no link can.
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from ipaddress import ip_address

import msgspec
from starlette.requests import Request

from commonsky.errors import KeyRefused
from commonsky.node.home import NATIONS, Home
from commonsky.show.api.keys import (
    ANYBODY,
    OPERATIONS,
    ApiKey,
    ApiKeys,
    Role,
    Scope,
    in_realm,
    role_of,
    unkept,
)
from commonsky.show.api.openings import Openings
from commonsky.show.api.problem import Problem
from commonsky.show.api.sessions import Sessions

LOG = logging.getLogger(__name__)
OWN_PAGE, SITE = "x-commonsky", "sec-fetch-site"
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="commonsky"'}
READING = ("GET", "HEAD")
OPENER = "whoever runs this node"


class NationTold(msgspec.Struct, frozen=True, kw_only=True):
    """A node of the same process, and where it is."""

    nation: str
    name: str
    address: str


class SessionTold(msgspec.Struct, frozen=True, kw_only=True):
    """Who one is at this node; `open` where anybody on this machine may do these things."""

    nation: str
    nation_name: str
    realm: str
    name: str
    role: Role | None
    scopes: tuple[Scope, ...]
    open: bool
    nations: tuple[NationTold, ...]


class Access:
    """Who may ask one node."""

    def __init__(self, home: Home, keys: ApiKeys, open_scopes: Iterable[Scope] = ()) -> None:
        """`open_scopes` are what anybody on this machine may do without a key."""
        self._home, self._keys = home, keys
        self._open = frozenset(in_realm(open_scopes, home.realm))
        self.sessions = Sessions(keys)
        self.openings = Openings(home.folder)

    @property
    def realm(self) -> str:
        """Whose rules hold here."""
        return self._home.realm

    def opener(self) -> ApiKey:
        """
        Return who comes by a one-time address: a watch, and exercise control outside operations.

        Releases need persons, and a person is whom a key was made for.
        """
        wanted = (Scope.READ, Scope.SUBMIT, Scope.EXERCISE)
        return unkept(OPENER, in_realm(wanted, self.realm))

    def allowed(self, scope: Scope | None, request: Request) -> ApiKey:
        """Return the key of whoever asks, if it is good for a scope; else this is a `Problem`."""
        if scope is None:
            return ANYBODY
        key = self._asking(request)
        if key is None:
            raise Problem(
                HTTPStatus.UNAUTHORIZED,
                f"this needs a key with the scope {scope}, sent as `Authorization: Bearer ck_…`, "
                "or a browser that has signed in",
                headers=CHALLENGE,
            )
        permit(key, scope, self.realm)
        if request.method not in READING and not _shown(request):
            _must_be_meant(request, key)
        return key

    def still_may(self, request: Request, key: ApiKey) -> Callable[[], bool]:
        """Return what says whether somebody who was allowed to listen may go on doing so."""
        if key.id and _shown(request):
            return lambda: self._keys.holds(key)
        if is_anybody(key):
            return lambda: True
        secret = self.session_of(request)
        return lambda: self.sessions.key_of(secret, asking=False) is not None

    def told(self, request: Request) -> SessionTold:
        """Say who somebody is."""
        key = self._asking(request)
        scopes = () if key is None else in_realm(key.scopes, self.realm)
        nobody = key is None or is_anybody(key)
        return SessionTold(
            nation=self._home.nation,
            nation_name=NATIONS[self._home.nation],
            realm=self.realm,
            name="" if key is None or nobody else key.name,
            role=role_of(scopes) if scopes else None,
            scopes=scopes,
            open=key is not None and nobody,
            nations=_nations(request.scope.get("commonsky.nations", {})),
        )

    def session_of(self, request: Request) -> str:
        """Return what the cookie of a session holds, "" where none was sent."""
        return request.cookies.get(self.cookie(request), "")

    def cookie(self, request: Request) -> str:
        """Return the name of the cookie: browsers tell no ports of a machine apart."""
        _, port = request.scope.get("server") or ("", 0)
        return f"commonsky-{self._home.nation}-{port}"

    def _asking(self, request: Request) -> ApiKey | None:
        """Who asks; a key that is shown counts, and a bad one is not taken for none."""
        shown = _shown(request)
        if shown:
            try:
                bearer = re.fullmatch(r"(?i:bearer) +(\S+)", shown)
                return self._keys.opened_by(bearer[1] if bearer else "")
            except KeyRefused as error:
                LOG.warning("a key was refused", extra={"path": request.url.path[:200]})
                raise Problem(HTTPStatus.UNAUTHORIZED, str(error), headers=CHALLENGE) from None
        if is_of_own_page(request):
            key = self.sessions.key_of(self.session_of(request))
            if key is not None:
                return key
        return unkept(ANYBODY.name, self._open) if self._open and _is_local(request) else None


def permit(key: ApiKey, scope: Scope, realm: str) -> None:
    """Refuse what a key is not good for, with a `Problem`; what is of exercises alone, in ops."""
    if scope is Scope.EXERCISE and realm == OPERATIONS:
        raise Problem(
            HTTPStatus.FORBIDDEN, "this node is in operations: nobody sets clocks or injects here"
        )
    if key.allows(scope):
        return
    good = ", ".join(key.scopes)
    if is_anybody(key):
        why = f"this needs a key with the scope {scope}; {key.name} may do no more than {good}"
        raise Problem(HTTPStatus.UNAUTHORIZED, why, headers=CHALLENGE)
    who = f"the key of {key.name}" if key.id else key.name
    raise Problem(HTTPStatus.FORBIDDEN, f"this needs the scope {scope}; {who} is good for {good}")


def is_anybody(key: ApiKey) -> bool:
    """Whether this stands for somebody of whom nothing is known; a key may have any name."""
    return not key.id and key.name == ANYBODY.name


def is_of_own_page(request: Request) -> bool:
    """Whether a browser says that a page of ours asks, or nothing; `Guard` has seen the Origin."""
    return request.headers.get(SITE, "none") in {"same-origin", "none"}


def is_sent_by_own_page(request: Request) -> bool:
    """Whether a browser says that a page of ours sends this: silence is not enough."""
    site = request.headers.get(SITE)
    return site == "same-origin" if site is not None else "origin" in request.headers


def _must_be_meant(request: Request, key: ApiKey) -> None:
    """Refuse a deed that another site's page may have made a browser send."""
    # A program that shows nothing carries no rights but those of anybody, and no cookie.
    own = is_of_own_page if is_anybody(key) else is_sent_by_own_page
    if request.headers.get(OWN_PAGE) != "1" or not own(request):
        raise Problem(
            HTTPStatus.FORBIDDEN,
            "without a key in the request, a deed must come from a page of this listener, with "
            "the header `X-Commonsky: 1`",
        )


def _shown(request: Request) -> str:
    return request.headers.get("authorization", "")


def _nations(addresses: Mapping[str, str]) -> tuple[NationTold, ...]:
    return tuple(
        NationTold(nation=one, name=NATIONS.get(one, one), address=address)
        for one, address in addresses.items()
    )


def _is_local(request: Request) -> bool:
    with contextlib.suppress(ValueError):
        return request.client is not None and ip_address(request.client.host).is_loopback
    return False
