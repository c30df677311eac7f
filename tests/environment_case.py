"""Objects for the tests of the long run, without a catalogue."""

from __future__ import annotations

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.catalogue.catalogue import ObjectType
from commonsky.environment.earth import EARTH_RADIUS_KM
from commonsky.environment.gas import Group, Molecules
from commonsky.environment.objects import Objects, SizeProvenance


def objects_at(
    perigee_km: Floats, apogee_km: Floats | None = None, *, inclination_deg: Floats | float = 60.0,
    mass_kg: Floats | float = 500.0, area_m2: Floats | float = 5.0,
    kind: ObjectType = ObjectType.PAYLOAD, active: bool = False,
    launched_year: float = np.nan,
) -> Objects:  # fmt: skip
    """Return objects with these apsides, all alike but for what is given as a column."""
    n = len(perigee_km)
    apogee_km = perigee_km if apogee_km is None else apogee_km
    axis = EARTH_RADIUS_KM + 0.5 * (perigee_km + apogee_km)

    def column(value: Floats | float) -> Floats:
        return np.full(n, value, np.float64)

    measured = np.full(n, SizeProvenance.MEASURED, np.int8)
    return Objects(
        axis, 0.5 * (apogee_km - perigee_km) / axis, np.radians(column(inclination_deg)),
        column(mass_kg), column(area_m2), np.full(n, kind, np.int8), np.full(n, active),
        column(launched_year), np.ones(n), np.arange(900_000_000, 900_000_000 + n),
        measured, measured,
    )  # fmt: skip


def crowd(n: int, seed: int) -> Molecules:
    """Return a gas without stations: heights, tilts, sizes and eccentricities of all kinds."""
    rng = np.random.default_rng(seed)
    perigee = rng.uniform(500.0, 1100.0, n)
    wide = rng.exponential(250.0, n).clip(0.0, 800.0)
    apogee = perigee + np.where(rng.random(n) < 0.5, 5.0, wide)
    inclination = np.radians(rng.choice((53.0, 65.0, 74.0, 82.5, 98.0, 99.5), n))
    inclination += rng.normal(0.0, 0.01, n)
    group = rng.choice((Group.ACTIVE, Group.TRACKED, Group.UNTRACKED), n, p=(0.2, 0.6, 0.2))
    return Molecules(
        perigee, apogee, inclination, rng.lognormal(np.log(0.9), 0.4, n), np.ones(n),
        group.astype(np.int8),
    )  # fmt: skip
