"""OMM in JSON, as lists or line by line: bytes in, tables out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from commonsky.formats.gathering import Gathering, Taken, plain_text
from commonsky.formats.omm import KEYWORDS, USER_DEFINED, Messages
from commonsky.formats.sniff import Format

FORM = Format.JSON.value
LONGEST_RECORD = 1 << 18
LONGEST_TAIL = 80
DEEPEST = 16
BETWEEN = re.compile(rb"(?:\xef\xbb\xbf|[\s,\[\]}])*")
FLAT = re.compile(rb"\{[^{}]*\}")
# An object around the list of records; what it says of itself is of no interest.
AROUND = re.compile(
    rb'\{(?:\s*"[^"{}\[\]]*"\s*:\s*(?:"[^"{}\[\]]*"|[\w.+-]+)\s*,)*\s*"[^"]*"\s*:\s*\[\s*(?=\{)'
)
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}]', re.DOTALL)
# Numbers stay the text they are, so that all formats are read by the same rules.
DECODER = msgspec.json.Decoder(float_hook=str)


class JsonReader:
    """
    Reads objects as they come, wherever the list around them begins or ends.

    A damaged object costs only itself: reading goes on at the next opening brace.
    """

    whole_lines = False

    def __init__(self, gathering: Gathering) -> None:
        self.gathering = gathering
        self._open_lists = 0

    def take(self, block: bytes, line: int, *, final: bool) -> Taken:
        """Read the whole objects of a block, which may be cut anywhere."""
        messages = Messages(self.gathering, FORM, by_standard=False)
        place, counted = 0, 0
        while True:
            place = self._skip_between(block, place)
            if place == len(block) or block[place] != ord("{"):
                break
            line += block.count(b"\n", counted, place)
            counted = place
            end = self._read_object(block, place, line, messages, final=final)
            if end == place:
                messages.flush()
                return Taken(place)
            place = end
        messages.flush()
        ended = place < len(block)
        if self._open_lists > 0 and (ended or final):
            tail = plain_text(block[max(place - LONGEST_TAIL, 0) : place])
            self.gathering.refuse(line, "", "the list does not end; what followed is lost", tail)
            self._open_lists = 0
        return Taken(place, Format.TLE if ended else None)

    def _skip_between(self, block: bytes, place: int) -> int:
        """Where the next object begins, or else what is no list of objects."""
        found = BETWEEN.match(block, place)
        if found is None:
            return place
        self._open_lists += found[0].count(b"[") - found[0].count(b"]")
        return found.end()

    def _read_object(
        self, block: bytes, place: int, line: int, messages: Messages, *, final: bool
    ) -> int:
        """Read the object that begins here, and return its end; its beginning, if to be waited."""
        flat = FLAT.match(block, place)
        if flat is not None and _add(flat[0], line, messages):
            return flat.end()
        if (around := AROUND.match(block, place)) is not None:
            self._open_lists += 1
            return around.end()
        end = _end_of_object(block, place)
        if end < 0 and not final and len(block) - place < LONGEST_RECORD:
            return place
        if end >= 0 and _add(block[place:end], line, messages):
            return end
        reason = "no JSON object" if end >= 0 else "a JSON object that does not end"
        self.gathering.refuse(line, "", reason, plain_text(block[place : place + 200]))
        following = block.find(b"{", place + 1)
        if following < 0:
            following = len(block)
        return following if end < 0 else min(following, end)


def _end_of_object(block: bytes, place: int) -> int:
    """Where the object that begins here ends; -1 if it does not, as far as is known."""
    depth = 0
    for token in TOKEN.finditer(block, place, place + LONGEST_RECORD):
        if token[0] == b"{":
            depth += 1
        elif token[0] == b"}":
            depth -= 1
            if depth == 0:
                return token.end()
    return -1


def _add(raw: bytes, line: int, messages: Messages) -> bool:
    """Add the records of an object; whether it was one."""
    try:
        decoded = DECODER.decode(raw)
    except UnicodeDecodeError:
        try:
            decoded = DECODER.decode(plain_text(raw).encode())
        except (msgspec.DecodeError, RecursionError):
            return False
    except (msgspec.DecodeError, RecursionError):
        return False
    if not isinstance(decoded, dict):
        return False
    messages.add(dict(_pairs(decoded, DEEPEST)), line)
    return True


def _pairs(decoded: Mapping[str, Any], deepest: int) -> Iterator[tuple[str, str]]:
    """Keywords and texts of an object and the objects in it, as the standard nests them."""
    for name, value in decoded.items():
        if isinstance(value, dict):
            if deepest:
                yield from _pairs(value, deepest - 1)
        elif value is not None:
            keyword = name.upper().removeprefix(USER_DEFINED)
            if keyword in KEYWORDS:
                yield keyword, value if isinstance(value, str) else _text(value)


def _text(value: object) -> str:
    """Return a value as the text it was; what is no number does not look like one."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else repr(value)
