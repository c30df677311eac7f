"""How screening grows with the number of objects, on invented skies."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import numpy as np

from bench.figure import Figure, Unit
from bench.process import in_process
from commonsky.catalogue.population import REFERENCE_TAI_NS, population
from commonsky.node.pipeline import screen

SIZES = (28_000, 112_000, 450_000)
DAYS = 0.1


def run(objects: int) -> dict[str, float]:
    """Screen an invented sky, and return what it took."""
    sky = population(objects)
    screen(sky.take(np.arange(50)), REFERENCE_TAI_NS, 0.01)
    cpu = time.process_time()
    table = screen(sky, REFERENCE_TAI_NS, DAYS, 5.0)
    return {"cpu_s": time.process_time() - cpu, "events": len(table)}


def measure() -> Iterator[Figure]:
    """Yield CPU and conjunctions of each size, and the exponent from one to the next."""
    before: tuple[int, dict[str, float]] | None = None
    for objects in SIZES:
        ran = in_process("bench.growth", "run", objects=objects)
        cpu_s, events = ran.result["cpu_s"], ran.result["events"]
        told = f"{events:,.0f} conjunctions, peak {ran.peak_mb:,.0f} MB"
        if before:
            ratio = math.log(objects / before[0])
            told += (
                f"; grows as n^{math.log(cpu_s / before[1]['cpu_s']) / ratio:.2f}, "
                f"conjunctions as n^{math.log(events / before[1]['events']) / ratio:.2f}"
            )
        yield Figure(f"all-on-all, {objects:,} synthetic objects, {DAYS:g} days, CPU", cpu_s,
                     Unit.S, math.nan, math.nan, told)  # fmt: skip
        before = objects, ran.result


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
