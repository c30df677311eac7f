"""A stream of bytes in any mix of formats, read section by section: bytes in, tables out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from commonsky.formats.gathering import Gathering, Taken, plain_text
from commonsky.formats.omm_csv import CsvReader
from commonsky.formats.omm_json import JsonReader
from commonsky.formats.omm_kvn import KvnReader
from commonsky.formats.omm_xml import XmlReader
from commonsky.formats.sniff import LONGEST_LINE, Format, format_begun_by
from commonsky.formats.tle import TleReader


class Reader(Protocol):
    """What reads one format, out of whole lines or out of any bytes."""

    whole_lines: bool

    def take(self, block: bytes, line: int, *, final: bool) -> Taken:
        """Read what is settled of a block that begins in this line of the input."""
        ...


READERS: dict[Format, Callable[[Gathering], Reader]] = {
    Format.TLE: TleReader,
    Format.CSV: CsvReader,
    Format.JSON: JsonReader,
    Format.XML: XmlReader,
    Format.KVN: KvnReader,
}


class Sections:
    """
    Feeds each section of a stream to the reader of its format.

    At rest the reader is that of TLE: it looks at every line that is no element set, and notices
    where another format begins.  What no reader wants is set aside line by line.  How the bytes
    are cut into chunks changes nothing, and what waits for its end is less than a megabyte.
    """

    def __init__(self, gathering: Gathering) -> None:
        self.gathering = gathering
        self._reader: Reader = TleReader(gathering)
        self._rest = b""
        self.line = 1  # of the input, where reading has come to
        self._skipping = False
        self._fresh = True  # the reader has used nothing yet

    def feed(self, chunk: bytes) -> None:
        """Read what can be read with these further bytes, best some 100 KiB to 1 MiB."""
        if self._skipping:
            end = chunk.find(b"\n")
            if end < 0:
                return
            chunk, self._skipping = chunk[end:], False
        self._rest += chunk
        while self._read_some(final=False):
            pass

    def close(self) -> None:
        """Read what is left: nothing comes after it."""
        while self._read_some(final=True):
            pass
        self._reader.take(b"", self.line, final=True)
        self.gathering.quarantined.sort(key=lambda one: one.line)

    def _read_some(self, *, final: bool) -> bool:
        """Read a part of what is held; whether there may be more to read in it."""
        block = self._rest
        if self._reader.whole_lines:
            long = _long_line(block)
            if long == 0:
                return self._pass_long_line()
            if long > 0:
                # No record goes on across such a line.
                block, final = block[:long], True
            elif not final:
                block = block[: block.rfind(b"\n") + 1]
        if not block:
            return False
        taken = self._reader.take(block, self.line, final=final)
        self._advance(taken.used)
        self._fresh = self._fresh and taken.used == 0
        if taken.begins is None:
            if final and taken.used == 0:
                self._refuse_line("belongs to no record")
            return bool(final and self._rest)
        if self._fresh and taken.begins is Format.TLE:
            # That reader has looked at this line before, and would send it back.
            self._refuse_line("neither an element set nor its name")
        self._begin(taken.begins)
        return bool(self._rest)

    def _begin(self, begins: Format) -> None:
        self._reader, self._fresh = READERS[begins](self.gathering), True

    def _advance(self, used: int) -> None:
        self.line += self._rest.count(b"\n", 0, used)
        self._rest = self._rest[used:]

    def _refuse_line(self, reason: str) -> None:
        end = self._rest.find(b"\n")
        excerpt = self._rest[: min(end, 200)] if end >= 0 else self._rest[:200]
        self.gathering.refuse(self.line, "", reason, plain_text(excerpt))
        self._skipping = end < 0
        # The newline stays, and ends what was refused as an empty line.
        self._advance(end if end >= 0 else len(self._rest))

    def _pass_long_line(self) -> bool:
        """At a line that is too long: see what begins with it, or refuse it."""
        self._reader.take(b"", self.line, final=True)
        begun = format_begun_by(self._rest)
        if begun in {Format.XML, Format.JSON}:
            self._begin(begun)
        else:
            self._refuse_line(f"a line of more than {LONGEST_LINE} bytes")
        return bool(self._rest)


def _long_line(block: bytes) -> int:
    """Where the first line that is too long begins; -1 if none is."""
    place = 0
    while len(block) - place > LONGEST_LINE:
        newline = block.rfind(b"\n", place, place + LONGEST_LINE + 1)
        if newline < 0:
            return place
        place = newline + 1
    return -1
