"""
The node's journal: one JSON object a line, for people and for the programs that watch nodes.

Only the fields of `FIELDS` are written, each shortened: no key and no body of a record can get
into it by accident.  Operators' names stand here and nowhere else.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any

import msgspec

from commonsky.astro.epoch import utc_text
from commonsky.node.clock import Clock

# What the `extra` of a logging call may tell.
FIELDS = (
    "nation", "handle", "kind", "operator", "state", "reason", "method", "path", "status",
    "count", "size", "seconds", "scope",
)  # fmt: skip
LONGEST = 2000
SECRET = re.compile(r"\bck_[A-Za-z0-9]+_[A-Za-z0-9_-]+|(?i:bearer)\s+\S+|PRIVATE KEY-+[^-]*")
HIDDEN = "(a key)"

_ENCODER = msgspec.json.Encoder(enc_hook=str)


class Line(logging.Formatter):
    """Writes one JSON object for each message, timed by the node's clock."""

    def __init__(self, clock: Clock, nation: str) -> None:
        super().__init__()
        self._clock, self._nation = clock, nation

    def format(self, record: logging.LogRecord) -> str:
        """Return the object, on one line."""
        told: dict[str, Any] = {
            "at": utc_text(self._clock.now_tai_ns(), 3),
            "level": record.levelname.lower(),
            "node": self._nation,
            "where": record.name,
            "says": plain(record.getMessage()),
        }
        for field in FIELDS:
            if field in record.__dict__:
                value = record.__dict__[field]
                told[field] = value if isinstance(value, int | float) else plain(str(value))
        if record.exc_info:
            told["trace"] = plain(self.formatException(record.exc_info))
        return _ENCODER.encode(told).decode()


class Journal:
    """Where this process writes what it does; `errors` counts what it had to complain about."""

    def __init__(
        self, clock: Clock, nation: str, path: Path | None = None, level: int = logging.INFO
    ) -> None:
        """Write to a file that others may rotate, or to stderr without one."""
        self.errors = 0
        self.unwritten = 0
        self._handler = _stderr() if path is None else _file(path)
        self._handler.setFormatter(Line(clock, nation))
        self._handler.addFilter(self._counted)
        self._handler.handleError = self._lost  # type: ignore[method-assign]
        self._root = logging.getLogger()
        self._level_before = self._root.level
        self._root.addHandler(self._handler)
        self._root.setLevel(level)

    def _counted(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.ERROR:
            self.errors += 1
        return True

    def _lost(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - as logging calls it
        """A disk that is full must not stop the node; the loss is counted."""
        self.unwritten += 1

    def close(self) -> None:
        """Write no more."""
        self._root.removeHandler(self._handler)
        self._root.setLevel(self._level_before)
        try:
            self._handler.close()
        except OSError:
            self.unwritten += 1  # what was left over, on a full disk


def plain(text: str) -> str:
    """Return a text without secrets, and not too long."""
    # Shortened first: a text of a gigabyte is not searched.
    hidden = SECRET.sub(HIDDEN, text[: 2 * LONGEST])
    return hidden if len(hidden) <= LONGEST else hidden[:LONGEST] + "…"


def _stderr() -> logging.Handler:
    return logging.StreamHandler(sys.stderr)


def _file(path: Path) -> logging.Handler:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    os.close(descriptor)
    return WatchedFileHandler(path, encoding="utf-8")
