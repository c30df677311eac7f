"""SGP4: every status, bad elements, and empty tables."""

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.sgp4 import Mode, Status, propagate, propagator
from commonsky.astro.sgp4_kernels import row_state, row_states
from commonsky.astro.sgp4_layout import STATUS
from tests.screening_case import MINUTE_NS, START_NS, elements_of, reference_states
from tests.sgp4_case import FROZEN, frozen_states

ANY = {"mean_motion": 0.0625}
BARE = (1, 2, 3, 4, 7, 8)  # statuses without a state
# Orbits that show each status, and on which day.
SHOWN: dict[Status, tuple[dict[str, float], float]] = {
    Status.GOOD: (ANY, 0.0),
    Status.ECCENTRICITY: ({"mean_motion": 0.0725, "bstar": 0.01, "eccentricity": 0.01}, 7.0),
    Status.MEAN_MOTION: ({"mean_motion": 0.0}, 0.0),
    Status.PERTURBED_ECCENTRICITY: (
        {
            "mean_motion": 1.43e-5, "eccentricity": 0.3, "inclination": 1.834, "raan": 2.915,
            "perigee": 5.247, "bstar": 0.0,
        }, 3.0,
    ),
    Status.SEMI_LATUS_RECTUM: ({"mean_motion": 0.0725, "bstar": 5.0}, 2.0),
    Status.DECAYED: ({"mean_motion": 0.0725, "eccentricity": 0.1}, 0.0),
    Status.UNDEFINED: ({"raan": math.nan}, 0.0),
}  # fmt: skip


@pytest.mark.parametrize("status", [one for one in SHOWN if one is not Status.SEMI_LATUS_RECTUM])
def test_each_status(status: Status) -> None:
    row, day = SHOWN[status]
    found = set()
    for anomaly in np.linspace(0.0, 6.0, 25):
        some = elements_of({**row, "anomaly": float(anomaly)})
        states = propagate(some, np.array([START_NS + round(day * NS_PER_DAY)]))
        found.add(int(states.status[0, 0]))
        bare = states.status[0, 0] in BARE
        assert np.isnan(states.position_km).all() == bare
        assert np.isnan(states.velocity_km_s).all() == bare
    assert int(status) in found


def test_negative_semi_latus_rectum() -> None:
    rng = np.random.default_rng(1)
    n = 4000
    rows = [
        {"mean_motion": m, "eccentricity": e, "bstar": b, "anomaly": a}
        for m, e, b, a in zip(
            rng.uniform(0.03, 0.075, n), rng.uniform(0.0, 0.6, n), rng.uniform(-3.0, 3.0, n),
            rng.uniform(0.0, 6.28, n), strict=True,
        )
    ]  # fmt: skip
    some = elements_of(*rows)
    epochs = START_NS + np.array([1, 400, 3000, 20000]) * MINUTE_NS
    status = propagate(some, epochs).status
    assert (status == Status.SEMI_LATUS_RECTUM).any()
    assert set(np.unique(status)) <= set(Status)
    assert (status == reference_states(some, epochs)[2]).mean() > 0.999


def test_time_outside_what_resonances_were_integrated_for() -> None:
    some = elements_of({"mean_motion": 1.0027 * 2.0 * math.pi / 1440.0, "bstar": 0.0})
    ready = propagator(some, START_NS, START_NS + NS_PER_DAY)
    for minute, status in ((0.0, 0), (1439.0, 0), (2200.0, 7), (-721.0, 7)):
        at = row_state(ready.near, ready.deep, ready.nodes, ready.first, 0, minute)
        assert at[6] == status
        assert np.isnan(at[0]) == (status == 7)


def test_time_beyond_the_nodes_of_one_row_but_not_of_another() -> None:
    """Rows of one table end at nodes of their own; what lies behind them is room, not a state."""
    daily = 1.0027 * 2.0 * math.pi / 1440.0
    # Spans that cross one multiple of 720 minutes since the epoch, and two.
    some = elements_of(*({"mean_motion": daily, "bstar": 0.0, "day": day} for day in (0.0, 0.49)))
    ready = propagator(some, START_NS, START_NS + 780 * MINUTE_NS)
    for o in range(2):
        status = [
            int(row_state(ready.near, ready.deep, ready.nodes, ready.first, o, minute)[6])
            for minute in np.arange(0.0, 3600.0, 60.0)
        ]
        assert set(status) == {0, 7}
        assert status == sorted(status)


NAMES = ("mean_motion", "eccentricity", "inclination", "raan", "perigee", "anomaly", "bstar")
# Near the Earth round and not, deep, and both resonances; rad/min and e.
ORBITS = (
    (0.0625, 1e-5),
    (0.0625, 0.01),
    (0.04, 0.3),
    (0.02, 0.2),
    (0.004375, 0.01),
    (0.00875, 0.6),
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e300, -1e300])
@pytest.mark.parametrize(("motion", "e"), ORBITS)
@pytest.mark.parametrize("times", [1, 8])
def test_what_is_no_number_never_becomes_a_state(
    name: str, bad: float, motion: float, e: float, times: int
) -> None:
    """Neither by the loop over time nor singly; and the row beside it knows nothing of it."""
    good = {"mean_motion": motion, "eccentricity": e}
    both = elements_of({**good, name: bad}, good)
    epochs = START_NS + np.arange(times) * 100 * MINUTE_NS
    states = propagate(both, epochs)
    finite = np.isfinite(states.position_km) & np.isfinite(states.velocity_km_s)
    assert (finite.all(axis=2) == ~np.isin(states.status, BARE)).all()
    if not math.isfinite(bad):
        assert np.isin(states.status[0], (1, 2, 8)).all()
    alone = propagate(elements_of(good), epochs)
    assert (states.status[1] == alone.status[0]).all()
    assert states.position_km[1].tobytes() == alone.position_km[0].tobytes()


