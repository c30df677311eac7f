"""Break-ups among new objects: what is told of one, and what is not taken for one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from commonsky.catalogue.catalogue import Catalogue, concatenated
from commonsky.characterise.common_origin import Place
from commonsky.characterise.fragmentation import (
    Fragmentations,
    Kind,
    arrivals,
    confirmation,
    fragmentations,
    partners,
)
from commonsky.characterise.gabbard import (
    area_to_mass_m2_kg,
    delta_v_rtn_km_s,
    gabbard,
    three_spreads_km_s,
)
from tests.catalogue_case import DAY_NS, catalogue_of
from tests.fragmentation_case import AT_NS, PARENT, World, parent, world

NS_PER_S = 10**9


@pytest.fixture(scope="module")
def event() -> tuple[World, Fragmentations]:
    speeds = np.random.default_rng(3).lognormal(np.log(50.0), 0.6, 24)
    of = world(speeds)
    return of, fragmentations(of.before, of.after)


def broke(events: Fragmentations) -> list[int]:
    return np.flatnonzero(events.kind == Kind.FRAGMENTATION).tolist()


def test_a_break_up_is_told_with_its_parent_its_time_and_its_pieces(
    event: tuple[World, Fragmentations],
) -> None:
    of, events = event
    (j,) = broke(events)
    assert events.catalogue_number[j] == PARENT
    assert abs(events.epoch_tai_ns[j] - of.at_ns) < 3600 * NS_PER_S
    assert events.not_before_tai_ns[j] <= of.at_ns <= events.not_after_tai_ns[j]
    assert np.isin(events.pieces(j), of.pieces).all()
    assert events.fragments[j] >= 0.85 * len(of.pieces)
    assert events.partner[j] == -1
    assert events.spread_km_s[j].min() > 0.01


def test_designators_play_no_part_until_they_are_asked(
    event: tuple[World, Fragmentations],
) -> None:
    of, events = event
    (j,) = broke(events)
    said = confirmation(events, j, of.before, of.after)
    assert said.launch == "2010-001"
    assert said.of_parent
    assert not said.is_new
    blank = [
        replace(sets, object_id=np.full(len(sets), "", "U12")) for sets in (of.before, of.after)
    ]
    again = fragmentations(*blank)
    assert again.epoch_tai_ns.tolist() == events.epoch_tai_ns.tolist()
    assert again.piece.tolist() == events.piece.tolist()
    assert confirmation(again, j, *blank).launch == ""


def test_the_order_of_rows_changes_little(event: tuple[World, Fragmentations]) -> None:
    of, events = event
    order = np.random.default_rng(5).permutation(len(of.after))
    turned = fragmentations(of.before, of.after.take(order))
    (j,), (i,) = broke(events), broke(turned)
    assert abs(turned.epoch_tai_ns[i] - events.epoch_tai_ns[j]) < 600 * NS_PER_S
    assert turned.catalogue_number[i] == PARENT
    of_both = np.isin(order[turned.pieces(i)], events.pieces(j))
    assert of_both.mean() > 0.9


def test_tables_of_pieces(event: tuple[World, Fragmentations]) -> None:
    of, events = event
    (j,) = broke(events)
    sets = of.after.take(events.pieces(j)).elements
    table = gabbard(sets)
    assert (table.apogee_km >= table.perigee_km).all()
    assert np.allclose(table.period_min, 2.0 * np.pi / sets.mean_motion_rad_min)
    found = events.found[j]
    members = found.origin.place.belongs > 0.5
    off = delta_v_rtn_km_s(found.origin, events.velocity_teme_km_s[j])[members]
    assert 0.02 < np.median(np.linalg.norm(off, axis=1)) < 0.12
    ratio = area_to_mass_m2_kg(sets)
    # B* of 1e-4 is some 6e-4 m²/kg at a drag coefficient of 2.2.
    assert np.allclose(ratio, 12.7416 * sets.bstar_per_earth_radius / 2.2, rtol=1e-4)


def test_spreads_are_along_principal_axes() -> None:
    rng = np.random.default_rng(1)
    turn, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    off = rng.standard_normal((4000, 3)) * [0.05, 0.02, 0.001]
    assert np.allclose(three_spreads_km_s(off @ turn), [0.05, 0.02, 0.001], rtol=0.1)
    assert (three_spreads_km_s(off[:1]) == 0.0).all()


def changed(of: World, **columns: np.ndarray) -> Catalogue:
    elements = of.after.elements
    return replace(of.after, elements=replace(elements, **columns))


def test_rows_that_are_no_orbits_and_doubles_do_no_harm(
    event: tuple[World, Fragmentations],
) -> None:
    of, _ = event
    motion = of.after.elements.mean_motion_rad_min.copy()
    motion[:8] = [np.nan, np.inf, 0.0, -1.0, 1e-12, 1e9, np.nan, 0.0]
    eccentricity = of.after.elements.eccentricity.copy()
    eccentricity[of.pieces[:2]] = [1.5, -0.1]
    worse = changed(of, mean_motion_rad_min=motion, eccentricity=eccentricity)
    (j,) = broke(events := fragmentations(of.before, concatenated([worse, worse])))
    assert events.catalogue_number[j] == PARENT
    assert not np.isin(of.pieces[:2], events.pieces(j)).any()


def test_nothing_new_and_nothing_known() -> None:
    nothing = catalogue_of()
    one = parent()
    for before, after in ((nothing, nothing), (one, nothing), (nothing, one), (one, one)):
        events = fragmentations(before, after)
        assert len(events) == 0
        assert events.first.tolist() == [0]
    assert arrivals(one, one).tolist() == []


def test_the_last_set_of_each_new_object_counts() -> None:
    after = catalogue_of(
        {"number": 5, "day": 2.0}, {"number": 5, "day": 1.0}, {"number": 4}, {"number": 5}
    )
    assert arrivals(catalogue_of({"number": 4}), after).tolist() == [0]


def batch(n: int, spread: float) -> Catalogue:
    """Objects that fly together: one orbit, and what a launch sets it apart by."""
    rng = np.random.default_rng(2)
    rows = [
        {
            "number": 950_000_000 + i, "day": 20.0, "object_id": f"2025-100{chr(65 + i % 20)}",
            "raan": 2.0 + spread * 1e-4 * rng.standard_normal(),
            "inclination": 0.93 + spread * 1e-5 * rng.standard_normal(),
            "mean_motion": 0.0656 * (1.0 + spread * 1e-4 * rng.standard_normal()),
            "anomaly": rng.uniform(0.0, 6.28),
        }
        for i in range(n)
    ]  # fmt: skip
    return catalogue_of(*rows)


@pytest.mark.parametrize("spread", [0.0, 1.0])
def test_a_launch_is_no_break_up(event: tuple[World, Fragmentations], spread: float) -> None:
    of, _ = event
    events = fragmentations(of.before, batch(40, spread))
    assert not broke(events)


@pytest.mark.parametrize("pieces", [1, 2])
def test_too_few_pieces_are_none(event: tuple[World, Fragmentations], pieces: int) -> None:
    of, _ = event
    left = of.after.take(np.setdiff1d(np.arange(len(of.after)), of.pieces[pieces:]))
    assert not broke(fragmentations(of.before, left))


def test_two_that_broke_up_at_one_place_and_time_met() -> None:
    none = np.zeros(0)
    places = [
        Place(np.array(position), np.array(velocity), none, 1.0, 1.0, 0.0, 1.0)
        for position, velocity in (
            ([7000.0, 0.0, 0.0], [0.0, 7.5, 0.0]), ([7000.0, 20.0, 90.0], [0.0, 0.0, 7.5]),
            ([0.0, 7000.0, 0.0], [7.5, 0.0, 0.0]),
        )
    ]  # fmt: skip
    times = AT_NS + np.array([[0, -5, 5], [3, -4, 9], [0, -5, 5]]) * (DAY_NS // 1440)
    kind = np.full(3, Kind.FRAGMENTATION, np.int8)
    assert partners(places, times, kind).tolist() == [1, 0, -1]
    late = times + np.array([[0], [60], [0]]) * (DAY_NS // 1440)
    assert partners(places, late, kind).tolist() == [-1, -1, -1]
    alike = np.array([Kind.FRAGMENTATION, Kind.UNDECIDED, Kind.FRAGMENTATION], np.int8)
    assert partners(places, times, alike).tolist() == [-1, -1, -1]
