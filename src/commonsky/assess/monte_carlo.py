"""
Probability of collision by trials: two-body motion, errors Gaussian in equinoctial elements.

A trial draws the elements of both objects and follows them to their closest approach, by Newton's
method on the relative motion; it hits where that is nearer than the hard-body radius.  One closest
approach a trial, the one found from the peak.  No forces but the point mass: what takes hours
belongs to numerical propagation.

Importance sampling draws half of the trials so that they pass near the hard body: in the plane
across the meeting, the displacement is drawn anew about the centre, and the rest of the errors
given it.  Half are drawn as they are, so that no weight exceeds 2.

Reference: Hesterberg (1995), Weighted Average Importance Sampling and Defensive Mixture
Distributions, Technometrics 37(2), for the mixture.
"""

from __future__ import annotations

import math

import numpy as np

from commonsky.assess.binomial import interval_95
from commonsky.assess.meeting import overlap
from commonsky.assess.pairs import Pairs
from commonsky.assess.pieces import piece
from commonsky.assess.two_body import GM_KM3_S2, place
from commonsky.astro.arrays import Floats
from commonsky.astro.kernels import kernel

APPROACH_STEPS, APPROACH_TOLERANCE_S, SHORT_S = 8, 1e-5, 60.0
NORMAL_95 = 1.959963984540054
AIM_WIDTH = 1.5  # hard-body radii


@piece()
def nearest_square(
    a: Floats, b: Floats, t0: float, window: float, radius: float, x: Floats, y: Floats
) -> float:  # fmt: skip
    """Return the squared distance at the closest approach about `t0`; a rough one for misses."""
    t, square = t0, math.inf
    for _ in range(APPROACH_STEPS):
        place(a[0], a[1], a[2], a[3], a[4], a[5] + a[0] * t, x)
        place(b[0], b[1], b[2], b[3], b[4], b[5] + b[0] * t, y)
        rx, ry, rz = y[0] - x[0], y[1] - x[1], y[2] - x[2]
        vx, vy, vz = y[3] - x[3], y[4] - x[4], y[5] - x[5]
        square = rx * rx + ry * ry + rz * rz
        speed = vx * vx + vy * vy + vz * vz
        d1 = x[0] * x[0] + x[1] * x[1] + x[2] * x[2]
        d2 = y[0] * y[0] + y[1] * y[1] + y[2] * y[2]
        c1, c2 = GM_KM3_S2 / (d1 * math.sqrt(d1)), GM_KM3_S2 / (d2 * math.sqrt(d2))
        ax, ay, az = c1 * x[0] - c2 * y[0], c1 * x[1] - c2 * y[1], c1 * x[2] - c2 * y[2]
        bend = rx * ax + ry * ay + rz * az
        sharp = speed + bend
        if sharp < 0.1 * speed:
            sharp = speed
        along = rx * vx + ry * vy + rz * vz
        step = along / sharp
        moved = min(max(t - step, -window), window)
        # Where twice the fall from the straight line cannot bring them together, it is a miss.
        fall = math.sqrt(ax * ax + ay * ay + az * az) * step * step
        least = square - along * along / speed
        if abs(step) < SHORT_S and least > (radius + fall) ** 2:
            return least
        if abs(moved - t) < APPROACH_TOLERANCE_S:
            break
        t = moved
    return square


@kernel()
def weigh(  # noqa: C901 - one loop, inlined for speed
    e1: Floats, l1: Floats, e2: Floats, l2: Floats, radius: float, t0: float, window: float,
    trials: int, chance: np.random.Generator, aim: Floats, offset: Floats, spread: float,
) -> tuple[int, float, float]:  # fmt: skip
    """
    Return hits, their summed weights and squared weights of `trials` trials of one pair.

    `l1`, `l2` (7, 6): square roots of what is not shared of the covariances, each row what a draw
    does, and behind them what the shared draw does.  `aim` (2, 13), `offset` (2,) say where a draw
    passes in the plane, in km; `spread` > 0 is the sigma of the aimed half, 0 for plain trials.
    """
    z, a, b, x, y = np.empty(13), np.empty(6), np.empty(6), np.empty(6), np.empty(6)
    sxx, sxy, syy = 0.0, 0.0, 0.0
    for j in range(13):
        sxx += aim[0, j] * aim[0, j]
        sxy += aim[0, j] * aim[1, j]
        syy += aim[1, j] * aim[1, j]
    det = sxx * syy - sxy * sxy
    aimed = spread > 0.0
    hits, total, squares, weight = 0, 0.0, 0.0, 1.0
    for trial in range(trials):
        for j in range(13):
            z[j] = chance.standard_normal()
        if aimed:
            ux, uy = offset[0], offset[1]
            for j in range(13):
                ux += aim[0, j] * z[j]
                uy += aim[1, j] * z[j]
            if trial % 2 == 0:
                wx = spread * chance.standard_normal() - ux
                wy = spread * chance.standard_normal() - uy
                gx, gy = (syy * wx - sxy * wy) / det, (sxx * wy - sxy * wx) / det
                for j in range(13):
                    z[j] += aim[0, j] * gx + aim[1, j] * gy
                ux, uy = ux + wx, uy + wy
            dx, dy = ux - offset[0], uy - offset[1]
            natural = math.exp(
                -0.5 * (syy * dx * dx - 2.0 * sxy * dx * dy + sxx * dy * dy) / det
            ) / math.sqrt(det)
            drawn = math.exp(-0.5 * (ux * ux + uy * uy) / (spread * spread)) / (spread * spread)
            weight = 2.0 * natural / (natural + drawn) if natural > 0.0 else 0.0
        for j in range(6):
            p, q = e1[j] + l1[6, j] * z[12], e2[j] + l2[6, j] * z[12]
            for m in range(6):
                p += l1[m, j] * z[m]
                q += l2[m, j] * z[6 + m]
            a[j], b[j] = p, q
        if nearest_square(a, b, t0, window, radius, x, y) < radius * radius:
            hits += 1
            total += weight
            squares += weight * weight
    return hits, total, squares


