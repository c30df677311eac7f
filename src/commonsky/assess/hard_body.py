"""
Hard-body radii: how large an object is taken to be, when all that is known is what it is.

Medians of NASA CARA's public radii of June 2026 (Space Fence estimates, and the satellites that
CARA protects) by type of the SATCAT and class of radar cross-section; `design/004_hard_body.py`
made them and prints their spread.  Nine in ten debris radii are within a factor of 3 of their
median; those of payloads a factor of 3 below and 25 above it, because antennas and booms do not
show in a cross-section.  What is not known is taken to be large: without a class, what nine in
ten of the type do not exceed; without a type, the largest of all types.  Pc grows with the square
of the radius, so that a true one, given by file, is worth having.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints

RADII_M = np.array(
    [  # unknown, small, medium, large cross-section
        (4.1, 0.32, 1.0, 4.5),  # unknown
        (4.1, 0.32, 1.0, 4.5),  # payload
        (4.0, 0.32, 0.93, 4.0),  # rocket body
        (0.2, 0.063, 0.26, 1.5),  # debris
    ]
)


def hard_body_radii_km(
    object_type: NDArray[np.int8],
    rcs_size: NDArray[np.int8],
    catalogue_number: Ints,
    overrides: Mapping[int, float] | None = None,
) -> Floats:
    """
    (n,) radius of each object by `ObjectType` and `RcsSize`, or as given for its number.

    `overrides` holds radii in km by catalogue number; numbers that are not asked for are ignored.
    Catalogues take types from names; an object whose name tells nothing counts as large.
    """
    radius = RADII_M[object_type, rcs_size] / 1000.0
    if overrides:
        numbers = np.array(sorted(overrides), np.int64)
        given = np.array([overrides[number] for number in numbers.tolist()])
        place = np.minimum(np.searchsorted(numbers, catalogue_number), len(numbers) - 1)
        known = numbers[place] == catalogue_number
        radius[known] = given[place[known]]
    return radius
