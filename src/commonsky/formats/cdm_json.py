"""
Conjunction data messages in TraCSS's JSON: records in, bytes out.

One flat object of texts.  A keyword's value stands beside its unit in KEYWORD_UNIT; SAT1_ and
SAT2_ begin what is said of the objects, for which OBJECT is left out.  A comment "a = b" becomes
"COMMENT a": "b", with its unit beside it as well; other comments become one text.  Space-Track's
JSON has the same names, but underscores in those of comments, and times cut in two.

Reference: OpenAPI description of the TraCSS Bulk Data Service 1.1.3, the application/x-ndjson
example of CDM version 1, as kept with the open-space-collective/tracss-sdk-python client; the
example there gives names and no values, so that the form of numbers is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from commonsky.formats.cdm import VERSION, ConjunctionDataMessage, Entry, sections

BETWEEN_COMMENTS = "; "
WITH_UNIT = re.compile(r"(\S+) \[([^\]]*)\]")


def cdm_json(message: ConjunctionDataMessage) -> bytes:
    """Return a message as one line of JSON; what a CDM cannot carry raises `NotRepresentable`."""
    said = sections(message)
    written = {"CCSDS_CDM_VERS": VERSION}
    _put(written, "", [*said.header, *said.relative])
    for number, blocks in enumerate(said.objects, start=1):
        entries = [entry for block in blocks for entry in block if entry[0] != "OBJECT"]
        _put(written, f"SAT{number}_", entries)
    return msgspec.json.encode(written) + b"\n"


def _put(written: dict[str, str], prefix: str, entries: Iterable[Entry]) -> None:
    for keyword, text, unit in entries:
        if keyword == "COMMENT":
            _put_comment(written, prefix, text)
            continue
        written[prefix + keyword] = text
        if unit:
            written[f"{prefix}{keyword}_UNIT"] = unit


def _put_comment(written: dict[str, str], prefix: str, comment: str) -> None:
    about, equals, text = comment.partition(" = ")
    key, value = (f"{prefix}COMMENT {about}", text) if equals else (f"{prefix}COMMENT", comment)
    measured = WITH_UNIT.fullmatch(value)
    if measured is not None:
        value, written[f"{key}_UNIT"] = measured.groups()
    written[key] = f"{written[key]}{BETWEEN_COMMENTS}{value}" if key in written else value
