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

CLEAR: Final = 5.0  # sigmas from which a component beside the leading one is believed


def delta_v_rtn_km_s(
    steps_km: Floats, sigmas_km: Floats, rate_rad_s: Floats
) -> tuple[Floats, Floats, Floats]:
    """
    Return delta-v (k, 3) radial, transverse and normal, its size (k,) and the size's sigma, km/s.

    Steps and sigmas (k, 6) are of the elements; `rate_rad_s` is the mean motion.  What is not
    clearly there is nan; at least the clearest component is given.
    """
    rate = np.asarray(rate_rad_s, np.float64)
    transverse, sigma_t = 0.5 * rate * steps_km[:, AXIS], 0.5 * rate * sigmas_km[:, AXIS]
    tilt = np.hypot(steps_km[:, TILT_X], steps_km[:, TILT_Y])
    turned = np.sqrt(
        np.maximum(tilt**2 - (sigmas_km[:, TILT_X] ** 2 + sigmas_km[:, TILT_Y] ** 2), 0.0)
    )
    normal = rate * turned * np.where(steps_km[:, TILT_X] < 0.0, -1.0, 1.0)
    sigma_n = rate * np.hypot(sigmas_km[:, TILT_X], sigmas_km[:, TILT_Y]) / np.sqrt(2.0)
    shape = np.hypot(steps_km[:, ECC_X], steps_km[:, ECC_Y])
    beyond = np.sqrt(np.maximum(shape**2 - (2.0 * transverse / rate) ** 2, 0.0))
    radial = rate * beyond
    sigma_r = rate * np.hypot(sigmas_km[:, ECC_X], sigmas_km[:, ECC_Y]) / np.sqrt(2.0)
    size = np.column_stack([radial, transverse, normal])
    sigma = np.column_stack([sigma_r, sigma_t, sigma_n])
    clear = np.abs(size) / np.where(sigma > 0.0, sigma, np.nan)
    clear = np.where(np.isfinite(clear), clear, 0.0)
    keep = clear >= CLEAR
    keep[np.arange(len(keep)), np.argmax(clear, axis=1)] = len(keep) > 0
    told = np.where(keep, size, np.nan)
    total = np.sqrt(np.nansum(told**2, axis=1))
    spread = np.sqrt(np.nansum(np.where(keep, (size * sigma) ** 2, 0.0), axis=1)) / np.maximum(
        total, 1e-12
    )
    return told, total, spread
