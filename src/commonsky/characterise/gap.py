"""
What speaks for a step in one gap between element sets: statistics of the sets on either side.

Every statistic is a step over its own formal sigma.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from commonsky.astro.kernels import kernel
from commonsky.characterise.prediction import (
    ALONG,
    AXIS,
    DIFFERENCE,
    ECC_X,
    ECC_Y,
    TILT_X,
    TILT_Y,
)
from commonsky.characterise.step import (
    COST,
    FITTED,
    SIGMA,
    STEP,
    along_rows,
    fit,
    median_size,
    slow_rows,
)

SIDE: Final = 16  # sets before a gap, and after it, that are looked at
MOST: Final = 2 * SIDE
LEAST_SETS: Final = 5
# Statistics of a gap: of the axis and along the track over a short and a long window, of the
# inclination and of the eccentricity vector, and of the sets next to the gap alone; the last where
# drag should have brought the object further down than it came.
SHORT, LONG, TILT, SHAPE, NEXT_AXIS, NEXT_TILT, NEXT_SHAPE, NEXT_RISE = range(8)
STATISTICS: Final = 8
STEP_SHORT, STEP_LONG = 8, 9  # beside them the steps of the axis themselves, km
TOLD: Final = 10
RATE_PRIOR: Final = 1.0 / 0.05**2  # of the axis' rate, beyond drag as foretold, (km/day)^-2


@kernel()
def slots(k, low, high, side):
    """First slot of gap k's window, and the one after the last, of sets from low to high."""
    first = max(low, k - side + 1)
    last = min(high, k + side)
    return first - (k - SIDE + 1), last + 1 - (k - SIDE + 1)


@kernel()
def gap_statistics(seen, rate, k, low, high, span, noise, usual_next, space, told, sizes):
    """Statistics of gap k -> told (TOLD,); sizes (6,) are medians of what is left."""
    at_day, differs = seen[0][k], seen[1][k]
    rows, values, left, work, found, prior = space
    told[:] = np.nan
    first, last = slots(k, low, high, SIDE)
    burn = 0.5 * at_day[SIDE]
    for which in range(2):
        side, reach = (6, 9.0 + span) if which == 0 else (12, 18.0 + span)
        begin, end = max(SIDE - side, first), SIDE
        while end < last and at_day[end] < burn + span:
            end += 1
        end = min(end + side, last)
        n, before, after = along_rows(
            at_day, differs, begin, end, burn, span, reach, rate[k, 0], noise[k], rows, values
        )
        if min(before, after) < 2 or n < 2 * LEAST_SETS:
            continue
        prior[0], prior[1], prior[2], prior[3] = 0.0, 0.0, RATE_PRIOR, 0.0
        fit(rows, values, n, 4, prior, 3, left, found)
        spread = max(1.0, median_size(left, 0, n, 1, work))
        told[SHORT + which] = found[STEP] / (found[SIGMA] * spread)
        told[STEP_SHORT + which] = found[STEP]
        if which == 0 and n >= 16:
            sizes[AXIS] = noise[k, 0] * median_size(left, 0, n, 2, work)
            sizes[ALONG] = noise[k, 1] * median_size(left, 1, n, 2, work)
    begin, end = max(SIDE - 8, first), min(SIDE + 8, last)
    prior[:] = 0.0
    for pair in range(2):
        total = 0.0
        for axis in range(2):
            column = (TILT_X if pair == 0 else ECC_X) + axis
            n, before, after = slow_rows(
                at_day, differs, column, begin, end, burn, span, 12.0 + span,
                noise[k, 1 + column], rows, values,
            )  # fmt: skip
            if min(before, after) < 2 or n < LEAST_SETS:
                total = np.nan
                break
            if column == TILT_Y:
                turned = rate[k, 1] * found[STEP]
                turned_node(at_day, differs, begin, end, burn, 12.0 + span, turned,
                            noise[k, 1 + column], values)  # fmt: skip
            fit(rows, values, n, 3, prior, 2, left, found)
            size = median_size(left, 0, n, 1, work)
            sizes[column] = noise[k, 1 + column] * size
            total += (found[STEP] / (found[SIGMA] * max(1.0, size))) ** 2
        told[TILT + pair] = math.sqrt(total)
    step = agreed(differs, first, last, AXIS, 1)
    told[NEXT_AXIS], told[NEXT_RISE] = step / usual_next[k, 0], step / usual_next[k, 3]
    told[NEXT_TILT] = agreed(differs, first, last, TILT_X, 2) / usual_next[k, 1]
    told[NEXT_SHAPE] = agreed(differs, first, last, ECC_X, 2) / usual_next[k, 2]


