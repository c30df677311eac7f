"""The demonstration's world: who knows which orbit when, who plays what, what happens."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from commonsky.astro.epoch import NS_PER_S
from commonsky.astro.frames import transform
from commonsky.astro.sgp4 import propagate
from commonsky.astro.states import Frame
from commonsky.catalogue.catalogue import Catalogue, ObjectType, RcsSize
from commonsky.catalogue.planted import states_at
from commonsky.exercise.casting import CASTS, Cast, Part, cast
from commonsky.exercise.script import (
    Apart,
    Cut,
    Forked,
    Mistaken,
    Recalled,
    Step,
    Together,
    Withheld,
    script,
)
from commonsky.exercise.sensors import NATIONS, NEVER, SENSOR_B, SENSORS, Sensor
from commonsky.exercise.world import HOUR_NS, HOURS, LATENCY_NS, NATIONAL, World
from commonsky.share.policy.classes import RecordClass
from commonsky.share.policy.policy import Policy, Released
from commonsky.share.policy.policy import Withheld as Refused
from commonsky.share.policy.starter import OPEN_EXCHANGE, TEN, install

EARTH_KM = 6378.137


@cache
def world() -> World:
    return World.of(1500, 7)


def day_end() -> int:
    return world().start_tai_ns + HOURS * HOUR_NS


def test_the_same_arguments_give_the_same_world() -> None:
    one, same, other = World.of(200, 3), World.of(200, 3), World.of(200, 4)
    assert np.array_equal(one.known_tai_ns, same.known_tai_ns)
    assert one.sensor.tolist() == same.sensor.tolist()
    assert one.owned == same.owned
    for column in fields(Catalogue)[1:-1]:
        ours, theirs = (getattr(each.catalogue, column.name) for each in (one, same))
        assert ours.tolist() == theirs.tolist()
    assert not np.array_equal(one.known_tai_ns, other.known_tai_ns)


def test_each_holds_a_part_and_all_hold_nearly_all() -> None:
    held = world().known_tai_ns < NEVER
    share = dict(zip(NATIONS, held.mean(axis=0), strict=True))
    assert max(share.values()) < 0.9
    assert min(share.values()) > 0.03
    assert share["NOR"] < 0.5 * share["GBR"]
    assert held.any(axis=1).mean() > 0.92
    assert set(NATIONS) == set(TEN)


def test_element_sets_are_older_than_their_delivery() -> None:
    known = world().known_tai_ns
    epochs = world().catalogue.elements.epoch_tai_ns
    assert (epochs <= world().start_tai_ns).all()
    assert (known >= world().start_tai_ns + LATENCY_NS).all()
    assert (known[known < NEVER] < day_end() + LATENCY_NS).all()


def test_what_is_known_was_in_view() -> None:
    """By the elevation in the Earth's frame, on a sphere: half a degree off at most."""
    rng = np.random.default_rng(1)
    owned = world().owned
    checked = 0
    for place, nation in enumerate(NATIONS):
        sensors = [one for one in SENSORS if one.site.nation == nation]
        for row in rng.choice(world().held(nation), 25).tolist():
            at = int(world().known_tai_ns[row, place]) - LATENCY_NS
            if owned.get(int(world().catalogue.catalogue_number[row])) == nation:
                continue
            assert any(in_view(one, row, at) for one in sensors), (nation, row)
            checked += 1
    assert checked > 150


def in_view(sensor: Sensor, row: int, at_tai_ns: int) -> bool:
    epoch = np.array([at_tai_ns])
    states = propagate(world().catalogue.elements.take(np.array([row])), epoch)
    position, _ = transform(
        states.position_km, states.velocity_km_s, epoch, Frame.TEME, Frame.ITRF
    )
    lat, lon = np.radians([sensor.site.latitude_deg, sensor.site.longitude_deg])
    up = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    away = position.reshape(3) - EARTH_KM * up
    distance = np.linalg.norm(away)
    size = max(int(world().catalogue.rcs_size[row]), RcsSize.SMALL)
    elevation_deg = np.degrees(np.arcsin(away @ up / distance))
    return bool(
        elevation_deg > 9.5 and distance < sensor.site.range_km + 30 and size >= sensor.least_size
    )


def test_deliveries_bring_each_element_set_once() -> None:
    steps = world().steps()
    assert len(steps) == HOURS + 1
    steps[-1] += LATENCY_NS  # what was seen at the very end
    brought: dict[str, list[int]] = {nation: [] for nation in NATIONS}
    for begin, end in pairwise(steps):
        for one in world().deliveries(begin, end):
            assert ((one.known_tai_ns > begin) & (one.known_tai_ns <= end)).all()
            assert (world().categories(one.nation)[one.rows] == one.category).all()
            brought[one.nation] += one.rows.tolist()
    for nation, rows in brought.items():
        assert len(rows) == len(set(rows))
        assert sorted(rows) == world().held(nation).tolist()
    only = world().deliveries(steps[0], steps[3], ["NOR"])
    assert {one.nation for one in only} == {"NOR"}


