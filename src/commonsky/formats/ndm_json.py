"""
Navigation messages in JSON and NDJSON: bytes in, messages out.

Our own form has the sections of the standard as objects, keywords verbatim:
`{"CCSDS_CDM_VERS": "1.0", "header": {...}, "relative": {...}, "segments": [{...}, {...}]}`; units
are the standard's.  The flat forms of others are those of `ndm_json_flat`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from commonsky.formats.ndm_cdm import CDM
from commonsky.formats.ndm_json_flat import flat_transcript
from commonsky.formats.ndm_json_pieces import Piece, Pieces
from commonsky.formats.ndm_json_source import Source
from commonsky.formats.ndm_kernels import LONGEST_LINE
from commonsky.formats.ndm_lines import Problem, problem_at
from commonsky.formats.ndm_ocm import OCM
from commonsky.formats.ndm_odm import OEM, OMM, OPM
from commonsky.formats.ndm_spec import Section, Specification
from commonsky.formats.ndm_tdm import RDM, TDM
from commonsky.formats.ndm_transcript import NOWHERE, Transcribed, read_transcript
from commonsky.formats.tracss import SIDE, meaning

BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[{]")
VERSION = re.compile(r"CCSDS_([A-Z]{3})_VERS")
KINDS = {one.kind: one for one in (CDM, OCM, OEM, OMM, OPM, RDM, TDM)}
SUMMARY = frozenset({"SAT_1_ID", "SAT_2_ID", "MIN_RNG"})
CAMEL = re.compile(r"[a-z][a-z0-9]*[A-Z]")

Departures = list[tuple[int, str, str]]


def is_json(raw: bytes) -> bool:
    """Whether bytes begin as an object or a list does."""
    return BEGINNING.match(raw[:LONGEST_LINE]) is not None


def read_json(raw: bytes, *, strict: bool = False) -> list[Transcribed | Problem]:
    """
    Return the messages of a document, of a list, or of lines; in place of a bad one its `Problem`.

    Raises `Problem` where there is nothing else.
    """
    found = list(_messages(raw, strict=strict))
    if not found:
        raise problem_at(raw, 0, "nothing is said")
    if len(found) == 1 and isinstance(found[0], Problem):
        raise found[0]
    return found


def escaped(value: bytes) -> bytes:
    """Return a value as it stands between quotes."""
    return json.dumps(value.decode())[1:-1].encode()


def _messages(raw: bytes, *, strict: bool) -> Iterator[Transcribed | Problem]:
    pieces = Pieces()
    for piece in pieces.take(raw):
        yield piece if isinstance(piece, Problem) else read_object(piece, raw, strict=strict)
    yield from pieces.finish(raw)


def read_object(piece: Piece, raw: bytes, *, strict: bool = False) -> Transcribed | Problem:
    """Return the message in an object of some bytes, or what is wrong with it."""
    own = raw[piece.start : piece.end]
    try:
        message = _read(piece.told, own, strict=strict)
    except Problem as problem:
        return piece.moved(problem)
    # Found in its own bytes, for lines are counted from the beginning; now as a part of all.
    places = message.places + np.where(message.places == NOWHERE, 0, piece.start)
    return replace(message, original=raw, places=places)


def _read(told: dict[str, Any], raw: bytes, *, strict: bool) -> Transcribed:
    source = Source(raw)
    departures: Departures = []
    opening, version = _opening(told)
    if not opening and told.keys() >= SUMMARY:
        why = "this is the summary of a conjunction, which has no states; no message can be made"
        raise problem_at(raw, 0, why)
    kind = VERSION.fullmatch(opening)
    if meaning(opening).keyword == CDM.opening or (not opening and _is_conjunction(told)):
        specification = CDM
        opening, version = _version(opening, version, told, departures)
    elif kind is None or kind[1] not in KINDS:
        what = "no message" if kind is None else f"a {kind[1]}"
        raise problem_at(raw, 0, f"this is {what}; {', '.join(KINDS)} are read")
    else:
        specification = KINDS[kind[1]]
    if kind and opening in told and any(isinstance(value, dict) for value in told.values()):
        _Sections(specification, source).read(told, opening)
    else:
        departures += flat_transcript(specification, told, source, version, opening)
    message = read_transcript(specification, source.transcript, raw, escaped, strict=strict)
    message = replace(message, departures=(*message.departures, *departures))
    if strict and departures:
        first = message.deviations[0]
        raise Problem(
            first.problem, line=first.line, column=first.column, field=first.keyword[:40]
        )
    return message


def _opening(told: dict[str, Any]) -> tuple[str, object]:
    """The name and the value that tell the kind and version, ("", "") if none does."""
    for home in (told, told.get("header"), told.get("HEADER")):
        for name, value in home.items() if isinstance(home, dict) else ():
            if VERSION.fullmatch(name) or meaning(name).keyword == CDM.opening:
                return name, value
    return "", ""


def _is_conjunction(told: dict[str, Any]) -> bool:
    return any(SIDE.fullmatch(name) for name in told) or {"object1", "object2"} <= told.keys()


def _version(
    opening: str, version: object, told: dict[str, Any], departures: Departures
) -> tuple[str, object]:
    """The name that tells the version of a conjunction, and one that the standard has."""
    if str(version) in CDM.versions:
        return opening, version
    taken = "2.0" if "TRACSS" in opening.upper() or any(map(CAMEL.match, told)) else "1.0"
    if opening != CDM.opening:
        found = f"is {str(version)[:20]!r}" if opening else "is not told"
        departures.append((0, CDM.opening, f"{found}; read as version {taken}"))
        return opening, taken
    return opening, version


class _Sections:
    """Our own form: sections as objects, several as lists, rows as texts."""

    def __init__(self, specification: Specification, source: Source) -> None:
        self.source = source
        self.known = {section.name: section for section in specification.sections}
        self.opening = specification.opening

    def read(self, told: dict[str, Any], opening: str) -> None:
        """Fill the transcript of the source."""
        self.source.say(self.opening, told[opening], opening, "")
        self._read({name: value for name, value in told.items() if name != opening})

    def _read(self, told: dict[str, Any]) -> None:
        for name, value in told.items():
            if name == "segments" and isinstance(value, list):
                for segment in value:
                    self._read(self._object(segment, "segments"))
            elif name in self.known:
                for block in value if isinstance(value, list) else [value]:
                    self._block(self.known[name], self._object(block, name))
            else:
                raise self.source.problem("is no section of it", name)

    def _block(self, section: Section, block: dict[str, Any]) -> None:
        place = self.source.place(section.name)[0]
        if section.start:
            self.source.transcript.add(section.start.encode(), place)
        for name, value in block.items():
            several = value if isinstance(value, list) else [value]
            match name:
                case "COMMENT":
                    for one in several:
                        self.source.comment(one, name)
                case "rows":
                    self._rows(several)
                case "records":
                    for record in several:
                        for keyword, one in self._object(record, name).items():
                            self._say(section, keyword, one)
                case _:
                    self._say(section, name, value)
        if section.stop:
            self.source.transcript.add(section.stop.encode(), place)

    def _rows(self, several: list[Any]) -> None:
        for one in several:
            where = self.source.place_of_element(str(one))[0]
            self.source.transcript.add(self.source.text("rows", one), where)

    def _say(self, section: Section, keyword: str, value: object) -> None:
        found = section.fields.get(keyword)
        measured = found is not None and found.kind in ("real", "integer")
        self.source.say(keyword, value, keyword, found.unit if found and measured else "")

    def _object(self, value: object, name: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.source.problem("is no object", name)
        return value
