"""Conjunctions as bytes: lines of JSON, one JSON document, CSV, Parquet, a table for people."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from enum import StrEnum
from itertools import islice
from typing import BinaryIO

import msgspec

from commonsky.node import interchange, preview
from commonsky.node.conjunctions import Conjunctions

LINES_AT_ONCE = 4096


class Format(StrEnum):
    """How results are written."""

    TABLE = "table"
    NDJSON = "ndjson"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


class ConjunctionRow(msgspec.Struct, frozen=True, tag_field="kind", tag="conjunction"):
    """One line of the ndjson contract; the fields are the table's columns, in their order."""

    object1: int
    object2: int
    name1: str
    name2: str
    source1: str
    source2: str
    tca: str
    miss_km: float
    relative_speed_km_s: float
    radial_km: float
    in_track_km: float
    cross_track_km: float
    pc: float | None
    pc_max: float | None
    pc_method: str | None
    pc_null_reason: str | None
    diluted: bool
    grade: str
    slow: bool
    intra_fleet: bool
    age1_days: float
    age2_days: float


def write_rows(table: Conjunctions, form: Format, stream: BinaryIO, *, shown: int = 20) -> None:
    """Write a table; `shown` rows of it, the most dangerous, where people read them."""
    if form is Format.TABLE:
        most = list(table.most_dangerous(shown).rows())
        stream.write(preview.text(most, len(table), table.summary).encode() + b"\n")
    else:
        WRITERS[form](table, stream)


def write_ndjson(table: Conjunctions, stream: BinaryIO) -> None:
    """Write one JSON object a line, by TCA; the last line is the summary."""
    encoder = msgspec.json.Encoder()
    stream.writelines(encoder.encode_lines(block) for block in _blocks(table))
    stream.write(encoder.encode(table.summary) + b"\n")


def write_json(table: Conjunctions, stream: BinaryIO) -> None:
    """Write one JSON document: the conjunctions by TCA, and the summary."""
    encoder = msgspec.json.Encoder()
    stream.write(b'{"conjunctions":[')
    stream.writelines(
        (b",\n" if k else b"\n") + b",\n".join(map(encoder.encode, block))
        for k, block in enumerate(_blocks(table))
    )
    stream.write(b'\n],"summary":' + encoder.encode(table.summary) + b"}\n")


def write_csv(table: Conjunctions, stream: BinaryIO) -> None:
    """Write CSV with a heading, by TCA; what has no value is empty."""
    words = {True: "true", False: "false"}
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=False)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(
        [words[value] if isinstance(value, bool) else value for value in row]
        for row in table.values()
    )
    text.detach()


def _blocks(table: Conjunctions) -> Iterator[list[ConjunctionRow]]:
    rows = (ConjunctionRow(*row) for row in table.values())
    while block := list(islice(rows, LINES_AT_ONCE)):
        yield block


WRITERS: dict[Format, Callable[[Conjunctions, BinaryIO], None]] = {
    Format.NDJSON: write_ndjson,
    Format.JSON: write_json,
    Format.CSV: write_csv,
    Format.PARQUET: interchange.write_parquet,
}
