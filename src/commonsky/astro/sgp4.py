"""
SGP4 for whole catalogues: near-Earth and deep space, many objects at many times.

Reference: Hoots and Roehrich (1980), Spacetrack Report No. 3; Vallado, Crawford, Hujsak and Kelso
(2006), Revisiting Spacetrack Report #3, AIAA 2006-6753.  WGS-72.  Minutes since epoch are elapsed
TAI seconds / 60.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import DEEP_SPACE_PERIOD_MIN, MeanElements
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S
from commonsky.astro.sgp4_initial import DAY_1950, mean_motions_unkozai, near_rows
from commonsky.astro.sgp4_kernels import table_states
from commonsky.astro.sgp4_layout import (
    DEEP_COLUMNS,
    IREZ,
    NEAR_COLUMNS,
    NO_RESONANCE,
    NODE,
    STATUS,
    STEP_MIN,
)
from commonsky.astro.sgp4_lunisolar import deep_rows
from commonsky.astro.sgp4_resonance import integrate
from commonsky.astro.utc import utc_days

NS_PER_MIN = 60 * NS_PER_S
ROWS_AT_ONCE = 512


class Status(IntEnum):
    """Whether a row has a state, and why not; 1 to 6 as in the reference."""

    GOOD = 0
    ECCENTRICITY = 1  # mean eccentricity outside -0.001..1
    MEAN_MOTION = 2  # not positive
    PERTURBED_ECCENTRICITY = 3  # with the long waves of sun and moon outside 0..1
    SEMI_LATUS_RECTUM = 4  # negative
    DECAYED = 6  # below the surface; the state is given all the same
    OUTSIDE = 7  # a time that the propagator or the ephemeris was not made for
    UNDEFINED = 8  # elements that are no numbers, or make none; the reference says 0 and nan


class Mode(StrEnum):
    """Improved as today's practice, or with the sidereal time and angles of the AFSPC programs."""

    IMPROVED = "improved"
    AFSPC = "afspc"


@dataclass(frozen=True, slots=True)
class Propagator:
    """
    Element sets made ready for a span: rows for the kernels, near-Earth ones first.

    Row o of the kernels is row `rows[o]` of the elements.  Minutes count from `origin_tai_ns`.
    Resonant orbits have states only within the span, others always.
    """

    origin_tai_ns: int
    rows: Ints  # (n,)
    status: NDArray[np.int8]  # (n,) of `rows`: what initialisation refused
    near: Floats
    deep: Floats
    nodes: Floats  # (deep rows, m, 5), of the resonance integrator
    first: Ints  # (deep rows,), number of the first node

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class PropagatedStates:
    """States of n objects at k epochs in TEME of date; nan where status is 1 to 4, 7 or 8."""

    position_km: Floats  # (n, k, 3)
    velocity_km_s: Floats  # (n, k, 3)
    status: NDArray[np.int8]  # (n, k), `Status`


