"""
How surprising the newest behaviour is: against an object's own past, and against its kind.

What counts as behaviour are the differences between each set and what the set before said of its
time: in size, shape and plane of the orbit, and along the track.  Somebody who steers often is
often far from what was said, and only more than that is out of family.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.kernels import kernel
from commonsky.astro.sgp4_layout import NODE, STEP_MIN
from commonsky.characterise.history import History
from commonsky.characterise.prediction import (
    ALONG,
    AXIS,
    DIFFERENCE,
    ECC_X,
    ECC_Y,
    TILT_X,
    TILT_Y,
    Theory,
    apart,
    mean_at,
    ready_nodes,
)

REACH_DAYS: Final = 60.0
SOON_DAYS: Final = 0.3  # differences of sets nearer than this do not shrink with time any more
LEAST_PAST: Final = 8  # steps that make a past
TAIL: Final = 1.0  # how slowly probabilities fall beyond what was seen: as the inverse
TOP: Final = 3  # of the largest values, where the tail begins


class Behaviour(IntEnum):
    """In which way an object differs from what its last set said of it."""

    NONE = 0
    AXIS = 1
    SHAPE = 2
    PLANE = 3
    ALONG = 4


QUANTITIES: Final = 4


def differences_km(history: History, coefficients: Theory) -> tuple[Floats, Floats]:
    """
    (n, 6) how each set differs from what the one before said, and (n,) days between; nan if none.

    Columns as in `commonsky.characterise.prediction`: lengths along the mean axis.
    """
    out = np.full((len(history.elements), DIFFERENCE), np.nan)
    days = np.full(len(history.elements), np.nan)
    _differences(
        coefficients.near, coefficients.deep, coefficients.row, coefficients.is_deep,
        history.first, history.elements.epoch_tai_ns, out, days,
    )  # fmt: skip
    return out, days


def behaviours(difference_km: Floats, days: Floats) -> Floats:
    """(n, 4) size of each `Behaviour` but NONE, freed of how long it had to grow."""
    long = SOON_DAYS + days
    return np.stack([
        np.abs(difference_km[:, AXIS]) / long,
        np.hypot(difference_km[:, ECC_X], difference_km[:, ECC_Y]) / long,
        np.hypot(difference_km[:, TILT_X], difference_km[:, TILT_Y]) / long,
        np.abs(difference_km[:, ALONG]) / long**2,
    ], axis=1)  # fmt: skip


def p_value(newest: float, past: Floats) -> float:
    """
    Probability that a value as large, or larger, comes from a past; nan where that is too short.

    By rank, and beyond the third largest by a tail that falls as the inverse: nothing is known of
    what was never seen, but that it is rarer the further away.
    """
    known = past[np.isfinite(past)]
    n = len(known)
    if n < LEAST_PAST or not np.isfinite(newest):
        return float("nan")
    edge = float(np.partition(known, n - TOP)[n - TOP])
    rank = (1.0 + float((known >= newest).sum())) / (n + 1.0)
    if newest <= edge or edge <= 0.0:
        return rank
    return float(min(rank, (TOP + 1.0) / (n + 1.0) * (newest / edge) ** -TAIL))


def surprise(newest: Floats, past: Floats) -> tuple[float, Behaviour]:
    """
    Return the probability that the newest behaviour (4,) is of a past (k, 4), and what is odd.

    Of four quantities the oddest counts, four times as probable as it alone.
    """
    each = np.array([p_value(float(newest[q]), past[:, q]) for q in range(QUANTITIES)])
    if not np.isfinite(each).any():
        return float("nan"), Behaviour.NONE
    oddest = int(np.nanargmin(each))
    p = min(1.0, QUANTITIES * float(each[oddest]))
    return p, Behaviour(oddest + 1) if p < 1.0 else Behaviour.NONE


def surprises(
    behaviour: Floats, first: Ints, kind: Ints
) -> tuple[Floats, Floats, NDArray[np.int8]]:
    """
    (m,) p-values of each object's newest set against its own past and against its kind; what.

    `behaviour` (n, 4) of all sets, `kind` (m,) any number that tells who is alike.
    """
    m = len(first) - 1
    own, among = np.full(m, np.nan), np.full(m, np.nan)
    what = np.zeros(m, np.int8)
    newest = first[1:] - 1
    tables = {}
    owner = np.repeat(np.arange(m), np.diff(first))
    past = np.ones(len(behaviour), np.bool_)
    past[newest] = False
    for each in np.unique(kind).tolist():
        tables[each] = np.sort(behaviour[past & (kind[owner] == each)], axis=0)
    for j in range(m):
        row = behaviour[newest[j]]
        own[j], what[j] = surprise(row, behaviour[first[j] : newest[j]])
        among[j] = _among(row, tables[int(kind[j])])
    return own, among, what


def _among(newest: Floats, table: Floats) -> float:
    """As `surprise`, from columns that are sorted; nan comes last in them."""
    each = np.full(QUANTITIES, np.nan)
    for q in range(QUANTITIES):
        n = int(np.searchsorted(table[:, q], np.inf, side="right"))
        if n < LEAST_PAST or not np.isfinite(newest[q]):
            continue
        larger = n - int(np.searchsorted(table[:n, q], newest[q], side="left"))
        edge = float(table[n - TOP, q])
        each[q] = (1.0 + larger) / (n + 1.0)
        if larger < TOP and edge > 0.0 and newest[q] > edge:
            each[q] = min(each[q], (TOP + 1.0) / (n + 1.0) * (newest[q] / edge) ** -TAIL)
    return float("nan") if np.isnan(each).all() else min(1.0, QUANTITIES * float(np.nanmin(each)))


@kernel()
def _differences(
    near: Floats, deep: Floats, row: Ints, is_deep: Floats, first: Ints, epoch: Ints, out: Floats,
    days: Floats,
) -> None:  # fmt: skip
    """How each set differs from what the one before said -> out (n, 6), days (n,)."""
    nodes = np.empty((2 * int(REACH_DAYS * 1440.0 / STEP_MIN) + 1, NODE))
    for j in range(len(first) - 1):
        for k in range(first[j] + 1, first[j + 1]):
            minutes = (epoch[k] - epoch[k - 1]) / 6e10
            if minutes > REACH_DAYS * 1440.0:
                continue
            days[k] = minutes / 1440.0
            ready_nodes(deep, row, is_deep, k - 1, days[k], nodes)
            said = mean_at(near, deep, row, is_deep, k - 1, nodes, minutes)
            ready_nodes(deep, row, is_deep, k, 0.0, nodes)
            own = mean_at(near, deep, row, is_deep, k, nodes, 0.0)
            apart(said, own, out[k])
