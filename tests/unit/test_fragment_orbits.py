"""Orbits that fragments begin on, how they spread and come down, and which of them are seen."""

from __future__ import annotations

import numpy as np
import pytest

from commonsky.astro.arrays import Floats
from commonsky.environment.breakup import Fragments
from commonsky.environment.descent import descent, share_of_time_below
from commonsky.environment.detectability import DetectabilityTable, plain_detectability, seen
from commonsky.environment.earth import DAY_S, EARTH_RADIUS_KM, J2, MU_KM3_S2
from commonsky.environment.fragment_orbits import (
    Fate,
    FragmentOrbits,
    fragment_orbits,
    secular_rates_rad_s,
)
from commonsky.environment.solar_flux import mean_cycles
from commonsky.environment.spreading import days_until_even, spreading


def state(height_km: float, inclination_deg: float = 0.0) -> tuple[Floats, Floats]:
    """On a circle, at its node."""
    radius = EARTH_RADIUS_KM + height_km
    speed, tilt = np.sqrt(MU_KM3_S2 / radius), np.radians(inclination_deg)
    moving = speed * np.array([0.0, np.cos(tilt), np.sin(tilt)])
    return np.array([radius, 0.0, 0.0]), moving


def pieces(delta_v_m_s: Floats) -> Fragments:
    ones = np.ones(len(delta_v_m_s))
    return Fragments(0.1 * ones, 0.05 * ones, ones, delta_v_m_s, 0, 0.01, 0.0, 0)


def orbits_of(height_km: float, inclination_deg: float, n: int = 1) -> FragmentOrbits:
    """Of pieces that do not part."""
    return fragment_orbits(*state(height_km, inclination_deg), pieces(np.zeros((n, 3))))


def test_one_fragment_that_stays_on_its_circle() -> None:
    found = orbits_of(800.0, 0.0)
    assert found.fate[0] == Fate.IN_ORBIT
    # At the equator the oblate Earth pulls along the whole circle as here: nothing to average.
    assert found.perigee_km[0] == pytest.approx(800.0, abs=1e-6)
    assert found.apogee_km[0] == pytest.approx(800.0, abs=1e-6)
    assert found.inclination_rad[0] == pytest.approx(0.0, abs=1e-9)


def test_angles_lead_back_to_where_it_broke_up() -> None:
    position, velocity = np.array([4000.0, -3500.0, 4800.0]), np.array([1.0, 6.5, 3.6])
    rng = np.random.default_rng(2)
    found = fragment_orbits(position, velocity, pieces(rng.normal(0.0, 150.0, (50, 3))))
    axis = EARTH_RADIUS_KM + 0.5 * (found.perigee_km + found.apogee_km)
    eccentricity = 0.5 * (found.apogee_km - found.perigee_km) / axis
    anomaly = found.mean_anomaly_rad.copy()
    for _ in range(30):
        anomaly = found.mean_anomaly_rad + eccentricity * np.sin(anomaly)
    x = axis * (np.cos(anomaly) - eccentricity)
    y = axis * np.sqrt(1.0 - eccentricity**2) * np.sin(anomaly)
    latitude = np.arctan2(y, x) + found.argument_rad
    radius = np.hypot(x, y)
    assert radius == pytest.approx(np.full(50, np.linalg.norm(position)), abs=1e-5)
    cn, sn = np.cos(found.node_rad), np.sin(found.node_rad)
    cu, su = np.cos(latitude), np.sin(latitude)
    ci, si = np.cos(found.inclination_rad), np.sin(found.inclination_rad)
    place = radius * np.array([cn * cu - sn * su * ci, sn * cu + cn * su * ci, su * si])
    assert pytest.approx(np.tile(position, (50, 1)), abs=1e-4) == place.T


def pull(position: Floats) -> Floats:
    """Of the oblate Earth, J2 and no more."""
    radius = float(np.linalg.norm(position))
    z2 = 5.0 * position[2] ** 2 / radius**2
    flat = 1.5 * J2 * (EARTH_RADIUS_KM / radius) ** 2 * np.array([1.0 - z2, 1.0 - z2, 3.0 - z2])
    return np.asarray(-MU_KM3_S2 / radius**3 * position * (1.0 + flat), np.float64)


def test_the_mean_orbit_is_the_same_wherever_along_it_one_asks() -> None:
    position, velocity = state(480.0, 82.6)
    axes, raw = [], []
    for step in range(560):
        if step % 40 == 0:
            found = fragment_orbits(position, velocity, pieces(np.zeros((1, 3))))
            axes.append(0.5 * (found.perigee_km[0] + found.apogee_km[0]))
            energy = 0.5 * velocity @ velocity - MU_KM3_S2 / np.linalg.norm(position)
            raw.append(-0.5 * MU_KM3_S2 / energy - EARTH_RADIUS_KM)
        for part in (5.0, 5.0):  # a symplectic step of the second order
            velocity = velocity + 0.5 * part * pull(position)
            position = position + part * velocity
            velocity = velocity + 0.5 * part * pull(position)
    assert np.ptp(raw) > 15.0
    assert np.ptp(axes) < 0.2


def test_secular_rates_are_those_of_a_sun_synchronous_orbit() -> None:
    low = np.array([800.0])
    node, argument, _ = secular_rates_rad_s(low, low, np.radians([98.6]))
    assert np.degrees(node[0]) * DAY_S == pytest.approx(360.0 / 365.2422, rel=0.01)
    _, frozen, _ = secular_rates_rad_s(low, low, np.radians([63.4349]))
    assert abs(frozen[0]) < 1e-4 * abs(argument[0])


