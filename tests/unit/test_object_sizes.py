"""Tables of masses and sizes that people have: five headings, and what is made of bad rows."""

from __future__ import annotations

import math

import numpy as np
import pytest

from commonsky.catalogue.catalogue import ObjectType
from commonsky.environment.objects import SizeProvenance
from commonsky.environment.size_table import ACTIVE, INACTIVE, UNKNOWN_STATE
from commonsky.errors import MessageError
from commonsky.formats import object_sizes as reader
from commonsky.formats.object_size_rows import Form
from commonsky.formats.object_sizes import ObjectSizes, object_sizes

PLAIN = "NORAD_CAT_ID,MASS_KG,AREA_M2,HBR_M,RCS_M2,LAUNCH_DATE,ACTIVE\n"
CARA = "ObjectID,HBR,HBRSigma,HBRSource,Mass,MassSigma,MassSource\n"
SATCAT = (
    "OBJECT_NAME,OBJECT_ID,NORAD_CAT_ID,OBJECT_TYPE,OPS_STATUS_CODE,OWNER,LAUNCH_DATE,LAUNCH_SITE,"
    "DECAY_DATE,PERIOD,INCLINATION,APOGEE,PERIGEE,RCS,DATA_STATUS_CODE,ORBIT_CENTER,ORBIT_TYPE\n"
)
UCS = (
    '"Name of Satellite, Alternate Names",Class of Orbit,Launch Mass (kg.), Dry Mass (kg.) ,'
    "Date of Launch,NORAD Number,Comments,,Source,Source,,\r\n"
)
GCAT = (
    "#JCAT\tSatcat\tPiece\tType\tName\tLDate\tMass\tMassFlag\tDryMass\tDryFlag\tTotMass\tLength\n"
    "# Updated 2026 Sep 28 2218:29\n"
)
OF = SizeProvenance


def read(text: str) -> ObjectSizes:
    return object_sizes(text.encode())


def test_ours() -> None:
    found = read(
        PLAIN + "25544,420000,2000,54.5,400,1998-11-20,1\n"
        "900000001,,,,0.02,,\n"
        "7,5e-1,,,,,no\n"
    )  # fmt: skip
    table = found.table
    assert (found.form, found.read, len(table)) == (Form.PLAIN, 3, 3)
    assert table.catalogue_number.tolist() == [7, 25544, 900_000_001]
    assert table.mass_kg[:2].tolist() == [0.5, 420_000.0]
    assert math.isnan(table.mass_kg[2])
    assert (table.area_m2[1], table.radius_m[1], table.rcs_m2[1]) == (2000.0, 54.5, 400.0)
    assert table.rcs_m2[2] == 0.02
    assert table.mass_provenance[1] == table.size_provenance[1] == OF.MEASURED
    assert table.launched_year[1] == pytest.approx(1998.875)
    assert table.active.tolist() == [INACTIVE, ACTIVE, UNKNOWN_STATE]
    assert (found.left_out, found.superseded, found.unread_columns) == ({}, 0, ())


def test_the_list_of_cara_says_where_each_figure_is_from() -> None:
    found = read(
        CARA + "1,,0,DISCOS DB,,0,DISCOS DB\n"
        "2,1.1,0.9,Default,448.3,500,Default\n"
        "3,0.05,0.03,SFK RCS Estimate,0.053,0.1,SFK RCS Estimate\n"
        "4,5.0,0,CARA Protected Primary,448.3,0,Default\n"
        "5,2.0,0,DISCOS DB,900,0,DISCOS DB\n"
        "6,2.0,0,Somebody,7,0,CARA Override\n"
    )  # fmt: skip
    table = found.table
    assert found.form is Form.CARA
    assert table.catalogue_number.tolist() == [3, 4, 5, 6]
    assert table.mass_provenance.tolist() == [OF.RADAR, OF.KIND, OF.CATALOGUE, OF.MEASURED]
    assert table.size_provenance.tolist() == [OF.RADAR, OF.MEASURED, OF.CATALOGUE, OF.KIND]
    # A default is the average of a satellite: it is nobody's mass.
    assert np.isnan(table.mass_kg).tolist() == [False, True, False, False]
    assert 448.3 not in table.mass_kg.tolist()
    assert found.ignored == {"a default of CARA's": 3, "a source that is not known": 1}
    assert found.left_out == {"says nothing that is used": 2}
    assert found.unread_columns == ("HBRSigma", "MassSigma")


