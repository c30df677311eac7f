"""
Histories to stays, relocations, patterns and approaches; CPU times, one core.

The belt is made up: satellites that are held, some that move, and drifting ones, with monthly sets
of eleven years and daily ones of a week.  The peer is the plain way, one object at a time with the
`sgp4` package, in its pure Python and in its compiled form: each set is propagated to the epoch of
the next and back, for relocations; and all pairs are gone through at all hours, for approaches.
It does less than ours does, which finds stays and moves too.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import process_time
from typing import Any

import numpy as np
from sgp4.api import WGS72
from sgp4.api import Satrec as Compiled
from sgp4.model import Satrec as Plain

from bench.figure import Figure, Unit
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY, tai_ns
from commonsky.catalogue.catalogue import Catalogue
from commonsky.characterise.history import History, history
from commonsky.characterise.longitude import sidereal_rad
from commonsky.characterise.pattern import patterns
from commonsky.characterise.proximity import approaches
from commonsky.characterise.relocation import relocations

OBJECTS, MONTHS = 1400, 128
WEEK_OBJECTS, WEEK_DAYS = 600, 7
FEW = 20  # objects of the peer, whose time is then multiplied
DAYS_1950 = 7306.0  # of 1970-01-01, which the peer counts from


def belt(objects: int, sets: int, step_days: float, seed: int) -> History:
    """Satellites in slots, a tenth of them moved halfway, and a quarter adrift."""
    rng = np.random.default_rng(seed)
    slot = rng.uniform(-np.pi, np.pi, objects)[:, None]
    drift = np.where(rng.random(objects) < 0.25, rng.normal(0.0, 0.005, objects), 0.0)[:, None]
    moved = (rng.random(objects) < 0.1)[:, None] & (np.arange(sets) > sets // 2)
    day = np.arange(sets) * step_days + rng.uniform(0.0, 1.0, (objects, sets))
    place = slot + drift * day + 0.3 * moved + rng.uniform(-1e-3, 1e-3, (objects, sets))
    n, zero = objects * sets, np.zeros(objects * sets)
    epoch = tai_ns("2014-01-01") + np.round(day.ravel() * NS_PER_DAY).astype(np.int64)
    node = rng.uniform(0.0, 2 * np.pi, n)
    mean = place.ravel() - node + sidereal_rad(epoch)
    motion = 1.00271 + drift / (2 * np.pi) + rng.normal(0.0, 2e-5, (objects, sets))
    elements = MeanElements(
        epoch, motion.ravel() * 2 * np.pi / 1440.0, np.full(n, 2e-4), np.full(n, 1e-3), node, zero,
        mean % (2 * np.pi), zero, zero, zero,
    )  # fmt: skip
    empty, none = np.full(n, "", dtype=np.str_), np.full(n, -1, np.int64)
    kind = np.zeros(n, np.int8)
    return history(Catalogue(
        elements, np.repeat(np.arange(objects) + 1, sets), empty, empty, kind, kind, empty, empty,
        none, none, empty,
    ))  # fmt: skip


def measure() -> Iterator[Figure]:
    """Yield speeds of each finding against the plain way."""
    years, week = belt(OBJECTS, MONTHS, 30.4, 1), belt(WEEK_OBJECTS, WEEK_DAYS, 1.0, 2)
    few = years.of(np.arange(3))
    relocations(few), patterns(few), approaches(few)
    count = len(years.row)
    start = process_time()
    relocations(years)
    moved = process_time() - start
    start = process_time()
    patterns(years)
    told = process_time() - start
    yield Figure(
        f"eleven years of {OBJECTS:,} objects of the belt, relocations and patterns", moved + told,
        Unit.S, 60.0, 10.0, f"{count:,} sets; relocations {moved:.1f} s, patterns {told:.1f} s",
    )  # fmt: skip
    yield Figure(
        "element sets through relocations and patterns", count / (moved + told),
        Unit.RECORDS_PER_S, 20_000, 100_000, "one core",
    )  # fmt: skip
    peers = (("pure Python", Plain, 50.0, 100.0), ("compiled", Compiled, 1.0, 2.0))
    for name, peer, must, aim in peers:
        plain = plain_relocations(years.of(np.arange(FEW)), peer) * OBJECTS / FEW
        yield Figure(
            f"relocations against sgp4, {name}, one object at a time", plain / moved,
            Unit.TIMES_FASTER, must, aim,
            f"the peer's propagations alone, of {FEW} objects, times {OBJECTS // FEW}",
        )  # fmt: skip
    start = process_time()
    found = approaches(years)
    yield Figure(
        f"eleven years of {OBJECTS:,} objects, all on all, approaches", process_time() - start,
        Unit.S, 120.0, 60.0, f"{len(found):,} runs together",
    )  # fmt: skip
    start = process_time()
    near = approaches(week)
    ours = process_time() - start
    plain = plain_approaches(week.of(np.arange(FEW)))
    yield Figure(
        f"a week of {WEEK_OBJECTS} objects, all on all, against all pairs at all hours",
        plain * (WEEK_OBJECTS / FEW) ** 2 / ours, Unit.TIMES_FASTER, 50.0, 500.0,
        f"{ours:.2f} s, {len(near):,} runs; the peer of {FEW} objects, times their pairs",
    )  # fmt: skip


def satellite(elements: MeanElements, k: int, peer: type[Any]) -> Any:  # noqa: ANN401 - untyped
    """One set in the peer's form."""
    made = peer()
    made.sgp4init(
        WGS72, "i", 1, elements.epoch_tai_ns[k] / NS_PER_DAY + DAYS_1950, 0.0, 0.0, 0.0,
        elements.eccentricity[k], elements.argument_of_perigee_rad[k], elements.inclination_rad[k],
        elements.mean_anomaly_rad[k], elements.mean_motion_rad_min[k], elements.raan_rad[k],
    )  # fmt: skip
    return made


def plain_relocations(made: History, peer: type[Any]) -> float:
    """Seconds of taking each set to the next one's epoch, and back."""
    elements, start = made.elements, process_time()
    for j in range(len(made)):
        for k in range(int(made.first[j]), int(made.first[j + 1]) - 1):
            minutes = (elements.epoch_tai_ns[k + 1] - elements.epoch_tai_ns[k]) / 6e10
            for row, since in ((k, minutes), (k + 1, -minutes)):
                _, place, _ = satellite(elements, row, peer).sgp4_tsince(since)
                np.arctan2(place[1], place[0])
    return process_time() - start


def plain_approaches(made: History) -> float:
    """Seconds of going through all pairs at all hours, with each object's nearest set."""
    elements, start = made.elements, process_time()
    begin, end = int(elements.epoch_tai_ns.min()), int(elements.epoch_tai_ns.max())
    for at in range(begin, end, NS_PER_DAY // 24):
        places = []
        for j in range(len(made)):
            rows = slice(int(made.first[j]), int(made.first[j + 1]))
            k = rows.start + int(np.argmin(np.abs(elements.epoch_tai_ns[rows] - at)))
            since = (at - elements.epoch_tai_ns[k]) / 6e10
            places.append(satellite(elements, k, Compiled).sgp4_tsince(since)[1])
        for a in range(len(places)):
            for b in range(a + 1, len(places)):
                sum((x - y) ** 2 for x, y in zip(places[a], places[b], strict=True))
    return process_time() - start


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
