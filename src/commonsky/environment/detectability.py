"""
How likely a fragment is to be tracked, by its length and height, and what stays unseen.

The plain table is ours: a smooth step about 10 cm in low orbits, which grows with height to 1 m at
GEO, the sizes that public catalogues are commonly said to reach.  It stands in until the sensors'
own table replaces it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from commonsky.astro.arrays import Floats

LETHAL_M = 0.01  # what is as long as this ends a mission where it hits; ours, as often taken
UNSEEN_WEIGHT = 5.0  # what an untracked fragment counts for beside a tracked one; ours
LEO_TOP_KM, GEO_KM = 2000.0, 35_786.0
LEO_M, GEO_M = 0.1, 1.0
_STEP_DECADES = 0.06  # half of the way from 12 % to 88 %


@dataclass(frozen=True, slots=True)
class DetectabilityTable:
    """Probability of being tracked, (k, m), over k lengths and m heights, both ascending."""

    length_m: Floats
    height_km: Floats
    probability: Floats

    def __post_init__(self) -> None:
        shape = (len(self.length_m), len(self.height_km))
        told = self.probability
        if told.shape != shape or min(shape) < 2 or not ((told >= 0.0) & (told <= 1.0)).all():
            raise ValueError(
                f"probabilities of 0 to 1 for {shape[0]} lengths and {shape[1]} heights, two or "
                f"more of each; these are of shape {told.shape}"
            )
        ascending = all((np.diff(axis) > 0.0).all() for axis in (self.length_m, self.height_km))
        if not (ascending and self.length_m[0] > 0.0):
            raise ValueError("lengths above 0 m, and heights, ascend from row to row")

    def at(self, length_m: Floats, height_km: Floats) -> Floats:
        """(n,) probability of being tracked; beyond the table it is that of its edge."""
        x, i = _place(np.log(length_m), np.log(self.length_m))
        y, j = _place(height_km, self.height_km)
        table = self.probability
        low = (1.0 - y) * table[i, j] + y * table[i, j + 1]
        high = (1.0 - y) * table[i + 1, j] + y * table[i + 1, j + 1]
        return np.asarray((1.0 - x) * low + x * high, np.float64)


def _place(
    value: Floats, axis: Floats
) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    below = np.clip(np.searchsorted(axis, value, side="right") - 1, 0, len(axis) - 2)
    share = (value - axis[below]) / (axis[below + 1] - axis[below])
    return np.clip(share, 0.0, 1.0), below


@cache
def plain_detectability() -> DetectabilityTable:
    """Return the plain table: 10 cm up to 2000 km, 1 m at GEO and above."""
    length = np.geomspace(1e-3, 10.0, 161)
    height = np.concatenate([[0.0], np.geomspace(LEO_TOP_KM, GEO_KM, 24), [1e6]])
    share = np.log(np.clip(height, LEO_TOP_KM, GEO_KM) / LEO_TOP_KM) / np.log(GEO_KM / LEO_TOP_KM)
    half = np.log10(LEO_M) + share * np.log10(GEO_M / LEO_M)
    above = (np.log10(length)[:, None] - half) / _STEP_DECADES
    return DetectabilityTable(length, height, 1.0 / (1.0 + np.exp(-2.0 * above)))


@dataclass(frozen=True, slots=True)
class Seen:
    """
    Of fragments of 1 cm and longer: how many are tracked, how many are not, and an index.

    In the index, which is ours, a tracked one counts 1 and an untracked one 5.
    """

    tracked: float
    unseen: float

    @property
    def index(self) -> float:
        """How many tracked fragments would be as much of a burden."""
        return self.tracked + UNSEEN_WEIGHT * self.unseen


def seen(length_m: Floats, height_km: Floats, table: DetectabilityTable) -> Seen:
    """Return how much of a cloud can be tracked; `height_km` is where they are best seen."""
    lethal = np.flatnonzero((length_m >= LETHAL_M) & np.isfinite(height_km))
    tracked = float(table.at(length_m[lethal], height_km[lethal]).sum())
    return Seen(tracked, len(lethal) - tracked)
