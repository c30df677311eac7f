"""
The search for steps in one object's history: strongest first, and again beside what was found.

A statistic is divided by how large it usually is for this object about that time.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from commonsky.astro.kernels import kernel
from commonsky.characterise.gap import (
    LEAST_SETS,
    LONG,
    NEXT_AXIS,
    NEXT_RISE,
    SHORT,
    SIDE,
    STATISTICS,
    STEP_SHORT,
    TOLD,
    burn_steps,
    gap_statistics,
    located,
    work_space,
)
from commonsky.characterise.noise import (
    HALF_WINDOW,
    STRIDE,
    noise_from,
    run_quantile,
    scaled,
    usual_sizes,
)
from commonsky.characterise.prediction import (
    DIFFERENCE,
)

SPANS: Final = np.array([0.0, 1.0, 2.5, 4.0, 5.5, 7.5, 10.0])  # days that a set may be fitted over
SPAN_MEMORY_DAYS: Final = 180.0
CLEAR: Final = 4.0  # the score of steps that show over how many days sets are fitted
LOOKS: Final = 0.6  # log10 of how many statistics there are that do not go together
ENOUGH: Final = 3.0  # the score that usually is enough to be accepted


@kernel()
def all_statistics(seen, rate, low, high, span, noise, usual_next, begin, end, every,
                   left_out, space, raw, sizes):  # fmt: skip
    """Statistics of gaps begin..end, or every so manieth -> raw (n, TOLD), sizes (n, 6)."""
    for k in range(begin, end, every):
        if left_out[k]:
            continue
        sizes[k, :] = np.nan
        gap_statistics(
            seen, rate, k, low[k], high[k], span[k], noise, usual_next, space, raw[k], sizes[k]
        )  # fmt: skip


@kernel()
def score_of(z, tails):
    """-log10 of the chance that a quiet gap has a statistic as rare as the rarest of these."""
    most = 0.0
    for q in range(STATISTICS):
        if q != NEXT_RISE or z[q] > 0.0:
            most = max(most, tails[q, 1] * math.log10(1.0 + (z[q] / tails[q, 0]) ** 2))
    return max(most - LOOKS, 0.0)


@kernel()
def sets_before(day, then):
    """How many sets are older than a day."""
    low, high = 0, len(day)
    while low < high:
        middle = (low + high) // 2
        if day[middle] < then:
            low = middle + 1
        else:
            high = middle
    return low


@kernel()
def least_of(values):
    """Place of the least value."""
    best = 0
    for k in range(1, len(values)):
        if values[k] < values[best]:
            best = k
    return best


@kernel()
def strongest(z, tails, blocked, apart_by, least, chosen):
    """Gaps that score at least `least`, highest first, none near another."""
    n = z.shape[0]
    size = np.zeros(n)
    for k in range(n):
        if not blocked[k]:
            size[k] = score_of(z[k], tails)
    count = 0
    while count < len(chosen):
        best = 0
        for k in range(1, n):
            if size[k] > size[best]:
                best = k
        if size[best] < least:
            break
        chosen[count] = best
        count += 1
        for k in range(max(0, best - apart_by), min(n, best + apart_by + 1)):
            size[k] = 0.0
    return count


@kernel()
def spans_of(seen, day, rate, noise, z, tails, spans, space, span):
    """Over how many days sets are fitted, at each gap, from the shapes of the clearest steps."""
    n = len(day)
    span[:] = 0.0
    chosen = np.empty(min(n, 400), np.int64)
    blocked = np.zeros(n - 1, np.bool_)
    count = strongest(z, tails, blocked, SIDE, CLEAR, chosen)
    if count == 0:
        return
    excess = np.zeros((count, len(spans)))
    profile, place = np.empty(len(spans)), np.empty(2)
    for q in range(count):
        k = chosen[q]
        if located(seen, rate, k, 0, n - 1, spans, noise, 12.0, False, True, space, profile,
                   place):  # fmt: skip
            for i in range(len(spans)):
                excess[q, i] = min(profile[i] - profile[least_of(profile)], 6.0)
    total = np.empty(len(spans))
    for begin in range(0, n, STRIDE):
        total[:] = 0.0
        for q in range(count):
            weight = math.exp(-abs(day[chosen[q]] - day[begin]) / SPAN_MEMORY_DAYS) + 1e-6
            for i in range(len(spans)):
                total[i] += weight * excess[q, i]
        span[begin : min(begin + STRIDE, n)] = spans[least_of(total)]


@kernel()
def search(seen, day, rate, spans, usual_noise, usual_next, tails, least, tests, burns,
           scores, steps, sigmas, floor):  # fmt: skip
    """
    Steps in one object's history of n sets; their number.

    -> burns (most, 3): day of the burn, span, gap that it lies in; scores (most,); steps and
    sigmas (most, 6) of the elements, km; floor (n - 1,) the step of the axis that would be found
    in half of the cases, km.
    """
    n = len(day)
    space = work_space()
    low, high = np.zeros(n, np.int64), np.empty(n, np.int64)
    span, noise = np.zeros(n), np.empty((n, DIFFERENCE))
    stats = np.empty((len(burns), STATISTICS))
    raw, sizes = np.empty((n - 1, TOLD)), np.empty((n - 1, DIFFERENCE))
    high[:], raw[:], sizes[:] = n - 1, np.nan, np.nan
    usual, z = np.empty((n - 1, STATISTICS)), np.zeros((n - 1, STATISTICS))
    blocked, known = np.zeros(n - 1, np.bool_), np.zeros(n - 1, np.bool_)
    noise[:] = usual_noise
    every = 1 if n < 4 * SIDE else 3
    for again in range(2):
        if n > LEAST_SETS:
            all_statistics(seen, rate, low, high, span, noise, usual_next, 0, n - 1,
                           every, blocked, space, raw, sizes)  # fmt: skip
            noise_from(sizes, blocked, noise[: n - 1], usual_noise)
        all_statistics(seen, rate, low, high, span, noise, usual_next, 0, n - 1, 1,
                       known, space, raw, sizes)  # fmt: skip
        usual_sizes(raw, blocked, usual)
        scaled(raw, usual, usual_next, z)
        if again == 0:
            spans_of(seen, day, rate, noise, z, tails, spans, space, span)
            later = False
            for k in range(n - 1):
                known[k] = span[k] == 0.0
                later |= span[k] > 0.0
            if not later:
                break
    found = 0
    for _ in range(2):
        found = greedy(seen, day, rate, low, high, span, noise, usual_next, tails, usual,
                       space, raw, sizes, z, blocked, least, burns, stats, found)  # fmt: skip
        usual_sizes(raw, blocked, usual)
        scaled(raw, usual, usual_next, z)
    found = judged(seen, day, rate, noise, usual_next, tails, usual, space, found, least,
                   tests, burns, stats)  # fmt: skip
    least_steps(raw, usual, usual_next, tails, blocked, ENOUGH, floor)
    for q in range(found):
        scores[q] = score_of(stats[q], tails)
        gap = int(burns[q, 2])
        low_, high_ = between(day, burns, found, q)
        burn_steps(seen, rate, gap, low_, high_, burns[q, 0] - day[gap], burns[q, 1],
                   noise, usual_next, usual[gap], space, steps[q], sigmas[q])  # fmt: skip
    return found


@kernel()
def least_steps(raw, usual, usual_next, tails, blocked, score, floor):
    """Step of the axis that would reach a score in each gap, were it quiet -> floor, km."""
    n = raw.shape[0]
    sizes = np.empty(n)
    reach = np.empty(STATISTICS)
    for q in range(STATISTICS):
        reach[q] = tails[q, 0] * math.sqrt(10.0 ** ((score + LOOKS) / tails[q, 1]) - 1.0)
    for k in range(n):
        sizes[k] = usual_next[k, 0] * reach[NEXT_AXIS]
        for which in (SHORT, LONG):
            if raw[k, which] != 0.0 and math.isfinite(raw[k, which]):
                sigma = raw[k, STEP_SHORT + which - SHORT] / raw[k, which] * usual[k, which]
                sizes[k] = min(sizes[k], sigma * reach[which])
    run_quantile(sizes, blocked, HALF_WINDOW // 4, 0.5, 1e-6, 0.01, 0.1, floor)


@kernel()
def greedy(seen, day, rate, low, high, span, noise, usual_next, tails, usual, space, raw,
           sizes, z, blocked, least, burns, stats, found):  # fmt: skip
    """Take the strongest steps, look again beside them, until none is left; their number."""
    n = len(day)
    chosen = np.empty(min(n, 400), np.int64)
    here = np.empty((len(chosen), 2), np.int64)
    one, profile, place = np.empty(1), np.empty(1), np.empty(2)
    for _ in range(20):
        count = strongest(z, tails, blocked, SIDE, least, chosen)
        if count == 0:
            break
        for q in range(count):
            k = chosen[q]
            blocked[k] = True
            here[q, 1] = -1
            one[0] = span[k]
            here_alone = by_neighbours_alone(z[k], tails)
            if found == len(burns) or not located(
                seen, rate, k, low[k], high[k], one, noise, 10.0 + span[k],
                here_alone, False, space, profile, place,
            ):  # fmt: skip
                continue
            burn = day[k] + place[0]
            gap = min(max(sets_before(day, burn) - 1, 0), n - 2)
            settled = min(sets_before(day, burn + place[1]), n - 1)
            burns[found, 0], burns[found, 1], burns[found, 2] = burn, place[1], gap
            stats[found] = z[k]
            here[q, 0], here[q, 1] = gap, settled
            found += 1
            blocked[max(0, gap) : max(settled, gap + 1)] = True
            for j in range(gap + 1):
                high[j] = min(high[j], gap)
            for j in range(gap, n):
                low[j] = max(low[j], settled)
        for q in range(count):
            if here[q, 1] < 0:
                continue
            begin, end = max(0, here[q, 0] - SIDE), min(n - 1, here[q, 1] + SIDE)
            all_statistics(seen, rate, low, high, span, noise, usual_next, begin, end,
                           1, blocked, space, raw, sizes)  # fmt: skip
            scaled(raw[begin:end], usual[begin:end], usual_next[begin:end], z[begin:end])
    return found


@kernel()
def by_neighbours_alone(z, tails):
    """Whether the sets next to a gap say more than the windows about it: it lies there then."""
    wide, near = 0.0, 0.0
    for q in range(STATISTICS):
        rare = tails[q, 1] * math.log10(1.0 + (z[q] / tails[q, 0]) ** 2)
        if q < NEXT_AXIS:
            wide = max(wide, rare)
        else:
            near = max(near, rare)
    return near > wide


@kernel()
def swap(rows, place):
    """Swap a row with the one before."""
    for column in range(rows.shape[1]):
        rows[place, column], rows[place - 1, column] = rows[place - 1, column], rows[place, column]


@kernel()
def judged(seen, day, rate, noise, usual_next, tails, usual, space, found, least, tests, burns,
           stats):  # fmt: skip
    """
    Judge each burn between its neighbours, and drop the weakest until all may stand.

    Of k burns the weakest stands if it scores `least`, and by chance would come less than k times
    of `tests`, the number of gaps over the share of false ones that may be.  Those beside a burn
    that is dropped are judged again.  Returns how many are left; -> burns and stats, in order of
    time.

    Reference: Benjamini and Hochberg (1995), each object being a family of its own.
    """
    for q in range(1, found):
        place = q
        while place > 0 and burns[place - 1, 0] > burns[place, 0]:
            swap(burns, place)
            swap(stats, place)
            place -= 1
    again = np.ones(found, np.bool_)
    size = np.empty(found)
    while found > 0:
        for q in range(found):
            if again[q]:
                judge(seen, day, rate, noise, usual_next, usual, space, found, q,
                      burns, stats)  # fmt: skip
                size[q] = score_of(stats[q], tails)
                again[q] = False
        weakest = least_of(size[:found])
        if size[weakest] >= max(least, math.log10(tests / found)):
            break
        for q in range(weakest, found - 1):
            swap(burns, q + 1)
            swap(stats, q + 1)
            size[q], again[q] = size[q + 1], again[q + 1]
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
        low = min(sets_before(day, burns[q - 1, 0] + burns[q - 1, 1]), gap)
    if q + 1 < found:
        high = max(int(burns[q + 1, 2]), gap + 1)
    return low, high


@kernel()
def judge(seen, day, rate, noise, usual_next, usual, space, found, q, burns,
          stats):  # fmt: skip
    """Statistics of burn q at its gap, from the sets between its neighbours."""
    raw, sizes, z = np.empty((1, TOLD)), np.empty(DIFFERENCE), np.empty((1, STATISTICS))
    gap = int(burns[q, 2])
    low, high = between(day, burns, found, q)
    gap_statistics(seen, rate, gap, low, high, burns[q, 1], noise, usual_next,
                   space, raw[0], sizes)  # fmt: skip
    scaled(raw, usual[gap : gap + 1], usual_next[gap : gap + 1], z)
    stats[q] = z[0]
