"""What conjunction data messages say of positions."""

import numpy as np

from commonsky.node.messages import covariance_rtn_m2, message_geometry
from tests.conjunction_case import conjunctions_of


def test_the_frame_changes_and_the_miss_stays() -> None:
    table = conjunctions_of(8)
    found = message_geometry(table)
    apart_km = np.linalg.norm(found.position2_gcrf_km - found.position1_gcrf_km, axis=1)
    np.testing.assert_allclose(apart_km, table.miss_km, rtol=1e-9)
    np.testing.assert_allclose(
        np.linalg.norm(found.relative_position_rtn_m, axis=1), table.miss_km * 1000.0, rtol=1e-9
    )
    moved_km = np.linalg.norm(found.position1_gcrf_km - table.encounters.position1_teme_km, axis=1)
    # TEME of 2025 is 25 years of precession, a third of a degree, from GCRF.
    assert (moved_km > 1.0).all()
    assert (moved_km < 150.0).all()


def test_relative_velocity_is_turned_with_the_axes() -> None:
    table = conjunctions_of(8)
    found = message_geometry(table)
    relative = table.encounters.velocity2_teme_km_s - table.encounters.velocity1_teme_km_s
    along = (found.relative_position_rtn_m * found.relative_velocity_rtn_m_s).sum(axis=1)
    separation = table.encounters.position2_teme_km - table.encounters.position1_teme_km
    np.testing.assert_allclose(along, (separation * relative).sum(axis=1) * 1e6, rtol=1e-7)


def test_covariances_are_squares_of_sigmas_in_metres() -> None:
    position, velocity = np.array([[7000.0, 0.0, 0.0]]), np.array([[0.5, 7.0, 0.0]])
    covariance = covariance_rtn_m2(np.array([[0.1, 2.0, 0.3]]), position, velocity)[0]
    sigma = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(sigma[:3], [100.0, 2000.0, 300.0])
    np.testing.assert_allclose(sigma[3:], [2.0, 0.1, 0.3])
    assert (np.linalg.eigvalsh(covariance) > 0.0).all()
