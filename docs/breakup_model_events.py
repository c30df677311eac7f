"""
Real break-ups as catalogues have them; everything is read from the shared folder of real data.

When a fragment was catalogued is told by its number, which are given out in order: it was when a
launch of the day had that number.  Against the snapshots of element sets this holds to some per
cent.  Masses are from the press; of the last stages and of Yunhai 1-02 they are guesses.
"""

from __future__ import annotations

import datetime as dt
import lzma
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from commonsky.astro.arrays import Floats
from commonsky.environment.breakup import Fragments, Parent, collision, explosion
from commonsky.environment.catalogue_delay import (
    Delay,
    DelayOfEvent,
    delay_of_event,
    measured_delay,
)
from commonsky.environment.catalogued import Beforehand, Catalogued, speed_in_plane_m_s
from commonsky.environment.earth import EARTH_RADIUS_KM, MU_KM3_S2
from commonsky.environment.fragment_orbits import fragment_orbits
from commonsky.environment.parent_fit import Fit, fit

DATA = Path(__file__).parents[2] / "shared" / "data"
STAYS_ABOVE_KM = 200.0
DAY_S = 86_400.0


@dataclass(frozen=True)
class Event:
    """A break-up: what, when, how, of which mass, known to which factor."""

    name: str
    launch: str
    day: str
    cause: str
    mass_kg: float
    mass_factor: float
    height_km: float
    is_rocket_body: bool = False


EVENTS = (
    Event("Fengyun-1C", "1999-025", "2007-01-11", "collision", 880, 1.2, 853),
    Event("Cosmos 2251", "1993-036", "2009-02-10", "collision", 900, 1.2, 788),
    Event("Iridium 33", "1997-051", "2009-02-10", "collision", 556, 1.2, 778),
    Event("Cosmos 1408", "1982-092", "2021-11-15", "collision", 1750, 1.3, 478),
    Event("Microsat-R", "2019-006", "2019-03-27", "collision", 740, 1.2, 272),
    Event("Yunhai 1-02", "2019-063", "2021-03-18", "small impact", 1000, 3, 783),
    Event("Long March 6A 2022", "2022-151", "2022-11-12", "explosion", 5800, 2, 810, True),
    Event("Long March 6A 2024", "2024-140", "2024-08-06", "explosion", 5800, 2, 770, True),
    Event("Fregat tank", "2011-037", "2020-05-08", "explosion", 300, 2, 2000, True),
    Event("NOAA-16", "2000-055", "2015-11-25", "battery", 1457, 1.3, 849),
    Event("DMSP F13", "1995-015", "2015-02-03", "battery", 830, 1.3, 841),
    Event("NOAA-17", "2002-032", "2021-03-10", "battery", 1457, 1.3, 808),
)


def named(name: str) -> Event:
    """Return the event of this name."""
    return next(event for event in EVENTS if event.name == name)


def day_number(text: str) -> int:
    """Return the day since 1970."""
    return (dt.date.fromisoformat(text) - dt.date(1970, 1, 1)).days


def here() -> bool:
    """Whether there is real data."""
    return all(path.exists() for path in (DATA / "breakups", register_path(), sizes_path()))


def register_path() -> Path:
    """Return where the list of all objects ever is."""
    return DATA / "objects" / "satcat_202503_ads508.parquet"


def sizes_path() -> Path:
    """Return where NASA CARA's list of sizes and masses is."""
    return DATA / "objects" / "cara_hbr_mass_20260601.csv.xz"


@cache
def register() -> pd.DataFrame:
    """Return all objects ever with the day on which each was catalogued."""
    table = pd.read_parquet(
        register_path(), columns=["object_id", "norad_cat_id", "object_type", "launch_date"]
    )
    table = table.assign(
        number=table.norad_cat_id.astype(int), launch=table.object_id.astype(str).str[:8]
    ).sort_values("number")
    launched = (table.launch_date - pd.Timestamp("1970-01-01")).dt.days.to_numpy(np.float64)
    whole = table.object_type.isin(["PAYLOAD", "ROCKET BODY"]).to_numpy() & np.isfinite(launched)
    newest = np.maximum.accumulate(np.where(whole, launched, -np.inf))
    new = np.flatnonzero(np.diff(newest, prepend=-np.inf) > 0.0)
    number = table.number.to_numpy(np.float64)
    return table.assign(day=np.interp(number, number[new], newest[new]))


@cache
def appeared_days(event: Event) -> Floats:
    """(n,) days after the event, ascending, on which each fragment was catalogued."""
    table = register()
    rows = (table.launch == event.launch) & (table.object_type == "DEBRIS")
    days = np.sort(table.day[rows].to_numpy() - day_number(event.day))
    return np.asarray(days[days > 1.0], np.float64)


@dataclass(frozen=True)
class Snapshot:
    """Mean orbits of an event's catalogued fragments on a day: heights in km."""

    days: int
    number: np.ndarray
    perigee_km: Floats
    apogee_km: Floats


