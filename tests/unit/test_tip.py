"""Predictions of decays, as Space-Track and TraCSS write them."""

from __future__ import annotations

import json
import math

import pytest

from commonsky.astro.epoch import tai_ns
from commonsky.formats.ndm_lines import Problem
from commonsky.formats.tip import read_tips, tips_json

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
