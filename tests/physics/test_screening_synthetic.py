"""
Screening against brute force where there is no real catalogue: an invented sky, and its edges.

The oracle is that of `test_screening_brute_force`: samples, then roots of the range rate of the
`sgp4` package's states.  Here it also meets what real subsets have few of: orbits that decay while
they are screened, dive to the atmosphere, or lie far out, and much larger volumes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from commonsky.astro.elements import MU_WGS72_KM3_S2 as MU
from commonsky.astro.elements import MeanElements
from commonsky.catalogue.population import REFERENCE_TAI_NS, population
from commonsky.screen.screener import screen
from commonsky.screen.volume import Volume
from tests.physics import test_screening_brute_force as brute_force
from tests.physics.test_screening_brute_force import (
    MISS_TOLERANCE_KM,
    SLOW_KM_S,
    TCA_TOLERANCE_S,
    Subset,
    chosen,
    compared,
    minima_by_force,
)
from tests.screening_case import HOUR_NS, START_NS, elements_of


class Sky(NamedTuple):
    """A kind of orbit, how much of it, and how near is near."""

    kind: str
    subset: Subset
    distance_km: float = 50.0


SKIES = (
    Sky("leo", Subset(600, 6.0, 4, 650)),
    Sky("geo", Subset(800, 24.0, 60, 60)),
    Sky("eccentric", Subset(900, 24.0, 20, 40)),
    Sky("mixed", Subset(700, 6.0, 6, 450)),
    Sky("falling", Subset(300, 12.0, 6, 1000)),
    Sky("diving", Subset(900, 12.0, 20, 100)),
    Sky("far", Subset(120, 96.0, 300, 20), 2000.0),
    Sky("leo", Subset(110, 4.0, 6, 900), 500.0),
)


def orbits(kind: str, count: int) -> MeanElements:
    """So many orbits of a kind that a population does not have, about `START_NS`."""
    rng = np.random.default_rng(17)
    perigee_km, e, bstar = {
        "falling": (
            rng.uniform(6500.0, 6640.0, count),
            rng.uniform(0.0, 0.004, count),
            10.0 ** rng.uniform(-5.0, -1.4, count),
        ),
        "diving": (
            rng.uniform(6500.0, 6700.0, count),
            rng.uniform(0.1, 0.75, count),
            rng.choice([0.0, 1e-3, 0.03, -0.03], count),
        ),
        "far": (
            rng.uniform(50_000.0, 60_000.0, count), rng.uniform(0.0, 0.8, count), np.zeros(count),
        ),
    }[kind]  # fmt: skip
    motion = 60.0 * np.sqrt(MU / (perigee_km / (1.0 - e)) ** 3)
    angles = rng.uniform(0.0, 2.0 * np.pi, (3, count))
    return elements_of(
        *(
            {
                "mean_motion": motion[k], "eccentricity": e[k], "bstar": bstar[k],
                "inclination": rng.uniform(0.0, np.pi) if kind != "far" else rng.uniform(0.0, 0.1),
                "raan": angles[0, k], "perigee": angles[1, k], "anomaly": angles[2, k],
                "day": -rng.uniform(0.0, 0.3),
            }
            for k in range(count)
        )
    )  # fmt: skip


def sky(kind: str, count: int) -> tuple[MeanElements, int]:
    """Element sets of a kind, and when to begin."""
    if kind in ("falling", "diving", "far"):
        return orbits(kind, count), START_NS
    whole = population(30_000, 3).elements
    return whole.take(chosen(kind, whole, count)), REFERENCE_TAI_NS


@pytest.mark.parametrize("sky_", SKIES, ids=lambda s: f"{s.kind}-{s.distance_km:.0f}km")
def test_brute_force_without_a_catalogue(sky_: Sky, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, subset, distance_km = sky_
    monkeypatch.setattr(brute_force, "DISTANCE_KM", distance_km)
    elements, start = sky(kind, subset.objects)
    stop = start + round(subset.hours * HOUR_NS)
    numbers = np.arange(len(elements))
    found = screen(elements, numbers, start, stop, Volume.sphere(distance_km))
    forced = minima_by_force(elements, start, subset)
    period_s = 120.0 * np.pi / elements.mean_motion_rad_min
    count, time, distance = compared(forced, found.encounters, start, period_s)
    slow = sum(one.speed_km_s < SLOW_KM_S for several in forced.values() for one in several)
    lost = int((found.unusable_knots > 0).sum())
    print(  # noqa: T201 - the figures, where pytest is asked to show them
        f"{kind} {distance_km:.0f} km: {count} fast events, {slow} slow minima, {lost} without "
        f"a state at times, {time:.1e} s, {1e3 * distance:.1e} m"
    )
    assert time < TCA_TOLERANCE_S
    assert distance < MISS_TOLERANCE_KM
    assert count + slow >= subset.least
    if kind == "falling":
        assert lost > 20
