"""
XML as tokens by their place in the bytes, and whether a document is well-formed.

The patterns are right for well-formed documents without a document type, and only for those:
what they find holds as far as expat has no complaint, see `complaint`.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape

from commonsky.formats.ndm_lines import BYTE_ORDER_MARK, Problem, problem_at, shown
from commonsky.formats.ndm_plan import NUMBER
from commonsky.formats.ndm_transcript import Original
from commonsky.formats.ndm_xml_names import ACCELERATIONS, STATE

NAMESPACE = b"urn:ccsds:schema:ndmxml"
ENCODINGS = {b"utf-8", b"us-ascii", b"ascii"}
OF_BYTES = (b"iso-8859-", b"windows-125", b"latin")  # all that is ASCII is the same in these
LONGEST_BEGINNING = 4096
OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16
BLANK = b" \t\r\n"
NAME = rb"[A-Za-z_][\w.:-]*+"
COMMENT = rb"<!--[\s\S]*?-->|<\?[\s\S]*?\?>"
# A keyword with its value (groups 1 to 3), or a tag (4 to 6), or what says nothing.
TOKEN = re.compile(
    rb"\s*+(?:<(" + NAME + rb")((?:\s[^<>]*+(?<!/))?)>([^<]*+)</\1\s*+>"
    rb"|<(/?)(" + NAME + rb")((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>"
    rb"|" + COMMENT + rb")"
)
LEAF, TAG = 3, 6  # the last group of either
CONTENT = re.compile(
    rb"((?:[^<]++|<!\[CDATA\[[\s\S]*?\]\]>|" + COMMENT + rb")*+)</(" + NAME + rb")\s*+>"
)
NOT_TEXT = re.compile(rb"(?:" + COMMENT + rb"|<!\[CDATA\[|\]\]>)")
NOT_BLANK = re.compile(rb"\S")
BROKEN = re.compile(rb"[ \t]*(?:\r\n|\r|\n)\s*")
ATTRIBUTE = re.compile(rb"\s+(" + NAME + rb")\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
REFERENCE = re.compile(rb"&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));")
NAMED = {b"lt": b"<", b"gt": b">", b"amp": b"&", b"quot": b'"', b"apos": b"'"}
DECLARED = re.compile(rb"\s*<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)[\"']")
NUMERIC = NUMBER.pattern


def _whole(name: str, value: bytes, units: str = "") -> bytes:
    told = rb"(?:\s+units=\"" + re.escape(units.encode()) + rb"\")?" if units else rb""
    tag = name.encode()
    return rb"\s*+<" + tag + told + rb">\s*+(" + value + rb")\s*+</" + tag + rb">"


# Most states and observations are written plainly, and are found at once.
WHOLE_STATE = re.compile(
    rb"\s*+<stateVector>"
    + b"".join(
        _whole(name, NUMERIC if unit else rb"[\d:.TZ-]++", unit)
        for name, unit in zip(STATE[:7], ("", *["km"] * 3, *["km/s"] * 3), strict=True)
    )
    + rb"(?:"
    + b"".join(_whole(name, NUMERIC, "km/s**2") for name in ACCELERATIONS)
    + rb")?\s*+</stateVector>"
)
WHOLE_OBSERVATION = re.compile(
    rb"\s*+<observation>"
    + _whole("EPOCH", rb"[\d:.TZ-]++")
    + rb"\s*+<([A-Z][A-Z0-9_]*+)>\s*+("
    + NUMERIC
    + rb")\s*+</\2>\s*+</observation>"
)


class Attribute(NamedTuple):
    """The value of an attribute, and where it stands."""

    value: bytes
    start: int
    end: int


def is_xml(raw: bytes | bytearray) -> bool:
    """Whether bytes begin as a document does."""
    if raw.startswith(OTHER_MARKS):
        return True
    return raw[:LONGEST_BEGINNING].removeprefix(BYTE_ORDER_MARK).lstrip()[:1] == b"<"


def value_of(content: bytes) -> bytes:
    """Return what an element's content says, on one line, blanks around it left out."""
    value = content.strip(BLANK)
    if b"<" in value:
        value = _without_markup(value)
    elif b"&" in value:
        value = REFERENCE.sub(_meant, value)
    if b"\n" in value or b"\r" in value:
        value = BROKEN.sub(b" ", value)
    return value.strip(BLANK)


