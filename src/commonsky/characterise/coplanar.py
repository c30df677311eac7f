"""
Planes that will close on each other, days ahead: who turned towards whose orbit, and can meet it.

Where the node of an orbit turns by another rate than that of a second of like inclination, both
planes meet at some time.  Among many objects this happens by itself all the time; told is who
changed an orbit, or appeared, so that planes will meet that would not have met, or not so nearly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import RADIUS_WGS72_KM
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.kernels import kernel
from commonsky.astro.sgp4_layout import (
    A0,
    ARGPDOT,
    ARGPO,
    CC1,
    INCLO,
    MDOT,
    MO,
    NO,
    NODECF,
    NODEDOT,
    NODEO,
    STATUS,
    T2COF,
)
from commonsky.characterise.history import History
from commonsky.characterise.longitude import in_belt
from commonsky.characterise.prediction import Theory, theory

TWO_PI: Final = 2.0 * math.pi
ANALYST_FIRST, ANALYST_LAST = 80_000, 99_999  # numbers of what nobody has identified
AXIS, TILT, NODE, TURN, PHASE, MOTION = range(6)  # km, rad, rad, rad/day, rad, rad/day
COLUMNS: Final = 6


class Cause(IntEnum):
    """Why two planes will meet."""

    CHANGED = 1  # the first changed its orbit
    NEW = 2  # the first was not there before


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as planes that close, and what counts as news."""

    horizon_days: float = 14.0
    plane_rad: float = math.radians(0.15)  # at the closest
    gain_rad: float = math.radians(0.3)  # by which the planes would have been further apart
    axis_km: float = 100.0  # difference of the semi-major axes at the most
    memory_days: float = 3.0  # the orbit before is that of the last set older than this
    fresh_days: float = 5.0  # no set older than this tells of today's orbit
    forgotten_days: float = 30.0  # what was not seen for so long is new


@dataclass(frozen=True, slots=True)
class Closures:
    """
    Planes that close, k of them, the nearest first; every column (k,).

    The first object is the one that turned towards the plane of the second.  `plane_now_rad` is
    the angle of the planes now, `plane_least_rad` at `closes_tai_ns`, `plane_before_rad` what it
    would be then by the first's set before (nan if it is new).  `axis_apart_km` is the first's
    semi-major axis less the second's; `along_rad` how far ahead the first is along the track when
    planes close, and `meets_tai_ns` when it would be beside the second, if nobody does anything;
    0 if not within the horizon.
    """

    catalogue_number_1: Ints
    catalogue_number_2: Ints
    row_1: Ints
    row_1_before: Ints  # -1 where there is none
    row_2: Ints
    closes_tai_ns: Ints
    plane_now_rad: Floats
    plane_least_rad: Floats
    plane_before_rad: Floats
    axis_apart_km: Floats
    along_rad: Floats
    meets_tai_ns: Ints
    cause: NDArray[np.int8]  # Cause

    def __len__(self) -> int:
        return len(self.row_1)

    def take(self, which: Ints) -> Closures:
        """Return these closures, in that order."""
        return Closures(*(getattr(self, column.name)[which] for column in fields(self)))


def closures(
    history: History, at_tai_ns: int, *, limits: Limits | None = None, fleet: Ints | None = None
) -> Closures:
    """
    Return who turned towards whose plane, as known at a time.

    `fleet` (m,) is a number for the fleet of each object: members of one are not told of each
    other; negative for those of none.  Objects of the geosynchronous belt are left out, for their
    planes close all the time.
    """
    asked = limits or Limits()
    coefficients = theory(history.elements)
    now, before = _chosen(history, at_tai_ns, asked)
    objects = np.flatnonzero(now >= 0)
    objects = objects[np.argsort(history.elements.inclination_rad[now[objects]], kind="stable")]
    orbit = np.full((len(objects), COLUMNS), np.nan)
    past = np.full((len(objects), COLUMNS), np.nan)
    epoch = history.elements.epoch_tai_ns
    _orbits(*_rows(coefficients), epoch, now[objects], at_tai_ns, orbit)
    _orbits(*_rows(coefficients), epoch, before[objects], at_tai_ns, past)
    groups = np.full(len(objects), -1, np.int64) if fleet is None else fleet[objects]
    found = np.zeros((1024, 2), np.int64)
    said = np.zeros((1024, 7))
    measures = np.array([
        asked.horizon_days, asked.plane_rad, asked.gain_rad, asked.axis_km
    ])  # fmt: skip
    told = _Told(before[objects] >= 0, _unheard(history, before)[objects], groups)
    while (count := _close(orbit, past, told, measures, found, said)) > len(found):
        found, said = np.zeros((count, 2), np.int64), np.zeros((count, 7))
    return _table(history, objects, now, before, at_tai_ns, found[:count], said[:count])


