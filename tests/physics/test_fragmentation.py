"""Smooth orbits, votes and fits against what is known of them, and how sure times are."""

from __future__ import annotations

import numpy as np
import pytest

from commonsky.astro.elements import MeanElements
from commonsky.catalogue.population import population
from commonsky.characterise.common_origin import gaps_km, place, velocities_km_s
from commonsky.characterise.fragmentation import Kind, fragmentations
from commonsky.characterise.origin_time import origin
from commonsky.characterise.pinch import PLACES, mean_past, votes
from commonsky.characterise.smooth_orbits import smooth_orbits
from tests.catalogue_case import DAY_NS
from tests.fragmentation_case import AT_NS, PARENT, broken_up, parent, world

MINUTE_NS = 60 * 10**9
OFF_KM = np.array([40.0, -30.0, 20.0])


def test_an_orbit_without_waves_is_one_ellipse_all_along_a_revolution() -> None:
    sky = population(200, 4).elements
    low = sky.take(np.flatnonzero(sky.mean_motion_rad_min > 0.05))
    moments = int(np.median(low.epoch_tai_ns)) + np.arange(0, 100, 7) * MINUTE_NS
    orbits = smooth_orbits(low, moments)
    good = np.isfinite(orbits.parameter_km).all(axis=1)
    axis = orbits.axis_km[good]
    # Drag shrinks some by tens of metres in that time.
    assert np.median(np.ptp(axis, axis=1)) < 0.01
    shape = np.linalg.norm(orbits.eccentricity[good], axis=-1)
    assert np.percentile(np.ptp(shape, axis=1), 90) < 3e-4
    # And goes where its object goes, waves of some km aside.
    assert (np.abs((orbits.normal * orbits.table[..., 6:9])[good].sum(axis=-1)) < 1e-12).all()


def test_mean_anomalies_grow_evenly() -> None:
    sets = parent(600.0, 55.0).elements
    moments = AT_NS + np.arange(0, 90, 5) * MINUTE_NS
    orbits = smooth_orbits(sets, moments)
    q = orbits.table[0, 0, 6:9]
    past = np.unwrap([mean_past(q, orbits.table[0, k]) for k in range(len(moments))])
    steps = np.diff(past)
    assert np.ptp(steps) < 1e-3 * steps.mean()


@pytest.fixture(scope="module")
def cloud() -> tuple[MeanElements, np.ndarray]:
    speeds = np.random.default_rng(1).lognormal(np.log(60.0), 0.5, 20)
    pieces, position = broken_up(parent(), speeds)
    return pieces.elements, position


def test_most_votes_are_for_the_true_place_at_the_true_time(
    cloud: tuple[MeanElements, np.ndarray],
) -> None:
    elements, position = cloud
    moments = AT_NS + np.arange(-20, 21) * (DAY_NS // 4)
    orbits = smooth_orbits(elements, moments)
    told = votes(orbits, 0, 21_600.0, 2.5)
    assert told.shape == (len(moments), PLACES)
    k, at = np.unravel_index(told.argmax(), told.shape)
    assert abs(int(k) - 20) <= 2
    assert told.max() >= 0.7 * (len(elements) - 1)
    normal = orbits.normal[0, int(k)]
    node = np.array([-normal[1], normal[0], 0.0]) / np.hypot(normal[0], normal[1])
    angle = np.radians(at + 0.5)
    q = node * np.cos(angle) + np.cross(normal, node) * np.sin(angle)
    assert q @ position / np.linalg.norm(position) > np.cos(np.radians(8.0))


def test_the_place_that_orbits_share_is_where_they_parted(
    cloud: tuple[MeanElements, np.ndarray],
) -> None:
    elements, position = cloud
    orbits = smooth_orbits(elements, np.array([AT_NS]))
    q = position / np.linalg.norm(position)
    velocity = np.median(velocities_km_s(orbits, 0, q), axis=0)
    found = place(orbits, 0, position + OFF_KM, velocity, phased=True)
    assert np.linalg.norm(found.position_km - position) < 12.0
    assert abs(found.late_s) < 5.0
    assert found.belongs.sum() > 18.0
    across, above = gaps_km(orbits, 0, found.position_km)
    assert np.median(np.abs(across)) < 1.0
    assert np.median(np.abs(above)) < 1.0


def test_a_start_days_off_is_led_to_the_true_time(
    cloud: tuple[MeanElements, np.ndarray],
) -> None:
    elements, _ = cloud
    orbits = smooth_orbits(elements, np.array([AT_NS + DAY_NS]))
    q = orbits.table[0, 0, 6:9]
    # Some place on one of the orbits, two days late, where planes still nearly meet.
    at = orbits.parameter_km[0, 0] / (1.0 + orbits.eccentricity[0, 0] @ q) * q
    tries = [
        origin(elements, AT_NS + DAY_NS, turned(at, orbits.normal[0, 0], angle), velocity)
        for angle in np.radians([0.0, 60.0, 120.0, 180.0, 240.0, 300.0])
        for velocity in [velocities_km_s(orbits, 0, turned(q, orbits.normal[0, 0], angle))[0]]
    ]
    best = max(tries, key=lambda one: one.gain)
    assert abs(best.epoch_tai_ns - AT_NS) < 30 * MINUTE_NS


def turned(vector: np.ndarray, about: np.ndarray, angle: float) -> np.ndarray:
    return vector * np.cos(angle) + np.cross(about, vector) * np.sin(angle)


def test_times_are_as_sure_as_they_say() -> None:
    within, right = 0, 0
    worlds = range(11, 17)
    for seed in worlds:
        speeds = np.random.default_rng(seed).lognormal(np.log(40.0), 0.6, 12)
        of = world(speeds, others=100, new=5, seed=seed, days=25.0)
        events = fragmentations(of.before, of.after)
        found = np.flatnonzero(events.kind == Kind.FRAGMENTATION)
        assert len(found) == 1
        (j,) = found
        within += events.not_before_tai_ns[j] <= of.at_ns <= events.not_after_tai_ns[j]
        right += events.catalogue_number[j] == PARENT
    assert within >= len(worlds) - 1
    assert right >= len(worlds) - 1
