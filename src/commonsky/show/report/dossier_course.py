"""An object's course over the years: where it was, what was found, and when nobody looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.astro.epoch import tai_ns, utc_text
from commonsky.node.custody import Custody
from commonsky.node.findings import (
    AnyFinding,
    Decay,
    Fragmentation,
    Launch,
    Manoeuvre,
    Oddity,
    Proximity,
    Relocation,
    Swap,
)
from commonsky.show.report.drawing import (
    Labels,
    line,
    mark,
    nice_step,
    rectangle,
    svg,
    words,
)
from commonsky.show.report.markup import figure, legend
from commonsky.show.report.text import counted, decimal, shown

WIDTH, HEIGHT = 1080.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 64.0, WIDTH - 14.0, 16.0, 250.0
MOST_TICKS = 10
MOST_MARKS, MOST_LABELS = 400, 12
BREAK = 180.0  # a step in longitude that is a turn of the circle
SHAPES: dict[type, tuple[str, str, str]] = {
    Manoeuvre: ("triangle", "sev2", "manoeuvre"),
    Relocation: ("diamond", "sev3", "relocation"),
    Proximity: ("circle", "sev3", "approach"),
    Fragmentation: ("diamond", "sev3", "fragmentation"),
    Launch: ("circle", "sev1", "launch"),
    Decay: ("circle", "sev1", "gone"),
    Swap: ("circle", "sev2", "swap of histories"),
    Oddity: ("circle", "sev1", "oddity"),
}


@dataclass(frozen=True, slots=True)
class Course:
    """Where an object was: `value` (n,) at `epoch_tai_ns` (n,); a longitude or a height."""

    number: int
    name: str
    what: str  # as "longitude, degrees east"
    epoch_tai_ns: Floats
    value: Floats
    circular: bool


def course_figure(
    course: Course, custody: Custody | None, findings: Sequence[AnyFinding], key: str
) -> str:
    """Return the picture of one object's course; nothing where it has fewer than two sets."""
    if len(course.value) < 2:
        return ""
    view = _View(course)
    body = [*view.gaps(custody), *view.axes(), view.curve()]
    labels = Labels(LEFT, TOP, RIGHT, BOTTOM)
    mine = [one for one in findings if course.number in one.objects[:2]][:MOST_MARKS]
    for rank, one in enumerate(mine):
        body += view.finding(one, labels if rank < MOST_LABELS else None)
    kinds = dict.fromkeys(SHAPES[type(one)] for one in mine)
    key_of = legend((sign(shape, style), name) for shape, style, name in kinds)
    told = f"{counted(len(mine), 'event')} found; hatched where nobody looked"
    title = f"{course.number} {shown(course.name)}: {course.what}"
    return figure(
        svg(WIDTH, HEIGHT, title, f"{told}.", body, key),
        f"<b>{title}</b>, {counted(len(course.value), 'element set')}. "
        f"{told[0].upper()}{told[1:]}.{key_of}",
    )


def sign(shape: str, style: str) -> str:
    """Return a mark as it stands in a legend."""
    drawn = mark(0, 0, shape, style, 4.5)
    return f'<svg class="sym" viewBox="-8 -8 16 16" aria-hidden="true">{drawn}</svg>'


