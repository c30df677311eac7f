"""Of encounters issued at a probability, that share collides."""

import pytest

from tests.calibration_case import issued, ratio

SIGMAS = 3.5


@pytest.mark.parametrize(("low", "high"), [(3e-5, 1e-3), (1e-3, 1.0)])
def test_collisions_come_as_often_as_issued(low: float, high: float) -> None:
    found, error = ratio(
        issued(6000, 1, colliding=True), issued(6000, 2, colliding=False), low, high
    )
    assert error < 0.1
    assert abs(found - 1.0) < SIGMAS * error


def test_covariances_that_are_too_small_are_found_out() -> None:
    """Sigmas a third of the errors: encounters issued at 1e-4 collide ten times as often."""
    hits = issued(3000, 3, colliding=True, overconfident=3.0)
    told = issued(3000, 4, colliding=False, overconfident=3.0)
    found, error = ratio(hits, told, 3e-5, 3e-4)
    assert found - SIGMAS * error > 3.0
