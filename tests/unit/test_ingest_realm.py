"""Files of an exercise are no statements of a nation in operations, however they are packed."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from commonsky.errors import UnreadableInput
from commonsky.ledger.label import Label
from commonsky.ledger.record import Kind
from commonsky.ledger.sqlite import SqliteStore
from commonsky.node.home import Home, made
from commonsky.node.ingest import ingest
from commonsky.node.intake import read_records
from commonsky.node.statements import Author

NOW_TAI_NS = 1_800_000_000 * 10**9
HEADING = "OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,"
HEADING += "ARG_OF_PERICENTER,MEAN_ANOMALY,NORAD_CAT_ID,BSTAR,ORIGINATOR\n"
ROW = "{},1998-067A,2026-03-01T12:00:00,15.5,0.0004,51.6,200.0,90.0,270.0,{},0.0001,{}\n"


def taken(folder: Path, realm: str, rows: str) -> int:
    """How many element sets a new node of a realm states of a file."""
    home: Home = made(folder / "node", "NOR", realm)
    path = folder / "gp.csv.gz"
    path.write_bytes(gzip.compress((HEADING + rows).encode()))
    store = SqliteStore(home.ledger, realm)
    author = Author("NOR", realm)
    try:
        ingest(read_records(path), home, store, author, Label(), NOW_TAI_NS)
    finally:
        count = len(list(store.heads(Kind.ELEMENT_SET)))
        store.close()
    return count


REAL = ROW.format("ISS", 25544, "18 SPCS")
PLAYED = ROW.format("ISS", 25544, "NOR-EX")


def test_real_files_are_stated_in_every_realm(tmp_path: Path) -> None:
    for number, realm in enumerate(("ops", "test", "exercise/gs26")):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert taken(folder, realm, REAL) == 1


@pytest.mark.parametrize(
    ("realm", "rows", "why"),
    [
        ("ops", REAL + PLAYED, "NOR-EX is that of an exercise"),
        ("ops", f"{REAL}COMMENT REALM = exercise/gs26\n", "realm exercise/gs26"),
        ("exercise/gs27", f"{REAL}COMMENT REALM = exercise/gs26\n", "realm exercise/gs26"),
    ],
)
def test_files_of_another_realm_are_refused_whole(
    tmp_path: Path, realm: str, rows: str, why: str
) -> None:
    with pytest.raises(UnreadableInput, match=why):
        taken(tmp_path, realm, rows)
    store = SqliteStore(tmp_path / "node" / "ledger" / "ledger.sqlite", realm)
    assert not list(store.since())
    store.close()


def test_an_exercise_takes_its_own(tmp_path: Path) -> None:
    assert taken(tmp_path, "exercise/gs26", f"{PLAYED}COMMENT REALM = exercise/gs26\n") == 1


def test_operations_state_no_simulated_object(tmp_path: Path) -> None:
    rows = REAL + ROW.format("MADE UP", 900_000_001, "18 SPCS")
    assert taken(tmp_path, "ops", rows) == 1
