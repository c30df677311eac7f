"""
Patterns of life: what an object usually does, since when, and whether the newest set fits it.

Of the geosynchronous belt: the slot and its box, who holds it and until when, and the cycles of
keeping east-west and north-south.  Elsewhere: the band of heights, and how often it is raised.
Of few sets little can be told, and then that is what is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from commonsky.assess.uncertainty import OrbitClass, orbit_classes
from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import RADIUS_WGS72_KM
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.sgp4_layout import A0, DNODT, NODEDOT
from commonsky.characterise.history import History
from commonsky.characterise.keeping import (
    cycle_days,
    plane_kept,
    raised,
    steered_east_west,
    steered_north_south,
)
from commonsky.characterise.longitude import MIN_PER_DAY, Longitudes, Steps, located, steps
from commonsky.characterise.prediction import AXIS, Theory, theory
from commonsky.characterise.station_keeping import Control, Stays, found_stays
from commonsky.characterise.surprise import behaviours, differences_km, surprises

LEAST_SETS: Final = 10
LEAST_DAYS: Final = 5.0
LEAST_STEPS: Final = 5
BAND: Final = (0.05, 0.95)  # quantiles of heights
BAND_DAYS: Final = 365.0
STAY_COLUMNS: Final = (
    "longitude_rad", "longitude_low_rad", "longitude_high_rad", "inclination_low_rad",
    "inclination_high_rad",
)  # fmt: skip
FLOAT_COLUMNS: Final = (
    *STAY_COLUMNS, "drift_rad_day", "north_south_kept", "east_west_cycle_days",
    "north_south_cycle_days", "height_low_km", "height_high_km", "height_cycle_days",
)  # fmt: skip


class Regime(IntEnum):
    """Where an object lives."""

    OTHER = 0
    BELT = 1  # geosynchronous
    LOW = 2  # mean perigee below 2000 km, nearly circular


class Status(IntEnum):
    """Whether there is enough to tell a pattern."""

    GOOD = 0
    TOO_LITTLE = 1


@dataclass(frozen=True, slots=True)
class Patterns:
    """
    Patterns of m objects, one row each in the order of the history; every column (m,).

    In the belt, `longitude_rad` is the middle of the newest stay, `low` and `high` the edges of
    its box relative to it, and `drift_rad_day` the newest set's; elsewhere they are nan, and
    heights are nan in the belt.  Inclinations are those of the stay, or of the last year.  It was
    seen held first at `controlled_since_tai_ns` and last at `controlled_until_tai_ns`, 0 if never.
    Cycles are mean days from burn to burn, nan where too few, or too dense to be told apart, were
    seen.  `north_south_kept` is the share of the natural drift of the plane that is undone.
    Heights are a band of the mean semi-major axis over the Earth's radius, of the last year.
    `p_own` and `p_kind` are the probabilities that the newest set fits the object's own past, and
    its kind's; `cause` says what fits least (`surprise.Behaviour`).
    """

    catalogue_number: Ints
    row_first: Ints
    row_last: Ints
    sets: Ints
    span_days: Floats
    regime: NDArray[np.int8]  # Regime
    control: NDArray[np.int8]  # station_keeping.Control, of the newest stay
    controlled_since_tai_ns: Ints
    controlled_until_tai_ns: Ints
    longitude_rad: Floats
    longitude_low_rad: Floats
    longitude_high_rad: Floats
    drift_rad_day: Floats
    inclination_low_rad: Floats
    inclination_high_rad: Floats
    north_south_kept: Floats
    east_west_cycle_days: Floats
    north_south_cycle_days: Floats
    height_low_km: Floats
    height_high_km: Floats
    height_cycle_days: Floats
    node_drift_rad_day: Floats
    p_own: Floats
    p_kind: Floats
    cause: NDArray[np.int8]  # surprise.Behaviour
    status: NDArray[np.int8]  # Status

    def __len__(self) -> int:
        return len(self.sets)


def patterns(history: History) -> Patterns:
    """Return the pattern of life of each object of a history."""
    coefficients = theory(history.elements)
    where = located(history, coefficients)
    between = steps(history, where, coefficients)
    difference, days = differences_km(history, coefficients)
    table: dict[str, Any] = {name: np.full(len(history), np.nan) for name in FLOAT_COLUMNS}
    table |= _whole(history, coefficients)
    table |= _control(history, found_stays(history, where, coefficients), table)
    regime = table["regime"]
    _belt(history, where, between, table)
    _elsewhere(history, heights_km(coefficients), difference[:, AXIS], days, table)
    newest = history.first[1:] - 1
    table["drift_rad_day"] = np.where(regime == Regime.BELT, where.drift_rad_day[newest], np.nan)
    alike = orbit_classes(history.elements.take(newest)).astype(np.int64) * 4 + table["control"]
    p_own, p_kind, cause = surprises(behaviours(difference, days), history.first, alike)
    little = table["status"] == Status.TOO_LITTLE
    return Patterns(
        **table, p_own=np.where(little, np.nan, p_own), p_kind=p_kind, cause=cause
    )  # fmt: skip


def regimes(history: History) -> NDArray[np.int8]:
    """(m,) Regime of each object, by its newest set."""
    orbit = orbit_classes(history.elements.take(history.first[1:] - 1))
    low = (orbit >= OrbitClass.LEO_BELOW_400_KM) & (orbit <= OrbitClass.LEO_BELOW_2000_KM)
    return np.select(
        [orbit == OrbitClass.GEO, low], [Regime.BELT, Regime.LOW], Regime.OTHER
    ).astype(np.int8)


def heights_km(coefficients: Theory) -> Floats:
    """(n,) mean semi-major axis of each set, over the Earth's radius."""
    deep, near = coefficients.deep[:, A0], coefficients.near[:, A0]
    return (_of_all(coefficients, deep, near) - 1.0) * RADIUS_WGS72_KM


