"""
What operators have made of alerts: acknowledged, shelved, claimed, closed.

A claim is a record of this nation, released as any other; who made it stands in the journal of
this node alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from commonsky.astro.epoch import tai_ns
from commonsky.ledger.label import EVERYONE, Label
from commonsky.ledger.record import Kind, Link, Record, Relation
from commonsky.ledger.store import Held
from commonsky.node.statements import Author
from commonsky.show.api.answer import text_of
from commonsky.show.api.keys import ApiKey
from commonsky.show.api.problem import misuse

LOG = logging.getLogger(__name__)
SPEC = "commonsky/claim@1"
CLAIMABLE = (Kind.CONJUNCTION, Kind.EVENT, Kind.WARNING, Kind.RETRACTION, Kind.NOTICE)


class ClaimState(StrEnum):
    """What an operator says of an alert."""

    ACKNOWLEDGED = "acknowledged"  # seen
    SHELVED = "shelved"  # set aside, until a time
    CLAIMED = "claimed"  # we see to it
    CLOSED = "closed"  # done


class Claim(msgspec.Struct, frozen=True):
    """The body of a claim."""

    state: ClaimState
    until: str = ""


class ClaimAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator says of an alert; shelving needs `until`, UTC."""

    state: ClaimState
    until: str = ""


class ClaimsAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator says of several alerts at once."""

    handles: tuple[str, ...]
    state: ClaimState
    until: str = ""


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """What a nation has last said of an alert."""

    nation: str
    state: ClaimState
    said: str
    until: str
    handle: str


def claim(
    author: Author, alert: Held, asked: ClaimAsked, before: Iterable[Held], now_tai_ns: int
) -> Record:
    """Return the record of a claim; it supersedes our claim `before`."""
    if alert.record.envelope.kind not in CLAIMABLE:
        raise misuse(f"a record of kind {alert.record.envelope.kind} is no alert to be claimed")
    until = tai_ns(asked.until) if asked.until else 0
    if asked.state is ClaimState.SHELVED and until <= now_tai_ns:
        raise misuse(
            "an alert is shelved until a time to come, as "
            '{"state": "shelved", "until": "2026-01-01T00:00:00Z"}'
        )
    if asked.until and asked.state is not ClaimState.SHELVED:
        raise misuse("`until` goes with `shelved` alone: nothing else ends by itself")
    ours = [held for held in before if held.record.envelope.node == author.nation]
    links = [Link(Relation.ANSWERS, alert.record.envelope.handle)]
    links += [Link(Relation.SUPERSEDES, held.record.envelope.handle) for held in ours[-1:]]
    return author.stated(
        Kind.CLAIM,
        SPEC,
        msgspec.json.encode(Claim(asked.state, text_of(until))),
        label_of(alert, author.nation),
        now_tai_ns,
        subject=alert.record.envelope.subject,
        valid_tai_ns=(now_tai_ns, until),
        links=links,
    )


def is_said(before: Iterable[Held], nation: str, asked: ClaimAsked, now_tai_ns: int) -> bool:
    """Whether a nation's last word on an alert is this one already; a shelf is put up anew."""
    last = {one.nation: one.state for one in standing(before, now_tai_ns)}
    return asked.state is not ClaimState.SHELVED and last.get(nation) is asked.state


def note(alert: Held, asked: ClaimAsked, key: ApiKey) -> None:
    """Write into the journal who made a claim: it stands nowhere else."""
    LOG.info(
        "an alert was claimed",
        extra={
            "handle": alert.record.envelope.handle,
            "operator": key.name,
            "state": asked.state.value,
        },
    )


def label_of(alert: Held, nation: str) -> Label:
    """Return the label of a claim: whoever may know of the alert, and whoever stated it."""
    envelope = alert.record.envelope
    named = envelope.label.releasable_to
    if EVERYONE not in named:
        named = tuple(sorted({*named, envelope.node} - {nation}))
    return msgspec.structs.replace(envelope.label, releasable_to=named)


def standing(claims: Iterable[Held], now_tai_ns: int) -> tuple[Claimed, ...]:
    """Return the last word of each nation on an alert; a shelf whose time has come is none."""
    last: dict[str, Claimed] = {}
    for held in claims:
        envelope = held.record.envelope
        if envelope.kind is not Kind.CLAIM or held.record.body is None:
            continue
        last.pop(envelope.node, None)
        try:
            told = msgspec.json.decode(held.record.body.content, type=Claim)
        except msgspec.DecodeError:
            continue  # a partner's, and no claim that we know
        until = envelope.valid_until_tai_ns
        if until == 0 or until > now_tai_ns:
            last[envelope.node] = Claimed(
                nation=envelope.node,
                state=told.state,
                said=text_of(envelope.said_tai_ns),
                until=text_of(until),
                handle=envelope.handle,
            )
    return tuple(last[nation] for nation in sorted(last))
