"""
Relative orbits, intervals and closing planes against direct ways to compute them.

Oracles: the closed form of D'Amico and Montenbruck (2006) for the least distance across the track;
draws of a Gaussian for intervals; SGP4 states every two minutes, of all pairs, for approaches; and
the planes of SGP4 states for planes that close.
"""

import numpy as np
import pytest

from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MU_WGS72_KM3_S2, MeanElements
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S
from commonsky.astro.sgp4 import propagate
from commonsky.catalogue.catalogue import stacked
from commonsky.characterise.coplanar import Cause, Limits, closures
from commonsky.characterise.proximity import Status, approaches
from commonsky.characterise.relative_orbit import (
    circles,
    least_across_track_km,
    relative_orbits,
    relative_states,
)
from commonsky.characterise.separation import interval_km
from tests.belt_case import START, one_history

AXIS_KM = 7000.0
SECOND_ORDER = 2e-3  # of the elements, which are of this size


def states(
    axis: Floats, e: Floats, tilt: Floats, node: Floats, perigee: Floats, mean: Floats
) -> Floats:
    """(n, 6) states of Kepler orbits, km and km/s."""
    anomaly = mean.copy()
    for _ in range(50):
        anomaly = mean + e * np.sin(anomaly)
    x, y = axis * (np.cos(anomaly) - e), axis * np.sqrt(1 - e * e) * np.sin(anomaly)
    rate = np.sqrt(MU_WGS72_KM3_S2 / axis) / (1 - e * np.cos(anomaly))
    u, v = -rate * np.sin(anomaly), rate * np.sqrt(1 - e * e) * np.cos(anomaly)
    ahead = np.stack([
        np.cos(node) * np.cos(perigee) - np.sin(node) * np.sin(perigee) * np.cos(tilt),
        np.sin(node) * np.cos(perigee) + np.cos(node) * np.sin(perigee) * np.cos(tilt),
        np.sin(perigee) * np.sin(tilt),
    ], axis=1)  # fmt: skip
    across = np.stack([
        -np.cos(node) * np.sin(perigee) - np.sin(node) * np.cos(perigee) * np.cos(tilt),
        -np.sin(node) * np.sin(perigee) + np.cos(node) * np.cos(perigee) * np.cos(tilt),
        np.cos(perigee) * np.sin(tilt),
    ], axis=1)  # fmt: skip
    return np.concatenate([
        x[:, None] * ahead + y[:, None] * across, u[:, None] * ahead + v[:, None] * across
    ], axis=1)  # fmt: skip


def pair(
    tilt: float, n: int = 200, size: float = 1e-3
) -> tuple[Floats, Floats, dict[str, Floats]]:
    """Chiefs and deputies, and their relative elements by their definition."""
    rng = np.random.default_rng(1)
    node, mean = rng.uniform(0, 2 * np.pi, (2, n))
    ex, ey = rng.uniform(-1e-3, 1e-3, (2, n))
    da, dl, dex, dey, dix, diy = size * rng.uniform(-1, 1, (6, n))
    i = np.full(n, tilt)
    perigee = np.arctan2(ey, ex)
    chief = states(np.full(n, AXIS_KM), np.hypot(ex, ey), i, node, perigee, mean - perigee)
    node2 = node + diy / np.sin(tilt)
    ex2, ey2 = ex + dex, ey + dey
    perigee2 = np.arctan2(ey2, ex2)
    u2 = mean + dl - (node2 - node) * np.cos(tilt)
    deputy = states(
        AXIS_KM * (1 + da), np.hypot(ex2, ey2), i + dix, node2, perigee2, u2 - perigee2
    )
    return chief, deputy, {"a": da, "l": dl, "ex": dex, "ey": dey, "ix": dix, "iy": diy}


@pytest.mark.parametrize("tilt_deg", [10.0, 51.6, 97.8])
def test_relative_elements_are_those_of_the_definition(tilt_deg: float) -> None:
    chief, deputy, want = pair(np.radians(tilt_deg))
    found = relative_orbits(chief, deputy)
    assert found.axis == pytest.approx(want["a"], abs=1e-12)
    limit = SECOND_ORDER * 1e-3 / np.sin(np.radians(tilt_deg)) * 3.0
    assert found.longitude_rad == pytest.approx(want["l"], abs=limit)
    assert found.inclination_rad[:, 0] == pytest.approx(want["ix"], abs=limit)
    assert found.inclination_rad[:, 1] == pytest.approx(want["iy"], abs=limit)
    assert found.eccentricity[:, 0] == pytest.approx(want["ex"], abs=limit)
    assert found.eccentricity[:, 1] == pytest.approx(want["ey"], abs=limit)


