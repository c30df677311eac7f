"""What came down, and when it will."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from commonsky.astro.epoch import NS_PER_DAY
from commonsky.catalogue.catalogue import Catalogue
from commonsky.characterise.decay import (
    Fate,
    decays,
    descents,
    history_rates_km_day,
    own_rates_km_day,
)
from commonsky.characterise.history import history
from commonsky.environment.earth import EARTH_RADIUS_KM, MU_KM3_S2
from commonsky.environment.solar_flux import FluxScenario
from tests.catalogue_case import catalogue_of

FLUX = FluxScenario(2025.0, np.array([140.0]))
REV_DAY = 1440.0 / (2.0 * np.pi)


def low(height_km: float, rate_km_day: float, **more: Any) -> dict[str, Any]:
    """On a circle that shrinks so fast."""
    axis = EARTH_RADIUS_KM + height_km
    motion = np.sqrt(MU_KM3_S2 / axis**3) * 60.0
    dot = 0.5 * 1.5 * motion * REV_DAY / axis * rate_km_day
    return {"mean_motion": motion, "dot": dot, "eccentricity": 1e-4} | more


def test_rates_are_those_that_messages_carry() -> None:
    sets = catalogue_of(low(300.0, 2.0), low(500.0, 0.1), low(500.0, -0.1)).elements
    assert own_rates_km_day(sets) == pytest.approx([2.0, 0.1, -0.1], rel=1e-3)


def test_the_lower_and_the_faster_come_down_sooner() -> None:
    sets = catalogue_of(
        low(200.0, 5.0), low(250.0, 5.0), low(250.0, 2.5), low(400.0, 2.5)
    ).elements
    told = descents(sets, FLUX)
    assert (np.diff(told.days) > 0.0).all()
    # At such a rate from so little height it takes less than a straight line would.
    assert told.days[0] < 80.0 / 5.0
    assert (told.not_before_days < told.days).all()
    assert (told.days < told.not_after_days).all()


def test_what_does_not_sink_is_not_foretold() -> None:
    sets = catalogue_of(
        low(300.0, -1.0), low(300.0, 0.0), low(300.0, np.nan), low(1200.0, 1e-4),
        low(300.0, 1.0, mean_motion=np.nan), low(100.0, 50.0),
    ).elements  # fmt: skip
    told = descents(sets, FLUX)
    assert np.isnan(told.days[[0, 1, 2, 4]]).all()
    assert np.isinf(told.days[3])
    assert told.days[5] == 0.0


def test_the_level_of_the_sun_hardly_matters_as_the_rate_is_observed() -> None:
    sets = catalogue_of(low(280.0, 3.0)).elements
    days = [
        descents(sets, FluxScenario(2025.0, np.array([flux]))).days[0] for flux in (80.0, 220.0)
    ]
    assert 0.7 < days[0] / days[1] < 1.4


def vanishing() -> tuple[Catalogue, Catalogue]:
    before = catalogue_of(
        low(180.0, 15.0, number=1), low(800.0, 1e-3, number=2), low(900.0, 1e-3, number=3),
        low(700.0, 1e-3, number=4, raan=2.0, inclination=1.2), low(200.0, -1.0, number=5),
    )  # fmt: skip
    after = before.take(np.array([2, 3]))
    elements = replace(after.elements, epoch_tai_ns=after.elements.epoch_tai_ns)
    number = np.array([3, 77])
    later = replace(after, elements=elements, catalogue_number=number)
    epoch = later.elements.epoch_tai_ns + np.array([20, 0]) * NS_PER_DAY
    return before, replace(later, elements=replace(elements, epoch_tai_ns=epoch))


def test_what_vanished_came_down_was_lost_or_has_another_number() -> None:
    before, after = vanishing()
    told = decays(before, after, FLUX)
    fate = dict(zip(told.catalogue_number.tolist(), told.fate.tolist(), strict=True))
    assert fate == {1: Fate.RE_ENTERED, 2: Fate.LOST, 4: Fate.RENUMBERED, 5: Fate.UNTOLD}
    by = dict(zip(told.catalogue_number.tolist(), range(len(told)), strict=True))
    assert told.probability[by[1]] > 0.95
    assert told.probability[by[2]] < 0.05
    assert told.found_row[by[4]] == 1
    assert told.not_before_tai_ns[by[1]] < told.epoch_tai_ns[by[1]] < told.not_after_tai_ns[by[1]]
    assert told.epoch_tai_ns[by[5]] == 0


def test_nothing_vanished() -> None:
    before, _ = vanishing()
    assert len(decays(before, before, FLUX)) == 0
    assert len(decays(catalogue_of(), before, FLUX)) == 0
    everyone = decays(before, catalogue_of(), FLUX)
    assert everyone.catalogue_number.tolist() == [1, 2, 3, 4, 5]


def test_rates_of_histories_mix_what_two_sets_say_with_the_last_ones_own() -> None:
    sets = history(catalogue_of(
        low(310.0, 2.0, number=1, day=0.0), low(300.0, 2.0, number=1, day=4.0),
        low(300.0, 1.0, number=2, day=4.0), low(300.0, 1.0, number=3, day=3.9),
        low(299.0, 1.0, number=3, day=4.0),
    ))  # fmt: skip
    last, rate = history_rates_km_day(sets)
    assert last.tolist() == [1, 2, 4]
    # Ten km in four days, and two a day.
    assert rate == pytest.approx([np.sqrt(2.5 * 2.0), 1.0, 1.0], rel=0.01)
