"""
The line test: which members of a layer may come near each other in an interval.

Hits are rare (some hundred among millions of tests), so whole runs are tested first and only
counted; runs with a hit are listed and gone through again one by one.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from commonsky.astro.kernels import kernel
from commonsky.screen.tiles import C1, C2, C3, C4, C5, C6, C7, C8, F32, U64

ONE: Final = F32(1)
# Rounding of d^2 q^2 - (d.q)^2 in float32, as a share of the first: five operations of 2^-24 each
# in d^2, q^2 and d.q, which comes in twice, and some to join them, are less than 32 in all.
ROUNDING: Final = F32(2e-6)
SMALL: Final = F32(1e-3)
WHOLE: Final = U64(0xFFFFFFFFFFFFFFE0)


# Columns of the statistics that the kernels count.
MEMBERS_SEEN, TESTS, PAIRS_EXAMINED, RUNS = 0, 1, 2, 3


@kernel(cache=False, fastmath=True, inline="always")
def gap(lines, u, x, y, z, a, b, c, limit, low, high):
    """
    Negative where line u comes within the limit of the line x..c and their radii overlap.

    (least distance^2 - limit^2) q^2 of d + s q, |s| <= 1, without a division.
    """
    dx, dy, dz = lines[u] - x, lines[C1 + u] - y, lines[C2 + u] - z
    ax, ay, az = lines[C3 + u] - a, lines[C4 + u] - b, lines[C5 + u] - c
    dd = dx * dx + dy * dy + dz * dz
    da = abs(dx * ax + dy * ay + dz * az)
    aa = ax * ax + ay * ay + az * az + SMALL
    m = da if da < aa else aa
    near = limit + lines[C6 + u]
    v = (dd * (ONE - ROUNDING) - near * near) * aa - m * (da + da - m)
    v = v if lines[C7 + u] <= high else ONE
    return v if lines[C8 + u] >= low else ONE


# A sum, because a minimum of floats does not vectorise; whole vectors only, because remainder
# loops are what costs: entries beyond the run may be counted, and are told apart later.
@kernel(cache=False, fastmath=True, forceinline=True)
def probe(lines, first, end, x, y, z, a, b, c, limit, low, high):
    """Count the lines of a run that come near: 0 means none."""
    near = F32(0)
    u0, n = U64(first), U64(end) - U64(first)
    if n <= U64(16):
        for v in range(u0, u0 + n, U64(8)):
            for lane in range(U64(8)):
                hit = gap(lines, v + lane, x, y, z, a, b, c, limit, low, high) < F32(0)
                near += ONE if hit else F32(0)
    else:
        for u in range(u0, u0 + ((n + U64(31)) & WHOLE)):
            hit = gap(lines, u, x, y, z, a, b, c, limit, low, high) < F32(0)
            near += ONE if hit else F32(0)
    return near


@kernel(fastmath=True)
def everyone(lines, n, chosen, limit, hits, statistics):
    """
    Each chosen member against all others (later ones, if all are chosen) -> runs with a hit.

    `chosen` lists member numbers, or is empty for all.  Runs beyond what `hits` can hold are
    counted all the same.
    """
    limit = F32(limit)
    found = 0
    everybody = chosen.shape[0] == 0
    count = n - 1 if everybody else chosen.shape[0]
    for entry in range(count):
        p = U64(entry) if everybody else U64(chosen[entry])
        first = p + U64(1) if everybody else U64(0)
        x, y, z = lines[p], lines[C1 + p], lines[C2 + p]
        a, b, c = lines[C3 + p], lines[C4 + p], lines[C5 + p]
        near, low, high = limit + lines[C6 + p], lines[C7 + p], lines[C8 + p]
        if probe(lines, first, U64(n), x, y, z, a, b, c, near, low, high) > F32(0):
            if found < hits.shape[0]:
                hits[found, 0], hits[found, 1], hits[found, 2] = p, first, n
            found += 1
    statistics[TESTS] += count * n // 2 if everybody else count * n
    statistics[RUNS] += count
    return found


@kernel(fastmath=True)
def neighbours(lines, bands, sectors, cell, window, limit, hits, statistics):
    """
    Each member against the later ones of its band and all of the next band, in its window.

    -> number of runs with a hit; those beyond what `hits` can hold are counted all the same.
    """
    limit = F32(limit)
    found, tests, runs = 0, np.int64(0), 0
    bins = bands * sectors
    for row in range(0, bins, sectors):
        for p in range(U64(cell[row]), U64(cell[row + sectors])):
            x, y, z = lines[p], lines[C1 + p], lines[C2 + p]
            a, b, c = lines[C3 + p], lines[C4 + p], lines[C5 + p]
            near, low, high = limit + lines[C6 + p], lines[C7 + p], lines[C8 + p]
            c0, c1 = window[p], window[C1 + p]
            wraps = c0 > c1
            for part in range(4 if wraps else 2):
                base = row + sectors if part & 1 else row
                if base == bins:
                    continue
                if not wraps:
                    d0, d1 = base + c0, base + c1
                elif part < 2:
                    d0, d1 = base + c0, base + sectors - 1
                else:
                    d0, d1 = base, base + c1
                s0, s1 = max(U64(cell[d0]), U64(p) + U64(1)), U64(cell[d1 + 1])
                if s0 >= s1:
                    continue
                runs += 1
                tests += np.int64(s1 - s0)
                if probe(lines, s0, s1, x, y, z, a, b, c, near, low, high) > F32(0):
                    if found < hits.shape[0]:
                        hits[found, 0], hits[found, 1], hits[found, 2] = p, s0, s1
                    found += 1
    statistics[TESTS] += tests
    statistics[RUNS] += runs
    return found
