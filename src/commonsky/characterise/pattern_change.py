"""
When a pattern of life changed: heights that were left, and planes that are kept no more.

Relocations within the geosynchronous belt are not among them; see `relocation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.characterise.change_point import change_points, scatter
from commonsky.characterise.history import History
from commonsky.characterise.keeping import plane_kept
from commonsky.characterise.longitude import located, steps
from commonsky.characterise.pattern import Regime, heights_km, regimes
from commonsky.characterise.prediction import AXIS, theory
from commonsky.characterise.surprise import differences_km

# The least scatter of a series, and the least change of its level that is told.
KEPT_FLOOR, KEPT_LEAST = 0.15, 0.4
HEIGHT_FLOOR_KM, HEIGHT_LEAST_KM = 0.1, 0.5
LEAST_SETS: Final = 10


class Quantity(IntEnum):
    """What has changed."""

    HEIGHT = 0  # km, mean semi-major axis over the Earth's radius
    NORTH_SOUTH = 1  # the share of the natural drift of the plane that is undone


@dataclass(frozen=True, slots=True)
class Changes:
    """
    Changes of pattern, k of them: between which sets, of what, and from what to what.

    Of an object that drag brings down, heights are apart by what it did not do by itself.  `score`
    is the change over the scatter of the series.
    """

    catalogue_number: Ints
    row_before: Ints
    row_after: Ints
    not_before_tai_ns: Ints
    not_after_tai_ns: Ints
    quantity: NDArray[np.int8]  # Quantity
    before: Floats
    after: Floats
    score: Floats

    def __len__(self) -> int:
        return len(self.row_before)


class _Cuts(NamedTuple):
    """Changes of one series: set before and after, levels, score."""

    before: Ints
    after: Ints
    low: Floats
    high: Floats
    score: Floats
    cost: float


def changes(history: History) -> Changes:
    """Return the changes of pattern of each object of a history, in order of object and time."""
    coefficients = theory(history.elements)
    where = located(history, coefficients)
    kept = plane_kept(where, steps(history, where, coefficients))
    heights, regime = heights_km(coefficients), regimes(history)
    alone = differences_km(history, coefficients)[0][:, AXIS]
    found: list[tuple[int, Quantity, _Cuts]] = []
    for j in range(len(history)):
        rows = np.arange(history.first[j], history.first[j + 1])
        if regime[j] == Regime.BELT:
            rows = rows[np.isfinite(kept[rows])]
            cuts = _cuts(kept[rows], rows, rows + 1, KEPT_FLOOR)
            found.append((j, Quantity.NORTH_SOUTH, _larger(cuts, KEPT_LEAST)))
        else:
            rows = rows[np.isfinite(heights[rows])]
            cuts = _height_cuts(heights[rows], alone[rows], rows)
            found.append((j, Quantity.HEIGHT, _larger(cuts, HEIGHT_LEAST_KM)))
    return _table(history, found)


def _height_cuts(heights: Floats, alone: Floats, rows: Ints) -> _Cuts:
    """
    Changes of an object's height: of the height itself, if that is kept, or of what was added.

    What is kept at a height is told most cheaply by its heights, and what is left to drag by the
    sum of what it did not do by itself.
    """
    kept = _cuts(heights, rows, rows, HEIGHT_FLOOR_KM)
    free = _cuts(np.nancumsum(alone), rows, rows, HEIGHT_FLOOR_KM)
    if kept.cost <= free.cost:
        return kept
    place = np.searchsorted(rows, free.before)
    return free._replace(low=heights[place], high=heights[place] + free.high - free.low)


def _larger(cuts: _Cuts, least: float) -> _Cuts:
    """Those changes of a level that are as large as asked."""
    keep = np.abs(cuts.high - cuts.low) >= least
    return _Cuts(
        cuts.before[keep], cuts.after[keep], cuts.low[keep], cuts.high[keep], cuts.score[keep],
        cuts.cost,
    )  # fmt: skip


def _cuts(value: Floats, rows: Ints, rows_after: Ints, floor: float) -> _Cuts:
    """Changes of level of one series, whose values are of the sets `rows`."""
    if len(value) < LEAST_SETS:
        none, nothing = np.zeros(0, np.int64), np.zeros(0)
        return _Cuts(none, none, nothing, nothing, nothing, 0.0)
    sigma = scatter(value, floor)
    first, level, cost = change_points(value, sigma)
    # Costs are of densities: a series that scatters more must not look cheaper for it.
    return _Cuts(
        rows[first - 1], rows_after[first], level[:-1], level[1:],
        np.abs(np.diff(level)) / sigma, cost + len(value) * float(np.log(sigma)),
    )  # fmt: skip


def _table(history: History, found: list[tuple[int, Quantity, _Cuts]]) -> Changes:
    """Columns of the changes of all objects."""
    counts = [len(cuts.before) for _, _, cuts in found]
    owner = np.repeat(np.array([j for j, _, _ in found], np.int64), counts)
    what = np.repeat(np.array([quantity for _, quantity, _ in found], np.int8), counts)
    none = np.zeros(0)

    def joined(name: str) -> Floats:
        return np.concatenate([none, *(getattr(cuts, name) for _, _, cuts in found)])

    before, after = joined("before").astype(np.int64), joined("after").astype(np.int64)
    epoch = history.elements.epoch_tai_ns
    return Changes(
        history.object_number[owner], history.row[before], history.row[after], epoch[before],
        epoch[after], what, joined("low"), joined("high"), joined("score"),
    )  # fmt: skip
