"""Small catalogues, written by hand, for the tests."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from commonsky.astro.elements import MeanElements
from commonsky.catalogue.catalogue import Catalogue

DAY_NS = 86_400_000_000_000
START_NS = 1_743_379_237_000_000_000


def catalogue_of(*rows: dict[str, Any]) -> Catalogue:
    """A catalogue of rows that name only what matters: number, day, and any other column."""

    def column(name: str, default: Any, kind: Any) -> Any:
        return np.array([row.get(name, default) for row in rows], dtype=kind)

    elements = MeanElements(
        START_NS + np.rint(column("day", 0.0, float) * DAY_NS).astype(np.int64),
        column("mean_motion", 0.0625, float), column("eccentricity", 0.001, float),
        column("inclination", 0.9, float), column("raan", 1.0, float),
        column("perigee", 2.0, float), column("anomaly", 3.0, float),
        column("bstar", 1e-4, float), column("dot", 0.0, float), column("ddot", 0.0, float),
    )  # fmt: skip
    return Catalogue(
        elements, column("number", 1, np.int64), column("object_id", "", str),
        column("name", "", str), column("type", 0, np.int8), column("size", 0, np.int8),
        column("operator", "", str), column("classification", "U", str),
        column("set", 999, np.int64), column("revolution", 1, np.int64),
        column("source", "a", str),
    )  # fmt: skip


def rows_of(catalogue: Catalogue) -> list[tuple[Any, ...]]:
    """Every column of every row, for comparing catalogues."""
    columns = [getattr(catalogue.elements, one.name) for one in fields(MeanElements)]
    columns += [getattr(catalogue, one.name) for one in fields(Catalogue)[1:-1]]
    return list(zip(*(one.tolist() for one in columns), strict=True))
