"""
One interval between knots, for every object: how far its motion departs from a straight line.

With t = tau s, |s| <= 1, the quintic through both end states (accelerations of a point mass and
J2) is  sum b_k s^k.  Harmonic motion x'' = -w^2 x through the same ends is a straight line
P + q Q after division by cos(w t), q = tan(w t) / tan(w tau).  The difference of the two vanishes
at both ends, so that its even and odd parts are

    (1 - s^2) (E0 - E4 s^2)      and      s (1 - s^2) (E1 - E5 s^2),

at most  |E0| + |E4| / 4  and  2 / (3 sqrt 3) (|E1| + |E5|).  The radius is bounded in the same way
from its values and rates at the ends and the middle: a parabola exceeds its three values by at
most an eighth of their second difference, and the quartic and odd rests are bounded term by term.
What the quintic itself misses is measured against exact propagation (`commonsky.screen.knots`).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MU_WGS72_KM3_S2, RADIUS_WGS72_KM
from commonsky.astro.kernels import kernel
from commonsky.screen.tiles import (
    F32,
    HIGHEST_RADIUS_KM,
    LOOKUP_KM,
    LOWEST_RADIUS_KM,
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
    TILE,
    U64,
)

J2_WGS72: Final = 0.001082616
J2_TERM_KM2: Final = 1.5 * J2_WGS72 * RADIUS_WGS72_KM**2
FINE_BELOW_KM: Final = 8480.0
GROWTH: Final = 0.02  # thickness of the higher layers as a share of their radius

MU: Final = F32(MU_WGS72_KM3_S2)
KJ2: Final = F32(J2_TERM_KM2)
LOW: Final = F32(LOWEST_RADIUS_KM)
PER_LOOKUP: Final = F32(1.0 / LOOKUP_KM)
ONE, TWO, THREE, FIVE = F32(1), F32(2), F32(3), F32(5)
HALF, QUARTER, EIGHTH, SIXTH = F32(0.5), F32(0.25), F32(0.125), F32(1 / 6)
CUBE: Final = F32(0.3850)  # above 2 / (3 sqrt 3), the maximum of s (1 - s^2)
FIFTH: Final = F32(0.5350)  # above the maximum of s - s^5
C7_360, C1_24, C1_120, C1_48 = F32(7 / 360), F32(1 / 24), F32(1 / 120), F32(1 / 48)
C0_056: Final = F32(0.056)  # above 14 / 360 + 2 / 120
# Of the radius: sixteen times 2^-24, above the rounding of all the float32 sums that make a line.
ROUNDING: Final = F32(1e-6)


def layer_edges(thickness_km: float) -> tuple[Floats, np.ndarray]:
    """
    Radii between layers, ascending, in km, and the layer of each 5 km of radius.

    Layers are `thickness_km` thick (a multiple of 5) below 8,480 km and two per cent of their
    radius above, up to the highest radius that is screened.
    """
    edges = list(np.arange(LOWEST_RADIUS_KM, FINE_BELOW_KM, thickness_km))
    while edges[-1] < HIGHEST_RADIUS_KM * (1.0 + GROWTH):
        step = max(thickness_km, LOOKUP_KM * round(edges[-1] * GROWTH / LOOKUP_KM))
        edges.append(edges[-1] + step)
    radii = np.array(edges)
    centres = LOOKUP_KM * (np.arange(int(radii[-1] / LOOKUP_KM)) + 0.5)
    layer = np.searchsorted(radii, centres, side="right") - 1
    return radii, np.clip(layer, 0, len(radii) - 2).astype(np.int32)


# fastmath: these float32 numbers only bound; what is kept is decided on exact states.
@kernel(fastmath=True)
def prepare(states, begin, end, intervals, at, remainder, row, lowest, highest, layer_of,
            step_s, reach_km, half_layer_km):  # fmt: skip
    """
    Bounds for one tile: states at `begin` and `end` -> tile `at` of `intervals`, layers touched.

    `remainder` (km) is what the quintic misses, by object; `reach_km` widens the radii by half the
    screening distance.  An object without a state at either end gets `highest` = -1, no layer.
    """
    tau = HALF * F32(step_s)
    tau2 = tau * tau
    reach, half_layer = F32(reach_km), F32(half_layer_km)
    top = np.int32(layer_of.shape[0] - 1)
    a, b, w, o = U64(begin), U64(end), U64(at), U64(row)
    for u in range(U64(TILE)):
        x0, y0, z0 = states[a + u], states[a + T1 + u], states[a + T2 + u]
        x1, y1, z1 = states[b + u], states[b + T1 + u], states[b + T2 + u]
        p0, q0, s0 = tau * states[a + T3 + u], tau * states[a + T4 + u], tau * states[a + T5 + u]
        p1, q1, s1 = tau * states[b + T3 + u], tau * states[b + T4 + u], tau * states[b + T5 + u]
        r02, r12 = x0 * x0 + y0 * y0 + z0 * z0, x1 * x1 + y1 * y1 + z1 * z1
        r0, r1 = math.sqrt(r02), math.sqrt(r12)
        # accelerations times tau^2: f for x and y, h for z
        g0, g1 = -MU * tau2 / (r02 * r0), -MU * tau2 / (r12 * r1)
        j0, j1 = KJ2 / r02, KJ2 / r12
        w0, w1 = ONE - FIVE * z0 * z0 / r02, ONE - FIVE * z1 * z1 / r12
        f0, f1 = g0 * (ONE + j0 * w0), g1 * (ONE + j1 * w1)
        h0, h1 = g0 * (ONE + j0 * (w0 + TWO)), g1 * (ONE + j1 * (w1 + TWO))
        # even part of the quintic: centre c and fourth-order coefficient
        vx, vy, vz = HALF * (p1 - p0), HALF * (q1 - q0), HALF * (s1 - s0)
        kx = EIGHTH * (HALF * (f0 * x0 + f1 * x1) - vx)
        ky = EIGHTH * (HALF * (f0 * y0 + f1 * y1) - vy)
        kz = EIGHTH * (HALF * (h0 * z0 + h1 * z1) - vz)
        mx = HALF * (x0 + x1) - HALF * vx + kx
        my = HALF * (y0 + y1) - HALF * vy + ky
        mz = HALF * (z0 + z1) - HALF * vz + kz
        # odd part: first- and fifth-order coefficients
        dx, dy, dz = HALF * (x1 - x0), HALF * (y1 - y0), HALF * (z1 - z0)
        ox, oy, oz = HALF * (p0 + p1) - dx, HALF * (q0 + q1) - dy, HALF * (s0 + s1) - dz
        ix = EIGHTH * (HALF * (f1 * x1 - f0 * x0) - THREE * ox)
        iy = EIGHTH * (HALF * (f1 * y1 - f0 * y0) - THREE * oy)
        iz = EIGHTH * (HALF * (h1 * z1 - h0 * z0) - THREE * oz)
        bx, by, bz = dx - HALF * ox + ix, dy - HALF * oy + iy, dz - HALF * oz + iz
        # radius: parabola through three values, then the quartic and the odd rest
        rm2 = mx * mx + my * my + mz * mz
        rm = math.sqrt(rm2)
        d0 = (x0 * p0 + y0 * q0 + z0 * s0) / r0
        d1 = (x1 * p1 + y1 * q1 + z1 * s1) / r1
        dm = (mx * bx + my * by + mz * bz) / rm
        bend = HALF * (r0 + r1) - rm
        quartic = QUARTER * (d1 - d0) - bend
        odd3 = HALF * (r1 - r0) - dm
        odd5 = HALF * (HALF * (d0 + d1) - dm - THREE * odd3)
        odd3 = odd3 - odd5
        pad = QUARTER * (abs(bend) + abs(quartic)) + CUBE * abs(odd3) + FIFTH * abs(odd5)
        pad = pad + reach + remainder[o + u] + ROUNDING * rm
        low = min(r0, min(rm, r1)) - pad
        high = max(r0, max(rm, r1)) + pad
        # departure from harmonic motion of the object's own frequency; the midpoint's part E0
        # needs the layer's frequency and is added there
        uu = MU * tau2 / (rm2 * rm)
        even = C1_24 * uu * uu * (ONE + HALF * uu)
        sx, sy, sz = HALF * (x0 + x1), HALF * (y0 + y1), HALF * (z0 + z1)
        kx, ky, kz = kx - even * sx, ky - even * sy, kz - even * sz
        chord = ONE + uu * (SIXTH + uu * C7_360)
        bx, by, bz = bx - chord * dx, by - chord * dy, bz - chord * dz
        ix = ix - C1_120 * uu * uu * dx
        iy = iy - C1_120 * uu * uu * dy
        iz = iz - C1_120 * uu * uu * dz
        # The layer's frequency squared is that of its middle radius, which lies no further away
        # from rm than this; so the two differ by no more than `off` (times tau^2).
        away = max(high - rm, rm - low) + max(half_layer, F32(0.0105) * high)
        wider = rm / max(rm - away, F32(0.25) * rm)
        wider = wider * wider * wider
        off = uu * (wider - ONE)
        half_chord = math.sqrt(dx * dx + dy * dy + dz * dz)
        departure = QUARTER * math.sqrt(kx * kx + ky * ky + kz * kz)
        departure += CUBE * math.sqrt(bx * bx + by * by + bz * bz)
        departure += CUBE * math.sqrt(ix * ix + iy * iy + iz * iz)
        departure += off * CUBE * half_chord * (SIXTH + C0_056 * uu * wider)
        departure += off * C1_48 * uu * wider * high + ROUNDING * rm
        intervals[w + u] = x0 + x1
        intervals[w + T1 + u] = y0 + y1
        intervals[w + T2 + u] = z0 + z1
        intervals[w + T3 + u] = x1 - x0
        intervals[w + T4 + u] = y1 - y0
        intervals[w + T5 + u] = z1 - z0
        intervals[w + T6 + u] = mx
        intervals[w + T7 + u] = my
        intervals[w + T8 + u] = mz
        intervals[w + T9 + u] = departure + remainder[o + u]
        intervals[w + T10 + u] = low
        intervals[w + T11 + u] = high
    for u in range(U64(TILE)):
        x0, y0, z0 = states[a + u], states[a + T1 + u], states[a + T2 + u]
        x1, y1, z1 = states[b + u], states[b + T1 + u], states[b + T2 + u]
        good = x0 * x0 + y0 * y0 + z0 * z0 > LOW * LOW
        good = good & (x1 * x1 + y1 * y1 + z1 * z1 > LOW * LOW)
        ka = min(max(np.int32(intervals[w + T10 + u] * PER_LOOKUP), np.int32(0)), top)
        kb = min(max(np.int32(intervals[w + T11 + u] * PER_LOOKUP), np.int32(0)), top)
        lowest[o + u] = layer_of[U64(ka)]
        highest[o + u] = layer_of[U64(kb)] if good else np.int32(-1)
