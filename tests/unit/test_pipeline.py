"""From a catalogue to the table of conjunctions: what is asked, and what is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import commonsky as cs
from commonsky.astro.epoch import tai_ns
from commonsky.astro.frames import transform
from commonsky.astro.states import Frame
from commonsky.catalogue.catalogue import Catalogue, concatenated
from commonsky.catalogue.ephemeris import Ephemeris, sampled
from commonsky.catalogue.merge import default_start
from commonsky.catalogue.planted import Planted, plant
from commonsky.catalogue.population import population
from commonsky.errors import UnknownEpoch, UnknownObject, UnreadableInput
from commonsky.formats.tle_writer import write_tle
from commonsky.screen.volume import Shape, Volume
from tests.screener_case import START, START_NS, nudged, read, renumbered, same

MINUTE_NS = 60_000_000_000
HALF: dict[str, Any] = {"start": START, "days": 0.5, "threshold_km": 10.0}


@cache
def planted() -> tuple[Catalogue, Planted]:
    return plant(population(600, 9), START_NS)


def sky() -> Catalogue:
    return planted()[0]


@cache
def table() -> cs.Conjunctions:
    return cs.screen(sky(), **HALF)


def identical(one: cs.Conjunctions, other: cs.Conjunctions) -> None:
    for name in one.columns:
        assert np.array_equal(one[name], other[name], equal_nan=one[name].dtype.kind == "f"), name


def owner(row: int, by_rad: float = 1e-5, source: str = "owner") -> Ephemeris:
    epochs = START_NS + np.arange(-10, 740, dtype=np.int64) * MINUTE_NS
    return sampled(nudged(sky(), [row], by_rad), 0, epochs, source)


def test_planted_encounters_are_found() -> None:
    wanted, found = planted()[1], table()
    assert len(found) > 30
    for k in np.flatnonzero(wanted.tca_tai_ns < START_NS + 43_200_000_000_000):
        rows = np.flatnonzero(
            (found.object1 == wanted.object1[k]) & (found.object2 == wanted.object2[k])
        )
        apart = np.abs(found.tca_tai_ns[rows] - wanted.tca_tai_ns[k])
        assert apart.min() < 1_000_000
        assert abs(found.miss_km[rows[apart.argmin()]] - wanted.miss_km[k]) < 1e-3


def test_start_is_text_or_tai_or_left_out() -> None:
    identical(cs.screen(sky(), START_NS, 0.5, 10.0), table())
    identical(cs.screen(sky(), np.int64(START_NS), 0.5, 10.0), table())  # type: ignore[arg-type]
    by_default = cs.screen(sky(), days=0.2)
    identical(by_default, cs.screen(sky(), default_start(sky()), 0.2, 5.0))
    assert by_default.summary.threshold_km == 5.0
    told = cs.screen(sky(), START, 0.5).summary
    assert told.start == "2025-03-31T00:00:00.000000Z"
    assert told.stop == "2025-03-31T12:00:00.000000Z"


def test_everything_lies_inside_what_was_asked() -> None:
    found = table()
    assert (found.miss_km < 10.0).all()
    assert (found.object1 < found.object2).all()
    assert (np.diff(found.tca_tai_ns) >= 0).all()
    assert found.tca_tai_ns.min() >= START_NS
    assert found.tca_tai_ns.max() < tai_ns("2025-03-31T12:00:00Z")
    assert set(found.grade) == {"screening"}
    ric = np.stack([found.radial_km, found.in_track_km, found.cross_track_km], axis=1)
    assert np.abs(np.linalg.norm(ric, axis=1) - found.miss_km).max() < 1e-9


def test_neither_threads_nor_step_nor_order_change_the_result() -> None:
    identical(cs.screen(sky(), threads=1, **HALF), table())
    identical(cs.screen(sky(), threads=3, **HALF), table())
    for step_s in (60.0, 180.0, 360.0):
        same(cs.screen(sky(), step_s=step_s, **HALF), table(), 10.0)
    order = np.random.default_rng(0).permutation(len(sky()))
    same(cs.screen(sky().take(order), **HALF), table(), 10.0)


def test_slow_pairs_have_no_pc() -> None:
    some = sky().take(np.arange(0, 600, 60))
    found = cs.screen(concatenated([sky(), renumbered(some, 800_000_000)]), **HALF)
    slow = found.slow
    revolutions = some.elements.mean_motion_rad_min * 720.0 / (2.0 * np.pi)
    for k, number in enumerate(some.catalogue_number.tolist()):
        pair = (found.object1 == 800_000_000 + k) & (found.object2 == number)
        assert slow[pair].all()
        assert revolutions[k] / 1.8 <= pair.sum() <= revolutions[k] / 0.9 + 1.0
    assert (found.relative_speed_km_s[slow] < 0.1).all()
    assert set(found.pc_null_reason[slow]) == {"slow encounter"}
    assert np.isnan(found.pc[slow]).all()
    assert np.isnan(found.pc_max[slow]).all()
    assert set(found.pc_method[slow]) == {""}
    assert not found.diluted[slow].any()
    quick = ~slow
    assert (found.pc_null_reason[quick] == "").all()
    assert ((found.pc[quick] >= 0.0) & (found.pc[quick] <= found.pc_max[quick])).all()


def test_fleets_are_marked() -> None:
    fleet = replace(sky(), operator=np.full(len(sky()), "ONE"))
    inside = cs.screen(fleet, **HALF).intra_fleet
    none = replace(
        sky(), operator=np.full(len(sky()), ""), object_name=np.full(len(sky()), "SKY A")
    )
    assert inside.any()
    assert not inside.all()  # debris belongs to nobody
    assert not cs.screen(none, **HALF).intra_fleet.any()


def test_an_owners_ephemeris_stands_beside_the_element_set() -> None:
    primary = int(table().object1[0])
    row = int(np.flatnonzero(sky().catalogue_number == primary)[0])
    both = cs.screen(sky(), ephemerides=[owner(row)], **HALF)
    catalogued = np.flatnonzero((both.source1 != "owner") & (both.source2 != "owner"))
    same(both.take(catalogued), table())  # nothing is hidden
    own = both.take(np.setdiff1d(np.arange(len(both)), catalogued))
    assert len(own) > 0
    assert ((own.object1 == primary) | (own.object2 == primary)).all()
    assert set(own.pc_null_reason) <= {"no covariance", "slow encounter"}
    assert np.isnan(own.pc).all()
    first = own.source1 == "owner"
    assert np.isnan(own.sigma1_rtn_km[first]).all()
    assert np.isnan(own.sigma2_rtn_km[~first]).all()
    assert both.summary.sources == ("owner", str(sky().source[0]))
    assert both.summary.propagated == len(sky()) + 1


def test_the_frame_of_an_ephemeris_does_not_matter() -> None:
    row = int(np.flatnonzero(sky().catalogue_number == int(table().object1[0]))[0])
    teme = owner(row)
    position, velocity = transform(
        teme.position_km, teme.velocity_km_s, teme.epoch_tai_ns, Frame.TEME, Frame.GCRF
    )
    gcrf = replace(teme, frame=Frame.GCRF, position_km=position, velocity_km_s=velocity)
    one, other = (cs.screen(sky(), ephemerides=[e], **HALF) for e in (teme, gcrf))
    assert one.object2.tolist() == other.object2.tolist()
    assert np.abs(one.miss_km - other.miss_km).max() < 1e-5


def test_primaries_and_volume() -> None:
    some = sorted({*table().object1[:3].tolist(), *table().object2[5:7].tolist()})
    found = cs.screen(sky(), primaries=some, **HALF)
    wanted = np.isin(table().object1, some) | np.isin(table().object2, some)
    assert 0 < len(found) < len(table())
    same(found, table().take(np.flatnonzero(wanted)))
    assert found.summary.primaries == len(some)
    box = Volume((2.0, 9.0, 5.0), Shape.BOX)
    inside = cs.screen(sky(), START, 0.5, volume=box)
    told = inside.summary
    assert told.volume_km == (2.0, 9.0, 5.0)
    assert (told.volume_shape, told.volume_frame) == ("box", "RIC")
    assert "threshold_km" not in told.as_dict()
    assert 0 < len(inside) < len(cs.screen(sky(), START, 0.5, box.bounding_radius_km))


def test_ages_leave_objects_out_and_say_so() -> None:
    age = (START_NS - sky().elements.epoch_tai_ns) / 86_400_000_000_000
    young = cs.screen(sky(), max_age_days=0.5, **HALF)
    old = int((np.abs(age) > 0.5).sum())
    assert young.summary.excluded == {"older than 0.5 days": old}
    assert young.summary.accepted == len(sky())
    assert young.summary.propagated == len(sky()) - old
    assert np.abs(age[np.isin(sky().catalogue_number, young.object1)]).max() <= 0.5
    assert table().summary.excluded == {}
    gone = int(sky().catalogue_number[np.argmax(age)])
    with pytest.raises(UnknownObject, match=f"{gone}; those older than 0.5 days are left out"):
        cs.screen(sky(), max_age_days=0.5, primaries=[gone], **HALF)


def test_sizes_that_are_given_count() -> None:
    number = int(table().object1[np.nanargmax(table().pc)])
    large = cs.screen(sky(), hard_body_radius_km={number: 0.5}, **HALF)
    mine = large.object1 == number
    assert set(large.hard_body_radius1_km[mine]) == {0.5}
    assert (large.pc[mine] > table().pc[mine]).any()
    others = ~mine & (large.object2 != number)
    assert np.array_equal(large.pc[others], table().pc[others], equal_nan=True)


def test_a_file_is_read_and_counted(tmp_path: Path) -> None:
    some = read(sky().take(np.arange(200, 260)))
    lines = write_tle(replace(some, catalogue_number=np.arange(60) + 1))
    lines += lines[:3]  # one twice
    lines += [lines[4], lines[5][:-1] + str((int(lines[5][-1]) + 1) % 10)]
    path = tmp_path / "sky.tle"
    path.write_text("\n".join(lines) + "\n")
    catalogue = cs.read(path)
    told = cs.screen(catalogue, **HALF).summary
    assert (told.accepted, told.superseded, told.quarantined) == (60, 1, 1)
    assert told.read == 62
    assert told.sources == ("sky.tle",)
    with pytest.raises(UnreadableInput):
        cs.read(tmp_path / "none.tle")


def test_what_fails_is_counted() -> None:
    some = sky().take(np.arange(100))
    bad = some.elements.eccentricity.copy()
    bad[:3] = 2.0
    falling = some.elements.bstar_per_earth_radius.copy()
    motion = some.elements.mean_motion_rad_min.copy()
    falling[5], motion[5] = 0.01, 0.0705
    elements = replace(
        some.elements, eccentricity=bad, bstar_per_earth_radius=falling, mean_motion_rad_min=motion
    )
    told = cs.screen(replace(some, elements=elements), START, 3.0).summary
    assert (told.failed, told.propagated, told.partly) == (3, 97, 1)
    assert told.complete


@pytest.mark.parametrize("make", [cs.screen, cs.Screener])
@pytest.mark.parametrize(
    ("question", "problem"),
    [
        ({"days": 0.0}, "days must be positive"),
        ({"days": -1.0}, "days must be positive"),
        ({"days": float("nan")}, "days must be positive"),
        ({"days": float("inf")}, "days must be positive"),
        ({"days": 1e6}, "at most 366"),
        ({"days": 1e-15}, "the span to screen is empty"),
        ({"threshold_km": 0.0}, "semi-axes must be positive"),
        ({"threshold_km": float("nan")}, "semi-axes must be positive"),
        ({"threshold_km": 5.0, "volume": Volume.sphere(5.0)}, "give one"),
        ({"max_age_days": -1.0}, "max_age_days must not be negative"),
        ({"max_age_days": float("nan")}, "max_age_days must not be negative"),
        ({"primaries": []}, "no primaries are named"),
        ({"threads": 0}, "threads must be at least 1"),
        ({"threads": -2}, "threads must be at least 1"),
        ({"step_s": 100.0}, "step_s must be a multiple of 60 s"),
        ({"start": 1.7e18}, "start must be UTC as text or TAI ns as an integer, but is a float"),
        ({"start": datetime(2025, 3, 31, tzinfo=UTC)}, "but is a datetime"),
        ({"start": np.datetime64("2025-03-31", "ns")}, "but is a datetime64"),
    ],
)  # fmt: skip
def test_misuse_teaches(make: Callable[..., Any], question: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        make(sky().take(np.arange(20)), **({"start": START} | question))


@pytest.mark.parametrize("make", [cs.screen, cs.Screener])
def test_unknown_names_and_times(make: Callable[..., Any]) -> None:
    with pytest.raises(UnknownObject, match="no object of the catalogue has the number 5, 77"):
        make(sky(), START, primaries=[77, 5, int(sky().catalogue_number[0])])
    with pytest.raises(UnknownEpoch):
        make(sky(), "yesterday")


def test_an_ephemeris_may_be_the_primary() -> None:
    row = int(np.flatnonzero(sky().catalogue_number == int(table().object1[0]))[0])
    alone = replace(owner(row), catalogue_number=42)
    found = cs.screen(sky(), ephemerides=[alone], primaries=[42], **HALF)
    assert len(found) > 0
    assert set(found.object1) == {42}


def test_an_empty_catalogue_and_one_object() -> None:
    nobody, somebody = sky().take(np.arange(0)), sky().take(np.array([3]))
    with pytest.raises(ValueError, match="a default start needs at least one element set"):
        cs.screen(nobody)
    for few, count in ((nobody, 0), (somebody, 1)):
        found = cs.screen(read(few), START)
        told = found.summary
        assert len(found) == told.conjunctions == 0
        assert (told.read, told.accepted, told.propagated, told.failed) == (count, count, count, 0)
        assert told.missed_share is None
        assert "0 conjunctions" in repr(found) or "no conjunction" in repr(found).lower()
    assert len(cs.screen(nobody, START, ephemerides=[owner(3), replace(
        owner(3), catalogue_number=7)], days=0.1)) > 0  # fmt: skip


def test_progress_tells_stages() -> None:
    heard: list[tuple[str, float, float]] = []
    cs.screen(sky(), progress=lambda *told: heard.append(told), **HALF)
    assert {stage for stage, _, _ in heard} == {"screening", "assessing"}
    for stage in ("screening", "assessing"):
        done = [part for name, part, _ in heard if name == stage]
        assert done == sorted(done)
        assert done[-1] == next(total for name, _, total in heard if name == stage)
