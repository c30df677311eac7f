"""Which of many points are near each other."""

from __future__ import annotations

from itertools import product

import numpy as np

from commonsky.astro.arrays import Floats, Ints

# Half of the cells around one, and itself: the other half finds the same pairs.
AROUND = [step for step in product((-1, 0, 1), repeat=3) if step >= (0, 0, 0)]
ROOM = 1 << 20  # cells along each axis, after which they count from the first again


def pairs_within(position_km: Floats, reach_km: float) -> tuple[Ints, Ints]:
    """
    (k,) rows of each pair of points (n, 3) at most so far apart, the lower row first.

    Points that are no numbers, or so far off that they tell no distance, are near nothing.
    """
    told = np.abs(position_km) < reach_km / np.finfo(np.float64).eps
    rows = np.flatnonzero(told.all(axis=1))
    cell = np.floor(position_km[rows] / reach_km).astype(np.int64)
    order = np.argsort(_key(cell), kind="stable")
    rows, cell = rows[order], cell[order]
    found = [_within(position_km, reach_km, rows, cell, step) for step in AROUND]
    one = np.concatenate([first for first, _ in found])
    other = np.concatenate([second for _, second in found])
    return np.minimum(one, other), np.maximum(one, other)


def _key(cell: Ints) -> Ints:
    x, y, z = (cell % ROOM).T
    return (x * ROOM + y) * ROOM + z


def _within(
    position_km: Floats, reach_km: float, rows: Ints, cell: Ints, step: tuple[int, ...]
) -> tuple[Ints, Ints]:
    """Pairs of points, the second of which is in the cell a step from that of the first."""
    key, there = _key(cell), _key(cell + np.array(step))
    begin = np.searchsorted(key, there, side="left")
    end = np.searchsorted(key, there, side="right")
    if step == (0, 0, 0):
        begin = np.arange(1, len(key) + 1)
    count = np.maximum(end - begin, 0)
    one = np.repeat(np.arange(len(key)), count)
    other = np.arange(len(one)) - np.repeat(np.cumsum(count) - count - begin, count)
    one, other = rows[one], rows[other]
    near = ((position_km[one] - position_km[other]) ** 2).sum(axis=1) <= reach_km**2
    return one[near], other[near]
