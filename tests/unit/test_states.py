import numpy as np
import pytest

from commonsky.astro.states import Frame, States
from commonsky.errors import FrameMismatch


def states(n: int, **changes: object) -> States:
    columns: dict[str, object] = {
        "object_id": np.arange(n),
        "epoch_tai_ns": np.arange(n) * 10,
        "position_km": np.arange(3.0 * n).reshape(n, 3),
        "velocity_km_s": -np.arange(3.0 * n).reshape(n, 3),
        "frame": Frame.TEME,
    }
    return States(**columns | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("n", [0, 1, 5])
def test_there_are_as_many_as_objects(n: int) -> None:
    assert len(states(n)) == n


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("epoch_tai_ns", np.zeros(2)), ("position_km", np.zeros((3, 2))),
        ("position_km", np.zeros(9)), ("velocity_km_s", np.zeros((2, 3))),
    ],
)  # fmt: skip
def test_a_column_of_another_shape_is_named(column: str, value: object) -> None:
    with pytest.raises(ValueError, match=rf"{column} has shape .* 3 objects need"):
        states(3, **{column: value})


def test_rows_are_taken_in_the_order_asked_for() -> None:
    taken = states(4).take(np.array([3, 1, 1]))
    assert taken.object_id.tolist() == [3, 1, 1]
    assert taken.epoch_tai_ns.tolist() == [30, 10, 10]
    assert taken.position_km[:, 0].tolist() == [9.0, 3.0, 3.0]
    assert taken.velocity_km_s[:, 2].tolist() == [-11.0, -5.0, -5.0]
    assert taken.frame is Frame.TEME


def test_the_wrong_frame_is_told_with_what_was_done() -> None:
    states(1).require(Frame.TEME, "screening")
    with pytest.raises(
        FrameMismatch, match=r"screening needs states in GCRF, but .* in TEME"
    ) as at:
        states(1).require(Frame.GCRF, "screening")
    assert (at.value.expected, at.value.found) == (Frame.GCRF, Frame.TEME)


def test_frames_bear_their_ccsds_names() -> None:
    assert [str(frame) for frame in Frame] == ["EME2000", "GCRF", "ITRF", "TEME"]
