"""Who agrees with whom about an object, and whose statements are of one object at all."""

from dataclasses import replace

import numpy as np
import pytest

from commonsky.astro.elements import MU_WGS72_KM3_S2
from commonsky.astro.sgp4 import propagate
from commonsky.catalogue.apart import apart_rtn_km
from commonsky.catalogue.assertion import Agreement, Assertions, Verdict, agreement, predicted
from commonsky.catalogue.catalogue import Catalogue, concatenated
from commonsky.catalogue.neighbours import pairs_within
from commonsky.catalogue.planted import plant
from commonsky.catalogue.population import population
from commonsky.catalogue.same_object import Doubt, Identity, identify
from tests.assertion_case import (
    AT,
    aged,
    ahead,
    of,
    partition,
    said,
    sets,
    sky,
    stated,
    unnumbered,
)

SECOND = 1_000_000_000


def identified(*parts: tuple[str, Catalogue]) -> Identity:
    return identify(*said(*parts))


def compared(*parts: tuple[str, Catalogue]) -> Agreement:
    assertions, where = said(*parts)
    return agreement(assertions, identify(assertions, where).group, where)


def doubts(found: Identity) -> list[Doubt]:
    return [Doubt(one) for one in found.candidates.doubt.tolist()]


# ---- how far apart


def test_time_along_the_orbit_is_no_difference_of_orbits() -> None:
    states = propagate(sky().elements, np.array([AT, AT + 30 * SECOND]))
    position, velocity = states.position_km, states.velocity_km_s
    found = apart_rtn_km(position[:, 0], velocity[:, 0], position[:, 1])
    speed = np.linalg.norm(velocity[:, 0], axis=1)
    assert np.abs(found[:, 1] - 30.0 * speed).max() < 0.5
    assert np.abs(found[:, [0, 2]]).max() < 0.1
    straight = np.linalg.norm(position[:, 1] - position[:, 0] - 30.0 * velocity[:, 0], axis=1)
    assert straight.max() > 3.0  # which a straight line would take for a difference


def test_across_is_across() -> None:
    states = propagate(sky().elements, np.array([AT]))
    position, velocity = states.position_km[:, 0], states.velocity_km_s[:, 0]
    normal = np.cross(position, velocity)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    outward = np.cross(velocity, normal)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    found = apart_rtn_km(position, velocity, position + 2.0 * outward - 3.0 * normal)
    assert np.abs(found - [2.0, 0.0, -3.0]).max() < 1e-2


def test_what_escapes_or_is_nowhere_is_apart_from_all() -> None:
    position = np.array([[7000.0, 0, 0], [7000, 0, 0], [np.nan, 0, 0]])
    escape = np.sqrt(2.0 * MU_WGS72_KM3_S2 / 7000.0)
    velocity = np.array([[0, 7.5, 0], [0, escape + 0.1, 0], [0, 7.5, 0]])
    found = apart_rtn_km(position, velocity, position + 1.0)
    assert np.isfinite(found).all(axis=1).tolist() == [True, False, False]


def test_neighbours_near_the_edges_of_cells() -> None:
    points = np.array([[0.0, 0, 0], [-1e-9, 0, 0], [10, 0, 0], [10.5, 0, 0], [np.nan, 0, 0]])
    one, other = pairs_within(points, 10.0)
    assert sorted(zip(one.tolist(), other.tolist(), strict=True)) == [(0, 1), (0, 2), (2, 3)]
    nothing = pairs_within(points[:0], 10.0)
    assert [len(rows) for rows in nothing] == [0, 0]
    far = np.array([[0.0, 0, 0], [2.0e9, 0, 0], [1e300, 0, 0], [1e300, 0, 0], [3.0, 0, 0]])
    one, other = pairs_within(far, 10.0)
    assert list(zip(one.tolist(), other.tolist(), strict=True)) == [(0, 4)]
    again = np.array([[0.0, 0, 0], [10.0 * (1 << 20), 0, 0]])  # in the first cell once more
    assert len(pairs_within(again, 10.0)[0]) == 0


# ---- agreement


