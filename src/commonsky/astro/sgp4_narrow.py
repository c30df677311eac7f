"""
States of a whole catalogue as flat float32, for what is drawn rather than computed with.

float32 holds 0.5 m in low orbit and 4 m in the geostationary ring.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Ints
from commonsky.astro.frames import rotation
from commonsky.astro.kernels import kernel
from commonsky.astro.sgp4 import NS_PER_MIN, Propagator
from commonsky.astro.sgp4_kernels import table_states
from commonsky.astro.states import Frame

VALUES = 6


def narrow_states(
    ready: Propagator, epoch_tai_ns: Ints, frame: Frame = Frame.GCRF
) -> NDArray[np.float32]:
    """
    (k, n, 6) x, y, z in km and vx, vy, vz in km/s of n objects at k ascending epochs.

    nan where an object has no good state, as after decay.  Both TEME and GCRF are taken to be at
    rest.  Several epochs at once cost less than one by one, and differ in the last digits.
    """
    n, k = len(ready), len(epoch_tai_ns)
    position, velocity = np.empty((n, k, 3)), np.empty((n, k, 3))
    status = np.zeros((n, k), np.int8)
    minutes = (epoch_tai_ns - ready.origin_tai_ns) / NS_PER_MIN
    table_states(
        ready.near, ready.deep, ready.nodes, ready.first, 0, n, minutes, position, velocity, status
    )
    told = np.empty((k, n, VALUES), "<f4")
    turn = np.ascontiguousarray(rotation(Frame.TEME, frame, epoch_tai_ns))
    narrowed(ready.rows, position, velocity, status, turn, told)
    return told


@kernel()
def narrowed(rows, position, velocity, status, turn, told):
    """Rows o of (n, k, 3), turned by (k, 3, 3) -> `told` (k, n, 6) at rows[o]; nan if not good."""
    for o in range(rows.shape[0]):
        for k in range(turn.shape[0]):
            out = told[k, rows[o]]
            if status[o, k] != 0:
                out[:] = np.nan
                continue
            by, at, speed = turn[k], position[o, k], velocity[o, k]
            for j in range(3):
                out[j] = by[j, 0] * at[0] + by[j, 1] * at[1] + by[j, 2] * at[2]
                out[j + 3] = by[j, 0] * speed[0] + by[j, 1] * speed[1] + by[j, 2] * speed[2]
