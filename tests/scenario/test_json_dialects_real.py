"""Real conjunction messages through the forms of others, and back with every digit."""

from __future__ import annotations

import json
import lzma

import pytest

from commonsky.formats.ndm_json import read_json
from commonsky.formats.ndm_json_stream import MessageStream
from commonsky.formats.ndm_lines import Problem
from commonsky.formats.ndm_message import Message
from commonsky.formats.ndm_read import read_message, read_messages
from commonsky.formats.ndm_write import entries
from commonsky.formats.tracss import Form, tracss_line
from tests.ndm_case import SHARED, archived

REAL = 53


def messages() -> list[Message]:
    files = archived("cdm/cara_cdms_and_pc_unit_tests.tar.xz")
    return [read_message(raw) for name, raw in files.items() if name.endswith(".cdm")]


def said(message: Message) -> list[tuple[object, ...]]:
    """What is said, blanks in comments all one: a name has none around it in JSON."""
    return sorted(
        (entry.segment, entry.keyword, " ".join(entry.value.split()))
        for entry in entries(message)
        if entry.keyword != "CCSDS_CDM_VERS"
    )


@pytest.mark.parametrize("form", [Form.BULK_1, Form.BULK_2])
def test_real_messages_in_the_forms_of_tracss(form: Form) -> None:
    wanted = messages()
    raw = b"".join(tracss_line(message, form) for message in wanted)
    stream = MessageStream()
    found = list(stream.messages(raw[at : at + 65_536] for at in range(0, len(raw), 65_536)))
    assert (stream.accepted, stream.quarantined) == (len(wanted), 0)
    for message, again in zip(wanted, found, strict=True):
        assert not isinstance(again, Problem)
        assert said(again) == said(message)
    pretty = b"\n".join(
        json.dumps(json.loads(line), indent=2).encode() for line in raw.split(b"\n")[:9]
    )
    assert sum(isinstance(one, Message) for one in read_messages(pretty)) == 9


def test_real_messages_as_others_have_parsed_them() -> None:
    """Objects of keywords whose numbers another program has read, and written anew."""
    path = SHARED / "cdm" / "cara_53_real_cdms_parsed.json.xz"
    if not path.exists():
        pytest.skip(f"no {path.name} beside the repository")
    parsed = json.loads(lzma.decompress(path.read_bytes()))
    files = archived("cdm/cara_cdms_and_pc_unit_tests.tar.xz")
    by_name = {name.rsplit("/", 1)[-1]: raw for name, raw in files.items()}
    assert len(parsed) == REAL
    for one in parsed:
        told = dict(one["header"])
        told["CCSDS_CDM_VERS"] = str(told["CCSDS_CDM_VERS"])
        for number, side in enumerate(one["objects"], start=1):
            told |= {f"SAT{number}_{name}": value for name, value in side.items()}
        (found,) = read_json(json.dumps(told).encode())
        assert isinstance(found, Message)
        wanted = read_message(by_name[one["file"]])
        for side in (1, 2):
            for keyword in ("X", "Y_DOT", "CT_T", "CNDOT_NDOT", "CD_AREA_OVER_MASS"):
                assert found.number(keyword, side) == wanted.number(keyword, side), one["file"]
        assert found.text("TCA") == wanted.text("TCA")


def test_json_of_element_sets_in_the_archives() -> None:
    """A flat OMM without its version is none of these messages, and the list says which are."""
    files = archived("ccsds/egemenimre_ccsds_ndm.tar.xz")
    texts = {name: raw for name, raw in files.items() if name.endswith(".json")}
    assert len(texts) >= 2
    read = 0
    for name, raw in texts.items():
        try:
            (found,) = read_messages(raw)
        except Problem as problem:
            assert "no message" in problem.problem, name  # noqa: PT017 - the other outcome
            continue
        assert isinstance(found, Message)
        assert found.specification.kind == "OMM"
        read += 1
    assert read == 1
