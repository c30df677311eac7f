"""
Real histories of the geosynchronous belt as a catalogue: monthly sets of eleven years, and names.

Of ../shared/data, which is no part of the repository.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from commonsky.astro.elements import MeanElements
from commonsky.astro.utc import NS_PER_DAY, tai_ns_from_utc_days
from commonsky.catalogue.catalogue import Catalogue, ObjectType
from commonsky.characterise.history import History, history
from commonsky.node.intake import read_records

DATA = Path(__file__).parents[2] / "shared" / "data"
MONTHLY = Path("manoeuvres") / "geo_history_2014_2025.parquet"
WEEK = Path("manoeuvres") / "celestrak_geo_20260524-30_history.3le.xz"
SATCAT = Path("objects") / "satcat_202503_ads508.parquet"
TYPES = {
    "PAYLOAD": ObjectType.PAYLOAD, "ROCKET BODY": ObjectType.ROCKET_BODY,
    "DEBRIS": ObjectType.DEBRIS,
}  # fmt: skip
REV_DAY = 2.0 * np.pi / 1440.0


class Named(NamedTuple):
    """A history, the names of its objects by number, and the mean longitudes told beside it."""

    history: History
    names: dict[int, str]
    longitude_deg: np.ndarray  # of input rows; nan where none is told


def here() -> bool:
    return all((DATA / name).exists() for name in (MONTHLY, WEEK, SATCAT))


@cache
def monthly(folder: Path = DATA) -> Named:
    """Eleven years of the belt."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - an extra

    table = pq.read_table(folder / MONTHLY)
    column = {name: table[name].to_numpy() for name in table.column_names}
    number = column["norad"].astype(np.int64)
    names = [str(name) for name in column["name"].tolist()]
    catalogue = _catalogue(column, number, names)
    return Named(
        history(catalogue), dict(zip(number.tolist(), names, strict=True)),
        column["mean_lon_deg"].astype(np.float64),
    )  # fmt: skip


def _catalogue(column: dict[str, np.ndarray], number: np.ndarray, names: list[str]) -> Catalogue:
    n = len(number)
    ns = column["epoch"].astype("datetime64[ns]").astype(np.int64)
    zero, none = np.zeros(n), np.full(n, -1, np.int64)
    empty, unknown = np.full(n, "", dtype=np.str_), np.zeros(n, np.int8)
    degrees = {
        name: np.radians(column[name].astype(np.float64)) for name in ("inc", "raan", "argp", "ma")
    }
    elements = MeanElements(
        tai_ns_from_utc_days(*np.divmod(ns, NS_PER_DAY)), column["n"] * REV_DAY,
        column["ecc"].astype(np.float64), degrees["inc"], degrees["raan"], degrees["argp"],
        degrees["ma"], zero, zero, zero,
    )  # fmt: skip
    return Catalogue(
        elements, number, empty, np.array(names, dtype=np.str_), unknown, unknown, empty, empty,
        none, none, empty,
    )  # fmt: skip


@cache
def week(folder: Path = DATA) -> Named:
    """Every set that CelesTrak listed of the belt in a week of May 2026."""
    catalogue = read_records(folder / WEEK)
    names = dict(
        zip(catalogue.catalogue_number.tolist(), catalogue.object_name.tolist(), strict=True)
    )
    return Named(history(catalogue), names, np.full(len(catalogue), np.nan))


@cache
def types(folder: Path = DATA) -> dict[int, ObjectType]:
    """What each object is, by number, as the SATCAT of March 2025 says."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - an extra

    table = pq.read_table(folder / SATCAT)
    return {
        int(number): TYPES.get(kind, ObjectType.UNKNOWN)
        for number, kind in zip(
            table["norad_cat_id"].to_pylist(), table["object_type"].to_pylist(), strict=True
        )
    }


@cache
def launch_years(folder: Path = DATA) -> dict[int, int]:
    """The year of launch of each object, by number."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - an extra

    table = pq.read_table(folder / SATCAT)
    return {
        int(number): day.year
        for number, day in zip(
            table["norad_cat_id"].to_pylist(), table["launch_date"].to_pylist(), strict=True
        )
        if day is not None
    }
