from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from commonsky.assess.approach import encounter_plane, ric_axes
from commonsky.astro.arrays import Floats
from commonsky.node.encounters import Encounters, RadiusSource
from commonsky.show.circumstances import circumstances_of, encounter_plane_of

POSITION, VELOCITY = np.array([6900.0, 300.0, -200.0]), np.array([0.2, 5.0, 5.6])
VELOCITY_2 = np.array([0.1, -5.2, 5.4])
OFFSET = np.array([0.3, -0.1, 0.2])
SIGMA_1, SIGMA_2 = np.array([0.02, 0.3, 0.05]), np.array([0.1, 1.0, 0.08])


def covariance(position: Floats, velocity: Floats, sigma: Floats) -> Floats:
    axes = ric_axes(position, velocity)
    full = np.zeros((6, 6))
    full[:3, :3] = axes.T @ np.diag(sigma**2) @ axes
    return full


def encounter() -> Encounters:
    second = POSITION + OFFSET
    return Encounters(
        np.array([0]), POSITION[None], VELOCITY[None],
        covariance(POSITION, VELOCITY, SIGMA_1)[None], second[None], VELOCITY_2[None],
        covariance(second, VELOCITY_2, SIGMA_2)[None], np.array([0.01]), (RadiusSource.GIVEN,),
        np.zeros((1, 6)), np.zeros((1, 6)), np.array([False]),
    )  # fmt: skip


def test_of_sigmas_alone_it_is_the_plane_that_is_known() -> None:
    plane = encounter_plane_of(encounter(), 0)
    states = (POSITION, VELOCITY, POSITION + OFFSET, VELOCITY_2)
    known = encounter_plane(states, SIGMA_1, SIGMA_2)
    assert plane is not None
    assert known is not None
    np.testing.assert_allclose(plane.miss_km, known.miss_km, rtol=1e-12)
    np.testing.assert_allclose(plane.covariance_km2, known.covariance_km2, rtol=1e-10)
    assert plane.up == known.up


def test_what_the_errors_have_in_common_with_one_another_counts() -> None:
    found = encounter()
    leaning = found.covariance1.copy()
    leaning[0, 0, 1] = leaning[0, 1, 0] = leaning[0, 0, 1] - 0.01
    one, other = (
        encounter_plane_of(each, 0) for each in (found, replace(found, covariance1=leaning))
    )
    assert one is not None
    assert other is not None
    assert not np.allclose(one.covariance_km2, other.covariance_km2)


def test_an_approach_along_the_radius_has_in_track_up() -> None:
    found = encounter()
    falling = found.velocity1_km_s + 3.0 * POSITION / np.linalg.norm(POSITION)
    plane = encounter_plane_of(replace(found, velocity2_km_s=falling), 0)
    assert plane is not None
    assert plane.up == "in-track"


@pytest.mark.parametrize(
    "changes",
    [
        {"velocity2_km_s": VELOCITY[None]},
        {"position1_km": np.full((1, 3), np.nan)},
        {"position1_km": np.zeros((1, 3))},
        {"velocity1_km_s": np.full((1, 3), np.inf)},
        {"covariance1": np.full((1, 6, 6), np.nan)},
        {"covariance1": -np.ones((1, 6, 6)) * 1e6},
    ],
)
def test_where_there_is_no_plane_none_is_made_up(changes: dict[str, Any]) -> None:
    assert encounter_plane_of(replace(encounter(), **changes), 0) is None


def test_no_messages_say_nothing() -> None:
    assert circumstances_of([], encounter()) == []
