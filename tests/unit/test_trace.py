"""Where every trajectory is at every knot, kept small: near enough, and inside its bounds."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MeanElements
from commonsky.astro.sgp4 import propagate
from commonsky.catalogue.population import population
from commonsky.screen.screener import prepare_job
from commonsky.screen.screening import Job, minima
from commonsky.screen.tiles import HIGHEST_RADIUS_KM
from commonsky.screen.trace import (
    EVERYWHERE,
    NOWHERE,
    PARTLY,
    Traces,
    eccentric_anomaly,
    odd_departure_km,
)
from commonsky.screen.trajectory import trajectories
from commonsky.screen.volume import Volume
from tests.screening_case import HOUR_NS, START_NS, elements_of

STEP_S, HOURS = 300.0, 6
STEP_NS = 300_000_000_000
DISTANCE_KM = 5.0
BLOCK = 31  # an odd number of knots, so that blocks begin at even ones


def some_orbits() -> MeanElements:
    """A bit of every regime, near-Earth ones first as the screening has them."""
    sky = population(40, 5).elements
    deep = sky.mean_motion_rad_min < 2.0 * np.pi / 225.0
    ordered = sky.take(np.concatenate([np.flatnonzero(~deep), np.flatnonzero(deep)]))
    return replace(ordered, epoch_tai_ns=np.full(len(ordered), START_NS, np.int64))


def traced(elements: MeanElements, wider: float = 1.0) -> tuple[Traces, Job]:
    """Traces of a screening of some hours, by blocks."""
    stop = START_NS + HOURS * HOUR_NS
    ready = trajectories(elements, 101 + np.arange(len(elements)), START_NS, stop)
    assert ready.row.tolist() == list(range(len(elements)))
    job = prepare_job(
        ready, START_NS, stop, Volume.sphere(DISTANCE_KM), np.ones(len(elements), np.bool_),
        STEP_S, block_knots=BLOCK, even=True,
    )  # fmt: skip
    axis, eccentricity = elements.semi_major_axis_km, elements.eccentricity
    traces = Traces.empty(axis, eccentricity, job.span.steps, STEP_S, wider)
    minima(job, keep=lambda states, knots, step: traces.take_in(states, knots, step, job))
    return traces, job


@cache
def usual() -> tuple[MeanElements, Traces, Job]:
    elements = some_orbits()
    return elements, *traced(elements)


def unpacked(traces: Traces, steps: int) -> Floats:
    """(n, steps + 1, 3) positions as the traces have them."""
    pairs = steps // 2
    even = traces.even[:, :, : pairs + 1] * traces.unit_km[:, None, None].astype(np.float64)
    mean = traces.mean[:, None, None].astype(np.float64)
    odd = traces.odd[:, :, :pairs] * traces.odd_unit_km[:, None, None].astype(np.float64)
    whole = np.empty((len(traces.unit_km), 3, steps + 1))
    whole[:, :, 0::2] = even
    whole[:, :, 1::2] = mean * (even[:, :, :-1] + even[:, :, 1:]) + odd
    return whole.transpose(0, 2, 1)


def positions(elements: MeanElements, steps: int, parts: int = 1) -> Floats:
    knots = np.arange(steps * parts + 1, dtype=np.int64) * (STEP_NS // parts)
    return propagate(elements, START_NS + knots).position_km


def rows_of(traces: Traces) -> NDArray[np.int64]:
    return np.flatnonzero(traces.loose == 0)


def test_positions_are_as_near_as_their_rounding_says() -> None:
    elements, traces, job = usual()
    good = rows_of(traces)
    assert len(good) == len(elements)
    off = unpacked(traces, job.span.steps) - positions(elements, job.span.steps)
    worst = np.linalg.norm(off, axis=2).max(axis=1)
    assert (worst <= traces.rounding_km + 1e-3).all()
    assert (worst > 0.02 * traces.rounding_km).all()  # and no nearer: they are that small
    assert traces.rounding_km[elements.semi_major_axis_km < 8000.0].max() < 1.0


def test_radii_are_within_their_bounds() -> None:
    elements, traces, job = usual()
    radius = np.linalg.norm(positions(elements, job.span.steps, 10), axis=2)
    half = 0.5 * DISTANCE_KM
    assert (traces.low_km <= radius.min(axis=1) - half).all()
    assert (traces.high_km >= radius.max(axis=1) + half).all()
    assert (traces.low_km > radius.min(axis=1) - half - 30.0 - 0.02 * radius.max(axis=1)).all()
    steps = radius[:, :-1].reshape(len(elements), job.span.steps, 10)
    swing = (steps.max(axis=2) - steps.min(axis=2)).max(axis=1)
    assert (traces.swing_km >= swing).all()


def test_harmonic_motion_departs_no_further_than_told() -> None:
    """Between knots: the chord and the sine of the angle from the midpoint's radius."""
    elements, traces, job = usual()
    path = positions(elements, job.span.steps, 2)
    begin, middle, end = path[:, :-2:2], path[:, 1::2], path[:, 2::2]
    radius = np.linalg.norm(middle, axis=2)
    rate = np.sqrt(398600.8 / radius**3)
    between = 0.5 / np.cos(rate * 0.5 * STEP_S)
    off = np.linalg.norm(middle - between[:, :, None] * (begin + end), axis=2).max(axis=1)
    assert (off <= traces.departure_km + 0.1).all()


