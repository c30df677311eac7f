"""
The velocity change that a step of the elements needs.

The day of a burn is known to hours, so where on the orbit it was is not: a transverse change is
read from the axis, a normal one from how far the plane turned, and a radial one only from what the
eccentricity vector moved beyond what one transverse burn can do.

Reference: Gauss' equations for an impulse on a nearly circular orbit.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.characterise.prediction import AXIS, ECC_X, ECC_Y, TILT_X, TILT_Y

CLEAR: Final = 10.0  # sigmas from which a radial or normal component is believed; tails are long
SHARE: Final = 0.04  # of delta-v, by how sets are fitted and by burns that are no impulse
SEEN: Final = 2.0  # from which a turn about one axis counts


def delta_v_rtn_km_s(
    steps_km: Floats, sigmas_km: Floats, rate_rad_s: Floats
) -> tuple[Floats, Floats, Floats]:
    """
    Return delta-v (k, 3) radial, transverse and normal, its size (k,) and the size's sigma, km/s.

    Steps and sigmas (k, 6) are of the elements; `rate_rad_s` is the mean motion.  A radial or
    normal component is nan where it is not clearly there.
    """
    rate = np.asarray(rate_rad_s, np.float64)
    transverse, sigma_t = 0.5 * rate * steps_km[:, AXIS], 0.5 * rate * sigmas_km[:, AXIS]
    turned, sigma_n, clear_n = _length(steps_km, sigmas_km, (TILT_X, TILT_Y))
    shape, sigma_r, _ = _length(steps_km, sigmas_km, (ECC_X, ECC_Y))
    beyond = np.sqrt(np.maximum(shape**2 - (2.0 * transverse / rate) ** 2, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        radial = np.where(beyond / sigma_r >= CLEAR, rate * beyond, np.nan)
    side = np.where(steps_km[:, TILT_X] < 0.0, -1.0, 1.0)
    normal = np.where(clear_n >= CLEAR, rate * turned * side, np.nan)
    told = np.column_stack([radial, transverse, normal])
    sigma = np.column_stack([rate * sigma_r, sigma_t, rate * sigma_n])
    total = np.sqrt(np.nansum(told**2, axis=1))
    spread = np.sqrt(np.nansum((told * sigma) ** 2, axis=1)) / np.maximum(total, 1e-12)
    return told, total, np.hypot(spread, SHARE * total)


def _length(
    steps_km: Floats, sigmas_km: Floats, columns: tuple[int, int]
) -> tuple[Floats, Floats, Floats]:
    """Length of a step of two elements, its sigma, and how many sigmas it is from nothing."""
    step, sigma = steps_km[:, columns], np.maximum(sigmas_km[:, columns], 1e-9)
    clear = np.sqrt(((step / sigma) ** 2).sum(axis=1))
    seen = np.abs(step) >= SEEN * sigma
    length = np.sqrt(np.where(seen, step**2, 0.0).sum(axis=1))
    spread = np.sqrt(np.where(seen, (step * sigma) ** 2, 0.0).sum(axis=1))
    return length, np.where(seen.any(axis=1), spread / np.maximum(length, 1e-12), np.inf), clear