class _View:
    """Scales of one course."""

    def __init__(self, course: Course) -> None:
        self.course = course
        epochs, value = course.epoch_tai_ns, course.value
        self.start, self.stop = int(epochs[0]), int(max(epochs[-1], epochs[0] + 1))
        low, high = float(np.min(value)), float(np.max(value))
        pad = max(0.06 * (high - low), 1e-3 * max(abs(high), 1.0))
        self.low, self.high = low - pad, high + pad

    def x(self, epoch_tai_ns: int) -> float:
        """Where a time stands."""
        share = (epoch_tai_ns - self.start) / (self.stop - self.start)
        return LEFT + min(max(share, 0.0), 1.0) * (RIGHT - LEFT)

    def y(self, value: float) -> float:
        """Where a value stands."""
        return BOTTOM - (value - self.low) / (self.high - self.low) * (BOTTOM - TOP)

    def axes(self) -> list[str]:
        """Hairlines with their numbers, and the days below."""
        step = nice_step(self.high - self.low, 6)
        digits = max(0, -int(np.floor(np.log10(step))))
        body = []
        for k in range(int(np.ceil(self.low / step)), int(np.floor(self.high / step)) + 1):
            y = self.y(k * step)
            body += [
                line(LEFT, y, RIGHT, y, "hair"),
                words(LEFT - 8, y + 4, decimal(k * step, digits), "tick", "end"),
            ]
        for epoch, name in self._moments():
            x = self.x(epoch)
            body.append(line(x, TOP, x, BOTTOM + 6, "hair"))
            if x < RIGHT - 40:
                body.append(words(x + 4, BOTTOM + 20, name, "tick"))
        return body

    def _moments(self) -> list[tuple[int, str]]:
        first, last = utc_text(self.start, 0), utc_text(self.stop, 0)
        years = range(int(first[:4]), int(last[:4]) + 1)
        if len(years) > 2:
            step = max(1, -(-len(years) // MOST_TICKS))
            days = [f"{year}-01-01" for year in years if year % step == 0]
        else:
            span = np.linspace(self.start, self.stop, MOST_TICKS, endpoint=False)[1:]
            days = list(dict.fromkeys(utc_text(int(epoch), 0)[:10] for epoch in span))
        told = [(tai_ns(f"{day}T00:00:00Z"), day) for day in days]
        return [
            (epoch, day[:4] if day.endswith("-01-01") and len(years) > 2 else day)
            for epoch, day in told
            if self.start <= epoch <= self.stop
        ]

    def curve(self) -> str:
        """The course, broken where a longitude goes round."""
        value = self.course.value
        parts, before = [], None
        for epoch, one in zip(self.course.epoch_tai_ns.tolist(), value.tolist(), strict=True):
            turns = self.course.circular and before is not None and abs(one - before) > BREAK
            command = "M" if before is None or turns else "L"
            parts.append(f"{command}{self.x(int(epoch)):.1f} {self.y(one):.1f}")
            before = one
        return f'<path class="curve" d="{"".join(parts)}"/>'

    def gaps(self, custody: Custody | None) -> list[str]:
        """Times that nobody looked, hatched."""
        if custody is None:
            return []
        return [
            rectangle(
                left := self.x(tai_ns(gap.not_before)), TOP,
                max(self.x(tai_ns(gap.not_after)) - left, 1.0), BOTTOM - TOP, "diluted",
            )
            for gap in custody.gaps
        ]  # fmt: skip

    def finding(self, one: AnyFinding, labels: Labels | None) -> list[str]:
        """One event at its time."""
        shape, style, _ = SHAPES[type(one)]
        epoch = tai_ns(_when(one))
        x = self.x(epoch)
        nearest = int(np.argmin(np.abs(self.course.epoch_tai_ns - epoch)))
        y = self.y(float(self.course.value[nearest]))
        body = [mark(x, y, shape, style, 4.5)]
        if labels is not None:
            labels.block(x - 6, y - 6, x + 6, y + 6)
            body.append(labels.place(x, y, _label(one), "strong"))
        return body


def _when(one: AnyFinding) -> str:
    if isinstance(one, Relocation):
        return one.left_not_after
    if isinstance(one, Proximity):
        return one.closest
    if isinstance(one, Manoeuvre | Fragmentation):
        return one.epoch_estimate
    return one.not_after


def _label(one: AnyFinding) -> str:
    if isinstance(one, Manoeuvre) and one.delta_v_m_s is not None:
        return f"{one.delta_v_m_s:.3g} m/s"
    if isinstance(one, Relocation):
        return f"to {one.longitude_to_deg:.1f}\N{DEGREE SIGN}"
    if isinstance(one, Proximity):
        return f"{shown(one.name2, 16)}"
    return _when(one)[:10]
