"""Slow pairs, once per revolution: of minima less than about a period apart the least stays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.kernels import kernel

SLOW_KM_S = 0.1
NEARLY = 0.9  # of a period: the same minimum of the next revolution may be a little early


@kernel()
def mark_least(start, minute, miss, apart_min, kept):
    """Mark the least minima of each group of rows start[g]..start[g + 1], in order of time."""
    for g in range(start.shape[0] - 1):
        begin, end = start[g], start[g + 1]
        for _ in range(begin, end):
            best, least = -1, np.inf
            for k in range(begin, end):
                if kept[k] == 0 and miss[k] < least:
                    best, least = k, miss[k]
            if best < 0:
                break
            kept[best] = 1
            for way in (-1, 1):
                k = best + way
                while begin <= k < end and abs(minute[k] - minute[best]) < apart_min[g]:
                    if kept[k] == 0:
                        kept[k] = -1
                    k += way


def once_per_revolution(
    first: Ints,
    second: Ints,
    minute: Floats,
    miss_km: Floats,
    speed_km_s: Floats,
    period_min: Floats,
) -> NDArray[np.bool_]:
    """
    Which minima to keep: all fast ones, and of slow ones the least of each revolution.

    Rows are minima (n,) in any order; `period_min` is by trajectory.  Slow is a relative speed
    below 0.1 km/s; a revolution is the shorter period of the two.  Whatever minimum goes, a
    smaller one stays within a revolution of it.
    """
    keep = np.ones(len(first), bool)
    slow = np.flatnonzero(speed_km_s < SLOW_KM_S)
    if not len(slow):
        return keep
    slow = slow[np.lexsort((minute[slow], second[slow], first[slow]))]
    a, b = first[slow], second[slow]
    starts = np.flatnonzero(np.r_[True, (a[1:] != a[:-1]) | (b[1:] != b[:-1])])
    apart = NEARLY * np.minimum(period_min[a[starts]], period_min[b[starts]])
    kept = np.zeros(len(slow), np.int8)
    edges = np.append(starts, len(slow)).astype(np.int64)
    mark_least(edges, minute[slow], miss_km[slow], apart, kept)
    keep[slow] = kept > 0
    return keep
