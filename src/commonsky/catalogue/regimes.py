"""Single objects of the synthetic sky: satellites, derelicts and rocket bodies by region."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple, TypeAlias

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MU_WGS72_KM3_S2, RADIUS_WGS72_KM
from commonsky.catalogue.batch import (
    J2,
    LOWEST_PERIGEE_KM,
    Batch,
    angles,
    kinds,
    letters,
    sizes,
)
from commonsky.catalogue.catalogue import ObjectType, Texts

Maker: TypeAlias = Callable[[np.random.Generator, int], Batch]

SUN_SYNCHRONOUS = -1.0  # in place of an inclination: the one that height asks for
NODE_RATE_SUN_RAD_S = 2.0 * np.pi / (365.2422 * 86400.0)
GEO_RADIUS_KM = 42_164.5
OPERATORS = 400
SIZES = {  # shares of unknown, small, medium, large, by type
    ObjectType.UNKNOWN: (0.9, 0.07, 0.02, 0.01),
    ObjectType.PAYLOAD: (0.03, 0.12, 0.3, 0.55),
    ObjectType.ROCKET_BODY: (0.02, 0.01, 0.11, 0.86),
    ObjectType.DEBRIS: (0.02, 0.8, 0.14, 0.04),
}


class Band(NamedTuple):
    """Objects about one height and inclination."""

    share: float
    inclination_deg: float
    inclination_spread_deg: float
    height_km: float
    height_spread_km: float


PAYLOAD_BANDS = (
    Band(1010, SUN_SYNCHRONOUS, 0.15, 520, 45),
    Band(480, SUN_SYNCHRONOUS, 0.3, 630, 75),
    Band(170, SUN_SYNCHRONOUS, 0.4, 800, 60),
    Band(110, 34.9, 0.2, 535, 40),
    Band(110, 45.2, 0.8, 590, 70),
    Band(150, 49.8, 0.5, 480, 60),
    Band(60, 51.64, 0.02, 415, 12),
    Band(120, 52.5, 2.0, 900, 350),
    Band(80, 63.4, 0.3, 1050, 60),
    Band(110, 65.5, 1.0, 900, 160),
    Band(75, 70.9, 0.5, 750, 120),
    Band(70, 74.03, 0.05, 780, 25),
    Band(370, 74.01, 0.05, 1470, 45),
    Band(250, 82.94, 0.05, 970, 30),
    Band(200, 82.58, 0.05, 1430, 50),
    Band(60, 82.5, 0.3, 550, 120),
    Band(120, 86.4, 0.4, 740, 80),
    Band(160, 89.8, 0.6, 1060, 80),
    Band(40, 100.5, 1.2, 1250, 250),
    Band(30, 28.5, 1.0, 560, 60),
)
ROCKET_BODY_BANDS = (
    Band(150, SUN_SYNCHRONOUS, 0.5, 600, 90),
    Band(100, SUN_SYNCHRONOUS, 0.7, 780, 110),
    Band(60, 74.04, 0.05, 770, 20),
    Band(60, 74.02, 0.1, 1480, 60),
    Band(190, 82.95, 0.06, 970, 35),
    Band(50, 82.5, 0.3, 630, 60),
    Band(45, 82.6, 0.3, 1400, 100),
    Band(40, 71.0, 0.1, 840, 25),
    Band(45, 64.5, 2.0, 850, 250),
    Band(40, 89.5, 0.8, 950, 180),
    Band(25, 100.5, 1.0, 1350, 180),
    Band(30, 35.0, 8.0, 650, 250),
    Band(50, 60.0, 15.0, 750, 250),
)
UNKNOWN_BANDS = (
    Band(600, SUN_SYNCHRONOUS, 0.3, 510, 60),
    Band(90, 90.0, 1.0, 1050, 250),
    Band(200, 75.0, 15.0, 850, 300),
    Band(90, 50.0, 10.0, 600, 200),
)
LOST_BANDS = (
    Band(500, 90.0, 12.0, 780, 180),
    Band(250, 70.0, 9.0, 900, 250),
    Band(80, 35.0, 12.0, 800, 350),
)


def in_bands(bands: tuple[Band, ...], kind: ObjectType) -> Maker:
    """Return the maker of low objects of one type spread over bands."""

    def make(rng: np.random.Generator, count: int) -> Batch:
        table = np.array(bands)
        band = table[rng.choice(len(bands), count, p=table[:, 0] / table[:, 0].sum())].T
        height = np.clip(band[3] + band[4] * rng.normal(size=count), 300.0, 1950.0)
        spread = {ObjectType.PAYLOAD: 1.0e-3, ObjectType.DEBRIS: 8e-3}.get(kind, 4e-3)
        eccentricity = spread * rng.lognormal(0.0, 1.0, count)
        axis = RADIUS_WGS72_KM + height
        wanted = np.where(
            band[1] == SUN_SYNCHRONOUS, sun_synchronous_rad(axis), np.radians(band[1])
        )
        inclination = wanted + np.radians(band[2]) * rng.normal(size=count)
        kept = (rng.random(count) < 0.55) & (height < 1000.0) & (kind == ObjectType.PAYLOAD)
        return single(rng, axis, eccentricity, inclination, angles(rng, count), kind, kept)

    return make


def formations(rng: np.random.Generator, count: int) -> Batch:
    """Return satellites that fly in threes, kilometres apart, or are docked to one another."""
    leader = np.repeat(np.arange(-(-count // 3)), 3)[:count]
    groups = int(leader.max()) + 1
    docked = rng.random(groups) < 0.15
    height = np.where(docked, rng.normal(410.0, 12.0, groups), rng.normal(560.0, 60.0, groups))
    axis = RADIUS_WGS72_KM + height
    inclination = np.where(docked, np.radians(51.6), sun_synchronous_rad(axis))
    lead = single(
        rng, axis, np.full(groups, 8e-4), inclination, angles(rng, groups), ObjectType.PAYLOAD,
        np.ones(groups, np.bool_),
    )  # fmt: skip
    flown = lead.take(leader)
    apart_km = np.where(docked, 0.02, rng.lognormal(np.log(5.0), 0.8, groups))[leader]
    away = apart_km / flown.semi_major_axis_km
    # One axis and one drag for all, or they would not stay together.
    return replace(
        flown,
        eccentricity=flown.eccentricity + 0.2 * away * rng.random(count),
        raan_rad=flown.raan_rad + 0.3 * away * rng.normal(size=count),
        mean_anomaly_rad=flown.mean_anomaly_rad + away * rng.normal(size=count),
        object_name=np.array([
            f"{name[:-4]}{1000 + number:04d}"
            for number, name in enumerate(flown.object_name.tolist())
        ]),
    )  # fmt: skip


def sun_synchronous_rad(semi_major_axis_km: Floats) -> Floats:
    """Return the inclination at which the node follows the Sun, for circular orbits."""
    motion = np.sqrt(MU_WGS72_KM3_S2 / semi_major_axis_km**3)
    rate = 1.5 * J2 * (RADIUS_WGS72_KM / semi_major_axis_km) ** 2 * motion
    return np.arccos(np.clip(-NODE_RATE_SUN_RAD_S / rate, -1.0, 1.0))


def geostationary(rng: np.random.Generator, count: int) -> Batch:
    """Return station-kept satellites in slots of the belt, some slots shared."""
    slots = np.radians(rng.choice(720, max(1, count * 3 // 4), replace=True) * 0.5)
    longitude = slots[np.concatenate([np.arange(len(slots)), rng.integers(0, len(slots), count)])]
    longitude = longitude[:count] + rng.normal(0.0, 4e-4, count)
    axis = GEO_RADIUS_KM + rng.normal(0.0, 0.4, count)
    inclination = np.abs(rng.normal(0.0, 6e-4, count))
    eccentricity = 2.2e-4 * rng.lognormal(0.0, 0.4, count)
    batch = single(
        rng, axis, eccentricity, inclination, angles(rng, count), ObjectType.PAYLOAD,
        np.ones(count, np.bool_),
    )  # fmt: skip
    latitude = longitude - batch.raan_rad - batch.argument_of_perigee_rad
    batch.mean_anomaly_rad[:] = latitude
    return batch


def drifting(kind: ObjectType, low_km: float, high_km: float) -> Maker:
    """Return the maker of objects left near the belt, from below it to a graveyard above."""

    def make(rng: np.random.Generator, count: int) -> Batch:
        buried = rng.random(count) < 0.6
        offset = np.where(
            buried, rng.normal(280.0, 90.0, count), rng.uniform(low_km, high_km, count)
        )
        # The pole of an uncontrolled orbit circles the Laplace plane's, 7.4° away, in 53 years.
        turn = 2.0 * np.pi * rng.uniform(0.0, 45.0, count) / 53.0
        x, y = np.radians(7.4) * (1.0 - np.cos(turn)), np.radians(7.4) * np.sin(turn)
        eccentricity = 1e-3 * rng.lognormal(0.0, 1.0, count).clip(0.0, 40.0)
        nodes = np.arctan2(y, x) + rng.normal(0.0, 0.05, count)
        return single(
            rng, GEO_RADIUS_KM + offset, eccentricity, np.hypot(x, y) + 1e-3, nodes, kind,
            np.zeros(count, np.bool_),
        )  # fmt: skip

    return make


def medium(rng: np.random.Generator, count: int) -> Batch:
    """Return what navigation and relay systems left between the low orbits and the belt."""
    graves = np.array([[20_300.0, 55.0], [19_150.0, 64.8], [23_500.0, 56.0], [13_900.0, 82.0]])
    near = graves[rng.choice(4, count, p=(0.35, 0.45, 0.1, 0.1))].T
    low = rng.random(count) < 0.3
    height = np.where(low, rng.uniform(2100.0, 6000.0, count), near[0] + rng.normal(0, 350, count))
    degrees = np.where(low, rng.choice([15.0, 50.0, 89.0, 100.0], count), near[1])
    eccentricity = 8e-3 * rng.lognormal(0.0, 1.0, count).clip(0.0, 10.0)
    kind = _mixed(rng, count, (0.0, 0.5, 0.35, 0.15))
    inclination = np.radians(degrees + rng.normal(0.0, 1.0, count))
    return single(
        rng, RADIUS_WGS72_KM + height, eccentricity, inclination, angles(rng, count), kind,
        np.zeros(count, np.bool_),
    )  # fmt: skip


def molniya(rng: np.random.Generator, count: int) -> Batch:
    """Return objects on 12-hour orbits at the critical inclination."""
    motion = 2.006 * 2.0 * np.pi / 86400.0 * (1.0 + rng.normal(0.0, 0.004, count))
    axis = (MU_WGS72_KM3_S2 / motion**2) ** (1.0 / 3.0)
    perigee_km = rng.uniform(500.0, 2600.0, count)
    eccentricity = 1.0 - (RADIUS_WGS72_KM + perigee_km) / axis
    inclination = np.radians(rng.normal(63.6, 1.0, count))
    kind = _mixed(rng, count, (0.01, 0.37, 0.4, 0.22))
    batch = single(
        rng, axis, eccentricity, inclination, angles(rng, count), kind, np.zeros(count, np.bool_)
    )
    batch.argument_of_perigee_rad[:] = np.radians(rng.normal(271.0, 11.0, count))
    return batch


def transfer(rng: np.random.Generator, count: int) -> Batch:
    """Return objects between a low perigee and the belt, many with an apogee that drag lowered."""
    perigee_km = 200.0 + rng.gamma(1.6, 260.0, count)
    apogee_km = np.where(
        rng.random(count) < 0.62,
        rng.normal(35_300.0, 1200.0, count),
        rng.uniform(2100.0, 34_000.0, count),
    )
    axis = RADIUS_WGS72_KM + 0.5 * (perigee_km + apogee_km)
    eccentricity = 0.5 * (apogee_km - perigee_km) / axis
    launched = np.array([5.5, 19.0, 27.0, 48.5, 63.5, 7.0])
    degrees = launched[rng.choice(6, count, p=(0.27, 0.17, 0.27, 0.16, 0.08, 0.05))]
    inclination = np.radians(np.abs(degrees + rng.normal(0.0, 2.0, count)))
    kind = _mixed(rng, count, (0.01, 0.06, 0.41, 0.52))
    return single(
        rng, axis, eccentricity, inclination, angles(rng, count), kind, np.zeros(count, np.bool_)
    )


def raised(rng: np.random.Generator, count: int) -> Batch:
    """Return eccentric leftovers whose perigee is no longer, or not quite, low."""
    perigee_km = rng.choice([650.0, 1300.0, 6000.0], count, p=(0.6, 0.25, 0.15))
    perigee_km = perigee_km * rng.lognormal(0.0, 0.35, count)
    apogee_km = np.maximum(perigee_km + rng.gamma(1.3, 1500.0, count), 2050.0)
    axis = RADIUS_WGS72_KM + 0.5 * (perigee_km + apogee_km)
    eccentricity = 0.5 * (apogee_km - perigee_km) / axis
    degrees = rng.choice([32.0, 55.0, 65.0, 74.0, 82.0, 100.0], count)
    kind = _mixed(rng, count, (0.1, 0.1, 0.1, 0.7))
    inclination = np.radians(degrees + rng.normal(0.0, 2.5, count))
    return single(
        rng, axis, eccentricity, inclination, angles(rng, count), kind, np.zeros(count, np.bool_)
    )


def single(
    rng: np.random.Generator, axis: Floats, eccentricity: Floats, inclination: Floats,
    node: Floats, kind: ObjectType | np.ndarray, kept: np.ndarray,
) -> Batch:  # fmt: skip
    """Return objects with random perigee and place, and size, drag, name and owner by type."""
    count = len(axis)
    types = kinds(count, kind) if isinstance(kind, ObjectType) else kind
    highest = 1.0 - (RADIUS_WGS72_KM + LOWEST_PERIGEE_KM + 30.0) / axis
    eccentricity = np.clip(eccentricity, 0.0, np.maximum(highest, 0.0))
    size = np.zeros(count, np.int8)
    names, owners = np.empty(count, "<U24"), np.full(count, "", "<U12")
    for one in ObjectType:
        rows = np.flatnonzero(types == one)
        size[rows] = sizes(rng, len(rows), SIZES[one])
        names[rows], owners[rows] = _names(rng, one, kept[rows])
    middle = {ObjectType.PAYLOAD: -3.6, ObjectType.ROCKET_BODY: -4.1}
    typical = np.select([types == one for one in middle], list(middle.values()), -3.2)
    low = axis * (1.0 - eccentricity) < RADIUS_WGS72_KM + 2500.0
    drag = np.where(low, 10.0 ** (typical + 0.45 * rng.normal(size=count)), 0.0)
    return Batch(
        axis, eccentricity, np.clip(inclination, 0.0, np.pi - 1e-3), node, angles(rng, count),
        angles(rng, count), drag, types, size, kept, names, owners,
    )  # fmt: skip


def _names(rng: np.random.Generator, kind: ObjectType, kept: np.ndarray) -> tuple[Texts, Texts]:
    """Return names in the manner of the SATCAT, and operators of what is still operated."""
    count = len(kept)
    number = rng.integers(1, 10_000, count)
    if kind is ObjectType.PAYLOAD:
        # A few operators own much, most own little.
        owner = np.minimum(rng.zipf(1.35, count), OPERATORS) - 1
        codes = np.array([f"Z{letters(k)}" for k in range(OPERATORS)])[owner]
        alive = [f"SAT {code}-{k:04d}" for code, k in zip(codes, number, strict=True)]
        dead = [f"DERELICT {letters(18_000 + k)}" for k in number]  # no digits: no fleet
        return np.where(kept, alive, dead), np.where(kept, np.strings.add("OPERATOR ", codes), "")
    words = {
        ObjectType.ROCKET_BODY: "STAGE {} R/B",
        ObjectType.DEBRIS: "FRAGMENT {} DEB",
        ObjectType.UNKNOWN: "UNKNOWN {}",
    }
    return np.array([words[kind].format(k % 40 + 1) for k in number]), np.full(count, "")


def _mixed(rng: np.random.Generator, count: int, shares: tuple[float, ...]) -> np.ndarray:
    """(count,) of `ObjectType` by shares."""
    return rng.choice(len(shares), count, p=shares).astype(np.int8)
