"""
The mean solar cycle that forecasts use: src/commonsky/environment/solar_cycle.csv.

Run from the repository root:
python design/006_solar_cycle.py SW-All.csv.xz > src/commonsky/environment/solar_cycle.csv

Monthly means of the observed 10.7-cm flux, adjusted to 1 au (Penticton, as CelesTrak lists it), of
cycles 20 to 24, minimum to minimum, each stretched to the mean length.  What is printed is their
mean by month, and the mean of those cycles only that were over before 2000.
"""

from __future__ import annotations

import csv
import lzma
import sys
from collections import defaultdict
from itertools import pairwise

import numpy as np

# The months of smoothed sunspot minimum (SILSO): the first of cycles 20 to 25.
MINIMA = ("1964-10", "1976-03", "1986-09", "1996-08", "2008-12", "2019-12")
MONTHS = 132
OVER_BEFORE_2000 = 3


def monthly_sfu(path: str) -> dict[str, float]:
    days = defaultdict(list)
    with lzma.open(path, "rt") as lines:
        for row in csv.DictReader(lines):
            if row["F10.7_DATA_TYPE"] in {"OBS", "INT"} and row["F10.7_ADJ"]:
                days[row["DATE"][:7]].append(float(row["F10.7_ADJ"]))
    return {month: float(np.mean(values)) for month, values in days.items()}


def main() -> None:
    flux = monthly_sfu(sys.argv[1])
    months = list(flux)
    values = np.array(list(flux.values()))
    smooth = np.convolve(values, np.ones(3) / 3.0, mode="same")
    starts = [months.index(month) for month in MINIMA]
    cycles = np.array([
        np.interp(
            np.linspace(start, end, MONTHS, endpoint=False), np.arange(len(smooth)), smooth
        )
        for start, end in pairwise(starts)
    ])  # fmt: skip
    mean, early = cycles.mean(axis=0), cycles[:OVER_BEFORE_2000].mean(axis=0)
    lengths = np.diff(starts)
    above = (cycles - 65.0).mean(axis=1)
    print(
        f"lengths {lengths} months, spread {lengths.std(ddof=1):.1f}; activity above 65 sfu "
        f"{np.round(above, 1)}, spread {above.std(ddof=1) / above.mean():.3f} of the mean",
        file=sys.stderr,
    )
    sys.stdout.write("month,mean_sfu,mean_until_1996_sfu\n")
    for month in range(MONTHS):
        sys.stdout.write(f"{month},{mean[month]:.1f},{early[month]:.1f}\n")


if __name__ == "__main__":
    main()
