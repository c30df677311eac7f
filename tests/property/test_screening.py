"""The parts of the sieve against what they stand for, written plainly."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats
from commonsky.astro.kernels import kernel
from commonsky.screen.interval import layer_edges
from commonsky.screen.layer import arrange, cells, count_sort, largest, pseudo_angle
from commonsky.screen.pair import polynomial_minimum, slow_speed_km_s
from commonsky.screen.revolution import once_per_revolution
from commonsky.screen.sieve import everyone, gap, neighbours
from commonsky.screen.sweep import arrange_layer, rough_members
from commonsky.screen.tiles import HIGHEST_RADIUS_KM, LAYER_PLANES, LOWEST_RADIUS_KM, PLANE
from commonsky.screen.volume import Shape, Volume

Pairs = set[tuple[int, int]]
Lines = NDArray[np.float32]


@kernel(cache=False)
def one_gap(lines: Any, u: Any, member: Any, limit: Any) -> Any:
    x, y, z, a, b, c = member[0], member[1], member[2], member[3], member[4], member[5]
    return gap(lines, u, x, y, z, a, b, c, limit, member[7], member[8])


@kernel(cache=False)
def one_angle(x: Any, y: Any) -> Any:
    return pseudo_angle(x, y)


def layer_of_lines(seed: int, count: int, radius_km: float, chord_km: float) -> Lines:
    """Lines about a shell: P, Q, departure, lowest and highest radius, |Q|; some in a crowd."""
    rng = np.random.default_rng(seed)
    lines = np.zeros((LAYER_PLANES, PLANE), np.float32)
    way = rng.normal(size=(count, 3))
    way[: count // 2] = way[0] + rng.normal(size=(count // 2, 3)) * 0.01
    way[-3:] = np.array([[0.0, 0.0, 1.0], [0.0, 1e-5, -1.0], [-1.0, 0.0, 0.0]])
    lines[:3, :count] = (radius_km * way / np.linalg.norm(way, axis=1, keepdims=True)).T
    lines[3:6, :count] = chord_km * rng.normal(size=(3, count))
    lines[6, :count] = rng.choice([0.0, 0.5, 30.0], count)
    middle = radius_km + rng.uniform(-30.0, 30.0, count)
    half = rng.uniform(0.0, 40.0, count)
    lines[7, :count], lines[8, :count] = middle - half, middle + half
    lines[9, :count] = np.linalg.norm(lines[3:6, :count], axis=0)
    return lines


def near(lines: Lines, count: int, limit: float) -> tuple[Pairs, Pairs]:
    """Pairs that must be found, and that may be; least distances in float64."""
    p, q = (lines[k : k + 3, :count].T.astype(np.float64) for k in (0, 3))
    i, j = np.triu_indices(count, 1)
    d, a = p[j] - p[i], q[j] - q[i]
    along = -np.einsum("nc,nc->n", d, a) / np.maximum(np.einsum("nc,nc->n", a, a), 1e-300)
    least = np.linalg.norm(d + np.clip(along, -1.0, 1.0)[:, None] * a, axis=1)
    room = limit + lines[6, i].astype(np.float64) + lines[6, j]
    overlap = (lines[7, i] <= lines[8, j]) & (lines[7, j] <= lines[8, i])
    must = overlap & (least < room)
    may = overlap & (least < room + 0.5 + 2e-3 * np.linalg.norm(p[i], axis=1))
    return pairs_of(i[must], j[must]), pairs_of(i[may], j[may])


def pairs_of(first: NDArray[np.int64], second: NDArray[np.int64]) -> Pairs:
    return set(zip(first.tolist(), second.tolist(), strict=True))


def examined(lines: Lines, hits: np.ndarray, found: int, order: np.ndarray, limit: float) -> Pairs:
    """Pairs of members in the runs with a hit that pass the test themselves."""
    flat = lines.ravel()
    pairs = set()
    for p, s0, s1 in hits[:found].tolist():
        for u in range(s0, s1):
            mine = lines[:9, p].copy()
            value = one_gap(flat, np.uint64(u), mine, np.float32(limit) + mine[6])
            if u != p and value < 0:
                one, other = int(order[p]), int(order[u])
                pairs.add((min(one, other), max(one, other)))
    return pairs


@settings(max_examples=40)
@given(
    st.integers(0, 10**6), st.integers(100, 260), st.sampled_from([6700.0, 8000.0, 42164.0]),
    st.sampled_from([1.0, 300.0, 1500.0]), st.sampled_from([1.1, 5.1, 51.0]),
    st.sampled_from([1.0, 1e9]),
)  # fmt: skip
@example(1, 100, 6700.0, 1500.0, 51.0, 1e9)
def test_no_near_line_is_left_out(
    seed: int,
    count: int,
    radius_km: float,
    chord_km: float,
    limit: float,
    most_departure: float,
) -> None:
    """Neighbours in bands and sectors, and everyone with everyone, find the same: all."""
    lines = layer_of_lines(seed, count, radius_km, chord_km)
    must, may = near(lines, count, limit)
    arranged = np.zeros_like(lines)
    key, order = np.empty(PLANE, np.int32), np.empty(PLANE, np.uint32)
    cell, window = np.empty(2**18, np.int32), np.empty(2 * PLANE, np.int32)
    bands, sectors = arrange_layer(
        lines.ravel(), arranged.ravel(), count, np.float32(limit), radius_km * 1.01,
        np.float32(most_departure), np.float32(1e9), key, cell, order, window,
    )  # fmt: skip
    hits, statistics = np.empty((10**5, 3), np.int64), np.zeros(4, np.int64)
    found = neighbours(
        arranged.ravel(), bands, sectors, cell, window, np.float32(limit), hits, statistics
    )
    sieved = examined(arranged, hits, found, order, limit)
    # Rough members are for `everyone`.
    chosen = np.empty(PLANE, np.int64)
    picked = rough_members(
        lines.ravel(), count, np.float32(most_departure), np.float32(1e9), chosen
    )
    rough = set(chosen[:picked].tolist())
    assert rough == {u for u in range(count) if lines[6, u] > most_departure}
    smooth = {pair for pair in must if not rough & set(pair)}
    assert smooth <= sieved <= may
    nobody = np.zeros(0, np.int64)
    found = everyone(lines.ravel(), count, nobody, np.float32(limit), hits, statistics)
    same = examined(lines, hits, found, np.arange(PLANE), limit)
    assert must <= same <= may
    assert sieved <= same
    assert {pair for pair in same if not rough & set(pair)} <= sieved
    chosen = np.arange(0, count, 7)
    found = everyone(lines.ravel(), count, chosen, np.float32(limit), hits, statistics)
    some = examined(lines, hits, found, np.arange(PLANE), limit)
    assert some == {pair for pair in same if pair[0] % 7 == 0 or pair[1] % 7 == 0}


@given(st.integers(0, 10**6), st.integers(1, 400), st.integers(1, 40), st.integers(1, 64))
def test_members_are_sorted_into_cells(seed: int, count: int, bands: int, sectors: int) -> None:
    lines = layer_of_lines(seed, max(count, 4), 7000.0, 10.0).ravel()
    key, order = np.empty(count, np.int32), np.empty(count, np.uint32)
    cell = np.empty(bands * sectors + 2, np.int32)
    cells(lines, count, key, 7001.0, 14002.0 / bands, bands, sectors)
    assert (key >= 0).all()
    assert (key < bands * sectors).all()
    count_sort(key, count, cell, bands * sectors, order)
    assert sorted(order.tolist()) == list(range(count))
    for q in range(bands * sectors):
        assert (key[order[cell[q] : cell[q + 1]]] == q).all()


def test_window_holds_all_within_reach() -> None:
    rng = np.random.default_rng(8)
    count, sectors = 2000, 512
    lines = layer_of_lines(3, count, 7000.0, 200.0)
    arranged, window = np.zeros_like(lines), np.empty(2 * PLANE, np.int32)
    order = np.arange(PLANE).astype(np.uint32)
    reach = 40.0
    arrange(lines.ravel(), count, order, arranged.ravel(), window, reach, sectors)
    for u in rng.integers(0, count, 500).tolist():
        room = reach + lines[6, u] + lines[9, u]
        for angle in np.linspace(0.0, 6.28, 40):
            x, y = lines[:2, u] + np.float32(0.9999 * room) * np.array(
                [math.cos(angle), math.sin(angle)], np.float32
            )
            sector = min(int(one_angle(np.float32(x), np.float32(y)) * sectors / 4.0), sectors - 1)
            first, last = int(window[u]), int(window[PLANE + u])
            if first <= last:
                assert first <= sector <= last
            else:
                assert sector >= first or sector <= last


@given(st.floats(0.0, 6.2831), st.floats(1.0, 1e5))
@example(0.0, 7000.0)
@example(math.pi, 7000.0)
def test_pseudo_angle_grows_with_the_angle(angle: float, radius: float) -> None:
    at = [
        one_angle(np.float32(radius * math.cos(a)), np.float32(radius * math.sin(a)))
        for a in (angle, angle + 1e-3)
    ]
    assert 0.0 <= at[0] <= 4.0
    assert at[1] > at[0] or angle + 1e-3 > 6.283


@given(st.lists(st.floats(0.0, 1e6, width=32), min_size=1, max_size=50), st.integers(0, 5))
def test_largest(values: list[float], before: int) -> None:
    table = np.r_[np.full(before, 1e9), values].astype(np.float32)
    bits = table.view(np.int32)
    assert largest(bits, before, len(values)) == max(table[before:].view(np.int32))


@pytest.mark.parametrize("thickness_km", [5.0, 10.0, 40.0, 60.0])
def test_layers_cover_all_radii_once(thickness_km: float) -> None:
    edges, layer_of = layer_edges(thickness_km)
    assert edges[0] == LOWEST_RADIUS_KM
    assert edges[-1] > HIGHEST_RADIUS_KM
    assert (np.diff(edges) >= thickness_km).all()
    assert (np.diff(layer_of) >= 0).all()
    radii = np.arange(6302.5, HIGHEST_RADIUS_KM, 5.0)
    layer = layer_of[(radii / 5.0).astype(int)]
    assert (edges[layer] <= radii).all()
    assert (radii < edges[layer + 1]).all()
    # What `prepare` takes a layer's middle to be away from all in it.
    half = 0.5 * np.diff(edges)
    assert (half <= np.maximum(0.5 * thickness_km, 0.0105 * edges[:-1])).all()


coefficients = st.lists(
    st.lists(st.floats(-3.0, 3.0), min_size=6, max_size=6), min_size=3, max_size=3
)


@given(coefficients, st.floats(0.0, 1.0))
def test_minimum_of_a_relative_quintic(rest: list[list[float]], start: float) -> None:
    """Where the distance falls at 0 and grows at 1, a minimum between is found."""
    k: Floats = np.array(rest)
    k[:, 1] *= 20.0
    k[:, 0] = -k[:, 1] * 0.4 + 0.1 * k[:, 0]

    def place(s: float) -> Floats:
        return np.asarray(k @ s ** np.arange(6.0))

    def rate(s: float) -> float:
        m = np.arange(1.0, 6.0)
        return float(place(s) @ (k[:, 1:] @ (m * s ** (m - 1.0))))

    if not rate(0.0) < 0.0 <= rate(1.0):
        return
    s, squared = polynomial_minimum(k, start, 300.0)
    assert 0.0 <= s <= 1.0
    assert math.isclose(
        squared, float(np.sum(sum(k[:, m] * s**m for m in range(6)) ** 2)), abs_tol=0.1
    )
    # A root: the rate changes its sign there.
    assert rate(s - 1e-5) < 0.0 < rate(s + 1e-5) or abs(rate(s)) < 1e-2


minima = st.lists(
    st.tuples(
        st.integers(0, 2), st.floats(0.0, 1440.0), st.floats(0.0, 5.0),
        st.sampled_from([0.01, 0.2]),
    ),
    max_size=60,
)  # fmt: skip


@given(minima)
def test_slow_pairs_once_a_revolution(rows: list[tuple[int, float, float, float]]) -> None:
    first = np.array([row[0] for row in rows], np.int64)
    minute, miss, speed = (np.array([row[c] for row in rows], float) for c in (1, 2, 3))
    period = np.array([90.0, 100.0, 1436.0, 1500.0])
    keep = once_per_revolution(first, first + 1, minute, miss, speed, period)
    assert keep[speed >= 0.1].all()
    slow = speed < 0.1
    for pair in range(3):
        mine = np.flatnonzero((first == pair) & slow)
        kept = mine[keep[mine]]
        revolution = 0.9 * period[pair]
        assert (np.diff(np.sort(minute[kept])) >= revolution).all()
        for k in mine:
            close = kept[np.abs(minute[kept] - minute[k]) < revolution]
            assert len(close) > 0
            assert miss[close].min() <= miss[k]


@given(
    st.lists(st.tuples(*[st.floats(-60.0, 60.0)] * 3), min_size=1, max_size=20),
    st.tuples(*[st.floats(0.1, 50.0)] * 3),
)
def test_volumes_nest(
    places: list[tuple[float, float, float]], axes: tuple[float, float, float]
) -> None:
    where: Floats = np.array(places)
    ellipsoid, box = Volume(axes), Volume(axes, Shape.BOX)
    assert (ellipsoid.holds(where) <= box.holds(where)).all()
    for volume in (ellipsoid, box):
        sphere = Volume.sphere(volume.bounding_radius_km * (1.0 + 1e-12))
        assert (volume.holds(where) <= sphere.holds(where)).all()
        assert (volume.holds(where) == volume.holds(-where)).all()
    inner = Volume.sphere(min(axes) * (1.0 - 1e-12))
    assert (inner.holds(where) <= ellipsoid.holds(where)).all()
    assert not ellipsoid.holds(np.array([[axes[0], 0.0, 0.0]]))[0]


@pytest.mark.parametrize(
    "axes", [(0.0, 1.0, 1.0), (-1.0, 1.0, 1.0), (math.nan, 1.0, 1.0), (math.inf, 1.0, 1.0)]
)
def test_volumes_that_are_none(axes: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="positive"):
        Volume(axes)
    with pytest.raises(ValueError, match="one radius"):
        Volume((1.0, 2.0, 1.0), Shape.SPHERE)


@given(st.floats(0.1, 500.0), st.integers(0, 10**6))
def test_a_fast_pair_turns_once_at_most(distance_km: float, seed: int) -> None:
    """
    What the sieve relies on: relative motion in a central field of any radius from 6,300 km on.

    A largest range within 360 s of a minimum below D, in a pair that is fast all the same?
    """
    rng = np.random.default_rng(seed)
    n = math.sqrt(398600.8 / rng.uniform(6300.0, 7000.0) ** 3)
    # Tidal accelerations, whose axis turns with the orbit; eigenvalues 2, -1, -1 times n^2.
    t = np.arange(0.0, 361.0, 2.0)
    d = rng.normal(size=3)
    d *= distance_km * rng.uniform(0.5, 1.2) / np.linalg.norm(d)
    v = np.cross(d, rng.normal(size=3))
    v *= n * np.linalg.norm(d) * rng.uniform(0.0, 1.0) / np.linalg.norm(v)
    states = []
    for moment in t:
        axis = np.array([math.cos(n * moment), math.sin(n * moment), 0.0])
        states.append(np.r_[d, v])
        pull = n * n * (3.0 * (axis @ d) * axis - d)
        v = v + 2.0 * pull
        d = d + 2.0 * v
    ranges = np.linalg.norm(np.array(states)[:, :3], axis=1)
    top = int(ranges.argmax())
    falls = (ranges[:-1] > ranges[1:]) & (ranges[1:] < distance_km)
    if 0 < top < len(t) - 1 and falls.any():
        assert np.linalg.norm(states[-1][:3] - states[0][:3]) / 360.0 < slow_speed_km_s(
            distance_km
        )
