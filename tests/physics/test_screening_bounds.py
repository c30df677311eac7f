"""
Every bound that the sieve relies on, against the exact motion at many moments in between.

A bound that is derived may still be derived wrongly: here each is compared with SGP4 itself, over
synthetic orbits at the edges of what there is and over real catalogues.
"""

import os
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MU_WGS72_KM3_S2 as MU
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.screen.interval import layer_edges, prepare
from commonsky.screen.knots import KNOTS, fill, trajectory_states
from commonsky.screen.layer import place
from commonsky.screen.tiles import (
    GUARD_KM,
    INTERVAL_TILE,
    LAYER_PLANES,
    PLANE,
    STATE_TILE,
    TILE,
)
from commonsky.screen.trajectory import trajectories
from tests.screening_case import START_NS, elements_of, real_catalogue

Array = NDArray[Any]
INNER = 8  # moments in each interval
DISTANCE_KM = 5.0
# Every so many objects of a catalogue; 1 is for running by hand.
EVERY = int(os.environ.get("COMMONSKY_EVERY", "100"))


class Largest(NamedTuple):
    """The largest share of a bound that the exact motion took, by bound."""

    quintic: float
    line: float
    radius: float


def shares(
    elements: MeanElements,
    start_tai_ns: int,
    step_s: float,
    layer_km: float,
    narrower: float = 1.0,
) -> Largest:
    """Shares over one block of knots; `narrower` falsifies the bounds."""
    stop = start_tai_ns + round((KNOTS - 1) * step_s * 1e9)
    ready = trajectories(elements, np.arange(len(elements)), start_tai_ns, stop)
    n, begin = len(ready), (start_tai_ns - ready.origin_tai_ns) / 60e9
    tiles = -(-n // TILE)
    knots = begin + np.arange(KNOTS) * step_s / 60.0
    states = np.ones(KNOTS * tiles * STATE_TILE, np.float32)
    missed = np.zeros(tiles * TILE, np.float32)
    fill(ready.motion, n, knots, KNOTS, tiles, step_s, missed, states, np.zeros(n, np.int64))
    missed *= np.float32(narrower)
    exact = dense(ready.motion, n, begin, step_s)
    found = [
        interval_shares(states, tiles, missed, k, exact[:, :, k * INNER : (k + 1) * INNER + 1],
                        step_s, layer_km, narrower)
        for k in range(KNOTS - 1)
    ]  # fmt: skip
    return Largest(*np.max(np.array(found), axis=0))


def dense(motion: object, n: int, begin: float, step_s: float) -> Floats:
    """Exact positions (n, 3, moments)."""
    count = (KNOTS - 1) * INNER + 1
    minutes = begin + np.arange(count) * (step_s / 60.0 / INNER)
    out = np.empty((n, 3, count))
    buffer, status = np.empty((6, count)), np.empty(count, np.int8)
    for o in range(n):
        trajectory_states(motion, o, minutes, buffer, status)
        out[o] = buffer[:3]
    return out


def interval_shares(
    states: Array,
    tiles: int,
    missed: Array,
    k: int,
    exact: Array,
    step_s: float,
    layer_km: float,
    narrower: float,
) -> Largest:
    """Shares in the interval after knot k."""
    edges, layer_of = layer_edges(layer_km)
    n = len(exact)
    intervals = np.empty(tiles * INTERVAL_TILE, np.float32)
    lowest, highest = np.empty(tiles * TILE, np.int32), np.empty(tiles * TILE, np.int32)
    reach = 0.5 * DISTANCE_KM + GUARD_KM
    for tile in range(tiles):
        prepare(
            states, (k * tiles + tile) * STATE_TILE, ((k + 1) * tiles + tile) * STATE_TILE,
            intervals, tile * INTERVAL_TILE, missed, tile * TILE, lowest, highest, layer_of,
            step_s, reach, 0.5 * layer_km,
        )  # fmt: skip
    intervals.reshape(tiles, 12, TILE)[:, 9] *= np.float32(narrower)
    table = intervals.reshape(tiles, 12, TILE).transpose(1, 0, 2).reshape(12, -1)[:, :n]
    radius = np.linalg.norm(exact, axis=1)
    good = (highest[:n] >= 0) & (radius > 1000.0).all(axis=1)
    # How far radii go beyond those at the ends and the middle, as a share of what is allowed.
    middle = np.linalg.norm(table[6:9], axis=0)
    known = np.stack([radius[:, 0], middle, radius[:, -1]])
    rounding = 0.5 * GUARD_KM
    below = known.min(axis=0) - (table[10] + reach) + rounding
    above = (table[11] - reach) - known.max(axis=0) + rounding
    swing = np.maximum(
        (known.min(axis=0) - radius.min(axis=1)) / below,
        (radius.max(axis=1) - known.max(axis=0)) / above,
    )
    line = 0.0
    for which in (lowest, highest):
        for layer in np.unique(which[:n][good]):
            rows = np.flatnonzero(good & (which[:n] == layer))
            line = max(line, line_share(intervals, rows, exact, edges, int(layer), step_s))
    share = quintic_share(states, tiles, k, missed, exact, step_s, good)
    return Largest(share, line, float(swing[good].max(initial=0.0)))


def line_share(
    intervals: Array, rows: Array, exact: Array, edges: Array, layer: int, step_s: float
) -> float:
    """Share of their departure that objects take from the line that a layer gives them."""
    members = (rows // TILE * INTERVAL_TILE + rows % TILE).astype(np.uint32)
    lines = np.zeros(LAYER_PLANES * PLANE, np.float32)
    w = np.sqrt(MU / (0.5 * (edges[layer] + edges[layer + 1])) ** 3)
    tau = 0.5 * step_s
    place(intervals, members, 0, len(members), lines, 0.5 / np.cos(w * tau))
    planes = lines.reshape(LAYER_PLANES, PLANE)[:, : len(rows)].astype(float)
    t = tau * np.linspace(-1.0, 1.0, exact.shape[2])
    q = np.tan(w * t) / np.tan(w * tau)
    stated = planes[:3].T[:, :, None] + planes[3:6].T[:, :, None] * q
    off = np.linalg.norm(exact[rows] / np.cos(w * t) - stated, axis=1)
    return float((off.max(axis=1) / planes[6]).max(initial=0.0))


def quintic_share(
    states: Array, tiles: int, k: int, missed: Array, exact: Array, step_s: float, good: Array
) -> float:
    """Share of what quintics are said to miss that they miss, float32 apart."""
    n = len(exact)
    ends = states.reshape(KNOTS, tiles, 6, TILE)[k : k + 2].astype(float)
    x = ends[:, :, :3].transpose(0, 1, 3, 2).reshape(2, -1, 3)[:, :n]
    v = step_s * ends[:, :, 3:].transpose(0, 1, 3, 2).reshape(2, -1, 3)[:, :n]
    r2 = (x**2).sum(axis=2, keepdims=True)
    j2 = 1.5 * 0.001082616 * 6378.135**2 / r2
    ratio = 5.0 * x[:, :, 2:] ** 2 / r2
    a = -(step_s**2) * MU / r2**1.5 * x * (1.0 + j2 * (np.array([1.0, 1.0, 3.0]) - ratio))
    s = np.linspace(0.0, 1.0, exact.shape[2])
    d = x[1] - x[0]
    k3 = 10.0 * d - 6.0 * v[0] - 4.0 * v[1] - 1.5 * a[0] + 0.5 * a[1]
    k4 = -15.0 * d + 8.0 * v[0] + 7.0 * v[1] + 1.5 * a[0] - a[1]
    k5 = 6.0 * d - 3.0 * v[0] - 3.0 * v[1] - 0.5 * a[0] + 0.5 * a[1]
    powers = [x[0], v[0], 0.5 * a[0], k3, k4, k5]
    stated = sum(p[:, :, None] * s**m for m, p in enumerate(powers))
    off = np.linalg.norm(stated - exact, axis=1).max(axis=1)
    room = missed[:n] + 2e-7 * np.linalg.norm(x[0], axis=1)
    return float((off / room)[good].max(initial=0.0))


def edges_of_what_there_is(seed: int) -> MeanElements:
    """Low and decaying, eccentric to 0.9, driven by drag either way, synchronous, far out."""
    rng = np.random.default_rng(seed)
    n = 60
    kinds = [
        (rng.uniform(15.0, 16.4, n), rng.uniform(0.0, 0.01, n), 10.0 ** rng.uniform(-6, -1.5, n)),
        (
            rng.uniform(2.0, 12.0, n),
            rng.uniform(0.1, 0.75, n),
            rng.choice([0, 1e-3, -0.3, 0.3], n),
        ),
        (rng.uniform(0.99, 1.01, n), 10.0 ** rng.uniform(-5, -1, n), np.zeros(n)),
        (rng.uniform(1.9, 2.1, n), rng.uniform(0.5, 0.74, n), np.zeros(n)),
        (rng.uniform(0.1, 0.9, n), rng.uniform(0.0, 0.9, n), np.zeros(n)),
    ]
    rows = []
    for motion, e, bstar in kinds:
        for k in range(n):
            rev = motion[k]
            axis = (MU * (86400.0 / rev / 2.0 / np.pi) ** 2) ** (1 / 3)
            rows.append({
                "mean_motion": rev * 2.0 * np.pi / 1440.0,
                "eccentricity": min(e[k], max(0.0, 1.0 - 6520.0 / axis)),
                "inclination": rng.uniform(0.0, np.pi) if k % 5 else 10.0 ** rng.uniform(-6, -1),
                "raan": rng.uniform(0, 2 * np.pi), "perigee": rng.uniform(0, 2 * np.pi),
                "anomaly": rng.uniform(0, 2 * np.pi), "bstar": bstar[k],
                "day": -rng.uniform(0.0, 5.0),
            })  # fmt: skip
    return elements_of(*rows)


@pytest.mark.parametrize(
    ("step_s", "layer_km"), [(60.0, 40.0), (240.0, 10.0), (300.0, 40.0), (360.0, 40.0)]
)
def test_bounds_hold_for_all_kinds_of_orbits(step_s: float, layer_km: float) -> None:
    found = shares(edges_of_what_there_is(round(step_s)), START_NS, step_s, layer_km)
    assert max(found) < 1.0
    # Nor are they so wide that nothing could exceed them.
    assert found.quintic > 0.3
    assert found.line > 0.3


@pytest.mark.parametrize("name", ["celestrak_on_orbit_20241101", "bg_20191212", "bg_20240616"])
def test_bounds_hold_on_a_real_catalogue(name: str) -> None:
    elements = real_catalogue(name).elements
    some = elements.take(np.arange(EVERY - 1, len(elements), EVERY))
    start = int(np.median(some.epoch_tai_ns))
    found = [shares(some, start + day * NS_PER_DAY, 300.0, 40.0) for day in (0, 6)]
    print(f"{name}: {len(some)} sets, {np.max(found, axis=0)}")  # noqa: T201
    assert np.max(found) < 1.0


def test_a_false_bound_is_seen() -> None:
    some = edges_of_what_there_is(0)
    found = shares(some, START_NS, 300.0, 40.0, narrower=0.3)
    assert found.quintic > 1.0
    assert found.line > 1.0
