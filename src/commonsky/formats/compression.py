"""Unpacking of gzip, xz and zstd as a stream, in bounded memory: bytes in, bytes out."""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

import zstandard

PIECE = 1 << 20
ZSTD_SIP = 1 << 10
MOST_MEMORY = 1 << 27  # of a dictionary; the strongest usual settings need half of it
GZIP, XZ, ZSTD = b"\x1f\x8b", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"
LONGEST_MAGIC = 6


class Unpacked:
    """
    The content of a stream that may be compressed, in pieces of some megabytes at most.

    By its first bytes, not its name.  Where it cannot be unpacked further, the pieces end and
    `problem` says why; what came before stands.
    """

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.problem = ""
        self.form = ""
        self.packed_bytes = 0
        self._packed = iter(pieces)

    def __iter__(self) -> Iterator[bytes]:
        beginning = b""
        while len(beginning) < LONGEST_MAGIC and (piece := next(self._packed, b"")):
            beginning += piece
        packed = self._counted(beginning)
        try:
            if beginning.startswith(GZIP):
                self.form = "gzip"
                yield from _members(packed, _Gzip, GZIP)
            elif beginning.startswith(XZ):
                self.form = "xz"
                yield from _members(packed, _Xz, XZ)
            elif beginning.startswith(ZSTD):
                self.form = "zstd"
                yield from _members(packed, _Zstd, ZSTD)
            else:
                yield from packed
        except (EOFError, lzma.LZMAError, zlib.error, zstandard.ZstdError) as error:
            self.problem = f"the {self.form} data are damaged or cut off: {error}"

    def _counted(self, beginning: bytes) -> Iterator[bytes]:
        piece = beginning
        while piece:
            self.packed_bytes += len(piece)
            yield piece
            piece = next(self._packed, b"")


class _Member(Protocol):
    """One of the streams of which a compressed file may have several."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def pieces(self, packed: bytes) -> Iterator[bytes]: ...


class _Gzip:
    """A member of a gzip file."""

    def __init__(self) -> None:
        self._unpacker = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._unpacker.eof

    @property
    def unused_data(self) -> bytes:
        return self._unpacker.unused_data

    def pieces(self, packed: bytes) -> Iterator[bytes]:
        while True:
            yield self._unpacker.decompress(packed, PIECE)
            packed = self._unpacker.unconsumed_tail
            if not packed or self.eof:
                return


class _Xz:
    """A stream of an xz file."""

    def __init__(self) -> None:
        self._unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MOST_MEMORY)

    @property
    def eof(self) -> bool:
        return self._unpacker.eof

    @property
    def unused_data(self) -> bytes:
        return self._unpacker.unused_data

    def pieces(self, packed: bytes) -> Iterator[bytes]:
        yield self._unpacker.decompress(packed, PIECE)
        while not self.eof and not self._unpacker.needs_input:
            yield self._unpacker.decompress(b"", PIECE)


class _Zstd:
    """A frame of a zstd file."""

    def __init__(self) -> None:
        unpacker = zstandard.ZstdDecompressor(max_window_size=MOST_MEMORY)
        self._unpacker = unpacker.decompressobj()
        self._unused = b""

    @property
    def eof(self) -> bool:
        return self._unpacker.eof

    @property
    def unused_data(self) -> bytes:
        return self._unused

    def pieces(self, packed: bytes) -> Iterator[bytes]:
        # It unpacks all it is given at once, and a block of four bytes may hold 128 KiB.
        unpacked = b""
        try:
            for start in range(0, len(packed), ZSTD_SIP):
                unpacked += self._unpacker.decompress(packed[start : start + ZSTD_SIP])
                if self.eof:
                    self._unused = self._unpacker.unused_data + packed[start + ZSTD_SIP :]
                    break
                if len(unpacked) >= PIECE:
                    yield unpacked
                    unpacked = b""
        except zstandard.ZstdError:
            # What came before the damage stands.
            yield unpacked
            raise
        yield unpacked


def _members(packed: Iterable[bytes], new: type[_Member], magic: bytes) -> Iterator[bytes]:
    """Content of one member after the other; zero bytes may pad the end."""
    member: _Member | None = None
    waiting = b""
    for piece in packed:
        waiting += piece
        while waiting:
            if member is None:
                waiting = waiting.lstrip(b"\x00")
                if len(waiting) < len(magic):
                    break
                member = new()
            yield from member.pieces(waiting)
            waiting = b""
            if member.eof:
                waiting, member = member.unused_data, None
    if member is not None or waiting:
        raise EOFError("its end is missing" if member is not None else "more stands after its end")
