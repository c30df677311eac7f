"""What is right and wrong with a copy of a log: everything in it, held against what was signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from commonsky.errors import FeedRefused
from commonsky.ledger.record import decoded
from commonsky.share.assay import UNREADABLE
from commonsky.share.log import checkpoint, note, tile
from commonsky.share.log.checkpoint import Checkpoint, KeyRing
from commonsky.share.log.directory import CHECKPOINT
from commonsky.share.log.edge import Edge, Tile
from commonsky.share.log.merkle import HASH_BYTES, Frontier, leaf_hashes
from commonsky.share.log.tile import WIDTH
from commonsky.share.log.tiled import TiledLog, Transport

MOST_PROBLEMS = 1000  # that are told one by one


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, by one of the reasons of `FeedRefused`, and where."""

    reason: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}: {self.what}"


@dataclass(slots=True)
class Report:
    """What was found."""

    origin: str
    size: int = 0
    root: bytes = b""
    entries: int = 0  # that are what was signed
    bodies: int = 0  # that are what their entries say
    purged: int = 0
    notes: int = 0  # receipts and other checkpoints that agree
    problems: list[Problem] = field(default_factory=list)
    untold: int = 0  # problems beyond those

    def add(self, reason: str, where: str, what: str) -> None:
        """Keep a problem, as long as there are not too many."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(reason, where, what))
        else:
            self.untold += 1

    def lines(self) -> Iterator[str]:
        """Yield what was found in plain words."""
        yield f"{self.origin}: {self.size:,} entries are signed, root {self.root.hex() or '-'}"
        yield f"{self.entries:,} entries and {self.bodies:,} bodies are what was signed"
        if self.purged:
            yield f"{self.purged:,} bodies were purged"
        if self.notes:
            yield f"{self.notes:,} receipts and earlier checkpoints agree"
        yield from map(str, self.problems)
        if self.untold:
            yield f"and {self.untold:,} more things that are wrong"


def verify(
    transport: Transport,
    origin: str,
    ring: KeyRing,
    notes: Sequence[bytes] = (),
    cosigners: Sequence[note.Verifier] = (),
) -> Report:
    """
    Read a log whole, and report on signature, entries, tiles, bodies and gaps.

    `notes` are checkpoints of the same log that were seen elsewhere, as receipts and other copies
    of it; where `cosigners` are named, one of them must have signed each.  Nothing is trusted but
    the keys, and nothing is stored.
    """
    report = Report(origin)
    try:
        signed = transport.read(CHECKPOINT, most_bytes=note.MOST_BYTES)
        state = checkpoint.opened(signed, origin, ring)
    except FeedRefused as refusal:
        report.add(refusal.reason, CHECKPOINT, refusal.detail)
        return report
    report.size, report.root = state.size, state.root
    known = sorted(_known(notes, origin, ring, cosigners, report), key=lambda one: one.size)
    _Reading(TiledLog(transport, state.size), state, report).run(known)
    return report


def _known(
    notes: Sequence[bytes],
    origin: str,
    ring: KeyRing,
    cosigners: Sequence[note.Verifier],
    report: Report,
) -> Iterator[Checkpoint]:
    """The checkpoints in notes; those that are none of this log's are told."""
    for number, signed in enumerate(notes):
        try:
            state = checkpoint.opened(signed, origin, ring)
            cosigned = not cosigners or note.signers(signed, cosigners)
        except FeedRefused as refusal:
            report.add(refusal.reason, f"note {number}", refusal.detail)
            continue
        if cosigned:
            yield state
        else:
            report.add("bad signature", f"note {number}", "nobody who should have has cosigned it")


