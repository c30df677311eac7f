"""Messages of other programs and of real operations are read or refused as their names say."""

from __future__ import annotations

import re

import pytest

from commonsky.formats.ndm_cdm import CDM
from commonsky.formats.ndm_lines import Problem
from commonsky.formats.ndm_message import Reader
from commonsky.formats.ndm_oem import read_oem
from commonsky.formats.ndm_read import read_message
from tests.ndm_case import archived

CARA = "cdm/cara_cdms_and_pc_unit_tests.tar.xz"
OREKIT = "ccsds/orekit_ccsds.tar.xz"
BRADSEASE = "ccsds/bradsease_oem.tar.xz"
WRONG = re.compile(r"wrong|missing|error|invalid|inconsistent|keyword-within|too-", re.IGNORECASE)
# 502.0-B-3 has MESSAGE_ID in the header only, and their reader in the metadata.
NOT_OF_THE_STANDARD = ("v3_0/valid/sample01.oem",)
# Figures of the book with its line breaks, a version of a draft, a keyword twice in a block.
NOT_MESSAGES = (
    "ocm_g17.kvn", "ocm_g18.kvn", "OCMExample4.txt", "OCMExample5Geodetic.txt",
    "OCMExample5GeodeticStreamingOutput.txt", "OPM-non-standard-units.txt", "TDM-issue963.txt",
)  # fmt: skip
# What is wrong there is in numbers that are kept and not interpreted, or beyond the keywords.
NOT_LOOKED_AT = (
    "OCM-incompatible-units-dimension.txt", "OCM-incompatible-units-scale.txt",
    "OCM-missing-revnum-basis.txt", "OCM-wrong-nb-elements.txt", "OCM-unknown-frame.txt",
    "OCM-missing-maneuver-time.txt",
)  # fmt: skip
SHOWING_NOTHING_WRONG = ("sample02.skip", "sample03.skip")


def test_real_conjunctions_are_read_and_come_back_bit_for_bit() -> None:
    files = {name: raw for name, raw in archived(CARA).items() if b"CCSDS_CDM_VERS" in raw}
    texts = {name: raw for name, raw in files.items() if name.endswith((".cdm", ".txt"))}
    assert len(texts) > 85
    reader = Reader(CDM)
    for name, raw in texts.items():
        message = reader.read(raw)
        assert message.changed({}) == raw, name
        assert message.number("X", 1) == message.number("X", 1), name
        for deviation in message.deviations:
            assert deviation.keyword in raw.decode().split("\n")[deviation.line - 1] or (
                "missing" in deviation.problem
            ), name


def test_the_fifty_three_of_operations_keep_the_standard() -> None:
    reader = Reader(CDM, strict=True)
    real = [raw for name, raw in archived(CARA).items() if "_conj_" in name]
    assert len(real) == 53
    for raw in real:
        assert reader.read(raw).segments == 2


def test_conjunctions_of_orekit() -> None:
    read = 0
    for name, raw in archived(OREKIT).items():
        if b"CCSDS_CDM_VERS" not in raw or name.endswith(".xml") or "ndm" in name.split("/")[-2]:
            continue
        if WRONG.search(name.rsplit("/", 1)[-1]):
            with pytest.raises(Problem):
                Reader(CDM).read(raw)
        else:
            assert Reader(CDM).read(raw).changed({}) == raw, name
            read += 1
    assert read > 15


@pytest.mark.parametrize("archive", [OREKIT, BRADSEASE])
def test_ephemerides_are_read_or_refused_as_their_names_say(archive: str) -> None:
    outcomes: dict[str, str] = {}
    for name, raw in archived(archive).items():
        if not re.match(rb"\s*CCSDS_OEM_VERS", raw) or name.endswith(".pre"):
            continue
        wrong = "/invalid/" in name or bool(WRONG.search(name.rsplit("/", 1)[-1]))
        try:
            read_oem(raw, strict=wrong)
            outcomes[name] = "" if not wrong else "read"
        except Problem as problem:
            outcomes[name] = "" if wrong else str(problem)
    unlike = {name: told for name, told in outcomes.items() if told}
    for name in list(unlike):
        if name.endswith((*NOT_OF_THE_STANDARD, *SHOWING_NOTHING_WRONG)):
            del unlike[name]
    assert unlike == {}
    assert len(outcomes) > 20


@pytest.mark.parametrize(
    "archive",
    [
        OREKIT,
        "ccsds/egemenimre_ccsds_ndm.tar.xz",
        "ccsds/jochimmaene_ccsds_ndm.tar.xz",
        "ccsds/osc_ccsds_data_messages.tar.xz",
    ],
)
def test_other_messages_are_read_or_refused_as_their_names_say(archive: str) -> None:
    unlike, count = {}, 0
    for name, raw in archived(archive).items():
        file = name.rsplit("/", 1)[-1]
        if not re.match(rb"\s*CCSDS_(OMM|OPM|TDM|RDM|OCM)_VERS *=", raw):
            continue
        count += 1
        wrong = bool(re.search(WRONG.pattern + "|spurious|incompatible", file))
        try:
            assert read_message(raw, strict=wrong).changed({}) == raw, name
            told = "read" if wrong else ""
        except Problem as problem:
            told = "" if wrong else str(problem)
        if told and file not in (*NOT_MESSAGES, *NOT_LOOKED_AT):
            unlike[name] = told
    assert unlike == {}
    assert count > 5
