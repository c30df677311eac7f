"""
Break-ups among what is new in a catalogue: when, where, of what, how many pieces, how fast.

Only orbits are asked: international designators would give the answer away, and pieces are without
one for weeks.  What designators say afterwards stands in columns of its own.  Launches have common
origins too, but what they set free flies apart slowly, and in the plane alone; pieces of a
break-up fly to all sides.  Nothing here tells why something broke up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import RADIUS_WGS72_KM, MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.catalogue.catalogue import Catalogue, ObjectType, concatenated
from commonsky.characterise.common_origin import Place, velocities_km_s
from commonsky.characterise.gabbard import three_spreads_km_s
from commonsky.characterise.origin_search import LEAST_SCORE, Found, origins
from commonsky.characterise.origin_time import Origin, at_another_time
from commonsky.characterise.parents import Parents, changed, parents

REACH_DAYS = 45.0  # before the earlier catalogue: pieces are catalogued weeks after
_LATEST_SHARE = 0.95
# m/s by which pieces fly apart across the other two directions at least: launches have 2 at most
_LEAST_SPREAD_KM_S = 3e-3
_SHARP_DAYS = 0.75  # within which a time is known that is known at all
_LIKELY = 0.5
_CLEAR_SCORE = 500.0  # of so many pieces that it matters little how well the day is known
_MEETING_KM, _ALONG_KM, _NEARBY_KM, _CROSSING_KM_S = 50.0, 400.0, 1000.0, 0.9
_ALTERNATIVES = 5
_KIN = 0.7  # of its pieces
_STEERED = 0.2  # of the pieces, that rise: what is shed does not


class Kind(IntEnum):
    """What a common origin is of."""

    UNDECIDED = 0
    FRAGMENTATION = 1
    DEPLOYMENT = 2  # set free at a launch, or flying together since
    SHEDDING = 3  # slow pieces of a known object


class Confirmation(NamedTuple):
    """What designators say: the launch that most pieces are named after, and its share of them."""

    launch: str
    share: float
    of_parent: bool  # whether the likeliest parent is of that launch
    is_new: bool  # whether nothing of that launch was there before


@dataclass(frozen=True, slots=True)
class Fragmentations:
    """
    Common origins of new objects, m rows, the surest first; UNDECIDED and DEPLOYMENT included.

    `parent_row` and `parent_probability` (m, 5) are of candidates, the likeliest first: rows of
    `candidates`, which is the earlier catalogue with new satellites and stages below it; -1 where
    there are no more.  `catalogue_number` is the likeliest one's if it is likelier than not, else
    -1.  Pieces of event j are rows `piece[first[j]:first[j + 1]]` of the later catalogue.  Times
    hold the event 95 times in 100.  Heights are above a sphere, `latitude_argument_rad` is of the
    pieces' mean orbit.  Speeds (m, 3) are spreads along principal axes.  `partner` is the event
    that another object broke up in, at the same place and time, -1 if none: a collision, then.
    """

    kind: NDArray[np.int8]
    score: Floats
    catalogue_number: Ints
    parent_row: Ints
    parent_probability: Floats
    epoch_tai_ns: Ints
    not_before_tai_ns: Ints
    not_after_tai_ns: Ints
    position_teme_km: Floats
    velocity_teme_km_s: Floats
    height_km: Floats
    latitude_argument_rad: Floats
    spread_km_s: Floats
    fragments: Ints
    piece: Ints
    first: Ints
    partner: Ints
    candidates: Catalogue
    found: tuple[Found, ...]

    def __len__(self) -> int:
        return len(self.kind)

    def pieces(self, j: int) -> Ints:
        """Return the rows of the later catalogue that are pieces of event j."""
        return self.piece[self.first[j] : self.first[j + 1]]


def arrivals(before: Catalogue, after: Catalogue) -> Ints:
    """Return the rows of the later catalogue, the last of each object, of what is new in it."""
    order = np.lexsort((after.elements.epoch_tai_ns, after.catalogue_number))
    number = after.catalogue_number[order]
    last = np.append(number[1:] != number[:-1], True)[: len(number)]
    rows = order[last]
    return np.sort(rows[~np.isin(after.catalogue_number[rows], before.catalogue_number)])


def fragmentations(
    before: Catalogue, after: Catalogue, *, reach_days: float = REACH_DAYS,
    least_score: float = LEAST_SCORE,
) -> Fragmentations:  # fmt: skip
    """
    Return the common origins of what is new in the later of two catalogues.

    They are looked for from `reach_days` before the earlier catalogue on.  Rows that are no
    orbits, and doubles, do no harm.
    """
    rows = in_orbit(after, arrivals(before, after))
    before = before.take(in_orbit(before, np.arange(len(before))))
    new = after.take(rows)
    found: list[Found] = []
    if len(rows) and len(before):
        first = int(np.median(before.elements.epoch_tai_ns)) - int(reach_days * NS_PER_DAY)
        last = int(np.quantile(new.elements.epoch_tai_ns, _LATEST_SHARE))
        found = _met(new.elements, origins(new.elements, first, last, least_score=least_score))
    whole = np.isin(new.object_type, (ObjectType.PAYLOAD, ObjectType.ROCKET_BODY))
    candidates = concatenated([before, new.take(np.flatnonzero(whole))])
    fate = _fate(candidates, after)
    kinds = candidates.object_type
    told = [parents(candidates.elements, kinds, one.origin, fate) for one in found]
    return _table(found, told, candidates, rows)


def _fate(candidates: Catalogue, after: Catalogue) -> NDArray[np.bool_]:
    """(n,) of candidates, those whose orbits are others in the later catalogue."""
    later = np.argsort(after.catalogue_number, kind="stable")
    number = after.catalogue_number[later]
    place = np.searchsorted(number, candidates.catalogue_number, side="right") - 1
    place = np.maximum(place, 0)
    told = np.zeros(len(candidates), np.bool_)
    if len(number):
        there = np.flatnonzero(number[place] == candidates.catalogue_number)
        rows = later[place[there]]
        told[there] = changed(candidates.elements.take(there), after.elements.take(rows))
    return told


def in_orbit(catalogue: Catalogue, rows: Ints) -> Ints:
    """Return those of the rows whose sets are of a closed orbit about the Earth."""
    elements = catalogue.elements.take(rows)
    finite = np.isfinite(
        elements.mean_motion_rad_min + elements.inclination_rad + elements.raan_rad
        + elements.argument_of_perigee_rad + elements.mean_anomaly_rad
        + elements.bstar_per_earth_radius
    )  # fmt: skip
    shape = elements.eccentricity
    return rows[finite & (elements.mean_motion_rad_min > 0.0) & (shape >= 0.0) & (shape < 1.0)]


def _table(
    found: list[Found], told: list[Parents], candidates: Catalogue, rows: Ints
) -> Fragmentations:
    m = len(found)
    parent_row = np.full((m, _ALTERNATIVES), -1, np.int64)
    probability = np.zeros((m, _ALTERNATIVES))
    for j, one in enumerate(told):
        parent_row[j, : len(one.row)] = one.row
        probability[j, : len(one.row)] = one.probability
    likely = probability[:, 0] > _LIKELY if m else np.zeros(0, np.bool_)
    number = np.full(m, -1, np.int64)
    number[likely] = candidates.catalogue_number[parent_row[likely, 0]]
    spread = np.array([_spread_km_s(one) for one in found]).reshape(m, 3)
    places = [one.origin.place for one in found]
    position = np.array([place.position_km for place in places]).reshape(m, 3)
    velocity = np.array([place.velocity_km_s for place in places]).reshape(m, 3)
    times = np.array(
        [
            (o.epoch_tai_ns, o.not_before_tai_ns, o.not_after_tai_ns)
            for o in (one.origin for one in found)
        ],
        np.int64,
    ).reshape(m, 3)
    kind = _kinds(spread, times, np.array([one.score for one in found]), likely)
    kind[_after_an_earlier_one(found, kind)] = Kind.UNDECIDED
    rising = np.array([one.rising for one in found]).reshape(m) > _STEERED
    kind[(kind == Kind.SHEDDING) & rising] = Kind.UNDECIDED
    height = np.linalg.norm(position, axis=1) - RADIUS_WGS72_KM
    counts = [len(one.rows) for one in found]
    return Fragmentations(
        kind, np.array([one.score for one in found]), number, parent_row, probability,
        times[:, 0], times[:, 1], times[:, 2], position, velocity,
        height, _latitude_arguments(position, velocity),
        spread, np.array(counts, np.int64),
        np.concatenate([np.zeros(0, np.int64), *(rows[one.rows] for one in found)]),
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        partners(places, times, kind), candidates, tuple(found),
    )  # fmt: skip


def _spread_km_s(one: Found) -> Floats:
    place = one.origin.place
    q = place.position_km / np.linalg.norm(place.position_km)
    of = np.flatnonzero(place.belongs > 0.5)
    return three_spreads_km_s(velocities_km_s(one.origin.orbits.take(of), 0, q))


def _kinds(
    spread: Floats, times: Ints, score: Floats, likely: NDArray[np.bool_]
) -> NDArray[np.int8]:
    """Fragmentations fly to all sides from a time that shows; what else is slow is of a launch."""
    sharp = (times[:, 2] - times[:, 1]) / NS_PER_DAY < 2.0 * _SHARP_DAYS
    all_sides = spread[:, 2] > _LEAST_SPREAD_KM_S
    kind = np.where(
        all_sides & (sharp | (score > _CLEAR_SCORE)), Kind.FRAGMENTATION, Kind.UNDECIDED
    )
    kind = np.where(~all_sides & ~likely, Kind.DEPLOYMENT, kind)
    return np.where(~all_sides & likely & sharp, Kind.SHEDDING, kind).astype(np.int8)


def _after_an_earlier_one(found: list[Found], kind: NDArray[np.int8]) -> NDArray[np.bool_]:
    """(m,) which are of pieces that are as well those of a surer one, their drag ill known."""
    told = np.zeros(len(found), np.bool_)
    for j in np.flatnonzero(kind == Kind.FRAGMENTATION).tolist():
        for i in np.flatnonzero(kind[:j] == Kind.FRAGMENTATION).tolist():
            told[j] |= np.isin(found[j].rows, found[i].kin).mean() > _KIN
    return told


def _latitude_arguments(position: Floats, velocity: Floats) -> Floats:
    normal = np.cross(position, velocity)
    level = np.hypot(normal[:, 0], normal[:, 1])
    with np.errstate(invalid="ignore"):
        along = (normal[:, 0] * position[:, 1] - normal[:, 1] * position[:, 0]) / level
        rising = position[:, 2] * np.linalg.norm(normal, axis=1) / level
    return np.asarray(np.arctan2(rising, along) % (2.0 * np.pi), np.float64)


def _met(elements: MeanElements, found: list[Found]) -> list[Found]:
    """Those origins, of which one's time is told by another's if they may be one collision."""
    told = list(found)
    for i in range(len(told)):
        for j in range(len(told)):
            sure, unsure = told[i].origin, told[j].origin
            if i == j or not _may_have_met(sure, unsure):
                continue
            then = at_another_time(elements.take(told[j].rows), unsure, sure.epoch_tai_ns)
            if then is not None and _meet(sure.place, then.place):
                told[j] = replace(told[j], origin=then)
    return told


def _may_have_met(sure: Origin, unsure: Origin) -> bool:
    """Whether the first, whose time is better known, was where the other may have been then."""
    width = [one.not_after_tai_ns - one.not_before_tai_ns for one in (sure, unsure)]
    crossing = np.linalg.norm(sure.place.velocity_km_s - unsure.place.velocity_km_s)
    return (
        width[0] < width[1]
        and unsure.not_before_tai_ns <= sure.epoch_tai_ns <= unsure.not_after_tai_ns
        and _apart_km(sure.place, unsure.place) < _NEARBY_KM
        and bool(crossing > _CROSSING_KM_S)
    )


def _apart_km(one: Place, other: Place) -> float:
    return float(np.linalg.norm(one.position_km - other.position_km))


def _meet(one: Place, other: Place) -> bool:
    """
    Whether two origins are at one place, but for what seconds are along either's orbit.

    Where on its orbit pieces parted is known less well than which orbit it was.
    """
    off = one.position_km - other.position_km
    ways = [place.velocity_km_s / np.linalg.norm(place.velocity_km_s) for place in (one, other)]
    beside = min(float(np.linalg.norm(off - (off @ way) * way)) for way in ways)
    return beside < _MEETING_KM and float(np.linalg.norm(off)) < _ALONG_KM


def partners(places: Sequence[Place], times: Ints, kind: NDArray[np.int8]) -> Ints:
    """(m,) which break-up happened at the same place and time as each, on a crossing orbit."""
    partner = np.full(len(kind), -1, np.int64)
    broke = np.flatnonzero(kind == Kind.FRAGMENTATION)
    for i in broke.tolist():
        for j in broke.tolist():
            together = times[i, 1] <= times[j, 2] and times[j, 1] <= times[i, 2]
            crossing = np.linalg.norm(places[i].velocity_km_s - places[j].velocity_km_s)
            if i != j and together and crossing > _CROSSING_KM_S and _meet(places[i], places[j]):
                partner[i] = j
    return partner


def confirmation(
    events: Fragmentations, j: int, before: Catalogue, after: Catalogue
) -> Confirmation:
    """Return what designators say of event j, which was found without them."""
    launches = np.array([text[:8] for text in after.object_id[events.pieces(j)].tolist()])
    named, count = np.unique(launches[launches != ""], return_counts=True)
    if not len(named):
        return Confirmation("", 0.0, of_parent=False, is_new=False)
    launch = str(named[np.argmax(count)])
    parent = events.parent_row[j, 0]
    of = parent >= 0 and str(events.candidates.object_id[parent])[:8] == launch
    known = any(text.startswith(launch) for text in before.object_id.tolist())
    share = float(count.max()) / len(launches)
    return Confirmation(launch, share, of_parent=bool(of), is_new=not known)
