"""How low a perigee must be for an orbit to end within so many years."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.environment.drag import RE_ENTRY_KM, DragTable, descend, drag_table
from commonsky.environment.earth import YEAR_S
from commonsky.environment.solar_flux import CYCLE_MONTHS, MINIMUM_YEAR, mean_cycles

_PERIGEES_KM = np.arange(RE_ENTRY_KM, 1990.0, 15.0)
_APOGEES_KM = np.array([*np.arange(150.0, 2000.0, 50.0), *np.geomspace(2000.0, 60_000.0, 24)])
_FOREVER_YEARS = 1e7


class _Lasting(NamedTuple):
    """Years that an orbit lasts with B = 1 m²/kg, natural logarithms, (perigees, apogees)."""

    log_years: Floats


@cache
def average_table() -> DragTable:
    """Return the drag table of the air's mean density over the mean cycle of the Sun."""
    middle = MINIMUM_YEAR + (np.arange(CYCLE_MONTHS) + 0.5) / 12.0
    flux = mean_cycles(MINIMUM_YEAR).at(np.asarray(middle, np.float64))
    logs = np.stack([drag_table(float(one)).logs.astype(np.float64) for one in flux])
    most = logs.max(axis=0)
    mean = most + np.log(np.exp(logs - most).mean(axis=0))
    return DragTable(mean.astype(np.float32))


@cache
def _lasting() -> _Lasting:
    low, high = (grid.ravel() for grid in np.meshgrid(_PERIGEES_KM, _APOGEES_KM, indexing="ij"))
    high = np.maximum(high, low)
    ones = np.ones(len(low))
    whole = _FOREVER_YEARS * YEAR_S
    left = descend(low.copy(), high.copy(), ones, 0.0 * ones, whole, average_table())
    years = np.where(np.isnan(left), _FOREVER_YEARS, (whole - left) / YEAR_S)
    shape = (len(_PERIGEES_KM), len(_APOGEES_KM))
    return _Lasting(np.log(np.maximum(years, 1e-6)).reshape(shape))


def mean_lifetime_years(perigee_km: Floats, apogee_km: Floats, ballistic_m2_kg: Floats) -> Floats:
    """
    (n,) years until re-entry under the mean density over a cycle of the Sun.

    Quick and for many: interpolated, the Sun's phase left out.  Without drag, or higher than
    2000 km, inf.
    """
    logs = _column(apogee_km)
    place = np.clip((perigee_km - RE_ENTRY_KM) / 15.0, 0.0, len(_PERIGEES_KM) - 1.001)
    row = place.astype(np.int64)
    share, each = place - row, np.arange(len(row))
    found = np.exp((1.0 - share) * logs[row, each] + share * logs[row + 1, each])
    with np.errstate(divide="ignore"):
        years = found / ballistic_m2_kg
    years = np.where(perigee_km < RE_ENTRY_KM, 0.0, years)
    return np.where(perigee_km > _PERIGEES_KM[-1], np.inf, years)


def disposal_perigee_km(
    perigee_km: Floats, apogee_km: Floats, ballistic_m2_kg: Floats, within_years: float
) -> Floats:
    """(n,) the highest perigee, up to the one there is, from which an orbit ends in time."""
    logs = _column(apogee_km)
    wanted = np.log(np.maximum(within_years * ballistic_m2_kg, 1e-12))
    # Lifetimes grow with perigee, so how many rows are short enough is where it is.
    row = np.clip((logs <= wanted[None, :]).sum(axis=0) - 1, 0, len(_PERIGEES_KM) - 2)
    each = np.arange(len(row))
    below, above = logs[row, each], logs[row + 1, each]
    share = np.clip((wanted - below) / np.maximum(above - below, 1e-12), 0.0, 1.0)
    return np.asarray(np.minimum(perigee_km, _PERIGEES_KM[row] + 15.0 * share), np.float64)


def _column(apogee_km: Floats) -> Floats:
    """(perigees, n) logarithms of years for these apogees."""
    logs = _lasting().log_years
    place = np.interp(apogee_km, _APOGEES_KM, np.arange(len(_APOGEES_KM)))
    row = np.minimum(place.astype(np.int64), len(_APOGEES_KM) - 2)
    share = place - row
    return np.asarray((1.0 - share) * logs[:, row] + share * logs[:, row + 1], np.float64)
