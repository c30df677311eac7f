"""Several nations' statements of one object stay in memory side by side: each as in a full run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

import commonsky as cs
from commonsky.catalogue.catalogue import Catalogue, concatenated
from commonsky.catalogue.ephemeris import sampled
from commonsky.catalogue.merge import newest_by_source
from commonsky.errors import UnknownObject
from commonsky.node import screener as module
from commonsky.node.change import SAME_KM, SAME_TCA_NS, Change
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.picture import Picture
from tests.record_case import Post
from tests.screener_case import (
    GEO_RAD_MIN,
    LATER_NS,
    START,
    START_NS,
    changed,
    invented_sky,
    nudged,
    read,
    renumbered,
    same,
)

QUESTION: dict[str, Any] = {"days": 0.5, "threshold_km": 20.0}
SHARED = 60  # objects of which GBR says something of its own

News = tuple[Catalogue, list[tuple[int, str]]]


def said_by(some: Catalogue, nation: str) -> Catalogue:
    return replace(some, source=np.full(len(some), nation))


@cache
def alone() -> Catalogue:
    return said_by(invented_sky(1000), "AUS")


@cache
def busy(count: int) -> list[int]:
    """Rows of the objects that meet most others."""
    full = cs.screen(alone(), START, **QUESTION)
    met = np.concatenate([full.object1, full.object2])
    times = np.array([(met == number).sum() for number in alone().catalogue_number])
    return np.argsort(-times, kind="stable")[:count].tolist()


@cache
def sky() -> Catalogue:
    """What AUS says of everything, and GBR of the busy ones: some hundred metres elsewhere."""
    other = said_by(nudged(alone(), busy(SHARED), 2e-5), "GBR")
    return read(newest_by_source(concatenated([alone(), other])))


def of(held: Catalogue, row: int, nation: str) -> Catalogue:
    """What a nation says of the object in a row of `alone`."""
    number = alone().catalogue_number[row]
    found = (held.catalogue_number == number) & (held.source == nation)
    assert found.sum() == 1
    return held.take(np.flatnonzero(found))


def pairs(some: Catalogue) -> list[tuple[int, str]]:
    return list(zip(some.catalogue_number.tolist(), some.source.tolist(), strict=True))


def later(some: Catalogue, by_rad: float = 0.0) -> Catalogue:
    return nudged(some, np.arange(len(some)), by_rad)


def standing(held: Catalogue, news: Catalogue, gone: list[tuple[int, str]]) -> Catalogue:
    """What a full run is given: all that is held but for what is gone, and what is new."""
    kept = [row for row, pair in enumerate(pairs(held)) if pair not in gone]
    return read(newest_by_source(concatenated([held.take(np.array(kept, np.int64)), news])))


def rows_in(table: Conjunctions, part: Conjunctions) -> np.ndarray:
    """Which rows of a table are in a part of it, sources and last digits included."""

    def keys(some: Conjunctions) -> list[tuple[Any, ...]]:
        columns = (some.object1, some.object2, some.source1, some.source2, some.tca_tai_ns)
        miss = np.rint(some.miss_km * 1e9).astype(np.int64)
        return list(zip(*(column.tolist() for column in (*columns, miss)), strict=True))

    wanted = set(keys(part))
    assert len(wanted) == len(part)
    found = np.array([key in wanted for key in keys(table)], bool)
    assert found.sum() == len(part)
    return found


def consistent(before: Conjunctions, change: Change, after: Conjunctions) -> None:
    """Before, less what vanished and moved away, and what appeared and moved there, is after."""
    gone = rows_in(before, change.vanished) | rows_in(before, change.moved_from)
    new = rows_in(after, change.appeared) | rows_in(after, change.moved)
    still = before.take(np.flatnonzero(~gone)), after.take(np.flatnonzero(~new))
    same(*still, miss_km=SAME_KM, tca_ns=SAME_TCA_NS)
    for name in ("object1", "object2"):
        assert change.moved[name].tolist() == change.moved_from[name].tolist()
    for table in (change.appeared, change.moved, change.vanished):
        assert (np.diff(table.tca_tai_ns) >= 0).all()


def follows(screener: cs.Screener, news: News, **question: Any) -> Change:
    """Update, and compare with a full run and with the tables before and after."""
    before, held = screener.conjunctions, screener.catalogue
    new, gone = news
    if len(new):
        change = screener.update(new, [n for n, _ in gone], [s for _, s in gone])
    else:
        change = screener.withdraw([n for n, _ in gone], [s for _, s in gone])
    after, whole = screener.conjunctions, standing(held, new, gone)
    assert sorted(pairs(screener.catalogue)) == sorted(pairs(whole))
    same(after, cs.screen(whole, START, **question), question.get("threshold_km", np.inf))
    consistent(before, change, after)
    assert not (after.object1 == after.object2).any()
    return change


def relabelled(some: Catalogue, name: str) -> News:
    """The same orbits, said by others now."""
    return said_by(some, name), pairs(some)


NOTHING = np.zeros(0, np.int64)
CASES: dict[str, Callable[[Catalogue], News]] = {
    "one nation's newer set": lambda s: (later(of(s, busy(1)[0], "GBR"), 1e-5), []),
    "another nation joins": lambda _: (said_by(nudged(alone(), [2], 1e-5), "GBR"), []),
    "a third nation joins": lambda _: (said_by(nudged(alone(), busy(2), 3e-5), "NOR"), []),
    "an object nobody had": lambda _: (
        renumbered(said_by(nudged(alone(), busy(1), 1e-5), "NOR"), 800_000_000), [],
    ),
    "one withdraws": lambda s: (s.take(NOTHING), pairs(of(s, busy(1)[0], "GBR"))),
    "the other withdraws": lambda s: (s.take(NOTHING), pairs(of(s, busy(1)[0], "AUS"))),
    "all withdraw": lambda s: (
        s.take(NOTHING),
        [pair for row in busy(3) for who in ("AUS", "GBR") for pair in pairs(of(s, row, who))],
    ),
    "a nation leaves": lambda s: (
        s.take(NOTHING), pairs(s.take(np.flatnonzero(s.source == "GBR"))),
    ),
    "one that stands alone withdraws": lambda s: (s.take(NOTHING), pairs(s.take(np.array([7])))),
    "they agree by now": lambda s: (
        said_by(of(s, busy(1)[0], "GBR"), "AUS+GBR"),
        pairs(of(s, busy(1)[0], "AUS")) + pairs(of(s, busy(1)[0], "GBR")),
    ),
    "another says the same": lambda s: relabelled(of(s, busy(1)[0], "AUS"), "AUS+NOR"),
    "they part": lambda s: (
        concatenated(
            [said_by(of(s, busy(1)[0], "AUS"), "AUS+NOR"), later(of(s, busy(1)[0], "GBR"), 1e-4)]
        ),
        pairs(of(s, busy(1)[0], "AUS")),
    ),
    "one takes an orbit back for an older": lambda s: (
        replace(
            of(s, busy(1)[0], "GBR"),
            elements=replace(
                nudged(of(s, busy(1)[0], "GBR"), [0], 1e-4).elements,
                epoch_tai_ns=of(s, busy(1)[0], "GBR").elements.epoch_tai_ns - 10 * LATER_NS,
            ),
        ),
        pairs(of(s, busy(1)[0], "GBR")),
    ),
    "to geostationary": lambda s: (
        changed(of(s, busy(1)[0], "GBR"), [0], mean_motion_rad_min=GEO_RAD_MIN, eccentricity=1e-4),
        [],
    ),
    "much at once": lambda s: (
        concatenated(
            [
                later(of(s, busy(2)[1], "GBR"), 1e-4),
                said_by(nudged(alone(), [busy(5)[4], 3], 1e-4), "NOR"),
                said_by(of(s, busy(3)[2], "AUS"), "AUS+ITA"),
                later(said_by(of(s, busy(4)[3], "AUS"), "JPN"), 1e-4),
            ]
        ),
        pairs(of(s, busy(1)[0], "AUS")) + pairs(of(s, busy(3)[2], "AUS"))
        + pairs(of(s, busy(4)[3], "AUS")) + pairs(of(s, busy(5)[4], "GBR")),
    ),
    "everybody's names change": lambda s: relabelled(
        s.take(np.flatnonzero(s.source == "AUS")), "AUS+USA"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_updates_equal_a_full_run(name: str) -> None:
    with cs.Screener(sky(), START, by_source=True, **QUESTION) as screener:
        change = follows(screener, CASES[name](screener.catalogue), **QUESTION)
    assert change or name in {"another nation joins", "one that stands alone withdraws"}


def test_every_source_is_screened_and_named() -> None:
    with cs.Screener(sky(), START, by_source=True, **QUESTION) as screener:
        table = screener.conjunctions
    same(table, cs.screen(sky(), START, **QUESTION), 20.0)
    assert {*table.source1.tolist(), *table.source2.tolist()} == {"AUS", "GBR"}
    met = set(zip(table.object1.tolist(), table.object2.tolist(), strict=True))
    by_aus = cs.screen(alone(), START, **QUESTION)
    assert len(by_aus) > 100
    assert met >= set(zip(by_aus.object1.tolist(), by_aus.object2.tolist(), strict=True))


def test_a_stale_statement_erases_nothing() -> None:
    row = busy(1)[0]
    with cs.Screener(alone(), START, by_source=True, **QUESTION) as screener:
        before = screener.conjunctions
        elsewhere = said_by(nudged(alone(), [row], 1.0), "NOR")
        change = screener.update(elsewhere)
        assert len(change.vanished) == len(change.moved) == 0
        assert rows_in(screener.conjunctions, before).sum() == len(before)


def test_one_after_another() -> None:
    with cs.Screener(sky(), START, by_source=True, **QUESTION) as screener:
        for news in (
            CASES["another says the same"],
            lambda s: (s.take(NOTHING), pairs(of(s, busy(1)[0], "GBR"))),
            lambda s: relabelled(of(s, busy(1)[0], "AUS+NOR"), "NOR"),
            lambda _: (said_by(nudged(alone(), busy(1), 3e-5), "GBR"), []),
            lambda s: (s.take(NOTHING), pairs(of(s, busy(1)[0], "NOR"))),
            lambda s: (later(of(s, busy(1)[0], "GBR"), 1e-4), []),
            lambda s: (s.take(NOTHING), pairs(of(s, busy(1)[0], "GBR"))),
            lambda _: (nudged(alone(), busy(1), 1e-4), []),
        ):
            follows(screener, news(screener.catalogue), **QUESTION)


def test_only_another_name_screens_nothing_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    with cs.Screener(sky(), START, by_source=True, **QUESTION) as screener:
        touching = screener.conjunctions
        resident = screener._resident  # noqa: SLF001 - what was calculated shows nowhere else
        monkeypatch.setattr(type(resident), "_minima_of", lambda *_: pytest.fail("screened"))
        ours = sky().take(np.flatnonzero(sky().source == "AUS"))
        change = screener.update(said_by(ours, "AUS+USA"), *zip(*pairs(ours), strict=True))
    named = (touching.source1 == "AUS") | (touching.source2 == "AUS")
    assert len(change.moved) == named.sum() > 100
    assert "AUS" not in {*change.moved.source1.tolist(), *change.moved.source2.tolist()}
    assert change.moved.miss_km.tolist() == change.moved_from.miss_km.tolist()


def test_who_comes_to_agree_is_not_screened_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    with cs.Screener(sky(), START, by_source=True, **QUESTION) as screener:
        resident = screener._resident  # noqa: SLF001 - what was calculated shows nowhere else
        monkeypatch.setattr(type(resident), "_minima_of", lambda *_: pytest.fail("screened"))
        change = follows(screener, CASES["they agree by now"](sky()), **QUESTION)
    assert len(change.moved) > 0
    assert len(change.appeared) == 0


def test_one_is_named_anew_and_who_it_meets_moves() -> None:
    table = cs.screen(sky(), START, **QUESTION)
    rows = np.flatnonzero((table.source1 == "AUS") & (table.source2 == "GBR"))
    named, moves = (int(table[name][rows[0]]) for name in ("object1", "object2"))
    row, other = (
        int(np.flatnonzero((sky().catalogue_number == number) & (sky().source == nation))[0])
        for number, nation in ((named, "AUS"), (moves, "GBR"))
    )
    new, gone = relabelled(sky().take(np.array([row])), "AUS+NOR")
    with cs.Screener(sky(), START, by_source=True, **QUESTION) as screener:
        moved = later(sky().take(np.array([other])), 1e-6)
        change = follows(screener, (concatenated([new, moved]), gone), **QUESTION)
    both = (change.moved.object1 == named) & (change.moved.object2 == moves)
    assert "AUS+NOR" in change.moved.source1[both]


@pytest.mark.parametrize("name", ["much at once", "they agree by now", "they part"])
def test_more_than_are_updated(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CHANGES", 0)
    with cs.Screener(sky(), START, by_source=True, **QUESTION) as screener:
        change = follows(screener, CASES[name](sky()), **QUESTION)
    assert change


def test_primaries_whoever_speaks_of_them() -> None:
    numbers = alone().catalogue_number[busy(3)].tolist()
    question = QUESTION | {"primaries": numbers}
    with cs.Screener(sky(), START, by_source=True, **question) as screener:
        follows(screener, (said_by(nudged(alone(), busy(1), 3e-5), "NOR"), []), **question)
        everything = [pair for pair in pairs(screener.catalogue) if pair[0] == numbers[0]]
        assert len(everything) == 3
        screener.withdraw([n for n, _ in everything], [s for _, s in everything])
        table = screener.conjunctions
        assert not np.isin(numbers[:1], np.concatenate([table.object1, table.object2])).any()
        assert len(screener.update(said_by(nudged(alone(), busy(1), 1e-5), "NOR")).appeared)
        wanted = cs.screen(screener.catalogue, START, **question)
        same(screener.conjunctions, wanted, 20.0)


def test_beside_an_owners_ephemeris() -> None:
    epochs = START_NS + np.arange(-10, 760, dtype=np.int64) * 60_000_000_000
    owner = [sampled(nudged(alone(), busy(1), 1e-4), 0, epochs, "owner")]
    question = QUESTION | {"ephemerides": owner}
    with cs.Screener(sky(), START, by_source=True, **question) as screener:
        for name in ("one withdraws", "one that stands alone withdraws", "another nation joins"):
            follows(screener, CASES[name](screener.catalogue), **question)


def test_what_is_too_old_can_be_withdrawn() -> None:
    question = QUESTION | {"max_age_days": 1.0}
    with cs.Screener(sky(), START, by_source=True, **question) as screener:
        held = set(pairs(screener.catalogue))
        old = [pair for pair in pairs(sky()) if pair not in held]
        assert len(old) > 20
        told = screener.conjunctions.summary
        assert not screener.withdraw(*zip(*old[:5], strict=True))
        after = screener.conjunctions.summary
        assert sum(after.excluded.values()) == sum(told.excluded.values()) - 5
        assert (after.read, after.accepted) == (told.read - 5, told.accepted - 5)
        with pytest.raises(UnknownObject, match="no statement is held of"):
            screener.withdraw(*zip(*old[:1], strict=True))


def test_what_is_not_held_cannot_be_withdrawn() -> None:
    number = int(alone().catalogue_number[0])
    with cs.Screener(sky(), START, by_source=True, **QUESTION) as screener:
        before = screener.catalogue
        with pytest.raises(UnknownObject, match=f"no statement is held of {number} by FRA"):
            screener.withdraw([number, number], ["AUS", "FRA"])
        assert screener.catalogue is before


@pytest.mark.parametrize("name", CASES)
def test_counts_add_up(name: str) -> None:
    some = standing(sky(), sky().take(NOTHING), [])
    with cs.Screener(some, START, days=0.02, threshold_km=1.0, by_source=True) as screener:
        new, gone = CASES[name](sky())
        screener.update(new, [n for n, _ in gone], [s for _, s in gone])
        told, n = screener.conjunctions.summary, len(screener.catalogue)
    assert told.read == told.accepted + told.superseded
    assert told.accepted == n
    assert told.sources == tuple(sorted({*screener.catalogue.source.tolist()}))


def test_two_sets_of_one_source_are_refused() -> None:
    twice = concatenated([sky(), later(of(sky(), 3, "AUS"))])
    with pytest.raises(ValueError, match="one element set for each object and source, but holds"):
        cs.Screener(twice, START, by_source=True, **QUESTION)


def test_withdrawal_without_sources_apart() -> None:
    with cs.Screener(alone(), START, **QUESTION) as screener:
        follows(
            screener, (alone().take(NOTHING), pairs(alone().take(np.array(busy(2))))), **QUESTION
        )
        follows(screener, (nudged(alone(), busy(1), 1e-4), []), **QUESTION)


def nations_talk(seed: int, turns: int) -> int:
    """
    Let nations say, correct and take back orbits at random; hold the screening to full runs.

    Return how many conjunctions there were in all turns.
    """
    rng, post = np.random.default_rng(seed), Post()
    crowd = alone().take(np.array(busy(40)))
    ours = [post.held(nation, crowd) for nation in ("AUS", "GBR")]
    records = {one.record.envelope.handle: one for part in ours for one in part}
    picture = Picture.of(records.values(), "AUS")
    found = 0
    with cs.Screener(picture.catalogue, START, by_source=True, **QUESTION) as screener:
        for turn in range(1, turns + 1):
            nation = str(rng.choice(["AUS", "GBR", "NOR"]))
            some = crowd.take(rng.choice(40, rng.integers(1, 9), replace=False))
            for _ in range(int(rng.integers(0, 3))):
                some = later(some, 1e-5)
            new = post.held(nation, some, turn)
            if rng.random() < 0.3:
                standing = sorted(one.handle for one in picture.standing)
                out = [str(one) for one in rng.choice(standing, 3, replace=False)]
                touched = {records[one].record.envelope.subject for one in out}
                records = {one: held for one, held in records.items() if one not in out}
                instead = [
                    held for held in records.values() if held.record.envelope.subject in touched
                ]
                change = picture.withdraw(out, instead)
            else:
                records |= {one.record.envelope.handle: one for one in new}
                change = picture.apply(new)
            before = screener.conjunctions
            told = screener.update(change.changed, change.gone_numbers, change.gone_sources)
            after, table = screener.conjunctions, picture.catalogue
            assert sorted(pairs(screener.catalogue)) == sorted(pairs(table))
            same(after, cs.screen(table, START, **QUESTION), 20.0)
            consistent(before, told, after)
            found += len(after)
    return found


def test_what_nations_say_reaches_the_screening() -> None:
    assert nations_talk(1, 12) > 1000
