"""Histories of element sets with and without burns, made by SGP4's own theory and noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MU_WGS72_KM3_S2, RADIUS_WGS72_KM, MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.sgp4 import propagate
from commonsky.astro.sgp4_initial import mean_motions_unkozai
from commonsky.characterise.history import History
from commonsky.characterise.prediction import mean_at as mean_of
from commonsky.characterise.prediction import own_means, ready_nodes, theory

START_TAI_NS = 1_600_000_000_000_000_000
DAY_NS = NS_PER_DAY


@dataclass(frozen=True)
class Noise:
    """Sigmas of one set's errors, km: of the axis, along the track, and of slow elements."""

    axis_km: float = 0.002
    along_km: float = 0.1
    slow_km: float = 0.05
    freedom: float = 5.0  # of Student's distribution


@dataclass(frozen=True)
class Burn:
    """An impulse: days after the start, and radial, transverse, normal delta-v, km/s."""

    day: float
    delta_v_rtn_km_s: tuple[float, float, float]


LOW = (7178.0, 1e-3, np.radians(98.6))
HIGH = (7715.0, 8e-4, np.radians(66.0))
BELT = (42165.0, 2e-4, np.radians(1.0))


def elements(axis_km: float, e: float, i: float, bstar: float = 1e-5) -> MeanElements:
    """One element set, at the start."""
    n = np.sqrt(MU_WGS72_KM3_S2 / axis_km**3) * 60.0
    one = [np.array([x], np.float64) for x in (n, e, i, 1.0, 1.2, 0.7, bstar, 0.0, 0.0)]
    return MeanElements(np.array([START_TAI_NS], np.int64), *one)


def mean_at(one: MeanElements, epoch_tai_ns: int) -> MeanElements:
    """The same orbit as a set of another epoch, by SGP4's mean elements there."""
    ready = theory(one)
    nodes = np.empty((361, 5))
    minutes = (epoch_tai_ns - int(one.epoch_tai_ns[0])) / DAY_NS * 1440.0
    ready_nodes(ready.deep, ready.row, ready.is_deep, 0, abs(minutes) / 1440.0, nodes)
    axis, e, i, node, argp, m = mean_of(*ready, 0, nodes, minutes)
    brouwer = np.sqrt(MU_WGS72_KM3_S2 / (axis * RADIUS_WGS72_KM) ** 3) * 60.0
    return MeanElements(
        np.array([epoch_tai_ns], np.int64), kozai(brouwer, e, i), np.array([e]), np.array([i]),
        np.array([node % (2 * np.pi)]), np.array([argp % (2 * np.pi)]),
        np.array([m % (2 * np.pi)]), one.bstar_per_earth_radius, np.zeros(1), np.zeros(1),
    )  # fmt: skip


def kozai(brouwer: float, e: float, i: float) -> Floats:
    """Kozai's mean motion, which messages carry, from Brouwer's (rad/min)."""
    motion, told = brouwer, np.empty(1)
    for _ in range(20):
        mean_motions_unkozai(np.array([[0.0, 0.0, 0.0, e, i, motion, 0.0]]), told)
        motion += brouwer - float(told[0])
    return np.array([motion])


def kicked(one: MeanElements, delta_v_rtn_km_s: Sequence[float]) -> MeanElements:
    """The set after an impulse at its epoch: osculating differences are taken for mean ones."""
    states = propagate(one, one.epoch_tai_ns)
    r, v = states.position_km[0, 0], states.velocity_km_s[0, 0]
    radial = r / np.linalg.norm(r)
    normal = np.cross(r, v) / np.linalg.norm(np.cross(r, v))
    push = np.array(delta_v_rtn_km_s) @ np.array([radial, np.cross(normal, radial), normal])
    before, after = kepler(r, v), kepler(r, v + push)
    e, w = one.eccentricity[0], one.argument_of_perigee_rad[0]
    d_node = angle(after[3] - before[3])
    ex = e * np.cos(w) + after[1] - before[1]
    ey = e * np.sin(w) + after[2] - before[2]
    i = one.inclination_rad[0] + after[4] - before[4]
    longitude = w + one.mean_anomaly_rad[0] + angle(after[5] - before[5])
    ratio = (before[0] / after[0]) ** 1.5
    w_after = np.arctan2(ey, ex)
    return MeanElements(
        one.epoch_tai_ns, one.mean_motion_rad_min * ratio, np.array([np.hypot(ex, ey)]),
        np.array([i]), one.raan_rad + d_node, np.array([w_after % (2 * np.pi)]),
        np.array([(longitude - w_after) % (2 * np.pi)]), one.bstar_per_earth_radius, np.zeros(1),
        np.zeros(1),
    )  # fmt: skip


