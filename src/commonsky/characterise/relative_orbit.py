"""
How one object moves about another: relative orbit elements, and radial, in-track, cross-track.

Elements are made from both states at one time, so that waves that both share cancel.  Vectors of
eccentricity and inclination are counted from the node of the chief, and turned with as little as
takes one plane into the other: nothing happens to them near the equator, where nodes mean little.

Reference: D'Amico and Montenbruck (2006), Proximity Operations of Formation-Flying Spacecraft
Using an Eccentricity/Inclination Vector Separation, J. Guidance Control Dyn. 29(3), for the
elements and the geometry; osculating here, and apsides counted as above.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MU_WGS72_KM3_S2
from commonsky.astro.frames import rotation_rtn

AROUND: Final = 360  # places on an orbit at which the distance across the track is looked at


@dataclass(frozen=True, slots=True)
class RelativeOrbits:
    """
    Relative orbit elements of n pairs, deputy against chief, all but `axis_km` without unit.

    `axis` is the difference of semi-major axes over the chief's, `longitude_rad` that of mean
    arguments of latitude with the nodes'; `eccentricity` and `inclination_rad` are vectors (n, 2).
    """

    axis_km: Floats  # (n,), the chief's
    axis: Floats  # (n,)
    longitude_rad: Floats  # (n,)
    eccentricity: Floats  # (n, 2)
    inclination_rad: Floats  # (n, 2)

    def __len__(self) -> int:
        return len(self.axis)

    @property
    def plane_angle_rad(self) -> Floats:
        """(n,) angle between both planes."""
        return np.asarray(np.linalg.norm(self.inclination_rad, axis=1), np.float64)


def relative_orbits(chief: Floats, deputy: Floats) -> RelativeOrbits:
    """
    Return the relative orbit elements of states (n, 6), km and km/s, in one inertial frame.

    nan where a state is, or is of no closed orbit.
    """
    with np.errstate(all="ignore"):
        axis1, normal1, apsis1 = _vectors(chief)
        axis2, normal2, apsis2 = _vectors(deputy)
        node, ahead = _node_axes(normal1)
        # Rotation that takes the deputy's plane into the chief's by the shortest way.
        tilt = np.cross(normal1, normal2)
        apsis2 = _turned(apsis2, normal2, normal1)
        place2 = _turned(_unit(deputy[:, :3]), normal2, normal1)
        longitude1 = _mean_longitude(_unit(chief[:, :3]), apsis1, node, ahead)
        longitude2 = _mean_longitude(place2, apsis2, node, ahead)
        difference = (longitude2 - longitude1 + np.pi) % (2 * np.pi) - np.pi
        off = apsis2 - apsis1
        return RelativeOrbits(
            axis1,
            axis2 / axis1 - 1.0,
            difference,
            np.stack([_dot(off, node), _dot(off, ahead)], axis=1),
            np.stack([_dot(tilt, node), _dot(tilt, ahead)], axis=1),
        )


def relative_states(chief: Floats, deputy: Floats) -> tuple[Floats, Floats]:
    """(n, 3) position of deputies on radial, in-track, cross-track axes (km), and speed (km/s)."""
    rotation = rotation_rtn(chief[:, :3], chief[:, 3:])
    position = (rotation @ (deputy - chief)[:, :3, None])[:, :, 0]
    speed = np.linalg.norm((deputy - chief)[:, 3:], axis=1)
    return position, np.asarray(speed, np.float64)


def least_across_track_km(chief: Floats, deputy: Floats) -> Floats:
    """
    (n,) least distance of two paths on the radial and cross-track axes, wherever along the track.

    What stays further apart than this cannot collide, however wrong its drift along the track is
    known: the separation of eccentricity and inclination vectors.  Of ellipses through the states
    (n, 6), and not to first order: planes may be degrees apart.
    """
    with np.errstate(all="ignore"):
        axis1, normal1, apsis1 = _vectors(chief)
        axis2, normal2, apsis2 = _vectors(deputy)
        node, ahead = _node_axes(normal2)
        least = np.full(len(chief), np.inf)
        last = np.full((len(chief), 2), np.nan)
        for angle in np.linspace(0.0, 2.0 * np.pi, AROUND + 1):
            there = np.cos(angle) * node + np.sin(angle) * ahead
            there = there * _radius_km(axis2, apsis2, there)[:, None]
            normal = _dot(there, normal1)
            flat = there - normal[:, None] * normal1
            radial = np.linalg.norm(flat, axis=1) - _radius_km(axis1, apsis1, _unit(flat))
            across = np.stack([radial, normal], axis=1)
            least = np.fmin(least, _from_origin(last, across))
            last = across
        return np.asarray(np.where(np.isfinite(axis1 + axis2), least, np.nan), np.float64)


def _from_origin(begin: Floats, end: Floats) -> Floats:
    """(n,) distance of the origin from straight pieces between points (n, 2)."""
    way = end - begin
    share = np.clip(-_dot(begin, way) / np.maximum(_dot(way, way), 1e-30), 0.0, 1.0)
    return np.asarray(np.linalg.norm(begin + share[:, None] * way, axis=1), np.float64)


def _radius_km(axis_km: Floats, apsis: Floats, direction: Floats) -> Floats:
    """Distance (n,) of ellipses from the Earth's centre, in a direction in their planes."""
    parameter = axis_km * (1.0 - _dot(apsis, apsis))
    return np.asarray(parameter / (1.0 + _dot(apsis, direction)), np.float64)


