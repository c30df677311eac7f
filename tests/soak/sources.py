"""What nations say, correct and take back for long, held against full screenings."""

from __future__ import annotations

import argparse
import sys
import time

from tests.scenario.test_screener_sources import nations_talk

TURNS = 40


def main() -> int:
    """Run seeds one after the other until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    began_s, seed, found = time.monotonic(), 0, 0
    while time.monotonic() - began_s < seconds:
        seed += 1
        found += nations_talk(seed, TURNS)
    sys.stdout.write(
        f"sources: {seed} seeds of {TURNS} turns, {found:,} conjunctions as in full runs\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
