"""Launches among what is new: by designators, and by orbits alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from commonsky.characterise.launch import Basis, launches
from tests.catalogue_case import catalogue_of


def fleet(launch: str, raan: float, n: int, first: int, **more: Any) -> list[dict[str, Any]]:
    return [
        {
            "number": first + i, "object_id": f"{launch}{chr(65 + i)}" if launch else "",
            "raan": raan + 1e-3 * i, "anomaly": 0.5 * i, "day": 20.0, "type": 1,
        }
        | more
        for i in range(n)
    ]  # fmt: skip


BEFORE = catalogue_of(
    *fleet("2024-050", 0.3, 4, 10, day=0.0), *fleet("2025-001", 2.5, 3, 20, day=0.0),
)  # fmt: skip


def test_what_is_new_is_counted_by_launch_and_kind() -> None:
    after = catalogue_of(
        *fleet("2024-050", 0.3, 4, 10), *fleet("2025-007", 1.2, 5, 100),
        {"number": 110, "object_id": "2025-007F", "raan": 1.2, "type": 2, "day": 20.0},
        {"number": 111, "object_id": "2024-050E", "raan": 0.3, "type": 3, "day": 20.0},
    )  # fmt: skip
    told = launches(BEFORE, after)
    assert told.launch.tolist() == ["2024-050", "2025-007"]
    assert told.is_new.tolist() == [False, True]
    assert (told.payloads[1], told.stages[1], told.debris[0]) == (5, 1, 1)
    assert sorted(after.catalogue_number[told.pieces(1)].tolist()) == [
        100,
        101,
        102,
        103,
        104,
        110,
    ]
    assert (told.not_before_tai_ns < told.not_after_tai_ns).all()


def test_what_has_no_designator_goes_with_the_launch_it_flies_with() -> None:
    after = catalogue_of(
        *fleet("2025-007", 1.2, 5, 100), *fleet("", 1.2005, 2, 200), *fleet("", 4.0, 3, 300)
    )
    told = launches(BEFORE, after)
    assert told.launch.tolist() == ["2025-007", ""]
    assert told.tied.tolist() == [2, 0]
    assert told.basis.tolist() == [Basis.DESIGNATOR, Basis.ORBITS]
    assert len(told.pieces(1)) == 3


def test_orbits_alone_find_the_same_groups() -> None:
    after = catalogue_of(*fleet("2025-007", 1.2, 5, 100), *fleet("2025-008", 4.0, 7, 300))
    told = launches(BEFORE, after, by_orbits_alone=True)
    groups = [sorted(after.catalogue_number[told.pieces(j)].tolist()) for j in range(len(told))]
    assert sorted(groups) == [list(range(100, 105)), list(range(300, 307))]
    assert (told.launch == "").all()


def test_a_piece_of_an_old_launch_of_which_nothing_was_left_is_no_launch() -> None:
    after = catalogue_of({"number": 500, "object_id": "1981-053ZZ", "type": 3})
    told = launches(BEFORE, after)
    assert told.is_new.tolist() == [False]


def test_nobody_is_tied_in_the_geostationary_belt() -> None:
    belt = {"mean_motion": 0.0043752, "inclination": 0.001, "eccentricity": 2e-4}
    after = catalogue_of(*fleet("2025-007", 1.2, 3, 100, **belt), *fleet("", 1.2, 2, 200, **belt))
    told = launches(BEFORE, after)
    assert told.tied.sum() == 0
    assert len(told) == 3


def test_nothing_new_and_what_is_no_orbit() -> None:
    assert len(launches(BEFORE, BEFORE)) == 0
    assert len(launches(BEFORE, catalogue_of())) == 0
    bad = catalogue_of(*fleet("2025-009", 1.0, 3, 700, mean_motion=np.nan))
    assert len(launches(BEFORE, bad)) == 0
