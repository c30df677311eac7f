"""
Parse rates: element sets and CSV messages a second and core, against what others do to them.

CPU times of one process.  The peers do less or other: `Satrec.twoline2rv` of the sgp4 package
takes lines apart and starts SGP4, but looks at few things; `csv.DictReader` leaves all texts.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from sgp4.api import Satrec

from bench.figure import Figure, Unit
from bench.process import cpu_seconds
from commonsky.catalogue.catalogue import Catalogue
from commonsky.catalogue.population import population
from commonsky.formats.omm_csv_writer import omm_csv
from commonsky.formats.tle import write_tle
from commonsky.node.intake import read_records

OBJECTS = 100_000


def measure() -> Iterator[Figure]:
    """Yield for either format its rate, and how many times that of the peer it is."""
    sky = population(OBJECTS)
    sky = replace(sky, catalogue_number=np.arange(1, OBJECTS + 1))  # which a TLE can carry
    lines = write_tle(sky)
    sets = list(zip(lines[1::3], lines[2::3], strict=True))
    yield from figures(
        "TLE", "\n".join(lines), 300_000.0, 450_000.0, "`sgp4` twoline2rv",
        lambda: [Satrec.twoline2rv(*one) for one in sets],
    )  # fmt: skip
    text = "".join(omm_csv(sky))
    yield from figures(
        "OMM CSV", text, 100_000.0, 150_000.0, "`csv.DictReader`",
        lambda: list(csv.DictReader(io.StringIO(text))),
    )  # fmt: skip


def figures(
    form: str, text: str, must: float, aim: float, peer: str, work: Callable[[], object]
) -> Iterator[Figure]:
    """Yield the rate and the ratio of one format."""
    raw = text.encode()

    def ours() -> Catalogue:
        return read_records("-", stdin=io.BytesIO(raw))

    told = f"{OBJECTS:,} synthetic objects, {len(raw) / 1e6:.0f} MB, checks and SHA-256 included"
    if len(ours()) != OBJECTS:
        raise RuntimeError(f"not all {OBJECTS} records of {form} were read")
    ours_s, peer_s = cpu_seconds(ours, work)
    yield Figure(f"{form} read, per core", OBJECTS / ours_s, Unit.RECORDS_PER_S, must, aim, told)
    yield Figure(
        f"{form} read, against {peer}", peer_s / ours_s, Unit.TIMES_FASTER, np.nan, np.nan,
        f"{OBJECTS / peer_s:,.0f} /s",
    )  # fmt: skip


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
