"""A sky whose orbits change, and what a screening that stays in memory must equal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import commonsky as cs
from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import tai_ns
from commonsky.catalogue.catalogue import Catalogue, Provenance, concatenated
from commonsky.catalogue.merge import merge
from commonsky.catalogue.planted import plant
from commonsky.catalogue.population import population
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.screener import SAME_KM, SAME_TCA_NS, Change

START = "2025-03-31T00:00:00Z"
START_NS = tai_ns(START)
TCA_NS, SLOW_TCA_NS = 2, 1_000_000  # a flat minimum has no sharp time
MISS_KM, OLD_MISS_KM = 1e-9, 1e-8  # a mean anomaly of weeks has fewer digits after the point
LATER_NS = 1_000_000
GEO_RAD_MIN = 2.0 * np.pi / 1436.07


def invented_sky(objects: int = 1500, seed: int = 3) -> Catalogue:
    """An invented sky with its planted encounters, and a docked pair."""
    sky, _ = plant(population(objects, seed), START_NS)
    twin = sky.take(np.array([11]))
    docked = replace(twin, catalogue_number=twin.catalogue_number + 50_000_000)
    return read(concatenated([sky, docked]))


def read(catalogue: Catalogue) -> Catalogue:
    """The same, as if read from a file that holds nothing else."""
    return replace(catalogue, provenance=Provenance(read_count=len(catalogue)))


def changed(sky: Catalogue, rows: list[int] | Ints, **columns: Any) -> Catalogue:
    """Later element sets of these rows, with these columns instead of their own."""
    some = sky.take(np.array(rows))
    later = some.elements.epoch_tai_ns + LATER_NS
    new = {name: np.full(len(some), value, np.float64) for name, value in columns.items()}
    return replace(some, elements=replace(some.elements, epoch_tai_ns=later, **new))


def nudged(sky: Catalogue, rows: list[int] | Ints, by_rad: float) -> Catalogue:
    """Later element sets of these rows, further along their orbits."""
    some = changed(sky, rows)
    anomaly = some.elements.mean_anomaly_rad + by_rad
    return replace(some, elements=replace(some.elements, mean_anomaly_rad=anomaly))


def renumbered(some: Catalogue, first: int) -> Catalogue:
    """The same orbits as new objects."""
    return replace(some, catalogue_number=first + np.arange(len(some), dtype=np.int64))


def whole(sky: Catalogue, news: Catalogue) -> Catalogue:
    """The changed catalogue, as a node that reads both files would have it."""
    return merge(concatenated([sky, news])).catalogue


def same(
    table: Conjunctions,
    full: Conjunctions,
    limit_km: float = np.inf,
    miss_km: float = MISS_KM,
    tca_ns: int = TCA_NS,
) -> None:
    """The same conjunctions in the same order; one at the very limit may be on either side."""
    one, two = (_sorted(part, limit_km) for part in (table, full))
    for name in ("object1", "object2", "source1", "source2", "name1", "name2", "slow"):
        assert one[name].tolist() == two[name].tolist(), name
    apart = np.abs(one.tca_tai_ns - two.tca_tai_ns)
    assert apart[~one.slow].max(initial=0) <= tca_ns
    assert apart.max(initial=0) <= SLOW_TCA_NS
    assert np.abs(one.miss_km - two.miss_km).max(initial=0.0) < miss_km
    assert one.intra_fleet.tolist() == two.intra_fleet.tolist()
    assert one.pc_null_reason.tolist() == two.pc_null_reason.tolist()
    assert np.allclose(one.hard_body_radius_km, two.hard_body_radius_km, rtol=1e-12)
    assert np.allclose(one.pc, two.pc, rtol=1e-6, equal_nan=True)


def _sorted(table: Conjunctions, limit_km: float) -> Conjunctions:
    """Rows by pair, then time to the second: equal times may come in another order."""
    table = table.take(np.flatnonzero(table.miss_km < limit_km - 2.0 * OLD_MISS_KM))
    second = table.tca_tai_ns // 1_000_000_000
    keys = (table.source2, table.source1, second, table.object2, table.object1)
    return table.take(np.lexsort(keys))


def consistent(before: Conjunctions, change: Change, after: Conjunctions) -> None:
    """Before, less what vanished and moved away, and what appeared and moved there, is after."""
    gone = found_in(before, change.vanished) | found_in(before, change.moved_from)
    new = found_in(after, change.appeared) | found_in(after, change.moved)
    assert gone.sum() == len(change.vanished) + len(change.moved_from)
    assert new.sum() == len(change.appeared) + len(change.moved)
    still = before.take(np.flatnonzero(~gone)), after.take(np.flatnonzero(~new))
    same(*still, miss_km=SAME_KM, tca_ns=SAME_TCA_NS)
    assert change.moved.object1.tolist() == change.moved_from.object1.tolist()
    assert change.moved.object2.tolist() == change.moved_from.object2.tolist()
    apart_ns = np.abs(change.moved.tca_tai_ns - change.moved_from.tca_tai_ns)
    assert (apart_ns < 600_000_000_000).all()
    apart_km = np.abs(change.moved.miss_km - change.moved_from.miss_km)
    assert ((apart_km > SAME_KM) | (apart_ns > SAME_TCA_NS)).all()


def found_in(table: Conjunctions, part: Conjunctions) -> NDArray[np.bool_]:
    """Which rows of a table are in a part of it, to the last digit of time and distance."""
    mine, wanted = (
        np.stack([t.object1, t.object2, t.tca_tai_ns, np.rint(t.miss_km * 1e9).astype(np.int64)])
        for t in (table, part)
    )
    there = {tuple(row) for row in wanted.T.tolist()}
    return np.array([tuple(row) in there for row in mine.T.tolist()], dtype=bool)


def follows(screener: cs.Screener, news: Catalogue, **question: Any) -> Change:
    """Update, and compare with a full run of the changed catalogue and with the tables."""
    before, sky = screener.conjunctions, screener.catalogue
    change = screener.update(news)
    after = screener.conjunctions
    wanted = cs.screen(whole(sky, news), START, **question)
    same(after, wanted, question["threshold_km"], OLD_MISS_KM if question["days"] > 1 else MISS_KM)
    consistent(before, change, after)
    return change
