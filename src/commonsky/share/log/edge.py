"""The right edge of a tree of tiles: what is needed to make the tiles that come next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from commonsky.share.log.merkle import Frontier, subtree_hash, subtrees
from commonsky.share.log.tile import HEIGHT, WIDTH


@dataclass(frozen=True, slots=True)
class Tile:
    """The hashes of one tile, of 256 where it is full."""

    level: int
    index: int
    hashes: list[bytes]


class Edge:
    """
    A tree that grows by leaves, and tells which tiles that makes.

    `rows` are, level by level, the hashes of the last tile as long as it is partial.
    """

    def __init__(self, size: int = 0, rows: Sequence[list[bytes]] = ()) -> None:
        self.size, self._rows = size, list(rows)

    def grow(self, leaves: Sequence[bytes]) -> Iterator[Tile]:
        """Grow by leaves; yield the tiles that are new or wider than before."""
        before, new, level = self.size, list(leaves), 0
        self.size += len(new)
        while new:
            if level == len(self._rows):
                self._rows.append([])
            row = self._rows[level] + new
            index = before >> (HEIGHT * (level + 1))
            above = []
            while len(row) >= WIDTH:
                full, row = row[:WIDTH], row[WIDTH:]
                above.append(subtree_hash(full))
                yield Tile(level, index, full)
                index += 1
            if row:
                yield Tile(level, index, row)
            self._rows[level] = row
            new, level = above, level + 1

    def partial(self) -> Iterator[Tile]:
        """Yield the tiles that are not full."""
        for level, row in enumerate(self._rows):
            if row:
                yield Tile(level, self.size >> (HEIGHT * (level + 1)), row)

    def frontier(self) -> Frontier:
        """Return the tree as the roots of its perfect subtrees."""
        roots = [
            subtree_hash(row[first : first + (1 << height)])
            for row in reversed(self._rows)
            for height, first in subtrees(0, len(row))
        ]
        return Frontier(self.size, b"".join(roots))