def _without_markup(value: bytes) -> bytes:
    """Leave out comments; what is in a CDATA section says what it says."""
    pieces, place, raw = [], 0, False
    for found in NOT_TEXT.finditer(value):
        if raw and found[0] != b"]]>":
            continue
        piece = value[place : found.start()]
        pieces.append(piece if raw else REFERENCE.sub(_meant, piece))
        raw, place = found[0] == b"<![CDATA[", found.end()
    pieces.append(REFERENCE.sub(_meant, value[place:]))
    return b"".join(pieces)


def _meant(found: re.Match[bytes]) -> bytes:
    if found[1] is not None:
        return NAMED[found[1]]
    code = int(found[2]) if found[2] is not None else int(found[3], 16)
    # Expat has refused, or will refuse, what is no character.
    return found[0] if code > 0x10FFFF or 0xD800 <= code < 0xE000 else chr(code).encode()


def attributes_of(told: bytes, start: int) -> dict[bytes, Attribute]:
    """Return the attributes of a tag by name; `start` is where they stand."""
    found = {}
    for one in ATTRIBUTE.finditer(told):
        group = 2 if one[2] is not None else 3
        value = REFERENCE.sub(_meant, one[group].strip(BLANK))
        found[one[1]] = Attribute(value, start + one.start(group), start + one.end(group))
    return found


def behind_blanks(raw: bytes, place: int) -> int:
    """Return where the next letter stands that is no blank, or where the bytes end."""
    found = NOT_BLANK.search(raw, place)
    return found.start() if found else len(raw)


def escaped(value: bytes) -> bytes:
    """Return a value as an element or an attribute holds it."""
    return escape(value.decode(), {'"': "&quot;"} if b'"' in value else {}).encode()


def check_encoding(raw: bytes) -> None:
    """Refuse what is not in UTF-8 by its first words: a `Problem`."""
    if b"\x00" in raw[:LONGEST_BEGINNING]:
        raise problem_at(raw, 0, "messages are in UTF-8, and this is not")
    found = DECLARED.match(raw[:LONGEST_BEGINNING].removeprefix(BYTE_ORDER_MARK))
    name = found[1].lower() if found else b"utf-8"
    if found and name not in ENCODINGS and not (name.startswith(OF_BYTES) and raw.isascii()):
        raise problem_at(
            raw, 0, f"the encoding {shown(found[1])} is not read; messages are in UTF-8"
        )


def complaint(raw: bytes, end: int) -> tuple[int, str]:
    """
    Return where the bytes to `end` are no XML any more, and why; (-1, "") if they are.

    Up to there nothing may be nested without bound, or hold a document type.
    """
    parser = expat.ParserCreate("UTF-8")
    try:
        parser.Parse(memoryview(raw)[:end], end == len(raw))
    except expat.ExpatError as error:
        return min(max(parser.ErrorByteIndex, 0), end), expat.ErrorString(error.code)
    return -1, ""


def what_is_there(original: Original, place: int, inside: str) -> Problem:
    """Return what is wrong where no token begins."""
    raw = original.raw
    if raw.startswith(b"<!DOCTYPE", place):
        told = "a document type is not fetched, nor heeded what is declared: no message needs one"
        return original.problem(place, told)
    if place == len(raw):
        return original.problem(place, f"this is no XML: it ends in {inside}")
    if raw[place : place + 1] != b"<" or raw.startswith(b"<![CDATA[", place):
        return original.problem(place, f"text stands outside of any keyword, in {inside}")
    return original.problem(place, f"this is no XML: {shown(raw[place : place + 40])} is no tag")
