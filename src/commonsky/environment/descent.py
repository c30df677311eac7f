"""
How a cloud comes down: who is where at asked moments, when each comes down, years spent in orbit.

Drag acts month by month under one course of the Sun, as in environment.lifetime.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.environment.drag import (
    DRAG_COEFFICIENT,
    ballistic_m2_kg,
    descend,
    drag_table,
    lift_km,
)
from commonsky.environment.earth import DAY_S, EARTH_RADIUS_KM, MONTH_S, YEAR_DAYS, YEAR_S
from commonsky.environment.fragment_orbits import Fate, Fates, FragmentOrbits
from commonsky.environment.solar_flux import FluxScenario

LEO_TOP_KM = 2000.0
MOST_DAYS = 1000.0 * YEAR_DAYS
TALLY_S = 5.99 * MONTH_S  # twice a year, whatever is lost in sums of months


@dataclass(frozen=True, slots=True)
class Descent:
    """
    n fragments at m moments: orbits in km, nan unless IN_ORBIT, and the years until re-entry.

    `years` is inf for what is up at the last moment or escaped, 0 for what comes down within a
    revolution, nan for the UNTOLD.  `leo_years` (m,) is what all of them together spent below
    2000 km until a moment, without what escapes.
    """

    days: Floats
    perigee_km: Floats
    apogee_km: Floats
    fate: Fates
    years: Floats
    leo_years: Floats

    @property
    def object_years(self) -> Floats:
        """(m,) years that all fragments together spent in orbit; what escapes spends none."""
        spent = np.where(self.fate[-1] == Fate.ESCAPED, 0.0, np.nan_to_num(self.years, nan=0.0))
        return np.array([np.minimum(spent, day / YEAR_DAYS).sum() for day in self.days])


def descent(
    orbits: FragmentOrbits, area_to_mass_m2_kg: Floats, flux: FluxScenario, at_year: float,
    days: Sequence[float], *, drag_coefficient: float = DRAG_COEFFICIENT,
) -> Descent:  # fmt: skip
    """Bring a cloud down that began in a year, and tell it at moments, in days and ascending."""
    moments = np.asarray(days, np.float64)
    if not (len(moments) and moments[0] > 0.0 and (np.diff(moments) > 0.0).all()):
        raise ValueError("moments are days after the break-up, above 0 and ascending")
    if moments[-1] > MOST_DAYS:
        raise ValueError(f"a cloud is followed for {MOST_DAYS:,.0f} days at most")
    rows = np.flatnonzero(orbits.fate == Fate.IN_ORBIT)
    ballistic = ballistic_m2_kg(
        area_to_mass_m2_kg, orbits.perigee_km, orbits.inclination_rad, drag_coefficient
    )
    known = np.isfinite(ballistic[rows]) & (ballistic[rows] > 0.0)
    fate, years = orbits.fate.copy(), np.full(len(orbits), np.inf)
    fate[rows[~known]] = Fate.UNTOLD
    years[fate == Fate.RE_ENTERED] = 0.0
    years[fate == Fate.UNTOLD] = np.nan
    falling = _Falling(orbits, ballistic, rows[known], fate, years)
    told = [falling.until(day * DAY_S, flux, at_year) for day in moments]
    low, high, fates, leo = zip(*told, strict=True)
    return Descent(moments, np.stack(low), np.stack(high), np.stack(fates), years, np.array(leo))


class _Falling:
    """Those that are still up: their rows, and what drag needs of them."""

    def __init__(
        self, orbits: FragmentOrbits, ballistic: Floats, rows: Ints, fate: Fates, years: Floats
    ) -> None:
        self.rows, self.fate, self.years = rows, fate, years
        self.low, self.high = orbits.perigee_km[rows], orbits.apogee_km[rows]
        self.lift = lift_km(orbits.inclination_rad[rows])
        self.ballistic = ballistic[rows]
        self.down_s = np.full(len(rows), np.inf)
        self.share = share_of_time_below(LEO_TOP_KM, self.low, self.high)
        self.now_s, self.tallied_s, self.leo_years = 0.0, 0.0, 0.0

    def until(
        self, end_s: float, flux: FluxScenario, at_year: float
    ) -> tuple[Floats, Floats, Fates, float]:
        """Bring all down until a time; return apsides and fates of all fragments then."""
        while self.now_s < end_s:
            # A sum of months must not leave a sliver of one.
            month = int(np.floor(self.now_s / MONTH_S + 1e-9))
            block_end_s = min((month + 1) * MONTH_S, end_s)
            table = drag_table(float(flux.at(at_year + (month + 0.5) / 12.0)))
            seconds = block_end_s - self.now_s
            left_s = descend(self.low, self.high, self.ballistic, self.lift, seconds, table)
            down = np.flatnonzero(np.isfinite(left_s))
            self.down_s[down] = block_end_s - left_s[down]
            self.now_s = block_end_s
            if self.now_s - self.tallied_s >= TALLY_S:
                self._tally()
        self._tally()
        told = np.full((2, len(self.fate)), np.nan)
        told[0, self.rows], told[1, self.rows] = self.low, self.high
        return told[0], told[1], self.fate.copy(), self.leo_years

    def _tally(self) -> None:
        """Count the time spent below 2000 km since the last count, and let go of what is down."""
        spent = np.minimum(self.down_s, self.now_s) - self.tallied_s
        kept = np.isinf(self.down_s)
        share = np.where(kept, share_of_time_below(LEO_TOP_KM, self.low, self.high), 1.0)
        self.leo_years += float((0.5 * (self.share + share)) @ spent) / YEAR_S
        self.tallied_s, self.share = self.now_s, share
        down = self.rows[~kept]
        self.fate[down] = Fate.RE_ENTERED
        self.years[down] = self.down_s[~kept] / YEAR_S
        if len(down):
            for column in ("rows", "low", "high", "lift", "ballistic", "down_s", "share"):
                setattr(self, column, getattr(self, column)[kept])


def share_of_time_below(height_km: float, perigee_km: Floats, apogee_km: Floats) -> Floats:
    """(n,) share of its time that each spends below a height, by Kepler's equation."""
    share = np.where(perigee_km < height_km, 1.0, 0.0)
    rows = np.flatnonzero((apogee_km > height_km) & (perigee_km < height_km))
    axis = EARTH_RADIUS_KM + 0.5 * (perigee_km[rows] + apogee_km[rows])
    eccentricity = 0.5 * (apogee_km[rows] - perigee_km[rows]) / axis
    cosine = np.clip((1.0 - (EARTH_RADIUS_KM + height_km) / axis) / eccentricity, -1.0, 1.0)
    share[rows] = (np.arccos(cosine) - eccentricity * np.sqrt(1.0 - cosine**2)) / np.pi
    return np.asarray(share, np.float64)
