"""What a Pc hangs on: curves and bands against the Pc itself."""

import math

import numpy as np
import pytest

from commonsky.assess.approach import Way, approach
from commonsky.assess.collision import collision_probability
from commonsky.assess.sensitivity import BAND, Encounter2d, band, radius_curve, scale_curve

ENCOUNTER = Encounter2d(np.array([0.3, 0.2]), np.array([0.9, 0.15]), 0.01)


def log10_pc(sigma_factor: float = 1.0, radius_km: float = 0.01) -> float:
    _, found = collision_probability(0.3, 0.2, 0.9 * sigma_factor, 0.15 * sigma_factor, radius_km)
    return float(found[0])


def test_the_curve_of_scale_goes_through_the_pc_itself() -> None:
    curve = scale_curve(ENCOUNTER, 0.8)
    middle = len(curve.at) // 2
    assert curve.at[middle] == pytest.approx(1.0)
    assert curve.log10_pc[middle] == pytest.approx(log10_pc(), abs=1e-9)
    assert curve.at[0] == pytest.approx(0.01)
    assert curve.at[-1] == pytest.approx(100.0)
    assert curve.log10_pc[-1] == pytest.approx(log10_pc(10.0), abs=1e-9)


def test_the_curve_of_scale_reaches_a_far_maximum() -> None:
    assert scale_curve(ENCOUNTER, 1e-4).at[0] == pytest.approx(1e-5)
    assert scale_curve(ENCOUNTER, 1e-40).at[0] == pytest.approx(1e-6)
    assert scale_curve(ENCOUNTER, 0.0).at[0] == pytest.approx(1e-2)
    assert scale_curve(ENCOUNTER, math.nan).at[0] == pytest.approx(1e-2)


def test_the_curve_of_radius_grows_with_it() -> None:
    curve = radius_curve(ENCOUNTER)
    assert curve.at[0] == pytest.approx(0.001)
    assert curve.at[-1] == pytest.approx(0.1)
    assert (np.diff(curve.log10_pc) > 0.0).all()
    assert curve.log10_pc[-1] == pytest.approx(log10_pc(radius_km=0.1), abs=1e-9)


def test_the_band_holds_every_pc_within_it() -> None:
    scale = np.geomspace(*BAND, 2001)
    among = ENCOUNTER.pc_at_scales(scale)
    peak = float(scale[np.argmax(among)])
    low, high = band(ENCOUNTER, peak)
    assert BAND[0] < peak < BAND[1], "or the maximum is not tried"
    assert low == pytest.approx(float(among.min()), abs=1e-9)
    assert high == pytest.approx(float(among.max()), abs=1e-6)
    assert high > max(among[0], among[-1])


def test_where_object_2_comes_from() -> None:
    at, flying = np.array([7000.0, 0.0, 0.0]), np.array([0.0, 7.5, 0.0])
    ways = {
        Way.PARALLEL: [0.0, 7.5, 0.1],
        Way.HEAD_ON: [0.0, -7.5, 0.0],
        Way.RIGHT: [0.0, 0.0, 7.5],
        Way.LEFT: [0.0, 0.0, -7.5],
        Way.UNKNOWN: [0.0, 0.0, 0.0],
    }
    for way, velocity in ways.items():
        assert approach(at, flying, np.array(velocity)).way is way
