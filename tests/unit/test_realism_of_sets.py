"""Element sets against later ones: which are compared, where, and as how sure."""

from typing import Any

import numpy as np
import pytest

from commonsky.assess.realism import EVERYTHING, Verdict
from commonsky.assess.uncertainty import FLOOR_RTN_KM, error_classes, sigma_rtn_km
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.frames import rotation_rtn
from commonsky.astro.sgp4 import propagate
from commonsky.catalogue.catalogue import Catalogue, stacked
from commonsky.catalogue.planted import elements_through
from commonsky.node.realism import (
    ALONE,
    ANALYST,
    NS_PER_HOUR,
    OLD,
    Later,
    covariances_km2,
    pairs,
    realism,
    realism_of,
    residuals_of,
    states_at,
)
from tests.catalogue_case import catalogue_of


def paired(*rows: dict[str, Any]) -> tuple[list[tuple[float, float]], dict[str, int]]:
    sets = catalogue_of(*rows)
    older, later, excluded = pairs(sets)
    first = int(sets.elements.epoch_tai_ns.min()) if len(sets) else 0
    days = ((sets.elements.epoch_tai_ns - first) / NS_PER_DAY).round(3)
    return list(zip(days[older].tolist(), days[later].tolist(), strict=True)), excluded


def test_each_set_meets_the_next_that_is_half_a_day_younger() -> None:
    days = [3.0, 0.0, 0.2, 0.6, 0.9, 1.2]
    found, _ = paired(*({"number": 7, "day": day} for day in days))
    assert found == [(0.0, 0.6), (0.6, 1.2), (1.2, 3.0)]


def test_objects_are_not_mixed_and_what_is_left_out_is_counted() -> None:
    found, excluded = paired(
        {"number": 1}, {"number": 2, "day": 1.0}, {"number": 3}, {"number": 3, "day": 0.4},
        {"number": 4}, {"number": 4, "day": 31.0}, {"number": 270_005},
        {"number": 270_005, "day": 2.0}, {"number": 80_005}, {"number": 5},
        {"number": 5, "day": 2.0},
    )  # fmt: skip
    assert found == [(0.0, 2.0)]
    assert excluded == {ALONE: 3, OLD: 1, ANALYST: 2}


def test_the_same_set_twice_is_no_pair() -> None:
    found, excluded = paired({"number": 1}, {"number": 1})
    assert found == []
    assert excluded[ALONE] == 1


def test_no_sets_are_no_pairs() -> None:
    assert paired() == ([], {ALONE: 0, OLD: 0, ANALYST: 0})
    nothing = realism(catalogue_of(), catalogue_of())
    assert (nothing.scorecard, nothing.pairs, len(nothing.objects)) == ((), 0, 0)


def test_states_are_those_of_each_row_at_its_own_time() -> None:
    sets = catalogue_of(
        {"number": 1}, {"number": 2, "mean_motion": 0.0043}, {"number": 3, "anomaly": 1.0},
        {"number": 4, "eccentricity": 2.0},
    )  # fmt: skip
    at = sets.elements.epoch_tai_ns + np.array([2, 1, 2, 1]) * NS_PER_DAY
    position, _ = states_at(sets.elements, at)
    for k in range(3):
        alone = propagate(sets.elements.take(np.array([k])), at[k : k + 1])
        assert position[k] == pytest.approx(alone.position_km[0, 0], abs=1e-9)
    assert np.isnan(position[3]).all()


def test_covariances_are_those_of_the_error_model() -> None:
    sets = catalogue_of({"number": 1}, {"number": 2, "type": 3})
    classes, age = error_classes(sets), np.array([2.0, 5.0])
    sigma = sigma_rtn_km(classes, age)
    floor = np.array(FLOOR_RTN_KM)
    diagonals = {one: np.einsum("nii->ni", covariances_km2(classes, age, one)) for one in Later}
    assert diagonals[Later.TRUTH] == pytest.approx(sigma**2)
    assert diagonals[Later.INDEPENDENT] == pytest.approx(sigma**2 + floor**2)
    assert diagonals[Later.SHARED] == pytest.approx(sigma**2 - floor**2)


def moved(
    older: Catalogue, later_tai_ns: int, offset_rtn_km: np.ndarray[Any, Any]
) -> MeanElements:
    """Later sets that are so far from where the older ones put their objects."""
    at = np.full(len(older), later_tai_ns)
    position, velocity = states_at(older.elements, at)
    axes = rotation_rtn(position, velocity)
    there = position + np.einsum("nij,ni->nj", axes, offset_rtn_km)
    return stacked(
        [
            elements_through(*state, later_tai_ns, later_tai_ns)
            for state in zip(there, velocity, strict=True)
        ]
    )


def some(count: int) -> Catalogue:
    """Objects on circles, spread over heights and angles."""
    rng = np.random.default_rng(3)
    return catalogue_of(
        *(
            {"number": k + 1, "type": 3, "mean_motion": rng.uniform(0.058, 0.066),
             "anomaly": rng.uniform(0.0, 6.0), "raan": rng.uniform(0.0, 6.0),
             "inclination": rng.uniform(0.3, 1.7), "name": "X DEB"}
            for k in range(count)
        )
    )  # fmt: skip


def hour_after(older: Catalogue, days: float) -> int:
    after = int(older.elements.epoch_tai_ns.max() + days * NS_PER_DAY)
    return after // NS_PER_HOUR * NS_PER_HOUR


def test_residuals_are_later_minus_predicted_along_the_predicted_axes() -> None:
    older = some(3)
    offset = np.array([[1.0, 0.0, 0.0], [0.0, -5.0, 0.0], [0.5, 2.0, 3.0]])
    later = moved(older, hour_after(older, 3.0), offset)
    found = residuals_of(older, later, Later.TRUTH)
    assert found.residual_rtn_km == pytest.approx(offset, abs=0.01)
    assert found.span_days == pytest.approx(3.0, abs=0.05)
    assert found.source.tolist() == ["a"] * 3
    assert all(one.startswith("LEO below") and one.endswith("debris") for one in found.group)


def test_a_known_inflation_of_simulated_sets_is_found() -> None:
    older = some(120)
    at = hour_after(older, 3.0)
    age = (at - older.elements.epoch_tai_ns) / NS_PER_DAY
    sigma = sigma_rtn_km(error_classes(older), age)
    drawn = np.random.default_rng(4).normal(size=(len(older), 3)) * sigma * np.sqrt(4.0)
    elements = moved(older, at, drawn)
    later = Catalogue(elements, *(getattr(older, name) for name in NAMES))
    found = realism(older, later, treated=Later.TRUTH, fewest=1)
    whole = found.scorecard[0]
    assert (whole.group, whole.n) == (EVERYTHING, len(older))
    assert whole.factor.low < 4.0 < whole.factor.high
    assert whole.verdict is Verdict.TOO_SMALL
    assert not whole.only_in_tails
    assert found.objects.norad_id.tolist() == older.catalogue_number.tolist()
    again = realism_of([later, older], treated=Later.TRUTH, fewest=1)
    assert again.scorecard == found.scorecard


NAMES = (
    "catalogue_number", "object_id", "object_name", "object_type", "rcs_size", "operator",
    "classification", "element_set_number", "revolution_at_epoch", "source",
)  # fmt: skip
