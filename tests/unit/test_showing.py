"""The table that `commonsky demo` ends with."""

from dataclasses import replace

import numpy as np

from commonsky.astro.epoch import NS_PER_S, tai_ns
from commonsky.catalogue.planted import Planted
from commonsky.show.cli.showing import HEADING, found_rows, outcome
from tests.conjunction_case import STOP, conjunctions_of


def planted_from(rows: list[int]) -> Planted:
    """Encounters that the invented table has found, a second and a metre beside its rows."""
    table = conjunctions_of(10)
    return Planted(
        table.object1[rows], table.object2[rows], table.tca_tai_ns[rows] + NS_PER_S,
        table.miss_km[rows] + 0.001, ("head-on",) * len(rows),
    )  # fmt: skip


def test_each_is_found_by_its_pair_and_its_time() -> None:
    table, planted = conjunctions_of(10), planted_from([7, 2, 4])
    assert found_rows(table, planted).tolist() == [7, 2, 4]
    late = replace(planted, tca_tai_ns=planted.tca_tai_ns + 61 * NS_PER_S)
    assert found_rows(table, late).tolist() == [-1, -1, -1]
    others = replace(planted, object2=planted.object2 + 1)
    assert found_rows(table, others).tolist() == [-1, -1, -1]


def test_of_two_at_one_pair_the_nearer_in_time_counts() -> None:
    table = conjunctions_of(6)
    tca = table.tca_tai_ns.copy()
    tca[3] = tca[2] + 30 * NS_PER_S
    table = replace(
        table, object1=np.full(6, 7), object2=np.full(6, 8),
        encounters=replace(table.encounters, tca_tai_ns=tca),
    )  # fmt: skip
    one = Planted(np.array([7]), np.array([8]), tca[3:4] - 1, np.array([1.0]), ("",))
    assert found_rows(table, one).tolist() == [3]


def test_what_was_missed_and_what_comes_later_are_told_apart() -> None:
    planted = planted_from([1, 4, 5, 6])
    missed = np.array([0, 0, 1, 0])
    tca = planted.tca_tai_ns.copy()
    tca[3] = tai_ns(STOP) + 3600 * NS_PER_S
    lines = list(
        outcome(
            conjunctions_of(10),
            replace(planted, object1=planted.object1 + 1000 * missed, tca_tai_ns=tca),
        )
    )
    assert lines[2] == HEADING
    told = lines[3:7]
    assert [line[37:43].strip() for line in told] == ["yes", "yes", "NO", "later"]
    assert all(len(line) == len(HEADING) for line in told)
    assert told[3].endswith(" 25.0 h")
    assert "e-" not in told[1]  # a slow one, which has no Pc
    assert lines[7] == "2 of 3 found, 1 more come after the days screened"


def test_when_all_lie_inside_nothing_is_said_of_later_ones() -> None:
    assert "3 of 3 found" in list(outcome(conjunctions_of(10), planted_from([1, 2, 3])))
