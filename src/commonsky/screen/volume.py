"""Screening volumes: how near is near, about each primary."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats


class Shape(StrEnum):
    """The shape of a screening volume."""

    SPHERE = "sphere"
    ELLIPSOID = "ellipsoid"
    BOX = "box"


class VolumeFrame(StrEnum):
    """The axes of a screening volume: radial, in-track, cross-track of the primary."""

    RIC = "RIC"


@dataclass(frozen=True, slots=True)
class Volume:
    """
    A volume about the primary, by its semi-axes in km: radial, in-track, cross-track.

    A conjunction is a local minimum of the distance that lies inside.  A pass through the volume
    whose minimum lies outside is not one; where that matters, take a larger volume.
    """

    semi_axes_km: tuple[float, float, float]
    shape: Shape = Shape.ELLIPSOID
    frame: VolumeFrame = VolumeFrame.RIC

    def __post_init__(self) -> None:
        if not all(math.isfinite(a) and a > 0.0 for a in self.semi_axes_km):
            raise ValueError(f"semi-axes must be positive, but are {self.semi_axes_km} km")
        if self.shape is Shape.SPHERE and len(set(self.semi_axes_km)) != 1:
            raise ValueError(f"a sphere has one radius, but {self.semi_axes_km} km were given")

    @classmethod
    def sphere(cls, radius_km: float) -> Volume:
        """Return a sphere of that radius."""
        return cls((radius_km, radius_km, radius_km), Shape.SPHERE)

    @property
    def bounding_radius_km(self) -> float:
        """Radius of the smallest sphere about the primary that holds the volume."""
        if self.shape is Shape.BOX:
            return math.hypot(*self.semi_axes_km)
        return max(self.semi_axes_km)

    def holds(self, relative_ric_km: Floats) -> NDArray[np.bool_]:
        """Whether each relative position (n, 3) of a secondary lies inside; edges are outside."""
        scaled = np.abs(relative_ric_km) / np.array(self.semi_axes_km)
        if self.shape is Shape.BOX:
            return np.asarray((scaled < 1.0).all(axis=1))
        if self.shape is Shape.SPHERE:
            return np.asarray(np.linalg.norm(relative_ric_km, axis=1) < self.semi_axes_km[0])
        return np.asarray((scaled**2).sum(axis=1) < 1.0)
