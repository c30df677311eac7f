"""
Which objects collide: pairs drawn as often as environment.gas says that they meet.

A draw takes a shell and a cell of it, then a cell to collide with, then an object out of each, all
by the shares that they have of the rate; so each pair comes as often as it should, and what is
averaged over pairs needs no further weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.environment.breakup import catastrophic
from commonsky.environment.earth import EARTH_RADIUS_KM
from commonsky.environment.gas import (
    BINS,
    GROUPS,
    LOWEST_KM,
    SHELL_KM,
    SHELLS,
    SPEED_KM_S,
    Molecules,
    Rates,
    bins_of,
    share_below,
)

_NODES = 16


@dataclass(frozen=True, slots=True)
class Meetings:
    """k collisions: rows of both objects, the shell they meet in, and how fast."""

    first: Ints
    second: Ints
    shell: Ints
    speed_km_s: Floats

    def __len__(self) -> int:
        return len(self.first)

    def catastrophic(self, mass_kg: Floats) -> NDArray[np.bool_]:
        """(k,) whether 40 J for each gram of the heavier one are reached."""
        return catastrophic(mass_kg[self.first], mass_kg[self.second], self.speed_km_s)


@njit(cache=True, nogil=True)
def _chosen(perigee, apogee, bin_, group, radius, weight, target, first, lowest, highest, told):
    """Give every target of a cell the object at which the cell's running sum reaches it."""
    place = first.copy()
    running = np.zeros(len(first))
    for row in range(len(perigee)):
        low, high = perigee[row], apogee[row]
        if not (low < LOWEST_KM + SHELLS * SHELL_KM and high > LOWEST_KM and weight[row] > 0.0):
            continue
        bottom = max(int((low - LOWEST_KM) / SHELL_KM), lowest[group[row], bin_[row]])
        top = int(min((high - LOWEST_KM) / SHELL_KM, highest[group[row], bin_[row]]))
        axis = EARTH_RADIUS_KM + 0.5 * (low + high)
        eccentricity = max(0.5 * (high - low) / axis, 1e-9)
        for shell in range(bottom, top + 1):
            base = ((shell * GROUPS + group[row]) * BINS + bin_[row]) * 3
            if (
                place[base] >= first[base + 1]
                and place[base + 1] >= first[base + 2]
                and place[base + 2] >= first[base + 3]
            ):
                continue
            edge = LOWEST_KM + shell * SHELL_KM
            share = share_below(edge + SHELL_KM, axis, eccentricity)
            share = (share - share_below(edge, axis, eccentricity)) * weight[row]
            for power in range(3):
                running[base + power] += share
                while (
                    place[base + power] < first[base + power + 1]
                    and target[place[base + power]] <= running[base + power]
                ):
                    told[place[base + power]] = row
                    place[base + power] += 1
                share *= radius[row]


def _wanted(first: Ints) -> tuple[Ints, Ints]:
    """(3, 36) the lowest and highest shell in which something is wanted of a group and a bin."""
    some = np.diff(first).reshape(SHELLS, GROUPS, BINS, 3).sum(axis=3) > 0
    lowest = np.where(some.any(axis=0), some.argmax(axis=0), SHELLS)
    highest = SHELLS - 1 - some[::-1].argmax(axis=0)
    return lowest, np.where(some.any(axis=0), highest, -1)


def meetings(gas: Molecules, rates: Rates, count: int, rng: np.random.Generator) -> Meetings:
    """
    Draw `count` collisions between objects; fewer come, where one would be with itself.

    The mean number over the draws is the rate's of all pairs, those of an object with itself
    included: whoever weighs draws takes the rate over 2 and drops what does not come.
    """
    cells = rates.per_s.reshape(-1)
    if count == 0 or cells.sum() <= 0.0:
        none = np.zeros(0, np.int64)
        return Meetings(none, none, none, np.zeros(0))
    drawn = _drawn(cells, count, rng)
    shell, one = np.divmod(drawn, GROUPS * BINS)
    flat = rates.moments[shell]
    row = np.arange(count)
    # The terms of (r1 + r2)²: what the other cell gives of the power that this one leaves.
    coupled = rates.coupling[one][:, :, None] * flat[:, :, [2, 1, 0]] * (1.0, 2.0, 1.0)
    own = flat[row, one][:, None, :3]
    term = _drawn_rows((coupled * own).reshape(count, -1), rng)
    other, power = np.divmod(term, 3)
    ends = np.concatenate([(shell * GROUPS * BINS + one) * 3 + power,
                           (shell * GROUPS * BINS + other) * 3 + (2 - power)])  # fmt: skip
    sums = np.concatenate([flat[row, one, power], flat[row, other, 2 - power]])
    rows = _objects(gas, ends, sums * rng.random(2 * count))
    first, second = rows[:count], rows[count:]
    good = (first >= 0) & (second >= 0) & (first != second)
    first, second, shell = first[good], second[good], shell[good]
    return Meetings(first, second, shell, _speeds_km_s(gas, first, second, shell, rng))


def _drawn(weights: Floats, count: int, rng: np.random.Generator) -> Ints:
    """Draw places by weight, evenly over the whole range: quieter than one by one."""
    summed = np.cumsum(weights)
    even = (np.arange(count) + rng.random(count)) / count
    found = np.searchsorted(summed, even * summed[-1], side="right")
    return np.minimum(found, len(weights) - 1)


def _drawn_rows(weights: Floats, rng: np.random.Generator) -> Ints:
    """Draw one place of each row by weight."""
    summed = np.cumsum(weights, axis=1)
    target = rng.random(len(weights)) * summed[:, -1]
    return np.minimum((summed <= target[:, None]).sum(axis=1), weights.shape[1] - 1)


def _objects(gas: Molecules, cell: Ints, target: Floats) -> Ints:
    """Rows of the objects at which the sums of these cells reach their targets; -1 for none."""
    order = np.lexsort((target, cell))
    size = SHELLS * GROUPS * BINS * 3
    first = np.searchsorted(cell[order], np.arange(size + 1))
    told = np.full(len(cell), -1, np.int64)
    _chosen(
        gas.perigee_km, gas.apogee_km, bins_of(gas.inclination_rad), gas.group, gas.radius_m,
        gas.weight, target[order], first, *_wanted(first), told,
    )  # fmt: skip
    back = np.empty_like(told)
    back[order] = told
    return back


def _speeds_km_s(
    gas: Molecules, first: Ints, second: Ints, shell: Ints, rng: np.random.Generator
) -> Floats:
    """Speeds at which they meet, over differences of node as often as those meet."""
    node = rng.uniform(0.0, np.pi, (len(first), _NODES))
    one, other = gas.inclination_rad[first], gas.inclination_rad[second]
    cosine = (np.cos(one) * np.cos(other))[:, None]
    cosine = cosine + (np.sin(one) * np.sin(other))[:, None] * np.cos(node)
    half = np.maximum(np.sqrt(np.clip(0.5 * (1.0 + cosine), 0.0, 1.0)), 0.01)
    chosen = _drawn_rows(1.0 / half, rng) if len(first) else np.zeros(0, np.int64)
    half = half[np.arange(len(first)), chosen]
    return np.asarray(2.0 * SPEED_KM_S[shell] * np.sqrt(1.0 - half**2), np.float64)
