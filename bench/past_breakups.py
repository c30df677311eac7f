"""
Real break-ups among real new objects: what catalogues held before and after each.

Only of three events are there whole catalogues of before and after.  For the others there are the
sets of the launch that broke up; they are put among those of July and August 2024, 26,000 objects
and 257 new ones, whose epochs are moved to the time of the event.  What is known of the time, to
the minute where it was published to the minute, is from NASA's Orbital Debris Quarterly News and
the notices of the 18th Space Defense Squadron.
"""

from __future__ import annotations

import io
import lzma
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S, tai_ns
from commonsky.catalogue.catalogue import Catalogue, concatenated
from commonsky.node.intake import read_records

DATA = Path(__file__).parents[1].parent / "shared" / "data"
QUIET = (
    ("bg_20191212", "bg_20191217"), ("bg_20191217", "bg_20191223"), ("bg_20191212", "bg_20191223"),
    ("bg_20240616", "heyoka_20240705"), ("bg_20240616", "bg_20240709"),
    ("bg_20240709", "bg_20240808"), ("bg_20250808", "bg_20250901"),
)  # fmt: skip
AMONG = ("bg_20240709", "bg_20240808")


@dataclass(frozen=True, slots=True)
class Event:
    """
    A break-up: what file has it, the sections to use, when it was, and of whom, by number.

    `minutes` is what the time is known to; -1 as parent where no set of it was public.
    `real` are whole catalogues of before and after.
    """

    name: str
    launch: str
    before: str
    after: str
    at: str
    minutes: float
    parent: int
    real: tuple[str, str] = ("", "")
    reach_days: float = 45.0

    @property
    def epoch_tai_ns(self) -> int:
        return tai_ns(self.at)


DAY_MIN = 720.0
EVENTS = (
    Event("Fengyun-1C", "1999-025", "20061117", "20070621", "2007-01-11T22:26:00", 5, 25730),
    Event("Cosmos 2251", "1993-036", "20081011", "20090531", "2009-02-10T16:56:00", 1, 22675),
    Event("Iridium 33", "1997-051", "20081011", "20090531", "2009-02-10T16:56:00", 1, 24946),
    Event("DMSP F13", "1995-015", "20140612", "20150324", "2015-02-03T17:40:00", 30, -1),
    Event("NOAA-16", "2000-055", "20151204", "20160103", "2015-11-25T12:00:00", DAY_MIN, 26536),
    Event("Centaur 2014-055", "2014-055", "", "20200103", "2018-08-30T12:00:00", DAY_MIN, 40209),
    Event("H-2A 2018-084", "2018-084", "20190110", "20190315", "2019-02-06T12:00:00", DAY_MIN, -1),
    Event("Microsat-R", "2019-006", "20190315", "20190414", "2019-03-27T05:42:00", 10, 43947),
    Event("Centaur 2018-079", "2018-079", "20190315", "20200103", "2019-04-06T12:00:00", DAY_MIN,
          43652),
    Event("Fregat tank", "2011-037", "20200524", "20200614", "2020-05-08T05:00:00", 60, 37756),
    Event("NOAA-17", "2002-032", "20210406", "20210502", "2021-03-10T07:11:00", 5, 27453),
    Event("Yunhai 1-02", "2019-063", "20210319", "20210502", "2021-03-18T07:41:00", 5, 44547),
    Event("Cosmos 1408", "1982-092", "20211109", "20211222", "2021-11-15T02:47:00", 5, 13552),
    Event("Long March 6A 2022", "2022-151", "20221120", "20221222", "2022-11-12T12:00:00", DAY_MIN,
          54236),
    Event("Resurs P1", "2013-030", "", "", "2024-06-26T16:00:00", 180, 39186,
          ("heyoka_20240705", "bg_20240709")),
    Event("Long March 6A 2024", "2024-140", "", "", "2024-08-06T12:00:00", DAY_MIN, 60397,
          ("bg_20240808", "celestrak_on_orbit_20241101")),
    Event("Centaur 2018-079, again", "2018-079", "", "", "2024-09-06T12:00:00", DAY_MIN, 43652,
          ("bg_20240808", "mizuba_full_catalog_20250112")),
    Event("Intelsat 33E", "2016-053", "", "", "2024-10-19T04:30:00", 10, 41748,
          ("bg_20240808", "mizuba_full_catalog_20250112")),
)  # fmt: skip


def here() -> bool:
    """Whether there is real data."""
    return (DATA / "breakups").is_dir() and (DATA / "catalogues").is_dir()


@cache
def catalogue(name: str) -> Catalogue:
    """A whole catalogue."""
    if name.startswith("mizuba"):
        import pandas as pd  # noqa: PLC0415 - only this one is a table

        table = pd.read_parquet(DATA / "objects" / f"{name}_names_rcs.parquet")
        table = table[table.tle_line1.notna() & table.tle_line2.notna()]
        lines = table.name.fillna("") + "\n" + table.tle_line1 + "\n" + table.tle_line2 + "\n"
        return read_records("-", stdin=io.BytesIO("".join(lines).encode()))
    (path,) = (DATA / "catalogues").glob(f"{name}.*")
    return read_records(path)


