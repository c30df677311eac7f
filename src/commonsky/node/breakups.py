"""What a break-up would do to satellites of a catalogue: from element sets to a consequence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.epoch import NS_PER_S, utc_text
from commonsky.astro.sgp4 import Status, propagate
from commonsky.catalogue.catalogue import Catalogue, ObjectType
from commonsky.environment.breakup import Fragments
from commonsky.environment.consequence import Consequence, Event, Terms, consequence
from commonsky.environment.drag import RE_ENTRY_KM, TOP_KM
from commonsky.environment.earth import EARTH_RADIUS_KM
from commonsky.environment.fragment_orbits import secular_rates_rad_s
from commonsky.environment.satellites import Satellites
from commonsky.environment.sizes import objects
from commonsky.environment.solar_flux import mean_cycles
from commonsky.errors import UnknownObject
from commonsky.node.environment import TAI_1970, YEAR_NS

# Stations with people aboard, by their numbers in the catalogue: ISS, Tianhe.
CREWED = (25544, 48274)
STATION_RADIUS_M = {25544: 36.0, 48274: 21.0}  # half of the largest measure: nobody flies closer


def rows_of_interest(catalogue: Catalogue, wanted: Sequence[str]) -> Ints:
    """
    Return the rows of satellites that are asked for by number, or as `crewed` or `payloads`.

    Words take what there is of them; a number that is not there is an `UnknownObject`.
    """
    numbers = catalogue.catalogue_number
    chosen: list[Ints] = []
    for word in wanted:
        if word == "payloads":
            low = _perigee_km(catalogue) < TOP_KM
            chosen.append(np.flatnonzero((catalogue.object_type == ObjectType.PAYLOAD) & low))
        elif word == "crewed":
            chosen.append(np.flatnonzero(np.isin(numbers, CREWED)))
        else:
            found = np.flatnonzero(numbers == (int(word) if word.isdecimal() else -1))
            if not len(found):
                raise UnknownObject(
                    f"{word} is in none of these files (a catalogue number, crewed or payloads)"
                )
            chosen.append(np.asarray(found[-1:], np.int64))
    rows = np.unique(np.concatenate([np.zeros(0, np.int64), *chosen]))
    return np.asarray(rows[_perigee_km(catalogue)[rows] > RE_ENTRY_KM], np.int64)


def satellites_of(catalogue: Catalogue, rows: Ints, at_tai_ns: int, seed: int) -> Satellites:
    """Return satellites of a catalogue, where secular motion has brought them by a time."""
    part = catalogue.take(rows)
    sized = objects(part, None, seed)
    elements = part.elements
    rates = secular_rates_rad_s(sized.perigee_km, sized.apogee_km, sized.inclination_rad)
    since_s = (at_tai_ns - elements.epoch_tai_ns) / NS_PER_S
    angles = np.column_stack([
        angle + rate * since_s
        for angle, rate in zip(
            (elements.raan_rad, elements.argument_of_perigee_rad, elements.mean_anomaly_rad),
            rates, strict=True,
        )
    ])  # fmt: skip
    crewed = np.isin(part.catalogue_number, CREWED)
    radius = np.array([
        STATION_RADIUS_M.get(number, size)
        for number, size in zip(part.catalogue_number.tolist(), sized.radius_m, strict=True)
    ])  # fmt: skip
    return Satellites(
        sized.perigee_km, np.maximum(sized.apogee_km, sized.perigee_km), sized.inclination_rad,
        radius.reshape(-1), crewed, angles.reshape(-1, 3),
    )  # fmt: skip


def state_of(catalogue: Catalogue, row: int, at_tai_ns: int) -> tuple[Floats, Floats]:
    """
    Return where an object is and how it moves, (3,) each, TEME, km and km/s.

    Where its element set has no state at that time, a ValueError says why.
    """
    one = catalogue.take(np.array([row]))
    states = propagate(one.elements, np.array([at_tai_ns], np.int64))
    status = Status(int(states.status[0, 0]))
    if status is not Status.GOOD:
        raise ValueError(
            f"its element set has no state at {utc_text(at_tai_ns, 0)}: {status.name.lower()}"
        )
    return states.position_km[0, 0], states.velocity_km_s[0, 0]


def consequence_of(
    state: tuple[np.ndarray, np.ndarray], at_tai_ns: int, fragments: Fragments,
    satellites: Satellites, *, screening_km: float, seed: int,
) -> Consequence:  # fmt: skip
    """Return what a break-up of what had a state (TEME, km, km/s) does to satellites."""
    year = TAI_1970 + at_tai_ns / YEAR_NS
    terms = Terms(mean_cycles(year), screening_km=screening_km, seed=seed)
    return consequence(Event(*state, year, fragments), satellites, terms)


def _perigee_km(catalogue: Catalogue) -> np.ndarray:
    elements = catalogue.elements
    axis: np.ndarray = elements.semi_major_axis_km * (1.0 - elements.eccentricity)
    return axis - EARTH_RADIUS_KM
