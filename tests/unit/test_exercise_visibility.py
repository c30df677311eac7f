"""When which sensor sees which object: horizon, range, night, sunlight."""

from __future__ import annotations

import erfa
import numpy as np

from commonsky.astro.epoch import NS_PER_S, tai_ns
from commonsky.astro.frames import rotation
from commonsky.astro.states import Frame
from commonsky.exercise.sites import Site
from commonsky.exercise.visibility import J2000_TAI_NS, first_seen, position_itrf_km, sun_direction
from tests.screening_case import HOUR_NS, START_NS, elements_of

ANYWHERE_KM = 45_000.0
GEO = {"mean_motion": 1.0027379 * 2.0 * np.pi / 1440.0, "eccentricity": 1e-4, "bstar": 0.0,
       "inclination": 1e-4}  # fmt: skip
LOW = {"mean_motion": 0.065, "eccentricity": 1e-3, "inclination": 1.5}


def radar(latitude: float, longitude: float, range_km: float = ANYWHERE_KM) -> Site:
    return Site("AUS", "radar", latitude, longitude, range_km, is_radar=True)


def telescope(latitude: float, longitude: float) -> Site:
    return Site("AUS", "telescope", latitude, longitude, ANYWHERE_KM, is_radar=False)


def test_a_geostationary_object_is_seen_from_its_half_of_the_earth() -> None:
    sites = tuple(radar(0.0, longitude) for longitude in range(0, 360, 10))
    seen = first_seen(elements_of(GEO), sites, START_NS, 24)[0]
    # Ten degrees above the horizon is 71.4 degrees from the point below.
    assert int((seen >= 0).sum()) in {14, 15}
    assert set(seen[seen >= 0].tolist()) == {START_NS}
    at_once = np.flatnonzero(seen >= 0)
    gaps = np.diff(np.sort(at_once))
    assert (gaps > 1).sum() <= 1  # side by side on the circle
    poles = first_seen(elements_of(GEO), (radar(85.0, 0.0), radar(-85.0, 0.0)), START_NS, 2)
    assert (poles < 0).all()


def test_range_is_a_limit() -> None:
    low = elements_of(LOW)
    ranges = (800.0, 1000.0, 1500.0, 3000.0)
    seen = first_seen(low, tuple(radar(60.0, 20.0, km) for km in ranges), START_NS, 24)[0]
    there = seen[seen >= 0]
    assert len(there) >= 2
    assert (np.diff(there) <= 0).all()  # who sees farther sees it no later
    assert first_seen(low, (radar(60.0, 20.0, 300.0),), START_NS, 24)[0, 0] == -1


def test_times_are_steps_from_the_start() -> None:
    seen = first_seen(elements_of(LOW), (radar(60.0, 20.0), radar(-60.0, 20.0)), START_NS, 24)
    assert ((seen - START_NS) % (120 * NS_PER_S) == 0).all()
    assert ((seen >= START_NS) & (seen < START_NS + 24 * HOUR_NS)).all()
    # A later start finds no pass that is over.
    first = int(seen[0, 0])
    later = first_seen(
        elements_of(LOW), (radar(60.0, 20.0),), first + 1800 * NS_PER_S, 24
    )[0, 0]  # fmt: skip
    assert later > first + 1800 * NS_PER_S


def test_telescopes_see_at_night_alone() -> None:
    """Of a geostationary object above it, a telescope on the equator waits for the dark."""
    sites = tuple(one(0.0, lon) for one in (radar, telescope) for lon in range(0, 360, 10))
    seen = first_seen(elements_of(GEO), sites, START_NS - 8 * HOUR_NS, 24)[0].reshape(2, 36)
    by_radar, by_telescope = seen[0] >= 0, seen[1] >= 0
    assert by_radar.tolist() == by_telescope.tolist()  # every place has a night within a day
    waited_h = (seen[1] - seen[0])[by_radar] / HOUR_NS
    assert waited_h.max() > 6.0
    for k, at in zip(np.flatnonzero(by_telescope).tolist(), seen[1][by_telescope], strict=True):
        hour = local_solar_hour(int(at), 10.0 * k)
        assert hour > 18.3 or hour < 5.7, (k, hour)


def test_telescopes_lose_low_objects_in_the_shadow_of_the_earth() -> None:
    """At midnight the Earth hides the Sun from 500 km; after dusk and before dawn it does not."""
    low = elements_of(LOW | {"inclination": 0.02, "mean_motion": 0.0664})
    sites = tuple(telescope(0.0, lon) for lon in range(0, 360, 5))
    seen = [
        (int(at), 5.0 * k)
        for hour in range(24)
        for k, at in enumerate(first_seen(low, sites, START_NS + hour * HOUR_NS, 1)[0])
        if at >= 0
    ]
    hours = [local_solar_hour(at, lon) for at, lon in seen]
    assert len(hours) > 50
    assert all(18.3 < hour < 21.0 or 3.0 < hour < 5.7 for hour in hours)
    assert {hour > 12.0 for hour in hours} == {True, False}


def local_solar_hour(at_tai_ns: int, longitude_deg: float) -> float:
    """Mean solar time; off by the equation of time, a quarter of an hour at most."""
    midnight = tai_ns("2024-11-01T00:00:00Z")
    return ((at_tai_ns - midnight) / HOUR_NS + longitude_deg / 15.0 + 0.27) % 24.0


def test_the_sun_is_where_the_earth_is_not() -> None:
    """Against the Earth's heliocentric position by ERFA (VSOP2000), geometric, over two years."""
    epochs = START_NS + np.arange(0, 730, 9, dtype=np.int64) * 24 * HOUR_NS
    days = (epochs - J2000_TAI_NS) / (24 * HOUR_NS)
    earth, _ = erfa.epv00(2451545.0, days)
    wanted = -earth["p"] / np.linalg.norm(earth["p"], axis=1)[:, None]
    found = np.einsum(
        "kij,kj->ki", rotation(Frame.TEME, Frame.GCRF, epochs), sun_direction(epochs)
    )
    assert np.degrees(np.linalg.norm(found - wanted, axis=1)).max() < 0.02
    assert np.allclose(np.linalg.norm(found, axis=1), 1.0)


def test_sites_lie_on_the_ellipsoid() -> None:
    assert np.allclose(position_itrf_km(radar(0.0, 90.0)), [0.0, 6378.137, 0.0], atol=1e-9)
    assert abs(position_itrf_km(radar(90.0, 0.0))[2] - 6356.752314) < 1e-5
    x, _, z = position_itrf_km(radar(45.0, 0.0))
    assert abs((x / 6378.137) ** 2 + (z / 6356.752314) ** 2 - 1.0) < 1e-9
