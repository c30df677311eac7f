"""How an event is marked: by shape as well as by colour."""

from __future__ import annotations

import math
import re
from enum import IntEnum

from commonsky.show.report.text import MINUS


class Severity(IntEnum):
    """
    Bands of Pc by which events are marked, not decided.

    1e-4 and 1e-7 are the bounds NASA CARA uses for mitigation and attention, with covariances
    from orbit determination; with estimated covariances they only sort.
    """

    UNKNOWN = 0
    LOW = 1
    ATTENTION = 2
    HIGH = 3

    @property
    def shape(self) -> str:
        """Return the shape of its marks."""
        return ("ring", "circle", "diamond", "triangle")[self]

    @property
    def style(self) -> str:
        """Return the style class of its marks."""
        return ("sev0", "sev1", "sev2", "sev3")[self]

    @property
    def words(self) -> str:
        """Return what it means, as plain text."""
        return ("no Pc", "Pc below 1e-7", "Pc 1e-7 to 1e-4", "Pc 1e-4 or more")[self]

    @property
    def markup(self) -> str:
        """Return what it means, as HTML."""
        return re.sub(r"1e-(\d)", rf"10<sup>{MINUS}\1</sup>", self.words)


HIGH_LOG10, ATTENTION_LOG10 = -4.0, -7.0


def severity(log10_pc: float) -> Severity:
    """Return the band of one event."""
    if math.isnan(log10_pc):
        return Severity.UNKNOWN
    if log10_pc >= HIGH_LOG10:
        return Severity.HIGH
    return Severity.ATTENTION if log10_pc >= ATTENTION_LOG10 else Severity.LOW
