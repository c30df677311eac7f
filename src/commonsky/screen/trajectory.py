"""Trajectories of one run: element sets and ephemerides made ready for the screening kernels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MU_WGS72_KM3_S2 as MU
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_S
from commonsky.astro.kernels import kernel
from commonsky.astro.sgp4 import propagator
from commonsky.astro.sgp4_layout import DEEP_COLUMNS, NEAR_COLUMNS, STATUS
from commonsky.astro.states import Frame
from commonsky.catalogue.ephemeris import Ephemeris
from commonsky.errors import FrameMismatch
from commonsky.screen.motion import Motion, point_acceleration, state

NS_PER_MIN = 60 * NS_PER_S
NO_ORBIT = 2  # the status of elements without a mean motion
A_DAY_RAD_MIN = 2.0 * np.pi / 1440.0
MARGIN_NS = 120 * NS_PER_MIN  # states are asked for a little outside the span
BEYOND, BEYOND_S = 6, 60.0  # points that an ephemeris is drawn out by: the longest step


@dataclass(frozen=True, slots=True)
class Trajectories:
    """
    n trajectories over one span, numbered as the kernels see them.

    `row` is the row of each in the table of element sets, or that table's length plus the number
    of the ephemeris; `identity` is the catalogue number: two sources of one object never meet.
    """

    motion: Motion
    origin_tai_ns: int
    row: Ints  # (n,)
    identity: Ints  # (n,)
    phase_rad: Floats  # (n,) mean anomaly at the origin
    rate_rad_min: Floats  # (n,) mean motion
    status: NDArray[np.int8]  # (n,) of initialisation

    def __len__(self) -> int:
        return len(self.row)


def trajectories(
    elements: MeanElements,
    identity: Ints,
    start_tai_ns: int,
    stop_tai_ns: int,
    ephemerides: Sequence[Ephemeris] = (),
) -> Trajectories:
    """Make element sets, and ephemerides in TEME beside them, ready for start..stop."""
    if identity.shape != (len(elements),):
        raise ValueError(
            f"{len(elements)} element sets need as many catalogue numbers, but identity has shape "
            f"{identity.shape}"
        )
    for one in ephemerides:
        if one.frame is not Frame.TEME:
            action = f"screening the ephemeris of {one.catalogue_number} from {one.source}"
            raise FrameMismatch(Frame.TEME, one.frame, action)
    ready = propagator(elements, start_tai_ns - MARGIN_NS, stop_tai_ns + MARGIN_NS)
    origin = ready.origin_tai_ns
    count = len(ephemerides)
    longer = [lengthened(e, origin) for e in ephemerides]
    minutes, points = [minute for minute, _ in longer], [state for _, state in longer]
    lengths = [len(minute) for minute in minutes]
    usable = [(e.usable_start_tai_ns, e.usable_stop_tai_ns) for e in ephemerides]
    motion = Motion(
        ready.near,
        ready.deep,
        ready.nodes,
        ready.first,
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        np.concatenate([*minutes, np.zeros(0)]),
        np.vstack([*points, np.zeros((0, 6))]),
        (np.array(usable, np.int64).reshape(-1, 2) - origin) / NS_PER_MIN,
    )
    rows = np.concatenate([ready.rows, len(elements) + np.arange(count)])
    chosen = elements.take(ready.rows)
    motions = chosen.mean_motion_rad_min
    rate = np.where(motions > 0.0, motions, A_DAY_RAD_MIN)  # of what has no orbit, any will do
    phase = chosen.mean_anomaly_rad + rate * ((origin - chosen.epoch_tai_ns) / NS_PER_MIN)
    names = np.array([e.catalogue_number for e in ephemerides], np.int64)
    return Trajectories(
        motion,
        origin,
        rows.astype(np.int64),
        np.concatenate([identity[ready.rows], names]),
        np.concatenate([phase, np.zeros(count)]),
        np.concatenate([rate, [mean_motion_rad_min(e) for e in ephemerides]]),
        np.concatenate([ready.status, np.zeros(count, np.int8)]).astype(np.int8),
    )


def with_spare(ready: Trajectories, spare: int) -> Trajectories:
    """
    Return the trajectories with so many empty ones after the near-Earth and after the deep-space.

    They have no state at any time, row and identity -1, and can be overwritten by `replace_row`.
    """
    motion = ready.motion
    near, deep = len(motion.near), len(motion.deep)
    places = np.repeat([near, near + deep], spare)
    empty_near = np.zeros((spare, NEAR_COLUMNS))
    empty_deep = np.zeros((spare, DEEP_COLUMNS))
    empty_near[:, STATUS] = empty_deep[:, STATUS] = NO_ORBIT
    # One node more: where a span begins between nodes depends on the element epoch.
    nodes = np.zeros((deep + spare, motion.nodes.shape[1] + 1, motion.nodes.shape[2]))
    nodes[:deep, :-1] = motion.nodes
    return Trajectories(
        motion._replace(
            near=np.concatenate([motion.near, empty_near]),
            deep=np.concatenate([motion.deep, empty_deep]),
            nodes=nodes,
            first=np.concatenate([motion.first, np.zeros(spare, np.int64)]),
        ),
        ready.origin_tai_ns,
        np.insert(ready.row, places, -1),
        np.insert(ready.identity, places, -1),
        np.insert(ready.phase_rad, places, 0.0),
        np.insert(ready.rate_rad_min, places, 1.0),
        np.insert(ready.status, places, NO_ORBIT),
    )


def replace_row(ready: Trajectories, o: int, row: int, new: Trajectories) -> None:
    """Overwrite trajectory o by the only one of `new`, of the same kind, as row `row`."""
    near = len(ready.motion.near)
    if o < near:
        ready.motion.near[o] = new.motion.near[0]
    else:
        k = o - near
        ready.motion.deep[k] = new.motion.deep[0]
        ready.motion.nodes[k] = 0.0
        ready.motion.nodes[k, : new.motion.nodes.shape[1]] = new.motion.nodes[0]
        ready.motion.first[k] = new.motion.first[0]
    ready.row[o] = row
    for name in ("identity", "phase_rad", "rate_rad_min", "status"):
        getattr(ready, name)[o] = getattr(new, name)[0]


def remove_row(ready: Trajectories, o: int) -> None:
    """Make trajectory o an empty one."""
    near = len(ready.motion.near)
    rows = ready.motion.near if o < near else ready.motion.deep
    rows[o if o < near else o - near, STATUS] = NO_ORBIT
    ready.row[o] = ready.identity[o] = -1
    ready.status[o] = NO_ORBIT


def mean_motion_rad_min(ephemeris: Ephemeris) -> float:
    """Two-body mean motion of an ephemeris's first state; a day's where that state escapes."""
    radius = float(np.linalg.norm(ephemeris.position_km[0]))
    inverse = 2.0 / radius - float(ephemeris.velocity_km_s[0] @ ephemeris.velocity_km_s[0]) / MU
    return 60.0 * (MU * inverse**3) ** 0.5 if inverse > 0.0 else A_DAY_RAD_MIN


def lengthened(ephemeris: Ephemeris, origin_tai_ns: int) -> tuple[Floats, Floats]:
    """
    Minutes (k,) and states (k, 6) of an ephemeris, drawn out by a step of screening at both ends.

    So its last minutes are screened as all others are, with a state at both ends of the interval.
    What is met outside the ephemeris's own span does not count.
    """
    minutes = (ephemeris.epoch_tai_ns - origin_tai_ns) / NS_PER_MIN
    states = np.hstack([ephemeris.position_km, ephemeris.velocity_km_s])
    before, after = np.empty((BEYOND, 6)), np.empty((BEYOND, 6))
    drawn_out(states[0], -BEYOND_S, before)
    drawn_out(states[-1], BEYOND_S, after)
    beyond = np.arange(1, BEYOND + 1) * (BEYOND_S / 60.0)
    return (
        np.concatenate([minutes[0] - beyond[::-1], minutes, minutes[-1] + beyond]),
        np.concatenate([before[::-1], states, after]),
    )


@kernel()
def drawn_out(start, step_s, out):
    """States (k, 6) that point mass and J2 make of one, a step apart, by Runge-Kutta."""
    parts = 6
    h = step_s / parts
    now, rate, sum_ = start.copy(), np.empty(6), np.empty(6)
    for k in range(out.shape[0]):
        for _ in range(parts):
            at = now.copy()
            for stage, weight in enumerate((1.0, 2.0, 2.0, 1.0)):
                for c in range(3):
                    rate[c] = at[c + 3]
                    rate[c + 3] = point_acceleration(at[0], at[1], at[2], c)
                for c in range(6):
                    sum_[c] = (0.0 if stage == 0 else sum_[c]) + weight * rate[c]
                    at[c] = now[c] + (h if stage == 2 else 0.5 * h) * rate[c]
            for c in range(6):
                now[c] += h / 6.0 * sum_[c]
        for c in range(6):
            out[k, c] = now[c]


@kernel()
def states_at(motion, numbers, minutes, out, status):
    """State and status of each trajectory at its own minute -> out (n, 6), TEME, km and km/s."""
    for k in range(numbers.shape[0]):
        at = state(motion, numbers[k], minutes[k])
        for c in range(6):
            out[k, c] = at[c]
        status[k] = int(at[6])


def relative_ric_km(position_km: Floats, velocity_km_s: Floats, relative_km: Floats) -> Floats:
    """Relative positions (n, 3) in radial, in-track, cross-track of inertial states (n, 3)."""
    radial = position_km / np.linalg.norm(position_km, axis=1, keepdims=True)
    cross = np.cross(position_km, velocity_km_s)
    cross /= np.linalg.norm(cross, axis=1, keepdims=True)
    along = np.cross(cross, radial)
    return np.stack(
        [np.einsum("nc,nc->n", axis, relative_km) for axis in (radial, along, cross)], axis=1
    )
