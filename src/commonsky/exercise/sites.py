"""Places on the Earth from which sensors look up."""

from __future__ import annotations

from typing import NamedTuple

LEAST_ELEVATION_DEG = 10.0


class Site(NamedTuple):
    """
    One sensor at rest on the Earth.

    A radar sees what is within its range, day and night; a telescope what the Sun lights while it
    is dark at the site.  `category` marks what the sensor's element sets are labelled with.
    """

    nation: str
    name: str
    latitude_deg: float
    longitude_deg: float
    range_km: float
    is_radar: bool
    category: str = ""
