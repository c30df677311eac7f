"""One process at a time turns a node; the lock ends with the process, however it ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from commonsky.node.home import Home

LOCK = "node.lock"


@contextmanager
def alone(home: Home) -> Iterator[bool]:
    """Yield whether nobody else turns this node; if so, nobody will while this lasts."""
    with (home.folder / LOCK).open("ab") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
