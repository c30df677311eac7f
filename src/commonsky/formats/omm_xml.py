"""OMM in XML, alone or many in an ndm, as a stream in bounded memory: bytes in, tables out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ErrorString

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from commonsky.formats.gathering import Gathering, Taken, plain_text
from commonsky.formats.omm import KEYWORDS, USER_DEFINED, Messages, shown, unit_problem
from commonsky.formats.sniff import XML, XML_RECORD, Format, format_at, shows_two_lines

FORM = Format.XML.value
DEEPEST = 64
LONGEST_TEXT = 4096
LONGEST_SILENCE = 1 << 20  # bytes without an element, which the parser must hold
LONGEST_TAG = 80
SIP = 8192  # bytes at once: what follows damage in them is read again
COMMENT = re.compile(rb"\s*<!--")
LEFT_OVER = re.compile(rb"(?:\s|\xef\xbb\xbf|</(?:[\w.-]+:)?(?:ndm|omm)\s*>)*")
LONGEST_DECLARATION = 300
DECLARATION = re.compile(rb"<\?xml[^<>]{0,%d}\?>" % (LONGEST_DECLARATION - 7))
MAY_BEGIN = re.compile(rb"(?:\xef\xbb?|<[/?!]?[\w.:-]{0,60}\s{0,60})\Z")
OTHER_MESSAGES = frozenset({"acm", "aem", "apm", "cdm", "ocm", "oem", "opm", "rdm", "tdm"})


class _Unacceptable(ValueError):
    """A document does what no message needs."""


class XmlReader:
    """
    Reads documents one after the other, and notices when something else follows.

    Where a document breaks, what it had told stands, and reading goes on at its next record.
    """

    whole_lines = False

    def __init__(self, gathering: Gathering) -> None:
        self.gathering = gathering
        self._document: _Document | None = None
        self._begun = False
        self._lost = False  # behind damage, which has been told
        self._at_line = False  # there, at the beginning of a line

    def take(self, block: bytes, line: int, *, final: bool) -> Taken:
        """Read a block of bytes, which may be cut anywhere."""
        messages = Messages(self.gathering, FORM, by_standard=True)
        used, begins, waits = 0, None, False
        counted = 0
        while used < len(block) and begins is None and not waits:
            if self._document is not None:
                self._document.messages = messages
                used += self._feed(block[used : used + SIP])
            elif self._lost:
                used, begins, waits = self._find_again(block, used, final=final)
            else:
                used, begins, waits = _next_document(block, used, final=final)
                if begins is Format.TLE and (not self._begun or block.startswith(b"<?", used)):
                    # Whatever it is, the line was said to hold a record.
                    text = plain_text(block[used : used + LONGEST_TAG].partition(b"\n")[0])
                    line += block.count(b"\n", counted, used)
                    counted = used
                    self.gathering.refuse(line, "", "not the beginning of a document", text)
                    self._lost, begins = True, None
                self._begun = self._begun or not waits
            if used < len(block) and begins is Format.XML:
                line += block.count(b"\n", counted, used)
                counted = used
                self._document = _Document(line, messages, self.gathering)
                self._lost, begins = False, None
        if final and self._document is not None:
            self._document.messages = messages
            self._document.fail("the document does not end")
            self._document = None
        messages.flush()
        return Taken(used, begins)

    def _find_again(
        self, block: bytes, used: int, *, final: bool
    ) -> tuple[int, Format | None, bool]:
        """Go on to the next record, or to what else can be read, by one line at most."""
        if self._at_line:
            if not final and not shows_two_lines(block, used):
                return used, None, True
            if (begins := format_at(block, used)) is not None and not COMMENT.match(block, used):
                return used, begins, False
            self._at_line = False
        newline = block.find(b"\n", used)
        end = newline if newline >= 0 else len(block)
        if (found := XML_RECORD.search(block, used, end + 1)) is not None:
            return found.start(), Format.XML, False
        if newline >= 0:
            self._at_line = True
            return newline + 1, None, False
        # A tag may have been cut.
        begun = block.rfind(b"<", max(used, end - LONGEST_TAG)) if not final else -1
        return (begun, None, True) if begun >= 0 else (end, None, False)

    def _feed(self, block: bytes) -> int:
        """Read bytes of the present document, and return how many."""
        document = self._document
        if document is None:
            return 0
        used = document.feed(block)
        if document.ended or document.failed:
            self._document = None
            self._lost, self._at_line = document.failed, False
        return used


def _next_document(block: bytes, used: int, *, final: bool) -> tuple[int, Format | None, bool]:
    """Where the next document begins after white space and tags that are left over."""
    left_over = LEFT_OVER.match(block, used)
    begin = used if left_over is None else left_over.end()
    if begin == len(block):
        return begin, None, False
    if DECLARATION.match(block, begin) is None and block.startswith(b"<?xml", begin):
        # A parser would look for the end of a damaged one to the end of the input.
        waits = not final and len(block) - begin < LONGEST_DECLARATION
        return begin, None if waits else Format.TLE, waits
    if XML.match(block, begin):
        return begin, Format.XML, False
    if not final and MAY_BEGIN.match(block, begin):
        return begin, None, True
    return begin, Format.TLE, False


class _Document:
    """One document being read; also the target that its parser tells of every element."""

    def __init__(self, line: int, messages: Messages, gathering: Gathering) -> None:
        self.messages = messages
        self.ended = False
        self.failed = False
        self._gathering = gathering
        self._first_line = line
        self._parser = DefusedXMLParser(target=self, forbid_dtd=True)
        # An expat that puts tokens off would keep the last of a document that is cut off.
        if hasattr(self._parser.parser, "SetReparseDeferralEnabled"):
            self._parser.parser.SetReparseDeferralEnabled(False)
        self._fed = 0
        self._silent = 0
        self._depth = 0
        self._end_tag_at = 0
        self._text: list[str] = []
        self._text_length = 0
        self._keyword = ""
        self._message: dict[str, str] | None = None
        self._line = line
        self._problem: tuple[int, str, str] | None = None

    def feed(self, block: bytes) -> int:
        """Read bytes, and return how many belong to the document, as far as it is sound."""
        before = self._fed
        self._fed += len(block)
        self._silent += len(block)
        problem = ""
        try:
            self._parser.feed(block)
        except (ParseError, LookupError, ValueError) as error:
            # An encoding that nobody knows is a LookupError, a refusal of defusedxml a ValueError.
            problem = _told(error)
        if not problem and self._silent > LONGEST_SILENCE:
            problem = "no element within a megabyte"
        if problem and not self.ended:
            self.fail(problem)
            return max(self._parser.parser.ErrorByteIndex - before, 1)
        if self.ended:
            return block.find(b">", max(self._end_tag_at - before, 0)) + 1 or len(block)
        return len(block)

    def fail(self, reason: str) -> None:
        """Set aside the record that was being read, or the document."""
        self.failed = True
        excerpt = shown(self._message) if self._message else ""
        line = self._line if self._message is not None else self._here()
        self._gathering.refuse(line, "", reason, excerpt)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self._silent = 0
        self._depth += 1
        if self._depth > DEEPEST:
            raise _Unacceptable(f"elements nested deeper than {DEEPEST}")
        name = tag.rpartition("}")[2]
        self._text, self._text_length = [], 0
        if name == "omm":
            self._message, self._line, self._problem = {}, self._here(), None
        elif name in OTHER_MESSAGES and self._message is None:
            reason = f"a message of kind {name.upper()}, but only OMM are element sets"
            self._gathering.refuse(self._here(), "", reason)
        defined = attributes.get("parameter", "") if name == "USER_DEFINED" else name
        self._keyword = defined.removeprefix(USER_DEFINED)
        if "units" in attributes and (told := unit_problem(name, attributes["units"])):
            self._note(name, told)

    def data(self, text: str) -> None:
        """Text stands in an element."""
        self._silent = 0
        self._text_length += len(text)
        if self._text_length <= LONGEST_TEXT:
            self._text.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        self._depth -= 1
        name = tag.rpartition("}")[2]
        if self._message is not None:
            if name == "omm":
                self._finish(self._message)
                self._message = None
            elif self._keyword in KEYWORDS:
                self._add(self._message, self._keyword)
        self._keyword = ""
        if self._depth == 0:
            self.ended = True
            self._end_tag_at = self._parser.parser.CurrentByteIndex

    def close(self) -> None:
        """Nothing more is told."""

    def _add(self, message: dict[str, str], keyword: str) -> None:
        if self._text_length > LONGEST_TEXT:
            self._note(keyword, f"longer than {LONGEST_TEXT} letters")
        elif keyword in message:
            self._note(keyword, "stands twice in one message")
        message[keyword] = "".join(self._text).strip()

    def _finish(self, message: dict[str, str]) -> None:
        if self._problem is None:
            self.messages.add(message, self._line)
        else:
            self._gathering.refuse(*self._problem, shown(message))

    def _note(self, field: str, reason: str) -> None:
        self._problem = self._problem or (self._here(), field, reason)

    def _here(self) -> int:
        return int(self._first_line + self._parser.parser.CurrentLineNumber - 1)


def _told(error: Exception) -> str:
    """What went wrong, in words."""
    if isinstance(error, DefusedXmlException):
        return f"{type(error).__name__}: entities and document types are refused"
    return f"no XML: {ErrorString(error.code) if isinstance(error, ParseError) else error}"
