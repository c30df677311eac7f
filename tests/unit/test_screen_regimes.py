"""Encounters planted on both sides of the limit, in every kind of orbit and at any point of it."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from commonsky.astro.elements import MeanElements
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.screen.screener import screen
from commonsky.screen.volume import Volume
from tests.screening_case import MINUTE_NS, START_NS, elements_of, joined
from tests.unit.test_screen_events import beside

LIMIT_KM = 5.0
MISSES_KM = (4.999, 5.001)
TURNS_RAD = (0.1, 0.5, 1.5, 2.5)
EACH = 6
# SGP4's velocity is off the derivative of its position by less than this, and so is a minimum by
# the range rate off the time at which positions were planted; it stays 5 km away all the same.
VELOCITY_KM_S = 3e-3
DAY = 2.0 * np.pi / 1440.0
REGIMES: dict[str, dict[str, float]] = {
    "low": {"mean_motion": 15.9 * DAY, "eccentricity": 5e-4, "bstar": 1e-4},
    "sun-synchronous": {"mean_motion": 14.3 * DAY, "inclination": 1.72, "bstar": 1e-5},
    "retrograde": {"mean_motion": 13.0 * DAY, "inclination": 2.9, "bstar": 1e-5},
    "navigation": {"mean_motion": 2.0056 * DAY, "eccentricity": 0.01, "bstar": 0.0},
    "belt": {"mean_motion": 1.0027 * DAY, "inclination": 0.05, "bstar": 0.0},
    "transfer": {"mean_motion": 2.27 * DAY, "eccentricity": 0.73, "inclination": 0.12},
    "molniya": {"mean_motion": 2.006 * DAY, "eccentricity": 0.7, "inclination": 1.1064},
    "far": {"mean_motion": 0.3 * DAY, "eccentricity": 0.5, "bstar": 0.0},
}


def planted(row: dict[str, float]) -> tuple[MeanElements, list[tuple[int, int, int, float]]]:
    """Targets of one kind and who meets them: rows, time, distance."""
    rng = np.random.default_rng(21)
    parts: list[MeanElements] = []
    expected: list[tuple[int, int, int, float]] = []
    for turn in TURNS_RAD:
        for _ in range(EACH):
            angles = {key: rng.uniform(0.0, 2.0 * np.pi) for key in ("raan", "perigee", "anomaly")}
            target = elements_of({**row, **angles})
            at = START_NS + round(rng.uniform(1.0, 1439.0) * MINUTE_NS)
            around = rng.uniform(0.0, 2.0 * np.pi)
            parts.append(target)
            first = 3 * len(expected) // 2
            for k, miss in enumerate(MISSES_KM):
                parts.append(beside(target, at, miss, turn, around, stretch=1.001))
                expected.append((first, first + 1 + k, at, miss))
    return joined(*parts), expected


@pytest.mark.parametrize("regime", REGIMES)
def test_planted_on_both_sides_of_the_limit_in_all_orbits(regime: str) -> None:
    elements, expected = planted(REGIMES[regime])
    for step_s in (60.0, 300.0, 360.0):
        found = screen(
            elements, np.arange(len(elements)), START_NS, START_NS + NS_PER_DAY,
            Volume.sphere(LIMIT_KM), step_s=step_s,
        ).encounters  # fmt: skip
        times: dict[tuple[int, int], list[tuple[int, float, float]]] = defaultdict(list)
        for one, other, tca, miss, speed in zip(
            found.row1.tolist(), found.row2.tolist(), found.tca_tai_ns.tolist(),
            found.miss_km.tolist(), found.relative_speed_km_s.tolist(), strict=True,
        ):  # fmt: skip
            times[one, other].append((tca, miss, speed))
        for first, second, at, miss in expected:
            here = [one for one in times[first, second] if abs(one[0] - at) < 10**9]
            assert len(here) == (miss < LIMIT_KM), (first, second, at, miss, here)
            for tca, distance, speed in here:
                assert abs(tca - at) * 1e-9 < 1e-3 + LIMIT_KM * VELOCITY_KM_S / speed**2
                assert abs(distance - miss) < 1e-3
