"""Two nodes and their logs, as the tests of the feed need them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from commonsky.ledger.label import Label
from commonsky.ledger.record import Body, Envelope, Kind, Record, encoded, sealed
from commonsky.ledger.sqlite import SqliteStore
from commonsky.ledger.store import Outgoing
from commonsky.share.inbox import Inbox
from commonsky.share.log.checkpoint import OneKey
from commonsky.share.log.directory import DirectoryTransport
from commonsky.share.outbox import Outbox

REALM = "test"
SAID_TAI_NS = 1_800_000_000_000_000_000


class Key:
    """A key that is the same in every run."""

    def __init__(self, name: str) -> None:
        self.name = name
        seed = hashlib.sha256(name.encode()).digest()
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes_raw()
        self.signed = 0

    def sign(self, message: bytes) -> bytes:
        self.signed += 1
        return self._key.sign(message)


def drawn(purpose: bytes, count: int) -> bytes:
    """Entropy that is the same in every run."""
    return hashlib.shake_256(purpose).digest(count)


def record(
    number: int,
    node: str = "AUS",
    *,
    kind: Kind = Kind.ELEMENT_SET,
    realm: str = REALM,
    content: bytes = b"",
    **fields: object,
) -> Record:
    """The record of a number, the same in every run."""
    handle = hashlib.sha256(f"{node} {number}".encode()).digest()
    content = content or b"MEAN_MOTION %d " % number * 9
    body = Body(handle, content)
    told = {
        "handle": handle[:16].hex(),
        "digest": body.digest,
        "kind": kind,
        "spec": "ccsds/omm@502.0-B-3",
        "node": node,
        "realm": realm,
        "said_tai_ns": SAID_TAI_NS + number,
        "label": Label(releasable_to=("GBR",)),
        "subject": (number % 1000 + 1,),
    }
    envelope = Envelope(**{**told, **fields})  # type: ignore[arg-type]
    return Record(envelope, encoded(envelope), body) if fields else sealed(envelope, body)


def outgoing(one: Record, body: Body | None = None) -> Outgoing:
    return Outgoing(
        handle=one.envelope.handle, entry=one.encoded, body=body, level="full", rule="a rule",
        agreement="", sent_tai_ns=one.envelope.said_tai_ns,
    )  # fmt: skip


@dataclass
class Issuer:
    """A node that tells others."""

    store: SqliteStore
    outbox: Outbox
    folder: Path
    key: Key

    @classmethod
    def at(cls, folder: Path, nation: str = "AUS") -> Issuer:
        folder.mkdir(parents=True, exist_ok=True)
        store = SqliteStore(folder / "ledger.sqlite", REALM)
        key = Key(nation)
        return cls(store, Outbox(store, folder / "outbox", key, drawn), folder / "outbox", key)

    def again(self) -> Outbox:
        """The outbox as another process would open it."""
        self.outbox = Outbox(self.store, self.folder, self.key, drawn)
        return self.outbox

    def send(self, records: Sequence[Record], to: str = "GBR") -> None:
        self.outbox.open(to)
        self.store.append(records)
        self.store.send(to, [outgoing(one) for one in records])

    def tell(self, records: Sequence[Record], to: str = "GBR") -> None:
        self.send(records, to)
        self.outbox.publish([to])

    def feed(self, to: str = "GBR") -> DirectoryTransport:
        return DirectoryTransport(self.folder / to)

    def origin(self, to: str = "GBR") -> str:
        return self.outbox.open(to)


def reader(store: SqliteStore, issuer: Issuer, peer: str = "AUS", to: str = "GBR") -> Inbox:
    return Inbox(store, peer, issuer.origin(to), OneKey(issuer.key.public_key), REALM)


def files(folder: Path) -> dict[str, bytes]:
    """Every file under a folder."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def held(store: SqliteStore, peer: str = "AUS") -> Iterator[Record]:
    """What a store holds from a peer, in order."""
    return (one.record for one in store.since() if one.peer == peer)
