"""From mean elements to the coefficients of SGP4, one row an object."""

from __future__ import annotations

import math

from commonsky.astro.angles import LARGEST_TURN_RAD, TWO_PI
from commonsky.astro.elements import RADIUS_WGS72_KM
from commonsky.astro.kepler import ECCENTRIC, NEARLY_CIRCULAR
from commonsky.astro.kernels import kernel
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
    INCLO,
    J2,
    J3OJ2,
    J4,
    MDOT,
    MO,
    NEXT_TO_RETROGRADE,
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
    TWO_THIRDS,
    UNDEFINED,
    X1MTH2,
    X7THM1,
    XKE,
    XLCOF,
    XMCOF,
)

DAY_1950 = 7306.0  # 1970-01-01 in days since 1949-12-31, which SGP4 counts from


@kernel()
def mean_motion_unkozai(mean_motion, e, inclination):
    """Brouwer's mean motion (rad/min) from Kozai's, which messages carry."""
    axis = (XKE / mean_motion) ** TWO_THIRDS
    beta2 = 1.0 - e * e
    d1 = 0.75 * J2 * (3.0 * math.cos(inclination) ** 2 - 1.0) / (math.sqrt(beta2) * beta2)
    d = d1 / (axis * axis)
    d = d1 / (axis * (1.0 - d * d - d * (1.0 / 3.0 + 134.0 * d * d / 81.0))) ** 2
    return mean_motion / (1.0 + d)


@kernel()
def mean_motions_unkozai(elements, out):
    """Brouwer's mean motions (n,) of elements (n, 7), in the order of `initial`."""
    for i in range(elements.shape[0]):
        out[i] = mean_motion_unkozai(elements[i, 5], elements[i, 3], elements[i, 4])


@kernel()
def sidereal_time(day_1950, afspc):
    """Greenwich mean sidereal time (rad), UTC taken for UT1 as in SGP4; or the old form of it."""
    if afspc:
        ts70 = day_1950 - 7305.0
        ds70 = math.floor(ts70 + 1.0e-8)
        angle = 1.7321343856509374 + 1.72027916940703639e-2 * ds70
        angle += (1.72027916940703639e-2 + TWO_PI) * (ts70 - ds70)
        return (angle + ts70 * ts70 * 5.07551419432269442e-15) % TWO_PI
    century = (day_1950 + 2433281.5 - 2451545.0) / 36525.0
    seconds = -6.2e-6 * century**3 + 0.093104 * century**2
    seconds += (876600.0 * 3600.0 + 8640184.812866) * century + 67310.54841
    return (math.radians(seconds) / 240.0) % TWO_PI


