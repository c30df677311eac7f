"""What is taken out as a file: right, bounded, and marked with its realm and its labels."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import numpy as np
import pytest

from commonsky.astro.epoch import NS_PER_S, tai_ns, utc_text
from commonsky.astro.frames import transform
from commonsky.astro.sgp4 import propagate
from commonsky.astro.states import Frame
from commonsky.ledger.label import Label
from commonsky.ledger.record import Kind
from commonsky.node.realm import told_by
from commonsky.show.api import exporting_tables
from commonsky.show.api.exporting import defused
from tests.api_case import NOW_TAI_NS, SHARED, WHOLE, Case, asking, case_in, closed, seen

EXPORT = "/api/v1/export"
FORMULA = '=HYPERLINK("http://example.org","x")'


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    case = case_in(tmp_path_factory.mktemp("nor"))
    to = Label(classification="RESTRICTED", releasable_to=("AUS", "GBR"))
    case.append("formula", case.author.stated(
        Kind.NOTICE, "text", FORMULA.encode(), to, NOW_TAI_NS + 9,
    ))  # fmt: skip
    seen(case)
    yield case
    closed(case)


@pytest.fixture(scope="module")
def ask(case: Case) -> Iterator[httpx.Client]:
    with asking(case) as client:
        yield client


def text(ask: httpx.Client, path: str, **query: Any) -> str:
    answer = ask.get(f"{EXPORT}/{path}", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith('attachment; filename="NOR-test-')
    return answer.text


def table(ask: httpx.Client, name: str) -> tuple[list[str], list[dict[str, str]]]:
    lines = text(ask, name).removeprefix("\ufeff").splitlines(keepends=True)
    heading = [line.strip() for line in lines[:5]]
    assert all(line.startswith("# ") for line in heading)
    return heading, list(csv.DictReader(io.StringIO("".join(lines[5:]), newline="")))


@pytest.mark.parametrize("name", ["alerts", "conjunctions", "objects"])
def test_each_table_says_its_realm_and_marking_and_what_is_missing(
    ask: httpx.Client, name: str
) -> None:
    heading, rows = table(ask, f"{name}.csv")
    assert heading[0] == "# REALM = test"
    assert heading[1] == "# ORIGINATOR = NOR-EX"
    assert "GBR is unreachable" in heading[4]
    assert rows
    told = told_by(ask.get(f"{EXPORT}/{name}.csv").content)
    assert told.realms == {"test"}, "no node of operations takes it in"


def test_alerts_are_all_there_under_the_strictest_of_their_labels(
    ask: httpx.Client, case: Case
) -> None:
    heading, rows = table(ask, "alerts.csv")
    assert heading[2] == "# MARKING = RESTRICTED//REL ORIGINATOR ONLY"
    by = {row["handle"]: row for row in rows}
    assert [int(row["sequence"]) for row in rows] == sorted(
        (int(row["sequence"]) for row in rows), reverse=True
    )
    assert by[case.handles["standing"]]["severity"] == "ATTENTION"
    assert by[case.handles["standing"]]["pc"] == "1e-05"
    assert by[case.handles["withdrawn"]]["struck_why"] == "withdrawn by AUS: wrong sensor bias"
    assert by[case.handles["notice"]]["text"] == "<b>radar down</b>"
    assert by[case.handles["notice"]]["marking"] == "UNCLASSIFIED//REL NOR"
    assert {"conjunction", "event", "warning", "retraction", "notice"} == {
        row["kind"] for row in rows
    }


def test_no_cell_is_a_formula(ask: httpx.Client, case: Case) -> None:
    _, rows = table(ask, "alerts.csv")
    cell = next(row["text"] for row in rows if row["handle"] == case.handles["formula"])
    assert cell == f"'{FORMULA}"


@pytest.mark.parametrize(
    ("value", "cell"),
    [("=1", "'=1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\t=1", "'\t=1"), ("", ""),
     (" =1", "' =1"), ("\u200b=1", "'\u200b=1"), ("\uff1d1", "'\uff1d1"), ("a=1", "a=1"),
     (-1.5, -1.5), (None, ""), (True, True)],
)  # fmt: skip
def test_what_a_spreadsheet_would_run_is_defused(value: Any, cell: Any) -> None:
    assert defused(value) == cell


def test_a_list_that_is_cut_says_so(ask: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting_tables, "MOST_ALERTS", 3)
    heading, rows = table(ask, "alerts.csv")
    assert len(rows) == 3
    assert "only the newest 3 alerts are here" in heading[4]


def test_objects_are_those_of_the_list(ask: httpx.Client) -> None:
    heading, rows = table(ask, "objects.csv")
    assert heading[2] == "# MARKING = UNCLASSIFIED//REL NOR"
    assert len(rows) == WHOLE
    listed = ask.get("/api/v1/objects", params={"most": 200}).json()["data"]
    assert [int(row["number"]) for row in rows] == [one["number"] for one in listed]
    assert [row["verdict"] for row in rows] == [one["verdict"] for one in listed]
    assert [row["nations"].split() for row in rows] == [one["nations"] for one in listed]


def test_conjunctions_are_those_of_the_table(ask: httpx.Client) -> None:
    _, rows = table(ask, "conjunctions.csv")
    told = ask.get("/api/v1/conjunctions", params={"most": 1000}).json()["data"]
    assert [row["tca"] for row in rows] == [one["tca"] for one in told]
    assert {row["severity"] for row in rows} >= {"LOW", "UNKNOWN"}


def test_an_ephemeris_has_every_nations_statement(ask: httpx.Client, case: Case) -> None:
    ccsds_ndm = pytest.importorskip("ccsds_ndm", reason="ccsds-ndm-py is not installed")
    number = int(case.sky.catalogue_number[SHARED - 1])
    begin = utc_text(NOW_TAI_NS + 77, 9)
    body = text(ask, f"object/{number}.oem", step=1800, **{"from": begin})
    assert "COMMENT REALM = test" in body
    assert "COMMENT MARKING = UNCLASSIFIED//REL NOR" in body
    told = ccsds_ndm.from_str(body)
    assert told.header.originator == "NOR-EX"
    assert [one.metadata.comment[0][:15] for one in told.segments] == [
        "STATED BY = AUS", "STATED BY = NOR",
    ]  # fmt: skip
    theirs, ours = (one.data.state_vector_numpy[:, :6] for one in told.segments)
    epoch = NOW_TAI_NS + 77 + 1800 * NS_PER_S * np.arange(len(ours), dtype=np.int64)
    states = propagate(case.sky.take(np.array([SHARED - 1])).elements, epoch)
    wanted = np.hstack(transform(
        states.position_km[0], states.velocity_km_s[0], epoch, Frame.TEME, Frame.GCRF
    ))  # fmt: skip
    assert np.allclose(ours, wanted, rtol=0.0, atol=1e-9)
    assert np.abs(theirs - ours).max() > 100.0, "they put it elsewhere"
    assert told_by(body.encode()).realms == {"test"}


@pytest.mark.parametrize(
    "query",
    [{"step": 0}, {"step": "nan"}, {"step": 0.01}, {"frame": "TEME"}, {"from": "now"},
     {"until": "1990-01-01"}, {"from": "2025-01-01", "until": "2099-01-01"}],
)  # fmt: skip
def test_an_ephemeris_of_no_span_or_of_too_much_is_refused(
    ask: httpx.Client, case: Case, query: dict[str, Any]
) -> None:
    number = int(case.sky.catalogue_number[0])
    assert ask.get(f"{EXPORT}/object/{number}.oem", params=query).status_code == 422


def test_what_nobody_states_is_not_exported(ask: httpx.Client) -> None:
    assert ask.get(f"{EXPORT}/object/5.oem").status_code == 404
    assert ask.get(f"{EXPORT}/czml", params={"objects": "5"}).status_code == 404


def packets(ask: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    return list(msgspec.json.decode(text(ask, "czml", **query)))


def test_czml_carries_marking_and_positions(ask: httpx.Client, case: Case) -> None:
    one, other = (int(case.sky.catalogue_number[row]) for row in (0, SHARED - 1))
    document, *told = packets(ask, objects=f"{one}, {other}", step=600)
    assert document["id"] == "document"
    assert document["name"] == "NOR-EX, REALM = test, MARKING = UNCLASSIFIED//REL NOR"
    assert {part["id"] for part in told} == {f"{one}/AUS+NOR", f"{other}/AUS", f"{other}/NOR"}
    place = told[0]["position"]
    values = np.array(place["cartesianVelocity"]).reshape(-1, 7)
    epoch = tai_ns(place["epoch"]) + np.round(values[:, 0] * NS_PER_S).astype(np.int64)
    states = propagate(case.sky.take(np.array([0])).elements, epoch)
    wanted, _ = transform(
        states.position_km[0], states.velocity_km_s[0], epoch, Frame.TEME, Frame.GCRF
    )
    assert np.allclose(values[:, 1:4], wanted * 1000.0, atol=1e-3)
    assert place["referenceFrame"] == "INERTIAL"


def test_czml_of_a_conjunction_is_the_time_around_it(ask: httpx.Client, case: Case) -> None:
    document, *told = packets(ask, conjunction=case.handles["standing"])
    assert document["clock"]["currentTime"] == utc_text(NOW_TAI_NS + 200 * NS_PER_S, 3)
    assert document["properties"]["marking"] == "UNCLASSIFIED//REL ORIGINATOR ONLY"
    assert {part["properties"]["number"] for part in told} == {900_000_000, 900_000_001}


@pytest.mark.parametrize(
    "query",
    [{}, {"objects": "x"}, {"objects": ","}, {"objects": ",".join("1" * 300)},
     {"objects": "1", "conjunction": "0" * 32}, {"objects": "9" * 30}],
)  # fmt: skip
def test_czml_of_nothing_or_of_too_much_is_refused(
    ask: httpx.Client, query: dict[str, str]
) -> None:
    assert ask.get(f"{EXPORT}/czml", params=query).status_code == 422


def test_czml_of_what_is_no_conjunction_is_refused(ask: httpx.Client, case: Case) -> None:
    for name, status in (("notice", 422), ("element set", 422)):
        query = {"conjunction": case.handles[name]}
        assert ask.get(f"{EXPORT}/czml", params=query).status_code == status
    assert ask.get(f"{EXPORT}/czml", params={"conjunction": "0" * 32}).status_code == 404


def test_exports_of_operations_name_no_exercise(tmp_path: Path) -> None:
    case = case_in(tmp_path)
    configuration = msgspec.structs.replace(case.home.configuration, realm="ops")
    case.desk.home = type(case.home)(case.home.folder, configuration)
    seen(case)
    number = int(case.sky.catalogue_number[0])
    with asking(case) as ask:
        body = ask.get(f"{EXPORT}/object/{number}.oem", params={"step": 3600}).text
        rows = ask.get(f"{EXPORT}/objects.csv").text
    assert "ORIGINATOR = NOR\n" in body
    assert "REALM" not in body
    assert "# REALM = ops" in rows
    told = told_by(rows.encode())
    assert (told.realms, told.originators) == (set(), set())
    closed(case)
