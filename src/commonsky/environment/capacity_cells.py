"""
The cells of environment.capacity, how fast drag empties them, and where fragments come to be.

A cell is a shell of 50 km that holds the perigee, a range of the difference of the apsides, and a
class of ballistic coefficient.  Sinking only ever leads to a lower perigee or a smaller
difference, which `capacity_rates` makes use of.

What was placed in a cell lies anywhere in it, what sank into it came in at its upper edge and
takes longer to leave.  Told apart, both stay as long as they should on average; lumped together,
debris that is made at 800 km would last half as long again.
"""

from __future__ import annotations

import math
from enum import IntEnum
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.environment.breakup import Fragments, Parent, collision, explosion
from commonsky.environment.density import density_table
from commonsky.environment.drag import FAR_KM, LOG_SCALE, ballistic_m2_kg, drag_table
from commonsky.environment.earth import EARTH_RADIUS_KM, MU_KM3_S2, YEAR_S

LOWEST_KM, WIDTH_KM, SHELLS = 200.0, 50.0, 36
EDGES_KM = np.linspace(LOWEST_KM, LOWEST_KM + SHELLS * WIDTH_KM, SHELLS + 1)
# Circles, all but circles, ellipses, those up to the top of low orbit, transfer orbits.
DIFFERENCES_KM = np.array([0.0, 15.0, 60.0, 400.0, 2500.0, 60_000.0])
BINS = len(DIFFERENCES_KM) - 1
CELLS = SHELLS * BINS
BALLISTIC_M2_KG = np.array([0.01, 0.05, 0.25, 1.25])
CLASSES = len(BALLISTIC_M2_KG)
STEPS_PER_YEAR = 2
STEP_YEARS = 1.0 / STEPS_PER_YEAR
SMALLEST_M = 0.1
_MONTHS = 12 // STEPS_PER_YEAR
_LIFT_KM = 8.5  # how much lower than the equator the ellipsoid is, on average over inclinations
_INCLINATION_RAD = 1.3
SOFT_KM = 20.0  # of the spacing of differences in environment.drag
_NODES, _PARTS = 5, 8


class Species(IntEnum):
    """What objects do, and what can be done to them."""

    ACTIVE = 0
    DERELICT = 1  # whole, and no longer steered
    DEBRIS = 2  # of 10 cm and more


class Kind(IntEnum):
    """Species by how large and heavy they are: as at the start, or as what they came from."""

    ACTIVE = 0
    DERELICT = 1  # of the start, and stages
    RETIRED = 2  # active ones before
    DEBRIS = 3  # of the start
    FRAGMENT = 4


KINDS = len(Kind)
IS_OF = np.eye(3)[[0, 1, 1, 2, 2]]  # (5, 3) which kind is of which species


class Laws(NamedTuple):
    """
    What a step of half a year does; rows follow the Sun, and begin again after the last.

    `keep` and `through` (rows, 2, 180, 4), of what was placed and what sank, are the shares of
    what is there, and of what comes evenly within the step, that are there at its end; `shrinks`
    (rows, 2, 180) of those who leave go inwards.  `last` (180,) is the shell above those that
    objects of a cell come to, `stays` (36, 180) is `residence` turned round.  `scattered`
    (2, 36, 720) are shares of fragments of collisions and explosions by cell and class, `missing`
    (2, 36) what finds none.  `rates` and `weights` are as in `ShellPopulation`, with avoidance;
    of collisions, an object of the first kind does not outlive `gone` (5, 5, 36), and `crippled`
    (5, 36) leave of an active one a derelict.  `disposal` (180, 4, 4) are cells in which disposed
    ones are left to sink, -1 for none; `missions` are their years, the share disposed of, and that
    of these down at once.  `bursts` (5,) is how many fragments one leaves in a step by exploding.
    """

    keep: Floats
    through: Floats
    shrinks: Floats
    residence: Floats
    last: Ints
    stays: Floats
    scattered: Floats
    missing: Floats
    rates: Floats
    weights: Floats
    gone: Floats
    crippled: Floats
    launched: Floats
    disposal: Ints
    missions: tuple[float, float, float]
    worth_kg: Floats
    explosions: Floats
    bursts: Floats
    removals: float


class Told(NamedTuple):
    """Rows of years to fill: (m, 5), (m, 5, 36), and what came about in each year (m, 8)."""

    numbers: Floats
    by_shell: Floats
    sums: Floats


