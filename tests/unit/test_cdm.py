"""Conjunction data messages in their notations, against the standard and real samples."""

import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import msgspec
import pytest
from defusedxml.ElementTree import fromstring

from commonsky.errors import NotRepresentable
from commonsky.formats.cdm import ConjunctionDataMessage
from commonsky.formats.cdm_fields import UNITS, number_text, writable_comment, writable_name
from commonsky.formats.cdm_json import cdm_json
from commonsky.formats.cdm_kvn import cdm_kvn
from commonsky.formats.cdm_xml import cdm_xml
from tests.cdm_case import changed, kvn_pairs, message_of

SAMPLES = Path(__file__).parents[2].parent / "shared" / "data" / "ccsds" / "orekit_ccsds.tar.xz"
FOLDER = "./src/test/resources/ccsds/cdm/"
WRITERS = (cdm_kvn, cdm_xml, cdm_json)

# Tables 3-1 to 3-4 of CCSDS 508.0-B-1: obligatory keywords, and the units where there are any.
OBLIGATORY = (
    "CCSDS_CDM_VERS CREATION_DATE ORIGINATOR MESSAGE_ID TCA MISS_DISTANCE[m] "
    + 2
    * (
        "OBJECT OBJECT_DESIGNATOR CATALOG_NAME OBJECT_NAME INTERNATIONAL_DESIGNATOR "
        "EPHEMERIS_NAME COVARIANCE_METHOD MANEUVERABLE REF_FRAME "
        "X[km] Y[km] Z[km] X_DOT[km/s] Y_DOT[km/s] Z_DOT[km/s] "
        "CR_R[m**2] CT_R[m**2] CT_T[m**2] CN_R[m**2] CN_T[m**2] CN_N[m**2] "
        "CRDOT_R[m**2/s] CRDOT_T[m**2/s] CRDOT_N[m**2/s] CRDOT_RDOT[m**2/s**2] "
        "CTDOT_R[m**2/s] CTDOT_T[m**2/s] CTDOT_N[m**2/s] CTDOT_RDOT[m**2/s**2] "
        "CTDOT_TDOT[m**2/s**2] CNDOT_R[m**2/s] CNDOT_T[m**2/s] CNDOT_N[m**2/s] "
        "CNDOT_RDOT[m**2/s**2] CNDOT_TDOT[m**2/s**2] CNDOT_NDOT[m**2/s**2] "
    )
).split()


def test_kvn_has_all_that_is_obligatory_in_order_with_units() -> None:
    written = [
        keyword + (f"[{unit}]" if unit else "")
        for keyword, _, unit in kvn_pairs(cdm_kvn(message_of()))
    ]
    places: list[int] = []
    for wanted in OBLIGATORY:
        places.append(written.index(wanted, places[-1] + 1 if places else 0))
    assert places == sorted(places)


def test_kvn_lines_keep_to_the_standard() -> None:
    text = cdm_kvn(message_of())
    assert text.startswith(b"CCSDS_CDM_VERS ")
    assert text.endswith(b"]\n")
    for line in text.decode("ascii").splitlines():
        assert len(line) <= 254
        assert re.fullmatch(r"COMMENT \S.*|[A-Z][A-Z0-9_]* += \S.*", line), line


def sample(name: str) -> bytes:
    if not SAMPLES.exists():
        pytest.skip("the shared sample messages are not here")
    with tarfile.open(SAMPLES) as archive:
        member = archive.extractfile(FOLDER + name)
        assert member is not None
        return member.read()


@pytest.mark.parametrize("name", ["CDMExample2.txt", "CDMExample1.txt", "AlfanoTestCase01.cdm"])
def test_kvn_keywords_come_in_the_order_of_real_messages(name: str) -> None:
    def first_object(raw: bytes) -> list[str]:
        keywords = [keyword for keyword, _, _ in kvn_pairs(raw)]
        return keywords[: len(keywords) - keywords[::-1].index("OBJECT") - 1]

    real, ours = first_object(sample(name)), first_object(cdm_kvn(message_of()))
    common = set(real) & set(ours)
    assert len(common) > 30
    assert [one for one in ours if one in common] == [one for one in real if one in common]