@cache
def sections(launch: str) -> dict[str, Catalogue]:
    """Element sets of a launch by the day of the snapshot."""
    (path,) = (DATA / "breakups").glob(f"{launch}_*.3le.xz")
    told = {}
    for part in lzma.decompress(path.read_bytes()).decode().split("# snapshot ")[1:]:
        day, lines = part.split("\n", 1)
        told[day.split()[0]] = read_records("-", stdin=io.BytesIO(lines.encode()))
    return told


def moved(sets: Catalogue, by_ns: int) -> Catalogue:
    """The same orbits as if seen earlier or later; where planes then lie is another matter."""
    elements = replace(sets.elements, epoch_tai_ns=sets.elements.epoch_tai_ns + by_ns)
    return replace(sets, elements=elements)


def around(
    event: Event, *, among: tuple[str, str] = AMONG, alone: bool = False
) -> tuple[Catalogue, Catalogue]:
    """The catalogues of before and after an event, with others' objects or without."""
    if event.real[0]:
        return catalogue(event.real[0]), catalogue(event.real[1])
    of = sections(event.launch)
    after = of[event.after]
    nothing = after.take(np.zeros(0, np.int64))
    before = of[event.before] if event.before else nothing
    if alone and len(before):
        return before, after
    earlier, later = (catalogue(name) for name in among)
    others, further = (_without(sets, event.launch) for sets in (earlier, later))
    new = further.take(
        np.flatnonzero(~np.isin(further.catalogue_number, earlier.catalogue_number))
    )
    first = _middle(before) if len(before) else event.epoch_tai_ns - 30 * NS_PER_DAY
    others = moved(others, first - _middle(others))
    new = moved(new, _middle(after) - _middle(further))
    return concatenated([before, others]), concatenated([after, others, new])


def _middle(sets: Catalogue) -> int:
    return int(np.median(sets.elements.epoch_tai_ns))


def _without(sets: Catalogue, launch: str) -> Catalogue:
    of = np.array([text.startswith(launch) for text in sets.object_id.tolist()])
    return sets.take(np.flatnonzero(~of))


def pieces(event: Event, after: Catalogue, rows: np.ndarray) -> np.ndarray:
    """(n,) which rows are of the launch that broke up, for scores alone."""
    return np.array([text.startswith(event.launch) for text in after.object_id[rows].tolist()])


def minutes_off(epoch_tai_ns: int, event: Event) -> float:
    return (epoch_tai_ns - event.epoch_tai_ns) / NS_PER_S / 60.0


@dataclass(frozen=True, slots=True)
class Register:
    """When launches were and objects came down, by the SATCAT of March 2025; 0 for what is up."""

    launched_tai_ns: dict[str, int]
    decayed_tai_ns: dict[int, int]


@cache
def register() -> Register:
    import pandas as pd  # noqa: PLC0415 - only scores of launches and decays ask it

    table = pd.read_parquet(DATA / "objects" / "satcat_202503_ads508.parquet")
    launch = table.object_id.astype(str).str[:8]
    first = table.launch_date.groupby(launch).min().dropna()
    launched = {
        str(name): tai_ns(f"{day.date()}T00:00:00")
        for name, day in first.items()
        if day.year >= 1972
    }
    decayed = {
        int(number): 0 if pd.isna(day) or day.year < 1972 else tai_ns(f"{day.date()}T12:00:00")
        for number, day in zip(table.norad_cat_id.astype(int), table.decay_date, strict=True)
    }
    return Register(launched, decayed)


def reentries() -> tuple[MeanElements, np.ndarray, np.ndarray]:
    """Sets of what came down within 120 days, (n,) days it had left, and which are satellites."""
    import pandas as pd  # noqa: PLC0415 - as above

    table = pd.read_csv(DATA / "reentry" / "decay_benchmark_2014_2025.csv.xz")
    table = table[table.days_to_decay > 0.0]
    # The register knows the day, and has its first moment.
    days = table.days_to_decay.to_numpy() + 0.5
    half_rate = pd.to_numeric(table.l1.str[33:43].str.replace(" ", ""), errors="coerce")
    epochs = pd.to_datetime(table.epoch, format="ISO8601").to_numpy("datetime64[us]")
    day = epochs.astype(str)
    n = len(table)
    zero = np.zeros(n)
    elements = MeanElements(
        np.array([tai_ns(text) for text in day.tolist()], np.int64),
        table.n.to_numpy() * 2.0 * np.pi / 1440.0, table.ecc.to_numpy(),
        np.radians(table.inc.to_numpy()), zero, zero, zero, table.bstar.to_numpy(),
        half_rate.to_numpy(np.float64), zero,
    )  # fmt: skip
    return elements, days, (table.object_type == "PAYLOAD").to_numpy()


def histories(name: str) -> Catalogue:
    """Every set that CelesTrak had in a week of May 2026 of a group."""
    (path,) = (DATA / "manoeuvres").glob(f"celestrak_{name}_2026*.3le.xz")
    return read_records(path)
