"""How Pc of one event went from message to message."""

from __future__ import annotations

import math
from collections.abc import Sequence

from commonsky.astro.epoch import NS_PER_S, tai_ns
from commonsky.errors import UnknownEpoch
from commonsky.show.events import EventMessage
from commonsky.show.report.assessment_ladder import Axis, axis_of
from commonsky.show.report.drawing import line, mark, nice_step, power_of_ten, svg, words
from commonsky.show.report.severity import ATTENTION_LOG10, HIGH_LOG10
from commonsky.show.report.text import MINUS

SIZE_X, SIZE_Y = 360.0, 236.0
LEFT, RIGHT, TOP, BOTTOM = 40.0, 344.0, 12.0, 176.0
LANE = 190.0  # of messages without a number
DAY_NS = 86_400 * NS_PER_S
MOST = 200  # messages; of more the newest are drawn


def history_drawing(messages: Sequence[EventMessage], key: str) -> str:
    """
    Draw Pc of messages in order of creation; those without a number stand below the axis.

    Across are days before TCA where all creation dates are known and differ, otherwise the order.
    """
    drawn = messages[-MOST:]
    days = days_before(drawn)
    dated = bool(days) and days[0] > days[-1]
    at = days if dated else [float(-k) for k in range(len(drawn), 0, -1)]
    first, last = (at[0], at[-1]) if dated else (at[0] - 0.3, at[-1] + 0.3)
    xs = [LEFT + (value - first) / (last - first) * (RIGHT - LEFT) for value in at]
    axis = axis_of([message.pc for message in drawn if message.pc is not None])
    body = [*_axis_pc(axis), *(_axis_days(first, last) if dated else _axis_order(xs))]
    numbers = [(x, message.pc) for x, message in zip(xs, drawn, strict=True)]
    points = [(x, _down(axis, pc)) for x, pc in numbers if pc is not None]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    if len(points) > 1:
        body.append(f'<path class="curve" d="M{path}"/>')
    body += [mark(x, y, "circle", "step-holds", 3.5) for x, y in points[:-1]]
    body += [mark(x, y, "circle", "step-used", 5.0) for x, y in points[-1:]]
    body += [mark(x, LANE, "circle", "step-invalid", 3.5) for x, pc in numbers if pc is None]
    if len(points) < len(numbers):
        body.append(words(LEFT - 6, LANE + 4, "none", "tick", "end"))
    said = f"{len(points)} of {len(drawn)} messages have a number."
    return svg(SIZE_X, SIZE_Y, "Pc from message to message", said, body, key)


def days_before(messages: Sequence[EventMessage]) -> list[float]:
    """Return days from creation to the newest TCA; empty where a date is not known."""
    try:
        tca = tai_ns(messages[-1].tca)
        return [(tca - tai_ns(message.created)) / DAY_NS for message in messages]
    except UnknownEpoch:
        return []


def _down(axis: Axis, pc: float) -> float:
    at = math.log10(pc) if pc > 0.0 else -math.inf
    share = (max(at, axis.floor) - axis.floor) / (axis.ceiling - axis.floor)
    return BOTTOM - share * (BOTTOM - TOP)


def _axis_pc(axis: Axis) -> list[str]:
    body = []
    every = math.ceil((axis.ceiling - axis.floor) / 6)
    for exponent in range(axis.floor, axis.ceiling + 1):
        y = _down(axis, 10.0**exponent)
        guide = exponent in {HIGH_LOG10, ATTENTION_LOG10}
        body.append(line(LEFT, y, RIGHT, y, "hair strong-hair" if guide else "hair"))
        if (exponent - axis.ceiling) % every == 0:
            label = power_of_ten(exponent) if exponent else "1"
            body.append(words(LEFT - 6, y + 4, label, "tick", "end"))
    return body


def _axis_days(first: float, last: float) -> list[str]:
    y = SIZE_Y - 34.0
    body = [line(LEFT, y, RIGHT, y, "axis")]
    step = nice_step(first - last, 5)
    for k in range(math.ceil(last / step), math.floor(first / step) + 1):
        x = LEFT + (k * step - first) / (last - first) * (RIGHT - LEFT)
        label = f"{k * step:g}".replace("-", MINUS)
        body += [line(x, y, x, y + 4, "axis"), words(x, y + 16, label, "tick", "middle")]
    name = "message created, days before closest approach"
    return [*body, words((LEFT + RIGHT) / 2, SIZE_Y - 3, name, "note", "middle")]


def _axis_order(xs: Sequence[float]) -> list[str]:
    y = SIZE_Y - 34.0
    every = math.ceil(len(xs) / 10)
    body = [line(LEFT, y, RIGHT, y, "axis")]
    for k, x in enumerate(xs):
        if k % every == 0:
            body += [line(x, y, x, y + 4, "axis"), words(x, y + 16, f"{k + 1}", "tick", "middle")]
    name = "messages in order of creation"
    return [*body, words((LEFT + RIGHT) / 2, SIZE_Y - 3, name, "note", "middle")]
