"""
What an element set says of its object at other times, and how its other sets differ from that.

Sets are compared as mean elements, never as states: short waves then cancel exactly, and a metre
of the axis shows although sets may be many kilometres apart along the track.

Reference: as `commonsky.astro.sgp4_layout`, up to where short-period terms begin.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import DEEP_SPACE_PERIOD_MIN, RADIUS_WGS72_KM, MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.kernels import kernel
from commonsky.astro.sgp4_initial import DAY_1950, mean_motions_unkozai, near_rows
from commonsky.astro.sgp4_layout import (
    A0,
    ARGPDOT,
    ARGPO,
    BCC4,
    BCC5,
    CC1,
    D2,
    D3,
    D4,
    DEDT,
    DEEP_COLUMNS,
    DELMO,
    DIDT,
    DMDT,
    DNODT,
    DOMDT,
    EARTH_ROTATION,
    ECCO,
    ETA,
    GSTO,
    INCLO,
    IREZ,
    MDOT,
    MO,
    NEAR_COLUMNS,
    NO,
    NO_RESONANCE,
    NODE,
    NODECF,
    NODEDOT,
    NODEO,
    OMGCOF,
    SINMAO,
    STATUS,
    STEP_MIN,
    SYNCHRONOUS,
    T2COF,
    T3COF,
    T4COF,
    T5COF,
    TWO_THIRDS,
    XKE,
    XLAMO,
    XMCOF,
)
from commonsky.astro.sgp4_lunisolar import deep_rows
from commonsky.astro.sgp4_resonance import resonance_rates
from commonsky.astro.utc import utc_days

TWO_PI: Final = 2.0 * math.pi
REACH_DAYS: Final = 90.0  # no set is asked about times further away than this
# Columns of a difference: of semi-major axis, eccentricity vector (2), inclination vector (2), and
# mean longitude along the track; all in km, as lengths along the mean axis.
AXIS, ECC_X, ECC_Y, TILT_X, TILT_Y, ALONG = range(6)
DIFFERENCE: Final = 6


class Theory(NamedTuple):
    """Coefficients of each set: its row in `near` or `deep`, and which of the two."""

    near: Floats
    deep: Floats
    row: Ints  # (n,)
    is_deep: np.ndarray[tuple[int], np.dtype[np.bool_]]  # (n,)


def theory(elements: MeanElements) -> Theory:
    """Return the coefficients of SGP4 for n sets, each counting minutes from its own epoch."""
    columns = np.column_stack([
        elements.mean_anomaly_rad, elements.argument_of_perigee_rad, elements.raan_rad,
        elements.eccentricity, elements.inclination_rad, elements.mean_motion_rad_min,
        elements.bstar_per_earth_radius,
    ]).astype(np.float64, copy=False)  # fmt: skip
    motion = np.empty(len(columns))
    with np.errstate(all="ignore"):
        mean_motions_unkozai(columns, motion)
        is_deep = TWO_PI / motion >= DEEP_SPACE_PERIOD_MIN
    near_row, deep_row = np.flatnonzero(~is_deep), np.flatnonzero(is_deep)
    near = np.zeros((len(near_row), NEAR_COLUMNS))
    near_rows(columns[near_row], np.zeros(len(near_row)), near)
    deep = np.zeros((len(deep_row), DEEP_COLUMNS))
    day, ns_of_day = utc_days(elements.epoch_tai_ns[deep_row])
    span = np.full(len(deep_row), REACH_DAYS * 1440.0)
    deep_rows(
        columns[deep_row], np.zeros(len(deep_row)), day + DAY_1950 + ns_of_day / NS_PER_DAY,
        False, span, deep,
    )  # fmt: skip
    row = np.empty(len(columns), np.int64)
    row[near_row], row[deep_row] = np.arange(len(near_row)), np.arange(len(deep_row))
    return Theory(near, deep, row, is_deep)


@kernel()
def near_mean(c, t):
    """Semi-major axis (Earth radii), e, i, node, argument of perigee, mean anomaly at t min."""
    xmdf = c[MO] + c[MDOT] * t
    t2 = t * t
    wave = 1.0 + c[ETA] * math.cos(xmdf)
    temp = c[OMGCOF] * t + c[XMCOF] * (wave * wave * wave - c[DELMO])
    mm = xmdf + temp
    shrink = 1.0 - t * (c[CC1] + t * (c[D2] + t * (c[D3] + t * c[D4])))
    e = c[ECCO] - c[BCC4] * t - c[BCC5] * (math.sin(mm) - c[SINMAO])
    lag = t2 * (c[T2COF] + t * (c[T3COF] + t * (c[T4COF] + t * c[T5COF])))
    return (
        c[A0] * shrink * shrink, e, c[INCLO], c[NODEO] + c[NODEDOT] * t + c[NODECF] * t2,
        c[ARGPO] + c[ARGPDOT] * t - temp, mm + c[NO] * lag,
    )  # fmt: skip


@kernel()
def resonance_nodes(c, days, nodes):
    """Longitude, mean motion and rates of a resonant row at the published steps -> nodes."""
    middle = nodes.shape[0] // 2
    steps = min(int(days * 1440.0 / STEP_MIN), middle)
    for way in (1, -1):
        longitude, n, step = c[XLAMO], c[NO], way * STEP_MIN
        for k in range(steps + 1):
            turning, rate, curve = resonance_rates(c, longitude, n, k * step)
            at = nodes[middle + way * k]
            at[0], at[1], at[2], at[3], at[4] = longitude, n, turning, rate, curve
            longitude += turning * step + 0.5 * rate * STEP_MIN * STEP_MIN
            n += rate * step + 0.5 * curve * STEP_MIN * STEP_MIN


@kernel()
def deep_mean(c, nodes, t):
    """As `near_mean`, of a deep-space row; without the long waves of sun and moon."""
    argp = c[ARGPO] + (c[ARGPDOT] + c[DOMDT]) * t
    node = c[NODEO] + (c[NODEDOT] + c[DNODT]) * t + c[NODECF] * t * t
    m = c[MO] + (c[MDOT] + c[DMDT]) * t
    n = c[NO]
    if c[IREZ] != NO_RESONANCE:
        k = int(abs(t) / STEP_MIN)
        k = k if t >= 0.0 else -k
        at, left = nodes[nodes.shape[0] // 2 + k], t - k * STEP_MIN
        n = at[1] + left * (at[3] + 0.5 * left * at[4])
        m = at[0] + left * (at[2] + 0.5 * left * at[3]) - node
        theta = c[GSTO] + EARTH_ROTATION * t
        m += theta - argp if c[IREZ] == SYNCHRONOUS else 2.0 * theta - node
    shrink = 1.0 - c[CC1] * t
    axis = (XKE / n) ** TWO_THIRDS * shrink * shrink
    e = c[ECCO] + c[DEDT] * t - c[BCC4] * t
    return axis, e, c[INCLO] + c[DIDT] * t, node, argp, m + c[NO] * c[T2COF] * t * t


@kernel()
def mean_at(near, deep, row, is_deep, k, nodes, t):
    """Mean elements of set k at t minutes from its epoch; nan where the theory has none."""
    c = deep[row[k]] if is_deep[k] else near[row[k]]
    if c[STATUS] != 0.0:
        return np.nan, np.nan, np.nan, np.nan, np.nan, np.nan
    return deep_mean(c, nodes, t) if is_deep[k] else near_mean(c, t)


@kernel()
def ready_nodes(deep, row, is_deep, k, days, nodes):
    """Make nodes ready for set k, if it needs them, for so many days before and after."""
    if is_deep[k]:
        c = deep[row[k]]
        if c[STATUS] == 0.0 and c[IREZ] != NO_RESONANCE:
            resonance_nodes(c, days, nodes)


@kernel()
def apart(one, other, out):
    """How `other` differs from `one`, mean elements at one time -> out (6,), km."""
    a, e, i, node, argp, m = one
    scale = a * RADIUS_WGS72_KM
    turned = (other[3] - node + math.pi) % TWO_PI - math.pi
    si, ci = math.sin(i), math.cos(i)
    si2, ci2 = math.sin(other[2]), math.cos(other[2])
    # Both perigees are counted from the node of `one`, so that nodes near the equator cancel.
    w2 = other[4] + ci * turned
    along = (other[5] - m + w2 - argp + math.pi) % TWO_PI - math.pi
    out[AXIS] = (other[0] - a) * RADIUS_WGS72_KM
    out[ECC_X] = scale * (other[1] * math.cos(w2) - e * math.cos(argp))
    out[ECC_Y] = scale * (other[1] * math.sin(w2) - e * math.sin(argp))
    out[TILT_X] = scale * (si2 * ci * math.cos(turned) - ci2 * si)
    out[TILT_Y] = scale * si2 * math.sin(turned)
    out[ALONG] = scale * along


@kernel()
def own_means(near, deep, row, is_deep, out):
    """Mean elements of each set at its own epoch -> out (n, 6)."""
    nodes = np.empty((1, NODE))
    for k in range(row.shape[0]):
        ready_nodes(deep, row, is_deep, k, 0.0, nodes)
        out[k, :] = mean_at(near, deep, row, is_deep, k, nodes, 0.0)


@kernel()
def windows(near, deep, row, is_deep, own, day, side, at_day, differs, drop):
    """
    How the sets about each gap differ from what the set before it says of their epochs.

    Gap k is seen from set k: set k - side + 1 + s is at -> at_day (n, 2 side), days, and differs
    (n, 2 side, 6), km; nan where there is none, or none within `REACH_DAYS`.  -> drop (n - 1,) is
    how far down the axis should come until the next set, km.
    """
    n = len(day)
    nodes = np.empty((2 * int(REACH_DAYS * 1440.0 / STEP_MIN) + 1, NODE))
    for k in range(n):
        first, last = max(0, k - side + 1), min(n - 1, k + side)
        reach = min(max(day[last] - day[k], day[k] - day[first]), REACH_DAYS)
        ready_nodes(deep, row, is_deep, k, reach, nodes)
        at_day[k, :] = np.nan
        differs[k, :, :] = np.nan
        for j in range(first, last + 1):
            s = j - (k - side + 1)
            if abs(day[j] - day[k]) <= REACH_DAYS:
                at_day[k, s] = day[j] - day[k]
                said = mean_at(near, deep, row, is_deep, k, nodes, at_day[k, s] * 1440.0)
                apart(said, own[j], differs[k, s])
                if j == k + 1:
                    drop[k] = (own[k, 0] - said[0]) * RADIUS_WGS72_KM
            elif j == k + 1:
                drop[k] = 0.0
