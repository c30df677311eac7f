"""Invented sensors of the ten nations: where they stand, what they see, how much they follow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonsky.catalogue.catalogue import Catalogue, RcsSize
from commonsky.exercise.sites import LEAST_ELEVATION_DEG, Site
from commonsky.node.sensors import Sensor as Sited

LOW_KM, ANYWHERE_KM = 2500.0, 45_000.0
SENSOR_B = "SENSOR=B"
NEVER = np.iinfo(np.int64).max  # a time after all others


class Sensor(NamedTuple):
    """
    A site, and what it manages.

    Objects smaller than `least_size` are not seen (an unknown size counts as small).  In each hour
    a sensor follows a `share` of the objects in its view, for it has other things to do.
    """

    site: Site
    least_size: RcsSize
    share: float


def radar(
    nation: str, place: tuple[float, float], least: RcsSize, share: float, range_km: float = LOW_KM
) -> Sensor:
    """Return a radar at a latitude and longitude in degrees."""
    return Sensor(Site(nation, "radar", *place, range_km, is_radar=True), least, share)


def telescope(nation: str, place: tuple[float, float], share: float, category: str = "") -> Sensor:
    """Return a telescope at a latitude and longitude in degrees; it sees to any height."""
    site = Site(nation, "telescope", *place, ANYWHERE_KM, is_radar=False, category=category)
    return Sensor(site, RcsSize.MEDIUM, share)


# Large towns far from any real sensor, rounded to a degree.
SENSORS = (
    radar("AUS", (-27.0, 153.0), RcsSize.SMALL, 0.15),  # Brisbane
    telescope("AUS", (-35.0, 139.0), 0.12, SENSOR_B),  # Adelaide
    telescope("CAN", (50.0, -97.0), 0.18),  # Winnipeg
    radar("DEU", (51.0, 12.0), RcsSize.MEDIUM, 0.12),  # Leipzig
    radar("FRA", (47.0, -2.0), RcsSize.MEDIUM, 0.1),  # Nantes
    telescope("FRA", (-21.0, 55.0), 0.18),  # Saint-Denis
    radar("GBR", (52.0, -2.0), RcsSize.SMALL, 0.09),  # Birmingham
    telescope("GBR", (32.0, -65.0), 0.1),  # Hamilton, Bermuda
    radar("ITA", (41.0, 17.0), RcsSize.MEDIUM, 0.09),  # Bari
    radar("JPN", (35.0, 137.0), RcsSize.SMALL, 0.09),  # Nagoya
    telescope("JPN", (43.0, 141.0), 0.09),  # Sapporo
    radar("NOR", (60.0, 5.0), RcsSize.LARGE, 0.06, 1800.0),  # Bergen
    telescope("NZL", (-37.0, 175.0), 0.15),  # Auckland
    radar("USA", (45.0, -93.0), RcsSize.SMALL, 0.25),  # Minneapolis
    radar("USA", (18.0, -66.0), RcsSize.SMALL, 0.25),  # San Juan
    telescope("USA", (33.0, -112.0), 0.25),  # Phoenix
)
NATIONS = tuple(dict.fromkeys(sensor.site.nation for sensor in SENSORS))


def sited(nation: str) -> tuple[Sited, ...]:
    """Return the sensors of one nation, as its own node is told where they stand."""
    own = [sensor.site for sensor in SENSORS if sensor.site.nation == nation]
    return tuple(
        Sited(
            name=f"{nation} {site.name} {number}",
            latitude_deg=site.latitude_deg,
            longitude_deg=site.longitude_deg,
            height_m=0.0,
            least_elevation_deg=LEAST_ELEVATION_DEG,
            kind="radar" if site.is_radar else "telescope",
        )
        for number, site in enumerate(own, 1)
    )


def large_enough(sensors: tuple[Sensor, ...], catalogue: Catalogue) -> NDArray[np.bool_]:
    """(n objects, m sensors) whether each sensor sees objects of that size."""
    size = np.maximum(catalogue.rcs_size, RcsSize.SMALL)
    least = np.array([sensor.least_size for sensor in sensors], np.int8)
    return np.asarray(size[:, None] >= least[None, :])
