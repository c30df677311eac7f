"""
The break-up of Cosmos 1408 as the model has it, beside the pieces that were catalogued.

Run from the repository root: python design/006_cosmos_1408.py [folder of real data]
It prints a table and draws docs/breakup-model/cosmos-1408.png.

Real: element sets of the launch 1982-092 on eleven dates (Bill Gray's collection of Space-Track
sets), of which counts alone are shown, and the observed 10.7-cm flux (Penticton, as CelesTrak
lists it).  A piece counts on a date if one of its sets is at most ten days older: the collections
hold sets of up to thirty, some of pieces that are down.  The mass is from the press: 1,750 kg at
launch by most, up to 2,200 by some.  Of what hit it nothing is public, so 100 kg at 7 km/s stand
for it, and all that matters of them is that they destroy it.

What it shows: counts are within the factor of four throughout, but real pieces come down faster.
The model throws too many of them too high, as the last line of the table tells: it is one of a
collision at full speed, and these pieces are as if theirs had been gentler.
"""

from __future__ import annotations

import csv
import lzma
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from commonsky.astro.arrays import Floats
from commonsky.astro.epoch import NS_PER_S, tai_ns
from commonsky.astro.sgp4 import propagate
from commonsky.catalogue.catalogue import Catalogue
from commonsky.environment.breakup import COUNT_FACTOR, Parent, collision
from commonsky.environment.consequence import Event
from commonsky.environment.descent import descent
from commonsky.environment.fragment_orbits import Fate, fragment_orbits
from commonsky.environment.solar_flux import FluxScenario, continued, mean_cycles
from commonsky.node.intake import read_records

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
SETS = Path("breakups") / "1982-092_Cosmos1408_ASAT_20211115.3le.xz"
WEATHER = Path("env") / "SW-All.csv.xz"
FIGURE = Path("docs/breakup-model/cosmos-1408.png")
SATELLITE, STAGE = 13552, 13553
AT, AT_YEAR = "2021-11-15T02:47:00", 2021.872
MASSES_KG, IMPACTOR_KG, SPEED_KM_S, SMALLEST_M = (1750.0, 2200.0), 100.0, 7.0, 0.1
SEEDS = range(8)
FRESH_DAYS, DAY_NS = 10.0, 86_400 * NS_PER_S
FIRST, FULLEST = "2021-12-22", "2022-02-18"  # of catalogued pieces


@dataclass(frozen=True)
class Counts:
    """How many pieces are up on dates, days after the break-up."""

    dates: tuple[str, ...]
    days: Floats
    pieces: Floats

    apogees_km: Floats  # 50 and 90 % of those up on the date on which most were catalogued

    @property
    def shares(self) -> Floats:
        """Of those on that date."""
        return np.asarray(self.pieces / self.pieces[self.dates.index(FULLEST)], np.float64)


def catalogued(folder: Path) -> Counts:
    with lzma.open(folder / SETS, "rt") as lines:
        marks = [line.split()[-1] for line in lines if line.startswith("# snapshot")]
    dates = tuple(f"{mark[:4]}-{mark[4:6]}-{mark[6:]}" for mark in marks)
    dates = tuple(date for date in dates if date >= FIRST)
    sets = read_records(folder / SETS)
    number, epoch = sets.catalogue_number, sets.elements.epoch_tai_ns
    pieces, apogees = [], np.zeros(2)
    for date in dates:
        age = (tai_ns(f"{date}T00:00:00") - epoch) / DAY_NS
        # Sets of the day itself are up to a day younger than its first second.
        fresh = (age > -1.0) & (age <= FRESH_DAYS) & (number != STAGE)
        pieces.append(len(np.unique(number[fresh])))
        if date == FULLEST:
            apogees = np.percentile(sets.elements.apogee_height_km[fresh], [50, 90])
    return Counts(dates, days_of(dates), np.array(pieces, np.float64), apogees)


def days_of(dates: Sequence[str]) -> Floats:
    return np.array([(tai_ns(f"{date}T00:00:00") - tai_ns(AT)) / DAY_NS for date in dates])


def observed_flux(folder: Path) -> FluxScenario:
    """Monthly means from November 2021 on, and mean cycles after the last."""
    months = defaultdict(list)
    with lzma.open(folder / WEATHER, "rt") as lines:
        for row in csv.DictReader(lines):
            known = row["F10.7_DATA_TYPE"] in {"OBS", "INT"} and row["F10.7_OBS"]
            if known and row["DATE"] >= "2021-11":
                months[row["DATE"][:7]].append(float(row["F10.7_OBS"]))
    flux = np.array([np.mean(values) for values in months.values()])
    return continued(FluxScenario(2021 + 10 / 12, flux), 2047.0)


def last_set(folder: Path) -> Catalogue:
    """The satellite's last element set before it was hit."""
    sets = read_records(folder / SETS)
    before = sets.elements.epoch_tai_ns < tai_ns(AT)
    rows = np.flatnonzero((sets.catalogue_number == SATELLITE) & before)
    return sets.take(rows[np.argmax(sets.elements.epoch_tai_ns[rows])][None])


