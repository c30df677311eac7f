"""
From records to a dossier, and back: made, and computed again to see whether it says the same.

The same records, circumstances and register give the same dossier, byte for byte on one platform.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from datetime import date
from typing import Any

import msgspec
import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.astro.epoch import tai_ns
from commonsky.catalogue.catalogue import Catalogue
from commonsky.characterise.history import History, history
from commonsky.characterise.norms.check import check
from commonsky.characterise.norms.rule import Rule
from commonsky.characterise.norms.rulebook import rulebook
from commonsky.errors import UnknownObject, UnreadableInput
from commonsky.formats.registry import Register
from commonsky.ledger.record import decoded as envelope_of
from commonsky.node.assertions import catalogue_of
from commonsky.node.circumstances import Circumstance
from commonsky.node.custody import custody
from commonsky.node.detection import detected, earlier_files
from commonsky.node.dossier import SPEC, Asked, Dossier, File, encoded, software, with_records
from commonsky.node.dossier_files import Opened
from commonsky.node.dossier_summary import summary
from commonsky.node.evidence import Exhibit
from commonsky.node.findings import KINDS
from commonsky.node.home import NATIONS
from commonsky.node.judgements import judgements
from commonsky.node.norm_facts import Known, facts_of

MOST_BESIDE = 12
TOLERANCE = 1e-4  # of numbers, where another platform computed them


class Difference(msgspec.Struct, frozen=True):
    """Where a dossier that was computed again says something else; `matters` beyond rounding."""

    where: str
    said: str
    now: str
    matters: bool


def asked_rules(ids: Sequence[str]) -> tuple[Rule, ...]:
    """Return the rules of these ids, or all; an unknown one is an `UnknownObject`."""
    every = rulebook()
    unknown = sorted(set(ids) - {rule.id for rule in every})
    if unknown:
        raise UnknownObject(f"there is no rule {unknown[0]!r}; `commonsky norms list` names all")
    return tuple(rule for rule in every if not ids or rule.id in ids)


def in_span(sets: Catalogue, asked: Asked) -> Catalogue:
    """Return the sets of the objects asked for, from `since` until `until`, in order of time."""
    missing = sorted(set(asked.everything) - set(sets.catalogue_number.tolist()))
    if missing:
        raise UnknownObject(f"{missing[0]} is in none of these files")
    epoch, number = sets.elements.epoch_tai_ns, sets.catalogue_number
    keep = np.isin(number, asked.everything)
    if asked.since:
        keep &= epoch >= tai_ns(asked.since)
    if asked.until:
        keep &= epoch <= tai_ns(asked.until)
    rows = np.flatnonzero(keep)
    return sets.take(rows[np.lexsort((rows, epoch[rows], number[rows]))])


def composed(
    asked: Asked,
    exhibits: Sequence[Exhibit],
    register: Register,
    circumstances: Sequence[Circumstance],
    files: Sequence[File] = (),
    executor: Executor | None = None,
) -> tuple[Dossier, Catalogue]:
    """
    Return the dossier that these records bear, and the element sets in them.

    Records that hold no element set, or one that cannot be read, are an `UnreadableInput`.
    """
    sets, handles = _sets(exhibits)
    past = history(sets)
    findings = detected(sets, asked.kinds or KINDS, earlier=earlier_files(sets), executor=executor)
    entries = {number: register.of(number) for number in asked.everything}
    known = Known(sets, past, findings, register, circumstances)
    found = check(asked_rules(asked.rules), facts_of(known, asked.objects),
                  date.fromisoformat(asked.on))  # fmt: skip
    told = judgements(found, handles)
    dossier = Dossier(
        spec=SPEC,
        asked=asked,
        summary=(),
        findings=with_records(findings, handles),
        judgements=told,
        custody=tuple(custody(past.of(followed(past, asked)), sets)),
        circumstances=tuple(circumstances),
        register=tuple(one for one in entries.values() if one.name or one.owner),
        withheld=tuple(_withheld(asked, register)),
        files=tuple(files),
        records=len(exhibits),
        software=software(),
    )
    return msgspec.structs.replace(dossier, summary=tuple(summary(dossier))), sets


def _sets(exhibits: Sequence[Exhibit]) -> tuple[Catalogue, list[str]]:
    """Element sets of records, row by row, and the handle of each row's record."""
    envelopes = [envelope_of(one.entry) for one in exhibits]
    said = [one.file or envelope.node for one, envelope in zip(exhibits, envelopes, strict=True)]
    read = catalogue_of([one.content for one in exhibits], said)
    if read.refused:
        first = read.refused[0]
        raise UnreadableInput(
            f"{len(read.refused)} records hold no element set, as "
            f"{envelopes[first.line].handle}: {first.reason}"
        )
    return read.catalogue, [envelopes[body].handle for body in read.body.tolist()]


def followed(past: History, asked: Asked) -> Ints:
    """Return which histories are told of one by one: the objects, and some beside them."""
    told = [*asked.objects, *asked.beside[:MOST_BESIDE]]
    return np.flatnonzero(np.isin(past.object_number, told)).astype(np.int64)


def _withheld(asked: Asked, register: Register) -> Iterator[str]:
    """What is known not to be in it."""
    hidden = [one for one in register.entries.values() if one.withheld]
    ours = [one for one in hidden if one.state in NATIONS]
    if hidden:
        yield (
            f"{len(hidden)} objects of the register are withheld by their owners, {len(ours)} of "
            "them by the ten nations themselves: what they did near the objects here is not seen"
        )
    else:
        yield (
            "No register given says which objects are withheld; owners, the ten nations among "
            "them, keep some out of public catalogues, and what these did is not seen"
        )
    yield (
        f"Only the {len(asked.everything)} objects named were looked at; others may have been "
        "near, and a parent was looked for among these alone"
    )
    yield "Element sets are fits over a day or more: what is shorter or smaller is not seen"


def register_of(dossier: Dossier) -> Register:
    """Return the entries that a dossier quotes as a register."""
    return Register({one.number: one for one in dossier.register}, len(dossier.register), {})


def recomputed(found: Opened, executor: Executor | None = None) -> list[Difference]:
    """Return where a dossier, computed again from its own records, says something else."""
    old = found.dossier
    new, _ = composed(
        old.asked, found.exhibits, register_of(old), old.circumstances, old.files, executor
    )
    # Who computed it is told, and may differ; so may what is said of a register not in it.
    new = msgspec.structs.replace(new, software=old.software, withheld=old.withheld)
    if encoded(new) == encoded(old):
        return []
    before, after = msgspec.to_builtins(old), msgspec.to_builtins(new)
    return list(_differences("", before, after))


def _differences(where: str, said: Any, now: Any) -> Iterator[Difference]:  # noqa: ANN401 - JSON
    if isinstance(said, dict) and isinstance(now, dict):
        for key in sorted({*said, *now}):
            yield from _differences(f"{where}.{key}", said.get(key), now.get(key))
    elif isinstance(said, list | tuple) and isinstance(now, list | tuple):
        if len(said) != len(now):
            yield Difference(where, f"{len(said)} of them", f"{len(now)} of them", matters=True)
        for place, (one, other) in enumerate(zip(said, now, strict=False)):
            yield from _differences(f"{where}[{place}]", one, other)
    elif said != now:
        numbers = isinstance(said, int | float) and isinstance(now, int | float)
        close = numbers and abs(said - now) <= TOLERANCE * max(abs(said), abs(now))
        yield Difference(where.lstrip("."), str(said), str(now), matters=not close)
