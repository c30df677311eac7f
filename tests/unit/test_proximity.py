from dataclasses import replace

import numpy as np
import pytest

from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.catalogue.catalogue import stacked
from commonsky.characterise.coplanar import closures
from commonsky.characterise.history import History
from commonsky.characterise.proximity import (
    Geometry,
    Habits,
    Status,
    Verdict,
    approaches,
    habits,
)
from commonsky.characterise.side_by_side import side_by_side
from tests.belt_case import START, belt_elements, days, held, one_history, together

DISTANCES = (
    "separation_km", "separation_low_km", "separation_high_km", "told_least_km", "told_most_km",
    "relative_speed_km_s", "coplanar_rad", "across_track_km",
)  # fmt: skip


def beside(step: float, count: int, apart_deg: float = 0.03) -> History:
    """Two satellites that stand beside each other, with sets of both every so many days."""
    epoch = days(count, step)
    zero = np.zeros(count)
    return together([
        (5, epoch, np.full(count, 20.0), zero),
        (9, epoch + NS_PER_DAY // 10, np.full(count, 20.0 + apart_deg), zero),
    ])  # fmt: skip


def test_fresh_sets_tell_a_distance_with_an_interval() -> None:
    found = approaches(beside(1.0, 12))
    assert len(found) == 1
    assert found.status[0] == Status.GOOD
    assert (found.catalogue_number_1[0], found.catalogue_number_2[0]) == (5, 9)
    apart_km = np.radians(0.03) * 42164.0
    assert found.separation_km[0] == pytest.approx(apart_km, abs=3.0)
    assert found.separation_low_km[0] < found.separation_km[0] < found.separation_high_km[0]
    assert found.told_least_km[0] <= found.separation_km[0] <= found.told_most_km[0]
    assert np.degrees(found.apart_rad[0]) == pytest.approx(0.03, abs=0.002)
    assert found.geometry[0] == Geometry.DWELLS
    assert found.dwell_s[0] == pytest.approx(11 * 86400.0, abs=43200.0)
    assert found.relative_ric_km[0, 1] == pytest.approx(apart_km, abs=3.0)
    assert max(abs(found.age_1_days[0]), abs(found.age_2_days[0])) <= 1.0
    assert found.colocated_habitually[0] == Verdict.CANNOT_TELL  # of eleven days


def test_old_sets_tell_a_shared_slot_and_never_a_distance() -> None:
    rng, epoch = np.random.default_rng(1), days(24, 30.0)
    later = epoch + 12 * NS_PER_DAY  # never both fresh
    found = approaches(together([
        (5, epoch, *held(epoch, 20.0, rng, 0.03)), (9, later, *held(later, 20.05, rng, 0.03)),
    ]))  # fmt: skip
    assert len(found) > 0
    assert (found.status == Status.SHARED_SLOT).all()
    for name in DISTANCES:
        assert np.isnan(getattr(found, name)).all()
    assert np.isnan(found.relative_ric_km).all()
    assert np.isfinite(found.apart_rad).all()
    assert np.isfinite(found.drift_rad_day).all()
    assert (found.passive_safe == Verdict.CANNOT_TELL).all()
    assert (found.geometry != Geometry.CIRCLES).all()


def test_errors_grow_with_age() -> None:
    made = beside(1.0, 12)
    young = approaches(made)
    one = np.flatnonzero((made.row == 0) | (made.row == 12))  # the first set of each
    alone = one_history(made.elements.take(one), made.object_number[made.owner[one]])
    start = START + round(2.5 * NS_PER_DAY)
    old = approaches(alone, start_tai_ns=start, stop_tai_ns=start + NS_PER_DAY // 4)
    assert old.status.tolist() == [Status.GOOD]
    assert (
        old.separation_high_km[0] - old.separation_low_km[0]
        > 2.0 * (young.separation_high_km[0] - young.separation_low_km[0])
    )  # fmt: skip


def test_one_orbit_for_two_objects_is_no_distance() -> None:
    epoch, zero = days(12, 1.0), np.zeros(12)
    found = approaches(
        together([(5, epoch, zero + 20.0, zero), (9, epoch, zero + 20.0, zero)])
    )  # fmt: skip
    assert found.status.tolist() == [Status.SAME_SET]
    assert np.isnan(found.separation_km[0])
    assert np.isnan(found.told_least_km[0])


def test_who_is_always_together_is_told_by_a_long_history() -> None:
    rng, epoch = np.random.default_rng(2), days(60, 10.0)
    fleet, mate = held(epoch, 20.0, rng, 0.02), held(epoch, 20.06, rng, 0.02)
    guest, drift = held(epoch, 20.03, rng, 0.02)
    guest = np.where(np.arange(60) < 45, 60.0, guest)
    made = together([(5, epoch, *fleet), (6, epoch, *mate), (7, epoch, guest, drift)])
    known = habits(made)
    found = approaches(made, habits=known)
    pair = list(
        zip(found.catalogue_number_1.tolist(), found.catalogue_number_2.tolist(), strict=True)
    )
    told = dict(zip(pair, found.colocated_habitually.tolist(), strict=True))
    assert told[5, 6] == Verdict.YES
    assert told[5, 7] == Verdict.NO
    none = Habits(*np.zeros((2, 0), np.int64), *np.zeros((2, 0)))
    unknown = approaches(made, habits=none)
    assert (unknown.colocated_habitually == Verdict.CANNOT_TELL).all()


def test_two_histories_stand_side_by_side() -> None:
    near, far = approaches(beside(1.0, 12)), approaches(beside(1.0, 12, 0.1))
    both = side_by_side(near, far)
    assert (both.first.tolist(), both.second.tolist()) == ([0], [0])
    assert both.agree.tolist() == [Verdict.NO]
    assert both.separation_first_km[0] < both.separation_second_km[0]
    assert side_by_side(near, near).agree.tolist() == [Verdict.YES]
    lonely = side_by_side(near, near.take(np.zeros(0, np.int64)))
    assert lonely.second.tolist() == [-1]
    assert lonely.agree.tolist() == [Verdict.CANNOT_TELL]
    assert lonely.catalogue_number_2.tolist() == [9]
    back = side_by_side(near.take(np.zeros(0, np.int64)), near)
    assert back.first.tolist() == [-1]
    assert back.catalogue_number_1.tolist() == [5]


@pytest.mark.parametrize("kind", ["no orbit", "wrong epoch", "doubled", "a gap"])
def test_bad_sets_neither_crash_nor_hide_what_is_there(kind: str) -> None:
    made = beside(1.0, 12)
    sets, number = made.elements, made.object_number[made.owner]
    rows = np.arange(len(sets))
    match kind:
        case "no orbit":
            sets = spoilt(sets, "mean_motion_rad_min", np.nan)
        case "wrong epoch":
            sets = replace(sets, epoch_tai_ns=sets.epoch_tai_ns + NS_PER_DAY // 3 * (rows == 4))
        case "doubled":
            rows = np.concatenate([rows, rows[3:7]])
        case "a gap":
            rows = np.concatenate([rows[:3], rows[10:]])
    found = approaches(one_history(sets.take(rows), number[rows]))
    best = np.nanargmin(found.separation_km)
    assert (found.catalogue_number_1[best], found.catalogue_number_2[best]) == (5, 9)


def spoilt(sets: MeanElements, column: str, value: float) -> MeanElements:
    changed = getattr(sets, column).copy()
    changed[4] = value
    return replace(sets, **{column: changed})


def test_nothing_comes_of_nothing() -> None:
    empty = beside(1.0, 2).of(np.zeros(0, np.int64))
    assert len(approaches(empty)) == 0
    assert len(habits(empty).shared_days) == 0
    assert len(closures(empty, START)) == 0
    assert len(approaches(beside(1.0, 2).of(np.array([0])))) == 0


def test_order_and_numbers_of_others_change_nothing() -> None:
    made = beside(1.0, 12)
    other = belt_elements(days(12, 1.0), np.full(12, -60.0), np.zeros(12))
    more = one_history(
        stacked([other, made.elements]),
        np.concatenate([np.full(12, 77), made.object_number[made.owner]]),
    )
    alone, among = approaches(made), approaches(more)
    assert among.separation_km.tolist() == alone.separation_km.tolist()
    assert (among.row_1 - alone.row_1).tolist() == [12]
