"""What sharing was worth: alone, together, warned, withheld; hours gained."""

from __future__ import annotations

from functools import cache

import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.exercise.casting import Part
from commonsky.exercise.score import (
    Heard,
    Level,
    Outcome,
    alone_tai_ns,
    encounters_of,
    score,
)
from commonsky.exercise.sensors import NATIONS, NEVER
from commonsky.exercise.world import HOUR_NS, World

MINUTE_NS = HOUR_NS // 60


@cache
def world() -> World:
    return World.of(300, 7)


@cache
def alone(nation: str) -> Ints:
    return alone_tai_ns(world(), nation)


def hours(at: float) -> int:
    return world().start_tai_ns + round(at * HOUR_NS)


def test_alone_is_what_own_data_show() -> None:
    """A screening finds exactly the encounters of which a nation holds both orbits in time."""
    found = 0
    for place, nation in enumerate(NATIONS):
        known = world().known_tai_ns[world().pairs, place].max(axis=1)
        wanted = np.where(known < world().planted.tca_tai_ns, known, NEVER)
        assert alone(nation).tolist() == wanted.tolist()
        found += int((wanted < NEVER).sum())
    assert found >= 2


def test_alone_follows_the_cast() -> None:
    for k, one in enumerate(world().casts):
        who = {nation for nation in NATIONS if alone(nation)[k] < NEVER}
        if one.part is Part.ALONE:
            assert who == {one.owner}
        elif one.part is not Part.SHARED:
            assert who == set()


def test_nothing_is_found_before_the_horizon_reaches_it() -> None:
    nation, k = next(
        (one.owner, k)
        for k, one in reversed(list(enumerate(world().casts)))
        if one.part is Part.ALONE
    )
    ahead_h = (int(world().planted.tca_tai_ns[k]) - hours(20.0)) / HOUR_NS
    assert alone(nation)[k] < hours(20.0)
    near = alone_tai_ns(world(), nation, days=ahead_h / 24.0)
    assert abs(near[k] - hours(20.0)) < MINUTE_NS
    # Not within the day at all.
    assert alone_tai_ns(world(), nation, days=(ahead_h - 30.0) / 24.0)[k] == NEVER


def test_what_lies_outside_the_threshold_is_not_found() -> None:
    nation = next(one.owner for one in world().casts if one.part is Part.ALONE)
    assert (alone(nation) < NEVER).any()
    assert (alone_tai_ns(world(), nation, threshold_km=1e-3) == NEVER).all()


def test_messages_are_matched_by_objects_and_time() -> None:
    for k in range(12):
        one, other = int(world().planted.object1[k]), int(world().planted.object2[k])
        tca = int(world().planted.tca_tai_ns[k])
        assert encounters_of(world(), [other, one], tca, tca) == [k]
        assert encounters_of(world(), [one], tca - 5 * MINUTE_NS, tca + 5 * MINUTE_NS) == [k]
        assert encounters_of(world(), [one], tca + MINUTE_NS + 1, tca + HOUR_NS) == []
        assert encounters_of(world(), [one, 5], tca, tca) == []


def nobody() -> dict[str, Ints]:
    return {nation: np.full(12, NEVER, np.int64) for nation in NATIONS}


def test_hours_are_gained_until_it_would_have_been_found_or_happens() -> None:
    tca = world().planted.tca_tai_ns
    own = nobody()
    own["DEU"][2] = hours(6.0)
    heard = [
        Heard("DEU", 2, hours(2.5), Level.EVENT, ("FRA",)),
        Heard("DEU", 2, hours(6.0), Level.FULL, ("DEU",)),
        Heard("NOR", 2, hours(3.0), Level.FULL, ("GBR", "NOR")),
        Heard("NOR", 2, hours(4.0), Level.EVENT, ("DEU",)),
        Heard("JPN", 2, hours(5.0), Level.WARNING, ("AUS",)),
        Heard("ITA", 2, int(tca[2]), Level.FULL, ("DEU",)),  # too late
    ]
    table = score(world(), heard, own)
    cells = {nation: table.of(nation)[2] for nation in NATIONS}
    assert cells["DEU"].outcome is Outcome.ALONE
    assert cells["DEU"].gained_h == 3.5
    assert cells["NOR"].outcome is Outcome.TOGETHER
    assert abs(cells["NOR"].gained_h - (tca[2] - hours(3.0)) / HOUR_NS) < 1e-12
    assert cells["NOR"].sources == ("DEU", "GBR", "NOR")
    assert cells["JPN"].outcome is Outcome.WARNED
    assert cells["JPN"].gained_h > 0.0
    for nation in ("ITA", "USA"):
        assert cells[nation].outcome is Outcome.WITHHELD
        assert cells[nation].gained_h == 0.0
        assert cells[nation].sources == ()
    assert {cell.outcome for n in NATIONS for cell in table.of(n)[3:]} == {Outcome.UNSEEN}
    assert table.count("NOR", Outcome.TOGETHER) == 1
    assert table.gained_h("DEU") == 3.5
    assert table.withheld("JPN") == table.withheld("USA") == [2]
    assert table.withheld("NOR") == table.withheld("DEU") == []
    assert len(table.cells) == 120


def test_found_alone_and_told_late_gains_nothing() -> None:
    own = nobody()
    own["CAN"][7] = hours(4.0)
    table = score(world(), [Heard("CAN", 7, hours(9.0), Level.FULL, ("USA",))], own)
    assert table.of("CAN")[7].gained_h == 0.0
    assert table.of("CAN")[7].outcome is Outcome.ALONE
    assert table.of("USA")[7].outcome is Outcome.WITHHELD  # somebody knew, if only by its own


def test_swapping_nations_swaps_the_table() -> None:
    swap = {"FRA": "JPN", "JPN": "FRA"}
    own = nobody()
    own["FRA"][4] = hours(3.0)
    heard = [Heard("FRA", 4, hours(1.0), Level.EVENT, ("USA",)),
             Heard("JPN", 5, hours(2.0), Level.WARNING, ("AUS",))]  # fmt: skip
    one = score(world(), heard, own)
    other = score(
        world(),
        [Heard(swap[h.nation], h.encounter, h.at_tai_ns, h.level, h.sources) for h in heard],
        {swap.get(nation, nation): times for nation, times in own.items()},
    )
    for nation in NATIONS:
        ours, theirs = one.of(nation), other.of(swap.get(nation, nation))
        assert [(c.outcome, c.gained_h, c.level, c.sources) for c in ours] == [
            (c.outcome, c.gained_h, c.level, c.sources) for c in theirs
        ]
