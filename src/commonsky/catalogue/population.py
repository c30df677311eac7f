"""A synthetic sky: seeded, of any size, distributed like the real one, and free to give away."""

from __future__ import annotations

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MU_WGS72_KM3_S2, RADIUS_WGS72_KM, MeanElements
from commonsky.catalogue import regimes
from commonsky.catalogue.batch import Batch, joined, secular_rates_rad_s
from commonsky.catalogue.catalogue import (
    SYNTHETIC_FIRST,
    SYNTHETIC_LAST,
    Catalogue,
    ObjectType,
    Provenance,
)
from commonsky.catalogue.clouds import debris
from commonsky.catalogue.shells import constellations

REFERENCE_TAI_NS = 1_743_379_237_000_000_000  # 2025-03-31T00:00:00 UTC
NS_PER_DAY = 86_400_000_000_000
MOST_OBJECTS = 50_000_000
MAKERS: tuple[tuple[float, regimes.Maker], ...] = (
    (8800, constellations),
    (3700, regimes.in_bands(regimes.PAYLOAD_BANDS, ObjectType.PAYLOAD)),
    (1000, regimes.in_bands(regimes.ROCKET_BODY_BANDS, ObjectType.ROCKET_BODY)),
    (1050, regimes.in_bands(regimes.UNKNOWN_BANDS, ObjectType.UNKNOWN)),
    (9300, debris),
    (830, regimes.in_bands(regimes.LOST_BANDS, ObjectType.DEBRIS)),
    (570, regimes.geostationary),
    (830, regimes.drifting(ObjectType.PAYLOAD, -60.0, 120.0)),
    (285, regimes.drifting(ObjectType.ROCKET_BODY, -900.0, 900.0)),
    (120, regimes.drifting(ObjectType.DEBRIS, -900.0, 900.0)),
    (480, regimes.medium),
    (200, regimes.molniya),
    (1550, regimes.transfer),
    (760, regimes.raised),
    (45, regimes.formations),
)


def population(
    objects: int = 30_000, seed: int = 7, *, epoch_tai_ns: int = REFERENCE_TAI_NS
) -> Catalogue:
    """
    Return an invented sky of so many objects, about one moment.

    Every element set is some hours or days older than `epoch_tai_ns`.  The same arguments give
    the same bytes on one platform; nothing of it is a real object, name or operator.  Numbers
    count from 900 000 000, which operations refuse.
    """
    if not 1 <= objects <= min(MOST_OBJECTS, SYNTHETIC_LAST - SYNTHETIC_FIRST):
        raise ValueError(f"a population has 1 to {MOST_OBJECTS:,} objects, not {objects:,}")
    shares = np.array([share for share, _ in MAKERS])
    bounds = np.rint(np.cumsum(shares) / shares.sum() * objects).astype(int)
    counts = np.diff(bounds, prepend=0)
    # Each part draws from a stream of its own: a change to one leaves the others as they were.
    streams = np.random.default_rng(seed).spawn(len(MAKERS) + 1)
    sky = joined(
        make(stream, int(count))
        for (_, make), stream, count in zip(MAKERS, streams[:-1], counts, strict=True)
        if count
    )
    return _catalogue(streams[-1], sky, epoch_tai_ns, f"population-{objects}-{seed}")


def _catalogue(rng: np.random.Generator, sky: Batch, epoch_tai_ns: int, source: str) -> Catalogue:
    """Give the objects of a sky epochs, numbers and a provenance."""
    n = len(sky)
    age_ns = _ages_ns(rng, sky)
    return Catalogue(
        elements=_elements(sky, epoch_tai_ns - age_ns, age_ns / 1e9),
        catalogue_number=SYNTHETIC_FIRST + np.arange(n, dtype=np.int64),
        object_id=np.full(n, ""),
        object_name=sky.object_name,
        object_type=sky.object_type,
        rcs_size=sky.rcs_size,
        operator=sky.operator,
        classification=np.full(n, "U"),
        element_set_number=np.full(n, 999, np.int64),
        revolution_at_epoch=rng.integers(0, 100_000, n),
        source=np.full(n, source),
        provenance=Provenance(read_count=n),
    )


def _ages_ns(rng: np.random.Generator, sky: Batch) -> Ints:
    """(n,) how old each element set is, to the microsecond: what is steered is seen more often."""
    days = np.where(
        sky.kept,
        rng.lognormal(np.log(0.35), 0.5, len(sky)),
        rng.lognormal(np.log(0.6), 0.9, len(sky)),
    )
    return np.rint(days.clip(0.01, 30.0) * 86400e6).astype(np.int64) * 1000


def _elements(sky: Batch, epochs: Ints, age_s: Floats) -> MeanElements:
    """Mean elements at their epochs of objects that are in their places at the reference."""
    axis, eccentricity = sky.semi_major_axis_km, sky.eccentricity
    # SGP4's mean anomaly moves at Kozai's mean motion but for terms of the second order in J2,
    # so planes of a constellation keep their phases though every satellite has its own epoch.
    motion = np.sqrt(MU_WGS72_KM3_S2 / axis**3)
    node, perigee = secular_rates_rad_s(axis, eccentricity, sky.inclination_rad)
    perigee_km = axis * (1.0 - eccentricity) - RADIUS_WGS72_KM
    strongest = 2e-5 * np.exp(np.clip((perigee_km - 180.0) / 38.0, 0.0, 20.0))
    zero = np.zeros(len(sky))
    return MeanElements(
        epoch_tai_ns=epochs,
        mean_motion_rad_min=motion * 60.0,
        eccentricity=eccentricity,
        inclination_rad=sky.inclination_rad,
        raan_rad=np.mod(sky.raan_rad - node * age_s, 2.0 * np.pi),
        argument_of_perigee_rad=np.mod(sky.argument_of_perigee_rad - perigee * age_s, 2.0 * np.pi),
        mean_anomaly_rad=np.mod(sky.mean_anomaly_rad - motion * age_s, 2.0 * np.pi),
        # With more drag than this SGP4 would bring the object down within days.
        bstar_per_earth_radius=np.minimum(sky.bstar_per_earth_radius, strongest),
        mean_motion_dot_rev_day2=zero,
        mean_motion_ddot_rev_day3=zero.copy(),
    )
