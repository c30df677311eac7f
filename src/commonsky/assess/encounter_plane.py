"""
The encounter plane: time of closest approach, miss, and combined covariance on its principal axes.

During a fast encounter the relative motion is a straight line, so only the plane across the
relative velocity matters.  The miss, at the linear time of closest approach, lies in it.

Reference: Foster and Estes (1992), NASA JSC-25898, for the plane; the smallest eigenvalue is
raised to (1e-4 R)^2 where it is smaller, as NASA CARA documents for its PcCircle.
"""

from __future__ import annotations

import math

import numpy as np

from commonsky.assess.pieces import inlined_piece
from commonsky.astro.arrays import Floats
from commonsky.astro.kernels import kernel

CLIP = 1e-4
# Speeds that differ in their last digits only have no direction.
SAME_VELOCITY = 1e-13
# A ratio of variances at which plain arithmetic is still good to about 1e-9.
FLAT = 1e6
BLOCK = 64
ROWS = 14


@inlined_piece()
def principal_direction(xx: float, xy: float, yy: float) -> tuple[float, float]:
    """Return cosine and sine of the larger principal axis of a 2x2 covariance."""
    half_difference = 0.5 * (xx - yy)
    root = math.sqrt(half_difference * half_difference + xy * xy)
    # A round covariance has no axes, and one that is missing must not take the miss with it.
    shaped = 0.0 < root < math.inf
    per_root = 1.0 / root if shaped else 0.0
    eccentric = abs(half_difference) * per_root if shaped else 1.0
    # Half-angle formulas, the larger of sine and cosine by the root, so that neither cancels.
    greater = math.sqrt(0.5 + 0.5 * eccentric)
    lesser = xy * per_root * (0.5 / greater) if shaped else 0.0
    cosine = greater if half_difference >= 0.0 else lesser
    sine = lesser if half_difference >= 0.0 else greater
    return cosine, sine


@inlined_piece()
def principal_variances(xx: float, xy: float, yy: float) -> tuple[float, float]:
    """Return the smaller and the larger eigenvalue, nan unless the larger is positive."""
    half_difference = 0.5 * (xx - yy)
    large = 0.5 * (xx + yy) + math.sqrt(half_difference * half_difference + xy * xy)
    large = large if large > 0.0 else math.nan
    small = (xx * yy - xy * xy) / large
    # Of a round covariance rounding may make the smaller one the larger; a nan must stay.
    return large if small > large else small, large  # noqa: FURB136 - as above


@inlined_piece()
def axes_across(
    vx: float, vy: float, vz: float
) -> tuple[float, float, float, float, float, float]:  # fmt: skip
    """Return two unit vectors across a velocity and each other, which need no miss."""
    per_speed = 1.0 / math.sqrt(vx * vx + vy * vy + vz * vz)
    vx, vy, vz = vx * per_speed, vy * per_speed, vz * per_speed
    # Duff et al. (2017), Building an orthonormal basis, revisited, JCGT 6(1).
    sign = math.copysign(1.0, vz)
    p = -1.0 / (sign + vz)
    q = vx * vy * p
    return 1.0 + sign * vx * vx * p, sign * q, -sign * vx, q, sign + vy * vy * p, -vy


@inlined_piece()
def fill(
    block: Floats, start: int, count: int,
    r1: Floats, v1: Floats, c1: Floats, r2: Floats, v2: Floats, c2: Floats, radius: Floats,
) -> None:  # fmt: skip
    """Bring the arguments of `encounter_plane` and the least speed into the rows of a block."""
    for k in range(count):
        i = start + k
        block[0, k], block[3, k] = r2[i, 0] - r1[i, 0], v2[i, 0] - v1[i, 0]
        block[1, k], block[4, k] = r2[i, 1] - r1[i, 1], v2[i, 1] - v1[i, 1]
        block[2, k], block[5, k] = r2[i, 2] - r1[i, 2], v2[i, 2] - v1[i, 2]
        block[6, k] = c1[i, 0, 0] + c2[i, 0, 0]
        block[7, k] = c1[i, 0, 1] + c2[i, 0, 1]
        block[8, k] = c1[i, 0, 2] + c2[i, 0, 2]
        block[9, k] = c1[i, 1, 1] + c2[i, 1, 1]
        block[10, k] = c1[i, 1, 2] + c2[i, 1, 2]
        block[11, k] = c1[i, 2, 2] + c2[i, 2, 2]
        block[12, k] = radius[i]
        block[13, k] = SAME_VELOCITY * (abs(v1[i, 0]) + abs(v1[i, 1]) + abs(v1[i, 2]))


