"""
Objects of JSON one after the other: in a list, in lines, in an envelope, or in nothing.

Space-Track gives a list, or one under "data"; TraCSS gives lines, or objects over many lines one
behind the other, or a list under "tracssCdms".  A damaged object costs only itself: reading goes
on at the next line that begins an object no deeper than it stood.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

from commonsky.formats.ndm_lines import BYTE_ORDER_MARK, Problem, problem_at

DEEPEST = 8
LARGEST = 1 << 28  # bytes of one message
# Bytes that may be looked at in vain: for each of the text, and beside that.
VAIN_A_BYTE, MOST_VAIN = 16, 1 << 24
LONGEST_GUESS = 1 << 16  # bytes of an object whose lines are tried alone
MOST_GUESSES = 64
BETWEEN = re.compile(r"[\s,]*")
ENVELOPE = re.compile(
    r'\{\s*(?:"request_metadata"\s*:\s*\{[^{}]*\}\s*,\s*)?"(?:tracssCdms|data)"\s*:\s*(?=\[)'
)
BRACKET = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[{]|[\]}]', re.DOTALL)


class Number(str):
    """A number as it is written."""

    __slots__ = ()


class NotFinite(str):
    """NaN or Infinity, which JSON has no word for."""

    __slots__ = ()


class Piece(NamedTuple):
    """An object, where its bytes begin and end, and the line and column of its beginning."""

    told: dict[str, Any]
    start: int
    end: int
    line: int
    column: int

    def moved(self, problem: Problem) -> Problem:
        """Return a problem of the object's own bytes as one of the whole text."""
        column = problem.column + (self.column - 1 if problem.line == 1 else 0)
        line = problem.line + self.line - 1
        return Problem(problem.problem, line=line, column=column, field=problem.field)


