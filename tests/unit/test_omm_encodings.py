"""What is peculiar to each encoding of mean-elements messages."""

from __future__ import annotations

import json

import pytest

from commonsky.formats.gathering import Gathering
from tests.formats_case import (
    DEBRIS,
    FILES,
    ISS,
    MESSAGES,
    VANGUARD,
    csv_of,
    gathered,
    json_of,
    kvn_of,
    read_text,
    xml_of,
)

NUMBERS = [25544, 5, 270438]


def numbers(gathering: Gathering) -> list[int]:
    return [int(number) for part in gathering.parts for number in part.catalogue_number]


def reasons(text: str | bytes) -> tuple[list[int], list[str]]:
    gathering = gathered(text if isinstance(text, bytes) else text.encode())
    told = [f"{one.line} {one.field}: {one.reason}" for one in gathering.quarantined]
    return numbers(gathering), told


CSV_LINES = csv_of(*MESSAGES).splitlines()


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(CSV_LINES),
        "\r\n".join(CSV_LINES) + "\r\n",
        "\ufeff" + "\n".join(CSV_LINES),
        "\n".join(CSV_LINES).replace(",", ";"),
        "\n".join(CSV_LINES).replace(",", "\t"),
        "\n".join(CSV_LINES).replace(",", " , "),
        "\n\n".join(CSV_LINES) + "\n\n",
        "\n".join([CSV_LINES[0].lower(), *CSV_LINES[1:]]),
        "\n".join('"' + line.replace(",", '","') + '"' for line in CSV_LINES),
        "\n".join(["# made today", CSV_LINES[0], "# the rows", *CSV_LINES[1:]]),
        "\n".join([*CSV_LINES[:2], CSV_LINES[0], *CSV_LINES[2:]]),
    ],
    ids=[
        "plain", "crlf", "mark", "semicolons", "tabs", "blanks", "empty lines", "lower case",
        "quoted", "notes", "heading again",
    ],
)  # fmt: skip
def test_csv_in_many_dresses(text: str) -> None:
    assert reasons(text) == (NUMBERS, [])


def test_csv_columns_may_stand_in_any_order_beside_others() -> None:
    columns = ["X", *reversed(ISS), "USER_DEFINED_Y"]
    assert reasons(csv_of(*MESSAGES, columns=columns)) == (NUMBERS, [])


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["a,b"], "2 : 2 fields under a heading of 17"),
        (["x"], "2 : 1 fields under a heading of 17"),
        (['"x'], "2 : a quote that does not close under a heading of 17"),
        ([CSV_LINES[1] + ",1"], "2 : 18 fields under a heading of 17"),
        ([CSV_LINES[1].replace("ISS", "I\0S")], "2 : a NUL byte in it"),
    ],
)
def test_csv_bad_rows(rows: list[str], told: str) -> None:
    text = "\n".join([CSV_LINES[0], *rows, *CSV_LINES[1:]])
    assert reasons(text) == (NUMBERS, [told])


def test_a_csv_field_in_quotes_may_hold_anything_printable() -> None:
    row = CSV_LINES[1].replace("ISS (ZARYA)", '"A ""quoted"", name"')
    assert read_text(f"{CSV_LINES[0]}\n{row}\n").object_name.tolist() == ['A "quoted", name']
    broken = CSV_LINES[1].replace("ISS (ZARYA)", '"two\nlines"')
    found, told = reasons("\n".join([CSV_LINES[0], broken, *CSV_LINES[2:]]))
    assert found == NUMBERS[1:]
    assert told == [
        "2 OBJECT_NAME: 'two\\nlines' holds control characters, or more than 100 letters"
    ]


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        (CSV_LINES[0].replace("BSTAR,", "BSTOP,"), "1 heading: the heading lacks BSTAR"),
        (CSV_LINES[0].replace("BSTAR", "EPOCH"), "1 heading: the heading has two columns EPOCH"),
    ],
)
def test_a_heading_that_is_wrong_is_told_and_so_are_its_rows(heading: str, told: str) -> None:
    found, refused = reasons("\n".join([heading, *CSV_LINES[1:], *CSV_LINES]))
    assert found == NUMBERS  # those under the second heading
    assert refused[0] == told
    assert len(refused) == 4


JSON_TEXTS = {
    "pretty": json.dumps(MESSAGES, indent=4),
    "compact": json.dumps(MESSAGES, separators=(",", ":")),
    "lines": "\n".join(map(json.dumps, MESSAGES)),
    "crlf": json.dumps(MESSAGES, indent=1).replace("\n", "\r\n"),
    "mark": "\ufeff" + json.dumps(MESSAGES),
    "around": json.dumps({"count": 3, "by": "us", "data": MESSAGES}),
    "around twice": json.dumps({"ndm": {"omm": MESSAGES}}),
    "nested": json.dumps([{"omm": {"header": {}, "body": one}} for one in MESSAGES]),
    "null": json.dumps([one | {"DECAY_DATE": None} for one in MESSAGES]),
    "list of list": json.dumps([MESSAGES]),
    "brace in a name": json.dumps([one | {"COMMENT": 'a}"{[b'} for one in MESSAGES]),
    "one object": json.dumps(ISS) + json.dumps(VANGUARD) + json.dumps(DEBRIS),
    "prefix": "gp = " + json.dumps(MESSAGES) + ";",
    "ascii": json.dumps([one | {"COMMENT": "é\n"} for one in MESSAGES]),
}


