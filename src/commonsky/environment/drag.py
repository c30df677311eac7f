"""
How drag brings orbits down: perigee and apogee, averaged over revolutions.

With E the eccentric anomaly, q = sqrt((1 + e cos E) / (1 - e cos E)) and angle brackets the mean
over E, drag changes the perigee's and the apogee's radius at

  -B sqrt(mu a) (1 - e) <rho q (1 - cos E)>   and   -B sqrt(mu a) (1 + e) <rho q (1 + cos E)>,

B being the ballistic coefficient Cd A/m.  Both means are tabled over perigee height and the
difference of apogee and perigee, one table for each flux of the density table, so that a step
costs two look-ups whatever the eccentricity.

Reference: King-Hele (1987), Satellite Orbits in an Atmosphere, for the equations that are
averaged; the form for the apsides is ours, and tested against numerical integration.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numba import njit

from commonsky.astro.arrays import Floats
from commonsky.environment.density import density_table
from commonsky.environment.earth import EARTH_RADIUS_KM, FLATTENING, MU_KM3_S2, ROTATION_RAD_S

DRAG_COEFFICIENT = 2.2
RE_ENTRY_KM = 120.0  # of the perigee; what is lower comes down within days
TOP_KM = 2000.0
FAR_KM = 1e6  # an apogee beyond is not the Earth's
_LOW_KM, _STEP_KM, _HEIGHTS = 100.0, 10.0, 191
_MOST_DIFFERENCE_KM = 60_000.0
_DIFFERENCES, _SOFT_KM = 96, 20.0  # differences are spaced evenly in log(1 + D / soft)
_NODES = 240  # the narrowest peak of density, at 120 km of the widest orbit, has two of them
_M_PER_KM = 1e3
LOG_SCALE = np.log1p(_MOST_DIFFERENCE_KM / _SOFT_KM) / (_DIFFERENCES - 1)


class DragTable(NamedTuple):
    """Logs of the rates of perigee and apogee, km/s for B = 1 m²/kg, (heights, differences, 2)."""

    logs: np.ndarray[tuple[int, int, int], np.dtype[np.float32]]


@cache
def _by_flux() -> tuple[Floats, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    """The fluxes, and the table for each of them."""
    density = density_table()
    return density.flux_sfu, np.stack([
        _averaged(density.height_km, column) for column in density.log_kg_m3.T.copy()
    ])  # fmt: skip


def drag_table(flux_sfu: float) -> DragTable:
    """Return the table for one flux; beyond the density table's it is that of the nearest."""
    fluxes, tables = _by_flux()
    flux = float(np.clip(flux_sfu, fluxes[0], fluxes[-1]))
    place = int(np.clip(np.searchsorted(fluxes, flux, side="right") - 1, 0, len(fluxes) - 2))
    share = np.float32((flux - fluxes[place]) / (fluxes[place + 1] - fluxes[place]))
    return DragTable((1 - share) * tables[place] + share * tables[place + 1])


@njit(cache=True, nogil=True)
def _averaged(height_km, log_density):
    """One flux's table, by the midpoint rule over a revolution."""
    told = np.empty((_HEIGHTS, _DIFFERENCES, 2), np.float32)
    for i in range(_HEIGHTS):
        low = _LOW_KM + i * _STEP_KM
        for j in range(_DIFFERENCES):
            difference = _SOFT_KM * (np.exp(j * LOG_SCALE) - 1.0)
            axis = EARTH_RADIUS_KM + low + 0.5 * difference
            eccentricity = 0.5 * difference / axis
            perigee = apogee = 0.0
            place = 0
            for k in range(_NODES):
                cosine = np.cos(np.pi * (k + 0.5) / _NODES)
                height = low + axis * eccentricity * (1.0 - cosine)
                if height > TOP_KM:
                    break
                while place < len(height_km) - 2 and height > height_km[place + 1]:
                    place += 1
                share = (height - height_km[place]) / (height_km[place + 1] - height_km[place])
                log = (1.0 - share) * log_density[place] + share * log_density[place + 1]
                weight = np.exp(log) * np.sqrt(
                    (1.0 + eccentricity * cosine) / (1.0 - eccentricity * cosine)
                )
                perigee += weight * (1.0 - cosine)
                apogee += weight * (1.0 + cosine)
            scale = np.sqrt(MU_KM3_S2 * axis) * _M_PER_KM / _NODES
            told[i, j, 0] = np.log(scale * (1.0 - eccentricity) * perigee + 1e-300)
            told[i, j, 1] = np.log(scale * (1.0 + eccentricity) * apogee + 1e-300)
    return told


