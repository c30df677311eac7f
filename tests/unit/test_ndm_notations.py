"""Navigation messages in XML and JSON: the same as in keywords and values, changed in place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commonsky.errors import NotRepresentable
from commonsky.formats.ndm_json import read_json
from commonsky.formats.ndm_lines import Problem
from commonsky.formats.ndm_message import Message
from commonsky.formats.ndm_read import read_message, read_messages
from commonsky.formats.ndm_write import Notation, entries, written
from commonsky.formats.ndm_xml import read_xml
from commonsky.show.cli.app import run
from tests.ndm_case import OEM, cdm

CDM = cdm()
XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<opm id="CCSDS_OPM_VERS" version="3.0">
  <header><COMMENT>a &lt; b</COMMENT><CREATION_DATE>2026-01-01T00:00:00</CREATION_DATE>
  <ORIGINATOR>A &amp; B</ORIGINATOR></header>
  <body><segment><metadata>
    <OBJECT_NAME>SAT</OBJECT_NAME><OBJECT_ID>2026-001A</OBJECT_ID>
    <CENTER_NAME>EARTH</CENTER_NAME><REF_FRAME>GCRF</REF_FRAME><TIME_SYSTEM>UTC</TIME_SYSTEM>
  </metadata><data><stateVector>
    <EPOCH>2026-01-02T00:00:00</EPOCH>
    <X units="km"> 7000.000000000000001 </X><Y>0</Y><Z>0</Z>
    <X_DOT>0</X_DOT><Y_DOT>7.5</Y_DOT><Z_DOT>0</Z_DOT>
  </stateVector>
  <userDefinedParameters>
    <USER_DEFINED parameter="COLOUR">red</USER_DEFINED>
  </userDefinedParameters>
  </data></segment></body>
</opm>
"""


def one(raw: bytes) -> Message:
    message = read_message(raw)
    assert message.raw == raw
    return message


def said(message: Message) -> list[tuple[object, ...]]:
    """What a message says; between the numbers of a row there may be more blanks or fewer."""
    return [(*entry[:4], " ".join(entry.value.split())) for entry in entries(message)]


def test_values_are_those_of_the_elements() -> None:
    message = one(XML)
    assert message.text("ORIGINATOR") == "A & B"
    assert message.comments == [("header", 0, "a < b")]
    assert message.text("X") == "7000.000000000000001"
    assert message.number("X") == 7000.0
    assert message.text("USER_DEFINED_COLOUR") == "red"


def test_a_change_is_made_in_the_document_alone() -> None:
    message = one(XML)
    changed = message.changed({("ORIGINATOR", 0, 0): "C < D", ("Y", 0, 0): "-1.5"})
    assert changed == XML.replace(b"A &amp; B", b"C &lt; D").replace(b"<Y>0<", b"<Y>-1.5<")
    assert message.changed({}) == XML
    with pytest.raises(NotRepresentable):
        message.changed({("Y", 0, 0): "far"})
    with pytest.raises(NotRepresentable):
        message.changed({("MASS", 0, 0): "1"})


@pytest.mark.parametrize("raw", [CDM, OEM, XML])
@pytest.mark.parametrize("notation", [Notation.XML, Notation.JSON])
def test_there_and_back_nothing_is_lost(raw: bytes, notation: Notation) -> None:
    message = one(raw)
    there = read_message(written(message, notation))
    assert said(there) == said(message)
    back = read_message(written(there, Notation.KVN))
    assert said(back) == said(message)


def test_numbers_of_json_are_as_they_were_written() -> None:
    text = written(one(XML), Notation.JSON)
    assert b'"X": 7000.000000000000001' in text
    assert json.loads(text)["state"]["X"] == 7000.0
    message = one(text)
    assert message.changed({("X", 0, 0): "7.1e3"}) == text.replace(
        b"7000.000000000000001", b"7.1e3"
    )
    assert message.changed({("ORIGINATOR", 0, 0): 'say "x"'}) == text.replace(
        b"A & B", b'say \\"x\\"'
    )


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("segment", [1, 2])
def test_a_change_behind_lines_of_numbers_is_made_in_its_place(
    segment: int, indent: int | None
) -> None:
    twice = OEM + OEM[OEM.index(b"META_START") :]
    raw = json.dumps(json.loads(written(read_message(twice), Notation.JSON)), indent=indent)
    message = one(raw.encode())
    before = [entry for entry in entries(message) if entry.keyword != "CENTER_NAME"]
    changed = message.changed({("CENTER_NAME", segment, 0): "MARS"})
    parts = raw.split('"EARTH"')
    words = ['"EARTH"', '"EARTH"']
    words[segment - 1] = '"MARS"'
    assert changed.decode() == parts[0] + words[0] + parts[1] + words[1] + parts[2]
    assert [entry for entry in entries(one(changed)) if entry.keyword != "CENTER_NAME"] == before