@inlined_piece()
def encounter_plane(
    rx: float, ry: float, rz: float, vx: float, vy: float, vz: float,
    cxx: float, cxy: float, cxz: float, cyy: float, cyz: float, czz: float, radius: float,
) -> tuple[float, float, float, float, float, float, bool, bool]:  # fmt: skip
    """
    Return the relative motion and the combined covariance in the plane across the velocity.

    Order: distance along the velocity, speed, miss along the smaller and the larger principal
    axis, variance along each, whether the smaller was clipped, and whether the plane is too flat
    for plain arithmetic.  All nan or infinite without a velocity.
    """
    speed = math.sqrt(vx * vx + vy * vy + vz * vz)
    along = (rx * vx + ry * vy + rz * vz) / speed
    ex, ey, ez, fx, fy, fz = axes_across(vx, vy, vz)
    gx = cxx * ex + cxy * ey + cxz * ez
    gy = cxy * ex + cyy * ey + cyz * ez
    gz = cxz * ex + cyz * ey + czz * ez
    hx = cxx * fx + cxy * fy + cxz * fz
    hy = cxy * fx + cyy * fy + cyz * fz
    hz = cxz * fx + cyz * fy + czz * fz
    xx, xy = gx * ex + gy * ey + gz * ez, gx * fx + gy * fy + gz * fz
    yy = hx * fx + hy * fy + hz * fz
    cosine, sine = principal_direction(xx, xy, yy)
    small, large = principal_variances(xx, xy, yy)
    x, y = rx * ex + ry * ey + rz * ez, rx * fx + ry * fy + rz * fz
    floor = (CLIP * radius) * (CLIP * radius)
    flat = FLAT * small < cxx + cyy + czz
    clipped = small < floor
    small = floor if clipped else small
    large = floor if large < floor else large  # noqa: FURB136 - a nan must stay
    return along, speed, y * cosine - x * sine, x * cosine + y * sine, small, large, clipped, flat


@kernel(fastmath={"contract"})
def encounter_planes(
    r1: Floats, v1: Floats, c1: Floats, r2: Floats, v2: Floats, c2: Floats, radius: Floats,
    out: Floats,
) -> None:  # fmt: skip
    """
    Fill the rows of `out` (7, n).

    Seconds to closest approach, miss along the smaller and the larger axis, the variances along
    them (nan where there is no relative velocity), whether clipped, whether too flat for plain
    arithmetic.  Positions, velocities (n, 3), covariances (n, 3, 3), radii (n,); s, km, km^2.
    """
    # Numbers in rows of one small array, so that the projection runs on whole vector registers.
    block = np.zeros((ROWS, BLOCK))
    for start in range(0, radius.shape[0], BLOCK):
        count = min(BLOCK, radius.shape[0] - start)
        fill(block, start, count, r1, v1, c1, r2, v2, c2, radius)
        for k in range(BLOCK):
            along, speed, m1, m2, small, large, clipped, flat = encounter_plane(
                block[0, k], block[1, k], block[2, k], block[3, k], block[4, k], block[5, k],
                block[6, k], block[7, k], block[8, k],
                block[9, k], block[10, k], block[11, k], block[12, k],
            )  # fmt: skip
            moving = speed > block[13, k]
            # Not -0.0 where nothing is to be moved.
            block[0, k], block[1, k], block[2, k] = 0.0 - along / speed, m1, m2
            block[3, k] = small if moving else math.nan
            block[4, k] = large if moving else math.nan
            block[5, k] = 1.0 if clipped else 0.0
            block[6, k] = 1.0 if flat and moving else 0.0
        for row in range(7):
            for k in range(count):
                out[row, start + k] = block[row, k]
