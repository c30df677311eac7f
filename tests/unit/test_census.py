"""How many objects are where: against orbits that are walked along."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from commonsky.astro.elements import MU_WGS72_KM3_S2, MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.catalogue.population import population
from commonsky.environment.census import (
    by_height_and_inclination,
    density_per_km3,
    drift_deg_day,
    in_belt,
    mean_longitude_deg,
    residence,
)
from commonsky.environment.earth import EARTH_RADIUS_KM

EDGES_KM = np.arange(200.0, 2050.0, 50.0)


def orbit(perigee_km: float, apogee_km: float, inclination_deg: float = 50.0) -> MeanElements:
    low, high = perigee_km + EARTH_RADIUS_KM, apogee_km + EARTH_RADIUS_KM
    axis = 0.5 * (low + high)
    motion = np.sqrt(MU_WGS72_KM3_S2 / axis**3) * 60.0
    one = population(1, 1).elements
    return replace(
        one,
        mean_motion_rad_min=np.array([motion]),
        eccentricity=np.array([(high - low) / (high + low)]),
        inclination_rad=np.radians([inclination_deg]),
    )


def walked(elements: MeanElements, edges_km: np.ndarray) -> np.ndarray:
    """The same share by steps of mean anomaly."""
    mean = (np.arange(200_000) + 0.5) / 200_000 * 2.0 * np.pi
    e, axis = float(elements.eccentricity[0]), float(elements.semi_major_axis_km[0])
    anomaly = mean.copy()
    for _ in range(60):
        anomaly = mean + e * np.sin(anomaly)
    height = axis * (1.0 - e * np.cos(anomaly)) - EARTH_RADIUS_KM
    return np.histogram(height, edges_km)[0] / len(mean)


@pytest.mark.parametrize(("low", "high"), [(300, 1500), (180, 900), (700, 5000), (812, 828)])
def test_the_share_of_time_is_that_of_a_walk(low: float, high: float) -> None:
    elements = orbit(low, high)
    assert residence(elements, EDGES_KM)[0] == pytest.approx(walked(elements, EDGES_KM), abs=2e-3)


def test_a_circle_is_in_one_layer() -> None:
    share = residence(orbit(775.0, 775.0), EDGES_KM)[0]
    assert share[11] == pytest.approx(1.0)
    assert share.sum() == pytest.approx(1.0)


def test_density_times_volume_is_the_number() -> None:
    elements = population(500, 3).elements
    radius = EDGES_KM + EARTH_RADIUS_KM
    volume = np.diff(4.0 / 3.0 * np.pi * radius**3)
    told = float(density_per_km3(elements, EDGES_KM) @ volume)
    assert told == pytest.approx(residence(elements, EDGES_KM).sum())
    assert 300 < told < 500


def test_the_grid_holds_each_object_once_at_most() -> None:
    elements = population(500, 3).elements
    tilts = np.arange(0.0, 185.0, 5.0)
    grid = by_height_and_inclination(elements, EDGES_KM, tilts)
    assert grid.sum() == pytest.approx(residence(elements, EDGES_KM).sum())
    one = by_height_and_inclination(orbit(775.0, 775.0, 97.0), EDGES_KM, tilts)
    assert np.argwhere(one > 0.5).tolist() == [[11, 19]]
    edge = by_height_and_inclination(orbit(775.0, 775.0, 180.0), EDGES_KM, tilts)
    assert np.argwhere(edge > 0.5).tolist() == [[11, 35]]


def test_what_is_no_orbit_is_nowhere() -> None:
    bad = orbit(400.0, 500.0)
    for column, value in (("mean_motion_rad_min", np.nan), ("eccentricity", 1.2)):
        broken = replace(bad, **{column: np.array([value])})
        assert residence(broken, EDGES_KM).sum() == 0.0


def test_the_belt_stays_where_it_is() -> None:
    radius = (MU_WGS72_KM3_S2 / (2.0 * np.pi / 86_164.0905) ** 2) ** (1.0 / 3.0)
    height = radius - EARTH_RADIUS_KM
    still = orbit(height, height, 0.0)
    assert in_belt(still).all()
    assert not in_belt(orbit(400.0, 400.0)).any()
    assert not in_belt(orbit(300.0, height)).any()
    at = int(still.epoch_tai_ns[0])
    first, later = (
        float(mean_longitude_deg(still, at + days * NS_PER_DAY)[0]) for days in (0, 30)
    )
    assert first == pytest.approx(later, abs=0.05)
    assert drift_deg_day(still)[0] == pytest.approx(0.0, abs=1e-3)
    # One degree a day to the east where it goes round faster by 1 in 361.
    fast = replace(still, mean_motion_rad_min=still.mean_motion_rad_min * (1.0 + 1.0 / 360.98565))
    moved = float(mean_longitude_deg(fast, at + NS_PER_DAY)[0]) - first
    assert (moved + 180.0) % 360.0 - 180.0 == pytest.approx(1.0, abs=0.01)
    assert drift_deg_day(fast)[0] == pytest.approx(1.0, abs=0.01)
