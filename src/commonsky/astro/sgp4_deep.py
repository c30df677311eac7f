"""
Deep-space SGP4 for many times of one object, written so that LLVM vectorises the loop over time.

As in `commonsky.astro.sgp4_near` slow angles (sun, moon, perigee, node, inclination) are turned
from their values in the middle of a stretch, which has one node of the resonance integrator.

Reference: as `commonsky.astro.sgp4_layout`.
"""

from __future__ import annotations

import math

import numpy as np

from commonsky.astro.angles import LARGEST_TURN_RAD, TWO_PI, arctan2, sincos, turn
from commonsky.astro.kepler import ECCENTRIC, NEARLY_CIRCULAR, eccentric, nearly_circular
from commonsky.astro.kernels import REORDER, inlined, kernel
from commonsky.astro.sgp4_layout import (
    A0,
    AFSPC,
    ARGPDOT,
    ARGPO,
    BCC4,
    CC1,
    DEDT,
    DIDT,
    DMDT,
    DNODT,
    DOMDT,
    E3,
    EARTH_ROTATION,
    ECCO,
    EE2,
    GENTLE,
    GSTO,
    INCLO,
    IREZ,
    J3OJ2,
    LYDDANE,
    MDOT,
    MO,
    NO,
    NO_RESONANCE,
    NODECF,
    NODEDOT,
    NODEO,
    SE2,
    SE3,
    SGH2,
    SGH3,
    SGH4,
    SH2,
    SH3,
    SI2,
    SI3,
    SL2,
    SL3,
    SL4,
    STATUS,
    SYNCHRONOUS,
    T0,
    T2COF,
    XGH2,
    XGH3,
    XGH4,
    XH2,
    XH3,
    XI2,
    XI3,
    XL2,
    XL3,
    XL4,
    ZEL,
    ZES,
    ZMOL,
    ZMOS,
    ZNL,
    ZNS,
)
from commonsky.astro.sgp4_single import deep_state, node_at
from commonsky.astro.sgp4_state import short_period

LEAST = 3  # fewer times are not worth a stretch


@kernel()
def gentle_eccentricity(c, early, late):
    """Largest eccentricity from `early` to `late` (min from epoch); 1 where it is not gentle."""
    most = max(abs(early), abs(late))
    half = 0.5 * (late - early)
    wave_e = 0.25 * (abs(c[SE2]) + abs(c[SE3]) + abs(c[EE2]) + abs(c[E3]))
    wave_i = 0.25 * (abs(c[SI2]) + abs(c[SI3]) + abs(c[XI2]) + abs(c[XI3]))
    wave_h = 0.25 * (abs(c[SH2]) + abs(c[SH3]) + abs(c[XH2]) + abs(c[XH3]))
    wave_gh = abs(c[SGH4]) + abs(c[XGH4])
    wave_gh += 0.25 * (abs(c[SGH2]) + abs(c[SGH3]) + abs(c[XGH2]) + abs(c[XGH3]))
    drift = (abs(c[DEDT]) + abs(c[BCC4])) * most
    bend = 2.0 * abs(c[NODECF]) * most * half
    wave_node = bend
    if c[LYDDANE] == 0.0:  # then sin i is at least this
        sine = math.sin(min(c[INCLO] - abs(c[DIDT]) * most - wave_i, 1.0))
        back = math.sin(min(math.pi - c[INCLO] - abs(c[DIDT]) * most - wave_i, 1.0))
        sine = min(sine, back)
        if not sine > 0.01:  # nearly retrograde
            return 1.0
        wave_node += wave_h / sine
    room = 0.6 * LARGEST_TURN_RAD
    if not (wave_i < room and wave_node < room and wave_gh + wave_node < room):
        return 1.0
    if not (abs(c[CC1]) * most < 0.1 and c[ECCO] + drift + wave_e < ECCENTRIC):
        return 1.0
    return c[ECCO] + drift + wave_e + 0.002


@inlined()
def waves(dt, sz, cz, rate, eccentricity):
    """f2, f3 and sine of sun's or moon's true anomaly; `sz`, `cz` of the mean in the middle."""
    s, c = turn(sz, cz, rate * dt)
    s, c = turn(s, c, 2.0 * eccentricity * s)
    return 0.5 * s * s - 0.25, -0.5 * s * c, s


