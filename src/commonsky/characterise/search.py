"""
The search for steps in one object's history: strongest first, and again beside what was found.

A statistic is divided by how large it usually is for this object about that time: element sets err
in ways that no formal sigma knows, and a burn is rare.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from commonsky.astro.kernels import kernel
from commonsky.characterise.gap import (
    LONG,
    NEXT_AXIS,
    NEXT_SHAPE,
    NEXT_TILT,
    SHAPE,
    SHORT,
    SIDE,
    STATISTICS,
    STEP_LONG,
    STEP_SHORT,
    TILT,
    TOLD,
    burn_steps,
    gap_statistics,
    located,
    work_space,
)
from commonsky.characterise.prediction import (
    ALONG,
    AXIS,
    DIFFERENCE,
    ECC_X,
    ECC_Y,
    TILT_X,
    TILT_Y,
)

AGREE: Final = 2.0  # sigmas of the short window's step that the long one's may be off by
SPANS: Final = (0.0, 1.0, 2.5, 4.0, 5.5, 7.5, 10.0)  # days that a set may be fitted over
SPAN_MEMORY_DAYS: Final = 180.0
HALF_WINDOW: Final = 40  # gaps, over which what is usual is found


@kernel()
def run_quantile(x, left_out, half, part_of, floor, usual, weight, out):
    """
    Running quantiles of sizes over 2 half + 1 gaps, drawn to `usual` as if by `weight` more.

    A low one, because windows about burns that are still to be found are many.
    """
    n = x.shape[0]
    part = np.empty(2 * half + 1)
    for begin in range(0, n, 8):
        count = 0
        for j in range(max(0, begin + 4 - half), min(n, begin + 5 + half)):
            if math.isfinite(x[j]) and not left_out[j]:
                part[count] = abs(x[j])
                count += 1
        value = usual
        if count > 0:
            value = np.sort(part[:count])[int(part_of * (count - 1) + 0.5)]
            share = count / (count + weight)
            value = math.exp(share * math.log(max(value, 1e-12)) + (1.0 - share) * math.log(usual))
        out[begin : min(begin + 8, n)] = max(value, floor)


@kernel()
def next_usual(differs, foretold):
    """(n - 1, 3) how far the next set usually is: of axis, inclination, eccentricity, km."""
    n = differs.shape[0]
    usual, sizes = np.empty((n, 3)), np.empty(n)
    nobody = np.zeros(n, np.bool_)
    for q in range(3):
        for k in range(n):
            if q == 0:
                size = abs(differs[k, AXIS])
            elif q == 1:
                size = math.hypot(differs[k, TILT_X], differs[k, TILT_Y])
            else:
                size = math.hypot(differs[k, ECC_X], differs[k, ECC_Y])
            sizes[k] = size / foretold[k, q]
        half = 0.6745 if q == 0 else 1.1774
        run_quantile(sizes, nobody, HALF_WINDOW, 0.5, 0.01 * half, half, 6.0, usual[:, q])
        for k in range(n):
            usual[k, q] *= foretold[k, q] / half
    return usual


@kernel()
def all_statistics(theory, own, day, rate, low, high, span, noise, usual_next, begin, end, space,
                   raw, sizes):  # fmt: skip
    """Statistics of gaps begin..end -> raw (n, STATISTICS), sizes (n, 6)."""
    for k in range(begin, end):
        sizes[k, :] = np.nan
        gap_statistics(
            theory, own, day, rate, k, low[k], high[k], span[k], noise, usual_next, space,
            raw[k], sizes[k],
        )  # fmt: skip


@kernel()
def noise_from(sizes, left_out, noise, usual):
    """Running sigmas of axis, along the track, and the slow elements -> noise (n, 6)."""
    for column in range(DIFFERENCE):
        to = 0 if column == AXIS else (1 if column == ALONG else 1 + column)
        floor = 1e-4 if column == AXIS else 5e-3
        run_quantile(
            sizes[:, column], left_out, HALF_WINDOW, 0.5, floor, usual[to], 2.0, noise[:, to]
        )


@kernel()
def scaled(raw, usual, weight, out):
    """Divide statistics by how large they usually are -> out; nan becomes 0."""
    for k in range(raw.shape[0]):
        for q in range(STATISTICS):
            z = weight[q] * raw[k, q] / usual[k, q]
            out[k, q] = z if math.isfinite(z) else 0.0
        if out[k, SHORT] != 0.0 and out[k, LONG] != 0.0:
            sigma = raw[k, STEP_SHORT] / raw[k, SHORT] * usual[k, SHORT]
            step, near = raw[k, STEP_LONG], raw[k, STEP_SHORT]
            both = min(max(step, near - AGREE * sigma), near + AGREE * sigma)
            out[k, LONG] *= min(max(both / step, 0.0), 1.0)


@kernel()
def usual_sizes(raw, left_out, usual):
    """How large each statistic usually is, as a sigma -> usual (n, STATISTICS)."""
    for q in range(STATISTICS):
        sigmas = 1.1774 if q in (TILT, SHAPE, NEXT_TILT, NEXT_SHAPE) else 0.6745
        run_quantile(raw[:, q], left_out, HALF_WINDOW, 0.5, 0.3 * sigmas, sigmas, 6.0, usual[:, q])
        usual[:, q] /= sigmas


@kernel()
def strongest(z, blocked, apart_by, least, chosen):
    """Gaps whose largest statistic is at least `least`, strongest first, none near another."""
    n = z.shape[0]
    size = np.empty(n)
    for k in range(n):
        size[k] = 0.0 if blocked[k] else np.abs(z[k]).max()
    order = np.argsort(-size)
    count = 0
    for k in order:
        if size[k] < least or count == len(chosen):
            break
        free = True
        for q in range(count):
            if abs(chosen[q] - k) <= apart_by:
                free = False
                break
        if free:
            chosen[count] = k
            count += 1
    return count


@kernel()
def spans_of(theory, own, day, rate, noise, z, space, span):
    """Over how many days sets are fitted, at each gap, from the shapes of the clearest steps."""
    n = len(day)
    span[:] = 0.0
    chosen = np.empty(min(n, 400), np.int64)
    blocked = np.zeros(n - 1, np.bool_)
    count = strongest(z, blocked, SIDE, 6.0, chosen)
    if count == 0:
        return
    spans = np.array(SPANS)
    excess = np.zeros((count, len(spans)))
    profile, place = np.empty(len(spans)), np.empty(2)
    for q in range(count):
        k = chosen[q]
        if located(
            theory, own, day, rate, k, 0, n - 1, spans, noise, 12.0, True, space, profile, place
        ):
            for i in range(len(spans)):
                excess[q, i] = min(profile[i] - profile.min(), 6.0)
    total = np.empty(len(spans))
    for begin in range(0, n, 8):
        total[:] = 0.0
        for q in range(count):
            weight = math.exp(-abs(day[chosen[q]] - day[begin]) / SPAN_MEMORY_DAYS) + 1e-6
            for i in range(len(spans)):
                total[i] += weight * excess[q, i]
        span[begin : min(begin + 8, n)] = spans[np.argmin(total)]


@kernel()
def search(theory, own, day, rate, usual_noise, usual_next, weight, least, burns, stats, steps,
           sigmas, floor):  # fmt: skip
    """
    Steps in one object's history of n sets; their number.

    -> burns (most, 3): day of the burn, span, gap that it lies in; stats (most, STATISTICS); steps
    and sigmas (most, 6) of the elements, km; floor (n - 1,) sigma of a step of the axis, km.
    """
    n = len(day)
    space = work_space()
    low, high = np.zeros(n, np.int64), np.full(n, n - 1)
    span, noise = np.zeros(n), np.empty((n, DIFFERENCE))
    raw, sizes = np.full((n - 1, TOLD), np.nan), np.full((n - 1, DIFFERENCE), np.nan)
    usual, z = np.empty((n - 1, STATISTICS)), np.zeros((n - 1, STATISTICS))
    blocked = np.zeros(n - 1, np.bool_)
    noise[:] = usual_noise
    found = 0
    for again in range(5):
        all_statistics(theory, own, day, rate, low, high, span, noise, usual_next, 0, n - 1,
                       space, raw, sizes)  # fmt: skip
        if again in (0, 2):
            noise_from(sizes, blocked, noise[: n - 1], usual_noise)
            continue
        usual_sizes(raw, blocked, usual)
        scaled(raw, usual, weight, z)
        if again == 1:
            spans_of(theory, own, day, rate, noise, z, space, span)
            continue
        found = greedy(theory, own, day, rate, low, high, span, noise, usual_next, weight, usual,
                       space, raw, sizes, z, blocked, least, burns, stats, found)  # fmt: skip
    found = judged(theory, own, day, rate, noise, usual_next, weight, usual, space, found, least,
                   burns, stats)  # fmt: skip
    axis_sigmas(raw, usual, usual_next, weight, blocked, floor)
    for q in range(found):
        gap = int(burns[q, 2])
        low_, high_ = between(day, burns, found, q)
        burn_steps(theory, own, day, rate, gap, low_, high_, burns[q, 0] - day[gap], burns[q, 1],
                   noise, usual_next, usual[gap], space, steps[q], sigmas[q])  # fmt: skip
    return found


@kernel()
def axis_sigmas(raw, usual, usual_next, weight, blocked, floor):
    """Sigma of a step of the axis in each gap, were it quiet -> floor (n - 1,), km."""
    n = raw.shape[0]
    sizes = np.empty(n)
    for k in range(n):
        sizes[k] = usual_next[k, 0] * usual[k, NEXT_AXIS] / weight[NEXT_AXIS]
        for which in (SHORT, LONG):
            if raw[k, which] != 0.0 and math.isfinite(raw[k, which]):
                sigma = raw[k, STEP_SHORT + which - SHORT] / raw[k, which] * usual[k, which]
                sizes[k] = min(sizes[k], sigma)
    run_quantile(sizes, blocked, HALF_WINDOW // 4, 0.5, 1e-6, 0.01, 0.1, floor)


@kernel()
def greedy(theory, own, day, rate, low, high, span, noise, usual_next, weight, usual, space, raw,
           sizes, z, blocked, least, burns, stats, found):  # fmt: skip
    """Take the strongest steps, look again beside them, until none is left; their number."""
    n = len(day)
    chosen = np.empty(min(n, 400), np.int64)
    one, profile, place = np.empty(1), np.empty(1), np.empty(2)
    for _ in range(20):
        count = strongest(z, blocked, SIDE, least, chosen)
        if count == 0:
            break
        for q in range(count):
            k = chosen[q]
            blocked[k] = True
            one[0] = span[k]
            if found == len(burns) or not located(
                theory, own, day, rate, k, low[k], high[k], one, noise, 10.0 + span[k], False,
                space, profile, place,
            ):  # fmt: skip
                continue
            burn = day[k] + place[0]
            gap = min(max(np.searchsorted(day, burn) - 1, 0), n - 2)
            settled = min(np.searchsorted(day, burn + place[1]), n - 1)
            burns[found, 0], burns[found, 1], burns[found, 2] = burn, place[1], gap
            stats[found] = z[k]
            found += 1
            blocked[max(0, gap) : max(settled, gap + 1)] = True
            for j in range(gap + 1):
                high[j] = min(high[j], gap)
            for j in range(gap, n):
                low[j] = max(low[j], settled)
        for q in range(count):
            begin, end = max(0, chosen[q] - 2 * SIDE), min(n - 1, chosen[q] + 2 * SIDE)
            all_statistics(theory, own, day, rate, low, high, span, noise, usual_next, begin, end,
                           space, raw, sizes)  # fmt: skip
        usual_sizes(raw, blocked, usual)
        scaled(raw, usual, weight, z)
    return found


@kernel()
def judged(theory, own, day, rate, noise, usual_next, weight, usual, space, found, least, burns,
           stats):  # fmt: skip
    """
    Judge each burn between its neighbours, and drop the weakest until all reach `least`.

    Returns how many are left; -> burns and stats, in order of time.
    """
    order = np.argsort(burns[:found, 0])
    burns[:found] = burns[:found][order].copy()
    stats[:found] = stats[:found][order].copy()
    again = np.ones(found, np.bool_)
    size = np.empty(found)
    while found > 0:
        for q in range(found):
            if again[q]:
                judge(theory, own, day, rate, noise, usual_next, weight, usual, space, found, q,
                      burns, stats)  # fmt: skip
                size[q] = np.abs(stats[q]).max()
                again[q] = False
        weakest = np.argmin(size[:found])
        if size[weakest] >= least:
            break
        for q in range(weakest, found - 1):
            burns[q], stats[q], size[q], again[q] = (
                burns[q + 1], stats[q + 1], size[q + 1], again[q + 1],
            )  # fmt: skip
        found -= 1
        if weakest > 0:
            again[weakest - 1] = True
        if weakest < found:
            again[weakest] = True
    return found


@kernel()
def between(day, burns, found, q):
    """First and last set that no other burn than q has changed since, or before."""
    gap = int(burns[q, 2])
    low, high = 0, len(day) - 1
    if q > 0:
        low = min(np.searchsorted(day, burns[q - 1, 0] + burns[q - 1, 1]), gap)
    if q + 1 < found:
        high = max(int(burns[q + 1, 2]), gap + 1)
    return low, high


@kernel()
def judge(theory, own, day, rate, noise, usual_next, weight, usual, space, found, q, burns,
          stats):  # fmt: skip
    """Statistics of burn q at its gap, from the sets between its neighbours, if those suffice."""
    raw, sizes, z = np.empty((1, TOLD)), np.empty(DIFFERENCE), np.empty((1, STATISTICS))
    gap = int(burns[q, 2])
    low, high = between(day, burns, found, q)
    gap_statistics(theory, own, day, rate, gap, low, high, burns[q, 1], noise, usual_next,
                   space, raw[0], sizes)  # fmt: skip
    scaled(raw, usual[gap : gap + 1], weight, z)
    for s in range(STATISTICS):
        if math.isfinite(raw[0, s]):
            stats[q, s] = z[0, s]
