"""Navigation messages are read once, kept bit for bit, and refused with line and column."""

from __future__ import annotations

import math

import numpy as np
import pytest

from commonsky.astro.epoch import tai_ns
from commonsky.errors import NotRepresentable
from commonsky.formats.ndm_cdm import CDM
from commonsky.formats.ndm_lines import Problem, lines_of
from commonsky.formats.ndm_message import Reader
from commonsky.formats.ndm_oem import read_oem
from commonsky.formats.ndm_read import SPECIFICATIONS, read_message
from tests.ndm_case import OEM, cdm

MISSING = b"INTERNATIONAL_DESIGNATOR"


def line(raw: bytes, keyword: bytes) -> bytes:
    return next(one for one in raw.splitlines(keepends=True) if one.startswith(keyword))


def test_our_own_message_is_read_strictly_and_comes_back_bit_for_bit() -> None:
    raw = cdm()
    message = Reader(CDM, strict=True).read(raw)
    assert message.raw == raw
    assert message.changed({}) == raw
    assert (message.version, message.segments, message.deviations) == ("1.0", 2, [])
    assert message.text("OBJECT", 2) == "OBJECT2"
    said = float(line(raw, b"MISS_DISTANCE").split()[2])
    assert message.number("MISS_DISTANCE") == said
    assert math.isnan(message.number("SCREEN_VOLUME_X", 2))


def test_a_change_changes_only_there() -> None:
    raw = cdm().replace(b"\n", b"\r\n")
    message = Reader(CDM).read(raw)
    changed = message.changed({("X", 2, 0): "-1.25", ("ORIGINATOR", 0, 0): "SOMEBODY"})
    before, after = raw.split(b"\n"), changed.split(b"\n")
    different = [row for row in range(len(before)) if before[row] != after[row]]
    assert len(before) == len(after)
    assert len(different) == 2
    again = Reader(CDM).read(changed)
    assert again.number("X", 2) == -1.25
    assert again.number("X", 1) == message.number("X", 1)
    assert after[different[1]].endswith(b"[km]\r")


@pytest.mark.parametrize("value", ["nan", "1 [km]", "", " 1", "1\n2", "1e", "٣"])
def test_a_value_that_its_field_cannot_have_is_not_written(value: str) -> None:
    with pytest.raises(NotRepresentable):
        Reader(CDM).read(cdm()).changed({("X", 1, 0): value})


def test_what_is_not_said_cannot_be_changed() -> None:
    with pytest.raises(NotRepresentable, match="is not said"):
        Reader(CDM).read(cdm()).changed({("AREA_PC", 1, 0): "1.0"})


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b" [km]\n", b" [ km ]\n", "blanks pad"),
        (b" [km]\n", b" [m]\n", None),
        (b" [m/s]\n", b" [m]\n", r"is in \[m/s\]"),
        (b" [m]\n", b"\n", r"lacks its unit \[m\]"),
    ],
)
def test_units_of_a_dialect_are_passed_over_and_listed(
    old: bytes, new: bytes, told: str | None
) -> None:
    raw = cdm().replace(old, new, 1)
    assert raw != cdm()
    with pytest.raises(Problem) as strict:
        Reader(CDM, strict=True).read(raw)
    assert raw.split(b"\n")[strict.value.line - 1] + b"\n" in raw
    if told is None:
        with pytest.raises(Problem, match="cannot be that"):
            Reader(CDM).read(raw)
        return
    deviation = Reader(CDM).read(raw).deviations[0]
    assert deviation.line == strict.value.line
    with pytest.raises(Problem, match=told):
        Reader(CDM, strict=True).read(raw)


def test_a_dialect_may_lack_a_designator_and_write_nan_but_not_for_a_state() -> None:
    raw = cdm()
    lacking = raw.replace(line(raw, MISSING), b"", 1)
    assert [one.keyword for one in Reader(CDM).read(lacking).deviations] == [MISSING.decode()]
    speed = line(raw, b"RELATIVE_SPEED")
    without = Reader(CDM).read(raw.replace(speed, b"RELATIVE_SPEED = NaN [m/s]\n"))
    assert math.isnan(without.number("RELATIVE_SPEED"))
    assert len(without.deviations) == 1
    place = raw.index(line(raw, b"X "))
    with pytest.raises(Problem, match="no number") as refused:
        Reader(CDM).read(raw[:place] + b"X = NaN [km]\n" + raw[place + len(line(raw, b"X ")) :])
    assert (refused.value.line, refused.value.column) == (raw[:place].count(b"\n") + 1, 5)


