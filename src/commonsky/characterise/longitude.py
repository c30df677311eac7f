"""
Mean longitudes over the Earth, and how far they are from what the set before or after said.

The mean longitude is node + argument of perigee + mean anomaly - Greenwich mean sidereal time.
Whether somebody steered between two sets is told by SGP4 itself: it knows the Earth's
triaxiality, so that of what nobody steers a set a month old is right to some hundredths of a
degree, while one of a satellite that is kept in its box is off by half a degree or more.

Reference: as `commonsky.astro.sgp4_layout`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.kernels import kernel
from commonsky.astro.sgp4_initial import DAY_1950, sidereal_time
from commonsky.astro.sgp4_layout import (
    ARGPDOT,
    DMDT,
    DNODT,
    DOMDT,
    EARTH_ROTATION,
    IREZ,
    MDOT,
    NO,
    NO_RESONANCE,
    NODEDOT,
    STATUS,
    STEP_MIN,
    XLAMO,
)
from commonsky.astro.sgp4_resonance import resonance_rates
from commonsky.astro.utc import utc_days
from commonsky.characterise.history import History
from commonsky.characterise.prediction import Theory, theory

TWO_PI: Final = 2.0 * math.pi
MIN_PER_DAY: Final = 1440.0
SYNCHRONOUS_RAD_MIN: Final = 1.0027379 * TWO_PI / MIN_PER_DAY
BELT_HALF_WIDTH: Final = 0.06  # of the mean motion, as a share
BELT_ECCENTRICITY: Final = 0.3
REACH_DAYS: Final = 200.0  # sets further apart say nothing of each other
# How fast the Laplace plane turns what is nobody's: its inclination and the rate (rad a day).
LAPLACE_RAD: Final = math.radians(7.4)
PRECESSION_RAD_DAY: Final = TWO_PI / (53.0 * 365.25)


@dataclass(frozen=True, slots=True)
class Longitudes:
    """
    Where n element sets stand over the Earth; angles in -pi..pi, nan for what is no orbit.

    `drift_rad_day` is the rate of the mean longitude that the set itself says.  The inclination
    vector is i (cos node, sin node), the eccentricity vector e (cos, sin) of node + argument of
    perigee: both stand still near the equator, where the node alone means little.
    """

    longitude_rad: Floats  # (n,), east positive
    drift_rad_day: Floats  # (n,), east positive
    inclination_vector_rad: Floats  # (n, 2)
    eccentricity_vector: Floats  # (n, 2)
    in_belt: np.ndarray[tuple[int], np.dtype[np.bool_]]  # (n,), of the geosynchronous


@dataclass(frozen=True, slots=True)
class Steps:
    """
    From each of n sets to the next of its object; nan where there is none, or too far away.

    `forward_rad` is how far the next set is from where this one says it would be by itself,
    `backward_rad` how far this one is from where the next says it was; both east positive.
    """

    days: Floats  # (n,)
    moved_rad: Floats  # (n,), the change of longitude, the short way
    forward_rad: Floats  # (n,)
    backward_rad: Floats  # (n,)
    drift_jump_rad_day: Floats  # (n,), of the next set against what this one says of its epoch
    tilt_rad: Floats  # (n, 2), the inclination vector against what Sun, Moon and bulge do


def longitude_rad(history: History) -> Floats:
    """(n,) mean longitude of each set at its epoch, east positive, in -pi..pi."""
    elements = history.elements
    angle = elements.raan_rad + elements.argument_of_perigee_rad + elements.mean_anomaly_rad
    return wrapped(angle - sidereal_rad(elements.epoch_tai_ns))


def sidereal_rad(epoch_tai_ns: Ints) -> Floats:
    """(n,) Greenwich mean sidereal time, UTC taken for UT1 as in SGP4 (4e-3 degrees at most)."""
    day, ns_of_day = utc_days(epoch_tai_ns)
    out = np.empty(len(epoch_tai_ns))
    _sidereal(day + DAY_1950 + ns_of_day / NS_PER_DAY, out)
    return out


def wrapped(angle_rad: Floats) -> Floats:
    """Angles in -pi..pi."""
    return np.asarray((angle_rad + np.pi) % TWO_PI - np.pi, np.float64)


def longitudes(history: History) -> Longitudes:
    """Return where all sets of a history stand over the Earth, and how they drift."""
    return located(history, theory(history.elements))


def located(history: History, coefficients: Theory) -> Longitudes:
    """Return the same from SGP4's coefficients of all sets, where they are made already."""
    elements = history.elements
    drift = np.empty(len(elements))
    _drifts(coefficients.near, coefficients.deep, coefficients.row, coefficients.is_deep, drift)
    node, tilt = elements.raan_rad, elements.inclination_rad
    apsis = node + elements.argument_of_perigee_rad
    return Longitudes(
        longitude_rad(history),
        drift,
        np.stack([tilt * np.cos(node), tilt * np.sin(node)], axis=1),
        elements.eccentricity[:, None] * np.stack([np.cos(apsis), np.sin(apsis)], axis=1),
        in_belt(elements),
    )


