"""
SGP4 at one time, as published: the way for every orbit, and the only one for the difficult ones.

The vectorised loops (`sgp4_near`, `sgp4_deep`) take what they cannot bear from here, and status.

Reference: as `commonsky.astro.sgp4_layout`.
"""

from __future__ import annotations

import math

import numpy as np

from commonsky.astro.angles import TWO_PI
from commonsky.astro.kernels import kernel
from commonsky.astro.sgp4_layout import (
    A0,
    AFSPC,
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
    DEDT,
    DELMO,
    DIDT,
    DMDT,
    DNODT,
    DOMDT,
    E3,
    EARTH_ROTATION,
    ECCO,
    EE2,
    ETA,
    GSTO,
    INCLO,
    IREZ,
    J2,
    J3OJ2,
    KM_S,
    MDOT,
    MO,
    NEXT_TO_RETROGRADE,
    NO,
    NO_RESONANCE,
    NODECF,
    NODEDOT,
    NODEO,
    OMGCOF,
    OUTSIDE,
    SE2,
    SE3,
    SGH2,
    SGH3,
    SGH4,
    SH2,
    SH3,
    SI2,
    SI3,
    SINIO,
    SINMAO,
    SL2,
    SL3,
    SL4,
    STATUS,
    STEP_MIN,
    SYNCHRONOUS,
    T0,
    T2COF,
    T3COF,
    T4COF,
    T5COF,
    TWO_THIRDS,
    UNDEFINED,
    X1MTH2,
    X7THM1,
    XGH2,
    XGH3,
    XGH4,
    XH2,
    XH3,
    XI2,
    XI3,
    XKE,
    XL2,
    XL3,
    XL4,
    XLCOF,
    XMCOF,
    ZEL,
    ZES,
    ZMOL,
    ZMOS,
    ZNL,
    ZNS,
)
from commonsky.astro.sgp4_state import RE_KM


@kernel()
def failed(status):
    """A state that there is none of."""
    return np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, status


@kernel()
def node_at(t, first):
    """Which integrator node lies at or before t, counted from the epoch, and minutes since."""
    k = math.floor(abs(t) / STEP_MIN)
    k = k if t >= 0.0 else -k
    return int(k) - first, t - k * STEP_MIN


@kernel()
def near_state(c, minute):
    """State of a near-Earth row at a minute from the origin: x y z vx vy vz, and status."""
    if c[STATUS] != 0.0:
        return failed(c[STATUS])
    t = minute + c[T0]
    xmdf = c[MO] + c[MDOT] * t
    argpdf = c[ARGPO] + c[ARGPDOT] * t
    t2 = t * t
    t3, t4 = t2 * t, t2 * t * t
    wave = 1.0 + c[ETA] * math.cos(xmdf)
    temp = c[OMGCOF] * t + c[XMCOF] * (wave * wave * wave - c[DELMO])
    mm = xmdf + temp
    argpm = argpdf - temp
    nodem = c[NODEO] + c[NODEDOT] * t + c[NODECF] * t2
    tempa = 1.0 - c[CC1] * t - c[D2] * t2 - c[D3] * t3 - c[D4] * t4
    tempe = c[BCC4] * t + c[BCC5] * (math.sin(mm) - c[SINMAO])
    templ = c[T2COF] * t2 + c[T3COF] * t3 + t4 * (c[T4COF] + t * c[T5COF])
    am = c[A0] * tempa * tempa
    em = c[ECCO] - tempe
    if em >= 1.0 or em < -0.001:
        return failed(1.0)
    em = max(em, 1e-6)
    nodem, argpm, mm = whole_turns(nodem, argpm, mm + c[NO] * templ)
    return state(am, em, argpm, nodem, mm, c[SINIO], c[COSIO], c[AYCOF], c[XLCOF], c[CON41],
                 c[X1MTH2], c[X7THM1])  # fmt: skip


