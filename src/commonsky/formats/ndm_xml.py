"""
Navigation messages in XML, alone or several in an `ndm`: bytes in, messages out.

The elements are transcribed into keywords and values, so that grammar, units and obligations are
those of the other notation.  Entities, external documents and other encodings than UTF-8 are
refused: no message needs them.

Reference: CCSDS 505.0-B (XML), with the names of elements as in its published examples and in
those of other readers; the schemas themselves were not at hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape

from commonsky.formats.ndm_cdm import CDM
from commonsky.formats.ndm_kernels import LONGEST_LINE
from commonsky.formats.ndm_lines import BYTE_ORDER_MARK, Problem, problem_at
from commonsky.formats.ndm_ocm import OCM
from commonsky.formats.ndm_odm import OEM, OMM, OPM
from commonsky.formats.ndm_spec import Specification
from commonsky.formats.ndm_tdm import RDM, TDM
from commonsky.formats.ndm_transcript import Transcribed, Transcript, read_transcript

DEEPEST = 16
OTHERS = frozenset({"acm", "aem", "apm", "prm", "srm"})
LONGEST_BEGINNING = 4096
ROOTS = {one.kind.lower(): one for one in (CDM, OCM, OEM, OMM, OPM, RDM, TDM)}
# Lines that stand around what these elements hold, by kind of message.
BOUNDS = {
    "OEM": {"metadata": "META", "covarianceMatrix": "COVARIANCE"},
    "TDM": {"metadata": "META", "data": "DATA"},
    "OCM": {
        "metadata": "META", "traj": "TRAJ", "phys": "PHYS", "cov": "COV", "man": "MAN",
        "pert": "PERT", "od": "OD", "user": "USER",
    },
}  # fmt: skip
STATE = ("EPOCH", "X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT", "X_DDOT", "Y_DDOT", "Z_DDOT")
LINES = frozenset({"trajLine", "covLine", "manLine"})
ELEMENT = re.compile(r"C[XYZ](?:_DOT)?_[XYZ](?:_DOT)?")
BLANKS = re.compile(rb"[ \t\r\n]+")
DECLARED = re.compile(rb"\s*<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)[\"']")
OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16
ENCODINGS = {b"utf-8", b"us-ascii", b"ascii"}


def is_xml(raw: bytes) -> bool:
    """Whether bytes begin as a document does."""
    if raw.startswith(OTHER_MARKS):
        return True
    return raw[:LONGEST_BEGINNING].removeprefix(BYTE_ORDER_MARK).lstrip()[:1] == b"<"


def read_xml(raw: bytes, *, strict: bool = False) -> list[Transcribed | Problem]:
    """
    Return the messages of a document, at least one, and in place of a bad one its `Problem`.

    What is no XML, or holds nothing, raises a `Problem`; behind good messages it is the last of
    the list.  Other messages in an `ndm`, as those of attitude, are problems as well.
    """
    if b"\x00" in raw[:LONGEST_BEGINNING]:
        raise problem_at(raw, 0, "messages are in UTF-8, and this is not")
    found = DECLARED.match(raw.removeprefix(BYTE_ORDER_MARK))
    if found and found[1].lower() not in ENCODINGS:
        named = found[1].decode("ascii", "replace")[:40]
        raise problem_at(raw, 0, f"the encoding {named} is not read; messages are in UTF-8")
    document = _Document(raw, strict)
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = False
    parser.StartElementHandler = document.begin
    parser.EndElementHandler = document.end
    parser.CharacterDataHandler = document.text
    parser.StartDoctypeDeclHandler = document.refuse_doctype
    parser.EntityDeclHandler = document.refuse_entity
    document.parser = parser
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        told = expat.ErrorString(error.code)
        place = min(max(parser.ErrorByteIndex, 0), len(raw))
        document.messages.append(problem_at(raw, place, f"this is no XML: {told}"))
    except Problem as problem:
        document.messages.append(problem)
    if len(document.messages) == 1 and isinstance(document.messages[0], Problem):
        raise document.messages[0]
    if not document.messages:
        raise problem_at(raw, 0, "the document holds no navigation message")
    return document.messages


def escaped(value: bytes) -> bytes:
    """Return a value as an element holds it."""
    return escape(value.decode()).encode()


@dataclass(slots=True)
class _Element:
    """An element that is open."""

    name: str
    units: str
    parameter: str
    start: int
    text_start: int = -1
    text: list[str] = field(default_factory=list)
    size: int = 0
    parts: list[tuple[str, bytes, int, int]] = field(default_factory=list)  # of a state or record


class _Document:
    """Handlers of one document; what they find becomes transcripts."""

    def __init__(self, raw: bytes, strict: bool) -> None:
        self.raw, self.strict = raw, strict
        self.parser: expat.XMLParserType = expat.ParserCreate()
        self.open: list[_Element] = []
        self.specification: Specification | None = None
        self.transcript = Transcript()
        self.messages: list[Transcribed | Problem] = []
        self.skipped = 0  # how deep inside a message of another kind
        self.matrix: list[bytes] = []

    def problem(self, told: str, place: int = -1, word: str = "") -> Problem:
        at = self.parser.CurrentByteIndex if place < 0 else place
        return problem_at(self.raw, at, told, word)

    def refuse_doctype(self, _name: str, system: str | None, *_rest: object) -> None:
        if system:
            raise self.problem("another document is not fetched")

    def refuse_entity(self, name: str, *_rest: object) -> None:
        raise self.problem(f"the entity {name[:40]} is declared; no message needs one")

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.open) + self.skipped >= DEEPEST:
            raise self.problem(f"elements stand more than {DEEPEST} deep")
        if self.skipped:
            self.skipped += 1
            return
        name = tag.rpartition(":")[2]
        start = self.parser.CurrentByteIndex
        element = _Element(
            name, attributes.get("units", ""), attributes.get("parameter", ""), start
        )
        if self.open and _is_keyword(self.open[-1].name):
            raise self.problem(f"{name[:40]} stands in {self.open[-1].name[:40]}")
        if self.specification is None and name in OTHERS:
            told = f"this is an {name.upper()}; {', '.join(ROOTS)} are read"
            self.messages.append(self.problem(told))
            self.skipped = 1
            return
        self.open.append(element)
        if self.specification is None:
            self._begin_message(name, attributes, start)
        elif name in ROOTS and name not in BOUNDS.get(self.specification.kind, {}):
            raise self.problem(f"a message stands in another: {name}")
        bound = self._bound(name)
        if bound:
            self.transcript.add(f"{bound}_START".encode(), start)

    def _begin_message(self, name: str, attributes: dict[str, str], start: int) -> None:
        self.specification = ROOTS.get(name)
        if self.specification is None:
            return
        opening = self.specification.opening
        if attributes.get("id", opening) != opening:
            raise self.problem(f"the id of a {name} is {opening}")
        self.transcript = Transcript()
        version = attributes.get("version", "").encode()
        self.transcript.say(opening, version, "", start)

    def _bound(self, name: str) -> str:
        kind = self.specification.kind if self.specification else ""
        return BOUNDS.get(kind, {}).get(name, "")

    def text(self, text: str) -> None:
        if self.skipped or not self.open:
            return
        element = self.open[-1]
        place = self.parser.CurrentByteIndex
        element.size += len(text)
        if element.size > LONGEST_LINE and not (text.isspace() or not _is_leaf(element.name)):
            raise self.problem(f"{element.name[:40]} holds more than {LONGEST_LINE:,} characters")
        if not text.isspace():
            if not _is_leaf(element.name):
                raise self.problem(f"text stands outside of any keyword, in {element.name[:40]}")
            if element.text_start < 0:
                element.text_start = self._behind_blanks(place)
        if _is_leaf(element.name):
            element.text.append(text)

    def _behind_blanks(self, place: int) -> int:
        found = BLANKS.match(self.raw, place)
        return found.end() if found else place

    def end(self, _tag: str) -> None:
        if self.skipped:
            self.skipped -= 1
            return
        element = self.open.pop()
        if _is_leaf(element.name):
            self._leaf(element, self.parser.CurrentByteIndex)
            return
        if self.specification is None:
            return
        if element.parts:
            self._joined(element)
        bound = self._bound(element.name)
        if bound == "COVARIANCE" and self.matrix:
            self._triangle(element.start)
        if bound:
            self.transcript.add(f"{bound}_STOP".encode(), self.parser.CurrentByteIndex)
        if ROOTS.get(element.name) is self.specification and len(self.open) < 2:
            self.messages.append(self._message(self.specification))
            self.specification, self.matrix = None, []

    def _message(self, specification: Specification) -> Transcribed | Problem:
        try:
            return read_transcript(
                specification, self.transcript, self.raw, escaped, strict=self.strict
            )
        except Problem as problem:
            return problem

    def _leaf(self, element: _Element, behind: int) -> None:
        """Transcribe a keyword with its value."""
        if self.specification is None:
            if element.name not in {"COMMENT", "MESSAGE_ID"}:
                raise self.problem(f"{element.name[:40]} stands outside of any message")
            return
        value = BLANKS.sub(b" ", "".join(element.text).encode()).strip()
        start = element.text_start if element.text_start >= 0 else element.start
        end = start + len(self.raw[start:behind].rstrip()) if element.text_start >= 0 else -1
        kind, name = self.specification.kind, element.name
        above = self.open[-1].name if self.open else ""
        if name == "COMMENT":
            self.transcript.add(b"COMMENT " + value, start, end)
        elif name in LINES:
            self.transcript.add(value, start, end)
        elif kind == "OEM" and above == "covarianceMatrix" and ELEMENT.fullmatch(name):
            self.matrix.append(value)
        elif (kind, above) in {("OEM", "stateVector"), ("TDM", "observation")}:
            self.open[-1].parts.append((name, value, start, end))
        else:
            self.transcript.say(self._named(element), value, element.units, start, end)

    def _named(self, element: _Element) -> str:
        if element.name != "USER_DEFINED" or not element.parameter:
            return element.name
        return f"USER_DEFINED_{element.parameter}"

    def _joined(self, element: _Element) -> None:
        """Transcribe a state as a line of numbers, or an observation as records."""
        first, epoch, start, _ = element.parts[0]
        if first != "EPOCH":
            raise self.problem(f"EPOCH must come first, not {first[:40]}", start, first)
        rest = element.parts[1:]
        if element.name == "observation":
            for name, value, place, _ in rest:
                self.transcript.say(name, epoch + b" " + value, "", place)
            if not rest:
                raise self.problem("nothing is observed", start)
            return
        names = tuple(name for name, *_ in element.parts)
        if names not in (STATE[:7], STATE):
            raise self.problem(f"a state is {', '.join(STATE[:7])}, and accelerations", start)
        self.transcript.add(b" ".join([epoch, *(value for _, value, *_ in rest)]), start)

    def _triangle(self, place: int) -> None:
        """Transcribe a covariance of an ephemeris as rows of its triangle."""
        numbers, self.matrix = self.matrix, []
        if len(numbers) != 21:
            raise self.problem(f"a covariance has 21 elements, not {len(numbers)}", place)
        for row in range(6):
            begin = row * (row + 1) // 2
            self.transcript.add(b" ".join(numbers[begin : begin + row + 1]), place)


def _is_keyword(name: str) -> bool:
    return name[:1].isupper()


def _is_leaf(name: str) -> bool:
    return _is_keyword(name) or name in LINES
