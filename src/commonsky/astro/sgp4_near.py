"""
Near-Earth SGP4 for many times of one object, written so that LLVM vectorises the loop over time.

Within a stretch of time the slow angles (perigee, node, drag's shares) stay near their values in
the middle, whose sines and cosines are turned by what is left; only the mean anomaly is fast.

Reference: as `commonsky.astro.sgp4_layout`.
"""

from __future__ import annotations

import math

import numpy as np

from commonsky.astro.angles import LARGEST_TURN_RAD, sincos, turn
from commonsky.astro.kepler import ECCENTRIC, NEARLY_CIRCULAR, eccentric, nearly_circular
from commonsky.astro.kernels import REORDER, inlined, kernel
from commonsky.astro.sgp4_layout import (
    A0,
    ARGPDOT,
    ARGPO,
    AYCOF,
    BCC4,
    BCC5,
    CC1,
    CON41,
    COSIO,
    D2,
    D3,
    D4,
    DELMO,
    ECCO,
    ETA,
    GENTLE,
    MDOT,
    MO,
    NO,
    NODECF,
    NODEDOT,
    NODEO,
    OMGCOF,
    SINIO,
    SINMAO,
    STATUS,
    T0,
    T2COF,
    T3COF,
    T4COF,
    T5COF,
    X1MTH2,
    X7THM1,
    XLCOF,
    XMCOF,
)
from commonsky.astro.sgp4_single import near_state
from commonsky.astro.sgp4_state import short_period

LEAST = 3  # fewer times are not worth a stretch


@kernel()
def gentle_eccentricity(c, early, late):
    """
    Largest eccentricity from `early` to `late` (min from the epoch); 1 where it is not gentle.

    Bounds every small angle that `near_stretch` turns by, and how far drag takes the axis.
    """
    most = max(abs(early), abs(late))
    half = 0.5 * (late - early)
    eta = c[ETA]
    wave = max(abs((1.0 + eta) ** 3 - c[DELMO]), abs((1.0 - eta) ** 3 - c[DELMO]))
    drag = abs(c[OMGCOF]) * most + abs(c[XMCOF]) * wave
    shrunk = most * (abs(c[CC1]) + most * (abs(c[D2]) + most * (abs(c[D3]) + most * abs(c[D4]))))
    lag = 4.0 * abs(c[T4COF]) + most * 5.0 * abs(c[T5COF])
    lag = 2.0 * abs(c[T2COF]) + most * (3.0 * abs(c[T3COF]) + most * lag)
    lag *= half * c[NO] * most
    bend = 2.0 * abs(c[NODECF]) * most * half
    highest = c[ECCO] + abs(c[BCC4]) * most + 2.0 * abs(c[BCC5])
    if not (shrunk < 0.3 and highest < ECCENTRIC):
        return 1.0
    per_parameter = 1.0 / (c[A0] * 0.49 * (1.0 - highest * highest))
    tilt = abs(c[XLCOF]) * highest * per_parameter
    room = 0.6 * LARGEST_TURN_RAD  # 0.4 is for the secular rates, see `gentle_minutes`
    if not (drag < room and lag + tilt < room and bend < room and per_parameter < 5.0):
        return 1.0
    return highest + abs(c[AYCOF]) * per_parameter


@inlined()
def secular(t, dt, mo, mdot, argpdot, nodedot, nodecf, cc1, bcc4, t2cof, no, sqa0, ecco, aycof,
            xlcof, omgcof, xmcof, eta, delmo, d2, d3, d4, bcc5, sinmao, t3cof, t4cof, t5cof,
            sa0, ca0, sb0, cb0, lag, bend):  # fmt: skip
    """
    sqrt(a), e cos w, e sin w, sine and cosine of the mean longitude, node turned so far, e.

    `sa0`, `ca0` of the argument of perigee in the middle, dt before t; `sb0`, `cb0` with drag's
    `lag` added; `bend` is the node's quadratic term there.
    """
    t2 = t * t
    sx, cx = sincos(mo + mdot * t)
    wave = 1.0 + eta * cx
    temp = omgcof * t + xmcof * (wave * wave * wave - delmo)
    sm, _ = turn(sx, cx, temp)
    slow = argpdot * dt
    sa, ca = turn(sa0, ca0, slow - temp)
    tempa = 1.0 - t * (cc1 + t * (d2 + t * (d3 + t * d4)))
    sqam = sqa0 * tempa
    em = ecco - bcc4 * t - bcc5 * (sm - sinmao)
    e = max(1e-06, em)
    axnl = e * ca
    tq = 1.0 / (sqam * sqam * (1.0 - e * e))
    aynl = e * sa + tq * aycof
    templ = t2 * (t2cof + t * (t3cof + t * (t4cof + t * t5cof)))
    sb, cb = turn(sb0, cb0, slow + (no * templ - lag) + tq * xlcof * axnl)
    su, cu = sx * cb + cx * sb, cx * cb - sx * sb
    return sqam, axnl, aynl, su, cu, nodedot * dt + (nodecf * t2 - bend), em


