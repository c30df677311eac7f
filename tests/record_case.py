"""Records of element sets, as nations state them, in the order they are stored."""

from __future__ import annotations

import hashlib

import msgspec

from commonsky.catalogue.catalogue import Catalogue
from commonsky.ledger.label import OPEN, Label
from commonsky.ledger.record import Envelope, Record
from commonsky.ledger.store import Held
from commonsky.node.ingest import statements
from commonsky.node.statements import Author

NOW = 1_743_400_000_000_000_000


def drawn(purpose: bytes, count: int) -> bytes:
    return hashlib.shake_256(purpose).digest(count)


class Post:
    """Records in the order they are stored."""

    def __init__(self) -> None:
        self.sequence = 0

    def held(self, nation: str, some: Catalogue, said: int = 0, label: Label = OPEN) -> list[Held]:
        def entropy(purpose: bytes, count: int) -> bytes:
            return drawn(f"{nation} {said} {label}".encode() + purpose, count)

        author = Author(nation, "test", entropy)
        return [self.of(record) for record in statements(some, author, label, NOW + said)]

    def of(self, record: Record) -> Held:
        self.sequence += 1
        return Held(self.sequence, "", record)

    def altered(self, held: Held, content: bytes = b"", **changes: object) -> Held:
        """The same with another body, or another envelope."""
        record = held.record
        assert record.body is not None
        body = msgspec.structs.replace(record.body, content=content) if content else record.body
        envelope: Envelope = msgspec.structs.replace(record.envelope, **changes)
        return self.of(Record(envelope, b"", body))
