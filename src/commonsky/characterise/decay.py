"""
What came down, and when it will: from element sets, and from what vanished between catalogues.

How fast an orbit sinks is told by the rate that its sets have; how that goes on, by our drag
table, scaled to it.  So neither the air's density nor an object's area need be known, only how
the air thins out with height.  Whoever steers down, or keeps up, is not foretold.

What vanished came down if it was about to; else it was lost, or goes on under another number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numba import njit
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.catalogue.catalogue import Catalogue
from commonsky.characterise.history import History
from commonsky.characterise.identity import Found, found_again
from commonsky.environment.drag import DragTable, descend, drag_rates, drag_table, lift_km
from commonsky.environment.earth import DAY_S, EARTH_RADIUS_KM, MU_KM3_S2, YEAR_DAYS
from commonsky.environment.solar_flux import FluxScenario

LONGEST_DAYS = 400.0
# One deviation of ln of days left: measured on 15,000 sets of 4,700 objects that came down.
SPREAD = 0.45
_LEAST_DAYS = 0.3
_NINE_IN_TEN = 1.645
_LOST = 3e-3  # of those up, how many vanish within weeks, and are not there under any number
_SECANT_DAYS = (1.0, 15.0)
_LIKELY = 0.5
_ENDED_KM = 120.0
Rates = np.ndarray[tuple[int, int, int], np.dtype[np.float32]]


class Fate(IntEnum):
    """What became of an object that is no longer in the catalogue."""

    UNTOLD = 0
    RE_ENTERED = 1
    LOST = 2
    RENUMBERED = 3


@dataclass(frozen=True, slots=True)
class Descents:
    """
    (n,) days until re-entry from each set's epoch, and between which nine of ten come down.

    inf for what does not come down within 400 days, nan for what is not sinking or no orbit.
    """

    days: Floats
    not_before_days: Floats
    not_after_days: Floats


@dataclass(frozen=True, slots=True)
class Decays:
    """
    m objects that vanished, rows of the earlier catalogue, and what became of them.

    `probability` is of re-entry before the later catalogue; times are of re-entry, 0 where none
    can be told.  `found_row` is the row of the later catalogue that goes on with it, or -1.
    """

    row: Ints
    catalogue_number: Ints
    fate: NDArray[np.int8]
    probability: Floats
    epoch_tai_ns: Ints
    not_before_tai_ns: Ints
    not_after_tai_ns: Ints
    found_row: Ints

    def __len__(self) -> int:
        return len(self.row)


@njit(cache=True, nogil=True)
def _unit_rates(low: Floats, high: Floats, logs: Rates, told: Floats) -> None:
    """How fast the semi-major axis shrinks for Cd A/m = 1 m²/kg, km/s."""
    for i in range(len(low)):
        sinks, shrinks = drag_rates(low[i], high[i], logs)
        told[i] = 0.5 * (sinks + shrinks)


def descents(
    elements: MeanElements, flux: FluxScenario, rate_km_day: Floats | None = None
) -> Descents:
    """
    Return when n orbits come down by drag.

    `rate_km_day` (n,) is how fast axes shrink; by the sets' own rates, if not given.
    """
    rate = own_rates_km_day(elements) if rate_km_day is None else rate_km_day
    days = np.full(len(elements), np.nan)
    years = 1970.0 + elements.epoch_tai_ns / NS_PER_DAY / YEAR_DAYS
    low, high, lift = _apsides_km(elements)
    month = np.floor(years * 12.0)
    with np.errstate(invalid="ignore"):
        sinking = np.isfinite(low + high + lift) & (rate > 0.0) & (low > 0.0)
    for one in np.unique(month[sinking]).tolist():
        rows = np.flatnonzero(sinking & (month == one))
        table = drag_table(float(flux.at((one + 0.5) / 12.0)))
        days[rows] = _days(low[rows], high[rows], lift[rows], rate[rows], table)
    factor = math.exp(_NINE_IN_TEN * SPREAD)
    return Descents(
        days, np.maximum(days / factor - _LEAST_DAYS, 0.0), days * factor + _LEAST_DAYS
    )


def own_rates_km_day(elements: MeanElements) -> Floats:
    """(n,) how fast axes shrink by the mean motion's derivative, as messages carry it."""
    motion_rev_day = elements.mean_motion_rad_min * 1440.0 / (2.0 * np.pi)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Messages have half of the derivative.
        grows = 2.0 * elements.mean_motion_dot_rev_day2 / motion_rev_day
    return np.asarray(2.0 / 3.0 * elements.semi_major_axis_km * grows, np.float64)