def test_time_below_a_height() -> None:
    low, high = np.array([500.0, 2500.0, 2000.0, 500.0]), np.array([900.0, 3000.0, 9e9, 3500.0])
    share = share_of_time_below(2000.0, low, high)
    assert share[:3].tolist() == [1.0, 0.0, 0.0]
    # Half of the eccentric anomaly is below the middle, a little less than half of the time.
    axis = EARTH_RADIUS_KM + 2000.0
    assert share[3] == pytest.approx(0.5 - 1500.0 / axis / np.pi, rel=1e-9)


@pytest.mark.parametrize("width_rad_s", [1e-8, 1e-6])
def test_even_rates_spread_as_a_sine_over_its_angle(width_rad_s: float) -> None:
    rates = 3.0 + width_rad_s * (np.arange(5001) / 5000.0 - 0.5)
    # sin(x) / x is 0.1 first at 2.852.
    expected = 2.0 * 2.852_342 / width_rad_s / DAY_S
    assert days_until_even(rates) == pytest.approx(expected, rel=0.02)


def test_the_plain_table_has_its_steps_where_it_says() -> None:
    table = plain_detectability()
    length, height = np.array([0.1, 1.0, 0.03, 0.3, 5.0]), np.array([800, 35_786, 800, 800, 36e3])
    found = table.at(length, height)
    assert found[:2] == pytest.approx([0.5, 0.5], abs=0.02)
    assert found[2] < 0.01
    assert found[3:].min() > 0.99
    assert np.isfinite(table.at(np.array([1e-6, 99.0]), np.array([-5.0, 9e9]))).all()
    both = seen(np.array([0.03, 3.0, 0.001]), np.full(3, 700.0), table)
    assert both.tracked == pytest.approx(1.0, abs=0.01)
    assert both.unseen == pytest.approx(1.0, abs=0.01)
    assert both.index == pytest.approx(6.0, abs=0.05)


def test_tables_that_are_none() -> None:
    two = np.array([1.0, 2.0])
    with pytest.raises(ValueError, match="probabilities of 0 to 1"):
        DetectabilityTable(two, two, np.full((2, 2), 1.5))
    with pytest.raises(ValueError, match="ascend"):
        DetectabilityTable(two[::-1], two, np.ones((2, 2)))


@pytest.mark.parametrize("days", [(), (0.0, 1.0), (2.0, 1.0), (1.0, 1e9), (np.nan,)])
def test_moments_that_are_none(days: tuple[float, ...]) -> None:
    orbits = orbits_of(800.0, 0.0)
    with pytest.raises(ValueError, match=r"moments are days|followed for"):
        descent(orbits, np.array([0.1]), mean_cycles(2026.0), 2026.0, days)


def test_what_does_not_part_never_spreads() -> None:
    found = spreading(orbits_of(800.0, 98.0, 5))
    assert (found.along_track_days, found.perigees_days, found.nodes_days) == (np.inf,) * 3
    assert days_until_even(np.array([1.0])) == np.inf


def test_what_dives_into_the_earth_is_down_and_not_lost() -> None:
    for along_m_s in (-1000.0, -7000.0, -7450.0):
        dives = pieces(np.array([[0.0, along_m_s, 0.0]]))
        assert fragment_orbits(*state(800.0), dives).fate[0] == Fate.RE_ENTERED


HEIGHT_KM = 800.0
RADIUS_KM = EARTH_RADIUS_KM + HEIGHT_KM
SPEED_KM_S = float(np.sqrt(MU_KM3_S2 / RADIUS_KM))
HERE, MOVING = np.array([RADIUS_KM, 0.0, 0.0]), np.array([0.0, SPEED_KM_S, 0.0])


def two_bodies(*delta_v_m_s: tuple[float, float, float]) -> FragmentOrbits:
    ones = np.ones(len(delta_v_m_s))
    pieces = Fragments(ones, ones, ones, np.array(delta_v_m_s), 0, 0.1, 0.0, 0)
    return fragment_orbits(HERE, MOVING, pieces, oblate=False)


def test_a_circle_stays_one() -> None:
    told = two_bodies((0.0, 0.0, 0.0))
    assert told.perigee_km[0] == pytest.approx(HEIGHT_KM, abs=1e-6)
    assert told.apogee_km[0] == pytest.approx(HEIGHT_KM, abs=1e-6)
    assert told.period_min[0] == pytest.approx(100.87, abs=0.01)
    assert told.inclination_rad[0] == pytest.approx(0.0, abs=1e-9)


def test_along_the_track_one_apsis_stays_and_across_it_the_plane_turns() -> None:
    told = two_bodies((0, 100, 0), (0, -100, 0), (0, 0, 100))
    assert told.perigee_km[0] == pytest.approx(HEIGHT_KM, abs=1e-6)
    assert told.apogee_km[1] == pytest.approx(HEIGHT_KM, abs=1e-6)
    # Gauss: a change of the major axis of 2 a dv / v.
    rise = told.apogee_km[0] - HEIGHT_KM
    assert rise == pytest.approx(4 * RADIUS_KM * 0.1 / SPEED_KM_S, rel=0.05)
    assert told.inclination_rad[2] == pytest.approx(0.1 / SPEED_KM_S, rel=0.01)


def test_what_leaves_and_what_comes_down() -> None:
    told = two_bodies((0, 4000, 0), (0, -1000, 0))
    assert np.isinf(told.apogee_km[0])
    assert np.isinf(told.period_min[0])
    assert told.fate.tolist() == [Fate.ESCAPED, Fate.RE_ENTERED]