def paths(element: Element, above: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    here = f"{above}/{element.tag}"
    yield here, element.attrib
    for child in element:
        yield from paths(child, here)


@pytest.mark.parametrize("name", ["CDMExample1.xml", "CDMExample_issue_940.xml"])
def test_xml_elements_nest_as_in_real_messages(name: str) -> None:
    real = list(paths(fromstring(sample(name))))
    ours = list(paths(fromstring(cdm_xml(message_of()))))
    units = {path: held.get("units") for path, held in real}
    ours = [(path, held) for path, held in ours if not path.endswith("COMMENT")]
    assert {path for path, _ in ours} <= set(units)
    for path, held in ours[1:]:
        assert held.get("units") == units[path], path
    # An element may be missing from one of the objects, so that only first places are compared.
    order = [path for path in dict(real) if path in dict(ours)]
    assert order == list(dict(ours))
    assert ours[0][1]["id"] == "CCSDS_CDM_VERS"
    assert ours[0][1]["version"] == "1.0"


def test_the_notations_say_the_same() -> None:
    message = message_of()
    pairs = [pair for pair in kvn_pairs(cdm_kvn(message)) if pair[0] != "CCSDS_CDM_VERS"]
    elements = [one for one in fromstring(cdm_xml(message)).iter() if one.text and not len(one)]
    told = [
        (one.tag, str(one.text), one.get("units", "")) for one in elements if one.tag != "COMMENT"
    ]
    assert told == pairs

    flat = json.loads(cdm_json(message))
    place = 0
    for keyword, text, unit in pairs:
        place += keyword == "OBJECT"
        key = f"SAT{place}_{keyword}" if place else keyword
        if keyword != "OBJECT":
            assert flat.pop(key) == text
            assert flat.pop(f"{key}_UNIT", "") == unit
    assert flat.pop("CCSDS_CDM_VERS") == "1.0"
    assert all("COMMENT" in key for key in flat)


def test_comments_stand_where_their_block_begins() -> None:
    message = changed(
        message_of(), "relative", COMMENT=("HBR = 4.0 [m]", "one", "two", "A = b = c")
    )
    lines = cdm_kvn(message).decode().splitlines()
    assert lines[1] == "COMMENT GRADE = SCREENING"
    place = next(k for k, line in enumerate(lines) if line.startswith("TCA"))
    assert lines[place - 4 : place] == [
        "COMMENT HBR = 4.0 [m]", "COMMENT one", "COMMENT two", "COMMENT A = b = c",
    ]  # fmt: skip
    flat = json.loads(cdm_json(message))
    assert flat["COMMENT GRADE"] == "SCREENING"
    assert (flat["COMMENT HBR"], flat["COMMENT HBR_UNIT"]) == ("4.0", "m")
    assert flat["COMMENT"] == "one; two"
    assert flat["COMMENT A"] == "b = c"


def test_json_is_one_flat_line_of_texts() -> None:
    raw = cdm_json(message_of())
    assert raw.count(b"\n") == 1
    assert all(isinstance(value, str) for value in json.loads(raw).values())


def test_what_is_not_said_is_not_written() -> None:
    message = message_of()
    for write in WRITERS:
        assert b"MESSAGE_FOR" not in write(message)
        assert b"SCREEN_ENTRY_TIME" not in write(message)
    unknown = changed(message, "relative", COLLISION_PROBABILITY=msgspec.UNSET)
    assert b"COLLISION_PROBABILITY  " not in cdm_kvn(unknown)


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize(
    ("block", "changes", "told"),
    [
        ("metadata1", {"OBJECT_NAME": "A\nORIGINATOR = B"}, "printable ASCII"),
        ("metadata1", {"OBJECT_NAME": "A\rB"}, "printable ASCII"),
        ("metadata1", {"OBJECT_NAME": "BELL\x07"}, "printable ASCII"),
        ("metadata1", {"OBJECT_NAME": "TAB\tTAB"}, "printable ASCII"),
        ("metadata1", {"OBJECT_NAME": "ÉTOILE"}, "printable ASCII"),
        ("metadata1", {"OBJECT_NAME": "Starlink-1"}, "capitals"),
        ("metadata1", {"OBJECT_NAME": ""}, "empty"),
        ("metadata1", {"OBJECT_NAME": " A"}, "blanks"),
        ("metadata1", {"OBJECT_NAME": "A  B"}, "blanks"),
        ("metadata1", {"COMMENT": ("a\nCOMMENT b",)}, "printable ASCII"),
        ("metadata1", {"COMMENT": ("",)}, "empty"),
        ("metadata1", {"COMMENT": ("a ",)}, "blanks"),
        ("metadata1", {"OBJECT_DESIGNATOR": "25 544"}, "digits"),
        ("metadata1", {"INTERNATIONAL_DESIGNATOR": "98067A"}, "1998-067A"),
        ("metadata1", {"OBJECT_TYPE": "SATELLITE"}, "ROCKET BODY"),
        ("metadata1", {"COVARIANCE_METHOD": "ESTIMATED"}, "DEFAULT"),
        ("metadata1", {"OBJECT": "OBJECT2"}, "OBJECT1 and OBJECT2"),
        ("metadata1", {"REF_FRAME": "ITRF"}, "one REF_FRAME"),
        ("header", {"MESSAGE_ID": ""}, "empty"),
        ("header", {"ORIGINATOR": "ESA SST"}, "capitals, digits"),
        ("header", {"CREATION_DATE": "2025-03-31 00:00:00"}, "times are as"),
        ("header", {"CREATION_DATE": "2025-02-30T00:00:00"}, "epoch"),
        ("relative", {"TCA": "2025-03-31T00:00:00Z"}, "times are as"),
        ("relative", {"MISS_DISTANCE": float("nan")}, "finite"),
        ("relative", {"COLLISION_PROBABILITY": 1.5}, "from 0 to 1"),
        ("relative", {"COLLISION_PROBABILITY": -0.5}, "from 0 to 1"),
        ("relative", {"SCREEN_VOLUME_SHAPE": "SPHERE"}, "ELLIPSOID"),
        ("state1", {"X": 1.7976931348623157e308}, "finite"),
        ("covariance1", {"CN_T": float("-inf")}, "finite"),
    ],
)
def test_what_the_standard_forbids_is_refused(
    write: Any, block: str, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(NotRepresentable, match=re.escape(told)):
        write(changed(message_of(), block, **changes))


def test_kvn_refuses_what_its_readers_would_misread() -> None:
    for name in ("A = B", "A=B", "COSMOS 2456 [GLONASS]"):
        message = changed(message_of(), "metadata2", OBJECT_NAME=name)
        with pytest.raises(NotRepresentable, match="meaning"):
            cdm_kvn(message)
        assert fromstring(cdm_xml(message)).findall(".//OBJECT_NAME")[1].text == name
        assert json.loads(cdm_json(message))["SAT2_OBJECT_NAME"] == name


@pytest.mark.parametrize("write", [cdm_kvn, cdm_xml])
def test_lines_are_not_longer_than_the_standard_allows(write: Any) -> None:
    with pytest.raises(NotRepresentable, match="254 characters"):
        write(changed(message_of(), "metadata1", OBJECT_NAME="N" * 250))
    with pytest.raises(NotRepresentable, match="254 characters"):
        write(changed(message_of(), "header", COMMENT=("c" * 254,)))


def test_xml_escapes_what_is_markup() -> None:
    message = changed(message_of(), "metadata1", OBJECT_NAME="A<B>&'\"]]>")
    assert fromstring(cdm_xml(message)).find(".//OBJECT_NAME").text == "A<B>&'\"]]>"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"), (-0.0, "0.0"), (715.0, "715.0"), (715.3, "715.3"), (-70.2, "-70.2"),
        (1.0, "1.0"), (0.25, "2.5E-01"), (0.5e-300, "5.0E-301"), (1e15, "1.0E+15"),
        (1234567.890123456789, "1234567.890123457"), (2.5e20, "2.5E+20"),
        (5e-324, "4.940656458412465E-324"), (999999999999999.9, "999999999999999.9"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_the_standard_says(value: float, text: str) -> None:
    assert number_text("X", value) == text


def test_names_become_writable() -> None:
    assert writable_name("Starlink-1234") == "STARLINK-1234"
    assert writable_name("COSMOS 2456 [GLONASS]") == "COSMOS 2456 (GLONASS)"
    assert writable_name("A\nORIGINATOR = B") == "A ORIGINATOR ? B"
    assert writable_name("ÉTOILE\x07") == "?TOILE?"
    assert writable_name(" a   b ") == "A B"
    assert writable_name("") == writable_name(" \n ") == "UNKNOWN"
    assert writable_name("N" * 500) == "N" * 100
    assert writable_name("&" * 500) == "&" * 20
    assert writable_comment("É\n=\\") == r"\xc9\n=\\"
    assert writable_comment("  ") == "?"


def test_units_are_those_of_the_standard() -> None:
    given = {one.partition("[")[0]: one.partition("[")[2].rstrip("]") for one in OBLIGATORY}
    assert {keyword: UNITS.get(keyword, "") for keyword in given} == given


def test_records_are_frozen() -> None:
    message: ConjunctionDataMessage = message_of()
    with pytest.raises(AttributeError):
        message.header.ORIGINATOR = "OTHER"  # type: ignore[misc]