def test_departures_are_told_where_they_stand_in_the_document() -> None:
    raw = XML.replace(b"<ORIGINATOR>A &amp; B</ORIGINATOR>", b"<ORIGINATOR></ORIGINATOR>")
    (deviation,) = one(raw).deviations
    assert (deviation.line, deviation.keyword) == (4, "ORIGINATOR")
    with pytest.raises(Problem) as problem:
        read_xml(raw.replace(b"7.5", b"fast"))
    assert (problem.value.line, problem.value.field) == (11, "Y_DOT")
    line = raw.replace(b"7.5", b"fast").split(b"\n")[10]
    assert line[problem.value.column - 1 :].startswith(b"fast")


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (XML[: len(XML) // 2], "no XML"),
        (b"<opm", "no XML"),
        (b"<a/>", "holds no navigation message"),
        (b"<aem id='CCSDS_AEM_VERS'/>", "AEM"),
        (XML.replace(b"OPM_VERS", b"CDM_VERS"), "the id of a opm"),
        (XML.replace(b"<Y>0</Y>", b"<Y>0<Z>1</Z></Y>"), "stands in"),
        (XML.replace(b"<Y>0</Y>", b"<Y>0</Y>7"), "outside of any keyword"),
        (XML.replace(b"<X_DOT>0</X_DOT>", b""), "X_DOT"),
        (XML.replace(b"UTF-8", b"UTF-16"), "UTF-8"),
        (XML.decode().encode("utf-16"), "UTF-8"),
        (b"<!DOCTYPE opm SYSTEM 'http://x/y.dtd'>" + XML.split(b"\n", 1)[1], "not fetched"),
        (
            b'<!DOCTYPE opm [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
            + XML.split(b"\n", 1)[1].replace(b">SAT<", b">&b;<"),
            "is declared",
        ),
        (b"<ndm>" * 40 + b"</ndm>" * 40, "deep"),
        (XML.replace(b">SAT<", b">" + b"S" * 70_000 + b"<"), "characters"),
    ],
)
def test_hostile_documents_are_refused(raw: bytes, told: str) -> None:
    with pytest.raises(Problem, match=told):
        read_message(raw)


def test_a_bad_message_stops_no_good_one() -> None:
    inner = XML.split(b"\n", 1)[1]
    found = read_messages(
        b"<ndm>"
        + inner
        + inner.replace(b"7.5", b"fast")
        + b"<apm><X>1</X></apm>"
        + inner
        + b"</ndm>"
    )
    assert [isinstance(message, Problem) for message in found] == [False, True, True, False]
    found = read_messages(b"<ndm>" + inner + b"</nd")
    assert [isinstance(message, Problem) for message in found] == [False, True]


def test_lines_of_json_stand_for_themselves() -> None:
    good = json.dumps(json.loads(written(one(XML), Notation.JSON))).encode()
    raw = b"\n".join([good, b'{"broken', b"", good, b'{"CCSDS_OPM_VERS": "3.0"}', b"[]", good])
    found = read_messages(raw)
    assert [isinstance(message, Problem) for message in found] == [
        False, True, False, True, True, False,
    ]  # fmt: skip
    lines = [message.line for message in found if isinstance(message, Problem)]
    assert lines == [2, 5, 6]
    for message in (found[0], found[2]):
        assert isinstance(message, Message)
        assert message.number("Y_DOT") == 7.5


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"{", "no JSON"),
        (b'{"a": 1}', "no message"),
        (b'{"CCSDS_AEM_VERS": "1.0"}', "a AEM"),
        (b'{"CCSDS_OPM_VERS": "3.0", "CCSDS_OPM_VERS": "3.0"}', "twice"),
        (b'{"CCSDS_OPM_VERS": "3.0", "header": {}, "state": [1]}', "no object"),
        (b'{"CCSDS_OPM_VERS": "3.0", "header": {"ORIGINATOR": {}}}', "no text or number"),
        (b'{"CCSDS_OPM_VERS": "3.0", "header": {"ORIGINATOR": "a\\nX = 1"}}', "control"),
        (b'{"CCSDS_OPM_VERS": "3.0", "headers": {"ORIGINATOR": "a"}}', "no section"),
        (b'{"CCSDS_OPM_VERS": "3.0", "header": {"A": "\xff"}}', "UTF-8"),
        (b"[" * 100_000, "deep"),
    ],
)
def test_hostile_objects_are_refused(raw: bytes, told: str) -> None:
    with pytest.raises(Problem, match=told):
        read_message(raw)


