"""
What happened to the sky since 2000: launches, great break-ups; and what had happened before.

Launches are what later catalogues hold of them.  What is passive and low has sunk since, so it is
put as much higher at its launch as brings it, by our own drag under the observed flux, to where
the later catalogue has it: no test of drag, but no bias either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from bench.past_sky import DATA, catalogue, first_number, mean_height_km, observed_flux
from commonsky.astro.arrays import Floats
from commonsky.catalogue.catalogue import ObjectType
from commonsky.environment.breakup import Fragments, Parent, collision
from commonsky.environment.drag import RE_ENTRY_KM, ballistic_m2_kg, descend, drag_table, lift_km
from commonsky.environment.earth import DAY_S, EARTH_RADIUS_KM, MU_KM3_S2, YEAR_DAYS
from commonsky.environment.fragment_orbits import Fate, fragment_orbits
from commonsky.environment.objects import Objects, SizeProvenance, joined

# Catalogue, the years of launch that it tells, and when it is of.
LAUNCHES = (
    ("bg_20191212", 2000, 2020, 2019.95),
    ("bg_20240808", 2020, 2024, 2024.60),
    ("bg_20250901", 2024, 2026, 2025.67),
)
QUARTER_S = YEAR_DAYS / 4.0 * DAY_S
HIGHEST_LIFT_KM, HALVINGS = 400.0, 10
OWN_YEARS = 2  # pieces catalogued so soon after their launch come with it


@dataclass(frozen=True, slots=True)
class BreakUp:
    """A satellite destroyed: where, by what, and how many pieces were catalogued by March 2025."""

    name: str
    year: float
    height_km: float
    inclination_deg: float
    mass_kg: float
    other_kg: float
    speed_km_s: float
    launch: str


# Heights and inclinations are those of the last element sets before; masses are from the press.
# Of what hit two of them nothing is public: 100 kg stand for it, and are enough.
GREAT = (
    BreakUp("Fengyun-1C", 2007.03, 853.0, 98.64, 880.0, 100.0, 9.0, "1999-025"),
    BreakUp("Iridium 33", 2009.11, 778.0, 86.40, 556.0, 900.0, 11.6, "1997-051"),
    BreakUp("Cosmos 2251", 2009.11, 788.0, 74.04, 900.0, 556.0, 11.6, "1993-036"),
    BreakUp("Cosmos 1408", 2021.87, 478.0, 82.56, 1750.0, 100.0, 7.0, "1982-092"),
)


@cache
def launched(before_year: float = 2026.0) -> Objects:
    """Satellites, stages and their own pieces launched from 2000 to a year, as they began."""
    parts = []
    for name, first, after, at_year in LAUNCHES:
        if first >= before_year:
            continue
        whole = catalogue(name)
        year = whole.launched_year
        come = (year >= first) & (year < min(after, before_year))
        come &= mean_height_km(whole) < 2000.0
        own = np.zeros(len(whole), np.bool_)
        for one in range(first, after):
            end = first_number(whole, min(one + OWN_YEARS, int(at_year)))
            if one + OWN_YEARS > at_year:
                end = np.iinfo(np.int64).max
            own |= (np.floor(year) == one) & (whole.catalogue_number < end)
        intact = (whole.kind == ObjectType.PAYLOAD) | (whole.kind == ObjectType.ROCKET_BODY)
        parts.append(put_back(whole.take(come & (intact | own)), at_year))
    return joined(parts)


def put_back(objects: Objects, at_year: float) -> Objects:
    """What is passive and nearly circular, as high at launch as drag must have found it."""
    sunk = np.logical_not(objects.active) & (objects.perigee_km > RE_ENTRY_KM)
    rows = np.flatnonzero(sunk & (objects.apogee_km - objects.perigee_km < 400.0))
    part = objects.take(rows)
    low, high = np.zeros(len(rows)), np.full(len(rows), HIGHEST_LIFT_KM)
    wanted = mean_height_km(part)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        under = _sunk_to_km(part, middle, at_year) < wanted
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    axis = objects.semi_major_axis_km.copy()
    lift = 0.5 * (low + high)
    axis[rows] += np.where(lift < 0.6, 0.0, lift)
    shape = objects.eccentricity * objects.semi_major_axis_km / axis
    return replace(objects, semi_major_axis_km=axis, eccentricity=shape)


def _sunk_to_km(part: Objects, lift: Floats, at_year: float) -> Floats:
    """(n,) mean heights at a time of what began higher; -inf of what is down."""
    low, high = part.perigee_km + lift, part.apogee_km + lift
    ballistic = ballistic_m2_kg(part.area_to_mass_m2_kg, low, part.inclination_rad)
    flat = lift_km(part.inclination_rad)
    flux = observed_flux()
    for quarter in range(int((at_year - flux.start_year) * 4.0)):
        begins = flux.start_year + quarter / 4.0
        months: Floats = begins + (np.arange(3.0) + 0.5) / 12.0
        up = np.flatnonzero((part.launched_year < months[1]) & (low > RE_ENTRY_KM))
        bottom, top = low[up], high[up]
        table = drag_table(float(flux.at(months).mean()))
        descend(bottom, top, ballistic[up], flat[up], QUARTER_S, table)
        low[up], high[up] = bottom, top
    return np.where(low > RE_ENTRY_KM, 0.5 * (low + high), -np.inf)


def broken_up(seed: int, *, as_catalogued: bool) -> Objects:
    """The pieces of the great break-ups of 10 cm and more, as many as modelled or catalogued."""
    rng = np.random.default_rng(seed)
    return joined([_pieces(one, rng, as_catalogued=as_catalogued) for one in GREAT])


def _pieces(one: BreakUp, rng: np.random.Generator, *, as_catalogued: bool) -> Objects:
    wanted = catalogued_pieces()[one.launch]
    parts: list[Objects] = []
    while not parts or (as_catalogued and sum(len(part) for part in parts) < wanted):
        told = collision(Parent(one.mass_kg), one.other_kg, one.speed_km_s, 0.1, rng)
        parts.append(_orbits(one, told, rng))
    pieces = joined(parts)
    return pieces.take(rng.permutation(len(pieces))[:wanted]) if as_catalogued else pieces


def _orbits(one: BreakUp, told: Fragments, rng: np.random.Generator) -> Objects:
    """Fragments in orbit of what was on a circle, at any place of it."""
    tilt, along = np.radians(one.inclination_deg), rng.uniform(0.0, 2.0 * np.pi)
    radius = EARTH_RADIUS_KM + one.height_km
    cosine, sine = np.cos(along), np.sin(along)
    outward = np.array([cosine, sine * np.cos(tilt), sine * np.sin(tilt)])
    forward = np.array([-sine, cosine * np.cos(tilt), cosine * np.sin(tilt)])
    orbits = fragment_orbits(radius * outward, np.sqrt(MU_KM3_S2 / radius) * forward, told)
    up = orbits.fate == Fate.IN_ORBIT
    low, high = orbits.perigee_km[up], orbits.apogee_km[up]
    n = len(low)
    axis = EARTH_RADIUS_KM + 0.5 * (low + high)
    drawn = np.full(n, SizeProvenance.KIND, np.int8)
    return Objects(
        axis, 0.5 * (high - low) / axis, orbits.inclination_rad[up], told.mass_kg[up],
        told.area_to_mass_m2_kg[up] * told.mass_kg[up], np.full(n, ObjectType.DEBRIS, np.int8),
        np.zeros(n, np.bool_), np.full(n, one.year), np.ones(n),
        np.arange(900_000_000, 900_000_000 + n), drawn, drawn,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Register:
    """CelesTrak's list of all objects ever, to March 2025: (n,) each, of those numbered then."""

    number: Floats
    kind: np.ndarray
    launch: np.ndarray
    launched: Floats
    decayed: Floats  # nan for what is up
    catalogued: Floats  # when a launch of the day had this number