def _of_all(coefficients: Theory, deep: Floats, near: Floats) -> Floats:
    """(n,) a column of all sets, from those of deep space and near the Earth."""
    out = np.empty(len(coefficients.row))
    is_deep = coefficients.is_deep
    out[is_deep] = deep[coefficients.row[is_deep]]
    out[~is_deep] = near[coefficients.row[~is_deep]]
    return out


def _whole(history: History, coefficients: Theory) -> dict[str, Any]:
    """Columns that need no more than the first and the last set."""
    begin, newest = history.first[:-1], history.first[1:] - 1
    epoch, counts = history.elements.epoch_tai_ns, np.diff(history.first)
    span = (epoch[newest] - epoch[begin]) / NS_PER_DAY
    deep = coefficients.deep[:, NODEDOT] + coefficients.deep[:, DNODT]
    drift = _of_all(coefficients, deep, coefficients.near[:, NODEDOT]) * MIN_PER_DAY
    little = (counts < LEAST_SETS) | (span < LEAST_DAYS)
    return {
        "catalogue_number": history.object_number, "row_first": history.row[begin],
        "row_last": history.row[newest], "sets": counts, "span_days": span,
        "regime": regimes(history), "node_drift_rad_day": drift[newest],
        "status": np.where(little, Status.TOO_LITTLE, Status.GOOD).astype(np.int8),
    }  # fmt: skip


def _control(history: History, found: Stays, table: dict[str, Any]) -> dict[str, Any]:
    """Who was held from when until when, and the box of the newest stay."""
    m = len(history)
    control = np.full(m, Control.CANNOT_TELL, np.int8)
    since, until = np.zeros(m, np.int64), np.zeros(m, np.int64)
    owner = history.owner[found.set_first]
    columns = (
        found.longitude_rad, found.low_rad, found.high_rad, found.inclination_low_rad,
        found.inclination_high_rad,
    )  # fmt: skip
    for s, j in enumerate(owner.tolist()):
        if found.control[s] == Control.HELD:
            since[j] = since[j] or found.began_not_after_tai_ns[s]
            until[j] = found.ended_not_before_tai_ns[s]
        # The newest stay only if it is not over: what left its slot has none.
        if found.set_last[s] == history.first[j + 1] - 1:
            control[j] = found.control[s]
            for name, column in zip(STAY_COLUMNS, columns, strict=True):
                table[name][j] = column[s]
    return {
        "control": control, "controlled_since_tai_ns": since, "controlled_until_tai_ns": until
    }  # fmt: skip


def _belt(history: History, where: Longitudes, between: Steps, table: dict[str, Any]) -> None:
    """Cycles of what is in the belt, over the last year."""
    east_west, north_south = steered_east_west(between), steered_north_south(where, between)
    kept = plane_kept(where, between)
    for j in np.flatnonzero(table["regime"] == Regime.BELT).tolist():
        rows = _last_year(history, j)[:-1]
        days = between.days[rows]
        table["east_west_cycle_days"][j] = cycle_days(east_west[rows], days)
        table["north_south_cycle_days"][j] = cycle_days(north_south[rows], days)
        good = np.isfinite(kept[rows])
        if good.sum() >= LEAST_STEPS:
            weight = days[good] / days[good].sum()
            table["north_south_kept"][j] = float((weight * kept[rows][good]).sum())


def _elsewhere(
    history: History, heights: Floats, axis_km: Floats, days: Floats, table: dict[str, Any]
) -> None:
    """Bands and cycles of what is not in the belt, over the last year."""
    tilt = history.elements.inclination_rad
    for j in np.flatnonzero(table["regime"] != Regime.BELT).tolist():
        rows = _last_year(history, j)
        low, high = np.nanquantile(heights[rows], BAND)
        table["height_low_km"][j], table["height_high_km"][j] = low, high
        table["inclination_low_rad"][j] = tilt[rows].min()
        table["inclination_high_rad"][j] = tilt[rows].max()
        rows = rows[1:]
        table["height_cycle_days"][j] = cycle_days(raised(axis_km[rows]), days[rows])


def _last_year(history: History, j: int) -> Ints:
    """The sets of an object's last year."""
    rows = np.arange(history.first[j], history.first[j + 1])
    epoch = history.elements.epoch_tai_ns[rows]
    return rows[epoch[-1] - epoch <= BAND_DAYS * NS_PER_DAY]
