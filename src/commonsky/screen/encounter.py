"""The geometry of close approaches, as columns: what a screening finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats, Ints


@dataclass(frozen=True, slots=True)
class Encounters:
    """
    n local minima of the distance between two trajectories, ordered by time, then rows.

    `row1` and `row2` count the screened trajectories: rows of the catalogue first, then the
    ephemerides in the order given.  States are at the time of closest approach, in TEME taken as
    inertial.  RIC components are object 2 seen from object 1 (radial, in-track, cross-track).
    `slow` marks relative speeds below 0.1 km/s, which are kept once per revolution.
    """

    row1: Ints  # (n,)
    row2: Ints  # (n,)
    tca_tai_ns: Ints  # (n,)
    miss_km: Floats  # (n,)
    relative_speed_km_s: Floats  # (n,)
    relative_ric_km: Floats  # (n, 3)
    position1_teme_km: Floats  # (n, 3)
    velocity1_teme_km_s: Floats  # (n, 3)
    position2_teme_km: Floats  # (n, 3)
    velocity2_teme_km_s: Floats  # (n, 3)
    slow: NDArray[np.bool_]  # (n,)

    def __len__(self) -> int:
        return len(self.row1)

    def take(self, rows: Ints) -> Encounters:
        """Return the encounters at `rows`, in that order."""
        return Encounters(*(getattr(self, column.name)[rows] for column in fields(self)))


def together(parts: Sequence[Encounters]) -> Encounters:
    """Return the encounters of one or more tables in one, ordered by time, then rows."""
    some = [part for part in parts if len(part)] or list(parts[:1])
    if len(some) == 1:
        return some[0]
    whole = Encounters(
        *(np.concatenate([getattr(part, one.name) for part in some]) for one in fields(Encounters))
    )
    return whole.take(np.lexsort((whole.row2, whole.row1, whole.tca_tai_ns)))
