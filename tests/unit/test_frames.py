"""Turning between frames: what is fixed, what it costs, where it degrades."""

from itertools import product
from typing import Any

import erfa
import numpy as np
import pytest

from commonsky.astro import frames
from commonsky.astro.earth_orientation import ARCSECOND_RAD, earth_orientation
from commonsky.astro.epoch import NS_PER_DAY, NS_PER_S, tai_ns
from commonsky.astro.frames import rotated, rotation, rotation_rtn, states_in, transform
from commonsky.astro.states import Frame, States

PAIRS = list(product(Frame, Frame))
EPOCH = tai_ns("2025-03-31T04:05:06.789")
INTERPOLATION_RAD = 1e-10  # 0.7 mm in low orbit
SITE_KM = np.array([[4201.0, 172.46, 4780.1]])


class Counting:
    """Takes the place of `erfa`, and counts the calls and rows of each function."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self.calls: dict[str, int] = {}
        self.rows: dict[str, int] = {}

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._library, name)

        def counted(*arguments: Any) -> Any:
            self.calls[name] = self.calls.get(name, 0) + 1
            self.rows[name] = self.rows.get(name, 0) + max(np.size(a) for a in arguments)
            return function(*arguments)

        return counted


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counter = Counting(erfa)
    monkeypatch.setattr(frames, "erfa", counter)
    return counter


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_one_epoch_costs_the_same_for_one_object_and_for_many(
    counting: Counting, source: Frame, target: Frame
) -> None:
    rotation(source, target, np.array([EPOCH]))
    one = dict(counting.rows)
    counting.rows.clear()
    many = rotation(source, target, np.full(50_000, EPOCH))
    assert counting.rows == one
    assert many.shape == (50_000, 3, 3)
    assert max(one.values(), default=0) <= 12


@pytest.mark.parametrize("source", [Frame.TEME, Frame.ITRF])
def test_a_table_costs_its_span_not_its_objects(counting: Counting, source: Frame) -> None:
    day = EPOCH + np.sort(np.random.default_rng(1).integers(0, NS_PER_DAY, 30_000))
    rotation(source, Frame.GCRF, day)
    # A day touches five intervals of 6 h at most, and six points stand around each.
    assert counting.rows["xys06a"] <= 5 + 5
    assert counting.calls["xys06a"] == 1
    assert set(counting.calls.values()) == {1}


def test_between_knots_it_is_as_good_as_a_calculation_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    epochs = np.random.default_rng(6).integers(tai_ns("1973-01-01"), tai_ns("2025-01-01"), 500)
    for frame in (Frame.TEME, Frame.ITRF):
        ours = rotation(frame, Frame.GCRF, epochs)
        with monkeypatch.context() as patched:
            patched.setattr(frames, "_interpolated", lambda slow, at: slow(at))
            exact = rotation(frame, Frame.GCRF, epochs)
        assert 0.0 < np.abs(ours - exact).max() < INTERPOLATION_RAD


def test_to_itself_nothing_is_calculated(counting: Counting) -> None:
    for frame in Frame:
        assert (rotation(frame, frame, np.array([EPOCH, 0])) == np.eye(3)).all()
    assert counting.calls == {}


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_no_epochs_give_no_matrices(source: Frame, target: Frame) -> None:
    assert rotation(source, target, np.zeros(0, np.int64)).shape == (0, 3, 3)
    empty = np.zeros((0, 3))
    assert transform(empty, empty, np.zeros(0, np.int64), source, target)[1].shape == (0, 3)


def test_the_frame_bias_is_that_of_the_conventions() -> None:
    # IERS Conventions (2010) 5.32: the pole of J2000 is off by -16.617 and -6.819 mas, the
    # equinox by -14.6 mas.
    to_j2000 = rotation(Frame.GCRF, Frame.EME2000, np.array([0]))[0] / (ARCSECOND_RAD / 1000)
    assert to_j2000[2, 0] == pytest.approx(-16.617, abs=1e-3)
    assert to_j2000[2, 1] == pytest.approx(-6.819, abs=2e-3)
    assert to_j2000[0, 1] == pytest.approx(-14.6, abs=1e-2)


def test_a_fixed_site_turns_with_the_earth() -> None:
    epochs = np.array([EPOCH])
    still = np.zeros((1, 3))
    for frame in (Frame.GCRF, Frame.TEME, Frame.EME2000):
        position, velocity = transform(SITE_KM, still, epochs, Frame.ITRF, frame)
        assert np.linalg.norm(position) == pytest.approx(np.linalg.norm(SITE_KM), rel=1e-15)
        eastward = 7.292115e-5 * np.hypot(*SITE_KM[0, :2])
        assert np.linalg.norm(velocity) == pytest.approx(eastward, rel=1e-5)
        back = transform(position, velocity, epochs, frame, Frame.ITRF)
        assert back[0] == pytest.approx(SITE_KM, abs=1e-11)
        assert back[1] == pytest.approx(still, abs=1e-14)


def test_a_sidereal_day_brings_a_site_back() -> None:
    turn = round(86_164.0989 * NS_PER_S)
    later = rotated(rotation(Frame.ITRF, Frame.GCRF, EPOCH + np.array([0, turn])), SITE_KM)
    assert np.linalg.norm(later[1] - later[0]) < 0.005


def test_one_epoch_serves_many_objects() -> None:
    position = np.random.default_rng(2).normal(0.0, 7000.0, (5, 3))
    velocity = np.random.default_rng(3).normal(0.0, 7.0, (5, 3))
    for epochs in (np.array([EPOCH]), np.full(5, EPOCH)):
        moved = transform(position, velocity, epochs, Frame.TEME, Frame.ITRF)
        alone = [
            transform(position[k : k + 1], velocity[k : k + 1], epochs[:1], Frame.TEME, Frame.ITRF)
            for k in range(5)
        ]
        assert (moved[0] == np.vstack([one[0] for one in alone])).all()
        assert (moved[1] == np.vstack([one[1] for one in alone])).all()


def test_states_keep_what_they_are() -> None:
    n = 4
    random = np.random.default_rng(4)
    states = States(
        np.arange(n), np.full(n, EPOCH), random.normal(0, 7000, (n, 3)),
        random.normal(0, 7, (n, 3)), Frame.TEME,
    )  # fmt: skip
    assert states_in(states, Frame.TEME) is states
    moved = states_in(states, Frame.GCRF)
    assert moved.frame is Frame.GCRF
    assert (moved.object_id == states.object_id).all()
    assert (moved.epoch_tai_ns == states.epoch_tai_ns).all()
    assert not np.allclose(moved.position_km, states.position_km, atol=1.0)
    back = states_in(moved, Frame.TEME)
    assert back.position_km == pytest.approx(states.position_km, abs=1e-10)
    assert back.velocity_km_s == pytest.approx(states.velocity_km_s, abs=1e-13)


def test_the_callers_arrays_stay_as_they_were() -> None:
    position, velocity = np.ones((1, 3)) * 7000.0, np.ones((1, 3))
    transform(position, velocity, np.array([EPOCH]), Frame.GCRF, Frame.ITRF)
    assert (position == 7000.0).all()
    assert (velocity == 1.0).all()


def test_far_outside_the_table_it_still_turns() -> None:
    epochs = np.array([tai_ns("1678-01-01"), tai_ns("1960-01-01"), tai_ns("2261-12-31")])
    assert (earth_orientation(epochs).status == 1).all()
    for source, target in PAIRS:
        turn = rotation(source, target, epochs)
        assert turn @ np.swapaxes(turn, 1, 2) == pytest.approx(
            np.broadcast_to(np.eye(3), (3, 3, 3)), abs=1e-9
        )


def test_radial_transverse_normal_of_a_known_state() -> None:
    axes = rotation_rtn(np.array([[7000.0, 0.0, 0.0]]), np.array([[1.0, 0.0, 7.0]]))[0]
    assert axes.tolist() == [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]]


@pytest.mark.parametrize(
    ("position", "velocity"),
    [
        ([7000.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
        ([0.0, 0.0, 0.0], [1.0, 2.0, 3.0]),
        ([0.1, 0.2, 0.3], [0.3, 0.6, 0.9]),  # parallel, but for the last digits
        ([np.nan, 0.0, 0.0], [0.0, 7.0, 0.0]),
    ],
)
def test_where_there_is_no_plane_there_are_no_axes(
    position: list[float], velocity: list[float]
) -> None:
    good = ([7000.0, 0.0, 0.0], [0.0, 7.0, 0.0])
    axes = rotation_rtn(np.array([position, good[0]]), np.array([velocity, good[1]]))
    assert np.isnan(axes[0]).all()
    assert (axes[1] == np.eye(3)).all()
