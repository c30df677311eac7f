"""A screening that stays in memory equals a full one of the changed sky."""

from dataclasses import replace

import numpy as np

import commonsky as cs
from commonsky.catalogue.catalogue import Catalogue, overwritten
from commonsky.catalogue.population import population

START, DAYS, KM = "2025-03-31T00:00:00Z", 0.3, 20.0
NS, SLOW_NS, MICROMETRE_KM = 20, 1_000_000, 1e-9


def nudged(sky: Catalogue, rows: list[int], by_rad: float) -> Catalogue:
    some = sky.take(np.array(rows))
    elements = replace(
        some.elements,
        epoch_tai_ns=some.elements.epoch_tai_ns + 1,
        mean_anomaly_rad=some.elements.mean_anomaly_rad + by_rad,
    )
    return replace(some, elements=elements)


def test_updates_equal_a_full_run() -> None:
    sky = population(800, 3)
    with cs.Screener(sky, START, DAYS, KM) as screener:
        for rows, by_rad in (([5], 1e-4), ([40, 700], 1.0), ([799], 0.02)):
            changed = nudged(screener.catalogue, rows, by_rad)
            change = screener.update(changed)
            sky = overwritten(sky, np.array(rows), changed)
            whole = cs.screen(sky, START, DAYS, KM)
            table = screener.conjunctions
            assert table.object1.tolist() == whole.object1.tolist()
            assert table.object2.tolist() == whole.object2.tolist()
            apart = np.abs(table.tca_tai_ns - whole.tca_tai_ns)
            assert apart[~table.slow].max(initial=0) <= NS
            assert apart.max(initial=0) <= SLOW_NS  # a flat minimum has no sharp time
            assert np.abs(table.miss_km - whole.miss_km).max() < MICROMETRE_KM
            numbers = sky.catalogue_number[rows]
            for part in (change.appeared, change.moved, change.vanished):
                assert (np.isin(part.object1, numbers) | np.isin(part.object2, numbers)).all()


def test_what_is_older_changes_nothing() -> None:
    sky = population(200, 3)
    with cs.Screener(sky, START, 0.05, KM) as screener:
        assert not screener.update(sky)
        old = replace(
            sky.elements, epoch_tai_ns=sky.elements.epoch_tai_ns - 10,
            mean_anomaly_rad=sky.elements.mean_anomaly_rad + 1.0,
        )  # fmt: skip
        assert not screener.update(replace(sky, elements=old))
