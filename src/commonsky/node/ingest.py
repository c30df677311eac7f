"""Element sets from files, made into this nation's statements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from commonsky.catalogue.catalogue import Catalogue
from commonsky.catalogue.merge import merge
from commonsky.errors import UnreadableInput
from commonsky.formats.omm_json_writer import omm_json_objects
from commonsky.ledger.label import Label
from commonsky.ledger.record import Kind, Record
from commonsky.ledger.store import Store
from commonsky.node.home import Home
from commonsky.node.realm import Realm
from commonsky.node.statements import Author

SPEC = "ccsds/omm@502.0-B-3"
AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of the records of an ingest: `read` is the sum of the others."""

    read: int
    accepted: int
    unchanged: int  # said before, word for word
    superseded: int  # older than another in the same files
    quarantined: int
    simulated: int  # refused, since operations take no simulated objects


def ingest(
    catalogue: Catalogue,
    home: Home,
    store: Store,
    author: Author,
    label: Label,
    now_tai_ns: int,
    progress: Callable[[str, float, float], None] | None = None,
) -> Ingested:
    """
    State every element set of a catalogue that was not stated before, under this label.

    A file of another realm is an `UnreadableInput`, and then nothing is stated.
    """
    realm = Realm.parsed(home.realm)
    for one in catalogue.provenance.inputs:
        problem = realm.problem(one.realms, one.exercise_originators)
        if problem:
            raise UnreadableInput(f"{one.name} is refused: {problem}")
    whole = merge(catalogue).catalogue
    told = whole.provenance
    refused = realm.refused_numbers(whole.catalogue_number)
    wanted = whole.take(np.flatnonzero(~refused))
    said = {
        (held.record.envelope.subject, held.record.envelope.label): held.record.body.content
        for held in store.heads(Kind.ELEMENT_SET)
        if not held.peer and held.record.body is not None
    }
    accepted = 0
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted.take(np.arange(start, min(start + AT_ONCE, len(wanted))))
        new = statements(part, author, label, now_tai_ns, said)
        store.append(new)
        accepted += len(new)
        if progress is not None:
            progress("stating", min(start + AT_ONCE, len(wanted)), len(wanted))
    return Ingested(
        read=told.read_count,
        accepted=accepted,
        unchanged=len(wanted) - accepted,
        superseded=told.superseded_count,
        quarantined=told.quarantined_count,
        simulated=int(refused.sum()),
    )


def statements(
    catalogue: Catalogue,
    author: Author,
    label: Label,
    now_tai_ns: int,
    said: dict[tuple[tuple[int, ...], Label], bytes] | None = None,
) -> list[Record]:
    """Return a record for each element set, but for those that were said word for word."""
    before = said or {}
    epochs = catalogue.elements.epoch_tai_ns.tolist()
    records = []
    for row, content in enumerate(omm_json_objects(catalogue)):
        subject = (int(catalogue.catalogue_number[row]),)
        if before.get((subject, label)) == content:
            continue
        records.append(
            author.stated(
                Kind.ELEMENT_SET,
                SPEC,
                content,
                label,
                now_tai_ns,
                subject=subject,
                valid_tai_ns=(epochs[row], 0),
            )
        )
    return records
