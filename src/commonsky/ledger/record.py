"""The envelope of every record: what it is, who said it when, who may know it, on what grounds."""

from __future__ import annotations

import hashlib
from enum import StrEnum

import msgspec

from commonsky.ledger.label import Label

NONCE_BYTES = 32
HANDLE_BYTES = 16


class Kind(StrEnum):
    """What a record says."""

    ELEMENT_SET = "element_set"  # a mean element set, OMM
    EPHEMERIS = "ephemeris"
    CONJUNCTION = "conjunction"  # with miss distance and Pc, full
    EVENT = "event"  # that something comes close to something: objects and window alone
    EXISTENCE = "existence"  # that an object is known, without its orbit
    WARNING = "warning"  # the least that whoever is at risk must know
    RETRACTION = "retraction"
    RECEIPT = "receipt"  # a cosigned checkpoint of the other side's log
    WITHDRAWN = "withdrawn"  # the answer to a retraction: withdrawn here
    NOTICE = "notice"  # plain words to a duty officer
    FINDING = "finding"  # that something happened: a manoeuvre, an approach, a break-up
    CLAIM = "claim"  # an operator's state of an alert: acknowledged, shelved, claimed, closed


class Relation(StrEnum):
    """How a record stands to an earlier one."""

    SUPERSEDES = "supersedes"
    RETRACTS = "retracts"
    CONFIRMS = "confirms"
    DISPUTES = "disputes"
    ANSWERS = "answers"


class Link(msgspec.Struct, frozen=True, gc=False):
    """A relation to the record of a handle."""

    relation: Relation
    handle: str


class Lineage(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """
    How a derived record came about.

    `used` are handles, sorted; `withheld_sources` says that more were used than the reader may
    know of.  Which ones, and how many, is not said.
    """

    function: str  # name and version, as screen@1
    parameters_digest: str
    used: tuple[str, ...] = ()
    seed: int | None = None
    withheld_sources: bool = False


class Envelope(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """
    Everything of a record but its body.

    `handle` is 32 hexadecimal digits, given once by the originator.  `digest` is SHA-256 over
    nonce and body, in hexadecimal.  Valid from and until bound when the statement holds, `said`
    when it was made, all in TAI ns; 0 is unbounded.  `subject` are catalogue numbers, sorted.
    """

    handle: str
    digest: str
    kind: Kind
    spec: str  # as ccsds/omm@502.0-B-3
    node: str  # the originator: a nation of three letters
    realm: str  # ops, exercise/<id>, test
    said_tai_ns: int
    label: Label
    valid_from_tai_ns: int = 0
    valid_until_tai_ns: int = 0
    subject: tuple[int, ...] = ()
    lineage: Lineage | None = None
    links: tuple[Link, ...] = ()


class Body(msgspec.Struct, frozen=True, gc=False):
    """The bytes of a record, with the nonce that keeps its digest from being guessed."""

    nonce: bytes
    content: bytes

    @property
    def digest(self) -> str:
        """SHA-256 over nonce and content, in hexadecimal."""
        return hashlib.sha256(self.nonce + self.content).hexdigest()


class Record(msgspec.Struct, frozen=True, gc=False):
    """A record as it is held: the envelope's exact bytes, and its body, None after a purge."""

    envelope: Envelope
    encoded: bytes  # the envelope, exactly as its issuer wrote it
    body: Body | None


_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(Envelope)


def encoded(envelope: Envelope) -> bytes:
    """Return an envelope as JSON, fields in a fixed order."""
    return _ENCODER.encode(envelope)


def decoded(entry: bytes) -> Envelope:
    """Return the envelope that these bytes are; anything else is a `msgspec.DecodeError`."""
    return _DECODER.decode(entry)


def sealed(envelope: Envelope, body: Body) -> Record:
    """Return a record of our own; the envelope must carry the body's digest."""
    if envelope.digest != body.digest:
        raise ValueError("the envelope's digest is not its body's")
    return Record(envelope, encoded(envelope), body)
