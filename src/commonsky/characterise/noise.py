"""
How far element sets of a quiet object usually are from what the set before foretold.

Fitted to pairs of sets of debris, days to weeks apart: the scale is that of medians.  Tails are
long, a hundredth of the pairs is ten and more times as far off.  Drag is foretold to a quarter.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from commonsky.astro.kernels import kernel

# Sigmas of axis, along the track, eccentricity (2) and inclination vectors (2) of one set, km.
ONE_SET_KM: Final = np.array([0.002, 0.1, 0.05, 0.05, 0.05, 0.05])
HIGH_KM: Final = 8400.0  # of the axis; orbits above are followed less closely
AXIS_KM, AXIS_KM_DAY, AXIS_HIGH_KM, SHARE_OF_DRAG = 0.002, 0.0005, 0.03, 0.25
TILT_KM, TILT_KM_DAY = 0.08, 0.06
SHAPE_KM, SHAPE_KM_DAY = 0.12, 0.08
CLEAR_DROP_KM: Final = 0.1


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