@kernel()
def agreed(differs, first, last, column, size):
    """
    How far the set after a gap is from that before, as far as their other neighbours agree, km.

    One bad set is far from both neighbours, and they are near each other.
    """
    square, later, sooner = 0.0, 0.0, 0.0
    for q in range(column, column + size):
        d = differs[SIDE, q]
        square += d * d
        later += d * (differs[SIDE + 1, q] if last > SIDE + 1 else np.nan)
        sooner += d * (d - differs[SIDE - 2, q] if first < SIDE - 1 else np.nan)
    if not square > 0.0:
        return 0.0 if square == 0.0 else np.nan
    least = 1.0
    if math.isfinite(later):
        least = min(least, later / square)
    if math.isfinite(sooner):
        least = min(least, sooner / square)
    elif not math.isfinite(later):
        least = 0.5  # nobody to ask
    sign = 1.0 if size == 2 or differs[SIDE, column] > 0.0 else -1.0
    return sign * max(least, 0.0) * math.sqrt(square)


@kernel()
def located(seen, rate, k, low, high, spans, noise, reach, here_alone, axis_alone, space, profile,
            place):  # fmt: skip
    """
    Where a step about gap k fits best -> place: day of the burn (from set k), span; False if none.

    `profile` (spans,) is the least cost of each span.
    """
    at_day, differs = seen[0][k], seen[1][k]
    rows, values, left, _, found, prior = space
    best = np.inf
    profile[:] = np.inf
    middle = 0.5 * at_day[SIDE]
    first, last = slots(k, low, high, SIDE)
    begin, end = first, last
    while begin < SIDE and not at_day[begin] >= middle - reach:
        begin += 1
    while end > SIDE and not at_day[end - 1] <= middle + reach:
        end -= 1
    sooner, later = max(first, SIDE - 7), min(last - 1, SIDE + 4)
    if here_alone:
        sooner, later = SIDE - 1, SIDE
    # First the middles of gaps, then the other parts of the best one and its neighbours.
    best_gap = -1
    for finer in range(2):
        if finer == 1:
            sooner, later = max(sooner, best_gap - 1), min(later, best_gap + 2)
        for gap in range(sooner, later):
            for part in range(3):
                if (part == 1) == (finer == 1):
                    continue
                burn = at_day[gap] + (at_day[gap + 1] - at_day[gap]) * (0.2 + 0.3 * part)
                for i in range(len(spans)):
                    cost = burn_cost(
                        at_day, differs, begin, end, burn, spans[i], rate[k], noise[k], axis_alone,
                        rows, values, left, found, prior,
                    )  # fmt: skip
                    profile[i] = min(profile[i], cost)
                    if cost < best:
                        best, best_gap = cost, gap
                        place[0], place[1] = burn, spans[i]
        if best_gap < 0:
            break
    return best_gap >= 0


