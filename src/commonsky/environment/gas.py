"""
How often objects collide, as molecules of a gas do: without chance, and pair by pair where asked.

Nodes, arguments of perigee and anomalies are taken as evenly spread, which secular motion makes
them within months; apsides, inclinations and sizes are the objects' own.  Objects count in shells
by how long they stay there, and in bins of inclination.  Two circular orbits of one height whose
planes make an angle I meet at two places at 2 v sin(I/2); averaged over their nodes that gives

    rate = sigma v / (2 pi² R² dR) <1 / cos(I/2)>.

sigma = pi (r1 + r2)² is a sum of products, so moments of r up to the second are all that must be
kept of each shell and bin.  Fixed stations with phased orbits, such as one constellation's, are
not a gas: they are taken to avoid one another.

Reference: Öpik (1951), Proc. R. Irish Acad. 54A, for the chance that two orbits meet; sums over
moments are ours.  environment.cube tells the same rates by another way.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import numpy as np
from numba import njit

from commonsky.astro.arrays import Floats, Ints
from commonsky.environment.breakup import area_m2
from commonsky.environment.earth import EARTH_RADIUS_KM, MU_KM3_S2

LOWEST_KM, SHELL_KM, SHELLS = 150.0, 25.0, 76
EDGES_KM = LOWEST_KM + SHELL_KM * np.arange(SHELLS + 1)
MIDDLES_KM = 0.5 * (EDGES_KM[1:] + EDGES_KM[:-1])
BINS = 36
MOMENTS = 4  # of the radius: 0, 1 and 2; and what pairs of an object with itself would add
SPEED_KM_S = np.sqrt(MU_KM3_S2 / (EARTH_RADIUS_KM + MIDDLES_KM))
_VOLUME_KM3 = np.diff((EARTH_RADIUS_KM + EDGES_KM) ** 3) / 3.0  # R² dR
_M2_PER_KM2 = 1e6


class Group(IntEnum):
    """Who can avoid whom: by what one can do, and by what others see of it."""

    ACTIVE = 0  # steered, and warned
    TRACKED = 1  # passive, in catalogues
    UNTRACKED = 2  # passive, in none


GROUPS = len(Group)
TRACKED_LENGTH_M = 0.1  # what is longer is taken to be in catalogues
# By the breakup model's law of areas, a hair less, so that rounding hides nothing of 10 cm.
TRACKED_AREA_M2 = float(area_m2(np.array(TRACKED_LENGTH_M))) * (1.0 - 1e-9)
CELLS = GROUPS * BINS  # of a shell


@dataclass(frozen=True, slots=True)
class Avoidance:
    """Which share of collisions is avoided: of active ones with tracked ones, and with others."""

    of_tracked: float = 0.99
    of_active: float = 1.0

    def __post_init__(self) -> None:
        for share in (self.of_tracked, self.of_active):
            if not 0.0 <= share <= 1.0:
                raise ValueError(f"the share of collisions avoided is 0 to 1, not {share}")

    def left(self) -> Floats:
        """(3, 3) share of collisions that happen, by the groups of both."""
        left = np.ones((GROUPS, GROUPS))
        left[Group.ACTIVE, Group.TRACKED] = left[Group.TRACKED, Group.ACTIVE] = (
            1.0 - self.of_tracked
        )
        left[Group.ACTIVE, Group.ACTIVE] = 1.0 - self.of_active
        return left


@dataclass(frozen=True, slots=True)
class Molecules:
    """n objects as a gas sees them, one row each; `weight` is how many a row stands for."""

    perigee_km: Floats
    apogee_km: Floats
    inclination_rad: Floats
    radius_m: Floats
    weight: Floats
    group: np.ndarray[tuple[int], np.dtype[np.int8]]

    def __len__(self) -> int:
        return len(self.weight)


@cache
def geometry() -> Floats:
    """(36, 36) mean of 1/cos(I/2) over nodes, for inclinations spread within bins of 5°."""
    node = np.pi * (np.arange(180) + 0.5) / 180.0
    inside = (np.arange(5) + 0.5) / 5.0
    inclination = np.pi * (np.arange(BINS)[:, None] + inside).ravel() / BINS
    cosine, sine = np.cos(inclination), np.sin(inclination)
    mean = np.zeros((len(inclination), len(inclination)))
    for angle in node:
        mutual = np.outer(cosine, cosine) + np.outer(sine, sine) * np.cos(angle)
        # Planes are turned by perturbations, so no two stay opposite: 0.02 rad is the least.
        mean += 1.0 / np.maximum(np.sqrt(0.5 * (1.0 + mutual)), 0.01) / len(node)
    return np.asarray(mean.reshape(BINS, 5, BINS, 5).mean(axis=(1, 3)), np.float64)


def bins_of(inclination_rad: Floats) -> Ints:
    """(n,) which bin an inclination is in."""
    return np.clip((inclination_rad * (BINS / np.pi)).astype(np.int64), 0, BINS - 1)


@njit(cache=True, nogil=True, inline="always")
def share_below(height_km, axis_km, eccentricity):
    """The share of its time that an object is below a height above the equatorial radius."""
    cosine = (1.0 - (EARTH_RADIUS_KM + height_km) / axis_km) / eccentricity
    if cosine >= 1.0:
        return 0.0
    if cosine <= -1.0:
        return 1.0
    # Abramowitz and Stegun, 4.4.46: arccos to 2e-8, far quicker than the library's.
    x = abs(cosine)
    anomaly = -0.0012624911
    for factor in (
        0.0066700901, -0.0170881256, 0.0308918810, -0.0501743046, 0.0889789874, -0.2145988016,
        1.5707963050,
    ):  # fmt: skip
        anomaly = anomaly * x + factor
    anomaly *= np.sqrt(1.0 - x)
    if cosine < 0.0:
        anomaly = np.pi - anomaly
    return (anomaly - eccentricity * np.sqrt(1.0 - cosine * cosine)) / np.pi


@njit(cache=True, nogil=True)
def _deposit(perigee, apogee, bin_, group, radius, weight, told):
    """Add each object's moments to the shells it stays in, by its time there."""
    for row in range(len(perigee)):
        low, high = perigee[row], apogee[row]
        top = LOWEST_KM + SHELLS * SHELL_KM
        if not (low < top and high > LOWEST_KM and weight[row] > 0.0):
            continue
        first = max(int((low - LOWEST_KM) / SHELL_KM), 0)
        last = int(min((high - LOWEST_KM) / SHELL_KM, SHELLS - 1.0))
        size, g, b = radius[row], group[row], bin_[row]
        axis = EARTH_RADIUS_KM + 0.5 * (low + high)
        eccentricity = max(0.5 * (high - low) / axis, 1e-9)
        below = 0.0
        if low < LOWEST_KM:
            below = share_below(LOWEST_KM, axis, eccentricity)
        for shell in range(first, last + 1):
            share = 1.0 - below
            edge = LOWEST_KM + (shell + 1) * SHELL_KM
            if high >= edge:
                until = share_below(edge, axis, eccentricity)
                share = until - below
                below = until
            part = weight[row] * share
            told[g, shell, b, 0] += part
            told[g, shell, b, 1] += part * size
            told[g, shell, b, 2] += part * size * size
            told[g, shell, b, 3] += part * share * 4.0 * size * size


