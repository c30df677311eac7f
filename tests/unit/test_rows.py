"""The bytes that a screening writes."""

import csv
import io
import json
import math
from dataclasses import replace
from pathlib import Path

import msgspec
import polars as pl
import pytest

from commonsky.node.conjunctions import COLUMNS, Conjunctions
from commonsky.show.rows import ConjunctionRow, Format, write_rows
from tests.conjunction_case import conjunctions_of, summary_of

LAST = '"kind":"summary","read":7,"accepted":5,"quarantined":2'


def written(table: Conjunctions, form: Format) -> bytes:
    stream = io.BytesIO()
    write_rows(table, form, stream)
    return stream.getvalue()


@pytest.mark.parametrize("n", [0, 1, 4096, 8200])
def test_ndjson_is_one_object_a_line_and_then_the_summary(n: int) -> None:
    lines = written(conjunctions_of(n), Format.NDJSON).splitlines()
    assert len(lines) == n + 1
    rows = [json.loads(line) for line in lines]
    assert [row["kind"] for row in rows] == ["conjunction"] * n + ["summary"]
    assert rows[-1]["conjunctions"] == n
    assert [row["tca"] for row in rows[:-1]] == sorted(row["tca"] for row in rows[:-1])


def test_a_line_has_the_fields_of_the_contract_in_their_order() -> None:
    lines = written(conjunctions_of(5), Format.NDJSON).splitlines()
    first, slow = json.loads(lines[0]), json.loads(lines[4])
    assert tuple(first) == ("kind", *COLUMNS)
    assert first["tca"].endswith("Z")
    assert len(first["tca"]) == len("2025-03-31T04:05:06.789012Z")
    assert slow["pc"] is None
    assert slow["pc_max"] is None
    assert slow["pc_null_reason"] == "slow encounter"
    assert first["pc_null_reason"] is None
    assert (type(first["object1"]), type(first["slow"])) == (int, bool)
    assert LAST.encode() in lines[-1]
    assert json.loads(lines[-1])["complete"] is True


def test_the_record_and_the_table_tell_one_story() -> None:
    assert ConjunctionRow.__struct_fields__ == COLUMNS


def test_numbers_survive_json() -> None:
    table = conjunctions_of(3)
    rows = [json.loads(line) for line in written(table, Format.NDJSON).splitlines()]
    for row, miss, pc in zip(rows, table.miss_km, table.pc, strict=False):
        assert row["miss_km"] == miss
        assert row["pc"] == pc


def test_a_volume_stands_in_place_of_the_threshold() -> None:
    summary = summary_of(
        1, threshold_km=msgspec.UNSET, volume_km=(0.4, 44.0, 51.0), volume_shape="ellipsoid"
    )
    last = written(replace(conjunctions_of(1), summary=summary), Format.NDJSON).splitlines()[-1]
    assert json.loads(last)["volume_km"] == [0.4, 44.0, 51.0]
    assert b"threshold_km" not in last


@pytest.mark.parametrize("n", [0, 1, 5000])
def test_json_is_one_document(n: int) -> None:
    document = json.loads(written(conjunctions_of(n), Format.JSON))
    assert len(document["conjunctions"]) == n
    assert document["summary"]["conjunctions"] == n


def test_csv_has_a_heading_and_empty_places() -> None:
    table = replace(conjunctions_of(6), name1=conjunctions_of(6).name1.astype("U20"))
    table.name1[0] = 'A, "B"\nC'
    text = written(table, Format.CSV).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 6
    assert rows[0]["name1"] == 'A, "B"\nC'
    assert rows[4]["pc"] == ""
    assert rows[4]["slow"] == "true"
    assert float(rows[0]["miss_km"]) == table.miss_km[0]


def test_parquet_can_be_read_back(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(written(conjunctions_of(9), Format.PARQUET))
    assert pl.read_parquet(path).columns == list(COLUMNS)


def test_the_table_for_people_is_ranked() -> None:
    stream = io.BytesIO()
    table = conjunctions_of(40)
    write_rows(table, Format.TABLE, stream, shown=5)
    lines = stream.getvalue().decode().splitlines()
    assert len(lines) == 3 + 5 + 1
    assert lines[-1] == "... and 35 more"
    best = min(row["pc"] or math.inf for row in table.most_dangerous(1).rows())
    assert f"{best:.1e}" in lines[3]
