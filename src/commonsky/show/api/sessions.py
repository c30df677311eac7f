"""
Sessions of browsers: begun by a key or a one-time address, in memory, ended when their key goes.

A browser holds a cookie that no script can read; the node holds the cookie's hash alone.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from commonsky.node.entropy import Entropy, system
from commonsky.show.api.keys import ApiKey, ApiKeys

IDLE_S = 3600.0  # a page that is open asks every few seconds
LONGEST_S = 12 * 3600.0  # a watch
MOST, MOST_OF_A_KEY = 256, 16


@dataclass(slots=True)
class Session:
    """One browser's: whose it is, since when, and when it last asked."""

    key: ApiKey
    begun_s: float
    asked_s: float


class Sessions:
    """The sessions of one node."""

    def __init__(
        self,
        keys: ApiKeys,
        entropy: Entropy = system,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys, self._entropy, self._now_s = keys, entropy, now_s
        self._by_hash: dict[str, Session] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        with self._lock:
            self._forget()
            return len(self._by_hash)

    def begin(self, key: ApiKey) -> str:
        """Begin a session and return what its cookie holds; the least asked ones make room."""
        secret = self._entropy(b"session", 32).hex()
        now_s = self._now_s()
        with self._lock:
            self._forget()
            own = [one for one, session in self._by_hash.items() if session.key.id == key.id]
            self._make_room(own, MOST_OF_A_KEY)
            self._make_room(list(self._by_hash), MOST)
            self._by_hash[_hash(secret)] = Session(key, now_s, now_s)
        return secret

    def key_of(self, secret: str, *, asking: bool = True) -> ApiKey | None:
        """Return the key of a session, None where there is no such session (any more)."""
        with self._lock:
            session = self._by_hash.get(_hash(secret))
            if session is None:
                return None
            if not self._is_good(session):
                del self._by_hash[_hash(secret)]
                return None
            if asking:
                session.asked_s = self._now_s()
            return session.key

    def end(self, secret: str) -> None:
        """End a session, if it is one."""
        with self._lock:
            self._by_hash.pop(_hash(secret), None)

    def _is_good(self, session: Session) -> bool:
        now_s = self._now_s()
        if now_s - session.asked_s > IDLE_S or now_s - session.begun_s > LONGEST_S:
            return False
        # Who came by a one-time address has no key that could be removed.
        return not session.key.id or self._keys.holds(session.key)

    def _forget(self) -> None:
        self._by_hash = {one: held for one, held in self._by_hash.items() if self._is_good(held)}

    def _make_room(self, among: list[str], most: int) -> None:
        by_age = sorted(among, key=lambda one: self._by_hash[one].asked_s)
        for one in by_age[: max(len(by_age) - most + 1, 0)]:
            del self._by_hash[one]


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
