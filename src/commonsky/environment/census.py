"""How many objects are where: by height and inclination, along the belt, and per volume."""

from __future__ import annotations

import erfa
import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_S, ut1_julian_date
from commonsky.environment.earth import EARTH_RADIUS_KM

BELT_REV_DAY = (0.9, 1.1)
BELT_ECCENTRICITY = 0.1
MIN_PER_DAY = 1440.0
SIDEREAL_REV_DAY = 1.002_737_909_35


def residence(elements: MeanElements, edges_km: Floats) -> Floats:
    """
    (n, m) share of its time that each object spends between m + 1 heights, ascending.

    By Kepler's equation alone, from the mean elements.  What is not bound, or not finite, has 0.
    """
    axis, eccentricity = elements.semi_major_axis_km, elements.eccentricity
    good = np.isfinite(axis) & (eccentricity >= 0.0) & (eccentricity < 1.0) & (axis > 0.0)
    axis = np.where(good, axis, 1.0)[:, None]
    # A circle is given a little width, so that it lies in one layer and not on its edge.
    eccentricity = np.clip(eccentricity, 1e-9, 1.0 - 1e-9)[:, None]
    radius = edges_km[None, :] + EARTH_RADIUS_KM
    cosine = np.clip((1.0 - radius / axis) / eccentricity, -1.0, 1.0)
    anomaly = np.arccos(cosine)
    below = (anomaly - eccentricity * np.sin(anomaly)) / np.pi
    return np.asarray(np.where(good[:, None], np.diff(below, axis=1), 0.0), np.float64)


def by_height_and_inclination(
    elements: MeanElements, height_edges_km: Floats, inclination_edges_deg: Floats
) -> Floats:
    """(m, k) mean number of objects between heights and inclinations, by residence."""
    share = residence(elements, height_edges_km)
    inclination = np.degrees(elements.inclination_rad)
    last = len(inclination_edges_deg) - 1
    column = np.searchsorted(inclination_edges_deg, inclination, side="right") - 1
    column = np.where(inclination == inclination_edges_deg[-1], last - 1, column)
    inside = (column >= 0) & (column < last)
    counts = np.zeros((last, len(height_edges_km) - 1))
    np.add.at(counts, column[inside], share[inside])
    return np.asarray(counts.T)


def density_per_km3(elements: MeanElements, edges_km: Floats) -> Floats:
    """(m,) mean number of objects per km³ between heights."""
    radius = edges_km + EARTH_RADIUS_KM
    volume = np.diff(4.0 / 3.0 * np.pi * radius**3)
    return np.asarray(residence(elements, edges_km).sum(axis=0) / volume)


def in_belt(elements: MeanElements) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """(n,) whether an object goes round about once a day, nearly in a circle."""
    revolutions = elements.mean_motion_rad_min * MIN_PER_DAY / (2.0 * np.pi)
    low, high = BELT_REV_DAY
    near = (revolutions > low) & (revolutions < high)
    return np.asarray(near & (elements.eccentricity < BELT_ECCENTRICITY))


def mean_longitude_deg(elements: MeanElements, at_tai_ns: int) -> Floats:
    """
    (n,) mean east longitude at a time, from -180 to 180.

    The mean elements run on from their epochs by the mean motion alone: good to a degree for some
    days about the epoch, and worth nothing for what manoeuvred since.
    """
    minutes = (at_tai_ns - elements.epoch_tai_ns) / (60.0 * NS_PER_S)
    sum_rad = elements.raan_rad + elements.argument_of_perigee_rad + elements.mean_anomaly_rad
    angle = sum_rad + elements.mean_motion_rad_min * minutes
    sidereal = erfa.gmst82(*ut1_julian_date(np.array([at_tai_ns], np.int64)))[0]
    return np.asarray((np.degrees(angle - sidereal) + 180.0) % 360.0 - 180.0)


def drift_deg_day(elements: MeanElements) -> Floats:
    """(n,) how fast an object in the belt moves to the east."""
    revolutions = elements.mean_motion_rad_min * MIN_PER_DAY / (2.0 * np.pi)
    return np.asarray(360.0 * (revolutions - SIDEREAL_REV_DAY))
