"""
Manoeuvres found in histories: element sets a second, and four weeks of a whole catalogue.

Histories are synthetic: the seeded population, and sets that SGP4's own mean elements make of it
with the errors of fits.  Nobody manoeuvres but a tenth of the objects in low orbits, once a week.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter, process_time

import numpy as np
from numpy.typing import NDArray

from bench.against.manoeuvres_python import statistics
from bench.figure import Figure, Unit
from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MU_WGS72_KM3_S2, RADIUS_WGS72_KM, MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.kernels import kernel
from commonsky.astro.sgp4_initial import mean_motions_unkozai
from commonsky.astro.sgp4_layout import NODE
from commonsky.catalogue.population import population
from commonsky.characterise.history import History
from commonsky.characterise.manoeuvre import manoeuvres
from commonsky.characterise.prediction import mean_at, ready_nodes, theory

OBJECTS, WEEKS_DAYS, GAP_DAYS = 27_000, 28.0, 0.9  # 217,000 sets a week
LONG_OBJECTS, LONG_SETS = 40, 2_000
PEER_SETS = 150
BURN_KM = 0.03  # of the axis, each
ERRORS_KM = (0.002, 0.05, 0.05, 0.1)  # of axis, eccentricity, inclination, along the track


def measure() -> Iterator[Figure]:
    """Yield speeds, and the ratio to the natural way in Python."""
    rng = np.random.default_rng(7)
    low = population(LONG_OBJECTS * 4, 3).elements
    low = low.take(np.flatnonzero((low.semi_major_axis_km < 7800.0) & (low.eccentricity < 0.02)))
    long = histories(low.take(np.arange(LONG_OBJECTS)), LONG_SETS, 1.0, rng)
    manoeuvres(long.of(np.arange(1)))  # compiled once
    start = process_time()
    found = manoeuvres(long)
    seconds = process_time() - start
    rate = len(long.elements) / seconds
    yield Figure(
        "element sets a second through the search for manoeuvres, one core", rate,
        Unit.RECORDS_PER_S, 2e4, 2e4,
        f"{LONG_OBJECTS} low objects, {LONG_SETS} sets each; {len(found)} manoeuvres",
    )  # fmt: skip
    few = long.of(np.arange(1)).elements.take(np.arange(PEER_SETS))
    start = process_time()
    statistics(few)
    peer = PEER_SETS / (process_time() - start)
    yield Figure(
        "the same in Python with numpy and sgp4, object by object", rate / peer,
        Unit.TIMES_FASTER, 50.0, 50.0,
        f"{peer:.0f} sets/s for the first pass alone, without search, times and delta-v",
    )  # fmt: skip
    sky = population(OBJECTS, 7).elements
    month = histories(sky, int(WEEKS_DAYS / GAP_DAYS), GAP_DAYS, rng)
    start, wall = process_time(), perf_counter()
    found = manoeuvres(month)
    seconds, wall = process_time() - start, perf_counter() - wall
    yield Figure(
        "manoeuvres in four weeks of a whole catalogue, CPU time", seconds, Unit.S, 60.0, 60.0,
        f"{len(month):,} objects, {len(month.elements):,} sets; {len(found):,} manoeuvres; "
        f"{wall:.0f} s wall",
    )  # fmt: skip


def histories(
    start: MeanElements, count: int, gap_days: float, rng: np.random.Generator
) -> History:
    """`count` sets of each object, about a gap apart; a tenth of the low ones burn every week."""
    n = len(start)
    days = np.cumsum(gap_days * np.clip(rng.normal(1.0, 0.25, (n, count)), 0.2, 3.0), axis=1)
    drag = start.bstar_per_earth_radius * (count * gap_days < 60.0)  # its series is for weeks
    start = replace(start, bstar_per_earth_radius=drag)
    told = np.empty((n, count, 6))
    ready = theory(start)
    means(ready.near, ready.deep, ready.row, ready.is_deep, days * 1440.0, told)
    axis, e, i, node, argp, anomaly = np.moveaxis(told, 2, 0)
    motion = np.sqrt(MU_WGS72_KM3_S2 / (RADIUS_WGS72_KM * axis) ** 3) * 60.0
    burning = (rng.random(n) < 0.1) & (start.semi_major_axis_km < 8000.0)
    step = (BURN_KM * burning)[:, None] / (RADIUS_WGS72_KM * axis)
    weeks = np.floor(days / 7.0)
    since = weeks * days - 3.5 * weeks * (weeks + 1.0)
    anomaly = anomaly - 1.5 * motion * 1440.0 * step * since
    errors = rng.standard_t(5.0, (6, n, count)) / (RADIUS_WGS72_KM * axis)
    motion = motion * (1.0 - 1.5 * (step * weeks + ERRORS_KM[0] * errors[0]))
    ex = e * np.cos(argp) + ERRORS_KM[1] * errors[1]
    ey = e * np.sin(argp) + ERRORS_KM[1] * errors[2]
    perigee = np.arctan2(ey, ex)
    turned = ERRORS_KM[2] * errors[4] / np.maximum(np.sin(i), 0.05)
    longitude = argp + anomaly - np.cos(i) * turned + ERRORS_KM[3] * errors[5]
    zero = np.zeros(n * count)
    sets = MeanElements(
        (start.epoch_tai_ns[:, None] + np.rint(days * NS_PER_DAY).astype(np.int64)).ravel(),
        kozai(motion.ravel(), e.ravel(), i.ravel()), np.hypot(ex, ey).ravel(),
        (i + ERRORS_KM[2] * errors[3]).ravel(), (node + turned).ravel(), perigee.ravel(),
        (longitude - perigee).ravel(), np.repeat(drag, count), zero, zero,
    )  # fmt: skip
    first = np.arange(0, n * count + 1, count, dtype=np.int64)
    return History(sets, np.arange(n * count), np.arange(n) + 1, first, np.zeros(0, np.int64))


@kernel()
def means(
    near: Floats, deep: Floats, row: Ints, is_deep: NDArray[np.bool_], minutes: Floats,
    told: Floats,
) -> None:  # fmt: skip
    """Mean elements of n sets at k times each -> told (n, k, 6)."""
    nodes = np.empty((361, NODE))
    for k in range(minutes.shape[0]):
        ready_nodes(deep, row, is_deep, k, 89.0, nodes)
        for j in range(minutes.shape[1]):
            told[k, j, :] = mean_at(near, deep, row, is_deep, k, nodes, minutes[k, j])


def kozai(brouwer: Floats, e: Floats, i: Floats) -> Floats:
    """(n,) Kozai's mean motion, which messages carry, from Brouwer's (rad/min)."""
    motion, told = brouwer.copy(), np.empty(len(brouwer))
    nothing = np.zeros(len(brouwer))
    for _ in range(6):
        mean_motions_unkozai(
            np.column_stack([nothing, nothing, nothing, e, i, motion, nothing]), told
        )
        motion += brouwer - told
    return motion


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
