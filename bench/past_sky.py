"""
Skies of past years: old catalogues' counts by height and type, filled with later objects.

Of the catalogues of 1999 to 2009 only counts are here, by 20 km of mean height and by type.  Each
counted object takes a height within its bin, and all else from an object of the same type, of
those nearest in height, that a later catalogue has and that was catalogued by then.
"""

from __future__ import annotations

import csv
import lzma
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.catalogue.catalogue import ObjectType
from commonsky.environment.earth import EARTH_RADIUS_KM
from commonsky.environment.objects import Objects, joined
from commonsky.environment.solar_flux import FluxScenario
from commonsky.node.environment import sized
from commonsky.node.pipeline import read

DATA = Path(__file__).parents[1].parent / "shared" / "data"
TABLES = ("cara_hbr_mass_20260601.csv.xz", "ucs_20230501.csv.xz")
TYPES = (ObjectType.PAYLOAD, ObjectType.ROCKET_BODY, ObjectType.DEBRIS)
NAMES = ("satellites", "stages", "debris")
BANDS_KM = ((0, 500), (500, 700), (700, 900), (900, 1100), (1100, 1500), (1500, 2000))
BIN_KM, BEYOND_KM, BELT_KM = 20, 2000, 35_000
NEAREST = 40  # donors of a bin at least, so that small bins are not copies of a few
LOWEST_KM = 130.0
_KINDS = {"PAYLOAD": 0, "ROCKET BODY": 1, "DEBRIS": 2, "UNKNOWN": 2}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Counts (3, 101) by type and bin on one day; the last bin is beyond 2000 km, no belt."""

    year: float
    counts: Floats

    def by_band(self) -> Floats:
        """(3, 6) counts by type and band."""
        return np.stack([
            self.counts[:, low // BIN_KM : high // BIN_KM].sum(axis=1) for low, high in BANDS_KM
        ], axis=1)  # fmt: skip


@cache
def snapshots() -> dict[str, Snapshot]:
    """Every snapshot by its day."""
    told: dict[str, Floats] = {}
    path = DATA / "population" / "population_by_altitude_1997_2025.csv.xz"
    with lzma.open(path, "rt") as lines:
        for row in csv.DictReader(lines):
            counts = told.setdefault(row["snap"], np.zeros((3, BEYOND_KM // BIN_KM + 1)))
            if int(row["bin"]) <= BEYOND_KM:
                counts[_KINDS[row["object_type"]], int(row["bin"]) // BIN_KM] += int(row["n"])
    return {day: Snapshot(year_of(day), counts) for day, counts in told.items()}


def year_of(day: str) -> float:
    """The year of a day such as 20191212, with its part."""
    return int(day[:4]) + (datetime.strptime(day, "%Y%m%d").timetuple().tm_yday - 0.5) / 365.25  # noqa: DTZ007


@cache
def catalogue(name: str) -> Objects:
    """The objects of a real catalogue with CARA's and UCS's masses and sizes."""
    tables = [lzma.decompress((DATA / "objects" / one).read_bytes()) for one in TABLES]
    return sized(read(DATA / "catalogues" / f"{name}.3le.xz"), tables, 0)


def first_number(objects: Objects, year: int) -> int:
    """The least catalogue number of what was launched in a year or later."""
    whole = objects.kind != ObjectType.DEBRIS
    return int(objects.catalogue_number[whole & (objects.launched_year >= year)].min())


def catalogued_before(objects: Objects, year: int) -> Objects:
    """What was not only launched but also in the catalogue before a year."""
    return objects.take(objects.catalogue_number < first_number(objects, year))


def mean_height_km(objects: Objects) -> Floats:
    return objects.semi_major_axis_km - EARTH_RADIUS_KM


def by_band(objects: Objects) -> Floats:
    """(3, 6) counts by type and band."""
    return counted(objects.kind, mean_height_km(objects), objects.weight)


def counted(kind: np.ndarray, height_km: Floats, weight: Floats) -> Floats:
    """(3, 6) counts by type and band; what has no known type counts as debris."""
    sort = np.select([kind == ObjectType.PAYLOAD, kind == ObjectType.ROCKET_BODY], [0, 1], 2)
    edges = np.array([low for low, _ in BANDS_KM] + [BEYOND_KM], np.float64)
    band = np.searchsorted(edges, height_km, side="right") - 1
    inside = (band >= 0) & (band < len(BANDS_KM))
    cells = np.bincount((sort * len(BANDS_KM) + band)[inside], weight[inside], minlength=18)
    return np.asarray(cells.reshape(3, len(BANDS_KM)), np.float64)


def sky_at(
    day: str,
    donors: Objects,
    seed: int,
    *,
    steered_after: float = np.inf,
    more_debris: float = 1.0,
) -> Objects:
    """
    The sky of a day; satellites launched after a year are steered, as their donors are.

    `more_debris` multiplies debris, for populations that count more than what is catalogued.
    """
    rng = np.random.default_rng(seed)
    height = mean_height_km(donors)
    parts = []
    for counts, kind in zip(snapshots()[day].counts, TYPES, strict=True):
        same = np.flatnonzero((donors.kind == kind) & (donors.perigee_km > LOWEST_KM))
        factor = more_debris if kind == ObjectType.DEBRIS else 1.0
        for place in np.flatnonzero(counts):
            count = round(counts[place] * factor)
            low = place * BIN_KM
            if low < BEYOND_KM:
                off = np.abs(height[same] - low - 0.5 * BIN_KM)
                near = same[np.argsort(off, kind="stable")[: max(NEAREST, count)]]
                drawn, heights = rng.choice(near, count), low + BIN_KM * rng.random(count)
            else:
                drawn = rng.choice(same[(height[same] >= low) & (height[same] < BELT_KM)], count)
                heights = height[drawn]
            parts.append(_at(donors.take(drawn), np.maximum(heights, LOWEST_KM)))
    whole = joined(parts)
    steered = (whole.kind == ObjectType.PAYLOAD) & (whole.launched_year > steered_after)
    return replace(whole, active=steered)


def _at(objects: Objects, height_km: Floats) -> Objects:
    axis = EARTH_RADIUS_KM + height_km
    widest = 1.0 - (EARTH_RADIUS_KM + LOWEST_KM) / axis
    return replace(
        objects, semi_major_axis_km=axis,
        eccentricity=np.clip(objects.eccentricity, 0.0, np.maximum(widest, 0.0)),
    )  # fmt: skip


@cache
def observed_flux(from_year: int = 2000) -> FluxScenario:
    """Monthly means of the observed flux, to the last whole month before 2026."""
    months: dict[str, list[float]] = {}
    with lzma.open(DATA / "env" / "SW-All.csv.xz", "rt") as lines:
        for row in csv.DictReader(lines):
            observed = row["F10.7_DATA_TYPE"] in {"OBS", "INT"} and row["F10.7_OBS"]
            if observed and f"{from_year}" <= row["DATE"] < "2026":
                months.setdefault(row["DATE"][:7], []).append(float(row["F10.7_OBS"]))
    return FluxScenario(float(from_year), np.array([np.mean(one) for one in months.values()]))
