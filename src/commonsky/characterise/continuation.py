"""
How well one element set goes on with the orbit of another: what identity is told by.

Gaps are of mean elements at the later set's epoch, km along the axis.  What is left of a gap after
drag, as a change of velocity, is the least that a manoeuvre would have taken: the control
distance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MU_WGS72_KM3_S2, RADIUS_WGS72_KM, MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.kernels import kernel
from commonsky.astro.sgp4_layout import NODE, STEP_MIN
from commonsky.characterise.prediction import (
    AXIS,
    DIFFERENCE,
    ECC_X,
    ECC_Y,
    REACH_DAYS,
    TILT_X,
    TILT_Y,
    apart,
    mean_at,
    own_means,
    ready_nodes,
    theory,
)

# What sets of one object differ by at least, km: axis, shape, plane, along the track.
_AXIS_KM, _SHAPE_KM, _PLANE_KM, _ALONG_KM = 0.1, 0.5, 0.7, 3.0
# A day later: of what drag did, and of an axis that is a little wrong.
_OF_DRAG, _AXIS_A_DAY_KM, _PLANE_A_DAY_KM = 0.25, 0.01, 0.05


@dataclass(frozen=True, slots=True)
class Continuation:
    """
    k pairs of sets: gaps (k, 6), km, as `prediction.apart`; days from one to the other.

    `drop_km` is how far drag should have brought the axis down by then.
    """

    gap_km: Floats
    days: Floats
    drop_km: Floats
    axis_km: Floats

    @property
    def sigmas(self) -> Floats:
        """(k,) root mean square of gaps in what sets of one object differ by; nan if untold."""
        days, drag = np.abs(self.days), _OF_DRAG * np.abs(self.drop_km)
        axis = _AXIS_KM + drag
        motion_day = np.sqrt(MU_WGS72_KM3_S2 / self.axis_km**3) * 86_400.0
        plane = _PLANE_KM + _PLANE_A_DAY_KM * days
        along = _ALONG_KM + 1.5 * motion_day * days * (_AXIS_A_DAY_KM + 0.5 * drag)
        shape = _SHAPE_KM + drag + _PLANE_A_DAY_KM * days
        sigma = np.stack([axis, shape, shape, plane, plane, along], axis=1)
        return np.asarray(np.sqrt(((self.gap_km / sigma) ** 2).mean(axis=1)), np.float64)

    @property
    def control_km_s(self) -> Floats:
        """(k,) least change of velocity from one orbit to the other, drag and place left out."""
        motion = np.sqrt(MU_WGS72_KM3_S2 / self.axis_km**3)
        gap = self.gap_km
        axis = np.maximum(np.abs(gap[:, AXIS]) - _OF_DRAG * np.abs(self.drop_km), 0.0)
        shape = np.hypot(gap[:, ECC_X], gap[:, ECC_Y])
        plane = np.hypot(gap[:, TILT_X], gap[:, TILT_Y])
        return np.asarray(motion * np.hypot(0.5 * np.maximum(axis, shape), plane), np.float64)


@kernel()
def _continued(
    near: Floats, deep: Floats, row: Ints, is_deep: NDArray[np.bool_], own: Floats, one: Ints,
    other: Ints, days: Floats, told: Floats,
) -> None:  # fmt: skip
    nodes = np.empty((2 * int(REACH_DAYS * 1440.0 / STEP_MIN) + 1, NODE))
    last = -1
    for k in range(one.shape[0]):
        told[k, :] = np.nan
        a, b = one[k], other[k]
        if not abs(days[k]) < REACH_DAYS:
            continue
        if a != last:
            ready_nodes(deep, row, is_deep, a, REACH_DAYS, nodes)
            last = a
        said = mean_at(near, deep, row, is_deep, a, nodes, days[k] * 1440.0)
        apart(said, own[b], told[k])
        told[k, DIFFERENCE] = (own[a, 0] - said[0]) * RADIUS_WGS72_KM
        told[k, DIFFERENCE + 1] = own[b, 0] * RADIUS_WGS72_KM


def continuation(elements: MeanElements, one: Ints, other: Ints) -> Continuation:
    """
    Return how the sets `other` (k,) differ from what the sets `one` (k,) say of their epochs.

    nan beyond 90 days, and where a set is no orbit.
    """
    ready = theory(elements)
    own = np.full((len(elements), 6), np.nan)
    own_means(ready.near, ready.deep, ready.row, ready.is_deep, own)
    days = (elements.epoch_tai_ns[other] - elements.epoch_tai_ns[one]) / NS_PER_DAY
    told = np.empty((len(one), DIFFERENCE + 2))
    order = np.argsort(one, kind="stable")
    put = np.empty_like(told)
    _continued(
        ready.near, ready.deep, ready.row, ready.is_deep, own, one[order], other[order],
        days[order], put,
    )  # fmt: skip
    told[order] = put
    return Continuation(told[:, :DIFFERENCE], days, told[:, DIFFERENCE], told[:, DIFFERENCE + 1])
