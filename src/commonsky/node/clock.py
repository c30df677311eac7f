"""The only place that asks the time: real time, scaled time, or time that is set by hand."""

from __future__ import annotations

import math
import time
from typing import Protocol

from commonsky.astro.epoch import tai_ns_from_utc_ns


def now_utc_ns() -> int:
    """Return the computer's POSIX time in nanoseconds; it is as good as the computer's clock."""
    return time.time_ns()


def now_tai_ns() -> int:
    """Return the present as in `commonsky.astro.epoch`."""
    return tai_ns_from_utc_ns(now_utc_ns())


class Clock(Protocol):
    """What time a node believes it is, in TAI ns, and how fast that runs."""

    @property
    def rate(self) -> float:
        """How many times as fast as the computer's clock; 0 where it stands."""
        ...

    def now_tai_ns(self) -> int:
        """Return the present."""
        ...


class RealClock:
    """The computer's clock."""

    rate = 1.0

    def now_tai_ns(self) -> int:
        """Return the present."""
        return now_tai_ns()


class ScaledClock:
    """Time that begins at `start_tai_ns` and runs `rate` times as fast as the computer's."""

    def __init__(self, start_tai_ns: int, rate: float) -> None:
        if not rate > 0.0:
            raise ValueError(f"a clock's rate must be positive, but is {rate}")
        self._start_tai_ns, self.rate = start_tai_ns, rate
        self._began_ns = time.monotonic_ns()

    def now_tai_ns(self) -> int:
        """Return the present of this clock."""
        passed_ns = time.monotonic_ns() - self._began_ns
        return self._start_tai_ns + round(passed_ns * self.rate)


class SteppedClock:
    """Time that stands still until it is set, or let run; it never goes backwards."""

    def __init__(self, start_tai_ns: int) -> None:
        self._set_tai_ns, self.rate = start_tai_ns, 0.0
        self.is_free = False  # whether exercise control may set its rate, and no script steps it
        self._set_at_ns = time.monotonic_ns()

    def now_tai_ns(self) -> int:
        """Return the time that was last set, and what has run since."""
        passed_ns = time.monotonic_ns() - self._set_at_ns if self.rate else 0
        return self._set_tai_ns + round(passed_ns * self.rate)

    def advance_to(self, epoch_tai_ns: int) -> None:
        """Set the time."""
        if epoch_tai_ns < self.now_tai_ns():
            raise ValueError("a clock cannot be set back; begin a new realm instead")
        self._set_tai_ns, self._set_at_ns = epoch_tai_ns, time.monotonic_ns()

    def run(self, rate: float) -> None:
        """Let time run from where it is, so many times as fast as the computer's; 0 stops it."""
        if not 0.0 <= rate < math.inf:
            raise ValueError(f"a clock's rate is 0 or positive, not {rate}")
        # Read before it is set: a clock that runs is later by then.
        self._set_tai_ns, self._set_at_ns = self.now_tai_ns(), time.monotonic_ns()
        self.rate = rate
