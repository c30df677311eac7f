"""
The last part of SGP4: short-period terms, and the state they make.

Near-Earth and deep space share it, one time or a whole vector of times at once.

Reference: as `commonsky.astro.sgp4_layout`.  The corrections of argument of latitude, node and
inclination are made by turning sines and cosines, which spares four of each and an arctangent.
"""

from __future__ import annotations

import math
from typing import Final

from commonsky.astro.angles import turn, turn_slightly
from commonsky.astro.elements import RADIUS_WGS72_KM
from commonsky.astro.kernels import inlined
from commonsky.astro.sgp4_layout import J2, KM_S

RE_KM: Final = RADIUS_WGS72_KM
HALF_J2: Final = 0.5 * J2


@inlined()
def short_period(am, sqam, axnl, aynl, s, c, sn, cn, dnode, si, ci, con41, x1mth2, x7thm1):
    """
    X y z (km), vx vy vz (km/s) in TEME, and the radius in Earth radii.

    `s`, `c` of the eccentric longitude; `sn`, `cn` of a node still to be turned by `dnode`.
    """
    ecose = axnl * c + aynl * s
    esine = axnl * s - aynl * c
    rest = 1.0 - (axnl * axnl + aynl * aynl)
    betal = math.sqrt(rest)
    pl = am * rest
    rl = am * (1.0 - ecose)
    # One division for four reciprocals: dividers are what such a loop waits for.
    bb = 1.0 + betal
    rp, ab = rl * pl, am * bb
    g = 1.0 / (rp * ab)
    irl, ipl, ib, ia = g * pl * ab, g * rl * ab, g * rp * am, g * rp * bb
    rdotl = sqam * esine * irl
    rvdotl = sqam * betal * irl
    temp = esine * ib
    ar = am * irl
    sinu = ar * (s - aynl - axnl * temp)
    cosu = ar * (c - axnl + aynl * temp)
    sin2u = (cosu + cosu) * sinu
    cos2u = 1.0 - 2.0 * sinu * sinu
    t1 = HALF_J2 * ipl
    t2 = t1 * ipl
    mrt = rl * (1.0 - 1.5 * t2 * betal * con41) + 0.5 * t1 * x1mth2 * cos2u
    rate = sqam * ia * ia * t1
    mvt = rdotl - rate * x1mth2 * sin2u
    rvdot = rvdotl + rate * (x1mth2 * cos2u + 1.5 * con41)
    su, cu = turn_slightly(sinu, cosu, -0.25 * t2 * x7thm1 * sin2u)
    sn, cn = turn(sn, cn, dnode + 1.5 * t2 * ci * sin2u)
    si, ci = turn_slightly(si, ci, 1.5 * t2 * ci * si * cos2u)
    mx, my = -sn * ci, cn * ci
    r, a, b = mrt * RE_KM, mvt * KM_S, rvdot * KM_S
    ux, uy, uz = mx * su + cn * cu, my * su + sn * cu, si * su
    return (
        r * ux, r * uy, r * uz,
        a * ux + b * (mx * cu - cn * su), a * uy + b * (my * cu - sn * su), a * uz + b * si * cu,
        mrt,
    )  # fmt: skip
