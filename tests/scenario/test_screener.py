"""A screening that stays in memory equals a full one of the changed sky."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

import commonsky as cs
from commonsky.catalogue.catalogue import Catalogue, ObjectType, concatenated
from commonsky.catalogue.ephemeris import Ephemeris, sampled
from commonsky.node.pipeline import epoch_of
from commonsky.screen import incremental, trace
from commonsky.screen import screener as full_screening
from commonsky.screen.volume import Shape, Volume
from tests.screener_case import (
    GEO_RAD_MIN,
    OLD_MISS_KM,
    START,
    START_NS,
    changed,
    consistent,
    follows,
    invented_sky,
    nudged,
    read,
    renumbered,
    same,
    whole,
)
from tests.screening_case import real_catalogue

DAY_NS = 86_400_000_000_000
QUESTION: dict[str, Any] = {"days": 1.0, "threshold_km": 20.0}


@cache
def sky() -> Catalogue:
    return invented_sky()


@cache
def full() -> cs.Conjunctions:
    return cs.screen(sky(), START, **QUESTION)


@cache
def busy(count: int) -> list[int]:
    """Rows of the objects that meet most others."""
    met = np.concatenate([full().object1, full().object2])
    times = np.array([(met == number).sum() for number in sky().catalogue_number])
    return np.argsort(-times, kind="stable")[:count].tolist()


def row_near(mean_motion_rad_min: float, eccentricity: float = 0.0) -> int:
    elements = sky().elements
    apart = np.abs(elements.mean_motion_rad_min - mean_motion_rad_min)
    return int(np.argmin(apart + np.abs(elements.eccentricity - eccentricity)))


GEO, MOLNIYA = row_near(GEO_RAD_MIN), row_near(2.0 * GEO_RAD_MIN, 0.7)
DOCKED = 11
CHANGES: dict[str, tuple[Callable[[Catalogue], Catalogue], bool]] = {
    # what changes, and whether that must change the table
    "a little": (lambda s: nudged(s, busy(1), 1e-5), True),
    "much": (lambda s: nudged(s, busy(1), 1.0), True),
    "several": (lambda s: nudged(s, [*busy(3), GEO, MOLNIYA], 1e-4), True),
    "drag": (lambda s: changed(s, busy(1), bstar_per_earth_radius=1e-3), True),
    "to geostationary": (
        lambda s: changed(s, busy(1), mean_motion_rad_min=GEO_RAD_MIN, eccentricity=1e-4), True,
    ),
    "to Molniya": (
        lambda s: changed(s, busy(1), mean_motion_rad_min=2.0 * GEO_RAD_MIN, eccentricity=0.7),
        True,
    ),
    "from deep space": (
        lambda s: changed(s, [GEO, MOLNIYA], mean_motion_rad_min=0.066, eccentricity=1e-3), True,
    ),
    "geostationary": (lambda s: nudged(s, [GEO], 1e-3), False),
    "eccentric": (lambda s: nudged(s, [MOLNIYA], 1e-3), False),
    "docked": (lambda s: nudged(s, [DOCKED], 1e-5), True),
    "docked together": (lambda s: nudged(s, [DOCKED, len(s) - 1], 1e-5), True),
    "new": (lambda s: renumbered(nudged(s, busy(1), 1e-5), 800_000_000), True),
    "new and known": (
        lambda s: concatenated(
            [nudged(s, [5], 1e-4), renumbered(nudged(s, [*busy(2), GEO], 1e-5), 800_000_000)]
        ),
        True,
    ),
    "repeated": (
        lambda s: concatenated([nudged(s, busy(1), 1e-3), nudged(s, busy(1), 1e-3)]), True,
    ),
    "older and newer": (
        lambda s: concatenated(
            [nudged(nudged(s, busy(1), 1e-3), [0], 2e-3), nudged(s, busy(1), 1e-3)]
        ),
        True,
    ),
    "no orbit": (lambda s: changed(s, busy(2), eccentricity=2.0), True),
    "more than are updated": (lambda s: nudged(s, np.arange(0, 1200, 3), 1e-4), True),
    "all": (lambda s: nudged(s, np.arange(len(s)), 1e-4), True),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_updates_equal_a_full_run(name: str) -> None:
    news, matters = CHANGES[name]
    with cs.Screener(sky(), START, **QUESTION) as screener:
        change = follows(screener, news(screener.catalogue), **QUESTION)
    assert change or not matters


def test_one_update_after_another() -> None:
    rng = np.random.default_rng(5)
    with cs.Screener(sky(), START, **QUESTION) as screener:
        for news in (
            lambda s: nudged(s, busy(2), 1e-4),
            lambda s: changed(s, busy(3), mean_motion_rad_min=GEO_RAD_MIN, eccentricity=1e-3),
            lambda s: renumbered(nudged(s, busy(1), 3.0), 800_000_000),
            lambda s: changed(s, busy(1), mean_motion_rad_min=0.0655),  # and back
            lambda s: nudged(s, [len(s) - 1], 1e-4),
            lambda s: nudged(s, rng.integers(0, len(s), 20), 1e-3),
            lambda s: changed(s, busy(2), eccentricity=2.0),
            lambda s: changed(s, busy(2), eccentricity=1e-3),
        ):
            follows(screener, news(screener.catalogue), **QUESTION)


def test_the_table_tells_what_a_full_run_tells() -> None:
    with cs.Screener(sky(), START, **QUESTION) as screener:
        same(screener.conjunctions, full())
        before = dict(screener.conjunctions.summary.as_dict())
        told = dict(full().summary.as_dict())
        assert before | {"step_s": told["step_s"]} == told
        news = concatenated(
            [
                renumbered(nudged(sky(), busy(1), 1e-5), 800_000_000),
                changed(sky(), [3], eccentricity=2.0),
                changed(sky(), [4], mean_motion_rad_min=0.0),
            ]
        )
        screener.update(news)
        after = screener.conjunctions.summary
        wanted = cs.screen(whole(sky(), read(news)), START, **QUESTION).summary
        assert dict(after.as_dict()) | {"step_s": 300.0} == dict(wanted.as_dict())
        assert after.read == before["read"] + 3 == after.accepted + after.superseded
        assert (after.accepted, after.failed) == (before["accepted"] + 1, before["failed"] + 2)


def test_what_falls_while_it_is_screened() -> None:
    rng = np.random.default_rng(4)
    low = renumbered(changed(sky(), np.arange(200), mean_motion_rad_min=0.0700), 800_000_000)
    low = replace(low, elements=replace(low.elements, mean_anomaly_rad=rng.uniform(0.0, 6.0, 200)))
    there = concatenated([sky(), low])
    falling = changed(low, np.arange(60), eccentricity=1e-3)
    drag = replace(falling.elements, bstar_per_earth_radius=10.0 ** rng.uniform(-3.0, -1.5, 60))
    falling = replace(falling, elements=drag)
    question: dict[str, Any] = {"days": 1.0, "threshold_km": 50.0}
    # What SGP4 refuses is not screened up to a step before: so steps must be equal here.
    with cs.Screener(there, START, **question) as screener:
        before = screener.conjunctions
        change = screener.update(falling)
        after = screener.conjunctions
    wanted = cs.screen(whole(there, falling), START, step_s=360.0, **question)
    same(after, wanted, 50.0)
    consistent(before, change, after)
    assert after.summary.partly == wanted.summary.partly > 10
    assert np.isin(after.object1, falling.catalogue_number).sum() > 50


@pytest.mark.parametrize("shape", [Shape.BOX, Shape.ELLIPSOID])
def test_volumes_about_primaries(shape: Shape) -> None:
    question: dict[str, Any] = {
        "days": 1.0, "volume": Volume((10.0, 30.0, 20.0), shape), "threshold_km": None,
        "primaries": sky().catalogue_number[[*busy(4), GEO]].tolist(),
    }  # fmt: skip
    with cs.Screener(sky(), START, **question) as screener:
        for news in (
            lambda s: nudged(s, busy(1), 1e-5),
            lambda s: nudged(s, [77], 1e-5),
            lambda s: renumbered(nudged(s, busy(1), 1e-5), 800_000_000),
            lambda s: changed(s, busy(1), mean_motion_rad_min=GEO_RAD_MIN, eccentricity=1e-4),
            lambda s: changed(s, [GEO], mean_motion_rad_min=0.0655),
        ):
            before, held = screener.conjunctions, screener.catalogue
            change = screener.update(news(held))
            after = screener.conjunctions
            same(after, cs.screen(whole(held, news(held)), START, **question))
            consistent(before, change, after)
            assert after.summary.primaries == 5


def test_a_primary_that_climbs_stays_one() -> None:
    primary = sky().catalogue_number[busy(1)].tolist()
    slot = changed(sky(), busy(1), mean_motion_rad_min=GEO_RAD_MIN, eccentricity=1e-4)
    neighbour = nudged(slot, [0], 2e-4)
    there = concatenated([sky(), renumbered(neighbour, 800_000_000)])
    with cs.Screener(there, START, days=1.0, threshold_km=20.0, primaries=primary) as screener:
        change = screener.update(slot)
    assert 800_000_000 in change.appeared.object1


def owners(sky: Catalogue, rows: list[int]) -> list[Ephemeris]:
    epochs = START_NS + np.arange(-10, 1450, dtype=np.int64) * 60_000_000_000
    return [sampled(nudged(sky, rows, 1e-4), k, epochs, "owner") for k in range(len(rows))]


@pytest.mark.parametrize(
    "news",
    [
        lambda s: nudged(s, busy(1), 1e-4),
        lambda s: nudged(s, [3, GEO], 1e-4),
        lambda s: changed(s, busy(1), mean_motion_rad_min=GEO_RAD_MIN, eccentricity=1e-4),
        lambda s: renumbered(nudged(s, busy(1), 2e-4), 800_000_000),
        lambda s: nudged(s, np.arange(0, 1200, 3), 1e-4),
    ],
)
def test_ephemerides_stand_beside(news: Callable[[Catalogue], Catalogue]) -> None:
    question = QUESTION | {"ephemerides": owners(sky(), [*busy(2), GEO])}
    with cs.Screener(sky(), START, **question) as screener:
        assert ((screener.conjunctions.source1 == "owner").sum()) > 5
        follows(screener, news(screener.catalogue), **question)


def test_older_ones_change_nothing() -> None:
    earlier = replace(sky().elements, epoch_tai_ns=sky().elements.epoch_tai_ns - 10)
    with cs.Screener(sky(), START, **QUESTION) as screener:
        before = screener.conjunctions
        assert not screener.update(sky())
        assert not screener.update(replace(sky(), elements=earlier))
        assert not screener.update(sky().take(np.arange(0)))
        assert not screener.update(nudged(replace(sky(), elements=earlier), [0], 1.0).take(
            np.arange(0)))  # fmt: skip
        same(screener.conjunctions, before)
        told = screener.conjunctions.summary
    n = len(sky())
    assert (told.read, told.accepted, told.superseded) == (3 * n, n, 2 * n)


@pytest.mark.parametrize("count", [1, 400])
def test_of_equal_epochs_stands_what_a_merge_keeps(count: int) -> None:
    rows = np.arange(count)
    for number, stands in ((998, False), (1000, True)):
        some = nudged(sky(), rows, 0.01)
        epoch = replace(some.elements, epoch_tai_ns=sky().elements.epoch_tai_ns[rows])
        other = replace(some, elements=epoch, element_set_number=np.full(count, number))
        with cs.Screener(sky(), START, **QUESTION) as screener:
            screener.update(other)
            assert (screener.catalogue.element_set_number[0].item() == number) is stands
            same(screener.conjunctions, cs.screen(whole(sky(), other), START, **QUESTION), 20.0)


def test_what_is_described_anew() -> None:
    some = nudged(sky(), busy(2), 1e-4)
    told = replace(
        some, operator=np.full(2, "TWIN"), object_name=np.array(["TWIN 1", "A MUCH LONGER NAME"]),
        object_type=np.full(2, ObjectType.PAYLOAD, np.int8), rcs_size=np.full(2, 3, np.int8),
        source=np.full(2, "another file"),
    )  # fmt: skip
    with cs.Screener(sky(), START, **QUESTION) as screener:
        follows(screener, told, **QUESTION)
        assert "A MUCH LONGER NAME" in np.concatenate(
            [screener.conjunctions.name1, screener.conjunctions.name2]
        )
        assert screener.conjunctions.summary.sources == ("another file", str(sky().source[0]))
        one = replace(nudged(screener.catalogue, busy(2), 1e-4), source=np.full(2, "third"))
        follows(screener, one, **QUESTION)
        assert screener.conjunctions.summary.sources == (str(sky().source[0]), "third")


@pytest.mark.parametrize("days", [0.2, 1.0])
def test_age(days: float) -> None:
    question = QUESTION | {"max_age_days": days}
    old = np.flatnonzero((START_NS - sky().elements.epoch_tai_ns) / DAY_NS > days)
    assert 20 < len(old) < len(sky()) - 20

    def at(rows: np.ndarray, by_days: float) -> Catalogue:
        some = nudged(sky(), rows, 1e-4)
        epoch = np.full(len(rows), START_NS + round(by_days * DAY_NS), np.int64)
        return replace(some, elements=replace(some.elements, epoch_tai_ns=epoch))

    young = np.setdiff1d(np.arange(len(sky())), old)
    everything = sky()
    with cs.Screener(sky(), START, **question) as screener:
        for news in (
            at(old[:5], -0.5 * days),  # young again
            at(old[5:10], -days - 1e-6),  # newer, and still too old
            at(young[:3], 1.5 * days),  # too far in the future
            renumbered(at(young[3:6], -2.0 * days), 800_000_000),
            renumbered(at(young[3:6], -0.9 * days), 800_000_000),
        ):
            before = screener.conjunctions
            change = screener.update(news)
            everything = whole(everything, read(news))
            wanted = cs.screen(everything, START, **question)
            same(screener.conjunctions, wanted, 20.0)
            consistent(before, change, screener.conjunctions)
            told = screener.conjunctions.summary
            assert dict(told.as_dict()) | {"step_s": 300.0, "conjunctions": 0} == (
                dict(wanted.summary.as_dict()) | {"conjunctions": 0}
            )


def test_blocks_of_very_many_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_screening, "STATES_PER_BLOCK", 10_000)
    with cs.Screener(sky(), START, **QUESTION) as screener:
        follows(screener, nudged(sky(), busy(3), 1e-4), **QUESTION)


def test_neither_threads_nor_their_end_change_anything() -> None:
    news = nudged(sky(), busy(2), 1e-4)
    tables = []
    for threads in (1, 3):
        screener = cs.Screener(sky(), START, threads=threads, **QUESTION)
        screener.update(news)
        screener.close()
        screener.update(nudged(sky(), [5], 1e-4))
        tables.append(screener.conjunctions)
    one, other = tables
    assert one.tca_tai_ns.tolist() == other.tca_tai_ns.tolist()
    assert one.miss_km.tolist() == other.miss_km.tolist()


def test_a_sky_near_the_earth_takes_in_resonant_orbits() -> None:
    near = sky().take(np.flatnonzero(sky().elements.mean_motion_rad_min > 0.05)[:300])
    question: dict[str, Any] = {"days": 6.0, "threshold_km": 20.0}
    with cs.Screener(near, START, **question) as screener:
        rows = [GEO, MOLNIYA]
        follows(screener, sky().take(np.array(rows)), **question)


@pytest.mark.parametrize(
    ("counts", "differences", "wider"),
    [
        (300, 127, incremental.WIDER),  # far too coarse
        (32767, 1, incremental.WIDER),
        (1_000_000, 127, incremental.WIDER),  # too fine at first
        (32767, 100_000, incremental.WIDER),
        (1_000_000, 127, (1.0,)),  # too fine for ever
    ],
)
def test_units_of_any_size_lose_nothing(
    counts: int, differences: int, wider: tuple[float, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace, "MOST_COUNT", counts)
    monkeypatch.setattr(trace, "MOST_DIFFERENCE", differences)
    monkeypatch.setattr(incremental, "WIDER", wider)
    rows = [*busy(150), GEO, MOLNIYA]  # the docked pair is among the busy
    some, question = sky().take(np.array(rows)), QUESTION | {"days": 0.4}
    with cs.Screener(some, START, **question) as screener:
        follows(screener, nudged(some, [0, 1, 150, 151], 1e-4), **question)


def test_a_real_catalogue() -> None:
    catalogue = real_catalogue("celestrak_on_orbit_20241101")
    thin = catalogue.take(np.arange(0, len(catalogue), 9))
    start = epoch_of(thin, None)
    question: dict[str, Any] = {"days": 2.0, "threshold_km": 10.0}
    rng = np.random.default_rng(2)
    with cs.Screener(thin, start, **question) as screener:
        same(screener.conjunctions, cs.screen(thin, start, **question), 10.0, OLD_MISS_KM)
        held = thin
        for rows in rng.integers(0, len(thin), (4, 12)):
            news = nudged(held, np.unique(rows), 1e-4)
            before = screener.conjunctions
            change = screener.update(news)
            held = whole(held, news)
            consistent(before, change, screener.conjunctions)
        same(screener.conjunctions, cs.screen(held, start, **question), 10.0, OLD_MISS_KM)


def test_an_empty_screener_fills() -> None:
    nothing = sky().take(np.arange(0))
    with cs.Screener(nothing, START, **QUESTION) as screener:
        assert len(screener.conjunctions) == 0
        change = screener.update(sky().take(np.arange(200)))
        assert len(change.appeared) == len(screener.conjunctions) > 0
        wanted = cs.screen(sky().take(np.arange(200)), START, **QUESTION)
        same(screener.conjunctions, wanted)


def test_several_sources_of_one_object_are_refused() -> None:
    several = concatenated([sky(), nudged(sky(), [3], 0.1)])
    with pytest.raises(ValueError, match="one element set for each object, but holds several of"):
        cs.Screener(several, START, **QUESTION)


def test_says_what_it_is() -> None:
    with cs.Screener(sky().take(np.arange(300)), START, **QUESTION) as screener:
        assert repr(screener).startswith("Screener(300 objects, ")
        assert repr(screener.update(sky().take(np.arange(0)))) == (
            "Change(appeared=0, moved=0, vanished=0)"
        )
