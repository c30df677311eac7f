"""
What a break-up of low intensity leaves: few, slow and light pieces, and the parent nearly whole.

This model is ours, made of three break-ups that were most likely ruptured batteries: NOAA-16
(2015), NOAA-17 (2021) and DMSP F13 (2015).  No published branch of the standard breakup model
has them: against its explosion their pieces are half as fast, of nearly one size, and hold some
per cent of the mass.

* Lengths, from NASA CARA's list (radar cross-sections of Space Fence): beyond 0.14 m the number
  falls as L^-4.0 (3.97 ± 0.25, 3.7 ± 0.4, 5.6 ± 0.9).  Below it is the explosion's L^-1.6, since
  what is shorter than 10 cm was not measured.
* Area-to-mass, from the same list: log10 has a mean of -0.58 and a deviation of 0.27.  Its masses
  may be some times too high, so the pieces may be lighter still.
* Velocities, from first element sets: in the plane of the orbit half are faster than 22 m/s; the
  deviation of log10 is 0.33.  They do not depend on area-to-mass.

Three of a kind are few, so this is a sketch of a branch, and no law.
Reference: NASA (2023), NOAA-17 Break-up Engineering Investigation, 20230014958: a single localised
event, nothing catastrophic, in one family with the other two.
"""

from __future__ import annotations

import math

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.environment.breakup import EXPLOSION_SLOPE, LONGEST_M, Fragments, Parent, area_m2

SHORTEST_M = 0.01
BEND_M, STEEP_SLOPE = 0.14, 4.0
RATIO_MEAN, RATIO_SIGMA = -0.58, 0.27  # log10 of m²/kg
# Of all three components: the plane holds 0.87 of an isotropic speed in the median.
SPEED_MEAN, SPEED_SIGMA = 1.45, 0.27  # log10 of m/s
MOST_OF_PARENT = 0.2  # in fragments; the model says nothing of break-ups that shed more


def low_intensity(
    parent: Parent, smallest_m: float, rng: np.random.Generator, *, scale: float = 1.0
) -> Fragments:
    """
    Return the fragments of a break-up that leaves its parent nearly whole, which is the remnant.

    `scale` is 1 for as many of 10 cm and more as an explosion of that S has: 239.  NOAA-16, DMSP
    F13 and NOAA-17 had 1.9, 1.0 and 0.5.  Below 0.1 m it is guesswork.  Where the fragments would
    hold more than a fifth of the parent, all are lighter by one factor.
    """
    if not 0.0 < scale < math.inf:
        raise ValueError(f"the scale of a break-up of low intensity is above 0, not {scale}")
    if not SHORTEST_M <= smallest_m < LONGEST_M:
        raise ValueError(
            f"the smallest fragment is {SHORTEST_M:g} m to below {LONGEST_M:g} m, not {smallest_m}"
        )
    expected = number(smallest_m, scale)
    n = int(expected) + int(rng.random() < expected % 1.0)
    length = _lengths_m(n, smallest_m, rng)
    ratio = 10.0 ** (RATIO_MEAN + RATIO_SIGMA * rng.standard_normal(n))
    mass, below_kg = area_m2(length) / ratio, _mass_below_kg(smallest_m, scale)
    held = (float(mass.sum()) + below_kg) / (MOST_OF_PARENT * parent.mass_kg)
    if held > 1.0:
        ratio, mass, below_kg = ratio * held, mass / held, below_kg / held
    left_kg = parent.mass_kg - below_kg - float(mass.sum())
    velocity = _velocities_m_s(n, rng)
    velocity = np.vstack([velocity, -(mass @ velocity) / left_kg])
    radius = (3.0 * left_kg / (4.0 * math.pi * 80.0)) ** (1.0 / 3.0)  # 80 kg/m³, as a spacecraft
    return Fragments(
        np.append(length, max(LONGEST_M, 2.0 * radius)),
        np.append(ratio, math.pi * radius**2 / left_kg),
        np.append(mass, left_kg), velocity, 1, smallest_m, below_kg, 0,
    )  # fmt: skip


def number(smallest_m: float, scale: float = 1.0) -> float:
    """Return how many fragments are longer than this, below 1 m."""
    return scale * float(_longer(np.array(smallest_m)) - _longer(np.array(LONGEST_M)))


def _longer(length_m: Floats) -> Floats:
    at_bend = 6.0 * BEND_M**-EXPLOSION_SLOPE
    slope = np.where(length_m < BEND_M, EXPLOSION_SLOPE, STEEP_SLOPE)
    return np.asarray(at_bend * (length_m / BEND_M) ** -slope, np.float64)


def _lengths_m(n: int, smallest_m: float, rng: np.random.Generator) -> Floats:
    at_bend = 6.0 * BEND_M**-EXPLOSION_SLOPE
    most, least = (float(_longer(np.array(x))) for x in (smallest_m, LONGEST_M))
    longer = (most - (most - least) * rng.random(n)) / at_bend
    slope = np.where(longer > 1.0, EXPLOSION_SLOPE, STEEP_SLOPE)
    return np.asarray(BEND_M * longer ** (-1.0 / slope), np.float64)


def _mass_below_kg(smallest_m: float, scale: float) -> float:
    """The expected mass in fragments too short to be drawn; what is below 1 cm holds grams."""
    length = np.geomspace(SHORTEST_M, smallest_m, 65)
    inverse = math.exp(-math.log(10.0) * RATIO_MEAN + 0.5 * (math.log(10.0) * RATIO_SIGMA) ** 2)
    middle = np.sqrt(length[1:] * length[:-1])
    return scale * float((-np.diff(_longer(length)) * area_m2(middle)).sum()) * inverse


def _velocities_m_s(n: int, rng: np.random.Generator) -> Floats:
    """(n, 3) in all directions alike."""
    speed = 10.0 ** (SPEED_MEAN + SPEED_SIGMA * rng.standard_normal(n))
    direction = rng.standard_normal((n, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    return np.asarray(speed[:, None] * direction, np.float64)
