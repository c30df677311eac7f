"""Planted encounters, seen by another SGP4: PyPI `sgp4`, called by minutes since epoch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import brentq
from sgp4.api import WGS72, Satrec

from commonsky.astro.arrays import Floats
from commonsky.catalogue.catalogue import SYNTHETIC_FIRST, SYNTHETIC_LAST, Catalogue
from commonsky.catalogue.merge import NS_PER_DAY, merge
from commonsky.catalogue.planted import PLANS, Planted, plant
from commonsky.catalogue.population import population
from tests.catalogue_case import START_NS, catalogue_of

TCA_TOLERANCE_S = 1e-3
MISS_TOLERANCE_KM = 1e-3
DAYS_1949_TO_1970 = 7306.0
DIFFERENCE_S = 5.0


def satellite(sky: Catalogue, number: int) -> tuple[Satrec, int]:
    row = int(np.flatnonzero(sky.catalogue_number == number)[0])
    e, one = sky.elements, Satrec()
    epoch = int(e.epoch_tai_ns[row])
    # Its deep-space terms need the date: UTC, 37 s behind TAI.
    days = (epoch - 37_000_000_000) / NS_PER_DAY + DAYS_1949_TO_1970
    one.sgp4init(
        WGS72, "i", 1, days, e.bstar_per_earth_radius[row], 0.0, 0.0, e.eccentricity[row],
        e.argument_of_perigee_rad[row], e.inclination_rad[row], e.mean_anomaly_rad[row],
        e.mean_motion_rad_min[row], e.raan_rad[row],
    )  # fmt: skip
    return one, epoch


def relative(sky: Catalogue, planted: Planted, k: int) -> Callable[[float], Floats]:
    """Object 2 seen from object 1, as a function of seconds since the planned TCA."""
    one, epoch1 = satellite(sky, int(planted.object1[k]))
    two, epoch2 = satellite(sky, int(planted.object2[k]))
    tca = int(planted.tca_tai_ns[k])

    def at(seconds: float) -> Floats:
        states = [
            satellite.sgp4_tsince((tca - epoch) / 60e9 + seconds / 60.0)
            for satellite, epoch in ((one, epoch1), (two, epoch2))
        ]
        assert [status for status, _, _ in states] == [0, 0]
        return np.subtract(states[1][1], states[0][1])

    return at


def approach_rate(apart: Callable[[float], Floats], seconds: float) -> float:
    """Half the derivative of the squared distance, from positions only."""
    ahead, behind = apart(seconds + DIFFERENCE_S), apart(seconds - DIFFERENCE_S)
    further, earlier = apart(seconds + 2 * DIFFERENCE_S), apart(seconds - 2 * DIFFERENCE_S)
    velocity = (8.0 * (ahead - behind) - (further - earlier)) / (12.0 * DIFFERENCE_S)
    return float(apart(seconds) @ velocity)


@pytest.fixture(scope="module", params=[(30_000, 7), (30_000, 8), (2_000, 9)])
def planted_sky(request: pytest.FixtureRequest) -> tuple[Catalogue, Planted, int]:
    sky = population(*request.param)
    start = int(sky.elements.epoch_tai_ns.max())
    return (*plant(sky, start, request.param[1]), start)


@pytest.mark.parametrize("k", range(len(PLANS)))
def test_encounter_is_where_it_was_planned(
    planted_sky: tuple[Catalogue, Planted, int], k: int
) -> None:
    sky, planted, _ = planted_sky
    apart = relative(sky, planted, k)
    tca_s = brentq(lambda s: approach_rate(apart, s), -2.0, 2.0, xtol=1e-9)
    assert abs(tca_s) < TCA_TOLERANCE_S
    miss_km = float(np.linalg.norm(apart(tca_s)))
    assert abs(miss_km - planted.miss_km[k]) < MISS_TOLERANCE_KM
    # A minimum, not a maximum.
    assert np.linalg.norm(apart(5.0)) > miss_km < np.linalg.norm(apart(-5.0))


def test_encounters_cover_the_week_and_all_geometries(
    planted_sky: tuple[Catalogue, Planted, int],
) -> None:
    sky, planted, start = planted_sky
    assert len(planted) == 12
    days = (planted.tca_tai_ns - start) / NS_PER_DAY
    assert (np.diff(days) > 0).all()
    assert days[0] > 0.05
    assert days[-1] < 6.95
    assert (days < 0.95).sum() == 5
    assert (planted.miss_km < 0.05).sum() >= 4
    assert planted.miss_km.max() < 5.0
    speeds = []
    for k in range(len(planted)):
        apart = relative(sky, planted, k)
        speeds.append(float(np.linalg.norm(apart(0.5) - apart(-0.5))))
    assert min(speeds) < 0.1 < max(speeds)
    assert max(speeds) > 14.0


def test_newcomers_are_ordinary_objects(planted_sky: tuple[Catalogue, Planted, int]) -> None:
    sky, planted, start = planted_sky
    assert (planted.object1 < planted.object2).all()
    assert ((planted.object2 >= SYNTHETIC_FIRST) & (planted.object2 <= SYNTHETIC_LAST)).all()
    assert len(set(sky.catalogue_number.tolist())) == len(sky)
    rows = np.flatnonzero(np.isin(sky.catalogue_number, planted.object2))
    assert len(rows) == 12
    assert sky.elements.perigee_height_km[rows].min() > 300.0
    assert (sky.elements.epoch_tai_ns[rows] < start).all()
    assert len(merge(sky).catalogue) == len(sky)
    assert sky.provenance.read_count == len(sky)


def test_same_seed_same_encounters() -> None:
    sky = population(2_000)
    one, two = plant(sky, START_NS, 3), plant(sky, START_NS, 3)
    assert one[1].object1.tolist() == two[1].object1.tolist()
    last = [out[0].elements.mean_anomaly_rad[-12:].tobytes() for out in (one, two)]
    assert last[0] == last[1]
    assert plant(sky, START_NS, 4)[1].object1.tolist() != one[1].object1.tolist()


def test_one_object_meets_all_twelve() -> None:
    lonely = catalogue_of({"number": SYNTHETIC_FIRST, "mean_motion": 0.06})
    sky, planted = plant(lonely, START_NS)
    assert len(sky) == 13
    assert (planted.object1 == SYNTHETIC_FIRST).all()


def test_nobody_to_meet() -> None:
    with pytest.raises(ValueError, match="empty"):
        plant(catalogue_of({}).take(np.array([], np.int64)), START_NS)
