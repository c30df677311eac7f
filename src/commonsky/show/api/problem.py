"""
Refusals as problem details, which teach.

Reference: RFC 9457, Problem Details for HTTP APIs.
"""

from __future__ import annotations

from http import HTTPStatus

import msgspec

from commonsky.errors import (
    CommonskyError,
    KeyRefused,
    KnownRecord,
    LedgerError,
    MessageError,
    NodeError,
    PolicyError,
    UnknownEpoch,
    UnknownObject,
    UnknownRecord,
    UnreadableInput,
)

MEDIA_TYPE = "application/problem+json"

STATUS_OF: tuple[tuple[type[CommonskyError], HTTPStatus], ...] = (
    (UnknownRecord, HTTPStatus.NOT_FOUND),
    (UnknownObject, HTTPStatus.NOT_FOUND),
    (KnownRecord, HTTPStatus.CONFLICT),
    (UnknownEpoch, HTTPStatus.UNPROCESSABLE_ENTITY),
    (UnreadableInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (MessageError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (PolicyError, HTTPStatus.CONFLICT),
    (KeyRefused, HTTPStatus.CONFLICT),
    (NodeError, HTTPStatus.CONFLICT),
    (LedgerError, HTTPStatus.SERVICE_UNAVAILABLE),
)


class Details(msgspec.Struct, frozen=True):
    """The body of a refusal: what was wanted, what was found, while doing what."""

    type: str
    title: str
    status: int
    detail: str
    instance: str


class Problem(CommonskyError):
    """A request that is refused."""

    def __init__(
        self, status: HTTPStatus, detail: str, *, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.headers = headers or {}


def problem_of(error: Exception) -> Problem:
    """Return how an error is told to whoever asked; what was not foreseen says no more."""
    if isinstance(error, Problem):
        return error
    for kind, status in STATUS_OF:
        if isinstance(error, kind):
            return Problem(status, str(error))
    detail = "something failed in this node that should not; its journal says what"
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)


def encoded(problem: Problem, path: str) -> bytes:
    """Return the body of a refusal."""
    return msgspec.json.encode(
        Details("about:blank", problem.status.phrase, problem.status, problem.detail, path)
    )


def unknown(what: str) -> Problem:
    """Return the refusal of something that is not here."""
    return Problem(HTTPStatus.NOT_FOUND, what)


def misuse(what: str) -> Problem:
    """Return the refusal of a question that makes no sense."""
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, what)
