"""`Screener.update` of one orbit against a whole catalogue over a week, in a running process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bench.figure import Figure, Unit
from bench.process import in_process, memory_mb
from bench.sky import START, name, sky
from commonsky.node.screener import Screener

UPDATES = 60
NUDGE_RAD = 1e-4  # some hundred metres along the orbit
NS_LATER = 1


def updates(days: float) -> dict[str, float]:
    """Build a screening, nudge random orbits one by one, and return what that took."""
    catalogue = sky()
    began = time.perf_counter()
    with Screener(catalogue, START, days, 5.0) as screener:
        built = time.perf_counter() - began
        rng = np.random.default_rng(4)
        took, changed = [], 0
        for row in rng.integers(0, len(catalogue), UPDATES + 3):
            one = catalogue.take(np.array([row]))
            nudged = replace(
                one.elements,
                mean_anomaly_rad=one.elements.mean_anomaly_rad + NUDGE_RAD,
                epoch_tai_ns=one.elements.epoch_tai_ns + NS_LATER,
            )
            began = time.perf_counter()
            change = screener.update(replace(one, elements=nudged))
            took.append(time.perf_counter() - began)
            changed += len(change.moved) + len(change.appeared)
        resident = memory_mb("VmRSS")
    took = took[3:]  # the first ones load kernels
    return {
        "median_ms": 1e3 * statistics.median(took),
        "most_ms": 1e3 * max(took),
        "built_s": built,
        "resident_mb": resident,
        "objects": len(catalogue),
        "changed": changed,
    }


def measure() -> Iterator[Figure]:
    """Yield the median of an update, and the memory of the process that holds the screening."""
    in_process("bench.update", "updates", days=0.05)  # compiles
    found = in_process("bench.update", "updates", days=7.0).result
    told = (
        f"{found['objects']:,.0f} {name()} objects, 7 days, 5 km, {UPDATES} orbits one by one, "
        f"slowest {found['most_ms']:.0f} ms; built in {found['built_s']:.1f} s"
    )
    yield Figure("`Screener.update` of one orbit, median", found["median_ms"], Unit.MS, 50.0, 10.0,
                 told)  # fmt: skip
    yield Figure("the same: resident memory after it", found["resident_mb"], Unit.MB, 500.0, 500.0)


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