def test_elements_do_not_change_as_both_go_round() -> None:
    rng, n = np.random.default_rng(2), 50
    node, perigee, mean = rng.uniform(0, 2 * np.pi, (3, n))
    # Near the equator, where nodes are anywhere and mean nothing.
    tilt, e = np.full(n, 2e-4), np.full(n, 3e-4)
    node2, perigee2 = rng.uniform(0, 2 * np.pi, (2, n))
    mean2 = node + perigee + mean - node2 - perigee2 + 1e-3
    axis = np.full(n, 42164.0)
    before = relative_orbits(
        states(axis, e, tilt, node, perigee, mean), states(axis, e, tilt, node2, perigee2, mean2)
    )
    after = relative_orbits(
        states(axis, e, tilt, node, perigee, mean + 1.0),
        states(axis, e, tilt, node2, perigee2, mean2 + 1.0),
    )
    assert before.longitude_rad == pytest.approx(np.full(n, 1e-3), abs=1e-6)
    assert after.eccentricity == pytest.approx(before.eccentricity, abs=1e-9)
    assert after.inclination_rad == pytest.approx(before.inclination_rad, abs=1e-9)


def test_distance_across_the_track_is_the_closed_form_and_never_more_than_the_distance() -> None:
    chief, deputy, want = pair(np.radians(60.0), size=2e-4)
    # The closed form is for one axis.
    same = deputy.copy()
    speed = np.linalg.norm(deputy[:, 3:], axis=1)
    radius = np.linalg.norm(deputy[:, :3], axis=1)
    fit = np.sqrt(MU_WGS72_KM3_S2 * (2.0 / radius - 1.0 / AXIS_KM))
    same[:, 3:] *= (fit / speed)[:, None]
    orbits = relative_orbits(chief, same)
    e, i = orbits.eccentricity, orbits.inclination_rad
    plus, minus = np.linalg.norm(e + i, axis=1), np.linalg.norm(e - i, axis=1)
    dot = np.abs((e * i).sum(axis=1))
    closed = np.sqrt(2.0) * AXIS_KM * dot / np.sqrt(
        (e * e).sum(axis=1) + (i * i).sum(axis=1) + plus * minus
    )  # fmt: skip
    assert least_across_track_km(chief, same) == pytest.approx(closed, abs=5e-3)
    ric, _ = relative_states(chief, deputy)
    # Where it is now is one of the places it may be, seen from where the chief is then.
    now = np.hypot(ric[:, 0], ric[:, 2]) + (ric[:, 1] ** 2) / AXIS_KM + 2e-3 * np.abs(ric[:, 1])
    assert (least_across_track_km(chief, deputy) <= now).all()
    assert want["a"].any()


def test_who_circles_has_the_other_within_its_ellipse() -> None:
    n = 3
    zero, axis, mean = np.zeros(n), np.full(n, AXIS_KM), np.full(n, 0.3)
    tilt = np.full(n, 0.9)
    chief = states(axis, zero, tilt, zero, zero, mean)
    deputy = states(
        axis + np.array([0.0, 0.0, 20.0]), np.full(n, 1e-3), tilt, zero, zero,
        mean + np.array([0.0, 0.01, 0.0]),
    )  # fmt: skip
    # About it, beside it, and on the way past it.
    assert circles(relative_orbits(chief, deputy), 0.2).tolist() == [True, False, False]


@pytest.mark.parametrize("distance", [0.0, 1.0, 5.0, 50.0])
def test_intervals_hold_the_distance_as_often_as_they_say(distance: float) -> None:
    rng = np.random.default_rng(3)
    root = np.diag([0.8, 4.0, 1.5])
    truth = distance * np.array([0.3, 0.9, 0.316])
    told = truth + rng.normal(size=(4000, 3)) @ root
    low, high = interval_km(told, np.broadcast_to(root @ root, (len(told), 3, 3)))
    held = (low <= np.linalg.norm(truth)) & (np.linalg.norm(truth) <= high)
    assert 0.93 <= held.mean() <= 1.0
    if distance >= 50.0:
        assert held.mean() == pytest.approx(0.95, abs=0.015)
    # Not by being as wide as the sky.
    assert np.median(high - low) < 8.0 * 4.0


