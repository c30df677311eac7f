"""
A partner's log, read: verified before anything of it is stored, and stored with its state at once.

A log that is not what it was, or not whole, is refused with a name for what is wrong.  A single
record that cannot be used is set aside, and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from commonsky.errors import FeedRefused
from commonsky.ledger.record import NONCE_BYTES, Body, Envelope, Kind, Record, decoded
from commonsky.ledger.store import IncomingLog, Quarantined, Store
from commonsky.share.log import checkpoint, note, tile
from commonsky.share.log.checkpoint import Checkpoint
from commonsky.share.log.directory import CHECKPOINT
from commonsky.share.log.merkle import (
    HASH_BYTES,
    Frontier,
    leaf_hash,
    subtree_hash,
    subtrees,
)

MOST_ENTRIES = 16_384  # of one stretch
WIDTH = tile.WIDTH
ANSWERS = frozenset({Kind.RECEIPT, Kind.WITHDRAWN})  # need no receipt themselves


class Transport(Protocol):
    """Where a log is read from."""

    def read(self, path: str, *, most_bytes: int) -> bytes:
        """Return a file of the log."""
        ...


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one stretch brought."""

    sequences: tuple[int, ...]
    quarantined: int
    size: int  # of the log, as far as it is stored now
    peer_size: int  # of the log, as far as it is signed
    answers_only: bool  # nothing in it asks for a receipt


