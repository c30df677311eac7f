"""How much one partner, or one address that is nobody yet, may take."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HANDSHAKE_S = 10.0
IDLE_S = 75.0  # for one whole head, so that letters one by one do not help
LONGEST_WAIT_S = 25.0
CONNECTION_S = 3600.0  # then it must show its certificate again
GRACE_S, SLOWEST_BYTES_S = 30.0, 16_384  # a download at this pace is let finish
MOST_CONNECTIONS = 8  # of one nation
MOST_AT_THE_DOOR, MOST_OF_ONE_ADDRESS = 256, 64  # handshakes under way
REQUESTS_S, BURST = 2000.0, 8000.0  # of one nation


@dataclass(slots=True)
class Door:
    """Counts who has come in and not yet shown a certificate."""

    _addresses: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def admitted(self, address: str) -> Iterator[bool]:
        """Whether one more from this address may try."""
        full = self._addresses.total() >= MOST_AT_THE_DOOR
        if full or self._addresses[address] >= MOST_OF_ONE_ADDRESS:
            yield False
            return
        self._addresses[address] += 1
        try:
            yield True
        finally:
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]


@dataclass(slots=True)
class Allowance:
    """Requests that a nation may make at once; who has used them up waits, and is not refused."""

    _left: float = BURST
    _at_s: float = field(default_factory=time.monotonic)

    async def take(self) -> None:
        """Use one, when there is one."""
        now_s = time.monotonic()
        self._left = min(BURST, self._left + (now_s - self._at_s) * REQUESTS_S) - 1.0
        self._at_s = now_s
        if self._left < 0.0:
            await asyncio.sleep(-self._left / REQUESTS_S)


def longest_s(size: int) -> float:
    """Return how long an answer of so many bytes may take."""
    return GRACE_S + size / SLOWEST_BYTES_S
