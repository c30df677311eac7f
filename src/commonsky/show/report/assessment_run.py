"""All that a report on an assessment is made of."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from commonsky.show.assessment_lines import AssessmentLine, RefusedLine
from commonsky.show.circumstances import Circumstances
from commonsky.show.events import Grouped, grouped
from commonsky.show.report.severity import Severity, severity
from commonsky.show.report.text import log10_or_nan, shown


@dataclass(frozen=True, slots=True)
class Assessments:
    """n messages that were read, what they say beside, those that were refused, and events."""

    lines: Sequence[AssessmentLine]
    told: Sequence[Circumstances]
    refused: Sequence[RefusedLine]
    ranked: Sequence[Grouped]  # gravest first
    unknown: Sequence[Grouped]  # no number, by TCA

    @property
    def assessed(self) -> int:
        """How many messages have a number."""
        return sum(line.pc is not None for line in self.lines)

    @property
    def files(self) -> int:
        """How many messages there were."""
        return len(self.lines) + len(self.refused)

    def reasons(self) -> Counter[str]:
        """Return how many messages have no number for each reason."""
        return Counter(line.cannot_assess for line in self.lines if line.cannot_assess)

    def line(self, one: Grouped) -> AssessmentLine:
        """Return the assessment an event's number is of."""
        return self.lines[one.telling]

    def name(self, one: Grouped, which: int) -> str:
        """Return name and designator of one of the two objects, safe to print."""
        told, line = self.told[one.telling], self.line(one)
        name = (told.name1, told.name2)[which - 1].strip()
        designator = (line.object1, line.object2)[which - 1].strip()
        number = shown(designator.lstrip("0") if designator.isdigit() else designator, 20)
        if name.lstrip("0") in {designator.lstrip("0"), ""}:
            return f'<span class="name">{number or "unnamed"}</span>'
        return f'<span class="name">{shown(name)}</span> <span class="id">{number}</span>'


def assessments_of(
    lines: Sequence[AssessmentLine], refused: Sequence[RefusedLine], told: Sequence[Circumstances]
) -> Assessments:
    """Group n assessments into events; `told` (n,)."""
    events = grouped(lines, [one.created for one in told])
    return Assessments(
        lines,
        told,
        refused,
        [one for one in events if one.event.pc is not None],
        [one for one in events if one.event.pc is None],
    )


def log10_pc(value: float | None) -> float:
    """Return log10 of a Pc; nan where there is none."""
    return math.nan if value is None else log10_or_nan(value)


def grade(one: Grouped) -> Severity:
    """Return the band of an event."""
    return severity(log10_pc(one.event.pc))
