"""The sky that is measured on: a real catalogue where there is one, else an invented one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from sgp4.api import WGS72, Satrec

from commonsky.astro.arrays import Floats
from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S, tai_ns, utc_text
from commonsky.catalogue.catalogue import Catalogue
from commonsky.catalogue.population import population
from commonsky.node.pipeline import read

REAL = Path(__file__).parents[1].parent / "shared/data/catalogues/bg_20250901.3le.xz"
START = "2025-09-02T00:00:00Z"  # on midnight, which the clocks of all peers can say exactly
OBJECTS = 28_000


def sky() -> Catalogue:
    """Return the catalogue that all stages use."""
    if REAL.exists():
        return read(REAL)
    return population(OBJECTS, epoch_tai_ns=tai_ns(START))


def name() -> str:
    """Say what the catalogue is."""
    return "real" if REAL.exists() else "synthetic"


def omm_json(catalogue: Catalogue) -> str:
    """Return the element sets as OMM in JSON, each under the number of its row."""
    elements = catalogue.elements
    degrees = 180.0 / np.pi
    columns: dict[str, list[Any]] = {
        "NORAD_CAT_ID": list(range(len(catalogue))),
        "EPOCH": [utc_text(int(epoch), 6).removesuffix("Z") for epoch in elements.epoch_tai_ns],
        "MEAN_MOTION": (elements.mean_motion_rad_min * 720.0 / np.pi).tolist(),
        "ECCENTRICITY": elements.eccentricity.tolist(),
        "INCLINATION": (elements.inclination_rad * degrees).tolist(),
        "RA_OF_ASC_NODE": (elements.raan_rad * degrees).tolist(),
        "ARG_OF_PERICENTER": (elements.argument_of_perigee_rad * degrees).tolist(),
        "MEAN_ANOMALY": (elements.mean_anomaly_rad * degrees).tolist(),
        "BSTAR": elements.bstar_per_earth_radius.tolist(),
    }
    same = {
        "OBJECT_NAME": "", "OBJECT_ID": "1998-067A", "EPHEMERIS_TYPE": 0, "ELEMENT_SET_NO": 1,
        "CLASSIFICATION_TYPE": "U", "REV_AT_EPOCH": 1, "MEAN_MOTION_DOT": 0.0,
        "MEAN_MOTION_DDOT": 0.0,
    }  # fmt: skip
    rows = zip(*columns.values(), strict=True)
    return json.dumps([same | dict(zip(columns, row, strict=True)) for row in rows])


def satrecs(elements: MeanElements, origin_tai_ns: int) -> list[Satrec]:
    """Return the objects of the sgp4 package, whose days count from `origin_tai_ns`."""
    day = (elements.epoch_tai_ns - origin_tai_ns) / NS_PER_DAY
    # Days since 1949-12-31 in UTC, which only deep space uses, for sun and moon.
    epoch = (elements.epoch_tai_ns - 37 * NS_PER_S) / NS_PER_DAY + 7306.0
    made = []
    for row in range(len(elements)):
        one = Satrec()
        one.sgp4init(
            WGS72, "i", row, float(epoch[row]), float(elements.bstar_per_earth_radius[row]),
            0.0, 0.0, float(elements.eccentricity[row]),
            float(elements.argument_of_perigee_rad[row]), float(elements.inclination_rad[row]),
            float(elements.mean_anomaly_rad[row]), float(elements.mean_motion_rad_min[row]),
            float(elements.raan_rad[row]),
        )  # fmt: skip
        # Days from our origin carry the elapsed time to the last bit, Julian dates do not.
        one.jdsatepoch, one.jdsatepochF = 0.0, float(day[row])
        made.append(one)
    return made


def days_since(epoch_tai_ns: int | np.ndarray, origin_tai_ns: int) -> Floats:
    """Return days of elapsed time, as the objects of `satrecs` take them."""
    return np.asarray((epoch_tai_ns - origin_tai_ns) / NS_PER_DAY, np.float64)
