"""How uncertain element sets are: classes, growth with age, covariances."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sgp4.api import WGS72
from sgp4.model import Satrec

from commonsky.assess import uncertainty
from commonsky.assess.uncertainty import (
    DRAG_ERROR,
    FLOOR_RTN_KM,
    LAWS,
    MOST_AGE_DAYS,
    ErrorClasses,
    Kind,
    OrbitClass,
    covariance_inertial_km2,
    drag_km_day2,
    error_classes,
    kinds,
    orbit_classes,
    sigma_rtn_km,
    tail_sigma_rtn_km,
)
from commonsky.astro.elements import MU_WGS72_KM3_S2, RADIUS_WGS72_KM, MeanElements
from commonsky.astro.epoch import tai_ns
from commonsky.catalogue.catalogue import Catalogue, ObjectType
from commonsky.catalogue.population import population

EPOCH = tai_ns("2025-03-31T00:00:00Z")


def elements_of(perigee_km: Any, apogee_km: Any, **changes: Any) -> MeanElements:
    perigee, apogee = (
        np.atleast_1d(perigee_km).astype(float),
        np.atleast_1d(apogee_km).astype(float),
    )
    n = len(perigee)
    axis = RADIUS_WGS72_KM + (perigee + apogee) / 2.0
    zero = np.zeros(n)
    columns: dict[str, Any] = {
        "epoch_tai_ns": np.full(n, EPOCH),
        "mean_motion_rad_min": 60.0 * np.sqrt(MU_WGS72_KM3_S2 / axis**3),
        "eccentricity": (apogee - perigee) / (2.0 * axis),
        "inclination_rad": np.full(n, 1.0),
        "raan_rad": zero,
        "argument_of_perigee_rad": zero,
        "mean_anomaly_rad": zero,
        "bstar_per_earth_radius": np.full(n, 1e-4),
        "mean_motion_dot_rev_day2": zero,
        "mean_motion_ddot_rev_day3": zero,
    }
    return MeanElements(**(columns | changes))


def classes_of(
    orbit: OrbitClass, kind: Kind, n: int = 1, drag: float = 0.0, axis: float = 7000.0
) -> ErrorClasses:
    return ErrorClasses(
        np.full(n, orbit, np.int8), np.full(n, kind, np.int8), np.full(n, drag), np.full(n, axis)
    )


@pytest.mark.parametrize(
    ("perigee_km", "apogee_km", "orbit"),
    [
        (399.0, 1500.0, OrbitClass.LEO_BELOW_400_KM),
        (401.0, 410.0, OrbitClass.LEO_BELOW_600_KM),
        (601.0, 700.0, OrbitClass.LEO_BELOW_1000_KM),
        (1001.0, 1400.0, OrbitClass.LEO_BELOW_2000_KM),
        (2001.0, 2002.0, OrbitClass.MEO),
        (20_180.0, 20_190.0, OrbitClass.MEO),
        (35_780.0, 35_790.0, OrbitClass.GEO),
        (37_900.0, 38_000.0, OrbitClass.GEO),
        (39_000.0, 39_100.0, OrbitClass.MEO),
        (250.0, 35_786.0, OrbitClass.ECCENTRIC),
        (1999.0, 39_000.0, OrbitClass.ECCENTRIC),
        (2001.0, 39_000.0, OrbitClass.HIGH_ECCENTRIC),
        (-50.0, 100.0, OrbitClass.LEO_BELOW_400_KM),
    ],
)
def test_orbits_have_a_class(perigee_km: float, apogee_km: float, orbit: OrbitClass) -> None:
    assert orbit_classes(elements_of(perigee_km, apogee_km)) == [orbit]


@pytest.mark.parametrize(
    "bad",
    [{"eccentricity": np.array([value])} for value in (np.nan, -0.01, 1.0, np.inf)]
    + [{"mean_motion_rad_min": np.array([value])} for value in (np.nan, 0.0, -0.06, np.inf)],
)
def test_no_orbit_has_no_sigma(bad: dict[str, Any]) -> None:
    elements = elements_of(500.0, 500.0, **bad)
    assert orbit_classes(elements) == [OrbitClass.UNKNOWN]
    catalogue = replace(population(1), elements=elements)
    assert np.isnan(sigma_rtn_km(error_classes(catalogue), np.ones(1))).all()


def catalogue_of(**columns: Any) -> Catalogue:
    """Return rows with the columns given; the rest is alike."""
    n = max(len(column) for column in columns.values())
    some = population(n)
    given = {"elements": elements_of(np.full(n, 550.0), np.full(n, 560.0))} | columns
    return replace(some, **given)


def test_payloads_are_steered_while_they_are_young() -> None:
    designators = np.array(["2011-063A", "2010-001A", "2024-001A", "", "TBA", "1998-067A"])
    catalogue = catalogue_of(
        object_id=designators, object_type=np.full(6, ObjectType.PAYLOAD, np.int8)
    )
    found = kinds(catalogue, orbit_classes(catalogue.elements))
    young, old = Kind.STEERED, Kind.DRIFTING
    assert found.tolist() == [young, old, young, young, young, old]


def test_the_equatorial_ring_is_kept_for_ever() -> None:
    inclination = np.radians([0.05, 0.05, 12.0])
    elements = elements_of([35_786.0, 550.0, 35_786.0], [35_786.0, 560.0, 35_786.0])
    catalogue = catalogue_of(
        elements=replace(elements, inclination_rad=inclination),
        object_id=np.full(3, "1997-016A"),
        object_type=np.full(3, ObjectType.PAYLOAD, np.int8),
    )
    found = kinds(catalogue, orbit_classes(catalogue.elements))
    assert found.tolist() == [Kind.STEERED, Kind.DRIFTING, Kind.DRIFTING]


def test_types_come_from_names_where_they_are_unknown() -> None:
    names = np.array(["STARLINK-1007", "SL-8 R/B", "COSMOS 1408 DEB", "TBA - TO BE ASSIGNED"])
    catalogue = catalogue_of(object_name=names, object_type=np.zeros(4, np.int8))
    found = kinds(catalogue, orbit_classes(catalogue.elements))
    assert found.tolist() == [Kind.STEERED, Kind.DRIFTING, Kind.DEBRIS, Kind.DEBRIS]
    assert (catalogue.object_type == 0).all()


def test_every_class_has_a_law() -> None:
    assert set(LAWS) == set(OrbitClass) - {OrbitClass.UNKNOWN}
    assert all(len(laws) == len(Kind) for laws in LAWS.values())
    assert all(min(law.tails) >= 1.0 for laws in LAWS.values() for law in laws)
    assert np.isnan(uncertainty.TAILS[OrbitClass.UNKNOWN]).all()


def test_growth_by_hand() -> None:
    law = LAWS[OrbitClass.LEO_BELOW_600_KM][Kind.STEERED]
    age, drag = 3.0, 4.0
    found = sigma_rtn_km(
        classes_of(OrbitClass.LEO_BELOW_600_KM, Kind.STEERED, drag=drag), np.array([-age])
    )
    blown = DRAG_ERROR * drag * age**2
    expected = [
        np.sqrt(FLOOR_RTN_KM[0] ** 2 + (law.rate_km_day[0] * age) ** 2 + (0.005 * blown) ** 2),
        np.sqrt(
            FLOOR_RTN_KM[1] ** 2
            + (law.rate_km_day[1] * age) ** 2
            + (law.acceleration_km_day2 * age**2) ** 2
            + blown**2
        ),
        np.sqrt(FLOOR_RTN_KM[2] ** 2 + (law.rate_km_day[2] * age) ** 2),
    ]
    assert np.allclose(found, [expected], rtol=1e-14)


def test_at_epoch_there_is_the_floor() -> None:
    for orbit, laws in LAWS.items():
        for kind in range(len(laws)):
            found = sigma_rtn_km(classes_of(orbit, Kind(kind), drag=50.0), np.zeros(1))
            assert np.allclose(found, [FLOOR_RTN_KM])


def test_growth_ends_with_the_data_and_with_the_orbit() -> None:
    some = classes_of(OrbitClass.GEO, Kind.STEERED, 2)
    late = sigma_rtn_km(some, np.array([MOST_AGE_DAYS, 400.0]))
    assert (late[0] == late[1]).all()
    falling = classes_of(OrbitClass.LEO_BELOW_400_KM, Kind.DEBRIS, drag=1e5, axis=6600.0)
    anywhere = sigma_rtn_km(falling, np.array([20.0]))[0, 1]
    assert anywhere == pytest.approx(np.pi / np.sqrt(3.0) * 6600.0)


def test_tails_are_longer() -> None:
    some = classes_of(OrbitClass.GEO, Kind.DRIFTING)
    ratio = tail_sigma_rtn_km(some, np.ones(1)) / sigma_rtn_km(some, np.ones(1))
    assert np.allclose(ratio, [LAWS[OrbitClass.GEO][Kind.DRIFTING].tails])


def test_unknown_ages_have_no_sigma() -> None:
    some = classes_of(OrbitClass.MEO, Kind.DEBRIS, 3)
    found = sigma_rtn_km(some, np.array([np.nan, np.inf, 1.0]))
    assert np.isnan(found).all(axis=1).tolist() == [True, True, False]


def test_drag_is_that_of_sgp4() -> None:
    perigees, apogees = [200.0, 420.0, 550.0, 800.0, 250.0], [230.0, 425.0, 570.0, 830.0, 20_000.0]
    elements = elements_of(perigees, apogees)
    for row, found in enumerate(drag_km_day2(elements)):
        satellite = Satrec()
        satellite.sgp4init(
            WGS72, "i", 0, 27_000.0, elements.bstar_per_earth_radius[row], 0.0, 0.0,
            elements.eccentricity[row], 0.0, elements.inclination_rad[row], 0.0,
            elements.mean_motion_rad_min[row], 0.0,
        )  # fmt: skip
        anomaly_rad_day2 = 1.5 * satellite.cc1 * satellite.no_unkozai * 1440.0**2
        e = elements.eccentricity[row]
        fastest = np.sqrt((1.0 + e) / (1.0 - e))
        told = anomaly_rad_day2 * elements.semi_major_axis_km[row] * fastest
        assert found == pytest.approx(told, rel=0.15)


def test_a_missing_or_negative_bstar_is_no_comfort() -> None:
    bstar = np.array([1e-4, -1e-4, 0.0])
    elements = elements_of(np.full(3, 500.0), np.full(3, 500.0), bstar_per_earth_radius=bstar)
    drag = drag_km_day2(elements)
    assert drag[0] == drag[1]
    assert drag[2] > drag[0]


def test_covariance_stands_on_the_axes_of_the_orbit() -> None:
    position, velocity = np.array([[0.0, 7000.0, 0.0]]), np.array([[-5.0, 1.0, 5.0]])
    sigma = np.array([[0.1, 2.0, 0.5]])
    found = covariance_inertial_km2(sigma, position, velocity)[0]
    radial, along = np.array([0.0, 1.0, 0.0]), np.array([-1.0, 0.0, 1.0]) / np.sqrt(2.0)
    normal = np.cross(radial, along)
    variances = [axis @ found @ axis for axis in (radial, along, normal)]
    assert np.allclose(variances, [0.01, 4.0, 0.25])
    assert np.allclose(found, found.T)
    assert np.linalg.det(found) == pytest.approx(0.01 * 4.0 * 0.25)


def test_without_a_plane_there_is_no_covariance() -> None:
    same = np.array([[7000.0, 0.0, 0.0]])
    assert np.isnan(covariance_inertial_km2(np.ones((1, 3)), same, same)).all()


def test_classes_of_a_whole_sky() -> None:
    sky = population(3000)
    found = error_classes(sky)
    assert len(found) == 3000
    assert set(np.unique(found.orbit)) == set(OrbitClass) - {OrbitClass.UNKNOWN}
    assert set(np.unique(found.kind)) == set(Kind)
    sigma = sigma_rtn_km(found, np.full(3000, 2.0))
    assert np.isfinite(sigma).all()
    assert (sigma >= FLOOR_RTN_KM).all()
    rows = np.array([5, 2])
    assert (sigma_rtn_km(found.take(rows), np.full(2, 2.0)) == sigma[rows]).all()
