"""
Navigation messages in JSON and NDJSON: bytes in, messages out.

Three forms are told apart.  Ours has the sections of the standard as objects, keywords verbatim:
`{"CCSDS_CDM_VERS": "1.0", "header": {...}, "relative": {...}, "segments": [{...}, {...}]}`.  Flat
conjunction messages as Space-Track's have SAT1_ and SAT2_ before the keywords of either object and
units beside them as X_UNIT.  Names in lowerCamelCase, as TraCSS has them, are brought to keywords
first, with object1 and object2 in place of the prefixes; no real message of that form was at hand.
What no keyword is becomes a comment, and is not lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from commonsky.formats.ndm_cdm import CDM
from commonsky.formats.ndm_kernels import LONGEST_LINE
from commonsky.formats.ndm_lines import BYTE_ORDER_MARK, Problem, problem_at
from commonsky.formats.ndm_ocm import OCM
from commonsky.formats.ndm_odm import OEM, OMM, OPM
from commonsky.formats.ndm_spec import Section, Specification
from commonsky.formats.ndm_tdm import RDM, TDM
from commonsky.formats.ndm_transcript import NOWHERE, Transcribed, Transcript, read_transcript

DEEPEST = 8
LARGEST = 1 << 28  # bytes of one message
BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[{]")
VERSION = re.compile(r"CCSDS_([A-Z]{3})_VERS")
KINDS = {one.kind: one for one in (CDM, OCM, OEM, OMM, OPM, RDM, TDM)}
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
SIDE = re.compile(r"(?:SAT|OBJECT|SPACE_OBJECT)_?([12])_(.+)")
UNIT = "_UNIT"
PLAIN = re.compile(r"[^\x00-\x1f\x7f]*")
# What the same thing is called elsewhere.
SYNONYMS = {
    "PC": "COLLISION_PROBABILITY", "REFERENCE_FRAME": "REF_FRAME", "COMMENT_HBR": "HBR",
    "COLLISION_MAX_PROBABILITY_METHOD": "COLLISION_MAX_PC_METHOD",
}  # fmt: skip


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


def is_json(raw: bytes) -> bool:
    """Whether bytes begin as an object or a list does."""
    return BEGINNING.match(raw[:LONGEST_LINE]) is not None


def read_json(raw: bytes, *, strict: bool = False) -> list[Transcribed | Problem]:
    """
    Return the messages of a document, of a list, or of lines; in place of a bad one its `Problem`.

    Raises `Problem` where there is nothing else.
    """
    found = [_read(piece, start, raw, strict=strict) for start, piece in _pieces(raw)]
    if not found:
        raise problem_at(raw, 0, "nothing is said")
    if len(found) == 1 and isinstance(found[0], Problem):
        raise found[0]
    return found


def escaped(value: bytes) -> bytes:
    """Return a value as it stands between quotes."""
    return json.dumps(value.decode())[1:-1].encode()


def _pieces(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield where each message begins, and its bytes: lines, or all that there is."""
    text = raw.removeprefix(BYTE_ORDER_MARK)
    start = len(raw) - len(text)
    lines = [line for line in text.split(b"\n") if line.strip()]
    by_line = len(lines) > 1 and lines[0].strip().endswith(b"}") and lines[0].strip()[:1] == b"{"
    if not by_line:
        yield start, raw[start:]
        return
    for line in text.split(b"\n"):
        if line.strip():
            yield start, line
        start += len(line) + 1


def _read(piece: bytes, start: int, raw: bytes, *, strict: bool) -> Transcribed | Problem:
    try:
        if len(piece) > LARGEST:
            raise problem_at(raw, start, f"a message of more than {LARGEST:,} bytes")
        told = _loaded(piece, start, raw)
        if isinstance(told, list):
            if len(told) != 1:
                raise problem_at(raw, start, f"{len(told)} messages stand in a list; lines serve")
            told = told[0]
        if not isinstance(told, dict):
            raise problem_at(raw, start, "a message is an object")
        return _Writer(piece, start, raw).read(told, strict=strict)
    except Problem as problem:
        return problem