@pytest.mark.parametrize("name", JSON_TEXTS)
def test_json_in_many_dresses(name: str) -> None:
    found, told = reasons(JSON_TEXTS[name])
    assert found == NUMBERS
    assert len(told) == (2 if name == "prefix" else 0)


def test_json_numbers_are_read_as_written() -> None:
    typed = {
        key: int(text)
        if text.isdigit()
        else float(text)
        if "." in text and key[-2:] != "CH"
        else text
        for key, text in ISS.items()
        if key not in {"OBJECT_NAME", "OBJECT_ID"}
    }
    first, second = read_text(json.dumps([typed, ISS])).elements.bstar_per_earth_radius
    assert first == second == 0.00022906


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace('"15.49815308"', "NaN"), "no JSON object: JSON is malformed"),
        (lambda text: text.replace('"15.49815308"', "Infinity"), "no JSON object"),
        (lambda text: text.replace('"15.49815308"', "true"), "'True' is no number"),
        (lambda text: text.replace('"15.49815308"', "[15]"), "is no number"),
        (lambda text: text.replace('"25544"', "1" * 40), "is no whole number"),
        (lambda text: text.replace('"25544"', "25544.5"), "'25544.5' is no whole number"),
        (lambda text: text.replace("}, {", ", {", 1), "a JSON object that does not end"),
        (lambda text: text.replace('"ISS ', '"ISS "', 1), "no JSON object|does not end"),
        (lambda text: text.replace("[{", "[\0{", 1), "neither an object nor"),
        (lambda text: text.replace("}, {", "} junk {", 1), "neither an object nor"),
        (lambda text: text.replace('{"OBJECT_NAME"', '{{"OBJECT_NAME"', 1), "no JSON object"),
    ],
)  # fmt: skip
def test_json_damage_costs_its_record(change: object, told: str) -> None:
    gathering = gathered(change(json_of(*MESSAGES)).encode())  # type: ignore[operator]
    assert {5, 270438} <= set(numbers(gathering))
    assert gathering.quarantined_count == 1
    assert any(one in gathering.quarantined[0].reason for one in told.split("|"))


def test_a_keyword_twice_in_one_object_is_refused() -> None:
    found, told = reasons(json.dumps([{"a": ISS, "b": VANGUARD}, DEBRIS]))
    assert found == [270438]
    assert told == ["1 OBJECT_NAME: stands twice in one message"]


@pytest.mark.parametrize("cut", [30, 300, 500, 900])
def test_a_list_cut_short_is_told(cut: int) -> None:
    text = json_of(*MESSAGES)
    found, told = reasons(text[:cut] + "\n" + FILES["TLE"])
    assert found[-3:] == NUMBERS  # what follows it stands
    assert found[:-3] == NUMBERS[: len(found) - 3]
    assert len(told) == 1


def test_kvn_forms() -> None:
    text = kvn_of(*MESSAGES)
    assert reasons(text) == (NUMBERS, [])
    assert reasons(text.replace("\n", "\r\n")) == (NUMBERS, [])
    assert reasons(text.replace(" = ", "=")) == (NUMBERS, [])
    assert reasons(text.replace(" = ", "   =   ").replace("\n", "\n\n  ")) == (NUMBERS, [])
    assert reasons(text.replace("OBJECT_ID", "COMMENT a = b\nOBJECT_ID")) == (NUMBERS, [])
    units = text.replace("51.6379", "51.6379 [deg]").replace("15.49815308", "15.49815308[rev/day]")
    assert reasons(units) == (NUMBERS, [])
    defined = text.replace("OBJECT_ID", "USER_DEFINED_X = y\nOBJECT_ID")
    assert reasons(defined) == (NUMBERS, [])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("INCLINATION = 1 [rad]", "8 INCLINATION: its unit is 'rad', but INCLINATION is in deg"),
        ("EPOCH = 2025-03-31T04:05:06", "8 EPOCH: stands twice in one message"),
        ("NONSENSE = 1", "8 NONSENSE: no keyword of an OMM"),
        ("BSTAR 1", "8 : 'BSTAR 1' is neither KEYWORD = value nor COMMENT"),
        ("x" * 100, "8 : 'xxxx"),
    ],
)
def test_a_bad_kvn_line_costs_its_message(line: str, told: str) -> None:
    lines = kvn_of(*MESSAGES).splitlines()
    lines.insert(7, line)
    found, refused = reasons("\n".join(lines))
    assert found == NUMBERS[1:]
    assert refused[0].startswith(told)
    assert len(refused) == 1


