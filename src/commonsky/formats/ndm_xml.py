"""
Navigation messages in XML, alone or several in an `ndm`: bytes in, messages out.

The elements are transcribed into keywords and values, so that grammar, units and obligations are
those of the other notation.  Document types, entities and other encodings than UTF-8 are refused:
no message needs them.

Reference: CCSDS 505.0-B (XML), see `ndm_xml_names`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from commonsky.formats.ndm_kernels import LONGEST_LINE
from commonsky.formats.ndm_lines import BYTE_ORDER_MARK, Problem, shown
from commonsky.formats.ndm_spec import Specification
from commonsky.formats.ndm_transcript import (
    NOWHERE,
    Original,
    Transcribed,
    Transcript,
    read_told,
    told_by,
)
from commonsky.formats.ndm_xml_blocks import JOIN, take_in_bulk
from commonsky.formats.ndm_xml_keywords import Open, remark_on, say, say_special
from commonsky.formats.ndm_xml_lex import (
    BLANK,
    CONTENT,
    LEAF,
    NAMESPACE,
    TAG,
    TOKEN,
    Attribute,
    attributes_of,
    behind_blanks,
    check_encoding,
    complaint,
    escaped,
    value_of,
    what_is_there,
)
from commonsky.formats.ndm_xml_names import OTHERS, ROOTS, TREES, Element, Form

DEEPEST = 16
LONGEST_TAG = 4096
LONGEST_CONTENT = 1 << 20  # markup and blanks included
MOST_KEPT = 1024
MOST_ASIDE = 10_000  # things beside messages that are told one by one
SPACE = 0x20
INSIDE = re.compile(rb"[^<]*+<([A-Za-z_][\w.:-]*+)")
BESIDE = frozenset({b"COMMENT", b"MESSAGE_ID"})  # messages, in an ndm
WRAPPER = Element(children={name.encode(): tree for name, tree in TREES.items()})
WRAPPER.children[b"ndm"] = WRAPPER
PASSED_OVER = Element()


def read_xml(raw: bytes, *, strict: bool = False) -> list[Transcribed | Problem]:
    """
    Return the messages of a document, at least one, and in place of a bad one its `Problem`.

    What is no XML, or holds nothing, raises a `Problem`; behind good messages it is the last of
    the list.  Other messages in an `ndm`, as those of attitude, are problems as well.
    """
    check_encoding(raw)
    document = _Document(raw)
    document.read()
    end, broken = document.sound_until()
    found: list[Transcribed | Problem] = [
        one.problem or _message(one, document.original, strict=strict)
        for one in document.found
        if one.end <= end
    ]
    found += broken
    if not found:
        raise document.original.problem(0, "the document holds no navigation message")
    if len(found) == 1 and isinstance(found[0], Problem):
        raise found[0]
    return found


@dataclass(slots=True)
class _Found:
    """A message and where it ends, or what is wrong with it."""

    specification: Specification
    transcript: Transcript
    end: int
    problem: Problem | None = None


def _message(one: _Found, original: Original, *, strict: bool) -> Transcribed | Problem:
    try:
        told = told_by(one.transcript)
        return read_told(one.specification, told, original, escaped, strict=strict)
    except Problem as problem:
        return problem


class _Document:
    """A document as it is walked through."""

    def __init__(self, raw: bytes) -> None:
        self.raw, self.original = raw, Original(raw)
        self.place = len(BYTE_ORDER_MARK) if raw.startswith(BYTE_ORDER_MARK) else 0
        top = Element(children={**WRAPPER.children})
        self.open = [Open(b"", "the document", top, 0)]
        self.found: list[_Found] = []
        self.broken: Problem | None = None
        self.prefixes: set[bytes] = set()
        self.message_depth = self.aside = 0  # 0 outside of messages
        self.specification = ROOTS["cdm"]
        self.transcript = Transcript()
        self.values: dict[bytes, dict[bytes, Attribute]] = {}

    def read(self) -> None:
        """Walk to the end, or to where nothing can be made of it any more (`broken`)."""
        while self.broken is None:
            try:
                self._walk()
            except Problem as problem:
                self._pass_over(problem)
                continue
            return

    def sound_until(self) -> tuple[int, list[Problem]]:
        """Return where the document stops to be XML, and what is wrong there if anything is."""
        place, told = complaint(self.raw, self.place)
        ours = [] if self.broken is None else [self.broken]
        if place < 0:
            return len(self.raw), ours
        theirs = self.problem(f"this is no XML: {told}", place)
        first = sorted([*ours, theirs], key=lambda one: (one.line, one.column))[:1]
        return place, first

    def _pass_over(self, problem: Problem) -> None:
        """Set the present message aside; in a broken document, all that follows."""
        if self.broken is not None:
            return
        self.found.append(_Found(self.specification, Transcript(), self.place, problem))
        self.aside += not self.message_depth
        if self.aside > MOST_ASIDE:
            told = f"more than {MOST_ASIDE:,} things stand beside messages"
            self.broken = self.problem(told, self.place)
        for one in self.open[self.message_depth :] if self.message_depth else ():
            one.element = PASSED_OVER
        self.message_depth = 0

    def problem(self, told: str, place: int, word: str = "") -> Problem:
        return self.original.problem(place, told, word[:40])

    def _break(self, problem: Problem) -> Problem:
        self.broken = problem
        return problem

    def _walk(self) -> None:
        raw, token = self.raw, TOKEN.match
        while True:
            inside = self.open[-1]
            if inside.element.many:
                place = take_in_bulk(self.transcript, raw, self.place, inside.element)
                if place > self.place:
                    inside.seen.add(inside.element.many.encode())
                self.place = place
            found = token(raw, self.place)
            if found is None:
                if self._nothing_there():
                    return
                continue
            self.place = found.end()
            if found.lastindex == LEAF:
                self._leaf(found[1], found[2], found.start(2), *found.span(3))
            elif found.lastindex == TAG:
                self._tag(found)

    def _nothing_there(self) -> bool:
        """Whether the document ends here, as it should; else what is there is a `Problem`."""
        raw, inside = self.raw, self.open[-1]
        place = behind_blanks(raw, self.place)
        if place == len(raw) and len(self.open) == 1:
            self.place = place
            return True
        data = raw.startswith(b"<![CDATA[", place)
        text = place < len(raw) and (data or raw[place : place + 1] != b"<")
        if not text or len(self.open) == 1:
            raise self._break(what_is_there(self.original, place, inside.name[:40]))
        following = raw.find(b"]]>", place) + 3 if data else raw.find(b"<", place)
        self.place = following if following > place else len(raw)
        if inside.element is PASSED_OVER:
            return False
        raise what_is_there(self.original, place, inside.name[:40])

    def _local(self, tag: bytes, place: int) -> bytes:
        """The name without a prefix, which must be that of navigation messages."""
        prefix, colon, name = tag.rpartition(b":")
        if colon and prefix not in self.prefixes:
            told = f"the prefix {shown(prefix)} does not stand for {NAMESPACE.decode()}"
            raise self.problem(told, place, name.decode())
        return name

    def _attributes(self, told: bytes, start: int) -> dict[bytes, Attribute]:
        if len(told) > LONGEST_TAG:
            raise self.problem(f"attributes of more than {LONGEST_TAG:,} bytes", start)
        return attributes_of(told, start)

    def _values(self, told: bytes, start: int) -> dict[bytes, Attribute]:
        """Attributes of a keyword, wherever they stand: they are the same again and again."""
        found = self.values.get(told)
        if found is None:
            found = self._attributes(told, start)
            if len(self.values) < MOST_KEPT:
                self.values[told] = found
        return found

    def _tag(self, found: re.Match[bytes]) -> None:
        tag, told, told_at = found[5], found[6], found.start(6)
        start = self.raw.index(b"<", found.start())
        if found[4]:
            self._end(tag, start)
        elif self._holds(tag):
            self._begin(tag, told, start, told_at)
            if told.endswith(b"/"):
                self._end(tag, start)
        elif told.endswith(b"/"):
            self._leaf(tag, told, told_at, self.place, NOWHERE)
        else:
            self._long_leaf(tag, told, told_at)

    def _holds(self, tag: bytes) -> bool:
        """Whether an element holds others, here, and is no keyword."""
        inside, name = self.open[-1].element, tag.rpartition(b":")[2]
        return (
            inside is PASSED_OVER
            or name in inside.children
            or len(self.open) == 1
            or (not self.message_depth and name.decode() in OTHERS)
        )

    def _long_leaf(self, tag: bytes, told: bytes, told_at: int) -> None:
        """A keyword whose value holds comments or CDATA sections."""
        content = CONTENT.match(self.raw, self.place)
        if content is not None and content[2] == tag:
            self.place = content.end()
            self._leaf(tag, told, told_at, *content.span(1))
            return
        name, inside = tag.decode(), self.open[-1]
        within = INSIDE.match(self.raw, self.place)
        if within is None:
            told_so = f"this is no XML: {name[:40]} does not end as it began"
            raise self._break(self.problem(told_so, told_at))
        self._push(tag, PASSED_OVER, told_at)
        if tag in inside.element.keywords:
            told_so = f"{within[1].decode()[:40]} stands in {name[:40]}"
            raise self.problem(told_so, within.start(1), name)
        raise self.problem(f"has no place in {inside.name[:40]}", told_at, name)

    def _push(self, tag: bytes, element: Element, start: int) -> None:
        if len(self.open) > DEEPEST:
            told = f"elements stand more than {DEEPEST} deep"
            raise self._break(self.problem(told, start))
        name = tag.rpartition(b":")[2].decode()
        self.open.append(Open(tag, name, element, start))

    def _begin(self, tag: bytes, told: bytes, start: int, told_at: int) -> None:
        """Go into an element."""
        outer = self.open[-1]
        if len(self.open) == 1:
            self._root(tag, start)
        name = tag.rpartition(b":")[2]
        self._push(tag, outer.element.children.get(name, PASSED_OVER), start)
        if outer.element is PASSED_OVER:
            return
        try:
            self._enter(outer, self.open[-1], self._attributes(told, told_at))
        except Problem:
            self.open[-1].element = PASSED_OVER
            raise

    def _enter(self, outer: Open, frame: Open, attributes: dict[bytes, Attribute]) -> None:
        name, element = frame.name.encode(), frame.element
        if not self.message_depth:
            self._namespaces(attributes)
        self._local(frame.tag, frame.start)
        if element is PASSED_OVER:
            told = f"this is an {frame.name.upper()}; {', '.join(ROOTS).upper()} are read"
            raise self.problem(told, frame.start)
        if not self.message_depth:
            if element is not WRAPPER:
                self._begin_message(frame.name, attributes, frame.start)
            return
        if name in outer.seen and not element.repeats:
            raise self.problem(f"{frame.name} stands twice in {outer.name}", frame.start)
        outer.seen.add(name)
        remark_on(self.transcript, attributes, frame.name)
        if element.bound:
            self.transcript.add(f"{element.bound}_START".encode(), frame.start)

    def _root(self, tag: bytes, start: int) -> None:
        outer, name = self.open[0], tag.rpartition(b":")[2]
        if outer.seen:
            told = "another document follows; several messages stand in an ndm"
            raise self._break(self.problem(f"this is no XML: {told}", start))
        if name not in outer.element.children and name.decode() not in OTHERS:
            told = f"it is {shown(tag)}; {', '.join([*ROOTS, 'ndm'])} are read"
            raise self._break(
                self.problem(f"the document holds no navigation message: {told}", start)
            )
        outer.seen.add(name)

    def _namespaces(self, attributes: dict[bytes, Attribute]) -> None:
        for name, attribute in attributes.items():
            if name == b"xmlns" and attribute.value not in (b"", NAMESPACE):
                told = f"the namespace {shown(attribute.value)} is not {NAMESPACE.decode()}"
                raise self.problem(told, attribute.start)
            if name.startswith(b"xmlns:") and attribute.value == NAMESPACE:
                self.prefixes.add(name[6:])

    def _begin_message(self, name: str, attributes: dict[bytes, Attribute], start: int) -> None:
        self.specification, self.transcript = ROOTS[name], Transcript()
        self.message_depth = len(self.open) - 1
        opening = self.specification.opening
        told = attributes.get(b"id", Attribute(opening.encode(), start, start))
        if told.value != opening.encode():
            raise self.problem(f"the id of a {name} is {opening}, not {shown(told.value)}", start)
        version = attributes.get(b"version", Attribute(b"", start, -1))
        if not re.fullmatch(rb"[!-~]*", version.value):
            raise self.problem(f"{shown(version.value)} is no version", version.start, opening)
        self.transcript.say(opening, version.value, "", version.start, version.end)
        if b"id" not in attributes:
            self.transcript.remark(opening, "stands in no id")
        remark_on(self.transcript, attributes, opening, frozenset({b"id", b"version"}))

    def _end(self, tag: bytes, start: int) -> None:
        """Leave an element."""
        inside = self.open[-1]
        if inside.tag != tag or len(self.open) == 1:
            told = f"{shown(tag)} ends, and {inside.name[:40]} is open"
            raise self._break(self.problem(f"this is no XML: {told}", start))
        self.open.pop()
        if inside.element is PASSED_OVER or not self.message_depth:
            return
        if inside.element.form is not Form.KEYWORDS:
            JOIN[inside.element.form](self.transcript, self.original, inside.parts, inside.start)
        if inside.element.bound:
            self.transcript.add(f"{inside.element.bound}_STOP".encode(), start)
        if len(self.open) == self.message_depth:
            self.found.append(_Found(self.specification, self.transcript, self.place))
            self.message_depth = 0

    def _leaf(self, tag: bytes, told: bytes, told_at: int, start: int, end: int) -> None:
        """Transcribe a keyword with its value; end `NOWHERE` where an empty tag says nothing."""
        frame = self.open[-1]
        if frame.element is PASSED_OVER:
            return
        name = self._local(tag, told_at) if b":" in tag else tag
        content = self.raw[start:end] if end >= 0 else b""
        found = frame.element.keywords.get(name)
        if found is None and self._holds(tag):
            self._hollow(tag, told, told_at, content.strip(BLANK))
            return
        if len(content) > LONGEST_CONTENT:
            told_so = f"{name.decode()[:40]} holds more than {LONGEST_CONTENT:,} bytes"
            raise self.problem(told_so, start)
        value = value_of(content)
        if value and (content[0] <= SPACE or content[-1] <= SPACE):
            start += len(content) - len(content.lstrip(BLANK))
            end = start + len(content.strip(BLANK))
        if len(value) > LONGEST_LINE:
            told_so = f"{name.decode()[:40]} holds more than {LONGEST_LINE:,} characters"
            raise self.problem(told_so, start)
        attributes = self._values(told, told_at) if told else {}
        here = Attribute(value, start, end)
        if found is not None:
            say(self.transcript, self.original, frame, found, here, attributes)
        elif self.message_depth:
            say_special(self.transcript, self.original, frame, name, here, attributes)
        elif name not in BESIDE:
            told_so = f"{name.decode()[:40]} stands outside of any message"
            raise self.problem(told_so, start)

    def _hollow(self, tag: bytes, told: bytes, told_at: int, content: bytes) -> None:
        """An element that should hold others, and holds at most text."""
        start = told_at - len(tag) - 1
        self._begin(tag, told, start, told_at)
        self._end(tag, start)
        if content:
            name = tag.decode()[:40]
            raise self.problem(f"text stands outside of any keyword, in {name}", start)
