"""Element sets, the `sgp4` package beside ours, and real catalogues."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sgp4.api import WGS72, Satrec

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY, tai_ns, utc_ns
from commonsky.catalogue.catalogue import Catalogue
from commonsky.catalogue.merge import merge
from commonsky.node.intake import read_records

CATALOGUES = Path(__file__).parents[2] / "shared/data/catalogues"
DAYS_1949_TO_1970 = 7306.0
JULIAN_DATE_1970 = 2440587.5
START_NS = tai_ns("2024-11-01T00:00:00Z")
MINUTE_NS = 60_000_000_000
HOUR_NS = 60 * MINUTE_NS


def elements_of(*rows: dict[str, float]) -> MeanElements:
    """Element sets that name only what matters; `day` counts from the start of the tests."""

    def column(name: str, default: float) -> Floats:
        return np.array([row.get(name, default) for row in rows], dtype=np.float64)

    return MeanElements(
        START_NS + np.rint(column("day", 0.0) * NS_PER_DAY).astype(np.int64),
        column("mean_motion", 0.0625), column("eccentricity", 0.001),
        column("inclination", 0.9), column("raan", 1.0), column("perigee", 2.0),
        column("anomaly", 3.0), column("bstar", 1e-4), column("dot", 0.0), column("ddot", 0.0),
    )  # fmt: skip


def joined(*parts: MeanElements) -> MeanElements:
    """One table of all."""
    return MeanElements(
        *(np.concatenate([getattr(p, one.name) for p in parts]) for one in fields(MeanElements))
    )


def satellites(elements: MeanElements, mode: str = "i") -> list[Satrec]:
    """The `sgp4` package's objects of the same element sets."""
    days = utc_ns(elements.epoch_tai_ns) / NS_PER_DAY + DAYS_1949_TO_1970
    made = []
    for k in range(len(elements)):
        one = Satrec()
        one.sgp4init(
            WGS72, mode, 0, days[k], elements.bstar_per_earth_radius[k], 0.0, 0.0,
            elements.eccentricity[k], elements.argument_of_perigee_rad[k],
            elements.inclination_rad[k], elements.mean_anomaly_rad[k],
            elements.mean_motion_rad_min[k], elements.raan_rad[k],
        )  # fmt: skip
        made.append(one)
    return made


def reference_states(
    elements: MeanElements, epoch_tai_ns: Ints, mode: str = "i"
) -> tuple[Floats, Floats, NDArray[np.int8]]:
    """Positions, velocities (n, k, 3) and errors (n, k) by the `sgp4` package, by minutes."""
    n, count = len(elements), len(epoch_tai_ns)
    position, velocity = np.empty((n, count, 3)), np.empty((n, count, 3))
    error = np.empty((n, count), np.int8)
    minutes = (epoch_tai_ns[None, :] - elements.epoch_tai_ns[:, None]) / MINUTE_NS
    for o, one in enumerate(satellites(elements, mode)):
        for k in range(count):
            error[o, k], position[o, k], velocity[o, k] = one.sgp4_tsince(minutes[o, k])
    return position, velocity, error


def catalogue_path(name: str) -> Path:
    """A real catalogue; skips where there is none."""
    found = sorted(CATALOGUES.glob(f"{name}*"))
    if not found:
        pytest.skip(f"needs the real catalogue {name} of ../shared/data/catalogues")
    return found[0]


@cache
def real_catalogue(name: str) -> Catalogue:
    """A real catalogue, one element set for each object."""
    return merge(read_records(catalogue_path(name))).catalogue


def columns_of(table: Any) -> list[NDArray[Any]]:
    """Every column of a table."""
    return [getattr(table, one.name) for one in fields(table)]
