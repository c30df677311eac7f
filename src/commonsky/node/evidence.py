"""
Records that others can check without trusting whoever shows them: exact bytes, places in trees.

What came from a partner carries the partner's own signed checkpoint and the way from the record
up to it, made from what is held here: nobody else wrote it, and it was not changed since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from commonsky.catalogue.catalogue import Catalogue
from commonsky.formats.omm_json_writer import omm_json_objects
from commonsky.ledger.label import Label
from commonsky.ledger.record import Body, Envelope, Kind, Record, decoded
from commonsky.ledger.store import Held, Store
from commonsky.node.entropy import repeatable
from commonsky.node.ingest import SPEC
from commonsky.node.statements import Author
from commonsky.share.log import checkpoint, note
from commonsky.share.log.merkle import Frontier, leaf_hash, leaf_hashes, row_above
from commonsky.share.log.proof import includes, inclusion_proof


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where an entry is in a tree, and the hashes beside the way up to its root."""

    index: int
    size: int
    path: tuple[bytes, ...]


class Exhibit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    One record as evidence: the envelope's exact bytes, the nonce and content they commit to.

    `place` is its place in the dossier's own tree.  For what a partner sent, `peer_checkpoint` is
    the partner's signed note, and `peer_place` the record's place in the partner's log.
    """

    entry: bytes
    nonce: bytes
    content: bytes
    file: str = ""  # that it was read from, where no node sent it
    place: Place | None = None
    peer: str = ""
    peer_origin: str = ""
    peer_checkpoint: bytes = b""
    peer_place: Place | None = None

    @property
    def envelope(self) -> Envelope:
        """What its envelope says; one that is none is a `msgspec.DecodeError`."""
        return decoded(self.entry)

    @property
    def handle(self) -> str:
        """The handle its originator gave it."""
        return self.envelope.handle


class Tree:
    """A Merkle tree over entries that are all at hand, as RFC 6962 has it."""

    def __init__(self, entries: Iterable[bytes]) -> None:
        """`entries` in their order."""
        self._rows = [leaf_hashes(entries)]
        while len(self._rows[-1]) > 1:
            row = self._rows[-1]
            self._rows.append(row_above(row[: len(row) // 2 * 2]))

    def __len__(self) -> int:
        return len(self._rows[0])

    @property
    def root(self) -> bytes:
        """The root over all entries."""
        tree = Frontier()
        tree.append(self._rows[0])
        return tree.root()

    def place(self, index: int) -> Place:
        """Return where an entry is, and the way up."""
        path = inclusion_proof(index, len(self), self._subtree)
        return Place(index=index, size=len(self), path=tuple(path))

    def _subtree(self, level: int, first: int) -> bytes:
        return self._rows[level][first >> level]


def of_files(catalogue: Catalogue, author: Author, label: Label) -> list[Exhibit]:
    """
    Return an exhibit for each element set of a catalogue that was read from files.

    They are `author`'s statements of what the files say, said when the set's epoch was; the same
    rows always give the same bytes.
    """
    drawn = Author(author.nation, author.realm, repeatable(b"commonsky/exhibit@1"))
    epochs = catalogue.elements.epoch_tai_ns.tolist()
    numbers = catalogue.catalogue_number.tolist()
    exhibits = []
    for row, content in enumerate(omm_json_objects(catalogue)):
        record = drawn.stated(
            Kind.ELEMENT_SET, SPEC, content, label, epochs[row], subject=(numbers[row],),
            valid_tai_ns=(epochs[row], 0),
        )  # fmt: skip
        file = str(catalogue.source[row])
        exhibits.append(msgspec.structs.replace(_exhibit(record), file=file))
    return exhibits


def of_store(store: Store, subjects: Sequence[int]) -> list[Exhibit]:
    """Return an exhibit for every element set held of these objects, from whomever it came."""
    wanted = frozenset(subjects)
    found = [
        held
        for held in store.since(kinds=[Kind.ELEMENT_SET])
        if wanted.intersection(held.record.envelope.subject) and held.record.body is not None
    ]
    ways = {peer: _Way(store, peer) for peer in {held.peer for held in found} if peer}
    return [
        ways[held.peer].exhibit(held) if held.peer else _exhibit(held.record) for held in found
    ]


def problems(exhibit: Exhibit, root: bytes) -> Iterator[str]:
    """Yield what is wrong with an exhibit of a dossier whose tree has this root."""
    try:
        envelope = decoded(exhibit.entry)
    except msgspec.DecodeError:
        yield "its envelope cannot be read"
        return
    if Body(exhibit.nonce, exhibit.content).digest != envelope.digest:
        yield f"{envelope.handle}: its content is not the one that its envelope commits to"
    if not _is_there(exhibit.entry, exhibit.place, root):
        yield f"{envelope.handle}: it is not in the dossier's tree"
    if exhibit.peer:
        yield from (f"{envelope.handle}: {told}" for told in _peer_problems(exhibit))


def _peer_problems(exhibit: Exhibit) -> Iterator[str]:
    """What is wrong with a partner's proof, its signature apart."""
    try:
        state = checkpoint.parsed(note.parts(exhibit.peer_checkpoint)[0])
    except Exception:  # noqa: BLE001 - whatever it is, it proves nothing
        yield f"the checkpoint of {exhibit.peer} cannot be read"
        return
    place = exhibit.peer_place
    if state.origin != exhibit.peer_origin or place is None or place.size != state.size:
        yield f"the checkpoint of {exhibit.peer} is of another log"
    elif not _is_there(exhibit.entry, place, state.root):
        yield f"{exhibit.peer} has not signed it"


def _is_there(entry: bytes, place: Place | None, root: bytes) -> bool:
    return place is not None and includes(
        root, place.size, place.index, leaf_hash(entry), place.path
    )


def _exhibit(record: Record) -> Exhibit:
    body = record.body or Body(b"", b"")
    return Exhibit(entry=record.encoded, nonce=body.nonce, content=body.content)


class _Way:
    """The tree of a partner's log for us, made again from what is stored of it."""

    def __init__(self, store: Store, peer: str) -> None:
        self._log = store.incoming_log(peer)
        entries = {
            one.index: one.entry for one in store.quarantined(peer) if one.index >= 0
        }  # fmt: skip
        free = iter(k for k in range(self._log.size if self._log else 0) if k not in entries)
        self._index = {}
        for held in store.since():
            if held.peer == peer and (place := next(free, None)) is not None:
                entries[place] = held.record.encoded
                self._index[held.sequence] = place
        self._tree = Tree(entries[k] for k in sorted(entries)) if entries else None

    def exhibit(self, held: Held) -> Exhibit:
        """Return a partner's record with its place, or without where its log cannot show it."""
        plain = _exhibit(held.record)
        log, tree, index = self._log, self._tree, self._index.get(held.sequence)
        if log is None or tree is None or index is None or not log.checkpoint:
            return plain
        state = checkpoint.parsed(note.parts(log.checkpoint)[0])
        if state.size != len(tree) or state.root != tree.root:
            return plain  # more is signed than stored, or another log went before
        return msgspec.structs.replace(
            plain, peer=held.peer, peer_origin=log.origin, peer_checkpoint=log.checkpoint,
            peer_place=tree.place(index),
        )  # fmt: skip
