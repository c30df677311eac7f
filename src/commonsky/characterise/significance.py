"""How rarely a quiet gap looks like a manoeuvre, and which of many are taken for one."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints

# Statistic q of a quiet gap exceeds z with the chance (1 + (z / a)²)^-b, a and b being TAILS[q]:
# the first four in dense histories of satellites far from any burn, the others in pairs of
# sets of debris, days to weeks apart.
TAILS: Final = np.array([
    [1.45, 3.08], [1.45, 3.08], [0.57, 1.0], [0.85, 1.4], [0.2, 0.75], [0.475, 0.95],
    [0.475, 0.95], [0.6, 2.5],
])  # fmt: skip
# In deep space the pressure of sunlight and long waves that SGP4 lacks make tails longer.
DEEP_TAILS: Final = TAILS * np.array([
    [1.9, 1.0], [1.9, 1.0], [1.2, 1.0], [1.3, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0],
])  # fmt: skip
CANDIDATE: Final = 2.2  # the score below which no step is looked at further
DAYS_A_YEAR: Final = 365.25


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
