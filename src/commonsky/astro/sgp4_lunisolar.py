"""
Deep space: what sun and moon do to an orbit, as coefficients.

Reference: as `commonsky.astro.sgp4_layout` (there DSCOM and DSINIT).
"""

from __future__ import annotations

import math

import numpy as np

from commonsky.astro.angles import LARGEST_TURN_RAD, TWO_PI
from commonsky.astro.kepler import ECCENTRIC
from commonsky.astro.kernels import kernel
from commonsky.astro.sgp4_initial import first_status, initial, made_status, sidereal_time
from commonsky.astro.sgp4_layout import (
    AFSPC,
    ARGPDOT,
    ARGPO,
    COSIO,
    DEDT,
    DIDT,
    DMDT,
    DNODT,
    DOMDT,
    ECCO,
    EE2,
    GENTLE,
    GSTO,
    HALF_DAY,
    INCLO,
    IREZ,
    LYDDANE,
    NEAR_COLUMNS,
    NO,
    NODEDOT,
    NODEO,
    SE2,
    SHARED,
    SI2,
    SI3,
    SINIO,
    STATUS,
    SYNCHRONOUS,
    T0,
    XI2,
    XI3,
    ZEL,
    ZES,
    ZMOL,
    ZMOS,
    ZNL,
    ZNS,
)
from commonsky.astro.sgp4_resonance import half_day_resonance, synchronous_resonance

SUN_STRENGTH, MOON_STRENGTH = 2.9864797e-6, 4.7968065e-7
LOWEST_INCLINATION = 5.2359877e-2  # 3 degrees from the equator the node's rate is left out
LYDDANE_BELOW = 0.2


@kernel()
def third_body(c, strength, cosg, sing, cosi, sini, cosh, sinh, body):
    """
    What one body does -> s1..s7 and z1 z2 z3, z11..z13, z21..z23, z31..z33 in `body` (19,).

    `g`, `i`, `h`: its argument of perigee, inclination and node, the latter from the orbit's own.
    """
    e, sinim, cosim = c[ECCO], c[SINIO], c[COSIO]
    sino, coso = math.sin(c[ARGPO]), math.cos(c[ARGPO])
    e2 = e * e
    beta2 = 1.0 - e2
    root = math.sqrt(beta2)
    a1 = cosg * cosh + sing * cosi * sinh
    a3 = -sing * cosh + cosg * cosi * sinh
    a7 = -cosg * sinh + sing * cosi * cosh
    a8 = sing * sini
    a9 = sing * sinh + cosg * cosi * cosh
    a10 = cosg * sini
    a2, a4 = cosim * a7 + sinim * a8, cosim * a9 + sinim * a10
    a5, a6 = -sinim * a7 + cosim * a8, -sinim * a9 + cosim * a10
    x1, x2 = a1 * coso + a2 * sino, a3 * coso + a4 * sino
    x3, x4 = -a1 * sino + a2 * coso, -a3 * sino + a4 * coso
    x5, x6, x7, x8 = a5 * sino, a6 * sino, a5 * coso, a6 * coso
    z31 = 12.0 * x1 * x1 - 3.0 * x3 * x3
    z32 = 24.0 * x1 * x2 - 6.0 * x3 * x4
    z33 = 12.0 * x2 * x2 - 3.0 * x4 * x4
    z1 = 3.0 * (a1 * a1 + a2 * a2) + z31 * e2
    z2 = 6.0 * (a1 * a3 + a2 * a4) + z32 * e2
    z3 = 3.0 * (a3 * a3 + a4 * a4) + z33 * e2
    z11 = -6.0 * a1 * a5 + e2 * (-24.0 * x1 * x7 - 6.0 * x3 * x5)
    z12 = -6.0 * (a1 * a6 + a3 * a5) + e2 * (
        -24.0 * (x2 * x7 + x1 * x8) - 6.0 * (x3 * x6 + x4 * x5)
    )
    z13 = -6.0 * a3 * a6 + e2 * (-24.0 * x2 * x8 - 6.0 * x4 * x6)
    z21 = 6.0 * a2 * a5 + e2 * (24.0 * x1 * x5 - 6.0 * x3 * x7)
    z22 = 6.0 * (a4 * a5 + a2 * a6) + e2 * (24.0 * (x2 * x5 + x1 * x6) - 6.0 * (x4 * x7 + x3 * x8))
    z23 = 6.0 * a4 * a6 + e2 * (24.0 * x2 * x6 - 6.0 * x4 * x8)
    s3 = strength / c[NO]
    s2 = -0.5 * s3 / root
    s4 = s3 * root
    body[0], body[1], body[2], body[3] = -15.0 * e * s4, s2, s3, s4
    body[4], body[5], body[6] = x1 * x3 + x2 * x4, x2 * x3 + x1 * x4, x2 * x4 - x1 * x3
    body[7] = z1 + z1 + beta2 * z31
    body[8] = z2 + z2 + beta2 * z32
    body[9] = z3 + z3 + beta2 * z33
    body[10], body[11], body[12] = z11, z12, z13
    body[13], body[14], body[15] = z21, z22, z23
    body[16], body[17], body[18] = z31, z32, z33