def test_alone_agree_dissent() -> None:
    three = sky().take(np.array([0, 1, 2]))
    told = compared(("AUS", three), ("GBR", ahead(of(three, 1), 0.1)),
                    ("NOR", ahead(of(three, 2), 300.0)))  # fmt: skip
    assert told.verdict.tolist() == [Verdict.ALONE, Verdict.AGREE, Verdict.DISSENT]
    assert told.nations.tolist() == [1, 2, 2]
    assert told.sides.tolist() == [1, 1, 2]
    assert sorted(told.side[[2, 4]].tolist()) == [0, 1]
    along_km = np.abs(told.difference_rtn_km[:, 1])
    assert along_km[told.farthest[2]] == pytest.approx(300.0, rel=0.02)
    assert along_km[told.farthest[1]] == pytest.approx(0.1, rel=0.02)
    assert np.abs(told.difference_rtn_km[:, [0, 2]]).max() < 2.0
    assert told.sigmas[told.farthest[2]] > 4.0 > told.sigmas[told.farthest[1]]
    assert (told.difference_rtn_km[told.reference] == 0.0).all()


def test_nothing_is_averaged_and_the_most_nations_lead() -> None:
    one = of(sky(), 0)
    told = compared(
        ("AUS", ahead(one, 300.0)), ("CAN", ahead(one, 0.05)), ("GBR", one),
        ("NOR", ahead(one, -300.0)), ("USA", ahead(one, 300.1)), ("ITA", ahead(one, -0.05)),
    )  # fmt: skip
    assert told.verdict.tolist() == [Verdict.DISSENT]
    assert told.sides.tolist() == [3]
    assert told.side.tolist() == [1, 0, 0, 2, 1, 0]
    assert told.reference[0] in {1, 2, 5}


def test_who_agrees_with_both_does_not_bring_them_together() -> None:
    one = of(sky(), 0)
    assertions, where = said(("AUS", one), ("GBR", ahead(one, 8.0)), ("NOR", ahead(one, 4.0)))
    sigma = where.sigma_rtn_km.copy()
    sigma[:, 1] = [0.5, 0.5, 50.0]
    told = agreement(assertions, np.zeros(3, np.int64), replace(where, sigma_rtn_km=sigma))
    assert told.verdict.tolist() == [Verdict.DISSENT]
    assert told.side[0] != told.side[1]
    alone = agreement(assertions, np.array([0, 1, 0]), replace(where, sigma_rtn_km=sigma))
    assert alone.verdict.tolist() == [Verdict.AGREE, Verdict.ALONE]


def test_all_on_one_side_agree_pair_by_pair() -> None:
    one = of(sky(), 0)
    assertions, where = said(("AUS", one), ("GBR", ahead(one, 8.0)), ("NOR", ahead(one, -8.0)))
    sigma = np.full((3, 3), 2.0)
    sigma[0, 1] = 1.9  # the middle one is the surest, and both ends agree with it
    told = agreement(assertions, np.zeros(3, np.int64), replace(where, sigma_rtn_km=sigma))
    assert told.sides.tolist() == [2]
    assert told.side[1] != told.side[2]
    assert told.side[0] == 0


def test_elements_too_old_to_be_worth_anything() -> None:
    one = of(sky(), 0)
    old = ahead(aged(one, 60.0), 4000.0)
    assert compared(("AUS", one), ("GBR", old)).verdict.tolist() == [Verdict.OUTDATED]
    both = compared(("AUS", aged(one, 60.0)), ("GBR", ahead(aged(one, 60.0), 5000.0)))
    assert both.verdict.tolist() == [Verdict.DISSENT]
    fresh = compared(("AUS", one), ("CAN", ahead(one, 300.0)), ("GBR", old))
    assert fresh.verdict.tolist() == [Verdict.DISSENT]


def test_the_newest_stands_for_its_side() -> None:
    one = of(sky(), 0)
    newer = replace(one, elements=replace(
        one.elements, epoch_tai_ns=one.elements.epoch_tai_ns + 1000))  # fmt: skip
    assert compared(("AUS", one), ("GBR", newer)).reference.tolist() == [1]
    assert compared(("AUS", newer), ("GBR", one)).reference.tolist() == [0]


