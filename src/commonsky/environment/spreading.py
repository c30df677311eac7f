"""
How long a cloud of fragments takes to spread: along its orbit, its perigees, and its planes.

At first fragments come together again where they parted (the pinch point) and on the other side
of the Earth (the pinch line); within hours to days they spread along the orbit into a ring, and
within months to centuries perigees and nodes drift apart, until the cloud is a shell.  Until then
who meets it depends on where their own plane lies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.environment.earth import DAY_S, YEAR_DAYS
from commonsky.environment.fragment_orbits import Fate, FragmentOrbits, secular_rates_rad_s

EVEN_BELOW = 0.1  # of the length of the mean of all directions; ours
LONGEST_DAYS = 1000.0 * YEAR_DAYS
_TIMES_DAYS = np.geomspace(0.01, LONGEST_DAYS, 1200)
_QUANTILES = 2000


@dataclass(frozen=True, slots=True)
class Spreading:
    """Days until a cloud is even along its orbit, in its perigees and in its nodes; inf: never."""

    along_track_days: float
    perigees_days: float
    nodes_days: float


def spreading(orbits: FragmentOrbits) -> Spreading:
    """Return how long those fragments that stay in orbit take to spread, by the Earth's J2."""
    rows = np.flatnonzero(orbits.fate == Fate.IN_ORBIT)
    columns = (orbits.perigee_km, orbits.apogee_km, orbits.inclination_rad)
    node, argument, mean = secular_rates_rad_s(*(column[rows] for column in columns))
    return Spreading(
        days_until_even(mean + argument), days_until_even(argument), days_until_even(node)
    )


def days_until_even(rate_rad_s: Floats) -> float:
    """
    Return when angles that begin alike are even around the circle; inf for never.

    Even is when the mean of all directions is shorter than a tenth.
    """
    rate = np.asarray(rate_rad_s)[np.isfinite(rate_rad_s)]
    if len(rate) < 2 or np.ptp(rate) == 0.0:
        return np.inf
    # As many rates whatever the number of fragments, so that a large cloud costs no more.
    typical = np.quantile(rate, (np.arange(_QUANTILES) + 0.5) / _QUANTILES)
    typical -= np.median(typical)
    for times in np.split(_TIMES_DAYS, 12):
        length = np.abs(np.exp(1j * np.outer(times * DAY_S, typical)).mean(axis=1))
        even = np.flatnonzero(length < EVEN_BELOW)
        if len(even):
            return float(times[even[0]])
    return np.inf
