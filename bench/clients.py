"""
What fifty browsers cost a node that holds 28,000 objects, live.

Three processes: the node, which takes in a partner's new element sets, screens and tells of what
comes close; the partner; and fifty clients.  Each client holds a stream of all records and asks
for header and frames as the console does: anew four times a minute, in real time.
"""

from __future__ import annotations

import math
import multiprocessing
import statistics
import tempfile
import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from bench.browsers import Seen, browse
from bench.figure import Figure, Unit
from bench.process import cpu_seconds, memory_mb
from commonsky.astro.epoch import NS_PER_S
from commonsky.astro.utc import utc_ns
from commonsky.catalogue.catalogue import Catalogue
from commonsky.catalogue.population import population
from commonsky.node.acquaintance import acquaint
from commonsky.node.assembly import (
    Options,
    assembled,
    author_of,
    initialised,
    opened_store,
)
from commonsky.node.clock import RealClock, now_tai_ns
from commonsky.node.home import Home, opened
from commonsky.node.ingest import ingest
from commonsky.node.statements import label_of
from commonsky.share.log.directory import DirectoryTransport
from commonsky.show.api.application import Api
from commonsky.show.api.frames import AT_ONCE, Pictured, group_of
from commonsky.show.api.keys import ApiKeys, Scope
from commonsky.show.api.server import serve
from commonsky.show.cli.consoles import desk_of

OBJECTS, CLIENTS, STEP_S = 28_000, 50, 60
SECONDS, ALONE_S = 75.0, 20.0
SAID, EVERY_S = 100, 5.0  # so many new element sets so often
LOOK_S = 0.2
NUDGE_RAD = 1e-4
EPOCH = np.zeros(1, np.int64)


def homes(folder: Path) -> tuple[Home, Home]:
    """Two nodes that know each other; element sets leave at once."""
    made = []
    for nation in ("NOR", "AUS"):
        home = initialised(folder / nation, nation, "test", RealClock())
        path = home.folder / "node.toml"
        path.write_text(path.read_text().replace("bulk_tick_s = 60.0", "bulk_tick_s = 1.0"))
        made.append(opened(home.folder))
    acquaint(made)
    return made[0], made[1]


def node_at_work(folder: str, there: Connection) -> None:
    """Turn a node with its API until told to stop; then tell what that took."""
    home, clock = opened(Path(folder) / "NOR"), RealClock()
    node = assembled(
        home, clock, lambda other: DirectoryTransport(Path(folder) / other.nation / "outbox/NOR"),
        Options(threads=1),
    )  # fmt: skip
    desk = desk_of(node)
    listener = serve(Api(desk, ApiKeys(home.folder / "api-keys.json"), open_scopes=[Scope.READ]))
    ends: list[tuple[int, float]] = []

    def turn() -> None:
        began = time.perf_counter()
        told = node.step()
        if not (told.new or told.said):
            return
        desk.observe(told, time.perf_counter() - began)
        ends.append((node.store.last(), time.monotonic()))

    turn()
    desk.show(node.picture, node.watch)
    there.send(listener.address)
    while True:
        assert there.recv() == "measure"
        del ends[:]
        before = (time.process_time(), time.thread_time(), time.monotonic())
        while not there.poll(LOOK_S):
            turn()
            desk.look(node.picture, node.watch)
        if there.recv() == "end":
            break
        there.send({
            "cpu_s": time.process_time() - before[0], "turns_s": time.thread_time() - before[1],
            "wall_s": time.monotonic() - before[2], "ends": list(ends),
            "last": node.store.last(), "memory_mb": memory_mb("VmRSS"),
            "cut": listener.apis[0].streams.cut,
        })  # fmt: skip
    listener.stop()
    node.close()


@dataclass(slots=True)
class Partner:
    """A nation that states new element sets, a few at a time."""

    home: Home
    sky: Catalogue
    stopping: threading.Event
    said: int = 0

    def run(self) -> None:
        node = assembled(
            self.home, RealClock(), lambda _: DirectoryTransport(self.home.outbox),
            Options(screens=False),
        )  # fmt: skip
        label, drawn = label_of(self.home.configuration.label), np.random.default_rng(2)
        while not self.stopping.wait(EVERY_S):
            some = self.sky.take(np.sort(drawn.choice(len(self.sky), SAID, replace=False)))
            moved = replace(
                some.elements,
                mean_anomaly_rad=some.elements.mean_anomaly_rad + NUDGE_RAD * drawn.random(),
            )
            now = now_tai_ns()
            new = replace(some, elements=moved)
            self.said += ingest(new, self.home, node.store, node.author, label, now).accepted
            node.step([])
        node.close()


@dataclass(slots=True)
class Bench:
    """The processes, and how they are asked."""

    node: Connection
    clients: Connection
    address: str

    def run(
        self, count: int, stubborn: int = 0, seconds: float = SECONDS
    ) -> tuple[dict[str, Any], list[Seen], float]:
        """Let so many clients do their work, and return what both ends tell."""
        self.node.send("measure")
        epoch_s = float(utc_ns(EPOCH + now_tai_ns())[0]) / NS_PER_S - time.monotonic()
        self.clients.send((self.address, "at once", count, epoch_s, STEP_S, seconds, stubborn))
        seen, client_cpu_s = self.clients.recv()
        self.node.send("stop")
        return self.node.recv(), seen, client_cpu_s

    def resume(self, last: int, newest: int) -> tuple[int, float]:
        self.clients.send((self.address, "resume", last, newest))
        found, _ = self.clients.recv()
        return int(found[0]), float(found[1])


