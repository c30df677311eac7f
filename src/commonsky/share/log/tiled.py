"""The tree of a checkpoint, read from files as far as it is asked for; none of it is trusted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from commonsky.errors import FeedRefused
from commonsky.share.log import tile
from commonsky.share.log.directory import Missing
from commonsky.share.log.merkle import HASH_BYTES, Frontier, subtree_hash, subtrees
from commonsky.share.log.tile import WIDTH


class Transport(Protocol):
    """Where a log is read from."""

    def read(self, path: str, *, most_bytes: int) -> bytes:
        """Return a file of the log, or raise `PeerUnreachable`, `Missing` or `FeedRefused`."""
        ...


@runtime_checkable
class FarTransport(Transport, Protocol):
    """Where the way is long, so that it pays to ask ahead."""

    def expect(self, paths: Sequence[str]) -> None:
        """Ask for what will be read next, in this order."""
        ...


class TiledLog:
    """A log of a certain size, and the tiles of it that were read."""

    def __init__(self, transport: Transport, size: int) -> None:
        self._transport, self.size = transport, size
        self._tiles: dict[tuple[int, int], bytes] = {}

    def expect(self, first: int, stop: int) -> None:
        """Say that these bundles will be read next, to a transport that can use it."""
        if isinstance(self._transport, FarTransport):
            self._transport.expect(
                [
                    tile.path(kind, index, tile.width_at(0, index, self.size))
                    for index in range(first, stop)
                    for kind in (tile.ENTRIES, tile.BODIES)
                ]
            )

    def entries(self, index: int) -> list[bytes]:
        """Return the entries of a bundle, as far as they belong to this size."""
        content, count = self._read(tile.ENTRIES, index, tile.ENTRIES_BYTES)
        return tile.split_bundle(content, count)[: tile.width_at(0, index, self.size)]

    def bodies(self, index: int) -> list[bytes]:
        """Return the bodies of a bundle, as far as they belong to this size; b"" is purged."""
        content, count = self._read(tile.BODIES, index, tile.BODIES_BYTES)
        return tile.split_bodies(content, count)[: tile.width_at(0, index, self.size)]

    def hashes(self, level: int, index: int) -> bytes:
        """Return the hashes of a tile, joined, as far as they belong to this size."""
        key = (level, index)
        if key not in self._tiles:
            content, count = self._read(level, index, tile.TILE_BYTES)
            if len(content) != count * HASH_BYTES:
                raise FeedRefused("malformed", f"a tile of {count} hashes has another length")
            self._tiles[key] = content[: tile.width_at(*key, self.size) * HASH_BYTES]
        return self._tiles[key]

    def subtree(self, level: int, first: int) -> bytes:
        """Return the root of the perfect subtree of 2^level entries that begins at an entry."""
        floor, height = divmod(level, tile.HEIGHT)
        at = first >> (floor * tile.HEIGHT)
        content = self.hashes(floor, at // WIDTH)
        begin = at % WIDTH * HASH_BYTES
        part = content[begin : begin + (HASH_BYTES << height)]
        return subtree_hash([part[k : k + HASH_BYTES] for k in range(0, len(part), HASH_BYTES)])

    def extended(self, tree: Frontier, size: int) -> Frontier:
        """Return what a tree becomes with the hashes that follow it here, up to a size."""
        whole = tree.copy()
        for level, first in subtrees(tree.size, size):
            whole.append_subtree(level, self.subtree(level, first))
        return whole

    def _read(self, level: int | str, index: int, most_bytes: int) -> tuple[bytes, int]:
        """A file, and of how many it is: of all 256 where the partial one is gone already."""
        width = tile.width_at(level if isinstance(level, int) else 0, index, self.size)
        try:
            path = tile.path(level, index, width)
            return self._transport.read(path, most_bytes=most_bytes), width
        except Missing:
            if width == WIDTH:
                raise FeedRefused("gap", f"{path} is signed, and is not there") from None
        try:
            return self._transport.read(tile.path(level, index), most_bytes=most_bytes), WIDTH
        except Missing:
            raise FeedRefused("gap", f"{path} is signed, and is not there") from None
