"""Invented sensors of the ten nations: where they stand and what they can see."""

from __future__ import annotations

from typing import NamedTuple


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


# Near towns, rounded to a degree; none of them is a real sensor.
SITES = (
    Site("AUS", "Alice", -24.0, 134.0, 3000.0, is_radar=True),
    Site("AUS", "Perth", -32.0, 116.0, 45_000.0, is_radar=False, category="SENSOR=B"),
    Site("CAN", "Calgary", 51.0, -114.0, 45_000.0, is_radar=False),
    Site("DEU", "Koblenz", 50.0, 8.0, 2000.0, is_radar=True),
    Site("FRA", "Dijon", 47.0, 5.0, 2500.0, is_radar=True),
    Site("GBR", "York", 54.0, -1.0, 3000.0, is_radar=True),
    Site("GBR", "Limassol", 35.0, 33.0, 45_000.0, is_radar=False),
    Site("ITA", "Cagliari", 39.0, 9.0, 1500.0, is_radar=True),
    Site("JPN", "Okayama", 35.0, 134.0, 2000.0, is_radar=True),
    Site("NOR", "Vadso", 70.0, 30.0, 1800.0, is_radar=True),
    Site("NZL", "Tekapo", -44.0, 170.0, 45_000.0, is_radar=False),
    Site("USA", "Fargo", 47.0, -97.0, 3500.0, is_radar=True),
    Site("USA", "Maui", 21.0, -156.0, 45_000.0, is_radar=False),
    Site("USA", "Majuro", 7.0, 171.0, 3500.0, is_radar=True),
)
