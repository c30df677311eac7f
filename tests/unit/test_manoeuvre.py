"""Manoeuvres of histories: quiet ones, bad ones, and whether neighbours in the table matter."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace

import numpy as np
import pytest

from commonsky.astro.elements import MeanElements
from commonsky.characterise import detection
from commonsky.characterise.history import History
from commonsky.characterise.impulse import delta_v_rtn_km_s
from commonsky.characterise.manoeuvre import Manoeuvres, detectability_km_s, manoeuvres
from commonsky.characterise.manoeuvre_type import Kind, kinds
from tests.manoeuvre_case import (
    BELT,
    DAY_NS,
    HIGH,
    LOW,
    START_TAI_NS,
    Burn,
    Noise,
    days_of,
    elements,
    joined,
    past,
    sets,
)

BURNS = [Burn(20.0 + 25.0 * k, (0.0, 25e-6 * (-1) ** k, 0.0)) for k in range(8)]


@pytest.fixture(scope="module")
def busy() -> MeanElements:
    return sets(elements(*LOW), days_of(1, 220.0), 1, Noise(), BURNS)


def hits(found: Manoeuvres) -> int:
    at = START_TAI_NS + np.array([burn.day for burn in BURNS]) * DAY_NS
    near = np.abs(found.epoch_tai_ns[:, None] - at) < 1.5 * DAY_NS
    return int(near.any(axis=0).sum())


def same(one: Manoeuvres, other: Manoeuvres) -> bool:
    return all(
        np.array_equal(getattr(one, column.name), getattr(other, column.name), equal_nan=True)
        for column in fields(Manoeuvres)
    )


def test_nothing_comes_of_nothing() -> None:
    assert len(manoeuvres(past([]))) == 0
    single = past([elements(*LOW), elements(*BELT)])
    assert len(manoeuvres(single)) == 0
    assert np.isnan(detectability_km_s(single)).all()


def test_two_sets_that_agree_are_quiet() -> None:
    pair = past([sets(elements(*LOW), np.array([0.0, 4.0]), 3, Noise())])
    assert len(manoeuvres(pair)) == 0
    assert np.isfinite(detectability_km_s(pair)).all()


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, np.nan])
def test_a_share_of_false_discoveries_lies_between_none_and_all(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        manoeuvres(past([]), false_discovery=share)


@pytest.mark.parametrize("orbit", [LOW, HIGH, BELT])
def test_quiet_objects_give_a_tenth_of_an_alarm_a_year_at_most(
    orbit: tuple[float, float, float],
) -> None:
    rng = np.random.default_rng(5)
    every = [
        sets(elements(*orbit), days_of(seed, 365.0, 1.5), seed,
             Noise(0.003 * rng.uniform(0.5, 2.0), 0.15, 0.06, 4.0))
        for seed in range(12)
    ]  # fmt: skip
    assert len(manoeuvres(past(every))) <= 3  # of twelve years, so that chance has room


def test_rows_lead_back_to_the_input(busy: MeanElements) -> None:
    history = replace(past([busy], [25544]), row=np.arange(len(busy)) + 1000)
    found = manoeuvres(history)
    assert hits(found) == len(BURNS)
    assert (found.catalogue_number == 25544).all()
    assert (found.row_after == found.row_before + 1).all()
    epoch = busy.epoch_tai_ns
    assert np.array_equal(epoch[found.row_before - 1000], found.not_before_tai_ns)
    assert np.array_equal(epoch[found.row_after - 1000], found.not_after_tai_ns)
    assert (np.diff(found.epoch_tai_ns) > 0).all()
    assert (found.score > 0).all()


def test_who_else_is_in_the_table_does_not_matter(busy: MeanElements) -> None:
    alone = manoeuvres(past([busy], [7]))
    others = [sets(elements(*orbit), days_of(9, 90.0), 9, Noise()) for orbit in (LOW, BELT, HIGH)]
    table = past([others[0], busy, others[1], others[2]], [3, 7, 9, 11])
    mine = manoeuvres(table)
    mine = mine.take(np.flatnonzero(mine.catalogue_number == 7))
    shift = table.first[1]
    assert same(
        alone, replace(mine, row_before=mine.row_before - shift, row_after=mine.row_after - shift)
    )


def test_neither_order_nor_threads_matter(
    busy: MeanElements, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = [sets(elements(*LOW), days_of(seed, 60.0), seed, Noise()) for seed in range(3)]
    table = past([*quiet, busy, quiet[0]], range(5))
    once = manoeuvres(table)
    monkeypatch.setattr(detection, "OBJECTS_AT_ONCE", 2)
    with ThreadPoolExecutor(2) as executor:
        assert same(once, manoeuvres(table, executor=executor))
    assert same(once, manoeuvres(table))
    assert same(once, manoeuvres(table.of(np.array([4, 3, 2, 1, 0]))))
    assert len(once) == len(BURNS)


def spoilt(one: MeanElements, rows: np.ndarray, **errors: float) -> MeanElements:
    """Some rows with errors added to their columns."""
    changed = {name: getattr(one, name).copy() for name in errors}
    for name, error in errors.items():
        changed[name][rows] += error
    return replace(one, **changed)


def test_bad_sets_are_no_burns() -> None:
    quiet = sets(elements(*HIGH), days_of(4, 400.0), 4, Noise())
    rows = np.array([50, 130, 210, 290])
    for errors in (
        {"mean_motion_rad_min": 1e-5}, {"mean_anomaly_rad": 0.5}, {"raan_rad": 0.01},
        {"inclination_rad": 0.003}, {"eccentricity": 0.01},
    ):  # fmt: skip
        assert len(manoeuvres(past([spoilt(quiet, rows, **errors)]))) <= 1, errors


def test_bad_histories_cost_some_burns_and_never_more(busy: MeanElements) -> None:
    rng = np.random.default_rng(7)
    n = len(busy)
    stranger = sets(elements(7200.0, 2e-3, 1.72), days_of(2, 220.0), 2, Noise())
    tagged = np.sort(rng.choice(n, n // 50, replace=False))
    gone = np.setdiff1d(np.arange(n), np.arange(60, 95))
    cases = {
        "one bad set in a hundred": spoilt(busy, np.arange(30, n, 100), mean_motion_rad_min=1e-5),
        "cross-tags": replaced(busy, tagged, stranger),
        "wrong epochs": later(busy, tagged, 3600 * 10**9),
        "a gap": busy.take(gone),
        "every third set": busy.take(np.arange(0, n, 3)),
    }
    for name, history in cases.items():
        found = manoeuvres(past([history]))
        assert hits(found) >= {"a gap": 5, "every third set": 4}.get(name, 6), name
        assert len(found) - hits(found) <= 5, name


def replaced(one: MeanElements, rows: np.ndarray, other: MeanElements) -> MeanElements:
    """Rows that are another object's sets, at the epochs of this one's."""
    columns = {}
    for column in fields(MeanElements):
        values = getattr(one, column.name).copy()
        if column.name != "epoch_tai_ns":
            values[rows] = getattr(other, column.name)[rows % len(other)]
        columns[column.name] = values
    return MeanElements(**columns)


def later(one: MeanElements, rows: np.ndarray, error_ns: int) -> MeanElements:
    """Rows whose epochs are off."""
    epoch = one.epoch_tai_ns.copy()
    epoch[rows] += error_ns
    order = np.argsort(epoch)
    return replace(one, epoch_tai_ns=epoch).take(order)


def test_elements_that_no_theory_bears_never_crash() -> None:
    quiet = sets(elements(*LOW), days_of(4, 40.0), 4, Noise())
    wild = [
        replace(quiet, bstar_per_earth_radius=np.full(len(quiet), 50.0)),
        replace(quiet, eccentricity=np.full(len(quiet), 0.999)),
        replace(quiet, mean_motion_rad_min=quiet.mean_motion_rad_min * 30.0),
        replace(quiet, mean_motion_rad_min=quiet.mean_motion_rad_min * 1e-4),
        replace(quiet, epoch_tai_ns=quiet.epoch_tai_ns[0] + np.arange(len(quiet))),
        joined([quiet.take(np.array([0])), elements(*BELT)]),
    ]
    wild[-1] = replace(
        wild[-1], epoch_tai_ns=np.array([START_TAI_NS, START_TAI_NS + 400 * DAY_NS])
    )
    found = manoeuvres(past(wild))
    assert (found.not_before_tai_ns < found.not_after_tai_ns).all()


def test_a_smaller_share_of_false_ones_leaves_fewer_finds(busy: MeanElements) -> None:
    weak = [Burn(burn.day, (0.0, 0.06 * burn.delta_v_rtn_km_s[1], 0.0)) for burn in BURNS]
    table = past([sets(elements(*LOW), days_of(1, 220.0), 1, Noise(), weak), busy])
    counts = [len(manoeuvres(table, false_discovery=share)) for share in (1e-6, 1e-3, 0.1, 0.9)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_delta_v_follows_from_what_changed() -> None:
    rate = np.full(4, 1.05e-3)
    sigma = np.tile([1e-3, 0.02, 0.02, 0.02, 0.02, np.nan], (4, 1))
    steps = np.zeros((4, 6))
    steps[0, 0] = 0.02  # axis
    steps[1, 3:5] = 1.2, -0.9  # inclination
    steps[2, 1] = 0.8  # eccentricity alone
    told, size, spread = delta_v_rtn_km_s(steps, sigma, rate)
    assert told[0, 1] == pytest.approx(0.5 * 1.05e-3 * 0.02)
    assert np.isnan(told[0, [0, 2]]).all()
    assert told[1, 2] == pytest.approx(1.05e-3 * 1.5)
    assert told[2, 0] == pytest.approx(1.05e-3 * 0.8)
    assert size[3] == 0.0
    assert (spread >= 0.04 * size).all()


def rows_of(*steps: tuple[float, float, float, float]) -> np.ndarray:
    """Kinds of one object's rows: day, axis, its step, normal delta-v in m/s."""
    table = np.array(steps)
    rtn = np.full((len(table), 3), np.nan)
    rtn[:, 1] = 0.5e-3 * table[:, 2]
    rtn[table[:, 3] > 0, 2] = 1e-3 * table[table[:, 3] > 0, 3]
    return kinds(np.zeros(len(table), np.int64), table[:, 0], table[:, 1], table[:, 2], rtn)


def test_kinds_follow_from_rules() -> None:
    assert rows_of((0, 7178, 0.01, 0)) == [Kind.STATION_KEEPING]
    assert rows_of((0, 7178, 0.0, 2.0)) == [Kind.PLANE_CHANGE]
    assert rows_of((0, 7178, 50.0, 0)) == [Kind.ORBIT_RAISING]
    assert rows_of((0, 7178, -50.0, 0)) == [Kind.ORBIT_LOWERING]
    assert rows_of((0, 42165, 20.0, 0), (5, 42165, -19.0, 0)).tolist() == [Kind.PHASING] * 2
    assert rows_of(*((k, 6900.0 + 3 * k, 3.0, 0) for k in range(8))).tolist() == (
        [Kind.LOW_THRUST] * 8
    )
    assert {kind.text for kind in Kind} >= {"station keeping", "orbit raising", "low thrust"}


def test_history_is_left_as_it_was(busy: MeanElements) -> None:
    history: History = past([busy])
    before = busy.mean_motion_rad_min.copy()
    manoeuvres(history)
    assert np.array_equal(before, history.elements.mean_motion_rad_min)