@kernel()
def aim_at_meeting(
    e1: Floats, p1: Floats, l1: Floats, e2: Floats, p2: Floats, l2: Floats, t0: float,
    aim: Floats, offset: Floats,
) -> bool:  # fmt: skip
    """Fill `aim` (2, 13) and `offset` (2,) for `weigh`; false where no meeting is found."""
    shift, mean, spread = np.zeros((2, 6)), np.empty(6), np.empty((6, 6))
    lower, work = np.zeros((3, 3)), np.empty((5, 6, 6))
    if math.isnan(overlap(e1, p1, e2, p2, t0, shift, mean, spread, lower, work)):
        return False
    v = work[4, 4, 3:] - work[4, 3, 3:]
    v /= math.sqrt((v * v).sum())
    other = np.zeros(3)
    other[np.argmin(np.abs(v))] = 1.0
    axes = np.empty((2, 3))
    axes[0] = np.cross(v, other)
    axes[0] /= math.sqrt((axes[0] * axes[0]).sum())
    axes[1] = np.cross(v, axes[0])
    for row in range(2):
        offset[row] = (axes[row] * mean[:3]).sum()
        for j in range(7):
            first, second = 0.0, 0.0
            for i in range(3):
                for m in range(6):
                    first -= axes[row, i] * work[0, i, m] * l1[j, m]
                    second += axes[row, i] * work[1, i, m] * l2[j, m]
            if j < 6:
                aim[row, j], aim[row, 6 + j] = first, second
            else:
                aim[row, 12] = first + second
    return True


def interval(hits: int, total: float, squares: float, trials: int) -> tuple[float, float, float]:
    """
    Return Pc and the ends of its 95 % interval.

    Of plain trials (every weight 1) Clopper's and Pearson's, which covers at least so often; of
    weighted ones the normal one of the mean weight.  Without a hit the upper end is that of plain
    trials, with a weighted draw as well.
    """
    if not hits or total == hits == squares:
        return hits / trials, *interval_95(hits, trials)
    mean = total / trials
    sigma = math.sqrt(max(squares / trials - mean * mean, 0.0) / trials)
    return mean, max(mean - NORMAL_95 * sigma, 0.0), min(mean + NORMAL_95 * sigma, 1.0)


def trial(
    pairs: Pairs, row: int, near_s: float, half_window_s: float, trials: int, seed: int, *,
    aimed: bool,
) -> tuple[float, float, float]:  # fmt: skip
    """
    Return Pc of the pair at `row` and the ends of its 95 % interval.

    The closest approach is looked for from `near_s`, within half a window of the states' time.
    The same seed gives the same answer.
    """
    e1, p1, e2, p2 = (
        column[row] for column in (pairs.elements1, pairs.spread1, pairs.elements2, pairs.spread2)
    )
    radius_km = float(pairs.hard_body_radius_km[row])
    l1, l2 = draws(p1), draws(p2)
    aim, offset, spread = np.zeros((2, 13)), np.zeros(2), 0.0
    if aimed and aim_at_meeting(e1, p1, l1, e2, p2, l2, near_s, aim, offset):
        spread = AIM_WIDTH * radius_km
    hits, total, squares = weigh(
        e1, l1, e2, l2, radius_km, near_s, half_window_s, trials, np.random.default_rng(seed), aim,
        offset, spread,
    )  # fmt: skip
    return interval(hits, total, squares, trials)


def draws(covariance: Floats) -> Floats:
    """Return (7, 6), what each draw does: six of its own, and the shared one; no less than 0."""
    shared = covariance[6]
    own = covariance[:6] - np.outer(shared, shared)
    sigma = np.sqrt(np.maximum(np.diag(own), 0.0))
    scale = np.where(sigma > 0.0, sigma, 1.0)
    values, vectors = np.linalg.eigh(own / np.outer(scale, scale))
    root = scale[:, None] * vectors * np.sqrt(np.maximum(values, 0.0))
    return np.ascontiguousarray(np.vstack([root.T, shared]))
