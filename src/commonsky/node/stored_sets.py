"""Element sets of a ledger, read on from where one was, each with its record."""

from __future__ import annotations

from collections.abc import Mapping

from commonsky.catalogue.catalogue import Catalogue
from commonsky.ledger.record import Kind
from commonsky.ledger.store import Store
from commonsky.node.assertions import catalogue_of

AT_ONCE = 20_000
Handles = dict[tuple[int, int], str]  # of catalogue number and epoch


def sets_after(store: Store, after: int) -> tuple[Catalogue, Handles, int] | None:
    """Return the next element sets, the record of each, and how far they go; None at the end."""
    held = list(store.since(after, kinds=[Kind.ELEMENT_SET], most=AT_ONCE))
    if not held:
        return None
    whole = [one for one in held if one.record.body is not None]
    bodies = [one.record.body.content for one in whole if one.record.body is not None]
    read = catalogue_of(bodies, [one.record.envelope.node for one in whole])
    sets = read.catalogue
    named = {
        (number, epoch): whole[body].record.envelope.handle
        for number, epoch, body in zip(
            sets.catalogue_number.tolist(), sets.elements.epoch_tai_ns.tolist(),
            read.body.tolist(), strict=True,
        )
    }  # fmt: skip
    return sets, named, held[-1].sequence


def handles_of(sets: Catalogue, handles: Mapping[tuple[int, int], str]) -> list[str]:
    """Return the record of each row."""
    epochs = sets.elements.epoch_tai_ns.tolist()
    return [
        handles[number, epoch]
        for number, epoch in zip(sets.catalogue_number.tolist(), epochs, strict=True)
    ]