def test_what_no_longer_flies_says_nothing() -> None:
    one = of(sky(), 0)
    none = replace(one, elements=replace(one.elements, eccentricity=np.array([2.0])))
    told = compared(("AUS", none), ("GBR", none))
    assert told.verdict.tolist() == [Verdict.NOWHERE]
    assert told.reference.tolist() == told.farthest.tolist() == [-1]
    assert told.side.tolist() == [-1, -1]
    assert np.isnan(told.difference_rtn_km).all()
    told = compared(("AUS", one), ("GBR", none))
    assert told.verdict.tolist() == [Verdict.ALONE]
    assert (told.nations.tolist(), told.side.tolist()) == ([2], [0, -1])


def test_one_nation_may_disagree_with_itself() -> None:
    one = of(sky(), 0)
    told = compared(("AUS", one), ("AUS", ahead(one, 300.0)))
    assert (told.verdict.tolist(), told.sides.tolist()) == ([Verdict.ALONE], [2])


def test_no_statements_at_all() -> None:
    assertions, where = said(("AUS", sky().take(np.zeros(0, np.int64))))
    found = identify(assertions, where)
    assert len(found.number) == len(found.candidates) == 0
    assert len(agreement(assertions, found.group, where).verdict) == 0


def test_columns_must_be_as_long_as_the_table() -> None:
    with pytest.raises(ValueError, match="nation has shape"):
        Assertions(of(sky(), 0), np.array(["AUS", "GBR"]), np.zeros(1, int), np.zeros(1, int))


# ---- identity


def test_by_number_whatever_is_said() -> None:
    one = of(sky(), 0)
    found = identified(("AUS", one), ("GBR", ahead(one, 5000.0)), ("NOR", of(sky(), 1)))
    assert partition(found.group) == sets([0, 1], [2])
    assert found.number.tolist() == sorted(found.number.tolist())


def test_by_designator_across_numberings() -> None:
    numbered = of(sky(), 0, object_id=["2025-001C"])
    piece = unnumbered(of(sky(), 1), object_id="25001C")
    found = identified(("AUS", numbered), ("GBR", piece), ("NOR", piece))
    assert partition(found.group) == sets([0, 1, 2])
    assert found.number.tolist() == numbered.catalogue_number.tolist()
    found = identified(("GBR", piece), ("NOR", unnumbered(of(sky(), 2), "X", "2025-001C")))
    assert partition(found.group) == sets([0, 1])
    launch = unnumbered(of(sky(), 1, 2), object_id="2025-001")
    apart = replace(launch, catalogue_number=launch.catalogue_number + np.arange(2))
    assert len(identified(("GBR", apart)).number) == 2


def test_one_designator_of_two_numbers_merges_nothing() -> None:
    pair = of(sky(), 0, 1, object_id=["2025-001C", "2025-001C"])
    found = identified(("AUS", of(pair, 0)), ("GBR", of(pair, 1)),
                       ("NOR", unnumbered(of(sky(), 2), object_id="2025-001C")))  # fmt: skip
    assert len(found.number) == 3
    assert doubts(found) == [Doubt.ONE_DESIGNATOR]
    assert np.isnan(found.candidates.sigmas).all()


def test_by_orbit_what_has_no_number() -> None:
    five = sky().take(np.arange(5))
    found = identified(
        ("AUS", five), ("GBR", unnumbered(ahead(five, 0.3))),
        ("NOR", unnumbered(ahead(five, -0.2), "OBJECT")),
    )  # fmt: skip
    assert partition(found.group) == sets(*([k, 5 + k, 10 + k] for k in range(5)))
    assert found.number.tolist() == five.catalogue_number.tolist()
    assert len(found.candidates) == 0


def test_by_orbit_though_nobody_has_a_number() -> None:
    five = sky().take(np.arange(5))
    found = identified(("GBR", unnumbered(five)), ("NOR", unnumbered(ahead(five, 0.3), "OBJECT")))
    assert partition(found.group) == sets(*([k, 5 + k] for k in range(5)))


def test_tracks_of_one_name_on_two_orbits_are_two() -> None:
    found = identified(("GBR", unnumbered(of(sky(), 0))), ("NOR", unnumbered(of(sky(), 1))))
    assert partition(found.group) == sets([0], [1])


