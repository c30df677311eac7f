"""Operators' ephemerides in modified ITC form, and predictions of decays."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonsky.astro.epoch import tai_ns
from commonsky.errors import NotRepresentable
from commonsky.formats.itc import itc_text, read_itc
from commonsky.formats.ndm_lines import Problem
from commonsky.formats.tip import read_tips, tips_json

HEAD = (
    b"created:2026-09-11 01:55:52 UTC\n"
    b"ephemeris_start:2026-09-11 01:42:42 UTC ephemeris_stop:2026-09-11 01:43:42 UTC "
    b"step_size:60\n"
    b"ephemeris_source:blend\nUVW\n"
)
STATE = b"2026254014242.000 4244.3465367594 1264.5 5043.25 3.5951547629 5.2587956583 -4.25\n"
LATER = b"2026254014342.000 4449.8462744669 1576.5 4772.25 3.2521129034 5.1467007555 -4.75\n"
TRIANGLE = (
    b"1e-06 -2e-07 3e-06 4e-10 5e-10 6e-06 7e-10\n-8e-10 9e-12 1e-12 -4e-10 4e-10 -1e-12 -8e-13\n"
    b"5e-12 2e-13 8e-13 1e-09 -2e-16 -1e-15 5e-12\n"
)
BOTH = HEAD + STATE + TRIANGLE + LATER + TRIANGLE


def test_states_and_covariances() -> None:
    found = read_itc(BOTH)
    assert len(found) == 2
    assert found.epoch_tai_ns[0] == tai_ns("2026-254T01:42:42")
    assert np.diff(found.epoch_tai_ns).tolist() == [60_000_000_000]
    assert found.position_km[0].tolist() == [4244.3465367594, 1264.5, 5043.25]
    assert found.velocity_km_s[1].tolist() == [3.2521129034, 5.1467007555, -4.75]
    assert (found.step_s, found.source, found.covariance_frame) == (60.0, "blend", "UVW")
    matrix = found.covariance[0]
    np.testing.assert_array_equal(matrix, matrix.T)
    assert matrix[np.tril_indices(6)][:4].tolist() == [1e-06, -2e-07, 3e-06, 4e-10]
    assert matrix[5, 5] == 5e-12
    assert read_itc(HEAD + STATE + LATER).covariance.shape == (0, 6, 6)


def test_there_and_back() -> None:
    found = read_itc(BOTH)
    again = read_itc(itc_text(found))
    np.testing.assert_array_equal(again.epoch_tai_ns, found.epoch_tai_ns)
    np.testing.assert_allclose(again.position_km, found.position_km, atol=1e-10)
    np.testing.assert_allclose(again.covariance, found.covariance, rtol=1e-9)
    assert again.start == found.start
    bad = read_itc(BOTH)
    bad.position_km[0, 0] = math.nan
    with pytest.raises(NotRepresentable):
        itc_text(bad)


@pytest.mark.parametrize(
    ("raw", "line", "told"),
    [
        (b"", 1, "created"),
        (HEAD, 5, "no states"),
        (BOTH.replace(b"UVW", b"XYZ"), 4, "one of"),
        (BOTH.replace(b"step_size:60", b"step_size"), 2, "step_size"),
        (BOTH.replace(b"1264.5", b"fast"), 5, "'fast' is no number"),
        (BOTH.replace(b"1264.5", b"nan"), 5, "finite"),
        (BOTH.replace(b" -4.25", b""), 5, "6 numbers"),
        (BOTH[: -len(b"5e-12 2e-13 8e-13 1e-09 -2e-16 -1e-15 5e-12\n")], 11, "cut off"),
        (HEAD + LATER + STATE, 6, "after the last one"),
        (HEAD + STATE.replace(b"2026254", b"2026400"), 5, "does not exist"),
        (HEAD + STATE.replace(b"2026254", b"254"), 5, "YYYYDDD"),
    ],
)
def test_bad_ephemerides_are_refused_where_they_are_bad(raw: bytes, line: int, told: str) -> None:
    with pytest.raises(Problem, match=told) as problem:
        read_itc(raw)
    assert problem.value.line == line


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_mutated_ephemerides(data: st.DataObject) -> None:
    raw = bytearray(BOTH)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=5))
    try:
        found = read_itc(bytes(raw))
    except Problem:
        return
    assert len(found) > 0


TIP = {
    "NORAD_CAT_ID": "25544", "MSG_EPOCH": "2026-01-01 00:00:00",
    "DECAY_EPOCH": "2026-01-02 03:04:00", "WINDOW": "90", "REV": "123", "DIRECTION": "ascending",
    "LAT": "-12.5", "LON": "200.25", "INCL": "51.6", "NEXT_REPORT": "8", "HIGH_INTEREST": "Y",
}  # fmt: skip


def test_predictions_of_space_track_and_of_tracss() -> None:
    (one,), aside = read_tips(json.dumps([TIP]).encode())
    assert not aside
    assert (one.norad_cat_id, one.window_s, one.high_interest) == (25544, 5400.0, True)
    assert one.decay_tai_ns == tai_ns("2026-01-02T03:04:00")
    assert (one.latitude_deg, one.longitude_deg) == (-12.5, -159.75)
    line = (
        b'{"noradId": 25544, "msgEpoch": "2026-01-01T00:00:00", "window": 5400, '
        b'"decayEpoch": "2026-01-02T03:04:00", "highInterest": true}'
    )
    (two,), _ = read_tips(line)
    assert (two.decay_tai_ns, two.window_s) == (one.decay_tai_ns, one.window_s)
    assert math.isnan(two.latitude_deg)
    again, _ = read_tips(tips_json([one]))
    assert again == [one]


def test_a_bad_prediction_stops_no_good_one() -> None:
    bad: list[object] = [
        TIP | {"LAT": "-99"}, TIP | {"WINDOW": ""}, TIP | {"NORAD_CAT_ID": "x"}, 7,
        TIP | {"DECAY_EPOCH": "tomorrow"}, TIP | {"HIGH_INTEREST": "?"}, TIP | {"INCL": "1e999"},
    ]  # fmt: skip
    good, aside = read_tips(json.dumps([TIP, *bad, TIP]).encode())
    assert len(good) == 2
    assert [one.number for one in aside] == [2, 3, 4, 5, 6, 7, 8]
    good, aside = read_tips(b"\n".join([json.dumps(TIP).encode(), b'{"cut', b""]))
    assert (len(good), [one.number for one in aside]) == (1, [2])
    with pytest.raises(Problem):
        read_tips(b"window 5")
