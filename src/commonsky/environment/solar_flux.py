"""
The 10.7-cm flux of the Sun over the years to come, or as it was: what drag depends on most.

Nobody can tell how strong the next cycle will be, so a forecast is a set of scenarios: the mean
cycle, and draws about it that differ in strength and length as past cycles did.

Reference: Penticton's observed flux, cycles 20 to 24; design/006_solar_cycle.py made the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from commonsky.astro.arrays import Floats

QUIET_SFU = 65.0
# Of cycles 20 to 24: mean length of the table, and the spread of lengths and of activity.
CYCLE_MONTHS, SPREAD_MONTHS, SPREAD_OF_ACTIVITY = 132, 11.0, 0.27
MINIMUM_YEAR = 2019.96  # cycle 25 began in December 2019 (SILSO)


@dataclass(frozen=True, slots=True)
class FluxScenario:
    """Monthly flux in solar flux units (m,) from a year on; after its end it starts again."""

    start_year: float
    monthly_sfu: Floats

    def __post_init__(self) -> None:
        flux = self.monthly_sfu
        if flux.ndim != 1 or not len(flux) or not np.isfinite(flux).all() or flux.min() < 0.0:
            raise ValueError("a flux scenario has one finite flux, 0 or more, for each month")

    def at(self, year: float | Floats) -> Floats:
        """Return the flux of the months that hold these years."""
        month = np.floor((np.asarray(year) - self.start_year) * 12.0 + 1e-9).astype(np.int64)
        return np.asarray(self.monthly_sfu[month % len(self.monthly_sfu)], np.float64)


@cache
def _cycles() -> tuple[Floats, Floats]:
    """(132,) the mean cycle, and the mean of those cycles that were over before 2000."""
    _, *lines = files("commonsky.environment").joinpath("solar_cycle.csv").read_text().split()
    rows = np.array([[float(cell) for cell in line.split(",")] for line in lines])
    return rows[:, 1].copy(), rows[:, 2].copy()


def mean_cycles(
    start_year: float, *, activity: float = 1.0, before_2000: bool = False,
    minimum_year: float = MINIMUM_YEAR,
) -> FluxScenario:  # fmt: skip
    """
    Return the mean cycle again and again; `activity` scales what is above 65 units.

    `before_2000` takes the cycles that were over by then, for hindcasts that may not know more.
    """
    cycle = _cycles()[1 if before_2000 else 0]
    strong = QUIET_SFU + activity * (cycle - QUIET_SFU)
    phase = round((start_year - minimum_year) * 12.0)
    return FluxScenario(start_year, np.roll(strong, -(phase % CYCLE_MONTHS)))


def drawn_cycles(
    start_year: float, years: float, rng: np.random.Generator, *,
    minimum_year: float = MINIMUM_YEAR,
) -> FluxScenario:  # fmt: skip
    """Return cycles whose strengths and lengths differ as those of the past did."""
    cycle, _ = _cycles()
    parts: list[Floats] = []
    # What begins before a minimum that is known begins as many mean cycles earlier.
    if start_year < minimum_year:
        minimum_year -= 11.0 * np.ceil((minimum_year - start_year) / 11.0)
    needed = int(np.ceil((start_year - minimum_year + years) * 12.0)) + 1
    months = 0
    spread = np.sqrt(np.log(1.0 + SPREAD_OF_ACTIVITY**2))
    while months < needed:
        length = round(float(np.clip(rng.normal(CYCLE_MONTHS, SPREAD_MONTHS), 100, 165)))
        strength = np.exp(rng.normal(-0.5 * spread**2, spread))
        place = np.linspace(0.0, CYCLE_MONTHS, length, endpoint=False)
        one = np.interp(place, np.arange(CYCLE_MONTHS + 1), np.append(cycle, cycle[0]))
        parts.append(QUIET_SFU + strength * (one - QUIET_SFU))
        months += length
    first = int(np.floor((start_year - minimum_year) * 12.0))
    return FluxScenario(start_year, np.concatenate(parts)[first:])


def continued(observed: FluxScenario, until_year: float) -> FluxScenario:
    """Return what was observed, then mean cycles, in all until a year."""
    end = observed.start_year + len(observed.monthly_sfu) / 12.0
    more = max(int(np.ceil((until_year - end) * 12.0)), 0)
    after = mean_cycles(end)
    middles: Floats = end + (np.arange(more, dtype=np.float64) + 0.5) / 12.0
    rest = after.at(middles)
    return FluxScenario(observed.start_year, np.append(observed.monthly_sfu, rest))