@njit(cache=True, nogil=True, inline="always")
def drag_rates(perigee_km, apogee_km, logs):
    """Rates of perigee and apogee for B = 1, km/s; a kernel, of heights above the ellipsoid."""
    x = (perigee_km - _LOW_KM) / _STEP_KM
    i = min(max(int(x), 0), _HEIGHTS - 2)
    y = np.log(1.0 + max(apogee_km - perigee_km, 0.0) / _SOFT_KM) / LOG_SCALE
    j = min(int(y), _DIFFERENCES - 2)
    u, v = x - i, min(y - j, 1.0)
    a, b, c, d = (1.0 - u) * (1.0 - v), (1.0 - u) * v, u * (1.0 - v), u * v
    low = a * logs[i, j, 0] + b * logs[i, j + 1, 0] + c * logs[i + 1, j, 0]
    high = a * logs[i, j, 1] + b * logs[i, j + 1, 1] + c * logs[i + 1, j, 1]
    low += d * logs[i + 1, j + 1, 0]
    high += d * logs[i + 1, j + 1, 1]
    return np.exp(low), np.exp(high)


@njit(cache=True, nogil=True)
def _descend(perigee_km, apogee_km, ballistic_m2_kg, lift_km, seconds, logs, left_s):
    """Bring orbits down, in place; what comes down has its time left."""
    for row in range(len(perigee_km)):
        low, high, lift = perigee_km[row], apogee_km[row], lift_km[row]
        ballistic = ballistic_m2_kg[row]
        # What is down, or above the air, or never comes back, stays as it is.
        if not (low >= RE_ENTRY_KM and low + lift < TOP_KM and high < FAR_KM and ballistic > 0.0):
            continue
        left = seconds
        while left > 0.0:
            sinks, shrinks = drag_rates(low + lift, high + lift, logs)
            sinks *= ballistic
            shrinks *= ballistic
            # Within a step the perigee sinks by a tenth of a scale height at most, and the
            # difference of the apsides shrinks by a tenth of itself.
            part = min(
                left, 6.0 / sinks, (0.1 * (high - low) + 2.0) / max(shrinks - sinks, 1e-300)
            )
            if part * sinks > 0.1 or part * (shrinks - sinks) > 0.02 * (high - low) + 0.2:
                half = 0.5 * part
                sinks, shrinks = drag_rates(
                    low - half * sinks + lift, high - half * shrinks + lift, logs
                )
                sinks *= ballistic
                shrinks *= ballistic
            low -= part * sinks
            high = max(high - part * shrinks, low)
            left -= part
            if low < RE_ENTRY_KM:
                left_s[row] = left
                break
        perigee_km[row], apogee_km[row] = low, high


def descend(
    perigee_km: Floats, apogee_km: Floats, ballistic_m2_kg: Floats, lift_km: Floats,
    seconds: float, table: DragTable,
) -> Floats:  # fmt: skip
    """
    Bring n orbits down by drag under one flux, in place, and return the time left of each, s.

    Heights are above the equatorial radius, `lift_km` is what the mean ellipsoid lies lower.  What
    comes below 120 km has ended: its time left is how long before the end of the call it did, of
    all others it is nan.  nan rows and those above 2000 km stay as they are.
    """
    left_s = np.full(len(perigee_km), np.nan)
    _descend(perigee_km, apogee_km, ballistic_m2_kg, lift_km, float(seconds), table.logs, left_s)
    return left_s


def lift_km(inclination_rad: Floats) -> Floats:
    """(n,) how much lower than the equator's the ellipsoid is, on average along an orbit."""
    return np.asarray(
        0.5 * FLATTENING * EARTH_RADIUS_KM * np.sin(inclination_rad) ** 2, np.float64
    )


def ballistic_m2_kg(
    area_to_mass_m2_kg: Floats, perigee_km: Floats, inclination_rad: Floats,
    drag_coefficient: float = DRAG_COEFFICIENT,
) -> Floats:  # fmt: skip
    """(n,) Cd A/m, with the air that turns with the Earth reckoned in at the perigee."""
    radius = EARTH_RADIUS_KM + np.maximum(perigee_km, 0.0)
    speed = np.sqrt(MU_KM3_S2 / radius)
    wind = (1.0 - radius * ROTATION_RAD_S / speed * np.cos(inclination_rad)) ** 2
    return np.asarray(drag_coefficient * area_to_mass_m2_kg * wind, np.float64)
