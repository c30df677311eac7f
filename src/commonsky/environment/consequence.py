"""
What a break-up does: from its fragments to the cloud hours, months and years later.

At each moment: who is still up, how dense the cloud is at each height, how often it comes near
each satellite of interest and how often it hits one, how much of it can be tracked, and the years
that its fragments have spent in orbit.  In the first four weeks meetings come of where fragments
are (environment.first_days); from then on they are those of a gas, averaged over all nodes.  Until
the nodes have spread, which `spreading` tells, the worst placed plane meets a cloud more often
than that by `least_lucky`.

How many fragments there are is known to a factor of four, so each number that grows with them is
a `Between`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.environment import shell_flux
from commonsky.environment.breakup import COUNT_FACTOR, Fragments, area_m2
from commonsky.environment.descent import Descent, descent
from commonsky.environment.detectability import DetectabilityTable, plain_detectability, seen
from commonsky.environment.drag import DRAG_COEFFICIENT
from commonsky.environment.earth import DAY_S, MONTH_S, YEAR_DAYS, YEAR_S
from commonsky.environment.first_days import meetings_then
from commonsky.environment.fragment_orbits import Fate, Fates, FragmentOrbits, fragment_orbits
from commonsky.environment.index import (
    fragmentation_index,
    shell_criticality,
    visibility_weight,
)
from commonsky.environment.satellites import Satellites
from commonsky.environment.solar_flux import FluxScenario
from commonsky.environment.spreading import Spreading, spreading

MONTH_DAYS = MONTH_S / DAY_S
HOUR_DAYS = 1.0 / 24.0
MOMENTS_DAYS = (HOUR_DAYS, 1.0, MONTH_DAYS, YEAR_DAYS, 5 * YEAR_DAYS, 25 * YEAR_DAYS)
GAS_FROM_DAYS = 28.0
SHORTEST_WINDOW_DAYS = 2.0 * HOUR_DAYS
MOST_FOLLOWED = 2_000_000
WEEK_S = 7.0 * DAY_S

T = TypeVar("T", float, Floats)


class Between(NamedTuple, Generic[T]):
    """A number as the model has it, and how small and how large it may truly be."""

    low: T
    nominal: T
    high: T


def between(nominal: T) -> Between[T]:
    """Return what grows with the number of fragments, with the factor that this is known to."""
    return Between(nominal / COUNT_FACTOR, nominal, nominal * COUNT_FACTOR)


class Method(StrEnum):
    """How meetings with satellites were reckoned."""

    POSITIONS = "positions"  # where fragments are then
    GAS = "gas"  # averaged over nodes, perigees and places


@dataclass(frozen=True, slots=True)
class Event:
    """A break-up: the state of what broke up, in a true equatorial frame, when, and the pieces."""

    position_km: Floats
    velocity_km_s: Floats
    at_year: float
    fragments: Fragments


@dataclass(frozen=True, slots=True)
class Terms:
    """What is assumed, and what is asked."""

    flux: FluxScenario
    days: Sequence[float] = MOMENTS_DAYS
    screening_km: float = 1.0
    drag_coefficient: float = DRAG_COEFFICIENT
    flux_inclination_rad: float = float(shell_flux.SUN_SYNCHRONOUS_RAD)
    seed: int = 7

    def __post_init__(self) -> None:
        if not 0.0 < self.screening_km < 100.0:
            raise ValueError(f"a screening distance is 0 to 100 km, not {self.screening_km}")


@dataclass(frozen=True, slots=True)
class Moment:
    """
    A cloud of n fragments at a time, and what it is to k satellites.

    Apsides are nan unless IN_ORBIT.  By shell, (76,): `density_per_km3`, and `flux_m2_year` on a
    circle at the inclination of the terms.  By satellite, (k,): how often fragments come within
    the screening distance, the probability of being hit within a year at this rate, and `noise`,
    what chance leaves in them as a share; nan for what is never below 2050 km.
    """

    days: float
    method: Method
    fate: Fates
    perigee_km: Floats
    apogee_km: Floats
    in_orbit: Between[float]
    re_entered: Between[float]
    escaped: Between[float]
    untold: int
    density_per_km3: Between[Floats]
    flux_m2_year: Between[Floats]
    conjunctions_week: Between[Floats]
    hit_probability_year: Between[Floats]
    noise: Floats
    lethal_tracked: Between[float]
    lethal_unseen: Between[float]
    unseen_index: Between[float]
    object_years: Between[float]
    object_years_leo: Between[float]


@dataclass(frozen=True, slots=True)
class Consequence:
    """
    What a break-up does, moment by moment.

    `years` (n,) until each fragment re-enters, as in Descent; `least_lucky` (k,) how much more
    often than told from four weeks on the worst placed plane meets the cloud; `inclination_rad`
    (n,) that of each fragment.
    """

    moments: tuple[Moment, ...]
    spreading: Spreading
    years: Floats
    least_lucky: Floats
    inclination_rad: Floats


@dataclass(frozen=True, slots=True)
class Surroundings:
    """
    What was there before, by shell, (76,): density over a reference, and criticality.

    `criticality` has the parent in it, `parent` is the parent's own; see index.shell_criticality.
    """

    density_ratio: Floats
    criticality: Floats
    parent: Floats


def fragmentation_index_at(
    told: Consequence, place: int, event: Event, around: Surroundings, table: DetectabilityTable
) -> Between[Floats]:
    """(76,) index.fragmentation_index at a moment; fragments count by how little they are seen."""
    moment, fragments = told.moments[place], event.fragments
    rows = np.flatnonzero(moment.fate == Fate.IN_ORBIT)
    low, high = moment.perigee_km[rows], moment.apogee_km[rows]
    weight = visibility_weight(table.at(fragments.characteristic_length_m[rows], low))
    cloud = shell_criticality(
        low, high, told.inclination_rad[rows], fragments.mass_kg[rows], around.density_ratio,
        weight,
    )  # fmt: skip
    few, nominal, many = (
        fragmentation_index(around.criticality, one, around.parent) for one in between(cloud)
    )
    return Between(few, nominal, many)


def consequence(
    event: Event, satellites: Satellites, terms: Terms,
    detectability: DetectabilityTable | None = None,
) -> Consequence:  # fmt: skip
    """Return what a break-up does; without a table of detectability the plain one is taken."""
    fragments = event.fragments
    if len(fragments) > MOST_FOLLOWED:
        raise ValueError(
            f"at most {MOST_FOLLOWED:,} fragments are followed, not {len(fragments):,}: ask for "
            "longer ones"
        )
    table = plain_detectability() if detectability is None else detectability
    orbits = fragment_orbits(event.position_km, event.velocity_km_s, fragments)
    course = descent(
        orbits, fragments.area_to_mass_m2_kg, terms.flux, event.at_year, terms.days,
        drag_coefficient=terms.drag_coefficient,
    )  # fmt: skip
    told = tuple(
        _moment(event, orbits, course, place, satellites, terms, table)
        for place in range(len(course.days))
    )
    tilt = np.cross(event.position_km, event.velocity_km_s)
    tilt_rad = float(np.arccos(np.clip(tilt[2] / np.linalg.norm(tilt), -1.0, 1.0)))
    lucky = shell_flux.least_lucky_plane(satellites.inclination_rad, tilt_rad)
    return Consequence(told, spreading(orbits), course.years, lucky, orbits.inclination_rad)


def _moment(
    event: Event, orbits: FragmentOrbits, course: Descent, place: int, satellites: Satellites,
    terms: Terms, table: DetectabilityTable,
) -> Moment:  # fmt: skip
    days, fate = float(course.days[place]), course.fate[place]
    low, high = course.perigee_km[place], course.apogee_km[place]
    rows = np.flatnonzero(fate == Fate.IN_ORBIT)
    length = event.fragments.characteristic_length_m
    radius = np.sqrt(area_m2(length[rows]) / np.pi)
    told = shell_flux.shell_moments(low[rows], high[rows], orbits.inclination_rad[rows], radius)
    if days < GAS_FROM_DAYS:
        method = Method.POSITIONS
        window = max(days, SHORTEST_WINDOW_DAYS)
        near, hit, noise = meetings_then(
            orbits.take(rows), radius, satellites, days * DAY_S, window * DAY_S,
            screening_km=terms.screening_km, seed=terms.seed,
        )  # fmt: skip
    else:
        method = Method.GAS
        near, hit = shell_flux.meetings_per_s(told, satellites, terms.screening_km)
        noise = np.where(np.isnan(near), np.nan, 0.0)
    visible = seen(length[rows], low[rows], table)
    count = np.bincount(fate, minlength=len(Fate)).astype(np.float64)
    hits = between(hit * YEAR_S)
    return Moment(
        days=days, method=method, fate=fate, perigee_km=low, apogee_km=high,
        in_orbit=between(float(count[Fate.IN_ORBIT])),
        re_entered=between(float(count[Fate.RE_ENTERED])),
        escaped=between(float(count[Fate.ESCAPED])),
        untold=int(count[Fate.UNTOLD]),
        density_per_km3=between(shell_flux.density_per_km3(told)),
        flux_m2_year=between(shell_flux.flux_per_m2_year(told, terms.flux_inclination_rad)),
        conjunctions_week=between(near * WEEK_S),
        hit_probability_year=Between(*(-np.expm1(-rate) for rate in hits)),
        noise=noise,
        lethal_tracked=between(visible.tracked),
        lethal_unseen=between(visible.unseen),
        unseen_index=between(visible.index),
        object_years=between(float(course.object_years[place])),
        object_years_leo=between(float(course.leo_years[place])),
    )  # fmt: skip