def history_rates_km_day(history: History) -> tuple[Ints, Floats]:
    """
    (m,) the last set of each object, and how fast its axis shrinks.

    By its own rate, and by the set some days before it: the geometric mean, where both sink.
    """
    last = history.first[1:] - 1
    days = history.elements.epoch_tai_ns / NS_PER_DAY
    axis = history.elements.semi_major_axis_km
    rate = own_rates_km_day(history.elements.take(last))
    for j, row in enumerate(last.tolist()):
        begin = int(history.first[j])
        ago = days[row] - days[begin:row]
        fit = np.flatnonzero((ago > _SECANT_DAYS[0]) & (ago < _SECANT_DAYS[1]))
        if len(fit):
            k = int(fit[-1])
            secant = (axis[begin + k] - axis[row]) / ago[k]
            if secant > 0.0 and rate[j] > 0.0:
                rate[j] = math.sqrt(secant * rate[j])
    return last, rate


def _apsides_km(elements: MeanElements) -> tuple[Floats, Floats, Floats]:
    with np.errstate(divide="ignore", invalid="ignore"):
        axis = (MU_KM3_S2 / (elements.mean_motion_rad_min / 60.0) ** 2) ** (1.0 / 3.0)
    low = axis * (1.0 - elements.eccentricity) - EARTH_RADIUS_KM
    high = axis * (1.0 + elements.eccentricity) - EARTH_RADIUS_KM
    return low, high, lift_km(elements.inclination_rad)


def _days(low: Floats, high: Floats, lift: Floats, rate: Floats, table: DragTable) -> Floats:
    unit = np.empty(len(low))
    _unit_rates(low + lift, high + lift, table.logs, unit)
    with np.errstate(divide="ignore"):
        ballistic = np.where(unit > 0.0, rate / DAY_S / unit, 0.0)
    left_s = descend(low.copy(), high.copy(), ballistic, lift, LONGEST_DAYS * DAY_S, table)
    days = LONGEST_DAYS - left_s / DAY_S
    days = np.where(low < _ENDED_KM, 0.0, days)
    return np.where(np.isnan(days), np.inf, days)


def decays(before: Catalogue, after: Catalogue, flux: FluxScenario) -> Decays:
    """Return what became of the objects of one catalogue that are not in a later one."""
    gone = _last_rows(before, ~np.isin(before.catalogue_number, after.catalogue_number))
    new = _last_rows(after, ~np.isin(after.catalogue_number, before.catalogue_number))
    again = found_again(before, gone, after, new)
    elements = before.elements.take(gone)
    told = descents(elements, flux)
    until = int(np.median(after.elements.epoch_tai_ns)) if len(after) else 0
    gap_days = np.maximum((until - elements.epoch_tai_ns) / NS_PER_DAY, _LEAST_DAYS)
    probability = _came_down(told.days, gap_days)
    found_row = _found_rows(gone, again)
    probability = np.where(found_row >= 0, 0.0, probability)
    fate = np.where(probability > _LIKELY, Fate.RE_ENTERED, Fate.LOST)
    fate = np.where(np.isnan(told.days) & (probability <= _LIKELY), Fate.UNTOLD, fate)
    fate = np.where(found_row >= 0, Fate.RENUMBERED, fate).astype(np.int8)
    first, middle, last = (
        _epochs(elements.epoch_tai_ns, days)
        for days in (told.not_before_days, told.days, told.not_after_days)
    )
    return Decays(
        gone, before.catalogue_number[gone], fate, probability, middle, first, last, found_row
    )  # fmt: skip


def _last_rows(catalogue: Catalogue, wanted: NDArray[np.bool_]) -> Ints:
    """Rows of the last set of each number, of those wanted, in their order."""
    rows = np.flatnonzero(wanted)
    order = rows[
        np.lexsort((catalogue.elements.epoch_tai_ns[rows], catalogue.catalogue_number[rows]))
    ]
    number = catalogue.catalogue_number[order]
    return np.sort(order[np.append(number[1:] != number[:-1], True)[: len(order)]])


def _came_down(days: Floats, gap_days: Floats) -> Floats:
    """(n,) chance that what vanished came down, by the days it should have had left."""
    with np.errstate(divide="ignore", invalid="ignore"):
        off = np.log(np.maximum(gap_days, _LEAST_DAYS) / np.maximum(days, _LEAST_DAYS)) / SPREAD
    down = np.array([0.5 * math.erfc(-one / math.sqrt(2.0)) for one in off.tolist()])
    down = np.where(np.isnan(days), 0.0, down)
    return np.asarray(down / (down + (1.0 - down) * _LOST), np.float64)


def _found_rows(gone: Ints, again: Found) -> Ints:
    told = np.full(len(gone), -1, np.int64)
    told[np.searchsorted(gone, again.lost)] = again.found
    return told


def _epochs(epoch_tai_ns: Ints, days: Floats) -> Ints:
    known = np.isfinite(days)
    ahead = np.where(known, days, 0.0) * NS_PER_DAY
    return np.where(known, epoch_tai_ns + ahead.astype(np.int64), 0)
