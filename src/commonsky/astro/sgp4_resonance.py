"""
Deep space: resonances of an orbit with the turning Earth, as coefficients and as an integral.

Reference: as `commonsky.astro.sgp4_layout` (there DSINIT and DSPACE).
"""

from __future__ import annotations

import math

from commonsky.astro.angles import TWO_PI
from commonsky.astro.kernels import kernel
from commonsky.astro.sgp4_layout import (
    ARGPDOT,
    ARGPO,
    COSIO,
    DMDT,
    DNODT,
    DOMDT,
    EARTH_ROTATION,
    ECCO,
    FASX2,
    FASX4,
    FASX6,
    G22,
    G32,
    G44,
    G52,
    G54,
    GSTO,
    IREZ,
    MDOT,
    MO,
    NO,
    NO_RESONANCE,
    NODEDOT,
    NODEO,
    RESONANCE,
    SINIO,
    STATUS,
    STEP_MIN,
    SYNCHRONOUS,
    TWO_THIRDS,
    XFACT,
    XKE,
    XLAMO,
)


@kernel()
def eccentricity_functions(e):
    """G201 G211 G310 G322 G410 G422 G520 G521 G532 G533 of the half-day resonance."""
    e2, e3 = e * e, e * e * e
    g201 = -0.306 - (e - 0.64) * 0.440
    if e <= 0.65:
        g211 = 3.616 - 13.2470 * e + 16.2900 * e2
        g310 = -19.302 + 117.3900 * e - 228.4190 * e2 + 156.5910 * e3
        g322 = -18.9068 + 109.7927 * e - 214.6334 * e2 + 146.5816 * e3
        g410 = -41.122 + 242.6940 * e - 471.0940 * e2 + 313.9530 * e3
        g422 = -146.407 + 841.8800 * e - 1629.014 * e2 + 1083.4350 * e3
        g520 = -532.114 + 3017.977 * e - 5740.032 * e2 + 3708.2760 * e3
    else:
        g211 = -72.099 + 331.819 * e - 508.738 * e2 + 266.724 * e3
        g310 = -346.844 + 1582.851 * e - 2415.925 * e2 + 1246.113 * e3
        g322 = -342.585 + 1554.908 * e - 2366.899 * e2 + 1215.972 * e3
        g410 = -1052.797 + 4758.686 * e - 7193.992 * e2 + 3651.957 * e3
        g422 = -3581.690 + 16178.110 * e - 24462.770 * e2 + 12422.520 * e3
        if e > 0.715:
            g520 = -5149.66 + 29936.92 * e - 54087.36 * e2 + 31324.56 * e3
        else:
            g520 = 1464.74 - 4664.75 * e + 3763.64 * e2
    if e < 0.7:
        g533 = -919.22770 + 4988.6100 * e - 9064.7700 * e2 + 5542.21 * e3
        g521 = -822.71072 + 4568.6173 * e - 8491.4146 * e2 + 5337.524 * e3
        g532 = -853.66600 + 4690.2500 * e - 8624.7700 * e2 + 5341.4 * e3
    else:
        g533 = -37995.780 + 161616.52 * e - 229838.20 * e2 + 109377.94 * e3
        g521 = -51752.104 + 218913.95 * e - 309468.16 * e2 + 146349.42 * e3
        g532 = -40023.880 + 170470.89 * e - 242699.48 * e2 + 115605.82 * e3
    return g201, g211, g310, g322, g410, g422, g520, g521, g532, g533


@kernel()
def half_day_resonance(c):
    """Amplitudes of the 12-hour resonance, for Molniya-like orbits."""
    s, k, no = c[SINIO], c[COSIO], c[NO]
    s2, k2 = s * s, k * k
    g201, g211, g310, g322, g410, g422, g520, g521, g532, g533 = eccentricity_functions(c[ECCO])
    f220 = 0.75 * (1.0 + 2.0 * k + k2)
    f221 = 1.5 * s2
    f321 = 1.875 * s * (1.0 - 2.0 * k - 3.0 * k2)
    f322 = -1.875 * s * (1.0 + 2.0 * k - 3.0 * k2)
    f441 = 35.0 * s2 * f220
    f442 = 39.3750 * s2 * s2
    f522 = (
        9.84375 * s * (s2 * (1.0 - 2.0 * k - 5.0 * k2) + 0.33333333 * (-2.0 + 4.0 * k + 6.0 * k2))
    )
    f523 = s * (
        4.92187512 * s2 * (-2.0 - 4.0 * k + 10.0 * k2) + 6.56250012 * (1.0 + 2.0 * k - 3.0 * k2)
    )
    f542 = 29.53125 * s * (2.0 - 8.0 * k + k2 * (-12.0 + 8.0 * k + 10.0 * k2))
    f543 = 29.53125 * s * (-2.0 - 8.0 * k + k2 * (12.0 + 8.0 * k - 10.0 * k2))
    aonv = (no / XKE) ** TWO_THIRDS
    temp = 3.0 * no * no * aonv * aonv
    c[RESONANCE] = temp * 1.7891679e-6 * f220 * g201
    c[RESONANCE + 1] = temp * 1.7891679e-6 * f221 * g211
    temp *= aonv
    c[RESONANCE + 2] = temp * 3.7393792e-7 * f321 * g310
    c[RESONANCE + 3] = temp * 3.7393792e-7 * f322 * g322
    temp *= aonv
    c[RESONANCE + 4] = 2.0 * temp * 7.3636953e-9 * f441 * g410
    c[RESONANCE + 5] = 2.0 * temp * 7.3636953e-9 * f442 * g422
    temp *= aonv
    c[RESONANCE + 6] = temp * 1.1428639e-7 * f522 * g520
    c[RESONANCE + 7] = temp * 1.1428639e-7 * f523 * g532
    c[RESONANCE + 8] = 2.0 * temp * 2.1765803e-9 * f542 * g521
    c[RESONANCE + 9] = 2.0 * temp * 2.1765803e-9 * f543 * g533
    c[XLAMO] = (c[MO] + c[NODEO] + c[NODEO] - c[GSTO] - c[GSTO]) % TWO_PI
    c[XFACT] = c[MDOT] + c[DMDT] + 2.0 * (c[NODEDOT] + c[DNODT] - EARTH_ROTATION) - no


