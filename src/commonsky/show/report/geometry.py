"""Who comes from where: the approach seen from object 1, as numbers and as a picture."""

from __future__ import annotations

import math

import numpy as np

from commonsky.assess.approach import Approach, Way
from commonsky.astro.arrays import Floats
from commonsky.show.report.drawing import arrow_head, line, svg, words
from commonsky.show.report.text import SIGMA, decimal, signed

SIZE = 360.0


WORDS = {
    Way.UNKNOWN: "from an unknown direction",
    Way.HEAD_ON: "head-on",
    Way.PARALLEL: "nearly parallel",
    Way.RIGHT: "crossing from the right",
    Way.LEFT: "crossing from the left",
}


def approach_drawing(
    meeting: Approach, relative_ric_km: Floats, sigma_ric_km: Floats, key: str
) -> str:
    """
    Draw the meeting seen from above, and the miss by components with one sigma.

    `relative_ric_km` and `sigma_ric_km` (3,) are object 2 seen from object 1 and the standard
    deviation of that difference, on object 1's axes.
    """
    body = _dial(meeting) + _bars(relative_ric_km, sigma_ric_km)
    angle = f"{meeting.angle_deg:.0f}" if math.isfinite(meeting.angle_deg) else "unknown"
    description = (
        f"The velocities meet at {angle} degrees. Radial {signed(relative_ric_km[0])}, in-track "
        f"{signed(relative_ric_km[1])}, cross-track {signed(relative_ric_km[2])} kilometres."
    )
    return svg(SIZE, SIZE, f"Approach geometry: {WORDS[meeting.way]}", description, body, key)


def _dial(meeting: Approach) -> list[str]:
    cx, cy, radius = 180.0, 118.0, 88.0
    body = [f'<circle class="hair" cx="{cx}" cy="{cy}" r="{radius}"/>']
    for degrees in range(0, 360, 30):
        s, c = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
        inner = radius - (6 if degrees % 90 == 0 else 3)
        body.append(line(cx + inner * s, cy - inner * c, cx + radius * s, cy - radius * c, "axis"))
    body += [
        line(cx, cy + radius - 12, cx, cy - radius + 20, "one"),
        arrow_head(cx, cy - radius + 14, 0, -1, "one-fill", 9),
        words(cx + 8, cy + radius - 14, "1", "one-name"),
    ]
    _, along, cross = meeting.velocity2_ric_km_s
    norm = math.hypot(along, cross)
    if not norm > 0:
        return body
    # Seen from above with object 1 flying up the page, the orbit normal points left.
    ux, uy = -cross / norm, -along / norm
    reach = radius - 12
    body += [
        line(
            cx - reach * ux, cy - reach * uy, cx + (reach - 12) * ux, cy + (reach - 12) * uy, "two"
        ),
        arrow_head(cx + (reach - 6) * ux, cy + (reach - 6) * uy, ux, uy, "two-fill", 9),
        words(cx - (radius + 11) * ux, cy - (radius + 11) * uy + 4, "2", "two-name", "middle"),
        f'<circle class="dot" cx="{cx}" cy="{cy}" r="3"/>',
    ]
    body.append(words(2, 20, f"{meeting.angle_deg:.0f}°", "figure"))
    body.append(words(2, 37, WORDS[meeting.way], "note"))
    return body


def _bars(relative_ric_km: Floats, sigma_ric_km: Floats) -> list[str]:
    middle, half, top, pitch = 160.0, 72.0, 266.0, 28.0
    reach = float(np.nanmax(np.abs(relative_ric_km), initial=0.0)) or 1.0
    body = [line(middle, top - 14, middle, top + 2 * pitch + 14, "axis")]
    body.append(words(298, top - 20, "miss, km", "note", "end"))
    body.append(words(352, top - 20, f"1{SIGMA}, km", "note", "end"))
    for row, name in enumerate(("radial", "in-track", "cross-track")):
        y = top + row * pitch
        value, sigma = float(relative_ric_km[row]), float(sigma_ric_km[row])
        body.append(words(2, y + 4, name, "note"))
        if math.isfinite(value):
            end = middle + half * value / reach
            body.append(
                f'<rect class="bar" x="{min(middle, end):.1f}" y="{y - 5:.1f}" '
                f'width="{max(abs(end - middle), 0.8):.1f}" height="10"/>'
            )
        body.append(words(298, y + 4, signed(value), "value", "end"))
        body.append(words(352, y + 4, decimal(sigma, 3), "note", "end"))
    return body
