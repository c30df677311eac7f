"""
Proofs that an entry is in a log, and that a log only grew.

They are made from the roots of subtrees, and verified from the root of the whole, by code that
shares nothing.

Reference: RFC 6962, section 2.1 (how they are made); RFC 9162, sections 2.1.3.2 and 2.1.4.2 (how
they are verified).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from commonsky.share.log.merkle import HASH_BYTES, node_hash, subtrees

# The root of the perfect subtree of 2^level entries that begins at an entry.
Subtree = Callable[[int, int], bytes]


def range_hash(first: int, end: int, subtree: Subtree) -> bytes:
    """Return the root over the entries from one to another, as a tree has it on its right edge."""
    roots = [subtree(level, at) for level, at in subtrees(first, end)]
    root = roots.pop()
    while roots:
        root = node_hash(roots.pop(), root)
    return root


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """Return what proves that an entry is in a tree: the roots beside the way up, from below."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} entries has no entry {index}")
    first, end = 0, size
    path: list[bytes] = []
    while end - first > 1:
        middle = first + _left(end - first)
        if index < middle:
            path.append(range_hash(middle, end, subtree))
            end = middle
        else:
            path.append(range_hash(first, middle, subtree))
            first = middle
    return path[::-1]


def consistency_proof(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """Return what proves that a tree is the beginning of a larger one."""
    if not 0 < old <= new:
        raise ValueError(f"a tree of {old} entries is no beginning of one of {new}")
    first, end = 0, new
    path: list[bytes] = []
    while end != old:
        middle = first + _left(end - first)
        if old <= middle:
            path.append(range_hash(middle, end, subtree))
            end = middle
        else:
            path.append(range_hash(first, middle, subtree))
            first = middle
    if first:
        path.append(range_hash(first, end, subtree))
    return path[::-1]


def includes(root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that the entry of this hash is at this place of a tree."""
    if not 0 <= index < size or not _are_hashes(leaf, *proof):
        return False
    at, last, found = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(beside, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def continues(
    old_root: bytes, old: int, new_root: bytes, new: int, proof: Sequence[bytes]
) -> bool:
    """Whether a proof shows that the tree of `old` entries is the beginning of the other."""
    if not 0 < old <= new or not _are_hashes(old_root, new_root, *proof):
        return False
    if old == new:
        return not proof and old_root == new_root
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)  # a perfect tree is itself a part of the other
    if not path:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = path[0]
    for beside in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node_hash(beside, before), node_hash(beside, after)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _left(width: int) -> int:
    """The largest power of two below a width."""
    return 1 << ((width - 1).bit_length() - 1)


def _are_hashes(*hashes: bytes) -> bool:
    return all(len(one) == HASH_BYTES for one in hashes)