def in_belt(elements: MeanElements) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """(n,) which sets are geosynchronous: they go round as the Earth does, within 6 %."""
    off = np.abs(elements.mean_motion_rad_min / SYNCHRONOUS_RAD_MIN - 1.0)
    return np.asarray((off < BELT_HALF_WIDTH) & (elements.eccentricity < BELT_ECCENTRICITY))


def steps(history: History, where: Longitudes, coefficients: Theory) -> Steps:
    """Return what lies between each set and the next of its object."""
    n = len(history.elements)
    out = np.full((n, 5), np.nan)
    tilt = np.full((n, 2), np.nan)
    _steps(
        coefficients.near, coefficients.deep, coefficients.row, coefficients.is_deep,
        history.first, history.elements.epoch_tai_ns, where.longitude_rad, where.drift_rad_day,
        out,
    )  # fmt: skip
    _tilts(where.inclination_vector_rad, out[:, 0], tilt)
    return Steps(out[:, 0], out[:, 1], out[:, 2], out[:, 3], out[:, 4], tilt)


@kernel()
def resonant(c: Floats, t: float) -> tuple[float, float]:
    """Resonant longitude and mean motion at t min, by the published steps from the epoch."""
    way = 1.0 if t >= 0.0 else -1.0
    longitude, n, done = c[XLAMO], c[NO], 0.0
    turning, rate, curve = resonance_rates(c, longitude, n, done)
    while abs(t - done) >= STEP_MIN:
        longitude += turning * way * STEP_MIN + rate * 0.5 * STEP_MIN * STEP_MIN
        n += rate * way * STEP_MIN + curve * 0.5 * STEP_MIN * STEP_MIN
        done += way * STEP_MIN
        turning, rate, curve = resonance_rates(c, longitude, n, done)
    left = t - done
    return longitude + left * (turning + 0.5 * left * rate), n + left * (rate + 0.5 * left * curve)


@kernel()
def _sidereal(day_1950: Floats, out: Floats) -> None:
    for k in range(len(out)):
        out[k] = sidereal_time(day_1950[k], False)


@kernel()
def _drifts(near: Floats, deep: Floats, row: Ints, is_deep: Floats, out: Floats) -> None:
    """Rate of the mean longitude of each set, rad a day."""
    for k in range(len(out)):
        c = deep[row[k]] if is_deep[k] else near[row[k]]
        rate = c[MDOT] + c[ARGPDOT] + c[NODEDOT] - EARTH_ROTATION
        if is_deep[k]:
            rate += c[DMDT] + c[DOMDT] + c[DNODT]
        out[k] = rate * MIN_PER_DAY if c[STATUS] == 0.0 else np.nan


@kernel()
def ahead(
    near: Floats, deep: Floats, row: Ints, is_deep: Floats, k: int, minutes: float
) -> tuple[float, float]:
    """How far set k says the longitude goes in some minutes, and how its drift changes."""
    c = deep[row[k]] if is_deep[k] else near[row[k]]
    rate = c[MDOT] + c[ARGPDOT] + c[NODEDOT] - EARTH_ROTATION
    if not is_deep[k]:
        return rate * minutes, 0.0
    rate += c[DMDT] + c[DOMDT] + c[DNODT]
    if c[IREZ] == NO_RESONANCE:
        return rate * minutes, 0.0
    began, n0 = resonant(c, 0.0)
    ended, n1 = resonant(c, minutes)
    return ended - began, (n1 - n0) * MIN_PER_DAY


@kernel()
def _steps(
    near: Floats, deep: Floats, row: Ints, is_deep: Floats, first: Ints, epoch: Ints,
    longitude: Floats, drift: Floats, out: Floats,
) -> None:  # fmt: skip
    """Days, change, forward and backward misses and jump of drift -> out (n, 5)."""
    for j in range(len(first) - 1):
        for k in range(first[j], first[j + 1] - 1):
            minutes = (epoch[k + 1] - epoch[k]) / 6e10
            days = minutes / MIN_PER_DAY
            out[k, 0] = days
            if days > REACH_DAYS:
                continue
            step = longitude[k + 1] - longitude[k]
            out[k, 1] = (step + math.pi) % TWO_PI - math.pi
            there, faster = ahead(near, deep, row, is_deep, k, minutes)
            back, _ = ahead(near, deep, row, is_deep, k + 1, -minutes)
            out[k, 2] = (step - there + math.pi) % TWO_PI - math.pi
            out[k, 3] = (-step - back + math.pi) % TWO_PI - math.pi
            out[k, 4] = drift[k + 1] - drift[k] - faster


@kernel()
def _tilts(vector: Floats, days: Floats, out: Floats) -> None:
    """How far each next inclination vector is from where precession takes this one."""
    for k in range(len(days) - 1):
        if not days[k] <= REACH_DAYS:
            continue
        turn = PRECESSION_RAD_DAY * days[k]
        x, y = vector[k, 0] - LAPLACE_RAD, vector[k, 1]
        out[k, 0] = vector[k + 1, 0] - LAPLACE_RAD - (x * math.cos(turn) + y * math.sin(turn))
        out[k, 1] = vector[k + 1, 1] - (y * math.cos(turn) - x * math.sin(turn))