def test_the_satcat_tells_types_states_and_cross_sections() -> None:
    found = read(
        SATCAT
        + "VANGUARD 1,1958-002B,5,PAY,,US,1958-03-17,AFETR,,132.7,34.2,3834,649,0.1220,,EA,ORB\n"
        "SL-8 R/B,1975-034B,7769,R/B,,CIS,1975-04-30,PKMTR,,104.7,83,985,960,6.2,,EA,ORB\n"
        "X DEB,1999-025A,8,DEB,D,PRC,1999-05-10,TSC,2020-01-01,,,,,0.0,,EA,IMP\n"
        "GOES 16,2016-071A,41866,PAY,+,US,2016-11-19,AFETR,,1436.1,0,35795,35778,,,EA,ORB\n"
        "TBA,,9,UNK,?,TBD,,,,,,,,,,EA,ORB\n"
    )  # fmt: skip
    table = found.table
    assert found.form is Form.SATCAT
    assert table.catalogue_number.tolist() == [5, 8, 7769, 41_866]
    assert table.kind.tolist() == [
        ObjectType.PAYLOAD, ObjectType.DEBRIS, ObjectType.ROCKET_BODY, ObjectType.PAYLOAD
    ]  # fmt: skip
    assert table.active.tolist() == [UNKNOWN_STATE, INACTIVE, UNKNOWN_STATE, ACTIVE]
    assert table.rcs_m2[[0, 2]].tolist() == [0.122, 6.2]
    assert np.isnan(table.rcs_m2[[1, 3]]).all()  # a cross-section of 0 is one not known
    assert np.isnan(table.mass_kg).all()
    assert found.left_out == {"says nothing that is used": 1}


def test_the_ucs_database_lists_what_is_active() -> None:
    found = read(
        UCS + '"A, or B",LEO,"1,040", 960 ,12/11/19,44859,"a, b",,http://x,,,\r\n'
        "C,GEO,5000,,6/2/1998,25354,,,,,,\r\n"
        "D,LEO,1500-1900,,1/1/20,45000,,,,,,\r\n"
        "E,LEO,10,,soon,45001.0,,,,,,\r\n"
        ",,,,,,,,,,,\r\n"
    )  # fmt: skip
    table = found.table
    assert found.form is Form.UCS
    assert table.catalogue_number.tolist() == [25_354, 44_859, 45_001]
    assert table.mass_kg.tolist() == [5000.0, 1000.0, 10.0]
    assert (table.mass_provenance == OF.CATALOGUE).all()
    assert (table.active == ACTIVE).all()
    assert (table.kind == ObjectType.PAYLOAD).all()
    assert table.launched_year[:2] == pytest.approx([1998.458, 2019.958], abs=1e-3)
    assert math.isnan(table.launched_year[2])
    assert found.left_out == {"mass: no number": 1, "no catalogue number": 1}
    assert found.ignored == {"a date of launch that is none": 1}


def test_gcat_writes_0_for_what_it_does_not_know() -> None:
    found = read(
        GCAT + "S00012    \t00012\t1959 ALP 1\tR3          \tStage\t1959 Feb 17\t     195\t \t"
        "     22\t \t      22\t   1.5\n"
        "S00005    \t00005\t1958 BET 2\tP           \tSat\t1958 Mar 17?\t     730 \t \t"
        "    700 \t?\t     730 \t   0.1\n"
        "S00052    \t00052\t1960 IOT 4\tD  J        \tPiece\t1960 Aug 12\t       0 \t \t"
        "      0 \t \t       0 \t   0.0\n"
        "S56941    \tNNA\t2023-084K\tP       ?   \tLost\t2023 Jun 12\t0.5\t?\t0.5\t?\t0.5\t0.1\n"
    )  # fmt: skip
    table = found.table
    assert (found.form, found.read) == (Form.GCAT, 4)
    assert table.catalogue_number.tolist() == [5, 12, 52]
    assert table.mass_kg[:2].tolist() == [
        715.0,
        22.0,
    ]  # between launch and empty; a stage is empty
    assert math.isnan(table.mass_kg[2])
    assert table.kind.tolist() == [
        ObjectType.PAYLOAD, ObjectType.ROCKET_BODY, ObjectType.DEBRIS
    ]  # fmt: skip
    assert table.launched_year.tolist() == pytest.approx([1958.208, 1959.125, 1960.625], abs=1e-3)
    assert found.left_out == {"no catalogue number": 1}


