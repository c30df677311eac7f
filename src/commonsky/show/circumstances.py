"""What conjunction data messages say beside their numbers, for reports: names, dates, geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from commonsky.assess.approach import Plane, ric_axes
from commonsky.astro.arrays import Floats
from commonsky.formats.ndm_message import Message
from commonsky.node.encounters import Encounters

SLIGHT = 0.1  # sine between radial and approach, under which in-track is up


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Of one message; texts are as they came, "" where nothing is said."""

    created: str = ""
    originator: str = ""
    name1: str = ""
    name2: str = ""
    plane: Plane | None = None  # where there is no relative velocity or no covariance


def circumstances_of(messages: Sequence[Message], found: Encounters) -> list[Circumstances]:
    """Return what n messages say, and their encounter planes from the n `encounters_of` them."""
    return [
        Circumstances(
            message.text("CREATION_DATE"),
            message.text("ORIGINATOR"),
            message.text("OBJECT_NAME", 1),
            message.text("OBJECT_NAME", 2),
            encounter_plane_of(found, row),
        )
        for row, message in enumerate(messages)
    ]


def encounter_plane_of(found: Encounters, row: int) -> Plane | None:
    """
    Return the encounter plane of one encounter, with the whole of both covariances of position.

    Errors of the two count as independent.  None where a number is missing or not finite, or where
    there is no relative velocity.
    """
    position1, velocity1 = found.position1_km[row], found.velocity1_km_s[row]
    miss = found.position2_km[row] - position1
    relative_velocity = found.velocity2_km_s[row] - velocity1
    covariance = (found.covariance1[row] + found.covariance2[row])[:3, :3]
    speed = float(np.linalg.norm(relative_velocity))
    if not speed > 0 or not all(np.isfinite(one).all() for one in (miss, velocity1, covariance)):
        return None
    projection, up = _axes(position1, velocity1, relative_velocity / speed)
    if not np.isfinite(projection).all():
        return None
    flat = projection @ covariance @ projection.T
    # No drawing can be made of an ellipse that is not one.
    return Plane(projection @ miss, flat, up) if np.linalg.eigvalsh(flat)[0] > 0 else None


def _axes(position: Floats, velocity: Floats, forward: Floats) -> tuple[Floats, str]:
    """Return the axes of the plane (2, 3), and what the second is."""
    with np.errstate(invalid="ignore", divide="ignore"):
        axes = ric_axes(position, velocity)
    up, name = axes[0] - (axes[0] @ forward) * forward, "away from the Earth"
    if np.linalg.norm(up) < SLIGHT:
        up, name = axes[1] - (axes[1] @ forward) * forward, "in-track"
    up = up / np.linalg.norm(up)
    return np.stack((np.cross(forward, up), up)), name