def behind_s(told: dict[str, Any], seen: list[Seen]) -> list[float]:
    """How long after the end of each turn each client had its last record."""
    late = []
    for one in seen:
        ids = [number for number, _ in one.ids]
        for last, at in told["ends"]:
            place = bisect_left(ids, last)
            late.append(one.ids[place][1] - at if place < len(ids) else math.inf)
    return late


def frame_ms() -> tuple[float, float]:
    """CPU time of a frame among those made together, and of the first ones of a new picture."""
    now = now_tai_ns()
    elements = population(OBJECTS, epoch_tai_ns=now).elements
    first = group_of(int(utc_ns(EPOCH + now)[0]) // NS_PER_S, STEP_S)
    kept = Pictured("", elements)
    kept.frames(first, STEP_S)

    def new() -> None:
        Pictured("", elements).frames(first, STEP_S)

    again, fresh = cpu_seconds(lambda: kept.frames(first, STEP_S), new)
    return 1e3 * again / AT_ONCE, 1e3 * fresh / AT_ONCE


def measure() -> Iterator[Figure]:
    """Yield the cost of a frame, then that of fifty clients, of a stubborn one, of a return."""
    again, fresh = frame_ms()
    yield Figure(
        "a frame of the whole picture, CPU", again, Unit.MS, 10.0, 10.0,
        f"{OBJECTS:,} synthetic objects, {AT_ONCE} frames made together; {fresh:.1f} ms each "
        "where the picture is new",
    )  # fmt: skip
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = homes(Path(folder))
        sky = population(OBJECTS, epoch_tai_ns=now_tai_ns())
        with opened_store(ours) as store:
            label = label_of(ours.configuration.label)
            ingest(sky, ours, store, author_of(ours), label, now_tai_ns())
        to_node, node_end = context.Pipe()
        to_clients, clients_end = context.Pipe()
        processes = [
            context.Process(target=node_at_work, args=(folder, node_end)),
            context.Process(target=browse, args=(clients_end,)),
        ]
        for one in processes:
            one.start()
        partner = Partner(theirs, sky, threading.Event())
        speaking = threading.Thread(target=partner.run)
        bench = Bench(to_node, to_clients, to_node.recv())
        speaking.start()
        try:
            yield from figures(bench)
        finally:
            partner.stopping.set()
            speaking.join()
            to_clients.send(None)
            to_node.send("measure")
            to_node.send("end")
            for one in processes:
                one.join(30)


def figures(bench: Bench) -> Iterator[Figure]:
    alone, _, _ = bench.run(0, seconds=ALONE_S)
    told, seen, clients_s = bench.run(CLIENTS)
    late = behind_s(told, seen)
    frames = [took for one in seen for took in one.frames_s]
    headers = [took for one in seen for took in one.headers_s]
    cores = told["cpu_s"] / told["wall_s"]
    yield Figure(
        f"a node with {CLIENTS} clients, live, cores", cores, Unit.NONE, 1.0, 0.5,
        f"{SAID / EVERY_S:.0f} element sets/s from a partner; turns alone "
        f"{told['turns_s'] / told['wall_s']:.2f}, {alone['turns_s'] / alone['wall_s']:.2f} where "
        f"nobody looks; the clients {clients_s / told['wall_s']:.2f}; {told['memory_mb']:.0f} MB",
    )  # fmt: skip
    events = sum(one.events for one in seen)
    yield Figure(
        "the same: latest that any client had a record after the turn that brought it",
        max(late), Unit.S, 2.0, 1.0,
        f"median {1e3 * statistics.median(late):.0f} ms; {events:,} events; headers up to "
        f"{1e3 * max(headers):.0f} ms, {sum(one.gone for one in seen)} pictures gone",
    )  # fmt: skip
    yield Figure(
        "the same: frames served", len(frames) / told["wall_s"], Unit.RECORDS_PER_S, math.nan,
        math.nan, f"{sum(one.bytes for one in seen) / 1e6 / told['wall_s']:.1f} MB/s; a frame took"
        f" {1e3 * statistics.median(frames):.1f} ms, at most {1e3 * max(frames):.0f}",
    )  # fmt: skip
    also, those, _ = bench.run(CLIENTS, 4)
    late = behind_s(also, those)
    yield Figure(
        "the same beside four that never read: latest", max(late), Unit.S, 2.0, 1.0,
        f"{also['cpu_s'] / also['wall_s']:.2f} cores, {also['memory_mb']:.0f} MB, "
        f"{also['cut']} streams cut",
    )  # fmt: skip
    count, took_s = bench.resume(0, also["last"])
    yield Figure(
        "records lost by one that comes again after all of them", also["last"] - count,
        Unit.NONE, 0.0, 0.0, f"{count:,} records in {took_s:.1f} s",
    )  # fmt: skip


if __name__ == "__main__":
    for figure in measure():
        print(figure.row, flush=True)