def flat(message: Message, *, camel: bool = False) -> dict[str, object]:
    """Return a conjunction as others have it: SAT1_ and SAT2_, or names in lowerCamelCase."""
    told: dict[str, object] = {}
    for entry in entries(message):
        if entry.keyword == "COMMENT":
            continue
        name = f"SAT{entry.segment}_{entry.keyword}" if entry.segment else entry.keyword
        told[name] = entry.value
        if entry.unit:
            told[f"{name}_UNIT"] = entry.unit
    if not camel:
        return told | {"CDM_ID": "77", "EMERGENCY_REPORTABLE": "Y"}
    found: dict[str, object] = {"object1": {}, "object2": {}}
    for name, value in told.items():
        side, keyword = (name[3], name[5:]) if name.startswith("SAT") else ("", name)
        first, *rest = keyword.lower().split("_")
        word = first + "".join(part.capitalize() for part in rest)
        home = found[f"object{side}"] if side else found
        assert isinstance(home, dict)
        home[word] = value
    return found


def test_flat_conjunctions_of_others_are_the_same() -> None:
    message = one(CDM)
    (found,) = read_json(json.dumps(flat(message)).encode())
    assert isinstance(found, Message)
    for entry in entries(message):
        if entry.keyword != "COMMENT":
            assert found.text(entry.keyword, entry.segment) == entry.value, entry
    assert ("header", 0, "CDM_ID = 77") in found.comments
    assert ("header", 0, "EMERGENCY_REPORTABLE = Y") in found.comments
    assert found.changed({("X", 2, 0): "1.5"}) != found.raw


def test_names_in_camel_case_are_keywords() -> None:
    told = flat(one(CDM), camel=True)
    del told["ccsdsCdmVers"]
    (found,) = read_json(json.dumps(told).encode())
    assert isinstance(found, Message)
    assert found.number("MISS_DISTANCE") == one(CDM).number("MISS_DISTANCE")
    for keyword in ("OBJECT_DESIGNATOR", "X", "COVARIANCE_METHOD"):
        assert found.text(keyword, 2) == one(CDM).text(keyword, 2)


def test_convert_writes_a_file_a_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.cdm").write_bytes(CDM)
    (tmp_path / "b.oem").write_bytes(OEM)
    (tmp_path / "bad.cdm").write_bytes(CDM[:200])
    out = tmp_path / "out"
    files = [str(tmp_path / name) for name in ("a.cdm", "b.oem", "bad.cdm")]
    assert run(["convert", *files, "--to", "xml", "--out", str(out)]) == 3
    assert sorted(path.name for path in out.iterdir()) == ["a.xml", "b.xml"]
    assert "bad.cdm" in capsys.readouterr().err
    assert run(["convert", str(out / "a.xml"), "--to", "kvn"]) == 0
    back = read_message(capsys.readouterr().out.encode())
    assert said(back) == said(one(CDM))


def test_validate_reads_documents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "all.xml"
    inner = XML.split(b"\n", 1)[1]
    file.write_bytes(b"<ndm>" + inner + inner.replace(b"7.5", b"fast") + b"</ndm>")
    assert run(["validate", str(file)]) == 3
    good, bad, summary = map(json.loads, capsys.readouterr().out.splitlines())
    assert (good["message"], good["deviations"]) == ("OPM", [])
    assert bad["refused"]["keyword"] == "Y_DOT"
    assert summary == {"kind": "summary", "messages": 2, "refused": 1}