def test_a_row_marked_afterwards_has_no_state() -> None:
    """As a screening marks an orbit that is gone: a loop over time must see it too."""
    some = elements_of({}, {"mean_motion": 0.004375})
    ready = propagator(some, START_NS, START_NS + NS_PER_DAY)
    minutes, buffer = np.arange(0.0, 600.0, 60.0), np.empty((6, 10))
    status = np.zeros(10, np.int8)
    for o, rows in enumerate((ready.near, ready.deep)):
        rows[0, STATUS] = Status.MEAN_MOTION
        row_states(ready.near, ready.deep, ready.nodes, ready.first, o, minutes, buffer, status)
        assert (status == Status.MEAN_MOTION).all()
        assert np.isnan(buffer).all()


@pytest.mark.parametrize(("e", "status"), [(-1e-9, 1), (1.0, 1), (1.5, 1), (0.0, 0), (0.99999, 4)])
def test_eccentricities_that_no_orbit_has(e: float, status: int) -> None:
    some = elements_of({"eccentricity": e, "anomaly": 0.0})
    assert propagate(some, np.array([START_NS])).status[0, 0] == status


def test_nothing_to_propagate() -> None:
    some = elements_of()
    assert propagate(some, np.array([START_NS])).position_km.shape == (0, 1, 3)
    assert propagate(elements_of({}), np.array([], np.int64)).status.shape == (1, 0)
    ready = propagator(some, START_NS, START_NS)
    assert len(ready) == 0
    assert ready.near.shape[0] == ready.deep.shape[0] == 0


def test_modes_differ_only_in_deep_space() -> None:
    some = elements_of({}, {"mean_motion": 0.004375, "inclination": 0.05, "raan": 5.0})
    at = np.array([START_NS + NS_PER_DAY])
    one, other = propagate(some, at), propagate(some, at, mode=Mode.AFSPC)
    assert (one.position_km[0] == other.position_km[0]).all()
    assert (one.position_km[1] != other.position_km[1]).any()


@pytest.mark.parametrize("inclination", [0.0, 1e-9, 0.199999, 0.2, 0.200001, 3.14159, math.pi])
def test_lyddane_and_the_poles(inclination: float) -> None:
    some = elements_of(
        *(
            {
                "mean_motion": 0.004375, "inclination": inclination, "raan": raan,
                "eccentricity": 0.002, "bstar": 0.0,
            }
            for raan in (0.0, 1.0, 3.2, 6.28)
        )
    )  # fmt: skip
    epochs = START_NS + np.arange(-20, 20) * 720 * MINUTE_NS
    for mode, letter in ((Mode.IMPROVED, "i"), (Mode.AFSPC, "a")):
        position, _, error = reference_states(some, epochs, letter)
        ours = propagate(some, epochs, mode=mode)
        assert (ours.status == error).all()
        assert np.linalg.norm(ours.position_km - position, axis=2)[error == 0].max() < 5e-6


@pytest.mark.parametrize("mode", list(Mode))
def test_frozen_states(mode: Mode) -> None:
    """Our own output, proven in tests/physics; made by `python -m tests.sgp4_case`."""
    frozen = json.loads(FROZEN.read_text("utf-8"))[mode]
    found = frozen_states()[mode]
    assert found["status"] == frozen["status"]
    apart = np.abs(np.array(found["states"], float) - np.array(frozen["states"], float))
    assert (np.isnan(apart).all(axis=2) == np.isin(frozen["status"], BARE)).all()
    # Other processors fuse and round otherwise; a fault of a formula is worth far more.
    assert np.nanmax(apart[:, :, :3]) < 3e-8
    assert np.nanmax(apart[:, :, 3:]) < 3e-11


@pytest.mark.parametrize(
    "epochs",
    [
        np.array([2460615.5]), np.array([math.nan]), np.array([[START_NS]]),
        np.array(["2024-11-01"], "M8[ns]"), np.array([True]),
    ],
    ids=["Julian date", "nan", "two dimensions", "datetime64", "truth"],
)  # fmt: skip
def test_what_is_not_a_column_of_epochs_is_refused(epochs: Any) -> None:
    with pytest.raises(ValueError, match="whole nanoseconds of TAI"):
        propagate(elements_of({}), epochs)


def test_one_epoch_may_come_alone() -> None:
    some = elements_of({})
    alone: Any = START_NS
    assert (
        propagate(some, alone).position_km == propagate(some, np.array([alone])).position_km
    ).all()


def test_columns_of_unequal_length_are_refused() -> None:
    some = elements_of({}, {})
    with pytest.raises(ValueError, match="eccentricity has shape"):
        replace(some, eccentricity=np.zeros(3))
