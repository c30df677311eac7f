"""
Kepler's equation in a fixed number of steps, for loops that vectorise.

Solved for d, the eccentric longitude minus the mean one: with ax = e cos w, ay = e sin w and u the
mean longitude, d = ax sin(u + d) - ay cos(u + d).  |d| is at most e, so that no range reduction is
needed, and u may be given by its sine and cosine alone.
"""

from __future__ import annotations

import math
from typing import Final

from commonsky.astro.angles import sincos_one, turn
from commonsky.astro.kernels import inlined

# Below this eccentricity the series and one step of Halley leave less than 1e-15.
NEARLY_CIRCULAR: Final = 0.1
# Below this one two steps of the fourth order leave less than 1e-14.
ECCENTRIC: Final = 0.9


@inlined()
def nearly_circular(ax, ay, su, cu):
    """
    Sine and cosine of the eccentric longitude, for e < `NEARLY_CIRCULAR`.

    Lagrange's series to the fourth order leaves 1e-5 at most, one step of Halley the cube of it.
    """
    f = ax * su - ay * cu
    k = ax * cu + ay * su
    d = f * (1.0 + k * (1.0 + k * (1.0 + k)) - f * f * (0.5 + k * (5 / 3)))
    s, c = turn(su, cu, d)
    curve = ax * s - ay * c
    value = d - curve
    slope = 1.0 - ax * c - ay * s
    move = -2.0 * value * slope / (2.0 * slope * slope - value * curve)
    half = 0.5 * move * move
    return s + move * c - half * s, c - move * s - half * c


@inlined()
def improved(d, ax, ay, su, cu):
    """One step of the fourth order towards d (Danby 1988, Fundamentals of Celestial Mechanics)."""
    sd, cd = sincos_one(d)
    s, c = su * cd + cu * sd, cu * cd - su * sd
    curve = ax * s - ay * c
    jerk = ax * c + ay * s
    value = d - curve
    slope = 1.0 - jerk
    step = -value / slope
    step = -value / (slope + 0.5 * step * curve)
    step = -value / (slope + step * (0.5 * curve + step * jerk * (1 / 6)))
    return d + step


@inlined()
def eccentric(ax, ay, su, cu):
    """
    Sine and cosine of the eccentric longitude, for e < `ECCENTRIC`, by two steps from a guess.

    The guess, u + e sin(u) / sqrt(1 - 2 e cos(u) + e^2) in its classical form, is off by e^4.
    """
    k = ax * cu + ay * su
    e2 = ax * ax + ay * ay
    d = (ax * su - ay * cu) / math.sqrt(1.0 - 2.0 * k + e2)
    d = improved(d, ax, ay, su, cu)
    d = improved(d, ax, ay, su, cu)
    sd, cd = sincos_one(d)
    return su * cd + cu * sd, cu * cd - su * sd
