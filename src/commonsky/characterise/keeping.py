"""
Keeping a place: which intervals between sets have a manoeuvre in them, and how often they come.

East and west, north and south in the geosynchronous belt; up elsewhere.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats
from commonsky.characterise.longitude import (
    LAPLACE_RAD,
    PRECESSION_RAD_DAY,
    REACH_DAYS,
    Longitudes,
    Steps,
)
from commonsky.characterise.station_keeping import (
    PREDICTED_RAD,
    PREDICTED_RAD_DAY,
    PREDICTED_RAD_DAY2,
)

SIGMAS: Final = 10.0  # of a prediction's error: a manoeuvre, and not a bad set
TILT_FLOOR_RAD: Final = np.radians(0.008)
TILT_SHARE: Final = 0.25  # of the natural drift: the moon's node changes it by so much
RAISED_KM: Final = 0.05
RAISED_SCATTERS: Final = 8.0
LEAST_BURNS: Final = 3
DENSEST: Final = 0.5  # of the intervals have burns, at most, if a cycle is to be told


def steered_east_west(between: Steps) -> NDArray[np.bool_]:
    """(n,) whether the longitude of the next set is not what either set says by itself."""
    days = between.days
    error = PREDICTED_RAD + days * (PREDICTED_RAD_DAY + days * PREDICTED_RAD_DAY2)
    missed = np.minimum(np.abs(between.forward_rad), np.abs(between.backward_rad))
    with np.errstate(invalid="ignore"):
        return np.asarray(missed > SIGMAS * error)


def natural_tilt_rad(where: Longitudes, between: Steps) -> Floats:
    """(n, 2) what Sun, Moon and bulge do to the inclination vector until the next set."""
    turn = PRECESSION_RAD_DAY * np.where(between.days <= REACH_DAYS, between.days, np.nan)
    x, y = where.inclination_vector_rad[:, 0] - LAPLACE_RAD, where.inclination_vector_rad[:, 1]
    sine, versine = np.sin(turn), 1.0 - np.cos(turn)
    return np.stack([y * sine - x * versine, -x * sine - y * versine], axis=1)


def steered_north_south(where: Longitudes, between: Steps) -> NDArray[np.bool_]:
    """(n,) whether the plane of the next set is not where nature takes it."""
    natural = np.linalg.norm(natural_tilt_rad(where, between), axis=1)
    off = np.linalg.norm(between.tilt_rad, axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(off > TILT_FLOOR_RAD + TILT_SHARE * natural)


def plane_kept(where: Longitudes, between: Steps) -> Floats:
    """(n,) the share of the plane's natural drift that is undone until the next set, or nan."""
    natural = natural_tilt_rad(where, between)
    with np.errstate(all="ignore"):
        undone = -(between.tilt_rad * natural).sum(axis=1)
        return np.asarray(undone / (natural * natural).sum(axis=1), np.float64)


def raised(axis_km: Floats) -> NDArray[np.bool_]:
    """(n,) whether each set's axis is above what the set before it said, of one object's sets."""
    scatter = np.nanmedian(np.abs(axis_km)) if np.isfinite(axis_km).any() else 0.0
    with np.errstate(invalid="ignore"):
        return np.asarray(axis_km > max(RAISED_KM, RAISED_SCATTERS * float(scatter)))


def cycle_days(burn: NDArray[np.bool_], days: Floats) -> float:
    """
    Mean days from burn to burn, of intervals with a burn or without, and their lengths.

    nan where burns are too few, or intervals too long to tell one burn from two.
    """
    seen = np.isfinite(days)
    count = int(burn[seen].sum())
    if count < LEAST_BURNS or count > DENSEST * seen.sum():
        return float("nan")
    return float(days[seen].sum()) / count
