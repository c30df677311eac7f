"""What a document says is read as it is meant, told where it stands, and changed only there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from commonsky.errors import NotRepresentable
from commonsky.formats.ndm_entries import Entry, entries
from commonsky.formats.ndm_lines import Problem
from commonsky.formats.ndm_message import Message
from commonsky.formats.ndm_oem import read_oem
from commonsky.formats.ndm_read import read_message
from commonsky.formats.ndm_transcript import Transcribed
from commonsky.formats.ndm_write import Notation, written
from commonsky.formats.ndm_xml import read_xml
from commonsky.show.cli.app import run
from tests.ndm_case import OEM, cdm
from tests.unit.test_ndm import OPM as OPM_LINES
from tests.unit.test_ndm import TDM as TDM_LINES

SEGMENT = OEM[OEM.index(b"META_START") :]
CDM = written(read_message(cdm()), Notation.XML)
EPHEMERIS = written(read_message(OEM + SEGMENT), Notation.XML)
OPM = written(read_message(OPM_LINES), Notation.XML)
TDM = written(read_message(TDM_LINES), Notation.XML)
NAMESPACE = b"urn:ccsds:schema:ndmxml"
TWICE = b"<MAN_EPOCH_IGNITION>2026-11-26T13:00:00</MAN_EPOCH_IGNITION><MAN_DURATION"


def only(raw: bytes, *, strict: bool = False) -> Transcribed:
    (found,) = read_xml(raw, strict=strict)
    assert isinstance(found, Transcribed)
    return found


def replaced(raw: bytes, old: bytes, new: bytes) -> bytes:
    assert old in raw
    return raw.replace(old, new, 1)


def found_in(raw: bytes) -> list[Transcribed | Problem]:
    try:
        return read_xml(raw)
    except Problem as problem:
        return [problem]


def told_at(raw: bytes, problem: Problem) -> bytes:
    """The rest of the line from where a problem is told."""
    return raw.split(b"\n")[problem.line - 1][problem.column - 1 :]


@pytest.mark.parametrize("raw", [CDM, EPHEMERIS, OPM, TDM])
def test_what_we_write_keeps_the_standard(raw: bytes) -> None:
    message = only(raw)
    strictly = [told for told in message.deviations if "accelerations" not in told.problem]
    assert strictly == []
    assert message.raw == message.changed({}) == raw


def test_states_and_covariances_are_those_of_the_other_notation() -> None:
    ours = read_oem(only(EPHEMERIS).transcript).ephemerides
    theirs = read_oem(OEM + SEGMENT).ephemerides
    assert len(ours) == len(theirs) == 2
    for mine, other in zip(ours, theirs, strict=True):
        assert np.array_equal(mine.position_km, other.position_km)
        assert np.array_equal(mine.acceleration_km_s2, other.acceleration_km_s2, equal_nan=True)
        assert np.array_equal(mine.ns_of_day, other.ns_of_day)
        assert np.array_equal(mine.covariances.covariance_km2, other.covariances.covariance_km2)


@pytest.mark.parametrize("segment", [1, 2])
def test_a_change_behind_lines_of_numbers_is_made_in_its_place(segment: int) -> None:
    message = only(EPHEMERIS)
    changed = message.changed({("CENTER_NAME", segment, 0): "MARS"})
    head, *both = EPHEMERIS.split(b"<segment>")
    both[segment - 1] = replaced(both[segment - 1], b">EARTH<", b">MARS<")
    assert changed == b"<segment>".join([head, *both])
    assert read_message(changed).text("CENTER_NAME", segment) == "MARS"


@pytest.mark.parametrize("new", [b"<STOP_TIME units='s'>2017-0", b"<STOP_TIME>2015-0"])
def test_deviations_behind_lines_of_numbers_are_told_in_their_place(new: bytes) -> None:
    at = EPHEMERIS.rindex(b"<STOP_TIME>")
    raw = EPHEMERIS[:at] + replaced(EPHEMERIS[at:], b"<STOP_TIME>2017-0", new)
    (deviation,) = [one for one in only(raw).deviations if one.keyword == "STOP_TIME"]
    assert deviation.line == raw[:at].count(b"\n") + 1


@pytest.mark.parametrize(
    ("raw", "old", "new", "told", "rest"),
    [
        (EPHEMERIS, b"<X>7000.1<", b'<X units="m">7000.1<', "cannot be that", b"7000.1"),
        (EPHEMERIS, b"<X>7000.1<", b"<X>7000.1 5<", "is no number", b"7000.1 5"),
        (EPHEMERIS, b"<X>7000.1</X>", b"<X></X>", "is no number", b"</X>"),
        (EPHEMERIS, b"<Y>-1.5e-3</Y>", b"", "a state is EPOCH, X, Y", b"<stateVector>"),
        (EPHEMERIS, b"<CY_Y>3</CY_Y>", b"", "CY_Y is what follows", b"4<"),
        (EPHEMERIS, b"<CY_X>2</CY_X>", b'<CY_X units="m**2">2</CY_X>', "cannot be that", b"2<"),
        (EPHEMERIS, b"<CZ_DOT_Z_DOT>-21.5e-1</CZ_DOT_Z_DOT>", b"", "21 elements, not 20", b"<cov"),
        (EPHEMERIS, b">2016-12-31T23:59:59</EPOCH>", b">noon</EPOCH>", "is no time", b"noon"),
        (TDM, b">1000.5<", b">1000.5 7<", "is no number", b"1000.5 7"),
        (TDM, b"<RANGE>1000.5</RANGE>", b"", "what was measured", b"<observation>"),
        (TDM, b"RANGE>1000.5</RANGE", b"LENGTH>1</LENGTH", "is no keyword", b"1<"),
        (OPM, b">7000<", b">7000 [km]<", "holds a bracket", b"7000 [km]"),
        (OPM, b'units="km">7000', b'units="km]&#10;Y = 1 [km">7000', "is no unit", b"7000"),
        (OPM, b'units="km">7000', b'units="kg">7000', "cannot be that", b"7000"),
        (OPM, b">7000<", b">7e<", "is no number", b"7e"),
        (OPM, b'version="3.0"', b'version="3.0&#10;A = B"', "is no version", b"3.0&"),
        (OPM, b"<Y>0</Y>", b"<q:Y>0</q:Y>", "the prefix 'q'", b">0<"),
        (OPM, b"<Y>0</Y>", b"<Y>0</Y><MASS>1</MASS>", "no keyword of stateVector", b"1<"),
        (OPM, b"<Y>0</Y>", b"<Y>0</Y><Y>0</Y>", "stands twice", b"0<"),
        (OPM, b"<MAN_DURATION", TWICE, "stands twice in one maneuverParameters", b"2026-11-26T13"),
        (OPM, b"<Y>0</Y>", b"<Y>0<Z>1</Z></Y>", "Z stands in Y", b"Z>"),
        (OPM, b"<Y>0</Y>", b"<Y>0</Y> text", "text stands outside", b"text"),
        (OPM, b"<Y>0</Y>", b"<Y>0</Y><![CDATA[0]]>", "text stands outside", b"<![CDATA["),
        (OPM, b"<body>", b"<header></header><body>", "header stands twice", b"<header>"),
        (OPM, b"<stateVector>", b"<stateVectr>", "has no place in data", b""),
        (OPM, b"<Y>0</Y>", b"<Y>0</Z>", "no XML", b""),
        (OPM, b"<Y>0</Y>", b"<Y>&never;</Y>", "undefined entity", b"&never;"),
        (OPM, b"<Y>0</Y>", b"<Y>&#0;</Y>", "invalid character number", b"&#0;"),
        (OPM, b"<Y>0</Y>", b"<Y a='1' a='2'>0</Y>", "duplicate attribute", b""),
        (OPM, b"<Y>0</Y>", b"<Y a='" + b"b" * 5000 + b"'>0</Y>", "4,096 bytes", b" a='b"),
        (OPM, b"<Y>0</Y>", b"<Y>\xff</Y>", "not well-formed", b"\xff"),
        (OPM, b"<Y>0</Y>", b"<!-- -- --><Y>0</Y>", "not well-formed", b""),
        (OPM, b"</opm>", b"", "it ends in opm", b""),
        (OPM, b"</opm>", b"</opm><opm/>", "another document follows", b"<opm/>"),
        (OPM, b'id="CCSDS_OPM_VERS"', b'id="CCSDS_OEM_VERS"', "the id of a opm", b"<opm"),
        (OPM, b"<opm xmlns", b"<opm xmlns='urn:other' xmlns", "the namespace 'urn:other'", b"urn"),
        (OPM, b"GOOD<", b"<![CDATA[" + b"G" * 70_000 + b"]]><", "65,536 characters", b""),
        (OPM, b"GOOD<", b"&amp;" * 250_000 + b"<", "1,048,576 bytes", b"&amp;"),
        (OPM, b' parameter="MOOD"', b"", "lacks the parameter", b"GOOD"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_where_it_stands(
    raw: bytes, old: bytes, new: bytes, told: str, rest: bytes
) -> None:
    wrong = replaced(raw, old, new)
    (problem, *_) = [one for one in found_in(wrong) if isinstance(one, Problem)]
    assert told in str(problem)
    assert told_at(wrong, problem).startswith(rest)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b"<OBJECT_NAME>", b'<OBJECT_NAME units="km">', "has no unit, but one is given"),
        (b"<OBJECT_NAME>", b'<OBJECT_NAME colour="red">', "the attribute colour"),
        (b'parameter="MOOD"', b'parameter="my mood"', "is written 'my mood'"),
        (b"<OBJECT_ID>", b"<COMMENT>late</COMMENT><OBJECT_ID>", "should come first in metadata"),
        (b'id="CCSDS_OPM_VERS" ', b"", "stands in no id"),
    ],
)
def test_what_the_standard_does_not_know_is_listed_or_refused_strictly(
    old: bytes, new: bytes, problem: str
) -> None:
    raw = replaced(OPM, old, new)
    (deviation,) = only(raw).deviations
    assert problem in deviation.problem
    assert deviation.line == OPM[: OPM.index(old)].count(b"\n") + 1
    with pytest.raises(Problem, match=problem) as refused:
        read_xml(raw, strict=True)
    assert (refused.value.line, refused.value.column) == (deviation.line, deviation.column)


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"A &amp; B", "A & B"),
        (b"&#x41;&#66;", "AB"),
        (b"<![CDATA[A & <B>]]>", "A & <B>"),
        (b"A<!-- not B --> C", "A C"),
        (b"A\r\n   B", "A B"),
        (b" \n A  B \n", "A  B"),
        (b"A&#10;MASS = 5 [kg]", "A MASS = 5 [kg]"),
        ("«A» η".encode(), "«A» η"),
        (b"A > B", "A > B"),
    ],
)
def test_a_text_is_what_it_means_and_can_be_changed(content: bytes, value: str) -> None:
    raw = replaced(OPM, b"<OBJECT_NAME>A<", b"<OBJECT_NAME>" + content + b"<")
    message = only(raw)
    assert message.text("OBJECT_NAME") == value
    assert not message.says("MASS")
    changed = message.changed({("OBJECT_NAME", 0, 0): 'B & "C" <D>'})
    read_back = read_message(changed)
    assert read_back.text("OBJECT_NAME") == 'B & "C" <D>'
    assert read_back.number("MAN_DV_2", 0, 1) == message.number("MAN_DV_2", 0, 1)


def test_elements_with_the_prefix_of_navigation_messages_are_read() -> None:
    raw = replaced(OPM, b"<opm ", b'<ndm:opm xmlns:ndm="' + NAMESPACE + b'" ')
    raw = replaced(raw, b"</opm>", b"</ndm:opm>")
    raw = replaced(raw, b"<Y>0</Y>", b"<ndm:Y>0</ndm:Y>")
    assert only(raw, strict=True).number("Y") == 0.0


@pytest.mark.parametrize(
    "beginning",
    [
        b'<!DOCTYPE opm SYSTEM "file:///etc/hostname">',
        b'<!DOCTYPE opm [<!ENTITY a "b">]>',
        b'<!DOCTYPE opm [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        b'<!DOCTYPE opm [<!ATTLIST Y units CDATA "m">]>',
        b'<!DOCTYPE opm [<!ENTITY % a "b"> %a;]>',
    ],
)
def test_document_types_are_refused_unread(beginning: bytes) -> None:
    with pytest.raises(Problem, match="document type") as refused:
        read_xml(beginning + OPM.split(b"\n", 1)[1])
    assert (refused.value.line, refused.value.column) == (1, 1)


@pytest.mark.parametrize(
    "filling", [b"<a>", b"<a/>", b"x<a/>", b"<!--", b"<![CDATA[", b"<a b='", b"&#1", b"\n"]
)
def test_endless_documents_are_refused(filling: bytes) -> None:
    for head in (b"", b"<ndm>", OPM[: OPM.index(b"<X ")]):
        found = found_in(head + filling * 100_000)
        assert all(isinstance(one, Problem) for one in found)
        assert len(found) <= 10_002


def test_entries_tell_comments_with_what_follows_them() -> None:
    said = entries(read_message(OEM))
    comment = Entry("ephemeris", 1, 0, "COMMENT", "a leap second lies inside", "")
    place = said.index(comment)
    assert said[place + 1][:5] == (
        "ephemeris", 1, 0, "", "2016-12-31T23:59:59  7000.1 -1.5e-3 .25 0 +7.5 1E+0",
    )  # fmt: skip
    rows = [one for one in said if one.section == "covariance" and not one.keyword]
    assert [one.block for one in rows] == [0] * 6 + [1] * 6


def test_a_comment_stands_in_the_element_of_what_follows_it() -> None:
    raw = cdm().replace(b"RELATIVE_POSITION_R", b"COMMENT near\nRELATIVE_POSITION_R", 1)
    raw += b"COMMENT last\n"
    text = b"".join(line.strip() for line in written(read_message(raw), Notation.XML).split(b"\n"))
    assert b"<relativeStateVector><COMMENT>near</COMMENT><RELATIVE_POSITION_R" in text
    assert b"<COMMENT>last</COMMENT></covarianceMatrix></data></segment></body></cdm>" in text


def test_units_are_spelled_as_the_standard_has_them() -> None:
    raw = cdm().replace(b"[m/s]", b"[m]")
    assert b'<RELATIVE_SPEED units="m/s">' in written(read_message(raw), Notation.XML)
    assert b"<Y>0</Y>" in OPM  # nothing is said, nothing is added


def test_what_a_notation_cannot_carry_is_not_written() -> None:
    latin = OEM.replace(b"made by hand", b"made by h\xe4nd")
    with pytest.raises(NotRepresentable, match="UTF-8"):
        written(read_message(latin), Notation.XML)
    greek = only(replaced(OPM, b">A<", ">η<".encode()))
    with pytest.raises(NotRepresentable, match="ASCII"):
        written(greek, Notation.KVN)
    lone = read_message(OPM_LINES.replace(b"= A\n", b"= A\xef\xbf\xbf\n"))
    with pytest.raises(NotRepresentable, match="read again"):
        written(lone, Notation.XML)
    long = only(replaced(CDM, b"<header>", b"<header><COMMENT>" + b"c" * 300 + b"</COMMENT>"))
    with pytest.raises(NotRepresentable, match="254"):
        written(long, Notation.KVN)


def test_written_strictly_only_what_a_strict_reader_takes() -> None:
    late = OPM_LINES.replace(b"OBJECT_ID", b"COMMENT late\nOBJECT_ID")
    message = read_message(late, strict=True)
    assert b"<COMMENT>late</COMMENT>" in written(message, Notation.XML)
    with pytest.raises(NotRepresentable, match="should come first"):
        written(message, Notation.XML, strict=True)


def test_a_document_of_one_line_is_read_by_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = b"".join(
        b"2020-01-01T%02d:%02d:%02d 7000.123456789 -1 2 3 4 5\n" % (
            second // 3600, second // 60 % 60, second % 60) for second in range(8_000)
    )  # fmt: skip
    head = OEM[: OEM.index(b"COMMENT a leap")]
    text = written(read_message(head + rows), Notation.XML)
    (tmp_path / "one.xml").write_bytes(text.replace(b"\n", b" "))
    assert run(["validate", str(tmp_path / "one.xml")]) == 0
    assert '"message":"OEM"' in capsys.readouterr().out


def test_there_are_as_many_messages_as_stand_there() -> None:
    inner = OPM.split(b"\n", 1)[1]
    bad = replaced(inner, b"<Y>0</Y>", b"<Y>0</Y><WRONG>1</WRONG>")
    raw = b"<ndm><MESSAGE_ID>7</MESSAGE_ID>" + inner + bad + inner + b"</ndm>"
    found = read_xml(raw)
    assert [isinstance(one, Message) for one in found] == [True, False, True]
    last = found[2]
    assert isinstance(last, Message)
    changed = last.changed({("OBJECT_NAME", 0, 0): "LAST"})
    assert changed == b">LAST<".join(raw.rsplit(b">A<", 1))
    older = last.changed({("CCSDS_OPM_VERS", 0, 0): "2.0"})
    assert older == b'version="2.0"'.join(raw.rsplit(b'version="3.0"', 1))
