from dataclasses import fields, replace

import numpy as np
import pytest

from commonsky.astro.elements import MU_WGS72_KM3_S2, RADIUS_WGS72_KM, MeanElements


def elements(n: int) -> MeanElements:
    columns = [np.linspace(k, k + 0.5, n) for k in range(1, len(fields(MeanElements)))]
    return MeanElements(np.arange(n, dtype=np.int64), *columns)


@pytest.mark.parametrize("n", [0, 1, 4])
def test_there_are_as_many_as_epochs(n: int) -> None:
    assert len(elements(n)) == n


@pytest.mark.parametrize("column", [column.name for column in fields(MeanElements)][1:])
def test_a_column_of_another_shape_is_named(column: str) -> None:
    with pytest.raises(ValueError, match=rf"{column} has shape \(2,\), but 3 objects need \(3,\)"):
        replace(elements(3), **{column: np.zeros(2)})  # type: ignore[arg-type]


def test_rows_are_taken_in_the_order_asked_for() -> None:
    some, rows = elements(4), np.array([2, 0, 2])
    taken = some.take(rows)
    for column in fields(MeanElements):
        assert (getattr(taken, column.name) == getattr(some, column.name)[rows]).all()


def test_heights_follow_from_keplers_third_law() -> None:
    axis_km = np.array([6778.0, 26_560.0, 42_164.0])
    eccentricity = np.array([0.001, 0.7, 0.0])
    motion = 60.0 * np.sqrt(MU_WGS72_KM3_S2 / axis_km**3)
    some = replace(elements(3), mean_motion_rad_min=motion, eccentricity=eccentricity)
    assert some.semi_major_axis_km == pytest.approx(axis_km, rel=1e-14)
    assert some.perigee_height_km == pytest.approx(
        axis_km * (1 - eccentricity) - RADIUS_WGS72_KM, rel=1e-12
    )
    assert some.apogee_height_km == pytest.approx(
        axis_km * (1 + eccentricity) - RADIUS_WGS72_KM, rel=1e-12
    )


def test_a_geostationary_orbit_is_where_everyone_knows_it() -> None:
    motion = np.full(1, 1.0027379 * 2.0 * np.pi / 1440.0)
    some = replace(elements(1), mean_motion_rad_min=motion, eccentricity=np.zeros(1))
    assert some.apogee_height_km[0] == pytest.approx(35_786.0, abs=1.0)


def test_nonsense_gives_no_warning() -> None:
    motion = np.array([0.0, np.nan, np.inf])
    some = replace(elements(3), mean_motion_rad_min=motion)
    assert some.semi_major_axis_km[0] == np.inf
    assert np.isnan(some.semi_major_axis_km[1])
    assert some.semi_major_axis_km[2] == 0.0
