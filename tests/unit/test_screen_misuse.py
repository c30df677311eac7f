"""What cannot be screened as it is given, and says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from commonsky.astro.states import Frame
from commonsky.errors import FrameMismatch
from commonsky.screen.screener import screen
from commonsky.screen.volume import Volume
from tests.screening_case import HOUR_NS, START_NS, elements_of
from tests.unit.test_screen_events import ephemeris_of

STOP_NS = START_NS + HOUR_NS
SPHERE = Volume.sphere(5.0)


def test_ephemeris_in_another_frame() -> None:
    elements = elements_of({}, {"raan": 2.0})
    own = ephemeris_of(elements, 0, 7, START_NS, STOP_NS)
    screen(elements, np.array([1, 2]), START_NS, STOP_NS, SPHERE, ephemerides=[own])
    turned = replace(own, frame=Frame.GCRF)
    with pytest.raises(FrameMismatch, match="the ephemeris of 7 from owner"):
        screen(elements, np.array([1, 2]), START_NS, STOP_NS, SPHERE, ephemerides=[own, turned])


@pytest.mark.parametrize("count", [0, 1, 3])
def test_as_many_numbers_as_element_sets(count: int) -> None:
    elements = elements_of({}, {"raan": 2.0})
    with pytest.raises(ValueError, match="2 element sets need as many catalogue numbers"):
        screen(elements, np.arange(count), START_NS, STOP_NS, SPHERE)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_as_many_marks_as_rows(count: int) -> None:
    elements = elements_of({}, {"raan": 2.0})
    own = ephemeris_of(elements, 0, 7, START_NS, STOP_NS)
    with pytest.raises(ValueError, match=r"3 rows .* primary has shape"):
        screen(
            elements, np.array([1, 2]), START_NS, STOP_NS, SPHERE, ephemerides=[own],
            primary=np.ones(count, bool),
        )  # fmt: skip
