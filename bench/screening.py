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
from bench.process import Ran, in_process
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


def cheapest(runs: list[Ran]) -> Ran:
    """Return the run with the least CPU time of its call."""
    return min(runs, key=lambda ran: ran.result["cpu_s"])


def quickest(runs: list[Ran]) -> dict[str, float]:
    """Return what took the least wall time."""
    return min((ran.result for ran in runs), key=lambda result: result["wall_s"])


def whole(ran: Ran) -> str:
    """Say what the whole process took, reading and loading included."""
    return f"{ran.cpu_s:.1f} s CPU, {ran.wall_s:.1f} s wall, {ran.peak_mb:,.0f} MB"


def measure() -> Iterator[Figure]:
    """Yield CPU against the peer, the gain of a second thread, and the peak of the process."""
    in_process("bench.screening", "ours", days=0.01, threads=2)  # compiles
    peers, day, single, week = [], [], [], []
    for turn in range(ROUNDS):
        if turn < len(PEER_STEPS_MIN):
            step = PEER_STEPS_MIN[turn]
            peers.append(in_process("bench.screening", "peer", step_min=step))
            week.append(in_process("bench.screening", "ours", days=7.0, threads=2))
        day.append(in_process("bench.screening", "ours", days=1.0, threads=2))
        single.append(in_process("bench.screening", "ours", days=1.0, threads=1))
    yield from against_peer(cheapest(peers), cheapest(day), cheapest(week))
    two, one = quickest(day), quickest(single)
    yield Figure(
        "two threads against one, 1 day, wall", one["wall_s"] / two["wall_s"],
        Unit.TIMES_FASTER, 1.7, 1.9,
        f"{two['wall_s']:.2f} s against {one['wall_s']:.2f} s, the best of {ROUNDS} each",
    )  # fmt: skip
    peak_mb = max(ran.peak_mb for ran in week)
    yield Figure(
        "all-on-all, 7 days: peak memory of the whole process", peak_mb, Unit.MB, 700.0, 400.0,
        f"two threads, the larger of {len(week)}; 1 day {max(ran.peak_mb for ran in day):,.0f} MB"
        f"; astroz, 1 day {max(ran.peak_mb for ran in peers):,.0f} MB",
    )  # fmt: skip


def against_peer(peer: Ran, day: Ran, week: Ran) -> Iterator[Figure]:
    """Yield the CPU time of a day and of a week against that of the peer's day."""
    theirs, ours_day, ours_week = peer.result, day.result, week.result
    yield Figure(
        "all-on-all, 1 day: CPU against `astroz.screen`",
        theirs["cpu_s"] / ours_day["cpu_s"], Unit.TIMES_FASTER, 10.0, 20.0,
        f"{ours_day['objects']:,.0f} {name()} objects, {KM:g} km, Pc included; "
        f"{ours_day['cpu_s']:.2f} s and {ours_day['events']:,.0f} conjunctions against "
        f"{theirs['cpu_s']:.1f} s and {theirs['events']:,.0f} minima; whole processes "
        f"{whole(day)} against {whole(peer)}",
    )  # fmt: skip
    yield Figure(
        "all-on-all, 7 days: CPU against `astroz.screen` of one day",
        ours_week["cpu_s"] / theirs["cpu_s"], Unit.TIMES_OF, 0.7, 0.3,
        f"{ours_week['cpu_s']:.1f} s, {ours_week['wall_s']:.1f} s of wall, "
        f"{ours_week['events']:,.0f} conjunctions; whole process {whole(week)}",
    )  # fmt: skip


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
