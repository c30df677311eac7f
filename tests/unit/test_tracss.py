"""Conjunctions as TraCSS and others write them: names, units, comments, and lists of any kind."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from commonsky.errors import NotRepresentable
from commonsky.formats.cdm_json import cdm_json
from commonsky.formats.ndm_json import read_json
from commonsky.formats.ndm_json_stream import LARGEST_HELD, MessageStream
from commonsky.formats.ndm_lines import Problem
from commonsky.formats.ndm_message import Message
from commonsky.formats.ndm_read import read_message
from commonsky.formats.ndm_write import Notation, entries, written
from commonsky.formats.tracss import FIELDS, Form, camel, meaning, tracss_line
from tests.cdm_case import message_of
from tests.ndm_case import OEM, cdm

WITH_COMMENTS = re.sub(
    rb"(REF_FRAME *= GCRF\n)",
    rb"\1COMMENT Apogee Altitude = 774 [km]\nCOMMENT Covariance Scale Factor = 1.0\n",
    cdm(),
)


def said(message: Message, *, comments: bool = True) -> list[tuple[int, str, str]]:
    return sorted(
        (entry.segment, entry.keyword, " ".join(entry.value.split()))
        for entry in entries(message)
        if entry.keyword != "CCSDS_CDM_VERS" and (comments or entry.keyword != "COMMENT")
    )


def one(raw: bytes, *, strict: bool = False) -> Message:
    (found,) = read_json(raw, strict=strict)
    assert isinstance(found, Message)
    return found


def line(**changes: object) -> dict[str, Any]:
    told = json.loads(tracss_line(read_message(cdm()), Form.BULK_2))
    return {name: value for name, value in (told | changes).items() if value != "-"}


@pytest.mark.parametrize("form", [Form.BULK_1, Form.BULK_2])
def test_every_value_comes_back_with_its_digits_and_comments_where_they_were(form: Form) -> None:
    message = read_message(WITH_COMMENTS)
    raw = tracss_line(message, form)
    again = one(raw)
    assert said(again) == said(message)
    assert again.deviations == []
    assert again.raw == again.changed({}) == raw
    changed = again.changed({("X", 2, 0): "-1.25"})
    assert json.loads(changed) == json.loads(raw) | {"SAT2_X": "-1.25"}


def test_the_words_of_tracss_are_those_of_its_description() -> None:
    told = json.loads(tracss_line(read_message(WITH_COMMENTS), Form.BULK_1))
    assert told["CCSDS_CDM_VERS"] == "1.0"
    assert "SAT1_OBJECT" not in told
    assert told["SAT1_COMMENT Apogee Altitude"] == "774"
    assert told["SAT2_COMMENT Apogee Altitude_UNIT"] == "km"
    assert told["MISS_DISTANCE_UNIT"] == "m"
    told = json.loads(tracss_line(read_message(cdm()), Form.BULK_2))
    assert (told["TRACSS_CDM_VERS"], told["SAT2_OBJECT"]) == ("2.0", "OBJECT2")
    assert told["SAT1_CRDOT_RDOT_UNIT"] == "m**2/s**2"


def test_subscriptions() -> None:
    without = b"\n".join(row for row in cdm().split(b"\n") if not row.startswith(b"COMMENT"))
    message = read_message(without)
    raw = tracss_line(message, Form.SUBSCRIPTION)
    told = json.loads(raw)
    assert told["ccsdsCdmVers"] == "2.0"
    assert told["missDistanceUnit"] == "m"
    assert told["object1CrdotRDotValue"] == message.text("CRDOT_RDOT", 1)
    assert told["object2RefFrame"] == "GCRF"
    again = one(raw)
    assert said(again) == said(message)
    assert again.deviations == []
    with pytest.raises(NotRepresentable, match="no comments"):
        tracss_line(read_message(cdm()), Form.SUBSCRIPTION)
    with pytest.raises(NotRepresentable, match="OEM"):
        tracss_line(read_message(OEM), Form.BULK_2)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("object2CtdotTDotUnit", (2, "CTDOT_TDOT", "", True)),
        ("object1RecommendedODSpanValue", (1, "RECOMMENDED_OD_SPAN", "", False)),
        ("object1HBRValue", (1, "HBR", "", False)),
        ("startScreeningPeriod", (0, "START_SCREEN_PERIOD", "", False)),
        ("ccsdsCdmVersVers", (0, "CCSDS_CDM_VERS", "", False)),
        ("object1Object", (1, "OBJECT", "", False)),
        ("SAT1_COMMENT_EXCLUSION_VOLUME_RADIUS_UNIT", (1, "", "EXCLUSION_VOLUME_RADIUS", True)),
        ("SAT1_COMMENT_APOGEE_ALTITUDE", (1, "", "Apogee Altitude", False)),
        ("object1ExclusionVolumeRadiusValue", (1, "", "Exclusion Volume Radius", False)),
        ("object2ApogeeAltitudeValue", (2, "", "Apogee Altitude", False)),
        ("SAT2_COMMENT My Own", (2, "", "My Own", False)),
        ("correlationId", (0, "", "", False)),
        ("USER_DEFINED_RUN_ID", (0, "USER_DEFINED_RUN_ID", "", False)),
    ],
)
def test_names(name: str, meant: tuple[int, str, str, bool]) -> None:
    assert meaning(name) == meant


def test_no_two_keywords_have_one_name() -> None:
    for side, fields in enumerate(FIELDS):
        names = [camel(keyword, side) for keyword in fields]
        assert len({name.lower() for name in names}) == len(names)
        for name, keyword in zip(names, fields, strict=True):
            for ending, is_unit in (("", False), ("Value", False), ("Unit", True)):
                assert meaning(name + ending) == (side, keyword, "", is_unit)


def test_what_nobody_knows_is_kept_and_told() -> None:
    raw = json.dumps(line(correlationId="u-1", SAT2_NEW_THING=7, USER_DEFINED_RUN_ID="r"))
    message = one(raw.encode())
    assert ("header", 0, "correlationId = u-1") in message.comments
    assert ("metadata", 2, "SAT2_NEW_THING = 7") in message.comments
    assert message.text("USER_DEFINED_RUN_ID", 2) == "r"
    found = {deviation.keyword: deviation for deviation in message.deviations}
    assert found.keys() == {"correlationId", "SAT2_NEW_THING"}
    assert raw[found["SAT2_NEW_THING"].column - 1] == "7"
    with pytest.raises(Problem, match="no keyword"):
        read_json(raw.encode(), strict=True)


def test_a_message_without_a_unit_anywhere_has_those_of_the_standard() -> None:
    told = {name: value for name, value in line().items() if not name.endswith("_UNIT")}
    message = one(json.dumps(told).encode(), strict=True)
    assert b"[m**2/s]" in written(message, Notation.KVN)
    one_only = line(SAT1_X_UNIT="-")
    (deviation,) = one(json.dumps(one_only).encode()).deviations
    assert (deviation.keyword, deviation.problem) == ("X", "lacks its unit [km]")


def test_our_own_form_is_strictly_what_the_standard_has() -> None:
    raw = written(read_message(cdm()), Notation.JSON)
    assert b"[km]" in written(one(raw, strict=True), Notation.KVN)


def test_our_older_writer_is_read() -> None:
    message = one(cdm_json(message_of()))
    assert said(message) == said(read_message(cdm()))


@pytest.mark.parametrize("version", ["Spec-001-2.0", "", None])
def test_a_version_that_is_none_is_told(version: object) -> None:
    found = one(json.dumps(line(TRACSS_CDM_VERS=version)).encode())
    assert found.version == "2.0"
    assert [deviation.keyword for deviation in found.deviations] == ["CCSDS_CDM_VERS"]


def test_objects_within_objects() -> None:
    told: dict[str, Any] = {"header": {}, "relative_metadata": {}}
    for name, value in line().items():
        if name.endswith("_UNIT"):
            continue
        if name == "TRACSS_CDM_VERS":
            told["header"]["CCSDS_CDM_VERS"] = "2.0"
        elif name.startswith("SAT"):
            side = told.setdefault(f"object{name[3]}", {"metadata": {}, "ordered": []})
            keyword = name[5:]
            if keyword.startswith("C") and "_" in keyword and keyword[1] in "RTN":
                side.setdefault("rtn_covariance_ordered", []).append([keyword, float(value)])
            else:
                side["metadata"][keyword.lower()] = value
        else:
            told["relative_metadata"][name.lower()] = value
    told["object2"]["comments"] = ["one", "two"]
    message = one(json.dumps(told).encode())
    wanted = read_message(cdm())
    for side in (1, 2):
        assert message.number("CNDOT_NDOT", side) == wanted.number("CNDOT_NDOT", side)
        assert message.text("X", side) == wanted.text("X", side)
    assert message.text("TCA") == wanted.text("TCA")
    assert [comment for comment in message.comments if comment[1] == 2] == [
        ("metadata", 2, "one"), ("metadata", 2, "two"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"missDistance": "1.0"}, "says the same as"),
        ({"TCA": "-"}, "TCA"),
        ({"SAT2_X": "-"}, "X"),
        ({"SAT2_X": "fast"}, "no number"),
        ({"SAT1_X_UNIT": "m"}, "cannot be that"),
        ({"SAT2_X": [[1]]}, "no message has"),
        ({"ORIGINATOR": "a\nTCA = 1"}, "control"),
        ({"ORIGINATOR": "\ud800"}, "half a character"),
        ({"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}}}}}, "deep"),
    ],
)
def test_bad_objects_are_refused(changes: dict[str, object], told: str) -> None:
    with pytest.raises(Problem, match=told):
        read_json(json.dumps(line(**changes)).encode())


def test_numbers_that_are_none() -> None:
    raw = json.dumps(line(SAT1_MASS=0, SAT1_MASS_UNIT="kg")).replace(
        '"SAT1_MASS": 0', '"SAT1_MASS": -Infinity'
    )
    found = one(raw.encode())
    (deviation,) = found.deviations
    assert (deviation.keyword, raw[deviation.column - 1 :][:9]) == ("MASS", "-Infinity")
    with pytest.raises(Problem, match="no number"):
        read_json(json.dumps(line(SAT1_X=0)).replace('"SAT1_X": 0', '"SAT1_X": NaN').encode())


def test_a_summary_is_no_message() -> None:
    with pytest.raises(Problem, match="no states"):
        read_json(b'{"CDM_ID": "1", "MIN_RNG": "5", "SAT_1_ID": "1", "SAT_2_ID": "2", "PC": "1"}')


FLAT = tracss_line(read_message(cdm()), Form.BULK_2)
PRETTY = json.dumps(json.loads(FLAT), indent=4).encode()
BROKEN = PRETTY[: len(PRETTY) // 2]


@pytest.mark.parametrize(
    ("raw", "good", "bad"),
    [
        (FLAT * 3, 3, 0),
        (PRETTY * 2, 2, 0),
        (PRETTY + b"\n" + PRETTY, 2, 0),
        (b"\xef\xbb\xbf[" + FLAT + b"," + FLAT + b"]", 2, 0),
        (b"[" + FLAT + b", 5, null, " + FLAT + b"]", 2, 2),
        (json.dumps([json.loads(FLAT)] * 2, indent=1).encode(), 2, 0),
        (
            b'{"request_metadata": {"Total": 2}, "data": [' + FLAT + b"," + FLAT + b"]}" + FLAT,
            3,
            0,
        ),
        (b'{"tracssCdms": [' + FLAT + b'], "page": {"of": [1]}}', 1, 0),
        (FLAT + BROKEN + b"\n" + PRETTY, 2, 1),
        (FLAT + b"nothing\n" + FLAT, 2, 1),
        (b"[" + FLAT, 1, 1),
        (FLAT + b'{"a":' * 5000 + b"\n" + FLAT, 2, 1),
        (FLAT + b'{"a": "\xff"}\n' + FLAT, 2, 1),
        (FLAT + FLAT.replace(b'"TCA"', b'"MESSAGE_ID"') + FLAT, 2, 1),
    ],
)
def test_messages_stand_in_all_kinds_of_things(raw: bytes, good: int, bad: int) -> None:
    found = read_json(raw)
    assert sum(isinstance(one, Problem) for one in found) == bad
    assert len(found) == good + bad
    wanted = [str(one) for one in found if isinstance(one, Problem)]
    for size in (997, 1 << 20):
        stream = MessageStream()
        met = list(stream.messages(raw[at : at + size] for at in range(0, len(raw), size)))
        assert (stream.read, stream.accepted, stream.quarantined) == (good + bad, good, bad)
        assert [str(one) for one in met if isinstance(one, Problem)] == wanted


def test_a_stream_tells_lines_and_keeps_the_bytes_of_each() -> None:
    bad = FLAT.replace(b'"TCA":"2025', b'"TCA":"two thousand')
    found = list(MessageStream().messages([FLAT, bad[:100], bad[100:] + FLAT]))
    assert [type(one) is Problem for one in found] == [False, True, False]
    (problem,) = (one for one in found if isinstance(one, Problem))
    assert (problem.line, problem.field) == (2, "TCA")
    assert bad[problem.column - 1 :].startswith(b"two thousand")
    assert all(one.raw == FLAT.strip() for one in found if isinstance(one, Message))


def test_what_departs_is_told_at_its_line_of_the_whole() -> None:
    told = line(SAT1_FOO="x")
    raw = json.dumps([told, told], indent=1).encode()
    lines = [at for at, text in enumerate(raw.split(b"\n"), 1) if b"SAT1_FOO" in text]
    found = [message.deviations for message in read_json(raw) if isinstance(message, Message)]
    assert [[one.line for one in deviations] for deviations in found] == [[one] for one in lines]


def test_a_list_without_lines_is_cut_behind_an_object() -> None:
    taken, met = 0, 0

    def blocks() -> Iterator[bytes]:
        nonlocal taken
        yield b"["
        for _ in range(400):
            taken += 10
            yield (FLAT.strip() + b",") * 10
        yield FLAT.strip() + b"]"

    stream, most = MessageStream(), 0
    for found in stream.messages(blocks()):
        met += isinstance(found, Message)
        most = max(most, taken - met)
    assert (stream.accepted, stream.quarantined) == (4001, 0)
    assert most < 2000


def test_a_stream_drops_what_does_not_end() -> None:
    def blocks() -> Iterator[bytes]:
        yield FLAT + b'{"a": "'
        for _ in range(LARGEST_HELD // (1 << 22) + 3):
            yield b"x" * (1 << 22)
        yield b'"}\n' + FLAT

    stream = MessageStream()
    found = list(stream.messages(blocks()))
    assert (stream.accepted, stream.quarantined) == (2, 1)
    (problem,) = (one for one in found if isinstance(one, Problem))
    assert problem.line == 2
    assert "more than" in problem.problem
