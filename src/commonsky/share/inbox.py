"""
A partner's log, read: verified before anything of it is stored, and stored with its state at once.

A log that is not what it was, or not whole, is refused with a name for what is wrong.  A single
record that cannot be used is set aside, and the rest goes on.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from commonsky.errors import FeedRefused
from commonsky.ledger.record import Kind, Record
from commonsky.ledger.store import IncomingLog, Quarantined, Store
from commonsky.share.assay import Assay
from commonsky.share.log import checkpoint, note
from commonsky.share.log.checkpoint import Checkpoint, KeyRing
from commonsky.share.log.directory import CHECKPOINT
from commonsky.share.log.merkle import Frontier, leaf_hashes
from commonsky.share.log.proof import consistency_proof
from commonsky.share.log.tile import WIDTH
from commonsky.share.log.tiled import TiledLog, Transport

AHEAD = 16  # bundles asked for before they are read, so that the length of the way costs less
MOST_ENTRIES, MOST_BYTES = 16_384, 32 << 20  # of one stretch; the last bundle may exceed either
ANSWERS = frozenset({Kind.RECEIPT, Kind.WITHDRAWN})  # need no receipt themselves

__all__ = ["Inbox", "Pulled", "Transport"]


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one stretch brought."""

    sequences: tuple[int, ...]
    quarantined: int
    size: int  # of the log, as far as it is stored now
    peer_size: int  # of the log, as far as it is signed
    answers_only: bool  # nothing in it asks for a receipt


@dataclass(frozen=True, slots=True)
class Stretch:
    """The entries and bodies that follow what is stored."""

    entries: list[bytes]
    bodies: list[bytes]


