"""What is read from messages for the ladder beside states and covariances."""

from __future__ import annotations

import math

import pytest

from commonsky.formats.ndm_read import read_message
from commonsky.node.encounters import RadiusSource, encounters_of
from tests.ndm_case import cdm

UNKNOWN = (math.nan, RadiusSource.NONE)
VOLUMES = (25.0, RadiusSource.EXCLUSION_VOLUMES)


@pytest.mark.parametrize(
    ("comments", "expected"),
    [
        (("EXCLUSION_VOLUME_RADIUS = 15 [m]", "EXCLUSION_VOLUME_RADIUS = 1e1 [m]"), VOLUMES),
        (("Exclusion Volume Radius = 15 [m]", "Exclusion Volume Radius = 10"), VOLUMES),
        (("Exclusion Volume Radius = 15 [m]", "no radius"), UNKNOWN),
        (("Exclusion Volume Radius = 15 [km]", "Exclusion Volume Radius = 10 [m]"), UNKNOWN),
        (("Exclusion Volume Radius = -15 m", "Exclusion Volume Radius = 10 [m]"), UNKNOWN),
    ],
)
def test_exclusion_volumes_are_read_in_the_words_of_their_senders(
    comments: tuple[str, str], expected: tuple[float, RadiusSource]
) -> None:
    first, *objects = cdm().split(b"OBJECT_DESIGNATOR")
    assert len(objects) == 2
    told = [f"COMMENT {one}\nOBJECT_DESIGNATOR".encode() for one in comments]
    raw = first + b"".join(b"".join(pair) for pair in zip(told, objects, strict=True))
    found = encounters_of([read_message(raw)])
    assert found.hard_body_radius_km[0] * 1000.0 == pytest.approx(expected[0], nan_ok=True)
    assert found.radius_source == (expected[1],)
