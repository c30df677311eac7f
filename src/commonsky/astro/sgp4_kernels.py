"""States of any row of a propagator: near-Earth rows first, then deep space."""

from __future__ import annotations

import numpy as np

from commonsky.astro.kernels import kernel
from commonsky.astro.sgp4_deep import deep_states
from commonsky.astro.sgp4_near import near_states
from commonsky.astro.sgp4_single import deep_state, near_state


@kernel()
def row_state(near, deep, nodes, first, o, minute):
    """X y z (km), vx vy vz (km/s) in TEME and status of row o at a minute from the origin."""
    if o < near.shape[0]:
        return near_state(near[o], minute)
    k = o - near.shape[0]
    return deep_state(deep[k], nodes[k], first[k], minute)


@kernel()
def row_states(near, deep, nodes, first, o, minutes, buffer, status):
    """States of row o at k ascending minutes from the origin -> buffer (6, k), status (k,)."""
    if o < near.shape[0]:
        near_states(near[o], minutes, buffer, status)
    else:
        k = o - near.shape[0]
        deep_states(deep[k], nodes[k], first[k], minutes, buffer, status)


@kernel()
def table_states(near, deep, nodes, first, begin, end, minutes, position, velocity, status):
    """States of rows begin..end -> position and velocity (n, k, 3), status (n, k)."""
    count = minutes.shape[0]
    buffer = np.empty((6, count))
    for o in range(begin, end):
        row_states(near, deep, nodes, first, o, minutes, buffer, status[o])
        for k in range(count):
            for axis in range(3):
                position[o, k, axis] = buffer[axis, k]
                velocity[o, k, axis] = buffer[axis + 3, k]