class _Reading:
    """One pass over a log: two trees, of its entries and of its tiles, beside each other."""

    def __init__(self, tiles: TiledLog, state: Checkpoint, report: Report) -> None:
        self._tiles, self._state, self._report = tiles, state, report
        self._of_entries, self._of_tiles = Frontier(), Frontier()
        self._edge = Edge()
        self._differing: list[int] = []

    def run(self, known: list[Checkpoint]) -> None:
        """Read everything, and tell what differs from what was signed."""
        whole = True
        for index in range(-(-self._state.size // WIDTH)):
            hashes = self._hashes(index)
            entries = self._entries(index)
            leaves = leaf_hashes(entries) if entries else hashes
            whole = whole and bool(leaves)
            if not whole:
                continue  # nothing can be told of a tree with a hole
            self._differing += [
                index * WIDTH + k
                for k, (one, other) in enumerate(zip(leaves, hashes, strict=False))
                if one != other
            ]
            while known and known[0].size < self._of_entries.size + len(leaves):
                self._agree(known.pop(0), leaves)
            self._of_entries.append(leaves)
            self._of_tiles.append(hashes or leaves)
            for one in self._edge.grow(leaves):
                if len(one.hashes) == WIDTH:
                    self._compare(one)
        if whole:
            for one in self._edge.partial():
                self._compare(one)
            for state in known:
                self._agree(state, [])
            self._conclude()

    def _conclude(self) -> None:
        """Say which of the two trees was signed, and what is wrong with the other."""
        report, root = self._report, self._state.root
        if self._of_entries.root() == root:
            for index in self._differing:
                report.add("malformed", f"tile of entry {index}", "not the hash of the entry")
        elif self._of_tiles.root() == root:
            for index in self._differing:
                report.add("malformed", f"entry {index}", "not what was signed")
            report.entries -= len(self._differing)
        else:
            report.add("malformed", CHECKPOINT, "neither entries nor tiles give the signed root")
            report.entries = 0

    def _agree(self, state: Checkpoint, leaves: list[bytes]) -> None:
        """Hold a checkpoint that was seen elsewhere against the tree at its size."""
        where = f"checkpoint of {state.size} entries"
        if state.size > self._state.size:
            self._report.add("rewind", where, f"this copy has {self._state.size} only")
            return
        tree = self._of_entries.copy()
        tree.append(leaves[: state.size - tree.size])
        if tree.root() == state.root:
            self._report.notes += 1
        else:
            self._report.add("fork", where, "another root was signed for as many entries")

    def _hashes(self, index: int) -> list[bytes]:
        try:
            content = self._tiles.hashes(0, index)
        except FeedRefused as refusal:
            self._report.add(refusal.reason, tile.path(0, index), refusal.detail)
            return []
        return [content[k : k + HASH_BYTES] for k in range(0, len(content), HASH_BYTES)]

    def _entries(self, index: int) -> list[bytes]:
        """The entries of a bundle; its bodies are held against them."""
        first = index * WIDTH
        where = f"entries {first} to {min(first + WIDTH, self._state.size) - 1}"
        try:
            entries = self._tiles.entries(index)
        except FeedRefused as refusal:
            self._report.add(refusal.reason, where, refusal.detail)
            return []
        self._report.entries += len(entries)
        try:
            bodies = self._tiles.bodies(index)
        except FeedRefused as refusal:
            self._report.add(refusal.reason, f"bodies of {where}", refusal.detail)
            return entries
        for place, (entry, body) in enumerate(zip(entries, bodies, strict=True), first):
            self._body(place, entry, body)
        return entries

    def _body(self, index: int, entry: bytes, body: bytes) -> None:
        if not body:
            self._report.purged += 1
            return
        try:
            digest = decoded(entry).digest
        except UNREADABLE as error:
            self._report.add("malformed", f"entry {index}", f"no envelope: {error}")
            return
        if sha256(body).hexdigest() == digest:
            self._report.bodies += 1
        else:
            self._report.add("malformed", f"body of entry {index}", "not what its entry says")

    def _compare(self, one: Tile) -> None:
        """Hold a tile above the lowest against what is below it."""
        if one.level == 0:
            return
        where = tile.path(one.level, one.index, len(one.hashes))
        try:
            content = self._tiles.hashes(one.level, one.index)
        except FeedRefused as refusal:
            self._report.add(refusal.reason, where, refusal.detail)
            return
        if content != b"".join(one.hashes):
            self._report.add("malformed", where, "not the hashes of the tiles below")