@kernel()
def whole_turns(node, argp, m):
    """Take whole turns off, as published; Lyddane's way depends on which are left of the node."""
    longitude = np.fmod(m + argp + node, TWO_PI)
    node, argp = np.fmod(node, TWO_PI), np.fmod(argp, TWO_PI)
    return node, argp, np.fmod(longitude - argp - node, TWO_PI)


@kernel()
def deep_state(c, nodes, first, minute):
    """State of a deep-space row; `nodes` are its integrator's, and number `first` comes first."""
    if c[STATUS] != 0.0:
        return failed(c[STATUS])
    t = minute + c[T0]
    argp = c[ARGPO] + (c[ARGPDOT] + c[DOMDT]) * t
    node = c[NODEO] + (c[NODEDOT] + c[DNODT]) * t + c[NODECF] * t * t
    m = c[MO] + (c[MDOT] + c[DMDT]) * t
    inclination = c[INCLO] + c[DIDT] * t
    n = c[NO]
    if c[IREZ] != NO_RESONANCE:
        g, ft = node_at(t, first)
        # Rows may have fewer nodes than there is room for; the others have no mean motion.
        if not 0 <= g < nodes.shape[0] or nodes[g, 1] == 0.0:
            return failed(OUTSIDE)
        n = nodes[g, 1] + ft * (nodes[g, 3] + 0.5 * ft * nodes[g, 4])
        longitude = nodes[g, 0] + ft * (nodes[g, 2] + 0.5 * ft * nodes[g, 3])
        theta = c[GSTO] + EARTH_ROTATION * t
        if c[IREZ] == SYNCHRONOUS:
            m = longitude - node - argp + theta
        else:
            m = longitude - 2.0 * node + 2.0 * theta
    if n <= 0.0:
        return failed(2.0)
    am = (XKE / n) ** TWO_THIRDS * (1.0 - c[CC1] * t) ** 2
    em = c[ECCO] + c[DEDT] * t - c[BCC4] * t
    if em >= 1.0 or em < -0.001:
        return failed(1.0)
    em = max(em, 1e-6)
    node, argp, m = whole_turns(node, argp, m + c[NO] * (c[T2COF] * t * t))
    em, inclination, node, argp, m = with_periodics(c, t, em, inclination, node, argp, m)
    if inclination < 0.0:
        inclination, node, argp = -inclination, node + math.pi, argp - math.pi
    if em < 0.0 or em > 1.0:
        return failed(3.0)
    si, ci = math.sin(inclination), math.cos(inclination)
    pole = 1.0 + ci if abs(1.0 + ci) > NEXT_TO_RETROGRADE else NEXT_TO_RETROGRADE
    return state(am, em, argp, node, m, si, ci, -0.5 * J3OJ2 * si,
                 -0.25 * J3OJ2 * si * (3.0 + 5.0 * ci) / pole, 3.0 * ci * ci - 1.0,
                 1.0 - ci * ci, 7.0 * ci * ci - 1.0)  # fmt: skip


@kernel()
def with_periodics(c, t, em, inclination, node, argp, m):
    """Mean elements with the long waves of sun and moon."""
    zm = c[ZMOS] + ZNS * t
    zf = zm + 2.0 * ZES * math.sin(zm)
    s = math.sin(zf)
    f2, f3 = 0.5 * s * s - 0.25, -0.5 * s * math.cos(zf)
    pe = c[SE2] * f2 + c[SE3] * f3
    pinc = c[SI2] * f2 + c[SI3] * f3
    pl = c[SL2] * f2 + c[SL3] * f3 + c[SL4] * s
    pgh = c[SGH2] * f2 + c[SGH3] * f3 + c[SGH4] * s
    ph = c[SH2] * f2 + c[SH3] * f3
    zm = c[ZMOL] + ZNL * t
    zf = zm + 2.0 * ZEL * math.sin(zm)
    s = math.sin(zf)
    f2, f3 = 0.5 * s * s - 0.25, -0.5 * s * math.cos(zf)
    pe += c[EE2] * f2 + c[E3] * f3
    pinc += c[XI2] * f2 + c[XI3] * f3
    pl += c[XL2] * f2 + c[XL3] * f3 + c[XL4] * s
    pgh += c[XGH2] * f2 + c[XGH3] * f3 + c[XGH4] * s
    ph += c[XH2] * f2 + c[XH3] * f3
    inclination += pinc
    em += pe
    si, ci = math.sin(inclination), math.cos(inclination)
    if inclination >= 0.2:
        ph /= si
        return em, inclination, node + ph, argp + pgh - ci * ph, m + pl
    # Lyddane's way near the equator, where the node alone means little.
    if c[AFSPC] != 0.0 and node < 0.0:
        node += TWO_PI
    turned = math.atan2(ph, si + pinc * ci)
    argp += pgh - pinc * si * node - ci * turned
    return em, inclination, node + turned, argp, m + pl


