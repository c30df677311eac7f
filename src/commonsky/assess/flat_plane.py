"""
Encounter planes whose covariance is so flat that the smaller variance drowns in rounding.

Between in-track and cross-track sigmas of a catalogue lies easily a factor of 10,000: in the
squares eight of the sixteen digits, more than an answer good to 1e-8 can spare.
"""

from __future__ import annotations

import numpy as np

from commonsky.assess.compensated import exact_product, exact_sum
from commonsky.assess.encounter_plane import CLIP, axes_across, principal_direction
from commonsky.assess.pieces import piece
from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.kernels import kernel


@piece()
def variance_along(i: int, c1: Floats, c2: Floats, axes: Floats, a: int, b: int) -> float:
    """Return the element of C1 + C2 between two rows of `axes`, as if in twice the digits."""
    total, rest = 0.0, 0.0
    for entry in range(18):
        row, column = entry // 2 // 3, entry // 2 % 3
        covariance = c1 if entry % 2 == 0 else c2
        element = covariance[i, min(row, column), max(row, column)]
        weight, error = exact_product(axes[a, row], axes[b, column])
        term, lost = exact_product(element, weight)
        rest += lost + element * error
        total, lost = exact_sum(total, term)
        rest += lost
    return total + rest


@kernel()
def project_flat_planes(
    rows: Ints,
    r1: Floats, v1: Floats, c1: Floats, r2: Floats, v2: Floats, c2: Floats, radius: Floats,
    out: Floats,
) -> None:  # fmt: skip
    """
    Project the pairs at `rows` anew; arguments and `out` as in `encounter_planes`.

    Each variance is formed along its own axis in twice the digits.  Rounding of the axes does no
    harm: when a principal axis turns, its variance does not change to first order.
    """
    axes, turned, form = np.empty((2, 3)), np.empty((2, 3)), np.empty(3)
    for i in rows:
        ex, ey, ez, fx, fy, fz = axes_across(
            v2[i, 0] - v1[i, 0], v2[i, 1] - v1[i, 1], v2[i, 2] - v1[i, 2]
        )
        axes[0, 0], axes[0, 1], axes[0, 2] = ex, ey, ez
        axes[1, 0], axes[1, 1], axes[1, 2] = fx, fy, fz
        for element in range(3):
            form[element] = variance_along(i, c1, c2, axes, element // 2, (element + 1) // 2)
        cosine, sine = principal_direction(form[0], form[1], form[2])
        floor = (CLIP * radius[i]) ** 2
        for axis in range(2):
            miss = 0.0
            for k in range(3):
                turned[axis, k] = (
                    cosine * axes[1 - axis, k] + (2 * axis - 1) * sine * axes[axis, k]
                )
                miss += (r2[i, k] - r1[i, k]) * turned[axis, k]
            variance = variance_along(i, c1, c2, turned, axis, axis)
            out[1 + axis, i], out[3 + axis, i] = miss, max(variance, floor)
            if axis == 0:
                out[5, i] = 1.0 if variance < floor else 0.0