@pytest.mark.parametrize("keyword", [b"TCA", b"X ", b"Z_DOT", b"MISS_DISTANCE", b"CCSDS_CDM"])
def test_what_is_vital_cannot_lack(keyword: bytes) -> None:
    raw = cdm()
    with pytest.raises(Problem):
        Reader(CDM).read(raw.replace(line(raw, keyword), b"", 1))


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "must come first"),
        (b"\xff\xfe\x00", "no place in a text"),
        (cdm() + b"NUL\x00", "0x00"),
        (cdm() + b"A" * 70_000, "65,536"),
        (cdm()[: len(cdm()) // 2], "objects are needed|there is no|is missing"),
        (cdm() + cdm(), "no keyword of this place|stands"),
        (cdm().replace(b"CREATION_DATE", b"CREATION_DATF"), "no keyword"),
        (cdm().replace(b"_VERS ", b"_VERS=7#"), "is not one of"),
        (cdm().replace(b"= OBJECT2", b"= OBJECT3"), "not one of OBJECT1, OBJECT2"),
    ],
)
def test_the_hostile_are_refused_with_line_and_column(raw: bytes, told: str) -> None:
    with pytest.raises(Problem, match=told) as refused:
        Reader(CDM).read(raw)
    assert refused.value.line >= 1
    assert refused.value.column >= 1


def test_what_was_learned_of_one_message_does_not_leak_into_another() -> None:
    reader = Reader(CDM)
    raw = cdm()
    assert reader.read(raw).number("X", 1) == reader.read(raw).number("X", 1)
    other = raw.replace(b"COMMENT", b"COMMENT =", 1)
    assert reader.read(other).number("X", 1) == reader.read(raw).number("X", 1)
    with pytest.raises(Problem):
        reader.read(raw.replace(b" [km]", b" [kg]"))


@pytest.mark.parametrize(
    "text",
    ["0", "-0.0", "1e400", "-1e-400", "4.9e-324", "2.2250738585072011e-308", "1" * 30, "1e22",
     "9007199254740993", "9007199254740992.5", "0.1e1", "1.7976931348623157e308", "123456789e-320",
     "8.5e-1", "+.5", "5.", "0000000000000000000000000000000001"],
)  # fmt: skip
def test_numbers_are_those_of_python_to_the_last_bit(text: str) -> None:
    raw = cdm()
    place = raw.index(line(raw, b"X "))
    rest = raw[place + len(line(raw, b"X ")) :]
    read = Reader(CDM).read(raw[:place] + f"X = {text} [km]\n".encode() + rest).number("X", 1)
    assert np.float64(read).tobytes() == np.float64(text).tobytes()


def test_many_numbers_are_those_of_python() -> None:
    words = np.random.default_rng(5).integers(0, 2**63, 4000, dtype=np.uint64)
    floats = words.view(np.float64)
    texts = [repr(one) for one in floats[np.isfinite(floats)].tolist()]
    texts += [f"{one:.17e}" for one in np.random.default_rng(6).normal(0, 1e4, 2000).tolist()]
    lines = lines_of("\n".join(f"A = {text}" for text in texts).encode())
    sure = lines.status == 0
    assert sure.mean() > 0.8
    assert np.array_equal(lines.number[sure], np.array(list(map(float, texts)))[sure])


def test_an_ephemeris_comes_as_arrays() -> None:
    found = read_oem(OEM, strict=False)
    (ours,) = found.ephemerides
    assert ours.object_name == "SATELLITE [A]"
    assert ours.epoch_tai_ns.tolist() == [
        tai_ns("2016-12-31T23:59:59"),
        tai_ns("2016-12-31T23:59:60.000000001"),
        tai_ns("2017-01-01T00:00:01.5"),
    ]
    assert ours.position_km[:, 0].tolist() == [7000.1, float("7000.123456789012345678"), 7000.0]
    assert ours.velocity_km_s[0].tolist() == [0.0, 7.5, 1.0]
    assert np.isnan(ours.acceleration_km_s2).any(axis=1).tolist() == [True, False, True]
    matrix = ours.covariances.covariance_km2[0]
    assert np.array_equal(matrix, matrix.T)
    assert matrix[5].tolist() == [16, 17, 18, 19, 20, -2.15]
    assert ours.covariances.frame == ("GCRF", "RTN")
    assert found.message.changed({}) == OEM


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b" 2 3 4 5.", b" 2 3 4", "an epoch and six numbers"),
        (b" 2 3 4 5.", b" 2 3 4 5x", "'5x' is no number"),
        (b"2017-001T00:00:01.5Z  7000", b"2017-02-29T00:00:01.5Z  7000", "is no time"),
        (b"2016-12-31T23:59:60.0", b"2016-12-31T22:59:60.0", "is no time"),
        (b"16 17 18", b"16 17", "row 6 of a matrix has 5"),
        (b"0 0 0 0 0 1\n", b"", "six rows, not 5"),
        (b"EPOCH = 2017", b"EPOCK = 2017", "no keyword"),
        (b"COVARIANCE_STOP", b"", "cut off"),
        (b"META_STOP", b"", "no place in the metadata"),
        (b"EPOCH = 2017-01-01T00:00:00", b"EPOCH = 2017-13-01T00:00:00", "no time"),
    ],
)
def test_a_damaged_ephemeris_is_refused(old: bytes, new: bytes, told: str) -> None:
    assert old in OEM
    with pytest.raises(Problem, match=told):
        read_oem(OEM.replace(old, new, 1))