def _table(
    history: History, objects: Ints, now: Ints, before: Ints, at_tai_ns: int, found: Ints,
    said: Floats,
) -> Closures:  # fmt: skip
    """Columns of closures, the nearest first."""
    order = np.argsort(said[:, 1], kind="stable")
    found, said = found[order], said[order]
    one, other = objects[found[:, 0]], objects[found[:, 1]]
    past = before[one]
    when = at_tai_ns + np.round(said[:, [0, 6]] * NS_PER_DAY).astype(np.int64)
    return Closures(
        history.object_number[one], history.object_number[other], history.row[now[one]],
        np.where(past >= 0, history.row[past], -1), history.row[now[other]], when[:, 0],
        said[:, 2], said[:, 1], said[:, 3], said[:, 4], said[:, 5],
        np.where(said[:, 6] > 0.0, when[:, 1], 0),
        np.where(past >= 0, Cause.CHANGED, Cause.NEW).astype(np.int8),
    )  # fmt: skip


class _Told(NamedTuple):
    """What is known of objects: an orbit before, that they were never heard of, their fleet."""

    known: NDArray[np.bool_]
    new: NDArray[np.bool_]
    fleet: Ints


def _unheard(history: History, before: Ints) -> NDArray[np.bool_]:
    """(m,) who is new: without a set before, and with a number later than any that had one."""
    number = history.object_number
    regular = (number < ANALYST_FIRST) | (number > ANALYST_LAST)
    latest = int(number[regular & (before >= 0)].max(initial=0))
    return np.asarray((before < 0) & regular & (number > latest))


def _rows(coefficients: Theory) -> tuple[Floats, Floats, Ints, NDArray[np.bool_]]:
    return coefficients.near, coefficients.deep, coefficients.row, coefficients.is_deep


def _chosen(history: History, at_tai_ns: int, asked: Limits) -> tuple[Ints, Ints]:
    """(m,) and (m,) the set of today, and the one before, of each object; -1 if there is none."""
    epoch, m = history.elements.epoch_tai_ns, len(history)
    now, before = np.full(m, -1, np.int64), np.full(m, -1, np.int64)
    belt = in_belt(history.elements)
    for j in range(m):
        begin, end = int(history.first[j]), int(history.first[j + 1])
        own = epoch[begin:end]
        last = begin + int(np.searchsorted(own, at_tai_ns, side="right")) - 1
        if last < begin or belt[last] or at_tai_ns - epoch[last] > asked.fresh_days * NS_PER_DAY:
            continue
        now[j] = last
        old = at_tai_ns - int(asked.memory_days * NS_PER_DAY)
        earlier = begin + int(np.searchsorted(own, old, side="right")) - 1
        if earlier >= begin and at_tai_ns - epoch[earlier] <= asked.forgotten_days * NS_PER_DAY:
            before[j] = min(earlier, last)
    return now, before


