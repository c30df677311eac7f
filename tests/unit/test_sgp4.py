"""SGP4: every status, bad elements, empty tables, and the small kernels below it."""

import math
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commonsky.astro.angles import (
    LARGEST_TURN_RAD,
    arctan2,
    sincos,
    sincos_one,
    turn,
    turn_slightly,
)
from commonsky.astro.epoch import NS_PER_DAY
from commonsky.astro.kepler import ECCENTRIC, NEARLY_CIRCULAR, eccentric, nearly_circular
from commonsky.astro.kernels import kernel
from commonsky.astro.sgp4 import Mode, Status, propagate, propagator
from commonsky.astro.sgp4_kernels import row_state
from tests.screening_case import MINUTE_NS, START_NS, elements_of, reference_states

ANY = {"mean_motion": 0.0625}
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
}  # fmt: skip


@pytest.mark.parametrize("status", [one for one in SHOWN if one is not Status.SEMI_LATUS_RECTUM])
def test_each_status(status: Status) -> None:
    row, day = SHOWN[status]
    found = set()
    for anomaly in np.linspace(0.0, 6.0, 25):
        some = elements_of({**row, "anomaly": float(anomaly)})
        states = propagate(some, np.array([START_NS + round(day * NS_PER_DAY)]))
        found.add(int(states.status[0, 0]))
        bare = states.status[0, 0] in (1, 2, 3, 4, 7)
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


@pytest.mark.parametrize(
    "name",
    ["mean_motion", "eccentricity", "inclination", "raan", "perigee", "anomaly", "bstar"],
)
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("motion", [0.0625, 0.004375, 0.00875])
def test_what_is_no_number_never_becomes_a_state(name: str, bad: float, motion: float) -> None:
    good = elements_of({"mean_motion": motion, "eccentricity": 0.6 if motion == 0.00875 else 0.01})
    both = elements_of(
        {"mean_motion": motion, "eccentricity": 0.01, name: bad},
        {"mean_motion": motion, "eccentricity": 0.6 if motion == 0.00875 else 0.01},
    )
    epochs = START_NS + np.arange(8) * 100 * MINUTE_NS
    states = propagate(both, epochs)
    finite = np.isfinite(states.position_km[0]).all(axis=1)
    assert not (finite & (states.status[0] == Status.GOOD)).any()
    assert (states.status[1] == propagate(good, epochs).status[0]).all()
    assert (states.position_km[1] == propagate(good, epochs).position_km[0]).all()


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


# The kernels are made to be inlined into loops: these call them as they are.
def called(function: Any) -> Any:
    """A compiled function of its own, since `inlined` functions are only for kernels."""

    @kernel(cache=False)
    def caller(*arguments: Any) -> Any:
        return function(*arguments)

    return caller


SINCOS, SINCOS_ONE, TURN = called(sincos), called(sincos_one), called(turn)
SLIGHTLY, ARCTAN2 = called(turn_slightly), called(arctan2)
CIRCULAR, ECCENTRIC_LONGITUDE = called(nearly_circular), called(eccentric)


@given(st.one_of(st.floats(-10.0, 10.0), st.floats(-1e8, 1e8)))
@example(0.0)
@example(math.pi / 4.0)
@example(1e8)
@example(710.0 * math.pi)
def test_sine_and_cosine(x: float) -> None:
    sine, cosine = SINCOS(x)
    room = 4e-16 + 0.5 * math.ulp(x)
    assert abs(sine - float(mpmath.sin(x))) <= room
    assert abs(cosine - float(mpmath.cos(x))) <= room


@given(st.floats(-1.0, 1.0))
def test_sine_and_cosine_of_small_angles(x: float) -> None:
    sine, cosine = SINCOS_ONE(x)
    assert abs(sine - math.sin(x)) <= 3e-15
    assert abs(cosine - math.cos(x)) <= 3e-15


@given(st.floats(-10.0, 10.0), st.floats(-LARGEST_TURN_RAD, LARGEST_TURN_RAD))
@example(1.0, LARGEST_TURN_RAD)
def test_turns(x: float, d: float) -> None:
    sine, cosine = TURN(math.sin(x), math.cos(x), d)
    assert abs(sine - math.sin(x + d)) <= 1e-13
    assert abs(cosine - math.cos(x + d)) <= 1e-13


@given(st.floats(-10.0, 10.0), st.floats(-3e-3, 3e-3))
def test_slight_turns(x: float, d: float) -> None:
    sine, cosine = SLIGHTLY(math.sin(x), math.cos(x), d)
    assert abs(sine - math.sin(x + d)) <= 3e-15
    assert abs(cosine - math.cos(x + d)) <= 3e-15


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
@example(0.0, -1.0)
@example(1.0, 0.0)
@example(-1.0, 0.0)
@example(0.0, 0.0)
def test_arctangent(y: float, x: float) -> None:
    if max(abs(x), abs(y)) < 1e-290 and (x or y):
        return  # below this it takes numbers for the origin
    assert abs(ARCTAN2(y, x) - math.atan2(abs(y) if y == 0 else y, x + 0.0)) <= 1e-15 * 5


def exact(ax: float, ay: float, u: float) -> tuple[float, float]:
    """Kepler's equation in eccentric longitude, to 30 digits."""
    with mpmath.workdps(30):
        ex, ey, mean = mpmath.mpf(ax), mpmath.mpf(ay), mpmath.mpf(u)
        longitude = mean + ex * mpmath.sin(mean) - ey * mpmath.cos(mean)
        for _ in range(60):
            value = longitude - ex * mpmath.sin(longitude) + ey * mpmath.cos(longitude) - mean
            slope = 1 - ex * mpmath.cos(longitude) - ey * mpmath.sin(longitude)
            step = max(min(value / slope, mpmath.mpf("0.9")), mpmath.mpf("-0.9"))
            longitude -= step
            if abs(step) < mpmath.mpf("1e-25"):
                break
        return float(mpmath.sin(longitude)), float(mpmath.cos(longitude))


@given(st.floats(0.0, NEARLY_CIRCULAR), st.floats(0.0, 6.3), st.floats(0.0, 6.3))
@example(NEARLY_CIRCULAR, 0.0, 0.1)
@example(NEARLY_CIRCULAR, 0.0, 3.14)
def test_kepler_nearly_circular(e: float, perigee: float, u: float) -> None:
    ax, ay = e * math.cos(perigee), e * math.sin(perigee)
    found = CIRCULAR(ax, ay, math.sin(u), math.cos(u))
    assert np.abs(np.subtract(found, exact(ax, ay, u))).max() <= 2e-15


@given(
    st.one_of(st.floats(0.0, ECCENTRIC), st.floats(0.85, ECCENTRIC)),
    st.floats(0.0, 6.3),
    st.one_of(st.floats(-math.pi, math.pi), st.floats(-0.5, 0.5)),
)
@example(ECCENTRIC, 0.0, 0.1)
@example(ECCENTRIC, 1.0, 0.02)
def test_kepler_eccentric(e: float, perigee: float, mean_anomaly: float) -> None:
    ax, ay = e * math.cos(perigee), e * math.sin(perigee)
    u = perigee + mean_anomaly
    found = ECCENTRIC_LONGITUDE(ax, ay, math.sin(u), math.cos(u))
    # Near perigee the last place of u is worth ten of the solution.
    assert np.abs(np.subtract(found, exact(ax, ay, u))).max() <= 2e-14
