from dataclasses import replace

import numpy as np
import pytest

from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.characterise.history import History
from commonsky.characterise.longitude import longitude_rad, longitudes
from commonsky.characterise.relocation import Outcome, Relocations, relocations
from commonsky.characterise.station_keeping import Control, stays
from tests.belt_case import START, belt_elements, days, free, held, one_history, together

STEP = 20.0
MOVED = (10.0, 30.0, 1.0)  # from, to (deg), and drift (deg a day)
LEFT_DAY = 400.0


def moved(step: float = STEP, count: int = 40) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A satellite that is held, drifts on day 400 from 10 to 30 degrees east, and is held."""
    epoch, rng = days(count, step), np.random.default_rng(1)
    day = (epoch - START) / NS_PER_DAY
    old, new = held(epoch, MOVED[0], rng), held(epoch, MOVED[1], rng)
    way = day - LEFT_DAY
    on = (way > 0) & (way < (MOVED[1] - MOVED[0]) / MOVED[2])
    place = np.where(way <= 0, old[0], np.where(on, MOVED[0] + MOVED[2] * way, new[0]))
    drift = np.where(way <= 0, old[1], np.where(on, MOVED[2], new[1]))
    return epoch, place, drift


def arrived(found: Relocations) -> Relocations:
    return found.take(np.flatnonzero(found.outcome == Outcome.ARRIVED))


def day(epoch_tai_ns: int) -> float:
    return float(epoch_tai_ns - START) / NS_PER_DAY


def test_longitude_is_that_which_was_asked() -> None:
    epoch = days(5, 100.0)
    want = np.array([-179.9, -60.0, 0.0, 75.0, 179.9])
    made = one_history(belt_elements(epoch, want, np.zeros(5)), np.arange(5))
    assert np.degrees(longitude_rad(made)) == pytest.approx(want, abs=1e-9)
    assert np.degrees(longitudes(made).drift_rad_day) == pytest.approx(np.zeros(5), abs=1e-9)


@pytest.mark.parametrize("step", [5.0, 7.0, 12.3])
def test_a_relocation_is_found_and_dated(step: float) -> None:
    epoch, place, drift = moved(step, int(800 / step))
    found = relocations(together([(7, epoch, place, drift)]))
    assert len(found) == 1
    assert found.outcome[0] == Outcome.ARRIVED
    assert np.degrees(found.longitude_from_rad[0]) == pytest.approx(10.0, abs=0.05)
    assert np.degrees(found.longitude_to_rad[0]) == pytest.approx(30.0, abs=0.05)
    assert np.degrees(found.drift_rad_day[0]) == pytest.approx(1.0, abs=0.1)
    window = found.left_not_before_tai_ns[0], found.left_not_after_tai_ns[0]
    assert window[0] <= found.left_tai_ns[0] <= window[1]
    assert day(found.left_tai_ns[0]) == pytest.approx(LEFT_DAY, abs=1.0)
    assert day(found.arrived_tai_ns[0]) == pytest.approx(LEFT_DAY + 20.0, abs=1.0)
    assert epoch[found.row_before[0]] == found.left_not_before_tai_ns[0]
    assert epoch[found.row_after[0]] == found.arrived_not_after_tai_ns[0]


@pytest.mark.parametrize(
    ("place", "drift"), [(60.0, 0.0), (-80.0, 0.05), (10.0, 0.3), (75.1, 0.0), (162.0, 0.0)]
)
def test_what_nobody_steers_never_relocates(place: float, drift: float) -> None:
    epoch = days(180, 25.0)  # twelve years
    made = together([(7, epoch, *free(epoch, place, drift))])
    assert len(relocations(made)) == 0
    assert not (stays(made).control == Control.HELD).any()


def test_held_against_the_bulge_is_held_and_let_go_is_not() -> None:
    epoch, rng = days(60, 30.0), np.random.default_rng(2)
    kept = together([(7, epoch, *held(epoch, 20.0, rng))])
    let_go = together([(7, epoch, *free(epoch, 75.0, 0.0))])
    assert stays(kept).control.tolist() == [Control.HELD]
    assert not (stays(let_go).control == Control.HELD).any()


def test_it_is_under_way_until_it_arrives() -> None:
    epoch, place, drift = moved()
    now = epoch <= START + round((LEFT_DAY + 10.0) * NS_PER_DAY)
    found = relocations(together([(7, epoch[now], place[now], drift[now])]))
    assert found.outcome.tolist() == []  # one day before the first set on the way
    epoch, place, drift = moved(7.0, 120)
    now = epoch <= START + round((LEFT_DAY + 10.0) * NS_PER_DAY)
    found = relocations(together([(7, epoch[now], place[now], drift[now])]))
    assert found.outcome.tolist() == [Outcome.UNDER_WAY]


def test_objects_do_not_disturb_each_other() -> None:
    epoch, rng = days(60, STEP), np.random.default_rng(3)
    one = (9, *moved())
    others = [
        (5, epoch, *held(epoch, 20.0, rng)),
        (7, epoch, *free(epoch, 100.0, 0.1)),
    ]
    alone, among = relocations(together([one])), relocations(together([*others, one]))
    assert among.catalogue_number.tolist() == [9]
    assert among.left_tai_ns.tolist() == alone.left_tai_ns.tolist()
    assert (among.row_before - alone.row_before).tolist() == [120]  # rows of the input


def spoilt(kind: str, made: History) -> History:
    """The same sets with one spoilt, as input rows in another order."""
    sets = made.elements
    n = len(sets)
    number = made.object_number[made.owner]
    row = 11
    match kind:
        case "cross-tagged":
            other = belt_elements(
                sets.epoch_tai_ns[row : row + 1], np.array([-45.0]), np.array([0.0])
            )
            sets = replace(sets, mean_anomaly_rad=_with(sets.mean_anomaly_rad, row, other))
        case "wrong epoch":
            epoch = sets.epoch_tai_ns.copy()
            epoch[row] += NS_PER_DAY // 4
            sets = replace(sets, epoch_tai_ns=epoch)
        case "no orbit":
            motion = sets.mean_motion_rad_min.copy()
            motion[row] = np.nan
            sets = replace(sets, mean_motion_rad_min=motion)
        case "doubled":
            rows = np.concatenate([np.arange(n), [row, row]])
            return one_history(sets.take(rows), number[rows])
        case "a gap":
            rows = np.concatenate([np.arange(4), np.arange(14, n)])
            return one_history(sets.take(rows), number[rows])
    return one_history(sets, number)


def _with(column: np.ndarray, row: int, other: MeanElements) -> np.ndarray:
    changed = column.copy()
    changed[row] = other.mean_anomaly_rad[0]
    return changed


@pytest.mark.parametrize("kind", ["cross-tagged", "wrong epoch", "no orbit", "doubled", "a gap"])
def test_bad_histories_neither_crash_nor_invent(kind: str) -> None:
    made = together([(7, *moved())])
    found = arrived(relocations(spoilt(kind, made)))
    assert len(found) == 1
    assert np.degrees(found.longitude_to_rad[0]) == pytest.approx(30.0, abs=0.05)


def test_nothing_comes_of_nothing() -> None:
    empty = together([(7, *moved())]).of(np.zeros(0, np.int64))
    assert len(relocations(empty)) == 0
    assert len(stays(empty)) == 0
    single = together([(7, days(1, 1.0), np.array([5.0]), np.array([0.0]))])
    assert len(relocations(single)) == 0