@kernel()
def initial(c, t0, mo, argpo, nodeo, e, inclination, mean_motion, bstar):
    """
    Fill the columns that near-Earth and deep-space rows share, and near-Earth's own.

    The order of operations is the published one, because runaway drag blows up its rounding.
    `c` is a row of zeros of near-Earth's width; deep space uses the first of it.
    """
    no = mean_motion_unkozai(mean_motion, e, inclination)
    ao = (XKE / no) ** TWO_THIRDS
    sinio, cosio = math.sin(inclination), math.cos(inclination)
    cosio2 = cosio * cosio
    cosio4 = cosio2 * cosio2
    omeosq = 1.0 - e * e
    con42 = 1.0 - 5.0 * cosio2
    con41 = -con42 - cosio2 - cosio2
    po = ao * omeosq
    pinvsq = 1.0 / (po * po)
    rp = ao * (1.0 - e)
    # Drag: the density falls from s on, which is lowered for low perigees.
    perigee_km = (rp - 1.0) * RADIUS_WGS72_KM
    s_km = 78.0
    if perigee_km < 156.0:
        s_km = 20.0 if perigee_km < 98.0 else perigee_km - 78.0
    s = s_km / RADIUS_WGS72_KM + 1.0
    q = (120.0 - s_km) / RADIUS_WGS72_KM
    q4 = q * q * q * q
    tsi = 1.0 / (ao - s)
    eta = ao * e * tsi
    eta2, eeta = eta * eta, e * eta
    psi2 = abs(1.0 - eta2)
    coef = q4 * math.pow(tsi, 4.0)
    coef1 = coef / math.pow(psi2, 3.5)
    cc2 = coef1 * no * (
        ao * (1.0 + 1.5 * eta2 + eeta * (4.0 + eta2))
        + 0.375 * J2 * tsi / psi2 * con41 * (8.0 + 3.0 * eta2 * (8.0 + eta2))
    )  # fmt: skip
    cc1 = bstar * cc2
    x1mth2 = 1.0 - cosio2
    cc4 = 2.0 * no * coef1 * ao * omeosq * (
        eta * (2.0 + 0.5 * eta2) + e * (0.5 + 2.0 * eta2)
        - J2 * tsi / (ao * psi2) * (
            -3.0 * con41 * (1.0 - 2.0 * eeta + eta2 * (1.5 - 0.5 * eeta))
            + 0.75 * x1mth2 * (2.0 * eta2 - eeta * (1.0 + eta2)) * math.cos(2.0 * argpo)
        )
    )  # fmt: skip
    # Secular rates of J2, its square, and J4.
    temp1 = 1.5 * J2 * pinvsq * no
    temp2 = 0.5 * temp1 * J2 * pinvsq
    temp3 = -0.46875 * J4 * pinvsq * pinvsq * no
    rteosq = math.sqrt(omeosq)
    xhdot1 = -temp1 * cosio
    c[T0], c[MO], c[ARGPO], c[NODEO] = t0, mo, argpo, nodeo
    c[ECCO], c[INCLO], c[NO], c[A0] = e, inclination, no, ao
    c[MDOT] = no + 0.5 * temp1 * rteosq * con41 + 0.0625 * temp2 * rteosq * (
        13.0 - 78.0 * cosio2 + 137.0 * cosio4
    )  # fmt: skip
    c[ARGPDOT] = -0.5 * temp1 * con42 + 0.0625 * temp2 * (
        7.0 - 114.0 * cosio2 + 395.0 * cosio4
    ) + temp3 * (3.0 - 36.0 * cosio2 + 49.0 * cosio4)  # fmt: skip
    c[NODEDOT] = xhdot1 + (
        0.5 * temp2 * (4.0 - 19.0 * cosio2) + 2.0 * temp3 * (3.0 - 7.0 * cosio2)
    ) * cosio  # fmt: skip
    c[NODECF] = 3.5 * omeosq * xhdot1 * cc1
    c[CC1], c[BCC4], c[T2COF] = cc1, bstar * cc4, 1.5 * cc1
    c[SINIO], c[COSIO], c[CON41], c[X1MTH2] = sinio, cosio, con41, x1mth2
    c[X7THM1] = 7.0 * cosio2 - 1.0
    c[AYCOF] = -0.5 * J3OJ2 * sinio
    pole = 1.0 + cosio if abs(1.0 + cosio) > NEXT_TO_RETROGRADE else NEXT_TO_RETROGRADE
    c[XLCOF] = -0.25 * J3OJ2 * sinio * (3.0 + 5.0 * cosio) / pole
    if TWO_PI / no >= 225.0:
        return
    # Perigee below 220 km: drag without its higher terms, which would run away.
    if rp < 220.0 / RADIUS_WGS72_KM + 1.0:
        return
    cc3 = -2.0 * coef * tsi * J3OJ2 * no * sinio / e if e > 1.0e-4 else 0.0
    c[OMGCOF] = bstar * cc3 * math.cos(argpo)
    c[XMCOF] = -TWO_THIRDS * coef * bstar / eeta if e > 1.0e-4 else 0.0
    c[BCC5] = bstar * (2.0 * coef1 * ao * omeosq * (1.0 + 2.75 * (eta2 + eeta) + eeta * eta2))
    wave = 1.0 + eta * math.cos(mo)
    c[ETA], c[DELMO], c[SINMAO] = eta, wave * wave * wave, math.sin(mo)
    cc12 = cc1 * cc1
    d2 = 4.0 * ao * tsi * cc12
    temp = d2 * tsi * cc1 / 3.0
    d3 = (17.0 * ao + s) * temp
    d4 = 0.5 * temp * ao * tsi * (221.0 * ao + 31.0 * s) * cc1
    c[D2], c[D3], c[D4] = d2, d3, d4
    c[T3COF] = d2 + 2.0 * cc12
    c[T4COF] = 0.25 * (3.0 * d3 + cc1 * (12.0 * d2 + 10.0 * cc12))
    c[T5COF] = 0.2 * (3.0 * d4 + 12.0 * cc1 * d3 + 6.0 * d2 * d2 + 15.0 * cc12 * (2.0 * d2 + cc12))


@kernel()
def first_status(mean_motion, e):
    """Status of elements that no orbit has, 0 for the others."""
    if not 0.0 <= e < 1.0:
        return 1.0
    return 0.0 if mean_motion > 0.0 else 2.0


@kernel()
def made_status(c):
    """Status of a row whose other columns are filled: 0 where they are all finite."""
    if c[NO] <= 0.0:
        return 2.0
    total = 0.0
    for k in range(c.shape[0]):
        total += 0.0 * c[k]
    return 0.0 if total == 0.0 else UNDEFINED


@kernel()
def near_rows(elements, t0, out):
    """Fill near-Earth rows (n, NEAR_COLUMNS) of elements (n, 7), in the order of `initial`."""
    for i in range(elements.shape[0]):
        mo, argpo, nodeo, e, inclination, motion, bstar = elements[i]
        c = out[i]
        c[T0], c[STATUS] = t0[i], first_status(motion, e)
        if c[STATUS] == 0.0:
            initial(c, t0[i], mo, argpo, nodeo, e, inclination, motion, bstar)
            c[STATUS] = made_status(c)
            c[GENTLE] = gentle_minutes(c)


@kernel()
def gentle_minutes(c):
    """
    How long (min) before and after a middle the vectorised near-Earth loop may go.

    The slow angles turn by less than half of what `turn` bears; the rest is for drag, see
    `sgp4_near.gentle_eccentricity`.  0 where that loop cannot be used at all.
    """
    if not c[ECCO] < ECCENTRIC - NEARLY_CIRCULAR:
        return 0.0
    fastest = max(abs(c[ARGPDOT]), abs(c[NODEDOT]))
    return 0.4 * LARGEST_TURN_RAD / fastest if fastest > 0.0 else 1e9
