"""
A dossier: what was seen, by whom, what else it may have been, which rules it meets, how sure.

It is a pure function of the records and of what people added with its source, so that anybody can
compute it again from the records in it.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version

import msgspec
import numba
import numpy as np

from commonsky.astro.kernels import sources_digest
from commonsky.formats.registry import Entry
from commonsky.node.circumstances import Circumstance
from commonsky.node.custody import Custody
from commonsky.node.findings import AnyFinding
from commonsky.node.judgements import Judgement

SPEC = "commonsky/dossier@1"


class Software(msgspec.Struct, frozen=True, kw_only=True):
    """What computed it; on another platform numbers may differ behind the digits told."""

    name: str
    version: str
    sources: str  # digest of the pure packages
    python: str
    numpy: str
    numba: str
    machine: str


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file that element sets were read from."""

    name: str
    format: str
    sha256: str
    size_bytes: int
    read: int
    accepted: int
    quarantined: int


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    What a dossier is about: objects, the time that counts, the rules asked for, none for all.

    Rules are held against `objects`; records of those `beside` them count too: neighbours, pieces.
    `on` is the UTC day whose law and pledges are applied.
    """

    title: str
    objects: tuple[int, ...]
    on: str
    beside: tuple[int, ...] = ()
    since: str = ""
    until: str = ""
    rules: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    nation: str = ""  # who made it; "" is nobody in particular
    realm: str = "ops"

    @property
    def everything(self) -> tuple[int, ...]:
        """All catalogue numbers whose records count."""
        return tuple(sorted({*self.objects, *self.beside}))


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a dossier says; `records` of findings and judgements are in its exhibits."""

    spec: str
    asked: Asked
    summary: tuple[str, ...]
    findings: tuple[AnyFinding, ...]
    judgements: tuple[Judgement, ...]
    custody: tuple[Custody, ...]
    circumstances: tuple[Circumstance, ...]
    register: tuple[Entry, ...]
    withheld: tuple[str, ...]  # what is known not to be in it
    files: tuple[File, ...]
    records: int
    software: Software


def software() -> Software:
    """Return what computes here."""
    return Software(
        name="commonsky",
        version=version("commonsky"),
        sources=sources_digest(),
        python=platform.python_version(),
        numpy=np.__version__,
        numba=numba.__version__,
        machine=f"{platform.system()} {platform.machine()}",
    )


_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(Dossier)


def encoded(dossier: Dossier) -> bytes:
    """Return a dossier as JSON, indented for people, the same bytes for the same content."""
    return msgspec.json.format(_ENCODER.encode(dossier), indent=1) + b"\n"


def decoded(content: bytes) -> Dossier:
    """Return the dossier that these bytes are; anything else is a `msgspec.DecodeError`."""
    return _DECODER.decode(content)


def with_records(findings: Sequence[AnyFinding], handles: Sequence[str]) -> tuple[AnyFinding, ...]:
    """Return findings that name the records of their rows instead of the rows."""
    return tuple(
        msgspec.structs.replace(
            one, rows=(), records=tuple(handles[row] for row in one.rows if row >= 0)
        )
        for one in findings
    )
