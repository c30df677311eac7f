"""
Messages in JSON that come in blocks without end: read one by one in bounded memory, and counted.

A message that is bad costs only itself, and one that is too long is dropped as it comes.  What
is taken for the beginning of an object is a line that begins with one, in a list up to two blanks
in; a list without lines is cut behind an object.  An envelope must fit into what is held.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from commonsky.formats.ndm_json import read_object
from commonsky.formats.ndm_json_pieces import Piece, Pieces
from commonsky.formats.ndm_lines import Problem
from commonsky.formats.ndm_transcript import Transcribed

LARGEST_HELD = 1 << 26  # bytes of one message
BEGINS = re.compile(rb"\n\{")
BEGINS_IN_LIST = re.compile(rb"\n[ \t]{0,2}\{")
BRACES = re.compile(rb'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|[{}]')
LONGEST_BEGINNING = 4
FIRST_PATIENCE = 1 << 21  # bytes without a line that begins an object


class MessageStream:
    """
    Reads messages as blocks come, and counts them: each is accepted or quarantined.

    `raw` of a message is the bytes of its object alone, in which its deviations count lines; a
    `Problem` tells the line of the whole stream.
    """

    def __init__(self, *, strict: bool = False) -> None:
        self.strict = strict
        self.accepted = 0
        self.quarantined = 0
        self._pieces = Pieces()
        self._held = bytearray()
        self._searched = 0  # of what is held, in vain
        self._lines = 0  # before what is held
        self._lost = False
        self._patience = FIRST_PATIENCE

    @property
    def read(self) -> int:
        """How many messages were met."""
        return self.accepted + self.quarantined

    def messages(self, blocks: Iterable[bytes]) -> Iterator[Transcribed | Problem]:
        """Yield each message, and in place of a bad one its `Problem`; blocks are cut anywhere."""
        for block in blocks:
            # In parts, so that a block may be as large as it likes.
            for start in range(0, len(block), LARGEST_HELD):
                yield from self._take(block[start : start + LARGEST_HELD])
        yield from self._finish()

    def _take(self, block: bytes) -> Iterator[Transcribed | Problem]:
        self._held += block
        cut = self._cut()
        if self._lost:
            self._drop(cut if cut > 0 else len(self._held) - LONGEST_BEGINNING)
            self._lost = cut <= 0
            cut = 0 if cut <= 0 else self._cut()
        elif cut <= 0 and len(self._held) > self._patience:
            cut = _last_end(self._held)
            # What was searched in vain is searched again when it has doubled.
            self._patience = FIRST_PATIENCE if cut > 0 else 2 * self._patience
        if cut > 0:
            yield from self._read(cut)
        elif len(self._held) > LARGEST_HELD and not self._lost:
            told = f"a message of more than {LARGEST_HELD:,} bytes"
            yield self._counted(Problem(told, line=self._lines + 1, column=1))
            self._lost = True
            self._drop(len(self._held) - LONGEST_BEGINNING)

    def _cut(self) -> int:
        """Where the last object begins that is not known to be whole; 0 if nothing is before."""
        last = 0
        in_list = (
            self._pieces.in_list or self._held[:99].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"["
        )
        begins = BEGINS_IN_LIST if in_list else BEGINS
        for found in begins.finditer(self._held, max(self._searched - LONGEST_BEGINNING, 0)):
            last = found.start() + 1
            if self._lost:
                break
        self._searched = len(self._held)
        return last

    def _drop(self, size: int) -> None:
        size = max(size, 0)
        self._lines += self._held.count(b"\n", 0, size)
        del self._held[:size]
        self._searched = 0

    def _read(self, size: int) -> Iterator[Transcribed | Problem]:
        part = bytes(self._held[:size])
        lines = self._lines
        self._drop(size)
        for piece in self._pieces.take(part):
            if isinstance(piece, Problem):
                yield self._counted(_moved(piece, lines))
                continue
            raw = part[piece.start : piece.end]
            place = piece.line + lines, piece.column
            found = read_object(Piece(piece.told, 0, len(raw), *place), raw, strict=self.strict)
            yield self._counted(found)

    def _finish(self) -> Iterator[Transcribed | Problem]:
        if self._held and not self._lost:
            yield from self._read(len(self._held))
        for problem in self._pieces.finish(b""):
            yield self._counted(_moved(problem, self._lines))

    def _counted(self, found: Transcribed | Problem) -> Transcribed | Problem:
        if isinstance(found, Problem):
            self.quarantined += 1
        else:
            self.accepted += 1
        return found


def _last_end(held: bytearray) -> int:
    """Where the last whole object ends that stands in no other; 0 if none does."""
    depth, last = 0, 0
    for found in BRACES.finditer(held):
        depth += (found[0] == b"{") - (found[0] == b"}")
        if depth == 0 and found[0] == b"}":
            last = found.end()
    return last


def _moved(problem: Problem, lines: int) -> Problem:
    return Problem(
        problem.problem, line=problem.line + lines, column=problem.column, field=problem.field
    )
