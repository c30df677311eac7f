"""
Expected number of collisions of a pair whose errors are Gaussian in equinoctial elements.

At each time the elements of both are looked for that are likeliest among those which put the two
at one place; about them the motion is taken as linear, so that errors bent along the orbit count
where the pair may really meet.  The flux of relative motion into the sphere of contact, over the
sphere and over time, is the number of collisions to be expected, and an upper limit of Pc.

Reference: Hall (2021), Expected Collision Rates for Tracked Satellites, Journal of Spacecraft and
Rockets 58(3); Coppola (2012), AAS 12-247, for the flux.  Sphere: a product rule whose pole is the
relative velocity, instead of Lebedev's.  Time: trapezoids of a third of a standard deviation.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from commonsky.assess.meeting import (
    SCANNED,
    SQRT_2PI,
    likeliest_time,
    overlap,
    passing,
    peak_time,
    solve,
)
from commonsky.assess.pieces import piece
from commonsky.astro.arrays import Floats
from commonsky.astro.kernels import kernel

FEWEST_STEPS = 60
STEPS_PER_SIGMA = 3.0
MOST_STEPS = 6000
NEGLIGIBLE = 1e-10
CERTAIN = 8.0  # sigmas of a velocity; the rest is below 1e-16 of it
# Up to so many sigmas of radius: nodes of each hemisphere, azimuths.
RULES = (
    (0.3, 8, 16), (1.0, 10, 20), (4.0, 24, 48), (12.0, 48, 96), (32.0, 80, 160), (100.0, 160, 320),
    (math.inf, 400, 800),
)  # fmt: skip


@piece()
def inward(u: float, sigma: float) -> float:
    """Return the mean of max(0, -u) of a Gaussian."""
    if sigma <= 1e-12 * abs(u) or sigma == 0.0:
        return max(0.0, -u)
    x = u / sigma
    if abs(x) > CERTAIN:
        return max(0.0, -u)
    return sigma * math.exp(-0.5 * x * x) / SQRT_2PI - 0.5 * u * math.erfc(x / math.sqrt(2.0))


@piece()
def flux(
    mean: Floats, spread: Floats, lower: Floats, radius: float, nodes: Floats, azimuths: int,
    duration: float, gain: Floats, rest: Floats, w: Floats,
) -> float:  # fmt: skip
    """
    Return the flux into the sphere: per second, or where `duration` > 0 over the whole passage.

    With a duration (the standard deviation in time of the density) motion is straight and the
    integral over time is taken in closed form for each point of the sphere.
    """
    for i in range(3):
        w[1, :] = 0.0
        w[1, i] = 1.0
        solve(lower, w[1], w[2])
        gain[i, :] = w[2]  # for a while the inverse of the spread in position
    i00, i11, i22 = gain[0, 0], gain[1, 1], gain[2, 2]
    i01, i02, i12 = gain[0, 1], gain[0, 2], gain[1, 2]
    for i in range(3):
        solve(lower, spread[3 + i, :3], gain[i])
    for i in range(3):
        for j in range(3):
            total = spread[3 + i, 3 + j]
            for k in range(3):
                total -= gain[i, k] * spread[k, 3 + j]
            rest[i, j] = total
    vx, vy, vz = mean[3], mean[4], mean[5]
    speed = math.sqrt(vx * vx + vy * vy + vz * vz)
    ax, ay, az = (vx / speed, vy / speed, vz / speed) if speed > 0.0 else (0.0, 0.0, 1.0)
    sign = math.copysign(1.0, az)
    a = -1.0 / (sign + az)
    b = ax * ay * a
    ex, ey, ez = 1.0 + sign * ax * ax * a, sign * b, -sign * ax
    fx, fy, fz = b, sign + ay * ay * a, -ay
    for i in range(3):  # how the meeting drifts: the velocity of those that meet
        w[1, i] = mean[3 + i]
        for k in range(3):
            w[1, i] -= gain[i, k] * mean[k]
    px, py, pz = w[1, 0], w[1, 1], w[1, 2]
    sharp = solve(lower, w[1], w[0])
    lx, ly, lz = (
        (w[0, 0] / sharp, w[0, 1] / sharp, w[0, 2] / sharp) if duration > 0.0 else (0.0, 0.0, 0.0)
    )
    g00, g01, g02 = gain[0, 0], gain[0, 1], gain[0, 2]
    g10, g11, g12 = gain[1, 0], gain[1, 1], gain[1, 2]
    g20, g21, g22 = gain[2, 0], gain[2, 1], gain[2, 2]
    v00, v11, v22 = rest[0, 0], rest[1, 1], rest[2, 2]
    v01, v02 = rest[0, 1] + rest[1, 0], rest[0, 2] + rest[2, 0]
    v12 = rest[1, 2] + rest[2, 1]
    mx, my, mz = mean[0], mean[1], mean[2]
    total_flux = 0.0
    for node in range(nodes.shape[0]):
        c = nodes[node, 0]
        s = math.sqrt(1.0 - c * c)
        ring = 0.0
        for step in range(azimuths):
            angle = 2.0 * math.pi * (step + 0.5) / azimuths
            ca, sa = s * math.cos(angle), s * math.sin(angle)
            rx = c * ax + ca * ex + sa * fx
            ry = c * ay + ca * ey + sa * fy
            rz = c * az + ca * ez + sa * fz
            x, y, z = radius * rx - mx, radius * ry - my, radius * rz - mz
            late = lx * x + ly * y + lz * z  # 0 without a duration
            x, y, z = x - late * px, y - late * py, z - late * pz
            square = (
                i00 * x * x + i11 * y * y + i22 * z * z
                + 2.0 * (i01 * x * y + i02 * x * z + i12 * y * z)
            )  # fmt: skip
            u = (
                rx * (vx + g00 * x + g01 * y + g02 * z)
                + ry * (vy + g10 * x + g11 * y + g12 * z)
                + rz * (vz + g20 * x + g21 * y + g22 * z)
            )
            v = (
                v00 * rx * rx + v11 * ry * ry + v22 * rz * rz
                + v01 * rx * ry + v02 * rx * rz + v12 * ry * rz
            )  # fmt: skip
            ring += math.exp(-0.5 * square) * inward(u, math.sqrt(v) if v > 0.0 else 0.0)
        total_flux += nodes[node, 1] * ring
    determinant = lower[0, 0] * lower[1, 1] * lower[2, 2]
    total_flux *= radius * radius * 2.0 * math.pi / azimuths / (determinant * SQRT_2PI**3)
    return total_flux * (SQRT_2PI * duration if duration > 0.0 else 1.0)


@piece()
def walk(  # noqa: C901 - a kernel, one pass
    e1: Floats, p1: Floats, e2: Floats, p2: Floats, radius: float, window: float, t: float,
    forward: float, rate: float, first_step: float, slow: bool, nodes: Floats, azimuths: int,
    shift: Floats, mean: Floats, spread: Floats, lower: Floats, work: Floats, gain: Floats,
    rest: Floats, w: Floats, start: Floats, kept: Floats,
) -> tuple[float, float]:  # fmt: skip
    """
    Return the integral of the flux from `t` to one side, nan if lost, and where it ended.

    Of slow pairs to the end of the window: where next to nothing flows in strides, which look for
    other meetings.  One that begins within a stride, or peaks within two, is gone through in
    steps.
    """
    total, largest, step, lost = 0.0, rate, first_step, False
    striding, awake_until = False, 0.0
    earlier, last, back = math.inf, math.inf, t
    shift[:] = start
    for _ in range(MOST_STEPS):
        length = window / SCANNED if striding else min(step, window / FEWEST_STEPS)
        length = min(length, window - forward * t)
        if not length > 0.0:
            return (math.nan if lost else total), t
        ahead = t + forward * length
        if striding:
            kept[:] = shift
        density = overlap(e1, p1, e2, p2, ahead, shift, mean, spread, lower, work)
        if math.isnan(density):
            lost = lost or rate > 1e-6 * largest
            if not slow:
                return (math.nan if lost else total), ahead
            shift[:] = start
            t = ahead
            continue
        before = rate
        rate = flux(mean, spread, lower, radius, nodes, azimuths, 0.0, gain, rest, w)
        if striding and (rate > NEGLIGIBLE * largest or earlier < last > density):
            # Something is there: back to where nothing was, and on in steps.
            if rate <= NEGLIGIBLE * largest:
                t = back
                shift[:] = start
            else:
                shift[:] = kept
            striding, awake_until, rate, step = False, forward * ahead, 0.0, first_step
            continue
        total += 0.5 * (before + rate) * length
        largest = max(largest, rate)
        back, t, earlier, last = t, ahead, last, density
        if rate > NEGLIGIBLE * largest or forward * t < awake_until:
            step = min(max(passing(lower, work) / STEPS_PER_SIGMA, 0.7 * step), 1.4 * step)
        elif not slow:
            return total, t
        elif not striding:
            striding, earlier, last = True, math.inf, math.inf
    return math.nan, t


@kernel()
def expected_numbers(
    elements1: Floats, covariance1: Floats, elements2: Floats, covariance2: Floats,
    radius: Floats, half_window_s: Floats, slow: NDArray[np.bool_], nodes: Floats, azimuths: int,
    three: bool, out: Floats,
) -> None:  # fmt: skip
    """
    Fill `out` (n, 6): 2-D number, 3-D number, time of the peak, its sigma, ends of the integral.

    Elements (n, 6) and their covariances (n, 7, 6), as `meeting.overlap` has them, radii, half
    windows (n,); `slow` pairs are looked for all over their window, and their 3-D number is of all
    their meetings in it; `nodes` (m, 2) hold cosines from the relative velocity and weights.  nan
    where no meeting was found.
    """
    shift, mean, spread = np.empty((2, 6)), np.empty(6), np.empty((6, 6))
    lower, work, start = np.zeros((3, 3)), np.empty((5, 6, 6)), np.empty((2, 6))
    gain, rest, w, kept = np.empty((3, 3)), np.empty((3, 3)), np.empty((3, 3)), np.empty((2, 6))
    for i in range(radius.shape[0]):
        out[i] = math.nan
        e1, p1, e2, p2 = elements1[i], covariance1[i], elements2[i], covariance2[i]
        window = half_window_s[i]
        t0 = 0.0
        if slow[i]:
            t0 = likeliest_time(e1, p1, e2, p2, window, shift, mean, spread, lower, work)
        t0, lasting = peak_time(
            e1, p1, e2, p2, t0, window, start, shift, mean, spread, lower, work
        )
        start[:] = shift
        if math.isnan(overlap(e1, p1, e2, p2, t0, shift, mean, spread, lower, work)):
            continue
        out[i, 2], out[i, 3] = t0, lasting
        if lasting > 0.0:
            out[i, 0] = flux(
                mean, spread, lower, radius[i], nodes, azimuths, lasting, gain, rest, w
            )
        if not three:
            continue
        first = flux(mean, spread, lower, radius[i], nodes, azimuths, 0.0, gain, rest, w)
        step = passing(lower, work)
        step = (min(step, lasting) if lasting > 0.0 else step) / STEPS_PER_SIGMA
        out[i, 1] = 0.0
        for side in range(2):
            part, out[i, 4 + side] = walk(
                e1, p1, e2, p2, radius[i], window, t0, 2.0 * side - 1.0, first, step, slow[i],
                nodes, azimuths, shift, mean, spread, lower, work, gain, rest, w, start, kept,
            )  # fmt: skip
            out[i, 1] += part


def sphere(ratio: float) -> tuple[Floats, int]:
    """Return cosines with weights (m, 2) and azimuths, fit for a radius of `ratio` sigmas."""
    half, azimuths = next((m, a) for most, m, a in RULES if ratio <= most)
    x, weight = np.polynomial.legendre.leggauss(half)
    up, weight = 0.5 * (x + 1.0), 0.5 * weight
    return np.stack([np.r_[up, -up], np.r_[weight, weight]], 1), azimuths
