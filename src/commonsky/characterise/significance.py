"""How rarely a quiet gap looks like a manoeuvre, and which of many are taken for one."""

from __future__ import annotations

from typing import Final, overload

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints

# What each statistic counts for beside the first: the others' tails are longer.
WEIGHT: Final = np.array([1.0, 1.0, 0.3, 0.5, 0.03, 0.03, 0.03])
CANDIDATE: Final = 3.5  # what is weaker is not looked at further
# A quiet gap exceeds a strength s with chance (1 + (s / SCALE)²)^-POWER.
SCALE, POWER = 2.0, 2.5
DAYS_A_YEAR: Final = 365.25
LIKELY: Final = 4.3  # the strength that is usually enough


def minus_log10_chance(strength: Floats) -> Floats:
    """-log10 of the chance that a quiet gap shows something as strong."""
    return np.asarray(POWER * np.log10(1.0 + (strength / SCALE) ** 2), np.float64)


@overload
def found_half_the_time(sigma: float) -> float: ...
@overload
def found_half_the_time(sigma: Floats) -> Floats: ...
def found_half_the_time(sigma: float | Floats) -> float | Floats:
    """Return the step that is found in half of the cases, where one has this sigma."""
    return LIKELY * sigma


def accepted(
    owner: Ints, score: Floats, gaps: Ints, days: Floats, false_discovery: float
) -> NDArray[np.bool_]:
    """
    (k,) which candidates stand: of those of one object about this share may be false.

    `gaps` and `days` (m,) are those of each object's history; one of less than a year is judged
    as a year's, or else short histories would be full of finds.

    Reference: Benjamini and Hochberg (1995), each object being a family of its own.
    """
    stands = np.zeros(len(owner), np.bool_)
    tests = gaps * np.maximum(1.0, DAYS_A_YEAR / np.maximum(days, 1e-3))
    order = np.lexsort((-score, owner))
    begins = np.flatnonzero(np.diff(owner[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(begins, np.diff(np.append(begins, len(order)))) + 1
    allowed = np.log10(tests[owner[order]] / (false_discovery * rank))
    passed = score[order] >= allowed
    # All that are stronger than the weakest that passes stand too.
    last = np.zeros(len(gaps), np.int64)
    np.maximum.at(last, owner[order][passed], rank[passed])
    stands[order] = rank <= last[owner[order]]
    return stands