def kepler(r: Floats, v: Floats) -> tuple[float, float, float, float, float, float]:
    """Axis, e cos w, e sin w, node, inclination, mean longitude from the node; two bodies."""
    h = np.cross(r, v)
    radius = float(np.linalg.norm(r))
    node_way = np.array([-h[1], h[0], 0.0]) / np.hypot(h[0], h[1])
    across = np.cross(h, node_way) / np.linalg.norm(h)
    excess = np.cross(v, h) / MU_WGS72_KM3_S2 - r / radius
    ex, ey = float(excess @ node_way), float(excess @ across)
    axis = 1.0 / (2.0 / radius - float(v @ v) / MU_WGS72_KM3_S2)
    u = float(np.arctan2(r @ across, r @ node_way))
    e, w = np.hypot(ex, ey), np.arctan2(ey, ex)
    eccentric = 2.0 * np.arctan(np.sqrt((1 - e) / (1 + e)) * np.tan(0.5 * (u - w)))
    mean = eccentric - e * np.sin(eccentric)
    node = float(np.arctan2(h[0], -h[1]))
    inclination = float(np.arccos(h[2] / np.linalg.norm(h)))
    return axis, ex, ey, node, inclination, float(w + mean)


def angle(x: float) -> float:
    """An angle between -pi and pi."""
    return float((x + np.pi) % (2 * np.pi) - np.pi)


def sets(
    orbit: MeanElements, days: Floats, seed: int, noise: Noise, burns: Sequence[Burn] = ()
) -> MeanElements:
    """Element sets of an orbit at these days after the start, with errors, and burns between."""
    rng = np.random.default_rng(seed)
    now, parts, waiting = orbit, [], sorted(burns, key=lambda burn: burn.day)
    for day in days:
        while waiting and waiting[0].day <= day:
            burn = waiting.pop(0)
            now = kicked(
                mean_at(now, START_TAI_NS + round(burn.day * DAY_NS)), burn.delta_v_rtn_km_s
            )
        now = mean_at(now, START_TAI_NS + round(day * DAY_NS))
        parts.append(wrong(now, rng, noise))
    return joined(parts)


def wrong(one: MeanElements, rng: np.random.Generator, noise: Noise) -> MeanElements:
    """A set with the errors of a fit."""
    axis = float(one.semi_major_axis_km[0])
    student = rng.standard_t(noise.freedom, 6) * np.sqrt((noise.freedom - 2) / noise.freedom)
    ex = one.eccentricity * np.cos(one.argument_of_perigee_rad) + student[0] * noise.slow_km / axis
    ey = one.eccentricity * np.sin(one.argument_of_perigee_rad) + student[1] * noise.slow_km / axis
    longitude = one.argument_of_perigee_rad + one.mean_anomaly_rad
    longitude = longitude + student[2] * noise.along_km / axis
    w = np.arctan2(ey, ex)
    sine = np.sin(one.inclination_rad)
    node_error = student[4] * noise.slow_km / axis / sine
    longitude = longitude - np.cos(one.inclination_rad) * node_error
    return MeanElements(
        one.epoch_tai_ns,
        one.mean_motion_rad_min * (1.0 - 1.5 * student[5] * noise.axis_km / axis),
        np.hypot(ex, ey), one.inclination_rad + student[3] * noise.slow_km / axis,
        one.raan_rad + node_error, w % (2 * np.pi), (longitude - w) % (2 * np.pi),
        one.bstar_per_earth_radius, np.zeros(1), np.zeros(1),
    )  # fmt: skip


def joined(parts: Sequence[MeanElements]) -> MeanElements:
    """Sets one below the other."""
    return MeanElements(
        *(np.concatenate([getattr(one, column.name) for one in parts])
          for column in fields(MeanElements))
    )  # fmt: skip


def past(histories: Sequence[MeanElements], numbers: Sequence[int] | None = None) -> History:
    """A table of histories, in the order given."""
    counts = [len(one) for one in histories]
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    number = np.array(numbers if numbers is not None else range(1, len(counts) + 1), np.int64)
    every = joined(histories) if histories else elements(*LOW).take(np.zeros(0, np.int64))
    return History(every, np.arange(len(every)), number, first, np.zeros(0, np.int64))


def days_of(seed: int, length: float, gap: float = 1.0) -> Floats:
    """Days of sets about `gap` apart, as catalogues have them."""
    rng = np.random.default_rng(seed)
    steps = np.clip(rng.normal(gap, 0.25 * gap, round(length / gap)), 0.2 * gap, 3.0 * gap)
    return np.asarray(np.cumsum(steps), np.float64)


def own_elements(one: MeanElements) -> Floats:
    """Mean elements of sets at their own epochs, as the theory has them."""
    ready = theory(one)
    out = np.empty((len(one), 6))
    own_means(*ready, out)
    return out


def rows(count: int) -> Ints:
    """Row numbers."""
    return np.arange(count, dtype=np.int64)
