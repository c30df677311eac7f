"""Histories that swapped, objects lost and found, one orbit under two numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from commonsky.astro.elements import MeanElements
from commonsky.catalogue.catalogue import Catalogue, concatenated
from commonsky.catalogue.population import population
from commonsky.characterise.continuation import continuation
from commonsky.characterise.history import history
from commonsky.characterise.identity import doubles, found_again, swaps
from tests.catalogue_case import DAY_NS, START_NS, catalogue_of
from tests.fragmentation_case import moved_to

DAYS = (0.0, 1.1, 2.3, 3.2, 4.4, 5.1)


def low_sky(n: int, seed: int = 3) -> Catalogue:
    sky = population(400, seed, epoch_tai_ns=START_NS)
    elements = sky.elements
    rows = np.flatnonzero(
        (elements.mean_motion_rad_min > 0.055) & (elements.eccentricity < 0.02)
        & (elements.perigee_height_km > 500.0) & (elements.inclination_rad > 0.5)
        & (elements.inclination_rad < 1.9)
    )[:n]  # fmt: skip
    return sky.take(rows)


def at_days(sky: Catalogue, days: float) -> Catalogue:
    return replace(sky, elements=moved_to(sky.elements, START_NS + int(days * DAY_NS)))


@pytest.fixture(scope="module")
def sets() -> Catalogue:
    """Six sets of each of a dozen objects."""
    sky = low_sky(12)
    return concatenated([at_days(sky, day) for day in DAYS])


def swapped(sets: Catalogue, one: int, other: int, after_days: float) -> Catalogue:
    number = sets.catalogue_number.copy()
    late = sets.elements.epoch_tai_ns > START_NS + int(after_days * DAY_NS)
    number[late & (sets.catalogue_number == one)] = other
    number[late & (sets.catalogue_number == other)] = one
    return replace(sets, catalogue_number=number)


def test_sets_of_one_object_go_on_with_one_another(sets: Catalogue) -> None:
    whole = history(sets)
    last = np.flatnonzero(whole.owner[1:] == whole.owner[:-1])
    told = continuation(whole.elements, last, last + 1)
    assert np.nanmax(told.sigmas) < 1.0
    assert np.nanmax(told.control_km_s) < 2e-3
    across = continuation(whole.elements, np.array([0]), np.array([7]))
    assert across.sigmas[0] > 50.0


def test_unmixed_histories_have_no_swaps(sets: Catalogue) -> None:
    assert len(swaps(history(sets))) == 0


def test_a_swap_is_told_with_its_sets(sets: Catalogue) -> None:
    numbers = np.unique(sets.catalogue_number)
    near = nearest_in_tilt(sets, numbers)
    mixed = swapped(sets, *near, 3.5)
    whole = history(mixed)
    told = swaps(whole)
    assert len(told) == 1
    pair = {int(whole.object_number[told.object1[0]]), int(whole.object_number[told.object2[0]])}
    assert pair == set(near)
    assert told.swapped_sigmas[0] < 1.0
    assert told.as_is_sigmas[0] > 12.0
    day = (mixed.elements.epoch_tai_ns - START_NS) / DAY_NS
    assert day[told.last1[0]] == pytest.approx(3.2, abs=0.1)
    assert day[told.next2[0]] == pytest.approx(4.4, abs=0.1)


def nearest_in_tilt(sets: Catalogue, numbers: np.ndarray) -> tuple[int, int]:
    rows = [int(np.flatnonzero(sets.catalogue_number == number)[0]) for number in numbers]
    tilt, motion = sets.elements.inclination_rad[rows], sets.elements.mean_motion_rad_min[rows]
    off = np.abs(tilt[:, None] - tilt) / 0.01 + np.abs(motion[:, None] / motion - 1.0) / 0.02
    off[np.tril_indices(len(rows))] = np.inf
    i, j = np.unravel_index(int(off.argmin()), off.shape)
    assert off[i, j] < 1.5
    return int(numbers[i]), int(numbers[j])


def test_one_bad_set_is_no_swap(sets: Catalogue) -> None:
    raan = sets.elements.raan_rad.copy()
    raan[5] += 0.3
    worse = replace(sets, elements=replace(sets.elements, raan_rad=raan))
    assert len(swaps(history(worse))) == 0


def test_histories_of_nobody_and_of_one_set_each() -> None:
    assert len(swaps(history(catalogue_of()))) == 0
    assert len(swaps(history(low_sky(5)))) == 0


def renumbered(sky: Catalogue, rows: list[int], first: int) -> Catalogue:
    number = sky.catalogue_number.copy()
    number[rows] = first + np.arange(len(rows))
    return replace(sky, catalogue_number=number)


def test_what_was_lost_is_found_under_another_number() -> None:
    before = low_sky(20)
    after = renumbered(at_days(before, 20.0), [3, 11, 17], 5000)
    lost = np.array([3, 11, 17, 6])
    told = found_again(before, lost, after, np.array([3, 11, 17]))
    assert sorted(zip(told.lost.tolist(), told.found.tolist(), strict=True)) == [
        (3, 3), (11, 11), (17, 17),
    ]  # fmt: skip
    assert (told.control_km_s < 0.005).all()
    assert (told.others > 3.0).all()


def test_where_two_could_be_meant_nobody_is() -> None:
    before = low_sky(4)
    after = concatenated([at_days(before, 10.0)] * 2)
    assert len(found_again(before, np.array([1]), after, np.array([1, 5]))) == 0


def test_nobody_is_found_after_half_a_year_nor_among_nobody() -> None:
    before = low_sky(4)
    late = replace(
        before,
        elements=replace(
            before.elements, epoch_tai_ns=before.elements.epoch_tai_ns + 180 * DAY_NS
        ),
    )
    every, none = np.arange(4), np.zeros(0, np.int64)
    assert len(found_again(before, every, late, every)) == 0
    assert len(found_again(before, none, late, every)) == 0
    assert len(found_again(before, every, late, none)) == 0


def test_one_orbit_under_two_numbers() -> None:
    sky = low_sky(10)
    twice = concatenated([sky, renumbered(sky, list(range(10)), 7000).take(np.array([2, 8]))])
    told = doubles(twice, START_NS)
    assert sorted(zip(told.row1.tolist(), told.row2.tolist(), strict=True)) == [(2, 10), (8, 11)]
    assert (told.apart_km < 1e-6).all()


def test_sets_that_are_no_orbits_go_on_with_nobody() -> None:
    columns = {name: np.array([np.nan, 1.0]) for name in MeanElements.__dataclass_fields__}
    columns["epoch_tai_ns"] = np.array([START_NS, START_NS + DAY_NS])
    told = continuation(MeanElements(**columns), np.array([0, 1]), np.array([1, 0]))
    assert np.isnan(told.sigmas).all()
