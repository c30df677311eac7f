"""Pieces of a break-up as a Gabbard diagram: apogee and perigee of each over its period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.catalogue.catalogue import Catalogue
from commonsky.characterise.history import History
from commonsky.node.findings import AnyFinding, Fragmentation
from commonsky.show.report.dossier_course import sign
from commonsky.show.report.drawing import line, mark, nice_step, svg, words
from commonsky.show.report.markup import figure, legend
from commonsky.show.report.text import counted, decimal, shown

WIDTH, HEIGHT = 1080.0, 340.0
LEFT, RIGHT, TOP, BOTTOM = 64.0, WIDTH - 14.0, 14.0, 290.0


@dataclass(frozen=True, slots=True)
class Cloud:
    """Newest orbits of the pieces of one break-up, and of what broke up."""

    name: str
    period_min: Floats  # (n,)
    apogee_km: Floats
    perigee_km: Floats
    is_parent: Floats  # (n,) 1 of the parent


def clouds_of(past: History, sets: Catalogue, findings: tuple[AnyFinding, ...]) -> list[Cloud]:
    """Return the pieces of each fragmentation that was found."""
    last = past.first[1:] - 1
    elements = past.elements
    told = []
    for one in findings:
        if not isinstance(one, Fragmentation):
            continue
        rows = last[np.isin(past.object_number, [*one.members, one.parent])]
        number = sets.catalogue_number[past.row[rows]]
        told.append(
            Cloud(
                one.parent_name or "a parent that is not known",
                2.0 * np.pi / elements.mean_motion_rad_min[rows],
                elements.apogee_height_km[rows],
                elements.perigee_height_km[rows],
                (number == one.parent).astype(np.float64),
            )
        )
    return told


def gabbard_figure(cloud: Cloud, key: str) -> str:
    """Return the diagram; nothing where there are fewer than two pieces."""
    if len(cloud.period_min) < 2:
        return ""
    low, high = float(cloud.perigee_km.min()), float(cloud.apogee_km.max())
    first, last = float(cloud.period_min.min()), float(cloud.period_min.max())
    pad = max(0.04 * (last - first), 0.1)
    first, last = first - pad, last + pad
    rise = max(0.06 * (high - low), 5.0)
    low, high = low - rise, high + rise

    def x(value: float) -> float:
        return LEFT + (value - first) / (last - first) * (RIGHT - LEFT)

    def y(value: float) -> float:
        return BOTTOM - (value - low) / (high - low) * (BOTTOM - TOP)

    body: list[str] = []
    step = nice_step(high - low, 6)
    for k in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1):
        body += [
            line(LEFT, y(k * step), RIGHT, y(k * step), "hair"),
            words(LEFT - 8, y(k * step) + 4, decimal(k * step, 0), "tick", "end"),
        ]
    step = nice_step(last - first, 10)
    digits = max(0, -int(np.floor(np.log10(step))))
    for k in range(int(np.ceil(first / step)), int(np.floor(last / step)) + 1):
        body.append(words(x(k * step), BOTTOM + 20, decimal(k * step, digits), "tick", "middle"))
    body.append(words(RIGHT, BOTTOM + 40, "period, minutes", "tick", "end"))
    columns = (cloud.period_min, cloud.apogee_km, cloud.perigee_km, cloud.is_parent)
    for period, apogee, perigee, parent in zip(*(c.tolist() for c in columns), strict=True):
        size = 5.0 if parent else 2.2
        body += [
            mark(x(period), y(apogee), "circle", "now" if parent else "two-fill", size),
            mark(x(period), y(perigee), "triangle", "now" if parent else "met", size),
        ]
    signs = (("circle", "two-fill", "apogee"), ("triangle", "met", "perigee"),
             ("circle", "now", "the parent"))  # fmt: skip
    names = legend((sign(shape, style), name) for shape, style, name in signs)
    title = f"Pieces of {shown(cloud.name)}: heights of apogee and perigee, km"
    told = counted(len(cloud.period_min), "orbit")
    return figure(
        svg(WIDTH, HEIGHT, title, f"A Gabbard diagram of {told}.", body, key),
        f"<b>{title}</b>, {told}, each by its newest element set.{names}",
    )
