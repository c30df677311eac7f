"""Any navigation messages, by what their first words say they are: KVN, XML, JSON, NDJSON."""

from __future__ import annotations

import re

from commonsky.formats.ndm_cdm import CDM
from commonsky.formats.ndm_json import is_json, read_json
from commonsky.formats.ndm_lines import Problem, problem_at
from commonsky.formats.ndm_message import Message, reader_of
from commonsky.formats.ndm_ocm import OCM
from commonsky.formats.ndm_odm import OEM, OMM, OPM
from commonsky.formats.ndm_oem import read_oem
from commonsky.formats.ndm_tdm import RDM, TDM
from commonsky.formats.ndm_xml import read_xml
from commonsky.formats.ndm_xml_lex import is_xml

SPECIFICATIONS = {one.kind: one for one in (CDM, OCM, OEM, OMM, OPM, RDM, TDM)}
OPENING = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|COMMENT[^\n]*\n)*+CCSDS_([A-Z]{3})_VERS[ \t]*=")
LONGEST_BEGINNING = 65_536


def kind_of(raw: bytes) -> str:
    """Return which message begins there, as OEM; a `Problem` if it is none that is known."""
    found = OPENING.match(raw[:LONGEST_BEGINNING])
    kind = "" if found is None else found[1].decode()
    if kind not in SPECIFICATIONS:
        wanted = ", ".join(SPECIFICATIONS)
        what = f"a {kind}" if kind else "no message in keyword-value notation, XML or JSON"
        raise problem_at(raw, 0, f"this is {what}; {wanted} are read")
    return kind


def read_message(raw: bytes, *, strict: bool = False) -> Message:
    """
    Return any message of those known, the first if there are several.

    An OEM is checked with its states.  Raises `Problem`, which tells line and column.
    """
    first = read_messages(raw, strict=strict)[0]
    if isinstance(first, Problem):
        raise first
    return first


def read_messages(raw: bytes, *, strict: bool = False) -> list[Message | Problem]:
    """
    Return all messages, and in place of a bad one its `Problem`; one at least.

    Several stand in an XML document, in lines of JSON, and nowhere else.  Raises `Problem` where
    there is nothing else.
    """
    if is_xml(raw):
        return list(read_xml(raw, strict=strict))
    if is_json(raw):
        return list(read_json(raw, strict=strict))
    kind = kind_of(raw)
    if kind == "OEM":
        return [read_oem(raw, strict=strict).message]
    return [reader_of(SPECIFICATIONS[kind], strict=strict).read(raw)]
