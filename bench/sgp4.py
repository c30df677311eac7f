"""
SGP4: positions and velocities of real orbits against the compiled `sgp4` package.

Both get the same elements and times and run in one thread; ours counts its initialisation, which
the peer has behind it.  Times are CPU times.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from sgp4.api import SatrecArray

from bench.figure import Figure, Unit
from bench.process import cpu_seconds
from bench.sky import START, days_since, name, satrecs, sky
from commonsky.astro.arrays import Ints
from commonsky.astro.elements import DEEP_SPACE_PERIOD_MIN, MeanElements
from commonsky.astro.epoch import NS_PER_DAY, tai_ns
from commonsky.astro.sgp4 import propagate

OBJECTS = 1000
EPOCHS = 288  # a day, every five minutes
SEED = 1


def measure() -> Iterator[Figure]:
    """Yield near-Earth and deep-space rates, each as a ratio."""
    elements = sky().elements
    is_deep = 2.0 * math.pi / elements.mean_motion_rad_min >= DEEP_SPACE_PERIOD_MIN
    rng = np.random.default_rng(SEED)
    for regime, rows, must, aim in (
        ("near-Earth", np.flatnonzero(~is_deep), 8.0, 12.0),
        ("deep-space", np.flatnonzero(is_deep), 3.5, 8.0),
    ):
        some = np.sort(rng.permutation(rows)[:OBJECTS])
        yield one_regime(regime, elements.take(some), must, aim)


def one_regime(regime: str, elements: MeanElements, must: float, aim: float) -> Figure:
    """Return the figure of one kind of orbit."""
    start = tai_ns(START)
    epochs: Ints = start + np.arange(EPOCHS) * (NS_PER_DAY // EPOCHS)
    peers = SatrecArray(satrecs(elements, start))
    zero, days = np.zeros(EPOCHS), days_since(epochs, start)
    peer_s, ours_s = cpu_seconds(
        lambda: peers.sgp4(zero, days), lambda: propagate(elements, epochs)
    )
    error, position_km, _ = peers.sgp4(zero, days)
    ours = propagate(elements, epochs)
    good = (error == 0) & (ours.status == 0)
    off_mm = 1e6 * np.abs(ours.position_km - position_km)[good].max()
    differ = int(((error != 0) != (ours.status != 0)).sum())
    states = len(elements) * EPOCHS
    return Figure(
        f"SGP4 {regime}, positions and velocities, per core, against `sgp4` SatrecArray",
        peer_s / ours_s, Unit.TIMES_FASTER, must, aim,
        f"{len(elements):,} {name()} orbits × {EPOCHS} epochs in a day; "
        f"{states / ours_s / 1e6:.0f} against {states / peer_s / 1e6:.1f} million states/s; "
        f"largest difference {off_mm:.1g} mm, {differ} states good in one only",
    )  # fmt: skip


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
