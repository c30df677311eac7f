"""
How sure a separation between two element sets is: intervals, from how wrong sets are at an age.

Sigmas are those of `commonsky.assess.uncertainty` in its tails, so that 95 % intervals hold for
errors that are not Gaussian.  They grow with the age of both sets, and with nothing else: that
both sets may be wrong together, by one sensor's bias, is not known and not in them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from commonsky.assess.uncertainty import (
    ErrorClasses,
    Kind,
    covariance_inertial_km2,
    drag_km_day2,
    orbit_classes,
    tail_sigma_rtn_km,
)
from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MeanElements
from commonsky.astro.frames import rotation_rtn

# Of neighbours in the belt, who steer more often than others, those sigmas held 87 % of distances
# in their 95 % intervals, and twice as wide ones 94 to 98 %: on pairs that served to choose this,
# and 96 to 98 % on as many others.  design/007_patterns.py tells how many they hold now.
WIDER: Final = 2.0
NORMAL_95: Final = 1.959963985  # two-sided
CHI_SQUARE_3_95: Final = 7.814727903


def errors_of(elements: MeanElements, kind: NDArray[np.int8] | None = None) -> ErrorClasses:
    """Return the error classes of n sets; of unknown `Kind` they count as steered, the widest."""
    steered = np.full(len(elements), Kind.STEERED, np.int8)
    return ErrorClasses(
        orbit_classes(elements), steered if kind is None else kind, drag_km_day2(elements),
        elements.semi_major_axis_km,
    )  # fmt: skip


def sigma_km(errors: ErrorClasses, age_days: Floats) -> Floats:
    """(n, 3) sigmas on radial, transverse and normal axes: 95 % lie within 1.96 of them."""
    return WIDER * tail_sigma_rtn_km(errors, age_days)


def joint_covariance_km2(
    chief: Floats, deputy: Floats, errors1: ErrorClasses, errors2: ErrorClasses, age1_days: Floats,
    age2_days: Floats,
) -> Floats:  # fmt: skip
    """(n, 3, 3) covariances of relative positions, on the chief's radial and other axes."""
    parts = [
        covariance_inertial_km2(sigma_km(errors, age), state[:, :3], state[:, 3:])
        for errors, age, state in ((errors1, age1_days, chief), (errors2, age2_days, deputy))
    ]
    rotation = rotation_rtn(chief[:, :3], chief[:, 3:])
    return np.asarray(rotation @ (parts[0] + parts[1]) @ np.swapaxes(rotation, 1, 2), np.float64)


def interval_km(relative_km: Floats, covariance_km2: Floats) -> tuple[Floats, Floats]:
    """
    (n,) and (n,) lower and upper end of the 95 % interval of the distance.

    The lower end is 0 where the other object may be at the very same place.

    Reference: Wilson and Hilferty (1931), The Distribution of Chi-Square, PNAS 17(12), for the
    quantiles of a gamma distribution with the mean and variance of the squared distance.
    """
    with np.errstate(all="ignore"):
        square = (relative_km**2).sum(axis=1)
        mean = square + np.trace(covariance_km2, axis1=1, axis2=2)
        spread = np.einsum("ni,nij,nj->n", relative_km, covariance_km2, relative_km)
        variance = 2.0 * np.einsum("nij,nji->n", covariance_km2, covariance_km2) + 4.0 * spread
        ninth = variance / (9.0 * mean**2)
        low = mean * np.maximum(1.0 - ninth - NORMAL_95 * np.sqrt(ninth), 0.0) ** 3
        high = mean * (1.0 - ninth + NORMAL_95 * np.sqrt(ninth)) ** 3
        away = mahalanobis2(relative_km, covariance_km2)
    low = np.where(away < CHI_SQUARE_3_95, 0.0, np.sqrt(low))
    return np.asarray(low, np.float64), np.asarray(np.sqrt(high), np.float64)


def mahalanobis2(relative_km: Floats, covariance_km2: Floats) -> Floats:
    """(n,) squared distances in units of their covariance; nan where that is none."""
    good = np.isfinite(relative_km).all(axis=1) & np.isfinite(covariance_km2).all(axis=(1, 2))
    out = np.full(len(relative_km), np.nan)
    solved = np.linalg.solve(covariance_km2[good], relative_km[good][:, :, None])[:, :, 0]
    out[good] = (relative_km[good] * solved).sum(axis=1)
    return out
