"""What collisions and explosions do to a sky: parents go, fragments come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.catalogue.catalogue import ObjectType
from commonsky.environment.breakup import (
    COLLISION_SLOPE,
    Fragments,
    Parent,
    catastrophic,
    collision,
    explosion,
)
from commonsky.environment.earth import EARTH_RADIUS_KM, MU_KM3_S2
from commonsky.environment.fragment_orbits import Fate, fragment_orbits
from commonsky.environment.gas import MIDDLES_KM
from commonsky.environment.pairs import Meetings
from commonsky.environment.sky import Sky


@dataclass(frozen=True, slots=True)
class Event:
    """One break-up: when, where, of what, and how many pieces it left in orbit."""

    year: float
    height_km: float
    mass_kg: float
    other_mass_kg: float  # 0 for an explosion
    speed_km_s: float
    catastrophic: bool
    intact: int  # how many of the objects were whole payloads or stages
    fragments: int


def expected_fragments(
    mass_kg: Floats, other_kg: Floats, speed_km_s: Floats, smallest_m: float
) -> Floats:
    """(k,) how many fragments between a length and 1 m the model has for collisions, of both."""
    light, heavy = np.minimum(mass_kg, other_kg), np.maximum(mass_kg, other_kg)
    whole = catastrophic(mass_kg, other_kg, speed_km_s)
    involved = np.where(whole, light + heavy, np.minimum(light * speed_km_s**2, light + heavy))
    return np.asarray(0.1 * involved**0.75 * (smallest_m**-COLLISION_SLOPE - 1.0), np.float64)


def collided(
    sky: Sky, met: Meetings, year: float, smallest_m: float, rng: np.random.Generator
) -> tuple[Sky, list[Event]]:
    """Return the sky after collisions; an object that another took part in before is spared."""
    gone: set[int] = set()
    parts: list[Sky] = []
    events: list[Event] = []
    for first, second, shell, speed, whole in zip(
        met.first.tolist(), met.second.tolist(), met.shell.tolist(), met.speed_km_s.tolist(),
        met.catastrophic(sky.mass_kg).tolist(), strict=True,
    ):  # fmt: skip
        if first in gone or second in gone:
            continue
        gone |= {first, second}
        pieces = 0
        for row, other in ((first, second), (second, first)):
            parent = Parent(float(sky.mass_kg[row]), bool(sky.kind[row] == ObjectType.ROCKET_BODY))
            told = collision(parent, float(sky.mass_kg[other]), speed, smallest_m, rng)
            # What is hit by something far lighter stays one body, of the kind it was.
            hit = not whole and sky.mass_kg[row] >= sky.mass_kg[other]
            part = _pieces(sky, row, float(MIDDLES_KM[shell]), told, rng)
            if hit and told.remnants:
                part = _scarred(sky, row, part, told)
            pieces += len(part) - hit
            parts.append(part)
        one, two = float(sky.mass_kg[first]), float(sky.mass_kg[second])
        intact = int(sky.intact[first]) + int(sky.intact[second])
        events.append(Event(
            year, float(MIDDLES_KM[shell]), one, two, speed, bool(whole), intact, pieces
        ))  # fmt: skip
    return _after(sky, gone, parts), events


def exploded(
    sky: Sky, rows: Ints, year: float, scale: float, smallest_m: float, rng: np.random.Generator
) -> tuple[Sky, list[Event]]:
    """Return the sky after the explosions of some of its objects."""
    parts, events = [], []
    for row in rows.tolist():
        parent = Parent(float(sky.mass_kg[row]), bool(sky.kind[row] == ObjectType.ROCKET_BODY))
        told = explosion(parent, smallest_m, rng, scale=scale)
        share = rng.random()
        height = float(sky.perigee_km[row] + share * (sky.apogee_km[row] - sky.perigee_km[row]))
        part = _pieces(sky, row, height, told, rng)
        parts.append(part)
        events.append(Event(year, height, parent.mass_kg, 0.0, 0.0, True, 1, len(part)))
    return _after(sky, set(rows.tolist()), parts), events


def _after(sky: Sky, gone: set[int], parts: list[Sky]) -> Sky:
    if not gone:
        return sky
    rows = np.fromiter(gone, np.int64, len(gone))
    sky.weight[rows] -= 1.0
    kept = sky.take(sky.weight > 1e-9)
    for part in parts:
        kept = kept.joined(part)
    return kept


def _pieces(
    sky: Sky, row: int, height_km: float, told: Fragments, rng: np.random.Generator
) -> Sky:
    """Fragments in orbit, from where on its orbit the parent was at a height."""
    orbits = fragment_orbits(*_state(sky, row, height_km, rng), told)
    n = len(told)
    made = Sky(
        orbits.perigee_km, orbits.apogee_km, orbits.inclination_rad, told.mass_kg,
        told.area_to_mass_m2_kg * told.mass_kg, np.full(n, ObjectType.DEBRIS, np.int8),
        np.full(n, -np.inf), np.ones(n),
    )  # fmt: skip
    return made.take(orbits.fate == Fate.IN_ORBIT)


def _scarred(sky: Sky, row: int, part: Sky, told: Fragments) -> Sky:
    """The remnants as one body again, on the orbit that it had."""
    left_kg = float(told.mass_kg[-told.remnants :].sum())
    loose = part.take(part.mass_kg < told.mass_kg[-told.remnants :].min())
    body = sky.take(np.array([row]))
    body.area_m2 *= (left_kg / body.mass_kg) ** (2.0 / 3.0)
    body.mass_kg[:], body.weight[:] = left_kg, 1.0
    body.until_year[:] = -np.inf  # an active one that was hit is taken as lost
    return loose.joined(body)


def _state(
    sky: Sky, row: int, height_km: float, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """A place and a velocity of an object at a height; where along its orbit is drawn."""
    low, high = float(sky.perigee_km[row]), float(sky.apogee_km[row])
    height = min(max(height_km, low), high)
    radius = EARTH_RADIUS_KM + height
    axis = EARTH_RADIUS_KM + 0.5 * (low + high)
    eccentricity = 0.5 * (high - low) / axis
    speed = np.sqrt(MU_KM3_S2 * (2.0 / radius - 1.0 / axis))
    across = min(np.sqrt(MU_KM3_S2 * axis * (1.0 - eccentricity**2)) / radius, speed)
    up = np.sqrt(max(speed**2 - across**2, 0.0)) * rng.choice((-1.0, 1.0))
    latitude_angle, tilt = rng.uniform(0.0, 2.0 * np.pi), float(sky.inclination_rad[row])
    cosine, sine = np.cos(latitude_angle), np.sin(latitude_angle)
    outward = np.array([cosine, sine * np.cos(tilt), sine * np.sin(tilt)])
    forward = np.array([-sine, cosine * np.cos(tilt), cosine * np.sin(tilt)])
    return radius * outward, up * outward + across * forward
