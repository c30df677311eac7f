"""Knots, buffers and ephemerides of screening, each alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MU_WGS72_KM3_S2 as MU
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.screen.knots import (
    KNOTS,
    SAFETY,
    WILD_KM,
    ephemeris_misses,
    fill,
    knot_states,
    lonely_miss,
)
from commonsky.screen.motion import Motion, state
from commonsky.screen.screener import screen
from commonsky.screen.screening import Job, Span, candidates, minima
from commonsky.screen.tiles import MEMBERS, PADDING, STATE_TILE, TILE
from commonsky.screen.trajectory import drawn_out, trajectories
from commonsky.screen.volume import Volume
from tests.screening_case import MINUTE_NS, START_NS, elements_of
from tests.unit.test_screen_events import crowd, ephemeris_of

NOBODY = np.zeros(0, np.int64)
KNOT_MINUTES: Floats = np.linspace(0.0, 5.0 * (KNOTS - 1), KNOTS)


def motion_of(minutes: Floats, states: Floats, usable: tuple[float, float]) -> Motion:
    """One ephemeris and nothing else."""
    return Motion(
        np.zeros((0, 1)), np.zeros((0, 1)), np.zeros((0, 1, 1)), NOBODY,
        np.array([0, len(minutes)], np.int64), minutes, states, np.array([usable]),
    )  # fmt: skip


def circle(minutes: Floats, radius_km: float = 7000.0) -> Floats:
    """States on a circle in the equator of a point mass."""
    rate = np.sqrt(MU / radius_km**3)
    angle = rate * 60.0 * minutes
    zero = np.zeros(len(minutes))
    return np.stack(
        [
            radius_km * np.cos(angle), radius_km * np.sin(angle), zero,
            -radius_km * rate * np.sin(angle), radius_km * rate * np.cos(angle), zero,
        ],
        axis=1,
    )  # fmt: skip


def known(motion: Motion, minutes: Floats, step_s: float) -> tuple[float, Any, Any, Any]:
    count = len(minutes)
    buffer, status = np.empty((6, count)), np.empty(count, np.int8)
    good, work = np.empty(count, np.bool_), np.empty((5, count))
    missed = knot_states(motion, 0, minutes, step_s, buffer, status, good, work)
    return missed, buffer, status, good


def test_jump_in_the_motion_is_covered() -> None:
    """A jump between two knots: the bound is at least the jump, and not much more."""
    minutes = np.arange(0.0, 200.0, 0.5)
    for jump_km in (0.7, 10.0):
        states = circle(minutes)
        states[minutes > 102.3, 0] += jump_km
        motion = motion_of(minutes, states, (0.0, 200.0))
        missed, *_ = known(motion, KNOT_MINUTES, 300.0)
        smooth = motion_of(minutes, circle(minutes), (0.0, 200.0))
        plain, *_ = known(smooth, KNOT_MINUTES, 300.0)
        assert jump_km <= missed < 4.0 * jump_km + plain + 0.2


def test_velocities_that_are_not_the_derivative() -> None:
    minutes = np.arange(0.0, 200.0, 0.5)
    states = circle(minutes)
    states[:, 3] += 1e-3  # 1 m/s, at all times: what the middle of two steps does not show
    motion = motion_of(minutes, states, (0.0, 200.0))
    missed, *_ = known(motion, KNOT_MINUTES, 300.0)
    # 0.147 of 300 s times 1 m/s, and the safety.
    assert missed > 0.9 * SAFETY * 0.147 * 0.3


def test_wild_jumps_are_not_screened() -> None:
    minutes = np.arange(0.0, 200.0, 0.5)
    states = circle(minutes)
    states[minutes > 52.3] = circle(minutes[minutes > 52.3], 7700.0)
    motion = motion_of(minutes, states, (0.0, 200.0))
    missed, _, status, good = known(motion, KNOT_MINUTES, 300.0)
    assert np.flatnonzero(~good).tolist() == [10, 11]
    assert (status == 0).all()
    assert missed <= WILD_KM


def test_interval_without_neighbours() -> None:
    """Two knots between knots without a state: measured on its own."""
    minutes = np.arange(17.0, 26.0, 0.25)
    states = circle(minutes)
    states[minutes > 21.3, 0] += 2.0
    motion = motion_of(minutes, states, (17.0, 25.0))
    missed, _, status, good = known(motion, KNOT_MINUTES, 300.0)
    assert np.flatnonzero(good).tolist() == [4, 5]
    assert (status != 0).sum() == KNOTS - 2
    assert missed >= lonely_miss(motion, 0, 20.0, 300.0) > 2.0


def test_unusable_knots_are_marked_and_counted() -> None:
    minutes = np.arange(17.0, 60.0, 0.25)
    motion = motion_of(minutes, circle(minutes), (22.0, 50.0))
    states = np.ones(KNOTS * STATE_TILE, np.float32)
    unusable, missed = np.zeros(1, np.int64), np.zeros(1, np.float32)
    fill(motion, 1, KNOT_MINUTES, KNOTS, 1, 300.0, missed, states, unusable)
    radius = np.linalg.norm(states.reshape(KNOTS, 6, TILE)[:, :3, 0], axis=1)
    # From 20 to 55 minutes there are states; from 25 to 50 they count.
    assert np.flatnonzero(radius > 100.0).tolist() == list(range(4, 12))
    assert unusable[0] == KNOTS - 6


def test_ephemeris_is_measured_all_along() -> None:
    minutes = np.arange(0.0, 200.0, 0.25)
    states = circle(minutes)
    states[minutes > 137.6, 4] += 0.01  # and the places with it
    states[minutes > 137.6, 1] += 0.6 * (minutes[minutes > 137.6] - 137.6)
    for step_s in (60.0, 360.0):
        out = np.zeros(1, np.float32)
        ephemeris_misses(motion_of(minutes, states, (0.0, 200.0)), 0, 0.0, 190.0, step_s, out)
        assert out[0] > 0.05 * 0.01 * step_s


def test_ephemeris_state_and_status() -> None:
    minutes = np.arange(0.0, 60.0, 1.0)
    motion = motion_of(minutes, circle(minutes), (5.0, 50.0))
    expected = {-0.1: 7, 0.0: 7, 4.9: 7, 5.0: 0, 50.0: 0, 59.0: 7, 59.1: 7}
    for minute, status in expected.items():
        found = np.array(state(motion, 0, minute))
        assert found[6] == status
        inside = 0.0 <= minute <= 59.0
        assert np.isfinite(found[:6]).all() == inside
        if inside:
            assert np.abs(found[:6] - circle(np.array([minute]))[0]).max() < 2e-3


@pytest.mark.parametrize("step_s", [60.0, -60.0])
def test_drawn_out_is_motion_about_the_earth(step_s: float) -> None:
    """Against SGP4 without drag: the terms that it has beside J2 are small in six minutes."""
    one = elements_of({"bstar": 0.0, "eccentricity": 0.01})
    ready = trajectories(one, np.array([1]), START_NS, START_NS + NS_PER_DAY)
    out = np.empty((6, 6))
    drawn_out(np.array(state(ready.motion, 0, 500.0))[:6], step_s, out)
    for k in range(6):
        exact = np.array(state(ready.motion, 0, 500.0 + (k + 1) * step_s / 60.0))[:6]
        assert np.abs(out[k, :3] - exact[:3]).max() < 0.2
        assert np.abs(out[k, 3:] - exact[3:]).max() < 1e-3


def crowded_states(count: int, spread_km: float) -> tuple[Job, NDArray[np.float32]]:
    """Two knots of so many objects on circles, in a shell `spread_km` thick from 7,020 km on."""
    rng = np.random.default_rng(1)
    way = rng.normal(size=(count, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    other = np.cross(way, rng.normal(size=(count, 3)))
    other /= np.linalg.norm(other, axis=1, keepdims=True)
    radius = (7020.5 + rng.uniform(0.0, spread_km, count))[:, None]
    rate = np.sqrt(MU / radius**3)
    tiles = -(-count // TILE)
    states = np.ones((2, tiles, 6, TILE), np.float32)
    for k in range(2):
        angle = rate * 60.0 * k
        place = radius * (np.cos(angle) * way + np.sin(angle) * other)
        velocity = radius * rate * (np.cos(angle) * other - np.sin(angle) * way)
        both = np.zeros((tiles * TILE, 6), np.float32)
        both[:count] = np.hstack([place, velocity])
        states[k] = both.reshape(tiles, TILE, 6).transpose(0, 2, 1)
    nobody = motion_of(np.zeros(1), np.zeros((1, 6)), (0.0, 0.0))
    job = Job(
        nobody, count, Span(0.0, 1.0, 60.0), 1.0, np.zeros(tiles * TILE, np.float32),
        np.arange(count), np.ones(tiles * TILE, np.uint8), few_marked=False,
    )  # fmt: skip
    return job, states.ravel()


def test_more_in_one_layer_than_it_can_hold() -> None:
    job, states = crowded_states(MEMBERS, 0.5)
    with pytest.raises(ValueError, match=r"131072 objects share one layer of 5 km.*primaries"):
        candidates(job, states, 2, 0.0)


def test_layers_become_thinner_where_too_many_share_one() -> None:
    job, states = crowded_states(MEMBERS + 1000, 35.0)
    pairs, minutes, _ = candidates(job, states, 2, 0.0)
    thin, same, _ = candidates(replace(job, layer_km=10.0), states, 2, 0.0)
    assert len(pairs) > 500
    assert sorted(map(tuple, pairs.tolist())) == sorted(map(tuple, thin.tolist()))
    assert np.abs(np.sort(minutes) - np.sort(same)).max() < 1e-6


def test_as_many_in_one_layer_as_it_can_hold() -> None:
    job, states = crowded_states(MEMBERS - PADDING - 5, 0.5)
    pairs, _, _ = candidates(job, states, 2, 0.0)
    # Against primaries, every layer holds as many, but is gone through in another way.
    marked = np.zeros(len(job.marked), np.uint8)
    marked[:150] = 1
    few, _, _ = candidates(replace(job, marked=marked, few_marked=True), states, 2, 0.0)
    parts = [tuple(pair) for pair in pairs.tolist() if pair[0] < 150]
    assert sorted(parts) == sorted(map(tuple, few.tolist()))


def test_states_are_kept_in_order_and_whole() -> None:
    """What `keep` is given covers every step once, whatever the blocks."""
    elements = crowd(count=40)
    stop = START_NS + 600 * MINUTE_NS
    ready = trajectories(elements, 101 + np.arange(40), START_NS, stop)
    job = Job(
        ready.motion, 40, Span(120.0, 720.0), 5.0, np.zeros(TILE, np.float32), ready.identity,
        np.ones(TILE, np.uint8), few_marked=False, block_knots=13,
    )  # fmt: skip
    seen: dict[int, bytes] = {}

    def keep(states: NDArray[np.float32], knots: int, first: int) -> None:
        for k in range(knots):
            tile = states[k * STATE_TILE : (k + 1) * STATE_TILE].copy()
            near = np.frombuffer(seen.get(first + k, tile.tobytes()), np.float32)
            assert np.allclose(near, tile, rtol=1e-6, atol=1e-6)
            seen[first + k] = tile.tobytes()

    told: list[tuple[float, float]] = []
    with ThreadPoolExecutor(2) as executor:
        _, tally = minima(job, executor, lambda done, of: told.append((done, of)), keep)
    assert sorted(seen) == list(range(job.span.steps + 1))
    assert told[-1][0] == told[-1][1] == len(told)
    assert tally.knots == job.span.steps + len(told)
    assert (job.remainder[:40] > 0.0).all()


def test_ephemerides_are_numbered_after_the_element_sets() -> None:
    elements = crowd(count=30)
    own = [ephemeris_of(elements, k, 900 + k, START_NS, START_NS + 9000 * 10**9) for k in (3, 4)]
    found = screen(
        elements, 101 + np.arange(30), START_NS, START_NS + 9000 * 10**9, Volume.sphere(5.0),
        ephemerides=own,
    )  # fmt: skip
    rows = found.encounters.row1.tolist(), found.encounters.row2.tolist()
    docked = set(zip(*rows, strict=True))
    assert {(3, 30), (4, 31)} <= docked
    assert len(found.unusable_knots) == 32
