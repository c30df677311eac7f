"""Small skies: planted encounters, slow pairs, primaries, volumes, ephemerides, decay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.sgp4 import Status, propagate
from commonsky.astro.states import Frame
from commonsky.catalogue.ephemeris import Ephemeris
from commonsky.catalogue.planted import elements_through, states_at
from commonsky.catalogue.population import population
from commonsky.screen import screener, screening
from commonsky.screen.encounter import Encounters
from commonsky.screen.screener import Screening, screen
from commonsky.screen.volume import Shape, Volume
from tests.screening_case import HOUR_NS, MINUTE_NS, START_NS, columns_of, elements_of, joined

STOP_NS = START_NS + NS_PER_DAY
SPHERE = Volume.sphere(5.0)
GEO = {"mean_motion": 1.0027 * 2.0 * np.pi / 1440.0, "eccentricity": 2e-4, "bstar": 0.0}


def screened(elements: MeanElements, volume: Volume = SPHERE, **how: Any) -> Screening:
    """Screen a day; numbers count from 101."""
    numbers = how.pop("numbers", 101 + np.arange(len(elements)))
    stop = how.pop("stop", STOP_NS)
    return screen(elements, numbers, how.pop("start", START_NS), stop, volume, **how)


def encounters(elements: MeanElements, volume: Volume = SPHERE, **how: Any) -> Encounters:
    return screened(elements, volume, **how).encounters


def beside(
    elements: MeanElements,
    at_ns: int,
    miss_km: float,
    turn_rad: float,
    around_rad: float,
    *,
    stretch: float = 1.0,
    epoch_ns: int = START_NS,
) -> MeanElements:
    """Elements of an object that passes the only one of `elements` at that time and distance."""
    position, velocity = (one[0] for one in states_at(elements, at_ns))
    up = position / np.linalg.norm(position)
    side = np.cross(up, velocity)
    newcomer = stretch * (np.cos(turn_rad) * velocity + np.sin(turn_rad) * side)
    forward = newcomer - velocity
    forward /= np.linalg.norm(forward)
    high = up - (up @ forward) * forward
    high /= np.linalg.norm(high)
    way = np.cos(around_rad) * high + np.sin(around_rad) * np.cross(forward, high)
    return elements_through(position + miss_km * way, newcomer, at_ns, epoch_ns)


@pytest.mark.parametrize("around_rad", [0.0, 0.7, 1.6, 3.0, 4.5])
@pytest.mark.parametrize("turn_rad", [0.05, 0.4, 1.5, 2.6, 3.1])
@pytest.mark.parametrize("minutes", [3.0, 300.0, 305.0, 1437.5])
def test_planted_on_both_sides_of_the_limit(
    minutes: float, turn_rad: float, around_rad: float
) -> None:
    target = elements_of({"bstar": 1e-5})
    at = START_NS + round(minutes * MINUTE_NS)
    for miss_km, inside in ((4.999, True), (5.001, False)):
        both = joined(target, beside(target, at, miss_km, turn_rad, around_rad))
        found = encounters(both)
        here = np.abs(found.tca_tai_ns - at) < 2 * 10**9
        assert here.sum() == inside
        if inside:
            assert abs(found.tca_tai_ns[here][0] - at) < 10**6
            assert abs(found.miss_km[here][0] - miss_km) < 1e-3


def test_states_and_components_are_those_of_the_moment() -> None:
    target = elements_of(GEO)
    both = joined(target, beside(target, START_NS + 7 * HOUR_NS, 3.0, 0.3, 1.0))
    low = elements_of({"bstar": 1e-5})
    both = joined(both, low, beside(low, START_NS + 9 * HOUR_NS, 2.0, 1.3, 2.0))
    found = encounters(both)
    assert len(found) >= 2
    for k in range(len(found)):
        rows = np.array([found.row1[k], found.row2[k]])
        # Several times at once, so that it is the other implementation of SGP4.
        times = found.tca_tai_ns[k] + np.arange(-2, 3) * MINUTE_NS
        states = propagate(both.take(rows), times)
        place, speed = states.position_km[:, 2], states.velocity_km_s[:, 2]
        assert np.abs(found.position1_teme_km[k] - place[0]).max() < 1e-5
        assert np.abs(found.velocity2_teme_km_s[k] - speed[1]).max() < 1e-8
        away, velocity = place[1] - place[0], speed[1] - speed[0]
        assert abs(away @ velocity) < 1e-4 * np.linalg.norm(velocity)
        assert abs(found.miss_km[k] - np.linalg.norm(away)) < 1e-5
        assert abs(found.relative_speed_km_s[k] - np.linalg.norm(velocity)) < 1e-8
        radial = place[0] / np.linalg.norm(place[0])
        cross = np.cross(place[0], speed[0])
        cross /= np.linalg.norm(cross)
        axes = np.stack([radial, np.cross(cross, radial), cross])
        assert np.abs(found.relative_ric_km[k] - axes @ away).max() < 1e-5


def test_object_one_has_the_lower_number() -> None:
    target = elements_of({"bstar": 1e-5})
    both = joined(target, beside(target, START_NS + HOUR_NS, 1.0, 1.0, 1.0))
    one = encounters(both, numbers=np.array([7, 9]))
    other = encounters(both, numbers=np.array([9, 7]))
    assert one.row1.tolist() == [0] * len(one)
    assert other.row1.tolist() == [1] * len(other)
    assert (one.position1_teme_km == other.position2_teme_km).all()


def apart(found: Encounters) -> Floats:
    return np.diff(np.sort(found.tca_tai_ns).astype(np.float64)) / MINUTE_NS


@pytest.mark.parametrize("row", [{"bstar": 1e-5}, GEO, {"mean_motion": 0.00875}])
def test_docked_objects_with_one_element_set(row: dict[str, float]) -> None:
    """They never move apart, so there is no minimum; still they are told once a revolution."""
    days = 3
    found = encounters(elements_of(row, row), stop=START_NS + days * NS_PER_DAY)
    period = 2.0 * np.pi / row.get("mean_motion", 0.0625)
    revolutions = days * 1440.0 / period
    assert 0.6 * revolutions <= len(found) <= 1.2 * revolutions + 1.0
    assert found.slow.all()
    assert (found.miss_km == 0.0).all()
    assert (apart(found) >= 0.9 * period - 1e-6).all()


@pytest.mark.parametrize(
    "change",
    [
        {"anomaly": 3.0 + 1e-9}, {"anomaly": 3.0 + 1e-5}, {"eccentricity": 0.0011},
        {"eccentricity": 0.0011, "raan": 1.0001}, {"inclination": 0.9 + 1e-6},
        {"anomaly": 3.0 + 1e-4, "raan": 1.0 + 1e-4},
    ],
)  # fmt: skip
def test_formations_once_a_revolution(change: dict[str, float]) -> None:
    found = encounters(elements_of({}, change))
    period = 2.0 * np.pi / 0.0625
    assert len(found) >= 0.6 * 1440.0 / period
    assert len(found) <= 1440.0 / (0.9 * period) + 1.0
    assert found.slow.all()
    assert (found.relative_speed_km_s < 0.1).all()
    assert (apart(found) >= 0.9 * period - 1e-6).all()


def test_one_slot_of_the_belt() -> None:
    found = encounters(
        elements_of({**GEO, "inclination": 1e-3}, {**GEO, "inclination": 1.05e-3}),
        Volume.sphere(50.0), stop=START_NS + 3 * NS_PER_DAY,
    )  # fmt: skip
    assert 2 <= len(found) <= 4
    assert found.slow.all()


@pytest.mark.parametrize(("turn_rad", "slow"), [(0.1 / 7.5 * 0.9, True), (0.1 / 7.5 * 1.1, False)])
def test_slow_is_below_a_tenth_of_a_kilometre_per_second(turn_rad: float, slow: bool) -> None:
    target = elements_of({"bstar": 0.0})
    speed = float(np.linalg.norm(states_at(target, START_NS + HOUR_NS)[1]))
    turn = turn_rad * 7.5 / speed
    found = encounters(
        joined(target, beside(target, START_NS + HOUR_NS, 1.0, turn, 1.0)),
        stop=START_NS + 2 * HOUR_NS,
    )
    here = np.abs(found.tca_tai_ns - START_NS - HOUR_NS) < 10**9
    assert found.slow[here].tolist() == [slow]
    assert (found.relative_speed_km_s[here] < 0.1) == slow


def crowd(seed: int = 5, count: int = 250) -> MeanElements:
    """A crowded shell, in which many meet."""
    rng = np.random.default_rng(seed)
    return elements_of(
        *(
            {
                "mean_motion": 0.0655 + rng.uniform(0, 2e-5), "eccentricity": rng.uniform(0, 3e-4),
                "inclination": rng.uniform(0.5, 2.5), "raan": rng.uniform(0, 6.28),
                "anomaly": rng.uniform(0, 6.28), "bstar": 1e-5,
            }
            for _ in range(count)
        )
    )  # fmt: skip


def equal(one: Encounters, other: Encounters) -> None:
    assert len(one) > 0
    for a, b in zip(columns_of(one), columns_of(other), strict=True):
        assert a.tobytes() == b.tobytes()


@pytest.mark.parametrize("few", [True, False])
def test_primaries_against_all_are_those_rows_of_all_against_all(
    few: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not few:
        monkeypatch.setattr(screener, "FEW_PRIMARIES", 0)
    elements = crowd()
    whole = encounters(elements, Volume.sphere(20.0))
    for rows in ([17], [17, 18, 100, 249], range(0, 250, 2)):
        primary = np.zeros(len(elements), bool)
        primary[list(rows)] = True
        part = encounters(elements, Volume.sphere(20.0), primary=primary)
        wanted = np.flatnonzero(primary[whole.row1] | primary[whole.row2])
        equal(part, whole.take(wanted))
    nobody = np.zeros(len(elements), bool)
    assert len(encounters(elements, Volume.sphere(20.0), primary=nobody)) == 0


@pytest.mark.parametrize(
    "volume",
    [
        Volume((2.0, 20.0, 9.0)), Volume((2.0, 20.0, 9.0), Shape.BOX), Volume.sphere(12.0),
        Volume((20.0, 1.0, 1.0)),
    ],
)  # fmt: skip
def test_volumes_about_each_primary(volume: Volume) -> None:
    elements = crowd()
    reach = volume.bounding_radius_km
    whole = encounters(elements, Volume.sphere(reach * 1.0001))
    primary = np.arange(len(elements)) < 100
    found = encounters(elements, volume, primary=primary)
    expected = [
        k
        for k in range(len(whole))
        if (primary[whole.row1[k]] and volume.holds(whole.relative_ric_km[k : k + 1])[0])
        or (primary[whole.row2[k]] and volume.holds(seen_from_two(whole, k))[0])
    ]
    equal(found, whole.take(np.array(expected)))


def seen_from_two(found: Encounters, k: int) -> Floats:
    """RIC components of object 1 seen from object 2."""
    place, velocity = found.position2_teme_km[k], found.velocity2_teme_km_s[k]
    radial = place / np.linalg.norm(place)
    cross = np.cross(place, velocity)
    cross /= np.linalg.norm(cross)
    axes = np.stack([radial, np.cross(cross, radial), cross])
    return np.array([axes @ (found.position1_teme_km[k] - place)])


def ephemeris_of(
    elements: MeanElements, row: int, number: int, begin: int, end: int, step_s: int = 60
) -> Ephemeris:
    """What SGP4 makes of one row, from begin to end, in steps."""
    epochs = np.arange(begin, end + 1, step_s * 10**9)
    states = propagate(elements.take(np.array([row])), epochs)
    return Ephemeris(
        number, "", "owner", Frame.TEME, epochs, states.position_km[0], states.velocity_km_s[0]
    )


def pairs(found: Encounters) -> list[tuple[int, int, int]]:
    return list(
        zip(found.row1.tolist(), found.row2.tolist(), found.tca_tai_ns.tolist(), strict=True)
    )


@pytest.mark.parametrize("step_s", [30, 60, 240])
def test_ephemeris_meets_whom_its_element_set_meets(step_s: int) -> None:
    elements, volume = crowd(), Volume.sphere(20.0)
    row, count = 17, len(crowd())
    whole = encounters(elements, volume)
    own = ephemeris_of(elements, row, 101 + row, START_NS - HOUR_NS, STOP_NS + HOUR_NS, step_s)
    beside_it = encounters(elements, volume, ephemerides=[own])
    # The element set's own encounters stand, bit for bit.
    without = beside_it.take(np.flatnonzero((beside_it.row1 < count) & (beside_it.row2 < count)))
    equal(without, whole)
    mine = whole.take(np.flatnonzero((whole.row1 == row) | (whole.row2 == row)))
    theirs = beside_it.take(np.flatnonzero((beside_it.row1 == count) | (beside_it.row2 == count)))
    assert len(mine) == len(theirs) > 3
    assert np.abs(mine.tca_tai_ns - theirs.tca_tai_ns).max() < 2 * 10**6
    assert np.abs(mine.miss_km - theirs.miss_km).max() < 0.02
    others = np.where(mine.row1 == row, mine.row2, mine.row1)
    assert others.tolist() == np.where(theirs.row1 == count, theirs.row2, theirs.row1).tolist()


def test_two_sources_of_one_object_never_meet() -> None:
    elements = crowd(count=3)
    own = ephemeris_of(elements, 0, 101, START_NS, STOP_NS)
    found = encounters(elements, ephemerides=[own, replace(own, source="another")])
    assert not ((found.row1 == 0) & (found.row2 >= 3)).any()
    assert not ((found.row1 == 3) & (found.row2 == 4)).any()
    same = encounters(joined(elements, elements), numbers=np.array([1, 2, 3, 1, 2, 3]))
    assert not (same.row1 % 3 == same.row2 % 3).any()
    # Under another number they are two objects, and docked.
    assert len(encounters(elements, ephemerides=[replace(own, catalogue_number=5)])) >= 9


@pytest.mark.parametrize("step_s", [60.0, 300.0, 360.0])
@pytest.mark.parametrize("minutes", [(100.0, 107.5), (61.5, 600.0), (200.0, 201.0), (0.0, 1440.0)])
def test_ephemeris_that_is_shorter_than_the_span(
    minutes: tuple[float, float], step_s: float
) -> None:
    """Its encounters are those within it, up to its very ends, whatever the step."""
    elements, volume = crowd(), Volume.sphere(60.0)
    row, count = 17, len(crowd())
    whole = encounters(elements, volume)
    mine = whole.take(np.flatnonzero((whole.row1 == row) | (whole.row2 == row)))
    begin, end = (START_NS + round(m * MINUTE_NS) for m in minutes)
    own = ephemeris_of(elements, row, 101 + row, begin, end, 30)
    found = screened(elements, volume, ephemerides=[own], step_s=step_s)
    theirs = found.encounters.take(
        np.flatnonzero((found.encounters.row1 == count) | (found.encounters.row2 == count))
    )
    within = (mine.tca_tai_ns > begin + 10**7) & (mine.tca_tai_ns < end - 10**7)
    assert len(theirs) == within.sum()
    assert np.abs(theirs.tca_tai_ns - mine.tca_tai_ns[within]).max(initial=0) < 2 * 10**6
    knots = START_NS + np.arange(found.knots) * round(step_s * 1e9)
    covered = found.knots - int(found.unusable_knots[count])
    # Blocks share a knot, which both count.
    assert abs(covered - ((knots >= begin) & (knots <= end)).sum()) <= 1 + covered // 30


def test_ephemeris_counts_only_where_it_may_be_used() -> None:
    elements, volume = crowd(), Volume.sphere(60.0)
    own = ephemeris_of(elements, 17, 118, START_NS, STOP_NS, 60)
    usable = START_NS + 200 * MINUTE_NS, START_NS + 500 * MINUTE_NS
    short = replace(own, usable_start_tai_ns=usable[0], usable_stop_tai_ns=usable[1])
    all_of_it = encounters(elements, volume, ephemerides=[own])
    part = encounters(elements, volume, ephemerides=[short])
    count = len(elements)
    of_it = (all_of_it.row1 == count) | (all_of_it.row2 == count)
    late = (all_of_it.tca_tai_ns < usable[0]) | (all_of_it.tca_tai_ns > usable[1])
    assert (of_it & late).any()
    assert pairs(part) == pairs(all_of_it.take(np.flatnonzero(~(of_it & late))))


def test_gap_between_two_ephemerides_of_one_object() -> None:
    elements, volume = crowd(), Volume.sphere(60.0)
    first = ephemeris_of(elements, 17, 900, START_NS, START_NS + 400 * MINUTE_NS)
    second = ephemeris_of(elements, 17, 900, START_NS + 430 * MINUTE_NS, STOP_NS)
    found = encounters(elements, volume, ephemerides=[first, second])
    last = len(elements)
    assert not ((found.row1 == last) & (found.row2 == last + 1)).any()
    whole = encounters(elements, volume)
    mine = whole.take(np.flatnonzero((whole.row1 == 17) | (whole.row2 == 17)))
    gap = (mine.tca_tai_ns > START_NS + 400 * MINUTE_NS) & (
        mine.tca_tai_ns < START_NS + 430 * MINUTE_NS
    )
    theirs = (found.row1 >= last) | (found.row2 >= last)
    # Docked with its own element set, which bears another number here.
    theirs &= (found.row1 != 17) & (found.row2 != 17)
    assert theirs.sum() == len(mine) - gap.sum()


def test_ephemeris_with_a_manoeuvre() -> None:
    """A kink between knots is no reason to miss anybody."""
    elements, volume = crowd(), Volume.sphere(30.0)
    at = START_NS + 451 * MINUTE_NS + 17 * 10**9
    before = ephemeris_of(elements, 17, 900, START_NS, at, 17)
    velocity = before.velocity_km_s[-1] * (1.0 + 0.05 / 7.5)  # 50 m/s
    after = elements_through(before.position_km[-1], velocity, int(before.epoch_tai_ns[-1]), at)
    rest = ephemeris_of(after, 0, 900, int(before.epoch_tai_ns[-1]) + 17 * 10**9, STOP_NS, 17)
    whole = Ephemeris(
        900, "", "owner", Frame.TEME, np.r_[before.epoch_tai_ns, rest.epoch_tai_ns],
        np.vstack([before.position_km, rest.position_km]),
        np.vstack([before.velocity_km_s, rest.velocity_km_s]),
    )  # fmt: skip
    primary = np.arange(len(elements) + 1) == len(elements)
    steps = [
        pairs(encounters(elements, volume, ephemerides=[whole], primary=primary, step_s=step))
        for step in (60.0, 180.0, 300.0, 360.0)
    ]
    assert len(steps[0]) > 3
    for other in steps[1:]:
        assert [row[:2] for row in other] == [row[:2] for row in steps[0]]
        assert max(abs(a[2] - b[2]) for a, b in zip(other, steps[0], strict=True)) < 2000


def test_decaying_object_is_screened_while_it_has_a_state() -> None:
    falling = elements_of({"mean_motion": 0.0716, "eccentricity": 1e-3, "bstar": 3e-3})
    minutes = START_NS + np.arange(1440) * MINUTE_NS
    good = propagate(falling, minutes).status[0] == Status.GOOD
    assert good.argmin() == 405
    late = START_NS + 398 * MINUTE_NS
    meets = joined(falling, beside(falling, late, 2.0, 1.0, 1.0, stretch=1.05, epoch_ns=late))
    for step_s in (60.0, 300.0, 360.0):
        found = screened(meets, step_s=step_s)
        assert np.abs(found.encounters.tca_tai_ns - late).min() < 10**6
        assert (found.encounters.tca_tai_ns < START_NS + 405 * MINUTE_NS).all()
        covered = found.knots - int(found.unusable_knots[0])
        assert abs(covered - 405 * 60.0 / step_s) <= 2 + covered // 30


def test_object_below_the_surface_is_screened_up_to_there() -> None:
    """An encounter in an interval at whose end one of the two is below the surface."""
    diving = elements_of({"mean_motion": 0.071, "eccentricity": 0.03, "bstar": 0.0})
    seconds = START_NS + np.arange(0, 86400, 10) * 10**9
    status = propagate(diving, seconds).status[0]
    assert set(np.unique(status)) == {Status.GOOD, Status.DECAYED}
    dips = np.flatnonzero((status[:-1] == Status.GOOD) & (status[1:] == Status.DECAYED))
    for dip in dips[2:6].tolist():
        at = START_NS + dip * 10 * 10**9 - 25 * 10**9
        meets = joined(diving, beside(diving, at, 2.0, 0.5, 1.0, stretch=1.1, epoch_ns=at))
        for step_s in (60.0, 300.0, 360.0):
            found = screened(meets, step_s=step_s).encounters
            assert np.abs(found.tca_tai_ns - at).min() < 10**6
            states = propagate(meets, np.sort(found.tca_tai_ns))
            assert (states.status == Status.GOOD).all()


def test_objects_without_any_state_hinder_nobody() -> None:
    elements = crowd()
    whole = encounters(elements, Volume.sphere(20.0))
    hopeless = elements_of(
        {"eccentricity": 1.2}, {"mean_motion": np.nan}, {"mean_motion": 0.0}, {"bstar": np.inf},
        {"mean_motion": 0.0725, "bstar": 100.0}, {"inclination": np.nan}, {"eccentricity": -0.1},
    )  # fmt: skip
    found = screened(joined(elements, hopeless), Volume.sphere(20.0))
    equal(found.encounters, whole)
    assert (found.unusable_knots[-7:] == found.knots).sum() >= 6
    assert (found.unusable_knots[:-7] == 0).all()


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_to_meet(count: int) -> None:
    found = screened(elements_of(*[{}] * count))
    assert len(found.encounters) == 0
    assert found.unusable_knots.shape == (count,)


def test_span_ends() -> None:
    target = elements_of({"bstar": 1e-5})
    at = START_NS + 300 * MINUTE_NS
    both = joined(target, beside(target, at, 1.0, 1.0, 1.0))
    tca = int(encounters(both, stop=START_NS + 400 * MINUTE_NS).tca_tai_ns[-1])
    assert abs(tca - at) < 10**6
    for start, stop, inside in (
        (at - 10**9, at + 10**9, True), (at - HOUR_NS, at + 10**8, True),
        (at - HOUR_NS, at - 10**8, False), (at + 10**8, at + HOUR_NS, False),
        (at - 10**8, at + HOUR_NS, True),
    ):  # fmt: skip
        assert len(encounters(both, start=start, stop=stop)) == inside
    with pytest.raises(ValueError, match="empty"):
        encounters(both, start=at, stop=at)


def population_events(**how: Any) -> Encounters:
    sky = population(1500, 4)
    start = int(np.median(sky.elements.epoch_tai_ns))
    return screen(
        sky.elements, sky.catalogue_number, start, start + 2 * HOUR_NS, Volume.sphere(50.0), **how
    ).encounters


@pytest.mark.parametrize(("name", "size"), [("ROOM", 1), ("RUNS", 1), ("LAYERS_EACH", 0)])
def test_buffers_that_are_too_small(name: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = population_events()
    assert len(whole) > 50
    monkeypatch.setattr(screening, name, size)
    equal(population_events(), whole)


def test_all_buffers_too_small_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = population_events()
    for name, size in (("ROOM", 3), ("RUNS", 2), ("LAYERS_EACH", 0)):
        monkeypatch.setattr(screening, name, size)
    equal(population_events(), whole)
