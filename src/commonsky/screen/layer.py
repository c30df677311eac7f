"""One radial layer in one interval: straight lines of its members, sorted into bands and cells."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from commonsky.astro.kernels import kernel
from commonsky.screen.tiles import (
    C1,
    C2,
    C3,
    C4,
    C5,
    C6,
    C7,
    C8,
    C9,
    F32,
    T1,
    T2,
    T3,
    T4,
    T5,
    T6,
    T7,
    T8,
    T9,
    T10,
    T11,
    U64,
)

ONE, TWO, FOUR, QUARTER = F32(1), F32(2), F32(4), F32(0.25)
SMALL: Final = F32(1e-3)
WHOLE_CIRCLE: Final = F32(0.999)


@kernel(fastmath=True)
def place(intervals, members, begin, end, lines, scale):
    """
    Straight lines of the members begin..end of a layer: P, Q, departure, radii and |Q|.

    `scale` is 1 / (2 cos(w tau)) for the layer's frequency w.  Distances between lines are those
    between objects times at most 2 `scale`, and the departures are scaled alike.
    """
    k = F32(scale)
    two_k = TWO * k
    begin = U64(begin)
    for u in range(U64(end) - begin):
        w = U64(members[begin + u])
        x, y, z = k * intervals[w], k * intervals[w + T1], k * intervals[w + T2]
        a, b, c = k * intervals[w + T3], k * intervals[w + T4], k * intervals[w + T5]
        p, q, r = intervals[w + T6] - x, intervals[w + T7] - y, intervals[w + T8] - z
        lines[u] = x
        lines[C1 + u] = y
        lines[C2 + u] = z
        lines[C3 + u] = a
        lines[C4 + u] = b
        lines[C5 + u] = c
        lines[C6 + u] = two_k * (math.sqrt(p * p + q * q + r * r) + intervals[w + T9])
        lines[C7 + u] = intervals[w + T10]
        lines[C8 + u] = intervals[w + T11]
        lines[C9 + u] = math.sqrt(a * a + b * b + c * c)


@kernel(fastmath=True)
def largest(bits, begin, n):
    """Largest of non-negative floats, given as their bits: a maximum of integers vectorises."""
    best = np.int32(0)
    for u in range(U64(begin), U64(begin + n)):
        best = bits[u] if bits[u] > best else best
    return best


@kernel(cache=False, fastmath=True, inline="always")
def pseudo_angle(x, y):
    """Grow from 0 to 4 with the angle of (x, y), without trigonometry."""
    p = y / (abs(x) + abs(y) + SMALL)
    p = TWO - p if x < F32(0) else p
    return p + FOUR if p < F32(0) else p


@kernel(fastmath=True)
def cells(lines, n, key, radius, band, bands, sectors):
    """Cell of each member: band of z, then sector of the pseudo-angle."""
    per_band, scale = ONE / F32(band), F32(sectors) * QUARTER
    radius = F32(radius)
    last_band, last_sector = np.int32(bands - 1), np.int32(sectors - 1)
    width = np.int32(sectors)
    for u in range(U64(n)):
        iz = min(max(np.int32((lines[C2 + u] + radius) * per_band), np.int32(0)), last_band)
        il = min(np.int32(pseudo_angle(lines[u], lines[C1 + u]) * scale), last_sector)
        key[u] = iz * width + il


@kernel(fastmath=True)
def count_sort(key, n, cell, bins, order):
    """Member numbers in the order of their cells; cell q is cell[q]..cell[q + 1]."""
    for q in range(U64(bins + 2)):
        cell[q] = 0
    for u in range(U64(n)):
        cell[U64(key[u]) + U64(2)] += np.int32(1)
    for q in range(U64(bins)):
        cell[q + U64(2)] += cell[q + U64(1)]
    for u in range(U64(n)):
        slot = U64(key[u]) + U64(1)
        order[U64(cell[slot])] = u
        cell[slot] += np.int32(1)


@kernel(fastmath=True)
def arrange(lines, n, order, arranged, window, reach, sectors):
    """
    Sorted copy of the lines, and for each the first and last sector where neighbours may lie.

    The sectors are those of its (x, y) turned by +- asin(reach / rho), which holds every point
    within `reach` (km, of P from P) exactly; the whole circle where rho is no larger than that.
    """
    scale = F32(sectors) * QUARTER
    reach = F32(reach)
    last_sector = np.int32(sectors - 1)
    for u in range(U64(n)):
        m = U64(order[u])
        arranged[u] = lines[m]
        arranged[C1 + u] = lines[C1 + m]
        arranged[C2 + u] = lines[C2 + m]
        arranged[C3 + u] = lines[C3 + m]
        arranged[C4 + u] = lines[C4 + m]
        arranged[C5 + u] = lines[C5 + m]
        arranged[C6 + u] = lines[C6 + m]
        arranged[C7 + u] = lines[C7 + m]
        arranged[C8 + u] = lines[C8 + m]
        arranged[C9 + u] = lines[C9 + m]
    for u in range(U64(n)):
        x, y = arranged[u], arranged[C1 + u]
        s = (reach + arranged[C6 + u] + arranged[C9 + u]) / (math.sqrt(x * x + y * y) + SMALL)
        s1 = s if s < ONE else ONE
        c = math.sqrt(ONE - s1 * s1)
        first = np.int32(pseudo_angle(x * c + y * s1, y * c - x * s1) * scale)
        last = np.int32(pseudo_angle(x * c - y * s1, y * c + x * s1) * scale)
        first = first if first < last_sector else last_sector
        last = last if last < last_sector else last_sector
        window[u] = first if s < WHOLE_CIRCLE else np.int32(0)
        window[C1 + u] = last if s < WHOLE_CIRCLE else last_sector
