"""Single numbers: the published forms in cases that can be reckoned by hand, and verdicts."""

from __future__ import annotations

import numpy as np
import pytest

from commonsky.environment.gas import MIDDLES_KM, SHELLS
from commonsky.environment.index import (
    Criterion,
    Verdict,
    abandoned_object_criticality,
    collision_probability,
    criticality_of_spacecraft,
    debris_index,
    fragmentation_index,
    health_index,
    height_of,
    inclination_share,
    judged,
    life_ratio,
    number_time_product_years,
    shell_criticality,
    summed,
    visibility_weight,
)

ONE = np.ones(1)
LIMIT = Criterion("crewed stations", "probability of a hit within a year", 1e-3)


def test_the_number_time_product_is_years_until_the_horizon() -> None:
    told = number_time_product_years(np.array([0.0, 3.0, 400.0, np.inf, np.nan]), 200.0)
    assert told[:4].tolist() == [0.0, 3.0, 200.0, 200.0]
    assert np.isnan(told[4])
    with pytest.raises(ValueError, match="horizon"):
        number_time_product_years(ONE, 0.0)


def test_the_reference_object_has_a_criticality_of_its_inclination_alone() -> None:
    tilt = np.radians([0.0, 90.0, 180.0])
    alike = np.ones(3)
    told = criticality_of_spacecraft(
        10_000.0 * alike, alike, life_ratio(1000.0 * alike), tilt
    )  # fmt: skip
    # (13 - 3 cos i) / 16, as the successors of the paper write it for k = 0.6.
    assert told == pytest.approx([10 / 16, 13 / 16, 1.0])
    assert told == pytest.approx((13.0 - 3.0 * np.cos(tilt)) / 16.0)


@pytest.mark.parametrize(("factor", "place"), [(2.0, 0), (0.25, 1), (7.0, 2)])
def test_criticality_grows_with_mass_crowd_and_life_alike(factor: float, place: int) -> None:
    more = np.ones((3, 1))
    more[place] = factor
    plain = criticality_of_spacecraft(500.0 * ONE, 0.3 * ONE, 0.2 * ONE, ONE)
    other = criticality_of_spacecraft(500.0 * more[0], 0.3 * more[1], 0.2 * more[2], ONE)
    assert other[0] / plain[0] == pytest.approx(factor)


def test_lives_grow_as_the_law_says() -> None:
    told = life_ratio(np.array([600.0, 800.0, 1000.0, 1400.0]))
    assert told[2] == 1.0
    assert (np.diff(told) > 0.0).all()
    # exp(14.18 h^0.1831 - 42.94) is some 200 years at 800 km.
    assert np.exp(14.18 * 1000.0**0.1831 - 42.94) * told[1] == pytest.approx(198.0, rel=0.02)
    assert life_ratio(np.array([-50.0]))[0] >= 0.0


def test_weights_of_inclination_can_be_chosen() -> None:
    assert inclination_share(np.array([np.pi]), 2.0)[0] == pytest.approx(1.0)
    assert inclination_share(np.array([0.0]), 1.0)[0] == pytest.approx(0.5)


def test_shells_share_the_criticality_of_what_passes_them() -> None:
    low, high = np.array([801.0, 400.0]), np.array([801.0, 1510.0])
    mass, tilt = np.array([2000.0, 900.0]), np.radians([98.0, 65.0])
    told = shell_criticality(low, high, tilt, mass, np.ones(SHELLS), np.ones(2))
    life = np.minimum(life_ratio(0.5 * (low + high)), 1.0)
    assert told.sum() == pytest.approx(
        criticality_of_spacecraft(mass, np.ones(2), life, tilt).sum(), rel=1e-6
    )
    circle = shell_criticality(
        low[:1], high[:1], tilt[:1], mass[:1], 3.0 * np.ones(SHELLS), 0.5 * ONE
    )
    assert np.count_nonzero(circle) == 1
    assert MIDDLES_KM[int(np.argmax(circle))] == pytest.approx(812.5)
    one = criticality_of_spacecraft(mass[:1], ONE, life[:1], tilt[:1])
    assert circle.sum() == pytest.approx(1.5 * one[0])