# fastmath: straight-line code may be contracted and reassociated; the only sum counts failures.
@kernel(fastmath=set(REORDER))
def near_stretch(c, minutes, a, b, circular, out):
    """States at minutes a..b of one gentle stretch -> out (6, k); how many have no good one."""
    t0, mo, mdot, argpdot, nodedot = c[T0], c[MO], c[MDOT], c[ARGPDOT], c[NODEDOT]
    nodecf, cc1, bcc4, t2cof, no = c[NODECF], c[CC1], c[BCC4], c[T2COF], c[NO]
    ecco, aycof, xlcof, omgcof, xmcof = c[ECCO], c[AYCOF], c[XLCOF], c[OMGCOF], c[XMCOF]
    eta, delmo, d2, d3, d4, bcc5 = c[ETA], c[DELMO], c[D2], c[D3], c[D4], c[BCC5]
    sinmao, t3cof, t4cof, t5cof = c[SINMAO], c[T3COF], c[T4COF], c[T5COF]
    sinio, cosio, con41, x1mth2, x7thm1 = c[SINIO], c[COSIO], c[CON41], c[X1MTH2], c[X7THM1]
    sqa0 = math.sqrt(c[A0])
    middle = 0.5 * (minutes[a] + minutes[b - 1])
    t = middle + t0
    argp = c[ARGPO] + argpdot * t
    lag = no * t * t * (t2cof + t * (t3cof + t * (t4cof + t * t5cof)))
    bend = nodecf * t * t
    node = c[NODEO] + nodedot * t + bend
    sa0, ca0 = math.sin(argp), math.cos(argp)
    sb0, cb0 = math.sin(argp + lag), math.cos(argp + lag)
    sn0, cn0 = math.sin(node), math.cos(node)
    b0, b1, b2, b3, b4, b5 = out[0], out[1], out[2], out[3], out[4], out[5]
    # Unsigned, because an index that might be negative does not vectorise.
    first, last = np.uint64(a), np.uint64(b)
    bad = 0.0
    if circular:
        for k in range(first, last):
            sqam, axnl, aynl, su, cu, dn, em = secular(
                minutes[k] + t0, minutes[k] - middle, mo, mdot, argpdot, nodedot, nodecf, cc1,
                bcc4, t2cof, no, sqa0, ecco, aycof, xlcof, omgcof, xmcof, eta, delmo, d2, d3, d4,
                bcc5, sinmao, t3cof, t4cof, t5cof, sa0, ca0, sb0, cb0, lag, bend)  # fmt: skip
            s, co = nearly_circular(axnl, aynl, su, cu)
            b0[k], b1[k], b2[k], b3[k], b4[k], b5[k], mrt = short_period(
                sqam * sqam, sqam, axnl, aynl, s, co, sn0, cn0, dn, sinio, cosio, con41, x1mth2,
                x7thm1)  # fmt: skip
            bad += 0.0 if (em > -0.001) & (mrt >= 1.0) else 1.0
    else:
        for k in range(first, last):
            sqam, axnl, aynl, su, cu, dn, em = secular(
                minutes[k] + t0, minutes[k] - middle, mo, mdot, argpdot, nodedot, nodecf, cc1,
                bcc4, t2cof, no, sqa0, ecco, aycof, xlcof, omgcof, xmcof, eta, delmo, d2, d3, d4,
                bcc5, sinmao, t3cof, t4cof, t5cof, sa0, ca0, sb0, cb0, lag, bend)  # fmt: skip
            s, co = eccentric(axnl, aynl, su, cu)
            b0[k], b1[k], b2[k], b3[k], b4[k], b5[k], mrt = short_period(
                sqam * sqam, sqam, axnl, aynl, s, co, sn0, cn0, dn, sinio, cosio, con41, x1mth2,
                x7thm1)  # fmt: skip
            bad += 0.0 if (em > -0.001) & (mrt >= 1.0) else 1.0
    return bad


@kernel()
def near_singly(c, minutes, a, b, out, status):
    """States and status at minutes a..b, one by one."""
    for k in range(a, b):
        found = near_state(c, minutes[k])
        for j in range(6):
            out[j, k] = found[j]
        status[k] = int(found[6])


@kernel()
def near_states(c, minutes, out, status):
    """States of one row at k ascending minutes from the origin -> out (6, k) and status (k,)."""
    count = minutes.shape[0]
    reach = 2.0 * c[GENTLE] if c[STATUS] == 0.0 else 0.0
    a = np.int64(0)  # a plain 0 would be compiled as a kind of its own
    while a < count:
        b = count
        if minutes[b - 1] - minutes[a] > reach:
            b = a + 1
            while b < count and minutes[b] - minutes[a] <= reach:
                b += 1
        highest = 1.0
        if b - a >= LEAST and reach > 0.0:
            highest = gentle_eccentricity(c, minutes[a] + c[T0], minutes[b - 1] + c[T0])
        good = False
        if highest < ECCENTRIC:
            good = near_stretch(c, minutes, a, b, highest < NEARLY_CIRCULAR, out) == 0.0
            for k in range(a, b):
                status[k] = 0
        if not good:
            near_singly(c, minutes, a, b, out, status)
        a = b
