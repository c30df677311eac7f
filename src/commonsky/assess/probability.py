"""One probability of collision: the series where it is short, the quadrature elsewhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from commonsky.assess.quadrature import log_integrals
from commonsky.assess.series import QUADRATURE, SERIES, log_probabilities_by_series
from commonsky.astro.arrays import Floats


def log_probabilities(
    small: Floats, large: Floats, variance_small: Floats, variance_large: Floats, radius: Floats
) -> tuple[Floats, NDArray[np.int8]]:
    """
    Return ln Pc and the method's code for n pairs, from miss and variance on the principal axes.

    nan and NONE where a number is not finite, the smaller variance is not positive or not the
    smaller, or the radius is negative.  A radius of 0 has Pc 0: a point hits nothing.
    """
    ln_pc, code = np.empty(len(radius)), np.empty(len(radius), np.int8)
    log_probabilities_by_series(small, large, variance_small, variance_large, radius, ln_pc, code)
    rows = np.flatnonzero(code == QUADRATURE)
    if len(rows):
        ln_pc[rows] = log_integrals(
            small[rows], large[rows], variance_small[rows], variance_large[rows], radius[rows]
        )
    if not radius.all():
        pointlike = (radius == 0.0) & (variance_large > 0.0) & np.isfinite(small + large)
        ln_pc[pointlike], code[pointlike] = -np.inf, SERIES
    return ln_pc, code
