"""
Starting `commonsky screen` on a small catalogue: the first time on a machine, and ever after.

Whole processes as a user starts them, until the result is written.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure, Unit
from commonsky.catalogue.population import population
from commonsky.formats.omm_csv_writer import omm_csv

OBJECTS = 60
LATER = 7
COMMAND = "from commonsky.show.cli import main; main()"


def start_s(catalogue: Path, cache: Path) -> float:
    """Return how long one run took, from start to end."""
    environment = os.environ | {"COMMONSKY_CACHE": str(cache)}
    environment.pop("NUMBA_CACHE_DIR", None)
    began = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", COMMAND, "screen", str(catalogue), "--format", "ndjson"],
        check=True, capture_output=True, env=environment,
    )  # fmt: skip
    return time.perf_counter() - began


def measure() -> Iterator[Figure]:
    """Yield the first start, compilation included, and the median of later ones."""
    with tempfile.TemporaryDirectory() as folder:
        catalogue, cache = Path(folder) / "sky.csv", Path(folder) / "cache"
        catalogue.write_text("".join(omm_csv(population(OBJECTS))))
        first = start_s(catalogue, cache)
        later = sorted(start_s(catalogue, cache) for _ in range(LATER))
    yield Figure(
        "first start on a new machine, compilation included", first, Unit.S, 30.0, 10.0,
        f"`commonsky screen`, {OBJECTS} objects; a second process compiles too",
    )  # fmt: skip
    yield Figure(
        "every later start of `commonsky screen` to its result", later[LATER // 2], Unit.S, 2.0,
        0.7, f"median of {LATER}, {later[0]:.2f} to {later[-1]:.2f} s",
    )  # fmt: skip


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
