"""
The feed for a long time: `python -m tests.soak.feed [--records 100000] [--kills 60]`.

Both ends are killed at random moments while so many records go from one to the other; then all
that is held is compared with all that was told, and both trees with what was signed.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.scenario.test_feed_kills import killed, whole


def main() -> int:
    """Kill and compare; an assertion ends it."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.feed")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    given = parser.parse_args()
    sys.stdout.write(f"feed: {given.records:,} records, seed {given.seed}\n")
    with tempfile.TemporaryDirectory() as folder:
        kills = killed(Path(folder), given.records, given.kills, given.seed)
        whole(Path(folder), given.records)
    sys.stdout.write(f"feed: {kills} kills, 0 lost, 0 twice, both roots are the signed one\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
