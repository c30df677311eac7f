"""Rotations between frames, over all epochs, dense where the tables begin, step and end."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from commonsky.astro.arrays import Floats, Ints
from commonsky.astro.earth_orientation import _table
from commonsky.astro.epoch import NS_PER_S, tai_ns
from commonsky.astro.frames import KNOT_STEP_NS, rotated, rotation, rotation_rtn, transform
from commonsky.astro.states import Frame
from commonsky.astro.utc import leap_seconds

ORTHONORMAL = 1e-9  # what interpolation leaves; 2e-15 inside the table
TABLE_START = tai_ns("1972-01-01")
FIRST, LAST = tai_ns("1678-01-01"), tai_ns("2261-12-31T23:59:59")
EDGES = (
    FIRST, LAST, 0, int(_table().epoch_tai_ns[-1]), KNOT_STEP_NS * 80_000,
    *leap_seconds().start_tai_ns.tolist(),
)  # fmt: skip
EPOCHS = st.one_of(
    st.integers(FIRST, LAST),
    st.integers(tai_ns("1972-01-01"), tai_ns("2027-01-01")),
    st.tuples(st.sampled_from(EDGES), st.integers(-2 * NS_PER_S, 2 * NS_PER_S)).map(
        lambda pair: min(max(sum(pair), FIRST), LAST)
    ),
)
FRAMES = st.sampled_from(Frame)
COLUMNS = st.lists(EPOCHS, min_size=1, max_size=12).map(lambda rows: np.array(rows, np.int64))
# Nothing lies within a millimetre of a plane but in it, lest products underflow.
COMPONENTS = st.floats(-50_000.0, 50_000.0).map(lambda x: x if abs(x) > 1e-6 else 0.0)
VECTORS = st.tuples(*[COMPONENTS] * 3).map(np.array)


@given(FRAMES, FRAMES, COLUMNS)
def test_a_rotation_keeps_lengths_and_handedness(
    source: Frame, target: Frame, epochs: Ints
) -> None:
    turn = rotation(source, target, epochs)
    assert turn.shape == (len(epochs), 3, 3)
    assert np.abs(turn @ np.swapaxes(turn, 1, 2) - np.eye(3)).max() < ORTHONORMAL
    assert np.abs(np.linalg.det(turn) - 1.0).max() < ORTHONORMAL


@given(FRAMES, FRAMES, COLUMNS)
def test_there_and_back_are_transposes(source: Frame, target: Frame, epochs: Ints) -> None:
    there, back = rotation(source, target, epochs), rotation(target, source, epochs)
    assert np.abs(there - np.swapaxes(back, 1, 2)).max() < 1e-15


@given(FRAMES, FRAMES, FRAMES, COLUMNS)
def test_a_way_round_is_as_good_as_the_straight_one(
    one: Frame, other: Frame, third: Frame, epochs: Ints
) -> None:
    round_about = rotation(other, third, epochs) @ rotation(one, other, epochs)
    assert np.abs(round_about - rotation(one, third, epochs)).max() < ORTHONORMAL


@given(FRAMES, FRAMES, COLUMNS, st.data())
def test_no_row_depends_on_neighbours_chunks_or_order(
    source: Frame, target: Frame, epochs: Ints, data: st.DataObject
) -> None:
    together = rotation(source, target, epochs)
    alone = np.concatenate(
        [rotation(source, target, epochs[k : k + 1]) for k in range(len(epochs))]
    )
    assert (alone == together).all()
    order = np.array(data.draw(st.permutations(range(len(epochs)))), dtype=np.int64)
    assert (rotation(source, target, epochs[order]) == together[order]).all()
    cut = data.draw(st.integers(0, len(epochs)))
    halves = [rotation(source, target, part) for part in (epochs[:cut], epochs[cut:])]
    assert (np.concatenate(halves) == together).all()
    # Many at one epoch are a view of one; they must not become something else for that.
    assert (rotation(source, target, np.repeat(epochs[:1], 3)) == together[0]).all()


@given(FRAMES, FRAMES, EPOCHS, VECTORS, VECTORS)
def test_states_come_back(
    source: Frame, target: Frame, epoch: int, position: Floats, velocity: Floats
) -> None:
    epochs = np.array([epoch])
    velocity = velocity / 5000.0
    moved = transform(position[None], velocity[None], epochs, source, target)
    back = transform(*moved, epochs, target, source)
    assert np.abs(back[0] - position).max() < 1e-9 * (1.0 + np.abs(position).max())
    assert np.abs(back[1] - velocity).max() < 1e-9 * (1.0 + np.abs(velocity).max())


@given(st.sampled_from([Frame.GCRF, Frame.TEME, Frame.EME2000]), EPOCHS, VECTORS)
def test_velocity_on_the_turning_earth_is_the_rate_of_position(
    frame: Frame, epoch: int, position: Floats
) -> None:
    epoch = min(max(epoch, FIRST + 10 * NS_PER_S), LAST - 10 * NS_PER_S)
    velocity = np.array([1.0, -2.0, 7.0])
    _, found = transform(position[None], velocity[None], np.array([epoch]), frame, Frame.ITRF)
    # From the frame at rest in between: the Earth alone moves here, not the frame's own axes.
    seconds = np.array([-2.0, -1.0, 1.0, 2.0])
    still = (
        rotation(frame, Frame.GCRF, np.array([epoch]))[0]
        @ (position + seconds[:, None] * velocity).T
    )
    epochs = epoch + (seconds * NS_PER_S).astype(np.int64)
    places = rotated(rotation(Frame.GCRF, Frame.ITRF, epochs), still.T)
    rate = (places[0] - 8.0 * places[1] + 8.0 * places[2] - places[3]) / 12.0
    if abs(epoch - TABLE_START) > 5 * NS_PER_S:  # where UT1 steps, and so does the Earth
        assert np.abs(found[0] - rate).max() < 1e-6


@given(VECTORS, VECTORS)
def test_radial_transverse_normal_are_where_they_should_be(
    position: Floats, velocity: Floats
) -> None:
    axes = rotation_rtn(position[None], velocity[None])[0]
    size = np.linalg.norm(position) * np.linalg.norm(velocity)
    sine = np.linalg.norm(np.cross(position, velocity)) / size if size > 0.0 else 0.0
    if sine < 1e-7:
        return
    assert np.abs(axes @ axes.T - np.eye(3)).max() < 1e-8
    assert np.linalg.det(axes) > 0.0
    in_rtn = axes @ position, axes @ velocity
    assert np.abs(in_rtn[0][1:]).max() <= 1e-8 * np.linalg.norm(position)
    assert abs(in_rtn[1][2]) <= 1e-8 * np.linalg.norm(velocity)
    assert in_rtn[0][0] > 0.0
    assert in_rtn[1][1] > 0.0


@given(st.lists(st.tuples(VECTORS, VECTORS), min_size=1, max_size=6), st.floats(1e-3, 1e3))
def test_axes_depend_on_nothing_but_directions_of_their_own_row(
    states: list[tuple[Floats, Floats]], scale: float
) -> None:
    position, velocity = (np.array(column) for column in zip(*states, strict=True))
    axes = rotation_rtn(position, velocity)
    alone = np.concatenate(
        [rotation_rtn(position[k : k + 1], velocity[k : k + 1]) for k in range(len(states))]
    )
    np.testing.assert_array_equal(axes, alone)
    assert (np.isnan(axes).all(axis=(1, 2)) | np.isfinite(axes).all(axis=(1, 2))).all()
    power = 2.0 ** round(np.log2(scale))  # exact, so that nothing may change at all
    np.testing.assert_array_equal(axes, rotation_rtn(position * power, velocity / power))
