"""
Realms: operations, an exercise, a test; never mixed.

A realm is a set of keys and a ledger.  In files, which carry no key, COMMENT REALM and an
ORIGINATOR ending in -EX say that something is no operations.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from commonsky.catalogue.catalogue import SYNTHETIC_FIRST, SYNTHETIC_LAST
from commonsky.errors import NodeError

OPS, TEST = "ops", "test"
EXERCISE_SUFFIX, MARK = "-EX", b"-EX"
NAME = re.compile(r"ops|test|exercise/[A-Za-z0-9_.-]{1,64}")

# In KVN, XML and JSON alike; spaces are bounded so that no input makes the search slow.
TOLD_REALM = re.compile(rb"\bREALM\s{0,9}=\s{0,9}(exercise/[A-Za-z0-9_.-]{1,64}|test\b)")
TOLD_ORIGINATOR = re.compile(
    rb"\bORIGINATOR\"?\s{0,9}[:=>]\s{0,9}\"?([^\"<\r\n]{0,100}-EX)\s{0,9}[\"<\r\n]"
)
OVERLAP_BYTES = 512  # longer than anything that is looked for
LONGEST_LINE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Realm:
    """One realm, and what it takes in and gives out."""

    name: str

    @classmethod
    def parsed(cls, text: str) -> Self:
        """Return the realm of a name: ops, test or exercise/<id>."""
        if not NAME.fullmatch(text):
            raise NodeError(
                f"a realm is ops, test or exercise/<id>, as exercise/gs26: not {text!r}"
            )
        return cls(text)

    @property
    def is_ops(self) -> bool:
        """Whether this is the real thing."""
        return self.name == OPS

    @property
    def comments(self) -> tuple[str, ...]:
        """What each exported message says in COMMENT lines."""
        return () if self.is_ops else (f"REALM = {self.name}",)

    def originator(self, name: str) -> str:
        """Return the ORIGINATOR of an exported message."""
        marked = name.endswith(EXERCISE_SUFFIX)
        if self.is_ops and marked:
            raise NodeError(f"{name} is the originator of an exercise, but the realm is ops")
        return name if marked or self.is_ops else name + EXERCISE_SUFFIX

    @property
    def simulated(self) -> range:
        """The catalogue numbers that this realm refuses: operations refuse simulated objects."""
        return range(SYNTHETIC_FIRST, SYNTHETIC_LAST + 1) if self.is_ops else range(0)

    def refused_numbers(self, catalogue_number: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(n,) whether this realm refuses an object."""
        number, refused = np.asarray(catalogue_number), self.simulated
        return (number >= refused.start) & (number < refused.stop)

    def problem(self, realms: Collection[str], exercise_originators: Collection[str]) -> str:
        """
        Return why a file that says so of itself does not belong here, "" where it does.

        What names a realm belongs to that one alone.  What names none is taken for real, which
        exercises and tests may use too.
        """
        others = sorted({*realms} - {self.name})
        if others:
            return f"it is of the realm {others[0]}, and this node's is {self.name}"
        if self.is_ops and exercise_originators:
            return f"its originator {min(exercise_originators)} is that of an exercise"
        return ""


@dataclass(slots=True)
class Told:
    """What a file says of its realm, read piece by piece; KVN, XML, JSON and CSV."""

    realms: set[str] = field(default_factory=set)
    originators: set[str] = field(default_factory=set)  # those that end in -EX
    _rest: bytes = b""
    _line: bytes = b""
    _column: Callable[[str], str] | None = None
    _heading: bool = True

    def feed(self, piece: bytes) -> None:
        """Read on."""
        whole = self._rest + piece
        # Plain searches first: few files hold what the slow ones look for.
        if b"REALM" in whole:
            for found in TOLD_REALM.finditer(whole):
                # A name that goes on in the next piece is read again with it.
                if found.end() < len(whole):
                    self.realms.add(found[1].decode())
        if MARK in whole:
            for found in TOLD_ORIGINATOR.finditer(whole):
                self.originators.add(found[1].decode("utf-8", "replace").strip())
        self._rest = whole[-OVERLAP_BYTES:]
        self._feed_lines(piece)

    def close(self) -> None:
        """Say that this was all."""
        self.feed(b"\n")

    def _feed_lines(self, piece: bytes) -> None:
        """Look into the column ORIGINATOR of CSV; other formats have no lines for this."""
        if self._column is None and not self._heading:
            return
        block = self._line + piece
        if self._heading:
            heading, end, block = block.partition(b"\n")
            if end:
                self._column, self._heading = _column_of(heading), False
            else:
                block = heading
        if self._column is not None and MARK in block:
            for line in block.split(b"\n")[:-1]:
                name = self._column(line.decode("utf-8", "replace"))
                if name.endswith(EXERCISE_SUFFIX):
                    self.originators.add(name)
        self._line = block.rpartition(b"\n")[2]
        if len(self._line) > LONGEST_LINE_BYTES:
            self._column, self._heading, self._line = None, False, b""


def told_by(content: bytes) -> Told:
    """Return what a whole file says of its realm."""
    told = Told()
    told.feed(content)
    told.close()
    return told


def _column_of(heading: bytes) -> Callable[[str], str] | None:
    """How to read the originator from a line under this heading; None if it has none."""
    text = heading.decode("utf-8", "replace").strip("\ufeff\r ")
    for delimiter in ",;\t|":
        names = [name.strip().strip('"').upper() for name in text.split(delimiter)]
        if len(names) > 1 and "ORIGINATOR" in names:
            place = names.index("ORIGINATOR")
            return lambda line: _field(line, delimiter, place)
    return None


def _field(line: str, delimiter: str, place: int) -> str:
    if '"' not in line:
        row = line.split(delimiter)
    else:
        try:
            row = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            return ""  # no line that any reader of ours takes
    return row[place].strip() if place < len(row) else ""