@kernel()
def state(am, em, argp, node, m, si, ci, aycof, xlcof, con41, x1mth2, x7thm1):
    """Position (km) and velocity (km/s) in TEME from singly averaged elements, and status."""
    axnl = em * math.cos(argp)
    temp = 1.0 / (am * (1.0 - em * em))
    aynl = em * math.sin(argp) + temp * aycof
    u = np.fmod(m + argp + node + temp * xlcof * axnl - node, TWO_PI)
    eo, step = u, 1.0
    for _ in range(10):
        if abs(step) < 1e-12:
            break
        s, c = math.sin(eo), math.cos(eo)
        step = (u - aynl * c + axnl * s - eo) / (1.0 - c * axnl - s * aynl)
        if abs(step) >= 0.95:
            step = math.copysign(0.95, step)
        eo += step
    # As published, from the sine and cosine before the last step, which is below 1e-12.
    s, c = math.sin(eo - step), math.cos(eo - step)
    ecose, esine = axnl * c + aynl * s, axnl * s - aynl * c
    el2 = axnl * axnl + aynl * aynl
    pl = am * (1.0 - el2)
    if pl < 0.0:
        return failed(4.0)
    rl = am * (1.0 - ecose)
    betal = math.sqrt(1.0 - el2)
    temp = esine / (1.0 + betal)
    sinu = am / rl * (s - aynl - axnl * temp)
    cosu = am / rl * (c - axnl + aynl * temp)
    su = math.atan2(sinu, cosu)
    sin2u, cos2u = (cosu + cosu) * sinu, 1.0 - 2.0 * sinu * sinu
    t1 = 0.5 * J2 / pl
    t2 = t1 / pl
    rate = t1 / (am * math.sqrt(am))
    mrt = rl * (1.0 - 1.5 * t2 * betal * con41) + 0.5 * t1 * x1mth2 * cos2u
    mvt = math.sqrt(am) * esine / rl - rate * x1mth2 * sin2u
    rvdot = math.sqrt(pl) / rl + rate * (x1mth2 * cos2u + 1.5 * con41)
    su -= 0.25 * t2 * x7thm1 * sin2u
    node += 1.5 * t2 * ci * sin2u
    inclination = math.atan2(si, ci) + 1.5 * t2 * ci * si * cos2u
    s, c, sn, cn = math.sin(su), math.cos(su), math.sin(node), math.cos(node)
    si, ci = math.sin(inclination), math.cos(inclination)
    mx, my = -sn * ci, cn * ci
    ux, uy, uz = mx * s + cn * c, my * s + sn * c, si * s
    r, a, b = mrt * RE_KM, mvt * KM_S, rvdot * KM_S
    if not math.isfinite(r * (ux + uy + uz) + a + b):
        return failed(UNDEFINED)
    return (
        r * ux, r * uy, r * uz,
        a * ux + b * (mx * c - cn * s), a * uy + b * (my * c - sn * s), a * uz + b * si * c,
        6.0 if mrt < 1.0 else 0.0,
    )  # fmt: skip
