"""The lines of a block of text, sorted into lines of element sets and others."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Ints
from commonsky.catalogue.catalogue import Texts
from commonsky.formats.gathering import Bools, plain_text
from commonsky.formats.sniff import LONGEST_BEGINNING, SHORTEST_TLE_LINE, SIGNS
from commonsky.formats.tle_fields import LENGTH

LONGEST_NAME = 100
NEWLINE, RETURN, TAB, BLANK, HASH, ONE, TWO, MARK = b"\n\r\t #12\xef"
PLAIN = bytes([NEWLINE, RETURN, *range(BLANK, 127)])
OPENING = np.zeros(256, dtype=np.bool_)
OPENING[list(b"<{[")] = True
LEADING = re.compile(rb"\A(?:\s|\xef\xbb\xbf)+")
MAY_SHIFT = np.zeros(256, dtype=np.bool_)
MAY_SHIFT[[TAB, BLANK, RETURN, MARK]] = True


class Lines:
    """
    The lines of a block that are neither blank nor comments, as columns.

    `number` counts from 1 over the whole input.  A line is `first` or `second` of an element
    set by how it begins; a short one only beside its partner, for names may begin so too.
    """

    def __init__(self, block: bytes, line: int) -> None:
        self._block = block
        self._letters = np.frombuffer(block, dtype=np.uint8)
        start, end, number = self._bounds(line)
        first_letter = self._letters[start]
        second_letter = self._letters[np.minimum(start + 1, len(block) - 1)]
        number_blank = second_letter == BLANK
        length = end - start
        long = length >= SHORTEST_TLE_LINE
        one, two = (first_letter == ONE) & number_blank, (first_letter == TWO) & number_blank
        self.start, self.length, self.number = start, length, number
        self.is_second = two & (long | after(one))
        self.is_first = one & (long | before(self.is_second))
        self.is_other = ~self.is_first & ~self.is_second
        self._may_be_first = one
        strange = block.translate(None, PLAIN)
        self._odd = bool(strange) or block.count(b"\r") != block.count(b"\r\n")
        self._is_name = self._names()

    def __len__(self) -> int:
        return len(self.start)

    def settled(self) -> int:
        """Return how many lines cannot belong to an element set that goes on after the block."""
        last = len(self) - 1
        if last < 0 or self.is_second[last]:
            return last + 1
        return last - bool(self._may_be_first[last] and last > 0 and self.is_other[last - 1])

    def raw(self, place: int) -> bytes:
        """Return a line, or the first kilobytes of it."""
        start = int(self.start[place])
        return self._block[start : start + min(int(self.length[place]), LONGEST_BEGINNING)]

    def could_begin(self, places: Ints) -> Bools:
        """Whether lines are worth asking if another format begins there."""
        opens = OPENING[self._letters[self.start[places]]]
        signs = [sign for sign in SIGNS if sign in self._block]
        if signs:
            for row in np.flatnonzero(~opens).tolist():
                raw = self.raw(int(places[row]))
                opens[row] = any(sign in raw for sign in signs)
        return opens

    def columns(self, places: Ints) -> NDArray[np.uint8]:
        """(69, n) letters of lines that are so long."""
        return self._letters[self.start[places] + np.arange(LENGTH)[:, None]]

    def names(self, places: Ints) -> Texts:
        """(n,) names of the element sets whose line 1 is there; "" for those without."""
        named = self.is_name(places - 1)
        start = np.where(named, self.start[places - 1], 0)
        end = start + np.where(named, self.length[places - 1], 0)
        bounds = zip(start.tolist(), end.tolist(), strict=True)
        if not self._odd:
            text = self._block.decode("ascii")
            names = [text[begin:stop] for begin, stop in bounds]
        else:
            names = [_text(self._block[begin:stop]) for begin, stop in bounds]
        return np.array([name.removeprefix("0 ").strip() for name in names], dtype=np.str_)

    def is_name(self, places: Ints) -> Bools:
        """Whether lines can be names; place -1 is none."""
        return (places >= 0) & self._is_name[places]

    def _names(self) -> Bools:
        """(n,) whether each line is a printable text before a line 1."""
        name = self.is_other & (self.length <= LONGEST_NAME) & before(self.is_first)
        if self._odd:
            for place in np.flatnonzero(name).tolist():
                name[place] = _text(self.raw(place)).isprintable()
        return name

    def _bounds(self, line: int) -> tuple[Ints, Ints, Ints]:
        """Where each line starts and ends, without what surrounds it, and its number."""
        newline = np.flatnonzero(self._letters == NEWLINE)
        start = np.append(0, newline + 1)
        end = np.append(newline, len(self._block))
        number = np.arange(line, line + len(start))
        full = end > start
        start, end, number = start[full], end[full], number[full]
        if len(start) == 0:
            return start, end, number
        end -= self._letters[end - 1] == RETURN
        self._strip(start, end)
        kept = np.flatnonzero(end > start)
        kept = kept[self._letters[start[kept]] != HASH]
        return start[kept], end[kept], number[kept]

    def _strip(self, start: Ints, end: Ints) -> None:
        """Take white space off lines of elements, and off lines that begin with it."""
        first = self._letters[start]
        numbered = (first == ONE) | (first == TWO)
        odd = MAY_SHIFT[first] | (numbered & (end - start != LENGTH))
        for row in np.flatnonzero(odd).tolist():
            raw = self._block[start[row] : end[row]]
            text = LEADING.sub(b"", raw, 1)
            start[row] += len(raw) - len(text)
            end[row] = start[row] + len(text.rstrip())


def _text(raw: bytes) -> str:
    return plain_text(raw).replace("\t", " ")


def before(which: Bools) -> Bools:
    """Whether each line is directly before one of these."""
    return np.append(which[1:], np.zeros(min(len(which), 1), dtype=np.bool_))


def after(which: Bools) -> Bools:
    """Whether each line is directly after one of these."""
    return np.append(np.zeros(min(len(which), 1), dtype=np.bool_), which[:-1])