@kernel()
def _orbits(
    near: Floats, deep: Floats, row: Ints, is_deep: Floats, epoch: Ints, chosen: Ints, at: int,
    out: Floats,
) -> None:  # fmt: skip
    """Mean orbits at a time -> out (n, 6); nan where no set is chosen."""
    for i in range(len(chosen)):
        k = chosen[i]
        if k < 0:
            continue
        c = deep[row[k]] if is_deep[k] else near[row[k]]
        if c[STATUS] != 0.0:
            continue
        t = (at - epoch[k]) / 6e10
        out[i, AXIS] = c[A0] * (1.0 - c[CC1] * t) ** 2 * RADIUS_WGS72_KM
        out[i, TILT] = c[INCLO]
        out[i, NODE] = (c[NODEO] + c[NODEDOT] * t + c[NODECF] * t * t) % TWO_PI
        out[i, TURN] = (c[NODEDOT] + 2.0 * c[NODECF] * t) * 1440.0
        out[i, PHASE] = (
            c[MO] + c[MDOT] * t + c[ARGPO] + c[ARGPDOT] * t + c[NO] * c[T2COF] * t * t
        ) % TWO_PI
        out[i, MOTION] = (c[MDOT] + c[ARGPDOT] + 2.0 * c[NO] * c[T2COF] * t) * 1440.0


@kernel()
def _plane(a: Floats, b: Floats, days: float) -> float:
    """Angle of two planes after some days."""
    turned = b[NODE] - a[NODE] + (b[TURN] - a[TURN]) * days
    cosine = math.cos(a[TILT]) * math.cos(b[TILT])
    cosine += math.sin(a[TILT]) * math.sin(b[TILT]) * math.cos(turned)
    # Of small angles the cosine says little.
    half = 0.5 * ((turned + math.pi) % TWO_PI - math.pi)
    sine2 = math.sin(0.5 * (a[TILT] - b[TILT])) ** 2
    sine2 += math.sin(a[TILT]) * math.sin(b[TILT]) * math.sin(half) ** 2
    return 2.0 * math.asin(min(math.sqrt(sine2), 1.0)) if cosine > 0.0 else math.acos(cosine)


@kernel()
def _close(
    orbit: Floats, past: Floats, told: _Told, measures: Floats, found: Ints, said: Floats
) -> int:
    """Pairs whose planes close, by the doing of the first -> found, said; their number."""
    horizon, plane, gain, axis = measures[0], measures[1], measures[2], measures[3]
    count = 0
    for a in range(len(orbit)):
        for b in range(a + 1, len(orbit)):
            if orbit[b, TILT] - orbit[a, TILT] > plane:
                break
            if abs(orbit[a, AXIS] - orbit[b, AXIS]) > axis or 0 <= told.fleet[a] == told.fleet[b]:
                continue
            days = _closest_days(orbit[a], orbit[b], horizon)
            least = _plane(orbit[a], orbit[b], days)
            if not least <= plane:
                continue
            for one, other in ((a, b), (b, a)):
                would = _plane(past[one], orbit[other], days)
                # Of two that are new, neither turned towards the other.
                if not told.known[one] and not (told.new[one] and told.known[other]):
                    continue
                if told.known[one] and not would > least + gain:
                    continue
                if count < len(found):
                    found[count, 0], found[count, 1] = one, other
                    said[count, 0], said[count, 1] = days, least
                    said[count, 2] = _plane(orbit[one], orbit[other], 0.0)
                    said[count, 3] = would
                    said[count, 4] = orbit[one, AXIS] - orbit[other, AXIS]
                    _phase(orbit[one], orbit[other], days, horizon, said[count])
                count += 1
    return count


@kernel()
def _closest_days(a: Floats, b: Floats, horizon: float) -> float:
    """When two planes are nearest, within the horizon."""
    turned = (b[NODE] - a[NODE] + math.pi) % TWO_PI - math.pi
    rate = b[TURN] - a[TURN]
    if rate == 0.0:
        return 0.0
    return min(max(-turned / rate, 0.0), horizon)


@kernel()
def _phase(one: Floats, other: Floats, days: float, horizon: float, said: Floats) -> None:
    """How far ahead one is when planes close -> said[5]; days until it is beside -> said[6]."""
    tilt = math.cos(one[TILT])
    ahead = one[PHASE] - other[PHASE] + (one[NODE] - other[NODE]) * tilt
    rate = one[MOTION] - other[MOTION] + (one[TURN] - other[TURN]) * tilt
    said[5] = (ahead + rate * days + math.pi) % TWO_PI - math.pi
    said[6] = 0.0
    if rate != 0.0:
        meets = days - said[5] / rate
        lap = abs(TWO_PI / rate)
        if meets < 0.0:
            meets += lap
        if 0.0 <= meets <= horizon:
            said[6] = meets
