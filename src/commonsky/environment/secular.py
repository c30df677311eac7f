"""
How orbits change by the Sun, the Moon, sunlight, the Earth's flattening and drag together.

For orbits that drag alone does not explain: transfer orbits and others with high apogees, whose
perigees Sun and Moon raise and lower, and very light objects, which sunlight pushes about.  The
state is the scaled angular momentum and the eccentricity vector, averaged over revolutions; one
object takes a tenth of a second for a quarter century, so it is for some, not for populations.

Sunlight acts on a sphere, and the Earth's shadow is left out; Sun and Moon act by quadrupoles;
resonances with the turning Earth are left out.

Reference: Rosengren, Scheeres (2013), Long-term dynamics of high area-to-mass ratio objects in
high-Earth orbit, Adv. Space Res. 52(8), 1545-1560, for the averaged vectorial equations.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import erfa
import numpy as np
from numba import njit

from commonsky.astro.arrays import Floats
from commonsky.environment.drag import (
    DRAG_COEFFICIENT,
    FAR_KM,
    RE_ENTRY_KM,
    TOP_KM,
    ballistic_m2_kg,
    drag_rates,
    drag_table,
    lift_km,
)
from commonsky.environment.earth import DAY_S, EARTH_RADIUS_KM, J2, MU_KM3_S2, YEAR_DAYS
from commonsky.environment.solar_flux import FluxScenario

MU_SUN_KM3_S2, MU_MOON_KM3_S2 = 1.327_124_400_18e11, 4902.800
AU_KM = 149_597_870.7
SUNLIGHT_N_M2 = 4.56e-6  # at 1 au
REFLECTIVITY = 1.2
MOST_YEARS = 200.0
_JD_2000, _YEAR_2000 = 2_451_545.0, 2000.0


@dataclass(frozen=True, slots=True)
class Ellipses:
    """n orbits with their planes and perigees, angles against the equator and the equinox."""

    perigee_km: Floats
    apogee_km: Floats
    inclination_rad: Floats
    node_rad: Floats
    argument_rad: Floats
    area_to_mass_m2_kg: Floats

    def __len__(self) -> int:
        return len(self.perigee_km)


@lru_cache(maxsize=4)
def _bodies_km(start_year: float, half_days: int) -> tuple[Floats, Floats]:
    """(half_days, 3) places of Sun and Moon from the Earth's centre, every half day."""
    days = (start_year - _YEAR_2000) * YEAR_DAYS + 0.5 * np.arange(half_days)
    earth, _ = erfa.epv00(_JD_2000, days)
    sun = -np.asarray(earth["p"]) * AU_KM
    moon = np.asarray(erfa.moon98(_JD_2000, days)["p"]) * AU_KM
    return np.ascontiguousarray(sun), np.ascontiguousarray(moon)


def perigees_km(
    orbits: Ellipses, flux: FluxScenario, *, start_year: float, years: float, drag: bool = True,
    reflectivity: float = REFLECTIVITY,
) -> tuple[Floats, Floats]:  # fmt: skip
    """
    (days, n) heights of the perigees and (days, n) of the apogees, a row a day; nan once down.

    A perigee below 120 km ends an orbit.  nan rows stay nan.
    """
    if not 0.0 < years <= MOST_YEARS:
        raise ValueError(f"orbits are followed for up to {MOST_YEARS:g} years, not {years}")
    days = int(np.ceil(years * YEAR_DAYS))
    sun, moon = _bodies_km(start_year, 2 * days + 1)
    low, high = np.full((days, len(orbits)), np.nan), np.full((days, len(orbits)), np.nan)
    # A table a month is exact for the flux; all of them at once would be some 100 kB each.
    months = np.unique((np.arange(days) / (YEAR_DAYS / 12.0)).astype(np.int64))
    middles: Floats = start_year + (months.astype(np.float64) + 0.5) / 12.0
    ballistic = ballistic_m2_kg(
        orbits.area_to_mass_m2_kg, orbits.perigee_km, orbits.inclination_rad, DRAG_COEFFICIENT
    )
    push = SUNLIGHT_N_M2 * reflectivity * orbits.area_to_mass_m2_kg * 1e-3
    state = _vectors(orbits)
    for month, middle in zip(months.tolist(), middles, strict=True):
        first = int(np.ceil(month * YEAR_DAYS / 12.0))
        last = min(int(np.ceil((month + 1) * YEAR_DAYS / 12.0)), days)
        table = drag_table(float(flux.at(float(middle)))).logs
        _follow(
            *state, ballistic if drag else np.zeros(len(orbits)), lift_km(orbits.inclination_rad),
            push, sun, moon, table, first, last, low, high,
        )  # fmt: skip
    return low, high


def secular_lifetime_years(
    orbits: Ellipses, flux: FluxScenario, *, start_year: float, most_years: float = 50.0,
    reflectivity: float = REFLECTIVITY,
) -> Floats:  # fmt: skip
    """(n,) years until a perigee is below 120 km, to a day; inf for what lasts longer."""
    low, _ = perigees_km(
        orbits, flux, start_year=start_year, years=most_years, reflectivity=reflectivity
    )
    ended = np.isnan(low)
    years = ended.argmax(axis=0) / YEAR_DAYS
    told = np.where(ended.any(axis=0), years, np.inf)
    return np.where(np.isnan(orbits.perigee_km + orbits.apogee_km), np.nan, told)


