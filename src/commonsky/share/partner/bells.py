"""Who waits for news of which nation's log, and how they are woken."""

from __future__ import annotations

import asyncio
from collections import Counter


class Bells:
    """A bell for each nation; whoever waits at one is woken when it rings, all at once."""

    def __init__(self) -> None:
        self._bells: dict[str, asyncio.Event] = {}
        self._waiting: Counter[str] = Counter()

    def bell(self, nation: str) -> asyncio.Event:
        """Return the next ringing.  Take it before looking, so that none is missed between."""
        return self._bells.setdefault(nation, asyncio.Event())

    def ring(self, nation: str) -> None:
        """Wake whoever waits for this nation's log."""
        bell = self._bells.pop(nation, None)
        if bell is not None:
            bell.set()

    async def wait(self, nation: str, bell: asyncio.Event, timeout_s: float) -> None:
        """Wait for a bell, or until the time has passed."""
        self._waiting[nation] += 1
        try:
            async with asyncio.timeout(timeout_s):
                await bell.wait()
        except TimeoutError:
            return
        finally:
            self._waiting[nation] -= 1

    @property
    def awaited(self) -> list[str]:
        """The nations for whose log somebody waits now."""
        return [nation for nation, count in self._waiting.items() if count]
