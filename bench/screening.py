"""
All-on-all screening of a whole catalogue: ours against `astroz.screen`, threads, memory.

Each run is a process of its own, from the elements in memory to the table of conjunctions; the
kernels are compiled before.  CPU times are those of the screening call, peaks those of the whole
process.  `astroz` is an oracle, never a dependency; it gets one day and its quickest step.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

import numpy as np

from bench.figure import Figure, Unit
from bench.process import in_process
from bench.sky import START, name, omm_json, sky
from commonsky.node.pipeline import screen

KM = 5.0
DAY_MIN = 1440.0
PEER_STEPS_MIN = (0.5, 1.0)
ROUNDS = 3


def ours(days: float, threads: int) -> dict[str, float]:
    """Screen the catalogue, and return what it took."""
    catalogue = sky()
    screen(catalogue.take(np.arange(50)), START, 0.01)  # loads the kernels
    cpu, wall = time.process_time(), time.perf_counter()
    table = screen(catalogue, START, days, KM, threads=threads)
    return {
        "cpu_s": time.process_time() - cpu,
        "wall_s": time.perf_counter() - wall,
        "events": len(table),
        "objects": len(catalogue),
    }


def peer(step_min: float) -> dict[str, float]:
    """Let astroz screen the same elements for one day."""
    import astroz  # noqa: PLC0415 - here alone, in a process of its own

    catalogue = sky()
    constellation = astroz.Constellation(omm_json(catalogue))
    if constellation.num_satellites != len(catalogue):
        raise RuntimeError(f"astroz took {constellation.num_satellites} of {len(catalogue)}")
    start = datetime.fromisoformat(START)
    cpu, wall = time.process_time(), time.perf_counter()
    events = astroz.screen(constellation, DAY_MIN, threshold=KM, step=step_min, start_time=start)
    return {
        "cpu_s": time.process_time() - cpu,
        "wall_s": time.perf_counter() - wall,
        "events": len(events.i),
    }


def best(runs: list[dict[str, float]], what: str) -> dict[str, float]:
    """Return the run with the least of it."""
    return min(runs, key=lambda run: run[what])


def measure() -> Iterator[Figure]:
    """Yield CPU against the peer, the gain of a second thread, and the peak of the process."""
    peers = [in_process("bench.screening", "peer", step_min=step) for step in PEER_STEPS_MIN]
    theirs = best([ran.result for ran in peers], "cpu_s")
    in_process("bench.screening", "ours", days=0.01, threads=2)  # compiles
    day, week, single = [], [], []
    peaks: list[float] = []
    for _ in range(ROUNDS):
        day.append(in_process("bench.screening", "ours", days=1.0, threads=2).result)
        single.append(in_process("bench.screening", "ours", days=1.0, threads=1).result)
    for _ in range(2):
        ran = in_process("bench.screening", "ours", days=7.0, threads=2)
        week.append(ran.result)
        peaks.append(ran.peak_mb)
    one, seven, alone = best(day, "cpu_s"), best(week, "cpu_s"), best(single, "wall_s")
    size = f"{one['objects']:,.0f} {name()} objects, {KM:g} km"
    yield Figure(
        "all-on-all, 1 day: CPU against `astroz.screen`",
        theirs["cpu_s"] / one["cpu_s"], Unit.TIMES_FASTER, 10.0, 20.0,
        f"{size}; {one['cpu_s']:.2f} s and {one['events']:,.0f} conjunctions against "
        f"{theirs['cpu_s']:.1f} s and {theirs['events']:,.0f} minima",
    )  # fmt: skip
    yield Figure(
        "all-on-all, 7 days: CPU against `astroz.screen` of one day",
        seven["cpu_s"] / theirs["cpu_s"], Unit.TIMES_OF, 0.7, 0.3,
        f"{seven['cpu_s']:.1f} s, {seven['wall_s']:.1f} s of wall, "
        f"{seven['events']:,.0f} conjunctions",
    )  # fmt: skip
    fast = best(day, "wall_s")
    yield Figure(
        "two threads against one, 1 day, wall", alone["wall_s"] / fast["wall_s"],
        Unit.TIMES_FASTER, 1.7, 1.9, f"{fast['wall_s']:.2f} s against {alone['wall_s']:.2f} s",
    )  # fmt: skip
    yield Figure(
        "all-on-all, 7 days: peak memory of the whole process", min(peaks), Unit.MB, 700.0, 400.0,
        f"{size}, two threads",
    )  # fmt: skip


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
