"""Mean elements of many objects at once, as columns: what SGP4 starts from."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from commonsky.astro.arrays import Floats, Ints

MU_WGS72_KM3_S2 = 398600.8
RADIUS_WGS72_KM = 6378.135
DEEP_SPACE_PERIOD_MIN = 225.0


@dataclass(frozen=True, slots=True)
class MeanElements:
    """
    SGP4 mean elements of n objects, in TEME of their epochs, one row each.

    Every column has shape (n,).  The mean motion is Kozai's, as messages carry it.  B* is per
    Earth radius; mean-motion derivatives are as messages carry them (SGP4 ignores them).
    """

    epoch_tai_ns: Ints
    mean_motion_rad_min: Floats
    eccentricity: Floats
    inclination_rad: Floats
    raan_rad: Floats
    argument_of_perigee_rad: Floats
    mean_anomaly_rad: Floats
    bstar_per_earth_radius: Floats
    mean_motion_dot_rev_day2: Floats
    mean_motion_ddot_rev_day3: Floats

    def __post_init__(self) -> None:
        n = len(self.epoch_tai_ns)
        for column in fields(self):
            found = getattr(self, column.name).shape
            if found != (n,):
                raise ValueError(f"{column.name} has shape {found}, but {n} objects need ({n},)")

    def __len__(self) -> int:
        return len(self.epoch_tai_ns)

    def take(self, rows: Ints) -> MeanElements:
        """Return the elements at `rows`, in that order."""
        return MeanElements(*(getattr(self, column.name)[rows] for column in fields(self)))

    @property
    def semi_major_axis_km(self) -> Floats:
        """(n,) from the Kozai mean motion by Kepler's third law; some km from SGP4's own."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return (MU_WGS72_KM3_S2 / (self.mean_motion_rad_min / 60.0) ** 2) ** (1.0 / 3.0)

    @property
    def perigee_height_km(self) -> Floats:
        """(n,) height of the mean perigee over the WGS-72 equatorial radius."""
        return self.semi_major_axis_km * (1.0 - self.eccentricity) - RADIUS_WGS72_KM

    @property
    def apogee_height_km(self) -> Floats:
        """(n,) height of the mean apogee over the WGS-72 equatorial radius."""
        return self.semi_major_axis_km * (1.0 + self.eccentricity) - RADIUS_WGS72_KM