def test_one_trajectory_is_taken_in_as_all_are() -> None:
    elements, traces, job = usual()
    steps = job.span.steps
    for o in (0, len(elements) // 2, len(elements) - 1):
        one = elements.take(np.array([o]))
        states = propagate(one, START_NS + np.arange(steps + 1, dtype=np.int64) * STEP_NS)
        state = np.concatenate([states.position_km[0].T, states.velocity_km_s[0].T])
        alone = Traces.empty(one.semi_major_axis_km, one.eccentricity, steps, STEP_S)
        missed = float(job.remainder[o])
        alone.take_in_one(np.ascontiguousarray(state), np.ones(steps + 1, bool), job, missed)
        assert alone.loose[0] == 0
        # Positions of a block were float32: their counts differ where they round.
        assert np.abs(alone.even[0].astype(int) - traces.even[o]).max() <= 1
        assert np.abs(alone.odd[0].astype(int) - traces.odd[o]).max() <= 2
        for name in ("low_km", "high_km"):
            assert abs(getattr(alone, name)[0] - getattr(traces, name)[o]) < 0.2
        copy = replace(traces, even=traces.even.copy(), loose=traces.loose.copy())
        copy.even[o], copy.loose[o] = 0, EVERYWHERE
        copy.overwrite(o, alone)
        assert copy.even[o].tolist() == alone.even[0].tolist()
        assert copy.loose[o] == 0


def test_an_orbit_that_outgrows_its_room_is_loose() -> None:
    low = elements_of({"mean_motion": 0.065, "eccentricity": 1e-3})
    steps = HOURS * 12
    states = propagate(low, START_NS + np.arange(steps + 1, dtype=np.int64) * STEP_NS)
    state = np.ascontiguousarray(
        np.concatenate([states.position_km[0].T, states.velocity_km_s[0].T])
    )
    _, job = traced(low)
    there = np.ones(steps + 1, np.bool_)
    axis, eccentricity = low.semi_major_axis_km, low.eccentricity
    for scale, loose in ((1.0, 0), (0.5, EVERYWHERE)):
        traces = Traces.empty(scale * axis, eccentricity, steps, STEP_S)
        traces.take_in_one(state, there, job, 0.0)
        assert traces.loose[0] == loose
    wider = Traces.empty(0.5 * axis, eccentricity, steps, STEP_S, 64.0)
    wider.take_in_one(state, there, job, 0.0)
    assert wider.loose[0] == 0
    assert wider.rounding_km[0] > 30.0 * Traces.empty(axis, eccentricity, 2, STEP_S).rounding_km[0]


def test_where_there_is_no_state_nothing_is_kept() -> None:
    low = elements_of({"mean_motion": 0.065, "eccentricity": 1e-3})
    steps = HOURS * 12
    states = propagate(low, START_NS + np.arange(steps + 1, dtype=np.int64) * STEP_NS)
    state = np.ascontiguousarray(
        np.concatenate([states.position_km[0].T, states.velocity_km_s[0].T])
    )
    _, job = traced(low)
    there = np.ones(steps + 1, np.bool_)
    there[20:] = False
    traces = Traces.empty(low.semi_major_axis_km, low.eccentricity, steps, STEP_S)
    traces.take_in_one(state, there, job, 0.0)
    assert traces.loose[0] == PARTLY
    kept = traces.even[0, 0] != NOWHERE
    assert kept[:10].all()
    assert not kept[10:].any()
    empty = Traces.empty(np.zeros(1), np.zeros(1), steps, STEP_S)
    assert (empty.even == NOWHERE).all()
    assert (empty.low_km[0], empty.high_km[0]) == (np.inf, 0.0)  # in reach of nothing


@pytest.mark.parametrize("eccentricity", [0.0, 0.02, 0.3, 0.74])
def test_departure_of_odd_knots(eccentricity: float) -> None:
    """The largest on a Kepler orbit, against a thousand knots of it."""
    axis = np.array([7000.0 / (1.0 - eccentricity)])
    e = np.array([eccentricity])
    rate = np.sqrt(398600.8 / axis[0] ** 3)
    mean = 0.5 / np.cos(rate * STEP_S)
    told = odd_departure_km(axis, e, np.array([mean]), STEP_S)[0]
    anomaly = np.linspace(-np.pi, np.pi, 1001)
    points = [at(axis[0], eccentricity, anomaly + way * rate * STEP_S) for way in (-1.0, 0.0, 1.0)]
    true = np.linalg.norm(points[1] - mean * (points[0] + points[2]), axis=1).max()
    assert 0.98 * true - 1e-6 <= told <= true + 1e-3


def at(axis_km: float, e: float, mean_anomaly: Floats) -> Floats:
    """Positions (k, 2) on a Kepler orbit, by fixed-point iteration."""
    anomaly = mean_anomaly.copy()
    for _ in range(2000):
        anomaly = mean_anomaly + e * np.sin(anomaly)
    plane = [np.cos(anomaly) - e, np.sqrt(1.0 - e * e) * np.sin(anomaly)]
    return axis_km * np.stack(plane, axis=1)


def test_keplers_equation_is_solved_roughly() -> None:
    mean = np.linspace(-4.0, 4.0, 401)
    for e in (0.0, 0.1, 0.7, 0.9):
        found = np.array([eccentric_anomaly(one, e) for one in mean.tolist()])
        assert np.abs(found - e * np.sin(found) - mean).max() < 1e-3


def test_elements_that_are_no_orbit_get_room_all_the_same() -> None:
    odd = Traces.empty(np.array([np.nan, 1e9, 7000.0]), np.array([np.nan, 0.5, 2.0]), 8, STEP_S)
    assert np.isfinite(odd.unit_km).all()
    assert odd.unit_km.max() <= HIGHEST_RADIUS_KM / 32767 * 1.001
    assert np.isfinite(odd.odd_unit_km).all()