def cells_of(perigee_km: Floats, apogee_km: Floats) -> Ints:
    """(n,) cells: 5 times the shell plus the range; -1 below 200 km, and nothing is above 2000."""
    shell = np.floor((perigee_km - LOWEST_KM) / WIDTH_KM).astype(np.int64)
    wide = np.searchsorted(DIFFERENCES_KM, apogee_km - perigee_km, side="right") - 1
    return np.where(shell < 0, -1, shell * BINS + np.clip(wide, 0, BINS - 1))


def class_shares(ballistic: Floats) -> Floats:
    """(n, 4) shares of classes that leave the mean of 1/B, and so that of lifetimes, as it is."""
    nodes = 1.0 / BALLISTIC_M2_KG
    inverse = np.clip(1.0 / ballistic, nodes[-1], nodes[0])
    low = np.clip(np.searchsorted(-nodes, -inverse, side="right") - 1, 0, CLASSES - 2)
    share = (inverse - nodes[low + 1]) / (nodes[low] - nodes[low + 1])
    told = np.zeros((len(ballistic), CLASSES))
    row = np.arange(len(ballistic))
    told[row, low], told[row, low + 1] = share, 1.0 - share
    return told


@cache
def _nodes() -> tuple[Floats, Floats, Floats]:
    """Fluxes, differences (25,), and logs of the rates of both apsides (m, 181, 25, 2) in km/s."""
    height = EDGES_KM[0] + 10.0 * np.arange(_NODES * SHELLS + 1) + _LIFT_KM
    up = np.minimum((height - 100.0) / 10.0, 189.0)  # the table's last row is above the air
    edges = np.log1p(DIFFERENCES_KM / SOFT_KM)
    wide = np.linspace(edges[:-1], edges[1:], _NODES, axis=1).ravel()
    out = wide / LOG_SCALE
    row, column = np.minimum(up.astype(np.int64), 188), np.minimum(out.astype(np.int64), 94)
    up, out = (up - row)[:, None, None], (out - column)[None, :, None]
    fluxes, told = density_table().flux_sfu, []
    for flux in fluxes:
        logs = drag_table(float(flux)).logs.astype(np.float64)
        table = (1.0 - up) * logs[row] + up * logs[row + 1]
        told.append((1.0 - out) * table[:, column] + out * table[:, column + 1])
    return fluxes, SOFT_KM * np.expm1(wide), np.stack(told)


