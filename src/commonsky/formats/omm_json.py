"""OMM in JSON, as lists or line by line: bytes in, tables out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from commonsky.formats.gathering import Gathering, Taken, plain_text
from commonsky.formats.omm import KEYWORDS, USER_DEFINED, Messages
from commonsky.formats.sniff import BYTE_ORDER_MARK, Format, format_at, shows_two_lines

FORM = Format.JSON.value
LONGEST_RECORD = 1 << 18
LONGEST_INDENT = 200
LONGEST_TAIL = 80
DEEPEST = 16
# Bytes that may be looked at in vain: at once, and for each that is used.
MOST_VAIN = 1 << 24
VAIN_A_BYTE = 2 * DEEPEST
BETWEEN = re.compile(rb"(?:\xef\xbb\xbf|[\s,\[\]}])*")
FLAT = re.compile(rb"\{[^{}]*\}")
START = re.compile(rb'\{\s{0,%d}["}]' % LONGEST_INDENT)
MAY_START = re.compile(rb"\{\s{0,%d}\Z" % LONGEST_INDENT)
# Objects around the list of records; what they say of themselves is of no interest.
PAIR = rb'\s*"[^"{}\[\]]*"\s*:\s*(?:"[^"{}\[\]]*"|[\w.+-]+)\s*,'
AROUND = re.compile(rb'(?:\{(?:%b)*\s*"[^"{}\[\]]*"\s*:\s*){1,4}\[\s*(?=\{)' % PAIR)
# A string that does not close hides all that follows: nothing is known to be outside of it.
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"?|[{}]', re.DOTALL)
# Numbers stay the text they are, so that all formats are read by the same rules.
DECODER = msgspec.json.Decoder(float_hook=str)


class JsonReader:
    """
    Reads objects as they come, wherever the list around them begins or ends.

    A damaged object costs only itself: reading goes on where the next one begins, or at the next
    line where another format does.
    """

    whole_lines = False

    def __init__(self, gathering: Gathering) -> None:
        self.gathering = gathering
        self._open_lists = 0
        self._lost = False  # behind something damaged, which has been told
        self._in_line = False  # something of ours stands in the present line
        self._credit = MOST_VAIN
        self._used = 0  # before the present block
        self._tail = b""  # of it
        self._failed_at = 0

    def take(self, block: bytes, line: int, *, final: bool) -> Taken:
        """Read the whole objects of a block, which may be cut anywhere."""
        messages = Messages(self.gathering, FORM, by_standard=False)
        held = _Held(block, line, messages, final=final)
        place = 0
        begins: Format | None = None
        while place < len(block) and begins is None:
            step = self._find_again(held, place) if self._lost else self._next(held, place)
            if step is None:
                break
            place, begins = step.used, step.begins
        messages.flush()
        self._tail = (self._tail + block[max(place - LONGEST_TAIL, 0) : place])[-LONGEST_TAIL:]
        ended = begins is not None or (final and place == len(block))
        if ended and self._open_lists > 0 and not self._lost:
            reason = "the list does not end; what followed is lost"
            self.gathering.refuse(held.line_at(place), "", reason, plain_text(self._tail))
        if not self._lost:
            self._in_line = self._is_in_line(block, place)
        self._used += place
        return Taken(place, begins)

    def _next(self, held: _Held, place: int) -> Taken | None:
        """Read what comes next; None if it cannot be told before more is there."""
        block = held.block
        between = BETWEEN.match(block, place)
        if between is not None and between.end() > place:
            self._open_lists += between[0].count(b"[") - between[0].count(b"]")
            return Taken(between.end())
        if block[place] == ord("{"):
            return self._read_object(held, place)
        is_first = self._used + place == 0
        if self._open_lists <= 0 and not is_first:
            return Taken(place, Format.TLE)
        return self._read_other(held, place, is_line=not is_first)

    def _read_other(self, held: _Held, place: int, *, is_line: bool) -> Taken | None:
        """Notice another format, or set aside what stands where an object should."""
        block = held.block
        if is_line and not self._is_in_line(block, place):
            if not held.shows_two_lines(place):
                return None
            if (begins := format_at(block, place)) not in {None, Format.JSON}:
                return Taken(place, begins)
        if not held.shows_excerpt(place):
            return None
        held.refuse(self.gathering, place, "neither an object nor the end of a list")
        self._lost = self._in_line = True
        return Taken(place)

    def _read_object(self, held: _Held, place: int) -> Taken | None:
        """Read the object that begins here, or what is damaged of it."""
        block, last = held.block, place + LONGEST_RECORD
        flat = FLAT.match(block, place, last)
        if flat is not None and not _problem(flat[0], held, place):
            return Taken(flat.end())
        if (around := AROUND.match(block, place, last)) is not None:
            self._open_lists += 1
            return Taken(around.end())
        if START.match(block, place) is not None:
            return self._read_nested(held, place)
        if MAY_START.match(block, place) is not None and not held.final:
            return None
        return self._lose(held, place, place + 1, "no JSON object")

    def _read_nested(self, held: _Held, place: int) -> Taken | None:
        """Read an object with objects in it, or damage that looks like one."""
        block, last = held.block, place + LONGEST_RECORD
        end, deepest_at = _end_of_object(block, place)
        if deepest_at:
            return self._lose(held, place, deepest_at, f"objects nested deeper than {DEEPEST}")
        if not end:
            if not held.final and len(block) < last:
                return None
            seen = min(last, len(block))
            return self._lose(held, place, seen, "a JSON object that does not end")
        if problem := _problem(block[place:end], held, place):
            if self._lose(held, place, end, problem) is None:
                return None
            inner = START.search(block, place + 1, end)
            self._lost = False
            return Taken(inner.start() if inner is not None and self._credit > 0 else end)
        return Taken(end)

    def _lose(self, held: _Held, place: int, seen: int, reason: str) -> Taken | None:
        """Set aside the object that begins here, of which so much was looked at in vain."""
        if not held.shows_excerpt(place):
            return None
        held.refuse(self.gathering, place, reason)
        at = self._used + place
        earned = VAIN_A_BYTE * (at - self._failed_at)
        self._credit = min(self._credit + earned, MOST_VAIN) - (seen - place)
        self._failed_at = at
        self._lost = self._in_line = True
        return Taken(place + 1 if self._credit > 0 else seen)

    def _find_again(self, held: _Held, place: int) -> Taken | None:
        """Go on to what can be read again, by one line at most."""
        block = held.block
        if not self._in_line:
            if not held.shows_two_lines(place):
                return None
            if (begins := format_at(block, place)) not in {None, Format.JSON}:
                return Taken(place, begins)
            self._in_line = True
            if block[place : place + LONGEST_INDENT].lstrip().startswith((b"{", b"[", b"]", b"}")):
                self._lost = False
                return Taken(place)
        newline = block.find(b"\n", place)
        end = newline if newline >= 0 else len(block)
        start = START.search(block, place, end + LONGEST_INDENT)
        if start is None and not held.final:
            start = MAY_START.search(block, max(place, len(block) - LONGEST_INDENT - 1))
            if start is not None and start.start() == place:
                return None
        if start is not None and start.start() < end:
            self._lost = MAY_START.match(block, start.start()) is not None
            return Taken(start.start())
        self._in_line = newline < 0
        return Taken(end + (newline >= 0))

    def _is_in_line(self, block: bytes, place: int) -> bool:
        """Whether more than white space stands before a place in its line."""
        first = max(place - LONGEST_INDENT, 0)
        newline = block.rfind(b"\n", first, place)
        if newline < 0 and (first > 0 or self._in_line):
            return True
        start = max(newline + 1, first)
        return bool(block[start:place].replace(BYTE_ORDER_MARK, b"").strip())


class _Held:
    """A block that begins in a line of the input, and the messages found in it."""

    def __init__(self, block: bytes, line: int, messages: Messages, *, final: bool) -> None:
        self.block = block
        self.final = final
        self.messages = messages
        self._line = line
        self._counted = 0

    def line_at(self, place: int) -> int:
        """Return the line of a place, which is not before those asked about earlier."""
        self._line += self.block.count(b"\n", self._counted, place)
        self._counted = place
        return self._line

    def refuse(self, gathering: Gathering, place: int, reason: str) -> None:
        """Set aside what begins here."""
        first = self.block[place : place + LONGEST_TAIL].partition(b"\n")[0]
        gathering.refuse(self.line_at(place), "", reason, plain_text(first))

    def shows_excerpt(self, place: int) -> bool:
        """Whether all is there that a person is shown of what begins here."""
        if self.final or len(self.block) - place >= LONGEST_TAIL:
            return True
        return self.block.find(b"\n", place) >= 0

    def shows_two_lines(self, place: int) -> bool:
        """Whether two lines are there, or all that there will be."""
        return self.final or shows_two_lines(self.block, place)


def _end_of_object(block: bytes, place: int) -> tuple[int, int]:
    """Where the object that begins here ends, and where it is nested too deep; 0 if nowhere."""
    depth = 0
    for token in TOKEN.finditer(block, place, place + LONGEST_RECORD):
        if token[0] == b"{":
            depth += 1
            if depth > DEEPEST:
                return 0, token.end()
        elif token[0] == b"}":
            depth -= 1
            if depth == 0:
                return token.end(), 0
    return 0, 0


def _problem(raw: bytes, held: _Held, place: int) -> str:
    """Add the record in an object to the messages; why not, or nothing."""
    try:
        decoded = DECODER.decode(raw)
    except UnicodeDecodeError:
        return _problem(plain_text(raw).encode(), held, place)
    except msgspec.DecodeError as error:
        return f"no JSON object: {error}"
    except RecursionError:
        return "no JSON object that can be read: it is nested too deep"
    message: dict[str, str] = {}
    for keyword, text in pairs(decoded):
        if message.setdefault(keyword, text) != text:
            held.messages.refuse(message, held.line_at(place), keyword)
            return ""
    held.messages.add(message, held.line_at(place))
    return ""


def pairs(decoded: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Keywords and texts of an object and the objects in it, as the standard nests them."""
    for name, value in decoded.items():
        if isinstance(value, dict):
            yield from pairs(value)
        elif value is not None:
            keyword = name.upper().removeprefix(USER_DEFINED)
            if keyword in KEYWORDS:
                yield keyword, value if isinstance(value, str) else _text(value)


def _text(value: object) -> str:
    """Return a value as the text it was; what is no number does not look like one."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else repr(value)
