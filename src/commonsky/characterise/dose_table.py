"""Tables of dose rate or particle flux over the places of orbits, as somebody else made them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from commonsky.astro.arrays import Floats


class Places(StrEnum):
    """What a table is over."""

    ORBITS = "height and inclination"
    SHELLS = "L and B/B0"


class Quantity(StrEnum):
    """What a table gives a day, and a margin is of."""

    DOSE = "Gy(Si)"
    FLUENCE = "per cm2"


@dataclass(frozen=True, slots=True)
class DoseTable:
    """
    Rates on a grid: (i,) heights in km by (j,) inclinations in rad, or (i,) L by (j,) B/B0.

    `shielding_mm_al` (k,) is empty where the table knows no shielding; `rate_per_day` is then
    (i, j, 1), else (i, j, k), in Gy(Si) or particles per cm² a day.  `particles` says which ones a
    fluence is of.  `zero_beyond` is for tables over shells whose author says that there is nothing
    beyond their greatest L and B/B0, or below their least L.  The rates hold at `epoch_tai_ns`,
    or, where that is 0, at whatever epoch they are used from; from there they fall by the factor
    e in `efolding_days`.
    """

    places: Places
    first: Floats
    second: Floats
    shielding_mm_al: Floats
    rate_per_day: Floats
    quantity: Quantity
    particles: str = ""
    zero_beyond: bool = False
    efolding_days: float = np.inf
    epoch_tai_ns: int = 0
    source: str = ""

    def __post_init__(self) -> None:
        shape = (len(self.first), len(self.second), max(len(self.shielding_mm_al), 1))
        if self.rate_per_day.shape != shape:
            raise ValueError(f"rates have shape {self.rate_per_day.shape}; the axes need {shape}")
        for axis in (self.first, self.second, self.shielding_mm_al):
            if not (np.isfinite(axis).all() and (np.diff(axis) > 0.0).all()):
                raise ValueError("each axis of a table needs finite numbers that rise")
        if not (np.isfinite(self.rate_per_day).all() and (self.rate_per_day >= 0.0).all()):
            raise ValueError("the rates of a table need finite numbers, none negative")
        if self.zero_beyond and self.places is Places.ORBITS:
            raise ValueError("a table over heights says nothing of what is beyond it")
        if not self.efolding_days > 0.0:
            raise ValueError(f"an e-folding time is positive, but is {self.efolding_days} days")

    @property
    def logarithmic(self) -> bool:
        """Return whether logarithms of the rates are interpolated: where no rate is zero."""
        return bool((self.rate_per_day > 0.0).all())


def behind(table: DoseTable, shielding_mm_al: float) -> Floats:
    """
    (i, j) rates behind a shielding; all nan where the table does not reach it.

    A table without shieldings is the same behind all of them; one with them needs to be told.
    """
    if len(table.shielding_mm_al) == 0:
        return table.rate_per_day[:, :, 0]
    low, share = _between(table.shielding_mm_al, np.array([shielding_mm_al]))
    if not np.isfinite(share[0]):
        return np.full(table.rate_per_day.shape[:2], np.nan)
    high = min(int(low[0]) + 1, len(table.shielding_mm_al) - 1)
    thin, thick = table.rate_per_day[:, :, low[0]], table.rate_per_day[:, :, high]
    return _mixed(thin, thick, float(share[0]), logarithmic=table.logarithmic)


def rates_at(table: DoseTable, rates: Floats, first: Floats, second: Floats) -> Floats:
    """
    (n,) rates a day at n places, bilinear between the (i, j) `rates` of `behind`.

    Logarithms are interpolated where the table has no zero.  Nan outside the table, for nothing is
    extrapolated; 0 where the table says that nothing is there.
    """
    i, x = _between(table.first, first)
    j, y = _between(table.second, second)
    above_i, above_j = (
        np.minimum(i + 1, len(table.first) - 1),
        np.minimum(j + 1, len(table.second) - 1),
    )
    grid, logarithmic = rates, table.logarithmic
    low = _mixed(grid[i, j], grid[above_i, j], x, logarithmic=logarithmic)
    high = _mixed(grid[i, above_j], grid[above_i, above_j], x, logarithmic=logarithmic)
    found = _mixed(low, high, y, logarithmic=logarithmic)
    if table.zero_beyond:
        beyond = (first > table.first[-1]) | (first < table.first[0]) | (second > table.second[-1])
        found = np.where(beyond & np.isfinite(rates).all(), 0.0, found)
    return found


def _between(axis: Floats, value: Floats) -> tuple[np.ndarray, Floats]:
    """(n,) which step of an axis each value is in, and (n,) how far; nan outside."""
    step = np.clip(np.searchsorted(axis, value, side="right") - 1, 0, max(len(axis) - 2, 0))
    if len(axis) == 1:
        return step, np.where(value == axis[0], 0.0, np.nan)
    share = (value - axis[step]) / (axis[step + 1] - axis[step])
    return step, np.where((value >= axis[0]) & (value <= axis[-1]), share, np.nan)


def _mixed(low: Floats, high: Floats, share: Floats | float, *, logarithmic: bool) -> Floats:
    if logarithmic:
        return np.exp((1.0 - share) * np.log(low) + share * np.log(high))
    return (1.0 - share) * low + share * high
