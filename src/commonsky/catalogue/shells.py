"""Constellations of the synthetic sky: satellites in phased planes, all names invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.astro.elements import RADIUS_WGS72_KM
from commonsky.catalogue.batch import Batch, joined, kinds, letters, sizes
from commonsky.catalogue.catalogue import ObjectType, RcsSize

OCCUPIED = 0.94  # of the slots; the rest failed, or was never filled
RAISING = 0.07  # of the satellites are on their way up or down


@dataclass(frozen=True, slots=True)
class Shell:
    """
    A Walker pattern: so many planes over `spread_rad` of nodes, so many satellites in each.

    Neighbouring planes of a star (half a circle of nodes) cross near the poles at right times to
    collide, so such shells climb by `climb_km` from plane to plane.
    """

    height_km: float
    inclination_deg: float
    planes: int
    per_plane: int
    spread_rad: float = 2.0 * np.pi
    climb_km: float = 0.0

    @property
    def slots(self) -> int:
        """Return how many places there are."""
        return self.planes * self.per_plane


STAR = np.pi
# Heights and inclinations are typical of what is licensed or flown; the numbers give a sky of
# 30 000 its real share of constellations.
FLEETS: tuple[tuple[Shell, ...], ...] = (
    (
        Shell(549.0, 53.05, 72, 22), Shell(539.0, 53.22, 72, 20), Shell(533.0, 53.16, 56, 18),
        Shell(484.0, 43.0, 56, 24), Shell(558.5, 43.0, 56, 24), Shell(569.0, 70.0, 36, 14),
        Shell(473.0, 53.16, 28, 13), Shell(561.0, 97.6, 10, 24), Shell(356.0, 43.0, 28, 12),
    ),
    (Shell(1190.0, 87.9, 12, 56, STAR, 2.5),),
    (Shell(779.0, 86.4, 6, 14, STAR, 0.4),),
    (Shell(1413.5, 52.0, 8, 10),),
    (Shell(1067.0, 89.0, 9, 12, STAR, 1.0),),
    (Shell(1146.0, 86.5, 8, 10, STAR, 1.2),),
    (Shell(630.0, 51.9, 17, 6),),
    (Shell(715.0, 45.0, 6, 7),),
    (Shell(493.0, 97.4, 5, 28),),
    (Shell(20_184.0, 55.0, 6, 6),),
    (Shell(19_131.0, 64.8, 3, 9),),
    (Shell(23_224.0, 56.0, 3, 10),),
    (Shell(21_529.0, 55.0, 3, 10),),
    (Shell(8_063.0, 0.05, 1, 26),),
)  # fmt: skip
CAPACITY = sum(shell.slots for fleet in FLEETS for shell in fleet)


def constellations(rng: np.random.Generator, count: int) -> Batch:
    """
    Return `count` satellites in constellations.

    More than one set of fleets holds are spread over further sets at other heights.
    """
    room = int(CAPACITY * OCCUPIED)
    parts: list[Batch] = []
    for generation in range(-(-count // room)):
        wanted = min(room, count - generation * room)
        parts += _fleets(rng, wanted, generation)
    return joined(parts)


def _fleets(rng: np.random.Generator, count: int, generation: int) -> Iterator[Batch]:
    """Satellites of every fleet, together `count`, which is at most what the slots hold."""
    shells = [(number, shell) for number, fleet in enumerate(FLEETS) for shell in fleet]
    owner = np.repeat([number for number, _ in shells], [shell.slots for _, shell in shells])
    chosen = np.sort(rng.permutation(CAPACITY)[:count])
    columns = np.concatenate([slots(rng, shell, generation) for _, shell in shells], axis=1)
    for number in range(len(FLEETS)):
        members = chosen[owner[chosen] == number]
        if len(members):
            code = letters(generation * len(FLEETS) + number)
            yield _satellites(rng, columns[:, members], code)


def slots(rng: np.random.Generator, shell: Shell, generation: int) -> Floats:
    """
    (4, slots) semi-major axis, inclination, node and argument of latitude of every slot, plane by
    plane; later generations of a shell lie elsewhere.
    """
    plane, place = np.divmod(np.arange(shell.slots), shell.per_plane)
    # A new generation goes where there is room: low shells up to 900 km, all others close by.
    shift_km = 0.0 if generation == 0 else rng.uniform(-90.0, 330.0)
    axis = RADIUS_WGS72_KM + shell.height_km + shift_km + shell.climb_km * plane
    node = rng.uniform(0.0, 2.0 * np.pi) + shell.spread_rad * plane / shell.planes
    latitude = 2.0 * np.pi * (
        place / shell.per_plane + plane * _phasing(shell) / shell.slots
    ) + rng.uniform(0.0, 2.0 * np.pi)
    inclination = np.full(shell.slots, np.radians(shell.inclination_deg))
    return np.stack([axis, inclination, node, latitude])


@lru_cache(maxsize=64)
def _phasing(shell: Shell) -> int:
    """
    Return Walker's phasing parameter that keeps satellites of different planes farthest apart.

    For two circular orbits of one height and inclination the cosine of the angle between the
    satellites is A + B cos(u1 + u2), both of which the differences of node and of argument of
    latitude fix; A + |B| is where they come closest.
    """
    planes = np.arange(1, shell.planes)
    if len(planes) == 0:
        return 0
    node = shell.spread_rad * planes[:, None] / shell.planes
    place = 2.0 * np.pi * np.arange(shell.per_plane)[None, :] / shell.per_plane
    cosine, sine = (
        np.cos(np.radians(shell.inclination_deg)),
        np.sin(np.radians(shell.inclination_deg)),
    )
    best, best_closeness = 0, np.inf
    for phasing in range(shell.planes):
        behind = place + 2.0 * np.pi * phasing * planes[:, None] / shell.slots
        closeness = (
            0.5 * (np.cos(node) * (1.0 + cosine**2) + sine**2) * np.cos(behind)
            - cosine * np.sin(node) * np.sin(behind)
            + 0.5 * sine**2 * (1.0 - np.cos(node))
        ).max()
        if closeness < best_closeness - 1e-12:
            best, best_closeness = phasing, closeness
    return best


def _satellites(rng: np.random.Generator, places: Floats, code: str) -> Batch:
    """Satellites in places (4, n), nearly circular, a few of them not yet or no longer there."""
    axis, inclination, node, latitude = places.copy()
    count = len(axis)
    raising = rng.random(count) < RAISING
    low_km = np.minimum(280.0, 0.5 * (axis - RADIUS_WGS72_KM))
    on_the_way = RADIUS_WGS72_KM + low_km + rng.random(count) * (axis - RADIUS_WGS72_KM - low_km)
    axis = np.where(raising, on_the_way, axis + rng.normal(0.0, 0.03, count))
    latitude += rng.normal(0.0, 1.2e-3, count) + raising * rng.uniform(0.0, 6.0, count)
    # Station-keeping leaves small eccentricities with the perigee near the northernmost point.
    eccentricity = np.abs(rng.normal(1.2e-4, 4e-5, count)) + raising * rng.exponential(8e-4, count)
    perigee = np.radians(rng.normal(90.0, 15.0, count))
    drag = (axis - RADIUS_WGS72_KM < 2000.0) * np.where(
        raising, rng.lognormal(np.log(3e-4), 1.0, count), rng.normal(4e-5, 6e-5, count)
    )
    numbers = np.arange(1, count + 1)
    return Batch(
        axis, eccentricity, inclination + rng.normal(0.0, 2e-5, count),
        node + rng.normal(0.0, 3e-4, count), perigee, latitude - perigee, drag,
        kinds(count, ObjectType.PAYLOAD),
        sizes(rng, count, (0.0, 0.0, 0.1, 0.9)) if count > 300 else np.full(
            count, RcsSize.LARGE, np.int8
        ),
        ~raising,
        np.array([f"CONSTELLATION {code}-{number:04d}" for number in numbers]),
        np.full(count, f"OPERATOR {code}"),
    )  # fmt: skip
