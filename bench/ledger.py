"""
What a ledger costs over a bare table, and what it takes to find what stands and to purge.

The bare table has two columns and gets the same bytes in the same batches (SQLite, WAL,
synchronous=FULL); a ledger has an index of random handles and one of what stands besides.
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from bench.feed import PRAGMAS, batches, records
from bench.figure import Figure, Unit
from commonsky.ledger.record import Kind, Record
from commonsky.ledger.sqlite import SqliteStore

RECORDS, ROUNDS = 200_000, 3


def append_s(store: SqliteStore, made: Sequence[Record]) -> float:
    """Return how long a ledger takes to store records durably."""
    began = time.perf_counter()
    for batch in batches(made):
        store.append(batch)
    return time.perf_counter() - began


def bare_s(path: Path, made: Sequence[Record]) -> float:
    """Return how long a table of two columns takes for the same bytes."""
    with closing(sqlite3.connect(path, isolation_level=None)) as table:
        for pragma in PRAGMAS:
            table.execute(f"pragma {pragma}")
        table.execute("create table record(entry blob not null, body blob not null)")
        began = time.perf_counter()
        for batch in batches(made):
            rows = [(one.encoded, one.body.nonce + one.body.content) for one in batch if one.body]
            table.execute("begin immediate")
            table.executemany("insert into record values(?, ?)", rows)
            table.execute("commit")
        return time.perf_counter() - began


def heads_s(store: SqliteStore, count: int) -> float:
    """Return how long it takes to read what stands."""
    began = time.perf_counter()
    assert sum(1 for _ in store.heads(Kind.ELEMENT_SET)) == count
    return time.perf_counter() - began


def purge_s(store: SqliteStore, handle: str) -> float:
    """Return how long it takes until a body is in no file any more."""
    began = time.perf_counter()
    store.purge(handle, at_tai_ns=0)
    return time.perf_counter() - began


def measure() -> Iterator[Figure]:
    """Yield the ratio to the bare table, and seconds, medians over turns."""
    made = records(RECORDS)
    objects = len({one.envelope.subject for one in made})
    stored, bare, heads, purge = [], [], [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            bare.append(bare_s(Path(folder) / "bare.sqlite", made))
            with SqliteStore(Path(folder) / "ledger.sqlite", "test") as store:
                stored.append(append_s(store, made))
                heads.append(heads_s(store, objects))
                purge.append(purge_s(store, made[RECORDS // 2].envelope.handle))
    floor, took = statistics.median(bare), statistics.median(stored)
    told = (
        f"{RECORDS:,} records of 1 kB, {RECORDS / took:,.0f}/s, wall; median of {ROUNDS}, "
        f"{min(stored):.1f} to {max(stored):.1f} s; the table took {floor:.1f} s"
    )
    yield Figure(
        "records stored in a ledger, against a bare table", took / floor, Unit.TIMES_OF,
        3.0, 2.0, told,
    )  # fmt: skip
    told = f"{objects:,} of {RECORDS:,} records, read with their bodies; median of {ROUNDS}"
    yield Figure("what stands, found and read", statistics.median(heads), Unit.S, 2.0, 0.5, told)
    told = f"among {RECORDS:,} records, the file written anew; median of {ROUNDS}"
    yield Figure("one body purged", statistics.median(purge), Unit.S, 30.0, 10.0, told)


if __name__ == "__main__":
    for figure in measure():
        print(figure.row)
