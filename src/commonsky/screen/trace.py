"""
Where every trajectory is at every knot of a span, kept small enough to stay in memory.

Positions at even knots are kept as 16-bit integers; those at odd knots as 8-bit differences from
what harmonic motion between their neighbours would give.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MU_WGS72_KM3_S2, RADIUS_WGS72_KM
from commonsky.astro.kernels import inlined, kernel
from commonsky.screen.interval import layer_edges, prepare
from commonsky.screen.screening import LAYER_KM, Job
from commonsky.screen.tiles import (
    F32,
    GUARD_KM,
    HIGHEST_RADIUS_KM,
    INTERVAL_TILE,
    LOWEST_RADIUS_KM,
    STATE_TILE,
    T6,
    T7,
    T8,
    T9,
    T10,
    T11,
    TILE,
    U64,
)

MOST_COUNT: Final = 32767
MOST_DIFFERENCE: Final = 127
PARTLY, EVERYWHERE = 1, 2
NOWHERE: Final = -32768  # a knot without a usable state, far from where the object ever is
ROOM: Final = 1.05  # of the apogee: osculating and growing orbits reach above it
ROOM_KM: Final = 50.0
# What an odd knot departs by: sampled on the Kepler orbit, and this much more for what is not.
SAMPLES: Final = 64
MORE, MORE_KM = 1.4, 8.0
RUN: Final = 16  # pairs of intervals tested before a hit is looked for
ANY_LAYER: Final = layer_edges(LAYER_KM)[1]  # `prepare` asks for one
LOCK: Final = threading.Lock()  # held while bounds are widened, some microseconds


@dataclass(frozen=True, slots=True)
class Traces:
    """
    Positions of n trajectories at the knots of a span, and bounds of each over the whole of it.

    `even` (n, 3, room) are positions at even knots in units of `unit_km` (n,), `odd` (n, 3, room)
    those between, less `mean` (n,) times the sum of their neighbours, in units of `odd_unit_km`.
    `departure_km` is the largest from harmonic motion in any interval, `swing_km` the widest range
    of radii in any; `low_km` and `high_km` are the radii ever reached, half the screening distance
    added.  `loose` marks trajectories that left the room their units give, and are tested at every
    knot (`EVERYWHERE`), or that have no state at some knots (`PARTLY`).
    """

    even: NDArray[np.int16]
    odd: NDArray[np.int8]
    unit_km: NDArray[np.float32]
    odd_unit_km: NDArray[np.float32]
    mean: NDArray[np.float32]
    departure_km: NDArray[np.float32]
    swing_km: NDArray[np.float32]
    low_km: NDArray[np.float32]
    high_km: NDArray[np.float32]
    loose: NDArray[np.uint8]

    @classmethod
    def empty(
        cls,
        semi_major_axis_km: Floats,
        eccentricity: Floats,
        steps: int,
        step_s: float,
        wider: float = 1.0,
    ) -> Traces:
        """
        Room for trajectories of about these orbits, and an even number of steps.

        `wider` units are coarser, for orbits that decay or are driven far up.
        """
        n = len(semi_major_axis_km)
        pairs = steps // 2
        room = -(-pairs // RUN) * RUN + 1
        axis = np.clip(np.nan_to_num(semi_major_axis_km), RADIUS_WGS72_KM, HIGHEST_RADIUS_KM)
        e = np.clip(np.nan_to_num(eccentricity), 0.0, 0.99)
        apogee = np.minimum((axis * (1.0 + e) * ROOM + ROOM_KM) * wider, HIGHEST_RADIUS_KM)
        mean = 0.5 / np.cos(np.sqrt(MU_WGS72_KM3_S2 / axis**3) * step_s)
        off = (MORE * odd_departure_km(axis, e, mean, step_s) + MORE_KM) * wider
        return cls(
            np.full((n, 3, room), NOWHERE, np.int16),
            np.zeros((n, 3, room), np.int8),
            (apogee / MOST_COUNT).astype(np.float32),
            (off / MOST_DIFFERENCE).astype(np.float32),
            mean.astype(np.float32),
            np.zeros(n, np.float32),
            np.zeros(n, np.float32),
            np.full(n, np.inf, np.float32),
            np.zeros(n, np.float32),
            np.zeros(n, np.uint8),
        )

    def overwrite(self, o: int, fresh: Traces) -> None:
        """Put the only row of other traces, as large as ours, in the place of one of ours."""
        for name in self.__slots__:
            getattr(self, name)[o] = getattr(fresh, name)[0]

    @property
    def rounding_km(self) -> NDArray[np.float32]:
        """(n,) how far positions may be off by the rounding of three coordinates."""
        return F32(0.9) * (F32(1.2) * self.unit_km + self.odd_unit_km)

    def take_in(
        self,
        states: NDArray[np.float32],
        knots: int,
        first_knot: int,
        job: Job,
    ) -> None:
        """
        Take states of all our trajectories, in tiles, at knots from an even one on.

        Blocks may come from several threads at once.
        """
        n = len(self.unit_km)
        loose = np.zeros(n, np.uint8)
        keep_positions(states, job.tiles, n, knots, first_knot, self.even, self.odd, self.unit_km,
                       self.odd_unit_km, self.mean, loose)  # fmt: skip
        departure, swing, low, high = bounds_of(states, n, knots, job, job.remainder)
        with LOCK:
            np.maximum(self.loose, loose, out=self.loose)
            np.maximum(self.departure_km, departure, out=self.departure_km)
            np.maximum(self.swing_km, swing, out=self.swing_km)
            np.minimum(self.low_km, low, out=self.low_km)
            np.maximum(self.high_km, high, out=self.high_km)

    def take_in_one(
        self, state: Floats, there: NDArray[np.bool_], job: Job, remainder_km: float
    ) -> None:
        """Take the states (6, steps + 1) of our only trajectory, `there` where it has one."""
        steps = job.span.steps
        self.loose[0] = keep_row(
            state, there, steps + 1, 0, self.even[0], self.odd[0], self.unit_km[0],
            self.odd_unit_km[0], self.mean[0],
        )  # fmt: skip
        # Its intervals side by side, as if each were an object's.
        room = -(-steps // TILE) * TILE
        tiles = np.zeros((2, room // TILE, 6, TILE), np.float32)
        tiles[:, :, 0] = 1.0
        for end in range(2):
            good = np.zeros(room, np.bool_)
            good[:steps] = there[end : end + steps]
            for c in range(6):
                plane = np.zeros(room, np.float32)
                plane[:steps] = state[c, end : end + steps]
                plane[~good] = 1.0 if c == 0 else 0.0
                tiles[end, :, c] = plane.reshape(-1, TILE)
        missed = np.full(room, remainder_km, np.float32)
        departure, swing, low, high = bounds_of(tiles.ravel(), steps, 2, job, missed)
        self.departure_km[0], self.swing_km[0] = departure.max(), swing.max()
        self.low_km[0], self.high_km[0] = low.min(), high.max()


def bounds_of(
    states: NDArray[np.float32], n: int, knots: int, job: Job, remainder: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(4, n) departure, swing, lowest and highest radius over the intervals between knots (km)."""
    bounds = np.zeros((4, n), np.float32)
    bounds[2] = np.inf
    keep_bounds(
        states, -(-n // TILE), n, knots, job.span.step_s, remainder,
        0.5 * job.distance_km + GUARD_KM, ANY_LAYER, *bounds,
    )  # fmt: skip
    return bounds


def odd_departure_km(axis_km: Floats, e: Floats, mean: Floats, step_s: float) -> Floats:
    """(n,) largest |x(t) - mean (x(t - step) + x(t + step))| on Kepler orbits, by samples."""
    turned = np.sqrt(MU_WGS72_KM3_S2 / axis_km**3) * step_s
    largest = np.zeros(len(axis_km))
    odd_departures(turned, e, mean, largest)
    return largest * axis_km


@kernel()
def odd_departures(turned, e, mean, largest):
    """As `odd_departure_km`, in units of the semi-major axis."""
    for row in range(len(e)):
        minor = math.sqrt(1.0 - e[row] * e[row])
        for k in range(SAMPLES):
            # Dense about perigee, where an eccentric orbit bends.
            here = math.pi * (k / (SAMPLES - 1.0)) ** 2
            anomaly = here - e[row] * math.sin(here)
            x, y = math.cos(here) - e[row], minor * math.sin(here)
            for way in (-1.0, 1.0):
                there = eccentric_anomaly(anomaly + way * turned[row], e[row])
                x -= mean[row] * (math.cos(there) - e[row])
                y -= mean[row] * minor * math.sin(there)
            largest[row] = max(largest[row], math.hypot(x, y))


@inlined()
def eccentric_anomaly(mean_anomaly, e):
    """Roughly, by a few steps of Newton from where none of them overshoots by much."""
    sine = math.sin(mean_anomaly)
    found = mean_anomaly + (e if sine > 0.0 else -e if sine < 0.0 else 0.0)
    for _ in range(6):
        found -= (found - e * math.sin(found) - mean_anomaly) / (1.0 - e * math.cos(found))
    return found


@kernel()
def keep_evens(position, there, knots, first_knot, even, unit_km):
    """Positions (3, knots) of one trajectory at even knots, as counts -> whether they fit."""
    fit = True
    for k in range(0, knots, 2):
        if not there[k]:
            continue
        for c in range(3):
            count = round(position[c, k] / unit_km)
            if abs(count) > MOST_COUNT:
                fit = False
            else:
                even[c, (first_knot + k) // 2] = count
    return fit


@kernel()
def keep_odds(position, there, knots, first_knot, even, odd, unit_km, odd_unit_km, mean):
    """Positions (3, knots) of one trajectory at odd knots, as differences -> whether they fit."""
    fit = True
    for k in range(1, knots - 1, 2):
        pair = (first_knot + k) // 2
        if even[0, pair] == NOWHERE or even[0, pair + 1] == NOWHERE:
            continue
        if not there[k]:
            return False
        for c in range(3):
            between = unit_km * mean * (float(even[c, pair]) + float(even[c, pair + 1]))
            count = round((position[c, k] - between) / odd_unit_km)
            if abs(count) > MOST_DIFFERENCE:
                fit = False
            else:
                odd[c, pair] = count
    return fit


@kernel()
def keep_row(position, there, knots, first_knot, even, odd, unit_km, odd_unit_km, mean):
    """Positions of one trajectory from an even knot on -> how loose they are."""
    fit = keep_evens(position, there, knots, first_knot, even, unit_km)
    fit &= keep_odds(position, there, knots, first_knot, even, odd, unit_km, odd_unit_km, mean)
    if not fit:
        return EVERYWHERE
    for k in range(knots):
        if not there[k]:
            return PARTLY
    return 0


@kernel()
def keep_positions(states, tiles, n, knots, first_knot, even, odd, unit_km, odd_unit_km, mean,
                   loose):  # fmt: skip
    """Positions of n trajectories in tiles of states, from an even knot `first_knot` on."""
    position = np.empty((3, knots))
    there = np.empty(knots, np.bool_)
    for o in range(n):
        for k in range(knots):
            p = (k * tiles + o // TILE) * STATE_TILE + o % TILE
            for c in range(3):
                position[c, k] = states[p + c * TILE]
            there[k] = (
                position[0, k] ** 2 + position[1, k] ** 2 + position[2, k] ** 2
                > LOWEST_RADIUS_KM**2
            )  # fmt: skip
        loose[o] = keep_row(position, there, knots, first_knot, even[o], odd[o], unit_km[o],
                            odd_unit_km[o], mean[o])  # fmt: skip


@kernel()
def keep_bounds(states, tiles, n, knots, step_s, remainder, reach_km, layer_of, departure, swing,
                low, high):  # fmt: skip
    """Widen the bounds of n trajectories by what the intervals between these knots need."""
    intervals = np.empty(tiles * INTERVAL_TILE, np.float32)
    lowest = np.empty(tiles * TILE, np.int32)
    highest = np.empty(tiles * TILE, np.int32)
    tau2 = F32(MU_WGS72_KM3_S2 * (0.5 * step_s) ** 2)
    for step in range(knots - 1):
        begin, end = step * tiles * STATE_TILE, (step + 1) * tiles * STATE_TILE
        for tile in range(tiles):
            prepare(states, begin + tile * STATE_TILE, end + tile * STATE_TILE, intervals,
                    tile * INTERVAL_TILE, remainder, tile * TILE, lowest, highest, layer_of,
                    step_s, reach_km, 0.0)  # fmt: skip
        for o in range(n):
            if highest[o] < 0:
                continue
            w = U64((o // TILE) * INTERVAL_TILE + o % TILE)
            mx, my, mz = intervals[w + T6], intervals[w + T7], intervals[w + T8]
            rm2 = mx * mx + my * my + mz * mz
            u = tau2 / (rm2 * math.sqrt(rm2))
            k = F32(0.5 / math.cos(math.sqrt(u)))
            x = mx - k * intervals[w]
            y = my - k * intervals[w + U64(TILE)]
            z = mz - k * intervals[w + U64(2 * TILE)]
            off = math.sqrt(x * x + y * y + z * z) + intervals[w + T9]
            departure[o] = max(departure[o], off)
            swing[o] = max(swing[o], intervals[w + T11] - intervals[w + T10])
            low[o] = min(low[o], intervals[w + T10])
            high[o] = max(high[o], intervals[w + T11])