def test_categories_are_those_that_policies_know() -> None:
    numbers = world().catalogue.catalogue_number
    for nation in NATIONS:
        category = world().categories(nation)[world().held(nation)]
        wanted = {"AUS": {"", SENSOR_B}, "JPN": {"", NATIONAL}, "USA": {"", NATIONAL}}
        assert set(category.tolist()) == wanted.get(nation, {""})
    rows = np.flatnonzero(world().categories("JPN") == NATIONAL)
    assert {world().owned[int(numbers[row])] for row in rows} == {"JPN"}


def test_owners_are_of_payloads_and_every_nation_has_one_in_an_encounter() -> None:
    numbers = world().catalogue.catalogue_number.tolist()
    kinds = dict(zip(numbers, world().catalogue.object_type.tolist(), strict=True))
    assert {kinds[number] for number in world().owned} == {int(ObjectType.PAYLOAD)}
    assert set(world().owned.values()) == set(NATIONS)
    payloads = [number for number, kind in kinds.items() if kind == ObjectType.PAYLOAD]
    assert 0.3 < len(world().owned) / len(payloads) < 0.95
    assert {world().owned[n] for n in world().planted.object1.tolist()} == set(NATIONS)
    assert len(world().catalogue) == 1512


@pytest.mark.parametrize("seed", [7, 1])
def test_encounters_are_played_as_they_are_cast(seed: int) -> None:
    one = world() if seed == 7 else World.of(300, seed)
    held = one.known_tai_ns < NEVER
    parts = [each.part for each in one.casts]
    assert parts.count(Part.TOGETHER) >= 4
    assert Part.WARNING in parts
    for each, (satellite, newcomer) in zip(one.casts, one.pairs.tolist(), strict=True):
        assert held[satellite, NATIONS.index(each.owner)]
        assert str(one.catalogue.object_name[satellite]).startswith(f"SATELLITE {each.owner}-")
        both = {n for k, n in enumerate(NATIONS) if held[satellite, k] and held[newcomer, k]}
        followers = {n for k, n in enumerate(NATIONS) if held[newcomer, k]}
        if each.part is Part.SHARED:
            continue
        assert followers == set(each.followers)
        assert both == (set(each.followers) if each.part is Part.ALONE else set())
        if each.part is Part.WARNING:
            assert {str(one.categories(nation)[newcomer]) for nation in followers} == {SENSOR_B}
    tca = one.planted.tca_tai_ns
    told = [one.known_tai_ns[row].min() for row in one.pairs[:, 1].tolist()]
    for each, known, at in zip(one.casts, told, tca.tolist(), strict=True):
        assert each.part is Part.SHARED or known < at


def seen_by(**sensors: tuple[int, ...]) -> np.ndarray:
    """When the first sensor of a nation, or its last, sees each newcomer: hour 1, or never."""
    seen = np.full((24, HOURS, len(SENSORS)), NEVER, np.int64)
    for nation, encounters in sensors.items():
        own = [k for k, one in enumerate(SENSORS) if one.site.nation == nation]
        for encounter in encounters:
            seen[2 * encounter + 1, 1, own[-1]] = HOUR_NS
    return seen


def played(seen: np.ndarray) -> tuple[Cast, ...]:
    pairs = np.arange(24).reshape(12, 2)
    return cast(CASTS, pairs, seen, SENSORS, np.full(12, 30 * HOUR_NS))


def test_a_follower_that_cannot_see_is_replaced() -> None:
    everyone = seen_by(**{nation: tuple(range(12)) for nation in NATIONS})
    assert played(everyone) == CASTS
    some = seen_by(AUS=(8,), ITA=(0, 2))
    assert played(some)[0] == Cast(Part.TOGETHER, "NOR", ("ITA",))
    assert played(some)[2] == Cast(Part.TOGETHER, "DEU", ("ITA",))
    assert played(some)[8] == CASTS[8]
    assert played(some)[3] == Cast(Part.SHARED, "GBR")  # nobody sees what comes near it
    late = np.where(some < NEVER, 29 * HOUR_NS + 1, some)
    assert {one.part for one in played(late)} == {Part.SHARED}


def test_the_warning_goes_where_the_withheld_sensor_sees() -> None:
    seen = seen_by(AUS=(3, 9), **{n: tuple(range(12)) for n in NATIONS if n != "AUS"})
    casts = played(seen)
    assert casts[9] == CASTS[8]
    assert casts[8].part is Part.TOGETHER
    assert casts[8].owner == "AUS"


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Policy]:
    folder = tmp_path_factory.mktemp("policies")
    for nation in NATIONS:
        install(folder / nation, nation)
    return {nation: Policy.load(folder / nation, nation) for nation in NATIONS}


