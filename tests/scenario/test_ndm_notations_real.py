"""Documents of other programs: read or refused as their names say, there and back unharmed."""

from __future__ import annotations

import re

import pytest

from commonsky.errors import NotRepresentable
from commonsky.formats.ndm_lines import Problem
from commonsky.formats.ndm_message import Message
from commonsky.formats.ndm_read import read_message, read_messages
from commonsky.formats.ndm_write import Notation, entries, written
from tests.ndm_case import archived

ARCHIVES = [
    f"ccsds/{name}.tar.xz"
    for name in (
        "orekit_ccsds", "egemenimre_ccsds_ndm", "jochimmaene_ccsds_ndm",
        "osc_ccsds_data_messages", "bradsease_oem",
    )
] + ["cdm/cara_cdms_and_pc_unit_tests.tar.xz"]  # fmt: skip
ROOT = re.compile(rb"<(?:\w+:)?(cdm|oem|opm|omm|ocm|tdm|rdm|ndm)\b")
WRONG = re.compile(
    r"wrong|missing|error|invalid|inconsistent|spurious|entity|doctype|mandatory|^empty\."
)
# A comment between two keywords of a section, or between two states, comes first in JSON.
MOVED_BY_JSON = ("CDMExample_issue_940.txt", "CDMExample_issue_940.xml", "sample03.skip")
COMMENT_BEFORE_VERSION = "sample01.oem"


def said(message: Message) -> list[tuple[object, ...]]:
    return [(*entry[:4], " ".join(entry.value.split())) for entry in entries(message)]


def test_documents_are_read_or_refused_as_their_names_say() -> None:
    outcomes: dict[str, str] = {}
    for archive in ARCHIVES:
        for name, raw in archived(archive).items():
            if not name.endswith(".xml") or not ROOT.search(raw[:3000]):
                continue
            file = name.rsplit("/", 1)[-1]
            wrong = bool(WRONG.search(file))
            try:
                found = read_messages(raw, strict=wrong)
                told = "read" if wrong and not any(isinstance(x, Problem) for x in found) else ""
            except Problem as problem:
                told = "" if wrong else str(problem)
            if told:
                outcomes[file] = told
    # That one's time system is a name that we have no need to know.
    assert set(outcomes) <= {"TDM-metadata-timesystem-not-implemented.xml"}, outcomes


@pytest.mark.parametrize("archive", ARCHIVES)
def test_there_and_back(archive: str) -> None:
    compared = 0
    for name, raw in archived(archive).items():
        file = name.rsplit("/", 1)[-1]
        if len(raw) > 500_000 or file == COMMENT_BEFORE_VERSION:
            continue
        try:
            found = read_messages(raw)
        except Problem:
            continue
        for message in found:
            if isinstance(message, Problem):
                continue
            assert message.changed({}) == raw, name
            for notation in (Notation.XML, Notation.JSON):
                if notation is Notation.JSON and file in MOVED_BY_JSON:
                    continue
                try:
                    there = read_message(written(message, notation))
                except NotRepresentable:
                    assert "test" in file or "sample" in file, name
                    continue
                assert said(there) == said(message), (name, notation)
                compared += 1
    assert compared > 3


def test_numbers_of_documents_against_ccsds_ndm_py() -> None:
    peer = pytest.importorskip("ccsds_ndm", reason="ccsds-ndm-py is not installed")
    compared = 0
    for archive in ARCHIVES[:4]:
        for name, raw in archived(archive).items():
            if not name.endswith(".xml") or b"<cdm" not in raw:
                continue
            try:
                theirs, ours = peer.from_str(raw.decode()), read_message(raw)
            except (Problem, peer.NdmError, ValueError, UnicodeDecodeError):
                continue
            for number, segment in enumerate(theirs.body.segments, start=1):
                state, matrix = segment.data.state_vector, segment.data.covariance_matrix
                for keyword in ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT"):
                    assert ours.number(keyword, number) == getattr(state, keyword.lower()), name
                for keyword in ("CR_R", "CT_R", "CT_T", "CNDOT_NDOT"):
                    assert ours.number(keyword, number) == getattr(matrix, keyword.lower()), name
                compared += 1
    assert compared >= 4
