"""
States that element sets tell of days about their own epochs: many sets, each near its own time.

`commonsky.astro.sgp4` takes all sets to the same moments.  A history's lie years apart, so here
each has its minutes counted from its own epoch, and its resonances integrated for a few days.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.kernels import kernel
from commonsky.astro.sgp4_layout import NODE, STEP_MIN
from commonsky.astro.sgp4_resonance import integrate
from commonsky.astro.sgp4_single import deep_state, near_state
from commonsky.characterise.prediction import Theory

NS_PER_MIN: Final = 6e10
MIN_PER_DAY: Final = 1440.0


class SetStates(NamedTuple):
    """Coefficients of n sets with the nodes of their resonances, for a kernel."""

    near: Floats
    deep: Floats
    nodes: Floats
    row: Ints
    is_deep: np.ndarray[tuple[int], np.dtype[np.bool_]]
    first_node: int
    epoch_tai_ns: Ints


def set_states(coefficients: Theory, epoch_tai_ns: Ints, reach_days: float) -> SetStates:
    """Make sets ready for times that are `reach_days` at most from their own epochs."""
    last = math.ceil(reach_days * MIN_PER_DAY / STEP_MIN)
    count = len(coefficients.deep)
    nodes = np.zeros((count, 2 * last + 1, NODE))
    ends = np.full(count, last, np.int64)
    integrate(coefficients.deep, -ends, ends, nodes)
    return SetStates(
        coefficients.near, coefficients.deep, nodes, coefficients.row, coefficients.is_deep,
        -last, epoch_tai_ns,
    )  # fmt: skip


@kernel()
def state_at(sets: SetStates, k: int, at_tai_ns: int) -> tuple[float, ...]:
    """Position and velocity of set k at a time (km, km/s, TEME of date; nan if none), status."""
    minutes = (at_tai_ns - sets.epoch_tai_ns[k]) / NS_PER_MIN
    if sets.is_deep[k]:
        o = sets.row[k]
        return deep_state(sets.deep[o], sets.nodes[o], sets.first_node, minutes)
    return near_state(sets.near[sets.row[k]], minutes)


@kernel()
def separation_km(sets: SetStates, one: int, other: int, at_tai_ns: int) -> float:
    """Distance between what two sets say at a time."""
    a, b = state_at(sets, one, at_tai_ns), state_at(sets, other, at_tai_ns)
    x, y, z = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    return math.sqrt(x * x + y * y + z * z)


@kernel()
def states(sets: SetStates, which: Ints, at_tai_ns: Ints, out: Floats) -> None:
    """States (k, 6) of the sets `which` at times (k,)."""
    for i in range(len(which)):
        s = state_at(sets, which[i], at_tai_ns[i])
        for c in range(6):
            out[i, c] = s[c]


@kernel()
def closest(
    sets: SetStates, one: int, other: int, start_tai_ns: int, stop_tai_ns: int, points: int
) -> tuple[int, float]:
    """Time and distance of the closest approach between two times, which `points` sample."""
    step = (stop_tai_ns - start_tai_ns) // (points - 1)
    best, least = 0, np.inf
    for i in range(points):
        found = separation_km(sets, one, other, start_tai_ns + i * step)
        if found < least:
            best, least = i, found
    low = float(max(best - 1, 0)) * step
    high = float(min(best + 1, points - 1)) * step
    golden = 0.6180339887498949
    c, d = high - golden * (high - low), low + golden * (high - low)
    fc = separation_km(sets, one, other, start_tai_ns + int(c))
    fd = separation_km(sets, one, other, start_tai_ns + int(d))
    while high - low > 1e8:  # a tenth of a second
        if fc < fd:
            high, d, fd = d, c, fc
            c = high - golden * (high - low)
            fc = separation_km(sets, one, other, start_tai_ns + int(c))
        else:
            low, c, fc = c, d, fd
            d = low + golden * (high - low)
            fd = separation_km(sets, one, other, start_tai_ns + int(d))
    at = start_tai_ns + int(0.5 * (low + high))
    found = separation_km(sets, one, other, at)
    if found < least:
        return at, found
    return start_tai_ns + best * step, least
