"""Findings as records of a node: what was found, from which statements, under their label."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from commonsky.astro.epoch import tai_ns
from commonsky.ledger.lineage import derived_label
from commonsky.ledger.record import Kind, Lineage, Record
from commonsky.ledger.store import Held, Store
from commonsky.node.detection import began, ended
from commonsky.node.findings import AnyFinding, decoded
from commonsky.node.statements import Author

SPEC = "commonsky/finding@1"
FUNCTION = "characterise@1"
_ENCODER = msgspec.json.Encoder(order="deterministic")
PARAMETERS = hashlib.sha256(b"{}").hexdigest()  # one set for all objects, none of them chosen


def stated(
    findings: Iterable[AnyFinding],
    handles: Sequence[str],
    store: Store,
    author: Author,
    now_tai_ns: int,
) -> list[Record]:
    """
    Return a record for each finding that was not stated before, not yet stored.

    `handles` (n,) are the records of the input rows.  A finding is the same as an earlier one
    where kind, objects and window are.
    """
    before = {_same(one) for _, one in held_findings(store)}
    records = []
    for finding in findings:
        if _same(finding) in before:
            continue
        used = sorted({handles[row] for row in finding.rows if row >= 0})
        told = msgspec.structs.replace(finding, rows=(), records=())
        records.append(
            author.stated(
                Kind.FINDING, SPEC, _ENCODER.encode(told), derived_label(store, used), now_tai_ns,
                subject=sorted(set(finding.objects)),
                valid_tai_ns=(tai_ns(began(finding)), tai_ns(ended(finding))),
                lineage=Lineage(
                    function=FUNCTION, parameters_digest=PARAMETERS, used=tuple(used)
                ),
            )
        )  # fmt: skip
    return records


def held_findings(store: Store) -> list[tuple[Held, AnyFinding]]:
    """Return every finding that is held, ours and partners', with its record."""
    found = []
    for held in store.since(kinds=[Kind.FINDING]):
        if held.record.body is None:
            continue
        try:
            found.append((held, decoded(held.record.body.content)))
        except msgspec.DecodeError:
            continue  # of a kind that this version does not know
    return found


def _same(one: AnyFinding) -> tuple[str, tuple[int, ...], str, str]:
    return type(one).__name__, one.objects, began(one), ended(one)