@lru_cache(maxsize=8)
def exits_per_year(monthly_sfu: tuple[float, ...]) -> Floats:
    """
    (rows, 2, 180, 2) how fast cells are left with B = 1 m²/kg, downwards and inwards.

    A row is half a year under the Sun; the second axis is what was placed, and what sank.
    """
    fluxes, differences, logs = _nodes()
    # As often as it takes to end with a half year.
    monthly = monthly_sfu * (math.lcm(len(monthly_sfu), _MONTHS) // len(monthly_sfu))
    place = np.interp(monthly, fluxes, np.arange(len(fluxes)))
    low = np.minimum(place.astype(np.int64), len(fluxes) - 2)
    told = []
    for month in range(0, len(place), _MONTHS):
        half = np.zeros(logs.shape[1:])
        for k in range(month, month + _MONTHS):
            share = place[k] - low[k]
            half += np.exp((1.0 - share) * logs[low[k]] + share * logs[low[k] + 1])
        told.append(_exits(half * (YEAR_S / _MONTHS), differences))
    return np.stack(told)


def _exits(km_per_year: Floats, difference_km: Floats) -> Floats:
    """(2, 180, 2) from the rates of perigee and apogee at heights and differences."""
    inside = _NODES * np.arange(SHELLS)[:, None] + np.arange(_NODES + 1)
    sinks = km_per_year[inside, :, 0].reshape(SHELLS, _NODES + 1, BINS, _NODES)
    shrinks = km_per_year[inside, :, 1].reshape(sinks.shape) - sinks
    told = np.zeros((2, SHELLS, BINS, 2))
    down = _crossing(np.moveaxis(1.0 / sinks, 1, -1), np.full(_NODES, 10.0))
    inward = _crossing(
        np.moveaxis(1.0 / np.maximum(shrinks, 1e-300), 1, 2),
        np.diff(difference_km.reshape(BINS, _NODES))[:, None],
    )
    told[..., 0], told[..., 1] = down, inward
    told[:, :, 0, 1] = 0.0  # there is no smaller difference
    return told.reshape(2, CELLS, 2)


def _crossing(years_per_km: Floats, width_km: Floats) -> Floats:
    """(2, 36, 5) one over the time until the lower edge, from anywhere and from the upper one."""
    part = 0.5 * (years_per_km[..., 1:] + years_per_km[..., :-1]) * width_km
    until = np.cumsum(part, axis=-1)
    anywhere = (until - 0.5 * part).mean(axis=-1)
    return np.exp(-np.log([anywhere, until[..., -1]]).mean(axis=-1))


@cache
def residence() -> Floats:
    """(180, 36) share of its time that an object of a cell stays in each shell."""
    parts = (np.arange(_PARTS) + 0.5) / _PARTS
    logs = np.log1p(DIFFERENCES_KM / SOFT_KM)
    wide = SOFT_KM * np.expm1(logs[:-1, None] + parts * np.diff(logs)[:, None])
    low = (EDGES_KM[:-1, None] + WIDTH_KM * parts)[:, None, :, None]
    axis = (EARTH_RADIUS_KM + low + 0.5 * wide[:, None])[..., None]
    eccentricity = 0.5 * wide[:, None, :, None] / axis
    cosine = np.clip((1.0 - (EARTH_RADIUS_KM + EDGES_KM) / axis) / eccentricity, -1.0, 1.0)
    below = (np.arccos(cosine) - eccentricity * np.sqrt(1.0 - cosine**2)) / np.pi
    return np.asarray(np.diff(below.mean(axis=(2, 3)), axis=-1).reshape(CELLS, SHELLS))


@cache
def fragments() -> tuple[list[Fragments], list[Fragments]]:
    """Of collisions and of explosions, each of a satellite and a stage; always the same ones."""
    rng = np.random.default_rng(17)
    parents = (Parent(500.0), Parent(1400.0, is_rocket_body=True))
    hit = [collision(one, 300.0, 11.0, SMALLEST_M, rng) for one in parents for _ in range(3)]
    return hit, [explosion(one, SMALLEST_M, rng) for one in parents for _ in range(10)]


@cache
def scattered() -> Floats:
    """
    (2, 36, 180, 4) where the fragments of collisions and of explosions in a shell come to be.

    Their parents are in circles; what is missing from 1 comes down within a revolution, or leaves.
    """
    return np.stack([_scattered(one) for one in fragments()])


def _scattered(clouds: list[Fragments]) -> Floats:
    speed = 1e-3 * np.concatenate([one.delta_v_m_s for one in clouds])
    ratio = np.concatenate([one.area_to_mass_m2_kg for one in clouds])
    n = len(ratio)
    height = EDGES_KM[:-1, None] + WIDTH_KM * (np.arange(n) * 0.6180339887 % 1.0)
    radius = EARTH_RADIUS_KM + height
    along, across, up = np.sqrt(MU_KM3_S2 / radius) + speed[:, 0], speed[:, 1], speed[:, 2]
    level = along**2 + across**2
    axis = 1.0 / (2.0 / radius - (level + up**2) / MU_KM3_S2)
    eccentricity = np.sqrt(np.maximum(1.0 - level * radius**2 / (MU_KM3_S2 * axis), 0.0))
    low, high = (axis * (1.0 + sign * eccentricity) - EARTH_RADIUS_KM for sign in (-1.0, 1.0))
    kept = (low >= LOWEST_KM) & (axis > 0.0) & (high < FAR_KM)
    source = np.broadcast_to(np.arange(SHELLS)[:, None], kept.shape)[kept]
    piece = np.broadcast_to(np.arange(n), kept.shape)[kept]
    # A circle's perigee is its height, which rounding may put on the wrong side of an edge.
    cell = cells_of(np.minimum(low, height)[kept], high[kept])
    shares = class_shares(ballistic_m2_kg(ratio, np.full(n, 800.0), np.full(n, _INCLINATION_RAD)))
    place = source * CELLS + cell
    told = [np.bincount(place, one[piece], SHELLS * CELLS) / n for one in shares.T]
    return np.stack(told, axis=-1).reshape(SHELLS, CELLS, CLASSES)
