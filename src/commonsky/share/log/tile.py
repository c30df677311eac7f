"""
Tiles and bundles: a log as immutable files of 256.

Reference: C2SP tlog-tiles.  Bundles of bodies beside the entries are ours: four bytes of length
and as many of nonce and content; a length of 0 is a body that was purged.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from commonsky.errors import FeedRefused

HEIGHT, WIDTH = 8, 256  # of the tree that a tile stands for
LONGEST_ENTRY = 0xFFFF
LONGEST_BODY = 100_000
ENTRIES_BYTES = WIDTH * (2 + LONGEST_ENTRY)
BODIES_BYTES = WIDTH * (4 + LONGEST_BODY)
TILE_BYTES = WIDTH * 32
ENTRIES, BODIES = "entries", "bodies"
ENTRY_LENGTH, BODY_LENGTH = struct.Struct(">H"), struct.Struct(">I")


def path(level: int | str, index: int, width: int = WIDTH) -> str:
    """Return where a tile, or a bundle, of so many hashes or entries lies."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"


def width_at(level: int, index: int, size: int) -> int:
    """Return how many hashes a tile holds in a tree of this size; 0 where there is no such."""
    return max(0, min(WIDTH, (size >> (HEIGHT * level)) - index * WIDTH))


def widths(size: int) -> Iterator[tuple[int | str, int, int]]:
    """Yield level, index and width of every tile and bundle of a log of this size."""
    level = 0
    while size >> (HEIGHT * level):
        kinds: tuple[int | str, ...] = (level,) if level else (ENTRIES, BODIES, level)
        for index in range(-(-(size >> (HEIGHT * level)) // WIDTH)):
            width = width_at(level, index, size)
            yield from ((kind, index, width) for kind in kinds)
        level += 1


def paths_beyond(settled: int, size: int) -> list[str]:
    """Return the files of a log of this size that one of the other size does not have."""
    before = set(widths(settled))
    return [path(*one) for one in widths(size) if one not in before]


def fits(entry: bytes, body: bytes) -> bool:
    """Whether a log can carry an entry with a body, nonce included."""
    return len(entry) <= LONGEST_ENTRY and len(body) <= LONGEST_BODY


def bundle(entries: Sequence[bytes]) -> bytes:
    """Return entries as a bundle."""
    return b"".join([piece for one in entries for piece in (len(one).to_bytes(2), one)])


def bodies(contents: Sequence[bytes]) -> bytes:
    """Return bodies, nonce and content of each, as a bundle; b"" is one that was purged."""
    return b"".join([piece for one in contents for piece in (len(one).to_bytes(4), one)])


def split_bundle(content: bytes, count: int) -> list[bytes]:
    """Return the entries of a bundle, which must be exactly so many."""
    return _split(content, count, ENTRY_LENGTH, "entries")


def split_bodies(content: bytes, count: int) -> list[bytes]:
    """Return the bodies of a bundle, which must be exactly so many."""
    found = _split(content, count, BODY_LENGTH, "bodies")
    if max(map(len, found), default=0) > LONGEST_BODY:
        raise FeedRefused("oversized", f"a body has more than {LONGEST_BODY} bytes")
    return found


def _split(content: bytes, count: int, length: struct.Struct, what: str) -> list[bytes]:
    found, at, step, unpack = [], 0, length.size, length.unpack_from
    try:
        for _ in range(count):
            end = at + step + unpack(content, at)[0]
            found.append(content[at + step : end])
            at = end
    except struct.error:
        raise FeedRefused("malformed", f"a bundle ends before its {count} {what}") from None
    if at != len(content):
        raise FeedRefused("malformed", f"a bundle of {count} {what} has another length than they")
    return found
