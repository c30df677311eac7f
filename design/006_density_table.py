"""
The table of mean air density that drag uses: src/commonsky/environment/density.csv.

Run from the repository root, with pymsis beside numpy:
python design/006_density_table.py > src/commonsky/environment/density.csv

NRLMSISE-00 (Picone, Hedin, Drob, Aikin, 2002, JGR 107(A12), 1468), which is in the public domain,
averaged over the globe by area, over local time and over the seasons, for a geomagnetic Ap of 12.
A row a height above the ellipsoid, a column a 10.7-cm flux (81-day mean and day alike), in kg/m3.
"""

from __future__ import annotations

import sys

import numpy as np
import pymsis

HEIGHTS_KM = (
    *range(100, 200, 5),
    *range(200, 500, 10),
    *range(500, 1000, 25),
    *range(1000, 2001, 100),
)
FLUXES_SFU = (65, 80, 95, 110, 130, 150, 175, 200, 230, 260)
AP = 12.0
DAYS = np.arange("2001-01-11", "2002-01-01", 30, dtype="datetime64[D]")
LONGITUDES_DEG = np.arange(0.0, 360.0, 45.0)
SINES = (np.arange(12) + 0.5) / 6.0 - 1.0  # equal areas


def mean_density_kg_m3(flux_sfu: float) -> np.ndarray:
    """(heights,) average over the globe, the day and the year."""
    latitudes = np.degrees(np.arcsin(SINES))
    days = len(DAYS)
    told = pymsis.calculate(
        DAYS, LONGITUDES_DEG, latitudes, HEIGHTS_KM,
        np.full(days, flux_sfu), np.full(days, flux_sfu), np.full((days, 7), AP), version=0,
    )  # fmt: skip
    density: np.ndarray = told[..., pymsis.Variable.MASS_DENSITY].mean(axis=(0, 1, 2))
    return density


def main() -> None:
    columns = [mean_density_kg_m3(float(flux)) for flux in FLUXES_SFU]
    sys.stdout.write("height_km," + ",".join(str(flux) for flux in FLUXES_SFU) + "\n")
    for height, row in zip(HEIGHTS_KM, np.transpose(columns), strict=True):
        sys.stdout.write(f"{height}," + ",".join(f"{value:.4e}" for value in row) + "\n")


if __name__ == "__main__":
    main()
