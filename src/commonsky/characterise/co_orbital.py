"""
Who flies along with whom, outside the geosynchronous belt: nearly one orbit, and near along it.

Every twelve hours mean elements of all fresh sets are taken to one time, and put in order of node.
Pairs of nearly one plane and size that come near each other along the track, before the next look,
are followed on states, every two minutes.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import RADIUS_WGS72_KM
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S
from commonsky.astro.kernels import kernel
from commonsky.astro.sgp4_layout import (
    A0,
    ARGPDOT,
    ARGPO,
    CC1,
    ECCO,
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
from commonsky.characterise.set_states import NS_PER_MIN, SetStates, separation_km
from commonsky.characterise.slot_sharing import Colocations

TWO_PI: Final = 2.0 * math.pi
LOOK_NS: Final = NS_PER_DAY // 2
SAMPLE_NS: Final = 120 * NS_PER_S
GAP_LOOKS: Final = 2  # looks without a meeting that end a run
# Columns of mean elements at a time: axis (km), eccentricity, inclination, node, argument of
# latitude, mean motion (rad/s).
AXIS, SHAPE, TILT, NODE, PHASE, MOTION = range(6)


class Nearness(NamedTuple):
    """Who flies along with whom: how near in distance, in size of the orbit, and in plane."""

    within_km: float
    axis_km: float
    plane_rad: float


def colocations(
    history: History, sets: SetStates, left_out: Ints, near: Nearness, fresh_days: float,
    start_tai_ns: int, stop_tai_ns: int,
) -> Colocations:  # fmt: skip
    """Return all runs of time in which pairs come near, but those of the objects `left_out`."""
    use = np.ones(len(history), np.bool_)
    use[left_out] = False
    objects = np.flatnonzero(use)
    pointer = history.first[objects].copy()
    who: list[Ints] = [np.zeros((0, 3), np.int64)]
    how: list[Floats] = [np.zeros((0, 7))]
    for at in range(start_tai_ns, stop_tai_ns + 1, LOOK_NS):
        stop = min(at + LOOK_NS, stop_tai_ns)
        chosen, mean = np.full(len(objects), -1, np.int64), np.zeros((len(objects), 6))
        _mean(history.first, objects, sets, pointer, at, stop, fresh_days, chosen, mean)
        good = np.flatnonzero(chosen >= 0)
        good = good[np.argsort(mean[good, NODE])]
        pairs = np.zeros((4096, 2), np.int64)
        while (count := _pairs(mean[good], near, (stop - at) / 1e9, pairs)) > len(pairs):
            pairs = np.zeros((count, 2), np.int64)
        pair = np.sort(good[pairs[:count]], axis=1)
        out = np.zeros((count, 5))
        _scan(chosen, pair, sets, near.within_km, at, stop, out)
        met = np.flatnonzero(out[:, 0] <= near.within_km)
        pair = pair[met]
        who.append(np.column_stack([objects[pair], np.full(len(met), at)]))
        how.append(np.column_stack([*_along(mean[pair[:, 0]], mean[pair[:, 1]]), out[met]]))
    return _joined(np.concatenate(who), np.concatenate(how))


def _along(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """How far the other is ahead along the track (rad), and the rate (rad a day)."""
    turned = (other[:, NODE] - one[:, NODE] + np.pi) % TWO_PI - np.pi
    ahead = other[:, PHASE] - one[:, PHASE] + turned * np.cos(one[:, TILT])
    drift = (other[:, MOTION] - one[:, MOTION]) * 86400.0
    return (ahead + np.pi) % TWO_PI - np.pi, drift


def _joined(who: Ints, how: Floats) -> Colocations:
    """
    Runs of meetings.

    `who` (h, 3) are two objects and the look; `how` (h, 7) how far apart and how fast, closest
    (km), its time, first and last time within (s after the look), and the number of samples.
    """
    order = np.lexsort((who[:, 2], who[:, 1], who[:, 0]))
    who, how = who[order], how[order]
    new = np.ones(len(who), np.bool_)
    same = (who[1:, :2] == who[:-1, :2]).all(axis=1)
    new[1:] = ~(same & (np.diff(who[:, 2]) <= GAP_LOOKS * LOOK_NS))
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(who))[: len(first)] - 1
    run = np.cumsum(new) - 1
    best = np.lexsort((how[:, 2], run))[first]
    time = who[:, 2:] + np.round(how[:, 3:6] * NS_PER_S).astype(np.int64)
    counts = np.zeros(len(first))
    np.add.at(counts, run, how[:, 6])
    return Colocations(
        who[first, 0], who[first, 1], time[first, 1], time[last, 2], time[best, 0],
        how[best, 0], how[best, 1], time[best, 0], how[best, 2], np.zeros(len(first)),
        counts * (SAMPLE_NS / NS_PER_S),
    )  # fmt: skip


@kernel()
def _mean(
    first: Ints, objects: Ints, sets: SetStates, pointer: Ints, at: int, stop: int,
    fresh_days: float, chosen: Ints, mean: Floats,
) -> None:  # fmt: skip
    """Mean elements of each object at a time, of the set nearest to the middle of the look."""
    middle = at + (stop - at) // 2
    for i in range(len(objects)):
        end, k = first[objects[i] + 1], pointer[i]
        while k + 1 < end and abs(sets.epoch_tai_ns[k + 1] - middle) <= abs(
            sets.epoch_tai_ns[k] - middle
        ):
            k += 1
        pointer[i] = k
        c = sets.deep[sets.row[k]] if sets.is_deep[k] else sets.near[sets.row[k]]
        if c[STATUS] != 0.0 or abs(middle - sets.epoch_tai_ns[k]) > fresh_days * NS_PER_DAY:
            continue
        t = (at - sets.epoch_tai_ns[k]) / NS_PER_MIN
        chosen[i] = k
        mean[i, AXIS] = c[A0] * (1.0 - c[CC1] * t) ** 2 * RADIUS_WGS72_KM
        mean[i, SHAPE], mean[i, TILT] = c[ECCO], c[INCLO]
        mean[i, NODE] = (c[NODEO] + c[NODEDOT] * t + c[NODECF] * t * t) % TWO_PI
        mean[i, PHASE] = (
            c[MO] + c[MDOT] * t + c[ARGPO] + c[ARGPDOT] * t + c[NO] * c[T2COF] * t * t
        ) % TWO_PI
        mean[i, MOTION] = (c[MDOT] + c[ARGPDOT] + 2.0 * c[NO] * c[T2COF] * t) / 60.0


@kernel()
def _pairs(mean: Floats, near: Nearness, seconds: float, pairs: Ints) -> int:
    """Pairs that may meet before the next look -> pairs, as far as there is room; their number."""
    count, n = 0, len(mean)
    for a in range(n):
        width = near.plane_rad / max(math.sin(mean[a, TILT]), 1e-6)
        for way in range(1, n):
            b = (a + way) % n
            turned = (mean[b, NODE] - mean[a, NODE]) % TWO_PI
            # The width is that of either; the last of a round would be met twice.
            if turned > min(2.0 * width, math.pi):
                break
            if _may_meet(mean[a], mean[b], near, seconds):
                if count < len(pairs):
                    pairs[count, 0], pairs[count, 1] = a, b
                count += 1
    return count


@kernel()
def _may_meet(a: Floats, b: Floats, near: Nearness, seconds: float) -> bool:
    """Whether two orbits are nearly one, and their objects near along it for a while."""
    if abs(a[AXIS] - b[AXIS]) > near.axis_km or abs(a[TILT] - b[TILT]) > near.plane_rad:
        return False
    turned = (b[NODE] - a[NODE] + math.pi) % TWO_PI - math.pi
    if abs(turned) * math.sin(a[TILT]) > near.plane_rad:
        return False
    ahead = b[PHASE] - a[PHASE] + turned * math.cos(a[TILT])
    ahead = ((ahead + math.pi) % TWO_PI - math.pi) * a[AXIS]
    there = ahead + (b[MOTION] - a[MOTION]) * seconds * a[AXIS]
    # Twice what both eccentricities and a day's drag move an object along the track.
    room = near.within_km + 4.0 * a[AXIS] * (a[SHAPE] + b[SHAPE]) + 20.0
    return min(ahead, there) <= room and max(ahead, there) >= -room


@kernel()
def _scan(
    chosen: Ints, pair: Ints, sets: SetStates, within_km: float, start: int, stop: int,
    out: Floats,
) -> None:  # fmt: skip
    """Closest (km), when, first and last time within (s after start), and samples within."""
    for p in range(len(pair)):
        one, other = chosen[pair[p, 0]], chosen[pair[p, 1]]
        out[p, 0] = np.inf
        for sample in range((stop - start) // SAMPLE_NS):
            found = separation_km(sets, one, other, start + sample * SAMPLE_NS)
            second = sample * (SAMPLE_NS / 1e9)
            if found < out[p, 0]:
                out[p, 0], out[p, 1] = found, second
            if found <= within_km:
                if out[p, 4] == 0.0:
                    out[p, 2] = second
                out[p, 3] = second
                out[p, 4] += 1.0
