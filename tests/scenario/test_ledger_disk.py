"""A ledger on a disk that is full, or kept only a part; and several processes at one ledger."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from commonsky.ledger.record import Kind
from commonsky.ledger.sqlite import SqliteStore
from tests.feed_case import REALM, outgoing, record

ROOT = Path(__file__).parents[2]
# Fills a disk until it is told so, makes space by `relieve`, and goes on.
FILLING = """
import resource, sys
from pathlib import Path
from commonsky.errors import LedgerError
from commonsky.ledger.sqlite import SqliteStore
from tests.feed_case import REALM, outgoing, record

folder = Path(sys.argv[1])
{fill}
store = SqliteStore(folder / "ledger.sqlite", REALM)
store.open_outgoing("GBR", "commonsky/11")
number, refusals = 0, 0

def step(count):
    global number
    made = [record(number + k, content=b"x" * 900) for k in range(count)]
    with store.transaction():
        store.append(made)
        store.send("GBR", [outgoing(one) for one in made])
    number += count

while refusals < 3:
    try:
        step(50 if refusals == 0 else 2000)  # large ones overflow the cache before they commit
    except LedgerError as error:
        refusals += 1
        assert store.last() == number == store.outgoing_log("GBR").size
        print(error)
assert number
{relieve}
for _ in range(5):
    step(50)
print(number)
"""
LIMIT = "resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, resource.RLIM_INFINITY))"
NO_LIMIT = "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)"
STUFFING = '(folder / "stuffing").write_bytes(bytes(4_000_000))'
NO_STUFFING = '(folder / "stuffing").unlink()'
IN_MEMORY = 'mount -t tmpfs -o size=8m none "$1" && "$2" -c "$3" "$1" && cp "$1"/* "$4"'


def records(folder: Path) -> list[int]:
    """Numbers of the records that are held, each compared with what was told."""
    with SqliteStore(folder / "ledger.sqlite", REALM) as store:
        assert store.problem() == ""
        held = [one.record for one in store.since()]
        assert held == [record(k, content=b"x" * 900) for k in range(len(held))]
        assert [one.entry for one in store.outgoing("GBR")] == [one.encoded for one in held]
        return [*range(len(held))]


def told(done: subprocess.CompletedProcess[str]) -> tuple[list[str], int]:
    assert done.returncode == 0, done.stderr
    *refusals, number = done.stdout.splitlines()
    return refusals, int(number)


def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    code = FILLING.format(fill=LIMIT, relieve=NO_LIMIT)
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=120,
    )  # fmt: skip
    refusals, number = told(done)
    assert all("cannot be used: " in one for one in refusals)
    assert len(records(tmp_path)) == number


def test_a_full_disk(tmp_path: Path) -> None:
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    kept.mkdir()
    code = FILLING.format(fill=STUFFING, relieve=NO_STUFFING)
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("no disk of its own can be had without unshare")
    own = [unshare, "--user", "--map-root-user", "--mount", "sh", "-c"]
    mount = subprocess.run(  # noqa: S603 - a disk of our own
        [*own, 'mount -t tmpfs none "$1"', "sh", str(disk)], capture_output=True, check=False
    )
    if mount.returncode:
        pytest.skip("no disk of its own can be had here")
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [*own, IN_MEMORY, "sh", str(disk), sys.executable, code, str(kept)],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=120,
    )  # fmt: skip
    refusals, number = told(done)
    assert all(
        "is full; nothing that was stored is lost, free some space" in one for one in refusals
    )
    assert len(records(kept)) == number


def torn(source: Path, to: Path, cut: int, flip: int = -1) -> list[int]:
    """What is held where the log of writes was kept to a length, or a byte of it changed."""
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir()
    shutil.copy(source / "ledger.sqlite", to)
    log = bytearray((source / "ledger.sqlite-wal").read_bytes()[:cut])
    if flip >= 0:
        log[flip] ^= 0x40
    (to / "ledger.sqlite-wal").write_bytes(log)
    return records(to)


def written(folder: Path) -> tuple[SqliteStore, list[int]]:
    """A ledger whose batches are all in the log of writes yet, and what was held after each."""
    store = SqliteStore(folder / "ledger.sqlite", REALM)
    store._connection.writer.execute("pragma wal_autocheckpoint=0")  # noqa: SLF001
    store.open_outgoing("GBR", "commonsky/11")
    store._connection.writer.execute("pragma wal_checkpoint(truncate)")  # noqa: SLF001
    counts = [0]
    for size in (1, 30, 2, 90, 1, 1, 60, 5):
        made = [record(counts[-1] + k, content=b"x" * 900) for k in range(size)]
        with store.transaction():
            store.append(made)
            store.send("GBR", [outgoing(one) for one in made])
        counts.append(counts[-1] + size)
    return store, counts


def test_a_torn_log_of_writes_opens_at_the_last_whole_commit(tmp_path: Path) -> None:
    source, copy = tmp_path / "source", tmp_path / "copy"
    source.mkdir()
    store, counts = written(source)
    size = (source / "ledger.sqlite-wal").stat().st_size
    draw = random.Random(2)  # noqa: S311 - the same in every run
    cuts = [0, 31, 32, *sorted(draw.sample(range(size), 25)), size - 1, size]
    found = [len(torn(source, copy, cut)) for cut in cuts]
    assert {*found} <= {*counts}
    assert found == sorted(found)
    assert (found[0], found[-2], found[-1]) == (0, counts[-2], counts[-1])
    for flip in draw.sample(range(size), 15):
        assert len(torn(source, copy, size, flip)) in counts[:-1]
    store.close()


WRITING = """
import sys
from pathlib import Path
from commonsky.ledger.sqlite import SqliteStore
from tests.feed_case import REALM, outgoing, record

store = SqliteStore(Path(sys.argv[1]), REALM)
first = int(sys.argv[2])
sys.stdin.readline()
for k in range(first, first + 120):
    with store.transaction():
        (sequence,) = store.append([record(k)])
        store.send("GBR", [outgoing(record(k))])
    print(sequence, k)
"""


def test_two_processes_write_one_ledger_in_turns(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with SqliteStore(path, REALM) as store:
        store.open_outgoing("GBR", "commonsky/11")
    several = [
        subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-c", textwrap.dedent(WRITING), str(path), str(200 * k)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )
        for k in range(3)
    ]  # fmt: skip
    for one in several:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    lines = [line for one in several for line in one.communicate(timeout=120)[0].splitlines()]
    by_sequence = {int(sequence): int(k) for sequence, k in map(str.split, lines)}
    assert sorted(by_sequence) == list(range(1, 361))
    with SqliteStore(path, REALM) as store:
        held = [one.record for one in store.since()]
        assert held == [record(by_sequence[k]) for k in range(1, 361)]
        assert [one.entry for one in store.outgoing("GBR")] == [one.encoded for one in held]
        assert len([*store.heads(Kind.ELEMENT_SET)]) == 360
