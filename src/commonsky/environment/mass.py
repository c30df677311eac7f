"""
How heavy an object is, and how that is known.

A figure that decides the answer never stands without its source; where nothing better is known,
the size of its radar cross-section and a mean density stand in.

The law of density, 2.8 d^-0.74 g/cm³ for d in cm, is an assumption: its source was not at hand.
Against the hard-body radii and masses that NASA CARA lists (June 2026, 16,802 estimated from radar
cross-sections), spheres of their radii have a half to an eighth of it in the median.  So such a
mass is good to an order of magnitude, and says how it came about.  Those are fragments, nearly
all; of 35 designs of stages with published masses and measures the law gives the mean cross
section within a factor of 2.6, a fifth too large in the median (design/006_object_sizes.py).
"""

from __future__ import annotations

import math

import numpy as np

from commonsky.astro.arrays import Floats

# The law as kg over m of diameter: density times volume.
POWER = 3.0 - 0.74
KG_M = 2800.0 * 100.0**-0.74 * math.pi / 6.0


def masses_of_areas_kg(area_m2: Floats) -> Floats:
    """(n,) masses of spheres of cross sections and the mean density of their sizes."""
    return np.asarray(KG_M * np.sqrt(4.0 * area_m2 / math.pi) ** POWER, np.float64)


def areas_of_masses_m2(mass_kg: Floats) -> Floats:
    """(n,) cross sections of spheres of masses, the inverse of `masses_of_areas_kg`."""
    return np.asarray(math.pi / 4.0 * (mass_kg / KG_M) ** (2.0 / POWER), np.float64)