def moments(gas: Molecules) -> Floats:
    """
    (3, 76, 36, 4) of n objects by group, shell and inclination: the sums over what they stand for
    of share of time times radius to the 0th, 1st and 2nd power, and of the square of twice both.
    """
    told = np.zeros((GROUPS, SHELLS, BINS, MOMENTS))
    _deposit(
        gas.perigee_km, gas.apogee_km, bins_of(gas.inclination_rad), gas.group, gas.radius_m,
        gas.weight, told,
    )  # fmt: skip
    return told


@dataclass(frozen=True, slots=True)
class Rates:
    """
    Collisions per second of objects in a shell, a group and a bin (76, 3, 36) with all others.

    Each collision is told twice, once of either object; `self_per_s` is what pairs of an object
    with itself add to it, by shell.
    """

    moments: Floats
    coupling: Floats
    per_s: Floats
    self_per_s: Floats

    @property
    def by_shell_per_s(self) -> Floats:
        """(76,) collisions per second between all objects in a shell."""
        told = 0.5 * (self.per_s.sum(axis=(1, 2)) - self.self_per_s)
        return np.asarray(np.maximum(told, 0.0), np.float64)

    @property
    def total_per_s(self) -> float:
        """Collisions per second between all objects."""
        return float(self.by_shell_per_s.sum())


def factor_per_s() -> Floats:
    """(76,) collisions per second of two that stay in a shell, with 1 m² for (r1 + r2)²."""
    return np.asarray(np.pi / _M2_PER_KM2 * SPEED_KM_S / (2.0 * np.pi**2 * _VOLUME_KM3))


def rates(gas: Molecules, avoidance: Avoidance) -> Rates:
    """Return how often objects collide."""
    return rates_of(moments(gas), avoidance)


def rates_of(told: Floats, avoidance: Avoidance) -> Rates:
    """Return how often objects collide, from their moments."""
    flat = np.ascontiguousarray(told.transpose(1, 0, 2, 3)).reshape(SHELLS, CELLS, MOMENTS)
    coupling = np.asarray(np.kron(avoidance.left(), geometry()), np.float64)
    per_s, alone = np.zeros((SHELLS, CELLS)), np.zeros(SHELLS)
    _couple(flat, coupling, factor_per_s(), per_s, alone)
    return Rates(flat, coupling, per_s.reshape(SHELLS, GROUPS, BINS), alone)


@njit(cache=True, nogil=True)
def _couple(flat, coupling, factor, per_s, alone):
    """Rates of every cell with all others of its shell; most cells are empty."""
    filled = np.empty(CELLS, np.int64)
    for shell in range(SHELLS):
        count = 0
        for cell in range(CELLS):
            if flat[shell, cell, 0] > 0.0:
                filled[count] = cell
                count += 1
        for p in range(count):
            one = filled[p]
            zeroth = first = second = 0.0
            for q in range(count):
                other = filled[q]
                by = coupling[one, other]
                zeroth += by * flat[shell, other, 0]
                first += by * flat[shell, other, 1]
                second += by * flat[shell, other, 2]
            mine = flat[shell, one]
            per_s[shell, one] = factor[shell] * (
                mine[2] * zeroth + 2.0 * mine[1] * first + mine[0] * second
            )
            alone[shell] += factor[shell] * mine[3] * coupling[one, one]
