"""
Merkle trees over a log's entries, as far as they must be known.

A frontier is the roots of the perfect subtrees that make up a tree, largest first: one for each
bit of its size.  It is all that is needed to append and to tell the root.

Reference: RFC 6962, section 2.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry."""
    return hashlib.sha256(b"\0" + entry).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """Return the hash of each of these entries."""
    sha256 = hashlib.sha256
    return [sha256(b"\0" + entry).digest() for entry in entries]


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees."""
    return hashlib.sha256(b"\1" + left + right).digest()


def subtree_hash(hashes: Sequence[bytes]) -> bytes:
    """Return the root over 2^k hashes that lie side by side."""
    row = list(hashes)
    while len(row) > 1:
        row = row_above(row)
    return row[0]


def row_above(row: Sequence[bytes]) -> list[bytes]:
    """Return the hashes over an even number of subtrees that lie side by side, two by two."""
    sha256 = hashlib.sha256
    return [
        sha256(b"\1" + left + right).digest()
        for left, right in zip(row[::2], row[1::2], strict=True)
    ]


class Frontier:
    """A tree that grows by leaves or by whole perfect subtrees."""

    def __init__(self, size: int = 0, roots: bytes = b"") -> None:
        if len(roots) != HASH_BYTES * size.bit_count():
            raise ValueError(f"a tree of {size} entries has {size.bit_count()} perfect subtrees")
        self.size = size
        self._roots = [roots[k : k + HASH_BYTES] for k in range(0, len(roots), HASH_BYTES)]

    def __bytes__(self) -> bytes:
        return b"".join(self._roots)

    def copy(self) -> Frontier:
        """Return the same tree, to grow on its own."""
        return Frontier(self.size, bytes(self))

    def append(self, hashes: Iterable[bytes]) -> None:
        """Grow by leaves."""
        row, bits = list(hashes), self.size
        self.size += len(row)
        grown: list[bytes] = []  # smallest subtrees first
        while row:
            if bits & 1:
                row.insert(0, self._roots.pop())
            if len(row) & 1:
                grown.append(row.pop())
            row = row_above(row)
            bits >>= 1
        self._roots += reversed(grown)

    def append_subtree(self, level: int, root: bytes) -> None:
        """Grow by a perfect subtree of 2^level entries; the size must be a multiple of that."""
        width = 1 << level
        if self.size & (width - 1):
            raise ValueError(f"a subtree of {width} entries cannot begin at {self.size}")
        bits = self.size >> level
        while bits & 1:
            root = node_hash(self._roots.pop(), root)
            bits >>= 1
        self._roots.append(root)
        self.size += width

    def root(self) -> bytes:
        """Return the root of the tree."""
        if not self._roots:
            return EMPTY_ROOT
        root = self._roots[-1]
        for left in reversed(self._roots[:-1]):
            root = node_hash(left, root)
        return root


def subtrees(first: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield the (level, first entry) of the perfect subtrees that lie between two sizes."""
    while first < size:
        level = (size - first).bit_length() - 1
        if first:
            level = min(level, (first & -first).bit_length() - 1)
        yield level, first
        first += 1 << level
