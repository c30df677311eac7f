"""
A dossier on disk: what it says, the records with their proofs, one signature over both.

The tree has what the dossier says as its entry 0, and the records after it; its root is signed as
any checkpoint is, so that one signature covers everything and each record can be shown alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from commonsky.errors import FeedRefused, UnreadableInput
from commonsky.node.dossier import Dossier, decoded, encoded
from commonsky.node.evidence import Exhibit, Tree, problems
from commonsky.share.log import checkpoint, note
from commonsky.share.log.checkpoint import Checkpoint
from commonsky.share.log.note import Signer, Verifier

CONTENT, RECORDS, SIGNED, PAGE = "dossier.json", "records.ndjson", "checkpoint", "dossier.html"
ORIGIN = "commonsky/dossier/"
MOST_CONTENT, MOST_RECORDS, MOST_LINE = 64 << 20, 1 << 30, 1 << 20

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Exhibit)


@dataclass(frozen=True, slots=True)
class Opened:
    """A dossier as it was found: its bytes, what they say, its exhibits, its checkpoint."""

    content: bytes
    dossier: Dossier
    exhibits: tuple[Exhibit, ...]
    note: bytes

    @property
    def root(self) -> bytes:
        """The root of the tree over what is here."""
        return Tree([self.content, *(one.entry for one in self.exhibits)]).root


def origin_of(content: bytes) -> str:
    """Return the name of a dossier's log: its content's digest makes it one of a kind."""
    return ORIGIN + hashlib.sha256(content).hexdigest()[:32]


def written(
    folder: Path,
    dossier: Dossier,
    exhibits: Sequence[Exhibit],
    page: str,
    signer: Signer | None = None,
    name: str = "",
) -> bytes:
    """
    Write a dossier into a new folder, and return its checkpoint.

    Without a signer the checkpoint has no signature under it: whole, but nobody's word.  A folder
    that holds one already is a `FileExistsError`.
    """
    content = encoded(dossier)
    tree = Tree([content, *(one.entry for one in exhibits)])
    text = bytes(Checkpoint(origin_of(content), len(tree), tree.root))
    signed = note.signed(text, name, signer) if signer else text
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / CONTENT).open("xb") as stream:
        stream.write(content)
    with (folder / RECORDS).open("wb") as stream:
        for index, one in enumerate(exhibits, start=1):
            placed = msgspec.structs.replace(one, place=tree.place(index))
            stream.write(_ENCODER.encode(placed) + b"\n")
    (folder / SIGNED).write_bytes(signed)
    (folder / PAGE).write_text(page, encoding="utf-8")
    return signed


def opened(folder: Path) -> Opened:
    """Return the dossier in a folder; one that cannot be read is an `UnreadableInput`."""
    content = _read(folder / CONTENT, MOST_CONTENT)
    try:
        dossier = decoded(content)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UnreadableInput(f"{folder / CONTENT} is no dossier: {error}") from error
    exhibits = tuple(_exhibits(folder / RECORDS))
    return Opened(content, dossier, exhibits, _read(folder / SIGNED, note.MOST_BYTES))


def faults(found: Opened) -> Iterator[str]:
    """Yield what is wrong with a dossier's files, its signature apart."""
    text, _, _ = found.note.partition(b"\n\n")
    try:
        state = checkpoint.parsed(text if text.endswith(b"\n") else text + b"\n")
    except FeedRefused as refusal:
        yield f"its checkpoint cannot be read: {refusal}"
        return
    if state.origin != origin_of(found.content):
        yield "what it says is not what was signed"
    if state.size != len(found.exhibits) + 1 or found.dossier.records != len(found.exhibits):
        yield (
            f"{len(found.exhibits)} records are here, {found.dossier.records} are told of, and "
            f"{state.size - 1} were signed"
        )
    if state.root != found.root:
        yield "the tree of what is here is not the one that was signed"
    for one in found.exhibits:
        yield from problems(one, state.root)
    named = {handle for one in found.dossier.findings for handle in one.records}
    named |= {handle for one in found.dossier.judgements for handle in one.records}
    missing = named - {one.handle for one in found.exhibits if _is_readable(one)}
    if missing:
        yield f"{len(missing)} records that it rests on are not here, as {min(missing)}"


def signed_by(found: Opened, keys: Sequence[Verifier]) -> list[str]:
    """Return which of these keys have signed it; a signature of theirs that is wrong refuses."""
    if b"\n\n" not in found.note:
        return []
    return [one.name for one in note.signers(found.note, keys)]


def claimed(found: Opened) -> list[str]:
    """Return the names under the checkpoint, whether their signatures were checked or not."""
    return [name for name, _, _ in note.parts(found.note)[1]] if b"\n\n" in found.note else []


def _is_readable(one: Exhibit) -> bool:
    try:
        return bool(one.handle)
    except msgspec.DecodeError:
        return False


def _exhibits(path: Path) -> Iterator[Exhibit]:
    content = _read(path, MOST_RECORDS)
    for number, line in enumerate(content.splitlines(), start=1):
        if len(line) > MOST_LINE:
            raise UnreadableInput(f"{path} line {number} has more than {MOST_LINE:,} bytes")
        try:
            yield _DECODER.decode(line)
        except (msgspec.DecodeError, RecursionError) as error:
            raise UnreadableInput(f"{path} line {number} is no record: {error}") from error


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(most + 1)
    except OSError as error:
        raise UnreadableInput(f"{path} cannot be read: {error.strerror}") from error
    if len(content) > most:
        raise UnreadableInput(f"{path} has more than {most:,} bytes")
    return content
