"""Sun, Moon, sunlight and flattening, averaged, against numerical integration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline

from commonsky.astro.arrays import Floats
from commonsky.environment.earth import DAY_S, EARTH_RADIUS_KM, J2, MU_KM3_S2
from commonsky.environment.lifetime import Orbits, lifetime_years
from commonsky.environment.secular import (
    AU_KM,
    MU_MOON_KM3_S2,
    MU_SUN_KM3_S2,
    REFLECTIVITY,
    SUNLIGHT_N_M2,
    Ellipses,
    perigees_km,
    secular_lifetime_years,
)
from commonsky.environment.solar_flux import mean_cycles
from tests.bodies_case import sun_and_moon_km

START = 2024.0
FLUX = mean_cycles(START)


def ellipse(perigee: float, apogee: float, tilt: float, argument: float, ratio: float) -> Ellipses:
    angles = (np.radians(angle) for angle in (tilt, 40.0, argument))
    return Ellipses(*(np.array([float(x)]) for x in (perigee, apogee, *angles, ratio)))


def integrated(orbit: Ellipses, days: int) -> tuple[Floats, Floats]:
    """Days, and osculating heights of the perigee, by every force but drag."""
    axis = EARTH_RADIUS_KM + 0.5 * float(orbit.perigee_km[0] + orbit.apogee_km[0])
    e = float(orbit.apogee_km[0] - orbit.perigee_km[0]) / (2.0 * axis)
    cn, sn = np.cos(orbit.node_rad[0]), np.sin(orbit.node_rad[0])
    ci, si = np.cos(orbit.inclination_rad[0]), np.sin(orbit.inclination_rad[0])
    ca, sa = np.cos(orbit.argument_rad[0]), np.sin(orbit.argument_rad[0])
    out = np.array([cn * ca - sn * ci * sa, sn * ca + cn * ci * sa, si * sa])
    ahead = np.array([-cn * sa - sn * ci * ca, -sn * sa + cn * ci * ca, si * ca])
    place = axis * (1.0 - e) * out
    moving = np.sqrt(MU_KM3_S2 * (1.0 + e) / (axis * (1.0 - e))) * ahead
    grid = np.arange(0.0, days + 1.5, 0.25)
    bodies = CubicSpline(grid * DAY_S, np.hstack(sun_and_moon_km(START, grid)))
    push = SUNLIGHT_N_M2 * REFLECTIVITY * orbit.area_to_mass_m2_kg[0] * 1e-3

    def pull(t: float, y: Floats) -> Floats:
        r = y[:3]
        size = np.sqrt(r @ r)
        flat = 1.5 * J2 * MU_KM3_S2 * EARTH_RADIUS_KM**2 / size**5
        told = -MU_KM3_S2 * r / size**3 + flat * r * (5.0 * r[2] ** 2 / size**2 - (1.0, 1.0, 3.0))
        both = bodies(t)
        for body, mu in ((both[:3], MU_SUN_KM3_S2), (both[3:], MU_MOON_KM3_S2)):
            to = body - r
            told += mu * (to / (to @ to) ** 1.5 - body / (body @ body) ** 1.5)
        far = np.sqrt(both[:3] @ both[:3])
        told -= push * (AU_KM / far) ** 2 * both[:3] / far
        return np.concatenate([y[3:], told])

    at = np.linspace(0.0, days, 16 * days + 1)
    path = solve_ivp(
        pull, (0.0, days * DAY_S), np.concatenate([place, moving]), method="DOP853", rtol=1e-8,
        atol=1e-6, t_eval=at * DAY_S,
    ).y.T  # fmt: skip
    r, v = path[:, :3], path[:, 3:]
    axes = 1.0 / (2.0 / np.linalg.norm(r, axis=1) - (v**2).sum(axis=1) / MU_KM3_S2)
    momentum = (np.cross(r, v) ** 2).sum(axis=1)
    sizes = np.sqrt(np.maximum(1.0 - momentum / (MU_KM3_S2 * axes), 0.0))
    return at, axes * (1.0 - sizes) - EARTH_RADIUS_KM


@pytest.mark.parametrize(
    ("orbit", "days", "moves_km"),
    [
        (ellipse(600.0, 35_786.0, 27.0, 20.0, 0.01), 40, 30.0),  # a transfer orbit
        (ellipse(800.0, 820.0, 60.0, 20.0, 5.0), 20, 40.0),  # a foil
        (ellipse(1000.0, 40_000.0, 63.4, 270.0, 0.01), 40, 20.0),  # a Molniya orbit
    ],
)  # fmt: skip
def test_numerical_integration(orbit: Ellipses, days: int, moves_km: float) -> None:
    low, _ = perigees_km(orbit, FLUX, start_year=START, years=days / 365.25, drag=False)
    at, told = integrated(orbit, days)
    averaged = [told[np.abs(at - day) <= 0.5].mean() for day in (1, days // 2, days - 2)]
    # The mean of osculating perigees is a few km off the averaged one, by what stays the same.
    ours = low[[1, days // 2, days - 2], 0]
    assert np.abs(np.diff(ours)).max() > 0.3 * moves_km
    assert ours - ours[0] == pytest.approx(averaged - averaged[0], abs=0.04 * moves_km + 0.5)


def test_drag_alone_is_as_lifetimes_have_it() -> None:
    orbit = ellipse(420.0, 600.0, 60.0, 20.0, 0.02)
    told = secular_lifetime_years(orbit, FLUX, start_year=START, most_years=10.0)
    alone = Orbits(
        orbit.perigee_km, orbit.apogee_km, orbit.inclination_rad, orbit.area_to_mass_m2_kg
    )
    assert told[0] == pytest.approx(lifetime_years(alone, FLUX, start_year=START)[0], rel=0.06)


def test_what_is_none_stays_so() -> None:
    orbits = Ellipses(*(
        np.array([one, 600.0]) for one in (np.nan, 36_000.0, 0.5, 0.1, 0.1, 0.01)
    ))  # fmt: skip
    orbits.perigee_km[1] = 550.0
    told = secular_lifetime_years(orbits, FLUX, start_year=START, most_years=0.5)
    assert np.isnan(told[0])
    with pytest.raises(ValueError, match="followed for up to"):
        perigees_km(orbits, FLUX, start_year=START, years=1e6)
