"""Small records of services: rows in any notation, predictions of decays, summaries."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from commonsky.astro.epoch import tai_ns
from commonsky.formats.cdm_public import read_summaries
from commonsky.formats.flat_rows import Row, rows
from commonsky.formats.ndm_lines import Problem
from commonsky.formats.tip import Sender, read_tips, tips_json

TIP = {
    "NORAD_CAT_ID": "900000001", "MSG_EPOCH": "2026-01-01 00:00:00",
    "INSERT_EPOCH": "2026-01-01 00:05:00", "DECAY_EPOCH": "2026-01-02 03:04:00", "WINDOW": "14",
    "REV": "123", "DIRECTION": "descending", "LAT": "-16.8", "LON": "286.8", "INCL": "49.9",
    "NEXT_REPORT": "0", "ID": "3027", "HIGH_INTEREST": "N", "OBJECT_NUMBER": "900000001",
}  # fmt: skip
TRACSS = TIP | {
    "MSG_EPOCH": "2026-01-01T00:00:00.000Z", "INSERT_EPOCH": "2026-01-01T00:05:00.000Z",
    "DECAY_EPOCH": "2026-01-02T03:04:00.000Z", "WINDOW": "840",
}  # fmt: skip
SUMMARY = {
    "CDM_ID": "7", "CREATED": "2026-01-01 02:09:06.000000", "EMERGENCY_REPORTABLE": "Y",
    "TCA": "2026-01-03T01:03:42.235000", "MIN_RNG": "886", "PC": "0.000173503",
    "SAT_1_ID": "900000001", "SAT_1_NAME": "A, OR B", "SAT1_OBJECT_TYPE": "DEBRIS",
    "SAT1_RCS": "SMALL", "SAT_1_EXCL_VOL": "5.00", "SAT_2_ID": "900000002", "SAT_2_NAME": "B",
    "SAT2_OBJECT_TYPE": "UNKNOWN", "SAT2_RCS": "", "SAT_2_EXCL_VOL": "",
}  # fmt: skip


def csv_of(*records: dict[str, str]) -> bytes:
    lines = [",".join(f'"{name}"' for name in records[0])]
    lines += [",".join(f'"{value}"' for value in record.values()) for record in records]
    return "\r\n".join(lines).encode()


def kvn_of(*records: dict[str, str]) -> bytes:
    blocks = ["\n".join(f"{name:24} = {value}" for name, value in one.items()) for one in records]
    return ("[" + "\n".join(blocks) + "\n]").encode()


def test_one_window_whoever_tells_it_and_however() -> None:
    (wanted,), _ = read_tips(json.dumps([TIP]).encode())
    assert (wanted.window_s, wanted.tip_id) == (840.0, 3027)
    assert wanted.longitude_deg == pytest.approx(-73.2)
    assert wanted.inserted_tai_ns == tai_ns("2026-01-01T00:05:00")
    for raw in (
        json.dumps(TRACSS).encode(), kvn_of(TRACSS), csv_of(TIP), b"\xef\xbb\xbf" + csv_of(TIP),
        json.dumps(TRACSS, indent=2).encode(),
        tips_json([wanted]), tips_json([wanted], sender=Sender.TRACSS),
    ):  # fmt: skip
        (found,), aside = read_tips(raw)
        assert not aside
        assert abs(found.longitude_deg - wanted.longitude_deg) < 1e-9
        assert (found.window_s, found.decay_tai_ns) == (wanted.window_s, wanted.decay_tai_ns)
    good, _ = read_tips(kvn_of(TRACSS, TRACSS | {"ID": "4"}))
    assert [one.tip_id for one in good] == [3027, 4]


def test_a_window_of_unknown_unit_is_set_aside() -> None:
    unclear = json.dumps(TRACSS | {"DECAY_EPOCH": "2026-01-02T03:04:00"}).encode()
    good, (aside,) = read_tips(unclear)
    assert not good
    assert "seconds" in aside.reason
    for sender, window_s in ((Sender.TRACSS, 840.0), (Sender.SPACE_TRACK, 50_400.0)):
        (found,), _ = read_tips(unclear, sender=sender)
        assert found.window_s == window_s


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"WINDOW": "-5"}, "below 0"),
        ({"WINDOW": ""}, "WINDOW is missing"),
        ({"noradId": "8"}, "stands twice"),
        ({"REV": "1.5"}, "no whole number"),
        ({"LAT": "nan"}, "no number"),
        ({"LON": "361"}, "no place"),
        ({"MSG_EPOCH": "0000-00-00 00:00:00"}, "not an epoch"),
        ({"INCL": "1e999"}, "not finite"),
        ({"NORAD_CAT_ID": "9" * 12}, "no catalogue number"),
    ],
)
def test_predictions_that_are_none(change: dict[str, str], told: str) -> None:
    good, (aside,) = read_tips(json.dumps([TIP, TIP | change]).encode())
    assert len(good) == 1
    assert told in aside.reason


def test_summaries_as_columns() -> None:
    for raw in (json.dumps([SUMMARY, SUMMARY]).encode(), csv_of(SUMMARY, SUMMARY)):
        table, aside = read_summaries(raw)
        assert (len(table), aside) == (2, [])
        assert table.norad_cat_id.tolist() == [[900000001, 900000002]] * 2
        assert table.miss_distance_km.tolist() == [0.886] * 2
        assert table.collision_probability[0] == 0.000173503
        assert table.tca_tai_ns[0] == tai_ns("2026-01-03T01:03:42.235")
        assert table.object_name[0].tolist() == ["A, OR B", "B"]
        assert table.emergency_reportable.tolist() == [True, True]
        np.testing.assert_array_equal(table.exclusion_volume[1], [5.0, math.nan])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"PC": "1.5"}, "from 0 to 1"),
        ({"MIN_RNG": ""}, "MIN_RNG is missing"),
        ({"SAT_2_ID": "0"}, "catalogue numbers"),
        ({"EMERGENCY_REPORTABLE": "?"}, "Y or N"),
        ({"TCA": "soon"}, "not an epoch"),
    ],
)
def test_a_bad_summary_stops_no_good_one(change: dict[str, str], told: str) -> None:
    raw = b"\n".join(json.dumps(one).encode() for one in (SUMMARY, SUMMARY | change, SUMMARY))
    table, (aside,) = read_summaries(raw + b'\n{"TCA": ')[0], read_summaries(raw)[1]
    assert len(table) == 2
    assert told in aside.reason
    assert aside.line == 2


def test_rows_that_are_none_cost_themselves() -> None:
    found = list(rows(b'a,b\n1,2\n"1,2\n1,2,3\n\n3,4\n'))
    assert [isinstance(row, Problem) for row in found] == [False, True, True, False]
    assert [row.line for row in found] == [2, 3, 4, 6]
    found = list(rows(b"A = 1\nB = 2\nrubbish\nA = 3\nB = 4\nB = 5\nA = 6\n"))
    assert [row.said if isinstance(row, Row) else row.line for row in found] == [1, 4, {"A": "6"}]
    found = list(rows(b'[{"a": [1]}, {"a": 1}, {"a": "' + b"x" * 2000 + b'"}]'))
    assert [isinstance(row, Problem) for row in found] == [True, False, True]


@pytest.mark.parametrize("raw", [b"", b"nothing", b"[]", b"a,a\n1,2\n", b"{", b"a,b\n"])
def test_where_there_is_no_row_there_is_a_problem(raw: bytes) -> None:
    for read in (read_tips, read_summaries):
        with pytest.raises(Problem):
            read(raw)
