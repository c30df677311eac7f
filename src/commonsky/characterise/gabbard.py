"""
What pieces tell of a break-up: periods and apsides, speeds off the parent's, area-to-mass.

Reference: Hoots and Roehrich (1980), Spacetrack Report No. 3, for the density that B* is of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MeanElements
from commonsky.characterise.common_origin import velocities_km_s
from commonsky.characterise.origin_time import Origin
from commonsky.environment.drag import DRAG_COEFFICIENT

# B* is half of Cd A/m times this density, kg/m² over an Earth radius.
REFERENCE_DENSITY_KG_M2 = 2.461e-5 * 6378.135


@dataclass(frozen=True, slots=True)
class Gabbard:
    """(n,) periods and heights of apsides, min and km, by the element sets themselves."""

    period_min: Floats
    apogee_km: Floats
    perigee_km: Floats


def gabbard(elements: MeanElements) -> Gabbard:
    """Return the table of a Gabbard diagram."""
    with np.errstate(divide="ignore", invalid="ignore"):
        period = 2.0 * np.pi / elements.mean_motion_rad_min
    return Gabbard(period, elements.apogee_height_km, elements.perigee_height_km)


def delta_v_rtn_km_s(of: Origin, velocity_km_s: Floats) -> Floats:
    """(n, 3) what each orbit's velocity at the origin has over another (3,), RTN of the other."""
    outward = of.place.position_km / np.linalg.norm(of.place.position_km)
    normal = np.cross(outward, velocity_km_s)
    normal /= np.linalg.norm(normal)
    frame = np.stack([outward, np.cross(normal, outward), normal])
    return np.asarray((velocities_km_s(of.orbits, 0, outward) - velocity_km_s) @ frame.T)


def area_to_mass_m2_kg(elements: MeanElements) -> Floats:
    """
    (n,) by B*, with the drag coefficient of `environment`; nan where B* is 0 or below.

    B* takes up what the model of the air gets wrong, so single values are good to a factor of
    two or three, and none above some 1000 km.
    """
    told = 2.0 * elements.bstar_per_earth_radius / (REFERENCE_DENSITY_KG_M2 * DRAG_COEFFICIENT)
    return np.asarray(np.where(told > 0.0, told, np.nan), np.float64)


def three_spreads_km_s(delta_v_km_s: Floats) -> Floats:
    """
    (3,) spreads of n velocities along their principal axes, the widest first, 0 of fewer than two.

    By the middle half of the values, so that a few among them that are no pieces do no harm.
    """
    if len(delta_v_km_s) < 2:
        return np.zeros(3)
    off = delta_v_km_s - np.median(delta_v_km_s, axis=0)
    length = np.linalg.norm(off, axis=1)
    kept = off[length <= _FAR * max(float(np.median(length)), 1e-12)]
    _, _, axes = np.linalg.svd(kept, full_matrices=False)
    low, high = np.percentile(kept @ axes.T, [16.0, 84.0], axis=0)
    told = np.zeros(3)
    told[: len(axes)] = 0.5 * (high - low)
    return np.sort(told)[::-1]


_FAR = 5.0
