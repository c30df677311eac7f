"""Epochs as the report prints them: UTC, in the order a log book has."""

from __future__ import annotations

from dataclasses import dataclass

from commonsky.astro.epoch import NS_PER_S, utc_text

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """One epoch as UTC text, 2025-03-31T04:05:06.789Z, and its parts."""

    iso: str

    @classmethod
    def at(cls, epoch_tai_ns: int) -> Moment:
        """Return the moment of an epoch."""
        return cls(utc_text(int(epoch_tai_ns)))

    @property
    def date(self) -> str:
        """Year, month, day: 2025-03-31."""
        return self.iso[:10]

    @property
    def day(self) -> str:
        """Return the day as one says it, 31 March, on one line."""
        return f"{int(self.iso[8:10])}\N{NO-BREAK SPACE}{MONTHS[int(self.iso[5:7]) - 1]}"

    @property
    def clock(self) -> str:
        """Hours, minutes, seconds: 04:05:06."""
        return self.iso[11:19]

    @property
    def fine_clock(self) -> str:
        """Return the clock with milliseconds, cut and not rounded."""
        return (self.iso[11:].rstrip("Z") + ("" if "." in self.iso else ".") + "000")[:12]


def seconds_between(start_tai_ns: int, epoch_tai_ns: int) -> float:
    """Seconds from one epoch to another."""
    return (int(epoch_tai_ns) - int(start_tai_ns)) / NS_PER_S
