"""Dangerous encounters at known times and distances, planted into a sky to be found again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MU_WGS72_KM3_S2, MeanElements
from commonsky.astro.sgp4 import propagate
from commonsky.catalogue.batch import secular_rates_rad_s
from commonsky.catalogue.catalogue import (
    Catalogue,
    ObjectType,
    Provenance,
    RcsSize,
    concatenated,
    stacked,
)

PLANTED_FIRST = 990_000_001
NS_PER_S = 1_000_000_000
NS_PER_HOUR = 3600 * NS_PER_S
EPOCH_BEFORE_START_NS = 5 * NS_PER_HOUR
BSTAR_PER_EARTH_RADIUS = 2e-5
ROUNDS = 25  # of Newton's method; five are enough but for resonant orbits
POSITION_TOLERANCE_KM, VELOCITY_TOLERANCE_KM_S = 5e-6, 5e-8
NUDGES = np.array([1e-3, 1e-6, 1e-6, 1e-6, 1e-6, 1e-6])  # km and radians, for differences
# Velocity by differences, since SGP4's own is not quite the derivative of its positions.
STENCIL_S = np.array([-10, -5, 0, 5, 10])
STENCIL = np.array([1.0, -8.0, 0.0, 8.0, -1.0]) / 60.0


@dataclass(frozen=True, slots=True)
class Planted:
    """n encounters by construction, ordered by time, every column (n,)."""

    object1: Ints  # catalogue numbers, the lower one first
    object2: Ints
    tca_tai_ns: Ints
    miss_km: Floats
    kind: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.object1)


class Plan(NamedTuple):
    """
    An encounter: who is met, how, when.

    The newcomer's velocity is the other's, turned by an angle about the vertical and stretched.
    Its distance lies in the plane across the relative velocity, at an angle from the vertical.
    """

    kind: str
    region: str
    turn_deg: float
    stretch: float
    miss_km: float
    from_vertical_deg: float
    hours: float


PLANS = (
    Plan("crossing, constellation", "constellation", 84.0, 1.0004, 0.041, 62.0, 3.17),
    Plan("head-on, sun-synchronous", "polar", 163.0, 1.001, 0.018, 40.0, 7.93),
    Plan("overtaking, same plane", "rocket body", 0.9, 1.013, 0.310, 15.0, 11.61),
    Plan("geostationary, slow", "geostationary", 0.7, 1.0001, 0.870, 70.0, 16.42),
    Plan("perigee of a transfer orbit", "payload", 57.0, 1.301, 0.125, 81.0, 21.78),
    Plan("crossing, debris", "debris", 101.0, 1.003, 0.005, 25.0, 33.5),
    Plan("head-on, rocket body", "rocket body", 178.2, 1.0005, 0.540, 88.0, 52.9),
    Plan("Molniya, high up", "molniya", 38.0, 1.04, 3.700, 30.0, 77.3),
    Plan("navigation orbit", "navigation", 66.0, 1.0008, 1.250, 52.0, 101.6),
    Plan("drifting through the belt", "drifting", 9.0, 1.0003, 2.300, 12.0, 120.8),
    Plan("grazing, constellation", "constellation", 21.0, 1.006, 4.900, 75.0, 142.4),
    Plan("crossing, large derelict", "payload", 129.0, 1.0009, 0.033, 5.0, 163.9),
)


def plant(catalogue: Catalogue, start_tai_ns: int, seed: int = 7) -> tuple[Catalogue, Planted]:
    """
    Add twelve objects that meet others at known times within 7 days; five in the first.

    Each newcomer gets SGP4 mean elements that bring it to the wanted place at the wanted time: TCA
    holds to 1 ms and the miss distance to 1 m.  Their numbers count from 990 000 001.
    """
    if len(catalogue) == 0:
        raise ValueError("encounters are planted beside objects, but the catalogue is empty")
    rng = np.random.default_rng(seed)
    rows = np.array([_target(rng, catalogue, plan.region) for plan in PLANS])
    tca = np.array([start_tai_ns + round(plan.hours * NS_PER_HOUR) for plan in PLANS], np.int64)
    epoch = start_tai_ns - EPOCH_BEFORE_START_NS
    parts = []
    for plan, row, at in zip(PLANS, rows, tca.tolist(), strict=True):
        position, velocity = states_at(catalogue.elements.take(np.array([row])), at)
        wanted = _approach(plan, position[0], velocity[0])
        parts.append(elements_through(*wanted, at, epoch))
    newcomers = _newcomers(catalogue, stacked(parts))
    planted = Planted(
        catalogue.catalogue_number[rows],
        newcomers.catalogue_number,
        tca,
        np.array([plan.miss_km for plan in PLANS]),
        tuple(plan.kind for plan in PLANS),
    )
    return concatenated([catalogue, newcomers]), planted


def states_at(elements: MeanElements, epoch_tai_ns: int) -> tuple[Floats, Floats]:
    """(n, 3) position and velocity in TEME of n objects at one time, by SGP4."""
    points = propagate(elements, epoch_tai_ns + STENCIL_S * NS_PER_S).position_km
    return points[:, 2], np.einsum("k,nkc->nc", STENCIL, points)


def elements_through(
    position_km: Floats, velocity_km_s: Floats, at_tai_ns: int, epoch_tai_ns: int
) -> MeanElements:
    """
    Return mean elements (1,) of an epoch whose SGP4 state at another time is the one wanted.

    First for an epoch at that time, where osculating elements are a good guess; what secular J2
    theory makes of them at the true epoch is the second guess.
    """
    first = _corrected(
        equinoctial(position_km, velocity_km_s), position_km, velocity_km_s, at_tai_ns, at_tai_ns
    )
    axis, eccentricity = first.semi_major_axis_km, first.eccentricity
    seconds = (at_tai_ns - epoch_tai_ns) / NS_PER_S
    node, perigee = secular_rates_rad_s(axis, eccentricity, first.inclination_rad)
    tangent = np.tan(0.5 * first.inclination_rad)
    raan = first.raan_rad - node * seconds
    from_node = raan + first.argument_of_perigee_rad - perigee * seconds
    longitude = from_node + first.mean_anomaly_rad - first.mean_motion_rad_min / 60.0 * seconds
    guess = np.concatenate(
        [axis, eccentricity * np.sin(from_node), eccentricity * np.cos(from_node),
         tangent * np.sin(raan), tangent * np.cos(raan), longitude]
    )  # fmt: skip
    return _corrected(guess, position_km, velocity_km_s, at_tai_ns, epoch_tai_ns)


def _corrected(
    guess: Floats, position_km: Floats, velocity_km_s: Floats, at_tai_ns: int, epoch_tai_ns: int
) -> MeanElements:
    """Mean elements (1,) near a guess (6,) by Newton's method on the osculating ones."""
    wanted = equinoctial(position_km, velocity_km_s)
    mean = guess.copy()
    for _ in range(ROUNDS):
        trials = np.concatenate([mean[None], mean + np.diag(NUDGES)])
        elements = _mean_elements(trials, epoch_tai_ns)
        position, velocity = states_at(elements, at_tai_ns)
        if (
            np.abs(position[0] - position_km).max() < POSITION_TOLERANCE_KM
            and np.abs(velocity[0] - velocity_km_s).max() < VELOCITY_TOLERANCE_KM_S
        ):
            return elements.take(np.array([0]))
        osculating = np.array(
            [equinoctial(*state) for state in zip(position, velocity, strict=True)]
        )
        osculating[:, 5] = osculating[0, 5] + _half_turn(osculating[:, 5] - osculating[0, 5])
        slopes = (osculating[1:] - osculating[0]).T / NUDGES
        wrong = wanted - osculating[0]
        wrong[5] = _half_turn(wrong[5])
        mean = mean + np.linalg.solve(slopes, wrong)
    raise ArithmeticError("the elements of a planted encounter did not converge")


