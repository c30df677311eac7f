"""Orbits above the belt: what the IADC's formula allows stays out, what it does not may return."""

from __future__ import annotations

import numpy as np
import pytest

from commonsky.characterise.norms.disposal_geo import GEO_RADIUS_KM
from commonsky.characterise.norms.graveyard import (
    belief_of_staying,
    least_perigee_above_geo_km,
    stays_clear,
)
from commonsky.environment.earth import EARTH_RADIUS_KM
from commonsky.environment.secular import Ellipses

ABOVE_KM = GEO_RADIUS_KM - EARTH_RADIUS_KM


def left(perigee_km: float, apogee_km: float, ratio: float, turned: int = 4) -> Ellipses:
    """The same orbit, turned to so many sides."""
    n = turned
    return Ellipses(
        np.full(n, ABOVE_KM + perigee_km), np.full(n, ABOVE_KM + apogee_km),
        np.full(n, np.radians(3.0)), np.linspace(0.0, 5.0, n), np.linspace(0.0, 5.5, n),
        np.full(n, ratio),
    )  # fmt: skip


def test_what_the_formula_allows_stays_out() -> None:
    ratio = 0.03
    low = 235.0 + 1000.0 * ratio
    assert stays_clear(left(low, low + 60.0, ratio), start_year=2022.0, years=12.0).all()


def test_sunlight_takes_a_light_object_lower() -> None:
    heavy, light = (
        least_perigee_above_geo_km(left(300.0, 310.0, ratio), start_year=2022.0, years=3.0)
        for ratio in (0.01, 0.1)
    )
    # A year's circle of the eccentricity vector: some 0.02 Cr A/m of it, 42 164 km.
    sinks = heavy.mean() - light.mean()
    assert 20.0 < sinks < 160.0


def test_an_eccentric_orbit_sinks_though_its_perigee_was_high() -> None:
    """Left 290 km above with an eccentricity of 0.03: turned to some sides it comes back."""
    told = stays_clear(left(290.0, 3094.0, 0.02), start_year=2022.0, years=40.0)
    assert not told.all()


def test_draws_have_their_chance_in_the_interval() -> None:
    told = belief_of_staying(np.ones(40, bool), (1, 2))
    assert told.high == 1.0
    assert told.low == pytest.approx(0.912, abs=0.001)
    assert told.evidence == (1, 2)
