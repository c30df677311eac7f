"""Single records: what they say, who was told, what they rest on; and taking them back."""

from __future__ import annotations

import logging
from http import HTTPStatus

import msgspec

from commonsky.ledger.label import Label
from commonsky.ledger.record import Kind, Lineage, Link, Relation
from commonsky.ledger.store import Held, Outgoing
from commonsky.share import recall
from commonsky.show.api.answer import (
    Answer,
    LineageTold,
    Page,
    RecordTold,
    ToldTo,
    marking_of,
    text_of,
)
from commonsky.show.api.completeness import completeness
from commonsky.show.api.desk import Desk
from commonsky.show.api.keys import ApiKey
from commonsky.show.api.problem import Problem, misuse, unknown

LOG = logging.getLogger(__name__)
LONGEST_BODY = 1 << 20
MOST = 500
NOTHING_USED = Lineage(function="", parameters_digest="")


class RecallAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a record is taken back; whoever was told of it reads this."""

    reason: str


class Recalled(msgspec.Struct, frozen=True, kw_only=True):
    """A retraction, and whom it will reach."""

    retraction: str
    handle: str
    reaches: tuple[str, ...]


class ToldLine(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of our log for a nation; `says` is the kind that they were given."""

    index: int
    handle: str
    says: str
    subject: tuple[int, ...]
    level: str
    rule: str
    agreement: str
    sent: str
    received: bool
    recalled: bool


class ToldAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which entries of a log: from the index `after` on."""

    after: int = 0
    most: int = 100


def record(desk: Desk, handle: str) -> Answer[RecordTold]:
    """Return a record with all that hangs on it."""
    scope = f"the record {handle}, and whatever this node holds that stands to it"
    return Answer(record_told(desk, desk.store.held(handle)), completeness(desk, scope))


def record_told(desk: Desk, held: Held) -> RecordTold:
    """Return what is known of a record."""
    envelope, store = held.record.envelope, desk.store
    content = b"" if held.record.body is None else held.record.body.content
    lineage = envelope.lineage or NOTHING_USED
    return RecordTold(
        sequence=held.sequence,
        handle=envelope.handle,
        kind=envelope.kind.value,
        spec=envelope.spec,
        nation=envelope.node,
        peer=held.peer,
        realm=envelope.realm,
        said=text_of(envelope.said_tai_ns, 3),
        valid_from=text_of(envelope.valid_from_tai_ns, 3),
        valid_until=text_of(envelope.valid_until_tai_ns, 3),
        subject=envelope.subject,
        marking=marking_of(envelope.label),
        digest=envelope.digest,
        links=envelope.links,
        linked_by=tuple(
            Link(relation, other.record.envelope.handle)
            for relation in Relation
            for other in store.linked(envelope.handle, relation)
        ),
        lineage=LineageTold(
            function=lineage.function,
            used=lineage.used,
            withheld_sources=lineage.withheld_sources,
            used_by=tuple(store.derived_from(envelope.handle)),
        ),
        withdrawn_by=store.withdrawn(envelope.handle),
        body_bytes=len(content),
        told=tuple(_told_to(desk, envelope.handle)),
        **_body(content),  # type: ignore[arg-type]
    )


def told(desk: Desk, nation: str, asked: ToldAsked) -> Page[ToldLine]:
    """Return a page of everything that a nation was ever told by this node."""
    if not 1 <= asked.most <= MOST or asked.after < 0:
        raise misuse(f"`most` is 1 to {MOST}, and `after` is not negative")
    log = desk.store.outgoing_log(nation)
    if log is None:
        raise unknown(
            f"this node has no log for {nation}: it was never told anything; partners are "
            f"{', '.join(desk.partners) or 'none'}"
        )
    covered = _covered(desk, nation)
    entries = list(desk.store.outgoing(nation, asked.after, asked.most))
    lines = tuple(
        _line(desk, index, entry, received=index < covered)
        for index, entry in enumerate(entries, asked.after)
    )
    end = asked.after + len(lines)
    scope = f"all that {nation} was ever told: {log.size} entries, {covered} acknowledged"
    return Page(lines, str(end) if end < log.size else "", completeness(desk, scope))


def recalled(desk: Desk, handle: str, asked: RecallAsked, key: ApiKey) -> Answer[Recalled]:
    """Take a record of ours back, once."""
    store = desk.store
    reason = asked.reason.strip()
    if not 1 <= len(reason) <= recall.LONGEST_REASON:
        raise misuse(f"a recall needs a reason of 1 to {recall.LONGEST_REASON} letters")
    with store.transaction():
        envelope = _recallable(desk, handle).record.envelope
        reaches = tuple(sorted({recipient for recipient, _, _ in store.told(handle)}))
        retraction = desk.author.stated(
            Kind.RETRACTION,
            recall.RETRACTION,
            msgspec.json.encode(recall.Retraction(reason)),
            Label(releasable_to=reaches),
            desk.clock.now_tai_ns(),
            subject=envelope.subject,
            links=(Link(Relation.RETRACTS, handle),),
        )
        store.append([retraction])
    LOG.info(
        "a record was recalled", extra={"handle": handle, "operator": key.name, "reason": reason}
    )
    desk.ring()
    answer = Recalled(retraction=retraction.envelope.handle, handle=handle, reaches=reaches)
    return Answer(answer, completeness(desk, f"whoever was told of {handle} in this node's logs"))


def _recallable(desk: Desk, handle: str) -> Held:
    held = desk.store.held(handle)
    if held.peer:
        raise Problem(
            HTTPStatus.CONFLICT,
            f"{handle} is a statement of {held.record.envelope.node}: only they can recall it",
        )
    before = desk.store.linked(handle, Relation.RETRACTS)
    if before:
        raise Problem(
            HTTPStatus.CONFLICT,
            f"{handle} was recalled before, by {before[0].record.envelope.handle}",
        )
    if held.record.envelope.kind in {Kind.RETRACTION, Kind.RECEIPT, Kind.WITHDRAWN}:
        raise misuse(f"a {held.record.envelope.kind} cannot be recalled: it is about the log")
    return held


def _told_to(desk: Desk, handle: str) -> list[ToldTo]:
    acknowledged = {
        (one.recipient, one.index): one for one in recall.acknowledgements(desk.store, handle)
    }
    covered = {nation: _covered(desk, nation) for nation, _ in acknowledged}
    return [
        ToldTo(
            nation=nation,
            index=index,
            level=entry.level,
            rule=entry.rule,
            agreement=entry.agreement,
            sent=text_of(entry.sent_tai_ns),
            received=index < covered.get(nation, 0),
            recalled=acknowledged[nation, index].recalled,
            withdrawn=acknowledged[nation, index].withdrawn,
        )
        for nation, index, entry in desk.store.told(handle)
        if (nation, index) in acknowledged
    ]


def _covered(desk: Desk, nation: str) -> int:
    """How many entries of our log a nation has acknowledged."""
    return max((size for size, _ in desk.store.receipts(nation)), default=0)


def _line(desk: Desk, index: int, entry: Outgoing, *, received: bool) -> ToldLine:
    given = msgspec.json.decode(entry.entry)
    return ToldLine(
        index=index,
        handle=entry.handle,
        says=str(given["kind"]),
        subject=tuple(given.get("subject", ())),
        level=entry.level,
        rule=entry.rule,
        agreement=entry.agreement,
        sent=text_of(entry.sent_tai_ns),
        received=received,
        recalled=bool(desk.store.withdrawn(entry.handle)),
    )


def _body(content: bytes) -> dict[str, object]:
    """The content where it can be shown: JSON as such, text as text."""
    if not content or len(content) > LONGEST_BODY:
        return {}
    try:
        return {"body": msgspec.json.decode(content)}
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        return {"body_text": content.decode()}
    except UnicodeDecodeError:
        return {}
