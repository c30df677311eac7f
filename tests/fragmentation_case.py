"""An invented break-up: a parent, pieces that fly off it, and their sets some weeks later."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.astro.sgp4 import propagate
from commonsky.catalogue.catalogue import Catalogue, ObjectType, concatenated
from commonsky.catalogue.population import population
from commonsky.environment.breakup import Fragments
from commonsky.environment.earth import EARTH_RADIUS_KM, MU_KM3_S2
from commonsky.environment.fragment_orbits import fragment_orbits
from tests.catalogue_case import DAY_NS, catalogue_of

AT_NS = 1_743_379_237_000_000_000
PARENT, FIRST_PIECE = 990_000_001, 990_001_000
_ROUNDS = 4


@dataclass(frozen=True)
class World:
    """What was catalogued before and after, and the truth."""

    before: Catalogue
    after: Catalogue
    at_ns: int
    position_km: Floats
    pieces: Ints  # rows of `after`


def parent(
    height_km: float = 780.0, inclination_deg: float = 86.4, *, phase: float = 1.1
) -> Catalogue:
    """A satellite on a nearly circular orbit, a day before the event."""
    axis = EARTH_RADIUS_KM + height_km
    return catalogue_of({
        "number": PARENT, "day": -1.0, "type": ObjectType.PAYLOAD, "name": "PARENT",
        "object_id": "2010-001A", "eccentricity": 1e-3, "bstar": 2e-5, "raan": 0.7,
        "mean_motion": np.sqrt(MU_KM3_S2 / axis**3) * 60.0, "anomaly": phase,
        "inclination": np.radians(inclination_deg),
    })  # fmt: skip


def moved_to(elements: MeanElements, epoch_ns: int) -> MeanElements:
    """Sets of the same motion at another epoch, found again from states: drag is as it was."""
    states = propagate(elements, np.array([epoch_ns]))
    told = [
        _fitted(states.position_km[i, 0], states.velocity_km_s[i, 0], epoch_ns, float(bstar))
        for i, bstar in enumerate(elements.bstar_per_earth_radius)
    ]
    return _stacked(told)


def _stacked(parts: list[MeanElements]) -> MeanElements:
    names = MeanElements.__dataclass_fields__
    return MeanElements(*(np.concatenate([getattr(one, name) for one in parts]) for name in names))


def _fitted(position: Floats, velocity: Floats, epoch_ns: int, bstar: float) -> MeanElements:
    """The set that SGP4 turns into a state, by what mean orbits it differs in."""
    wanted = _mean(position, velocity)
    guess = wanted.copy()
    for _ in range(_ROUNDS):
        states = propagate(_set(guess, epoch_ns, bstar), np.array([epoch_ns]))
        off = wanted - _mean(states.position_km[0, 0], states.velocity_km_s[0, 0])
        off[[3, 5]] = (off[[3, 5]] + np.pi) % (2.0 * np.pi) - np.pi
        guess += off
    return _set(guess, epoch_ns, bstar)


def _mean(position: Floats, velocity: Floats) -> Floats:
    """Axis, e cos w, inclination, node, e sin w, mean latitude argument."""
    none = np.zeros(1)
    still = Fragments(none, none, none, np.zeros((1, 3)), 0, 0.1, 0.0, 0)
    one = fragment_orbits(position, velocity, still)
    axis = EARTH_RADIUS_KM + 0.5 * (one.perigee_km[0] + one.apogee_km[0])
    shape = 0.5 * (one.apogee_km[0] - one.perigee_km[0]) / axis
    at = one.argument_rad[0]
    return np.array([
        axis, shape * np.cos(at), one.inclination_rad[0], one.node_rad[0], shape * np.sin(at),
        at + one.mean_anomaly_rad[0],
    ])  # fmt: skip


def _set(mean: Floats, epoch_ns: int, bstar: float) -> MeanElements:
    at = float(np.arctan2(mean[4], mean[1]))
    columns = (
        np.sqrt(MU_KM3_S2 / mean[0] ** 3) * 60.0, np.hypot(mean[1], mean[4]), mean[2],
        mean[3] % (2 * np.pi), at % (2 * np.pi), (mean[5] - at) % (2 * np.pi), bstar, 0.0, 0.0,
    )  # fmt: skip
    return MeanElements(np.array([epoch_ns]), *(np.array([float(value)]) for value in columns))


def broken_up(
    of: Catalogue, speeds_m_s: Floats, *, at_ns: int = AT_NS, days: float = 20.0, seed: int = 1
) -> tuple[Catalogue, Floats]:
    """
    The pieces' sets some days after, with speeds (n,) to all sides, and the place.

    Their area-to-mass differs by a factor of ten, and where they are found by what real sets err.
    """
    rng = np.random.default_rng(seed)
    n = len(speeds_m_s)
    states = propagate(of.elements, np.array([at_ns]))
    position, velocity = states.position_km[0, 0], states.velocity_km_s[0, 0]
    way = rng.standard_normal((n, 3))
    off = 1e-3 * speeds_m_s[:, None] * way / np.linalg.norm(way, axis=1)[:, None]
    bstar = 10.0 ** rng.uniform(-5.0, -4.0, n)
    sets = [_fitted(position, velocity + off[i], at_ns, float(bstar[i])) for i in range(n)]
    later = moved_to(_stacked(sets), at_ns + int(days * DAY_NS))
    later = replace(
        later,
        raan_rad=later.raan_rad + 5e-5 * rng.standard_normal(n),
        inclination_rad=later.inclination_rad + 5e-5 * rng.standard_normal(n),
        mean_motion_rad_min=later.mean_motion_rad_min * (1.0 + 2e-6 * rng.standard_normal(n)),
    )
    rows = [
        {"number": FIRST_PIECE + i, "type": ObjectType.UNKNOWN, "object_id": "2010-001"}
        for i in range(n)
    ]
    return replace(catalogue_of(*rows), elements=later), position


def world(
    speeds_m_s: Floats, *, others: int = 300, new: int = 20, seed: int = 1, days: float = 20.0
) -> World:
    """A break-up in a sky of others, of which some are new too."""
    sky = population(others + new, seed, epoch_tai_ns=AT_NS - DAY_NS)
    of = parent(phase=0.3 + seed)
    pieces, position = broken_up(of, speeds_m_s, days=days, seed=seed)
    later = replace(
        sky.elements, epoch_tai_ns=sky.elements.epoch_tai_ns + int((days + 1.0) * DAY_NS)
    )
    chosen = np.random.default_rng(seed).permutation(len(sky))[:others]
    after = concatenated([replace(sky, elements=later), of, pieces])
    rows = np.arange(len(sky) + 1, len(after))
    return World(concatenated([sky.take(chosen), of]), after, AT_NS, position, rows)
