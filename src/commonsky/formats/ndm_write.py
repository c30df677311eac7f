"""
A message in another notation: every line with the very digits it was read with.

Into keywords and values, XML, or JSON in our own form (see `ndm_json`).  What a notation has no
place for is `NotRepresentable`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from commonsky.errors import NotRepresentable
from commonsky.formats.ndm_kernels import COMMENTS, ROWS
from commonsky.formats.ndm_message import Message
from commonsky.formats.ndm_spec import Section
from commonsky.formats.ndm_tdm import TDM
from commonsky.formats.ndm_transcript import Transcribed
from commonsky.formats.ndm_xml import STATE

JSON_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
INDENT = "  "
RELATIVE = re.compile(r"RELATIVE_(?:POSITION|VELOCITY)_[RTN]")
GROUND = re.compile(r"(?:PROBABILITY_OF|NOMINAL_IMPACT|IMPACT)_")
TRIANGLE = [
    f"C{row}_{column}" for place, row in enumerate(STATE[1:7]) for column in STATE[1 : place + 2]
]
# Where sections stand in XML, below `segment`; of CDM 2.0 as Orekit's examples have it.
ELEMENTS = {
    "CDM": {
        "relative": "relativeMetadataData", "metadata": "metadata",
        "determination": "data/odParameters", "parameters": "data/additionalParameters",
        "state": "data/stateVector", "covariance": "data/covarianceMatrix",
        "covariance on other axes": "data/covarianceMatrix",
        "additional": "data/covarianceMatrix",
    },
    "OPM": {
        "metadata": "metadata", "state": "data/stateVector", "elements": "data/keplerianElements",
        "spacecraft": "data/spacecraftParameters", "covariance": "data/covarianceMatrix",
        "manoeuvre": "data/maneuverParameters", "user": "data/userDefinedParameters",
    },
    "OMM": {
        "metadata": "metadata", "elements": "data/meanElements",
        "spacecraft": "data/spacecraftParameters", "tle": "data/tleParameters",
        "covariance": "data/covarianceMatrix", "user": "data/userDefinedParameters",
    },
    "RDM": {
        "metadata": "metadata", "re-entry": "data/atmosphericReentryParameters",
        "state": "data/stateVector", "covariance": "data/covarianceMatrix",
        "spacecraft": "data/spacecraftParameters", "determination": "data/odParameters",
        "user": "data/userDefinedParameters",
    },
    "OEM": {
        "metadata": "metadata", "ephemeris": "data", "covariance": "data/covarianceMatrix",
    },
    "TDM": {"metadata": "metadata", "data": "data"},
    "OCM": {
        "metadata": "metadata", "trajectory": "data/traj", "physical properties": "data/phys",
        "covariance": "data/cov", "manoeuvre": "data/man", "perturbations": "data/pert",
        "determination": "data/od", "user": "data/user",
    },
}  # fmt: skip
LINE_OF = {"trajectory": "trajLine", "covariance": "covLine", "manoeuvre": "manLine"}


class Notation(StrEnum):
    """How a message is written down."""

    KVN = "kvn"
    XML = "xml"
    JSON = "json"


class _Lexeme(str):
    """A number as it was written."""

    __slots__ = ()


class Entry(NamedTuple):
    """A line that says something; keyword "COMMENT" for comments and "" for rows of numbers."""

    section: str
    segment: int
    block: int
    keyword: str
    value: str
    unit: str
    kind: str = "text"


def written(message: Message, notation: Notation) -> bytes:
    """Return a message in a notation; what it already is in comes back as it came."""
    if notation is Notation.KVN:
        return message.transcript if isinstance(message, Transcribed) else message.raw
    return _json(message) if notation is Notation.JSON else _xml(message)


def entries(message: Message) -> list[Entry]:
    """
    Return what the lines of a message say, in their order.

    A comment belongs to what follows it, as senders put it there.
    """
    found: list[Entry] = []
    waiting: list[str] = []
    lines = list(message.lines)
    for row, (line, place) in enumerate(zip(lines, message.layout.places, strict=True)):
        if message.lines.status[row] == COMMENTS:
            waiting.append(message.lines.value(row).decode())
            continue
        if place.field is None and line.status != ROWS:
            continue
        where = (place.section, place.segment, place.block)
        found += [Entry(*where, "COMMENT", comment, "") for comment in waiting]
        waiting = []
        if place.field is None:
            rows = message.lines.value(row).decode().splitlines()
            found += [Entry(*where, "", one.strip(), "") for one in rows if one.strip()]
            continue
        text = message.text(line.keyword, place.segment, place.block)
        if place.field.kind == "record":
            text = message.lines.whole(row).decode()
        unit = line.unit.decode().strip()
        told = "" if unit in text else unit
        found.append(Entry(*where, line.keyword, text, told, place.field.kind))
    last = found[-1] if found else Entry("header", 0, 0, "", "", "")
    found += [Entry(*last[:3], "COMMENT", comment, "") for comment in waiting]
    return found


def _json(message: Message) -> bytes:
    opening = message.specification.opening
    told: dict[str, Any] = {opening: message.version}
    segments: list[dict[str, Any]] = []
    open_block: tuple[str, int, int] = ("", 0, -1)
    block: dict[str, Any] = {}
    repeats = bool(message.specification.repeats_from)
    for entry in entries(message):
        if entry.keyword == opening:
            continue
        if entry[:3] != open_block:
            open_block, block = (entry.section, entry.segment, entry.block), {}
            home = told
            if repeats and entry.segment:
                while len(segments) < entry.segment:
                    segments.append({})
                home = segments[entry.segment - 1]
            before = home.get(entry.section)
            if before is None:
                home[entry.section] = block
            else:
                home[entry.section] = [*(before if isinstance(before, list) else [before]), block]
        _into(block, entry, record=message.specification is TDM and entry.section == "data")
    if segments:
        told["segments"] = segments
    return _dumped(told).encode()


def _into(block: dict[str, Any], entry: Entry, *, record: bool) -> None:
    if entry.keyword == "COMMENT":
        block.setdefault("COMMENT", []).append(entry.value)
    elif not entry.keyword:
        block.setdefault("rows", []).append(entry.value)
    elif record:
        block.setdefault("records", []).append({entry.keyword: entry.value})
    else:
        numeric = entry.kind in ("real", "integer") and JSON_NUMBER.fullmatch(entry.value)
        block[entry.keyword] = _Lexeme(entry.value) if numeric else entry.value


def _dumped(value: object, depth: int = 0) -> str:
    """JSON with numbers as they were written."""
    pad = INDENT * (depth + 1)
    if isinstance(value, dict):
        inner = [f"{pad}{json.dumps(k)}: {_dumped(v, depth + 1)}" for k, v in value.items()]
        return "{\n" + ",\n".join(inner) + "\n" + INDENT * depth + "}"
    if isinstance(value, list):
        inner = [pad + _dumped(one, depth + 1) for one in value]
        return "[\n" + ",\n".join(inner) + "\n" + INDENT * depth + "]"
    return str(value) if isinstance(value, _Lexeme) else json.dumps(value)


def _xml(message: Message) -> bytes:
    kind = message.specification.kind
    root = kind.lower()
    said = entries(message)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<{root} id="{message.specification.opening}" version={quoteattr(message.version)}>',
    ]
    stack: list[tuple[str, tuple[object, ...]]] = []

    def go(path: list[tuple[str, tuple[object, ...]]]) -> None:
        """Close and open elements until we are there."""
        same = 0
        while same < min(len(stack), len(path)) and stack[same] == path[same]:
            same += 1
        while len(stack) > same:
            lines.append(INDENT * len(stack) + f"</{stack.pop()[0]}>")
        for one in path[same:]:
            stack.append(one)
            lines.append(INDENT * len(stack) + f"<{one[0]}>")

    rows: list[str] = []
    sections = {section.name: section for section in message.specification.sections}
    for place, entry in enumerate(said):
        if entry.keyword == message.specification.opening:
            continue
        go(_path(kind, entry, said[place:]))
        if kind == "OEM" and not entry.keyword:
            rows.append(entry.value)
            following = said[place + 1] if place + 1 < len(said) else None
            if entry.section == "ephemeris" or following is None or following.keyword:
                lines += _numbers(entry.section, rows, len(stack) + 1)
                rows = []
            continue
        lines += [
            INDENT * (len(stack) + 1) + one
            for one in _element(kind, entry, sections[entry.section])
        ]
    go([])
    return "\n".join([*lines, f"</{root}>", ""]).encode()


def _path(kind: str, entry: Entry, following: list[Entry]) -> list[tuple[str, tuple[object, ...]]]:
    """Elements that an entry stands in; the numbers tell repeated ones apart."""
    if entry.section == "header":
        return [("header", ())]
    home = ELEMENTS[kind].get(entry.section)
    if home is None:
        raise NotRepresentable(f"the section {entry.section} of a {kind} has no place in XML")
    keyword = entry.keyword
    if keyword == "COMMENT":
        keyword = next((one.keyword for one in following if one.keyword != "COMMENT"), "")
    if home == "relativeMetadataData":
        outer: list[tuple[str, tuple[object, ...]]] = [("body", ()), (home, ())]
        return [*outer, ("relativeStateVector", ())] if RELATIVE.fullmatch(keyword) else outer
    if kind == "RDM" and entry.section == "re-entry" and GROUND.match(keyword):
        home = "data/groundImpactParameters"
    if kind == "CDM" and keyword.startswith("USER_DEFINED"):
        home = "data/userDefinedParameters"
    names = home.split("/")
    path: list[tuple[str, tuple[object, ...]]] = [("body", ()), ("segment", (entry.segment,))]
    path += [(name, ()) for name in names]
    path[-1] = (names[-1], (entry.section, entry.block) if len(names) > 1 else ())
    return path


def _element(kind: str, entry: Entry, section: Section) -> Iterator[str]:
    """Yield the lines of one entry."""
    value = escape(entry.value)
    if not entry.keyword:
        name = LINE_OF.get(entry.section)
        if name is None:
            raise NotRepresentable(f"numbers of the {entry.section} have no place in XML")
        yield f"<{name}>{value}</{name}>"
    elif kind == "TDM" and entry.section == "data" and entry.keyword != "COMMENT":
        epoch, _, number = value.partition(" ")
        yield "<observation>"
        yield f"{INDENT}<EPOCH>{epoch}</EPOCH>"
        yield f"{INDENT}<{entry.keyword}>{number.strip()}</{entry.keyword}>"
        yield "</observation>"
    elif entry.keyword.startswith("USER_DEFINED_") or "*" in section.fields:
        if entry.keyword == "COMMENT":
            yield f"<COMMENT>{value}</COMMENT>"
            return
        parameter = entry.keyword.removeprefix("USER_DEFINED_")
        yield f"<USER_DEFINED parameter={quoteattr(parameter)}>{value}</USER_DEFINED>"
    else:
        found = section.fields.get(entry.keyword)
        unit = entry.unit or (found.unit if found else "")
        told = f" units={quoteattr(unit)}" if unit else ""
        yield f"<{entry.keyword}{told}>{value}</{entry.keyword}>"


def _numbers(section: str, rows: list[str], depth: int) -> list[str]:
    """A state of an ephemeris, or the triangle of a covariance."""
    pad = INDENT * depth
    if section == "ephemeris":
        numbers = rows[0].split()
        if len(numbers) not in (7, 10):
            raise NotRepresentable("a state has an epoch and six or nine numbers")
        inner = [
            f"{pad}{INDENT}<{name}>{value}</{name}>"
            for name, value in zip(STATE, numbers, strict=False)
        ]
        return [f"{pad}<stateVector>", *inner, f"{pad}</stateVector>"]
    numbers = " ".join(rows).split()
    if len(numbers) != len(TRIANGLE):
        raise NotRepresentable("a covariance has 21 elements")
    return [
        f"{pad}<{name}>{value}</{name}>" for name, value in zip(TRIANGLE, numbers, strict=True)
    ]
