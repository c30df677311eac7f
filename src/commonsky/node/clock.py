"""The only place that asks what time it is."""

from __future__ import annotations

import time

from commonsky.astro.epoch import tai_ns_from_utc_ns


def now_utc_ns() -> int:
    """Return the computer's POSIX time in nanoseconds; it is as good as the computer's clock."""
    return time.time_ns()


def now_tai_ns() -> int:
    """Return the present as in `commonsky.astro.epoch`."""
    return tai_ns_from_utc_ns(now_utc_ns())
