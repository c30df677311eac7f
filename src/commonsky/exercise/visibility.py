"""When which sensor sees which object: elevation, range, darkness, sunlight."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S
from commonsky.astro.frames import rotation
from commonsky.astro.sgp4 import propagate
from commonsky.astro.states import Frame
from commonsky.exercise.sites import LEAST_ELEVATION_DEG, Site

EARTH_KM, FLATTENING = 6378.137, 1.0 / 298.257223563
LEAST_ELEVATION_SINE = np.sin(np.radians(LEAST_ELEVATION_DEG))
DARK_SINE = np.sin(np.radians(-9.0))  # of the Sun's elevation at a telescope
STEP_S = 120
ROWS_AT_ONCE = 500
J2000_TAI_NS = 946_727_967_816_000_000  # 2000-01-01T12:00:00 TT


def first_seen(
    elements: MeanElements, sites: tuple[Site, ...], start_tai_ns: int, hours: int
) -> Ints:
    """
    (n objects, m sites) when each site first sees each object, -1 where it never does.

    Times are steps of two minutes from the start.  SGP4 states; the Sun to 0.01 degrees.
    """
    epoch = start_tai_ns + np.arange(0, hours * 3600, STEP_S) * NS_PER_S
    seen = np.full((len(elements), len(sites)), -1, np.int64)
    turned = rotation(Frame.ITRF, Frame.TEME, epoch)
    sun = sun_direction(epoch)
    placed = [turned @ position_itrf_km(site) for site in sites]
    upward = [turned @ _up(site) for site in sites]
    for begin in range(0, len(elements), ROWS_AT_ONCE):
        rows = np.arange(begin, min(begin + ROWS_AT_ONCE, len(elements)))
        states = propagate(elements.take(rows), epoch)
        position = states.position_km
        lit = _is_lit(position, sun)
        for k, site in enumerate(sites):
            visible = _is_above(position, placed[k], upward[k], site.range_km)
            if not site.is_radar:
                visible &= lit & (np.einsum("kc,kc->k", upward[k], sun) < DARK_SINE)
            visible &= states.status == 0
            ever = visible.any(axis=1)
            seen[rows[ever], k] = epoch[visible[ever].argmax(axis=1)]
    return seen


def _is_above(
    position_km: Floats, site_km: Floats, up: Floats, range_km: float
) -> NDArray[np.bool_]:
    """(n, k) whether objects are within range, ten degrees above the horizon."""
    away = position_km - site_km
    distance = np.sqrt(np.einsum("nkc,nkc->nk", away, away))
    rise = np.einsum("nkc,kc->nk", away, up)
    return np.asarray((distance <= range_km) & (rise >= LEAST_ELEVATION_SINE * distance))


def _is_lit(position_km: Floats, sun: Floats) -> NDArray[np.bool_]:
    """(n, k) whether objects are outside the Earth's shadow, taken as a cylinder."""
    along = np.einsum("nkc,kc->nk", position_km, sun)
    across = np.einsum("nkc,nkc->nk", position_km, position_km) - along**2
    return np.asarray((along > 0.0) | (across > EARTH_KM**2))


def sun_direction(epoch_tai_ns: Ints) -> Floats:
    """
    (k, 3) directions of the Sun in TEME, to 0.01 degrees.

    Reference: The Astronomical Almanac, low-precision formulas for the Sun; of the date's equinox,
    which is TEME's to the equation of the equinoxes.
    """
    days = (epoch_tai_ns - J2000_TAI_NS) / NS_PER_DAY
    anomaly = np.radians(357.528 + 0.9856003 * days)
    longitude = np.radians(
        280.460 + 0.9856474 * days + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2.0 * anomaly)
    )
    obliquity = np.radians(23.439 - 4e-7 * days)
    return np.stack(
        [
            np.cos(longitude),
            np.cos(obliquity) * np.sin(longitude),
            np.sin(obliquity) * np.sin(longitude),
        ],
        axis=1,
    )


def _up(site: Site) -> Floats:
    latitude, longitude = np.radians([site.latitude_deg, site.longitude_deg])
    return np.array(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ]
    )


def position_itrf_km(site: Site) -> Floats:
    """(3,) a site on the ellipsoid of WGS 84."""
    up = _up(site)
    squeeze = FLATTENING * (2.0 - FLATTENING)
    normal_km = EARTH_KM / np.sqrt(1.0 - squeeze * up[2] ** 2)
    return normal_km * up * np.array([1.0, 1.0, 1.0 - squeeze])
