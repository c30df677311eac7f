"""Release policy for long: a million random decisions, against the oracle."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.policy_case import Tally, compared

FIRST_SEED = 1_000  # the quick tests have those below
IN_ONE_WORLD = 500


def main() -> None:
    """Compare until enough decisions are, or two differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=1_000_000)
    asked = parser.parse_args().decisions
    tally = Tally()
    seed = FIRST_SEED
    with tempfile.TemporaryDirectory() as folder:
        while tally.decisions < asked and not tally.different:
            compared(Path(folder) / str(seed), seed, IN_ONE_WORLD, tally)
            seed += 1
    outcomes = ", ".join(f"{count:,} {one}" for one, count in tally.outcomes.most_common())
    sys.stdout.write(
        f"policy: {tally.decisions:,} decisions in {seed - FIRST_SEED:,} worlds, "
        f"over-released {tally.over_released}, different {len(tally.different)}; {outcomes}\n"
    )
    for one in tally.different:
        sys.stdout.write(f"{one}\n")
    sys.exit(bool(tally.different) or tally.over_released > 0)


if __name__ == "__main__":
    main()
