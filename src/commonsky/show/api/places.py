"""The picture as a census: where objects crowd, the belt, and the heights of a chosen set."""

from __future__ import annotations

import msgspec
import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.catalogue.catalogue import Catalogue, ObjectType
from commonsky.environment.census import (
    by_height_and_inclination,
    density_per_km3,
    drift_deg_day,
    in_belt,
    mean_longitude_deg,
)
from commonsky.show.api.answer import Answer, text_of
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk, View
from commonsky.show.api.problem import misuse

SCOPE = "the newest statement of each object of the picture"
HEIGHTS_KM = np.arange(200.0, 2050.0, 50.0)
INCLINATIONS_DEG = np.arange(0.0, 185.0, 5.0)
MOST = 5000
LONGEST_TEXT = 100


class Crowding(msgspec.Struct, frozen=True, kw_only=True):
    """
    How many objects are between heights and inclinations, by the time they spend there.

    `count[i][j]` is between `height_km[i]` and the next, `inclination_deg[j]` and the next.
    """

    at: str
    height_km: tuple[float, ...]
    inclination_deg: tuple[float, ...]
    count: tuple[tuple[float, ...], ...]
    per_km3: tuple[float, ...]
    objects: int  # that are looked at
    inside: float  # of them, by time, between these heights


class InBelt(msgspec.Struct, frozen=True, kw_only=True):
    """One object of the belt; the longitude is the mean one, carried on from its epoch."""

    number: int
    name: str
    type: str
    nation: str  # whose statement it is
    longitude_deg: float
    drift_deg_day: float
    inclination_deg: float
    age_days: float


class Heights(msgspec.Struct, frozen=True, kw_only=True):
    """Period, perigee and apogee of one object: two points of a Gabbard diagram."""

    number: int
    name: str
    type: str
    period_min: float
    perigee_km: float
    apogee_km: float


class HeightsAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose heights: a text that a name or a designator begins with; all where it is empty."""

    text: str = ""
    most: int = 1000


class HeightsTold(msgspec.Struct, frozen=True, kw_only=True):
    """Some objects, and how many fit."""

    in_all: int
    objects: tuple[Heights, ...]


def crowding(desk: Desk) -> Answer[Crowding]:
    """Return where objects crowd."""
    view = desk.view()
    table = newest(view)
    count = by_height_and_inclination(table.elements, HEIGHTS_KM, INCLINATIONS_DEG)
    answer = Crowding(
        at=text_of(view.at_tai_ns, 0),
        height_km=tuple(HEIGHTS_KM.tolist()),
        inclination_deg=tuple(INCLINATIONS_DEG.tolist()),
        count=tuple(tuple(round(one, 3) for one in row) for row in count.tolist()),
        per_km3=tuple(density_per_km3(table.elements, HEIGHTS_KM).tolist()),
        objects=len(table),
        inside=round(float(count.sum()), 3),
    )
    return Answer(answer, completeness(desk, SCOPE, view))


def belt(desk: Desk) -> Answer[tuple[InBelt, ...]]:
    """Return what is in the belt, by longitude."""
    view = desk.view()
    table = newest(view)
    table = table.take(np.flatnonzero(in_belt(table.elements)))
    longitude = mean_longitude_deg(table.elements, view.at_tai_ns)
    order = np.argsort(longitude, kind="stable")
    table, longitude = table.take(order), longitude[order]
    drift = drift_deg_day(table.elements)
    age = (view.at_tai_ns - table.elements.epoch_tai_ns) / NS_PER_DAY
    found = tuple(
        InBelt(
            number=int(table.catalogue_number[row]),
            name=str(table.object_name[row]),
            type=_type(table, row),
            nation=str(table.source[row]),
            longitude_deg=round(float(longitude[row]), 3),
            drift_deg_day=round(float(drift[row]), 4),
            inclination_deg=round(float(np.degrees(table.elements.inclination_rad[row])), 3),
            age_days=round(float(age[row]), 3),
        )
        for row in range(min(len(table), MOST))
    )
    return Answer(found, completeness(desk, SCOPE, view))


def heights(desk: Desk, asked: HeightsAsked) -> Answer[HeightsTold]:
    """Return period, perigee and apogee of some objects."""
    if not 1 <= asked.most <= MOST or len(asked.text) > LONGEST_TEXT:
        raise misuse(f"`most` is 1 to {MOST}, and `text` has {LONGEST_TEXT} letters at most")
    view = desk.view()
    table = newest(view)
    wanted = asked.text.upper()
    fits = np.char.startswith(np.char.upper(table.object_name), wanted)
    fits |= np.char.startswith(np.char.upper(table.object_id), wanted)
    rows = np.flatnonzero(fits)
    table = table.take(rows[: asked.most])
    elements = table.elements
    period = 2.0 * np.pi / elements.mean_motion_rad_min
    low, high = elements.perigee_height_km, elements.apogee_height_km
    found = tuple(
        Heights(
            number=int(table.catalogue_number[row]),
            name=str(table.object_name[row]),
            type=_type(table, row),
            period_min=round(float(period[row]), 4),
            perigee_km=round(float(low[row]), 2),
            apogee_km=round(float(high[row]), 2),
        )
        for row in range(len(table))
    )
    told = HeightsTold(in_all=len(rows), objects=found)
    return Answer(told, completeness(desk, SCOPE, view))


def newest(view: View) -> Catalogue:
    """Return the statement of each object with the newest epoch."""
    table = view.catalogue
    order = np.lexsort((table.elements.epoch_tai_ns, table.catalogue_number))
    number = table.catalogue_number[order]
    last: Ints = order[np.append(number[1:] != number[:-1], True)[: len(order)]]
    return table.take(last)


def _type(table: Catalogue, row: int) -> str:
    return ObjectType(int(table.object_type[row])).name.lower()
