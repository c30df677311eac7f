"""Conjunctions as files of conjunction data messages, and what they say of positions."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from defusedxml.ElementTree import fromstring
from msgspec import UNSET

from commonsky.astro.epoch import tai_ns, utc_texts
from commonsky.errors import NodeError, NotRepresentable
from commonsky.node.conjunctions import Conjunctions
from commonsky.node.message_geometry import covariance_rtn_m2, message_geometry
from commonsky.node.messages import write_messages
from tests.catalogue_case import catalogue_of
from tests.cdm_case import kvn_pairs
from tests.conjunction_case import conjunctions_of, summary_of


def test_the_frame_changes_and_the_miss_stays() -> None:
    table = conjunctions_of(8)
    found = message_geometry(table)
    apart_km = np.linalg.norm(found.position2_gcrf_km - found.position1_gcrf_km, axis=1)
    np.testing.assert_allclose(apart_km, table.miss_km, rtol=1e-9)
    np.testing.assert_allclose(
        np.linalg.norm(found.relative_position_rtn_m, axis=1), table.miss_km * 1000.0, rtol=1e-9
    )
    moved_km = np.linalg.norm(found.position1_gcrf_km - table.encounters.position1_teme_km, axis=1)
    # TEME of 2025 is 25 years of precession, a third of a degree, from GCRF.
    assert (moved_km > 1.0).all()
    assert (moved_km < 150.0).all()


def test_relative_velocity_is_turned_with_the_axes() -> None:
    table = conjunctions_of(8)
    found = message_geometry(table)
    relative = table.encounters.velocity2_teme_km_s - table.encounters.velocity1_teme_km_s
    along = (found.relative_position_rtn_m * found.relative_velocity_rtn_m_s).sum(axis=1)
    separation = table.encounters.position2_teme_km - table.encounters.position1_teme_km
    np.testing.assert_allclose(along, (separation * relative).sum(axis=1) * 1e6, rtol=1e-7)


def test_covariances_are_squares_of_sigmas_in_metres() -> None:
    position, velocity = np.array([[7000.0, 0.0, 0.0]]), np.array([[0.5, 7.0, 0.0]])
    covariance = covariance_rtn_m2(np.array([[0.1, 2.0, 0.3]]), position, velocity)[0]
    sigma = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(sigma[:3], [100.0, 2000.0, 300.0])
    np.testing.assert_allclose(sigma[3:], [2.0, 0.1, 0.3])
    assert (np.linalg.eigvalsh(covariance) > 0.0).all()


CREATED = tai_ns("2025-03-30T12:00:00Z")
CATALOGUE = catalogue_of(
    {"number": 100, "object_id": "98067A", "type": 1, "operator": "Nasa = [x]"},
    {"number": 101, "type": 2, "mean_motion": 0.00437},
    {"number": 102, "object_id": "odd", "type": 3},
    {"number": 270_440, "object_id": "2024-001B"},
)


def rows_of(table: Conjunctions, row1: list[int], row2: list[int]) -> Conjunctions:
    rows = {"row1": np.array(row1), "row2": np.array(row2)}
    return replace(table, encounters=replace(table.encounters, **rows))


def written(
    folder: Path, table: Conjunctions, form: str = "kvn", **choices: Any
) -> list[dict[str, Any]]:
    """What was written, read again: keywords, and those of the objects in lists."""
    count = write_messages(table, CATALOGUE, folder, form, clock=lambda: CREATED, **choices)
    files = sorted(folder.iterdir())
    assert len(files) == count == len(table)
    return [read(file.read_bytes()) for file in files]


def read(raw: bytes) -> dict[str, Any]:
    told: dict[str, Any] = {"comments": re.findall(r"^COMMENT (.*)$", raw.decode(), re.MULTILINE)}
    for keyword, text, _ in kvn_pairs(raw):
        told[keyword] = [*told[keyword], text] if keyword in told else [text]
    return told


def test_a_message_says_what_the_table_says(tmp_path: Path) -> None:
    table = rows_of(conjunctions_of(3), [0, 1, 2], [9, 9, 3])
    geometry = message_geometry(table)
    first, second, third = written(tmp_path, table)
    assert first["CREATION_DATE"] == ["2025-03-30T12:00:00.000000"]
    assert first["ORIGINATOR"] == ["COMMONSKY"]
    assert first["START_SCREEN_PERIOD"] == ["2025-03-31T00:00:00.000000"]
    assert first["STOP_SCREEN_PERIOD"] == ["2025-04-01T00:00:00.000000"]
    assert first["SCREEN_VOLUME_SHAPE"] == ["ELLIPSOID"]
    assert [first[f"SCREEN_VOLUME_{axis}"] for axis in "XYZ"] == [["5000.0"]] * 3
    assert "GRADE = SCREENING" in first["comments"]
    assert not [one for one in first["comments"] if one.startswith("REALM")]
    assert first["REF_FRAME"] == ["GCRF", "GCRF"]
    assert first["COVARIANCE_METHOD"] == ["DEFAULT", "DEFAULT"]
    for row, told in enumerate((first, second, third)):
        assert told["TCA"] == utc_texts(table.tca_tai_ns[[row]], 6, suffix="")
        assert float(told["MISS_DISTANCE"][0]) == pytest.approx(1000.0 * table.miss_km[row])
        assert told["OBJECT_DESIGNATOR"] == [str(table.object1[row]), str(table.object2[row])]
        states = [float(told[axis][1]) for axis in ("X", "Y", "Z")]
        np.testing.assert_allclose(states, geometry.position2_gcrf_km[row], rtol=1e-15)
        rates = [float(told[axis][0]) for axis in ("X_DOT", "Y_DOT", "Z_DOT")]
        np.testing.assert_allclose(rates, geometry.velocity1_gcrf_km_s[row], rtol=1e-15)
        parts = [float(told[f"RELATIVE_POSITION_{axis}"][0]) for axis in "RTN"]
        np.testing.assert_allclose(parts, geometry.relative_position_rtn_m[row], rtol=1e-15)
        for keyword, place in (("CR_R", 0), ("CT_T", 1), ("CN_N", 2), ("CNDOT_NDOT", 5)):
            for which, covariance in enumerate(
                (geometry.covariance1_rtn_m2, geometry.covariance2_rtn_m2)
            ):
                assert float(told[keyword][which]) == pytest.approx(covariance[row, place, place])
        assert told["CTDOT_R"] == ["0.0", "0.0"]
        assert float(told["COLLISION_PROBABILITY"][0]) == pytest.approx(table.pc[row], rel=1e-15)


def test_objects_are_described_as_the_catalogue_knows_them(tmp_path: Path) -> None:
    table = rows_of(conjunctions_of(3), [0, 1, 2], [9, 9, 3])
    first, second, third = written(tmp_path, table)
    assert first["INTERNATIONAL_DESIGNATOR"] == ["1998-067A", "UNKNOWN"]
    assert first["OBJECT_TYPE"] == ["PAYLOAD", "UNKNOWN"]
    assert first["MANEUVERABLE"] == ["N/A", "N/A"]
    assert first["OPERATOR_ORGANIZATION"] == ["NASA ? (X)"]
    assert first["GRAVITY_MODEL"] == ["WGS-72: 4D 0O"]  # of the first; the second is an ephemeris
    assert first["EPHEMERIS_NAME"] == ["NONE", "OWN.TLE"]
    assert second["OBJECT_TYPE"] == ["ROCKET BODY", "UNKNOWN"]
    assert second["MANEUVERABLE"] == ["NO", "N/A"]
    assert second["N_BODY_PERTURBATIONS"] == ["MOON, SUN"]
    assert "GRAVITY_MODEL" not in second
    assert third["INTERNATIONAL_DESIGNATOR"] == ["UNKNOWN", "2024-001B"]
    assert third["EPHEMERIS_NAME"] == ["NONE", "NONE"]
    assert f"AGE = {table.age1_days[2]:.3f} [d]" in third["comments"]


def test_an_ephemeris_of_a_catalogued_object_keeps_its_designator(tmp_path: Path) -> None:
    (told,) = written(tmp_path, rows_of(conjunctions_of(1), [7], [8]))
    assert told["INTERNATIONAL_DESIGNATOR"] == ["1998-067A", "UNKNOWN"]
    assert told["EPHEMERIS_NAME"] == ["GP.CSV", "OWN.TLE"]
    assert sum("interpolated in an ephemeris" in one for one in told["comments"]) == 2


def test_without_pc_there_is_a_reason(tmp_path: Path) -> None:
    *_, slow = written(tmp_path, conjunctions_of(5))
    assert "COLLISION_PROBABILITY" not in slow
    assert "COLLISION_PROBABILITY_METHOD" not in slow
    assert "PC_NULL_REASON = slow encounter" in slow["comments"]
    assert "SLOW = YES" in slow["comments"]


def test_a_pc_too_small_for_a_number_is_told_by_its_logarithm(tmp_path: Path) -> None:
    table = conjunctions_of(1)
    small = {"pc": np.zeros(1), "log10_pc": np.array([-352.125])}
    table = replace(table, assessment=replace(table.assessment, **small))
    (told,) = written(tmp_path, table)
    assert told["COLLISION_PROBABILITY"] == ["0.0"]
    assert "LOG10_COLLISION_PROBABILITY = -352.125000" in told["comments"]


def test_a_pc_that_was_rounded_above_one_is_one(tmp_path: Path) -> None:
    table = conjunctions_of(1)
    table = replace(table, assessment=replace(table.assessment, pc=np.array([1.0 + 2e-16])))
    assert written(tmp_path, table)[0]["COLLISION_PROBABILITY"] == ["1.0"]


def test_an_unknown_covariance_is_zero_and_said_to_be_unknown(tmp_path: Path) -> None:
    (told,) = written(tmp_path, conjunctions_of(1, sigma2_rtn_km=np.full((1, 3), np.nan)))
    assert told["CT_T"] == ["10000.0", "0.0"]
    assert told["CNDOT_NDOT"][1] == "0.0"
    assert sum(one.startswith("COVARIANCE = unknown") for one in told["comments"]) == 1


def test_volumes_are_semi_axes_in_metres(tmp_path: Path) -> None:
    summary = summary_of(
        1, threshold_km=UNSET, volume_km=(0.4, 44.0, 51.0), volume_shape="box", volume_frame="RIC"
    )
    (told,) = written(tmp_path, conjunctions_of(1, summary=summary))
    assert told["SCREEN_VOLUME_FRAME"] == ["RTN"]
    assert told["SCREEN_VOLUME_SHAPE"] == ["BOX"]
    sizes = [told[f"SCREEN_VOLUME_{axis}"][0] for axis in "XYZ"]
    assert sizes == ["400.0", "44000.0", "51000.0"]


HOSTILE = [
    "A = B", "A\nORIGINATOR = EVIL", "A\r\nCOMMENT GRADE = ACTIONABLE", "\x00\x07\x1b[31m", "",
    "   ", "ÉTOILE ⭐", "N" * 500, "&" * 500, "<!DOCTYPE x>", "COSMOS 2456 [GLONASS]", "\\N", '"',
    "]]>", "ISS\x85", "\u2028X",
]  # fmt: skip


@pytest.mark.parametrize("form", ["kvn", "xml", "json"])
def test_hostile_names_hide_no_conjunction(tmp_path: Path, form: str) -> None:
    table = conjunctions_of(len(HOSTILE), name1=np.array(HOSTILE), source2=np.array(HOSTILE))
    assert write_messages(table, CATALOGUE, tmp_path, form) == len(HOSTILE)
    for file in sorted(tmp_path.iterdir()):
        raw = file.read_bytes()
        assert raw.isascii()
        if form == "kvn":
            told = read(raw)
            assert told["ORIGINATOR"] == ["COMMONSKY"]
            assert told["comments"].count("GRADE = SCREENING") == 1
            assert len(told["OBJECT_NAME"]) == 2
        elif form == "xml":
            assert len(fromstring(raw).findall(".//OBJECT_NAME")) == 2
        else:
            assert json.loads(raw)["SAT1_OBJECT_NAME"]


def test_a_changed_name_is_told_as_it_was(tmp_path: Path) -> None:
    names = np.array(["COSMOS [X]", "Ünal", "plain"])
    comments = [told["comments"] for told in written(tmp_path, conjunctions_of(3, name1=names))]
    assert "NAME_IN_CATALOGUE = COSMOS [X]" in comments[0]
    assert r"NAME_IN_CATALOGUE = \xdcnal" in comments[1]
    assert not [one for one in comments[2] if one.startswith("NAME")]


def test_numbers_of_ours_and_of_simulations_name_their_catalogue(tmp_path: Path) -> None:
    table = conjunctions_of(1, object2=np.array([123_456_789_012]))
    (told,) = written(tmp_path / "ours", table)
    assert told["OBJECT_DESIGNATOR"] == ["100", "123456789012"]
    assert told["CATALOG_NAME"] == ["SATCAT", "COMMONSKY"]
    assert told["ORIGINATOR"] == ["COMMONSKY"]
    (told,) = written(tmp_path / "simulated", conjunctions_of(1, object2=np.array([900_000_000])))
    assert told["CATALOG_NAME"] == ["SATCAT", "SIMULATED"]


@pytest.mark.parametrize("number", [900_000_000, 999_999_999])
def test_simulated_objects_make_an_exercise(tmp_path: Path, number: int) -> None:
    table = conjunctions_of(3, object2=np.array([270_438, number, 270_440]))
    for told in written(tmp_path, table):
        assert told["ORIGINATOR"] == ["COMMONSKY-EX"]
        assert "REALM = exercise/synthetic" in told["comments"]


@pytest.mark.parametrize("number", [899_999_999, 1_000_000_000])
def test_other_numbers_do_not(tmp_path: Path, number: int) -> None:
    (told,) = written(tmp_path, conjunctions_of(1, object2=np.array([number])))
    assert told["ORIGINATOR"] == ["COMMONSKY"]


def test_each_realm_but_operations_marks_its_messages(tmp_path: Path) -> None:
    table = conjunctions_of(1)
    for realm in ("test", "exercise/north-7"):
        (told,) = written(tmp_path / realm, table, realm=realm, originator="NOR")
        assert told["ORIGINATOR"] == ["NOR-EX"]
        assert f"REALM = {realm}" in told["comments"]
    simulated = conjunctions_of(1, object2=np.array([900_000_000]))
    (told,) = written(tmp_path / "own", simulated, realm="exercise/north-7", originator="NOR-EX")
    assert told["ORIGINATOR"] == ["NOR-EX"]
    assert "REALM = exercise/north-7" in told["comments"]
    for wrong in ("exercise/", "exercise/a b", "war", "exercise/a\nb"):
        with pytest.raises(NodeError, match="a realm is"):
            write_messages(table, CATALOGUE, tmp_path / "wrong", realm=wrong)
    with pytest.raises(NodeError, match="originator of an exercise"):
        write_messages(table, CATALOGUE, tmp_path / "wrong", originator="NOR-EX")


def test_names_of_files_sort_as_events_and_ids_are_unique(tmp_path: Path) -> None:
    table = conjunctions_of(6).take(np.array([3, 1, 0, 0, 5, 1]))
    told = written(tmp_path, table)
    assert [one["TCA"] for one in told] == sorted(one["TCA"] for one in told)
    assert len({one["MESSAGE_ID"][0] for one in told}) == len(table)
    again = written(tmp_path / "again", table)
    assert told == again


def test_names_are_stable(tmp_path: Path) -> None:
    tca = np.array([tai_ns("2016-12-31T23:59:60.5Z")])
    table = conjunctions_of(1)
    table = replace(table, encounters=replace(table.encounters, tca_tai_ns=tca))
    (told,) = written(tmp_path, table)
    assert told["TCA"] == ["2016-12-31T23:59:60.500000"]
    (file,) = tmp_path.iterdir()
    assert file.name == "20161231T235960500000_000000000100_000000270438.kvn"


def test_messages_are_made_block_by_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = conjunctions_of(11)
    whole = written(tmp_path / "whole", table)
    monkeypatch.setattr("commonsky.node.messages.ROWS_AT_ONCE", 4)
    assert written(tmp_path / "pieces", table) == whole


def test_what_cannot_be_written_holds_up_nothing_else(tmp_path: Path) -> None:
    table = conjunctions_of(4)
    position = table.encounters.position2_teme_km.copy()
    position[1] = np.nan
    table = replace(table, encounters=replace(table.encounters, position2_teme_km=position))
    with pytest.raises(NotRepresentable, match=r"1 of 4 conjunctions.*finite"):
        write_messages(table, CATALOGUE, tmp_path)
    assert len(list(tmp_path.iterdir())) == 3


def test_a_file_appears_only_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = conjunctions_of(1)
    (old,) = written(tmp_path, table)

    def full(path: Path, content: bytes) -> int:
        with path.open("wb") as stream:
            stream.write(content[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        write_messages(table, CATALOGUE, tmp_path, originator="OTHER")
    (file,) = tmp_path.iterdir()
    assert read(file.read_bytes()) == old


def test_an_unknown_form_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="kvn, xml, json"):
        write_messages(conjunctions_of(1), CATALOGUE, tmp_path / "none", "csv")
    assert not (tmp_path / "none").exists()


def test_nothing_found_writes_nothing(tmp_path: Path) -> None:
    assert write_messages(conjunctions_of(0), CATALOGUE, tmp_path) == 0
    assert write_messages(conjunctions_of(2), CATALOGUE.take(np.array([], int)), tmp_path) == 2


@pytest.mark.parametrize("form", ["kvn", "xml"])
def test_an_independent_reader_reads_them(tmp_path: Path, form: str) -> None:
    ccsds_ndm = pytest.importorskip("ccsds_ndm", reason="ccsds-ndm-py is not installed")
    table = rows_of(conjunctions_of(5), [0, 1, 2, 9, 9], [9, 9, 3, 9, 9])
    geometry = message_geometry(table)
    write_messages(table, CATALOGUE, tmp_path, form)
    for row, file in enumerate(sorted(tmp_path.iterdir())):
        told = ccsds_ndm.from_file(str(file))
        told.validate()
        relative = told.body.relative_metadata_data
        assert relative.miss_distance == pytest.approx(1000.0 * table.miss_km[row], rel=1e-9)
        assert relative.tca == utc_texts(table.tca_tai_ns[[row]], 6, suffix="")[0]
        pc = relative.collision_probability
        assert pc is None if np.isnan(table.pc[row]) else pc == pytest.approx(table.pc[row])
        second = told.body.segments[1]
        assert second.metadata.object_name == table.name2[row].upper()
        state = second.data.state_vector
        np.testing.assert_allclose(
            [state.x, state.y, state.z], geometry.position2_gcrf_km[row], rtol=1e-15
        )
        covariance = second.data.covariance_matrix.to_numpy()[:6, :6]
        np.testing.assert_allclose(covariance, geometry.covariance2_rtn_m2[row], rtol=1e-14)
