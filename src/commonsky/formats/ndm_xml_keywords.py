"""Elements that hold a value: keywords, comments, lines of numbers, what users define."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from commonsky.formats.ndm_lines import shown
from commonsky.formats.ndm_spec import Field
from commonsky.formats.ndm_transcript import Original, Transcript
from commonsky.formats.ndm_xml_blocks import Part
from commonsky.formats.ndm_xml_lex import Attribute
from commonsky.formats.ndm_xml_names import USER_DEFINED, Element

UNIT = re.compile(rb"[!-Z^-~ ]*")
ROW = re.compile(rb"[\d.+-]")
PARAMETER = re.compile(r"[A-Z0-9_]+")
DEFINED = re.compile(USER_DEFINED + r"_[A-Z0-9_]+")
TEXTS = frozenset({"text", "choice", "record"})
HEEDED = frozenset({b"units", b"parameter", b"nil"})
FOREIGN = (b"xmlns", b"xsi:", b"xml:")
NOTHING = Attribute(b"", 0, 0)


@dataclass(slots=True)
class Open:
    """An element that is open, and what it has held so far."""

    tag: bytes
    name: str
    element: Element
    start: int
    seen: set[bytes] = field(default_factory=set)
    parts: list[Part] = field(default_factory=list)


def say(
    transcript: Transcript,
    original: Original,
    frame: Open,
    found: Field,
    here: Attribute,
    attributes: dict[bytes, Attribute],
) -> None:
    """Transcribe an assignment; its unit stands in an attribute, and nowhere else."""
    name = found.name.encode()
    if name in frame.element.joined:
        unit = attributes.get(b"units", NOTHING).value
        frame.parts.append(Part(found, here.value, unit, here.start))
        return
    if name in frame.seen:
        raise original.problem(here.start, f"stands twice in one {frame.name}", found.name)
    frame.seen.add(name)
    line = name + b" = " + here.value
    has_unit = found.kind not in TEXTS or found.unit != ""
    if has_unit and b"[" in here.value:
        raise original.problem(here.start, f"{shown(here.value)} holds a bracket", found.name)
    if has_unit and b"units" in attributes:
        unit = attributes[b"units"].value
        if not UNIT.fullmatch(unit):
            raise original.problem(here.start, f"{shown(unit)} is no unit", found.name)
        line += b" [" + unit + b"]" if unit else b""
    transcript.add(line, here.start, here.end)
    if attributes:
        if not has_unit and b"units" in attributes:
            transcript.remark(found.name, "has no unit, but one is given")
        remark_on(transcript, attributes, found.name, HEEDED)


def say_special(
    transcript: Transcript,
    original: Original,
    frame: Open,
    name: bytes,
    here: Attribute,
    attributes: dict[bytes, Attribute],
) -> None:
    """Transcribe a comment, a line of numbers or what users define."""
    word, element = name.decode(), frame.element
    if word == "COMMENT":
        transcript.add(b"COMMENT " + here.value, here.start, here.end)
        if frame.seen or frame.parts:
            transcript.remark(word, f"should come first in {frame.name}")
        return
    if element.line and word == element.line:
        if not ROW.match(here.value):
            raise original.problem(here.start, f"{shown(here.value)} is no line of numbers", word)
        transcript.add(here.value, here.start, here.end)
    elif element.user and word == USER_DEFINED:
        _define(transcript, original, here, attributes.get(b"parameter", NOTHING).value)
    elif element.user and DEFINED.fullmatch(word):
        transcript.say(word, here.value, "", here.start, here.end)
        transcript.remark(word, f"should be the parameter of a {USER_DEFINED}")
    else:
        raise original.problem(here.start, f"is no keyword of {frame.name}", word[:40])
    frame.seen.add(name)


def _define(transcript: Transcript, original: Original, here: Attribute, told: bytes) -> None:
    parameter = told.decode("utf-8", "replace")
    keyword = f"{USER_DEFINED}_" + re.sub(r"[^A-Z0-9_]+", "_", parameter.upper())
    if not parameter:
        raise original.problem(here.start, "lacks the parameter that is its name", USER_DEFINED)
    transcript.say(keyword, here.value, "", here.start, here.end)
    if not PARAMETER.fullmatch(parameter):
        transcript.remark(keyword, f"is written {shown(told)}")


def remark_on(
    transcript: Transcript,
    attributes: dict[bytes, Attribute],
    keyword: str,
    known: frozenset[bytes] = frozenset(),
) -> None:
    """Tell what is said beside what is heeded."""
    for name in attributes:
        if name not in known and not name.startswith(FOREIGN):
            told = f"the attribute {name.decode()[:40]} is no part of the standard"
            transcript.remark(keyword, told)
