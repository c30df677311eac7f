"""Documents of other programs say the same in either notation, and the same to another reader."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from commonsky.errors import NotRepresentable
from commonsky.formats.ndm_entries import ROW, entries
from commonsky.formats.ndm_lines import Problem
from commonsky.formats.ndm_message import Message
from commonsky.formats.ndm_read import read_message, read_messages
from commonsky.formats.ndm_write import Notation, written
from commonsky.formats.ndm_xml_names import MATRIX, STATE
from tests.ndm_case import archived

ARCHIVES = [
    f"ccsds/{name}.tar.xz"
    for name in (
        "orekit_ccsds", "egemenimre_ccsds_ndm", "jochimmaene_ccsds_ndm",
        "osc_ccsds_data_messages", "bradsease_oem", "nyx_ccsds",
    )
] + ["cdm/cara_cdms_and_pc_unit_tests.tar.xz"]  # fmt: skip
LARGEST = 500_000


def messages(archive: str) -> Iterator[tuple[str, Message]]:
    for name, raw in archived(archive).items():
        if len(raw) > LARGEST:
            continue
        try:
            found = read_messages(raw)
        except Problem:
            continue
        for message in found:
            if isinstance(message, Message):
                yield name.rsplit("/", 1)[-1], message


def said(message: Message) -> list[tuple[object, ...]]:
    opening = message.specification.opening
    return [
        (*entry[:4], entry.value.split()) for entry in entries(message) if entry.keyword != opening
    ]


@pytest.mark.parametrize("archive", ARCHIVES)
def test_into_the_other_notation_and_back(archive: str) -> None:
    compared = 0
    for file, message in messages(archive):
        there, back = (
            (Notation.KVN, Notation.XML) if file.endswith(".xml") else (Notation.XML, Notation.KVN)
        )
        try:
            other = read_message(written(message, there))
            again = read_message(written(other, back))
        except NotRepresentable:
            if message.raw.isascii():
                raise
            continue  # keywords and values are in ASCII
        assert said(other) == said(message), file
        assert said(again) == said(message), file
        assert again.version == message.version
        compared += 1
    assert compared > 2


def test_real_conjunctions_keep_the_standard_in_the_other_notation() -> None:
    strictly = 0
    for file, message in messages(ARCHIVES[-1]):
        if "_conj_" not in file:
            continue
        try:
            text = written(message, Notation.XML, strict=True)
        except NotRepresentable as problem:
            if "COMMENT" not in str(problem):
                raise
            text = written(message, Notation.XML)
        else:
            strictly += 1
        kept = {(one.keyword, one.problem) for one in read_message(text).deviations}
        assert all(keyword == "COMMENT" for keyword, _ in kept), file
    assert strictly >= 50


def numbers_of(message: Message) -> dict[str, Counter[float]]:
    """Numbers by keyword; those of states and covariances by the names of their columns."""
    found: dict[str, Counter[float]] = defaultdict(Counter)
    row = 0
    for entry in entries(message):
        words = entry.value.split()
        if entry.keyword == ROW and entry.section == "ephemeris":
            for name, word in zip(STATE[1:], words[1:], strict=False):
                found[name][float(word)] += 1
        elif entry.keyword == ROW and message.specification.kind == "OEM":
            row = row % 6 + 1
            first = row * (row - 1) // 2
            for name, word in zip(MATRIX[first : first + row], words, strict=True):
                found[name][float(word)] += 1
        elif entry.kind == "record":
            found[entry.keyword][float(words[1])] += 1
        elif entry.kind in ("real", "integer") and entry.value:
            found[entry.keyword][float(entry.value)] += 1
    return found


def numbers_of_theirs(thing: object, found: dict[str, Counter[float]]) -> None:
    """The same of another reader's objects, whose attributes are keywords in small letters."""
    for name in dir(thing):
        value = getattr(thing, name) if name[0].islower() else None
        several = value if isinstance(value, list) else [value]
        for one in several:
            if isinstance(one, float | int) and not isinstance(one, bool):
                found[name.upper()][float(one)] += 1
            elif type(one).__name__[0].isupper() and one is not None and not callable(one):
                numbers_of_theirs(one, found)


def test_numbers_against_ccsds_ndm_py() -> None:
    peer = pytest.importorskip("ccsds_ndm", reason="ccsds-ndm-py is not installed")
    compared: Counter[str] = Counter()
    for archive in ARCHIVES:
        for file, message in messages(archive):
            kind = message.specification.kind
            if not file.endswith(".xml") or b"<ndm" in message.raw or kind == "OCM":
                continue
            try:
                theirs = peer.from_str(message.raw.decode())
            except (peer.NdmError, ValueError):
                continue
            expected: dict[str, Counter[float]] = defaultdict(Counter)
            for name in ("body", "segments", "segment"):
                if hasattr(theirs, name):
                    parts = getattr(theirs, name)
                    for part in parts if isinstance(parts, list) else [parts]:
                        numbers_of_theirs(part, expected)
                    break
            for name, ours in numbers_of(message).items():
                if name in expected:
                    assert set(ours) == set(expected[name]), (file, name)
                    compared[kind] += ours.total()
    assert min(compared[kind] for kind in ("CDM", "OEM", "OMM", "OPM", "RDM")) > 20, compared