@kernel()
def periodics(c, body, eccentricity, at):
    """Write the amplitudes of one body's long waves to twelve columns from `at` on."""
    s1, s2, s3, s4 = body[0], body[1], body[2], body[3]
    c[at], c[at + 1] = 2.0 * s1 * body[5], 2.0 * s1 * body[6]
    c[at + 2], c[at + 3] = 2.0 * s2 * body[11], 2.0 * s2 * (body[12] - body[10])
    c[at + 4], c[at + 5] = -2.0 * s3 * body[8], -2.0 * s3 * (body[9] - body[7])
    c[at + 6] = -2.0 * s3 * (-21.0 - 9.0 * c[ECCO] * c[ECCO]) * eccentricity
    c[at + 7], c[at + 8] = 2.0 * s4 * body[17], 2.0 * s4 * (body[18] - body[16])
    c[at + 9] = -18.0 * s4 * eccentricity
    c[at + 10], c[at + 11] = -2.0 * s2 * body[14], -2.0 * s2 * (body[15] - body[13])


@kernel()
def secular_rates(c, body, rate):
    """Add one body's rates of e, inclination, mean anomaly, perigee and node to their columns."""
    s1, s2, s3, s4 = body[0], body[1], body[2], body[3]
    turning = -rate * s2 * (body[13] + body[15])
    if not LOWEST_INCLINATION <= c[INCLO] <= math.pi - LOWEST_INCLINATION:
        turning = 0.0
    if c[SINIO] != 0.0:
        turning /= c[SINIO]
    c[DEDT] += s1 * rate * body[4]
    c[DIDT] += s2 * rate * (body[10] + body[12])
    c[DMDT] += -rate * s3 * (body[7] + body[9] - 14.0 - 6.0 * c[ECCO] * c[ECCO])
    c[DOMDT] += s4 * rate * (body[16] + body[18] - 6.0) - c[COSIO] * turning
    c[DNODT] += turning


@kernel()
def lunisolar(c, day_1950, body):
    """Fill a row's columns of sun and moon; `body` (19,) is room to work in."""
    day = day_1950 + 18261.5
    node = (4.5236020 - 9.2422029e-4 * day) % TWO_PI
    s, k = math.sin(node), math.cos(node)
    cosi = 0.91375164 - 0.03568096 * k
    sini = math.sqrt(1.0 - cosi * cosi)
    sinh = 0.089683511 * s / sini
    cosh = math.sqrt(1.0 - sinh * sinh)
    gamma = 5.8351514 + 0.0019443680 * day
    x, y = 0.39785416 * s / sini, cosh * k + 0.91744867 * sinh * s
    g = gamma + math.atan2(x, y) - node
    cosg, sing = math.cos(g), math.sin(g)
    c[ZMOL] = (4.7199672 + 0.22997150 * day - gamma) % TWO_PI
    c[ZMOS] = (6.2565837 + 0.017201977 * day) % TWO_PI
    cosn, sinn = math.cos(c[NODEO]), math.sin(c[NODEO])
    for moon in (False, True):
        if moon:
            strength, rate, eccentricity, at = MOON_STRENGTH, ZNL, ZEL, EE2
            bg, bs, bi, bj = cosg, sing, cosi, sini
            bh, bk = cosh * cosn + sinh * sinn, sinn * cosh - cosn * sinh
        else:
            strength, rate, eccentricity, at = SUN_STRENGTH, ZNS, ZES, SE2
            bg, bs, bi, bj, bh, bk = 0.1945905, -0.98088458, 0.91744867, 0.39785416, cosn, sinn
        third_body(c, strength, bg, bs, bi, bj, bh, bk, body)
        periodics(c, body, eccentricity, at)
        secular_rates(c, body, rate)


@kernel()
def gentle_minutes(c):
    """
    How long (min) before and after a middle the vectorised deep-space loop may go; 0: not at all.

    Small angles must stay small: sun's and moon's, node's, perigee's, the inclination's.
    """
    if not c[ECCO] < ECCENTRIC - 0.02:
        return 0.0
    fastest = max(abs(c[ARGPDOT] + c[DOMDT]), abs(c[NODEDOT] + c[DNODT]), abs(c[DIDT]))
    return 0.3 * LARGEST_TURN_RAD / max(fastest, 2.0 * ZNL)


@kernel()
def inclination_wave(c):
    """Bound of the long waves of the inclination (rad): f2 and f3 are at most 1/4."""
    return 0.25 * (abs(c[SI2]) + abs(c[SI3]) + abs(c[XI2]) + abs(c[XI3]))


@kernel()
def deep_rows(elements, t0, day_1950, afspc, span_minutes, out):
    """
    Fill deep-space rows (n, DEEP_COLUMNS) of elements (n, 7), in the order of `initial`.

    `span_minutes` (n,) is the longest time from the epoch that will be asked for.
    """
    work, body = np.zeros(NEAR_COLUMNS), np.zeros(19)
    for i in range(elements.shape[0]):
        mo, argpo, nodeo, e, inclination, motion, bstar = elements[i]
        c = out[i]
        c[T0], c[STATUS] = t0[i], first_status(motion, e)
        if c[STATUS] != 0.0:
            continue
        for k in range(NEAR_COLUMNS):
            work[k] = 0.0
        initial(work, t0[i], mo, argpo, nodeo, e, inclination, motion, bstar)
        for k in range(SHARED):
            c[k] = work[k]
        c[AFSPC] = afspc
        c[GSTO] = sidereal_time(day_1950[i], afspc)
        lunisolar(c, day_1950[i], body)
        if 0.0034906585 < c[NO] < 0.0052359877:
            c[IREZ] = SYNCHRONOUS
            synchronous_resonance(c)
        elif 8.26e-3 <= c[NO] <= 9.24e-3 and e >= 0.5:
            c[IREZ] = HALF_DAY
            half_day_resonance(c)
        c[STATUS] = made_status(c)
        c[GENTLE] = gentle_minutes(c)
        lowest = inclination - abs(c[DIDT]) * span_minutes[i] - inclination_wave(c)
        c[LYDDANE] = 1.0 if lowest < LYDDANE_BELOW + 1e-9 else 0.0
