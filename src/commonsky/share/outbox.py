"""
Our logs, one for each recipient, as static files: signed in batches, derived from the ledger.

A checkpoint is signed and kept in the ledger before a byte of it is written, so that no size is
ever signed twice; the files can be written again from the ledger at any time, to the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from commonsky.errors import LedgerError
from commonsky.ledger.store import OutgoingLog, Store
from commonsky.share.log import checkpoint, note, tile
from commonsky.share.log.directory import CHECKPOINT, write_whole
from commonsky.share.log.merkle import HASH_BYTES, Frontier, leaf_hash, subtree_hash

ORIGIN = "commonsky/"
WIDTH = tile.WIDTH


class Outbox:
    """The folder from which partners read."""

    def __init__(
        self,
        store: Store,
        folder: Path,
        signer: note.Signer,
        drawn: Callable[[bytes, int], bytes],
    ) -> None:
        self._store, self._folder, self._signer, self._drawn = store, folder, signer, drawn
        self._written: dict[str, int] = {}

    def open(self, recipient: str) -> str:
        """Begin a log for a recipient, if there is none; return its origin, a random name."""
        log = self._store.outgoing_log(recipient)
        if log is not None:
            return log.origin
        origin = ORIGIN + self._drawn(b"origin " + recipient.encode(), 16).hex()
        self._store.open_outgoing(recipient, origin)
        return origin

    def publish(self, recipients: Iterable[str]) -> dict[str, int]:
        """Sign and write what these logs hold; return the sizes of those that grew."""
        grown = {}
        for recipient in recipients:
            log = self._store.outgoing_log(recipient)
            if log is None:
                raise LedgerError(f"there is no log for {recipient} yet")
            if log.size > log.checkpoint_size or not log.checkpoint:
                log = self._sign(log)
            if self._written.get(recipient) != log.checkpoint_size:
                self._write(log)
                grown[recipient] = log.checkpoint_size
        return grown

    def _sign(self, log: OutgoingLog) -> OutgoingLog:
        """Sign one checkpoint over all that is held, and keep it."""
        frontier = Frontier(log.checkpoint_size, log.frontier)
        entries = self._store.outgoing(
            log.recipient, log.checkpoint_size, log.size - frontier.size
        )
        frontier.append(leaf_hash(one.entry) for one in entries)
        state = checkpoint.Checkpoint(log.origin, frontier.size, frontier.root())
        signed = note.signed(bytes(state), log.origin, self._signer)
        self._store.sign_outgoing(
            log.recipient, size=frontier.size, frontier=bytes(frontier), checkpoint=signed
        )
        return OutgoingLog(
            log.recipient, log.origin, log.size, bytes(frontier), signed, frontier.size
        )

    def _write(self, log: OutgoingLog) -> None:
        """Write all files of a checkpoint that are not there yet, the checkpoint itself last."""
        folder = self._folder / log.recipient
        before = self._written.get(log.recipient)
        if before is None:
            before = self._found(folder, log)
        size = log.checkpoint_size
        self._write_bundles(folder, log.recipient, before, size)
        self._write_tiles(folder, before, size)
        write_whole(folder / CHECKPOINT, log.checkpoint)
        self._written[log.recipient] = size
        _remove_partials(folder, before, size)

    def _found(self, folder: Path, log: OutgoingLog) -> int:
        """How many entries were written before this process began, as their checkpoint says."""
        path = folder / CHECKPOINT
        if not path.exists():
            return 0
        text, _ = note.parts(path.read_bytes())
        return min(checkpoint.parsed(text).size, log.checkpoint_size)

    def _write_bundles(self, folder: Path, recipient: str, before: int, size: int) -> None:
        """Write entries, bodies and the tiles of their hashes."""
        for index in range(before // WIDTH, -(-size // WIDTH)):
            width = tile.width_at(0, index, size)
            part = list(self._store.outgoing(recipient, index * WIDTH, width))
            entries = [one.entry for one in part]
            contents = [
                b"" if one.body is None else one.body.nonce + one.body.content for one in part
            ]
            write_whole(folder / tile.path(tile.ENTRIES, index, width), tile.bundle(entries))
            write_whole(folder / tile.path(tile.BODIES, index, width), tile.bodies(contents))
            hashes = b"".join(map(leaf_hash, entries))
            write_whole(folder / tile.path(0, index, width), hashes)

    def _write_tiles(self, folder: Path, before: int, size: int) -> None:
        """Write the tiles of higher levels, from those below."""
        level = 1
        while size >> (8 * level):
            for index in range(before >> (8 * level + 8), -(-(size >> (8 * level)) // WIDTH)):
                width = tile.width_at(level, index, size)
                first = index * WIDTH
                hashes = [_whole(folder / tile.path(level - 1, first + k)) for k in range(width)]
                write_whole(folder / tile.path(level, index, width), b"".join(hashes))
            level += 1

    def purged(self, recipient: str, index: int) -> None:
        """Write the bundle of a body again that was purged from the ledger; proofs stay intact."""
        size = self._written.get(recipient, 0)
        if index < size:
            at = index // WIDTH
            self._write_bundles(self._folder / recipient, recipient, at * WIDTH, size)


def _whole(path: Path) -> bytes:
    """Return the hash that a full tile is summed up by."""
    content = path.read_bytes()
    return subtree_hash([content[k : k + HASH_BYTES] for k in range(0, len(content), HASH_BYTES)])


def _remove_partials(folder: Path, before: int, size: int) -> None:
    """Remove partial files of what is full now; readers of the old checkpoint use the full one."""
    level: int | str
    for level in (tile.ENTRIES, tile.BODIES, *range(8)):
        shift = 8 * level if isinstance(level, int) else 0
        index = before >> (shift + 8)
        if (before >> shift) % WIDTH and (size >> (shift + 8)) > index:
            partial = (folder / tile.path(level, index, 1)).parent
            for path in partial.glob("*"):
                path.unlink()
            partial.rmdir()
