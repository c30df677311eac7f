"""
Starting `commonsky screen` on a small catalogue: the first time on a machine, and ever after.

Whole processes as a user starts them, until the first line of the result.  scipy, which the peers
of other stages need but we do not, is hidden: numba would load it at every start.
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

OBJECTS = 1000
FIRST, LATER = 2, 9
COMMAND = "import sys; sys.modules['scipy'] = None; from commonsky.show.cli import main; main()"
FLOOR = "import numpy, numba"


def start_s(code: str, *arguments: str, cache: Path) -> float:
    """Return how long one run took, from its start to its first line."""
    environment = os.environ | {"COMMONSKY_CACHE": str(cache)}
    for name in ("NUMBA_CACHE_DIR", "PYTHONDONTWRITEBYTECODE"):
        environment.pop(name, None)
    began = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, env=environment,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        line = child.stdout.readline()
        took = time.perf_counter() - began
        child.stdout.read()
    if child.returncode != 0 or (arguments and b'"conjunction"' not in line):
        raise RuntimeError(f"{arguments} ended with {child.returncode} and said {line!r} first")
    return took


def measure() -> Iterator[Figure]:
    """Yield the first start, compilation included, and the median of later ones."""
    with tempfile.TemporaryDirectory() as folder:
        catalogue = Path(folder) / "sky.csv"
        catalogue.write_text("".join(omm_csv(population(OBJECTS))))
        asked = (COMMAND, "screen", str(catalogue), "--format", "ndjson")
        caches = [Path(folder) / f"cache{k}" for k in range(FIRST)]
        first = [start_s(*asked, cache=cache) for cache in caches]
        later = sorted(start_s(*asked, cache=caches[0]) for _ in range(LATER))
        floor = min(start_s(FLOOR, cache=caches[0]) for _ in range(LATER))
    yield Figure(
        "first start on a new machine, compilation included, wall", min(first), Unit.S, 30.0,
        10.0, f"`commonsky screen`, {OBJECTS:,} synthetic objects, to the first conjunction; "
        f"{' and '.join(f'{one:.1f}' for one in first)} s; two processes compile",
    )  # fmt: skip
    yield Figure(
        "every later start of `commonsky screen` to its first result, wall", later[LATER // 2],
        Unit.S, 2.0, 0.7, f"median of {LATER}, {later[0]:.2f} to {later[-1]:.2f} s; importing "
        f"numpy and numba alone takes {floor:.2f} s",
    )  # fmt: skip


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
