"""What a record rests on: what a reader may know of it, what rests on it, under which label."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import msgspec

from commonsky.ledger.label import Label, join
from commonsky.ledger.record import Lineage
from commonsky.ledger.store import Held, Store


def visible(lineage: Lineage, given: Collection[str]) -> Lineage:
    """Return a lineage that names only what a reader has been given."""
    seen = tuple(handle for handle in lineage.used if handle in given)
    hidden = lineage.withheld_sources or len(seen) < len(lineage.used)
    return msgspec.structs.replace(lineage, used=seen, withheld_sources=hidden)


def descendants(store: Store, handle: str) -> Iterator[str]:
    """Yield the handles of all records that rest on this one, at any remove, each once."""
    found = {handle}
    waiting = [handle]
    while waiting:
        for one in store.derived_from(waiting.pop()):
            if one not in found:
                found.add(one)
                waiting.append(one)
                yield one


def ancestors(store: Store, handles: Iterable[str]) -> Iterator[Held]:
    """Yield these records and all they rest on, each once, as far as they are held here."""
    found: set[str] = set()
    waiting = list(handles)
    while waiting:
        handle = waiting.pop()
        if handle in found or not store.known([handle])[0]:
            continue
        found.add(handle)
        held = store.held(handle)
        lineage = held.record.envelope.lineage
        waiting += lineage.used if lineage else ()
        yield held


def derived_label(store: Store, handles: Iterable[str]) -> Label:
    """Return the label of what is derived from these records: the join of theirs."""
    return join(store.held(handle).record.envelope.label for handle in handles)
