"""A break-up as rules ask for it: how long its catalogued pieces stay below 2000 km, at least."""

from __future__ import annotations

from datetime import date

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.characterise.history import History
from commonsky.characterise.norms.knowledge import Between, Quantity, Unknown, year_of
from commonsky.environment.lifetime import Orbits, lifetime_years
from commonsky.environment.solar_flux import mean_cycles

LOW_KM = 2000.0
MOST_YEARS = 100.0
# Pieces above 10 cm have 0.01 to 0.5 m2/kg; a factor of three about the middle holds most.
AREA_TO_MASS_M2_KG, FACTOR = 0.08, 3.0


def stay_of_pieces(past: History, rows: Ints, on: date) -> tuple[Quantity, Quantity]:
    """
    Return object-years below 2000 km of these input rows, and how many stay longer than a year.

    Lower bounds: of what is catalogued, with three times the usual area-to-mass ratio under mean
    courses of the Sun; what has no element set among the rows is not counted.
    """
    sets = np.flatnonzero(np.isin(past.row, rows))
    low = sets[past.elements.perigee_height_km[sets] < LOW_KM]
    if not len(low):
        nothing = Unknown("none of its pieces is below 2000 km")
        return nothing, nothing
    elements = past.elements.take(low)
    orbits = Orbits(
        elements.perigee_height_km, elements.apogee_height_km, elements.inclination_rad,
        np.full(len(low), AREA_TO_MASS_M2_KG * FACTOR),
    )  # fmt: skip
    start = year_of(on)
    years = lifetime_years(
        orbits, mean_cycles(start), start_year=start, most_years=MOST_YEARS
    )  # fmt: skip
    years = np.minimum(np.nan_to_num(years, nan=0.0, posinf=MOST_YEARS), MOST_YEARS)
    years *= np.where(elements.apogee_height_km < LOW_KM, 1.0, _share_below(elements))
    evidence = (*past.row[low].tolist(), "environment.lifetime, mean courses of the Sun")
    return (
        Between(float(years.sum()), np.inf, evidence),
        Between(float((years > 1.0).sum()), np.inf, evidence),
    )


def _share_below(elements: MeanElements) -> Floats:
    """Share of a revolution that is below 2000 km."""
    axis, shape = elements.semi_major_axis_km, elements.eccentricity
    radius = axis * (1.0 - shape) - elements.perigee_height_km + LOW_KM
    cosine = np.clip((1.0 - radius / axis) / np.maximum(shape, 1e-9), -1.0, 1.0)
    anomaly = np.arccos(cosine)
    return np.asarray((anomaly - shape * np.sin(anomaly)) / np.pi)