@cache
def state(folder: Path) -> tuple[Floats, Floats]:
    states = propagate(last_set(folder).elements, np.array([tai_ns(AT)], np.int64))
    return states.position_km[0, 0], states.velocity_km_s[0, 0]


def event(folder: Path, mass_kg: float, seed: int, smallest_m: float = SMALLEST_M) -> Event:
    rng = np.random.default_rng(seed)
    pieces = collision(Parent(mass_kg), IMPACTOR_KG, SPEED_KM_S, smallest_m, rng)
    return Event(*state(folder), AT_YEAR, pieces)


def modelled(folder: Path, mass_kg: float, flux: FluxScenario, dates: tuple[str, ...]) -> Counts:
    """The mean over draws of the model."""
    days = days_of(dates)
    up, apogees = np.zeros(len(days)), []
    for seed in SEEDS:
        one = event(folder, mass_kg, seed)
        orbits = fragment_orbits(one.position_km, one.velocity_km_s, one.fragments)
        ratio = one.fragments.area_to_mass_m2_kg
        course = descent(orbits, ratio, flux, one.at_year, days.tolist())
        up += (course.fate == Fate.IN_ORBIT).sum(axis=1)
        apogees.append(course.apogee_km[dates.index(FULLEST)])
    middle = np.nanpercentile(np.concatenate(apogees), [50, 90])
    return Counts(dates, days, up / len(SEEDS), middle)


def table(real: Counts, light: Counts, heavy: Counts, forecast: Counts) -> list[str]:
    """Line for line: what was catalogued, and what the model has of 10 cm and more."""
    lines = [
        "            catalogued        1,750 kg, observed Sun      2,200 kg  mean Sun",
        "date        pieces  share     pieces (low-high)   share     pieces    pieces",
    ]
    columns = zip(
        real.dates, real.pieces, real.shares, light.pieces, light.shares, heavy.pieces,
        forecast.pieces, strict=True,
    )  # fmt: skip
    for date, pieces, share, model, of_model, other, usual in columns:
        between = f"({model / COUNT_FACTOR:.0f}-{model * COUNT_FACTOR:.0f})"
        lines.append(
            f"{date}  {pieces:6.0f}  {share:5.2f}     {model:6.0f} {between:<11}   {of_model:5.2f}"
            f"     {other:6.0f}    {usual:6.0f}"
        )
    (half, most), (of_half, of_most) = real.apogees_km, light.apogees_km
    lines.append(
        f"on {FULLEST} half and 90 % have apogees below {half:.0f} and {most:.0f} km; in the "
        f"model {of_half:.0f} and {of_most:.0f} km"
    )
    return lines


def draw(real: Counts, light: Counts, heavy: Counts, forecast: Counts) -> None:
    import matplotlib as mpl  # noqa: PLC0415 - the test that uses this file draws nothing

    mpl.use("Agg")
    import matplotlib.pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(figsize=(7.2, 4.2), dpi=110, layout="constrained")
    blue, grey, red = "#2a6fbb", "#7a7a7a", "#b3372f"
    axes.fill_between(
        light.days, light.pieces / COUNT_FACTOR, light.pieces * COUNT_FACTOR, color=blue,
        alpha=0.13, lw=0, label="model: what counts are known to, a factor of 4",
    )  # fmt: skip
    axes.fill_between(
        light.days, light.pieces, heavy.pieces, color=blue, alpha=0.45, lw=0,
        label="model: 1,750 to 2,200 kg, the Sun as observed",
    )  # fmt: skip
    axes.plot(
        forecast.days, forecast.pieces, "--", color=grey, lw=1.3,
        label="model: 1,750 kg, the mean solar cycle, as a forecast has it",
    )  # fmt: skip
    axes.plot(
        real.days, real.pieces, "o-", color=red, ms=4.5, lw=1.0, label="catalogued, still tracked"
    )
    fullest = real.dates.index(FULLEST)
    axes.text(
        0.5 * real.days[fullest], 12.0, "still being\ncatalogued", ha="center", va="bottom",
        fontsize=7, color="#555555",
    )  # fmt: skip
    axes.axvspan(0.0, real.days[fullest], color=grey, alpha=0.08, lw=0)
    axes.set(
        yscale="log", xlim=(0.0, 1020.0), ylim=(9.0, 9000.0), ylabel="pieces in orbit",
        xlabel="days after 15 November 2021",
    )  # fmt: skip
    axes.set_yticks([10, 30, 100, 300, 1000, 3000], ["10", "30", "100", "300", "1,000", "3,000"])
    axes.minorticks_off()
    axes.set_title("Cosmos 1408: pieces of 10 cm and more", loc="left", fontsize=11)
    axes.grid(visible=True, which="major", lw=0.4, alpha=0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=8, frameon=False, loc="upper right")
    FIGURE.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(FIGURE)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED
    real = catalogued(folder)
    sun = observed_flux(folder)
    light, heavy = (modelled(folder, mass, sun, real.dates) for mass in MASSES_KG)
    forecast = modelled(folder, MASSES_KG[0], mean_cycles(AT_YEAR), real.dates)
    print("\n".join(table(real, light, heavy, forecast)))
    draw(real, light, heavy, forecast)


if __name__ == "__main__":
    main()
