"""Angles and Kepler's equation, the small kernels below SGP4, over all that they promise."""

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
from commonsky.astro.arrays import Floats
from commonsky.astro.kepler import ECCENTRIC, NEARLY_CIRCULAR, eccentric, nearly_circular
from commonsky.astro.kernels import kernel

POINTS = 2_000_000
LARGEST_ANGLE_RAD = 1e8
SLIGHT_TURN_RAD = 1e-2
ULP_ONE = 2.0**-53  # of a sine near 1


# The kernels are made to be inlined into loops: these call them as they are.
def called(function: Any) -> Any:
    """A compiled function of its own, since `inlined` functions are only for kernels."""

    @kernel(cache=False)
    def caller(*arguments: Any) -> Any:
        return function(*arguments)

    return caller


def looped(function: Any) -> Any:
    """A compiled loop over columns (n, ...) of arguments -> its two results (n, 2)."""

    @kernel(cache=False)
    def one(columns: Any, out: Any) -> None:
        for k in range(columns.shape[1]):
            out[k, 0], out[k, 1] = function(columns[0, k])

    @kernel(cache=False)
    def three(columns: Any, out: Any) -> None:
        for k in range(columns.shape[1]):
            out[k, 0], out[k, 1] = function(columns[0, k], columns[1, k], columns[2, k])

    @kernel(cache=False)
    def four(columns: Any, out: Any) -> None:
        for k in range(columns.shape[1]):
            out[k, 0], out[k, 1] = function(
                columns[0, k], columns[1, k], columns[2, k], columns[3, k]
            )

    loops = {1: one, 3: three, 4: four}

    def table(*columns: Floats) -> Floats:
        out = np.empty((len(columns[0]), 2))
        loops[len(columns)](np.stack(columns), out)
        return out

    return table


@kernel(cache=False)
def arctangents(y: Any, x: Any, out: Any) -> None:
    for k in range(len(y)):
        out[k] = arctan2(y[k], x[k])


SINCOS, ARCTAN2 = called(sincos), called(arctan2)
CIRCULAR, ECCENTRIC_LONGITUDE = called(nearly_circular), called(eccentric)


def both(x: Floats) -> Floats:
    """Sine and cosine (n, 2) by the mathematical library."""
    return np.stack([np.sin(x), np.cos(x)], axis=1)