@kernel()
def synchronous_resonance(c):
    """Amplitudes of the 24-hour resonance, for the geostationary belt."""
    s, k, no, e2 = c[SINIO], c[COSIO], c[NO], c[ECCO] * c[ECCO]
    g200 = 1.0 + e2 * (-2.5 + 0.8125 * e2)
    g310 = 1.0 + 2.0 * e2
    g300 = 1.0 + e2 * (-6.0 + 6.60937 * e2)
    f220 = 0.75 * (1.0 + k) * (1.0 + k)
    f311 = 0.9375 * s * s * (1.0 + 3.0 * k) - 0.75 * (1.0 + k)
    f330 = 1.875 * (1.0 + k) * (1.0 + k) * (1.0 + k)
    aonv = (no / XKE) ** TWO_THIRDS
    temp = 3.0 * no * no * aonv * aonv
    c[RESONANCE] = temp * f311 * g310 * 2.1460748e-6 * aonv
    c[RESONANCE + 1] = 2.0 * temp * f220 * g200 * 1.7891679e-6
    c[RESONANCE + 2] = 3.0 * temp * f330 * g300 * 2.2123015e-7 * aonv
    c[XLAMO] = (c[MO] + c[NODEO] + c[ARGPO] - c[GSTO]) % TWO_PI
    c[XFACT] = (
        c[MDOT] + (c[ARGPDOT] + c[NODEDOT]) - EARTH_ROTATION + c[DMDT] + c[DOMDT] + c[DNODT] - no
    )


@kernel()
def resonance_rates(c, longitude, n, minutes):
    """Rates of longitude and mean motion, and the latter's own, `minutes` after the epoch."""
    r = RESONANCE
    if c[IREZ] == SYNCHRONOUS:
        a, b, d = longitude - FASX2, 2.0 * (longitude - FASX4), 3.0 * (longitude - FASX6)
        rate = c[r] * math.sin(a) + c[r + 1] * math.sin(b) + c[r + 2] * math.sin(d)
        curve = c[r] * math.cos(a) + 2.0 * c[r + 1] * math.cos(b) + 3.0 * c[r + 2] * math.cos(d)
    else:
        w = c[ARGPO] + c[ARGPDOT] * minutes
        ww, ll = w + w, longitude + longitude
        a0, a1 = ww + longitude - G22, longitude - G22
        a2, a3 = w + longitude - G32, -w + longitude - G32
        a4, a5 = ww + ll - G44, ll - G44
        a6, a7 = w + longitude - G52, -w + longitude - G52
        a8, a9 = w + ll - G54, -w + ll - G54
        rate = (
            c[r] * math.sin(a0) + c[r + 1] * math.sin(a1) + c[r + 2] * math.sin(a2)
            + c[r + 3] * math.sin(a3) + c[r + 4] * math.sin(a4) + c[r + 5] * math.sin(a5)
            + c[r + 6] * math.sin(a6) + c[r + 7] * math.sin(a7) + c[r + 8] * math.sin(a8)
            + c[r + 9] * math.sin(a9)
        )  # fmt: skip
        curve = (
            c[r] * math.cos(a0) + c[r + 1] * math.cos(a1) + c[r + 2] * math.cos(a2)
            + c[r + 3] * math.cos(a3) + c[r + 6] * math.cos(a6) + c[r + 7] * math.cos(a7)
            + 2.0 * (c[r + 4] * math.cos(a4) + c[r + 5] * math.cos(a5)
                     + c[r + 8] * math.cos(a8) + c[r + 9] * math.cos(a9))
        )  # fmt: skip
    turning = n + c[XFACT]
    return turning, rate, curve * turning


@kernel()
def integrate(rows, first, last, nodes):
    """
    Integrate the resonances from each epoch to both ends of the span, in steps of 720 minutes.

    Step k is at 720 k minutes from the epoch; steps `first`..`last` (n,) are kept, the k-th as
    node k - first of `nodes` (n, m, NODE).  A propagation is then one Taylor step from the node
    before it, so that no result depends on what was asked before.
    """
    half = 0.5 * STEP_MIN * STEP_MIN
    for i in range(rows.shape[0]):
        c = rows[i]
        if c[STATUS] != 0.0 or c[IREZ] == NO_RESONANCE:
            continue
        for way in (1, -1):
            longitude, n = c[XLAMO], c[NO]
            steps = max(last[i], 0) if way == 1 else -min(first[i], 0)
            for step in range(steps + 1):
                k = way * step
                turning, rate, curve = resonance_rates(c, longitude, n, k * STEP_MIN)
                g = k - first[i]
                if 0 <= g < nodes.shape[1]:
                    nodes[i, g, 0], nodes[i, g, 1], nodes[i, g, 2] = longitude, n, turning
                    nodes[i, g, 3], nodes[i, g, 4] = rate, curve
                longitude += turning * (way * STEP_MIN) + rate * half
                n += rate * (way * STEP_MIN) + curve * half