@cache
def register() -> Register:
    import pandas as pd  # noqa: PLC0415 - tests of the hindcast have no need of it

    table = pd.read_parquet(DATA / "objects" / "satcat_202503_ads508.parquet")
    table = table.assign(number=table.norad_cat_id.astype(int)).sort_values("number")

    def years(column: str) -> Floats:
        days = (table[column] - pd.Timestamp("2000-01-01")).dt.days
        return np.asarray(2000.0 + days / YEAR_DAYS, np.float64)

    kind, launched = table.object_type.astype(str).to_numpy(), years("launch_date")
    number = table.number.to_numpy(np.float64)
    satellite = kind == "PAYLOAD"
    newest = np.maximum.accumulate(launched[satellite])
    catalogued = np.interp(number, number[satellite], newest)
    launch = table.object_id.astype(str).str[:8].to_numpy()
    return Register(number, kind, launch, launched, years("decay_date"), catalogued)


def catalogued_pieces() -> dict[str, int]:
    """How many pieces of each great break-up were ever catalogued."""
    told = register()
    return {
        one.launch: int(((told.kind == "DEBRIS") & (told.launch == one.launch)
                         & (told.catalogued > one.year - 0.1)).sum())
        for one in GREAT
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Explosions:
    """Break-ups of the years before 2000 as the catalogue's numbers tell them."""

    per_year: float
    pieces: float


def explosions_of_the_nineties() -> Explosions:
    """Launches of which four pieces or more were catalogued over half a year later, 1990-1999."""
    told = register()
    late = (told.catalogued >= 1990.0) & (told.catalogued < 2000.0) & (told.kind == "DEBRIS")
    late &= told.catalogued - told.launched > 0.5
    _, pieces = np.unique(told.launch[late], return_counts=True)
    great = pieces[pieces >= 4]
    return Explosions(len(great) / 10.0, float(great.mean()))


def known_lacks(years: Iterable[int]) -> Iterator[str]:
    """Yield what the columns cannot have, by the list of all objects ever: one line each."""
    told = register()
    for kind, name in (("PAYLOAD", "satellites"), ("ROCKET BODY", "stages")):
        of = told.kind == kind
        nineties = of & (told.launched >= 1992.0) & (told.launched < 2000.0)
        gone = nineties & (told.decayed < 2000.0)
        yield (
            f"- Of {nineties.sum():,} {name} launched from 1992 to 1999 to any orbit, "
            f"{gone.sum():,} were down by 2000: A and B do not launch their like again."
        )
        missing = []
        for year in years:
            end = np.select([told.launched < 2020.0, told.launched < 2024.0], [2019.95, 2024.6],
                            2025.67)  # fmt: skip
            up = of & (told.launched >= 2000.0) & (told.launched < year) & (told.decayed >= year)
            missing.append(f"{(up & (told.decayed < end)).sum():,} in {year}")
        yield (
            f"- C and D lack {name} that were launched from 2000 on and came down before the "
            f"catalogue that tells of them: {', '.join(missing)}."
        )
    own = (told.kind == "DEBRIS") & (told.launched >= 1990.0) & (told.launched < 2000.0)
    own &= told.catalogued - told.launched <= 0.5
    left = own & ~(told.decayed < 2000.0)
    yield (
        f"- Of {own.sum():,} pieces that came with the launches of the nineties, catalogued "
        f"within half a year, {left.sum():,} were up at the end: A and B have none like them."
    )
