"""The section on where the catalogue is, and where and when its members meet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Floats
from commonsky.astro.utc import utc_days
from commonsky.show.report.histogram import TYPES, altitude_drawing, days_drawing
from commonsky.show.report.markup import figure, legend, table
from commonsky.show.report.moment import Moment
from commonsky.show.report.run import Run
from commonsky.show.report.severity import ATTENTION_LOG10, HIGH_LOG10
from commonsky.show.report.text import NONE, count

REGIMES = (
    ("below 2,000 km", 0.0, 2_000.0),
    ("2,000 to 18,000 km", 2_000.0, 18_000.0),
    ("18,000 to 25,000 km", 18_000.0, 25_000.0),
    ("25,000 to 35,586 km", 25_000.0, 35_586.0),
    ("geostationary belt ± 200 km", 35_586.0, 35_986.0),
    ("above 35,986 km", 35_986.0, np.inf),
)


def where_and_when(run: Run) -> str:
    """Return the altitude histogram, the same by regime, and the conjunctions by day."""
    elements = run.catalogue.elements
    height_km = 0.5 * (elements.perigee_height_km + elements.apogee_height_km)
    kinds = run.catalogue.object_type
    swatches = [*((kind, name) for _, name, kind in TYPES), ("met", "conjunctions")]
    key = legend((f'<span class="swatch {kind}"></span>', name) for kind, name in swatches)
    return (
        figure(altitude_drawing(height_km, kinds, run.all_height_km, "alt"), key)
        + _regimes(height_km, kinds, run.all_height_km)
        + _days(run)
    )


def _regimes(height_km: Floats, kinds: NDArray[np.int8], meetings_km: Floats) -> str:
    rows = []
    for name, low, high in REGIMES:
        here = (height_km >= low) & (height_km < high)
        numbers = [int(np.sum(here & (kinds == kind))) for kind, _, _ in TYPES]
        numbers.append(int(np.sum((meetings_km >= low) & (meetings_km < high))))
        rows.append([name, *(count(number) if number else NONE for number in numbers)])
    return table(
        "Objects by mean height, conjunctions by height of the approach",
        ("Height", *(name for _, name, _ in TYPES), "conjunctions"),
        rows,
        numbers=range(1, len(TYPES) + 2),
        style="regimes",
    )


def _days(run: Run) -> str:
    if not run.total:
        return ""
    days, _ = utc_days(run.all_tca_tai_ns)
    first, place, totals = np.unique(days, return_index=True, return_counts=True)
    names = [Moment.at(tca).day for tca in run.all_tca_tai_ns[place]]
    column = np.searchsorted(first, days)
    high, notable = (
        np.bincount(column, run.all_log10_pc >= bound, len(first)).astype(np.int64)
        for bound in (HIGH_LOG10, ATTENTION_LOG10)
    )
    bands = np.stack((high, notable - high, totals - notable), axis=1).tolist()
    return f"<h3>By day</h3>{figure(days_drawing(names, bands, 'days'), '')}"
