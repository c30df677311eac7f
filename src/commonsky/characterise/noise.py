"""
How far element sets are usually off: of any quiet object, and of one object about a time.

What is foretold was fitted to pairs of sets of debris, days to weeks apart: the scale is that of
medians.  Tails are long, a hundredth of the pairs is ten and more times as far off.  Drag is
foretold to a quarter.  Sets err in ways that no formal sigma knows, and a burn is rare, so that
what is usual of an object tells of its noise.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from commonsky.astro.kernels import kernel
from commonsky.characterise.gap import (
    LONG,
    NEXT_AXIS,
    SHAPE,
    SHORT,
    SIDE,
    STATISTICS,
    STEP_LONG,
    STEP_SHORT,
    TILT,
)
from commonsky.characterise.prediction import (
    ALONG,
    AXIS,
    DIFFERENCE,
    ECC_X,
    ECC_Y,
    TILT_X,
    TILT_Y,
)
from commonsky.characterise.step import sort_first

# Sigmas of axis, along the track, eccentricity (2) and inclination vectors (2) of one set, km.
ONE_SET_KM: Final = np.array([0.002, 0.1, 0.05, 0.05, 0.05, 0.05])
HIGH_KM: Final = 8400.0  # of the axis; orbits above are followed less closely
AXIS_KM, AXIS_KM_DAY, AXIS_HIGH_KM, SHARE_OF_DRAG = 0.002, 0.0005, 0.03, 0.25
TILT_KM, TILT_KM_DAY = 0.08, 0.06
SHAPE_KM, SHAPE_KM_DAY = 0.12, 0.08
CLEAR_DROP_KM: Final = 0.1
# Days' worth of drag that more of it than foretold may add, and less of it may spare.
STORM_DAYS, CALM_DAYS = 3.0, 0.25
AGREE: Final = 2.0  # sigmas of the short window's step that the long one's may be off by
HALF_WINDOW: Final = 40  # gaps, over which what is usual is found
STRIDE: Final = 12
OWN_GAPS: Final = 20.0  # that tell as much of an object as all other objects do


@kernel()
def foretold(gap_days, drop_km, axis_km, out):
    """
    What the next set is usually off by -> out (4,): axis, inclination and eccentricity, km.

    The last is the axis' again, where drag is strong, or else infinite: there an object
    that is higher than foretold is rarer by far than one that is lower.
    """
    high = 1.0 if axis_km > HIGH_KM else 0.0
    by_drag = SHARE_OF_DRAG * abs(drop_km)
    out[0] = AXIS_KM + AXIS_KM_DAY * gap_days + AXIS_HIGH_KM * high + by_drag
    out[1] = (TILT_KM + TILT_KM_DAY * gap_days) * (1.0 + high)
    out[2] = (SHAPE_KM + SHAPE_KM_DAY * gap_days) * (1.0 + 2.0 * high)
    out[3] = out[0] if drop_km > CLEAR_DROP_KM else np.inf


@kernel()
def run_quantile(x, left_out, half, part_of, floor, usual, weight, out):
    """
    Running quantiles of sizes over 2 half + 1 gaps, drawn to `usual` as if by `weight` more.

    A low one, because windows about burns that are still to be found are many.
    """
    n = x.shape[0]
    part = np.empty(2 * half + 1)
    for begin in range(0, n, STRIDE):
        count = 0
        middle = begin + STRIDE // 2
        for j in range(max(0, middle - half), min(n, middle + 1 + half)):
            if math.isfinite(x[j]) and not left_out[j]:
                part[count] = abs(x[j])
                count += 1
        value = usual
        if count > 0:
            sort_first(part, count)
            value = part[int(part_of * (count - 1) + 0.5)]
            share = count / (count + weight)
            value = math.exp(share * math.log(max(value, 1e-12)) + (1.0 - share) * math.log(usual))
        out[begin : min(begin + STRIDE, n)] = max(value, floor)


@kernel()
def next_usual(differs, foretold_, drop_day):
    """
    (n - 1, 5) how far the next set usually is: as `foretold`, and as this object's are.

    The last is how fast drag brings the axis down thereabouts, km a day.
    """
    n = foretold_.shape[0]
    usual, sizes = np.empty((n, 5)), np.empty(n)
    nobody = np.zeros(n, np.bool_)
    for q in range(3):
        for k in range(n):
            if q == 0:
                size = abs(differs[k, SIDE, AXIS])
            elif q == 1:
                size = math.hypot(differs[k, SIDE, TILT_X], differs[k, SIDE, TILT_Y])
            else:
                size = math.hypot(differs[k, SIDE, ECC_X], differs[k, SIDE, ECC_Y])
            sizes[k] = size / foretold_[k, q]
        half = 0.6745 if q == 0 else 1.1774
        run_quantile(sizes, nobody, HALF_WINDOW, 0.5, 0.01 * half, half, OWN_GAPS, usual[:, q])
        for k in range(n):
            usual[k, q] *= foretold_[k, q] / half
    for k in range(n):
        usual[k, 3] = usual[k, 0] if foretold_[k, 3] < np.inf else np.inf
        count = 0
        for j in range(max(0, k - 3), min(n, k + 4)):
            sizes[count] = drop_day[j]
            count += 1
        sort_first(sizes, count)
        usual[k, 4] = max(sizes[count // 2], 0.0)
    return usual


@kernel()
def noise_from(sizes, left_out, noise, usual):
    """Running sigmas of axis, along the track, and the slow elements -> noise (n, 6)."""
    for column in range(DIFFERENCE):
        to = 0 if column == AXIS else (1 if column == ALONG else 1 + column)
        floor = 1e-4 if column == AXIS else 5e-3
        run_quantile(
            sizes[:, column], left_out, HALF_WINDOW, 0.5, floor, usual[to], 2.0, noise[:, to]
        )


@kernel()
def usual_sizes(raw, left_out, usual):
    """How large each statistic usually is, as a sigma -> usual (n, STATISTICS)."""
    usual[:, NEXT_AXIS:] = 1.0  # these are over what is usual already
    for q in range(NEXT_AXIS):
        sigmas = 1.1774 if q in (TILT, SHAPE) else 0.6745
        run_quantile(raw[:, q], left_out, HALF_WINDOW, 0.5, 0.3 * sigmas, sigmas, 6.0, usual[:, q])
        usual[:, q] /= sigmas


@kernel()
def scaled(raw, usual, usual_next, out):
    """
    Divide statistics by how large they usually are -> out; nan becomes 0.

    What a storm in the air can do in days is taken off the steps of the axis.
    """
    for k in range(raw.shape[0]):
        for q in range(STATISTICS):
            z = raw[k, q] / usual[k, q]
            out[k, q] = z if math.isfinite(z) else 0.0
        if out[k, SHORT] != 0.0 and out[k, LONG] != 0.0:
            sigma = raw[k, STEP_SHORT] / raw[k, SHORT] * usual[k, SHORT]
            step, near = raw[k, STEP_LONG], raw[k, STEP_SHORT]
            both = min(max(step, near - AGREE * sigma), near + AGREE * sigma)
            out[k, LONG] *= min(max(both / step, 0.0), 1.0)
        for which in range(2):
            step = raw[k, STEP_SHORT + which]
            if out[k, SHORT + which] != 0.0:
                days = STORM_DAYS if step < 0.0 else CALM_DAYS
                out[k, SHORT + which] *= max(1.0 - days * usual_next[k, 4] / abs(step), 0.0)
