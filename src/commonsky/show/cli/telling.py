"""`commonsky told` and `commonsky recall`: what was said to whom, and taking it back."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from commonsky.astro.epoch import utc_text
from commonsky.ledger.label import Label
from commonsky.ledger.record import Kind, Link, Relation
from commonsky.ledger.store import Held, Store
from commonsky.node.assembly import author_of, clock_of, opened_store
from commonsky.node.home import Home, opened
from commonsky.share import recall
from commonsky.show.api.records import ToldLine
from commonsky.show.cli.exits import Misuse
from commonsky.show.cli.finding import record_named
from commonsky.show.cli.voice import Voice


class Line(ToldLine, frozen=True, kw_only=True, tag_field="kind", tag="told"):
    """One line of `commonsky told`."""


def list_told(folder: Path, nation: str) -> None:
    """Write everything a nation was told, one JSON object a line, and a summary."""
    home = opened(folder)
    encoder = msgspec.json.Encoder()
    with opened_store(home) as store:
        log = store.outgoing_log(nation)
        if log is None:
            raise Misuse(f"this node has no log for {nation}: they are not a partner")
        receipts = store.receipts(nation)
        covered = max((size for size, _ in receipts), default=0)
        for index, entry in enumerate(store.outgoing(nation)):
            held = store.held(entry.handle).record.envelope
            told = msgspec.json.decode(entry.entry)
            line = Line(
                index=index,
                handle=entry.handle,
                says=str(told["kind"]),
                subject=held.subject,
                level=entry.level,
                rule=entry.rule,
                agreement=entry.agreement,
                sent=utc_text(entry.sent_tai_ns, 0),
                received=index < covered,
                recalled=bool(store.withdrawn(entry.handle)),
            )
            sys.stdout.buffer.write(encoder.encode(line) + b"\n")
        summary = {
            "kind": "summary",
            "nation": nation,
            "told": log.size,
            "signed": log.checkpoint_size,
            "received": covered,
            "receipts": len(receipts),
            "origin": log.origin,
        }
        sys.stdout.buffer.write(encoder.encode(summary) + b"\n")


def recall_record(folder: Path, name: str, reason: str, *, yes: bool) -> None:
    """Take a record back, where a reason is given; tell who has acknowledged."""
    home = opened(folder)
    with opened_store(home) as store, Voice() as voice:
        held = record_named(store, name)
        handle = held.record.envelope.handle
        if reason and not store.linked(handle, Relation.RETRACTS):
            _retract(home, store, held, reason, voice, yes=yes)
        _tell(store, handle, voice)


def _retract(
    home: Home, store: Store, held: Held, reason: str, voice: Voice, *, yes: bool
) -> None:
    envelope = held.record.envelope
    if held.peer:
        raise Misuse(f"{envelope.handle} is a statement of {held.peer}; only they can recall it")
    told = store.told(envelope.handle)
    to = ", ".join(recipient for recipient, _, _ in told) or "nobody"
    voice.say(f"{envelope.kind} {envelope.handle[:12]} about {_subject(held)} was told to {to}")
    if not yes and not _agreed(voice):
        raise Misuse("nothing was recalled; --yes recalls without asking")
    content = msgspec.json.encode(recall.Retraction(reason[: recall.LONGEST_REASON]))
    now = clock_of(home).now_tai_ns()
    record = author_of(home).stated(
        Kind.RETRACTION,
        recall.RETRACTION,
        content,
        Label(releasable_to=tuple(sorted({recipient for recipient, _, _ in told}))),
        now,
        subject=envelope.subject,
        links=(Link(Relation.RETRACTS, envelope.handle),),
    )
    store.append([record])
    voice.say("recalled; the running node sends it at once, and recomputes what rested on it")


def _agreed(voice: Voice) -> bool:
    if not sys.stdin.isatty():
        return False
    voice.say("recall it from all of them? [y/N]")
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _tell(store: Store, handle: str, voice: Voice) -> None:
    found = False
    for one in recall.acknowledgements(store, handle):
        found = True
        state = (
            "withdrawn there"
            if one.withdrawn
            else "recall sent, not yet acknowledged"
            if one.recalled
            else "stands there"
        )
        sys.stdout.write(f"{one.recipient}  {one.level:<6} entry {one.index:<8} {state}\n")
    if not found:
        voice.say("nobody was told of it")


def _subject(held: Held) -> str:
    return ", ".join(map(str, held.record.envelope.subject)) or "no object"
