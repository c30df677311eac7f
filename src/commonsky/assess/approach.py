"""How two objects meet, one event at a time: the encounter plane, and who comes from where."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from commonsky.astro.arrays import Floats

HEAD_ON_DEG, OVERTAKING_DEG = 150.0, 30.0


class Way(StrEnum):
    """Where object 2 comes from, for someone who flies with object 1, head up."""

    UNKNOWN = "unknown"
    HEAD_ON = "head_on"
    PARALLEL = "parallel"
    RIGHT = "right"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Approach:
    """Direction of object 2 against object 1 at the time of closest approach."""

    angle_deg: float  # between the two velocities: 0 overtaking, 180 head-on
    velocity2_ric_km_s: Floats  # (3,) inertial velocity of object 2 on object 1's axes

    @property
    def way(self) -> Way:
        """Return where object 2 comes from."""
        if not math.isfinite(self.angle_deg):
            return Way.UNKNOWN
        if self.angle_deg >= HEAD_ON_DEG:
            return Way.HEAD_ON
        if self.angle_deg <= OVERTAKING_DEG:
            return Way.PARALLEL
        # The cross-track axis is the orbit normal, which is on the left of who flies head up.
        return Way.RIGHT if self.velocity2_ric_km_s[2] > 0 else Way.LEFT


def approach(position1_km: Floats, velocity1_km_s: Floats, velocity2_km_s: Floats) -> Approach:
    """Return how object 2 meets object 1, from states in one inertial frame."""
    with np.errstate(invalid="ignore", divide="ignore"):
        axes = ric_axes(position1_km, velocity1_km_s)
        speeds = np.linalg.norm(velocity1_km_s) * np.linalg.norm(velocity2_km_s)
        cosine = np.clip(velocity1_km_s @ velocity2_km_s / speeds, -1.0, 1.0)
    return Approach(
        math.degrees(math.acos(cosine)) if np.isfinite(cosine) else math.nan,
        axes @ velocity2_km_s,
    )


@dataclass(frozen=True, slots=True)
class Plane:
    """
    The plane through object 1 normal to the relative velocity, seen along object 2's approach.

    The second axis is the part of object 1's radial direction that lies in the plane, so that up
    on the page is away from the Earth (in-track where the approach itself is radial).
    """

    miss_km: Floats  # (2,) object 2 relative to object 1
    covariance_km2: Floats  # (2, 2) of that difference
    up: str  # what the second axis is

    @property
    def sigma_km(self) -> Floats:
        """(2,) standard deviations along the principal axes, the larger first."""
        return np.sqrt(np.maximum(np.linalg.eigvalsh(self.covariance_km2)[::-1], 0.0))

    @property
    def tilt_rad(self) -> float:
        """Angle of the larger principal axis from the first axis."""
        axis = np.linalg.eigh(self.covariance_km2)[1][:, 1]
        return math.atan2(axis[1], axis[0])

    @property
    def mahalanobis(self) -> float:
        """Miss distance in standard deviations."""
        try:
            return math.sqrt(self.miss_km @ np.linalg.solve(self.covariance_km2, self.miss_km))
        except np.linalg.LinAlgError:
            return math.nan


def encounter_plane(
    states_km: tuple[Floats, ...], sigma1_rtn_km: Floats, sigma2_rtn_km: Floats
) -> Plane | None:
    """
    Project miss and combined covariance on the encounter plane.

    `states_km` are position 1, velocity 1, position 2, velocity 2 in one inertial frame, km and
    km/s; the sigmas (3,) stand on each object's own radial, transverse and normal axes.  None
    where there is no plane: no relative velocity, or numbers that are not finite.
    """
    position1, velocity1, position2, velocity2 = states_km
    relative_velocity = velocity2 - velocity1
    speed = float(np.linalg.norm(relative_velocity))
    covariance = relative_covariance(states_km, sigma1_rtn_km, sigma2_rtn_km)
    if not speed > 0 or not np.all(np.isfinite(covariance)):
        return None
    forward = relative_velocity / speed
    axes = ric_axes(position1, velocity1)
    up, name = axes[0] - (axes[0] @ forward) * forward, "away from the Earth"
    if np.linalg.norm(up) < 0.1:
        up, name = axes[1] - (axes[1] @ forward) * forward, "in-track"
    up /= np.linalg.norm(up)
    projection = np.stack((np.cross(forward, up), up))
    return Plane(
        projection @ (position2 - position1), projection @ covariance @ projection.T, name
    )


def relative_covariance(
    states_km: tuple[Floats, ...], sigma1_rtn_km: Floats, sigma2_rtn_km: Floats
) -> Floats:
    """Return the (3, 3) covariance of object 2 minus object 1, km², in the frame of the states."""
    axes1 = ric_axes(*states_km[:2])
    axes2 = ric_axes(*states_km[2:])
    return (
        axes1.T @ np.diag(sigma1_rtn_km**2) @ axes1 + axes2.T @ np.diag(sigma2_rtn_km**2) @ axes2
    )


def ric_axes(position_km: Floats, velocity_km_s: Floats) -> Floats:
    """Return (3, 3) rows radial, in-track, cross-track, in the frame of the state."""
    radial = position_km / np.linalg.norm(position_km)
    cross = np.cross(position_km, velocity_km_s)
    cross /= np.linalg.norm(cross)
    return np.stack((radial, np.cross(cross, radial), cross))
