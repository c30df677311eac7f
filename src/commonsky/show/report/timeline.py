"""All of the screening at a glance: each event at its time and probability."""

from __future__ import annotations

import math

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.astro.epoch import NS_PER_S
from commonsky.astro.utc import utc_days
from commonsky.show.report.drawing import Labels, line, mark, power_of_ten, svg, words
from commonsky.show.report.markup import figure, legend
from commonsky.show.report.moment import Moment, seconds_between
from commonsky.show.report.run import Run
from commonsky.show.report.severity import Severity, severity
from commonsky.show.report.tables import symbol
from commonsky.show.report.text import count

WIDTH, HEIGHT = 1080.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, WIDTH - 12.0, 16.0, 236.0
LANE = 258.0  # where events without a Pc stand
DEEPEST = -10
STEPS_H = (1, 2, 3, 6, 12, 24, 48, 168, 336, 8760)
MOST_TICKS = 9


def timeline(run: Run, cards: int) -> str:
    """Return the figure of all events over time; nothing where there are none."""
    if not run.total:
        return ""
    share = np.array([run.since_start_s(row) for row in range(len(run.events))])
    drawing = timeline_drawing(
        share / max(run.span_s, 1.0), run.log10_pc, cards, _ticks(run), "tl"
    )
    which = "Each mark is one event"
    if len(run.events) < run.total:
        which = f"The {count(len(run.events))} most dangerous events, one mark each"
    key = legend((symbol(grade), grade.markup) for grade in reversed(Severity))
    return figure(drawing, f"{which}; numbers are the cases below.{key}")


def _ticks(run: Run) -> list[tuple[float, str]]:
    step_h = next((h for h in STEPS_H if run.span_s / 3600 / h <= MOST_TICKS), STEPS_H[-1])
    ticks = []
    _, ns_of_day = utc_days(np.array([run.start_tai_ns], dtype=np.int64))
    first = run.start_tai_ns - int(ns_of_day[0])
    for k in range(200):
        at = first + k * step_h * 3600 * NS_PER_S
        if at > run.stop_tai_ns:
            break
        if at >= run.start_tai_ns:
            moment = Moment.at(at)
            name = moment.day if step_h >= 24 or moment.clock == "00:00:00" else moment.clock[:5]
            ticks.append((seconds_between(run.start_tai_ns, at) / max(run.span_s, 1.0), name))
    return ticks


def timeline_drawing(
    share_of_span: Floats,
    log10_pc: Floats,
    numbered: int,
    ticks: list[tuple[float, str]],
    key: str,
) -> str:
    """
    Draw Pc over time for the rows given; rows without Pc stand in a lane of their own.

    `share_of_span` (n,) is 0 at the start and 1 at the end of the screening; the first
    `numbered` rows have a case card and bear its number; `ticks` are places and names on the
    time axis.
    """
    floor, ceiling = _bounds(log10_pc)
    body = _axes(floor, ceiling, ticks)
    labels = Labels(LEFT, TOP + 6, RIGHT, LANE)
    named = []
    # The least dangerous first, so that the dangerous lie on top.
    for row in np.argsort(np.nan_to_num(log10_pc, nan=-math.inf), kind="stable"):
        x, y = LEFT + float(share_of_span[row]) * (RIGHT - LEFT), LANE
        grade = severity(float(log10_pc[row]))
        if grade is not Severity.UNKNOWN:
            y = _down(max(float(log10_pc[row]), floor), floor, ceiling)
        size = 4.6 if row < numbered else (3.2 if grade >= Severity.ATTENTION else 2.2)
        body.append(mark(x, y, grade.shape, grade.style, size))
        if row < numbered:
            labels.block(x - 5, y - 6, x + 5, y + 6)
            named.append((int(row) + 1, x, y))
    for rank, x, y in sorted(named):
        body.append(labels.place(x, y, str(rank), "rank", 7.0 * len(str(rank))))
    description = "Each mark is one event: time from left to right, probability upwards."
    return svg(WIDTH, HEIGHT, "Probability of collision over time", description, body, key)


def _axes(floor: int, ceiling: int, ticks: list[tuple[float, str]]) -> list[str]:
    body = []
    for exponent in range(floor, ceiling + 1):
        y = _down(exponent, floor, ceiling)
        body.append(line(LEFT, y, RIGHT, y, "hair"))
        if (exponent - floor) % 2 == 0 or ceiling - floor <= 5:
            least = "≤\N{THIN SPACE}" if exponent == floor == DEEPEST else ""
            body.append(words(LEFT - 6, y + 4, least + power_of_ten(exponent), "tick", "end"))
    body.append(words(LEFT - 6, LANE + 4, "no Pc", "tick", "end"))
    body.append(line(LEFT, LANE, RIGHT, LANE, "hair"))
    for place, name in ticks:
        x = LEFT + place * (RIGHT - LEFT)
        body.append(line(x, TOP, x, LANE + 8, "hair"))
        if place < 0.97:
            body.append(words(x + 4, HEIGHT - 20, name, "tick"))
    return body


def _bounds(log10_pc: Floats) -> tuple[int, int]:
    """Return the exponents at the foot and the top of the chart, at least three decades apart."""
    known = log10_pc[np.isfinite(log10_pc)]
    if not len(known):
        return -7, -3
    ceiling = min(0, math.ceil(float(known.max()) + 0.3))
    floor = max(math.floor(float(known.min())), DEEPEST)
    return min(floor, max(ceiling, DEEPEST + 3) - 3), max(ceiling, DEEPEST + 3)


def _down(log10_value: float, floor: int, ceiling: int) -> float:
    return BOTTOM - (log10_value - floor) / (ceiling - floor) * (BOTTOM - TOP)
