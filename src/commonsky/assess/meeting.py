"""
The likeliest meeting of a pair at a time, and the time at which meetings are likeliest.

Errors are Gaussian in equinoctial elements.  Among the elements that put both at one place those
are looked for that are likeliest; about them the motion is taken as linear, so that errors bent
along the orbit count where the pair may really meet.

Reference: Hall (2021), Expected Collision Rates for Tracked Satellites, Journal of Spacecraft and
Rockets 58(3), for the peak of the overlap.
"""

from __future__ import annotations

import math

from commonsky.assess.pieces import piece
from commonsky.assess.two_body import place_with_partials
from commonsky.astro.arrays import Floats

OVERLAP_STEPS, OVERLAP_TOLERANCE = 60, 1e-9
# Far out, positions are rounded to 1e-11 km: steps that shrink no more are of rounding.
ROUNDING = 1e-6
PEAK_STEPS, FAR, SCANNED = 200, 20.0, 100
SQRT_2PI = math.sqrt(2.0 * math.pi)


@piece()
def decompose(a: Floats, lower: Floats) -> bool:
    """Fill `lower` with the Cholesky factor of a (3, 3); false unless positive definite."""
    for i in range(3):
        for j in range(i + 1):
            total = a[i, j]
            for k in range(j):
                total -= lower[i, k] * lower[j, k]
            if i == j:
                if not total > 0.0:
                    return False
                lower[i, i] = math.sqrt(total)
            else:
                lower[i, j] = total / lower[j, j]
    return True


@piece()
def solve(lower: Floats, b: Floats, out: Floats) -> float:
    """Fill `out` with (L L')^-1 b and return b' (L L')^-1 b."""
    square = 0.0
    for i in range(3):
        total = b[i]
        for k in range(i):
            total -= lower[i, k] * out[k]
        out[i] = total / lower[i, i]
        square += out[i] * out[i]
    for i in range(2, -1, -1):
        total = out[i]
        for k in range(i + 1, 3):
            total -= lower[k, i] * out[k]
        out[i] = total / lower[i, i]
    return square


@piece()
def add_spread(jacobian: Floats, covariance: Floats, half: Floats, out: Floats) -> None:
    """Add J P J' to `out`; `half` is left holding J P."""
    for i in range(6):
        for j in range(6):
            total = 0.0
            for k in range(6):
                total += jacobian[i, k] * covariance[k, j]
            half[i, j] = total
    for i in range(6):
        for j in range(6):
            total = 0.0
            for k in range(6):
                total += half[i, k] * jacobian[j, k]
            out[i, j] += total


@piece()
def overlap(  # noqa: C901, PLR0912 - a kernel, one pass
    e1: Floats, p1: Floats, e2: Floats, p2: Floats, t: float,
    shift: Floats, mean: Floats, spread: Floats, lower: Floats, work: Floats,
) -> float:  # fmt: skip
    """
    Find the likeliest meeting at a time; return ln of the density there, nan where none is found.

    `p1`, `p2` (7, 6): covariances of the elements, and behind them what one sigma of an error that
    both share does to them.  `shift` (2, 6) holds the elements' offsets, taken as the start and
    left as the result; `mean` (6,) and `spread` (6, 6) describe the relative state linearised
    about it.
    """
    before, last_change = math.inf, math.inf
    for _ in range(OVERLAP_STEPS):
        spread[:] = 0.0
        for side in range(2):
            for j in range(6):
                work[4, 0, j] = (e1[j] if side == 0 else e2[j]) + shift[side, j]
            element = work[4, 0]
            if not (element[0] > 0.0 and element[1] ** 2 + element[2] ** 2 < 0.999):
                return math.nan
            place_with_partials(element, t, work[4, 3 + side], work[side])
            add_spread(work[side], p1 if side == 0 else p2, work[2 + side], spread)
        for i in range(6):
            total, share1, share2 = work[4, 4, i] - work[4, 3, i], 0.0, 0.0
            for j in range(6):
                total += work[0, i, j] * shift[0, j] - work[1, i, j] * shift[1, j]
                share1 += work[0, i, j] * p1[6, j]
                share2 += work[1, i, j] * p2[6, j]
            mean[i], work[4, 1, i], work[4, 2, i] = total, share1, share2
        for i in range(6):
            for j in range(6):
                spread[i, j] -= work[4, 1, i] * work[4, 2, j] + work[4, 2, i] * work[4, 1, j]
                work[2, i, j] -= work[4, 2, i] * p1[6, j]
                work[3, i, j] -= work[4, 1, i] * p2[6, j]
        if not decompose(spread, lower):
            return math.nan
        square = solve(lower, mean, work[4, 5])
        for side in range(2):
            for j in range(6):
                total = 0.0
                for i in range(3):
                    total += work[2 + side, i, j] * work[4, 5, i]
                shift[side, j] = total if side == 0 else -total
        change = abs(square - before)
        rounding = last_change <= change <= ROUNDING * (1.0 + square)
        before, last_change = square, change
        if rounding or change <= OVERLAP_TOLERANCE * (1.0 + square):
            determinant = lower[0, 0] * lower[1, 1] * lower[2, 2]
            return -0.5 * square - math.log(determinant) - 3.0 * math.log(SQRT_2PI)
    return math.nan


