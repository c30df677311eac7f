"""Files of element sets: opened, unpacked, read.  Paths in, one catalogue out."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from commonsky.catalogue.catalogue import Catalogue, Input, Provenance, concatenated
from commonsky.errors import UnreadableInput
from commonsky.formats.compression import Unpacked
from commonsky.formats.encoding import in_utf8
from commonsky.formats.gathering import Gathering, Numbers
from commonsky.formats.sections import Sections
from commonsky.formats.sniff import description
from commonsky.node.realm import Told

STDIN = "-"
READ_BYTES = 1 << 20
BEGINNING_BYTES = 4096
TOLD = 3  # reasons that an error message gives

# What an input may go on for without one good record before we stop reading it.
MOST_BARREN_BYTES = 1 << 34
MOST_BARREN_BYTES_PACKED = 1 << 28
MOST_EXPANSION = 100.0  # element sets pack to a tenth or a quarter


def read_records(*paths: str | Path, stdin: BinaryIO | None = None) -> Catalogue:
    """
    Return every good record of these files, in their order, older ones and doubles included.

    Each may be OMM in CSV, JSON, XML or KVN, TLE, 2LE, 3LE, or a mix of them, packed by gzip, xz
    or zstd or not; `-` is `stdin` (the process's, if not given).  Bad records are set aside, as
    the provenance tells.  A file that cannot be opened, or gives not one good record, is an
    `UnreadableInput`.  Memory is bounded by the good records, however much else there is.
    """
    if not paths:
        raise UnreadableInput("no file was named to read element sets from")
    if sum(str(path) == STDIN for path in paths) > 1:
        raise UnreadableInput("standard input (-) can be read only once")
    numbers = Numbers()
    return concatenated(
        [
            _read(path, source, numbers, stdin)
            for path, source in zip(paths, _sources(paths), strict=True)
        ]
    )


def _sources(paths: Sequence[str | Path]) -> list[str]:
    """What the rows of each file name as their source: the file's name, if it is the only one."""
    names = ["stdin" if str(path) == STDIN else Path(path).name for path in paths]
    uses = Counter(names)
    return [
        name if uses[name] == 1 else str(path) for name, path in zip(names, paths, strict=True)
    ]


def _read(path: str | Path, source: str, numbers: Numbers, stdin: BinaryIO | None) -> Catalogue:
    """Return the good records of one file."""
    try:
        if str(path) == STDIN:
            # The caller's, or the process's: not ours to close.
            opened: nullcontext[BinaryIO] | BinaryIO = nullcontext(stdin or sys.stdin.buffer)
        else:
            opened = Path(path).open("rb")  # noqa: SIM115 - entered below
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UnreadableInput(f"{str(path)!r} cannot be opened: {why}") from error
    with opened as stream:
        return _Reading(stream, Gathering(source, numbers)).catalogue()


class _Reading:
    """One stream, and what has been read of it."""

    def __init__(self, stream: BinaryIO, gathering: Gathering) -> None:
        self._stream = stream
        self._gathering = gathering
        self._digest = hashlib.sha256()
        self._problem = ""
        self._told = Told()

    def catalogue(self) -> Catalogue:
        """Read all of it."""
        gathering = self._gathering
        unpacked = Unpacked(self._pieces())
        sections = Sections(gathering)
        beginning = b""
        barren_bytes = 0
        for piece in in_utf8(unpacked):
            if len(beginning) < BEGINNING_BYTES:
                beginning += piece[: BEGINNING_BYTES - len(beginning)]
            before = gathering.accepted
            sections.feed(piece)
            self._told.feed(piece)
            barren_bytes = 0 if gathering.accepted > before else barren_bytes + len(piece)
            if problem := _endless(barren_bytes, unpacked):
                self._problem = problem
                break
        sections.close()
        self._told.close()
        for problem in filter(None, (unpacked.problem, self._problem)):
            gathering.refuse(sections.line, "", problem)
        if gathering.accepted == 0:
            raise UnreadableInput(self._why_nothing(beginning))
        return replace(concatenated(gathering.parts), provenance=self._provenance(unpacked))

    def _pieces(self) -> Iterator[bytes]:
        """The bytes as they are stored."""
        try:
            while piece := self._stream.read(READ_BYTES):
                self._digest.update(piece)
                yield piece
        except OSError as error:
            # What was read before stands.
            self._problem = f"it cannot be read to its end: {error.strerror or error}"

    def _why_nothing(self, beginning: bytes) -> str:
        gathering = self._gathering
        seen = description(beginning)
        if not beginning and not gathering.quarantined:
            return f"{gathering.source} is empty"
        reasons = "; ".join(
            f"line {one.line}{', ' if one.field else ''}{one.field}: {one.reason}"
            for one in gathering.quarantined[:TOLD]
        )
        count = gathering.quarantined_count
        found = f"all of its {count} records are bad ({reasons})" if count else "nothing in it is"
        return (
            f"{gathering.source} has no element set that can be used: {found}. It is {seen}; "
            "wanted are OMM in CSV, JSON, XML or KVN, or TLE"
        )

    def _provenance(self, unpacked: Unpacked) -> Provenance:
        gathering = self._gathering
        form = ", ".join(gathering.formats)
        told = Input(
            gathering.source,
            f"{form} ({unpacked.form})" if unpacked.form else form,
            self._digest.hexdigest(),
            unpacked.packed_bytes,
            gathering.read,
            gathering.accepted,
            gathering.quarantined_count,
            tuple(sorted(self._told.realms)),
            tuple(sorted(self._told.originators)),
        )
        return Provenance(
            (told,),
            tuple(gathering.quarantined),
            gathering.quarantined_count,
            read_count=gathering.read,
        )


def _endless(barren_bytes: int, unpacked: Unpacked) -> str:
    """Return why to stop reading what has given nothing for so long, or nothing to go on."""
    expands = unpacked.form and barren_bytes > MOST_EXPANSION * unpacked.packed_bytes
    if expands and barren_bytes > MOST_BARREN_BYTES_PACKED:
        return f"it unpacks to more than {MOST_EXPANSION:g} times its size, but to no records"
    if barren_bytes > MOST_BARREN_BYTES:
        return f"given up after {MOST_BARREN_BYTES >> 30} GiB without one good record"
    return ""
