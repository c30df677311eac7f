"""Streams made to hurt, as far as they are asked for; the good is before and after the bad."""

from __future__ import annotations

import lzma
import random
import zlib
from collections.abc import Callable, Iterator

import zstandard

from tests.formats_case import TLE_ALL

GOOD = f"\n{TLE_ALL}".encode()
MIB = 1 << 20


class Stream:
    """Pieces one after the other, read as from a pipe; `given` counts their bytes."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self.given = 0

    def read(self, _: int) -> bytes:
        piece = next(self._pieces, b"")
        self.given += len(piece)
        return piece


def among_good(piece: bytes, count: int) -> Iterator[bytes]:
    yield GOOD
    for _ in range(count):
        yield piece
    yield b"\n" + GOOD


def packed_zeros(packer: object, count: int) -> Iterator[bytes]:
    """So many MiB of zero bytes, packed as they are asked for."""
    zeros = bytes(MIB)
    for _ in range(count):
        if piece := packer.compress(zeros):  # type: ignore[attr-defined]
            yield piece
    yield packer.flush()  # type: ignore[attr-defined]


NOISE = random.Random(7)  # noqa: S311 - the same noise in every run
STREAMS: dict[str, Callable[[], Stream]] = {
    "noise": lambda: Stream(among_good(NOISE.randbytes(MIB), 200)),
    "zeros": lambda: Stream(among_good(bytes(MIB), 1500)),
    "short lines": lambda: Stream(among_good(b"x\n" * (MIB // 2), 40)),
    "one line": lambda: Stream(among_good(b"1 25544U 98067A " * (MIB // 16), 1500)),
    "braces": lambda: Stream(among_good(b"{" * MIB, 25)),
    "nested json": lambda: Stream(among_good(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 1)),
    "gzip bomb": lambda: Stream(packed_zeros(zlib.compressobj(9, wbits=31), 500)),
    "xz bomb": lambda: Stream(packed_zeros(lzma.LZMACompressor(preset=0), 500)),
    "zstd bomb": lambda: Stream(packed_zeros(zstandard.ZstdCompressor().compressobj(), 500)),
}
