"""How far later element sets are from where earlier ones put their objects, and if as expected."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from commonsky.assess.object_scale import FEWEST_OF_OBJECT, ObjectFactors, object_factors
from commonsky.assess.realism import (
    EVERYTHING,
    FEWEST,
    Residuals,
    ScorecardRow,
    residual_covariance_km2,
    scorecard,
    squared_distances,
)
from commonsky.assess.uncertainty import (
    FLOOR_RTN_KM,
    ErrorClasses,
    Kind,
    OrbitClass,
    error_classes,
    sigma_rtn_km,
)
from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S
from commonsky.astro.sgp4 import propagate
from commonsky.catalogue.apart import apart_rtn_km
from commonsky.catalogue.catalogue import Catalogue, Texts, concatenated

NS_PER_HOUR = 3600 * NS_PER_S
LEAST_DAYS = 0.5  # younger pairs share nearly all of their tracking
MOST_DAYS = 30.0  # the error model stops there
# Numbers that are given to other objects after a while: from catalogue to catalogue no object.
ANALYSTS = (80_000, 89_999), (270_000, 279_999)
ALONE = "objects without a set half a day younger"
OLD = "pairs more than 30 days apart"
ANALYST = "analyst objects"
ORBITS = {
    OrbitClass.UNKNOWN: "no orbit",
    OrbitClass.LEO_BELOW_400_KM: "LEO below 400 km",
    OrbitClass.LEO_BELOW_600_KM: "LEO below 600 km",
    OrbitClass.LEO_BELOW_1000_KM: "LEO below 1000 km",
    OrbitClass.LEO_BELOW_2000_KM: "LEO below 2000 km",
    OrbitClass.MEO: "MEO",
    OrbitClass.GEO: "GEO",
    OrbitClass.ECCENTRIC: "eccentric",
    OrbitClass.HIGH_ECCENTRIC: "high eccentric",
}


class Later(StrEnum):
    """What the error of a fresh later set is taken for; its size is the floor of the model."""

    SHARED = "shared"  # the same as that floor of the older set: it cancels
    INDEPENDENT = "independent"  # another one of the same size: it is added
    TRUTH = "truth"  # nothing


@dataclass(frozen=True, slots=True)
class Realism:
    """A scorecard, factors of single objects, and which pairs of sets were left out, and why."""

    scorecard: tuple[ScorecardRow, ...]
    objects: ObjectFactors
    pairs: int
    excluded: dict[str, int]


def realism(
    older: Catalogue,
    later: Catalogue,
    *,
    treated: Later = Later.SHARED,
    fewest: int = FEWEST_OF_OBJECT,
    executor: Executor | None = None,
    seed: int = 7,
) -> Realism:
    """Return how well covariances of two catalogues' older sets tell where the later ones are."""
    sets = [older, later]
    return realism_of(sets, treated=treated, fewest=fewest, executor=executor, seed=seed)


def realism_of(
    catalogues: Sequence[Catalogue],
    *,
    treated: Later = Later.SHARED,
    fewest: int = FEWEST_OF_OBJECT,
    executor: Executor | None = None,
    seed: int = 7,
) -> Realism:
    """
    As `realism`, of any number of catalogues, each of which may hold many sets of an object.

    Each set is compared with the next one of its object that is at least half a day younger, at a
    whole hour after its epoch; so no stretch of time is counted twice.
    """
    sets = concatenated(catalogues)
    older, later, excluded = pairs(sets)
    residuals = residuals_of(sets.take(older), sets.elements.take(later), treated, executor)
    rows = scorecard(residuals, seed=seed)
    squares = squared_distances(residuals.residual_rtn_km, residuals.covariance_rtn_km2)
    objects = object_factors(
        squares, residuals.number, class_factors(rows, residuals), fewest=fewest
    )
    return Realism(rows, objects, len(older), excluded)


def class_factors(rows: Sequence[ScorecardRow], residuals: Residuals) -> Floats:
    """(n,) factor of each residual's class, of its source where the class has few objects."""
    of_source = {row.source: row.factor.value for row in rows if row.group == EVERYTHING}
    of_class = {(row.source, row.group): row.factor.value for row in rows if row.objects >= FEWEST}
    keys = zip(residuals.source.tolist(), residuals.group.tolist(), strict=True)
    return np.array([of_class.get(key, of_source[key[0]]) for key in keys], np.float64)


