"""
Conjunction messages as TraCSS tells them: one table of names, and messages written in its forms.

Its bulk data have keywords in one flat object, SAT1_ and SAT2_ before those of either object and
units beside them as KEYWORD_UNIT; version 2 opens with TRACSS_CDM_VERS, version 1 with
CCSDS_CDM_VERS and leaves OBJECT out, and has comments "a = b" as "COMMENT a": "b".  Its
subscriptions have names in lowerCamelCase, object1 and object2 in front, what is measured as
...Value with ...Unit beside it.  All values are texts.

Reference: names in the OpenAPI description of the Bulk Data Service 1.1.3 and in the subscription
types of tracss-sdk-python (github.com/open-space-collective).  Examples there hold no values, and
no message of the service was at hand, so that the form of values is ours.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

import msgspec

from commonsky.errors import NotRepresentable
from commonsky.formats.ndm_cdm import CDM
from commonsky.formats.ndm_message import Message
from commonsky.formats.ndm_spec import Field
from commonsky.formats.ndm_write import Entry, entries

SIDE = re.compile(r"(?:SAT|OBJECT|SPACE_OBJECT)_?([12])_?(?=[A-Z_])(.+)", re.IGNORECASE)
COMMENT = re.compile(r"COMMENT[ _](.+)", re.IGNORECASE)
UNIT = re.compile(r"[ _]UNIT$", re.IGNORECASE)
WITH_UNIT = re.compile(r"(.*\S) \[([^\]]*)\]")
TOP = frozenset({"header", "relative"})
UNITLESS = frozenset({"MAHALANOBIS_DISTANCE"})  # told with a unit all the same
OPENINGS = frozenset({"CCSDS_CDM_VERS", "TRACSS_CDM_VERS", "CCSDS_CDM_VERS_VERS"})
# What the same thing is called elsewhere.
SYNONYMS = {
    "PC": "COLLISION_PROBABILITY", "REFERENCE_FRAME": "REF_FRAME",
    "COLLISION_MAX_PROBABILITY_METHOD": "COLLISION_MAX_PC_METHOD",
    "START_SCREENING_PERIOD": "START_SCREEN_PERIOD",
    "STOP_SCREENING_PERIOD": "STOP_SCREEN_PERIOD",
}  # fmt: skip
# Comments that names of version 1 stand for, as its messages in keywords and values have them.
COMMENTS = (
    "Screening Option", "Screened with", "Covariance Scale Factor", "Exclusion Volume Radius",
    "Apogee Altitude", "Perigee Altitude", "Operator Hard Body Radius",
    "DCP Density Forecast Uncertainty", "DCP Sensitivity Vector RTN Pos",
    "DCP Sensitivity Vector RTN Vel",
)  # fmt: skip
# Where lowerCamelCase is not what a rule makes of a keyword.
WORDS = {"RDOT": "RDot", "TDOT": "TDot", "NDOT": "NDot", "OD": "OD", "HBR": "HBR"}


class Form(Enum):
    """How TraCSS writes a message."""

    BULK_1 = "bulk data, version 1"
    BULK_2 = "bulk data, version 2"
    SUBSCRIPTION = "subscription, version 2"


class Name(NamedTuple):
    """
    What a name in a flat object means.

    `side` is 1 or 2 for the objects and 0 for the rest; `keyword` "" where it is none that is
    known; `comment` the title of the comment that it stands for; `is_unit` that it tells a unit.
    """

    side: int
    keyword: str
    comment: str
    is_unit: bool


def _letters(name: str) -> str:
    return re.sub(r"[ _]", "", name).lower()


def _fields(*, top: bool) -> dict[str, Field]:
    return {
        name: found
        for section in CDM.sections
        if (section.name in TOP) == top
        for name, found in section.fields.items()
        if "*" not in name
    }


FIELDS = (_fields(top=True), _fields(top=False), _fields(top=False))
KEYWORDS = tuple(
    {_letters(name): name for name in fields}
    | {_letters(told): name for told, name in SYNONYMS.items() if name in fields}
    for fields in FIELDS
)
TITLES = {_letters(title): title for title in COMMENTS}
# Of comments whose blanks have become _, those that senders write in words.
IN_WORDS = {
    _letters(title): title
    for title in (*COMMENTS, "Inclination")
    if title.startswith(("Apogee", "Perigee", "Inclination", "DCP"))
}


@lru_cache(maxsize=4096)  # messages repeat their names
def meaning(name: str, within: int = 0) -> Name:
    """
    Return what a name means, whether in capitals with _ or in lowerCamelCase.

    `within` is the object in whose own object it stands, 0 if in neither.  Upper and lower case
    are all one, as are _ and nothing, so that no keyword can be missed.
    """
    found = SIDE.fullmatch(name)
    side, rest = (int(found[1]), found[2]) if found else (within, name)
    if rest.upper().startswith("USER_DEFINED_"):
        return Name(side, rest.upper(), "", is_unit=False)
    letters = _letters(rest)
    if letters in ("comment", "comments"):
        return Name(side, "COMMENT", "", is_unit=False)
    if side == 0 and letters in {_letters(opening) for opening in OPENINGS}:
        return Name(0, CDM.opening, "", is_unit=False)
    for ending in ("", "value", "unit"):
        stem = letters.removesuffix(ending) if letters.endswith(ending) else ""
        if stem in KEYWORDS[side]:
            return Name(side, KEYWORDS[side][stem], "", ending == "unit")
        if stem in TITLES:
            return Name(side, "", TITLES[stem], ending == "unit")
    told = COMMENT.fullmatch(rest)
    title = told[1] if told else ""
    stem = UNIT.sub("", title)
    known = IN_WORDS.get(_letters(stem), stem) if "_" in stem else stem
    return Name(side, "", known, stem != title)


def tracss_line(message: Message, form: Form) -> bytes:
    """Return a conjunction message as one line of JSON, every value with the digits it has."""
    if message.specification is not CDM:
        raise NotRepresentable(f"TraCSS has no form for a {message.specification.kind}")
    written: dict[str, str] = {}
    for entry in entries(message):
        if entry.keyword == CDM.opening:
            written[_opening(form)] = "1.0" if form is Form.BULK_1 else "2.0"
        elif entry.keyword == "COMMENT":
            _put_comment(written, entry, form)
        elif entry.keyword != "OBJECT" or form is not Form.BULK_1:
            _put(written, entry, form)
    return msgspec.json.encode(written) + b"\n"


def _opening(form: Form) -> str:
    return {Form.BULK_1: CDM.opening, Form.BULK_2: "TRACSS_CDM_VERS"}.get(form, "ccsdsCdmVers")


def _put(written: dict[str, str], entry: Entry, form: Form) -> None:
    if entry.keyword.startswith("USER_DEFINED_"):
        written[entry.keyword] = entry.value
        return
    field = FIELDS[min(entry.segment, 1)].get(entry.keyword)
    unit = entry.unit or (field.unit if field else "")
    if form is Form.SUBSCRIPTION:
        measured = bool(unit) or entry.keyword in UNITLESS
        name = camel(entry.keyword, entry.segment)
        written[f"{name}Value" if measured else name] = entry.value
        if unit:
            written[f"{name}Unit"] = unit
        return
    name = f"SAT{entry.segment}_{entry.keyword}" if entry.segment else entry.keyword
    written[name] = entry.value
    if unit:
        written[f"{name}_UNIT"] = unit


def camel(keyword: str, segment: int) -> str:
    """Return a keyword in lowerCamelCase, behind object1 or object2 where it is of an object."""
    told = "".join(WORDS.get(part, part.capitalize()) for part in keyword.split("_"))
    return f"object{segment}{told}" if segment else told[0].lower() + told[1:]


def _put_comment(written: dict[str, str], entry: Entry, form: Form) -> None:
    """A comment a = b [c] has a name of its own, others are joined."""
    if form is Form.SUBSCRIPTION:
        raise NotRepresentable(f"{entry.value[:40]!r}: subscriptions have no comments")
    prefix = f"SAT{entry.segment}_" if entry.segment else ""
    about, equals, value = entry.value.partition(" = ")
    name = f"{prefix}COMMENT {about.strip()}" if equals else f"{prefix}COMMENT"
    text = value.strip() if equals else entry.value
    measured = WITH_UNIT.fullmatch(text) if equals else None
    if measured is not None:
        text, written[f"{name}_UNIT"] = measured.groups()
    written[name] = f"{written[name]}; {text}" if name in written else text
