"""How a run ends, as the shell sees it."""

from __future__ import annotations

from enum import IntEnum

from commonsky.errors import CommonskyError


class Exit(IntEnum):
    """The exit codes, also told by `commonsky --help`."""

    RAN = 0
    FAILED = 1
    USAGE = 2
    UNREADABLE = 3
    REFUSED = 4
    INTERRUPTED = 130


class Misuse(CommonskyError):
    """The arguments of a command do not fit together."""