def test_an_ephemeris_longer_than_a_chunk() -> None:
    head = OEM[: OEM.index(b"COMMENT a leap")]
    rows = b"".join(b"2020-01-01T%02d:%02d:%02d 1 2 3 4 5 %d\n" % (
        second // 3600, second // 60 % 60, second % 60, second) for second in range(40_000)
    )  # fmt: skip
    (ours,) = read_oem(head + rows).ephemerides
    assert ours.velocity_km_s[:, 2].tolist() == list(range(40_000))
    assert set(np.diff(ours.epoch_tai_ns).tolist()) == {1_000_000_000}


OPM = b"""CCSDS_OPM_VERS = 3.0
CREATION_DATE = 2026-11-26T12:00:00
ORIGINATOR = COMMONSKY
OBJECT_NAME = A
OBJECT_ID = 2026-001A
CENTER_NAME = EARTH
REF_FRAME = GCRF
TIME_SYSTEM = UTC
EPOCH = 2026-11-26T12:00:00
X = 7000 [km]
Y = 0
Z = 0
X_DOT = 0 [km/s]
Y_DOT = 7.5 [km/s]
Z_DOT = 0 [km/s]
MAN_EPOCH_IGNITION = 2026-11-26T13:00:00
MAN_DURATION = 1 [s]
MAN_DELTA_MASS = -1 [kg]
MAN_REF_FRAME = RTN
MAN_DV_1 = 0 [km/s]
MAN_DV_2 = 0.001 [km/s]
MAN_DV_3 = 0 [km/s]
MAN_EPOCH_IGNITION = 2026-11-26T14:00:00
MAN_DURATION = 2 [s]
MAN_DELTA_MASS = -2 [kg]
MAN_REF_FRAME = RTN
MAN_DV_1 = 0 [km/s]
MAN_DV_2 = 0.002 [km/s]
MAN_DV_3 = 0 [km/s]
USER_DEFINED_MOOD = GOOD
"""
TDM = b"""CCSDS_TDM_VERS = 2.0
CREATION_DATE = 2026-11-26T12:00:00
ORIGINATOR = COMMONSKY
META_START
TIME_SYSTEM = UTC
PARTICIPANT_1 = STATION
META_STOP
DATA_START
RANGE = 2026-11-26T12:00:00 1000.5
RANGE = 2026-11-26T12:00:01 1001.5
DATA_STOP
"""


def test_manoeuvres_of_a_message_are_blocks() -> None:
    message = read_message(OPM, strict=True)
    assert [message.number("MAN_DV_2", 0, block) for block in (0, 1, 2)][:2] == [0.001, 0.002]
    assert message.text("USER_DEFINED_MOOD") == "GOOD"
    changed = message.changed({("MAN_DV_2", 0, 1): "0.003"})
    assert changed == OPM.replace(b"0.002", b"0.003")


def test_a_manoeuvre_cannot_lack_what_the_standard_wants_of_it() -> None:
    lacking = OPM.replace(b"MAN_DURATION = 2 [s]\n", b"")
    with pytest.raises(Problem, match="MAN_DURATION"):
        read_message(lacking, strict=True)
    assert [one.keyword for one in read_message(lacking).deviations] == ["MAN_DURATION"]


@pytest.mark.parametrize("new", [b"1000.5 m", b"x", b"", b"1000.5 1000.6"])
def test_a_measurement_is_a_time_and_a_number(new: bytes) -> None:
    assert read_message(TDM, strict=True).changed({}) == TDM
    with pytest.raises(Problem, match="no time and a number"):
        read_message(TDM.replace(b"1000.5", new))


def test_an_unknown_kind_of_message_is_told() -> None:
    with pytest.raises(Problem, match="this is a AEM; CDM, OCM"):
        read_message(b"CCSDS_AEM_VERS = 1.0\n")
    with pytest.raises(Problem, match="no message"):
        read_message(b"\x00")


@pytest.mark.parametrize("kind", sorted(SPECIFICATIONS))
def test_tables_hold_each_keyword_once_and_known_kinds(kind: str) -> None:
    known = {"text", "time", "moment", "real", "integer", "record", "choice"}
    for section in SPECIFICATIONS[kind].sections:
        for name, field in section.fields.items():
            assert field.kind in known, name
            assert field.name == name
            assert (field.kind == "choice") == bool(field.choices)


def test_a_byte_order_mark_stays_where_it_is() -> None:
    raw = b"\xef\xbb\xbf" + cdm()
    assert read_message(raw, strict=True).changed({}) == raw
    with pytest.raises(Problem) as refused:
        read_message(raw.replace(b"= 1.0", b"= 7.0"))
    assert refused.value.line == 1
