"""Probabilities of collision for long: of simulated encounters as many collide as was issued."""

from __future__ import annotations

import argparse
import sys

from tests.calibration_case import issued, ratio

BINS = ((1e-6, 1e-5), (1e-5, 1e-4), (5e-5, 2e-4), (1e-4, 1e-3), (1e-3, 1e-2), (1e-2, 1.0))
SIGMAS = 4.0


def main() -> None:
    """Issue encounters, and tell how many of those at each probability come true."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encounters", type=int, default=100_000)
    asked = parser.parse_args().encounters
    hits, told = issued(asked, 11, colliding=True), issued(asked, 12, colliding=False)
    wrong = 0
    for low, high in BINS:
        found, error = ratio(hits, told, low, high)
        wrong += abs(found - 1.0) > SIGMAS * error
        sys.stdout.write(
            f"calibration: issued at {low:g} to {high:g}, {found:.3f} ± {error:.3f} times as many "
            "collide\n"
        )
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
