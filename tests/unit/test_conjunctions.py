"""The user's table: its columns, its order, its forms, and its honesty."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from commonsky.astro.epoch import tai_ns
from commonsky.node.conjunctions import COLUMNS
from tests.conjunction_case import START, conjunctions_of, summary_of

CONTRACT = (
    '"object1","object2","name1","name2","source1","source2","tca","miss_km",'
    '"relative_speed_km_s","radial_km","in_track_km","cross_track_km","pc","pc_max","pc_method",'
    '"pc_null_reason","diluted","grade","slow","intra_fleet","age1_days","age2_days"'
)


def test_columns_bear_the_names_of_the_contract() -> None:
    table = conjunctions_of(3)
    assert table.columns == tuple(CONTRACT.replace('"', "").split(","))
    for name in table.columns:
        assert len(table[name]) == len(getattr(table, name)) == len(table) == 3


def test_an_unknown_column_is_refused_with_the_known_ones() -> None:
    with pytest.raises(KeyError, match=r"no column 'miss'.*miss_km"):
        conjunctions_of(2)["miss"]


def test_a_wrong_shape_or_order_of_objects_is_refused() -> None:
    table = conjunctions_of(4)
    with pytest.raises(ValueError, match=r"age1_days has shape \(3,\)"):
        replace(table, age1_days=table.age1_days[:3])
    with pytest.raises(ValueError, match=r"sigma1_rtn_km has shape \(4,\)"):
        replace(table, sigma1_rtn_km=table.age1_days)
    with pytest.raises(ValueError, match="object1 must be below object2"):
        replace(table, object1=table.object2, object2=table.object1)


def test_pc_is_missing_exactly_where_there_is_a_reason() -> None:
    table = conjunctions_of(11)
    np.testing.assert_array_equal(np.isnan(table.pc), table.pc_null_reason != "")
    np.testing.assert_array_equal(np.isnan(table.pc), table.pc_method == "")
    assert set(table.pc_null_reason) == {"", "slow encounter"}


def test_tca_is_utc() -> None:
    leap = np.array([tai_ns("2016-12-31T23:59:60.5Z"), tai_ns("2017-01-01T00:00:00Z")])
    table = conjunctions_of(2)
    table = replace(table, encounters=replace(table.encounters, tca_tai_ns=leap))
    assert [row["tca"] for row in table.rows()] == [
        "2016-12-31T23:59:60.500000Z",
        "2017-01-01T00:00:00.000000Z",
    ]
    assert table.tca[1] == np.datetime64("2017-01-01T00:00:00", "ns")
    assert table.tca[0] == np.datetime64("2017-01-01T00:00:00.5", "ns")
    assert table.to_polars()["tca"].dtype == pl.Datetime("ns", "UTC")


def test_the_most_dangerous_come_first_even_where_pc_underflows() -> None:
    table = conjunctions_of(60, seed=4)
    assert (table.pc == 0.0).sum() > 1, "the case needs rows that underflow"
    ranked = table.sort_by("pc")
    known = ranked.assessment.log10_pc[~np.isnan(ranked.assessment.log10_pc)]
    assert len(known) == 48
    assert (np.diff(known) < 0.0).all()
    assert np.isnan(ranked.pc[48:]).all()
    reverse = table.sort_by("pc", reverse=True)
    np.testing.assert_array_equal(reverse.object1[:48], ranked.object1[:48][::-1])
    assert np.isnan(reverse.pc[48:]).all()


def test_other_columns_sort_from_the_smallest() -> None:
    table = conjunctions_of(30)
    assert (np.diff(table.sort_by("miss_km").miss_km) >= 0.0).all()
    assert list(table.sort_by("name1").name1) == sorted(table.name1)
    assert (np.diff(table.sort_by("tca", reverse=True).tca_tai_ns) <= 0).all()
    assert not table.sort_by("slow").slow[0]


def test_rows_without_pc_are_ranked_by_miss() -> None:
    last = conjunctions_of(25).most_dangerous(25)
    unknown = last.miss_km[np.isnan(last.pc)]
    assert len(unknown) == 5
    assert (np.diff(unknown) >= 0.0).all()


def test_head_takes_what_there_is() -> None:
    table = conjunctions_of(4)
    assert [len(table.head(n)) for n in (0, 2, 4, 9, -1)] == [0, 2, 4, 4, 0]
    assert table.head(2).summary is table.summary


def test_rows_are_plain_values() -> None:
    table = conjunctions_of(9000)
    rows = list(table.rows())
    assert len(rows) == 9000
    assert tuple(rows[0]) == COLUMNS
    assert rows[8999]["object1"] == 9099
    assert rows[4]["pc"] is None
    assert rows[4]["pc_null_reason"] == "slow encounter"
    assert rows[3]["pc_null_reason"] is None
    assert {type(value) for value in rows[0].values()} <= {int, float, str, bool, type(None)}


@pytest.mark.parametrize("n", [0, 1, 13])
def test_every_frame_holds_the_same_values(n: int) -> None:
    table = conjunctions_of(n)
    expected = list(table.rows())
    for frame in (
        pl.DataFrame(table),
        table.to_polars(),
        pl.from_arrow(pa.table(table)),
    ):
        assert isinstance(frame, pl.DataFrame)
        assert frame.columns == list(COLUMNS)
        found = frame.with_columns(pl.col("tca").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"))
        assert found.drop("tca").rows(named=True) == [
            {name: value for name, value in row.items() if name != "tca"} for row in expected
        ]
        np.testing.assert_array_equal(frame["tca"].to_numpy(), table.tca)
    for other in (table.to_pandas(), pd.DataFrame.from_arrow(table)):
        assert list(other.columns) == list(COLUMNS)
        assert other["pc"].isna().tolist() == [row["pc"] is None for row in expected]
        assert other["pc_null_reason"].isna().tolist() == [
            row["pc"] is not None for row in expected
        ]
        assert str(other["tca"].dtype) == "datetime64[ns, UTC]"
        np.testing.assert_array_equal(other["tca"].dt.tz_localize(None).to_numpy(), table.tca)
        assert other["name2"].tolist() == table.name2.tolist()


def test_names_of_every_script_cross_arrow() -> None:
    names = np.array(["", "ÉTOILE ж", "天宮 🛰", "e\u0301", 'a,"b"\n'])
    table = replace(conjunctions_of(5), name1=names)
    assert table.to_polars()["name1"].to_list() == names.tolist()


def test_parquet_carries_the_summary(tmp_path: Path) -> None:
    table = conjunctions_of(7)
    table.write_parquet(tmp_path / "events.parquet")
    found = pq.read_table(tmp_path / "events.parquet")
    assert found.num_rows == 7
    summary = msgspec.json.decode(found.schema.metadata[b"commonsky.summary"])
    assert (summary["kind"], summary["threshold_km"]) == ("summary", 5.0)


@pytest.mark.parametrize(
    ("missing", "use"),
    [
        ("polars", lambda table: table.to_polars()),
        ("pandas", lambda table: table.to_pandas()),
        ("pyarrow", lambda table: table.write_parquet("never.parquet")),
    ],
)
def test_a_missing_library_is_named(
    monkeypatch: pytest.MonkeyPatch, missing: str, use: Callable[[Any], Any]
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ImportError, match=f"needs {missing}.*pip install {missing}"):
        use(conjunctions_of(1))


def test_repr_says_what_it_is_and_how_far_to_trust_it() -> None:
    lines = repr(conjunctions_of(14)).splitlines()
    assert lines[0] == "14 conjunctions within 5 km, 2025-03-31T00:00:00Z to 2025-04-01T00:00:00Z"
    assert "screening grade" in lines[1]
    assert "inertial" in lines[1]
    assert lines[2].startswith("TCA (UTC)")
    assert len(lines) == 14
    assert lines[-1] == "... and 4 more"
    assert max(map(len, lines[2:])) < 140
    assert repr(conjunctions_of(0)).startswith("0 conjunctions within 5 km")


def test_repr_does_not_pass_a_part_for_the_whole() -> None:
    table = replace(conjunctions_of(2), summary=summary_of(2, complete=False))
    assert "INCOMPLETE" in repr(table)
    assert "INCOMPLETE" in table._repr_html_()


def test_hostile_names_steer_neither_terminal_nor_page() -> None:
    hostile = np.array(["\x1b[2Jgone", "<script>alert(1)</script>"])
    table = replace(conjunctions_of(2), name1=hostile, name2=hostile)
    assert "\x1b" not in repr(table)
    page = table._repr_html_()
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_page_shows_twenty_of_many() -> None:
    page = conjunctions_of(50)._repr_html_()
    assert page.count("<tr>") == 21
    assert "The 20 most dangerous of 50" in page
    assert "screening grade" in page


def test_the_summary_is_a_mapping_of_what_applies() -> None:
    summary = summary_of(0)
    assert dict(summary)["start"] == START
    assert "volume_km" not in dict(summary)
    box = summary_of(
        0, threshold_km=msgspec.UNSET, volume_km=(0.4, 44.0, 51.0), volume_shape="box"
    )
    assert "threshold_km" not in dict(box)
    assert box["volume_km"] == (0.4, 44.0, 51.0)
    assert box.region() == "inside the box 0.4 x 44 x 51 km (radial, in-track, cross-track)"
    assert box.get("threshold_km", "none") == "none"


def test_no_optional_library_is_imported_before_it_is_needed() -> None:
    look = (
        "import sys, commonsky.show.rows; "
        "sys.exit(', '.join({'polars', 'pandas', 'pyarrow'} & set(sys.modules)) or 0)"
    )
    told = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", look], capture_output=True, check=False
    )
    assert (told.returncode, told.stderr) == (0, b"")
