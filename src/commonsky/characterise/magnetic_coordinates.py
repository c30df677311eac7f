"""
Magnetic coordinates of a dipole: L and B/B0 of places, by the eccentric dipole of the IGRF.

It is a dipole, and is to be called one.  McIlwain's L of the whole field is another number, most
of all in low orbit over the South Atlantic, where the belts come lowest; `dipole_uncertainty` says
what that leaves of exposures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.errors import OutOfSpan

REFERENCE_RADIUS_KM = 6371.2  # of the IGRF, and so of L
YEAR_2000_TAI_NS = 946_684_832_000_000_000
DAYS_PER_YEAR = 365.25
# Daily means of AE8 and AP8 by this dipole, over those by the field that they were made with, for
# circular orbits of all inclinations: 0.8 to 1.4 from 2200 km on, 0.9 to 2.6 from 1500 km on, and
# from nothing to hundreds below: up there it bounds exposure, down there it does not.
GOOD_ABOVE_KM, USABLE_ABOVE_KM = 2200.0, 1500.0
GOOD_FACTOR, USABLE_FACTOR, NEGLIGIBLE = 1.4, 2.6, 0.01
YEARS = np.arange(2000.0, 2031.0, 5.0)
# Columns g10, g11, h11, g20, g21, h21, g22, h22 in nT; 2030 is 2025 with its secular variation.
COEFFICIENTS_NT = np.array([
    (-29619.40, -1728.20, 5186.10, -2267.70, 3068.40, -2481.60, 1670.90, -458.00),
    (-29554.63, -1669.05, 5077.99, -2337.24, 3047.69, -2594.50, 1657.76, -515.43),
    (-29496.57, -1586.42, 4944.26, -2396.06, 3026.34, -2708.54, 1668.17, -575.73),
    (-29441.46, -1501.77, 4795.99, -2445.88, 3012.20, -2845.41, 1676.35, -642.17),
    (-29403.41, -1451.37, 4653.35, -2499.78, 2981.96, -2991.72, 1676.85, -734.62),
    (-29350.00, -1410.30, 4545.50, -2556.20, 2950.90, -3133.60, 1648.70, -814.20),
    (-29287.00, -1360.30, 4438.00, -2612.20, 2924.40, -3270.10, 1607.20, -869.70),
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dipole:
    """A dipole in the ITRF: where it stands, and the unit vector to its northern pole."""

    centre_itrf_km: Floats  # (3,)
    north_itrf: Floats  # (3,)


def eccentric_dipole(epoch_tai_ns: int) -> Dipole:
    """
    Return the dipole that comes nearest to the field at an epoch, from 2000 to 2030.

    Moment and axis are those of degree 1.  The centre is where a dipole of this moment has the
    terms of degree 2 that the field has, by least squares (Schmidt's magnetic centre).

    Reference: IGRF-14, IAGA Division V-MOD (2024), doi 10.5281/zenodo.14012302, degrees 1 and 2.
    """
    year = 2000.0 + (epoch_tai_ns - YEAR_2000_TAI_NS) / NS_PER_DAY / DAYS_PER_YEAR
    if not YEARS[0] <= year <= YEARS[-1]:
        raise OutOfSpan(
            f"the dipole of the field is known from {YEARS[0]:.0f} to {YEARS[-1]:.0f}, but was "
            f"asked for in {year:.1f}"
        )
    g10, g11, h11, *second = (np.interp(year, YEARS, column) for column in COEFFICIENTS_NT.T)
    moment = np.array([g11, h11, g10])
    shift, *_ = np.linalg.lstsq(_second_degree_nt(moment), np.array(second), rcond=None)
    return Dipole(shift * REFERENCE_RADIUS_KM, -moment / np.linalg.norm(moment))


def _second_degree_nt(moment: Floats) -> Floats:
    """(5, 3) what g20, g21, h21, g22, h22 gain as a dipole moves by one radius along x, y, z."""
    x, y, z = moment
    root = np.sqrt(3.0)
    return np.array([
        (-x, -y, 2.0 * z), (root * z, 0.0, root * x), (0.0, root * z, root * y),
        (root * x, -root * y, 0.0), (root * y, root * x, 0.0),
    ])  # fmt: skip


def dipole_coordinates(position_itrf_km: Floats, dipole: Dipole) -> tuple[Floats, Floats]:
    """
    (...,) L and (...,) B/B0 of places (..., 3) in a dipole's field.

    L is the greatest distance of the field line in units of 6371.2 km, B/B0 the field over its
    least on that line.  Both are infinite on the dipole's axis, and nan where a position is.
    """
    away = position_itrf_km - dipole.centre_itrf_km
    distance = np.linalg.norm(away, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        sine2 = np.square(away @ dipole.north_itrf / distance)
        cosine2 = np.maximum(1.0 - sine2, 0.0)
        shell = distance / (REFERENCE_RADIUS_KM * cosine2)
        return shell, np.sqrt(1.0 + 3.0 * sine2) / cosine2**3


def dipole_uncertainty(rate: Floats, height_km: Floats) -> Floats:
    """
    (n,) by which factor, up or down, exposures at rates (n, k) and heights may be off.

    Infinite where more than a hundredth is taken up where a dipole bounds nothing, or nothing at
    all on an orbit that goes there.
    """
    low = height_km < USABLE_ABOVE_KM
    factor = np.where(height_km >= GOOD_ABOVE_KM, GOOD_FACTOR, USABLE_FACTOR)
    total = rate.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (rate * factor).sum(axis=1) / total
        share = (rate * low).sum(axis=1) / total
    unbounded = np.where(total > 0.0, share > NEGLIGIBLE, low.any(axis=1))
    return np.where(unbounded, np.inf, np.where(total > 0.0, mean, 1.0))