class _TwiceSaid(Exception):
    """A name stands twice in one object."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceSaid(next(name for name in names if names.count(name) > 1))
    return found


DECODER = json.JSONDecoder(
    parse_float=Number, parse_int=Number, parse_constant=NotFinite, object_pairs_hook=_once
)


class Pieces:
    """Finds the objects of a text that comes in parts, each cut before an object."""

    def __init__(self) -> None:
        self._lists: list[int] = []  # how many objects each open list has held
        self._envelopes = 0
        self._vain = 0
        self._met = 0
        self._guesses = 0

    @property
    def in_list(self) -> bool:
        """Whether a list is open."""
        return bool(self._lists)

    def take(self, raw: bytes) -> Iterator[Piece | Problem]:
        """Yield the objects of a part, and a `Problem` in place of a bad one."""
        places = _Places(raw)
        text, place = places.text, places.first
        self._met += len(raw)
        while (place := _end(BETWEEN, text, place)) < len(text):
            if self._vain > MOST_VAIN + VAIN_A_BYTE * self._met:
                yield places.problem(place, "too much is damaged; from here on nothing is read")
                return
            letter = text[place]
            if letter == "{":
                place, piece = self._object(places, place)
                if piece is not None:
                    yield piece
            elif letter == "[":
                self._lists.append(0)
                place += 1
                if len(self._lists) > DEEPEST:
                    self._lists.clear()
                    yield places.problem(place, f"lists stand more than {DEEPEST} deep")
                    place = places.next_line(place)
            elif letter == "]" and self._lists:
                if not self._lists.pop():
                    yield places.problem(place, "a list holds no message")
                place += 1
                if self._envelopes and not self._lists:
                    self._envelopes -= 1
                    place = _behind(text, place)
            else:
                yield places.problem(place, "this is no JSON: neither an object nor a list")
                place = self._behind_value(places, place)

    def finish(self, raw: bytes) -> Iterator[Problem]:
        """Yield what is wrong with the end, after the last part, which is given again."""
        if self._lists:
            yield problem_at(raw, len(raw), "a list does not end: what followed is lost")

    def _object(self, places: _Places, place: int) -> tuple[int, Piece | Problem | None]:
        """Where to go on, and the object that begins here, or what is wrong with it."""
        text = places.text
        envelope = ENVELOPE.match(text, place)
        if envelope is not None and not self._lists:
            self._envelopes += 1
            return envelope.end(), None
        if self._lists:
            self._lists[-1] += 1
        try:
            told, end = self._decoded(places, place)
        except json.JSONDecodeError as error:
            seen = error.pos + (place if len(error.doc) < len(text) else 0)
            why = f"this is no JSON: {error.msg}"
        except RecursionError:
            seen, why = _too_deep(text, place), f"objects stand more than {DEEPEST} deep"
        except _TwiceSaid as twice:
            return self._said_twice(places, place, str(twice))
        else:
            return end, places.piece(told, place, end)
        self._vain += seen - place
        following = places.next_line(place)
        if seen >= following:
            seen, why = following, "this is no JSON: the object does not end"
        return following, places.problem(seen, why)

    def _behind_value(self, places: _Places, place: int) -> int:
        """Where to go on behind what is no object: in a list behind a value, else in a line."""
        if self._lists:
            try:
                return max(DECODER.raw_decode(places.text, place)[1], place + 1)
            except (json.JSONDecodeError, RecursionError, _TwiceSaid):
                pass
        return places.next_line(place)

    def _decoded(self, places: _Places, place: int) -> tuple[dict[str, Any], int]:
        """
        Return the object that begins here, and where it ends.

        An error counts the lines of all the text it was given, so that the lines of an object are
        tried alone before, and whether it goes on only a few times.
        """
        text, last = places.text, place + LONGEST_GUESS
        following = places.next_line(place, last)
        if following < last:
            alone = text[place:following]
            try:
                told, end = DECODER.raw_decode(alone)
            except json.JSONDecodeError as error:
                if error.pos < len(alone.rstrip()) or self._guesses == MOST_GUESSES:
                    raise
                self._guesses += 1
            else:
                return told, place + end
        return DECODER.raw_decode(text, place)

    def _said_twice(self, places: _Places, place: int, name: str) -> tuple[int, Problem]:
        """Go on behind the object, or on the next line where that is no JSON either."""
        try:
            _, end = json.JSONDecoder().raw_decode(places.text, place)
        except (json.JSONDecodeError, RecursionError):
            end = places.next_line(place)
        at = places.text.rfind(json.dumps(name), place, end)
        return end, places.problem(max(at, place), "stands twice", name[:40])


class _Places:
    """A text, and where in its bytes each of its letters stands."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.first = 1 if raw.startswith(BYTE_ORDER_MARK) else 0
        self.text = raw.decode("utf-8", "surrogateescape")
        self._plain = raw.isascii()
        self._letter, self._byte = 0, 0
        self._counted, self._lines, self._line_start = 0, 0, 0

    def byte(self, letter: int) -> int:
        """Return the place in the bytes; letters are asked for mostly in order."""
        if self._plain:
            return letter
        if letter < self._letter:
            self._letter, self._byte = 0, 0
        between = self.text[self._letter : letter].encode("utf-8", "surrogateescape")
        self._letter, self._byte = letter, self._byte + len(between)
        return self._byte

    def line_and_column(self, byte: int) -> tuple[int, int]:
        """Return them for a place; counted on from the last one, for there may be many."""
        if byte < self._line_start:
            self._counted, self._lines, self._line_start = 0, 0, 0
        if byte > self._counted:
            self._lines += self.raw.count(b"\n", self._counted, byte)
            self._line_start = max(
                self.raw.rfind(b"\n", self._counted, byte) + 1, self._line_start
            )
            self._counted = byte
        return self._lines + 1, byte - self._line_start + 1

    def problem(self, letter: int, told: str, field: str = "") -> Problem:
        line, column = self.line_and_column(self.byte(letter))
        return Problem(told, line=line, column=column, field=field)

    def piece(self, told: dict[str, Any], place: int, end: int) -> Piece | Problem:
        start = self.byte(place)
        stop = self.byte(end)
        line, column = self.line_and_column(start)
        found = Piece(told, start, stop, line, column)
        wrong, at = "", 0
        if stop - start > LARGEST:
            wrong = f"a message of more than {LARGEST:,} bytes"
        elif not self._plain:
            try:
                self.raw[start:stop].decode()
            except UnicodeDecodeError as error:
                wrong, at = "is not UTF-8", error.start
        return found.moved(problem_at(self.raw[start:stop], at, wrong)) if wrong else found

    def next_line(self, place: int, last: int = sys.maxsize) -> int:
        """Return where the next line begins that may begin an object, no deeper than here."""
        last = min(last, len(self.text))
        line = self.text.rfind("\n", 0, place) + 1
        indent = place - line if self.text[line:place].isspace() else 0
        pattern = re.compile(rf"\n[ \t]{{0,{min(indent, 99)}}}(?=[\[\]{{])")
        found = pattern.search(self.text, place, last)
        return found.end() if found else last


def _end(pattern: re.Pattern[str], text: str, place: int) -> int:
    found = pattern.match(text, place)
    return found.end() if found else place


def _behind(text: str, place: int, depth: int = 1) -> int:
    """Where an object ends that is open here, and whose rest nobody needs."""
    for found in BRACKET.finditer(text, place):
        depth += (found[0] in "[{") - (found[0] in "]}")
        if depth == 0:
            return found.end()
    return len(text)


def _too_deep(text: str, place: int) -> int:
    """Where an object becomes deeper than any message."""
    depth = 0
    for found in BRACKET.finditer(text, place):
        depth += (found[0] in "[{") - (found[0] in "]}")
        if depth > DEEPEST:
            return found.start()
    return place