@kernel()
def burn_cost(
    at_day, differs, begin, end, burn, span, rate, noise, axis_alone, rows, values, left, found,
    prior,
):  # fmt: skip
    """-log likelihood of all that the sets say, given a burn at this day; inf if too few do."""
    prior[:] = 0.0
    if axis_alone:
        n, before, after = slow_rows(
            at_day, differs, AXIS, begin, end, burn, span, np.inf, noise[0], rows, values
        )
        if min(before, after) < 2:
            return np.inf
        fit(rows, values, n, 3, prior, 3, left, found)
        return found[COST]
    n, before, after = along_rows(
        at_day, differs, begin, end, burn, span, np.inf, rate[0], noise, rows, values
    )
    if min(before, after) < 1:
        return np.inf
    prior[0], prior[1], prior[2], prior[3] = 0.0, 0.0, RATE_PRIOR, 0.0
    fit(rows, values, n, 4, prior, 3, left, found)
    cost, axis_step = found[COST], found[STEP]
    prior[:] = 0.0
    for column in range(ECC_X, TILT_Y + 1):
        sigma = noise[1 + column]
        n, _, _ = slow_rows(
            at_day, differs, column, begin, end, burn, span, np.inf, sigma, rows, values
        )
        if column == TILT_Y:
            turned = rate[1] * found[STEP] + rate[2] * axis_step
            turned_node(at_day, differs, begin, end, burn, np.inf, turned, sigma, values)
        fit(rows, values, n, 3, prior, 2, left, found)
        cost += found[COST]
    return cost


@kernel()
def work_space():
    """Arrays for one fit after another."""
    return (
        np.empty((2 * MOST, 4)), np.empty(2 * MOST), np.empty(2 * MOST), np.empty(2 * MOST),
        np.empty(FITTED), np.zeros(4),
    )  # fmt: skip


@kernel()
def burn_steps(seen, rate, k, low, high, burn, span, noise, usual_next, usual, space,
               steps, sigmas):  # fmt: skip
    """Steps (6,) of the elements at day `burn` from set k, and their sigmas, km; not along."""
    at_day, differs = seen[0][k], seen[1][k]
    rows, values, left, work, found, prior = space
    begin, end = slots(k, low, high, 8)
    steps[:], sigmas[:] = np.nan, np.nan
    for column in range(DIFFERENCE - 1):
        which = 0 if column == AXIS else (2 if column <= ECC_Y else 1)
        steps[column] = differs[SIDE, column]
        sigmas[column] = usual_next[k, which]
    n, before, after = along_rows(
        at_day, differs, begin, end, burn, span, np.inf, rate[k, 0], noise[k], rows, values
    )
    if min(before, after) >= 2 and n >= 2 * LEAST_SETS:
        prior[0], prior[1], prior[2], prior[3] = 0.0, 0.0, RATE_PRIOR, 0.0
        fit(rows, values, n, 4, prior, 5, left, found)
        spread = max(1.0, median_size(left, 0, n, 1, work))
        steps[AXIS], sigmas[AXIS] = found[STEP], found[SIGMA] * spread * usual[SHORT]
    prior[:] = 0.0
    for column in range(ECC_X, TILT_Y + 1):
        n, before, after = slow_rows(
            at_day, differs, column, begin, end, burn, span, np.inf, noise[k, 1 + column], rows,
            values,
        )  # fmt: skip
        if column == TILT_Y:
            turned = rate[k, 1] * steps[TILT_X] + rate[k, 2] * steps[AXIS]
            turned_node(at_day, differs, begin, end, burn, np.inf, turned, noise[k, 5], values)
        if min(before, after) >= 2 and n >= LEAST_SETS:
            fit(rows, values, n, 3, prior, 5, left, found)
            spread = max(1.0, median_size(left, 0, n, 1, work))
            which = SHAPE if column <= ECC_Y else TILT
            steps[column] = found[STEP]
            sigmas[column] = found[SIGMA] * spread * usual[which]


@kernel()
def turned_node(at_day, differs, begin, end, burn, reach, turned, noise, values):
    """Take off `values` what the node's other rate after the burn adds, `turned` km a day."""
    count = 0
    for s in range(begin, end):
        t = at_day[s] - burn
        if abs(t) > reach or not math.isfinite(differs[s, TILT_Y]):
            continue
        if t > 0.0:
            values[count] -= turned * t / noise
        count += 1
