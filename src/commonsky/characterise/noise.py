"""
How far element sets of a quiet object usually are from what the set before foretold.

Fitted to pairs of sets of debris, days to weeks apart: the scale is that of medians.  Tails are
long, a hundredth of the pairs is ten and more times as far off.  Drag is foretold to a quarter.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from commonsky.astro.arrays import Floats

# Sigmas of axis, along the track, eccentricity (2) and inclination vectors (2) of one set, km.
ONE_SET_KM: Final = np.array([0.002, 0.1, 0.05, 0.05, 0.05, 0.05])
HIGH_KM: Final = 8400.0  # of the axis; orbits above are followed less closely
AXIS_KM, AXIS_KM_DAY, AXIS_HIGH_KM, SHARE_OF_DRAG = 0.002, 0.0005, 0.03, 0.25
TILT_KM, TILT_KM_DAY = 0.08, 0.06
SHAPE_KM, SHAPE_KM_DAY = 0.12, 0.08


def foretold_km(gap_days: Floats, drop_km: Floats, axis_km: Floats) -> Floats:
    """(n, 3) what axis, inclination and eccentricity vectors are usually off by, over gaps."""
    high = axis_km > HIGH_KM
    return np.column_stack([
        AXIS_KM + AXIS_KM_DAY * gap_days + AXIS_HIGH_KM * high + SHARE_OF_DRAG * np.abs(drop_km),
        (TILT_KM + TILT_KM_DAY * gap_days) * (1.0 + high),
        (SHAPE_KM + SHAPE_KM_DAY * gap_days) * (1.0 + 2.0 * high),
    ])  # fmt: skip
