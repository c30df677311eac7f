from typing import Any

import numpy as np
import pytest

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.states import Frame
from commonsky.catalogue.catalogue import ObjectType
from commonsky.catalogue.ephemeris import Ephemeris, interpolate, sampled
from commonsky.errors import OutOfSpan
from tests.catalogue_case import START_NS, catalogue_of

RATE_RAD_S = 1.1e-3
RADIUS_KM = 6900.0


def circle(epoch_tai_ns: Ints) -> tuple[Floats, Floats]:
    angle = RATE_RAD_S * (epoch_tai_ns - START_NS) / 1e9
    position = np.stack([np.cos(angle), 0.6 * np.sin(angle), 0.8 * np.sin(angle)], axis=1)
    ahead = np.stack([-np.sin(angle), 0.6 * np.cos(angle), 0.8 * np.cos(angle)], axis=1)
    return RADIUS_KM * position, RADIUS_KM * RATE_RAD_S * ahead


def ephemeris_of(grid_tai_ns: Ints, **changes: Any) -> Ephemeris:
    position, velocity = circle(grid_tai_ns)
    told = {
        "catalogue_number": 7, "object_name": "SEVEN", "source": "owner", "frame": Frame.GCRF,
        "epoch_tai_ns": grid_tai_ns, "position_km": position, "velocity_km_s": velocity,
    }  # fmt: skip
    return Ephemeris(**{**told, **changes})  # type: ignore[arg-type]


def every(step_s: float, count: int) -> Ints:
    return START_NS + np.rint(np.arange(count) * step_s * 1e9).astype(np.int64)


@pytest.mark.parametrize(
    ("step_s", "tolerance_km"), [(60.0, 1.5e-7), (120.0, 1e-5), (240.0, 6e-4)]
)
def test_interpolation_on_a_circle(step_s: float, tolerance_km: float) -> None:
    grid = every(step_s, 30)
    at = np.random.default_rng(1).integers(grid[0], grid[-1], 400)
    states, error = interpolate(ephemeris_of(grid), at)
    position, velocity = circle(at)
    wrong = np.linalg.norm(states.position_km - position, axis=1)
    assert wrong.max() < tolerance_km
    assert np.linalg.norm(states.velocity_km_s - velocity, axis=1).max() < tolerance_km / 20
    assert states.frame is Frame.GCRF
    assert (states.object_id == 7).all()
    assert np.abs(error - wrong).max() < 0.01 * wrong.max() + 1e-11


def test_uneven_grid_and_its_own_points() -> None:
    grid = START_NS + np.cumsum(np.random.default_rng(3).integers(20, 180, 40)) * 10**9
    table = ephemeris_of(grid)
    states, error = interpolate(table, grid)
    assert np.abs(states.position_km - table.position_km).max() < 1e-9
    assert np.abs(states.velocity_km_s - table.velocity_km_s).max() < 1e-11
    assert error.max() < 1e-9


def test_two_points_give_a_cubic_and_no_error_estimate() -> None:
    states, error = interpolate(ephemeris_of(every(60.0, 2)), every(30.0, 3))
    assert np.isnan(error).all()
    assert np.abs(states.position_km - circle(every(30.0, 3))[0]).max() < 4e-4


def test_three_points_give_a_pessimistic_error() -> None:
    at = every(7.0, 18)
    states, error = interpolate(ephemeris_of(every(60.0, 3)), at)
    wrong = np.linalg.norm(states.position_km - circle(at)[0], axis=1)
    assert wrong.max() < 1e-6
    assert (error >= wrong).all()
    assert 1e-4 < error.max() < 1e-3


def test_usable_span() -> None:
    grid = every(60.0, 10)
    assert ephemeris_of(grid).usable_stop_tai_ns == grid[-1]
    table = ephemeris_of(
        grid, usable_start_tai_ns=int(grid[2]), usable_stop_tai_ns=int(grid[7]) - 5
    )
    interpolate(table, grid[2:7])
    for outside in (grid[2] - 1, grid[7] - 4):
        with pytest.raises(OutOfSpan, match="1 of 1"):
            interpolate(table, np.array([outside]))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"epoch_tai_ns": every(60.0, 9)}, "9 epochs need"),
        ({"epoch_tai_ns": every(60.0, 10)[::-1]}, "ascending"),
        ({"epoch_tai_ns": START_NS + np.zeros(10, np.int64)}, "ascending"),
        ({"epoch_tai_ns": every(600.0, 10)}, "rad between neighbouring"),
        ({"position_km": np.full((10, 3), np.nan)}, "finite"),
        ({"velocity_km_s": np.full((10, 3), np.inf)}, "finite"),
        ({"position_km": np.zeros((10, 3))}, "rad between neighbouring"),
        ({"velocity_km_s": 1e3 * circle(every(60.0, 10))[1]}, "km and km/s"),
        ({"frame": Frame.ITRF}, "inertial"),
        ({"usable_start_tai_ns": START_NS - 1}, "outside its own epochs"),
        ({"usable_stop_tai_ns": START_NS - 1}, "outside its own epochs"),
    ],
)
def test_unusable_tables_are_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        ephemeris_of(every(60.0, 10), **changes)


def test_one_point_is_too_few() -> None:
    with pytest.raises(ValueError, match="at least two"):
        ephemeris_of(every(60.0, 1))


def test_sampled_from_an_element_set() -> None:
    sky = catalogue_of({"number": 5}, {"number": 9, "name": "NINE 1", "type": 1, "operator": "X"})
    table = sampled(sky, 1, every(60.0, 20), "owner")
    assert (table.catalogue_number, table.object_name, table.operator) == (9, "NINE 1", "X")
    assert (table.source, table.frame, table.object_type) == (
        "owner",
        Frame.TEME,
        ObjectType.PAYLOAD,
    )
    middle, error = interpolate(table, every(60.0, 19) + 30 * 10**9)
    exact = sampled(sky, 1, every(60.0, 19) + 30 * 10**9, "owner")
    # SGP4's velocities are not quite the derivative of its positions.
    assert np.abs(middle.position_km - exact.position_km).max() < 2e-3
    assert error.max() < 5e-3
