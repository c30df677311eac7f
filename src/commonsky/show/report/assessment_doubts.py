"""What is doubtful about the number of an event, as small tags with their meaning."""

from __future__ import annotations

from collections.abc import Iterator

from commonsky.show.assessment_lines import AssessmentLine
from commonsky.show.events import Event, Trend
from commonsky.show.report.assessment_words import BRIEF, VIOLATIONS
from commonsky.show.report.text import TIMES, shown, significant

FACTOR = 2.0  # numbers farther apart than this are said to differ
GUESSED = {"exclusion volumes"}
Doubt = tuple[str, str, str]  # style class, name, meaning


def doubts(line: AssessmentLine, event: Event) -> list[Doubt]:
    """Return what is doubtful; names and meanings are escaped."""
    found = list(_of_method(line))
    if not event.pc_is_of_newest and event.pc is not None:
        found.append(("dilute", "older message", "the newest message gives no number"))
    if event.trend is Trend.RISING:
        found.append(("", "rising", "more than twice what the message before gave"))
    if line.diluted:
        meaning = "the errors are so large that they lower Pc; smaller ones may raise it"
        found.append(("dilute", "diluted", meaning))
    if line.radius_source in GUESSED:
        found.append(("", "radius guessed", f"the radius comes from {shown(line.radius_source)}"))
    return [*found, *_of_others(line)]


def _of_method(line: AssessmentLine) -> Iterator[Doubt]:
    for said in line.violations:
        if said in {"no velocity errors", "remediated"}:
            yield "", BRIEF[said], VIOLATIONS[said]


def _of_others(line: AssessmentLine) -> Iterator[Doubt]:
    """What the sender's number and errors in common make of it."""
    for value, name, meaning in (
        (line.pc_stated, "sender", "what the sender states differs from this"),
        (line.pc_correlated, "shared errors", "errors of air density that both share change Pc"),
    ):
        if line.pc is None or value is None or differ(line.pc, value) == "":
            continue
        yield "", f"{name}: {differ(line.pc, value)}", meaning


def differ(one: float, other: float) -> str:
    """Return how many times more or less the other is, "" where within a factor of two."""
    if max(one, other) <= FACTOR * min(one, other):
        return ""
    if min(one, other) <= 0.0:
        return "0" if other <= 0.0 else "not 0"
    ratio = other / one
    times = significant(max(ratio, 1.0 / ratio))
    if max(ratio, 1.0 / ratio) >= 1e6:
        return "far more" if ratio > 1.0 else "far less"
    return f"{times}{TIMES} {'more' if ratio > 1.0 else 'less'}"


def tags(found: list[Doubt]) -> str:
    """Return doubts as tags."""
    return "".join(
        f'<span class="tag {kind}" title="{meaning}">{name}</span>'
        for kind, name, meaning in found
    )