def _half_turn(angle_rad: Floats) -> Floats:
    """Return angles between minus and plus half a turn."""
    return np.mod(angle_rad + np.pi, 2.0 * np.pi) - np.pi


def equinoctial(position_km: Floats, velocity_km_s: Floats) -> Floats:
    """(6,) a, e sin ϖ, e cos ϖ, tan(i/2) sin Ω, tan(i/2) cos Ω, mean longitude of a state (3,)."""
    radius = np.linalg.norm(position_km)
    momentum = np.cross(position_km, velocity_km_s)
    w = momentum / np.linalg.norm(momentum)
    p, q = w[0] / (1.0 + w[2]), -w[1] / (1.0 + w[2])
    size = 1.0 + p**2 + q**2
    f = np.array([1.0 - p**2 + q**2, 2.0 * p * q, -2.0 * p]) / size
    g = np.array([2.0 * p * q, 1.0 + p**2 - q**2, 2.0 * q]) / size
    vector = np.cross(velocity_km_s, momentum) / MU_WGS72_KM3_S2 - position_km / radius
    h, k = vector @ g, vector @ f
    axis = 1.0 / (2.0 / radius - velocity_km_s @ velocity_km_s / MU_WGS72_KM3_S2)
    x, y = position_km @ f, position_km @ g
    root = np.sqrt(1.0 - h**2 - k**2)
    b = 1.0 / (1.0 + root)
    cosine = k + ((1.0 - k**2 * b) * x - h * k * b * y) / (axis * root)
    sine = h + ((1.0 - h**2 * b) * y - h * k * b * x) / (axis * root)
    return np.array([axis, h, k, p, q, np.arctan2(sine, cosine) + h * cosine - k * sine])


