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
    """Yield CPU and conjunctions of each size, and what the two smaller ones foretell."""
    in_process("bench.growth", "run", objects=SIZES[0])  # compiles
    took: list[float] = []
    events: list[float] = []
    for objects in SIZES:
        ran = in_process("bench.growth", "run", objects=objects)
        took.append(ran.result["cpu_s"])
        events.append(ran.result["events"])
        told = f"{events[-1]:,.0f} conjunctions, peak {ran.peak_mb:,.0f} MB"
        if len(took) > 1:
            told += (
                f"; from the size before as n^{exponent(took, len(took)):.2f}, "
                f"conjunctions as n^{exponent(events, len(took)):.2f}"
            )
        if len(took) == len(SIZES):
            foretold, per_event_us = law(took, events)
            told += (
                f"; a·n·log n + b·conjunctions through the smaller two foretells {foretold:.0f} s "
                f"(b = {per_event_us:.0f} µs)"
            )
        yield Figure(f"all-on-all, {objects:,} synthetic objects, {DAYS:g} days, CPU", took[-1],
                     Unit.S, math.nan, math.nan, told)  # fmt: skip


def exponent(values: list[float], k: int) -> float:
    """Power of n with which values grow to the k-th size from the one before."""
    return math.log(values[k - 1] / values[k - 2]) / math.log(SIZES[k - 1] / SIZES[k - 2])


def law(took: list[float], events: list[float]) -> tuple[float, float]:
    """Foretell the last size from the two before, in s; and what a conjunction costs, in µs."""
    sizes = np.array(SIZES, np.float64)
    terms = np.stack([sizes * np.log(sizes), np.array(events)], axis=1)
    factors = np.linalg.solve(terms[:2], np.array(took[:2]))
    return float(terms[2] @ factors), 1e6 * float(factors[1])


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
