"""
How dense the air is, on average, at a height and a solar flux.

A table of NRLMSISE-00 averaged over the globe, the day and the year; design/006_density_table.py
made it.  One day's density differs from it by a factor of two and more; over a solar cycle the
model's own error is some 15 to 30 %.

Reference: Picone, Hedin, Drob, Aikin (2002), NRLMSISE-00, JGR 107(A12), 1468.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from commonsky.astro.arrays import Floats

LOWEST_KM, HIGHEST_KM = 100.0, 2000.0


class DensityTable(NamedTuple):
    """Logarithms of density in kg/m³, (heights, fluxes)."""

    height_km: Floats
    flux_sfu: Floats
    log_kg_m3: Floats


@cache
def density_table() -> DensityTable:
    """Return the table as it is shipped."""
    head, *lines = files("commonsky.environment").joinpath("density.csv").read_text().split()
    rows = np.array([[float(cell) for cell in line.split(",")] for line in lines])
    flux = np.array([float(cell) for cell in head.split(",")[1:]])
    return DensityTable(rows[:, 0].copy(), flux, np.log(rows[:, 1:]))


def density_kg_m3(height_km: Floats, flux_sfu: float) -> Floats:
    """
    (n,) mean density at heights above the ellipsoid, for one 10.7-cm flux (81-day mean).

    Logarithms are linear between the table's rows.  Below 100 km it is that of 100 km, above
    2000 km it is 0; a flux beyond the table's is taken as its nearest.
    """
    table = density_table()
    column = np.clip(flux_sfu, table.flux_sfu[0], table.flux_sfu[-1])
    logs = np.array([np.interp(column, table.flux_sfu, row) for row in table.log_kg_m3])
    found = np.exp(np.interp(height_km, table.height_km, logs))
    return np.asarray(np.where(np.asarray(height_km) > HIGHEST_KM, 0.0, found), np.float64)
