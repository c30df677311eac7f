"""What `commonsky diff` tells of each object."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from commonsky.catalogue.batch import secular_rates_rad_s
from commonsky.catalogue.catalogue import Catalogue
from commonsky.catalogue.difference import difference
from commonsky.show.cli.holdings import Change, changes, in_words, plane_change_km
from tests.catalogue_case import catalogue_of


def told(before: Catalogue, after: Catalogue) -> list[Change]:
    return list(changes(before, after, difference(before, after)))


def test_what_appeared_vanished_and_changed_in_this_order_by_number() -> None:
    before = catalogue_of({"number": 9}, {"number": 8, "name": "OLD"}, {"number": 3})
    after = catalogue_of(
        {"number": 7}, {"number": 2, "name": "NEW"}, {"number": 9, "day": 1.0}, {"number": 3}
    )
    found = told(before, after)
    assert [(change.kind, change.object, change.name) for change in found] == [
        ("appeared", 2, "NEW"),
        ("appeared", 7, ""),
        ("vanished", 8, "OLD"),
        ("changed", 9, ""),
    ]
    appeared, _, vanished, changed = found
    assert (appeared.epoch_old, appeared.epoch_new) == (None, "2025-03-31T00:00:00.000000Z")
    assert (vanished.epoch_old, vanished.epoch_new) == ("2025-03-31T00:00:00.000000Z", None)
    assert changed.epoch_new == "2025-04-01T00:00:00.000000Z"
    assert "perigee" in appeared.what
    assert "inclination 51.6 deg" in appeared.what
    assert appeared.plane_change_km is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((12.0, 0.0, 0.0, 0.0), "12.0 h newer, the same orbit to 0.1 km"),
        ((-72.0, 0.0, 0.0, 0.0), "3.0 days older, the same orbit to 0.1 km"),
        ((0.0, -0.06, 1234.0, 0.04), "same epoch, perigee 0.1 km lower, apogee 1,234.0 km higher"),
        ((1.0, 0.0, 0.0, 10.04), "1.0 h newer, plane 10.0 km off"),
        ((1.0, 0.049, -0.049, 0.0), "1.0 h newer, the same orbit to 0.1 km"),
    ],
)
def test_words(arguments: Any, words: str) -> None:
    assert in_words(*arguments) == words


def test_a_raised_orbit_is_told_in_km() -> None:
    before = catalogue_of({"number": 5})
    elements = before.elements
    axis = elements.semi_major_axis_km
    raised = replace(
        elements, mean_motion_rad_min=elements.mean_motion_rad_min * (axis / (axis + 2.0)) ** 1.5
    )
    (change,) = told(before, replace(before, elements=raised))
    assert change.perigee_change_km == pytest.approx(2.0 * 0.999, abs=1e-3)
    assert change.apogee_change_km == pytest.approx(2.0 * 1.001, abs=1e-3)
    assert change.plane_change_km == 0.0
    assert change.what == "same epoch, perigee 2.0 km higher, apogee 2.0 km higher"


def test_a_plane_that_turns_as_j2_turns_it_has_not_changed() -> None:
    old = catalogue_of({"inclination": 1.7, "raan": 6.2}).elements
    node, _ = secular_rates_rad_s(old.semi_major_axis_km, old.eccentricity, old.inclination_rad)
    week_ns = 7 * 86_400_000_000_000
    raan = np.mod(old.raan_rad + node * week_ns / 1e9, 2.0 * np.pi)
    later = replace(old, epoch_tai_ns=old.epoch_tai_ns + week_ns, raan_rad=raan)
    assert plane_change_km(old, later)[0] < 1e-6
    assert plane_change_km(old, replace(later, raan_rad=old.raan_rad))[0] > 100.0


def test_a_tilt_is_its_angle_at_the_mean_distance() -> None:
    old = catalogue_of({"inclination": 0.9}).elements
    for tilt in (1e-9, 1e-3, 1.0):
        new = replace(old, inclination_rad=old.inclination_rad + tilt)
        assert plane_change_km(old, new) == pytest.approx(tilt * old.semi_major_axis_km, rel=1e-6)
