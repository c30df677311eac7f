"""
How long an orbit lasts under drag: under one course of the Sun, and how likely within a limit.

What decides it is not known beforehand (the Sun's next cycles, drag coefficient, attitude), so
a limit such as five or twenty-five years is met with a probability, never with a yes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.environment.drag import (
    DRAG_COEFFICIENT,
    ballistic_m2_kg,
    descend,
    drag_table,
    lift_km,
)
from commonsky.environment.earth import MONTH_S
from commonsky.environment.solar_flux import FluxScenario, drawn_cycles

MOST_YEARS = 1000.0
# One standard deviation, in natural logarithms, of drag coefficient, mean area and air together.
SPREAD_OF_BALLISTIC = 0.25


@dataclass(frozen=True, slots=True)
class Orbits:
    """n orbits: heights of the apsides above the equatorial radius, and what drag acts on."""

    perigee_km: Floats
    apogee_km: Floats
    inclination_rad: Floats
    area_to_mass_m2_kg: Floats

    def __post_init__(self) -> None:
        columns = (self.apogee_km, self.inclination_rad, self.area_to_mass_m2_kg)
        if any(column.shape != self.perigee_km.shape for column in columns):
            raise ValueError("orbits have as many apogees, inclinations and ratios as perigees")

    def __len__(self) -> int:
        return len(self.perigee_km)


def lifetime_years(
    orbits: Orbits, flux: FluxScenario, *, start_year: float, most_years: float = 200.0,
    drag_coefficient: float = DRAG_COEFFICIENT,
) -> Floats:  # fmt: skip
    """
    (n,) years until a perigee is below 120 km; inf for what lasts longer than `most_years`.

    By drag alone, with the oblate Earth and the turning air; solar radiation, Sun and Moon are
    left out, which above some 1 m²/kg, and for apogees beyond 10 000 km, they may not be.  nan
    rows tell nan.
    """
    if not 0.0 < most_years <= MOST_YEARS:
        raise ValueError(
            f"lifetimes are followed for up to {MOST_YEARS:g} years, not {most_years}"
        )
    ballistic = ballistic_m2_kg(
        orbits.area_to_mass_m2_kg, orbits.perigee_km, orbits.inclination_rad, drag_coefficient
    )
    return _followed(orbits, ballistic, flux, start_year, most_years)


def _followed(
    orbits: Orbits, ballistic: Floats, flux: FluxScenario, start_year: float, most_years: float
) -> Floats:
    told = np.full(len(orbits), np.inf)
    told[~np.isfinite(orbits.perigee_km + orbits.apogee_km + ballistic)] = np.nan
    told[orbits.perigee_km < 120.0] = 0.0
    rows = np.flatnonzero(np.isinf(told))
    low, high = orbits.perigee_km[rows].copy(), orbits.apogee_km[rows].copy()
    lift, ballistic = lift_km(orbits.inclination_rad[rows]), ballistic[rows]
    for month in range(int(np.ceil(most_years * 12.0))):
        table = drag_table(float(flux.at(start_year + (month + 0.5) / 12.0)))
        left_s = descend(low, high, ballistic, lift, MONTH_S, table)
        down = np.flatnonzero(np.isfinite(left_s))
        if not len(down):
            continue
        told[rows[down]] = (month + 1 - left_s[down] / MONTH_S) / 12.0
        kept = np.isnan(left_s)
        rows, low, high = rows[kept], low[kept], high[kept]
        lift, ballistic = lift[kept], ballistic[kept]
        if not len(rows):
            break
    told[told > most_years] = np.inf
    return told


def probability_of_decay(
    orbits: Orbits, within_years: float, *, start_year: float, draws: int = 100,
    rng: np.random.Generator,
) -> Floats:  # fmt: skip
    """
    (n,) share of drawn solar cycles and drag coefficients under which an orbit ends in time.

    All orbits see the same draws, so differences between them are no chance of the draw.
    """
    if draws < 1:
        raise ValueError(f"a probability needs one draw or more, not {draws}")
    nominal = ballistic_m2_kg(orbits.area_to_mass_m2_kg, orbits.perigee_km, orbits.inclination_rad)
    ended = np.zeros(len(orbits))
    for one in rng.spawn(draws):
        flux = drawn_cycles(start_year, within_years, one)
        factor = np.exp(SPREAD_OF_BALLISTIC * one.standard_normal())
        ended += (
            _followed(orbits, nominal * factor, flux, start_year, within_years) <= within_years
        )
    return np.where(np.isnan(orbits.perigee_km), np.nan, ended / draws)
