"""Orbits of every kind that SGP4 tells apart, and our own states of eighteen of them, frozen."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.sgp4 import Mode, propagate
from tests.screening_case import START_NS, elements_of, joined

FROZEN = Path(__file__).parent / "reference" / "sgp4_frozen.json"
# Period (min), largest eccentricity, and B*, of a table of random orbits.
KINDS: dict[str, tuple[float, float, float, float]] = {
    "low": (85.0, 130.0, 0.1, 1e-4),
    "falling": (85.0, 130.0, 0.3, 0.1),
    "middle": (130.0, 1000.0, 0.9, 1e-3),
    "eccentric": (130.0, 1000.0, 0.99, 1e-2),
    "half a day": (708.0, 728.0, 0.9, 1e-2),
    "a day": (1426.0, 1446.0, 0.9, 1e-2),
    "a month": (1000.0, 43200.0, 0.99, 1e-2),
}
# Both sides of the epoch, and times near enough to each other for the loops over time.
FROZEN_DAYS = (-7.0, -6.99, -6.98, -0.02, -0.01, 0.0, 0.01, 6.98, 6.99, 7.0)


def orbits(kind: str, n: int, seed: int = 1) -> MeanElements:
    """Random orbits of a kind; half of them nearly circular, inclinations dense at the poles."""
    rng = np.random.default_rng(seed)
    shortest, longest, eccentric, drag = KINDS[kind]
    small = 10.0 ** rng.uniform(-9.0, -1.0, n)
    any_way, lyddane = rng.uniform(0.0, np.pi, n), rng.uniform(0.19, 0.21, n)
    inclination = np.choose(rng.integers(0, 4, n), [any_way, small, np.pi - small, lyddane])
    return replace(
        joined(elements_of(*[{}] * n)),
        mean_motion_rad_min=2.0 * np.pi / rng.uniform(shortest, longest, n),
        eccentricity=rng.integers(0, 2, n) * rng.uniform(0.0, eccentric - 1e-3, n)
        + rng.uniform(0.0, 1e-3, n),
        inclination_rad=inclination,
        raan_rad=rng.uniform(0.0, 2.0 * np.pi, n),
        argument_of_perigee_rad=rng.uniform(0.0, 2.0 * np.pi, n),
        mean_anomaly_rad=rng.uniform(0.0, 2.0 * np.pi, n),
        bstar_per_earth_radius=rng.uniform(-drag, drag, n),
    )


def frozen_orbits() -> MeanElements:
    """Three of each kind, but for those whose runaway drag blows up the last place."""
    return joined(*(orbits(kind, 3, seed=9) for kind in KINDS if kind != "falling"))


def frozen_states() -> dict[str, Any]:
    """States of `frozen_orbits` by both modes, as they come out today."""
    epochs = START_NS + np.rint(np.array(FROZEN_DAYS) * NS_PER_DAY).astype(np.int64)
    found: dict[str, Any] = {}
    for mode in Mode:
        states = propagate(frozen_orbits(), epochs, mode=mode)
        both = np.concatenate([states.position_km, states.velocity_km_s], axis=2)
        found[mode] = {"status": states.status.tolist(), "states": both.tolist()}
    return found


def write(path: Path) -> None:
    """Freeze anew; only after the reference program has agreed."""
    text = json.dumps({"schema": "commonsky-sgp4/1", **frozen_states()})
    path.write_text(text.replace("]], [[", "]],\n[[").replace("NaN", "null") + "\n")


if __name__ == "__main__":
    write(FROZEN)
