"""
What a stage of the benchmark hands back: figures, and the Markdown table they make.

A stage is a module with `measure() -> Iterable[Figure]`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a figure counts; a ratio is against a peer measured in the same run."""

    TIMES_FASTER = "×"
    TIMES_OF = "× of it"
    RECORDS_PER_S = "/s"
    S = "s"
    MS = "ms"
    MB = "MB"
    PERCENT = "%"
    NONE = ""


MORE_IS_BETTER = {Unit.TIMES_FASTER, Unit.RECORDS_PER_S}


@dataclass(frozen=True, slots=True)
class Figure:
    """
    One row: what was done, how it went, what it must reach and what it aims at (nan: nothing).

    `told` says sizes, accuracy, and what the peer needed.
    """

    work: str
    measured: float
    unit: Unit
    must: float
    aim: float
    told: str = ""

    @property
    def verdict(self) -> str:
        """Whether the aim, the must or neither is reached."""
        if math.isnan(self.must):
            return "measured"
        if self._reaches(self.aim):
            return "aim"
        return "must" if self._reaches(self.must) else "**short**"

    def _reaches(self, bound: float) -> bool:
        if self.unit in MORE_IS_BETTER:
            return self.measured >= bound
        return self.measured <= bound

    def bound(self, value: float) -> str:
        """Return a bound as the table shows it."""
        if math.isnan(value):
            return ""
        return f"{'≥' if self.unit in MORE_IS_BETTER else '≤'} {quantity(value, self.unit)}"

    @property
    def row(self) -> str:
        """One line of the table."""
        measured = quantity(self.measured, self.unit)
        cells = (self.work, self.bound(self.must), self.bound(self.aim), measured, self.verdict)
        return f"| {' | '.join((*cells, self.told))} |"


def quantity(value: float, unit: Unit) -> str:
    """Return a value of three figures with its unit."""
    if unit is Unit.RECORDS_PER_S:
        return f"{value:,.0f}{unit}"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    text = f"{value:,.{digits}f}"
    if digits == 2 and text.endswith("0"):
        text = text[:-1].removesuffix(".0")
    elif digits == 1:
        text = text.removesuffix(".0")
    return f"{text}{'' if unit in {Unit.TIMES_FASTER, Unit.TIMES_OF} else ' '}{unit}".rstrip()


def table(figures: Iterable[Figure]) -> str:
    """Return a Markdown table of figures."""
    head = "| work | must | aim | measured | reached | sizes, peers, accuracy |"
    return "\n".join([head, "|---|---|---|---|---|---|", *(figure.row for figure in figures)])