def test_what_flies_docked_stays_two() -> None:
    twin = replace(of(sky(), 0), catalogue_number=np.array([999_999_999]))
    found = identified(("AUS", of(sky(), 0)), ("GBR", twin))
    assert partition(found.group) == sets([0], [1])
    assert doubts(found) == [Doubt.TWO_NUMBERS]
    assert found.candidates.sigmas[0] == 0.0
    named = identified(
        ("AUS", unnumbered(of(sky(), 0), "A", "2025-001A")),
        ("GBR", unnumbered(of(sky(), 0), "B", "2025-001B")),
    )
    assert doubts(named) == [Doubt.TWO_NUMBERS]


def test_a_track_beside_two_that_are_docked_is_neither() -> None:
    twin = replace(of(sky(), 0), catalogue_number=np.array([999_999_999]))
    found = identified(("AUS", concatenated([of(sky(), 0), twin])),
                       ("GBR", unnumbered(of(sky(), 0))))  # fmt: skip
    assert partition(found.group) == sets([0], [1], [2])
    assert sorted(doubts(found)) == [Doubt.TWO_NUMBERS, Doubt.SEVERAL, Doubt.SEVERAL]


def test_a_nation_that_tells_two_apart_is_believed() -> None:
    one = of(sky(), 0)
    beside = unnumbered(ahead(one, 0.2))
    found = identified(("AUS", one), ("AUS", beside))
    assert (len(found.number), doubts(found)) == (2, [Doubt.SEVERAL])
    two = concatenated([beside, unnumbered(ahead(one, 0.4), "OTHER")])
    found = identified(("AUS", one), ("GBR", two))
    assert len(found.number) == 3
    assert set(doubts(found)) == {Doubt.SEVERAL}


def test_what_passes_near_is_not_what_it_passes() -> None:
    whole, planted = plant(population(300, 9), AT)
    tracks = unnumbered(whole.take(np.arange(300, 312)))
    table = concatenated([whole.take(np.arange(300)), tracks])
    nations = ["AUS"] * 300 + ["GBR"] * 12
    assertions, _ = stated(table, nations)
    for row in range(300, 312):
        number = int(whole.catalogue_number[row])
        met = np.flatnonzero((planted.object1 == number) | (planted.object2 == number))
        assert len(met) == 1
        other = int(planted.object1[met[0]] + planted.object2[met[0]] - number)
        where = predicted(table.elements, int(planted.tca_tai_ns[met[0]]), np.full((312, 3), 2.0))
        found = identify(assertions, where)
        beside = found.group[np.flatnonzero(table.catalogue_number == other)[0]]
        assert found.group[row] != beside
        near = (found.candidates.group1 == beside) | (found.candidates.group2 == beside)
        assert not near.any()


def test_what_flies_another_way_through_the_same_place() -> None:
    some = sky().take(np.arange(40))
    turned = replace(some.elements, inclination_rad=np.pi - some.elements.inclination_rad)
    table = concatenated([some, unnumbered(replace(some, elements=turned))])
    assertions, where = stated(table, ["AUS"] * 40 + ["GBR"] * 40)
    position = np.concatenate([where.position_teme_km[:40]] * 2)
    assert len(identify(assertions, replace(where, position_teme_km=position)).number) == 80


def test_what_is_nowhere_is_not_put_to_anything() -> None:
    one = of(sky(), 0)
    none = replace(one, elements=replace(one.elements, eccentricity=np.array([2.0])))
    assert len(identified(("AUS", none), ("GBR", unnumbered(none))).number) == 2


def test_predicted_tells_where_and_where_not() -> None:
    some = sky().take(np.arange(3))
    broken = replace(some, elements=replace(
        some.elements, eccentricity=np.array([2.0, *some.elements.eccentricity[1:]])))  # fmt: skip
    where = predicted(broken.elements, AT, np.ones((3, 3)))
    assert where.usable.tolist() == [False, True, True]
    states = propagate(some.elements, np.array([AT]))
    assert (where.position_teme_km[1:] == states.position_km[1:, 0]).all()
