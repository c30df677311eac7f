"""A stream of bytes in any mix of formats, read section by section: bytes in, tables out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from commonsky.formats.gathering import Gathering, Taken, plain_text
from commonsky.formats.omm_csv import CsvReader
from commonsky.formats.omm_json import JsonReader
from commonsky.formats.omm_kvn import KvnReader
from commonsky.formats.omm_xml import XmlReader
from commonsky.formats.sniff import Format, format_begun_by
from commonsky.formats.tle import TleReader

LONGEST_LINE = 65_536
MOST_HELD = 4_194_304  # bytes that wait for what follows them


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
    where another format begins.  What no reader wants is set aside line by line.
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
            # The newline stays, and ends what was skipped as an empty line.
            chunk, self._skipping = chunk[end:], False
        self._rest += chunk
        while self._read_some(final=len(self._rest) > MOST_HELD):
            pass

    def close(self) -> None:
        """Read what is left: nothing comes after it."""
        while self._read_some(final=True):
            pass

    def _read_some(self, *, final: bool) -> bool:
        """Read a part of what is held; whether there may be more to read in it."""
        block = self._whole_lines(final=final) if self._reader.whole_lines else self._rest
        if not block:
            return self._skip_long_line()
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

    def _whole_lines(self, *, final: bool) -> bytes:
        return self._rest if final else self._rest[: self._rest.rfind(b"\n") + 1]

    def _advance(self, used: int) -> None:
        self.line += self._rest.count(b"\n", 0, used)
        self._rest = self._rest[used:]

    def _refuse_line(self, reason: str) -> None:
        end = self._rest.find(b"\n") + 1 or len(self._rest)
        self.gathering.refuse(self.line, "", reason, plain_text(self._rest[: min(end, 200)]))
        self._advance(end)

    def _skip_long_line(self) -> bool:
        """Where a line has grown too long: see what begins with it, or skip the rest of it."""
        if len(self._rest) <= LONGEST_LINE:
            return False
        begun = format_begun_by(self._rest)
        if begun not in {None, Format.CSV}:
            self._begin(begun)
            return True
        self.gathering.refuse(
            self.line,
            "",
            f"a line of more than {LONGEST_LINE} bytes",
            plain_text(self._rest[:200]),
        )
        self._rest, self._skipping = b"", True
        return False
