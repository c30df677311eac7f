"""Ten nodes as ten pairs of processes on one machine: from a changed orbit to nine partners."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.figure import Figure, Unit
from commonsky.astro.epoch import NS_PER_S
from commonsky.catalogue.catalogue import Catalogue
from commonsky.catalogue.population import population
from commonsky.ledger.record import Kind
from commonsky.ledger.sqlite import SqliteStore
from commonsky.node.acquaintance import acquaint
from commonsky.node.assembly import author_of, initialised, opened_store
from commonsky.node.clock import RealClock, now_tai_ns
from commonsky.node.home import NATIONS, Home, opened
from commonsky.node.ingest import ingest, statements
from commonsky.node.statements import label_of

OBJECTS = 28_000
PORT = 17_400
CHANGES = 40
NUDGE_RAD = 1e-4
IDLE_S, LONGEST_S = 20.0, 10.0
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def homes(folder: Path, **screening: float) -> list[Home]:
    """Ten nodes that know each other."""
    made = []
    for place, nation in enumerate(NATIONS):
        home = initialised(folder / nation, nation, "test", RealClock(), port=PORT + 2 * place)
        text = (home.folder / "node.toml").read_text()
        for name, value in screening.items():
            text = "".join(
                f"{name} = {value}\n" if line.startswith(f"{name} ") else line
                for line in text.splitlines(keepends=True)
            )
        (home.folder / "node.toml").write_text(text)
        made.append(opened(home.folder))
    acquaint(made)
    return made


class Processes:
    """The ten nodes, running."""

    def __init__(self, nodes: list[Home], *options: str) -> None:
        command = [str(Path(sys.executable).with_name("commonsky")), "node", "run"]
        self.nodes = [
            subprocess.Popen(  # noqa: S603 - our own command
                [*command, str(home.folder), *options],
                stdout=subprocess.DEVNULL,
                stderr=(home.folder / "said.txt").open("wb"),
            )
            for home in nodes
        ]

    def tree(self) -> list[int]:
        """Our processes and their children."""
        found = [node.pid for node in self.nodes]
        for pid in list(found):
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        return found

    def cpu_s(self) -> float:
        total = 0
        for pid in self.tree():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS_PER_S

    def memory_mb(self) -> list[float]:
        """Resident megabytes of each node and its listener together, shared pages once each."""
        sizes = []
        for node in self.nodes:
            pids = [node.pid]
            for task in Path(f"/proc/{node.pid}/task").iterdir():
                pids += map(int, (task / "children").read_text().split())
            text = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids]
            lines = [line for one in text for line in one.splitlines() if line.startswith("Pss:")]
            sizes.append(sum(int(line.split()[1]) for line in lines) / 1024)
        return sizes

    def stop(self) -> None:
        for node in self.nodes:
            node.terminate()
        for node in self.nodes:
            node.wait(30)


def arrivals(
    stores: list[SqliteStore], marks: list[int], number: int, began: float
) -> list[float]:
    """Seconds until each partner of the first node holds a conjunction of an object."""
    left, took = set(range(1, len(stores))), []
    while left and time.perf_counter() - began < LONGEST_S:
        for k in sorted(left):
            new = stores[k].since(marks[k], kinds=[Kind.CONJUNCTION])
            if any(number in held.record.envelope.subject for held in new):
                took.append(time.perf_counter() - began)
                left.discard(k)
        time.sleep(0.005)
    return took


def quiet(stores: list[SqliteStore], seconds: float) -> None:
    """Wait until no ledger grows for some time."""
    last, since = [store.last() for store in stores], time.monotonic()
    while time.monotonic() - since < seconds:
        time.sleep(0.5)
        now = [store.last() for store in stores]
        if now != last:
            last, since = now, time.monotonic()


def pace(nodes: list[Home], catalogue: Catalogue) -> list[float]:
    """Seconds from a changed element set at one node to its record at all nine others."""
    home = nodes[0]
    author, label = author_of(home), label_of(home.configuration.label)
    stores = [opened_store(node) for node in nodes]
    ingest(catalogue, home, stores[0], author, label, now_tai_ns())
    processes = Processes(nodes)
    took: list[float] = []
    try:
        time.sleep(65.0)  # the first tick of the bulk lane
        quiet(stores, 15.0)
        rng = np.random.default_rng(6)
        involved = np.array(sorted(
            {number for held in stores[0].since(kinds=[Kind.CONJUNCTION])
             for number in held.record.envelope.subject}
        ))  # fmt: skip
        for number in rng.choice(involved, CHANGES, replace=False).tolist():
            one = catalogue.take(np.flatnonzero(catalogue.catalogue_number == number))
            elements = replace(
                one,
                elements=replace(
                    one.elements,
                    mean_anomaly_rad=one.elements.mean_anomaly_rad + NUDGE_RAD,
                    epoch_tai_ns=one.elements.epoch_tai_ns + NS_PER_S,
                ),
            )
            marks = [store.last() for store in stores]
            began = time.perf_counter()
            stores[0].append(statements(elements, author, label, now_tai_ns()))
            arrived = arrivals(stores, marks, number, began)
            if len(arrived) == len(stores) - 1:
                took.append(max(arrived))
            else:
                sys.stderr.write(f"coalition: {number} reached {len(arrived)} of nine\n")
            time.sleep(0.5)
    finally:
        processes.stop()
        for store in stores:
            store.close()
    return took


def idle(nodes: list[Home]) -> tuple[float, float]:
    """Share of a core that ten idle nodes need together, and megabytes of the largest."""
    processes = Processes(nodes, "--no-screen")
    try:
        time.sleep(15.0)
        began, cpu_s = time.perf_counter(), processes.cpu_s()
        time.sleep(IDLE_S)
        share = (processes.cpu_s() - cpu_s) / (time.perf_counter() - began)
        return share, max(processes.memory_mb())
    finally:
        processes.stop()


def measure() -> Iterator[Figure]:
    """Yield what ten nodes need when idle, and how quickly a change reaches nine partners."""
    with tempfile.TemporaryDirectory() as folder:
        share, megabytes = idle(homes(Path(folder)))
    told = "ten nodes, twenty processes, ninety TLS connections, screener unloaded"
    yield Figure("ten idle nodes, together", 100.0 * share, Unit.PERCENT, 3.0, 3.0, told)
    yield Figure("the same: memory of the largest", megabytes, Unit.MB, 350.0, 250.0)
    with tempfile.TemporaryDirectory() as folder:
        nodes = homes(Path(folder))
        took = sorted(pace(nodes, population(OBJECTS, epoch_tai_ns=now_tai_ns())))
    told = (
        f"{len(took)} of {CHANGES} changes made a new alert; ten nodes, median "
        f"{1e3 * statistics.median(took):.0f} ms, slowest {1e3 * took[-1]:.0f} ms"
    )
    p99 = 1e3 * took[min(len(took) - 1, round(0.99 * len(took)))]
    yield Figure("changed element set to record at nine partners, p99", p99, Unit.MS, 1000.0,
                 250.0, told)  # fmt: skip


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
