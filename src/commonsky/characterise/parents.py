"""
Whose pieces: catalogued objects that were at a common origin, at its time, and as fast.

An object can be the parent if its orbit passes the place, its velocity there is about the pieces'
mean, and, where the time is known well enough, it was there then.  What a register says of an
object only weighs how often such objects break up: debris seldom does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_S
from commonsky.catalogue.catalogue import ObjectType
from commonsky.characterise.common_origin import gaps_km, velocities_km_s
from commonsky.characterise.origin_time import Origin
from commonsky.characterise.pinch import TURN, mean_past
from commonsky.characterise.smooth_orbits import MU, SmoothOrbits, smooth_orbits

# How often each kind breaks up, against the other kinds: of some 300 break-ups since 2000 all but
# a handful were of satellites and stages.
_OFTEN = {ObjectType.PAYLOAD: 1.0, ObjectType.ROCKET_BODY: 1.0, ObjectType.UNKNOWN: 0.3,
          ObjectType.DEBRIS: 0.1}  # fmt: skip
_TAILS = 4.0  # degrees of freedom: sets of parents are at times bad
_NOBODY_SQUARE = 60.0  # squared sigmas beyond which rather nobody known was the parent
_NO_PARENT_MORE_OFTEN_THAN = 1e-9
_UNEVEN = 0.4  # of the pieces' spread of speeds, how far their mean may be off the parent's
_LEAST_SPEED_KM_S = 0.005
_PHASED = 0.15  # of a revolution, as one sigma of the time, for phases to say something
_HIGH_KM, _STATION = 20_000.0, 1e-3  # how far satellites keep their station, of the axis
# Of the pieces against their parent: a share of what the time is unsure by, and of how long ago
# it was: on ten real break-ups parents were late by 5e-5 of that or less, but for three.
_LEAST_TIME_S, _DRIFT, _AGES = 30.0, 0.005, 3e-5
_AGES_HIGH = 8e-5  # where sunlight moves light pieces, and no drag does
_LOW_KM, _CHANGE_KM_S = 1200.0, 1e-3
_CHANGED_RATHER = 5.0
_SHARPEST = 1e-3  # of the axis: what is known so well is not vague
_WIDER = 1.5  # than sigmas of sets are gaps of real parents
_MOST = 5


@dataclass(frozen=True, slots=True)
class Parents:
    """
    Rows of candidates, the likeliest first, with their probabilities; what is left is nobody's.

    `across_km`, `above_km`, `delta_v_km_s` and `late_s` (nan where unknown) tell how each fits.
    """

    row: Ints
    probability: Floats
    across_km: Floats
    above_km: Floats
    delta_v_km_s: Floats
    late_s: Floats


def changed(before: MeanElements, after: MeanElements) -> NDArray[np.bool_]:
    """
    (n,) whether orbits changed size or shape by more than a break-up would leave unseen.

    Low orbits sink by themselves, so of them only what rose counts.
    """
    axis, larger = before.semi_major_axis_km, after.semi_major_axis_km - before.semi_major_axis_km
    larger = np.where((before.perigee_height_km < _LOW_KM) & (larger < 0.0), 0.0, larger)
    speed = np.sqrt(MU / axis)
    rounder = np.where(larger == 0.0, 0.0, after.eccentricity - before.eccentricity)
    return np.asarray(0.5 * speed * np.hypot(larger / axis, rounder) > _CHANGE_KM_S, np.bool_)


def parents(
    elements: MeanElements, object_type: NDArray[np.int8], of: Origin,
    fate: NDArray[np.bool_] | None = None,
) -> Parents:  # fmt: skip
    """
    Return the parents that an origin may have had among n objects, the five likeliest.

    `fate` (n,) tells whose orbits were others afterwards: what breaks up is pushed.
    """
    orbits = smooth_orbits(elements, np.array([of.epoch_tai_ns]))
    place = of.place
    q = place.position_km / np.linalg.norm(place.position_km)
    across, above = gaps_km(orbits, 0, place.position_km)
    velocity = velocities_km_s(orbits, 0, q)
    beside = np.linalg.norm(velocity - place.velocity_km_s, axis=1)
    kept = np.where(orbits.axis_km[:, 0] > _HIGH_KM, _STATION * orbits.axis_km[:, 0], 0.0)
    known = place.scale / np.sqrt(max(float(place.belongs.sum()), 1.0))
    wide = np.hypot(orbits.across_km[:, 0], kept), np.hypot(orbits.radial_km[:, 0], kept)
    square = _square(across, wide[0], known) + _square(above, wide[1], known)
    square += (beside / _speed_sigma_km_s(of)) ** 2
    late, sigma_s = _late_s(orbits, q, of)
    square += np.where(np.isfinite(sigma_s), (late / sigma_s) ** 2, 0.0)
    often = np.array([_OFTEN[ObjectType(kind)] for kind in range(len(ObjectType))])
    # An orbit that could be anywhere is no better a parent for passing here.
    vague = wide[0] * wide[1] / (_SHARPEST * orbits.axis_km[:, 0]) ** 2
    weight = often[object_type] * _weight(square) / np.maximum(vague, 1.0)
    if fate is not None:
        weight = weight * np.where(fate, _CHANGED_RATHER, 1.0)
    weight[~np.isfinite(weight)] = 0.0
    nobody = float(_weight(np.array([_NOBODY_SQUARE]))[0])
    probability = weight / (weight.sum() + nobody)
    rows = np.argsort(-probability, kind="stable")[:_MOST]
    rows = rows[probability[rows] > _NO_PARENT_MORE_OFTEN_THAN]
    late = np.where(np.isfinite(sigma_s), late, np.nan)
    return Parents(rows, probability[rows], across[rows], above[rows], beside[rows], late[rows])


def _square(gap: Floats, sigma: Floats, known: float) -> Floats:
    """Squared sigmas of a gap, of which the place itself has `known`."""
    return np.asarray((gap / (_WIDER * np.hypot(1.0, known) * sigma)) ** 2, np.float64)


def _weight(square: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.asarray((1.0 + square / _TAILS) ** (-0.5 * (_TAILS + 6.0)), np.float64)


def speed_spread_km_s(of: Origin) -> float:
    """Return the median speed of the pieces beside their mean."""
    q = of.place.position_km / np.linalg.norm(of.place.position_km)
    rows = np.flatnonzero(of.place.belongs > 0.5)
    if not len(rows):
        return 0.0
    speeds = velocities_km_s(of.orbits.take(rows), 0, q) - of.place.velocity_km_s
    return float(np.median(np.linalg.norm(speeds, axis=1)))


def _speed_sigma_km_s(of: Origin) -> float:
    pieces = max(float((of.place.belongs > 0.5).sum()), 1.0)
    spread = speed_spread_km_s(of)
    return float(np.hypot(_LEAST_SPEED_KM_S, spread * np.sqrt(1.0 / pieces + _UNEVEN**2)))


@njit(cache=True, nogil=True)
def _past(q: Floats, table: Floats) -> Floats:
    """(n,) mean anomalies since a direction."""
    told = np.empty(len(table))
    for i in range(len(table)):
        told[i] = mean_past(q, table[i])
    return told


def _late_s(orbits: SmoothOrbits, q: Floats, of: Origin) -> tuple[Floats, Floats]:
    """(n,) seconds since each passed the place when pieces were there; sigmas, or nan."""
    motion = np.sqrt(MU / orbits.axis_km[:, 0] ** 3)
    past = _past(q, orbits.table[:, 0])
    late = ((past + np.pi) % TURN - np.pi) / motion
    # Which revolution it was matters little: all that flew together came round together.
    turns = (of.not_after_tai_ns - of.not_before_tai_ns) / NS_PER_S / 4.0
    kept = np.where(orbits.axis_km[:, 0] > _HIGH_KM, _STATION, 0.0)
    high = float(np.linalg.norm(of.place.position_km)) > _HIGH_KM
    least = _LEAST_TIME_S + _DRIFT * turns + (_AGES_HIGH if high else _AGES) * of.ago_s
    told = np.hypot(least, 3.0 * of.place.late_sigma_s)
    sigma = np.hypot(told, np.hypot(orbits.along_km[:, 0] / orbits.axis_km[:, 0], kept) / motion)
    return late, np.where(sigma * motion / TURN < _PHASED, sigma, np.nan)
