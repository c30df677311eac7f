"""Whose satellites a cloud of fragments may meet: their orbits, and whether people are aboard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats
from commonsky.environment.earth import EARTH_RADIUS_KM

MOST_SATELLITES = 20_000


@dataclass(frozen=True, slots=True)
class Satellites:
    """
    k satellites of interest: heights of the apsides above the equatorial radius, and sizes.

    `angles_rad` (k, 3) are node, argument of perigee and mean anomaly at the time of the break-up;
    nan where they are not known, which averages over all of them.
    """

    perigee_km: Floats
    apogee_km: Floats
    inclination_rad: Floats
    radius_m: Floats
    crewed: NDArray[np.bool_]
    angles_rad: Floats

    def __post_init__(self) -> None:
        k = len(self.perigee_km)
        columns = (self.apogee_km, self.inclination_rad, self.radius_m, self.crewed)
        if any(column.shape != (k,) for column in columns) or self.angles_rad.shape != (k, 3):
            raise ValueError("each satellite has an orbit, a radius, a flag and three angles")
        if k > MOST_SATELLITES:
            raise ValueError(f"at most {MOST_SATELLITES:,} satellites at once, not {k:,}")
        apsides = (self.perigee_km > 0.0) & (self.apogee_km >= self.perigee_km)
        if not (apsides & np.isfinite(self.apogee_km + self.inclination_rad)).all():
            raise ValueError("satellites have a perigee above 0 km and an apogee no lower")
        if not (np.isfinite(self.radius_m) & (self.radius_m > 0.0)).all():
            raise ValueError("the radius of a satellite is above 0 m")

    def __len__(self) -> int:
        return len(self.perigee_km)

    @property
    def axis_km(self) -> Floats:
        """(k,) half of the major axis."""
        return np.asarray(EARTH_RADIUS_KM + 0.5 * (self.perigee_km + self.apogee_km), np.float64)


def anywhere(
    perigee_km: Floats, apogee_km: Floats, inclination_rad: Floats, radius_m: Floats,
    crewed: NDArray[np.bool_],
) -> Satellites:  # fmt: skip
    """Return satellites whose place on their orbits, and whose planes, are not known."""
    angles = np.full((len(perigee_km), 3), np.nan)
    return Satellites(perigee_km, apogee_km, inclination_rad, radius_m, crewed, angles)
