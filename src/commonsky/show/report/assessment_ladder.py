"""The ladder of methods on one logarithmic axis: which number counts, and which may not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from commonsky.show.report.assessment_words import SHORT, Standing, Step
from commonsky.show.report.drawing import line, mark, power_of_ten, svg, words
from commonsky.show.report.severity import ATTENTION_LOG10, HIGH_LOG10
from commonsky.show.report.text import (
    MINUS,
    NARROW,
    NONE,
    TIMES,
    log10_or_nan,
    mantissa_exponent,
)

WIDTH = 360.0
LEFT, RIGHT, TOP, ROW = 60.0, 280.0, 30.0, 46.0
MOST_DECADES, FEWEST_DECADES = 12, 3


@dataclass(frozen=True, slots=True)
class Axis:
    """Log10 Pc from the left, `floor`, to the right, `ceiling`; smaller stands at the left end."""

    floor: int
    ceiling: int

    def across(self, value: float) -> float:
        """Return where a Pc stands."""
        at = log10_or_nan(value)
        share = (at - self.floor) / (self.ceiling - self.floor) if at > -math.inf else 0.0
        return LEFT + min(max(share, 0.0), 1.0) * (RIGHT - LEFT)


def axis_of(values: Sequence[float]) -> Axis:
    """Return the decades that hold the numbers, twelve at most; the largest is always in."""
    logs = [math.log10(value) for value in values if value > 0.0]
    highest, lowest = (max(logs), min(logs)) if logs else (-4.0, -7.0)
    ceiling = math.ceil(highest + 0.15)
    floor = max(math.floor(lowest - 0.15), ceiling - MOST_DECADES)
    return Axis(min(floor, ceiling - FEWEST_DECADES), ceiling)


def ladder_drawing(steps: Sequence[Step], stated: float, key: str) -> str:
    """
    Draw each method's number; `stated` is the sender's, nan where it tells none.

    Filled: may be used, the larger red one is recommended.  Hollow and struck through: may not.
    """
    axis = axis_of([*(step.value for step in steps), stated])
    height = TOP + ROW * (len(steps) + 1) + 8.0
    body = _decades(axis, height)
    for place, step in enumerate(steps):
        body += _step(axis, step, TOP + ROW * (place + 0.5))
    body += _stated(axis, stated, TOP + ROW * (len(steps) + 0.5))
    used = [step for step in steps if step.standing is Standing.USED]
    told = f"{SHORT[used[0].method]} is recommended." if used else "No method gives a number."
    return svg(WIDTH, height, "Ladder of methods", told, body, key)


def _decades(axis: Axis, height: float) -> list[str]:
    body = []
    every = math.ceil((axis.ceiling - axis.floor) / 6)
    for exponent in range(axis.floor, axis.ceiling + 1):
        x = axis.across(10.0**exponent)
        guide = exponent in {HIGH_LOG10, ATTENTION_LOG10}
        body.append(line(x, TOP, x, height - 8, "hair strong-hair" if guide else "hair"))
        if (exponent - axis.ceiling) % every == 0:
            label = power_of_ten(exponent) if exponent else "1"
            body.append(words(x, TOP - 9, label, "tick", "middle"))
    return body


def _step(axis: Axis, step: Step, y: float) -> list[str]:
    used = step.standing is Standing.USED
    name = words(0, y + 4, SHORT[step.method], "value rank" if used else "value")
    if step.standing is Standing.SILENT:
        silent = words(WIDTH, y + 4, NONE, "note", "end")
        return [name, line(LEFT, y, RIGHT, y, "rung"), silent]
    x = axis.across(step.value)
    low, high = step.interval
    body = [name, line(LEFT, y, RIGHT, y, "rung")]
    if high > low:
        body.append(line(axis.across(low), y, axis.across(high), y, "interval"))
    size = 6.0 if used else 4.5
    return [*body, _marked(axis, step.value, x, y, f"step-{step.standing}", size),
            _number(step.value, y, step.standing)]  # fmt: skip


def _marked(axis: Axis, value: float, x: float, y: float, kind: str, size: float) -> str:
    if value > 0.0 and math.log10(value) >= axis.floor:
        return mark(x, y, "circle", kind, size)
    # An arrow to the left: smaller than the axis shows.
    return (
        f'<path class="{kind}" d="M{LEFT - size:.1f} {y:.1f}l{2 * size:.1f} {-size:.1f}'
        f'v{2 * size:.1f}z"/>'
    )


def _stated(axis: Axis, stated: float, y: float) -> list[str]:
    name = words(0, y + 4, "sender", "note")
    if math.isnan(stated):
        return [name, words(WIDTH, y + 4, NONE, "note", "end")]
    return [
        name,
        line(LEFT, y, RIGHT, y, "rung"),
        mark(axis.across(stated), y, "diamond", "peak", 3.6),
        words(WIDTH, y + 4, number_text(stated), "note", "end"),
    ]


def _number(value: float, y: float, standing: Standing) -> str:
    kinds = {Standing.USED: "value rank", Standing.HOLDS: "value", Standing.INVALID: "note struck"}
    return words(WIDTH, y + 4, number_text(value), kinds[standing], "end")


def number_text(value: float) -> str:
    """Return a probability as SVG text."""
    if value <= 0.0:
        return "0"
    mantissa, exponent = mantissa_exponent(math.log10(value))
    if exponent >= -1:
        return f"{value:.2f}"
    power = f'10<tspan class="sup" dy="-4">{MINUS}{-exponent}</tspan>'
    return f"{mantissa}{NARROW}{TIMES}{NARROW}{power}"