def test_what_nobody_sees_counts_in_full() -> None:
    assert visibility_weight(np.array([0.0, 0.5, 1.0])).tolist() == [1.0, 0.5, 0.0]
    assert visibility_weight(np.array([1.0]), least=0.2)[0] == pytest.approx(0.2)


def test_a_break_up_that_changes_nothing_has_an_index_of_nothing() -> None:
    before = np.array([4.0, 2.0, 0.0])
    parent = np.array([1.0, 0.0, 0.0])
    assert fragmentation_index(before, parent, parent)[:2].tolist() == [0.0, 0.0]
    told = fragmentation_index(before, np.array([3.0, 1.0, 1.0]), parent)
    assert told[:2].tolist() == [0.5, 0.5]
    assert np.isnan(told[2])


def test_an_abandoned_objects_criticality() -> None:
    mass = np.array([1000.0, 2000.0])
    told = abandoned_object_criticality(np.full(2, 1e-6), mass, np.ones(2), np.ones(2))
    assert told[1] / told[0] == pytest.approx(2.0**1.75)


def test_probabilities_of_collision() -> None:
    year_s = 365.25 * 86_400.0
    density, speed, area = (
        np.array([1e-8, 1e-8, 1.0]),
        np.full(3, 10.0),
        np.array([0.0, 10.0, 1e9]),
    )
    told = collision_probability(density, speed, area, year_s)
    assert told[0] == 0.0
    # 1e-17 a m³, 1e4 m/s, 10 m²: 1e-12 a second.
    assert told[1] == pytest.approx(1e-12 * year_s, rel=1e-4)
    assert told[2] == 1.0
    assert debris_index(told, np.array([5.0, 2.0, 0.5])).tolist() == [0.0, 2.0 * told[1], 0.5]


def test_health_is_risk_over_what_is_accepted() -> None:
    assert health_index(np.array([4.0, 1.0]), 2.0).tolist() == [2.0, 0.5]
    for none in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="accepted risk"):
            health_index(ONE, none)


@pytest.mark.parametrize(
    ("low", "nominal", "high", "verdict"),
    [
        (1e-5, 4e-5, 1.6e-4, Verdict.ACCEPTABLE),
        (2.5e-4, 1e-3, 4e-3, Verdict.UNTOLD),
        (2e-3, 8e-3, 3.2e-2, Verdict.UNACCEPTABLE),
        (1e-4, 5e-4, 1e-3, Verdict.ACCEPTABLE),
        (1e-3, 2e-3, 4e-3, Verdict.UNTOLD),
        (np.nan, np.nan, np.nan, Verdict.UNTOLD),
    ],
)
def test_verdicts(low: float, nominal: float, high: float, verdict: Verdict) -> None:
    told = judged(LIMIT, low, nominal, high)
    assert told.verdict is verdict
    assert told.criterion.limit == 1e-3
    assert (told.low, told.high) == pytest.approx((low, high), nan_ok=True)


def test_criteria_and_numbers_that_are_none() -> None:
    with pytest.raises(ValueError, match="a limit is finite"):
        Criterion("x", "y", np.nan)
    with pytest.raises(ValueError, match="does not hold"):
        judged(LIMIT, 2.0, 1.0, 3.0)


def test_sums_by_group_say_what_they_leave_out() -> None:
    values = np.array([1.0, 2.0, np.nan, 4.0, np.nan])
    told = summed(values, ["b", "a", "b", "a", "c"])
    assert told.groups == ("a", "b", "c")
    assert told.values.tolist() == [6.0, 1.0, 0.0]
    assert told.untold.tolist() == [0, 1, 1]
    order = np.random.default_rng(1).permutation(5)
    again = summed(values[order], np.array(["b", "a", "b", "a", "c"])[order])
    assert again.values == pytest.approx(told.values)
    with pytest.raises(ValueError, match="groups"):
        summed(values, ["a"])


def test_heights_are_groups_too() -> None:
    low, high = np.array([780.0, 400.0]), np.array([820.0, 420.0])
    assert height_of(low, high).tolist() == [800.0, 400.0]
    told = summed(np.array([1.0, 2.0]), height_of(low, high))
    assert told.groups == (400.0, 800.0)
    with pytest.raises(ValueError, match="height class"):
        height_of(low, high, 0.0)