def low_orbit(node_deg: float, height_km: float, along_deg: float, day: float) -> MeanElements:
    """One set of an object in a sun-synchronous orbit, whose node turns by its height."""
    axis = 6378.135 + height_km
    motion = np.sqrt(MU_WGS72_KM3_S2 / axis**3) * 60.0
    tilt = np.radians(97.5)
    turn = -1.5 * 1.082616e-3 * (6378.135 / axis) ** 2 * motion * 1440.0 * np.cos(tilt)
    column = [
        motion, 1e-3, tilt, (np.radians(node_deg) + turn * day) % (2 * np.pi), 0.0,
        np.radians(along_deg) % (2 * np.pi), 1e-5, 0.0, 0.0,
    ]  # fmt: skip
    epoch = np.array([START + round(day * NS_PER_DAY)], np.int64)
    return MeanElements(epoch, *(np.array([value]) for value in column))


def test_approaches_in_low_orbit_are_those_of_all_pairs_at_all_times() -> None:
    rng, count = np.random.default_rng(4), 24
    sets = stacked([
        low_orbit(rng.uniform(0.0, 0.6), 600.0 + rng.uniform(0, 6), rng.uniform(0.0, 12.0), 3.0)
        for _ in range(count)
    ])  # fmt: skip
    stop = START + 6 * NS_PER_DAY
    found = approaches(
        one_history(sets, np.arange(count) + 100), start_tai_ns=START, stop_tai_ns=stop
    )
    mine = {
        (int(a), int(b)): float(km)
        for a, b, km in zip(
            found.catalogue_number_1, found.catalogue_number_2, found.separation_km, strict=True
        )
    }
    times = START + np.arange(0, 6 * 86400, 60) * NS_PER_S
    place = propagate(sets, times).position_km
    brute = {
        (100 + a, 100 + b): float(np.linalg.norm(place[a] - place[b], axis=1).min())
        for a in range(count) for b in range(a + 1, count)
    }  # fmt: skip
    near = {pair for pair, km in brute.items() if km < 49.0}
    assert len(near) > 10
    assert near <= set(mine)
    assert {pair for pair in mine if brute[pair] > 50.5} == set()
    for both in near:
        assert mine[both] == pytest.approx(brute[both], abs=1.0)
    assert (found.status == Status.GOOD).all()


def test_planes_that_will_close_are_told_days_ahead_and_close_when_said() -> None:
    week = [float(day) for day in range(8)]
    target = stacked([low_orbit(40.0, 600.0, 0.0, day) for day in week])
    stayer = stacked([low_orbit(38.5, 603.0, 90.0, day) for day in week])
    # On the fifth day it goes down by 60 km: its node now turns by 0.03 degrees a day more.
    chaser = stacked([
        low_orbit(38.5, 603.0 if day < 5 else 540.0, 90.0, day) for day in week
    ])  # fmt: skip
    at, number = START + 7 * NS_PER_DAY, np.repeat([1, 2], 8)
    limits = Limits(horizon_days=60.0)
    assert len(closures(one_history(stacked([target, stayer]), number), at, limits=limits)) == 0
    made = one_history(stacked([target, chaser]), number)
    assert len(closures(made, at)) == 0  # in two weeks
    gap = gap_of_planes(target, chaser, at)
    rate = gap_of_planes(target, chaser, at + NS_PER_DAY) - gap
    found = closures(made, at, limits=limits)
    assert (found.catalogue_number_1.tolist(), found.catalogue_number_2.tolist()) == ([2], [1])
    assert found.cause.tolist() == [Cause.CHANGED]
    assert found.plane_now_rad[0] == pytest.approx(gap, abs=np.radians(0.03))
    days = (found.closes_tai_ns[0] - at) / NS_PER_DAY
    assert days == pytest.approx(-gap / rate, rel=0.1)
    there = gap_of_planes(target, chaser, int(found.closes_tai_ns[0]))
    assert found.plane_least_rad[0] == pytest.approx(there, abs=np.radians(0.05))
    assert there < 0.1 * gap
    assert len(closures(made, at, limits=limits, fleet=np.array([3, 3]))) == 0


def gap_of_planes(one: MeanElements, other: MeanElements, at_tai_ns: int) -> float:
    """Angle of the planes of two newest sets, of SGP4 states."""
    normals = []
    for sets in (one, other):
        state = propagate(sets.take(np.array([7])), np.array([at_tai_ns], np.int64))
        normal = np.cross(state.position_km[0, 0], state.velocity_km_s[0, 0])
        normals.append(normal / np.linalg.norm(normal))
    return float(np.arcsin(np.linalg.norm(np.cross(*normals))))
