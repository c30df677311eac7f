"""A break-up fitted to what is catalogued: better day by day, and right as often as it says."""

from __future__ import annotations

import numpy as np
import pytest

from commonsky.environment.catalogue_delay import DELAY, share_catalogued
from commonsky.environment.catalogued import Beforehand, Catalogued, beforehand
from commonsky.environment.objects import SizeProvenance
from commonsky.environment.parent_fit import Branch, Fit, fit, interval

PRIOR = Beforehand(900.0, 1.5)
NOTHING = np.zeros(0)


def fitted(days: list[float], counts: list[float]) -> Fit:
    seen = Catalogued(np.array(days), np.array(counts), NOTHING)
    return fit(seen, PRIOR, np.random.default_rng(1))


def width(told: Fit) -> float:
    found = interval(told.longer_than_10_cm)
    return float(np.log(found.high / found.low))


def test_every_day_tells_more() -> None:
    days, counts = [10.0, 30.0, 90.0, 250.0], [60.0, 250.0, 520.0, 600.0]
    widths = [width(fitted(days[:k], counts[:k])) for k in range(5)]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < 0.5 * widths[0]


def test_there_are_at_least_as_many_as_there_are() -> None:
    told = fitted([20.0, 100.0], [900.0, 2800.0])
    assert told.catalogued.min() > 2700.0
    assert told.probability[Branch.LOW_INTENSITY] < 0.05


def test_a_few_in_the_end_are_no_catastrophe() -> None:
    told = fitted([30.0, 200.0, 400.0], [8.0, 11.0, 12.0])
    assert told.likeliest is not Branch.COLLISION
    assert interval(told.catalogued).high < 40.0


def test_what_is_believed_adds_up() -> None:
    told = fitted([15.0], [100.0])
    assert sum(told.probability) == pytest.approx(1.0)
    assert (told.longer_than_1_cm > told.longer_than_10_cm).mean() > 0.99
    low, high = told.model_between
    assert low * 16.0 == pytest.approx(high)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(7)
    inside = []
    for seed in range(40):
        truth = float(np.exp(rng.normal(np.log(500.0), 0.6)))
        days = np.array([10.0, 25.0, 60.0, 120.0])
        usual = DELAY.middle
        share = share_catalogued(
            days, np.array(usual.first_days), np.array(usual.tau_days), np.array(usual.shape),
            np.array(usual.late_share),
        )  # fmt: skip
        counts = np.maximum.accumulate(rng.binomial(int(truth), np.clip(share, 0.0, 1.0)))
        told = fit(
            Catalogued(days, counts.astype(float), NOTHING), PRIOR, np.random.default_rng(seed)
        )
        found = interval(told.catalogued)
        inside.append(found.low <= truth <= found.high)
    assert np.mean(inside) > 0.7


def test_tuned_fragments_are_as_many_as_believed() -> None:
    told = fitted([30.0, 200.0], [700.0, 1200.0])
    tuned = told.tuned()
    pieces = tuned.fragments(0.1, np.random.default_rng(3))
    believed = told.of_branch(tuned.branch, told.longer_than_10_cm).median
    assert len(pieces) == pytest.approx(believed, rel=0.15)
    whole = pieces.mass_kg.sum() + pieces.mass_below_kg
    assert whole == pytest.approx(tuned.mass_kg, rel=1e-9)


def test_a_mass_that_is_guessed_is_less_sure() -> None:
    known = beforehand(900.0, SizeProvenance.MEASURED)
    guessed = beforehand(900.0, SizeProvenance.KIND)
    assert known.mass_factor < guessed.mass_factor


@pytest.mark.parametrize(
    ("days", "counts"),
    [
        ([1.0, 1.0], [2.0, 3.0]), ([2.0, 1.0], [2.0, 3.0]), ([1.0, 2.0], [3.0, 2.0]),
        ([1.0], [-1.0]), ([np.nan], [1.0]), ([1.0], [np.inf]), ([-1.0], [1.0]),
        ([1.0, 2.0], [1.0]),
    ],
)  # fmt: skip
def test_counts_that_make_no_sense(days: list[float], counts: list[float]) -> None:
    with pytest.raises(ValueError, match=r"day|never fall"):
        Catalogued(np.array(days), np.array(counts), NOTHING)
