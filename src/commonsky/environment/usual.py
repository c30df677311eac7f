"""
What objects have of which nothing is told: drawn, by kind, orbit and class, as others have it.

Quantiles of 0, 5, 25, 50, 75, 95 and 100 %, from what `design/006_object_sizes.py` prints, with
the steps of single series smoothed:

* satellites, kg: the UCS Satellite Database of May 2023 without large constellations.  Low ones
  from before 2013, which are in no list of active satellites, after GCAT's masses of the series
  that two thirds of 1502 are of; by class, 1045 of both with the cross-sections of January 2025.
* stages, kg: those of `designs`, as often as each was in orbit in November 2024.
* fragments, m: the length of debris in NASA CARA's list of June 2026 by class of cross-section
  (6629 small, 939 medium, 93 large).  Without a class it is the breakup model's power law from
  0.1 to 1 m.

A draw depends on the seed and the object's catalogue number, and on no other object.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.catalogue.catalogue import ObjectType, RcsSize
from commonsky.environment.breakup import COLLISION_SLOPE, LONGEST_M

CHANCES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
LOW_BEFORE_2013, LOW, MIDDLE, BELT = range(4)
SATELLITES_KG = np.array([
    (1, 10, 60, 225, 500, 1750, 3250), (1, 3, 12, 85, 315, 2300, 7000),
    (102, 540, 650, 890, 1600, 2550, 4740), (362, 1020, 2440, 3610, 4940, 6420, 7600),
])  # fmt: skip
LOW_SATELLITES_KG = {
    RcsSize.SMALL: (1, 1, 2, 5, 12, 12, 12), RcsSize.MEDIUM: (2, 15, 50, 65, 110, 280, 400),
    RcsSize.LARGE: (60, 270, 500, 800, 1500, 3250, 6000),
}  # fmt: skip
LOW_STAGES_KG = (47, 57, 1000, 1434, 1600, 3800, 9000)
HIGH_STAGES_KG = (60, 60, 1000, 2100, 2560, 5000, 5000)
SMALL_STAGES_KG = (24, 47, 47, 60, 120, 756, 2560)  # below 1 m² of radar cross-section
FRAGMENTS_M = {
    RcsSize.SMALL: (0.1, 0.1, 0.1, 0.126, 0.181, 0.326, 0.36),
    RcsSize.MEDIUM: (0.1, 0.2, 0.36, 0.52, 0.77, 1.34, 2.0),
    RcsSize.LARGE: (0.36, 1.1, 2.2, 3.0, 4.9, 6.8, 10.0),
}
SHORTEST_M = 0.1


class Draws:
    """
    Random numbers, one of each call for each object, that depend on its number and the seed.

    It draws as `numpy.random.Generator` does where that is asked for one number an object.
    """

    def __init__(self, catalogue_number: Ints, seed: int) -> None:
        self._state = _mixed(catalogue_number.astype(np.uint64) ^ _mixed(np.uint64(seed)))
        self._call = 0

    def random(self, size: int) -> Floats:
        """(n,) even from 0 until below 1."""
        if size != len(self._state):
            raise ValueError(f"one number for each of {len(self._state)} objects, not {size}")
        self._call += 1
        with np.errstate(over="ignore"):
            bits = _mixed(self._state + np.uint64(self._call) * _GOLDEN)
        return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def standard_normal(self, size: int) -> Floats:
        """(n,) of mean 0 and variance 1, by Box and Muller."""
        far, turn = 1.0 - self.random(size), self.random(size)
        return np.asarray(np.sqrt(-2.0 * np.log(far)) * np.cos(2.0 * np.pi * turn), np.float64)

    def generator(self) -> np.random.Generator:
        """Return the same for a function that asks no more of a generator than is here."""
        return cast("np.random.Generator", self)


_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def _mixed(bits: NDArray[np.uint64] | np.uint64) -> NDArray[np.uint64]:
    """Steele, Lea, Flood (2014), Fast splittable pseudorandom number generators: SplitMix64."""
    with np.errstate(over="ignore"):
        mixed = np.asarray(bits, np.uint64) + _GOLDEN
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), np.uint64)


def at_quantiles(chance: Floats, quantiles: Floats) -> Floats:
    """(n,) values at chances of a distribution with quantiles (7,), even in the logarithm."""
    return np.asarray(np.exp(np.interp(chance, CHANCES, np.log(quantiles))), np.float64)


def lengths_m(chance: Floats, rcs_size: NDArray[np.int8]) -> Floats:
    """(n,) lengths of fragments by class of radar cross-section."""
    longest, shortest = LONGEST_M**-COLLISION_SLOPE, SHORTEST_M**-COLLISION_SLOPE
    length = (shortest * (1.0 - chance) + longest * chance) ** (-1.0 / COLLISION_SLOPE)
    for size, quantiles in FRAGMENTS_M.items():
        rows = rcs_size == size
        length[rows] = at_quantiles(chance[rows], np.array(quantiles))
    return np.asarray(length, np.float64)


def masses_kg(
    chance: Floats, kind: NDArray[np.int8], rcs_size: NDArray[np.int8], orbit: NDArray[np.int8]
) -> tuple[Floats, NDArray[np.bool_]]:
    """(n,) masses of satellites and stages, and whether the class of cross-section told."""
    mass = np.empty(len(chance))
    low = orbit <= LOW
    stage = np.asarray(kind == ObjectType.ROCKET_BODY)
    for place, quantiles in enumerate(SATELLITES_KG):
        rows = ~stage & (orbit == place)
        mass[rows] = at_quantiles(chance[rows], quantiles)
    for rows, stages in ((stage & low, LOW_STAGES_KG), (stage & ~low, HIGH_STAGES_KG)):
        mass[rows] = at_quantiles(chance[rows], np.array(stages))
    told = np.zeros(len(chance), np.bool_)
    for size, satellites in LOW_SATELLITES_KG.items():
        rows = ~stage & low & (rcs_size == size)
        mass[rows] = at_quantiles(chance[rows], np.array(satellites))
        told |= rows
    rows = stage & ((rcs_size == RcsSize.SMALL) | (rcs_size == RcsSize.MEDIUM))
    mass[rows] = at_quantiles(chance[rows], np.array(SMALL_STAGES_KG))
    return mass, told | rows
