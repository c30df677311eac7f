"""Which of many points are near each other."""

from __future__ import annotations

from itertools import product

import numpy as np

from commonsky.astro.arrays import Floats, Ints

# Half of the cells around one, and itself: the other half finds the same pairs.
AROUND = [step for step in product((-1, 0, 1), repeat=3) if step >= (0, 0, 0)]
ROOM = 1 << 20  # cells along each axis


def pairs_within(position_km: Floats, reach_km: float) -> tuple[Ints, Ints]:
    """
    (k,) rows of each pair of points (n, 3) at most so far apart, the lower row first.

    Points that are no numbers are near nothing.
    """
    rows = np.flatnonzero(np.isfinite(position_km).all(axis=1))
    cell = np.floor(position_km[rows] / reach_km).astype(np.int64)
    if len(rows):
        cell -= cell.min(axis=0) - 1
        if int(cell.max()) + 1 >= ROOM:
            raise ValueError(
                f"points {cell.max() * reach_km:.3g} km apart are too far for a reach of "
                f"{reach_km:g} km"
            )
    key = (cell[:, 0] * ROOM + cell[:, 1]) * ROOM + cell[:, 2]
    order = np.argsort(key, kind="stable")
    rows, key = rows[order], key[order]
    found = [_within(position_km, reach_km, rows, key, step) for step in AROUND]
    one = np.concatenate([first for first, _ in found])
    other = np.concatenate([second for _, second in found])
    return np.minimum(one, other), np.maximum(one, other)


def _within(
    position_km: Floats, reach_km: float, rows: Ints, key: Ints, step: tuple[int, ...]
) -> tuple[Ints, Ints]:
    """Pairs of points, the second of which is in the cell a step from that of the first."""
    there = key + (step[0] * ROOM + step[1]) * ROOM + step[2]
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
