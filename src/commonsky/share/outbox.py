"""
Our logs, one for each recipient, as static files: signed in batches, derived from the ledger.

A checkpoint is signed and kept in the ledger before a byte of it is written, so that no size is
ever signed twice; the files can be written again from the ledger at any time, to the same bytes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from commonsky.errors import FeedRefused, LedgerError
from commonsky.ledger.store import OutgoingLog, Store
from commonsky.share.log import checkpoint, note, tile
from commonsky.share.log.directory import CHECKPOINT
from commonsky.share.log.edge import Edge, Tile
from commonsky.share.log.folder import LogFolder
from commonsky.share.log.merkle import leaf_hashes
from commonsky.share.log.tile import WIDTH

ORIGIN = "commonsky/"
AT_ONCE = 64 * WIDTH  # entries under one signature, so that memory is bounded
MOST_UNSETTLED = 4096  # files
SETTLED, BOOT = "outbox settled ", "outbox boot "
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
THIS_PROCESS = time.monotonic_ns()


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
        self._edges: dict[str, Edge] = {}
        self._unsettled: dict[str, list[str]] = {}

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
            try:
                size = self._publish(recipient)
            except BaseException:
                # What is in the folder now is not known; the next time it is looked at anew.
                self._edges.pop(recipient, None)
                raise
            if size:
                grown[recipient] = size
            if not size or len(self._unsettled[recipient]) > MOST_UNSETTLED:
                self._settle(recipient)
        return grown

    def purged(self, recipient: str, index: int) -> None:
        """
        Write every bundle of a body again that was purged from the ledger; proofs stay intact.

        If this is cut off, purge again: what was spilled may still be in a file.
        """
        folder = self._folder_of(recipient)
        at, place = divmod(index, WIDTH)
        log = self._log(recipient)
        bodies = [body for _, body in self._store.outgoing_parts(recipient, at * WIDTH, WIDTH)]
        widths = set(folder.partial_widths(tile.BODIES, at))
        if index < log.checkpoint_size:
            widths.add(tile.width_at(0, at, log.checkpoint_size))
        written = folder.write(
            (tile.path(tile.BODIES, at, width), tile.bodies(bodies[:width]))
            for width in sorted(widths)
            if width > place
        )
        folder.settle(written)

    def _publish(self, recipient: str) -> int:
        """Write what was signed before, then sign and write what came since."""
        log, folder = self._log(recipient), self._folder_of(recipient)
        fresh = recipient not in self._edges
        edge = self._found(log, folder) if fresh else self._edges[recipient]
        self._edges[recipient] = edge
        before = edge.size
        while not log.checkpoint or max(log.size, log.checkpoint_size) > edge.size:
            log = self._grow(log, edge, folder)
        if fresh:
            if folder.checkpoint() != log.checkpoint:
                self._unsettled[recipient] += folder.write_checkpoint(log.checkpoint)
            folder.tidy(edge.size)
            if self._store.cursor(BOOT + recipient) != boot():
                self._store.move_cursor(BOOT + recipient, boot())
        return edge.size if edge.size > before else 0

    def _grow(self, log: OutgoingLog, edge: Edge, folder: LogFolder) -> OutgoingLog:
        """Sign, or find signed, what follows the edge; write it, the checkpoint last."""
        before = edge.size
        stop = log.checkpoint_size if before < log.checkpoint_size else log.size
        stop = min(stop, (before // AT_ONCE + 1) * AT_ONCE)
        index = before // WIDTH
        parts = self._parts(log.recipient, index * WIDTH, stop)
        tiles = list(edge.grow(leaf_hashes([entry for entry, _ in parts[before % WIDTH :]])))
        if stop >= log.checkpoint_size:
            log = self._signed(log, edge)
        written = self._unsettled[log.recipient]
        written += folder.write(_files(index, parts, tiles))
        if stop == log.checkpoint_size:
            written += folder.write_checkpoint(log.checkpoint)
            folder.remove_partials(before, stop)
        return log

    def _found(self, log: OutgoingLog, folder: LogFolder) -> Edge:
        """What another process has written, as far as it is whole."""
        written = folder.checkpoint()
        self._unsettled[log.recipient] = []
        if not written:
            return Edge()
        try:
            state = checkpoint.parsed(note.parts(written)[0])
        except FeedRefused:
            return Edge()
        if state.origin == log.origin and state.size > log.checkpoint_size:
            raise LedgerError(
                f"{log.recipient} was told {state.size} entries, and this ledger knows of "
                f"{log.checkpoint_size}: it is an old copy. Signing from it would fork the log; "
                "bring the newest ledger back, or begin a new log with them"
            )
        settled = self._store.cursor(SETTLED + log.recipient)
        if settled < state.size:
            if self._store.cursor(BOOT + log.recipient) != boot():
                return Edge()  # after a power failure, files may be there and hold nothing
            self._unsettled[log.recipient] = [CHECKPOINT, *tile.paths_beyond(settled, state.size)]
        edge = folder.edge(state)
        known = edge.size < log.checkpoint_size or bytes(edge.frontier()) == log.frontier
        return edge if known and state.origin == log.origin else Edge()

    def _settle(self, recipient: str) -> None:
        """Make durable what was written; where nothing is to be told, there is time for it."""
        if written := self._unsettled[recipient]:
            self._folder_of(recipient).settle(written)
            self._store.move_cursor(SETTLED + recipient, self._edges[recipient].size)
            self._unsettled[recipient] = []

    def _signed(self, log: OutgoingLog, edge: Edge) -> OutgoingLog:
        """The log with a checkpoint over all of the edge, kept in the ledger."""
        frontier = edge.frontier()
        if edge.size == log.checkpoint_size and log.checkpoint:
            if bytes(frontier) != log.frontier:
                raise LedgerError(
                    f"the entries for {log.recipient} are not those that were signed: the ledger "
                    "is damaged, and nothing more is told to them"
                )
            return log
        state = checkpoint.Checkpoint(log.origin, edge.size, frontier.root())
        signed = note.signed(bytes(state), log.origin, self._signer)
        self._store.sign_outgoing(
            log.recipient, size=edge.size, frontier=bytes(frontier), checkpoint=signed
        )
        return OutgoingLog(log.recipient, log.origin, log.size, bytes(frontier), signed, edge.size)

    def _parts(self, recipient: str, first: int, stop: int) -> list[tuple[bytes, bytes]]:
        """The entries and bodies from one index to another."""
        parts = self._store.outgoing_parts(recipient, first, stop - first)
        if len(parts) != stop - first:
            raise LedgerError(f"the log for {recipient} ends at {first + len(parts)}, not {stop}")
        if not all(tile.fits(entry, body) for entry, body in parts):
            raise LedgerError(f"an entry for {recipient} is longer than a log can carry")
        return parts

    def _log(self, recipient: str) -> OutgoingLog:
        log = self._store.outgoing_log(recipient)
        if log is None:
            raise LedgerError(f"there is no log for {recipient} yet")
        return log

    def _folder_of(self, recipient: str) -> LogFolder:
        return LogFolder(self._folder / recipient)


def boot() -> int:
    """Return a number for this start of the machine, or of this process where it is not told."""
    try:
        return int(BOOT_ID.read_text().replace("-", "")[:15], 16)
    except (OSError, ValueError):
        return THIS_PROCESS


def _files(
    index: int, parts: Sequence[tuple[bytes, bytes]], tiles: Sequence[Tile]
) -> Iterator[tuple[str, bytes]]:
    """Paths and contents of what so many entries make, the first of them at a bundle's begin."""
    for first in range(0, len(parts), WIDTH):
        part = parts[first : first + WIDTH]
        at = index + first // WIDTH
        yield tile.path(tile.ENTRIES, at, len(part)), tile.bundle([entry for entry, _ in part])
        yield tile.path(tile.BODIES, at, len(part)), tile.bodies([body for _, body in part])
    for one in tiles:
        yield tile.path(one.level, one.index, len(one.hashes)), b"".join(one.hashes)