# fastmath: straight-line code may be contracted and reassociated; the only sum counts failures.
@kernel(fastmath=set(REORDER))
def deep_stretch(c, node, since, minutes, a, b, circular, resonant, lyddane, out):
    """
    States at minutes a..b, all in one gentle stretch -> out (6, k); how many have no good one.

    `node` (NODE,) is of the integrator, `since` minutes before minute a.
    """
    t0, cc1, bcc4, t2cof, no, a0 = c[T0], c[CC1], c[BCC4], c[T2COF], c[NO], c[A0]
    ecco, dedt, didt, nodecf = c[ECCO], c[DEDT], c[DIDT], c[NODECF]
    wdot, hdot, mdot, mo = c[ARGPDOT] + c[DOMDT], c[NODEDOT] + c[DNODT], c[MDOT] + c[DMDT], c[MO]
    argpo, nodeo, gsto, afspc = c[ARGPO], c[NODEO], c[GSTO], c[AFSPC] != 0.0
    se2, se3, si2, si3, sl2, sl3, sl4 = c[SE2], c[SE3], c[SI2], c[SI3], c[SL2], c[SL3], c[SL4]
    sgh2, sgh3, sgh4, sh2, sh3 = c[SGH2], c[SGH3], c[SGH4], c[SH2], c[SH3]
    ee2, e3, xi2, xi3, xl2, xl3, xl4 = c[EE2], c[E3], c[XI2], c[XI3], c[XL2], c[XL3], c[XL4]
    xgh2, xgh3, xgh4, xh2, xh3 = c[XGH2], c[XGH3], c[XGH4], c[XH2], c[XH3]
    n0, n1, n2, n3, n4 = node[0], node[1], node[2], node[3], node[4]
    synchronous = c[IREZ] == SYNCHRONOUS
    ft0 = since - minutes[a]
    middle = 0.5 * (minutes[a] + minutes[b - 1])
    t = middle + t0
    argp, inclination = argpo + wdot * t, c[INCLO] + didt * t
    bend = nodecf * t * t
    high = nodeo + hdot * t + bend
    zs, zl = c[ZMOS] + ZNS * t, c[ZMOL] + ZNL * t
    szs, czs, szl, czl = math.sin(zs), math.cos(zs), math.sin(zl), math.cos(zl)
    sa0, ca0, sn0, cn0 = math.sin(argp), math.cos(argp), math.sin(high), math.cos(high)
    si0, ci0 = math.sin(inclination), math.cos(inclination)
    b0, b1, b2, b3, b4, b5 = out[0], out[1], out[2], out[3], out[4], out[5]
    # Unsigned, because an index that might be negative does not vectorise.
    first, last = np.uint64(a), np.uint64(b)
    bad = 0.0
    for k in range(first, last):
        t = minutes[k] + t0
        dt = minutes[k] - middle
        t2 = t * t
        f2, f3, f = waves(dt, szs, czs, ZNS, ZES)
        pe, pinc, ph = se2 * f2 + se3 * f3, si2 * f2 + si3 * f3, sh2 * f2 + sh3 * f3
        pl, pgh = sl2 * f2 + sl3 * f3 + sl4 * f, sgh2 * f2 + sgh3 * f3 + sgh4 * f
        f2, f3, f = waves(dt, szl, czl, ZNL, ZEL)
        pe, pinc, ph = (
            pe + ee2 * f2 + e3 * f3,
            pinc + xi2 * f2 + xi3 * f3,
            ph + xh2 * f2 + xh3 * f3,
        )
        pl += xl2 * f2 + xl3 * f3 + xl4 * f
        pgh += xgh2 * f2 + xgh3 * f3 + xgh4 * f
        slow_node = hdot * dt + (nodecf * t2 - bend)
        tempa = 1.0 - cc1 * t
        if resonant:
            ft = minutes[k] + ft0
            x = (n1 + ft * (n3 + 0.5 * ft * n4)) / no
            theta = gsto + EARTH_ROTATION * t
            longitude = n0 + ft * (n2 + 0.5 * ft * n3)
            turns = longitude + theta - (high + slow_node)
            mean = turns if synchronous else turns + theta - (high + slow_node) + argp + wdot * dt
            # x^(-2/3): a series, then one step of Newton on y^3 x^2 = 1; 1e-14 while |d| < 0.02.
            d = x - 1.0
            y = 1.0 - d * (2 / 3 - d * (5 / 9 - d * (40 / 81)))
            am = a0 * y * (1.0 - (y * y * y * x * x - 1.0) * (1 / 3)) * tempa * tempa
            sqam = math.sqrt(am)
        else:
            x = 1.0
            mean = mo + mdot * t + argp + wdot * dt
            sqam = math.sqrt(a0) * tempa
            am = sqam * sqam
        em = ecco + (dedt - bcc4) * t
        e = (max(1e-06, em)) + pe
        si, ci = turn(si0, ci0, didt * dt + pinc)
        if lyddane:
            low = inclination + didt * dt + pinc
            # As published: Lyddane's way jumps where the node passes a whole turn.
            whole = nodeo + hdot * t + nodecf * t2
            whole = whole - TWO_PI * np.trunc(whole * (1.0 / TWO_PI))
            whole = whole + TWO_PI if afspc & (whole < 0.0) else whole
            turned = arctan2(ph, si + pinc * ci)
            direct = ph / si
            near = low < 0.2
            dn = turned if near else direct
            dw = pgh - pinc * whole * si - ci * turned if near else pgh - ci * direct
            flip = low < 0.0
            half_turn = math.pi if flip else 0.0
            si = -si if flip else si
            sa, ca = sincos(argp + wdot * dt + dw - half_turn)
            sn, cn = sincos(high + slow_node + dn + half_turn)
            mean = mean + dw - half_turn
            slow_node = 0.0
        else:
            dn = ph / si
            dw = pgh - ci * dn
            sa, ca = turn(sa0, ca0, wdot * dt + dw)
            sn, cn = sn0, cn0
            slow_node = slow_node + dn
            mean = mean + dw
        axnl = e * ca
        tq = 1.0 / (am * (1.0 - e * e))
        aynl = e * sa - tq * (0.5 * J3OJ2) * si
        xlcof = -0.25 * J3OJ2 * si * (3.0 + 5.0 * ci) / (1.0 + ci)
        su, cu = sincos(mean + pl + no * t2cof * t2 + tq * xlcof * axnl)
        if circular:
            s, co = nearly_circular(axnl, aynl, su, cu)
        else:
            s, co = eccentric(axnl, aynl, su, cu)
        cc = ci * ci
        b0[k], b1[k], b2[k], b3[k], b4[k], b5[k], mrt = short_period(
            am, sqam, axnl, aynl, s, co, sn, cn, slow_node, si, ci, 3.0 * cc - 1.0, 1.0 - cc,
            7.0 * cc - 1.0)  # fmt: skip
        good = (em > -0.001) & (e >= 0.0) & (abs(x - 1.0) < 0.02) & (mrt >= 1.0)
        bad += 0.0 if good else 1.0
    return bad