@cache
def snapshots(event: Event) -> tuple[Snapshot, ...]:
    """Return what element sets there were on days after the event."""
    (path,) = (DATA / "breakups").glob(f"{event.launch}_*.3le.xz")
    text = lzma.decompress(path.read_bytes()).decode()
    told = []
    for part in text.split("# snapshot ")[1:]:
        mark, *lines = part.splitlines()
        days = day_number(f"{mark[:4]}-{mark[4:6]}-{mark[6:8]}") - day_number(event.day)
        sets = [k for k in range(0, len(lines) - 2, 3) if "DEB" in lines[k]]
        motion = np.array([float(lines[k + 2][52:63]) for k in sets]) * 2.0 * np.pi / DAY_S
        shape = np.array([float("0." + lines[k + 2][26:33].replace(" ", "0")) for k in sets])
        axis = (MU_KM3_S2 / motion**2) ** (1.0 / 3.0)
        number = np.array([int(lines[k + 1][2:7]) for k in sets])
        low, high = (axis * (1.0 + sign * shape) - EARTH_RADIUS_KM for sign in (-1.0, 1.0))
        told.append(Snapshot(days, number, low, high))
    return tuple(one for one in told if one.days > 1)


def speeds_m_s(event: Event, fewest: int = 60) -> Floats:
    """(n,) in the plane of the orbit, from the first snapshot with enough fragments."""
    shot = next(one for one in snapshots(event) if len(one.number) >= fewest)
    return speed_in_plane_m_s(shot.perigee_km, shot.apogee_km, event.height_km)


def modelled(event: Event, rng: np.random.Generator, smallest_m: float = 0.1) -> Fragments:
    """Return fragments of the plain model of the known cause."""
    parent = Parent(event.mass_kg, event.is_rocket_body)
    if event.cause == "collision":
        return collision(parent, 100.0, 9.0, smallest_m, rng)
    return explosion(parent, smallest_m, rng)


def state(event: Event) -> tuple[Floats, Floats]:
    """Return place and velocity on a circle at the event's height."""
    radius = EARTH_RADIUS_KM + event.height_km
    return np.array([radius, 0.0, 0.0]), np.array([0.0, float(np.sqrt(MU_KM3_S2 / radius)), 0.0])


@cache
def lasting_share(event: Event) -> float:
    """Return the share of modelled fragments that stay up long enough to be catalogued."""
    told = modelled(event, np.random.default_rng(1))
    orbits = fragment_orbits(*state(event), told, oblate=False)
    up = (orbits.perigee_km > STAYS_ABOVE_KM) & np.isfinite(orbits.apogee_km)
    return float(up[: len(told) - told.remnants].mean())


def model_number(event: Event) -> float:
    """Return how many of 10 cm and more the plain model has in orbits that last; nan of none."""
    if event.cause == "small impact":
        return float("nan")  # of what hit it nothing is known
    whole = 0.1 * event.mass_kg**0.75 * 0.1**-1.71 if event.cause == "collision" else 239.0
    return whole * lasting_share(event)


@cache
def delay_of(event: Event) -> DelayOfEvent:
    """Return how late its fragments were catalogued."""
    return delay_of_event(appeared_days(event))


@cache
def delay_without(event: Event) -> Delay:
    """Return the delay as all events of other days show it."""
    return measured_delay([delay_of(other) for other in EVENTS if other.day != event.day])


@cache
def fitted(event: Event, day: int, *, with_speeds: bool = False) -> Fit:
    """Return the fit on a day, with nothing known of the cause or of what came later."""
    days = np.arange(1.0, day + 1.0)
    counts = np.searchsorted(appeared_days(event), days, "right").astype(np.float64)
    before = Beforehand(event.mass_kg, event.mass_factor, lasting_share=lasting_share(event))
    known = Catalogued(days, counts, speeds_m_s(event) if with_speeds else np.zeros(0))
    return fit(known, before, np.random.default_rng(1), delay=delay_without(event))


@cache
def measured_sizes() -> pd.DataFrame:
    """Return diameters and area-to-mass by catalogue number, from NASA CARA's radar sizes."""
    table = pd.read_csv(sizes_path()).set_index("ObjectID")
    radar = table.HBRSource.astype(str).str.contains("SFK") & table.MassSource.astype(
        str
    ).str.contains("SFK")
    table = table[radar]
    diameter = 2.0 * table.HBR
    return pd.DataFrame({"diameter_m": diameter, "ratio": np.pi / 4.0 * diameter**2 / table.Mass})


def sizes_of(event: Event) -> pd.DataFrame:
    """Return those of one event's fragments."""
    table = register()
    rows = (table.launch == event.launch) & (table.object_type == "DEBRIS")
    return measured_sizes().reindex(table.number[rows]).dropna()