class Inbox:
    """One partner's log for us."""

    def __init__(
        self,
        store: Store,
        peer: str,
        origin: str,
        public_key: bytes,
        realm: str,
        simulated: Collection[int] = (),
    ) -> None:
        """`simulated` are catalogue numbers that this realm refuses."""
        self._store, self.peer, self.origin, self._realm = store, peer, origin, realm
        self._verifier = note.Verifier(origin, public_key)
        self._simulated = simulated

    def state(self) -> IncomingLog:
        """Return how far the log is stored."""
        return self._store.incoming_log(self.peer) or IncomingLog(
            self.peer, self.origin, 0, b"", b""
        )

    def pull(self, transport: Transport, *, most_entries: int = MOST_ENTRIES) -> Pulled:
        """Read, verify and store the next stretch of the log."""
        log = self.state()
        signed = transport.read(CHECKPOINT, most_bytes=note.MOST_BYTES)
        peer = self._checked(signed, log)
        if peer.size == log.size:
            if log.checkpoint != signed:
                self._store.receive(msgspec.structs.replace(log, checkpoint=signed), ())
            return Pulled((), 0, log.size, peer.size, answers_only=True)
        return self._stretch(transport, log, peer, signed, most_entries)

    def _checked(self, signed: bytes, log: IncomingLog) -> Checkpoint:
        """The checkpoint, which must be signed, ours, and no step back."""
        text, _ = note.parts(signed)
        peer = checkpoint.parsed(text)
        if peer.origin != self.origin or log.origin != self.origin:
            raise FeedRefused(
                "wrong log",
                f"{self.peer}'s log for us is {self.origin}, but this is {peer.origin}",
            )
        note.opened(signed, self._verifier)
        if peer.size < log.size:
            raise FeedRefused(
                "rewind", f"{self.peer} signed {log.size} entries before, and {peer.size} now"
            )
        if peer.size == log.size and peer.root != Frontier(log.size, log.frontier).root():
            raise FeedRefused("fork", f"{self.peer} signed two roots for {peer.size} entries")
        return peer

    def _stretch(
        self,
        transport: Transport,
        log: IncomingLog,
        peer: Checkpoint,
        signed: bytes,
        most_entries: int,
    ) -> Pulled:
        stop = peer.size
        if stop - log.size > most_entries:
            # Whole bundles: the rest of a partial one would have to be read twice.
            stop = max((log.size + most_entries) // WIDTH, log.size // WIDTH + 1) * WIDTH
        entries, contents = _read(transport, log.size, stop, peer.size)
        frontier = Frontier(log.size, log.frontier)
        frontier.append(map(leaf_hash, entries))
        self._prove(transport, frontier, log, peer)
        records, set_aside = self._records(log.size, entries, contents)
        caught_up = stop == peer.size
        state = IncomingLog(
            self.peer, self.origin, stop, bytes(frontier), signed if caught_up else log.checkpoint
        )
        sequences = self._store.receive(state, records, set_aside)
        return Pulled(
            tuple(sequences),
            len(set_aside),
            stop,
            peer.size,
            all(record.envelope.kind in ANSWERS for _, record in records) and not set_aside,
        )

    def _prove(
        self, transport: Transport, frontier: Frontier, log: IncomingLog, peer: Checkpoint
    ) -> None:
        """Refuse entries that are not a beginning of the tree that was signed."""
        tiles: dict[tuple[int, int], bytes] = {}
        whole = _extended(transport, frontier, peer, tiles)
        if whole.root() == peer.root:
            return
        before = _extended(transport, Frontier(log.size, log.frontier), peer, tiles)
        if before.root() == peer.root:
            raise FeedRefused("malformed", f"the entries of {self.peer} are not those of its tree")
        raise FeedRefused(
            "fork", f"what {self.peer} signed now does not continue the {log.size} entries we hold"
        )

    def _records(
        self, first: int, entries: Sequence[bytes], contents: Sequence[bytes]
    ) -> tuple[list[tuple[int, Record]], list[Quarantined]]:
        """Records to store by index, and those to set aside."""
        records: list[tuple[int, Record]] = []
        set_aside: list[Quarantined] = []
        for index, (entry, content) in enumerate(zip(entries, contents, strict=True), first):
            try:
                envelope = decoded(entry)
            except msgspec.DecodeError as error:
                set_aside.append(Quarantined(self.peer, index, f"no envelope: {error}", entry))
                continue
            body = Body(content[:NONCE_BYTES], content[NONCE_BYTES:]) if content else None
            problem = self._problem(envelope, body)
            if problem:
                set_aside.append(Quarantined(self.peer, index, problem, entry))
            else:
                records.append((index, Record(envelope, entry, body)))
        return records, set_aside

    def _problem(self, envelope: Envelope, body: Body | None) -> str:
        """Why a record cannot be used, "" where it can."""
        if envelope.node != self.peer:
            return f"relayed without grant: a statement of {envelope.node}"
        if envelope.realm != self._realm:
            return f"other realm: {envelope.realm}"
        if not all(map(_is_handle, _named(envelope))):
            return "a handle in it is not 32 hexadecimal digits"
        if any(number in self._simulated for number in envelope.subject):
            return "simulated object in operations"
        if body is not None and body.digest != envelope.digest:
            return "the digest is not the body's"
        return ""


def _named(envelope: Envelope) -> list[str]:
    """Every handle in an envelope."""
    used = envelope.lineage.used if envelope.lineage else ()
    return [envelope.handle, *used, *(link.handle for link in envelope.links)]


def _is_handle(text: str) -> bool:
    return len(text) == 32 and not set(text) - set("0123456789abcdef")


def _read(
    transport: Transport, first: int, stop: int, size: int
) -> tuple[list[bytes], list[bytes]]:
    """Entries and bodies from one size to another."""
    entries: list[bytes] = []
    contents: list[bytes] = []
    for index in range(first // WIDTH, -(-stop // WIDTH)):
        width = tile.width_at(0, index, size)
        begin, end = max(first - index * WIDTH, 0), min(stop - index * WIDTH, width)
        packed = transport.read(
            tile.path(tile.ENTRIES, index, width), most_bytes=tile.ENTRIES_BYTES
        )
        entries += tile.split_bundle(packed, width)[begin:end]
        packed = transport.read(tile.path(tile.BODIES, index, width), most_bytes=tile.BODIES_BYTES)
        contents += tile.split_bodies(packed, width)[begin:end]
    return entries, contents


def _extended(
    transport: Transport,
    frontier: Frontier,
    peer: Checkpoint,
    tiles: dict[tuple[int, int], bytes],
) -> Frontier:
    """The tree that a frontier becomes with the hashes that the log's tiles hold beyond it."""
    whole = frontier.copy()
    for level, first in subtrees(whole.size, peer.size):
        floor, rest = divmod(level, 8)
        at = first >> (8 * floor)
        key = (floor, at // WIDTH)
        if key not in tiles:
            width = tile.width_at(*key, peer.size)
            content = transport.read(tile.path(*key, width), most_bytes=tile.TILE_BYTES)
            if len(content) != width * HASH_BYTES:
                raise FeedRefused("malformed", f"a tile of {width} hashes has another length")
            tiles[key] = content
        begin = (at % WIDTH) * HASH_BYTES
        part = tiles[key][begin : begin + (HASH_BYTES << rest)]
        hashes = [part[k : k + HASH_BYTES] for k in range(0, len(part), HASH_BYTES)]
        whole.append_subtree(level, subtree_hash(hashes))
    return whole
