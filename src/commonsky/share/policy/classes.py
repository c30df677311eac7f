"""Classes of records: all that a verdict depends on, so that each is decided once."""

from __future__ import annotations

import hashlib

import msgspec

from commonsky.ledger.label import CLASSIFICATIONS
from commonsky.ledger.record import Envelope


class RecordClass(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """
    What a release policy sees of a record.

    `objects` are the catalogue numbers, () unless a rule asks for them: then each record is a
    class of its own.
    """

    kind: str
    originator: str
    classification: int
    categories: tuple[str, ...] = ()
    releasable_to: tuple[str, ...] = ()
    agreements: tuple[str, ...] = ()
    embargo_tai_ns: int = 0
    at_risk: bool = False
    objects: tuple[int, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the class, in hexadecimal."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()

    @property
    def confirmable(self) -> RecordClass:
        """What two persons confirm: whoever is at risk, whatever the object, whenever."""
        return msgspec.structs.replace(self, embargo_tai_ns=0, at_risk=False, objects=())

    def context(self) -> dict[str, object]:
        """Return the class as Cedar's context; strings stay values, whatever they hold."""
        told: dict[str, object] = {
            "kind": self.kind,
            "originator": self.originator,
            "classification": self.classification,
            "categories": list(self.categories),
            "releasable_to": list(self.releasable_to),
            "agreements": list(self.agreements),
            "at_risk": self.at_risk,
        }
        return told | ({"objects": list(self.objects)} if self.objects else {})


def record_class(envelope: Envelope, *, at_risk: bool, by_object: bool = False) -> RecordClass:
    """Return the class of a record; `by_object` where a rule asks for catalogue numbers."""
    label = envelope.label
    return RecordClass(
        kind=envelope.kind.value,
        originator=envelope.node,
        classification=CLASSIFICATIONS.index(label.classification),
        categories=tuple(
            f"{one.name}={value}" for one in label.categories for value in one.values
        ),
        releasable_to=label.releasable_to,
        agreements=label.agreements,
        embargo_tai_ns=label.embargo_tai_ns,
        at_risk=at_risk,
        objects=envelope.subject if by_object else (),
    )
