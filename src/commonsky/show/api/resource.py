"""What a resource of the API is: a request, parsed, and how its answer is served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import msgspec

from commonsky.show.api.desk import Desk
from commonsky.show.api.keys import ApiKey, ApiKeys, Scope


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No question and no body."""


@dataclass(frozen=True, slots=True)
class Question:
    """A request, parsed: what its path names, what it asks, what it brings, and who asks."""

    path: dict[str, str]
    asked: Any
    body: Any
    key: ApiKey
    keys: ApiKeys

    @property
    def handle(self) -> str:
        """The record that the path names."""
        return self.path["handle"]


class Form(Enum):
    """How a resource is served."""

    JSON = "json"
    SLOW = "slow"  # JSON too, but it may take seconds: others do not wait behind it
    INGEST = "ingest"  # its body is put into a file first
    FRAMES = "frames"
    FRAME = "frame"
    EXPORT = "export"  # a file, see `Exported`
    STREAM = "stream"
    SESSION = "session"
    METRICS = "metrics"
    READY = "ready"  # 503 where it is not
    DOCUMENT = "document"
    HANDBOOK = "handbook"


MEDIA_TYPES = {
    Form.FRAME: "application/octet-stream",
    Form.STREAM: "text/event-stream",
    Form.METRICS: "text/plain",
    Form.HANDBOOK: "text/html",
}
EXPORTED = {"csv": "text/csv", "oem": "text/plain", "html": "text/html"}


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing that can be asked or done; `scope` is None where no key is needed."""

    method: str
    path: str
    scope: Scope | None
    told: str
    answer: Any = None
    call: Callable[[Desk, Question], Any] | None = None
    asked: type[msgspec.Struct] = Nothing
    body: type[msgspec.Struct] | str = Nothing  # a text says what is sent where it is no JSON
    form: Form = Form.JSON
    status: int = 200

    @property
    def media_type(self) -> str:
        """What the answer is."""
        if self.form is Form.EXPORT:
            return EXPORTED.get(self.path.rpartition(".")[2], "application/json")
        return MEDIA_TYPES.get(self.form, "application/json")
