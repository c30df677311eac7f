"""The start of a node that holds a million records."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure, Unit
from bench.process import in_process
from commonsky.ledger.record import Kind
from commonsky.node.assembly import (
    Options,
    assembled,
    author_of,
    initialised,
    opened_store,
)
from commonsky.node.clock import RealClock, now_tai_ns
from commonsky.node.entropy import system
from commonsky.node.home import Home, opened
from commonsky.node.statements import label_of
from commonsky.share.log.directory import DirectoryTransport

RECORDS, OBJECTS, AT_ONCE = 1_000_000, 28_000, 8192
SPEC = "ccsds/omm@502.0-B-3"
OMM = (
    '{"OBJECT_NAME":"OBJECT %d","OBJECT_ID":"2020-001A","EPOCH":"2026-11-%02dT%02d:00:00",'
    '"MEAN_MOTION":15.2,"ECCENTRICITY":0.001,"INCLINATION":53.0,"RA_OF_ASC_NODE":10.0,'
    '"ARG_OF_PERICENTER":20.0,"MEAN_ANOMALY":30.0,"NORAD_CAT_ID":%d,"BSTAR":0.0001}'
)


def fill(home: Home) -> None:
    """State a million element sets of 28,000 objects."""
    author, label = author_of(home, system), label_of(home.configuration.label)
    begun = now_tai_ns()
    with opened_store(home) as store:
        for start in range(0, RECORDS, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, RECORDS))
            store.append(
                [
                    author.stated(
                        Kind.ELEMENT_SET,
                        SPEC,
                        (OMM % (n % OBJECTS, n // OBJECTS % 25 + 1, n // OBJECTS % 24,
                                n % OBJECTS + 1)).encode(),
                        label,
                        begun + n,
                        subject=(n % OBJECTS + 1,),
                    )
                    for n in numbers
                ]
            )  # fmt: skip
        store.move_cursor("cycle", store.last())


def start(folder: str) -> dict[str, float]:
    """Seconds from nothing but an interpreter to a node that can turn."""
    began = time.perf_counter()
    home = opened(Path(folder))
    node = assembled(
        home, RealClock(), lambda _: DirectoryTransport(home.outbox), Options(screens=False)
    )
    took = time.perf_counter() - began
    objects = len(node.picture)
    node.close()
    return {"seconds": took, "objects": objects}


def measure() -> Iterator[Figure]:
    """Yield how long a node that holds much needs to start."""
    with tempfile.TemporaryDirectory() as folder:
        home = initialised(Path(folder) / "aus", "AUS", "ops", RealClock())
        fill(home)
        found = in_process("bench.holding", "start", folder=str(home.folder)).result
    told = (
        f"{RECORDS:,} records, a picture of {found['objects']:,.0f} objects, imports not counted"
    )
    yield Figure("start of a node holding 1 M records", found["seconds"], Unit.S, 5.0, 1.0, told)


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
