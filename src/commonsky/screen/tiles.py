"""
How the sieve lays out its working memory: flat float32 buffers, planes at fixed distances.

Distances known when compiling tell LLVM that planes do not overlap, and unsigned indices spare the
test for negative ones; without both, nothing vectorises.
"""

from __future__ import annotations

from typing import Final

import numpy as np

U64: Final = np.uint64
F32: Final = np.float32

TILE: Final = 256  # objects in a tile
STATE_TILE: Final = 6 * TILE  # planes of a tile of states: x y z vx vy vz
# Planes of a tile of one interval: sum of the end positions (3), difference (3), midpoint (3),
# largest departure from harmonic motion, lowest and highest radius.
INTERVAL_TILE: Final = 12 * TILE
T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11 = (U64(k * TILE) for k in range(1, 12))

MEMBERS: Final = 131_072  # most members of one layer
# Planes of a layer: P (3), Q (3), departure, lowest and highest radius, |Q|.  The odd distance
# keeps the planes out of each other's cache sets.
PLANE: Final = MEMBERS + 272
LAYER_PLANES: Final = 10
C1, C2, C3, C4, C5, C6, C7, C8, C9 = (U64(k * PLANE) for k in range(1, 10))

LOWEST_RADIUS_KM: Final = 6300.0
HIGHEST_RADIUS_KM: Final = 500_000.0
LOOKUP_KM: Final = 5.0
# Absorbs the rounding of float32 positions (16 m at the highest radius) and of the cells.
GUARD_KM: Final = 0.1
PADDING: Final = 32  # a run may be tested up to this many entries beyond its end
