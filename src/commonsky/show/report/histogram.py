"""Where the catalogue is, and where and when its members meet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats
from commonsky.catalogue.catalogue import ObjectType
from commonsky.show.report.drawing import line, nice_step, power_of_ten, rectangle, svg, words
from commonsky.show.report.text import NONE, count

WIDTH, HEIGHT = 1080.0, 330.0
LOW_ORBIT_KM = 2000.0
BIN_KM = 20.0
LEFT, RIGHT = 52.0, WIDTH - 8.0
BASE, BELOW = 200.0, 222.0  # the two axes; the heights stand between them
UP, DOWN = 172.0, 84.0
PX_PER_KM = (RIGHT - LEFT) / LOW_ORBIT_KM
BACK = '<tspan dy="4">\N{ZERO WIDTH SPACE}</tspan>'  # down again from a superscript
TYPES = (
    (ObjectType.PAYLOAD, "payload", "t1"),
    (ObjectType.ROCKET_BODY, "rocket body", "t2"),
    (ObjectType.DEBRIS, "debris", "t3"),
    (ObjectType.UNKNOWN, "type unknown", "t0"),
)


def altitude_drawing(
    mean_height_km: Floats, object_type: NDArray[np.int8], meeting_height_km: Floats, key: str
) -> str:
    """
    Draw the low orbits: objects by mean height and type upwards, conjunctions downwards.

    `mean_height_km` and `object_type` are (n,) for the catalogue, `meeting_height_km` (m,) for
    the conjunctions at their closest approach.
    """
    edges = np.arange(0.0, LOW_ORBIT_KM + BIN_KM, BIN_KM)
    stacks = [np.histogram(mean_height_km[object_type == t], edges)[0] for t, _, _ in TYPES]
    meetings = np.histogram(meeting_height_km, edges)[0]
    tallest = max(int(np.sum(stacks, axis=0).max()), 1)
    deepest = max(int(meetings.max()), 1)
    body = [
        *_rules(BASE, -UP / tallest, _steps(tallest, 4)),
        *_rules(BELOW, DOWN / deepest, _steps(deepest, 2)),
    ]
    wide = BIN_KM * PX_PER_KM - 1.0
    for column, edge in enumerate(edges[:-1]):
        x, y = LEFT + edge * PX_PER_KM + 0.5, BASE
        for stack, (_, _, kind) in zip(stacks, TYPES, strict=True):
            tall = UP * stack[column] / tallest
            y -= tall
            body.append(_bar(x, y, wide, tall, kind) if tall else "")
        deep = DOWN * meetings[column] / deepest
        body.append(_bar(x, BELOW, wide, deep, "met") if deep else "")
    body += [
        words(LEFT + height * PX_PER_KM, BASE + 15, f"{height:,}", "tick", "middle")
        for height in range(0, int(LOW_ORBIT_KM), 200)
    ]
    body += [
        words(RIGHT, BASE + 15, f"{LOW_ORBIT_KM:,.0f} km", "tick", "end"),
        line(LEFT, BASE, RIGHT, BASE, "axis"),
        line(LEFT, BELOW, RIGHT, BELOW, "axis"),
        words(LEFT, HEIGHT - 4, "conjunctions, at closest approach", "note"),
        words(LEFT, 14, f"objects per {BIN_KM:g} km of mean height", "note"),
    ]
    description = "Objects by type above the axis, conjunctions below it, per height."
    return svg(WIDTH, HEIGHT, "Heights below 2,000 km", description, body, key)


def _rules(foot: float, px_each: float, values: list[float]) -> list[str]:
    """Return a hair line with its number for each value, from the axis at `foot` on."""
    body = []
    for value in values:
        y = foot + px_each * value
        body.append(line(LEFT, y, RIGHT, y, "hair"))
        body.append(words(LEFT - 6, y + 4, count(value), "tick", "end"))
    return body


def _bar(x: float, y: float, width: float, height: float, kind: str) -> str:
    return rectangle(x, y, width, max(height, 0.7), kind)


def _steps(largest: int, most: int) -> list[float]:
    step = max(nice_step(largest, most), 1.0)
    return [step * k for k in range(1, int(largest / step) + 1)]


def days_drawing(names: list[str], bands: list[tuple[int, int, int]], key: str) -> str:
    """
    Draw one bar for each day, with the numbers beside it.

    `bands` are, for each day: Pc of 1e-4 or more, 1e-7 to 1e-4, all other conjunctions.
    """
    row, head = 24.0, 20.0
    left, right = 112.0, WIDTH - 330.0
    columns = (WIDTH - 230.0, WIDTH - 105.0, WIDTH - 4.0)
    longest = max([sum(band) for band in bands] + [1])
    body = [
        words(x, 12, name, "note", "end")
        for x, name in zip(
            columns,
            (
                "all",
                f"{power_of_ten(-7)}{BACK} to {power_of_ten(-4)}",
                f"{power_of_ten(-4)}{BACK} or more",
            ),
            strict=True,
        )
    ]
    for place, (name, band) in enumerate(zip(names, bands, strict=True)):
        y = head + place * row
        body.append(words(0, y + 12, name, "tick"))
        x = left
        for number, kind in zip(band, ("sev3", "sev2", "met"), strict=True):
            long = (right - left) * number / longest
            body.append(_bar(x, y + 4, long, 9, kind) if number else "")
            x += long
        told = (sum(band), band[1], band[0])
        body += [
            words(x, y + 12, count(value) if value else NONE, "value", "end")
            for x, value in zip(columns, told, strict=True)
        ]
    return svg(
        WIDTH, head + row * len(names), "Conjunctions by day", "One bar a day, UTC.", body, key
    )
