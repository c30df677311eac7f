"""The encounter plane: where object 2 may pass object 1, drawn true to scale."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from commonsky.assess.approach import Plane
from commonsky.astro.arrays import Floats
from commonsky.show.report.drawing import (
    Labels,
    arrow_head,
    clipped,
    line,
    nice_below,
    rectangle,
    svg,
    words,
)
from commonsky.show.report.text import SIGMA, TIMES, length

SIZE = 360.0
MARGIN = 14.0
INSET = 128.0
SMALLEST_VISIBLE_PX = 2.0  # radius under which the hard body needs a magnifier
SMALLEST_MISS_PX = 16.0
SMALLEST_CLOUD_PX = 24.0  # half its length, under which its ellipses bear no labels


@dataclass(frozen=True, slots=True)
class _View:
    """A square window on the plane."""

    left: float
    top: float
    size: float
    centre_km: tuple[float, float]
    half_km: float

    @property
    def px_per_km(self) -> float:
        return self.size / (2.0 * self.half_km)

    def at(self, x_km: float, y_km: float) -> tuple[float, float]:
        middle = self.size / 2.0
        return (
            self.left + middle + (x_km - self.centre_km[0]) * self.px_per_km,
            self.top + middle - (y_km - self.centre_km[1]) * self.px_per_km,
        )


def plane_drawing(plane: Plane, hard_body_radius_km: float, key: str) -> str:
    """
    Draw 1, 2 and 3 sigma ellipses, miss vector and hard body, with a magnifier where needed.

    Object 1 is the cross; the ellipses are where object 2 may be when it passes.
    """
    view = _main_view(plane, hard_body_radius_km)
    radius_px = hard_body_radius_km * view.px_per_km
    miss_km = float(np.linalg.norm(plane.miss_km))
    labels = Labels(4, 14, SIZE - 4, SIZE - 30)
    inset = None
    if radius_px < SMALLEST_VISIBLE_PX or miss_km * view.px_per_km < SMALLEST_MISS_PX:
        view = _beside_inset(plane, hard_body_radius_km, view)
        inset = _inset_view(plane, hard_body_radius_km, view)
        labels.block(
            inset.left - 4, inset.top - 4, inset.left + inset.size + 4, inset.top + inset.size + 16
        )
    body = [
        clipped(_scene(plane, hard_body_radius_km, view), 0, 0, SIZE, SIZE - 26, f"{key}-c"),
        *_scale_bar(view.px_per_km, 12.0, SIZE - 12.0, 110.0),
        words(SIZE - 8, SIZE - 8, f"up: {plane.up}", "note", "end"),
    ]
    if inset is not None:
        body += _magnifier(plane, hard_body_radius_km, view, inset, key)
    body += _labels(plane, view, labels, miss_km)
    sigma = plane.sigma_km
    description = (
        f"Object 2 passes object 1 at {length(miss_km)}. One sigma is {length(sigma[0])} by "
        f"{length(sigma[1])}; the combined hard-body radius is {length(hard_body_radius_km)}."
    )
    return svg(SIZE, SIZE, "Encounter plane", description, body, key)


def _main_view(plane: Plane, radius_km: float) -> _View:
    low, high = _extent(plane, radius_km)
    half = 0.5 * float(np.max(high - low)) * 1.08
    centre = 0.5 * (low + high)
    return _View(MARGIN, 4.0, SIZE - 2 * MARGIN, (float(centre[0]), float(centre[1])), half or 1.0)


def _extent(plane: Plane, radius_km: float) -> tuple[Floats, Floats]:
    """Return the corners of the box that holds the three-sigma ellipse and the hard body."""
    reach = 3.0 * np.sqrt(np.diag(plane.covariance_km2))
    low = np.minimum(plane.miss_km - reach, -1.2 * radius_km)
    return low, np.maximum(plane.miss_km + reach, 1.2 * radius_km)


def _beside_inset(plane: Plane, radius_km: float, view: _View) -> _View:
    """Return the view with the drawing moved aside where that makes room for the magnifier."""
    low, high = _extent(plane, radius_km)
    width, height = (high - low) * view.px_per_km
    room = view.size - INSET - 24.0
    if height <= room:
        return replace(view, top=view.top + 0.5 * (view.size - height) - 6.0)
    if width <= room:
        return replace(view, left=view.left - 0.5 * (view.size - width) + 6.0)
    return view


def _inset_view(plane: Plane, radius_km: float, view: _View) -> _View:
    miss_km = float(np.linalg.norm(plane.miss_km))
    if miss_km * view.px_per_km < SMALLEST_MISS_PX:
        half, centre = max(0.8 * miss_km, 2.5 * radius_km), plane.miss_km / 2.0
    else:
        half, centre = 4.0 * radius_km, np.zeros(2)
    # The corner that lies farthest from both the miss vector and the larger axis.
    corners = [
        (x, y) for y in (6.0, SIZE - 30.0 - INSET - 14.0) for x in (SIZE - 6.0 - INSET, 6.0)
    ]
    left, top = max(corners, key=lambda corner: _clearance(plane, view, corner))
    return _View(left, top, INSET, (float(centre[0]), float(centre[1])), half)


def _clearance(plane: Plane, view: _View, corner: tuple[float, float]) -> float:
    middle = np.array([corner[0] + INSET / 2, corner[1] + INSET / 2])
    sigma, tilt = plane.sigma_km, plane.tilt_rad
    axis = np.array([math.cos(tilt), math.sin(tilt)])
    spine = [plane.miss_km + s * sigma[0] * axis for s in np.linspace(-3, 3, 13)]
    points = [np.array(view.at(*p)) for p in (*spine, np.zeros(2))]
    return min(float(np.max(np.abs(p - middle))) for p in points)


def _ellipse(plane: Plane, view: _View, sigmas: float, kind: str) -> str:
    x, y = view.at(*plane.miss_km)
    rx, ry = (max(sigmas * s * view.px_per_km, 0.4) for s in plane.sigma_km)
    return (
        f'<ellipse class="{kind}" cx="{x:.1f}" cy="{y:.1f}" rx="{rx:.2f}" ry="{ry:.2f}" '
        f'transform="rotate({-math.degrees(plane.tilt_rad):.2f} {x:.1f} {y:.1f})"/>'
    )


def _scene(plane: Plane, radius_km: float, view: _View) -> list[str]:
    ox, oy = view.at(0.0, 0.0)
    mx, my = view.at(*plane.miss_km)
    body = [_ellipse(plane, view, sigmas, f"cloud s{sigmas}") for sigmas in (3, 2, 1)]
    axis = np.array([math.cos(plane.tilt_rad), math.sin(plane.tilt_rad)])
    across = np.array([-axis[1], axis[0]])
    for direction, sigma in ((axis, plane.sigma_km[0]), (across, plane.sigma_km[1])):
        a, b = plane.miss_km - 3 * sigma * direction, plane.miss_km + 3 * sigma * direction
        body.append(line(*view.at(*a), *view.at(*b), "principal"))
    radius = radius_km * view.px_per_km
    body += [
        line(ox - 9, oy, ox + 9, oy, "cross"),
        line(ox, oy - 9, ox, oy + 9, "cross"),
        f'<circle class="body" cx="{ox:.1f}" cy="{oy:.1f}" r="{radius:.2f}"/>',
    ]
    if math.hypot(mx - ox, my - oy) > 10:
        body += [
            line(ox, oy, mx, my, "miss"),
            arrow_head(mx, my, mx - ox, my - oy, "miss-fill", 8),
        ]
    return body


def _magnifier(plane: Plane, radius_km: float, view: _View, inset: _View, key: str) -> list[str]:
    half = inset.half_km * view.px_per_km
    x, y = view.at(*inset.centre_km)
    side = max(2 * half, 4.0)
    edge = inset.left if inset.left > x else inset.left + inset.size
    bottom = inset.top + inset.size
    frame = (inset.left, inset.top, inset.size, inset.size)
    nearer = inset.px_per_km / view.px_per_km
    zoom = f"{nearer:,.0f}{TIMES} closer" if nearer < 100 else f"{nearer:,.0f}{TIMES}"
    return [
        rectangle(x - side / 2, y - side / 2, side, side, "lens"),
        line(x, y - side / 2, edge, inset.top, "leader"),
        line(x, y + side / 2, edge, bottom, "leader"),
        rectangle(*frame, "glass"),
        clipped(_scene(plane, radius_km, inset), *frame, f"{key}-i"),
        rectangle(*frame, "lens"),
        *_inset_labels(plane, inset),
        *_scale_bar(inset.px_per_km, inset.left, bottom + 11, 34.0),
        words(inset.left + inset.size, bottom + 13, zoom, "note", "end"),
    ]


def _inset_labels(plane: Plane, inset: _View) -> list[str]:
    miss_km = float(np.linalg.norm(plane.miss_km))
    ox, oy = inset.at(0.0, 0.0)
    mx, my = inset.at(*plane.miss_km)
    if math.hypot(mx - ox, my - oy) > inset.size:
        return []
    labels = Labels(inset.left, inset.top, inset.left + inset.size, inset.top + inset.size)
    labels.block(min(ox, mx) - 1, min(oy, my) - 1, max(ox, mx) + 1, max(oy, my) + 1)
    return [
        labels.place(mx, my, length(miss_km), "miss-name"),
        labels.place(ox, oy, "1", "one-name", 8),
    ]


def _labels(plane: Plane, view: _View, labels: Labels, miss_km: float) -> list[str]:
    ox, oy = view.at(0.0, 0.0)
    mx, my = view.at(*plane.miss_km)
    labels.block(min(ox, mx) - 2, min(oy, my) - 2, max(ox, mx) + 2, max(oy, my) + 2)
    placed = [labels.place(ox, oy, "1", "one-name", 8)]
    if math.hypot(mx - ox, my - oy) > 40:
        placed.append(labels.place((ox + mx) / 2, (oy + my) / 2, length(miss_km), "miss-name"))
        placed.append(labels.place(mx, my, "2", "two-name", 8))
    if 3.0 * plane.sigma_km[0] * view.px_per_km < SMALLEST_CLOUD_PX:
        return placed
    axis = np.array([math.cos(plane.tilt_rad), math.sin(plane.tilt_rad)])
    if axis[0] < 0:
        axis = -axis
    across = np.array([-axis[1], axis[0]])
    for sigmas in (1, 2, 3):
        # A little below the larger axis, where the three ellipses stand farthest apart.
        around = math.radians(-20.0)
        point = plane.miss_km + sigmas * (
            math.cos(around) * plane.sigma_km[0] * axis
            + math.sin(around) * plane.sigma_km[1] * across
        )
        placed.append(labels.place(*view.at(*point), f"{sigmas}{SIGMA}", "note", 14))
    return placed


def _scale_bar(px_per_km: float, x: float, y: float, longest_px: float) -> list[str]:
    size_km = nice_below(longest_px / px_per_km)
    end = x + size_km * px_per_km
    metres = size_km * 1e3
    label = f"{metres:g} m" if metres < 1e3 else f"{metres / 1e3:,g} km"
    return [
        f'<path class="scale" d="M{x:.1f} {y - 3:.1f}v3H{end:.1f}v-3"/>',
        words(end + 5, y + 1, label, "note"),
    ]