def _loaded(piece: bytes, start: int, raw: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            place = piece.rfind(json.dumps(twice).encode())
            raise problem_at(raw, start + max(place, 0), "stands twice", twice[:40])
        return found

    try:
        return json.loads(
            piece.decode("utf-8"), parse_float=_Number, parse_int=_Number, parse_constant=_Number,
            object_pairs_hook=once,
        )  # fmt: skip
    except UnicodeDecodeError as error:
        raise problem_at(raw, start + error.start, "is not UTF-8") from None
    except json.JSONDecodeError as error:
        place = len(piece.decode("utf-8", "replace")[: error.pos].encode())
        raise problem_at(raw, start + place, f"this is no JSON: {error.msg}") from None
    except RecursionError:
        raise problem_at(raw, start, f"objects stand more than {DEEPEST} deep") from None


class _Writer:
    """Brings one message into keywords and values; knows where each name stood."""

    def __init__(self, piece: bytes, start: int, raw: bytes) -> None:
        self.piece, self.start, self.raw = piece, start, raw
        self.transcript = Transcript()
        self.after = 0
        self.names: dict[str, str] = {}  # as they are written, where they were brought to keywords

    def read(self, told: dict[str, Any], *, strict: bool) -> Transcribed:
        opening = next((name for name in told if VERSION.fullmatch(name)), "")
        camel = not opening and any(CAMEL.search(name) for name in told)
        if camel:
            told = _keywords(told, self.names)
            opening = next((name for name in told if VERSION.fullmatch(name)), "")
        if not opening and any(SIDE.fullmatch(name) for name in told):
            opening = CDM.opening
            told = {opening: "2.0" if camel else "1.0", **told}
        found = VERSION.fullmatch(opening)
        if found is None or found[1] not in KINDS:
            wanted = ", ".join(KINDS)
            what = "no message" if found is None else f"a {found[1]}"
            raise problem_at(self.raw, self.start, f"this is {what}; {wanted} are read")
        specification = KINDS[found[1]]
        self._say(opening, told[opening])
        if any(isinstance(value, dict) for value in told.values()) and not camel:
            self._sections(specification, told, opening)
        else:
            self._flat(specification, told, opening)
        return read_transcript(specification, self.transcript, self.raw, escaped, strict=strict)

    def _sections(self, specification: Specification, told: dict[str, Any], opening: str) -> None:
        """Our own form: sections as objects, several as lists, rows as texts."""
        known = {section.name: section for section in specification.sections}
        for name, value in told.items():
            if name == opening:
                continue
            if name == "segments" and isinstance(value, list):
                for segment in value:
                    self._sections(specification, _object(segment, self, "segments"), opening)
            elif name in known:
                for block in value if isinstance(value, list) else [value]:
                    self._block(known[name], _object(block, self, name))
            else:
                raise self._problem("is no section of it", name)

    def _block(self, section: Section, block: dict[str, Any]) -> None:
        place = self._place(section.name)[0]
        if section.start:
            self.transcript.add(section.start.encode(), place)
        for name, value in block.items():
            several = value if isinstance(value, list) else [value]
            match name:
                case "COMMENT":
                    for one in several:
                        self.transcript.add(b"COMMENT " + self._text(name, one), place)
                case "rows":
                    for one in several:
                        self.transcript.add(self._text(name, one), self._place(str(one))[0])
                case "records":
                    self._records(several)
                case _:
                    self._say(name, value)
        if section.stop:
            self.transcript.add(section.stop.encode(), self.start + self.after)

    def _records(self, several: list[Any]) -> None:
        for one in several:
            for keyword, record in _object(one, self, "records").items():
                self._say(keyword, record)

    def _flat(self, specification: Specification, told: dict[str, Any], opening: str) -> None:
        """Keywords side by side, those of either object by their prefix."""
        sides: list[dict[str, str]] = [{}, {}, {}]
        for name in told:
            found = SIDE.fullmatch(name)
            side, keyword = (int(found[1]), found[2]) if found else (0, name)
            sides[side][SYNONYMS.get(keyword, keyword)] = name
        used = {opening}
        for side in range(3):
            for section in specification.sections:
                for keyword in section.fields:
                    name = sides[side].get(keyword, "")
                    if not name or name in used:
                        continue
                    if specification is CDM and (side == 0) != (
                        section.name in ("header", "relative")
                    ):
                        continue
                    used.add(name)
                    if told[name] is not None and told[name] != "":
                        self._say(keyword, told[name], name, unit=told.get(name + UNIT))
                if side == 0 and section.name == "header":
                    self._comments(told, sides[0], specification, used)

    def _comments(
        self, told: dict[str, Any], top: dict[str, str], specification: Specification,
        used: set[str],
    ) -> None:  # fmt: skip
        """What no keyword is, as comments behind the header."""
        known = {keyword for section in specification.sections for keyword in section.fields}
        for keyword, name in top.items():
            value = told[name]
            if keyword in known or name in used or name.endswith(UNIT) or value in (None, ""):
                continue
            text = value if isinstance(value, str) else json.dumps(value)
            told_so = f"{name} = {text}".encode("ascii", "backslashreplace")[:200]
            self.transcript.add(b"COMMENT " + told_so, self._place(name)[0])

    def _say(self, keyword: str, value: object, name: str = "", *, unit: object = None) -> None:
        text = self._text(keyword, value)
        start, end = self._place(name or keyword)
        told = str(unit) if isinstance(unit, str) else ""
        self.transcript.say(keyword, text, told, start, end)

    def _text(self, name: str, value: object) -> bytes:
        if not isinstance(value, str) or len(value) > LONGEST_LINE:
            raise self._problem("is no text or number of a message", name)
        if not PLAIN.fullmatch(value):
            raise self._problem("holds control characters", name)
        return value.encode()

    def _place(self, name: str) -> tuple[int, int]:
        """Where the value of a name stands, which is looked for behind the last one first."""
        key = json.dumps(self.names.get(name, name)).encode()
        place = self.piece.find(key, self.after)
        place = place if place >= 0 else self.piece.find(key)
        if place < 0:
            return self.start + self.after, NOWHERE
        found = VALUE.match(self.piece, place + len(key))
        if found is None:
            return self.start + place, NOWHERE
        self.after = place + len(key)
        group = 1 if found[1] is not None else 2
        return self.start + found.start(group), self.start + found.end(group)

    def _problem(self, told: str, name: str) -> Problem:
        return problem_at(self.raw, self._place(name)[0], told, name[:40])


VALUE = re.compile(rb'\s*:\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,}\]\[{]+))')


def _object(value: object, writer: _Writer, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise writer._problem("is no object", name)  # noqa: SLF001 - of this file
    return value


def _keywords(
    told: dict[str, Any], names: dict[str, str], prefix: str = "", depth: int = 0
) -> dict[str, Any]:
    """Return names in lowerCamelCase as keywords, objects within as their prefix."""
    found: dict[str, Any] = {}
    for name, value in told.items():
        keyword = CAMEL.sub("_", name).upper()
        if isinstance(value, dict) and depth < DEEPEST:
            inner = f"{keyword}_" if re.fullmatch(r"(?:OBJECT|SAT)_?[12]", keyword) else prefix
            found |= _keywords(value, names, inner, depth + 1)
        else:
            found[prefix + keyword] = value
            names[prefix + keyword] = name
    return found