def circles(
    orbits: RelativeOrbits, drift_limit: float
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """
    (n,) whether the deputy goes round the chief: its ellipse, twice as long as high, encloses it.

    `drift_limit` is how far it may drift along the track in a revolution, over that ellipse.
    """
    size = 2.0 * np.linalg.norm(orbits.eccentricity, axis=1)
    drift = 3.0 * np.pi * np.abs(orbits.axis)
    return np.asarray((np.abs(orbits.longitude_rad) < size) & (drift < drift_limit * size))


def _vectors(state: Floats) -> tuple[Floats, Floats, Floats]:
    """Semi-major axis (n,), unit normal (n, 3), eccentricity vector (n, 3)."""
    position, velocity = state[:, :3], state[:, 3:]
    radius = np.linalg.norm(position, axis=1)
    axis = 1.0 / (2.0 / radius - _dot(velocity, velocity) / MU_WGS72_KM3_S2)
    momentum = np.cross(position, velocity)
    apsis = np.cross(velocity, momentum) / MU_WGS72_KM3_S2 - position / radius[:, None]
    return np.where(axis > 0.0, axis, np.nan), _unit(momentum), apsis


def _node_axes(normal: Floats) -> tuple[Floats, Floats]:
    """Directions (n, 3) of the ascending node, and a quarter of a turn ahead of it."""
    node = np.stack([-normal[:, 1], normal[:, 0], np.zeros(len(normal))], axis=1)
    flat = np.linalg.norm(node, axis=1) < 1e-12
    node = np.where(flat[:, None], [1.0, 0.0, 0.0], node)
    node = _unit(node)
    return node, np.cross(normal, node)


def _turned(vector: Floats, normal: Floats, onto: Floats) -> Floats:
    """Vectors (n, 3) turned by the shortest rotation from one plane's normal to another's."""
    axis, cosine = np.cross(normal, onto), _dot(normal, onto)[:, None]
    return np.asarray(
        vector * cosine + np.cross(axis, vector)
        + axis * (_dot(axis, vector)[:, None] / (1.0 + cosine)), np.float64,
    )  # fmt: skip


def _mean_longitude(place: Floats, apsis: Floats, node: Floats, ahead: Floats) -> Floats:
    """Mean argument of latitude (n,) of a direction on an orbit with that eccentricity vector."""
    x, y = _dot(apsis, node), _dot(apsis, ahead)
    true = np.arctan2(_dot(place, ahead), _dot(place, node))
    e = np.hypot(x, y)
    anomaly = true - np.arctan2(y, x)
    eccentric = np.arctan2(
        np.sqrt(np.maximum(1.0 - e * e, 0.0)) * np.sin(anomaly), e + np.cos(anomaly)
    )
    return np.asarray(true - anomaly + eccentric - e * np.sin(eccentric), np.float64)


def _dot(a: Floats, b: Floats) -> Floats:
    return np.asarray((a * b).sum(axis=1), np.float64)


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / np.linalg.norm(vector, axis=1, keepdims=True), np.float64)
