"""Several nodes behind one listener, each under its nation's name: how a demonstration is seen."""

from __future__ import annotations

import time
from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import RedirectResponse
from starlette.types import Receive, Scope, Send

from commonsky.show.api.application import Api
from commonsky.show.api.guard import refuse
from commonsky.show.api.problem import Problem


class Fleet:
    """The applications of several nodes by nation; whoever asks for none sees the first."""

    def __init__(self, by_nation: Mapping[str, Api]) -> None:
        self._by_nation = dict(by_nation)
        self._first = next(iter(self._by_nation))
        self._addresses = {nation: f"/{nation}/" for nation in self._by_nation}
        self._asked_s = time.monotonic()

    @property
    def apis(self) -> tuple[Api, ...]:
        """The applications behind this one."""
        return tuple(self._by_nation.values())

    @property
    def unasked_s(self) -> float:
        """How long ago anybody asked for anything."""
        return time.monotonic() - self._asked_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        self._asked_s = time.monotonic()
        nation, slash, _ = scope.get("path", "").removeprefix("/").partition("/")
        api = self._by_nation.get(nation)
        if scope["type"] != "http" or (api is not None and slash):
            one = api or self._by_nation[self._first]
            # Starlette takes the part that is not its own from the path.
            more = {"root_path": f"/{nation}", "commonsky.nations": self._addresses}
            await one({**scope, **more}, receive, send)
        elif nation == "" or api is not None:
            to = RedirectResponse(f"/{nation or self._first}/", HTTPStatus.SEE_OTHER)
            await to(scope, receive, send)
        else:
            known = ", ".join(self._by_nation)
            detail = f"this listener holds the nodes {known}, and nothing of {nation[:40]!r}"
            await refuse(Problem(HTTPStatus.NOT_FOUND, detail), scope, send)
