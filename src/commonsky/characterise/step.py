"""
A step of an orbit between two element sets, fitted to the sets before and after it.

The fit to a burn's data is what a catalogue prints.  Where it is made over the last S days, a set
shows only part of a burn that is younger than S: of the axis u²(3 - 2u), along the track
S u²(2 - u), u being the burn's age over S.  That is the line fitted to a phase with a kink.
Catalogues made from ephemerides that look ahead have S = 0.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from commonsky.astro.kernels import kernel
from commonsky.characterise.prediction import ALONG, AXIS

FREEDOM: Final = 4.0  # of Student's distribution, whose tails element sets have or exceed
STEP, SIGMA, COST = range(3)
FITTED: Final = 3


@kernel()
def shown(age, span):
    """What sets show of a burn of this age (days): its share of the axis, and of days along."""
    if age <= 0.0:
        return 0.0, 0.0
    if age >= span:
        return 1.0, age
    u = age / span
    return u * u * (3.0 - 2.0 * u), span * u * u * (2.0 - u)


@kernel()
def fit(rows, values, count, size, prior, rounds, left, found):
    """
    Fit `size` parameters to `count` rows of unit noise with heavy tails, the last being the step.

    `prior` (size,) are inverse variances about zero.  -> left (count,) residuals; found: the step,
    its sigma and the cost, -log likelihood up to a constant.
    """
    a = np.empty((4, 4))
    x, e, w = np.empty(4), np.empty(4), np.ones(count)
    for _ in range(rounds):
        for i in range(size):
            x[i], e[i] = 0.0, 0.0
            for j in range(i + 1):
                a[i, j] = 0.0
        e[size - 1] = 1.0
        for q in range(count):
            for i in range(size):
                wi = w[q] * rows[q, i]
                x[i] += wi * values[q]
                for j in range(i + 1):
                    a[i, j] += wi * rows[q, j]
        for i in range(size):
            a[i, i] += prior[i] + 1e-9
            for j in range(i + 1):
                v = a[i, j]
                for p in range(j):
                    v -= a[i, p] * a[j, p]
                a[i, j] = math.sqrt(max(v, 1e-12)) if i == j else v / a[j, j]
        for i in range(size):
            for p in range(i):
                x[i] -= a[i, p] * x[p]
                e[i] -= a[i, p] * e[p]
            x[i] /= a[i, i]
            e[i] /= a[i, i]
        for i in range(size - 1, -1, -1):
            for p in range(i + 1, size):
                x[i] -= a[p, i] * x[p]
                e[i] -= a[p, i] * e[p]
            x[i] /= a[i, i]
            e[i] /= a[i, i]
        for q in range(count):
            v = values[q]
            for i in range(size):
                v -= rows[q, i] * x[i]
            left[q] = v
            w[q] = (FREEDOM + 1.0) / (FREEDOM + v * v)
    cost = count * math.log((FREEDOM + 1.0) / FREEDOM)
    for q in range(count):
        cost -= math.log(w[q])
    found[STEP], found[SIGMA] = x[size - 1], math.sqrt(e[size - 1])
    found[COST] = 0.5 * (FREEDOM + 1.0) * cost


@kernel()
def sort_first(work, n):
    """Sort the first n numbers in place, by insertion: n is some dozens."""
    for k in range(1, n):
        v, place = work[k], k
        while place > 0 and work[place - 1] > v:
            work[place] = work[place - 1]
            place -= 1
        work[place] = v


@kernel()
def median_size(left, begin, count, step, work):
    """1.4826 times the median size of residuals begin, begin + step, … : a robust sigma."""
    n = 0
    for q in range(begin, count, step):
        work[n] = abs(left[q])
        n += 1
    if n == 0:
        return np.nan
    sort_first(work, n)
    return 1.4826 * 0.5 * (work[(n - 1) // 2] + work[n // 2])


@kernel()
def along_rows(at_day, differs, begin, end, burn, span, reach, rate, noise, rows, values):
    """
    Rows of axis and length along the track, two a set, for a burn at day `burn`.

    Parameters: length along and axis at the burn, the axis' rate, the axis' step.  `rate` is 1.5
    mean motions a day, `noise` the sigmas of axis and along.  Returns rows, sets before and after.
    """
    count = before = after = 0
    for s in range(begin, end):
        t = at_day[s] - burn
        if abs(t) > reach or not math.isfinite(differs[s, AXIS]):
            continue
        share, length = shown(t, span)
        if t > 0.0:
            after += 1
        else:
            before += 1
        w = 1.0 / noise[0]
        rows[count, 0], rows[count, 1], rows[count, 2], rows[count, 3] = 0.0, w, w * t, w * share
        values[count] = w * differs[s, AXIS]
        w = 1.0 / noise[1]
        g = -w * rate
        rows[count + 1, 0], rows[count + 1, 1] = w, g * t
        rows[count + 1, 2], rows[count + 1, 3] = 0.5 * g * t * t, g * length
        values[count + 1] = w * differs[s, ALONG]
        count += 2
    return count, before, after


@kernel()
def slow_rows(at_day, differs, column, begin, end, burn, span, reach, noise, rows, values):
    """Rows of a slow element, for a burn at day `burn`: its level, its rate, its step."""
    count = before = after = 0
    for s in range(begin, end):
        t = at_day[s] - burn
        if abs(t) > reach or not math.isfinite(differs[s, column]):
            continue
        share, _ = shown(t, span)
        if t > 0.0:
            after += 1
        else:
            before += 1
        w = 1.0 / noise
        rows[count, 0], rows[count, 1], rows[count, 2] = w, w * t, w * share
        values[count] = w * differs[s, column]
        count += 1
    return count, before, after
