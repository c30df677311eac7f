"""
One approach as two histories tell it: both numbers, and whether they can both be right.

Public element sets have supported "too close" and 85 km for one event.  Neither is dropped here,
and nothing is averaged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.characterise.proximity import Approaches, Verdict


@dataclass(frozen=True, slots=True)
class SideBySide:
    """
    Approaches of the same pairs at the same times, k of them, by two histories.

    `first` and `second` are rows of the two tables; -1 where only the other one has it.  `agree`
    says whether both 95 % intervals meet; CANNOT_TELL where one of them has none.
    """

    first: Ints
    second: Ints
    catalogue_number_1: Ints
    catalogue_number_2: Ints
    separation_first_km: Floats
    separation_second_km: Floats
    agree: NDArray[np.int8]  # proximity.Verdict

    def __len__(self) -> int:
        return len(self.first)


def side_by_side(first: Approaches, second: Approaches) -> SideBySide:
    """Return all approaches of two tables, those of one pair whose times overlap together."""
    pairs = _matched(first, second)
    mine, other = pairs[:, 0], pairs[:, 1]
    both = (mine >= 0) & (other >= 0)
    low1, high1, at1 = (_at(column, mine) for column in (
        first.separation_low_km, first.separation_high_km, first.separation_km
    ))  # fmt: skip
    low2, high2, at2 = (_at(column, other) for column in (
        second.separation_low_km, second.separation_high_km, second.separation_km
    ))  # fmt: skip
    with np.errstate(invalid="ignore"):
        meet = (low1 <= high2) & (low2 <= high1)
    known = both & np.isfinite(low1 + low2 + high1 + high2)
    return SideBySide(
        mine, other,
        _either(first.catalogue_number_1, mine, second.catalogue_number_1, other),
        _either(first.catalogue_number_2, mine, second.catalogue_number_2, other),
        at1, at2,
        np.select([~known, meet], [Verdict.CANNOT_TELL, Verdict.YES], Verdict.NO).astype(np.int8),
    )  # fmt: skip


def _matched(first: Approaches, second: Approaches) -> Ints:
    """(k, 2) rows of both tables that are of one pair and overlap in time; -1 for none."""
    by_pair: dict[tuple[int, int], list[int]] = {}
    for k, pair in enumerate(_pairs(second)):
        by_pair.setdefault(pair, []).append(k)
    found, used = [], set()
    for k, pair in enumerate(_pairs(first)):
        begin, end = first.not_before_tai_ns[k], first.not_after_tai_ns[k]
        met = [
            other for other in by_pair.get(pair, [])
            if second.not_before_tai_ns[other] <= end and second.not_after_tai_ns[other] >= begin
        ]  # fmt: skip
        found += [(k, other) for other in met] or [(k, -1)]
        used.update(met)
    found += [(-1, k) for k in range(len(second)) if k not in used]
    return np.array(found, np.int64).reshape(-1, 2)


def _pairs(table: Approaches) -> list[tuple[int, int]]:
    return list(
        zip(table.catalogue_number_1.tolist(), table.catalogue_number_2.tolist(), strict=True)
    )  # fmt: skip


def _at(column: Floats, row: Ints) -> Floats:
    """The column at rows, nan where the row is -1."""
    out = np.full(len(row), np.nan)
    out[row >= 0] = column[row[row >= 0]]
    return out


def _either(one: Ints, row1: Ints, other: Ints, row2: Ints) -> Ints:
    """The column of the first table where it has a row, else that of the second."""
    out = np.empty(len(row1), np.int64)
    out[row1 >= 0] = one[row1[row1 >= 0]]
    out[row1 < 0] = other[row2[row1 < 0]]
    return out
