"""
What a break-up leaves: lengths, areas, masses and velocities of fragments.

The NASA standard breakup model with the mixture of `area_to_mass`, mass and momentum kept: what
drawn fragments do not hold is in a few remnants, and what is shorter than the smallest fragment
asked for is told as mass alone.

Reference: Johnson, Krisko, Liou, Anz-Meador (2001), Adv. Space Res. 28(9), 1377-1384.  Of a
collision that is not catastrophic the mass involved is m v² (v in km/s): the paper prints m v,
which later literature corrects.  How mass is kept is ours: the paper does not say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.environment.area_to_mass import LN10, drawn, mean_mass_per_area

CATASTROPHIC_J_G = 40.0
COLLISION_SLOPE, EXPLOSION_SLOPE = 1.71, 1.6
LONGEST_M = 1.0  # of a drawn fragment; longer ones are remnants
SHORTEST_M = 1e-4  # below this the model says nothing
MOST_FRAGMENTS = 20_000_000
MOST_REMNANTS = 8
CAP_OF_SPEED = 1.3  # the model's tail of 1.8 km/s and more is not seen in catalogues
CAP_OF_EXPLOSION_M_S = 1300.0
REDRAWS = 8
MOST_HELD = 0.95  # by fragments whose number was tuned; the rest is a remnant
# Catalogued pieces of well-observed collisions are 0.95 to 4.3 times what the model says.
COUNT_FACTOR = 4.0


@dataclass(frozen=True, slots=True)
class Parent:
    """What breaks up: its mass, and whether it is an upper stage."""

    mass_kg: float
    is_rocket_body: bool = False

    def __post_init__(self) -> None:
        if not 0.0 < self.mass_kg < math.inf:
            raise ValueError(f"what breaks up has a mass above 0 kg, not {self.mass_kg}")


@dataclass(frozen=True, slots=True)
class Fragments:
    """
    n fragments, one row each: remnants last.

    `delta_v_m_s` (n, 3) is isotropic, in any frame that moves with the parent.  `mass_below_kg` is
    in fragments shorter than `smallest_m`; `capped` is how many velocities were drawn again for
    being above the cap.
    """

    characteristic_length_m: Floats
    area_to_mass_m2_kg: Floats
    mass_kg: Floats
    delta_v_m_s: Floats
    remnants: int
    smallest_m: float
    mass_below_kg: float
    capped: int

    def __len__(self) -> int:
        return len(self.mass_kg)

    @property
    def speed_m_s(self) -> Floats:
        """(n,) length of delta-v."""
        return np.asarray(np.linalg.norm(self.delta_v_m_s, axis=1), np.float64)

    @property
    def count_between(self) -> tuple[float, float]:
        """How few and how many there may truly be."""
        return len(self) / COUNT_FACTOR, len(self) * COUNT_FACTOR


def energy_j_g(target_kg: float, impactor_kg: float, speed_km_s: float) -> float:
    """Return the energy of a collision per mass of the heavier one; 40 J/g is catastrophic."""
    light, heavy = sorted((target_kg, impactor_kg))
    return 0.5 * light * (speed_km_s * 1e3) ** 2 / (heavy * 1e3)


def catastrophic(mass_kg: Floats, other_kg: Floats, speed_km_s: Floats) -> NDArray[np.bool_]:
    """(k,) whether collisions reach 40 J for each gram of the heavier one."""
    light, heavy = np.minimum(mass_kg, other_kg), np.maximum(mass_kg, other_kg)
    return np.asarray(0.5 * light * (speed_km_s * 1e3) ** 2 >= CATASTROPHIC_J_G * 1e3 * heavy)


def collision(
    target: Parent, impactor_kg: float, speed_km_s: float, smallest_m: float,
    rng: np.random.Generator, *, count_factor: float = 1.0,
) -> Fragments:  # fmt: skip
    """
    Return the fragments of one of two that collide, with its share of the mass involved.

    `impactor_kg` is the other's mass; its own fragments are another call.  Where the collision is
    not catastrophic, what is left of the heavier one is a remnant.  `count_factor` is how many
    times as many fragments there are as the model says, as `parent_fit` finds it; where these
    would hold more than there is, all are lighter by one factor and none are left out.
    """
    Parent(impactor_kg)
    if not 0.0 < count_factor < math.inf:
        raise ValueError(f"the factor on the count is above 0, not {count_factor}")
    if not 0.0 < speed_km_s < math.inf:
        raise ValueError(f"a collision has a speed above 0 km/s, not {speed_km_s}")
    whole_kg = target.mass_kg + impactor_kg
    whole = energy_j_g(target.mass_kg, impactor_kg, speed_km_s) >= CATASTROPHIC_J_G
    light_kg = min(target.mass_kg, impactor_kg)
    involved_kg = whole_kg if whole else min(light_kg * speed_km_s**2, whole_kg)
    share = target.mass_kg / whole_kg
    count = 0.1 * involved_kg**0.75 * share * count_factor
    cap_m_s = CAP_OF_SPEED * speed_km_s * 1e3
    law = _Law(count, COLLISION_SLOPE, 0.9, 2.9, cap_m_s, lightens=count_factor > 1.0)
    # What is hit by something far lighter stays one body.
    most = MOST_REMNANTS if whole or target.mass_kg < impactor_kg else 1
    return _fragments(target, law, smallest_m, rng, most_remnants=most)


def explosion(
    parent: Parent, smallest_m: float, rng: np.random.Generator, *, scale: float = 1.0
) -> Fragments:
    """Return the fragments of an explosion; `scale` is the S of the model, by kind of parent."""
    if not 0.0 < scale < math.inf:
        raise ValueError(f"the scale of an explosion is above 0, not {scale}")
    law = _Law(6.0 * scale, EXPLOSION_SLOPE, 0.2, 1.85, CAP_OF_EXPLOSION_M_S)
    return _fragments(parent, law, smallest_m, rng)


@dataclass(frozen=True, slots=True)
class _Law:
    """How many are longer than x m: count · x^-slope; and log10 of m/s over log10 of A/M."""

    count: float
    slope: float
    speed_slope: float
    speed_mean: float
    cap_m_s: float
    lightens: bool = False  # rather than leaving out what would hold more than there is

    def number(self, smallest_m: float) -> float:
        """How many drawn fragments are longer than this."""
        longest = LONGEST_M**-self.slope
        return max(self.count * (smallest_m**-self.slope - longest), 0.0)

    def lengths_m(self, n: int, smallest_m: float, rng: np.random.Generator) -> Floats:
        u = rng.random(n)
        inverse = smallest_m**-self.slope * (1.0 - u) + LONGEST_M**-self.slope * u
        # Powers by exp and log, which run over many numbers at once.
        return np.asarray(np.exp(np.log(inverse) * (-1.0 / self.slope)), np.float64)


def area_m2(length_m: Floats) -> Floats:
    """(n,) mean cross section of fragments of these lengths."""
    fine = length_m < 0.00167
    factor, power = np.where(fine, 0.540424, 0.556945), np.where(fine, 2.0, 2.0047077)
    return np.asarray(factor * np.exp(power * np.log(length_m)), np.float64)


def _fragments(
    parent: Parent, law: _Law, smallest_m: float, rng: np.random.Generator,
    most_remnants: int = MOST_REMNANTS,
) -> Fragments:  # fmt: skip
    if not SHORTEST_M <= smallest_m < LONGEST_M:
        raise ValueError(
            f"the smallest fragment is {SHORTEST_M:g} m to below {LONGEST_M:g} m, not {smallest_m}"
        )
    expected = law.number(smallest_m)
    if expected > MOST_FRAGMENTS:
        raise ValueError(
            f"{expected:,.0f} fragments longer than {smallest_m:g} m; at most {MOST_FRAGMENTS:,} "
            "are drawn: ask for longer ones"
        )
    n = int(expected) + int(rng.random() < expected % 1.0)
    length = law.lengths_m(n, smallest_m, rng)
    ratio = drawn(length, rng, is_rocket_body=parent.is_rocket_body)
    mass = area_m2(length) / ratio
    below_kg = _mass_below_kg(parent, law, smallest_m)
    excess = 1.0
    if law.lightens:
        excess = max(1.0, (below_kg + float(mass.sum())) / (MOST_HELD * parent.mass_kg))
        mass, below_kg = mass / excess, below_kg / excess
    below_kg = min(below_kg, parent.mass_kg)
    kept = _within(mass, length, parent.mass_kg - below_kg)
    if len(kept) < n:
        length, ratio, mass = length[kept], ratio[kept], mass[kept]
    left_kg = parent.mass_kg - below_kg - float(mass.sum())
    big, big_ratio = _remnants(left_kg, parent.mass_kg, most_remnants, rng)
    length = np.append(length, np.maximum(LONGEST_M, 2.0 * np.sqrt(big * big_ratio / math.pi)))
    ratio, mass = np.append(ratio, big_ratio), np.append(mass, big)
    velocity, capped = _velocities(ratio, law, rng)
    # After the velocities: light pieces of tuned counts are no faster than the model's.
    ratio[: len(ratio) - len(big)] *= excess
    if len(mass):
        velocity -= mass @ velocity / mass.sum()
    return Fragments(length, ratio, mass, velocity, len(big), smallest_m, below_kg, capped)


def _mass_below_kg(parent: Parent, law: _Law, smallest_m: float) -> float:
    """The expected mass in fragments that are too short to be drawn."""
    length = np.geomspace(SHORTEST_M, smallest_m, 257)
    density = law.count * law.slope * length ** (-law.slope - 1.0)
    mass = area_m2(length) * mean_mass_per_area(length, is_rocket_body=parent.is_rocket_body)
    return float(np.trapezoid(density * mass, length))


def _within(mass_kg: Floats, length_m: Floats, whole_kg: float) -> Ints:
    """Rows of the shortest fragments that together hold no more than there is."""
    if mass_kg.sum() <= whole_kg:
        return np.arange(len(mass_kg))
    order = np.argsort(length_m, kind="stable")
    enough = int(np.searchsorted(np.cumsum(mass_kg[order]), whole_kg, side="right"))
    return np.asarray(np.sort(order[:enough]))


def _remnants(
    left_kg: float, whole_kg: float, most: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Masses and area-to-mass ratios of the few large pieces that hold what is left."""
    if left_kg <= 0.0:
        return np.zeros(0), np.zeros(0)
    count = int(np.clip(math.ceil(MOST_REMNANTS * left_kg / whole_kg), 1, most))
    mass = left_kg * rng.dirichlet(np.full(count, 4.0))
    # As compact as whole spacecraft are: a sphere of 80 kg/m3 has 0.3 m2 for 20 kg.
    radius = (3.0 * mass / (4.0 * math.pi * 80.0)) ** (1.0 / 3.0)
    return mass, math.pi * radius**2 / mass


def _velocities(ratio: Floats, law: _Law, rng: np.random.Generator) -> tuple[Floats, int]:
    """(n, 3) m/s in all directions alike, and how many were first drawn above the cap."""
    n = len(ratio)
    mean = law.speed_slope * np.log10(ratio) + law.speed_mean
    speed = np.exp(LN10 * (mean + 0.4 * rng.standard_normal(n)))
    fast = np.flatnonzero(speed > law.cap_m_s)
    capped = len(fast)
    for _ in range(REDRAWS):
        if not len(fast):
            break
        speed[fast] = 10.0 ** (mean[fast] + 0.4 * rng.standard_normal(len(fast)))
        fast = fast[speed[fast] > law.cap_m_s]
    speed = np.minimum(speed, law.cap_m_s)
    up = rng.uniform(-1.0, 1.0, n)
    around = rng.uniform(0.0, 2.0 * math.pi, n)
    flat = np.sqrt(1.0 - up**2)
    velocity = np.empty((n, 3))
    np.multiply(speed, up, out=velocity[:, 2])
    flat *= speed
    np.multiply(flat, np.cos(around), out=velocity[:, 0])
    np.multiply(flat, np.sin(around), out=velocity[:, 1])
    return velocity, capped
