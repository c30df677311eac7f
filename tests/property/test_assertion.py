"""Statements side by side: neither order nor names of nations decide who agrees with whom."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MU_WGS72_KM3_S2
from commonsky.catalogue.apart import apart_rtn_km
from commonsky.catalogue.assertion import Assertions, Predicted, Verdict, agreement
from commonsky.catalogue.catalogue import Catalogue, concatenated
from commonsky.catalogue.neighbours import pairs_within
from commonsky.catalogue.same_object import identify
from tests.assertion_case import aged, ahead, partition, reordered, sky, stated, unnumbered

NATIONS = ["AUS", "CAN", "DEU", "FRA", "GBR", "ITA", "JPN", "NOR", "NZL", "USA"]
ALONG_KM = st.sampled_from([0.0, 0.01, 0.5, 2.0, 6.0, 15.0, 60.0, 400.0, 20_000.0])


@st.composite
def statements(draw: st.DrawFn) -> tuple[Catalogue, list[str]]:
    """What some nations say of a few objects, docked ones, old sets and tracks among it."""
    parts, nations = [], []
    for _ in range(draw(st.integers(1, 14))):
        one = sky().take(np.array([draw(st.integers(0, 3))]))
        one = ahead(one, draw(ALONG_KM))
        match draw(st.sampled_from(["numbered"] * 3 + ["track", "piece", "twin", "old", "none"])):
            case "track":
                one = unnumbered(one, draw(st.sampled_from(["UCT", "OBJECT"])))
            case "piece":
                one = unnumbered(one, "P", draw(st.sampled_from(["2025-001A", "25001B"])))
            case "twin":
                one = replace(one, catalogue_number=np.array([999_999_999]))
            case "old":
                one = aged(one, 45.0)
            case "none":
                elements = replace(one.elements, eccentricity=np.array([2.0]))
                one = replace(one, elements=elements)
        parts.append(one)
        nations.append(draw(st.sampled_from(NATIONS)))
    return concatenated(parts), nations


def told(
    assertions: Assertions, where: Predicted
) -> tuple[set[frozenset[int]], dict[frozenset[int], tuple[object, ...]], set[frozenset[int]]]:
    """Who is together, what is said of each object, and who are on one side, by rows."""
    found = identify(assertions, where)
    said = agreement(assertions, found.group, where)
    rows = {g: np.flatnonzero(found.group == g) for g in range(len(found.number))}
    verdicts: dict[frozenset[int], tuple[object, ...]] = {
        frozenset(assertions.row[rows[g]].tolist()): (
            int(said.verdict[g]), int(said.nations[g]), int(said.sides[g]), int(found.number[g]),
            float(np.nan_to_num(said.sigmas[said.farthest[g]] if said.farthest[g] >= 0 else -1.0)),
        )
        for g in rows
    }  # fmt: skip
    sides = {
        frozenset(assertions.row[rows[g][said.side[rows[g]] == side]].tolist())
        for g in rows
        for side in range(int(said.sides[g]))
    }
    groups = {frozenset(assertions.row[list(group)].tolist()) for group in partition(found.group)}
    return groups, verdicts, sides


@given(statements(), st.randoms(use_true_random=False))
def test_order_changes_nothing(said: tuple[Catalogue, list[str]], random: object) -> None:
    assertions, where = stated(*said)
    order = np.arange(len(assertions))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert told(*reordered(assertions, where, order)) == told(assertions, where)


@given(statements(), st.permutations(NATIONS))
def test_names_of_nations_change_nothing(
    said: tuple[Catalogue, list[str]], others: list[str]
) -> None:
    table, nations = said
    renamed = [others[NATIONS.index(one)] for one in nations]
    assert told(*stated(table, renamed)) == told(*stated(table, nations))


@given(statements())
def test_catalogued_objects_are_never_put_together(said: tuple[Catalogue, list[str]]) -> None:
    assertions, where = stated(*said)
    found = identify(assertions, where)
    numbers = assertions.catalogue.catalogue_number
    for g in range(len(found.number)):
        mine = numbers[found.group == g]
        assert len(np.unique(mine[mine < 10**9])) <= 1
        assert found.number[g] == mine.min()
    for number in np.unique(numbers[numbers < 10**9]):
        assert len(np.unique(found.group[numbers == number])) == 1
    pairs = list(zip(found.candidates.group1, found.candidates.group2, strict=True))
    assert all(one < other for one, other in pairs)
    assert len(pairs) == len(set(pairs))


@given(statements(), st.sampled_from(NATIONS), ALONG_KM)
def test_one_more_statement_hides_no_dissent(
    said: tuple[Catalogue, list[str]], nation: str, along_km: float
) -> None:
    table, nations = said
    whole = concatenated([table, ahead(sky().take(np.array([0])), along_km)])
    verdicts = []
    for some, names in ((whole, [*nations, nation]), (table, nations)):
        # By number alone: a nation that says more may tell apart what was taken for one.
        numbers, group = np.unique(some.catalogue_number, return_inverse=True)
        verdict = agreement(*_with_group(*stated(some, names), group)).verdict.tolist()
        verdicts.append(dict(zip(numbers.tolist(), verdict, strict=True)))
    later, before = verdicts
    for number, verdict in before.items():
        if verdict == Verdict.DISSENT:
            # Where all were too old, something fresh may leave one side that is not.
            assert later[number] in {Verdict.DISSENT, Verdict.OUTDATED}


def _with_group(
    assertions: Assertions, where: Predicted, group: Ints
) -> tuple[Assertions, Ints, Predicted]:
    return assertions, group.astype(np.int64), where


@given(
    st.lists(
        st.tuples(*[st.integers(-30, 30).map(lambda k: k * 0.7)] * 3), min_size=0, max_size=40
    ),
    st.floats(0.1, 30.0),
)
def test_neighbours_are_those_that_a_search_of_all_finds(
    points: list[tuple[float, float, float]], reach_km: float
) -> None:
    position = np.array(points).reshape(-1, 3)
    one, other = pairs_within(position, reach_km)
    found = list(zip(one.tolist(), other.tolist(), strict=True))
    wanted = [
        (i, j)
        for i in range(len(points))
        for j in range(i + 1, len(points))
        if ((position[i] - position[j]) ** 2).sum() <= reach_km**2
    ]
    assert sorted(found) == wanted


def kepler_state(axis_km: float, e: float, eccentric_anomaly: float) -> tuple[Floats, Floats]:
    """Position and velocity in the plane of an orbit."""
    sine, cosine = math.sin(eccentric_anomaly), math.cos(eccentric_anomaly)
    share = math.sqrt(1.0 - e * e)
    rate = math.sqrt(MU_WGS72_KM3_S2 / axis_km**3) / (1.0 - e * cosine)
    position = np.array([[axis_km * (cosine - e), axis_km * share * sine, 0.0]])
    velocity = np.array([[-axis_km * rate * sine, axis_km * rate * share * cosine, 0.0]])
    return position, velocity


@given(
    st.floats(6600.0, 50_000.0), st.floats(0.0, 0.9), st.floats(-math.pi, math.pi),
    st.floats(-0.3, 0.3), st.floats(-5.0, 5.0),
)  # fmt: skip
def test_a_way_along_any_ellipse_is_a_time(
    axis_km: float, e: float, anomaly: float, by: float, normal_km: float
) -> None:
    here, velocity = kepler_state(axis_km, e, anomaly)
    there, _ = kepler_state(axis_km, e, anomaly + by)
    mean = by - e * (math.sin(anomaly + by) - math.sin(anomaly))
    elapsed_s = mean * math.sqrt(axis_km**3 / MU_WGS72_KM3_S2)
    found = apart_rtn_km(here, velocity, there + np.array([[0.0, 0.0, normal_km]]))[0]
    wanted = np.array([0.0, elapsed_s * np.linalg.norm(velocity), normal_km])
    assert np.abs(found - wanted).max() < 1e-5 * (1.0 + abs(wanted[1]))
