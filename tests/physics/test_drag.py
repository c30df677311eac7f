"""Averaged drag against numerical integration, and lifetimes against published ones."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from commonsky.astro.arrays import Floats
from commonsky.environment.density import density_kg_m3
from commonsky.environment.drag import ballistic_m2_kg, descend, drag_table, lift_km
from commonsky.environment.earth import DAY_S, EARTH_RADIUS_KM, MU_KM3_S2, ROTATION_RAD_S
from commonsky.environment.lifetime import Orbits, lifetime_years, probability_of_decay
from commonsky.environment.solar_flux import continued, drawn_cycles, mean_cycles

FLUX_SFU = 150.0
LOGS = np.log(density_kg_m3(np.arange(100.0, 2000.0, 0.05) + 0.025, FLUX_SFU))


def integrated(
    perigee_km: float, apogee_km: float, ballistic: float, days: float, *, tilt: float = 0.0
) -> tuple[float, float]:
    """Apsides after some days of two-body motion and drag, in a sphere of air that may turn."""
    low, high = EARTH_RADIUS_KM + perigee_km, EARTH_RADIUS_KM + apogee_km
    axis = 0.5 * (low + high)
    speed = np.sqrt(MU_KM3_S2 * (2.0 / low - 1.0 / axis))
    wind = np.array([0.0, 0.0, ROTATION_RAD_S]) if tilt else np.zeros(3)

    def pull(_: float, y: Floats) -> Floats:
        place, moving = y[:3], y[3:]
        radius = np.linalg.norm(place)
        air = np.exp(LOGS[min(int((radius - EARTH_RADIUS_KM - 100.0) * 20.0), len(LOGS) - 1)])
        seen = moving - np.cross(wind, place)
        slow = -0.5 * ballistic * air * 1e3 * np.linalg.norm(seen) * seen
        return np.concatenate([moving, -MU_KM3_S2 * place / radius**3 + slow])

    start = np.array([low, 0.0, 0.0, 0.0, speed * np.cos(tilt), speed * np.sin(tilt)])
    end = solve_ivp(pull, (0.0, days * DAY_S), start, method="DOP853", rtol=1e-8, atol=1e-6).y[
        :, -1
    ]
    place, moving = end[:3], end[3:]
    radius = float(np.linalg.norm(place))
    axis = 1.0 / (2.0 / radius - moving @ moving / MU_KM3_S2)
    momentum = np.cross(place, moving)
    eccentricity = np.sqrt(max(1.0 - momentum @ momentum / (MU_KM3_S2 * axis), 0.0))
    return axis * (1 - eccentricity) - EARTH_RADIUS_KM, axis * (1 + eccentricity) - EARTH_RADIUS_KM


@pytest.mark.parametrize(
    ("perigee_km", "apogee_km", "ballistic", "days"),
    [
        (300.0, 300.0, 0.02, 1.5), (350.0, 600.0, 0.1, 2.5), (250.0, 2000.0, 0.05, 2.5),
        (200.0, 20_000.0, 0.05, 3.0), (500.0, 900.0, 4.0, 2.5),
    ],
)  # fmt: skip
def test_numerical_integration(
    perigee_km: float, apogee_km: float, ballistic: float, days: float
) -> None:
    # The usual drag acceleration has a half, Cd A/m in it, so B of the averages is that whole.
    low, high = np.array([perigee_km]), np.array([apogee_km])
    descend(low, high, np.array([ballistic]), np.zeros(1), days * DAY_S, drag_table(FLUX_SFU))
    told = integrated(perigee_km, apogee_km, ballistic, days)
    sinks = max(perigee_km + apogee_km - sum(told), 1e-9)
    assert low[0] + high[0] == pytest.approx(sum(told), abs=0.03 * sinks + 0.05)
    # One revolution's ripple of the osculating perigee of a near circle is a few hundred metres.
    assert low[0] == pytest.approx(told[0], abs=0.05 * sinks + 0.6)


def test_the_air_turns_and_the_earth_is_flat() -> None:
    # At an inclination of 98 degrees the air comes from ahead, at 28 from behind.
    low, high = integrated(400.0, 400.0, 0.2, 1.0, tilt=np.radians(28.0))
    still = integrated(400.0, 400.0, 0.2, 1.0)
    slowed = (800.0 - low - high) / (800.0 - sum(still))
    height, tilt = np.array([400.0]), np.radians(np.array([28.0]))
    told = ballistic_m2_kg(np.ones(1), height, tilt, 1.0)
    assert told[0] == pytest.approx(slowed, rel=0.02)
    assert lift_km(np.radians(np.array([0.0, 90.0]))) == pytest.approx([0.0, 10.69], abs=0.02)


@pytest.mark.parametrize(
    ("area_to_mass", "height_km", "years"),
    # Own measurement with another atmosphere, JB2008: Cd 2.2, circular, a phase of the Sun each.
    [
        (0.01, 400.0, (1.06, 0.27, 0.31)), (0.01, 500.0, (3.3, 3.1, 1.4)),
        (0.01, 600.0, (14.4, 13.6, 12.8)), (0.01, 700.0, (53.0, 58.0, 51.0)),
        (0.02, 600.0, (5.0, 10.1, 2.9)), (0.02, 800.0, (88.0, 94.0, 86.0)),
        (0.1, 800.0, (16.0, 22.0, 14.0)), (0.1, 1000.0, (111.0, 111.0, 110.0)),
        (0.005, 600.0, (27.5, 30.9, 25.7)),
    ],
)  # fmt: skip
def test_lifetimes_of_another_atmosphere(
    area_to_mass: float, height_km: float, years: tuple[float, ...]
) -> None:
    height = np.array([height_km])
    orbits = Orbits(height, height, np.array([1.2]), np.array([area_to_mass]))
    for start, expected in zip((2020.2, 2025.7, 2022.95), years, strict=True):
        told = lifetime_years(orbits, mean_cycles(start), start_year=start)
        assert expected / 1.55 < told[0] < expected * 1.55


def test_what_flux_does() -> None:
    height = np.full(3, 550.0)
    orbits = Orbits(height, height, np.full(3, 1.2), np.array([0.005, 0.01, 0.04]))
    quiet, usual, strong = (
        lifetime_years(orbits, mean_cycles(2025.0, activity=activity), start_year=2025.0)
        for activity in (0.5, 1.0, 1.5)
    )
    assert (quiet > usual).all()
    assert (usual > strong).all()
    assert usual[0] > usual[1] > usual[2]


def test_a_limit_is_met_with_a_probability() -> None:
    heights = np.array([350.0, 540.0, 560.0, 900.0])
    orbits = Orbits(heights, heights, np.full(4, 1.2), np.full(4, 0.01))
    told, again = (
        probability_of_decay(
            orbits, 10.0, start_year=2026.0, draws=24, rng=np.random.default_rng(3)
        )
        for _ in range(2)
    )
    assert told[0] == 1.0
    assert told[3] == 0.0
    assert 0.0 < told[2] <= told[1] < 1.0
    assert (told == again).all()


def test_rows_that_are_none_and_rows_that_stay() -> None:
    low = np.array([np.nan, 100.0, 3000.0, 500.0])
    orbits = Orbits(low, low.copy(), np.full(4, 1.0), np.full(4, 0.02))
    told = lifetime_years(orbits, mean_cycles(2025.0), start_year=2025.0, most_years=50.0)
    assert np.isnan(told[0])
    assert told[1] == 0.0
    assert np.isinf(told[2])
    alone = Orbits(*(column[3:] for column in (low, low, np.full(4, 1.0), np.full(4, 0.02))))
    assert told[3] == lifetime_years(
        alone, mean_cycles(2025.0), start_year=2025.0, most_years=50.0
    )[0]  # fmt: skip
    with pytest.raises(ValueError, match="followed for up to"):
        lifetime_years(orbits, mean_cycles(2025.0), start_year=2025.0, most_years=1e9)
    with pytest.raises(ValueError, match="as many apogees"):
        Orbits(low, low[:2], low, low)


def test_courses_of_the_sun() -> None:
    mean = mean_cycles(2019.96)
    assert mean.at(2019.97) < 75.0
    assert mean.at(2023.5) > 150.0
    assert mean.at(2019.97 + 11.0) == mean.at(2019.97)
    one, other = (drawn_cycles(2026.0, 60.0, np.random.default_rng(k)) for k in (1, 2))
    assert len(one.monthly_sfu) >= 720
    assert not np.array_equal(one.monthly_sfu[:720], other.monthly_sfu[:720])
    longer = continued(mean, 2040.0)
    assert np.array_equal(longer.monthly_sfu[:132], mean.monthly_sfu)
    assert longer.start_year + len(longer.monthly_sfu) / 12.0 >= 2040.0
    # The cycles before 2000 were stronger than those since.
    early = mean_cycles(2019.96, before_2000=True)
    assert early.monthly_sfu.mean() > mean.monthly_sfu.mean()
