"""
A ledger for a long time: `python -m tests.soak.ledger [--kills 400] [--purges 300]`.

Its writer is killed at random moments, its log of writes is torn anywhere, and of many records the
bodies are purged; each time all that is held is compared with all that was told.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

from commonsky.ledger.sqlite import SqliteStore
from tests.scenario.test_ledger_disk import torn, written
from tests.scenario.test_ledger_kills import killed, whole
from tests.unit.test_ledger_purge import Spilled

# More in one ledger, and what is compared after each kill grows without end.
KILLS_OF_ONE = 100


def kill(kills: int, seed: int) -> int:
    """Kill so many writers of several ledgers; return how many steps they took."""
    steps = 0
    for first in range(0, kills, KILLS_OF_ONE):
        with tempfile.TemporaryDirectory() as folder:
            expected = killed(Path(folder), min(KILLS_OF_ONE, kills - first), seed + first)
            whole(Path(folder), expected)
            steps += expected.steps
    return steps


def tear(cuts: int, seed: int) -> int:
    """Tear, and flip a bit of, a log of writes so often; return how often part of it was left."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    with tempfile.TemporaryDirectory() as folder:
        source, copy = Path(folder) / "source", Path(folder) / "copy"
        source.mkdir()
        store, counts = written(source)
        size = (source / "ledger.sqlite-wal").stat().st_size
        found = [len(torn(source, copy, draw.randrange(size))) for _ in range(cuts)]
        found += [len(torn(source, copy, size, draw.randrange(size))) for _ in range(cuts)]
        store.close()
    assert {*found} <= {*counts}
    return sum(0 < one < counts[-1] for one in found)


def purge(purges: int, seed: int) -> None:
    """Purge every second record of several ledgers, and look for all of them each time."""
    left = purges
    while left > 0:
        with tempfile.TemporaryDirectory() as folder:
            spilled = Spilled(Path(folder), 400, seed + left)
            gone = random.Random(seed + left).sample(spilled.records, 200)[:left]  # noqa: S311
            for one in gone:
                spilled.store.purge(one.envelope.handle, at_tai_ns=0)
            assert not any(map(spilled.is_written, gone))
            check(spilled.store, spilled, {one.envelope.handle for one in gone})
            left -= len(gone)
            spilled.store.close()


def check(store: SqliteStore, spilled: Spilled, gone: set[str]) -> None:
    """Compare what is held with what was stored and not purged."""
    for held, one in zip(store.since(), spilled.records, strict=True):
        assert held.record.encoded == one.encoded
        assert held.record.body == (None if one.envelope.handle in gone else one.body)
    assert store.problem() == ""


def main() -> int:
    """Do each so often; an assertion ends it."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.ledger")
    parser.add_argument("--kills", type=int, default=400)
    parser.add_argument("--cuts", type=int, default=400)
    parser.add_argument("--purges", type=int, default=300)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    given = parser.parse_args()
    sys.stdout.write(f"ledger: seed {given.seed}\n")
    steps = kill(given.kills, given.seed)
    sys.stdout.write(f"ledger: {given.kills} kills in {steps} steps, 0 lost, 0 twice\n")
    left = tear(given.cuts, given.seed)
    sys.stdout.write(f"ledger: torn {2 * given.cuts} times, {left} with a part left, all whole\n")
    purge(given.purges, given.seed)
    sys.stdout.write(f"ledger: {given.purges} bodies purged, in no file any more\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