@kernel()
def deep_singly(c, nodes, first, minutes, a, b, out, status):
    """States and status at minutes a..b, one by one."""
    for k in range(a, b):
        found = deep_state(c, nodes, first, minutes[k])
        for j in range(6):
            out[j, k] = found[j]
        status[k] = int(found[6])


@kernel()
def deep_states(c, nodes, first, minutes, out, status):
    """States of one row at k ascending minutes from the origin -> out (6, k) and status (k,)."""
    count = minutes.shape[0]
    t0 = c[T0]
    reach = 2.0 * c[GENTLE] if c[STATUS] == 0.0 else 0.0
    resonant = c[IREZ] != NO_RESONANCE
    lyddane = c[LYDDANE] != 0.0
    a = np.int64(0)  # a plain 0 would be compiled as a kind of its own
    while a < count:
        g, since = node_at(minutes[a] + t0, first) if resonant else (0, 0.0)
        b = a + 1
        while b < count and minutes[b] - minutes[a] <= reach:
            if resonant and node_at(minutes[b] + t0, first)[0] != g:
                break
            b += 1
        highest = 1.0
        if b - a >= LEAST and reach > 0.0 and 0 <= g < nodes.shape[0]:
            highest = gentle_eccentricity(c, minutes[a] + t0, minutes[b - 1] + t0)
        good = False
        if highest < ECCENTRIC:
            circular = highest < NEARLY_CIRCULAR
            good = (
                deep_stretch(c, nodes[g], since, minutes, a, b, circular, resonant, lyddane, out)
                == 0.0
            )
            for k in range(a, b):
                status[k] = 0
        if not good:
            deep_singly(c, nodes, first, minutes, a, b, out, status)
        a = b
