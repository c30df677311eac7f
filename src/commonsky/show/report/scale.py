"""Pc against the size of the covariance: is this event dangerous, or only badly known?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.show.report.drawing import (
    Labels,
    clipped,
    line,
    mark,
    power_of_ten,
    rectangle,
    svg,
    words,
)
from commonsky.show.report.text import TIMES, decimal, significant

SIZE = 360.0
LEFT, TOP, RIGHT, BOTTOM = 40.0, 14.0, 340.0, 306.0
MOST_DECADES, FEWEST_DECADES = 8, 3


@dataclass(frozen=True, slots=True)
class _Chart:
    """Two logarithmic axes: the factor across, Pc up."""

    least: float  # log10 of the factor at the left
    most: float
    floor: int  # log10 of Pc at the bottom
    ceiling: int

    def across(self, factor: float) -> float:
        share = (math.log10(factor) - self.least) / (self.most - self.least)
        return LEFT + share * (RIGHT - LEFT)

    def down(self, log10_pc: float) -> float:
        return BOTTOM - (log10_pc - self.floor) / (self.ceiling - self.floor) * (BOTTOM - TOP)


def scale_drawing(
    scale: Floats, log10_pc: Floats, now_log10_pc: float, scale_at_max: float, key: str
) -> str:
    """
    Draw log Pc over the factor the covariance is multiplied by.

    `scale` and `log10_pc` are (m,), ascending; `scale_at_max` is where Pc is largest.  Left of
    the maximum, better knowledge makes the event safer; right of it the covariance is so large
    that it hides the danger, which is what the shading means.  Empty where no Pc is finite.
    """
    good = np.isfinite(log10_pc)
    if not good.any():
        return ""
    scale, log10_pc = scale[good], log10_pc[good]
    highest = float(np.max(log10_pc))
    chart = _chart(scale, highest, now_log10_pc)
    body = _axes(chart)
    labels = Labels(LEFT + 2, TOP + 2, RIGHT - 2, BOTTOM)
    turning = scale[0] < scale_at_max < scale[-1]
    if turning:
        edge = chart.across(scale_at_max)
        body += [
            rectangle(edge, TOP, RIGHT - edge, BOTTOM - TOP, "diluted"),
            line(edge, TOP, edge, BOTTOM, "edge"),
            words(RIGHT - 5, TOP + 16, "diluted", "diluted-name", "end"),
        ]
        labels.block(RIGHT - 48, TOP, RIGHT, TOP + 22)
    body.append(_curve(chart, scale, log10_pc, labels, key))
    if turning:
        body += _point(
            chart,
            labels,
            (scale_at_max, highest),
            f"largest at {significant(scale_at_max)}{TIMES}",
        )
    if math.isfinite(now_log10_pc) and now_log10_pc >= chart.floor:
        body += _point(chart, labels, (1.0, now_log10_pc), "as estimated")
    description = (
        f"Pc is largest when the covariance is multiplied by {significant(scale_at_max)}; "
        f"as estimated it is ten to the power {decimal(now_log10_pc, 1)}."
    )
    return svg(SIZE, SIZE, "Pc against covariance scale", description, body, key)


def _chart(scale: Floats, highest: float, now_log10_pc: float) -> _Chart:
    ceiling = math.ceil(highest + 0.4)
    lowest = min(now_log10_pc, highest) if math.isfinite(now_log10_pc) else highest
    floor = max(math.floor(lowest - 2.0), ceiling - MOST_DECADES)
    return _Chart(
        math.log10(scale[0]), math.log10(scale[-1]), min(floor, ceiling - FEWEST_DECADES), ceiling
    )


def _curve(chart: _Chart, scale: Floats, log10_pc: Floats, labels: Labels, key: str) -> str:
    points = []
    for factor, value in zip(scale, np.maximum(log10_pc, chart.floor - 1.0), strict=True):
        x, y = chart.across(factor), chart.down(value)
        points.append(f"{x:.1f} {y:.1f}")
        labels.block(x - 3, y - 3, x + 3, y + 3)
    stroke = f'<path class="curve" d="M{"L".join(points)}"/>'
    return clipped([stroke], LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP, f"{key}-c")


def _point(chart: _Chart, labels: Labels, at: tuple[float, float], name: str) -> list[str]:
    x, y = chart.across(at[0]), chart.down(at[1])
    now = at[0] == 1.0
    return [
        mark(x, y, "circle" if now else "diamond", "now" if now else "peak", 4.5 if now else 4.0),
        labels.place(x, y, name, "strong" if now else "note"),
    ]


def _axes(chart: _Chart) -> list[str]:
    body = []
    every = 1 if chart.ceiling - chart.floor <= 6 else 2
    for exponent in range(chart.floor, chart.ceiling + 1):
        y = chart.down(exponent)
        body.append(line(LEFT, y, RIGHT, y, "hair"))
        if (exponent - chart.ceiling) % every == 0:
            body.append(words(LEFT - 6, y + 4, power_of_ten(exponent), "tick", "end"))
    every = 1 if chart.most - chart.least <= 4.5 else 2
    for power in range(math.ceil(chart.least - 1e-9), math.floor(chart.most + 1e-9) + 1):
        x = chart.across(10.0**power)
        body.append(line(x, BOTTOM, x, BOTTOM + 4, "axis"))
        if power % every == 0:
            text = f"{10.0**power:g}{TIMES}" if abs(power) <= 2 else power_of_ten(power)
            body.append(words(x, BOTTOM + 17, text, "tick", "middle"))
    middle = chart.across(1.0)
    return [
        *body,
        line(middle, TOP, middle, BOTTOM, "hair strong-hair"),
        line(LEFT, BOTTOM, RIGHT, BOTTOM, "axis"),
        words((LEFT + RIGHT) / 2, BOTTOM + 34, "covariance multiplied by", "note", "middle"),
    ]
