"""The few SVG strokes all drawings of the report are made of."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from commonsky.show.report.text import MINUS

GLYPH_WIDTH = 0.56  # of the font size: a little more than a sans serif needs on average
FONT_SIZE = 12.0


def svg(
    width: float, height: float, title: str, description: str, body: list[str], key: str
) -> str:
    """
    Wrap strokes into one inline picture with a title and a description for those who cannot see.

    `key` makes the ids unique in the page; `title` and `description` must be escaped already.
    """
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-labelledby="{key}-t {key}-d" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{key}-t">{title}</title><desc id="{key}-d">{description}</desc>'
        + "".join(body)
        + "</svg>"
    )


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """Return a straight stroke of the style class `kind`."""
    return f'<path class="{kind}" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>'


def words(x: float, y: float, text: str, kind: str = "note", anchor: str = "start") -> str:
    """Return a short text; it must be escaped already."""
    end = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}"{end}>{text}</text>'


def power_of_ten(exponent: int) -> str:
    """Return 10^exponent as SVG text."""
    sign = MINUS if exponent < 0 else ""
    return f'10<tspan class="sup" dy="-4">{sign}{abs(exponent)}</tspan>'


def arrow_head(
    x: float, y: float, towards_x: float, towards_y: float, kind: str, size: float = 7
) -> str:
    """Return a filled arrow head whose tip is (x, y), pointing along (towards_x, towards_y)."""
    norm = math.hypot(towards_x, towards_y) or 1.0
    ux, uy = towards_x / norm, towards_y / norm
    bx, by, half = x - size * ux, y - size * uy, 0.38 * size
    return (
        f'<path class="{kind}" d="M{x:.1f} {y:.1f}L{bx - half * uy:.1f} {by + half * ux:.1f}'
        f'L{bx + half * uy:.1f} {by - half * ux:.1f}Z"/>'
    )


def nice_step(span: float, most: int) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that cuts `span` into at most `most`."""
    raw = span / most
    power = 10.0 ** math.floor(math.log10(raw))
    return next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= raw * (1 - 1e-9))


def nice_below(span: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten that is not above `span`."""
    power = 10.0 ** math.floor(math.log10(span))
    return next(m * power for m in (5.0, 2.0, 1.0) if m * power <= span * (1 + 1e-9))


def rectangle(x: float, y: float, width: float, height: float, kind: str) -> str:
    """Return a rectangle of the style class `kind`."""
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'
    )


def clipped(strokes: list[str], x: float, y: float, width: float, height: float, key: str) -> str:
    """Return strokes of which nothing shows outside a rectangle; `key` is unique in the page."""
    return (
        f'<clipPath id="{key}">{rectangle(x, y, width, height, "clip")}</clipPath>'
        f'<g clip-path="url(#{key})">{"".join(strokes)}</g>'
    )


def mark(x: float, y: float, shape: str, kind: str, size: float = 4.0) -> str:
    """Return a marker whose shape carries the same meaning as its colour."""
    if shape == "triangle":
        path = f"M{x:.1f} {y - 1.2 * size:.1f}l{1.15 * size:.1f} {2 * size:.1f}h{-2.3 * size:.1f}z"
    elif shape == "diamond":
        d = 1.3 * size
        path = f"M{x:.1f} {y - d:.1f}l{d:.1f} {d:.1f}l{-d:.1f} {d:.1f}l{-d:.1f} {-d:.1f}z"
    else:
        return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}"/>'
    return f'<path class="{kind}" d="{path}"/>'


@dataclass
class Labels:
    """Places texts one after the other so that none covers another or leaves the frame."""

    left: float
    top: float
    right: float
    bottom: float
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def block(self, left: float, top: float, right: float, bottom: float) -> None:
        """Keep texts off a rectangle."""
        self.taken.append((left, top, right, bottom))

    def place(self, x: float, y: float, text: str, kind: str = "note", width: float = 0.0) -> str:
        """
        Return `text` near (x, y), on the side where it collides least.

        `width` is needed where the text holds markup; otherwise it is guessed from its length.
        """
        width = width or GLYPH_WIDTH * FONT_SIZE * len(text)
        best: tuple[float, tuple[float, float, float, float], float, float] | None = None
        for rank, (ox, oy) in enumerate(_sides(width)):
            box = (x + ox, y + oy - 0.8 * FONT_SIZE, x + ox + width, y + oy + 0.25 * FONT_SIZE)
            cost = self._cost(box) + 0.5 * rank
            if best is None or cost < best[0]:
                best = (cost, box, x + ox, y + oy)
            if cost <= 0.5 * rank:
                break
        if best is None:
            return ""
        self.taken.append(best[1])
        return words(best[2], best[3], text, kind)

    def _cost(self, box: tuple[float, float, float, float]) -> float:
        left, top, right, bottom = box
        cost = 0.0
        for a, b, c, d in self.taken:
            cost += max(0.0, min(right, c) - max(left, a)) * max(0.0, min(bottom, d) - max(top, b))
        outside = max(0.0, self.left - left) + max(0.0, right - self.right)
        outside += max(0.0, self.top - top) + max(0.0, bottom - self.bottom)
        return cost + 1e3 * outside


def _sides(width: float) -> list[tuple[float, float]]:
    return [
        (8, 4), (-8 - width, 4), (-width / 2, -9), (-width / 2, 17),
        (8, -9), (8, 17), (-8 - width, -9), (-8 - width, 17),
        (14, -22), (14, 30), (-14 - width, -22), (-14 - width, 30),
        (24, -40), (24, 48), (-24 - width, -40), (-24 - width, 48),
    ]  # fmt: skip
