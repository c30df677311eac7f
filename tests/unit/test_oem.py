"""Orbit ephemeris messages, read back by another program."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from commonsky.astro.epoch import NS_PER_S, tai_ns
from commonsky.astro.states import Frame
from commonsky.errors import NotRepresentable
from commonsky.formats.oem import Segment, oem_kvn

NOW = tai_ns("2026-11-26T12:00:00Z")
NOTHING = np.zeros(0, np.int64), np.zeros((0, 3)), np.zeros((0, 3))


def segment(name: str = "ISS (ZARYA)", *, seed: int = 1, count: int = 50) -> Segment:
    drawn = np.random.default_rng(seed)
    epoch = NOW + 60 * NS_PER_S * np.arange(count, dtype=np.int64)
    position, velocity = drawn.normal(0.0, 7000.0, (count, 3)), drawn.normal(0.0, 1e-6, (count, 3))
    return Segment(name, "1998-067A", ("STATED BY = NOR",), epoch, position, velocity)


def written(*segments: Segment, frame: Frame = Frame.GCRF, **told: Any) -> str:
    given = {"originator": "NOR-EX", "created_tai_ns": NOW, **told}
    return oem_kvn(segments, frame, **given).decode("ascii")


@pytest.mark.parametrize("frame", [Frame.GCRF, Frame.EME2000])
def test_another_program_reads_the_same_numbers(frame: Frame) -> None:
    ccsds_ndm = pytest.importorskip("ccsds_ndm", reason="ccsds-ndm-py is not installed")
    both = segment(), segment("B", seed=2, count=7)
    told = ccsds_ndm.from_str(written(*both, frame=frame, comments=["REALM = test"]))
    told.validate()
    assert told.header.comment == ["REALM = test"]
    assert told.header.originator == "NOR-EX"
    for one, read in zip(both, told.segments, strict=True):
        assert read.metadata.object_name == one.object_name
        assert read.metadata.object_id == "1998-067A"
        assert str(read.metadata.ref_frame) == frame.value
        assert read.metadata.comment == ["STATED BY = NOR"]
        epochs = [tai_ns(text) for text in read.data.state_vector_epochs]
        assert epochs == one.epoch_tai_ns.tolist()
        values = np.hstack([one.position_km, one.velocity_km_s])
        assert (read.data.state_vector_numpy[:, :6] == values).all(), "to the last bit"


def test_a_name_is_no_second_line_and_no_assignment() -> None:
    text = written(segment("X\nCENTER_NAME = MOON"))
    assert text.count("CENTER_NAME =") == 1
    assert "OBJECT_NAME = X CENTER_NAME ? MOON\n" in text


def test_a_comment_is_one_line_of_ascii() -> None:
    text = written(segment(), comments=["RÉALM\nMETA_START", "x" * 9000])
    assert text.count("\nMETA_START") == 1
    assert max(map(len, text.splitlines())) <= 254


@pytest.mark.parametrize("frame", [Frame.TEME, Frame.ITRF])
def test_a_frame_that_is_not_named_by_the_standard_is_refused(frame: Frame) -> None:
    with pytest.raises(NotRepresentable, match="GCRF or EME2000"):
        written(segment(), frame=frame)


@pytest.mark.parametrize("segments", [[], [Segment("A", "B", (), *NOTHING)]])
def test_a_message_of_nothing_is_refused(segments: list[Segment]) -> None:
    with pytest.raises(NotRepresentable, match="one state at least"):
        written(*segments)
