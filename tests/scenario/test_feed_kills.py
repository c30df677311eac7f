"""Both ends of a feed, killed at random moments: nothing is lost, nothing is there twice."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from commonsky.ledger.sqlite import SqliteStore
from commonsky.share.log import checkpoint
from commonsky.share.verification import verify
from tests.feed_case import REALM, Issuer, held, record

ROOT = Path(__file__).parents[2]


def start(end: str, folder: Path, total: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.feed_process", end, str(folder), str(total)]
    with (folder / f"{end}.err").open("wb") as told:
        return subprocess.Popen(command, cwd=ROOT, stderr=told)  # noqa: S603 - ourselves


def killed(folder: Path, total: int, kills: int, seed: int) -> int:
    """Run both ends to their end, killing each now and then; return how many were killed."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    issuer = Issuer.at(folder / "AUS")
    issuer.origin()
    issuer.store.close()
    ends = {end: start(end, folder, total) for end in ("issue", "read")}
    count = 0
    while ends:
        time.sleep(0.35 + chance.random() * 0.5)
        for end, process in list(ends.items()):
            if process.poll() is not None:
                assert process.returncode == 0, (folder / f"{end}.err").read_text()
                del ends[end]
            elif count < kills and chance.random() < 0.7:
                process.kill()
                process.wait()
                count += 1
                ends[end] = start(end, folder, total)
    return count


def whole(folder: Path, total: int) -> None:
    """Everything that was told is held once, in order, and both roots are the signed one."""
    issuer = Issuer.at(folder / "AUS")
    key = checkpoint.OneKey(issuer.key.public_key)
    report = verify(issuer.feed(), issuer.origin(), key)
    assert (report.size, report.entries, report.bodies, report.problems) == (
        total,
        total,
        total,
        [],
    )
    with SqliteStore(folder / "gbr.sqlite", REALM) as store:
        for number, one in enumerate(held(store)):
            assert one == record(number)
        assert number == total - 1
        log = store.incoming_log("AUS")
        ours = issuer.store.outgoing_log("GBR")
        assert log is not None
        assert ours is not None
        assert (log.size, log.frontier) == (ours.size, ours.frontier)
        assert list(store.quarantined()) == []


def test_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    assert killed(tmp_path, 6000, 8, seed=1) >= 2
    whole(tmp_path, 6000)