def propagator(
    elements: MeanElements,
    start_tai_ns: int,
    stop_tai_ns: int,
    *,
    mode: Mode = Mode.IMPROVED,
) -> Propagator:
    """Make element sets ready to be propagated from start to stop, either order."""
    origin = int(min(start_tai_ns, stop_tai_ns))
    span = abs(int(stop_tai_ns) - int(start_tai_ns)) / NS_PER_MIN
    columns = np.column_stack(
        [
            elements.mean_anomaly_rad,
            elements.argument_of_perigee_rad,
            elements.raan_rad,
            elements.eccentricity,
            elements.inclination_rad,
            elements.mean_motion_rad_min,
            elements.bstar_per_earth_radius,
        ]
    ).astype(np.float64, copy=False)
    t0 = (origin - elements.epoch_tai_ns) / NS_PER_MIN
    with np.errstate(all="ignore"):
        motion = np.empty(len(elements))
        mean_motions_unkozai(columns, motion)
        is_deep = 2.0 * np.pi / motion >= DEEP_SPACE_PERIOD_MIN
    near_row, deep_row = np.flatnonzero(~is_deep), np.flatnonzero(is_deep)
    near = np.zeros((len(near_row), NEAR_COLUMNS))
    near_rows(columns[near_row], t0[near_row], near)
    deep = np.zeros((len(deep_row), DEEP_COLUMNS))
    begin, end = t0[deep_row], t0[deep_row] + span
    longest = np.maximum(np.abs(begin), np.abs(end))
    day, ns_of_day = utc_days(elements.epoch_tai_ns[deep_row])
    day_1950 = day + DAY_1950 + ns_of_day / NS_PER_DAY
    deep_rows(columns[deep_row], begin, day_1950, mode is Mode.AFSPC, longest, deep)
    nodes, first = _nodes(deep, begin, end)
    status = np.concatenate([near[:, STATUS], deep[:, STATUS]]).astype(np.int8)
    rows = np.concatenate([near_row, deep_row])
    return Propagator(origin, rows, status, near, deep, nodes, first)


def _nodes(deep: Floats, begin: Floats, end: Floats) -> tuple[Floats, Ints]:
    """Nodes of the resonance integrator, `begin` to `end` minutes from each epoch; the first's."""
    resonant = deep[:, IREZ] != NO_RESONANCE
    first = np.where(resonant, np.trunc(begin / STEP_MIN), 0.0).astype(np.int64)
    last = np.where(resonant, np.trunc(end / STEP_MIN), 0.0).astype(np.int64)
    nodes = np.zeros((len(deep), int((last - first).max(initial=0)) + 1, NODE))
    integrate(deep, first, last, nodes)
    return nodes, first


def propagate(
    elements: MeanElements,
    epoch_tai_ns: Ints,
    *,
    mode: Mode = Mode.IMPROVED,
    executor: Executor | None = None,
) -> PropagatedStates:
    """
    States of n objects at k epochs, in the order of both.

    `executor` spreads the objects over threads; the result does not depend on it.
    """
    epoch = _epochs(epoch_tai_ns)
    n, k = len(elements), len(epoch)
    position, velocity = np.full((n, k, 3), np.nan), np.full((n, k, 3), np.nan)
    status = np.zeros((n, k), np.int8)
    if n == 0 or k == 0:
        return PropagatedStates(position, velocity, status)
    ready = propagator(elements, int(epoch.min()), int(epoch.max()), mode=mode)
    order = np.argsort(epoch, kind="stable")
    minutes = (epoch[order] - ready.origin_tai_ns) / NS_PER_MIN

    def part(begin: int) -> None:
        end = min(begin + ROWS_AT_ONCE, n)
        table_states(
            ready.near, ready.deep, ready.nodes, ready.first, begin, end, minutes, position,
            velocity, status,
        )  # fmt: skip

    list((executor.map if executor else map)(part, range(0, n, ROWS_AT_ONCE)))
    back = np.empty(n, np.int64)
    back[ready.rows] = np.arange(n)
    time = np.empty(k, np.int64)
    time[order] = np.arange(k)
    if (np.diff(back) != 1).any() or (np.diff(time) != 1).any():
        place = np.ix_(back, time)
        position, velocity, status = position[place], velocity[place], status[place]
    return PropagatedStates(position, velocity, status)


def _epochs(epoch_tai_ns: Ints) -> Ints:
    """(k,) epochs; numbers of another kind would be taken for other times, nan for one."""
    epoch = np.atleast_1d(np.asarray(epoch_tai_ns))
    if epoch.ndim != 1 or (epoch.size and not np.issubdtype(epoch.dtype, np.integer)):
        raise ValueError(
            "propagation needs epochs as whole nanoseconds of TAI, shape (k,), but found "
            f"{epoch.dtype} of shape {epoch.shape}"
        )
    return epoch.astype(np.int64, copy=False)
