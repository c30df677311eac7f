"""Statements of this node as records: the one place where our own envelopes are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from commonsky.ledger.label import Category, Label, Tag
from commonsky.ledger.record import (
    HANDLE_BYTES,
    NONCE_BYTES,
    Body,
    Envelope,
    Kind,
    Lineage,
    Link,
    Record,
    sealed,
)
from commonsky.node.entropy import Entropy, system
from commonsky.node.home import Marking


@dataclass(frozen=True, slots=True)
class Author:
    """Who speaks: this nation, in this realm."""

    nation: str
    realm: str
    entropy: Entropy = system

    def stated(
        self,
        kind: Kind,
        spec: str,
        content: bytes,
        label: Label,
        said_tai_ns: int,
        *,
        subject: Sequence[int] = (),
        valid_tai_ns: tuple[int, int] = (0, 0),
        lineage: Lineage | None = None,
        links: Sequence[Link] = (),
    ) -> Record:
        """Return a new record of ours, with a handle and a nonce of its own."""
        about = msgspec.json.encode((kind, said_tai_ns, sorted(subject), label, links))
        purpose = len(about).to_bytes(4) + about + content
        drawn = self.entropy(purpose, HANDLE_BYTES + NONCE_BYTES)
        body = Body(drawn[HANDLE_BYTES:], content)
        envelope = Envelope(
            handle=drawn[:HANDLE_BYTES].hex(),
            digest=body.digest,
            kind=kind,
            spec=spec,
            node=self.nation,
            realm=self.realm,
            said_tai_ns=said_tai_ns,
            label=label,
            valid_from_tai_ns=valid_tai_ns[0],
            valid_until_tai_ns=valid_tai_ns[1],
            subject=tuple(sorted(subject)),
            lineage=lineage,
            links=tuple(links),
        )
        return sealed(envelope, body)


def label_of(marking: Marking) -> Label:
    """Return the label that a configuration asks for; its categories are restrictive."""
    return Label(
        classification=marking.classification,  # type: ignore[arg-type]
        categories=tuple(
            Category(name, Tag.RESTRICTIVE, tuple(sorted(values)))
            for name, values in sorted(marking.categories.items())
        ),
        releasable_to=tuple(sorted(marking.releasable_to)),
        agreements=tuple(sorted(marking.agreements)),
    )
