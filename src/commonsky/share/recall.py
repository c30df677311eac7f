"""
Recall: a statement is taken back in the same log it went out by.

A retraction affects its issuer's own statements alone.  The recipient marks them withdrawn, drops
what was derived from them, and answers "withdrawn here", and no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from commonsky.astro.epoch import NS_PER_S
from commonsky.errors import CommonskyError, MessageError
from commonsky.ledger.record import Kind, Record, Relation
from commonsky.ledger.store import Held, Store

RETRACTION, WITHDRAWN = "commonsky/retraction@1", "commonsky/withdrawn@1"
HOUR_NS = 3600 * NS_PER_S
LONGEST_REASON = 2000


class Retraction(msgspec.Struct, frozen=True):
    """The body of a retraction."""

    reason: str


class Withdrawn(msgspec.Struct, frozen=True):
    """The body of the answer to one."""

    answer: str = "withdrawn here"


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What became of a recall at one recipient."""

    recipient: str
    index: int  # of the recalled record in the log for them
    level: str
    recalled: bool  # the retraction is in their log
    withdrawn: bool  # they have answered


@dataclass(frozen=True, slots=True)
class Applied:
    """What retractions did: the handles withdrawn now, and the retractions that wait."""

    withdrawn: tuple[str, ...]
    applied: tuple[Held, ...]
    waiting: tuple[Held, ...]
    refused: tuple[tuple[Held, str], ...]


def reason_of(record: Record) -> str:
    """Return why a record was retracted, "" where the reason was purged."""
    if record.body is None:
        return ""
    try:
        return msgspec.json.decode(record.body.content, type=Retraction).reason[:LONGEST_REASON]
    except msgspec.DecodeError as error:
        raise MessageError(f"no retraction: {error}", line=1) from None


def retracted(record: Record) -> list[str]:
    """Return the handles that a retraction takes back."""
    return [link.handle for link in record.envelope.links if link.relation is Relation.RETRACTS]


def applied(
    store: Store, new: Sequence[Held], now_tai_ns: int, per_hour: int, approved: bool = False
) -> Applied:
    """
    Withdraw what these retractions take back.

    Only what the same node stated is withdrawn.  More than `per_hour` from one node within an
    hour wait until a person has `approved` them.
    """
    done: list[Held] = []
    waiting: list[Held] = []
    refused: list[tuple[Held, str]] = []
    handles: list[str] = []
    for held in new:
        issuer = held.record.envelope.node
        targets = retracted(held.record)
        foreign = [one for one in targets if not _stated_by(store, one, issuer)]
        if not targets or foreign:
            refused.append((held, "it takes back what its issuer never stated here"))
        elif held.peer and not approved and _recent(store, issuer, now_tai_ns) >= per_hour:
            waiting.append(held)
        else:
            store.withdraw(held.record.envelope.handle, targets, at_tai_ns=now_tai_ns)
            handles += targets
            done.append(held)
    return Applied(tuple(handles), tuple(done), tuple(waiting), tuple(refused))


def acknowledgements(store: Store, handle: str) -> Iterator[Acknowledgement]:
    """Yield who was told a record, and who of them has withdrawn it."""
    retractions = [held.record.envelope.handle for held in store.linked(handle, Relation.RETRACTS)]
    for recipient, index, entry in store.told(handle):
        yield Acknowledgement(
            recipient,
            index,
            entry.level,
            any(recipient == to for one in retractions for to, _, _ in store.told(one)),
            any(
                answer.peer == recipient and answer.record.envelope.kind is Kind.WITHDRAWN
                for one in retractions
                for answer in store.linked(one, Relation.ANSWERS)
            ),
        )


def _stated_by(store: Store, handle: str, node: str) -> bool:
    try:
        return store.held(handle).record.envelope.node == node
    except CommonskyError:
        return False


def _recent(store: Store, issuer: str, now_tai_ns: int) -> int:
    return store.withdrawals_since(issuer, now_tai_ns - HOUR_NS)