def test_the_last_row_of_an_object_counts() -> None:
    found = read(PLAIN + "5,1,,,,,\n6,9,,,,,\n5,2,,,,,\n5,3,,,,,\n")
    assert found.table.catalogue_number.tolist() == [5, 6]
    assert found.table.mass_kg.tolist() == [3.0, 9.0]
    assert (found.read, found.superseded) == (4, 2)


def test_headings_in_any_order_case_and_delimiter() -> None:
    found = read("\ufeffcolour;Mass_kg;norad_cat_id\r\nred;12.5;5\r\n\r\n# a remark\r\n")
    assert found.table.mass_kg.tolist() == [12.5]
    assert found.unread_columns == ("colour",)
    wide = object_sizes("NORAD_CAT_ID,MASS_KG\n5,1\n".encode("utf-16"))
    assert wide.table.catalogue_number.tolist() == [5]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("x,1,,,,,", "no catalogue number"),
        ("-5,1,,,,,", "no catalogue number"),
        ("0,1,,,,,", "no catalogue number"),
        ("٣,1,,,,,", "no catalogue number"),
        ("1000000000000,1,,,,,", "no catalogue number"),
        ("9" * 5000 + ",1,,,,,", "no catalogue number"),
        ("5,heavy,,,,,", "mass: no number"),
        ("5,nan,,,,,", "mass: no number"),
        ("5,inf,,,,,", "mass: no number"),
        ("5,1e999,,,,,", "mass: out of range"),
        ("5,1e9999,,,,,", "mass: no number"),
        ("5,-1,,,,,", "mass: out of range"),
        ('5,"1,5",,,,,', "mass: no number"),
        ("5,,1e9,,,,", "area: out of range"),
        ("5,,,1001,,,", "radius: out of range"),
        ("5,1_0,,,,,", "mass: no number"),
        ("5,,,,,,", "says nothing that is used"),
        ("5,0,,,,,maybe", "says nothing that is used"),
        ("5,1", "not as many fields as the heading"),
        ("5,1,,,,,,,", "not as many fields as the heading"),
        ('5,"1,,,,,', "a quote that does not close"),
        ("5," + "1" * 70_000 + ",,,,,", "a line of more than 65,536 characters"),
        ("\0,1,,,,,", "no catalogue number"),
    ],
)
def test_a_bad_row_costs_itself_only(row: str, reason: str) -> None:
    found = read(PLAIN + f"4,1,,,,,\n{row}\n6,2,,,,,\n")
    assert found.left_out == {reason: 1}
    assert found.table.catalogue_number.tolist() == [4, 6]
    assert found.read == 3


@pytest.mark.parametrize(
    "date",
    ["2020-13-01", "31/12/2020", "0020-01-01", "9999-01-01", "2020", "yesterday", "²020-1-1"],
)
def test_a_date_that_is_none_costs_itself_only(date: str) -> None:
    found = read(PLAIN + f"4,1,,,,{date},\n")
    assert found.table.mass_kg.tolist() == [1.0]
    assert math.isnan(found.table.launched_year[0])
    assert found.ignored == {"a date of launch that is none": 1}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "line 1: the heading is none of a table of sizes; needed are NORAD_CAT_ID"),
        (b"NORAD_CAT_ID,NAME\n5,x\n", "the heading is none"),
        (b"\xff\x00\x01garbage", "the heading is none"),
        (b'"NORAD_CAT_ID,MASS_KG\n5,1\n', "the heading has a quote that does not close"),
        (b"NORAD_CAT_ID,MASS_KG,MASS\n5,1,2\n", "the heading has two columns for mass"),
        (b"NORAD_CAT_ID,MASS_KG" + b"," * 600 + b"\n", "line 1: more than 500 columns"),
    ],
)
def test_a_table_that_is_none(content: bytes, problem: str) -> None:
    with pytest.raises(MessageError, match=problem):
        object_sizes(content)


def test_more_objects_than_there_ever_were_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_OBJECTS", 3)
    text = PLAIN + "".join(f"{k},1,,,,,\n" for k in range(1, 5))
    assert len(read(text.rsplit("4", 1)[0]).table) == 3
    with pytest.raises(MessageError, match="line 5: more than 3 objects"):
        read(text)


def test_many_odd_columns_and_reasons_do_not_pile_up() -> None:
    heading = "NORAD_CAT_ID,MASS_KG," + ",".join(f"{'X' * 300}{k}" for k in range(200))
    found = read(heading + "\n" + "".join(f"{k},junk{k}\n" for k in range(2000)))
    assert len(found.unread_columns) <= 50
    assert max(map(len, found.unread_columns)) <= 80
    assert found.left_out == {"not as many fields as the heading": 2000}
