"""
What a nation withheld, committed to day by day, so that a later release proves earlier knowledge.

Each withheld record becomes a salted commitment that tells nothing.  A day's commitments are the
leaves of a tree, among others that stand for nothing, so that not even their number is told; its
root is signed, published also of days without any, and witnessed by third nations.  Whoever is
given a record later has its nonce and digest, and with a proof sees that it was known that day.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from commonsky.astro.epoch import NS_PER_S
from commonsky.ledger.store import Held, Store
from commonsky.share.log import checkpoint, note
from commonsky.share.log.checkpoint import Checkpoint, KeyRing
from commonsky.share.log.merkle import HASH_BYTES, leaf_hashes, row_above
from commonsky.share.log.proof import includes

LEAST_LEAVES = 1 << 16
SECRET_BYTES = 32
DAY_NS = 86_400 * NS_PER_S
COMMITMENT, FILLING = b"commonsky/withheld@1\n", b"commonsky/nothing-withheld@1\n"


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That a commitment is in the tree of a day: its place, and the hashes beside the way up."""

    day: int
    index: int
    size: int
    path: tuple[bytes, ...]


def day_of(epoch_tai_ns: int) -> int:
    """Return the number of the day since 1970-01-01 TAI."""
    return epoch_tai_ns // DAY_NS


def commitment(nonce: bytes, digest: str, day: int) -> bytes:
    """Return what stands for a record in the tree of a day; without its nonce it tells nothing."""
    return hashlib.sha256(COMMITMENT + nonce + bytes.fromhex(digest) + day.to_bytes(8)).digest()


class Day:
    """The tree of one day; `secret` is 32 bytes of this node, the same every day."""

    def __init__(self, day: int, withheld: Iterable[tuple[bytes, str]], secret: bytes) -> None:
        """`withheld` are nonce and digest of each record."""
        if len(secret) != SECRET_BYTES:
            raise ValueError(f"a secret has {SECRET_BYTES} bytes")
        self.day = day
        true = {commitment(nonce, digest, day) for nonce, digest in withheld}
        size = LEAST_LEAVES
        while size < len(true):
            size *= 2
        # Sorted with what stands for nothing: the place of a commitment tells nothing, too.
        self._leaves = sorted([*true, *_filling(day, secret, size - len(true))])
        self._rows = [leaf_hashes(self._leaves)]
        while len(self._rows[-1]) > 1:
            self._rows.append(row_above(self._rows[-1]))

    @property
    def size(self) -> int:
        """How many leaves there are, a power of two."""
        return len(self._leaves)

    @property
    def root(self) -> bytes:
        """The root of the tree."""
        return self._rows[-1][0]

    def statement(self, nation: str, realm: str, signer: note.Signer) -> bytes:
        """Return the signed root, a checkpoint in form, to be witnessed."""
        origin = origin_of(nation, realm, self.day)
        return note.signed(bytes(Checkpoint(origin, self.size, self.root)), origin, signer)

    def proof(self, nonce: bytes, digest: str) -> Proof:
        """Return the proof that a record was among what was withheld; else a `LookupError`."""
        leaf = commitment(nonce, digest, self.day)
        index = bisect_left(self._leaves, leaf)
        if index == self.size or self._leaves[index] != leaf:
            raise LookupError(f"the record {digest[:16]} was not withheld on day {self.day}")
        path = [row[index >> level ^ 1] for level, row in enumerate(self._rows[:-1])]
        return Proof(self.day, index, self.size, tuple(path))


def origin_of(nation: str, realm: str, day: int) -> str:
    """Return the name of a day's tree."""
    return f"commonsky/withheld/{nation}/{realm}/{day}"


def was_withheld(
    statement: bytes,
    nation: str,
    realm: str,
    ring: KeyRing,
    proof: Proof,
    nonce: bytes,
    digest: str,
) -> bool:
    """
    Whether a nation knew a record on the day of a proof, by its signed statement of that day.

    A statement that is not theirs is a `FeedRefused`.
    """
    state = checkpoint.opened(statement, origin_of(nation, realm, proof.day), ring)
    (leaf,) = leaf_hashes([commitment(nonce, digest, proof.day)])
    return state.size == proof.size and includes(
        state.root, state.size, proof.index, leaf, proof.path
    )


def withheld(
    store: Store, ours: Iterable[Held], recipients: Sequence[str]
) -> Iterator[tuple[bytes, str]]:
    """Yield nonce and digest of those of our records that a recipient was not told in full."""
    for held in ours:
        body, envelope = held.record.body, held.record.envelope
        if held.peer or body is None:
            continue
        told = {to for to, _, entry in store.told(envelope.handle) if entry.level == "full"}
        if not told.issuperset(recipients):
            yield body.nonce, envelope.digest


def _filling(day: int, secret: bytes, count: int) -> list[bytes]:
    """So many leaves that stand for nothing, and cannot be told from others."""
    drawn = hashlib.shake_256(FILLING + secret + day.to_bytes(8)).digest(count * HASH_BYTES)
    return [drawn[k : k + HASH_BYTES] for k in range(0, len(drawn), HASH_BYTES)]