class Inbox:
    """One partner's log for us."""

    def __init__(
        self,
        store: Store,
        peer: str,
        origin: str,
        keys: KeyRing,
        realm: str,
        simulated: Collection[int] = (),
    ) -> None:
        """`simulated` are catalogue numbers that this realm refuses."""
        self._store, self.peer, self.origin, self._keys = store, peer, origin, keys
        self._assay = Assay(peer, realm, simulated)
        self._owed, self._told = f"receipt owed to {peer}", f"receipt told to {peer}"

    def state(self) -> IncomingLog:
        """Return how far the log is stored, and the newest checkpoint of it that was seen."""
        return self._store.incoming_log(self.peer) or IncomingLog(
            self.peer, self.origin, 0, b"", b""
        )

    def pull(self, transport: Transport, *, most_entries: int = MOST_ENTRIES) -> Pulled:
        """Read, verify and store the next stretch of the log."""
        log = self.state()
        signed = transport.read(CHECKPOINT, most_bytes=note.MOST_BYTES)
        peer = self._checked(signed, log)
        tiles = TiledLog(transport, peer.size)
        stretch = _read(tiles, log.size, most_entries)
        tree = self._proven(tiles, log, peer, stretch, signed)
        records, set_aside = self._assay.sorted(log.size, stretch.entries, stretch.bodies)
        state = IncomingLog(self.peer, self.origin, tree.size, bytes(tree), signed)
        return self._stored(state, log, records, set_aside, peer.size)

    def receipt_due(self) -> bytes:
        """Return the checkpoint that a receipt is owed for, b"" where none is."""
        log = self.state()
        owed, told = self._store.cursor(self._owed), self._store.cursor(self._told)
        if owed <= told or not log.checkpoint or _state(log.checkpoint).size != log.size:
            return b""
        return log.checkpoint

    def receipt_told(self) -> None:
        """Remember that the receipt that was due is among our records, in their transaction."""
        self._store.move_cursor(self._told, self.state().size)

    def _checked(self, signed: bytes, log: IncomingLog) -> Checkpoint:
        """The checkpoint, which must be signed, of the log for us, and no step back."""
        if log.origin != self.origin:
            raise FeedRefused("wrong log", f"{self.peer}'s log for us was {log.origin} before")
        peer = checkpoint.opened(signed, self.origin, self._keys)
        if log.checkpoint:
            seen = _state(log.checkpoint)
            if peer.size < seen.size:
                detail = f"{self.peer} signed {seen.size} entries before, and {peer.size} now"
                raise self._proven_against("rewind", detail, log, signed)
            if peer.size == seen.size and peer.root != seen.root:
                detail = f"{self.peer} signed two roots for {peer.size} entries"
                raise self._proven_against("fork", detail, log, signed)
        return peer

    def _proven(
        self, tiles: TiledLog, log: IncomingLog, peer: Checkpoint, stretch: Stretch, signed: bytes
    ) -> Frontier:
        """
        The tree of what is stored and the stretch, which must be a beginning of what is signed.

        So must be the newest checkpoint that was seen before: it may be of more than is stored.
        """
        tree = Frontier(log.size, log.frontier)
        leaves = leaf_hashes(stretch.entries)
        seen = _state(log.checkpoint) if log.checkpoint else peer
        until_seen = seen.size - tree.size
        tree.append(leaves[:until_seen])
        middle = tree if tree.size == seen.size else tiles.extended(tree, seen.size)
        if middle.root() == seen.root:
            tree.append(leaves[until_seen:])
            whole = tree if tree.size > seen.size else middle
            if tiles.extended(whole, peer.size).root() == peer.root:
                return tree
        raise self._judged(tiles, log, peer, seen, signed)

    def _judged(
        self, tiles: TiledLog, log: IncomingLog, peer: Checkpoint, seen: Checkpoint, signed: bytes
    ) -> FeedRefused:
        """
        What is wrong with a log that does not lead from what is stored to what is signed.

        It is a fork only where its own tiles prove so; a damaged file is none.
        """
        old = tiles.extended(Frontier(), seen.size)
        if old.root() == seen.root or tiles.extended(old, peer.size).root() != peer.root:
            return FeedRefused("malformed", f"the files of {self.peer} are not those of its tree")
        way = [old.root(), *consistency_proof(seen.size, peer.size, tiles.subtree)]
        proof = b"".join(base64.b64encode(one) + b"\n" for one in way)
        detail = f"the {seen.size} entries that {self.peer} signed before are not the first now"
        return self._proven_against("fork", detail, log, signed + proof)

    def _stored(
        self,
        state: IncomingLog,
        before: IncomingLog,
        records: Sequence[tuple[int, Record]],
        set_aside: Sequence[Quarantined],
        peer_size: int,
    ) -> Pulled:
        """What was pulled, durable now."""
        answers_only = not set_aside and all(one.envelope.kind in ANSWERS for _, one in records)
        sequences: list[int] = []
        if state != before:
            with self._store.transaction():
                sequences = self._store.receive(state, records, set_aside)
                if not answers_only:
                    self._store.move_cursor(self._owed, state.size)
        return Pulled(tuple(sequences), len(set_aside), state.size, peer_size, answers_only)

    def _proven_against(
        self, reason: str, detail: str, log: IncomingLog, signed: bytes
    ) -> FeedRefused:
        """Keep what proves a refusal, the note that was seen before first, and return it."""
        # A negative index: it is about the log, and no entry of it.
        evidence = Quarantined(self.peer, -1 - log.size, reason, log.checkpoint + signed)
        self._store.receive(log, (), [evidence])
        return FeedRefused(reason, detail)


def _state(signed: bytes) -> Checkpoint:
    """The checkpoint of a note that was verified before."""
    return checkpoint.parsed(note.parts(signed)[0])


def _read(tiles: TiledLog, first: int, most_entries: int) -> Stretch:
    """The entries from one size on, to the end of a bundle."""
    stretch = Stretch([], [])
    total_bytes = 0
    last = min(-(-tiles.size // WIDTH), -(-(first + most_entries) // WIDTH))
    for index in range(first // WIDTH, -(-tiles.size // WIDTH)):
        if len(stretch.entries) >= most_entries or total_bytes >= MOST_BYTES:
            break
        tiles.expect(index, min(index + AHEAD, last))
        begin = max(first - index * WIDTH, 0)
        stretch.entries.extend(tiles.entries(index)[begin:])
        stretch.bodies.extend(tiles.bodies(index)[begin:])
        total_bytes += sum(map(len, stretch.bodies[-WIDTH:]))
    return stretch
