"""What is known of a break-up, before and after its first fragments are catalogued."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.environment.breakup import Parent
from commonsky.environment.earth import EARTH_RADIUS_KM, MU_KM3_S2
from commonsky.environment.objects import SizeProvenance

NINE_IN_TEN = 1.645  # deviations between the middle and 5 % or 95 %
# Ours: to which factor a mass is known nine times in ten.
MASS_FACTORS = {
    SizeProvenance.MEASURED: 1.1, SizeProvenance.CATALOGUE: 1.3, SizeProvenance.DESIGN: 1.4,
    SizeProvenance.RADAR: 6.0, SizeProvenance.RCS_CLASS: 10.0, SizeProvenance.KIND: 10.0,
    SizeProvenance.DERIVED: 6.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Catalogued:
    """
    What is known so far: (m,) days after the event, and how many were catalogued by then.

    Counts include those that came down since, so they never fall.  `speed_m_s` (n,) of any of the
    fragments, as `speed_in_plane_m_s` has it, may be empty.
    """

    day: Floats
    count: Floats
    speed_m_s: Floats

    def __post_init__(self) -> None:
        day, count, speed = (
            np.asarray(one, np.float64) for one in (self.day, self.count, self.speed_m_s)
        )
        if day.ndim != 1 or day.shape != count.shape or speed.ndim != 1:
            raise ValueError(f"a count for each day: {day.shape} days, {count.shape} counts")
        if not np.isfinite(day).all() or (day < 0.0).any() or (np.diff(day) <= 0.0).any():
            raise ValueError("days after the event are 0 or more, and each later than the last")
        if not np.isfinite(count).all() or (count < 0.0).any() or (np.diff(count) < 0.0).any():
            raise ValueError(
                "numbers catalogued by a day are 0 or more and never fall: what came down counts"
            )
        if not np.isfinite(speed).all() or (speed < 0.0).any():
            raise ValueError("speeds of fragments are 0 m/s or more")


@dataclass(frozen=True, slots=True)
class Beforehand:
    """
    What is believed before anything is catalogued.

    The mass is within `mass_factor` nine times in ten; `chances` are of collision, explosion and
    low intensity.  `lasting_share` is of fragments that stay up long enough to be catalogued: 1 in
    high orbits, and what `cloud` tells of low ones.
    """

    mass_kg: float
    mass_factor: float = 1.2
    chances: tuple[float, float, float] = (1 / 3, 1 / 3, 1 / 3)
    lasting_share: float = 1.0

    def __post_init__(self) -> None:
        Parent(self.mass_kg)
        if not 1.0 <= self.mass_factor < math.inf:
            raise ValueError(f"a mass is known to a factor of 1 or more, not {self.mass_factor}")
        if not 0.0 < self.lasting_share <= 1.0:
            raise ValueError(f"the share that stays up is above 0 to 1, not {self.lasting_share}")
        if min(self.chances) < 0.0 or abs(sum(self.chances) - 1.0) > 1e-9:
            raise ValueError(f"chances of three branches add up to 1, not {self.chances}")


def beforehand(
    mass_kg: float, provenance: SizeProvenance, *, lasting_share: float = 1.0
) -> Beforehand:
    """Return what is believed of a parent whose mass is known as its provenance tells."""
    return Beforehand(mass_kg, MASS_FACTORS[provenance], lasting_share=lasting_share)


def speed_in_plane_m_s(perigee_km: Floats, apogee_km: Floats, parent_height_km: float) -> Floats:
    """
    (n,) delta-v in the plane of the orbit that leads from a circle to these heights.

    For parents on nearly circular orbits, soon after the event: drag takes fragments from the
    circle that they all crossed, and then only what they lost along the track is told.
    """
    circle_km = EARTH_RADIUS_KM + parent_height_km
    low_km, high_km = EARTH_RADIUS_KM + perigee_km, EARTH_RADIUS_KM + apogee_km
    speed_squared = 2.0 * MU_KM3_S2 * (1.0 / circle_km - 1.0 / (low_km + high_km))
    level = np.sqrt(2.0 * MU_KM3_S2 * low_km * high_km / (low_km + high_km)) / circle_km
    outward = np.sqrt(np.maximum(speed_squared - level**2, 0.0))
    return np.asarray(1e3 * np.hypot(level - math.sqrt(MU_KM3_S2 / circle_km), outward))