def pairs(sets: Catalogue) -> tuple[Ints, Ints, dict[str, int]]:
    """Return rows of older and of later sets, facing each other, and how many were left out."""
    number, epoch = sets.catalogue_number, sets.elements.epoch_tai_ns
    analyst = np.logical_or.reduce([(number >= low) & (number <= high) for low, high in ANALYSTS])
    rows = np.flatnonzero(~analyst)
    rows = rows[np.lexsort((epoch[rows], number[rows]))]
    least, most = round(LEAST_DAYS * NS_PER_DAY), round(MOST_DAYS * NS_PER_DAY)
    starts = np.flatnonzero(np.diff(number[rows], prepend=-1))
    stops = np.append(starts, len(rows))[1:]
    times = epoch[rows].tolist()
    older, later = [], []
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        k = start
        while (then := bisect_left(times, times[k] + least, k, stop)) < stop:
            older.append(k)
            later.append(then)
            k = then
    one, other = rows[np.array(older, np.int64)], rows[np.array(later, np.int64)]
    near = epoch[other] - epoch[one] <= most
    alone = len(starts) - len(np.unique(number[one]))
    excluded = {
        ALONE: alone,
        OLD: int((~near).sum()),
        ANALYST: len(np.unique(number[analyst])),
    }
    return one[near], other[near], excluded


def residuals_of(
    older: Catalogue, later: MeanElements, treated: Later, executor: Executor | None = None
) -> Residuals:
    """
    Return where later sets are from older ones of the same objects, row by row, and how surely.

    Components are those of `apart_rtn_km`, along the orbit and across it.  Rows where SGP4 gives
    no state are nan.
    """
    hour = -(-later.epoch_tai_ns // NS_PER_HOUR) * NS_PER_HOUR
    position1, velocity1 = states_at(older.elements, hour, executor)
    position2, _ = states_at(later, hour, executor)
    classes = error_classes(older)
    age_days = (hour - older.elements.epoch_tai_ns) / NS_PER_DAY
    return Residuals(
        apart_rtn_km(position1, velocity1, position2),
        covariances_km2(classes, age_days, treated),
        older.catalogue_number,
        older.source,
        groups(classes),
        age_days,
    )


def covariances_km2(classes: ErrorClasses, age_days: Floats, treated: Later) -> Floats:
    """(n, 3, 3) covariances of fresh sets minus sets of that age, in RTN."""
    predicted = _diagonal(sigma_rtn_km(classes, age_days) ** 2)
    floor = np.broadcast_to(np.diag(np.square(FLOOR_RTN_KM)), predicted.shape)
    nothing = np.zeros_like(predicted)
    match treated:
        case Later.SHARED:
            return residual_covariance_km2(predicted, floor, floor)
        case Later.INDEPENDENT:
            return residual_covariance_km2(predicted, floor, nothing)
        case Later.TRUTH:
            return residual_covariance_km2(predicted, nothing, nothing)


def _diagonal(variance: Floats) -> Floats:
    return np.asarray(variance[:, :, None] * np.eye(3))


def states_at(
    elements: MeanElements, at_tai_ns: Ints, executor: Executor | None = None
) -> tuple[Floats, Floats]:
    """Positions and velocities (n, 3) in TEME, each row at its own time; nan where none is."""
    position, velocity = np.full((len(elements), 3), np.nan), np.full((len(elements), 3), np.nan)
    order = np.argsort(at_tai_ns, kind="stable")
    cuts = np.flatnonzero(np.diff(at_tai_ns[order])) + 1
    for rows in np.split(order, cuts) if len(order) else []:
        states = propagate(elements.take(rows), at_tai_ns[rows[:1]], executor=executor)
        good = states.status[:, 0] == 0
        position[rows[good]] = states.position_km[good, 0]
        velocity[rows[good]] = states.velocity_km_s[good, 0]
    return position, velocity


def groups(classes: ErrorClasses) -> Texts:
    """(n,) names of the classes, as the error model has them."""
    named = {
        (orbit, kind): f"{ORBITS[orbit]} {kind.name.lower()}"
        for orbit in OrbitClass
        for kind in Kind
    }
    keys = zip(classes.orbit.tolist(), classes.kind.tolist(), strict=True)
    return np.array([named[OrbitClass(orbit), Kind(kind)] for orbit, kind in keys], np.str_)