def test_other_kinds_of_messages_are_named() -> None:
    cdm = "CCSDS_CDM_VERS = 1.0\nTCA = 2025-01-01T00:00:00\n"
    assert reasons(cdm + kvn_of(ISS) + cdm) == (
        [25544],
        [
            "1 : a message of kind CDM, but only OMM are element sets",
            "21 : a message of kind CDM, but only OMM are element sets",
        ],
    )
    found, told = reasons(xml_of(ISS).replace("<ndm>", "<ndm><oem><body/></oem>"))
    assert found == [25544]
    assert told == ["2 : a message of kind OEM, but only OMM are element sets"]


XML = xml_of(*MESSAGES)


@pytest.mark.parametrize(
    "text",
    [
        XML,
        XML.replace("\n", ""),
        XML.replace("\n", "\r\n"),
        "\ufeff" + XML,
        XML.replace("><", ">\n   <"),
        XML.replace("<ndm>", '<n:ndm xmlns:n="urn:x">').replace("</ndm>", "</n:ndm>"),
        XML.replace("<omm ", '<omm xmlns="urn:ccsds:schema:ndmxml" ', 1),
        XML.replace("<INCLINATION>", '<INCLINATION units="deg">'),
        XML.replace("<data>", "<data><!-- <omm> --><![CDATA[ <omm> ]]>"),
        XML.partition("?>")[2],
        XML.partition("<ndm>")[2].replace("</ndm>", ""),
        XML.replace("</data>", '</data><ud><USER_DEFINED parameter="X">1</USER_DEFINED></ud>'),
    ],
    ids=[
        "plain", "one line", "crlf", "mark", "spread", "prefix", "namespace", "units", "comments",
        "undeclared", "bare", "defined",
    ],
)  # fmt: skip
def test_xml_in_many_dresses(text: str) -> None:
    assert reasons(text) == (NUMBERS, [])


def test_xml_in_the_encodings_it_declares() -> None:
    named = xml_of(ISS | {"OBJECT_NAME": "ÉTOILE"})
    latin1 = named.replace("UTF-8", "ISO-8859-1").encode("latin-1")
    assert read_text(latin1).object_name.tolist() == ["ÉTOILE"]
    for declared in ("UTF-16", "utf-16le", "UTF-8"):
        utf16 = named.replace("UTF-8", declared).encode("utf-16")
        assert read_text(utf16).object_name.tolist() == ["ÉTOILE"]
    found, told = reasons(XML.replace("UTF-8", "KLINGON"))
    assert found == NUMBERS  # the records do not need it
    assert told == ["1 : no XML: unknown encoding: KLINGON"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (XML.replace("<EPOCH>", "<EPOCH", 1), "no XML: not well-formed (invalid token)"),
        (XML.replace("</EPOCH>", "</EPOC>", 1), "no XML: mismatched tag"),
        (XML.replace("ZARYA", "ZA&rya;", 1), "no XML: undefined entity"),
        (XML.replace("ZARYA", "ZA\0", 1), "no XML: not well-formed"),
        (XML.replace("<INCLINATION>", '<INCLINATION units="rad">', 1), "its unit is 'rad'"),
        (XML.replace("</EPOCH>", "</EPOCH><EPOCH>x</EPOCH>", 1), "stands twice in one message"),
        (XML.replace("ZARYA", "x" * 5000, 1), "longer than 4096 letters"),
    ],
)
def test_xml_damage_costs_its_record(text: str, told: str) -> None:
    found, refused = reasons(text)
    assert found == NUMBERS[1:]
    assert len(refused) == 1
    assert told in refused[0]


BOMB = "".join(f'<!ENTITY a{k} "{f"&a{k - 1};" * 10}">' for k in range(1, 12))


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE ndm [<!ENTITY a0 "ha">{BOMB}]>',
        '<!DOCTYPE ndm [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE ndm SYSTEM "http://127.0.0.1:1/x.dtd">',
        '<!DOCTYPE ndm [<!ENTITY % p SYSTEM "http://127.0.0.1:1/"> %p;]>',
        "<!DOCTYPE ndm>",
    ],
)
def test_xml_bombs_are_refused_and_the_records_stand(doctype: str) -> None:
    bomb = XML.replace("<ndm>", f"{doctype}\n<ndm>").replace("VANGUARD 1", "VANGUARD &a11;&a;")
    found, told = reasons(bomb)
    assert found == [25544, 270438]
    assert "entities and document types are refused" in told[0]
    assert "no XML: undefined entity" in told[1]


def test_xml_that_does_not_end_is_told() -> None:
    found, told = reasons(XML[: XML.index("FENGYUN")])
    assert found == NUMBERS[:2]
    assert told == ["7 : the document does not end"]
    assert reasons(XML.replace("</ndm>", "")) == (NUMBERS, ["10 : the document does not end"])


def test_xml_nested_too_deep_is_refused() -> None:
    found, told = reasons(XML.replace("<ndm>", "<ndm>" + "<a>" * 100_000))
    assert found == NUMBERS
    assert told == ["2 : no XML: elements nested deeper than 64"]