def element_set(nation: str, category: str, *, at_risk: bool = False) -> RecordClass:
    return RecordClass(
        kind="element_set", originator=nation, classification=0, releasable_to=TEN,
        categories=(category,) if category else (), at_risk=at_risk,
        agreements=(OPEN_EXCHANGE.id,),
    )  # fmt: skip


def shared_rows(nation: str, policies: dict[str, Policy]) -> set[int]:
    """Rows that a nation has by itself, or is released in full by others' starter policies."""
    rows = set(world().held(nation).tolist())
    for other in NATIONS:
        category = world().categories(other)
        for name in np.unique(category[world().held(other)]).tolist():
            kind = element_set(other, name)
            verdict = policies[other].verdict(kind, nation, world().start_tai_ns)
            if other != nation and isinstance(verdict, Released) and verdict.level == "full":
                mine = world().held(other)
                rows |= set(mine[category[mine] == name].tolist())
    return rows


def test_by_the_starter_policies_the_story_holds(policies: dict[str, Policy]) -> None:
    """What is cast as seen together is, by those told; the withheld orbit reaches nobody."""
    rows = {nation: shared_rows(nation, policies) for nation in NATIONS}
    for one, pair in zip(world().casts, world().pairs.tolist(), strict=True):
        both = {nation for nation in NATIONS if set(pair) <= rows[nation]}
        if one.part is Part.TOGETHER:
            assert both & {one.owner, *one.followers}
        if one.part is Part.WARNING:
            assert both == set(one.followers)
            (issuer,) = one.followers
            kind = element_set(issuer, SENSOR_B, at_risk=True)
            now = world().start_tai_ns
            for other in NATIONS:
                if other != issuer:
                    assert isinstance(policies[issuer].verdict(kind, other, now), Refused)
            assert isinstance(policies[issuer].warning(kind, one.owner, now), Released)
    assert min(map(len, rows.values())) > 0.5 * len(world().catalogue)


def steps_of(kind: type[Step]) -> list[Step]:
    return [step for step in script(world()) if isinstance(step, kind)]


def test_the_script_has_everything_in_order() -> None:
    steps = script(world())
    times = [step.at_tai_ns for step in steps]
    assert times == sorted(times)
    assert all(world().start_tai_ns < at < day_end() for at in times)
    for kind in (Apart, Cut, Forked, Mistaken, Recalled, Together, Withheld):
        assert steps_of(kind), kind
    for step in steps:
        assert step.narration.endswith(".")
        assert "\n" not in step.narration
    (withheld,) = steps_of(Withheld)
    assert isinstance(withheld, Withheld)
    assert withheld.category == SENSOR_B
    assert world().casts[withheld.encounter].owner == withheld.at_risk


def test_the_mistake_makes_an_encounter_look_worse_and_is_recalled() -> None:
    (mistaken,), (recalled,) = steps_of(Mistaken), steps_of(Recalled)
    assert isinstance(mistaken, Mistaken)
    assert isinstance(recalled, Recalled)
    assert mistaken.at_tai_ns < recalled.at_tai_ns
    assert (recalled.nation, recalled.encounter) == (mistaken.nation, mistaken.encounter)
    satellite, newcomer = world().pairs[mistaken.encounter].tolist()
    assert recalled.number == world().catalogue.catalogue_number[satellite]
    assert mistaken.stated.catalogue_number.tolist() == [recalled.number]
    assert mistaken.stated.object_name[0] == world().catalogue.object_name[satellite]
    # Nobody else's statement stands in its place before the recall, and somebody sees it matter.
    place = NATIONS.index(mistaken.nation)
    assert world().known_tai_ns[satellite, place] > recalled.at_tai_ns
    assert world().known_tai_ns[newcomer].min() < mistaken.at_tai_ns
    tca = int(world().planted.tca_tai_ns[mistaken.encounter])
    true = world().catalogue.elements.take(np.array([satellite, newcomer]))
    (one, other), _ = states_at(true, tca)
    (bad,), _ = states_at(mistaken.stated.elements, tca)
    miss = np.linalg.norm(one - other)
    assert abs(miss - world().planted.miss_km[mistaken.encounter]) < 1e-3
    assert abs(np.linalg.norm(bad - other) / miss - 0.05) < 0.01
    later, _ = states_at(mistaken.stated.elements, tca - 6 * HOUR_NS)
    truth, _ = states_at(true.take(np.array([0])), tca - 6 * HOUR_NS)
    assert np.linalg.norm(later - truth) < 50.0  # a bias, not another orbit


def test_a_cut_ends_within_the_day() -> None:
    (cut,) = steps_of(Cut)
    assert isinstance(cut, Cut)
    assert cut.at_tai_ns < cut.until_tai_ns < day_end()
    assert (cut.until_tai_ns - cut.at_tai_ns) % (3600 * NS_PER_S) == 0
    assert "6 hours" in cut.narration
