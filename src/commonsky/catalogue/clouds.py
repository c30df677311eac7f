"""Debris clouds of the synthetic sky: what is left of invented breakups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MU_WGS72_KM3_S2, RADIUS_WGS72_KM
from commonsky.catalogue.batch import (
    LOWEST_PERIGEE_KM,
    Batch,
    angles,
    joined,
    kinds,
    secular_rates_rad_s,
    sizes,
)
from commonsky.catalogue.catalogue import ObjectType

S_PER_YEAR = 365.25 * 86400.0
SMALL_MEDIUM_LARGE = (0.02, 0.83, 0.12, 0.03)


@dataclass(frozen=True, slots=True)
class Parent:
    """What broke up: how much of it is still there, on what orbit, how hard, how long ago."""

    share: float
    inclination_deg: float
    perigee_km: float
    apogee_km: float
    typical_speed_m_s: float
    age_years: float


# Shaped after where the catalogued debris is; no row is one real event.
PARENTS = (
    Parent(1900, 98.8, 845, 865, 75, 18.2),
    Parent(1150, 98.5, 800, 830, 70, 1.8),
    Parent(420, 98.9, 840, 860, 45, 9.4),
    Parent(330, 98.3, 720, 790, 60, 11.0),
    Parent(260, 98.0, 600, 680, 70, 14.0),
    Parent(170, 97.6, 500, 620, 60, 2.5),
    Parent(260, 99.2, 860, 1000, 80, 34.0),
    Parent(250, 98.4, 560, 640, 50, 6.0),
    Parent(230, 100.1, 1000, 1090, 60, 54.0),
    Parent(330, 101.6, 1400, 1510, 55, 50.0),
    Parent(260, 102.0, 1080, 1480, 90, 47.0),
    Parent(680, 74.0, 775, 800, 70, 16.0),
    Parent(110, 74.0, 1400, 1510, 40, 30.0),
    Parent(500, 82.7, 930, 1010, 55, 28.0),
    Parent(330, 82.5, 800, 870, 60, 25.0),
    Parent(120, 82.6, 1180, 1500, 70, 30.0),
    Parent(110, 82.6, 500, 650, 90, 3.5),
    Parent(140, 86.4, 765, 790, 50, 16.0),
    Parent(640, 89.4, 720, 900, 80, 20.0),
    Parent(170, 90.0, 1200, 1240, 20, 40.0),
    Parent(400, 65.0, 850, 1000, 70, 30.0),
    Parent(170, 65.6, 700, 760, 60, 22.0),
    Parent(320, 71.0, 800, 860, 40, 22.0),
    Parent(120, 63.4, 980, 1200, 60, 25.0),
    Parent(90, 29.0, 520, 900, 90, 25.0),
    Parent(60, 52.0, 450, 800, 80, 15.0),
)


def debris(rng: np.random.Generator, count: int) -> Batch:
    """Return `count` fragments, shared out over the parents by their weights."""
    shares = np.array([parent.share for parent in PARENTS])
    bounds = np.rint(np.cumsum(shares) / shares.sum() * count).astype(int)
    counts = np.diff(bounds, prepend=0)
    return joined(
        cloud(rng, parent, int(wanted), f"PARENT {number + 1} DEB")
        for number, (parent, wanted) in enumerate(zip(PARENTS, counts, strict=True))
    )


def cloud(rng: np.random.Generator, parent: Parent, count: int, name: str) -> Batch:
    """
    Return `count` fragments of a breakup that drag has left in orbit.

    All leave one point with an isotropic log-normal velocity; nodes and perigees then drift apart
    by J2 for the age of the cloud.
    """
    breakup = _breakup_point(rng, parent)
    parts = [np.empty((6, 0))]
    missing, draw = count, 0
    while missing:
        rows = _fragments(rng, parent, breakup, 2 * missing + 64)
        parts.append(rows[:, _survives(rng, rows, parent.age_years, draw)][:, :missing])
        missing -= parts[-1].shape[1]
        draw += 1
    axis, eccentricity, inclination, node, perigee, drag = np.concatenate(parts, axis=1)
    node_rate, perigee_rate = secular_rates_rad_s(axis, eccentricity, inclination)
    seconds = parent.age_years * S_PER_YEAR
    n = len(axis)
    return Batch(
        axis, eccentricity, inclination, node + node_rate * seconds,
        perigee + perigee_rate * seconds, angles(rng, n), drag,
        kinds(n, ObjectType.DEBRIS), sizes(rng, n, SMALL_MEDIUM_LARGE), np.zeros(n, np.bool_),
        np.full(n, name), np.full(n, ""),
    )  # fmt: skip


def _breakup_point(rng: np.random.Generator, parent: Parent) -> tuple[Floats, Floats]:
    """Position and velocity of the parent somewhere on its orbit, in its perifocal-like axes."""
    axis = RADIUS_WGS72_KM + 0.5 * (parent.perigee_km + parent.apogee_km)
    eccentricity = 0.5 * (parent.apogee_km - parent.perigee_km) / axis
    anomaly, perigee, node = angles(rng, 3)
    parameter = axis * (1.0 - eccentricity**2)
    radius = parameter / (1.0 + eccentricity * np.cos(anomaly))
    radial = np.sqrt(MU_WGS72_KM3_S2 / parameter) * eccentricity * np.sin(anomaly)
    along = np.sqrt(MU_WGS72_KM3_S2 * parameter) / radius
    latitude, inclination = anomaly + perigee, np.radians(parent.inclination_deg)
    towards_node = np.array([np.cos(node), np.sin(node), 0.0])
    ahead = np.array(
        [
            -np.sin(node) * np.cos(inclination),
            np.cos(node) * np.cos(inclination),
            np.sin(inclination),
        ]
    )
    up = np.cos(latitude) * towards_node + np.sin(latitude) * ahead
    forward = -np.sin(latitude) * towards_node + np.cos(latitude) * ahead
    return radius * up, radial * up + along * forward


def _fragments(
    rng: np.random.Generator, parent: Parent, breakup: tuple[Floats, Floats], count: int
) -> Floats:
    """(6, count) semi-major axis, eccentricity, inclination, node, perigee and B* at breakup."""
    position, velocity = breakup
    way = rng.normal(size=(3, count))
    way /= np.linalg.norm(way, axis=0)
    # Spread of the speeds as in NASA's breakup model: 0.4 in the decadic logarithm.
    speed = parent.typical_speed_m_s * 1e-3 * 10.0 ** rng.normal(0.0, 0.4, count)
    drag = 10.0 ** rng.normal(-3.2, 0.5, count)
    return np.vstack([elements_of(position[:, None], velocity[:, None] + way * speed), drag])


def elements_of(position_km: Floats, velocity_km_s: Floats) -> Floats:
    """(5, n) semi-major axis, eccentricity, inclination, node, perigee of states (3, n)."""
    radius = np.linalg.norm(position_km, axis=0)
    squared = np.sum(velocity_km_s**2, axis=0)
    momentum = np.cross(position_km, velocity_km_s, axis=0)
    rising = np.sum(position_km * velocity_km_s, axis=0)
    vector = (
        (squared - MU_WGS72_KM3_S2 / radius) * position_km - rising * velocity_km_s
    ) / MU_WGS72_KM3_S2
    size = np.linalg.norm(momentum, axis=0)
    node = np.arctan2(momentum[0], -momentum[1])
    towards_node = np.stack([np.cos(node), np.sin(node), np.zeros_like(node)])
    ahead = np.cross(momentum / size, towards_node, axis=0)
    perigee = np.arctan2(np.sum(vector * ahead, axis=0), np.sum(vector * towards_node, axis=0))
    axis = 1.0 / (2.0 / radius - squared / MU_WGS72_KM3_S2)
    return np.stack(
        [axis, np.linalg.norm(vector, axis=0), np.arccos(momentum[2] / size), node, perigee]
    )


def _survives(rng: np.random.Generator, rows: Floats, age_years: float, draw: int) -> Floats:
    """(n,) whether drag has left a fragment in orbit; later draws are ever less strict."""
    axis, eccentricity, drag = rows[0], rows[1], rows[5]
    bound = (axis > 0.0) & (eccentricity < 0.25)
    perigee_km = np.where(bound, axis * (1.0 - eccentricity) - RADIUS_WGS72_KM, 0.0)
    # A decade of life at 600 km for B* of 6e-4, and ten times that for every 160 km more.
    life_years = 10.0 * (6e-4 / drag) * 10.0 ** ((perigee_km - 600.0) / 160.0)
    stays = life_years * rng.lognormal(0.0, 0.7, len(drag)) > age_years * 0.5**draw
    return bound & stays & (perigee_km > LOWEST_PERIGEE_KM + 60.0)