def _vectors(orbits: Ellipses) -> tuple[Floats, Floats, Floats]:
    """Semi-major axes (n,), scaled momenta (n, 3) and eccentricity vectors (n, 3)."""
    axis = EARTH_RADIUS_KM + 0.5 * (orbits.perigee_km + orbits.apogee_km)
    size = 0.5 * (orbits.apogee_km - orbits.perigee_km) / axis
    cn, sn = np.cos(orbits.node_rad), np.sin(orbits.node_rad)
    ci, si = np.cos(orbits.inclination_rad), np.sin(orbits.inclination_rad)
    ca, sa = np.cos(orbits.argument_rad), np.sin(orbits.argument_rad)
    momentum = np.stack([sn * si, -cn * si, ci], axis=1) * np.sqrt(1.0 - size**2)[:, None]
    eccentricity = np.stack([cn * ca - sn * ci * sa, sn * ca + cn * ci * sa, si * sa], axis=1)
    return axis.copy(), np.ascontiguousarray(momentum), eccentricity * size[:, None]


@njit(cache=True, nogil=True, inline="always")
def _cross(a, b):
    return np.array(
        [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    )


@njit(cache=True, nogil=True)
def _pulled(axis, h, e, push, sun, moon):
    """Rates of the vectors h and e, per second, by all but drag."""
    scale = np.sqrt(MU_KM3_S2 * axis)
    size = np.sqrt((h * h).sum())
    motion = np.sqrt(MU_KM3_S2 / axis**3)
    cosine = h[2] / size
    flat = 1.5 * J2 * motion * (EARTH_RADIUS_KM / (axis * size * size)) ** 2
    turn = np.array([0.0, 0.0, -flat * cosine])
    dh = _cross(turn, h)
    # The node moves about the pole and the perigee within the plane.
    de = _cross(turn + flat * (2.0 - 2.5 * (1.0 - cosine * cosine)) / size * h, e)
    for body, mu in ((sun, MU_SUN_KM3_S2), (moon, MU_MOON_KM3_S2)):
        distance = np.sqrt((body * body).sum())
        to = body / distance
        pull = 1.5 * mu * axis * axis / (scale * distance**3)
        along_e, along_h = (e * to).sum(), (h * to).sum()
        dh += pull * (5.0 * along_e * _cross(e, to) - along_h * _cross(h, to))
        de += pull * (5.0 * along_e * _cross(h, to) - along_h * _cross(e, to) - 2.0 * _cross(h, e))
    distance = np.sqrt((sun * sun).sum())
    force = -push * (AU_KM / distance) ** 2 * sun / distance
    factor = 1.5 * axis / scale
    dh -= factor * _cross(e, force)
    de -= factor * _cross(h, force)
    return dh, de


@njit(cache=True, nogil=True)
def _follow(
    axis, momentum, eccentricity, ballistic, lift, push, sun, moon, logs, first, last, low, high
):
    """Follow orbits from one day to another, in steps of a day."""
    for row in range(len(axis)):
        for day in range(first, last):
            a, h, e = axis[row], momentum[row], eccentricity[row]
            size = np.sqrt((e * e).sum())
            perigee = a * (1.0 - size) - EARTH_RADIUS_KM
            apogee = a * (1.0 + size) - EARTH_RADIUS_KM
            if not (perigee >= RE_ENTRY_KM and apogee < FAR_KM and size < 1.0):
                axis[row] = np.nan
                break
            low[day, row], high[day, row] = perigee, apogee
            k = 2 * day
            h1, e1 = _pulled(a, h, e, push[row], sun[k], moon[k])
            half = 0.5 * DAY_S
            h2, e2 = _pulled(a, h + half * h1, e + half * e1, push[row], sun[k + 1], moon[k + 1])
            h3, e3 = _pulled(a, h + half * h2, e + half * e2, push[row], sun[k + 1], moon[k + 1])
            h4, e4 = _pulled(a, h + DAY_S * h3, e + DAY_S * e3, push[row], sun[k + 2], moon[k + 2])
            h = h + DAY_S / 6.0 * (h1 + 2.0 * h2 + 2.0 * h3 + h4)
            e = e + DAY_S / 6.0 * (e1 + 2.0 * e2 + 2.0 * e3 + e4)
            size = np.sqrt((e * e).sum())
            perigee = a * (1.0 - size) - EARTH_RADIUS_KM
            apogee = a * (1.0 + size) - EARTH_RADIUS_KM
            left = DAY_S
            while left > 0.0 and RE_ENTRY_KM <= perigee < TOP_KM and ballistic[row] > 0.0:
                sinks, shrinks = drag_rates(perigee + lift[row], apogee + lift[row], logs)
                sinks *= ballistic[row]
                shrinks *= ballistic[row]
                part = min(left, 3.0 / sinks, (0.05 * (apogee - perigee) + 2.0) / shrinks)
                perigee -= part * sinks
                apogee = max(apogee - part * shrinks, perigee)
                left -= part
            axis[row] = EARTH_RADIUS_KM + 0.5 * (perigee + apogee)
            now = 0.5 * (apogee - perigee) / axis[row]
            eccentricity[row] = e * (now / size) if size > 1e-12 else e
            # Rounding and drag leave h not quite what it is by its definition.
            e = eccentricity[row]
            h = h - e * ((h * e).sum() / max((e * e).sum(), 1e-300))
            momentum[row] = h * np.sqrt((1.0 - now * now) / (h * h).sum())