@piece()
def passing(lower: Floats, work: Floats) -> float:
    """Return the time in which the likeliest meeting passes by one standard deviation."""
    for i in range(3):
        work[4, 5, i] = work[4, 4, 3 + i] - work[4, 3, 3 + i]
    return 1.0 / math.sqrt(solve(lower, work[4, 5, :3], work[2, 0]))


@piece()
def peak_time(
    e1: Floats, p1: Floats, e2: Floats, p2: Floats, t: float, window: float, start: Floats,
    shift: Floats, mean: Floats, spread: Floats, lower: Floats, work: Floats,
) -> tuple[float, float]:  # fmt: skip
    """
    Return when the density of meetings is largest, and its standard deviation in time; nan.

    Parabolas through three times, with steps that only ever climb.
    """
    shift[:] = 0.0
    here = overlap(e1, p1, e2, p2, t, shift, mean, spread, lower, work)
    wider = 1.0
    for _ in range(PEAK_STEPS):
        start[:] = shift
        h = min(wider * passing(lower, work), 0.05 * window)
        if not h > 0.0:
            return t, math.nan
        before = overlap(e1, p1, e2, p2, t - h, shift, mean, spread, lower, work)
        shift[:] = start
        after = overlap(e1, p1, e2, p2, t + h, shift, mean, spread, lower, work)
        bend, slope = 2.0 * here - before - after, 0.5 * (after - before)
        if math.isnan(bend):
            return t, math.nan
        if bend < 0.05 and h < 0.05 * window:
            wider *= 3.0
            shift[:] = start
            continue
        step = h * slope / bend if bend > 1e-3 else math.copysign(FAR * h, slope)
        step = min(max(step, -FAR * h), FAR * h)
        for _ in range(30):
            moved = min(max(t + step, -window), window)
            shift[:] = start
            there = overlap(e1, p1, e2, p2, moved, shift, mean, spread, lower, work)
            if there >= here or abs(step) < 1e-3 * h:
                break
            step *= 0.5
        if abs(moved - t) < 1e-3 * h:
            shift[:] = start
            inside = bend > 0.0 and abs(t) < window
            return t, h / math.sqrt(bend) if inside else math.nan
        t, here = moved, there
    return t, math.nan


@piece()
def likeliest_time(
    e1: Floats, p1: Floats, e2: Floats, p2: Floats, window: float,
    shift: Floats, mean: Floats, spread: Floats, lower: Floats, work: Floats,
) -> float:  # fmt: skip
    """Return the largest of the inner peaks of the density on a coarse grid, 0 without any."""
    best, at, before, last = -math.inf, 0.0, math.nan, math.nan
    for k in range(-SCANNED, SCANNED + 1):
        shift[:] = 0.0
        here = overlap(e1, p1, e2, p2, window * k / SCANNED, shift, mean, spread, lower, work)
        if last >= before and last >= here and last > best:
            best, at = last, window * (k - 1) / SCANNED
        before, last = last, here
    return at