def _mean_elements(mean: Floats, epoch_tai_ns: int) -> MeanElements:
    """Mean elements of one epoch from equinoctial ones (n, 6)."""
    axis, h, k, p, q, longitude = mean.T
    n = len(axis)
    node, from_node = np.arctan2(p, q), np.arctan2(h, k)
    return MeanElements(
        epoch_tai_ns=np.full(n, epoch_tai_ns, np.int64),
        mean_motion_rad_min=60.0 * np.sqrt(MU_WGS72_KM3_S2 / axis**3),
        eccentricity=np.hypot(h, k),
        inclination_rad=2.0 * np.arctan(np.hypot(p, q)),
        raan_rad=np.mod(node, 2.0 * np.pi),
        argument_of_perigee_rad=np.mod(from_node - node, 2.0 * np.pi),
        mean_anomaly_rad=np.mod(longitude - from_node, 2.0 * np.pi),
        bstar_per_earth_radius=np.full(n, BSTAR_PER_EARTH_RADIUS),
        mean_motion_dot_rev_day2=np.zeros(n),
        mean_motion_ddot_rev_day3=np.zeros(n),
    )


def _approach(plan: Plan, position_km: Floats, velocity_km_s: Floats) -> tuple[Floats, Floats]:
    """State of the newcomer at TCA beside the state (3,) of the object it meets."""
    turn, from_vertical = np.radians(plan.turn_deg), np.radians(plan.from_vertical_deg)
    up = position_km / np.linalg.norm(position_km)
    rising = (velocity_km_s @ up) * up
    level = velocity_km_s - rising
    newcomer = plan.stretch * (rising + np.cos(turn) * level + np.sin(turn) * np.cross(up, level))
    # Across the relative velocity, so that this distance is the smallest.
    forward = newcomer - velocity_km_s
    forward /= np.linalg.norm(forward)
    high = up - (up @ forward) * forward
    high /= np.linalg.norm(high)
    way = np.cos(from_vertical) * high + np.sin(from_vertical) * np.cross(forward, high)
    return position_km + plan.miss_km * way, newcomer


def _target(rng: np.random.Generator, catalogue: Catalogue, region: str) -> int:
    """Row of an object of a region; of any, where there is none."""
    elements, kind = catalogue.elements, catalogue.object_type
    perigee, apogee = elements.perigee_height_km, elements.apogee_height_km
    low = (perigee > 450.0) & (apogee < 1500.0) & (elements.eccentricity < 0.01)
    degrees = np.degrees(elements.inclination_rad)
    high = (perigee > 35_000.0) & (apogee < 36_600.0)
    operated = catalogue.operator != ""
    masks = {
        "constellation": low & operated & (kind == ObjectType.PAYLOAD) & (degrees < 75.0),
        "polar": low & (np.abs(degrees - 98.0) < 2.0),
        "rocket body": low & (kind == ObjectType.ROCKET_BODY),
        "payload": low & (kind == ObjectType.PAYLOAD) & ~operated,
        "debris": low & (kind == ObjectType.DEBRIS),
        "geostationary": high & (degrees < 0.5) & operated,
        "drifting": high & (degrees > 3.0),
        "navigation": (perigee > 18_000.0) & (apogee < 25_000.0),
        "molniya": (elements.eccentricity > 0.6)
        & (np.abs(degrees - 63.5) < 3.0)
        & (perigee > 700),
    }
    rows = np.flatnonzero(masks[region])
    if len(rows) == 0:
        rows = np.flatnonzero(perigee > 300.0)
    return int(rng.choice(rows)) if len(rows) else int(np.argmax(perigee))


def _newcomers(catalogue: Catalogue, elements: MeanElements) -> Catalogue:
    n = len(elements)
    number = PLANTED_FIRST + np.arange(n, dtype=np.int64)
    return Catalogue(
        elements=elements,
        catalogue_number=number,
        object_id=np.full(n, ""),
        object_name=np.array([f"PLANTED {k + 1} DEB" for k in range(n)]),
        object_type=np.full(n, ObjectType.DEBRIS, np.int8),
        rcs_size=np.full(n, RcsSize.MEDIUM, np.int8),
        operator=np.full(n, ""),
        classification=np.full(n, "U"),
        element_set_number=np.full(n, 999, np.int64),
        revolution_at_epoch=np.ones(n, np.int64),
        source=np.full(n, catalogue.source[0]),
        provenance=Provenance(read_count=n),
    )