@pytest.mark.parametrize("largest", [math.pi, 1e3, 1e6, LARGEST_ANGLE_RAD])
def test_sine_and_cosine_everywhere(largest: float) -> None:
    # Uniform, and beside multiples of pi/4, where one vanishes or the two change places.
    rng = np.random.default_rng(1)
    x = rng.uniform(-largest, largest, POINTS // 4)
    corner = (
        np.rint(rng.uniform(-largest, largest, POINTS // 4) / (0.25 * math.pi)) * 0.25 * math.pi
    )
    x = np.concatenate(
        [x, np.clip(corner * (1.0 + rng.normal(0.0, 1e-15, len(corner))), -largest, largest)]
    )
    apart = np.abs(looped(sincos)(x) - both(x))
    assert (apart <= 2.5 * ULP_ONE + 0.5 * np.spacing(np.abs(x))[:, None]).all()


@given(st.one_of(st.floats(-10.0, 10.0), st.floats(-LARGEST_ANGLE_RAD, LARGEST_ANGLE_RAD)))
@example(0.0)
@example(math.pi / 4.0)
@example(LARGEST_ANGLE_RAD)
@example(710.0 * math.pi)
def test_sine_and_cosine_to_thirty_digits(x: float) -> None:
    sine, cosine = SINCOS(x)
    room = 4e-16 + 0.5 * math.ulp(x)
    assert abs(sine - float(mpmath.sin(x))) <= room
    assert abs(cosine - float(mpmath.cos(x))) <= room


def test_sine_and_cosine_of_small_angles() -> None:
    x = np.linspace(-1.0, 1.0, POINTS)
    assert np.abs(looped(sincos_one)(x) - both(x)).max() <= 3e-15


@pytest.mark.parametrize(
    ("function", "largest", "room"),
    [(turn, LARGEST_TURN_RAD, 1e-13), (turn, 0.1, 4e-16), (turn_slightly, SLIGHT_TURN_RAD, 4e-16)],
)
def test_turns(function: Any, largest: float, room: float) -> None:
    rng = np.random.default_rng(2)
    angle = rng.uniform(-math.pi, math.pi, POINTS)
    by = np.concatenate(
        [rng.uniform(-largest, largest, POINTS - 2000), np.repeat([-largest, largest], 1000)]
    )
    turned = looped(function)(np.sin(angle), np.cos(angle), by)
    # The sine of the sum by the theorem, for the sum itself would be rounded.
    s, c, sd, cd = np.sin(angle), np.cos(angle), np.sin(by), np.cos(by)
    assert np.abs(turned - np.stack([s * cd + c * sd, c * cd - s * sd], axis=1)).max() <= room


def test_arctangent_everywhere() -> None:
    rng = np.random.default_rng(3)
    quarter = POINTS // 4
    angle = rng.uniform(-math.pi, math.pi, quarter)
    x = [np.cos(angle), rng.normal(0.0, 1.0, quarter), 10.0 ** rng.uniform(-140, 140, quarter)]
    y = [np.sin(angle), rng.normal(0.0, 1.0, quarter), 10.0 ** rng.uniform(-140, 140, quarter)]
    # Where the octants meet, and where the rational function begins.
    x.append(rng.choice([-1.0, 1.0], quarter))
    y.append(
        rng.choice([0.0, 1.0, math.tan(math.pi / 8), 1.0 / math.tan(math.pi / 8)], quarter)
        * rng.choice([-1.0, 1.0], quarter) * (1.0 + rng.normal(0.0, 1e-15, quarter))
    )  # fmt: skip
    ys, xs, found = np.concatenate(y) + 0.0, np.concatenate(x), np.empty(4 * quarter)
    arctangents(ys, xs, found)
    exact = np.arctan2(ys, xs)
    assert (np.abs(found - exact) <= 2.0 * np.spacing(np.abs(exact))).all()


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
@example(0.0, -1.0)
@example(1.0, 0.0)
@example(-1.0, 0.0)
@example(0.0, 0.0)
@example(1e-284, -1e-284)
def test_arctangent_on_the_axes(y: float, x: float) -> None:
    if max(abs(x), abs(y)) < 1e-284 and (x or y):
        return  # below this it takes numbers for the origin
    assert abs(ARCTAN2(y, x) - math.atan2(abs(y) if y == 0 else y, x + 0.0)) <= 5e-15


def longitudes(least: float, most: float) -> tuple[Floats, Floats, Floats, Floats]:
    """
    Arguments of Kepler's equation whose solution is known: e cos w, e sin w, w and E (n,).

    Dense in E about perigee, where the equation is stiff, and in e towards `most`.
    """
    near = 10.0 ** np.linspace(-9.0, 0.0, 250)
    anomaly = np.concatenate([np.linspace(-math.pi, math.pi, 1500), near, -near, [0.0]])
    e = np.concatenate([np.linspace(least, most, 20), most - 10.0 ** np.linspace(-15.0, -2.0, 20)])
    w = np.concatenate([np.linspace(0.0, 2.0 * math.pi, 21), [1e-9, 0.25 * math.pi, 3.0]])
    ee, ww, aa = (column.ravel() for column in np.meshgrid(e, w, anomaly, indexing="ij"))
    return ee, np.stack([ee * np.cos(ww), ee * np.sin(ww)]), ww, aa


@pytest.mark.parametrize(
    ("function", "least", "most", "room"),
    [
        (nearly_circular, 0.0, NEARLY_CIRCULAR, 8e-16),
        (eccentric, 0.0, NEARLY_CIRCULAR, 8e-16),
        (eccentric, NEARLY_CIRCULAR, 0.7, 2e-15),
        (eccentric, 0.7, ECCENTRIC, 5e-15),
    ],
)
def test_kepler_from_known_solutions(
    function: Any, least: float, most: float, room: float
) -> None:
    e, (ax, ay), w, anomaly = longitudes(least, most)
    # u = w + E - e sin E by the theorems of addition: no place of a large angle is lost.
    back = e * np.sin(anomaly)
    s, c = np.sin(w), np.cos(w)
    sm = np.sin(anomaly) * np.cos(back) - np.cos(anomaly) * np.sin(back)
    cm = np.cos(anomaly) * np.cos(back) + np.sin(anomaly) * np.sin(back)
    found = looped(function)(ax, ay, s * cm + c * sm, c * cm - s * sm)
    se, ce = np.sin(anomaly), np.cos(anomaly)
    assert np.abs(found - np.stack([s * ce + c * se, c * ce - s * se], axis=1)).max() <= room


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
        else:
            raise ArithmeticError((ax, ay, u))
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
