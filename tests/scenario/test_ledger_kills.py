"""A ledger whose writer is killed at any moment holds what was acknowledged, once."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commonsky.ledger.sqlite import SqliteStore
from tests.ledger_process import ACKNOWLEDGED, LEDGER, Expected, opened, product

KILLS = 25


@contextmanager
def nursery(folder: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "tests.ledger_process", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def killed(folder: Path, kills: int, seed: int) -> Expected:
    """Kill so many writers, look at the ledger after each, and return what it holds at the end."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    expected = Expected()
    with nursery(folder) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(kills):
            process.stdin.write(f"{draw.choice((5, 20, 100)) + draw.randrange(20)}\n")
            process.stdin.flush()
            assert process.stdout.readline() == "-9\n", "the writer ended by itself"
            with opened(folder) as store:
                look(folder, store, expected)
    return expected


def look(folder: Path, store: SqliteStore, expected: Expected) -> None:
    """Compare what is held with what was acknowledged."""
    file = folder / ACKNOWLEDGED
    told = [0, *map(int, file.read_bytes().splitlines() if file.exists() else ())]
    steps = store.cursor("steps")
    # One may be durable of which nobody was told any more.
    assert max(told[-1], expected.steps) <= steps <= max(told[-1], expected.steps) + 1
    while expected.steps < steps:
        expected.step()
    log, state = store.outgoing_log("GBR"), store.incoming_log("AUS")
    assert log is not None
    assert store.last() == len(expected.records)
    assert (log.size, log.checkpoint_size) == (len(expected.told), expected.signed)
    assert (state.size if state else 0) == expected.received
    assert store.problem() == ""


def whole(folder: Path, expected: Expected) -> None:
    """Compare every byte that is held with what the steps stored, and find nothing purged."""
    with opened(folder) as store:
        if expected.is_purge_next:
            expected.step()(store)  # a purge is two transactions, and may be done by half
        assert [
            (one.peer, one.record.encoded, one.record.body) for one in store.since()
        ] == [
            (peer, one.encoded, None if one.envelope.handle in expected.purged else one.body)
            for peer, one in expected.records
        ]  # fmt: skip
        bodies = {one.envelope.handle: one.body for _, one in expected.records}
        assert [(one.entry, one.body) for one in store.outgoing("GBR")] == [
            (one.entry, None)
            if one.handle in expected.purged
            else (one.entry, one.body or bodies[one.handle])
            for one in expected.told
        ]
        assert len(list(store.quarantined("AUS"))) == expected.received - sum(
            peer == "AUS" for peer, _ in expected.records
        )
        (found,) = store._connection.row("pragma integrity_check") or ()  # noqa: SLF001
        assert found == "ok"
    written = b"".join(path.read_bytes() for path in folder.glob(f"{LEDGER}*"))
    records = {one.envelope.handle: one for _, one in expected.records}
    for handle in expected.purged:
        body = records[handle].body
        assert body is not None
        for gone in (body, product(records[handle])):
            assert gone.nonce[16:] not in written
            assert gone.content not in written


def test_nothing_acknowledged_is_lost_or_stored_twice(tmp_path: Path) -> None:
    expected = killed(tmp_path, KILLS, seed=3)
    whole(tmp_path, expected)
    assert expected.steps > KILLS
    assert expected.purged
